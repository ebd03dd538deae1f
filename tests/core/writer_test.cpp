// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/writer.h"
#include "tests/core/helpers.h"

#include <QCryptographicHash>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::compact;
using test::content;
using test::dump;
using test::Entries;
using test::fileRecord;
using test::fileWith;
using test::filled;
using test::hex;
using test::huge;
using test::imageOf;
using test::openMv;
using test::outline;
using test::pattern;
using test::readBlob;
using test::record;
using test::streamed;
using test::text;
using test::textOf;
using test::unedited;
using test::withoutOrigin;
using test::written;
using testing::HasSubstr;

std::string sha256(Bytes bytes)
{
    const QByteArrayView view(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    return QCryptographicHash::hash(view, QCryptographicHash::Sha256).toHex().toStdString();
}

/// Remembers how it was written to, and refuses from some byte on.
class TestSink final : public Sink
{
public:
    explicit TestSink(std::size_t room = ~std::size_t{0})
        : m_room(room)
    { }

    Result<void> write(Bytes bytes) override
    {
        if (bytes.size() > m_room - taken.size()) {
            return fail(ErrorCode::CannotWrite, "no space left");
        }
        taken.insert(taken.end(), bytes.begin(), bytes.end());
        ++calls;
        return {};
    }

    Blob taken;
    int calls = 0;

private:
    std::size_t m_room;
};

// What the reference writer writes ------------------------------------------------------------------------------------

TEST(CompactWriter, WritesTheSmallestImage)
{
    EXPECT_EQ(dump(written({}, compact())), "d2 cd 31 00");
}

TEST(CompactWriter, WritesAnEmptyFolder)
{
    EXPECT_EQ(dump(written(Entries().open("d").close(), compact())), "d2 cd 31 04 04 02 01 64");
}

TEST(CompactWriter, WritesAFile)
{
    EXPECT_EQ(dump(written(Entries().file("main.py", "print(\"hi\")\n"), compact())),
              dump(hex("d2 cd 31 18 05 16 07 6d 61 69 6e 2e 70 79 02 0c"
                       "70 72 69 6e 74 28 22 68 69 22 29 0a")));
}

TEST(CompactWriter, WritesNestedFoldersAndAnEvenSize)
{
    const auto entries = Entries()
                             .file("a.txt", "A")
                             .open("data")
                             .file("d.bin", content(hex("00 01 02 03")))
                             .close()
                             .open("lib")
                             .open("pkg")
                             .file("__init__.py", "")
                             .close()
                             .file("x.py", "x = 1\n")
                             .close();
    EXPECT_EQ(dump(written(entries, compact())),
              dump(hex("d2 cd 31 80 4b 05 09 05 61 2e 74 78 74 02 01 41"
                       "04 13 04 64 61 74 61 05 0c 05 64 2e 62 69 6e 02"
                       "04 00 01 02 03 04 29 03 6c 69 62 04 14 03 70 6b"
                       "67 05 0e 0b 5f 5f 69 6e 69 74 5f 5f 2e 70 79 02"
                       "00 05 0d 04 78 2e 70 79 02 06 78 20 3d 20 31 0a")));
}

TEST(CompactWriter, WritesLengthsAroundTheWidthsOfNumbers)
{
    const auto counting = [](std::size_t size, std::size_t step) {
        Blob bytes(size);
        for (std::size_t i = 0; i < size; ++i) {
            bytes[i] = static_cast<std::byte>(i * step & 0xffU);
        }
        return content(std::move(bytes));
    };
    const auto image = written(Entries()
                                   .file("f0", "")
                                   .file("f127", counting(127, 1))
                                   .file("f128", counting(128, 1))
                                   .file("g16383", counting(16383, 7))
                                   .file("g16384", counting(16384, 7)),
                               compact());
    ASSERT_EQ(image.size(), 33086U);
    const auto at = [&](std::size_t offset, std::size_t size) { return dump(std::span(image).subspan(offset, size)); };
    EXPECT_EQ(at(0, 7), "d2 cd 31 80 82 82 37");
    EXPECT_EQ(at(0x07, 7), "05 05 02 66 30 02 00");
    EXPECT_EQ(at(0x0e, 10), "05 81 06 04 66 31 32 37 02 7f");
    EXPECT_EQ(at(0x97, 11), "05 81 08 04 66 31 32 38 02 81 00");
    EXPECT_EQ(at(0x122, 14), "05 81 80 09 06 67 31 36 33 38 33 02 ff 7f");
    EXPECT_EQ(at(0x412f, 15), "05 81 80 0b 06 67 31 36 33 38 34 02 81 80 00");
    const auto hash = sha256(image);
    EXPECT_TRUE(hash.starts_with("1459b605")) << hash;
    EXPECT_TRUE(hash.ends_with("9213f4a")) << hash;
}

TEST(CompactWriter, WritesNamesOfAllOrders)
{
    Entries entries;
    for (const auto* name : {".hidden", "10", "9", "B.txt", "Z", "_x", "a.txt", "b.txt"}) {
        entries.file(name, std::string_view(name));
    }
    entries.open("m").file("q", "q").close().open("m.d").file("r", "r").close();
    const auto image = written(entries, compact());
    EXPECT_EQ(image.size(), 124U);
    EXPECT_TRUE(sha256(image).starts_with("786e0e03")) << dump(image);
}

TEST(CompactWriter, WritesUtf8Names)
{
    EXPECT_EQ(dump(written(Entries().file("na\xc3\xafve.txt", "u"), compact())),
              dump(hex("d2 cd 31 10 05 0e 0a 6e 61 c3 af 76 65 2e 74 78 74 02 01 75")));
}

TEST(CompactWriter, AlignsByAPaddedLength)
{
    EXPECT_EQ(dump(written(Entries().file("x", "ALIGNED!", 32), compact())),
              dump(hex("d2 cd 31 24 05 22 01 78 02") + filled(22, 0x80) + hex("08") + text("ALIGNED!")));
}

// What OpenMV's builders write ----------------------------------------------------------------------------------------

TEST(OpenMvWriter, WritesTheEmptyImage)
{
    EXPECT_EQ(dump(written({}, openMv())), dump(hex("d2 cd 31") + filled(12, 0x80) + hex("00")));
}

TEST(OpenMvWriter, WritesTheHeadersOfAnOpenMv4Image)
{
    const auto image = written(Entries()
                                   .file("fomo_face_detection.tflite", content(hex("1c 00 00 00") + pattern(57036)), 16)
                                   .file("fomo_face_detection.txt", content(pattern(15)), 4)
                                   .file("haarcascade_eye.cascade", content(pattern(19041)), 4)
                                   .file("haarcascade_frontalface.cascade", content(pattern(52396)), 4),
                               openMv());
    ASSERT_EQ(image.size(), 128676U);
    EXPECT_EQ(dump(std::span(image).first(0x44)),
              dump(hex("d2 cd 31 80 80 80 80 80 80 80 80 80 80 87 ed 14"
                       "05 80 80 80 80 83 bd 78 1a 66 6f 6d 6f 5f 66 61"
                       "63 65 5f 64 65 74 65 63 74 69 6f 6e 2e 74 66 6c"
                       "69 74 65 02 80 80 80 80 80 80 80 80 80 83 bd 50"
                       "1c 00 00 00")));
}

TEST(OpenMvWriter, PadsTheLengthOfFolders)
{
    // Folder: 4 bytes of name and 13 of the file; file: 2 bytes of name and 3 of data.
    const auto image = written(Entries().open("lib").file("x", "A", 1).close(), openMv(32));
    EXPECT_EQ(dump(image),
              dump(hex("d2 cd 31 80 80 80 80 80 80 80 80 80 80 80 80 1d"
                       "04 80 80 80 80 80 80 80 80 80 80 11 03 6c 69 62"
                       "05 80 80 80 80 80 80 05 01 78 02 01 41")));
    EXPECT_EQ(readBlob(image).source->style, Style::OpenMv);
}

// All styles ----------------------------------------------------------------------------------------------------------

TEST(Writer, WritesAnUneditedImageAsItWas)
{
    for (const auto& bytes :
         {imageOf(fileWith("a", "1") + record(77, text("unknown")), 100), imageOf(hex("00 00") + fileWith("x", "1")),
          imageOf(fileRecord("x", hex("03 02 00 04"))), imageOf(filled(100, 0xff)), hex("d2 cd 31 7f 05 09"),
          imageOf(fileRecord("x", record(1, text("before")) + record(2, text("it")) + hex("ff ff"))),
          imageOf({}, 50)}) {
        const auto image = readBlob(bytes);
        EXPECT_EQ(dump(written(image.entries, unedited(image))), dump(bytes));
    }
}

TEST(Writer, LeavesTrailingBytesToItsCaller)
{
    const auto bytes = imageOf(fileWith("a", "1"));
    const auto image = readBlob(bytes + filled(100, 0xff));
    EXPECT_EQ(dump(written(image.entries, unedited(image))), dump(bytes));
}

TEST(Writer, KeepsEveryRecordOfAnEditedImage)
{
    const auto unknown = record(77, text("unknown")) + record(1, text("comment"));
    const auto before = record(1, text("before"));
    const auto after = record(88, text("after"));
    const auto image
        = readBlob(imageOf(unknown + fileRecord("x", before + record(2, text("content")) + after) + hex("00 ff ff")));
    for (const auto& options : {compact(), openMv()}) {
        const auto again = readBlob(written(withoutOrigin(image.entries), options));
        ASSERT_EQ(outline(again.entries), outline(image.entries));
        EXPECT_EQ(dump(again.entries[0].content.bytes()), dump(unknown));
        EXPECT_EQ(textOf(again.entries[1].content), "content");
        ASSERT_TRUE(again.entries[1].extra);
        EXPECT_EQ(dump(again.entries[1].extra->before.bytes()), dump(before));
        EXPECT_EQ(dump(again.entries[1].extra->after.bytes()), dump(after));
        EXPECT_EQ(dump(again.entries[2].content.bytes()), "00 ff ff");
    }
}

TEST(Writer, StoresContentThatWasReachedByAPointerInTheFile)
{
    const auto image = readBlob(hex("d2 cd 31 1e 02 0c 53 48 41 52 45 44 2d 44 41 54"
                                    "41 21 05 06 01 70 03 02 0c 02 05 06 01 71 03 02 06 02"));
    const auto again = readBlob(written(withoutOrigin(image.entries), compact()));
    ASSERT_EQ(outline(again.entries), "?14 p=12 q=6");
    EXPECT_EQ(textOf(again.entries[1].content), "SHARED-DATA!");
    EXPECT_EQ(textOf(again.entries[2].content), "SHARED");
    EXPECT_FALSE(again.entries[2].origin->throughPointer);
}

TEST(Writer, AlignsContentBehindOtherRecordsInItsFile)
{
    auto image = readBlob(imageOf(fileRecord("x", record(1, text("before")) + record(2, text("it")))));
    image.entries[0].alignment = 64;
    const auto again = readBlob(written(withoutOrigin(image.entries), openMv()));
    EXPECT_EQ(again.entries[0].origin->placement.contentOffset, 64U);
    EXPECT_EQ(textOf(again.entries[0].content), "it");
}

TEST(Writer, StreamsContentThatIsNotInMemory)
{
    const auto bytes = pattern(300'000);
    const auto source = std::make_shared<const test::TestSource>(bytes);
    const auto entries = Entries().file("a", "small").file("big", Content::from(source), 16).file("b", "small");
    const auto layout = Layout::plan(entries, openMv());
    TestSink sink;
    test::must(write(entries, layout, sink));
    EXPECT_EQ(sink.taken.size(), layout.totalSize());
    EXPECT_LE(source->largestRead, 65'536U);
    const auto again = readBlob(sink.taken);
    ASSERT_EQ(outline(again.entries), "a=5 big=300000 b=5");
    EXPECT_TRUE(sameBytes(again.entries[1].content, content(bytes)));
}

TEST(Writer, GathersSmallPiecesForTheSink)
{
    Entries entries;
    for (int i = 0; i < 1000; ++i) {
        entries.file(std::format("file{}", i), "content");
    }
    TestSink sink;
    test::must(write(entries, Layout::plan(entries, compact()), sink));
    EXPECT_EQ(sink.calls, 1);
}

TEST(Writer, StopsWhenContentCannotBeRead)
{
    const auto entries = Entries().file("a", "1").file("b", streamed(pattern(200'000), 100'000)).file("c", "3");
    const auto bytes = write(entries, Layout::plan(entries, compact()));
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, ErrorCode::Changed);
}

TEST(Writer, StopsWhenTheSinkIsFull)
{
    const auto entries = Entries().file("a", content(pattern(100'000)));
    const auto layout = Layout::plan(entries, compact());
    for (const std::size_t room : {0UZ, 5UZ, 100UZ, static_cast<std::size_t>(layout.totalSize()) - 1}) {
        TestSink sink(room);
        const auto done = write(entries, layout, sink);
        ASSERT_FALSE(done) << room;
        EXPECT_EQ(done.error().message, "no space left");
    }
    TestSink enough(static_cast<std::size_t>(layout.totalSize()));
    EXPECT_TRUE(write(entries, layout, enough));
}

TEST(Writer, RefusesMemoryThatIsTooSmall)
{
    const auto entries = Entries().file("a", "12345");
    const auto layout = Layout::plan(entries, compact());
    Blob buffer(layout.totalSize() - 1);
    BufferSink sink(buffer);
    const auto done = write(entries, layout, sink);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::TooLarge);
}

TEST(Writer, RefusesImagesOfFourGibibytes)
{
    const auto entries = Entries().file("a", huge(3'000'000'000)).file("b", huge(2'000'000'000));
    for (const auto& options : {compact(), openMv()}) {
        TestSink sink;
        const auto layout = Layout::plan(entries, options);
        const auto done = write(entries, layout, sink);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::TooLarge);
        EXPECT_TRUE(sink.taken.empty());
    }
}

TEST(Writer, RefusesWhatIsTooLargeBeforeItSetsMemoryAside)
{
    const auto entries = Entries().file("a", huge(std::uint64_t{1} << 62U));
    const auto bytes = write(entries, Layout::plan(entries, compact()));
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace romsmith::romfs
