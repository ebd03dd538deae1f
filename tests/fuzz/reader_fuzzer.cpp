// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Any bytes as an image: it is read, listed, checked and written; then it is laid out anew in both styles and read
// again.
#include "core/romfs/checker.h"
#include "core/romfs/imagebytes.h"
#include "core/romfs/names.h"
#include "core/romfs/reader.h"
#include "tests/fuzz/fuzz.h"

namespace romsmith::fuzz {
namespace {

using namespace romfs;

void checkListing(Bytes bytes, bool readable)
{
    const auto records = listRecords(bytes);
    require(records.has_value() == readable, "what can be read can be listed");
    if (!records) {
        return;
    }
    std::uint64_t offset = 0;
    for (const auto& info : *records) {
        require(info.header.offset >= offset && info.header.payload >= info.header.offset,
                "records are listed in order");
        require(info.header.end >= info.header.payload && info.header.end <= bytes.size(),
                "records lie inside the image");
        offset = info.header.offset;
    }
}

void checkUnedited(const Image& image)
{
    const auto layout
        = Layout::plan(image.entries, {.style = image.source->style, .directoryAlignment = 16, .source = image.source});
    require(layout.unchangedSource() == image.source.get(), "an unedited image is known as such");
    const auto written = write(image.entries, layout);
    require(written && std::ranges::equal(*written, image.source->image()),
            "an unedited image is written as it was read");

    const auto view = ImageBytes::ofImage(image.entries, layout);
    require(view.has_value(), "an unedited image can be viewed");
    const auto viewed = Content::from(*view).readAll();
    require(viewed && *viewed == *written, "an image is viewed as it is written");

    for (const auto& finding :
         check(image.entries, layout, {.name = "fuzz", .partitionSize = 1024, .address = 0x7080'0000})) {
        require(finding.entry == noParent || finding.entry < image.entries.size(), "a finding is about an entry");
        require(isUtf8(printable(finding.path)), "a path can be shown");
    }
}

void checkAnew(std::vector<Entry> entries, Style style)
{
    for (auto& entry : entries) {
        entry.origin.reset();
    }
    const auto layout = Layout::plan(entries, {.style = style, .directoryAlignment = 16, .source = nullptr});
    static_cast<void>(check(entries, layout, {}));
    if (layout.totalSize() > mostBytes) {
        return;
    }
    auto written = write(entries, layout);
    require(written && written->size() == layout.totalSize(), "an image takes the room that was planned");
    const auto view = ImageBytes::ofImage(entries, layout);
    require(view && *Content::from(*view).readAll() == *written, "an image is viewed as it is written");

    const auto again = read(Content::own(std::move(*written)));
    require(again.has_value(), "what was written can be read");
    require(!again->source->isTruncated() && again->source->trailing().empty(), "what was written is whole");
    for (std::size_t i = 0; i < entries.size() && i < again->entries.size(); ++i) {
        if (entries[i].type == EntryType::File && again->entries[i].type == EntryType::File) {
            const auto offset = again->entries[i].origin->placement.contentOffset;
            require(offset % entries[i].alignment == 0, "content is aligned");
            require(offset == layout[i].contentOffset, "content lies where it was planned");
        }
    }
    // A pointer that leads out of one image may lead into another.
    if (std::ranges::none_of(entries, [](const Entry& entry) { return entry.defect == Defect::PointerOutOfRange; })) {
        requireSame(entries, again->entries);
    }
}

} // namespace
} // namespace romsmith::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace romsmith;
    const auto bytes = romfs::Content::copyOf(std::as_bytes(std::span(data, size)));
    const auto image = romfs::read(bytes);
    fuzz::checkListing(bytes.bytes(), image.has_value());
    if (!image) {
        fuzz::require(!image.error().message.empty(), "an error says what is wrong");
        return 0;
    }
    fuzz::checkUnedited(*image);
    fuzz::checkAnew(image->entries, romfs::Style::Compact);
    fuzz::checkAnew(image->entries, romfs::Style::OpenMv);
    return 0;
}
