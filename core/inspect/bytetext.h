// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Bytes as people write them.
namespace romsmith::inspect {

/// Reads "d2 cd 31", "d2cd31", "0xd2, 0xcd, 0x31" and "\xd2\xcd\x31".
[[nodiscard]] Result<std::vector<std::byte>> parseHex(std::string_view text);

/// Reads "0x1f0", "1f0h" or "496"; nothing for what is none of them.
[[nodiscard]] std::optional<std::uint64_t> parseOffset(std::string_view text);

[[nodiscard]] std::string toHex(romfs::Bytes bytes); ///< "d2 cd 31"
[[nodiscard]] std::string toCArray(romfs::Bytes bytes); ///< "0xd2, 0xcd, 0x31", 12 to a line
[[nodiscard]] std::string toPythonBytes(romfs::Bytes bytes); ///< "b'\xd2\xcd1'", as Python itself writes it

/// A classical dump, 16 bytes to a line with their offset and characters.
[[nodiscard]] std::string toDump(romfs::Bytes bytes);

/// How a byte looks in a column of characters: itself if it is printable ASCII, else a dot.
[[nodiscard]] constexpr char shownCharacter(std::byte byte)
{
    const auto c = std::to_integer<unsigned char>(byte);
    return c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
}

} // namespace romsmith::inspect
