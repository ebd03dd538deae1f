// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/reader.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::directoryRecord;
using test::dump;
using test::fileRecord;
using test::fileWith;
using test::filled;
using test::hex;
using test::imageOf;
using test::lyingRecord;
using test::nameField;
using test::outline;
using test::pattern;
using test::readBlob;
using test::record;
using test::text;
using test::textOf;
using test::varuint;
using testing::ElementsAre;

/// The entries of an image, or of one that is only a root with @p records in it.
std::vector<Entry> entriesOf(Blob records)
{
    return readBlob(imageOf(records)).entries;
}

Defect onlyDefect(Blob records)
{
    const auto entries = entriesOf(std::move(records));
    EXPECT_EQ(entries.size(), 1U) << outline(entries);
    EXPECT_EQ(entries.front().type, EntryType::Raw);
    return entries.front().defect;
}

std::string placementOf(const Entry& entry)
{
    const auto& placement = entry.origin->placement;
    return std::format("{}: {} {} {}", entry.name, placement.recordOffset, placement.contentOffset,
                       placement.recordEnd);
}

// Worked images -------------------------------------------------------------------------------------------------------

TEST(Reader, ReadsTheSmallestImage)
{
    const auto image = readBlob(hex("d2 cd 31 00"));
    EXPECT_TRUE(image.entries.empty());
    EXPECT_EQ(image.source->style, Style::Compact);
    EXPECT_FALSE(image.source->isTruncated());
}

TEST(Reader, ReadsNestedFolders)
{
    const auto image = readBlob(hex("d2 cd 31 80 4b 05 09 05 61 2e 74 78 74 02 01 41"
                                    "04 13 04 64 61 74 61 05 0c 05 64 2e 62 69 6e 02"
                                    "04 00 01 02 03 04 29 03 6c 69 62 04 14 03 70 6b"
                                    "67 05 0e 0b 5f 5f 69 6e 69 74 5f 5f 2e 70 79 02"
                                    "00 05 0d 04 78 2e 70 79 02 06 78 20 3d 20 31 0a"));
    const auto& entries = image.entries;
    EXPECT_EQ(outline(entries), "a.txt=1 data/ data/d.bin=4 lib/ lib/pkg/ lib/pkg/__init__.py=0 lib/x.py=6");
    EXPECT_EQ(textOf(entries[0].content), "A");
    EXPECT_EQ(dump(entries[2].content.bytes()), "00 01 02 03");
    EXPECT_EQ(textOf(entries[6].content), "x = 1\n");

    std::vector<std::string> placements;
    std::vector<std::uint32_t> ends;
    for (const auto& entry : entries) {
        placements.push_back(placementOf(entry));
        ends.push_back(entry.subtreeEnd);
    }
    EXPECT_THAT(placements,
                ElementsAre("a.txt: 5 15 16", "data: 16 23 37", "d.bin: 23 33 37", "lib: 37 43 80", "pkg: 43 49 65",
                            "__init__.py: 49 65 65", "x.py: 65 74 80"));
    EXPECT_THAT(ends, ElementsAre(1, 3, 3, 7, 6, 6, 7));
    EXPECT_EQ(image.source->style, Style::Compact);
    EXPECT_EQ(image.source->entryCount, 7U);
}

TEST(Reader, FollowsPointersFromTheStartOfThePayload)
{
    const auto image = readBlob(hex("d2 cd 31 1e 02 0c 53 48 41 52 45 44 2d 44 41 54"
                                    "41 21 05 06 01 70 03 02 0c 02 05 06 01 71 03 02 06 02"));
    const auto& entries = image.entries;
    EXPECT_EQ(outline(entries), "?14 p=12 q=6");
    EXPECT_EQ(textOf(entries[1].content), "SHARED-DATA!");
    EXPECT_EQ(textOf(entries[2].content), "SHARED");
    EXPECT_TRUE(entries[1].origin->throughPointer);
    EXPECT_EQ(entries[1].origin->placement.contentOffset, 6U);
    EXPECT_EQ(entries[1].origin->placement.recordOffset, 18U);
}

TEST(Reader, ReadsUtf8Names)
{
    const auto entries = readBlob(hex("d2 cd 31 10 05 0e 0a 6e 61 c3 af 76 65 2e 74 78 74 02 01 75")).entries;
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].name, "na\xc3\xafve.txt");
    EXPECT_EQ(textOf(entries[0].content), "u");
}

TEST(Reader, RecognisesTheStyleOfOpenMv)
{
    const auto openMv = readBlob(hex("d2 cd 31 80 80 80 80 80 80 80 80 80 80 80 80 11"
                                     "05 80 80 80 80 80 80 09 01 78 02 80 80 80 80 01 41"));
    EXPECT_EQ(outline(openMv.entries), "x=1");
    EXPECT_EQ(openMv.source->style, Style::OpenMv);

    const auto empty = readBlob(hex("d2 cd 31") + filled(12, 0x80) + hex("00"));
    EXPECT_TRUE(empty.entries.empty());
    EXPECT_EQ(empty.source->style, Style::OpenMv);

    const auto otherHeader = readBlob(imageOf(hex("05 80 80 80 80 80 80 05 01 78 02 01 41"), 12));
    EXPECT_EQ(otherHeader.source->style, Style::Compact);
    const auto otherFile = readBlob(imageOf(fileWith("x", "A"), 13));
    EXPECT_EQ(otherFile.source->style, Style::Compact);
}

// Four ways to align --------------------------------------------------------------------------------------------------

TEST(Reader, ReadsContentAlignedByAPaddedLength)
{
    const auto image = readBlob(hex("d2 cd 31 24 05 22 01 78 02") + filled(22, 0x80) + hex("08") + text("ALIGNED!"));
    const auto& entries = image.entries;
    ASSERT_EQ(outline(entries), "x=8");
    EXPECT_EQ(textOf(entries[0].content), "ALIGNED!");
    EXPECT_EQ(entries[0].origin->placement.contentOffset, 32U);
    EXPECT_EQ(entries[0].origin->placement.dataLengthWidth, 23U);
    EXPECT_EQ(entries[0].origin->placement.padding, 22U);
    EXPECT_EQ(entries[0].alignment, 32U);
}

TEST(Reader, ReadsContentAlignedByPaddingInsideTheFile)
{
    const auto image = readBlob(hex("d2 cd 31 24 05 22 01 78 01 14") + filled(20, 0) + hex("02 08") + text("ALIGNED!"));
    const auto& entries = image.entries;
    ASSERT_EQ(outline(entries), "x=8");
    EXPECT_EQ(textOf(entries[0].content), "ALIGNED!");
    EXPECT_EQ(entries[0].origin->placement.contentOffset, 32U);
    ASSERT_TRUE(entries[0].extra);
    EXPECT_EQ(entries[0].extra->before.size(), 22U);
    EXPECT_TRUE(entries[0].extra->after.isEmpty());
}

TEST(Reader, ReadsContentAlignedByPaddingBeforeTheFile)
{
    const auto image = readBlob(hex("d2 cd 31 24 01 14") + filled(20, 0) + hex("05 0c 01 78 02 08") + text("ALIGNED!"));
    const auto& entries = image.entries;
    ASSERT_EQ(outline(entries), "?22 x=8");
    EXPECT_EQ(textOf(entries[1].content), "ALIGNED!");
    EXPECT_EQ(entries[1].origin->placement.contentOffset, 32U);
    EXPECT_EQ(entries[0].defect, Defect::None);
}

TEST(Reader, ReadsContentAlignedAtTheRootAndReachedByPointer)
{
    const auto image = readBlob(hex("d2 cd 31 2c 01 18") + filled(24, 0) + hex("02 08") + text("ALIGNED!")
                                + hex("05 06 01 78 03 02 08 1c"));
    const auto& entries = image.entries;
    ASSERT_EQ(outline(entries), "?36 x=8");
    EXPECT_EQ(textOf(entries[1].content), "ALIGNED!");
    EXPECT_EQ(entries[1].origin->placement.contentOffset, 32U);
    EXPECT_TRUE(entries[1].origin->throughPointer);
}

TEST(Reader, TakesTheSmallestAlignmentThatExplainsThePadding)
{
    const auto alignmentAfter = [](std::size_t filler) {
        // The data's kind byte stands at offset 8, so its content begins at 10 + filler.
        return entriesOf(
                   record(Kind::File, nameField("x") + varuint(Kind::Data) + varuint(2, 1 + filler) + text("AB")))[0]
            .alignment;
    };
    EXPECT_EQ(alignmentAfter(0), 1U);
    EXPECT_EQ(alignmentAfter(1), 1U) << "content at 11: no alignment explains it";
    EXPECT_EQ(alignmentAfter(2), 4U) << "content at 12";
    EXPECT_EQ(alignmentAfter(6), 8U) << "content at 16";
    EXPECT_EQ(alignmentAfter(14), 1U) << "content at 24: 16 would have done for 8";
    EXPECT_EQ(alignmentAfter(22), 32U) << "content at 32";
    EXPECT_EQ(alignmentAfter(54), 64U) << "content at 64";
}

// Records that are neither files nor folders --------------------------------------------------------------------------

TEST(Reader, KeepsRecordsOfUnknownKind)
{
    const auto unknown = record(77, text("later")) + record(0x1'0000, text("versions"));
    const auto entries = entriesOf(fileWith("a", "1") + unknown + fileWith("b", "2"));
    ASSERT_EQ(outline(entries), std::format("a=1 ?{} b=1", unknown.size()));
    EXPECT_EQ(entries[1].defect, Defect::None);
    EXPECT_EQ(dump(entries[1].content.bytes()), dump(unknown));
}

TEST(Reader, TakesNeighbouringOtherRecordsAsOneEntry)
{
    const auto entries
        = entriesOf(record(1, text("pad")) + record(2, text("blob")) + record(3, hex("00 00")) + fileWith("a", "1"));
    EXPECT_EQ(outline(entries), "?15 a=1");
}

TEST(Reader, DoesNotEnterAnImageInsideAnImage)
{
    const auto entries = entriesOf(imageOf(fileWith("a", "1")) + fileWith("b", "2"));
    EXPECT_EQ(outline(entries), "?11 b=1");
}

TEST(Reader, KeepsWhatSurroundsAFilesContent)
{
    const auto before
        = record(1, text("before")) + record(99, {}) + directoryRecord("d", {}) + fileWith("f", "not this");
    const auto after = record(2, text("second")) + hex("00 ff");
    const auto entries = entriesOf(fileRecord("x", before + record(2, text("first")) + after));
    ASSERT_EQ(outline(entries), "x=5");
    EXPECT_EQ(textOf(entries[0].content), "first");
    ASSERT_TRUE(entries[0].extra);
    EXPECT_EQ(dump(entries[0].extra->before.bytes()), dump(before));
    EXPECT_EQ(dump(entries[0].extra->after.bytes()), dump(after));
}

TEST(Reader, TakesTheFirstDataOrPointerRecordOfAFile)
{
    const auto pointerFirst
        = entriesOf(record(2, text("AB")) + fileRecord("x", hex("03 02 01 02") + record(2, text("data"))));
    EXPECT_EQ(textOf(pointerFirst[1].content), "A");
    const auto dataFirst
        = entriesOf(record(2, text("AB")) + fileRecord("x", record(2, text("data")) + hex("03 02 01 02")));
    EXPECT_EQ(textOf(dataFirst[1].content), "data");
}

TEST(Reader, LeavesFilesWithoutSurroundingsBare)
{
    EXPECT_FALSE(entriesOf(fileWith("x", "1"))[0].extra);
}

TEST(Reader, TakesPointersWithTrailingBytes)
{
    const auto entries = entriesOf(record(2, text("AB")) + fileRecord("x", record(3, hex("80 02 80 80 02 ff ff"))));
    ASSERT_EQ(outline(entries), "?4 x=2");
    EXPECT_EQ(textOf(entries[1].content), "AB");
}

TEST(Reader, TakesPointersToAnywhereInThePayload)
{
    const auto image = imageOf(fileRecord("x", hex("03 02 08 00")));
    const auto entries = readBlob(image).entries;
    ASSERT_EQ(outline(entries), "x=8");
    EXPECT_EQ(dump(entries[0].content.bytes()), "05 06 01 78 03 02 08 00") << "the file's own record";
    EXPECT_EQ(outline(entriesOf(fileRecord("x", hex("03 02 00 08")))), "x=0") << "empty, at the very end";
}

TEST(Reader, TakesOverlongNumbersEverywhere)
{
    const Blob file = filled(3, 0x80) + hex("05") + varuint(8 + 5, 9) + varuint(1, 6) + text("x") + filled(1, 0x80)
        + hex("02") + varuint(1, 3) + text("A");
    const Blob folder = filled(2, 0x80) + hex("04") + varuint(file.size() + 4, 29) + varuint(1, 3) + text("d") + file;
    const auto entries = readBlob(imageOf(folder, 13)).entries;
    EXPECT_EQ(outline(entries), "d/ d/x=1") << dump(folder);
}

TEST(Reader, TakesNumbersOfAHundredThousandBytes)
{
    const auto entries
        = readBlob(imageOf(record(Kind::File, nameField("x") + varuint(2) + varuint(2, 100'000) + text("AB"), 100'000),
                           100'000))
              .entries;
    ASSERT_EQ(outline(entries), "x=2");
    EXPECT_EQ(textOf(entries[0].content), "AB");
    EXPECT_EQ(entries[0].origin->placement.dataLengthWidth, 100'000U);
}

TEST(Reader, TakesLongNamesAndEmptyOnes)
{
    const std::string longName(40'000, 'n');
    const auto entries
        = entriesOf(fileWith(longName, "1") + fileWith("", "2") + directoryRecord("", fileWith("", "3")));
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[0].name, longName);
    EXPECT_EQ(entries[1].name, "");
    EXPECT_EQ(textOf(entries[3].content), "3");
}

// Broken images -------------------------------------------------------------------------------------------------------

TEST(Reader, KeepsTheRestOfALevelBehindKindZero)
{
    const auto rest = hex("00 00") + fileWith("hidden", "x");
    const auto entries = entriesOf(directoryRecord("d", fileWith("a", "1") + rest) + fileWith("b", "2"));
    ASSERT_EQ(outline(entries), std::format("d/ d/a=1 d/?{} b=1", rest.size()));
    EXPECT_EQ(entries[2].defect, Defect::UnusedKind);
    EXPECT_EQ(dump(entries[2].content.bytes()), dump(rest));
    EXPECT_EQ(entries[0].subtreeEnd, 3U);
}

TEST(Reader, KeepsOtherRecordsInFrontOfABrokenOneApart)
{
    const auto entries = entriesOf(record(1, text("pad")) + hex("00 00"));
    ASSERT_EQ(outline(entries), "?5 ?2");
    EXPECT_EQ(entries[0].defect, Defect::None);
    EXPECT_EQ(entries[1].defect, Defect::UnusedKind);
}

TEST(Reader, TellsBrokenRecordsApart)
{
    EXPECT_EQ(onlyDefect(hex("00 00")), Defect::UnusedKind);
    EXPECT_EQ(onlyDefect(filled(64, 0xff)), Defect::BrokenVaruint);
    EXPECT_EQ(onlyDefect(filled(64, 0x80)), Defect::BrokenVaruint);
    EXPECT_EQ(onlyDefect(hex("01 90 80 80 80 00")), Defect::ValueTooLarge);
    EXPECT_EQ(onlyDefect(lyingRecord(1, 10, text("short"))), Defect::RecordOverrun);
    EXPECT_EQ(onlyDefect(lyingRecord(5, 10, nameField("x") + hex("02 00"))), Defect::RecordOverrun);
}

TEST(Reader, TellsBrokenFilesApart)
{
    EXPECT_EQ(onlyDefect(record(5, hex("20") + text("x"))), Defect::NameOverrun);
    EXPECT_EQ(onlyDefect(record(5, {})), Defect::NameOverrun);
    EXPECT_EQ(onlyDefect(record(4, hex("20") + text("x"))), Defect::NameOverrun);
    EXPECT_EQ(onlyDefect(fileRecord("x", {})), Defect::NoContent);
    EXPECT_EQ(onlyDefect(fileRecord("x", record(1, text("pad")))), Defect::NoContent);
    EXPECT_EQ(onlyDefect(fileRecord("x", lyingRecord(2, 9, text("AB")))), Defect::DataOverrun);
    EXPECT_EQ(onlyDefect(fileRecord("x", hex("00 00") + record(2, text("AB")))), Defect::FileCorrupt);
    EXPECT_EQ(onlyDefect(fileRecord("x", hex("ff ff ff"))), Defect::FileCorrupt);
    EXPECT_EQ(onlyDefect(fileRecord("x", hex("02 90 80 80 80 00"))), Defect::FileCorrupt);
}

TEST(Reader, TellsBrokenPointersApart)
{
    const auto pointing = [](const Blob& payload) { return onlyDefect(fileRecord("x", record(3, payload))); };
    EXPECT_EQ(pointing(hex("20 00")), Defect::PointerOutOfRange) << "size past the end";
    EXPECT_EQ(pointing(hex("00 20")), Defect::PointerOutOfRange) << "offset past the end";
    EXPECT_EQ(pointing(hex("04 05")), Defect::PointerOutOfRange) << "end one past the end";
    EXPECT_EQ(pointing({}), Defect::PointerOutOfRange) << "nothing";
    EXPECT_EQ(pointing(hex("01")), Defect::PointerOutOfRange) << "no offset";
    EXPECT_EQ(pointing(hex("81")), Defect::PointerOutOfRange) << "cut off";
    EXPECT_EQ(pointing(hex("8f ff ff ff 7f 02")), Defect::PointerOutOfRange) << "sum wraps 32 bits";
    EXPECT_EQ(pointing(hex("02 8f ff ff ff 7f")), Defect::PointerOutOfRange) << "sum wraps 32 bits";
    EXPECT_EQ(pointing(hex("90 80 80 80 01 00")), Defect::PointerOutOfRange) << "size wraps";
    EXPECT_EQ(pointing(hex("81 ff ff ff ff ff ff ff ff 7f 02")), Defect::PointerOutOfRange) << "64 bits";
}

TEST(Reader, KnowsTheNameOfABrokenFile)
{
    const auto entries = entriesOf(directoryRecord("d", fileRecord("lost.txt", {})));
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].name, "lost.txt");
    EXPECT_EQ(entries[1].content.size(), 11U);
}

TEST(Reader, ReadsOnBehindABrokenFile)
{
    EXPECT_EQ(outline(entriesOf(fileRecord("x", {}) + fileWith("a", "1") + record(4, {}) + fileWith("b", "2"))),
              "x?4 a=1 ?2 b=1");
}

TEST(Reader, DoesNotLetAChildLeaveItsFolder)
{
    const auto entries = entriesOf(directoryRecord("d", lyingRecord(5, 12, nameField("x"))) + fileWith("a", "1"));
    EXPECT_EQ(outline(entries), "d/ d/?4 a=1");
    EXPECT_EQ(entries[1].defect, Defect::RecordOverrun);
}

TEST(Reader, ReadsACutImageAsFarAsItGoes)
{
    auto bytes = imageOf(fileWith("a", "1") + directoryRecord("d", fileWith("b", "2") + fileWith("c", "3")));
    bytes.resize(bytes.size() - 3);
    const auto image = readBlob(bytes);
    EXPECT_TRUE(image.source->isTruncated());
    EXPECT_EQ(outline(image.entries), "a=1 ?15") << "the folder does not end inside the image";
    EXPECT_EQ(image.source->image().size(), bytes.size());
    EXPECT_TRUE(image.source->trailing().empty());
}

TEST(Reader, LeavesBytesBehindTheImageAlone)
{
    const auto image = readBlob(imageOf(fileWith("a", "1")) + fileWith("b", "2"));
    EXPECT_EQ(outline(image.entries), "a=1");
    EXPECT_EQ(dump(image.source->trailing()), dump(fileWith("b", "2")));
}

TEST(Reader, DoesNotFollowPointersBehindTheImage)
{
    const auto image = readBlob(imageOf(fileRecord("x", hex("03 02 01 08"))) + text("TRAILING"));
    ASSERT_EQ(image.entries.size(), 1U);
    EXPECT_EQ(image.entries[0].defect, Defect::PointerOutOfRange);
}

TEST(Reader, RefusesWhatNoDeviceWouldMount)
{
    for (const auto* bytes : {"", "d2 cd 31", "d2 cd 31 80", "00 00 00 00", "d2 cd 31 90 80 80 80 00"}) {
        const auto image = read(Content::own(hex(bytes)));
        ASSERT_FALSE(image) << bytes;
        EXPECT_EQ(image.error().code, ErrorCode::NotRomfs);
    }
}

// Hostile sizes -------------------------------------------------------------------------------------------------------

TEST(Reader, StopsAtFoldersThatAreNestedTooDeep)
{
    Blob inner = fileWith("x", "1");
    for (std::uint32_t i = 0; i < maxDepth; ++i) {
        inner = directoryRecord("d", inner);
    }
    const auto deepest = entriesOf(inner);
    ASSERT_EQ(deepest.size(), maxDepth + 1U);
    EXPECT_EQ(deepest.back().type, EntryType::File);

    const auto tooDeep = entriesOf(directoryRecord("d", inner));
    ASSERT_EQ(tooDeep.size(), maxDepth + 1U);
    EXPECT_EQ(tooDeep.back().type, EntryType::Raw);
    EXPECT_EQ(tooDeep.back().defect, Defect::TooDeep);
}

TEST(Reader, SurvivesTenThousandNestedFolders)
{
    Blob inner;
    for (int i = 0; i < 10'000; ++i) {
        inner = directoryRecord("d", inner);
    }
    const auto image = readBlob(imageOf(inner));
    ASSERT_EQ(image.entries.size(), maxDepth + 1U);
    EXPECT_EQ(image.entries.back().defect, Defect::TooDeep);
    EXPECT_EQ(image.entries.front().subtreeEnd, maxDepth + 1U);
    EXPECT_FALSE(test::findingsOf(image).empty());
}

TEST(Reader, ReadsAMillionFilesInLinearTime)
{
    auto file = fileWith("1234", "");
    Blob records;
    records.reserve(1'000'000 * file.size());
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        for (std::uint32_t digit = 0; digit < 4; ++digit) {
            file[3 + digit] = static_cast<std::byte>(i >> (digit * 8));
        }
        records.insert(records.end(), file.begin(), file.end());
    }
    const auto image = readBlob(imageOf(records));
    ASSERT_EQ(image.entries.size(), 1'000'000U);
    EXPECT_EQ(image.entries.back().origin->placement.recordEnd, image.source->header.end);
    EXPECT_EQ(test::findingsOf(image).size(), maxFindings) << "names with NUL and without UTF-8";
}

TEST(Reader, ReadsAMillionPaddingRecordsAsOneEntry)
{
    Blob records(2'000'000);
    for (std::size_t i = 0; i < records.size(); i += 2) {
        records[i] = std::byte{1};
    }
    const auto image = readBlob(imageOf(records));
    ASSERT_EQ(image.entries.size(), 1U);
    EXPECT_EQ(image.entries[0].content.size(), 2'000'000U);
    EXPECT_EQ(test::must(listRecords(image.source->image())).size(), 1'000'001U);
}

TEST(Reader, ReadsAMillionFillerBytesOnce)
{
    // Were a number without an end looked for again and again, this would take a trillion steps.
    Blob records;
    records.reserve(3'000'000);
    for (int i = 0; i < 1000; ++i) {
        const auto folder = directoryRecord("d", filled(1000, 0x80));
        records.insert(records.end(), folder.begin(), folder.end());
    }
    records.insert(records.end(), 1'000'000, std::byte{0x80});
    const auto image = readBlob(imageOf(records));
    EXPECT_EQ(image.entries.size(), 2001U);
    EXPECT_EQ(image.entries.back().defect, Defect::BrokenVaruint);
}

TEST(Reader, SharesTheBytesThatManyPointersShare)
{
    Blob records = record(2, filled(1'000'000, 0x41));
    for (int i = 0; i < 10'000; ++i) {
        records = std::move(records) + hex("05 09 01 78 03 05 bd 84 40 00 00");
    }
    const auto image = readBlob(imageOf(records));
    ASSERT_EQ(image.entries.size(), 10'001U);
    EXPECT_EQ(image.entries.back().content.size(), 1'000'000U);
    EXPECT_EQ(image.entries.back().content.bytes().data(), image.entries[1].content.bytes().data());
}

} // namespace
} // namespace romsmith::romfs
