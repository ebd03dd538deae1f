// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/boards/jsonreader.h"

namespace romsmith::boards {

/// Reads one board in the format of resources/boards.md. What is wrong goes to the complaint; the board is of use only
/// if there is none.
Board readBoard(Complaint& complaint, const QJsonValue& value, std::size_t position);

} // namespace romsmith::boards
