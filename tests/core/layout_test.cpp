// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/layout.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::compact;
using test::content;
using test::Entries;
using test::fileWith;
using test::hex;
using test::huge;
using test::imageOf;
using test::openMv;
using test::pattern;
using test::readBlob;
using test::record;
using test::text;
using test::unedited;
using testing::ElementsAre;

std::vector<std::uint64_t> contentOffsets(const Layout& layout)
{
    std::vector<std::uint64_t> offsets;
    for (const auto& placement : layout.placements()) {
        offsets.push_back(placement.contentOffset);
    }
    return offsets;
}

TEST(Layout, AlignsOffsetsUpwards)
{
    EXPECT_EQ(alignUp(0, 16), 0U);
    EXPECT_EQ(alignUp(1, 16), 16U);
    EXPECT_EQ(alignUp(16, 16), 16U);
    EXPECT_EQ(alignUp(17, 1), 17U);
    EXPECT_EQ(naturalAlignment(0x60), 32U);
    EXPECT_EQ(naturalAlignment(1), 1U);
    EXPECT_EQ(naturalAlignment(0), std::uint64_t{1} << 32U);
}

TEST(Layout, OfNothing)
{
    const auto shortest = Layout::plan({}, compact());
    EXPECT_EQ(shortest.headerSize(), 4U);
    EXPECT_EQ(shortest.totalSize(), 4U);
    const auto padded = Layout::plan({}, openMv());
    EXPECT_EQ(padded.headerSize(), 16U);
    EXPECT_EQ(padded.totalSize(), 16U);
    EXPECT_EQ(padded.padding(), 0U);
}

// OpenMV's style ------------------------------------------------------------------------------------------------------

TEST(OpenMvLayout, PlacesWhatAnOpenMv4Image)
{
    const auto layout = Layout::plan(Entries()
                                         .file("fomo_face_detection.tflite", content(pattern(57040)), 16)
                                         .file("fomo_face_detection.txt", content(pattern(15)), 4)
                                         .file("haarcascade_eye.cascade", content(pattern(19041)), 4)
                                         .file("haarcascade_frontalface.cascade", content(pattern(52396)), 4),
                                     openMv());
    EXPECT_EQ(layout.headerSize(), 16U);
    EXPECT_EQ(layout.totalSize(), 128676U);
    EXPECT_EQ(layout[0].recordOffset, 0x10U);
    EXPECT_EQ(layout[1].recordOffset, 0xdf10U);
    EXPECT_EQ(layout[2].recordOffset, 0xdf43U);
    EXPECT_EQ(layout[3].recordOffset, 0x129c9U);
    EXPECT_THAT(contentOffsets(layout), ElementsAre(0x40, 0xdf34, 0xdf68, 0x129f8));
    EXPECT_EQ(layout[0].dataLengthWidth, 12U);
    EXPECT_EQ(layout[1].dataLengthWidth, 3U);
    EXPECT_EQ(layout[2].dataLengthWidth, 4U);
    EXPECT_EQ(layout[3].dataLengthWidth, 6U);
    EXPECT_EQ(layout.padding(), 9U + 2 + 1 + 3);
    EXPECT_EQ(layout.freeIn(131072), 2396);
    EXPECT_EQ(layout.freeIn(128676), 0);
    EXPECT_EQ(layout.freeIn(128000), -676);
}

TEST(OpenMvLayout, PlacesFoldersAsForAnN6)
{
    const auto entries = Entries()
                             .open("lib")
                             .open("pkg")
                             .file("__init__.py", content(pattern(12)), 4)
                             .file("w.tflite", content(pattern(100)), 32)
                             .close()
                             .close()
                             .file("main.py", content(pattern(35)), 4)
                             .open("models")
                             .file("detector.tflite", content(pattern(3071)), 32)
                             .close();
    const auto layout = Layout::plan(entries, openMv(32));
    const auto& lib = layout[0];
    const auto& pkg = layout[1];
    const auto& models = layout[5];
    EXPECT_EQ(lib.recordOffset, 16U);
    EXPECT_EQ(lib.lengthWidth, 11U);
    EXPECT_EQ(lib.contentOffset, 32U);
    EXPECT_EQ(pkg.recordOffset, 32U);
    EXPECT_EQ(pkg.lengthWidth, 27U);
    EXPECT_EQ(pkg.contentOffset, 64U);
    EXPECT_EQ(layout[3].contentOffset, 0x80U);
    EXPECT_EQ(models.lengthWidth, 29U);
    EXPECT_EQ(models.contentOffset % 32, 0U);
    EXPECT_EQ(layout[6].contentOffset, 0x160U);
    EXPECT_EQ(layout.totalSize(), 3423U) << "odd, as OpenMV's builders leave it";
}

TEST(OpenMvLayout, AlignsAFolderToTheMostAlignedFileInside)
{
    const auto layout = Layout::plan(Entries()
                                         .file("a", "1", 4)
                                         .open("outer")
                                         .file("b", "2", 4)
                                         .open("inner")
                                         .file("big.bin", "3", 4096)
                                         .close()
                                         .close()
                                         .open("plain")
                                         .file("c", "4", 4)
                                         .close(),
                                     openMv());
    EXPECT_EQ(layout[1].contentOffset, 4096U);
    EXPECT_EQ(layout[3].contentOffset, 8192U);
    EXPECT_EQ(layout[4].contentOffset, 3 * 4096U);
    EXPECT_EQ(layout[5].contentOffset % 16, 0U);
    EXPECT_LT(layout[5].contentOffset, 3 * 4096U + 64) << "a neighbour's alignment does not matter";
}

TEST(OpenMvLayout, PlacesEmptyFoldersAndFiles)
{
    const auto layout = Layout::plan(Entries().open("d").close().file("empty", "", 16), openMv());
    EXPECT_EQ(layout[0].recordOffset, 16U);
    EXPECT_EQ(layout[0].contentOffset, 32U);
    EXPECT_EQ(layout[0].recordEnd, 32U);
    EXPECT_EQ(layout[1].contentOffset, 48U);
    EXPECT_EQ(layout[1].recordEnd, 48U);
    EXPECT_EQ(layout.totalSize(), 48U);
}

TEST(OpenMvLayout, KeepsOtherRecordsBetweenFiles)
{
    const auto layout = Layout::plan(Entries().raw(record(1, text("abc"))).file("x", "1", 16), openMv());
    EXPECT_EQ(layout[0].recordOffset, 16U);
    EXPECT_EQ(layout[0].contentOffset, 16U);
    EXPECT_EQ(layout[0].recordEnd, 21U);
    EXPECT_EQ(layout[1].recordOffset, 21U);
    EXPECT_EQ(layout[1].contentOffset, 48U);
}

TEST(OpenMvLayout, AlignsUpToTheLargestAlignment)
{
    const auto layout = Layout::plan(Entries().file("a", "1", maxAlignment).file("b", "2", maxAlignment), openMv());
    EXPECT_THAT(contentOffsets(layout), ElementsAre(65536, 131072));
    EXPECT_EQ(layout[1].dataLengthWidth, 1U + layout[1].padding);
}

// The compact style ---------------------------------------------------------------------------------------------------

TEST(CompactLayout, TakesTheShortestEncodings)
{
    const auto layout = Layout::plan(Entries().file("main.py", "print(\"hi\")\n"), compact());
    EXPECT_EQ(layout.headerSize(), 4U);
    EXPECT_EQ(layout.totalSize(), 28U);
    EXPECT_EQ(layout[0].recordOffset, 4U);
    EXPECT_EQ(layout[0].lengthWidth, 1U);
    EXPECT_EQ(layout[0].dataLengthWidth, 1U);
    EXPECT_EQ(layout[0].contentOffset, 16U);
    EXPECT_EQ(layout[0].recordEnd, 28U);
    EXPECT_EQ(layout.padding(), 0U);
}

TEST(CompactLayout, MakesTheTotalEvenByAWiderHeader)
{
    const auto even = Layout::plan(Entries().file("a", "12"), compact());
    EXPECT_EQ(even.headerSize(), 4U);
    EXPECT_EQ(even.totalSize(), 12U);
    const auto odd = Layout::plan(Entries().file("a", "123"), compact());
    EXPECT_EQ(odd.headerSize(), 5U);
    EXPECT_EQ(odd.totalSize(), 14U);
}

TEST(CompactLayout, AlignsWhatAsksForIt)
{
    const auto layout = Layout::plan(Entries()
                                         .file("a.txt", "12345")
                                         .file("m.tflite", content(pattern(1000)), 16)
                                         .open("d")
                                         .file("n.tflite", content(pattern(1000)), 64)
                                         .close(),
                                     compact());
    EXPECT_EQ(layout[1].contentOffset % 16, 0U);
    EXPECT_EQ(layout[3].contentOffset % 64, 0U);
    EXPECT_GT(layout.padding(), 0U);
    EXPECT_LT(layout.padding(), 16U + 64);
}

TEST(CompactLayout, StaysOddWhereAlignmentSwallowsTheWiderHeader)
{
    const auto layout = Layout::plan(Entries().file("x", "ALIGNED", 32), compact());
    EXPECT_EQ(layout.headerSize(), 4U);
    EXPECT_EQ(layout.totalSize(), 39U);
    EXPECT_EQ(layout[0].contentOffset, 32U);
}

TEST(CompactLayout, IgnoresTheAlignmentOfFolders)
{
    auto options = compact();
    options.directoryAlignment = 4096;
    EXPECT_EQ(Layout::plan(Entries().open("d").close(), options).totalSize(), 8U);
}

TEST(CompactLayout, FitsWherePaddingMakesALengthLonger)
{
    // The file's length is 127 without padding and up to 15 more with it.
    for (std::size_t size = 100; size < 140; ++size) {
        const auto entries = Entries().open("d").file("x", content(pattern(size)), 16).close();
        const auto image = readBlob(test::written(entries, compact()));
        ASSERT_EQ(image.entries.size(), 2U) << size;
        EXPECT_EQ(image.entries[1].content.size(), size);
        EXPECT_EQ(image.entries[1].origin->placement.contentOffset % 16, 0U) << size;
    }
}

// Unchanged images ----------------------------------------------------------------------------------------------------

TEST(UnchangedLayout, IsWhatWasRead)
{
    const auto image = readBlob(
        imageOf(record(1, {}) + fileWith("a", "1") + test::directoryRecord("d", fileWith("b", "2")), 9) + text("??"));
    const auto layout = Layout::plan(image.entries, unedited(image));
    EXPECT_EQ(layout.unchangedSource(), image.source.get());
    EXPECT_EQ(layout.headerSize(), 12U);
    EXPECT_EQ(layout.totalSize(), image.source->header.end);
    for (std::size_t i = 0; i < image.entries.size(); ++i) {
        EXPECT_EQ(layout[i].contentOffset, image.entries[i].origin->placement.contentOffset);
    }
}

TEST(UnchangedLayout, CountsThePaddingThatWasFound)
{
    const auto image
        = readBlob(hex("d2 cd 31 24 05 22 01 78 02") + test::filled(22, 0x80) + hex("08") + text("ALIGNED!"));
    EXPECT_EQ(Layout::plan(image.entries, unedited(image)).padding(), 22U);
}

TEST(UnchangedLayout, EndsWithAnyChange)
{
    const auto image
        = readBlob(imageOf(fileWith("a", "1") + test::directoryRecord("d", fileWith("b", "2")) + fileWith("c", "3")));
    const auto isUnchanged = [&](std::vector<Entry> entries, const LayoutOptions& options) {
        return Layout::plan(entries, options).unchangedSource() != nullptr;
    };
    const auto options = unedited(image);
    ASSERT_TRUE(isUnchanged(image.entries, options));

    auto touched = image.entries;
    touched[2].origin.reset();
    EXPECT_FALSE(isUnchanged(touched, options)) << "an entry without origin";

    auto swapped = image.entries;
    std::swap(swapped[0], swapped[3]);
    EXPECT_FALSE(isUnchanged(swapped, options)) << "another order";

    auto fewer = image.entries;
    fewer.pop_back();
    EXPECT_FALSE(isUnchanged(fewer, options)) << "an entry less";

    auto movedIn = image.entries;
    movedIn[1].subtreeEnd = 4;
    EXPECT_FALSE(isUnchanged(movedIn, options)) << "the same order in another folder";

    auto otherStyle = options;
    otherStyle.style = Style::OpenMv;
    EXPECT_FALSE(isUnchanged(image.entries, otherStyle)) << "another style";
}

// Sizes ---------------------------------------------------------------------------------------------------------------

TEST(Layout, NeedsNoContentToPlanGigabytes)
{
    const auto entries = Entries().file("a", huge(3'000'000'000)).file("b", huge(2'000'000'000), 4096);
    for (const auto& options : {compact(), openMv()}) {
        const auto layout = Layout::plan(entries, options);
        EXPECT_GT(layout.totalSize(), 5'000'000'000U);
        EXPECT_EQ(layout[1].contentOffset % 4096, 0U);
        EXPECT_LT(layout.freeIn(24 * 1024 * 1024), 0);
    }
}

TEST(Layout, PlansDeepFoldersInLinearTime)
{
    Entries entries;
    for (int i = 0; i < 5000; ++i) {
        entries.open("d");
    }
    const auto shortest = Layout::plan(entries, compact());
    EXPECT_EQ(shortest.placements().size(), 5000U);
    EXPECT_EQ(shortest[0].recordEnd, shortest.totalSize());
    EXPECT_EQ(shortest[4999].recordEnd, shortest.totalSize());
}

} // namespace
} // namespace romsmith::romfs
