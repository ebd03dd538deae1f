// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/imagebytes.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::compact;
using test::directoryRecord;
using test::dump;
using test::Entries;
using test::fileRecord;
using test::fileWith;
using test::hex;
using test::imageOf;
using test::must;
using test::openMv;
using test::readBlob;
using test::record;
using test::text;
using testing::ElementsAre;

/// "header 0+16 records 16+4": the stretches with whose they are.
std::vector<std::string> stretches(const ImageBytes& bytes)
{
    static constexpr std::array names{"image", "header", "content", "records"};
    std::vector<std::string> all;
    for (const auto& stretch : bytes.stretches()) {
        all.push_back(
            std::format("{} {}+{}", names.at(static_cast<std::size_t>(stretch.kind)), stretch.offset, stretch.size)
            + (stretch.entry == noParent ? "" : std::format(" of {}", stretch.entry)));
    }
    return all;
}

Blob all(std::shared_ptr<const ImageBytes> bytes)
{
    return must(Content::from(std::move(bytes)).readAll());
}

Entries sample()
{
    Entries entries;
    entries.file("a", "12").open("d").file("b", "345", 16).close().raw(record(77, text("x")));
    return entries;
}

TEST(ImageBytes, AreThoseThatAreWritten)
{
    for (const auto& options : {compact(), openMv()}) {
        const auto entries = sample();
        const auto layout = Layout::plan(entries, options);
        const auto bytes = must(ImageBytes::ofImage(entries, layout));
        EXPECT_EQ(bytes->begin(), 0U);
        EXPECT_EQ(bytes->size(), layout.totalSize());
        EXPECT_EQ(dump(all(bytes)), dump(test::written(entries, options)));
        EXPECT_TRUE(bytes->isInMemory());
    }
}

TEST(ImageBytes, SayWhoseTheyAre)
{
    const auto entries = sample();
    const auto bytes = must(ImageBytes::ofImage(entries, Layout::plan(entries, compact())));
    // Header 4, file 4..12, directory 12..32 with a file whose content is at 32, records behind it.
    EXPECT_THAT(stretches(*bytes),
                ElementsAre("image 0+4", "header 4+6 of 0", "content 10+2 of 0", "header 12+4 of 1",
                            "header 16+16 of 2", "content 32+3 of 2", "records 35+3 of 3"));
    EXPECT_EQ(bytes->stretchAt(0)->kind, StretchKind::ImageHeader);
    EXPECT_EQ(bytes->stretchAt(11)->entry, 0U);
    EXPECT_EQ(bytes->stretchAt(12)->entry, 1U);
    EXPECT_EQ(bytes->stretchAt(37)->entry, 3U);
    EXPECT_EQ(bytes->stretchAt(38), nullptr);
}

TEST(ImageBytes, OfARecordAreItsPartOfTheImage)
{
    const auto entries = sample();
    for (const auto& options : {compact(), openMv()}) {
        const auto layout = Layout::plan(entries, options);
        const auto image = test::written(entries, options);
        for (std::uint32_t i = 0; i < layout.placements().size(); ++i) {
            const auto bytes = must(ImageBytes::ofRecord(entries, layout, i));
            EXPECT_EQ(bytes->begin(), layout[i].recordOffset);
            EXPECT_EQ(
                dump(all(bytes)),
                dump(std::span(image).subspan(layout[i].recordOffset, layout[i].recordEnd - layout[i].recordOffset)));
        }
    }
}

TEST(ImageBytes, OfAnUneditedImageAreThoseThatWereRead)
{
    const auto bytes = imageOf(record(2, text("AB")) + fileRecord("p", hex("03 02 02 02"))
                                   + fileRecord("x", record(1, text("before")) + record(2, text("it")) + record(9, {}))
                                   + directoryRecord("d", fileWith("y", "1") + hex("00 00")) + hex("ff"),
                               20)
        + text("trailing");
    const auto image = readBlob(bytes);
    const auto layout = Layout::plan(image.entries, test::unedited(image));
    EXPECT_EQ(dump(all(must(ImageBytes::ofImage(image.entries, layout)))), dump(image.source->image()));
    for (std::uint32_t i = 0; i < image.entries.size(); ++i) {
        const auto& placement = image.entries[i].origin->placement;
        EXPECT_EQ(
            dump(all(must(ImageBytes::ofRecord(image.entries, layout, i)))),
            dump(image.source->image().subspan(placement.recordOffset, placement.recordEnd - placement.recordOffset)))
            << i;
    }
}

TEST(ImageBytes, KeepRecordsAroundContent)
{
    const auto image = readBlob(
        imageOf(fileRecord("x", record(1, text("before")) + record(2, text("it")) + record(9, text("after")))));
    const auto entries = test::withoutOrigin(image.entries);
    const auto layout = Layout::plan(entries, openMv());
    EXPECT_EQ(dump(all(must(ImageBytes::ofImage(entries, layout)))), dump(test::written(entries, openMv())));
}

TEST(ImageBytes, AreReadInPieces)
{
    const auto entries = Entries().file("a", test::streamed(test::pattern(100'000))).file("b", "end");
    const auto layout = Layout::plan(entries, compact());
    const auto bytes = must(ImageBytes::ofImage(entries, layout));
    EXPECT_FALSE(bytes->isInMemory());
    Blob two(2);
    must(bytes->read(bytes->size() - 2, two));
    EXPECT_EQ(asText(two), "nd");
    EXPECT_TRUE(bytes->read(bytes->size(), {}));
    EXPECT_FALSE(bytes->read(bytes->size() - 1, two));
    EXPECT_FALSE(bytes->read(~std::uint64_t{0}, two));
}

TEST(ImageBytes, PassOnThatContentCannotBeRead)
{
    const auto entries = Entries().file("a", test::streamed(test::pattern(1000), 500));
    const auto bytes = must(ImageBytes::ofImage(entries, Layout::plan(entries, compact())));
    Blob everything(bytes->size());
    EXPECT_FALSE(bytes->read(0, everything));
}

} // namespace
} // namespace romsmith::romfs
