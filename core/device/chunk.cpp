// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/chunk.h"

#include <QByteArray>

#include <zlib.h>

#include <algorithm>
#include <format>
#include <numeric>

namespace romsmith::device {
namespace {

constexpr int windowBits = 10; ///< as in receive.py: 1 KiB on the device
constexpr int level = 6;
constexpr int memoryLevel = 9;

QByteArray view(romfs::Bytes bytes)
{
    return QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size()));
}

/// Raw deflate of it; empty if that is not smaller.
std::string deflated(romfs::Bytes content)
{
    std::string packed(content.size(), '\0');
    z_stream stream{};
    if (packed.empty()
        || deflateInit2(&stream, level, Z_DEFLATED, -windowBits, memoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
        return {};
    }
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(content.data())); // zlib only reads it
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size() - 1);
    const bool isSmaller = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    packed.resize(isSmaller ? stream.total_out : 0);
    deflateEnd(&stream);
    return packed;
}

std::string headOf(char kind, std::uint64_t at, std::size_t payload, std::size_t length, std::uint32_t sum)
{
    auto head = std::format("{}{:08x}{:06x}{:06x}{:08x}", kind, at, payload, length, sum);
    const auto total = std::accumulate(head.begin(), head.end(), 0U,
                                       [](unsigned all, char c) { return all + static_cast<unsigned char>(c); });
    return head + std::format("{:02x}", total & 0xFFU);
}

} // namespace

std::uint32_t checksum(romfs::Bytes content, bool crc32)
{
    const auto* data = reinterpret_cast<const Bytef*>(content.data());
    return static_cast<std::uint32_t>(crc32 ? ::crc32_z(0, data, content.size())
                                            : ::adler32_z(1, data, content.size()));
}

bool isErased(romfs::Bytes content)
{
    return std::ranges::all_of(content, [](std::byte byte) { return byte == std::byte{0xFF}; });
}

std::string encodeChunk(std::uint64_t at, romfs::Bytes content, const ChunkRules& rules)
{
    if (isErased(content)) {
        return headOf('f', at, 0, content.size(), 0);
    }
    const auto packed = rules.deflate ? deflated(content) : std::string();
    const auto bytes = packed.empty() ? content : romfs::asBytes(packed);
    const auto payload = toText(bytes, rules.encoding);
    const char kind = packed.empty() ? 'r' : 'z';
    constexpr int toUpper = 'A' - 'a';
    return headOf(static_cast<char>(rules.overflows ? kind + toUpper : kind), at, payload.size(), content.size(),
                  checksum(content, rules.crc32))
        + payload;
}

std::string encodeCommand(char kind)
{
    return headOf(kind, 0, 0, 0, 0);
}

std::string toText(romfs::Bytes bytes, Encoding encoding)
{
    switch (encoding) {
    case Encoding::Binary:
        break;
    case Encoding::Hexadecimal:
        return view(bytes).toHex().toStdString();
    case Encoding::Base64:
        return view(bytes).toBase64().toStdString();
    }
    return std::string(romfs::asText(bytes));
}

Result<std::vector<std::byte>> fromText(std::string_view text, Encoding encoding)
{
    QByteArray decoded(text.data(), static_cast<qsizetype>(text.size()));
    if (encoding == Encoding::Hexadecimal) {
        decoded = QByteArray::fromHex(decoded);
    } else if (encoding == Encoding::Base64) {
        auto result = QByteArray::fromBase64Encoding(std::move(decoded), QByteArray::AbortOnBase64DecodingErrors);
        if (!result) {
            return fail(ErrorCode::DeviceFailed, {});
        }
        decoded = std::move(result.decoded);
    }
    const auto bytes = std::as_bytes(std::span(decoded.constData(), static_cast<std::size_t>(decoded.size())));
    return std::vector(bytes.begin(), bytes.end());
}

} // namespace romsmith::device
