// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/decodedtext.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <format>
#include <string_view>

namespace romsmith::inspect {
namespace {

char32_t codePoint(std::string_view sequence)
{
    const auto first = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) {
        return first;
    }
    auto value = static_cast<char32_t>(first & (0x7fU >> sequence.size()));
    for (const auto c : sequence.substr(1)) {
        value = (value << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
    }
    return value;
}

/// Characters that have no look of their own and change how the rest looks.
bool isDeceptive(char32_t c)
{
    return c == 0x85 || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

class Decoder
{
public:
    Decoder(std::string_view text, const TextLimits& limits)
        : m_text(text)
        , m_limits(limits)
    { }

    DecodedText decode()
    {
        constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
        auto rest = m_text.substr(m_text.starts_with(byteOrderMark) ? byteOrderMark.size() : 0);
        const auto end = m_text.size() > m_limits.bytes ? m_text.size() - m_limits.bytes : 0;
        while (rest.size() > end && m_line <= m_limits.lines) {
            rest.remove_prefix(take(rest));
        }
        m_decoded.isCut = !rest.empty();
        m_decoded.shownBytes = m_text.size() - rest.size();
        return std::move(m_decoded);
    }

private:
    /// Takes one character and returns how many bytes it had.
    std::size_t take(std::string_view rest)
    {
        if (rest.starts_with("\r\n")) {
            endLine();
            return 2;
        }
        if (rest.front() == '\n' || rest.front() == '\r') {
            endLine();
            return 1;
        }
        const auto length = romfs::utf8Sequence(rest);
        if (length == 0) {
            m_decoded.badLine = m_decoded.badBytes == 0 ? m_line : m_decoded.badLine;
            ++m_decoded.badBytes;
            put(std::format("\\x{:02x}", static_cast<unsigned char>(rest.front())));
            return 1;
        }
        const auto sequence = rest.substr(0, length);
        const auto c = codePoint(sequence);
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            ++m_decoded.hiddenCharacters;
            put(std::format("\\x{:02x}", static_cast<unsigned>(c)));
        } else if (isDeceptive(c)) {
            ++m_decoded.hiddenCharacters;
            put(std::format("\\u{{{:04x}}}", static_cast<unsigned>(c)));
        } else {
            put(sequence);
        }
        return length;
    }

    void put(std::string_view shown)
    {
        if (m_column >= m_limits.column) {
            m_decoded.utf8 += '\n';
            m_decoded.brokenLines += m_isBroken ? 0 : 1;
            m_isBroken = true;
            m_column = 0;
        }
        m_decoded.utf8 += shown;
        ++m_column;
    }

    void endLine()
    {
        m_decoded.utf8 += '\n';
        ++m_line;
        m_column = 0;
        m_isBroken = false;
    }

    std::string_view m_text;
    const TextLimits& m_limits;
    DecodedText m_decoded;
    std::size_t m_line = 1;
    std::size_t m_column = 0;
    bool m_isBroken = false;
};

} // namespace

DecodedText decodeText(romfs::Bytes bytes, const TextLimits& limits)
{
    return Decoder(romfs::asText(bytes), limits).decode();
}

} // namespace romsmith::inspect
