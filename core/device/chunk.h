// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstdint>
#include <string>

/// Chunks on the line, as resources/device/receive.py and send.py have them.
namespace romsmith::device {

/// How payloads are written where a line or a firmware cannot carry bytes; the digits of a byte, times two.
enum class Encoding : std::uint8_t { Binary = 0, Hexadecimal = 2, Base64 = 4 };

struct ChunkRules
{
    Encoding encoding = Encoding::Binary;
    bool deflate = false;
    bool crc32 = true; ///< else Adler-32
    bool overflows = false; ///< the device tells of each window that it has read
};

inline constexpr std::size_t chunkHead = 31; ///< bytes

[[nodiscard]] std::uint32_t checksum(romfs::Bytes content, bool crc32);
[[nodiscard]] bool isErased(romfs::Bytes content); ///< nothing but 0xff

/// Head and payload of a chunk that goes to offset @p at; the smallest form that the rules allow.
[[nodiscard]] std::string encodeChunk(std::uint64_t at, romfs::Bytes content, const ChunkRules& rules);
/// A chunk without content: the end, or a probe.
[[nodiscard]] std::string encodeCommand(char kind);

[[nodiscard]] std::string toText(romfs::Bytes bytes, Encoding encoding);
/// Fails with DeviceFailed, without naming the device.
[[nodiscard]] Result<std::vector<std::byte>> fromText(std::string_view text, Encoding encoding);

} // namespace romsmith::device
