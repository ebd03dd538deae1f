// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mapsegments.h"

#include "core/romfs/names.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

using romfs::EntryType;

constexpr auto textExtensions
    = std::to_array<std::string_view>({"cfg", "conf", "css", "csv", "htm", "html", "ini", "js", "json", "log", "md",
                                       "rst", "svg", "toml", "txt", "xml", "yaml", "yml"});

} // namespace

MapSegments::MapSegments(std::span<const romfs::Entry> entries, const romfs::Layout& layout)
{
    m_segments.reserve(4 * entries.size() + 2);
    m_ranges.reserve(entries.size());
    addUntil(layout.headerSize(), MapKind::ImageHeader, romfs::noParent);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        addEntry(entries[i], layout[i], i);
        m_ranges.push_back({.begin = layout[i].recordOffset, .end = layout[i].recordEnd});
    }
    addUntil(layout.totalSize(), MapKind::Records,
             entries.empty() ? romfs::noParent : static_cast<std::uint32_t>(entries.size() - 1));
}

void MapSegments::addEntry(const romfs::Entry& entry, const romfs::Placement& placement, std::uint32_t index)
{
    switch (entry.type) {
    case EntryType::Raw:
        addUntil(placement.recordEnd, MapKind::Records, index);
        break;
    case EntryType::Directory:
        // The filler is in front of the length, behind the byte that says what the record is.
        if (placement.padding != 0) {
            addUntil(placement.recordOffset + 1, MapKind::FolderHeader, index);
            addUntil(placement.recordOffset + 1 + placement.padding, MapKind::Padding, index);
        }
        addUntil(placement.contentOffset, MapKind::FolderHeader, index);
        break;
    case EntryType::File:
        addFile(entry, placement, index);
        break;
    }
}

void MapSegments::addFile(const romfs::Entry& entry, const romfs::Placement& placement, std::uint32_t index)
{
    const auto contentEnd = placement.contentOffset + entry.content.size();
    const bool isElsewhere = placement.contentOffset < placement.recordOffset || contentEnd > placement.recordEnd;
    if (isElsewhere) {
        addUntil(placement.recordEnd, MapKind::FileHeader, index); // content reached through a pointer record
        return;
    }
    if (placement.padding != 0) {
        const auto filler = placement.contentOffset - placement.dataLengthWidth;
        addUntil(filler, MapKind::FileHeader, index);
        addUntil(filler + placement.padding, MapKind::Padding, index);
    }
    addUntil(placement.contentOffset, MapKind::FileHeader, index);
    addUntil(contentEnd, contentKind(entry.name), index);
    addUntil(placement.recordEnd, MapKind::Records, index);
}

void MapSegments::addUntil(std::uint64_t end, MapKind kind, std::uint32_t entry)
{
    if (end <= m_next) {
        return;
    }
    m_segments.push_back({.begin = m_next, .end = end, .entry = entry, .kind = kind});
    m_bytes[static_cast<std::size_t>(kind)] += end - m_next;
    m_next = end;
}

std::uint64_t MapSegments::contentBytes() const
{
    return bytesOf(MapKind::Model) + bytesOf(MapKind::Python) + bytesOf(MapKind::Text) + bytesOf(MapKind::OtherContent);
}

std::size_t MapSegments::indexAt(std::uint64_t offset) const
{
    const auto found = std::ranges::upper_bound(m_segments, offset, {}, &MapSegment::end);
    return found == m_segments.end() ? m_segments.size() - 1 : static_cast<std::size_t>(found - m_segments.begin());
}

MapKind contentKind(std::string_view fileName)
{
    if (romfs::isModelName(fileName)) {
        return MapKind::Model;
    }
    if (romfs::hasExtension(fileName, "py") || romfs::hasExtension(fileName, "mpy")) {
        return MapKind::Python;
    }
    const auto extension = romfs::extensionOf(fileName);
    return std::ranges::binary_search(textExtensions, extension) ? MapKind::Text : MapKind::OtherContent;
}

} // namespace romsmith::ui
