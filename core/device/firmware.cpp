// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/firmware.h"

#include "core/boards/boardtable.h"
#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <algorithm>
#include <format>

namespace romsmith::device {
namespace {

using boards::AddressRange;
using boards::Board;
using boards::ReleaseFile;
using boards::Role;

constexpr std::size_t vectors = 8; ///< stack pointer, and where the firmware begins to run

std::uint32_t entryOf(romfs::Bytes bytes)
{
    std::uint32_t entry = 0;
    for (std::size_t i = vectors; i > vectors / 2; --i) {
        entry = entry << 8U | std::to_integer<std::uint32_t>(bytes[i - 1]);
    }
    return entry;
}

bool startsWith(romfs::Bytes bytes, std::string_view text)
{
    return romfs::asText(bytes).starts_with(text);
}

/// What DFU tools append to a file, sixteen bytes.
bool hasSuffix(romfs::Bytes bytes)
{
    constexpr std::size_t length = 16;
    return bytes.size() > length && romfs::asText(bytes.last(8)).starts_with("UFD")
        && bytes[bytes.size() - 5] == std::byte{length};
}

/// What the bytes are that no bootloader must be given as firmware; empty if they may be.
std::string_view whatElse(romfs::Bytes bytes)
{
    if (bytes.size() < vectors) {
        return "is too short to be firmware";
    }
    if (romfs::hasMagic(bytes)) {
        return "is a ROMFS image, which belongs into a ROMFS partition";
    }
    if (startsWith(bytes,
                   "\x7f"
                   "ELF")) {
        return "is an ELF file, with more in it than goes into flash; take the firmware.bin beside it";
    }
    if (startsWith(bytes, "PK\x03\x04")) {
        return "is an archive; give it as a bundle";
    }
    if (startsWith(bytes, "DfuSe") || hasSuffix(bytes)) {
        return "is a .dfu file, which has more in it than goes into flash; take the firmware.bin beside it";
    }
    return {};
}

/// Where the board's bootloader lies.
bool isInBootloader(const Board& board, std::uint32_t entry)
{
    const auto& settings = board.bootloader.alternateSettings;
    const auto isThere = [entry](std::uint64_t begin, std::optional<std::uint64_t> size) {
        return AddressRange{.start = begin, .end = begin + size.value_or(0)}.contains(entry);
    };
    return std::ranges::any_of(settings,
                               [&](const boards::AlternateSetting& setting) {
                                   return setting.role == Role::Bootloader && setting.mappedAddress
                                       && isThere(*setting.mappedAddress, setting.size);
                               })
        || std::ranges::any_of(board.bootloader.regions, [&](const boards::Region& region) {
               return region.role == Role::Bootloader && isThere(region.address, region.size);
           });
}

/// Names of other boards whose firmware runs there.
std::string boardsWith(const Board& except, std::uint32_t entry)
{
    std::string names;
    for (const auto& board : boards::BoardTable::known().boards()) {
        const bool fits = board.id != except.id && std::ranges::any_of(board.files, [&](const ReleaseFile& file) {
                              const auto range = firmwareRange(board, file);
                              return file.role == Role::Firmware && range && range->contains(entry);
                          });
        if (fits) {
            names += (names.empty() ? "" : ", ") + board.name;
        }
    }
    return names;
}

} // namespace

std::optional<AddressRange> firmwareRange(const Board& board, const ReleaseFile& file)
{
    if (file.entryRange || !file.address) {
        return file.entryRange;
    }
    const auto region = std::ranges::find(board.bootloader.regions, *file.address, &boards::Region::address);
    if (region == board.bootloader.regions.end() || !region->size) {
        return std::nullopt;
    }
    return AddressRange{.start = region->address, .end = region->address + *region->size};
}

Result<const ReleaseFile*> identifyFirmware(const Board& board, std::string_view fileName, romfs::Bytes bytes)
{
    const auto name = romfs::printable(fileName);
    const auto refuse = [&](std::string_view what) {
        return fail(ErrorCode::InvalidArgument, std::format("\"{}\" {}. Nothing was written.", name, what));
    };
    if (const auto what = whatElse(bytes); !what.empty()) {
        return refuse(what);
    }
    const auto entry = entryOf(bytes);
    const bool isThumb = (entry & 1U) != 0;
    const auto found = std::ranges::find_if(board.files, [&](const ReleaseFile& file) {
        const auto range = firmwareRange(board, file);
        return file.role == Role::Firmware && range && isThumb && range->contains(entry);
    });
    if (found == board.files.end()) {
        if (isInBootloader(board, entry)) {
            return refuse(std::format("begins with the bootloader of {}, as openmv.bin and bootloader.bin do; "
                                      "firmware.bin is needed",
                                      board.name));
        }
        const auto others = isThumb ? boardsWith(board, entry) : std::string();
        return refuse(others.empty()
                          ? std::format("is no firmware for {}: it would begin to run at {:#010x}", board.name, entry)
                          : std::format("is no firmware for {}, it looks like one for {}", board.name, others));
    }
    const auto named = std::ranges::find(board.files, fileName, &ReleaseFile::fileName);
    if (named != board.files.end() && named != found && named->role == Role::Firmware) {
        return refuse(std::format("is what {} should be: it is for the other core", found->fileName));
    }
    return &*found;
}

} // namespace romsmith::device
