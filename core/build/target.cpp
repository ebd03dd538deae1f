// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/target.h"

#include "core/boards/boardtable.h"

#include <charconv>
#include <format>

namespace romsmith::build {

Target::Target(const boards::Board& board, std::uint32_t partitionIndex)
    : m_board(&board)
    , m_partition(board.partition(partitionIndex))
{ }

std::string Target::key() const
{
    return m_partition ? std::format("{}/{}", m_board->id, m_partition->index) : std::string();
}

Target Target::fromKey(std::string_view key)
{
    const auto slash = key.rfind('/');
    std::uint32_t index = 0;
    const auto* board
        = slash == std::string_view::npos ? nullptr : boards::BoardTable::known().find(key.substr(0, slash));
    const bool valid
        = board && std::from_chars(key.data() + slash + 1, key.data() + key.size(), index).ec == std::errc();
    return valid && board->partition(index) ? Target(*board, index) : Target();
}

std::string Target::name() const
{
    return m_partition ? std::format("{} ROMFS{}", m_board->name, m_partition->index) : std::string("any board");
}

Target Target::insideAnother(bool isInside) const
{
    auto target = *this;
    target.m_isInsideAnother = isInside;
    return target;
}

std::optional<std::uint64_t> Target::size() const
{
    return m_partition && !m_isInsideAnother ? m_partition->size : std::nullopt;
}

std::uint64_t Target::address() const
{
    return m_partition && !m_isInsideAnother ? m_partition->address.value_or(0) : 0;
}

tree::AlignmentRules Target::alignmentRules(romfs::Style style) const
{
    const auto rules = m_board ? tree::AlignmentRules(m_board->alignment.byExtension, m_board->alignment.standard)
                               : tree::AlignmentRules::openMv();
    return style == romfs::Style::Compact ? tree::AlignmentRules(rules.byExtension(), 1) : rules;
}

romfs::CheckTarget Target::checkTarget() const
{
    return {.name = name(), .partitionSize = size(), .address = address()};
}

} // namespace romsmith::build
