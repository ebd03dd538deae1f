// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace romsmith::device {

/// Code of resources/device as it is sent: without comments and empty lines, one space of indentation for four.
[[nodiscard]] std::string snippet(std::string_view name);

} // namespace romsmith::device
