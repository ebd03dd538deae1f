// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/devicelist.h"

namespace romsmith::ui {

/// How an image gets into a cam.
enum class Via : std::uint8_t {
    Automatic,
    Repl, ///< by the firmware that runs
    Dfu, ///< by the bootloader
};

struct Transport
{
    Via via = Via::Repl; ///< not Automatic
    QString reason = {}; ///< for it
};

/// What is taken for a partition of this device. @p isSilent: its REPL did not answer.
[[nodiscard]] Transport transportFor(Via wanted, const KnownDevice& device, std::uint32_t partition,
                                     bool isSilent = false);
/// Why what is wanted cannot be, for the middle of a sentence; empty if it can.
[[nodiscard]] QString againstTransport(Via wanted, const KnownDevice& device, std::uint32_t partition);

/// The user's choice for a cam, which is remembered.
[[nodiscard]] Via viaOf(const QString& key);
void setVia(const QString& key, Via via);

/// Its bootloader reaches no ROMFS partition although newer ones do: which version it is and what to do; else empty.
[[nodiscard]] QString missingRomfs(const KnownDevice& device);
/// The bootloader of this board speaks DFU.
[[nodiscard]] bool speaksDfu(const boards::Board* board);

} // namespace romsmith::ui
