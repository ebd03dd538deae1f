// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/imagebytes.h"

#include "core/romfs/writer.h"

#include <algorithm>

namespace romsmith::romfs {

Result<std::shared_ptr<const ImageBytes>> ImageBytes::ofRecord(std::span<const Entry> entries, const Layout& layout,
                                                               std::uint32_t index)
{
    auto bytes = std::make_shared<ImageBytes>();
    bytes->m_next = layout[index].recordOffset;
    if (auto done = bytes->addEntries(entries, layout, index, entries[index].subtreeEnd); !done) {
        return std::unexpected(done.error());
    }
    if (const auto* source = layout.unchangedSource()) {
        bytes->addUntil(layout[index].recordEnd, StretchKind::Records, index, *source);
    }
    return bytes;
}

Result<std::shared_ptr<const ImageBytes>> ImageBytes::ofImage(std::span<const Entry> entries, const Layout& layout)
{
    auto bytes = std::make_shared<ImageBytes>();
    const auto* source = layout.unchangedSource();
    if (source) {
        bytes->addUntil(layout.headerSize(), StretchKind::ImageHeader, noParent, *source);
    } else if (auto header = imageHeaderOf(layout)) {
        bytes->add(StretchKind::ImageHeader, noParent, Content::own(std::move(*header)));
    } else {
        return std::unexpected(header.error());
    }
    if (auto done = bytes->addEntries(entries, layout, 0, static_cast<std::uint32_t>(entries.size())); !done) {
        return std::unexpected(done.error());
    }
    if (source) {
        bytes->addUntil(layout.totalSize(), StretchKind::Records, noParent, *source);
    }
    return bytes;
}

Result<void> ImageBytes::addEntries(std::span<const Entry> entries, const Layout& layout, std::uint32_t first,
                                    std::uint32_t last)
{
    for (auto i = first; i < last; ++i) {
        if (const auto* source = layout.unchangedSource()) {
            addUnchanged(entries[i], layout[i], i, *source);
        } else if (auto done = addWritten(entries[i], layout[i], i); !done) {
            return done;
        }
    }
    return {};
}

Result<void> ImageBytes::addWritten(const Entry& entry, const Placement& placement, std::uint32_t index)
{
    auto header = headerOf(entry, placement);
    if (!header) {
        return std::unexpected(header.error());
    }
    add(StretchKind::RecordHeader, index, Content::own(std::move(*header)));
    add(entry.type == EntryType::Raw ? StretchKind::Records : StretchKind::Content, index, entry.content);
    if (entry.extra) {
        add(StretchKind::Records, index, entry.extra->after);
    }
    return {};
}

/// The bytes of an image that is written as it was are those that it was read from.
void ImageBytes::addUnchanged(const Entry& entry, const Placement& placement, std::uint32_t index, const Source& source)
{
    const bool pointsElsewhere = entry.origin && entry.origin->throughPointer;
    switch (entry.type) {
    case EntryType::Raw:
        addUntil(placement.recordEnd, StretchKind::Records, index, source);
        break;
    case EntryType::Directory:
        addUntil(placement.contentOffset, StretchKind::RecordHeader, index, source);
        break;
    case EntryType::File:
        addUntil(pointsElsewhere ? placement.recordEnd : placement.contentOffset, StretchKind::RecordHeader, index,
                 source);
        if (!pointsElsewhere) {
            addUntil(placement.contentOffset + entry.content.size(), StretchKind::Content, index, source);
            addUntil(placement.recordEnd, StretchKind::Records, index, source);
        }
        break;
    }
}

void ImageBytes::addUntil(std::uint64_t end, StretchKind kind, std::uint32_t entry, const Source& source)
{
    if (end > m_next) {
        add(kind, entry, source.bytes.slice(m_next, end - m_next));
    }
}

void ImageBytes::add(StretchKind kind, std::uint32_t entry, Content bytes)
{
    if (const auto size = bytes.size(); size > 0) {
        m_stretches.push_back(
            {.offset = m_next, .size = size, .kind = kind, .entry = entry, .bytes = std::move(bytes)});
        m_next += size;
    }
}

std::uint64_t ImageBytes::begin() const
{
    return m_stretches.empty() ? m_next : m_stretches.front().offset;
}

std::uint64_t ImageBytes::size() const
{
    return m_next - begin();
}

const Stretch* ImageBytes::stretchAt(std::uint64_t offset) const
{
    const auto after = std::ranges::upper_bound(m_stretches, begin() + offset, {}, &Stretch::offset);
    return offset < size() && after != m_stretches.begin() ? &*std::prev(after) : nullptr;
}

Result<void> ImageBytes::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (offset > size() || into.size() > size() - offset) {
        return fail(ErrorCode::InvalidArgument, "Read past the end of an image");
    }
    while (!into.empty()) {
        const auto& stretch = *stretchAt(offset);
        const auto inside = begin() + offset - stretch.offset;
        const auto piece = into.first(std::min<std::uint64_t>(into.size(), stretch.size - inside));
        if (auto done = stretch.bytes.read(inside, piece); !done) {
            return done;
        }
        into = into.subspan(piece.size());
        offset += piece.size();
    }
    return {};
}

bool ImageBytes::isInMemory() const
{
    return std::ranges::all_of(m_stretches, [](const Stretch& stretch) { return stretch.bytes.isInMemory(); });
}

} // namespace romsmith::romfs
