// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hexbytes.h"

#include "core/sources/disk.h"
#include "ui/text.h"

namespace romsmith::ui {

Result<HexBytes> HexBytes::of(const std::shared_ptr<const romfs::ImageBytes>& image, const QString& name,
                              std::shared_ptr<const std::vector<romfs::Entry>> entries)
{
    HexBytes bytes;
    bytes.content = romfs::Content::from(image);
    bytes.image = image;
    bytes.offset = image->begin();
    bytes.name = name;
    bytes.entries = std::move(entries);
    return image->isInMemory() ? Result<HexBytes>(std::move(bytes)) : std::move(bytes).inMemory();
}

Result<HexBytes> HexBytes::inMemory() &&
{
    if (content.size() > sources::largestSnapshot) {
        return fail(ErrorCode::TooLarge,
                    "This is too large to be shown here. Extract it and look at it with another program.");
    }
    return content.readAll().transform([&](std::vector<std::byte> bytes) {
        content = romfs::Content::own(std::move(bytes));
        return std::move(*this);
    });
}

std::vector<ByteRange> HexBytes::headers() const
{
    std::vector<ByteRange> ranges;
    if (image) {
        for (const auto& stretch : image->stretches()) {
            if (stretch.kind != romfs::StretchKind::Content) {
                const auto begin = stretch.offset - offset;
                ranges.push_back({.begin = begin, .end = begin + stretch.size});
            }
        }
    }
    return ranges;
}

QString HexBytes::placeAt(std::uint64_t position) const
{
    if (!image) {
        return {};
    }
    const auto* stretch = image->stretchAt(position);
    if (!stretch) {
        return {};
    }
    if (stretch->entry == romfs::noParent) {
        return stretch->kind == romfs::StretchKind::ImageHeader ? tr("header of the image") : tr("other records");
    }
    const auto owner = entries ? shownName((*entries)[stretch->entry].name) : name;
    switch (stretch->kind) {
    case romfs::StretchKind::RecordHeader:
        return tr("record header of %1").arg(owner);
    case romfs::StretchKind::Content:
        return tr("content of %1").arg(owner);
    default:
        return owner.isEmpty() ? tr("other records") : tr("other records of %1").arg(owner);
    }
}

} // namespace romsmith::ui
