// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/seriallink.h"

#include <filesystem>
#include <memory>

namespace romsmith::device {

/// Opens a serial port for this program alone: raw, 115200 baud, DTR on where there is one. USB ports ignore the
/// number, except that OpenMV's firmware takes 921600 and 12000000 for its debug protocol and 1200 for a call to the
/// bootloader. Errors: NotFound, Busy (with the program that holds it, where the system tells), AccessDenied (with what
/// to do), CannotRead.
[[nodiscard]] Result<std::unique_ptr<SerialLink>> openTty(const std::filesystem::path& port, unsigned baud = 115200);

/// Opens it at 1200 baud and closes it without DTR, which some firmware takes for a call to its bootloader.
[[nodiscard]] Result<void> touchTty(const std::filesystem::path& port);

} // namespace romsmith::device
