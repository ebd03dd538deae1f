// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace romsmith::sources {

/// What to put in front of a command so that it can neither write files nor reach the network, and ends with this
/// process. Empty where bubblewrap is missing or cannot be used, as in many containers; that is tried once.
[[nodiscard]] const QStringList& sandbox();

} // namespace romsmith::sources
