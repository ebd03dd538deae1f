// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"

#include <string>

/// What the system is told about boards, made from the one table.
namespace romsmith::boards {

/// Rules for udev: whoever sits at the computer may use the boards, their bootloaders and the loaders in their chips,
/// and ModemManager leaves their serial ports alone. Belongs into a file whose name sorts before 73-seat-late.rules.
[[nodiscard]] std::string udevRules(const BoardTable& table);

/// The <modalias> elements by which software centres offer the program for a board that is plugged in.
[[nodiscard]] std::string appStreamModaliases(const BoardTable& table);

} // namespace romsmith::boards
