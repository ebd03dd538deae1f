// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <vector>

/// Descriptors and replies byte by byte.
namespace romsmith::sim {

inline void append(std::vector<std::byte>& bytes, std::initializer_list<unsigned> more)
{
    std::ranges::transform(more, std::back_inserter(bytes),
                           [](unsigned value) { return static_cast<std::byte>(value); });
}

inline unsigned low(unsigned value)
{
    return value & 0xFFU;
}
inline unsigned high(unsigned value)
{
    return value >> 8U & 0xFFU;
}

} // namespace romsmith::sim
