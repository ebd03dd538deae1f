// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/entry.h"
#include "core/romfs/reader.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace romsmith::romfs {

/// Bytes of the headers that OpenMV's builders pad to a fixed size.
inline constexpr std::uint64_t openMvImageHeader = 16;
inline constexpr std::uint64_t openMvFileHeader = 8;

/// The largest alignment that can be asked for; mapped partitions of all known boards begin at least this aligned.
inline constexpr std::uint32_t maxAlignment = 65536;

[[nodiscard]] constexpr std::uint64_t alignUp(std::uint64_t offset, std::uint64_t alignment)
{
    return (offset + alignment - 1) & ~(alignment - 1);
}

struct LayoutOptions
{
    Style style = Style::OpenMv;

    /// Style::OpenMv: a directory's first child begins at a multiple of this, or of more if a file inside asks for
    /// more. OpenMV's builders use the largest alignment among the board's rules.
    std::uint32_t directoryAlignment = 16;

    /// Where the entries were read from. If they are still exactly those, the image comes out as it was.
    std::shared_ptr<const Source> source;
};

/// Where everything of an image lies. Computed from names, sizes and wanted alignments without touching content.
class Layout
{
public:
    [[nodiscard]] static Layout plan(std::span<const Entry> entries, const LayoutOptions& options);

    /// One for each entry, in the same order.
    [[nodiscard]] const std::vector<Placement>& placements() const { return m_placements; }
    [[nodiscard]] const Placement& operator[](std::size_t index) const { return m_placements[index]; }

    [[nodiscard]] std::uint64_t headerSize() const { return m_headerSize; }
    [[nodiscard]] std::uint64_t totalSize() const { return m_totalSize; }

    /// Filler spent on alignment in the whole image.
    [[nodiscard]] std::uint64_t padding() const { return m_padding; }

    /// Bytes of a partition that stay free; negative when the image is too large for it.
    [[nodiscard]] std::int64_t freeIn(std::uint64_t partitionSize) const
    {
        return static_cast<std::int64_t>(partitionSize) - static_cast<std::int64_t>(m_totalSize);
    }

    /// The image that is written unchanged, if no entry differs from it.
    [[nodiscard]] const Source* unchangedSource() const { return m_unchanged.get(); }

    [[nodiscard]] Style style() const { return m_style; }

private:
    std::vector<Placement> m_placements;
    std::uint64_t m_headerSize = 0;
    std::uint64_t m_totalSize = 0;
    std::uint64_t m_padding = 0;
    Style m_style = Style::OpenMv;
    std::shared_ptr<const Source> m_unchanged;
};

} // namespace romsmith::romfs
