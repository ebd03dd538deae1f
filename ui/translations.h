// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace romsmith::ui {

/// Gives the application the words for its language. Without it, "3 file(s)" stands where "3 files" should.
void installTranslations();

} // namespace romsmith::ui
