// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"

#include <QStringList>

#include <vector>

/// What was left out on the way into or out of an image, in words.
namespace romsmith::ui {

/// The first few, for a sentence: "a.tmp (junk), b (a link that leads back up)".
[[nodiscard]] QString summaryOf(const std::vector<sources::Skipped>& skipped);

/// One line for each.
[[nodiscard]] QStringList linesOf(const std::vector<sources::Skipped>& skipped);

} // namespace romsmith::ui
