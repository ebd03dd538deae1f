// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/virtualcamhost.h"

namespace romsmith {

/// Starts virtual cams for the window; their flash is thrown away at the end.
[[nodiscard]] ui::StartVirtualCam virtualCamFactory();

} // namespace romsmith
