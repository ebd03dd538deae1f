// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/alignmentrules.h"

#include "core/romfs/layout.h"
#include "core/romfs/names.h"

#include <algorithm>
#include <bit>
#include <ranges>

namespace romsmith::tree {

std::optional<std::uint32_t> AlignmentRules::ruleFor(std::string_view fileName) const
{
    // There are a few at most, and this is asked for every file after every edit.
    const auto rule = std::ranges::find_if(
        m_byExtension, [&](const auto& extension) { return romfs::hasExtension(fileName, extension); },
        &ByExtension::value_type::first);
    return rule == m_byExtension.end() ? std::nullopt : std::optional(rule->second);
}

std::uint32_t AlignmentRules::largest() const
{
    const auto alignments = m_byExtension | std::views::values;
    return alignments.empty() ? m_otherwise : std::max(m_otherwise, *std::ranges::max_element(alignments));
}

RuleChanges RuleChanges::between(const AlignmentRules& board, const AlignmentRules& wanted)
{
    RuleChanges changes;
    for (const auto& extension : board.byExtension() | std::views::keys) {
        changes.byExtension.emplace(extension, std::nullopt);
    }
    for (const auto& [extension, alignment] : wanted.byExtension()) {
        changes.byExtension.insert_or_assign(extension, alignment);
    }
    std::erase_if(changes.byExtension, [&](const auto& change) {
        const auto known = board.byExtension().find(change.first);
        return known != board.byExtension().end() && change.second == known->second;
    });
    if (wanted.otherwise() != board.otherwise()) {
        changes.otherwise = wanted.otherwise();
    }
    return changes;
}

AlignmentRules RuleChanges::appliedTo(AlignmentRules rules) const
{
    for (const auto& [extension, alignment] : byExtension) {
        if (alignment) {
            rules.set(extension, *alignment);
        } else {
            rules.remove(extension);
        }
    }
    if (otherwise) {
        rules.setOtherwise(*otherwise);
    }
    return rules;
}

bool isValidAlignment(std::uint64_t alignment)
{
    return std::has_single_bit(alignment) && alignment <= romfs::maxAlignment;
}

} // namespace romsmith::tree
