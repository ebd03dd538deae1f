// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/compiler.h"

#include <QString>

namespace romsmith::ui {

/// A program that the user wants to have as compiler, from the settings; empty for whatever is found.
[[nodiscard]] QString chosenCompiler();
void setChosenCompiler(const QString& program);

/// The compiler of that choice. It is looked for once, which takes a second; a failure is not remembered. For any
/// thread.
[[nodiscard]] Result<sources::Compiler> currentCompiler(const QString& chosen);

} // namespace romsmith::ui
