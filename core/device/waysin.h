// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/bootloader.h"
#include "core/device/deploy.h"
#include "core/device/ports.h"

#include <optional>
#include <string>

namespace romsmith::device {

/// A packet of the OpenMV debug protocol without payload: version 5, as SYS_BOOT.
[[nodiscard]] std::string protocol5Packet(std::uint8_t opcode, std::uint8_t sequence);
/// The same for version 4.
[[nodiscard]] std::string protocol4Packet(std::uint8_t opcode);

/// Brings a cam into its bootloader and has it stay there. @p port is where its firmware can be asked to go, first by
/// machine.bootloader(), and when a script does not let go of the REPL, by the debug protocol and by the touch of a
/// port at 1200 baud, as far as the board knows them; without it the wait is for whoever plugs the cam in again. It is
/// caught as the same cam: by the USB ports that it is plugged into, and by its serial number.
///
/// Errors are those of catchBootloader() and, before anything has happened, those of opening the port.
[[nodiscard]] Result<Caught> enterBootloader(UsbBus& bus, const std::optional<Port>& port, CamIdentity identity,
                                             Milliseconds longest, const ProgressSink& progress = {},
                                             const std::stop_token& stop = {});

/// The same with a cam that is open; it is closed then.
[[nodiscard]] Result<Caught> enterBootloader(UsbBus& bus, std::unique_ptr<Device> device, Milliseconds longest,
                                             const ProgressSink& progress = {}, const std::stop_token& stop = {});

} // namespace romsmith::device
