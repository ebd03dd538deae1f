// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/checker.h"
#include "core/romfs/content.h"
#include "core/romfs/entry.h"
#include "core/romfs/layout.h"
#include "core/romfs/reader.h"
#include "core/romfs/record.h"
#include "core/romfs/varuint.h"
#include "core/romfs/writer.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <format>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the tests of the core build images and entries with.
namespace romsmith::test {

/// Bytes that can be put together with +.
struct Blob : std::vector<std::byte>
{
    using vector::vector;
    Blob(std::vector<std::byte> bytes)
        : vector(std::move(bytes))
    { }
};

/// The value of a result; a test that gets an error instead fails with its message.
template <typename T> T must(Result<T> result)
{
    if (!result) {
        throw std::runtime_error(result.error().message);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// The message of an error; empty if there is none.
template <typename T> std::string messageOf(const Result<T>& result)
{
    return result ? std::string() : result.error().message;
}

// Bytes ---------------------------------------------------------------------------------------------------------------

inline Blob hex(std::string_view digits)
{
    Blob bytes;
    int high = -1;
    for (const char c : digits) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit >= 0) {
            if (high < 0) {
                high = digit;
            } else {
                bytes.push_back(static_cast<std::byte>(high * 16 + digit));
                high = -1;
            }
        }
    }
    return bytes;
}

/// Sixteen bytes in a line, so that two dumps can be told apart by eye.
inline std::string dump(romfs::Bytes bytes)
{
    std::string lines;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        lines += i == 0 ? "" : i % 16 == 0 ? "\n" : " ";
        lines += std::format("{:02x}", std::to_integer<unsigned>(bytes[i]));
    }
    return lines;
}

inline Blob text(std::string_view characters)
{
    const auto bytes = romfs::asBytes(characters);
    return {bytes.begin(), bytes.end()};
}

inline Blob filled(std::size_t size, unsigned value)
{
    return Blob(size, static_cast<std::byte>(value));
}

/// Bytes that differ from one another and from those of another @p seed.
inline Blob pattern(std::size_t size, unsigned seed = 1)
{
    Blob bytes(size);
    for (std::size_t i = 0; i < size; ++i) {
        bytes[i] = static_cast<std::byte>((i * 7 + i / 251 + seed * 31) & 0xffU);
    }
    return bytes;
}

inline Blob operator+(Blob a, const Blob& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// Records, written independently of the program's own writer ----------------------------------------------------------

/// @p width 0 gives the shortest encoding; more puts 0x80 in front.
inline Blob varuint(std::uint64_t value, std::size_t width = 0)
{
    Blob bytes{static_cast<std::byte>(value & 0x7fU)};
    while ((value >>= 7U) != 0) {
        bytes.insert(bytes.begin(), static_cast<std::byte>(0x80U | (value & 0x7fU)));
    }
    if (bytes.size() < width) {
        bytes.insert(bytes.begin(), width - bytes.size(), std::byte{0x80});
    }
    return bytes;
}

inline Blob record(std::uint64_t kind, const Blob& payload, std::size_t lengthWidth = 0)
{
    return varuint(kind) + varuint(payload.size(), lengthWidth) + payload;
}

/// A record that says that its payload takes @p length bytes, whatever it takes.
inline Blob lyingRecord(std::uint64_t kind, std::uint64_t length, const Blob& payload)
{
    return varuint(kind) + varuint(length) + payload;
}

inline Blob nameField(std::string_view name)
{
    return varuint(name.size()) + text(name);
}

inline Blob fileRecord(std::string_view name, const Blob& nested)
{
    return record(romfs::Kind::File, nameField(name) + nested);
}

inline Blob fileWith(std::string_view name, std::string_view content)
{
    return fileRecord(name, record(romfs::Kind::Data, text(content)));
}

inline Blob directoryRecord(std::string_view name, const Blob& nested)
{
    return record(romfs::Kind::Directory, nameField(name) + nested);
}

inline Blob imageOf(const Blob& payload, std::size_t lengthWidth = 0)
{
    return record(romfs::Kind::Filesystem, payload, lengthWidth);
}

// Content and entries -------------------------------------------------------------------------------------------------

inline romfs::Content content(std::string_view characters)
{
    return romfs::Content::own(text(characters));
}

inline romfs::Content content(Blob bytes)
{
    return romfs::Content::own(std::move(bytes));
}

inline std::string_view textOf(const romfs::Content& content)
{
    return romfs::asText(content.bytes());
}

/// Content that is not in memory, and whose reading can be made to fail.
class TestSource final : public romfs::ContentSource
{
public:
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    explicit TestSource(Blob bytes, std::uint64_t failsAt = never)
        : m_bytes(std::move(bytes))
        , m_failsAt(failsAt)
    { }

    std::uint64_t size() const override { return m_bytes.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        largestRead = std::max(largestRead, into.size());
        if (offset + into.size() > m_failsAt) {
            return fail(ErrorCode::Changed, "the source has changed");
        }
        std::ranges::copy(std::span(m_bytes).subspan(offset, into.size()), into.begin());
        return {};
    }

    mutable std::size_t largestRead = 0;

private:
    Blob m_bytes;
    std::uint64_t m_failsAt;
};

/// Content that claims a size and has no bytes.
class HugeSource final : public romfs::ContentSource
{
public:
    explicit HugeSource(std::uint64_t size)
        : m_size(size)
    { }

    std::uint64_t size() const override { return m_size; }
    Result<void> read(std::uint64_t /*offset*/, std::span<std::byte> into) const override
    {
        std::ranges::fill(into, std::byte{0});
        return {};
    }

private:
    std::uint64_t m_size;
};

inline romfs::Content streamed(Blob bytes, std::uint64_t failsAt = TestSource::never)
{
    return romfs::Content::from(std::make_shared<const TestSource>(std::move(bytes), failsAt));
}

inline romfs::Content huge(std::uint64_t size)
{
    return romfs::Content::from(std::make_shared<const HugeSource>(size));
}

/// Puts a flat list of entries together as a tree is written down: open a folder, add to it, close it.
class Entries
{
public:
    Entries& file(std::string name, romfs::Content content, std::uint32_t alignment = 1)
    {
        auto& entry = add(romfs::EntryType::File);
        entry.name = std::move(name);
        entry.content = std::move(content);
        entry.alignment = alignment;
        return *this;
    }

    Entries& file(std::string name, std::string_view characters, std::uint32_t alignment = 1)
    {
        return file(std::move(name), test::content(characters), alignment);
    }

    Entries& raw(Blob records)
    {
        add(romfs::EntryType::Raw).content = test::content(std::move(records));
        return *this;
    }

    Entries& open(std::string name)
    {
        add(romfs::EntryType::Directory).name = std::move(name);
        m_open.push_back(m_entries.size() - 1);
        return *this;
    }

    Entries& close()
    {
        m_open.pop_back();
        return *this;
    }

    bool hasOpen() const { return !m_open.empty(); }
    bool empty() const { return m_entries.empty(); }
    const romfs::Entry& last() const { return m_entries.back(); }

    operator std::span<const romfs::Entry>() const { return m_entries; }
    const std::vector<romfs::Entry>& list() const { return m_entries; }

private:
    romfs::Entry& add(romfs::EntryType type)
    {
        auto& entry = m_entries.emplace_back();
        entry.type = type;
        const auto end = static_cast<std::uint32_t>(m_entries.size());
        entry.subtreeEnd = end;
        for (const auto folder : m_open) {
            m_entries[folder].subtreeEnd = end;
        }
        return entry;
    }

    std::vector<romfs::Entry> m_entries;
    std::vector<std::size_t> m_open;
};

inline romfs::LayoutOptions compact()
{
    return {.style = romfs::Style::Compact, .directoryAlignment = 1, .source = nullptr};
}

inline romfs::LayoutOptions openMv(std::uint32_t directoryAlignment = 16)
{
    return {.style = romfs::Style::OpenMv, .directoryAlignment = directoryAlignment, .source = nullptr};
}

inline romfs::LayoutOptions unedited(const romfs::Image& image)
{
    return {.style = image.source->style, .directoryAlignment = 16, .source = image.source};
}

inline Blob written(std::span<const romfs::Entry> entries, const romfs::LayoutOptions& options)
{
    return must(romfs::write(entries, romfs::Layout::plan(entries, options)));
}

inline romfs::Image readBlob(Blob bytes)
{
    return must(romfs::read(romfs::Content::own(std::move(bytes))));
}

/// The same entries, as if they had never been in an image.
inline std::vector<romfs::Entry> withoutOrigin(std::vector<romfs::Entry> entries)
{
    for (auto& entry : entries) {
        entry.origin.reset();
    }
    return entries;
}

/// "lib/ lib/x.py=5 ?0b": all entries with their type and size, for comparing at a glance.
inline std::string outline(std::span<const romfs::Entry> entries)
{
    const auto parents = romfs::parentsOf(entries);
    std::string all;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto path = romfs::pathOf(entries, parents, i);
        all += all.empty() ? "" : " ";
        switch (entries[i].type) {
        case romfs::EntryType::Directory:
            all += path + "/";
            break;
        case romfs::EntryType::File:
            all += std::format("{}={}", path, entries[i].content.size());
            break;
        case romfs::EntryType::Raw:
            all += std::format("{}?{}", path, entries[i].content.size());
            break;
        }
    }
    return all;
}

inline std::vector<romfs::Finding> findingsOf(const romfs::Image& image, const romfs::CheckTarget& target = {})
{
    return romfs::check(image.entries, romfs::Layout::plan(image.entries, unedited(image)), target);
}

inline std::vector<romfs::Finding> findingsOf(Blob bytes)
{
    return findingsOf(readBlob(std::move(bytes)));
}

} // namespace romsmith::test
