// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/entry.h"

#include <ranges>

namespace romsmith::romfs {

std::vector<std::uint32_t> parentsOf(std::span<const Entry> entries)
{
    std::vector<std::uint32_t> parents(entries.size(), noParent);
    std::vector<std::uint32_t> open;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        while (!open.empty() && entries[open.back()].subtreeEnd <= i) {
            open.pop_back();
        }
        parents[i] = open.empty() ? noParent : open.back();
        if (entries[i].type == EntryType::Directory) {
            open.push_back(i);
        }
    }
    return parents;
}

std::string pathOf(std::span<const Entry> entries, std::span<const std::uint32_t> parents, std::uint32_t index)
{
    constexpr std::size_t longest = 4096;
    std::vector<std::uint32_t> chain;
    std::size_t length = 0;
    for (auto i = index; i != noParent && length <= longest; i = parents[i]) {
        chain.push_back(i);
        length += entries[i].name.size() + 1;
    }
    std::string path;
    for (const auto i : chain | std::views::reverse) {
        path += path.empty() ? "" : "/";
        path += std::string_view(entries[i].name).substr(0, longest);
    }
    if (path.size() > longest) {
        path.replace(longest / 2, path.size() - longest, "...");
    }
    return path;
}

std::uint64_t naturalAlignment(std::uint64_t offset)
{
    return offset == 0 ? std::uint64_t{1} << 32U : offset & -offset;
}

} // namespace romsmith::romfs
