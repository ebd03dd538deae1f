// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace romsmith::inspect {

struct Matches
{
    std::vector<std::uint64_t> offsets; ///< ascending; matches do not overlap
    bool isCapped = false; ///< there are more
};

inline constexpr std::size_t maxMatches = 10'000;

/// Where @p pattern, which is not empty, occurs. Content that is not in memory is read in pieces.
[[nodiscard]] Result<Matches> findAll(const romfs::Content& content, romfs::Bytes pattern,
                                      std::size_t most = maxMatches, const std::stop_token& stop = {});

} // namespace romsmith::inspect
