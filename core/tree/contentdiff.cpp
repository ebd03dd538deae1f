// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/contentdiff.h"

#include <algorithm>
#include <functional>
#include <string_view>

namespace romsmith::tree {
namespace {

using romfs::Bytes;
using romfs::Content;

constexpr std::uint64_t pieceSize = 64UL * 1024;

/// Gives content in pieces of the same size, whether it is in memory or not.
class Pieces
{
public:
    explicit Pieces(const Content& content)
        : m_content(content)
    { }

    Result<Bytes> at(std::uint64_t offset, std::uint64_t size)
    {
        if (m_content.isInMemory()) {
            return m_content.bytes().subspan(offset, size);
        }
        m_buffer.resize(size);
        return m_content.read(offset, m_buffer).transform([this] { return Bytes(m_buffer); });
    }

private:
    const Content& m_content;
    std::vector<std::byte> m_buffer;
};

void addRange(ContentDifference& difference, std::uint64_t offset, std::uint64_t size)
{
    difference.bytes += size;
    auto& ranges = difference.ranges;
    if (!ranges.empty() && ranges.back().offset + ranges.back().size == offset) {
        ranges.back().size += size;
    } else if (ranges.size() < ContentDifference::maxRanges) {
        ranges.push_back({.offset = offset, .size = size});
    }
}

void comparePiece(ContentDifference& difference, std::uint64_t offset, Bytes a, Bytes b)
{
    constexpr std::size_t block = 256; // most blocks are equal, and comparing a whole one is fast
    for (std::size_t begin = 0; begin < a.size(); begin += block) {
        const auto size = std::min(block, a.size() - begin);
        if (std::ranges::equal(a.subspan(begin, size), b.subspan(begin, size))) {
            continue;
        }
        for (auto i = begin; i < begin + size; ++i) {
            if (a[i] != b[i]) {
                addRange(difference, offset + i, 1);
            }
        }
    }
}

bool sharesMemory(const Content& a, const Content& b)
{
    return a.isInMemory() && b.isInMemory() && a.size() == b.size() && a.bytes().data() == b.bytes().data();
}

} // namespace

bool ContentDifference::isCut() const
{
    std::uint64_t inRanges = 0;
    for (const auto& range : ranges) {
        inRanges += range.size;
    }
    return inRanges != bytes;
}

Result<ContentDifference> differencesBetween(const Content& a, const Content& b, const std::stop_token& stop)
{
    ContentDifference difference;
    if (sharesMemory(a, b)) {
        return difference;
    }
    const auto common = std::min(a.size(), b.size());
    Pieces piecesA(a);
    Pieces piecesB(b);
    for (std::uint64_t offset = 0; offset < common; offset += pieceSize) {
        if (stop.stop_requested()) {
            return stopped();
        }
        const auto size = std::min(pieceSize, common - offset);
        const auto pieceA = piecesA.at(offset, size);
        if (!pieceA) {
            return std::unexpected(pieceA.error());
        }
        const auto pieceB = piecesB.at(offset, size);
        if (!pieceB) {
            return std::unexpected(pieceB.error());
        }
        comparePiece(difference, offset, *pieceA, *pieceB);
    }
    if (const auto longer = std::max(a.size(), b.size()); longer > common) {
        addRange(difference, common, longer - common);
    }
    return difference;
}

Result<std::uint64_t> fingerprint(const Content& content, const std::stop_token& stop)
{
    std::uint64_t hash = content.size();
    Pieces pieces(content);
    for (std::uint64_t offset = 0; offset < content.size(); offset += pieceSize) {
        if (stop.stop_requested()) {
            return stopped();
        }
        const auto piece = pieces.at(offset, std::min(pieceSize, content.size() - offset));
        if (!piece) {
            return std::unexpected(piece.error());
        }
        hash = hash * 0x9e37'79b9'7f4a'7c15U + std::hash<std::string_view>()(romfs::asText(*piece));
    }
    return hash;
}

std::unexpected<Error> stopped()
{
    return fail(ErrorCode::Cancelled, "The comparison was stopped.");
}

} // namespace romsmith::tree
