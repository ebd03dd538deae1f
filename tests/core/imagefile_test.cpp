// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/imagefile.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using romfs::Layout;
using test::compact;
using test::dump;
using test::Entries;
using test::hex;
using test::must;
using test::TempFolder;
using test::text;
using testing::HasSubstr;

Result<void> save(const fs::path& path, std::span<const romfs::Entry> entries, romfs::Bytes trailing = {})
{
    return saveImage(path, entries, Layout::plan(entries, compact()), trailing);
}

std::string dumpOf(const fs::path& path)
{
    return dump(romfs::asBytes(TempFolder::contentOf(path)));
}

Entries oneFile()
{
    Entries entries;
    entries.file("a", "12");
    return entries;
}

constexpr std::string_view oneFileDump = "d2 cd 31 08 05 06 01 61 02 02 31 32";

TEST(OpenImage, ReadsAFile)
{
    const TempFolder folder;
    const auto image = must(openImage(folder.write("x.img", romfs::asText(hex(oneFileDump)))));
    EXPECT_EQ(test::outline(image.entries), "a=2");
}

TEST(OpenImage, NamesTheFileThatIsNoImage)
{
    const TempFolder folder;
    const auto image = openImage(folder.write("text.img", "hello"));
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().code, ErrorCode::NotRomfs);
    EXPECT_THAT(image.error().message, HasSubstr("text.img"));
}

TEST(OpenImage, RefusesWhatCannotBeRead)
{
    const TempFolder folder;
    for (const auto& path : {folder / "nothing.img", folder.path()}) {
        const auto image = openImage(path);
        ASSERT_FALSE(image);
        EXPECT_EQ(image.error().code, ErrorCode::CannotRead);
    }
}

TEST(SaveImage, WritesANewFile)
{
    const TempFolder folder;
    must(save(folder / "x.img", oneFile()));
    EXPECT_EQ(dumpOf(folder / "x.img"), oneFileDump);
    EXPECT_EQ(folder.listing(), "x.img") << "nothing else is left";
}

TEST(SaveImage, ReplacesAFile)
{
    const TempFolder folder;
    const auto path = folder.write("x.img", "old and longer than the new one");
    must(save(path, oneFile()));
    EXPECT_EQ(dumpOf(path), oneFileDump);
    EXPECT_EQ(folder.listing(), "x.img");
}

TEST(SaveImage, AppendsWhatIsToFollow)
{
    const TempFolder folder;
    must(save(folder / "x.img", oneFile(), text("tail")));
    EXPECT_EQ(dumpOf(folder / "x.img"), std::string(oneFileDump) + " 74 61 69 6c");
}

TEST(SaveImage, WritesBackWhatItRead)
{
    const TempFolder folder;
    const auto bytes = hex("d2 cd 31 80 80 08 05 06 01 61 02 02 31 32 ff ff ff");
    const auto path = folder.write("x.img", romfs::asText(bytes));
    const auto image = must(openImage(path));
    must(saveImage(path, image.entries, Layout::plan(image.entries, test::unedited(image)), image.source->trailing()));
    EXPECT_EQ(dumpOf(path), dump(bytes));
}

TEST(SaveImage, LeavesTheOldFileWhenContentCannotBeRead)
{
    const TempFolder folder;
    const auto path = folder.write("x.img", "precious");
    const auto saved = save(path, Entries().file("a", "1").file("b", test::streamed(test::pattern(500'000), 300'000)));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, ErrorCode::Changed);
    EXPECT_EQ(folder.read("x.img"), "precious");
    EXPECT_EQ(folder.listing(), "x.img") << "no half-written file is left";
}

TEST(SaveImage, LeavesNoFileWhenTheImageIsTooLarge)
{
    const TempFolder folder;
    const auto saved = save(folder / "x.img", Entries().file("a", test::huge(5'000'000'000)));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(folder.listing(), "");
}

TEST(SaveImage, NamesTheFileThatCannotBeWritten)
{
    const TempFolder folder;
    folder.write("file", "mine");
    for (const auto& path : {folder / "file/x.img", folder / "nothing/x.img"}) {
        const auto saved = save(path, oneFile());
        ASSERT_FALSE(saved);
        EXPECT_EQ(saved.error().code, ErrorCode::CannotWrite);
        EXPECT_THAT(saved.error().message, HasSubstr(path.string()));
    }
    EXPECT_EQ(folder.listing(), "file");
    EXPECT_EQ(folder.read("file"), "mine");
}

TEST(SaveImage, DoesNotReplaceFoldersOrDevices)
{
    const TempFolder folder;
    folder.write("folder/inside", "mine");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    for (const auto& path : {folder / "folder", folder / "pipe", fs::path("/dev/null")}) {
        const auto saved = save(path, oneFile());
        ASSERT_FALSE(saved) << path;
        EXPECT_EQ(saved.error().code, ErrorCode::CannotWrite);
    }
    EXPECT_EQ(folder.listing(), "folder/ folder/inside pipe");
    EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(SaveImage, WritesThroughALink)
{
    const TempFolder folder;
    folder.write("real/x.img", "old");
    folder.link("link.img", "real/x.img");
    must(save(folder / "link.img", oneFile()));
    EXPECT_TRUE(fs::is_symlink(folder / "link.img"));
    EXPECT_EQ(dumpOf(folder / "real/x.img"), oneFileDump);
}

TEST(SaveImage, CanReplaceTheImageThatItStreamsFrom)
{
    // The new file is written beside the old one, which content may still come from.
    const TempFolder folder;
    const auto path = folder.write("x.img", romfs::asText(hex(oneFileDump)));
    auto image = must(openImage(path));
    image.entries[0].origin.reset();
    must(save(path, image.entries));
    EXPECT_EQ(dumpOf(path), oneFileDump);
}

TEST(SaveImage, TakesUtf8Names)
{
    const TempFolder folder;
    must(save(folder / "na\xc3\xafve.img", oneFile()));
    EXPECT_EQ(folder.listing(), "na\xc3\xafve.img");
    EXPECT_FALSE(save(folder / "\xff.img", oneFile()));
}

TEST(WriteImage, WritesToAnOpenStream)
{
    std::FILE* stream = std::tmpfile();
    ASSERT_TRUE(stream);
    const auto entries = oneFile();
    must(writeImage(stream, entries, Layout::plan(entries, compact()), text("tail")));
    std::rewind(stream);
    test::Blob bytes(100);
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), stream));
    std::fclose(stream);
    EXPECT_EQ(dump(bytes), std::string(oneFileDump) + " 74 61 69 6c");
}

TEST(WriteImage, TellsThatTheStreamIsFull)
{
    std::FILE* stream = std::fopen("/dev/full", "wb");
    if (!stream) {
        GTEST_SKIP() << "this system has no /dev/full";
    }
    const auto entries = oneFile();
    const auto written = writeImage(stream, entries, Layout::plan(entries, compact()));
    std::fclose(stream);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::CannotWrite);
    EXPECT_THAT(written.error().message, HasSubstr("Standard output"));
}

} // namespace
} // namespace romsmith::sources
