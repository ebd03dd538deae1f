// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/deploy.h"
#include "ui/device/devicelist.h"

#include <stop_token>

/// What the window does with a device over its REPL; all of it blocks and interrupts what runs there.
namespace romsmith::ui {

/// What it said when it was opened.
[[nodiscard]] DeviceFacts factsOf(const device::Device& device);

/// Asks the device who it is and what it has.
[[nodiscard]] Result<DeviceFacts> lookAt(const device::Port& port, const std::stop_token& stop);

struct ReadImage
{
    DeviceFacts said;
    romfs::Content content;
    bool isByFirmware = true; ///< else the bootloader gave it, which says little of itself
};

/// Reads the image of a partition; NotFound if there is none.
[[nodiscard]] Result<ReadImage> readImage(const device::Port& port, std::uint32_t partition,
                                          const device::ProgressSink& progress, const std::stop_token& stop);

/// The same from a cam in its bootloader, where it stays.
[[nodiscard]] Result<ReadImage> readFromBootloader(const KnownDevice& device, const OpenBus& openBus,
                                                   std::uint32_t partition, const device::ProgressSink& progress,
                                                   const std::stop_token& stop);

/// Starts the interpreter and main.py anew.
[[nodiscard]] Result<void> softReset(const device::Port& port, const std::stop_token& stop);

} // namespace romsmith::ui
