// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <span>

namespace romsmith::romfs {

/// The largest value that ROMFS can use: the runtime computes in 32 bits on every microcontroller and wraps silently.
inline constexpr std::uint64_t maxValue = std::numeric_limits<std::uint32_t>::max();

/// A decoded varuint: base 128, most significant group first, bit 7 set on all bytes but the last.
struct Varuint
{
    std::uint64_t value;
    std::uint64_t width; ///< bytes taken, leading 0x80 filler included; real images have up to 29 and there is no limit
};

enum class VaruintError : std::uint8_t {
    Truncated, ///< no byte without bit 7 before the end
    TooLarge, ///< the value is greater than maxValue
};

/// Decodes the varuint at the start of @p bytes and never looks past their end.
[[nodiscard]] std::expected<Varuint, VaruintError> decodeVaruint(std::span<const std::byte> bytes);

/// Bytes that the shortest encoding of @p value takes.
[[nodiscard]] constexpr std::uint64_t varuintWidth(std::uint64_t value)
{
    return (static_cast<std::uint64_t>(std::bit_width(value | 1U)) + 6) / 7;
}

} // namespace romsmith::romfs
