// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/mpy.h"

#include "core/romfs/varuint.h"

#include <algorithm>
#include <array>
#include <format>
#include <string_view>

namespace romsmith::inspect {
namespace {

constexpr std::size_t headerSize = 4;
constexpr std::array<std::string_view, 13> archNames{"none",      "x86",     "x64",       "armv6",     "armv6m",
                                                     "armv7m",    "armv7em", "armv7emsp", "armv7emdp", "xtensa",
                                                     "xtensawin", "rv32imc", "rv64imc"};
constexpr std::uint8_t armv6m = 4;
constexpr std::uint8_t armv7emdp = 8;
constexpr std::uint8_t rv32imc = 11;

std::uint8_t at(romfs::Bytes bytes, std::size_t index)
{
    return std::to_integer<std::uint8_t>(bytes[index]);
}

std::string shownArch(std::uint8_t arch)
{
    const auto name = mpyArchName(arch);
    return name.empty() ? std::format("architecture {}", arch) : std::string(name);
}

/// Firmware that loads a version and, for native code, a sub-version.
std::string_view firmwareFor(const MpyHeader& header)
{
    switch (header.version) {
    case 6:
        if (!header.isNative()) {
            return "1.19 and later";
        }
        switch (header.subVersion) {
        case 3:
            return "1.23 and later";
        case 2:
            return "1.22";
        case 1:
            return "1.20 and 1.21";
        case 0:
            return "1.19";
        default:
            return {};
        }
    case 5:
        return "1.12 to 1.18";
    default:
        return {};
    }
}

std::string firmwareSentence(const MpyHeader& header)
{
    const auto firmware = firmwareFor(header);
    return firmware.empty() ? std::string("No known firmware loads it.")
                            : std::format("Firmware of MicroPython {} loads it.", firmware);
}

/// Thumb devices take code for their own architecture and for every smaller one; others only their own.
bool runsOn(std::uint8_t arch, std::uint8_t device)
{
    const bool thumb = device >= armv6m && device <= armv7emdp;
    return thumb ? arch >= armv6m && arch <= device : arch == device;
}

MpyVerdict refuse(std::string reason)
{
    return {.loads = false, .reason = std::move(reason)};
}

} // namespace

bool looksLikeMpy(romfs::Bytes bytes)
{
    if (bytes.size() < headerSize || at(bytes, 0) != 'M') {
        return false;
    }
    const auto version = at(bytes, 1);
    const auto bits = at(bytes, 3);
    return version >= 2 && version <= 7 && bits >= 15 && bits <= 63 && (version < 6 || (at(bytes, 2) & 0x80U) == 0);
}

Result<MpyHeader> readMpyHeader(romfs::Bytes bytes)
{
    if (!looksLikeMpy(bytes)) {
        return fail(ErrorCode::InvalidArgument,
                    "This is not compiled MicroPython code: it does not begin with the header of an .mpy file.");
    }
    MpyHeader header;
    header.version = at(bytes, 1);
    header.smallIntBits = at(bytes, 3);
    if (header.version < mpyVersion) {
        return header; // the third byte had another meaning
    }
    const auto features = at(bytes, 2);
    header.subVersion = features & 3U;
    header.arch = (features >> 2U) & 0xfU;
    if ((features & 0x40U) != 0) {
        const auto flags = romfs::decodeVaruint(bytes.subspan(headerSize));
        if (!flags) {
            return fail(ErrorCode::InvalidArgument,
                        "The header of this .mpy file is cut short: the architecture's flags are missing.");
        }
        header.archFlags = static_cast<std::uint32_t>(flags->value);
    }
    return header;
}

Result<MpyHeader> readMpyHeader(const romfs::Content& file)
{
    constexpr std::uint64_t longest = 16; // bytes
    std::array<std::byte, longest> head{};
    const auto bytes = std::span(head).first(std::min(file.size(), longest));
    if (const auto done = file.read(0, bytes); !done) {
        return fail(ErrorCode::CannotRead, done.error().message);
    }
    return readMpyHeader(romfs::Bytes(bytes));
}

std::string_view mpyArchName(std::uint8_t arch)
{
    return arch < archNames.size() ? archNames[arch] : std::string_view();
}

std::string describe(const MpyHeader& header)
{
    if (header.version != mpyVersion) {
        return std::format("MicroPython code in format version {}. {}", header.version, firmwareSentence(header));
    }
    if (!header.isNative()) {
        return std::format("MicroPython bytecode, version {}, for any processor. {}", header.version,
                           firmwareSentence(header));
    }
    return std::format("MicroPython code, version {}.{}, with native code for {}. {}", header.version,
                       header.subVersion, shownArch(header.arch), firmwareSentence(header));
}

MpyVerdict canLoad(const MpyHeader& header, const boards::Board& board)
{
    if (header.version != mpyVersion) {
        return refuse(std::format(
            "The file has format version {}, and {} loads version {}. Compile it again with a current mpy-cross.",
            header.version, board.name, mpyVersion));
    }
    if (header.isNative() && header.subVersion != mpySubVersion) {
        return refuse(std::format(
            "Its native code was compiled for interface {}.{}, and current firmware has {}.{}. Compile it again "
            "with a current mpy-cross.",
            header.version, header.subVersion, mpyVersion, mpySubVersion));
    }
    const auto deviceBits = board.mpy ? board.mpy->smallIntBits : boards::MpyTarget().smallIntBits;
    if (header.smallIntBits > deviceBits) {
        return refuse(std::format(
            "It was compiled for small integers of {} bits, and {} has {}. Compile it with -msmall-int-bits={}.",
            header.smallIntBits, board.name, deviceBits, deviceBits));
    }
    if (header.archFlags && header.arch != rv32imc) {
        return refuse("It asks for processor extensions, which only RV32 firmware understands.");
    }
    if (!header.isNative()) {
        return {.loads = true,
                .reason = std::format("{} loads it: it is bytecode of version {}.", board.name, mpyVersion)};
    }
    if (!board.mpy) {
        return refuse(
            std::format("It contains native code, and {} loads bytecode only. Compile it without @micropython.native, "
                        "viper and assembler.",
                        board.name));
    }
    const auto device = std::ranges::find(archNames, board.mpy->march) - archNames.begin();
    if (!runsOn(header.arch, static_cast<std::uint8_t>(device))) {
        return refuse(std::format("Its native code is for {}, and {} has {}. Compile it with -march={}.",
                                  shownArch(header.arch), board.name, board.mpy->march, board.mpy->march));
    }
    return {.loads = true,
            .reason = std::format("{} loads it: its native code is for {}.", board.name, shownArch(header.arch))};
}

} // namespace romsmith::inspect
