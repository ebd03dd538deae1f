// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfujob.h"
#include "ui/device/flashrunner.h"

namespace romsmith::ui {

/// Something to be written by the bootloader of a cam.
struct DfuWish
{
    QString name; ///< "app.img"
    QString target; ///< "ROMFS0, FIRMWARE"
    std::uint32_t partition = 0; ///< of the image that matters most
    std::function<Result<device::FlashFiles>(const std::stop_token&)> files; ///< called in the worker's thread
    bool force = false; ///< write an image with errors, too
};

/// Brings the cam into its bootloader, writes, reads back and starts the firmware. A cam that is gone when it is tried
/// again is waited for: it may be one that does not start any more.
[[nodiscard]] FlashRun dfuFlash(const KnownDevice& device, const OpenBus& openBus, DfuWish wish);

} // namespace romsmith::ui
