// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/writer.h"

#include "core/romfs/varuint.h"

#include <algorithm>
#include <cstring>
#include <format>

namespace romsmith::romfs {
namespace {

/// Gathers headers and small contents, so that the sink sees large pieces.
class Writer
{
public:
    explicit Writer(Sink& sink)
        : m_sink(sink)
    {
        m_pending.reserve(capacity);
    }

    Result<void> put(Bytes bytes)
    {
        if (bytes.size() >= capacity) {
            return flush().and_then([&] { return m_sink.write(bytes); });
        }
        if (m_pending.size() + bytes.size() > capacity) {
            if (auto done = flush(); !done) {
                return done;
            }
        }
        m_pending.insert(m_pending.end(), bytes.begin(), bytes.end());
        return {};
    }

    Result<void> putVaruint(std::uint64_t value, std::uint64_t width)
    {
        m_varuint.assign(width, std::byte{0x80});
        m_varuint.back() = static_cast<std::byte>(value & 0x7fU);
        for (auto i = width - 1; i > 0 && (value >>= 7U) != 0; --i) {
            m_varuint[i - 1] = static_cast<std::byte>(0x80U | (value & 0x7fU));
        }
        return put(m_varuint);
    }

    Result<void> putRecordHeader(std::uint32_t kind, std::uint64_t length, std::uint64_t lengthWidth)
    {
        const auto kindByte = static_cast<std::byte>(kind);
        return put({&kindByte, 1}).and_then([&] { return putVaruint(length, lengthWidth); });
    }

    Result<void> putName(const std::string& name)
    {
        return putVaruint(name.size(), varuintWidth(name.size())).and_then([&] { return put(asBytes(name)); });
    }

    Result<void> putContent(const Content& content)
    {
        return content.forEachChunk([this](Bytes chunk) { return put(chunk); });
    }

    Result<void> flush()
    {
        if (m_pending.empty()) {
            return {};
        }
        auto done = m_sink.write(m_pending);
        m_pending.clear();
        return done;
    }

private:
    static constexpr std::size_t capacity = 64UL * 1024;

    Sink& m_sink;
    std::vector<std::byte> m_pending;
    std::vector<std::byte> m_varuint;
};

Result<void> putFile(Writer& writer, const Entry& entry, const Placement& placement)
{
    static const ExtraRecords none;
    const auto& extra = entry.extra ? *entry.extra : none;
    const auto payload = placement.recordOffset + 1 + placement.lengthWidth;
    return writer.putRecordHeader(Kind::File, placement.recordEnd - payload, placement.lengthWidth)
        .and_then([&] { return writer.putName(entry.name); })
        .and_then([&] { return writer.putContent(extra.before); })
        .and_then([&] { return writer.putRecordHeader(Kind::Data, entry.content.size(), placement.dataLengthWidth); })
        .and_then([&] { return writer.putContent(entry.content); })
        .and_then([&] { return writer.putContent(extra.after); });
}

Result<void> putEntry(Writer& writer, const Entry& entry, const Placement& placement)
{
    switch (entry.type) {
    case EntryType::Raw:
        return writer.putContent(entry.content);
    case EntryType::File:
        return putFile(writer, entry, placement);
    case EntryType::Directory: {
        const auto payload = placement.recordOffset + 1 + placement.lengthWidth;
        return writer.putRecordHeader(Kind::Directory, placement.recordEnd - payload, placement.lengthWidth)
            .and_then([&] { return writer.putName(entry.name); });
    }
    }
    return {};
}

Result<void> checkSize(const Layout& layout)
{
    if (!layout.unchangedSource() && layout.totalSize() - layout.headerSize() > maxValue) {
        return fail(ErrorCode::TooLarge,
                    std::format("The image would take {} bytes, but ROMFS ends at 4 GiB. Remove files from it.",
                                layout.totalSize()));
    }
    return {};
}

} // namespace

Result<void> BufferSink::write(Bytes bytes)
{
    if (bytes.size() > m_rest.size()) {
        return fail(ErrorCode::TooLarge, "The image does not fit into the memory set aside for it");
    }
    std::memcpy(m_rest.data(), bytes.data(), bytes.size());
    m_rest = m_rest.subspan(bytes.size());
    return {};
}

Result<void> write(std::span<const Entry> entries, const Layout& layout, Sink& sink)
{
    if (const auto* source = layout.unchangedSource()) {
        return sink.write(source->image());
    }
    if (auto fits = checkSize(layout); !fits) {
        return fits;
    }
    const auto payload = layout.totalSize() - layout.headerSize();
    Writer writer(sink);
    auto done
        = writer.put(magic).and_then([&] { return writer.putVaruint(payload, layout.headerSize() - magic.size()); });
    for (std::size_t i = 0; done && i < entries.size(); ++i) {
        done = putEntry(writer, entries[i], layout[i]);
    }
    return done.and_then([&] { return writer.flush(); });
}

Result<std::vector<std::byte>> write(std::span<const Entry> entries, const Layout& layout)
{
    if (auto fits = checkSize(layout); !fits) {
        return std::unexpected(fits.error());
    }
    std::vector<std::byte> bytes(layout.totalSize());
    BufferSink sink(bytes);
    if (auto done = write(entries, layout, sink); !done) {
        return std::unexpected(done.error());
    }
    return bytes;
}

} // namespace romsmith::romfs
