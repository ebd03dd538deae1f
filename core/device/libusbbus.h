// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/usblink.h"

#include <memory>

namespace romsmith::device {

/// The computer's USB, by libusb. News come from the system where it tells them, and from looking again where not.
/// CannotRead if there is no USB to be used.
[[nodiscard]] Result<std::unique_ptr<UsbBus>> openUsb();

} // namespace romsmith::device
