// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/layout.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace romsmith::ui {

/// What a stretch of an image is, for its colour on the map.
enum class MapKind : std::uint8_t {
    ImageHeader,
    FolderHeader,
    FileHeader,
    Model,
    Python,
    Text,
    OtherContent,
    Padding,
    Records, ///< that are neither files nor folders
    Free, ///< the rest of the partition
    Beyond, ///< what does not fit into the partition; shown over what it is
};
inline constexpr std::size_t mapKindCount = 11;

/// Bytes of an image that look the same on the map.
struct MapSegment
{
    std::uint64_t begin = 0; ///< bytes from the start of the image
    std::uint64_t end = 0;
    std::uint32_t entry = romfs::noParent; ///< whose they are; noParent for the image's own header
    MapKind kind = MapKind::OtherContent;

    [[nodiscard]] std::uint64_t size() const { return end - begin; }
    bool operator==(const MapSegment&) const = default;
};

/// An image as a row of segments without gaps, in order.
class MapSegments
{
public:
    MapSegments() = default;
    MapSegments(std::span<const romfs::Entry> entries, const romfs::Layout& layout);

    [[nodiscard]] const std::vector<MapSegment>& all() const { return m_segments; }
    [[nodiscard]] std::uint64_t totalSize() const { return m_next; }
    [[nodiscard]] std::uint64_t bytesOf(MapKind kind) const { return m_bytes[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] std::uint64_t contentBytes() const;
    [[nodiscard]] std::uint64_t bytesBeyond(std::uint64_t capacity) const
    {
        return m_next > capacity ? m_next - capacity : 0;
    }

    /// From where to where the records of an entry go, what is inside a folder included.
    struct Range
    {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };
    [[nodiscard]] Range rangeOf(std::uint32_t entry) const { return m_ranges[entry]; }
    [[nodiscard]] std::uint32_t entryCount() const { return static_cast<std::uint32_t>(m_ranges.size()); }

    /// The index in all() of the segment that holds the byte at @p offset; the last one for what is past the end.
    /// There must be a segment.
    [[nodiscard]] std::size_t indexAt(std::uint64_t offset) const;

private:
    void addEntry(const romfs::Entry& entry, const romfs::Placement& placement, std::uint32_t index);
    void addFile(const romfs::Entry& entry, const romfs::Placement& placement, std::uint32_t index);
    void addUntil(std::uint64_t end, MapKind kind, std::uint32_t entry);

    std::vector<MapSegment> m_segments;
    std::vector<Range> m_ranges;
    std::array<std::uint64_t, mapKindCount> m_bytes{};
    std::uint64_t m_next = 0; ///< where the next segment begins
};

/// By the name alone, as the map of a large image has to be there at once.
[[nodiscard]] MapKind contentKind(std::string_view fileName);

} // namespace romsmith::ui
