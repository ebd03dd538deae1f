// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace romsmith::romfs {

using Bytes = std::span<const std::byte>;

[[nodiscard]] inline Bytes asBytes(std::string_view text)
{
    return std::as_bytes(std::span(text));
}

[[nodiscard]] inline std::string_view asText(Bytes bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes that are not in memory and are read when they are needed.
class ContentSource
{
public:
    ContentSource() = default;
    ContentSource(const ContentSource&) = delete;
    ContentSource& operator=(const ContentSource&) = delete;
    virtual ~ContentSource() = default;

    [[nodiscard]] virtual std::uint64_t size() const = 0;

    /// Fills @p into with the bytes at @p offset; fails with ErrorCode::Changed when the source is no longer what it
    /// was.
    [[nodiscard]] virtual Result<void> read(std::uint64_t offset, std::span<std::byte> into) const = 0;
};

/// Immutable, shared bytes: a cheap handle. Either in memory or behind a ContentSource.
class Content
{
public:
    Content() = default;

    [[nodiscard]] static Content copyOf(Bytes bytes);
    [[nodiscard]] static Content own(std::vector<std::byte> bytes);

    /// Bytes that live as long as @p owner does.
    [[nodiscard]] static Content view(Bytes bytes, std::shared_ptr<const void> owner);
    [[nodiscard]] static Content from(std::shared_ptr<const ContentSource> source);

    [[nodiscard]] std::uint64_t size() const { return m_source ? m_source->size() : m_bytes.size(); }
    [[nodiscard]] bool isEmpty() const { return size() == 0; }
    [[nodiscard]] bool isInMemory() const { return !m_source; }

    /// The bytes, if they are in memory; nothing otherwise.
    [[nodiscard]] Bytes bytes() const { return m_bytes; }

    /// True if both are handles of the same bytes. Cheap; the bytes are not compared.
    [[nodiscard]] bool isSameAs(const Content& other) const
    {
        return m_source == other.m_source && m_bytes.data() == other.m_bytes.data()
            && m_bytes.size() == other.m_bytes.size();
    }

    /// The same for two handles of the same bytes, as long as one of them lives; bytes within one memory block differ
    /// by their size.
    [[nodiscard]] const void* identity() const
    {
        return m_source ? static_cast<const void*>(m_source.get()) : m_bytes.data();
    }

    /// Part of content that is in memory.
    [[nodiscard]] Content slice(std::uint64_t offset, std::uint64_t size) const;

    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;

    /// All bytes, read if they have to be.
    [[nodiscard]] Result<std::vector<std::byte>> readAll() const;

    /// Calls @p consume(Bytes) -> Result<void> with all bytes in order; what is not in memory comes in pieces.
    template <typename Consume> [[nodiscard]] Result<void> forEachChunk(Consume&& consume) const;

private:
    static constexpr std::size_t chunkSize = 64 * 1024;

    Bytes m_bytes;
    std::shared_ptr<const void> m_owner;
    std::shared_ptr<const ContentSource> m_source;
};

template <typename Consume> Result<void> Content::forEachChunk(Consume&& consume) const
{
    if (isInMemory()) {
        return m_bytes.empty() ? Result<void>{} : consume(m_bytes);
    }
    if (isEmpty()) {
        return read(0, {}); // only to learn whether it still is
    }
    std::vector<std::byte> buffer(std::min<std::uint64_t>(size(), chunkSize));
    for (std::uint64_t offset = 0; offset < size(); offset += buffer.size()) {
        const auto chunk = std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), size() - offset));
        if (auto done = read(offset, chunk); !done) {
            return done;
        }
        if (auto done = consume(Bytes(chunk)); !done) {
            return done;
        }
    }
    return {};
}

/// True when both hold the same bytes; content that cannot be read equals nothing.
[[nodiscard]] bool sameBytes(const Content& a, const Content& b);

} // namespace romsmith::romfs
