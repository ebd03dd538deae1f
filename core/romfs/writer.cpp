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

const ExtraRecords& extraOf(const Entry& entry)
{
    static const ExtraRecords none;
    return entry.extra ? *entry.extra : none;
}

Result<void> putImageHeader(Writer& writer, const Layout& layout)
{
    const auto payload = layout.totalSize() - layout.headerSize();
    return writer.put(magic).and_then([&] { return writer.putVaruint(payload, layout.headerSize() - magic.size()); });
}

Result<void> putHeader(Writer& writer, const Entry& entry, const Placement& placement)
{
    if (entry.type == EntryType::Raw) {
        return {};
    }
    const auto payload = placement.recordOffset + 1 + placement.lengthWidth;
    const auto kind = entry.type == EntryType::File ? Kind::File : Kind::Directory;
    auto done = writer.putRecordHeader(kind, placement.recordEnd - payload, placement.lengthWidth).and_then([&] {
        return writer.putName(entry.name);
    });
    if (!done || entry.type == EntryType::Directory) {
        return done;
    }
    return writer.putContent(extraOf(entry).before).and_then([&] {
        return writer.putRecordHeader(Kind::Data, entry.content.size(), placement.dataLengthWidth);
    });
}

Result<void> putEntry(Writer& writer, const Entry& entry, const Placement& placement)
{
    return putHeader(writer, entry, placement).and_then([&] { return writer.putContent(entry.content); }).and_then([&] {
        return writer.putContent(extraOf(entry).after);
    });
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

/// Takes any number of bytes.
class VectorSink final : public Sink
{
public:
    Result<void> write(Bytes bytes) override
    {
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        return {};
    }

    std::vector<std::byte> take() { return std::move(m_bytes); }

private:
    std::vector<std::byte> m_bytes;
};

/// The bytes that @p put(Writer&) writes.
template <typename Put> Result<std::vector<std::byte>> gathered(Put&& put)
{
    VectorSink sink;
    Writer writer(sink);
    return put(writer).and_then([&] { return writer.flush(); }).transform([&] { return sink.take(); });
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

Result<std::vector<std::byte>> imageHeaderOf(const Layout& layout)
{
    return gathered([&](Writer& writer) { return putImageHeader(writer, layout); });
}

Result<std::vector<std::byte>> headerOf(const Entry& entry, const Placement& placement)
{
    return gathered([&](Writer& writer) { return putHeader(writer, entry, placement); });
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
