// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/layout.h"

namespace romsmith::romfs {

/// Takes the bytes of an image in order.
class Sink
{
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    [[nodiscard]] virtual Result<void> write(Bytes bytes) = 0;
};

/// Fills memory that is large enough for Layout::totalSize() bytes.
class BufferSink final : public Sink
{
public:
    explicit BufferSink(std::span<std::byte> buffer)
        : m_rest(buffer)
    { }

    [[nodiscard]] Result<void> write(Bytes bytes) override;

private:
    std::span<std::byte> m_rest;
};

/// Writes the image that @p layout was planned for @p entries. Content that is not in memory is streamed. Fails when
/// the image cannot be expressed (4 GiB or more), when content cannot be read, or when @p sink does.
[[nodiscard]] Result<void> write(std::span<const Entry> entries, const Layout& layout, Sink& sink);

/// The same into memory.
[[nodiscard]] Result<std::vector<std::byte>> write(std::span<const Entry> entries, const Layout& layout);

/// What write() puts first when it lays the image out anew.
[[nodiscard]] Result<std::vector<std::byte>> imageHeaderOf(const Layout& layout);

/// What write() puts in front of an entry's content then: the header of its record, its name and the header of its
/// data. Nothing for raw records.
[[nodiscard]] Result<std::vector<std::byte>> headerOf(const Entry& entry, const Placement& placement);

} // namespace romsmith::romfs
