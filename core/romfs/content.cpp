// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/content.h"

#include <algorithm>

namespace romsmith::romfs {

Content Content::copyOf(Bytes bytes)
{
    return own({bytes.begin(), bytes.end()});
}

Content Content::own(std::vector<std::byte> bytes)
{
    auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    const Bytes span(*owner);
    return view(span, std::move(owner));
}

Content Content::view(Bytes bytes, std::shared_ptr<const void> owner)
{
    Content content;
    content.m_bytes = bytes;
    content.m_owner = std::move(owner);
    return content;
}

Content Content::from(std::shared_ptr<const ContentSource> source)
{
    Content content;
    content.m_source = std::move(source);
    return content;
}

Content Content::slice(std::uint64_t offset, std::uint64_t size) const
{
    return view(m_bytes.subspan(offset, size), m_owner);
}

Result<void> Content::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (m_source) {
        return m_source->read(offset, into);
    }
    if (offset > m_bytes.size() || into.size() > m_bytes.size() - offset) {
        return fail(ErrorCode::InvalidArgument, "Read past the end of content in memory");
    }
    std::ranges::copy(m_bytes.subspan(offset, into.size()), into.begin());
    return {};
}

Result<std::vector<std::byte>> Content::readAll() const
{
    std::vector<std::byte> all(size());
    if (auto done = read(0, all); !done) {
        return std::unexpected(done.error());
    }
    return all;
}

bool sameBytes(const Content& a, const Content& b)
{
    if (a.size() != b.size()) {
        return false;
    }
    if (a.isInMemory() && b.isInMemory()) {
        return a.bytes().data() == b.bytes().data() || std::ranges::equal(a.bytes(), b.bytes());
    }
    std::uint64_t offset = 0;
    std::vector<std::byte> other;
    const auto compared = a.forEachChunk([&](Bytes chunk) -> Result<void> {
        other.resize(chunk.size());
        if (auto done = b.read(offset, other); !done) {
            return done;
        }
        offset += chunk.size();
        return std::ranges::equal(chunk, other) ? Result<void>{} : fail(ErrorCode::Changed, {});
    });
    return compared.has_value();
}

} // namespace romsmith::romfs
