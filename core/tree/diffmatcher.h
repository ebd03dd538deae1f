// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/entry.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace romsmith::tree {

/// Which entry of one image is which of another. Indices; romfs::noParent where there is none.
struct EntryMatches
{
    std::vector<std::uint32_t> ofA; ///< the partner of each entry of A
    std::vector<std::uint32_t> ofB;
    std::vector<bool> movedB; ///< for each entry of B: its partner is at another path and has the same content
};

/// Matches entries as compare() says.
[[nodiscard]] Result<EntryMatches> matchEntries(std::span<const romfs::Entry> a, std::span<const romfs::Entry> b,
                                                const std::stop_token& stop);

/// Calls @p visit(index) for what is directly inside @p folder; for the root with romfs::noParent.
template <typename Visit> void forEachChild(std::span<const romfs::Entry> entries, std::uint32_t folder, Visit&& visit)
{
    const bool isRoot = folder == romfs::noParent;
    const auto end = isRoot ? static_cast<std::uint32_t>(entries.size()) : entries[folder].subtreeEnd;
    for (auto i = isRoot ? 0U : folder + 1; i < end; i = entries[i].subtreeEnd) {
        visit(i);
    }
}

} // namespace romsmith::tree
