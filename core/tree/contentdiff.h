// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

namespace romsmith::tree {

/// A run of bytes in a file.
struct ByteRange
{
    std::uint64_t offset = 0;
    std::uint64_t size = 0;

    bool operator==(const ByteRange&) const = default;
};

/// Where two contents differ when they are laid side by side, byte by byte. What the longer one has beyond the end of
/// the shorter one differs, too.
struct ContentDifference
{
    static constexpr std::size_t maxRanges = 256;

    std::uint64_t bytes = 0; ///< all that differ
    std::vector<ByteRange> ranges; ///< the first of them, in order, at most maxRanges

    [[nodiscard]] std::optional<std::uint64_t> first() const
    {
        return ranges.empty() ? std::nullopt : std::optional(ranges.front().offset);
    }

    /// True when not every byte that differs is in the ranges.
    [[nodiscard]] bool isCut() const;
};

/// Fails when a content cannot be read or when it is told to stop. What is not in memory is read in pieces.
[[nodiscard]] Result<ContentDifference> differencesBetween(const romfs::Content& a, const romfs::Content& b,
                                                           const std::stop_token& stop = {});

/// Equal for equal bytes, wherever they are kept; not for storing, and not proof of equality.
[[nodiscard]] Result<std::uint64_t> fingerprint(const romfs::Content& content, const std::stop_token& stop = {});

/// What long work gives back when it was told to stop.
[[nodiscard]] std::unexpected<Error> stopped();

} // namespace romsmith::tree
