// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/layout.h"

#include "core/romfs/varuint.h"

#include <algorithm>
#include <ranges>

namespace romsmith::romfs {
namespace {

constexpr std::uint64_t kindWidth = 1; // every kind that is written fits into one byte

bool isUnchanged(std::span<const Entry> entries, const LayoutOptions& options)
{
    if (!options.source || options.source->style != options.style || entries.size() != options.source->entryCount) {
        return false;
    }
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto& origin = entries[i].origin;
        if (!origin || origin->index != i || origin->subtreeEnd != entries[i].subtreeEnd) {
            return false;
        }
    }
    return true;
}

/// Bytes of a name with its length.
std::uint64_t nameSize(const Entry& entry)
{
    return varuintWidth(entry.name.size()) + entry.name.size();
}

std::uint64_t sizeBefore(const Entry& entry)
{
    return entry.extra ? entry.extra->before.size() : 0;
}

std::uint64_t sizeAfter(const Entry& entry)
{
    return entry.extra ? entry.extra->after.size() : 0;
}

/// A data record whose kind byte stands at @p offset: its length varuint is widened until the content is aligned.
struct DataPlacement
{
    std::uint64_t lengthWidth;
    std::uint64_t padding;
    std::uint64_t content;
};

DataPlacement placeAligned(std::uint64_t offset, std::uint64_t fixedAfterLength, std::uint64_t length,
                           std::uint64_t alignment)
{
    const auto shortest = varuintWidth(length);
    const auto earliest = offset + kindWidth + shortest + fixedAfterLength;
    const auto content = alignUp(earliest, alignment);
    return {.lengthWidth = shortest + (content - earliest), .padding = content - earliest, .content = content};
}

/// What is known of a directory before its place is.
struct DirectorySize
{
    std::uint64_t children = 0; ///< OpenMv: exactly; Compact: at most
    std::uint64_t alignment = 1; ///< OpenMv: of its first child
};

class Planner
{
public:
    Planner(std::span<const Entry> entries, const LayoutOptions& options)
        : m_entries(entries)
        , m_options(options)
        , m_directories(entries.size())
        , m_placements(entries.size())
    {
        for (auto i = entries.size(); i-- > 0;) {
            if (entries[i].type == EntryType::Directory) {
                measure(i);
            }
        }
    }

    /// Places everything behind a header of @p headerSize bytes; returns the size of the image.
    std::uint64_t place(std::uint64_t headerSize)
    {
        std::vector<std::size_t> open;
        auto position = headerSize;
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            close(open, i, position);
            position = placeEntry(i, position);
            if (m_entries[i].type == EntryType::Directory) {
                open.push_back(i);
            }
        }
        close(open, m_entries.size(), position);
        return position;
    }

    /// The size of all records at the root; for Style::Compact an upper bound.
    std::uint64_t rootSizeAtMost() const
    {
        std::uint64_t size = 0;
        for (std::size_t i = 0; i < m_entries.size(); i = m_entries[i].subtreeEnd) {
            size += compactSizeAtMost(i);
        }
        return size;
    }

    std::vector<Placement> take() { return std::move(m_placements); }

private:
    bool openMv() const { return m_options.style == Style::OpenMv; }

    void measure(std::size_t directory)
    {
        auto& size = m_directories[directory];
        size.alignment = m_options.directoryAlignment;
        for (auto i = directory + 1; i < m_entries[directory].subtreeEnd; i = m_entries[i].subtreeEnd) {
            const bool nested = m_entries[i].type == EntryType::Directory;
            size.alignment
                = std::max<std::uint64_t>(size.alignment, nested ? m_directories[i].alignment : m_entries[i].alignment);
        }
        // Children of an aligned directory take the same room wherever the directory ends up.
        for (auto i = directory + 1; i < m_entries[directory].subtreeEnd; i = m_entries[i].subtreeEnd) {
            if (!openMv()) {
                size.children += compactSizeAtMost(i);
            } else if (m_entries[i].type == EntryType::Directory) {
                size.children = openMvDirectory(i, size.children).content + m_directories[i].children;
            } else {
                size.children = placeEntry(i, size.children);
            }
        }
    }

    DataPlacement openMvDirectory(std::size_t index, std::uint64_t offset) const
    {
        const auto name = nameSize(m_entries[index]);
        const auto& size = m_directories[index];
        return placeAligned(offset, name, name + size.children, size.alignment);
    }

    std::uint64_t compactSizeAtMost(std::size_t index) const
    {
        const auto& entry = m_entries[index];
        if (entry.type == EntryType::Raw) {
            return entry.content.size();
        }
        const auto payload = entry.type == EntryType::Directory ? nameSize(entry) + m_directories[index].children
                                                                : filePayloadAtMost(entry);
        return kindWidth + varuintWidth(payload) + payload;
    }

    static std::uint64_t filePayloadAtMost(const Entry& entry)
    {
        const auto size = entry.content.size();
        return nameSize(entry) + sizeBefore(entry) + kindWidth + varuintWidth(size) + (entry.alignment - 1) + size
            + sizeAfter(entry);
    }

    /// Returns where the next record begins: behind the entry, or inside it for a directory.
    std::uint64_t placeEntry(std::size_t index, std::uint64_t position)
    {
        const auto& entry = m_entries[index];
        auto& placement = m_placements[index];
        placement = {.recordOffset = position, .contentOffset = position, .recordEnd = position};
        switch (entry.type) {
        case EntryType::Raw:
            placement.recordEnd = position + entry.content.size();
            return placement.recordEnd;
        case EntryType::File:
            return placeFile(entry, placement);
        case EntryType::Directory:
            return placeDirectory(index, placement);
        }
        return position;
    }

    std::uint64_t placeFile(const Entry& entry, Placement& placement) const
    {
        // In the compact style the width is fixed before the padding is known, so that no second pass is needed. It is
        // the shortest whenever nothing is aligned.
        placement.lengthWidth = openMv() ? openMvFileHeader - kindWidth : varuintWidth(filePayloadAtMost(entry));
        const auto data
            = placement.recordOffset + kindWidth + placement.lengthWidth + nameSize(entry) + sizeBefore(entry);
        const auto placed = placeAligned(data, 0, entry.content.size(), entry.alignment);
        placement.dataLengthWidth = placed.lengthWidth;
        placement.padding = placed.padding;
        placement.contentOffset = placed.content;
        placement.recordEnd = placed.content + entry.content.size() + sizeAfter(entry);
        return placement.recordEnd;
    }

    std::uint64_t placeDirectory(std::size_t index, Placement& placement) const
    {
        if (openMv()) {
            const auto placed = openMvDirectory(index, placement.recordOffset);
            placement.lengthWidth = placed.lengthWidth;
            placement.padding = placed.padding;
            placement.contentOffset = placed.content;
        } else {
            const auto name = nameSize(m_entries[index]);
            placement.lengthWidth = varuintWidth(name + m_directories[index].children);
            placement.contentOffset = placement.recordOffset + kindWidth + placement.lengthWidth + name;
        }
        return placement.contentOffset;
    }

    void close(std::vector<std::size_t>& open, std::size_t index, std::uint64_t position)
    {
        while (!open.empty() && m_entries[open.back()].subtreeEnd <= index) {
            m_placements[open.back()].recordEnd = position;
            open.pop_back();
        }
    }

    std::span<const Entry> m_entries;
    const LayoutOptions& m_options;
    std::vector<DirectorySize> m_directories;
    std::vector<Placement> m_placements;
};

/// Header and total of a compact image. The reference writer makes the total even by widening the header by one byte.
/// Aligned content may swallow that byte; an odd total is legal, so it stays then.
std::pair<std::uint64_t, std::uint64_t> placeCompact(Planner& planner)
{
    const auto header = magic.size() + varuintWidth(planner.rootSizeAtMost());
    if (const auto total = planner.place(header); total % 2 == 0) {
        return {header, total};
    }
    if (const auto total = planner.place(header + 1); total % 2 == 0) {
        return {header + 1, total};
    }
    return {header, planner.place(header)};
}

} // namespace

Layout Layout::plan(std::span<const Entry> entries, const LayoutOptions& options)
{
    Layout layout;
    layout.m_style = options.style;
    if (isUnchanged(entries, options)) {
        layout.m_unchanged = options.source;
        layout.m_headerSize = options.source->header.payload;
        layout.m_totalSize = options.source->header.end;
        layout.m_placements.reserve(entries.size());
        for (const auto& entry : entries) {
            layout.m_placements.push_back(entry.origin->placement);
        }
    } else {
        Planner planner(entries, options);
        if (options.style == Style::OpenMv) {
            layout.m_headerSize = openMvImageHeader;
            layout.m_totalSize = planner.place(openMvImageHeader);
        } else {
            std::tie(layout.m_headerSize, layout.m_totalSize) = placeCompact(planner);
        }
        layout.m_placements = planner.take();
    }
    for (const auto& placement : layout.m_placements) {
        layout.m_padding += placement.padding;
    }
    return layout;
}

} // namespace romsmith::romfs
