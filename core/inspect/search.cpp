// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/search.h"

#include <algorithm>
#include <functional>

namespace romsmith::inspect {
namespace {

constexpr std::uint64_t windowSize = 1024ULL * 1024;

/// Bytes of @p content; @p buffer holds them if they are not in memory.
Result<romfs::Bytes> window(const romfs::Content& content, std::uint64_t offset, std::uint64_t size,
                            std::vector<std::byte>& buffer)
{
    if (content.isInMemory()) {
        return content.bytes().subspan(offset, size);
    }
    buffer.resize(size);
    if (auto done = content.read(offset, buffer); !done) {
        return std::unexpected(done.error());
    }
    return romfs::Bytes(buffer);
}

} // namespace

Result<Matches> findAll(const romfs::Content& content, romfs::Bytes pattern, std::size_t most,
                        const std::stop_token& stop)
{
    Matches matches;
    if (pattern.empty()) {
        return matches;
    }
    const std::boyer_moore_horspool_searcher searcher(pattern.begin(), pattern.end());
    std::vector<std::byte> buffer;
    // Each window begins where the last match ended, or so that a match across the border is inside it.
    for (std::uint64_t offset = 0; content.size() - offset >= pattern.size();) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, "Cancelled");
        }
        const auto size = std::min(content.size() - offset, windowSize + pattern.size() - 1);
        const auto bytes = window(content, offset, size, buffer);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        auto from = bytes->begin();
        for (auto found = std::search(from, bytes->end(), searcher); found != bytes->end();
             found = std::search(from, bytes->end(), searcher)) {
            if (matches.offsets.size() == most) {
                matches.isCapped = true;
                return matches;
            }
            matches.offsets.push_back(offset + static_cast<std::uint64_t>(found - bytes->begin()));
            from = found + static_cast<std::ptrdiff_t>(pattern.size());
        }
        const auto searched = static_cast<std::uint64_t>(from - bytes->begin());
        offset += std::max<std::uint64_t>(searched, size - (pattern.size() - 1));
    }
    return matches;
}

} // namespace romsmith::inspect
