// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/bytetext.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <iterator>

namespace romsmith::inspect {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

int digitValue(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const auto lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

unsigned value(std::byte byte)
{
    return std::to_integer<unsigned>(byte);
}

/// Drops what may stand between bytes, and the prefixes of C and Python.
void skipBetween(std::string_view& text)
{
    constexpr std::string_view separators = " \t\r\n,;:";
    text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
    if (text.starts_with("0x") || text.starts_with("0X") || text.starts_with("\\x")) {
        text.remove_prefix(2);
    }
}

} // namespace

Result<std::vector<std::byte>> parseHex(std::string_view text)
{
    std::vector<std::byte> bytes;
    skipBetween(text);
    while (!text.empty()) {
        const auto high = digitValue(text[0]);
        const auto low = text.size() > 1 ? digitValue(text[1]) : -1;
        if (high < 0 || low < 0) {
            return fail(ErrorCode::InvalidArgument,
                        std::format("Bytes are written with two digits each, like \"d2 cd 31\"; \"{}\" is not one.",
                                    text.substr(0, 8)));
        }
        bytes.push_back(static_cast<std::byte>(high * 16 + low));
        text.remove_prefix(2);
        skipBetween(text);
    }
    if (bytes.empty()) {
        return fail(ErrorCode::InvalidArgument, "Type the bytes to look for, like \"d2 cd 31\".");
    }
    return bytes;
}

std::optional<std::uint64_t> parseOffset(std::string_view text)
{
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    } else if (text.ends_with('h') || text.ends_with('H')) {
        text.remove_suffix(1);
        base = 16;
    }
    std::uint64_t offset = 0;
    const auto* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, offset, base);
    return error == std::errc() && last == end ? std::optional(offset) : std::nullopt;
}

std::string toHex(romfs::Bytes bytes)
{
    std::string hex;
    hex.reserve(bytes.size() * 3);
    for (const auto byte : bytes) {
        hex += digits[value(byte) >> 4U];
        hex += digits[value(byte) & 0xfU];
        hex += ' ';
    }
    if (!hex.empty()) {
        hex.pop_back();
    }
    return hex;
}

std::string toCArray(romfs::Bytes bytes)
{
    constexpr std::size_t perLine = 12;
    std::string array;
    array.reserve(bytes.size() * 6);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0) {
            array += i % perLine == 0 ? ",\n" : ", ";
        }
        array += "0x";
        array += digits[value(bytes[i]) >> 4U];
        array += digits[value(bytes[i]) & 0xfU];
    }
    return array;
}

std::string toPythonBytes(romfs::Bytes bytes)
{
    const auto text = romfs::asText(bytes);
    const char quote = text.contains('\'') && !text.contains('"') ? '"' : '\'';
    std::string literal{'b', quote};
    for (const char c : text) {
        switch (c) {
        case '\\':
            literal += "\\\\";
            break;
        case '\n':
            literal += "\\n";
            break;
        case '\r':
            literal += "\\r";
            break;
        case '\t':
            literal += "\\t";
            break;
        default:
            if (c == quote) {
                literal += '\\';
                literal += c;
            } else if (c >= 0x20 && c < 0x7f) {
                literal += c;
            } else {
                std::format_to(std::back_inserter(literal), "\\x{:02x}", static_cast<unsigned char>(c));
            }
        }
    }
    return literal + quote;
}

std::string toDump(romfs::Bytes bytes)
{
    constexpr std::size_t perLine = 16;
    constexpr std::size_t half = 8;
    std::string dump;
    for (std::size_t offset = 0; offset < bytes.size(); offset += perLine) {
        const auto line = bytes.subspan(offset, std::min(perLine, bytes.size() - offset));
        const auto left = toHex(line.first(std::min(half, line.size())));
        const auto right = line.size() > half ? toHex(line.subspan(half)) : std::string();
        std::format_to(std::back_inserter(dump), "{:08x}  {:<23}  {:<23}  ", offset, left, right);
        std::ranges::transform(line, std::back_inserter(dump), shownCharacter);
        dump += '\n';
    }
    return dump;
}

} // namespace romsmith::inspect
