// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfumemory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <format>
#include <limits>

namespace romsmith::device {
namespace {

constexpr std::uint16_t firstDfuSeBlock = 2; ///< the ones before are commands
/// The address pointer is set anew before numbers of blocks run out.
constexpr std::uint64_t mostDfuSeBlocks = 0x8000;
constexpr std::size_t mostUnits = 65536;

template <typename Number> std::optional<Number> take(std::string_view& text, int base)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

bool takeChar(std::string_view& text, char wanted)
{
    const bool is = text.starts_with(wanted);
    text.remove_prefix(is ? 1 : 0);
    return is;
}

/// "15*128Kg": so many units, their size, and what they can do: bits 0 to 2 of the letter are read, erase, write.
std::optional<boards::SectorRun> takeRun(std::string_view& text)
{
    const auto count = take<std::uint32_t>(text, 10);
    const auto size = count && takeChar(text, '*') ? take<std::uint32_t>(text, 10) : std::nullopt;
    if (!size || text.size() < 2) {
        return std::nullopt;
    }
    const std::uint32_t scale = text[0] == 'M' ? 1024 * 1024 : text[0] == 'K' ? 1024 : 1;
    text.remove_prefix(text[0] == ' ' || text[0] == 'B' || scale > 1 ? 1 : 0);
    if (text.empty() || *count == 0 || *size == 0 || *count > mostUnits
        || *size > std::numeric_limits<std::uint32_t>::max() / scale) {
        return std::nullopt;
    }
    const auto can = static_cast<unsigned>(static_cast<unsigned char>(text[0]));
    text.remove_prefix(1);
    return boards::SectorRun{.count = *count, .size = *size * scale, .writable = (can & 4U) != 0};
}

/// Ends of the units between two offsets, from the first one.
std::vector<std::uint64_t> unitsOf(std::span<const boards::SectorRun> sectors, std::uint64_t begin,
                                   std::optional<std::uint64_t> end)
{
    std::vector<std::uint64_t> units;
    std::uint64_t at = 0;
    for (const auto& run : sectors) {
        for (std::uint32_t i = 0; i < run.count && units.size() < mostUnits; ++i) {
            at += run.size;
            if (at > begin && (!end || at - run.size < *end)) {
                units.push_back(at - begin);
            }
        }
    }
    return units;
}

std::uint64_t sizeOf(std::span<const boards::SectorRun> sectors)
{
    std::uint64_t size = 0;
    for (const auto& run : sectors) {
        size += std::uint64_t{run.count} * run.size;
    }
    return size;
}

} // namespace

std::optional<DfuMap> dfuMapIn(std::string_view name)
{
    if (!name.starts_with('@')) {
        return std::nullopt;
    }
    name.remove_prefix(std::min(name.find('/'), name.size()));
    DfuMap map;
    if (!takeChar(name, '/') || !name.starts_with("0x")) {
        return std::nullopt;
    }
    name.remove_prefix(2);
    const auto address = take<std::uint32_t>(name, 16);
    if (!address || !takeChar(name, '/')) {
        return std::nullopt;
    }
    map.address = *address;
    do {
        const auto run = takeRun(name);
        if (!run) {
            return std::nullopt;
        }
        map.sectors.push_back(*run);
    } while (takeChar(name, ','));
    return map;
}

std::vector<DfuStretch> dfuStretches(const DfuHost& host, const boards::Board* board)
{
    std::vector<DfuStretch> stretches;
    for (const auto& alternate : host.alternates()) {
        DfuStretch stretch{.number = alternate.number, .name = alternate.name, .readable = host.function().canUpload};
        stretch.known = board ? board->bootloader.alternateSettingFor(alternate.name) : nullptr;
        if (const auto* known = stretch.known) {
            stretch.address = known->start.value_or(0);
            stretch.size = known->size;
            stretch.readable &= known->readable;
            stretch.writable = known->writable;
            stretch.units = unitsOf(known->sectors, 0, std::nullopt);
            stretch.programUnit = known->programUnit.value_or(1);
        }
        // What the device says of itself is believed over the table.
        if (const auto map = host.function().isDfuSe() ? dfuMapIn(alternate.name) : std::nullopt) {
            stretch.address = map->address;
            stretch.size = sizeOf(map->sectors);
            stretch.units = unitsOf(map->sectors, 0, std::nullopt);
        }
        stretches.push_back(std::move(stretch));
    }
    return stretches;
}

Result<DfuStretch> dfuRange(const DfuStretch& whole, std::uint64_t address, std::optional<std::uint64_t> size)
{
    const auto end = whole.address + whole.size.value_or(0);
    if (address < whole.address || address + size.value_or(1) > end) {
        return fail(ErrorCode::Mismatch,
                    std::format("{} goes from {:#010x} to {:#010x}; {:#010x} was expected to be in it. Is this the "
                                "right board?",
                                whole.name, whole.address, end, address));
    }
    auto range = whole;
    const auto skipped = address - whole.address;
    range.address = address;
    range.size = size.value_or(end - address);
    std::erase_if(range.units, [&](std::uint64_t unit) { return unit <= skipped; });
    std::ranges::for_each(range.units, [&](std::uint64_t& unit) { unit -= skipped; });
    const auto behind = std::ranges::find_if(range.units, [&](auto unit) { return unit >= *range.size; });
    range.units.erase(behind == range.units.end() ? behind : behind + 1, range.units.end());
    return range;
}

std::string whyNotWritten(const DfuStretch& stretch, bool expert)
{
    if (!stretch.known) {
        return std::format("It is not known what {} is for, so it is not written.", stretch.name);
    }
    switch (stretch.known->role) {
    case boards::Role::Bootloader:
    case boards::Role::Recovery:
        return std::format("{} is never written: {}", stretch.name,
                           stretch.known->danger.empty() ? "without a bootloader the cam is lost."
                                                         : stretch.known->danger);
    case boards::Role::TableOfContents:
        if (!expert) {
            return std::format("{} is not written: {}", stretch.name, stretch.known->danger);
        }
        break;
    default:
        break;
    }
    return stretch.writable ? std::string() : std::format("The bootloader does not write {}.", stretch.name);
}

Result<DfuMemory> DfuMemory::select(DfuHost& host, const DfuStretch& stretch)
{
    return host.select(stretch.number).transform([&] { return DfuMemory(host, stretch); });
}

// --- blocks

/// With ST's extension blocks are counted from an address; otherwise from the begin.
Result<void> DfuMemory::point(std::uint64_t offset)
{
    m_pointer = offset;
    return isDfuSe() ? m_host.setAddress(static_cast<std::uint32_t>(m_stretch.address + offset)) : Result<void>();
}

Result<std::uint16_t> DfuMemory::blockAt(std::uint64_t offset) const
{
    const auto block = isDfuSe() ? (offset - m_pointer) / blockSize() + firstDfuSeBlock : offset / blockSize();
    if (block > std::numeric_limits<std::uint16_t>::max()) {
        return fail(ErrorCode::TooLarge, std::format("{} has no block for offset {}.", m_host.name(), offset));
    }
    return static_cast<std::uint16_t>(block);
}

Result<std::vector<std::byte>> DfuMemory::read(std::uint64_t begin, std::uint64_t end, const DfuCount& count)
{
    std::vector<std::byte> bytes(end - begin);
    for (auto at = begin; at < end;) {
        if (isDfuSe() && (at == begin || at - m_pointer >= mostDfuSeBlocks * blockSize())) {
            // Commands are downloads; to upload, the device must be idle.
            auto pointed
                = m_host.becomeIdle().and_then([&] { return point(at); }).and_then([&] { return m_host.becomeIdle(); });
            if (!pointed) {
                return std::unexpected(std::move(pointed).error());
            }
        }
        const auto block = blockAt(at);
        // Whole blocks: the last one of a partition is followed by an end of four bytes that are not of the memory.
        std::vector<std::byte> whole(blockSize());
        const auto wanted = std::min(blockSize(), m_stretch.size.value_or(end) - at);
        const auto received = block.and_then(
            [&](std::uint16_t number) { return m_host.upload(number, std::span(whole).first(wanted)); });
        if (!received) {
            return std::unexpected(received.error());
        }
        const auto length = std::min(wanted, end - at);
        if (*received < length) {
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} gave {} bytes of {} at {}, {} were expected. Plug it in again and retry.",
                                    m_host.name(), *received, m_stretch.name, at, length));
        }
        std::copy_n(whole.begin(), length, bytes.begin() + static_cast<std::ptrdiff_t>(at - begin));
        at += length;
        count(at - begin, end - begin);
    }
    return bytes;
}

Result<void> DfuMemory::erase(std::uint64_t begin, std::uint64_t end)
{
    // Unlike OpenMV's bootloader, ST's extension erases only what it is told to.
    std::uint64_t unitBegin = 0;
    for (const auto unitEnd : m_stretch.units) {
        if (unitEnd > begin && unitBegin < end && unitBegin >= m_erased) {
            if (auto done = m_host.erasePage(static_cast<std::uint32_t>(m_stretch.address + unitBegin)); !done) {
                return done;
            }
            m_erased = unitEnd;
        }
        unitBegin = unitEnd;
    }
    return {};
}

Result<void> DfuMemory::write(std::uint64_t begin, romfs::Bytes bytes, const DfuCount& count)
{
    if (auto ready = isDfuSe() ? m_host.becomeIdle() : Result<void>(); !ready) { // something may have been uploaded
        return ready;
    }
    m_erased = std::min(m_erased, begin);
    std::uint64_t done = 0;
    bool isPointed = false;
    while (done < bytes.size()) {
        const auto at = begin + done;
        const auto piece = bytes.subspan(done, std::min<std::uint64_t>(blockSize(), bytes.size() - done));
        if (isDfuSe()) {
            const auto erasedBefore = m_erased;
            auto ready = erase(at, at + piece.size());
            // Some devices move the pointer when they erase.
            if (ready && (!isPointed || m_erased != erasedBefore || at - m_pointer >= mostDfuSeBlocks * blockSize())) {
                ready = point(at);
                isPointed = true;
            }
            if (!ready) {
                return ready;
            }
        }
        auto sent = blockAt(at).and_then([&](std::uint16_t number) { return m_host.download(number, piece); });
        if (!sent) {
            return sent;
        }
        done += piece.size();
        count(done, bytes.size());
    }
    return {};
}

Result<void> DfuMemory::finish()
{
    return isDfuSe() ? m_host.becomeIdle() : m_host.manifest();
}

Result<void> DfuMemory::checkSize()
{
    if (isDfuSe() || !m_stretch.readable || !m_stretch.size || *m_stretch.size < blockSize()) {
        return {};
    }
    std::vector<std::byte> block(blockSize());
    const auto tell = [&](std::string_view found) {
        return fail(ErrorCode::Mismatch,
                    std::format("{}: {} was expected to have {} bytes, and it has {}. Is the table of boards out of "
                                "date? Nothing was written.",
                                m_host.name(), m_stretch.name, *m_stretch.size, found));
    };
    const auto last = blockAt(*m_stretch.size - blockSize());
    const auto behind = blockAt(*m_stretch.size);
    if (!last || !behind) {
        return {};
    }
    const auto inside = m_host.upload(*last, block);
    if (!inside) {
        return std::unexpected(inside.error());
    }
    if (*inside < block.size()) {
        return tell("less");
    }
    const auto beyond = m_host.upload(*behind, block);
    if (!beyond) {
        return beyond.error().code == ErrorCode::DeviceFailed ? m_host.becomeIdle() : std::unexpected(beyond.error());
    }
    return *beyond < block.size() ? Result<void>() : tell("more");
}

} // namespace romsmith::device
