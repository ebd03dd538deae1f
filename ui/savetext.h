// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace romsmith::ui {

/// Writes a text file, complete or not at all; gives what went wrong, empty for nothing.
[[nodiscard]] QString saveText(const QString& path, const QString& text);

} // namespace romsmith::ui
