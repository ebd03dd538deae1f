// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/alignmentrules.h"

#include "core/romfs/layout.h"
#include "core/romfs/names.h"

#include <algorithm>
#include <bit>
#include <ranges>

namespace romsmith::tree {

std::uint32_t AlignmentRules::of(std::string_view fileName) const
{
    const auto rule = m_byExtension.find(romfs::extensionOf(fileName));
    return rule == m_byExtension.end() ? m_otherwise : rule->second;
}

bool AlignmentRules::hasRuleFor(std::string_view fileName) const
{
    return m_byExtension.contains(romfs::extensionOf(fileName));
}

std::uint32_t AlignmentRules::largest() const
{
    const auto alignments = m_byExtension | std::views::values;
    return alignments.empty() ? m_otherwise : std::max(m_otherwise, *std::ranges::max_element(alignments));
}

bool isValidAlignment(std::uint64_t alignment)
{
    return std::has_single_bit(alignment) && alignment <= romfs::maxAlignment;
}

} // namespace romsmith::tree
