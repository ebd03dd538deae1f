// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"
#include "core/romfs/content.h"

#include <cstdint>
#include <optional>
#include <string>

/// What a file is and what can be told about it without a device.
namespace romsmith::inspect {

/// The header of compiled MicroPython code. Facts: MicroPython's py/persistentcode.c.
struct MpyHeader
{
    std::uint8_t version = 0;
    std::uint8_t subVersion = 0; ///< of the native code's interface; 0 and without meaning in bytecode-only files
    std::uint8_t arch = 0; ///< number of the native architecture; 0: bytecode only
    std::uint8_t smallIntBits = 0;
    std::optional<std::uint32_t> archFlags; ///< extensions that the native code needs; RV32 only

    [[nodiscard]] bool isNative() const { return arch != 0; }
};

/// The version that firmware since MicroPython 1.19 loads, and the interface of native code since 1.23.
inline constexpr std::uint8_t mpyVersion = 6;
inline constexpr std::uint8_t mpySubVersion = 3;

/// True if @p bytes begin like an .mpy of any version.
[[nodiscard]] bool looksLikeMpy(romfs::Bytes bytes);

[[nodiscard]] Result<MpyHeader> readMpyHeader(romfs::Bytes bytes);
/// The same of a file; CannotRead if that is what fails.
[[nodiscard]] Result<MpyHeader> readMpyHeader(const romfs::Content& file);

/// The name of an architecture as mpy-cross's -march takes it; empty if the number is not known.
[[nodiscard]] std::string_view mpyArchName(std::uint8_t arch);

/// A sentence on what the file holds and which firmware takes it.
[[nodiscard]] std::string describe(const MpyHeader& header);

struct MpyVerdict
{
    bool loads;
    std::string reason; ///< a sentence, also when it loads
};

/// Whether the current firmware of @p board would import a file with this header.
[[nodiscard]] MpyVerdict canLoad(const MpyHeader& header, const boards::Board& board);

} // namespace romsmith::inspect
