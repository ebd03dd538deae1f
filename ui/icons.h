// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/finding.h"
#include "core/tree/node.h"

#include <QIcon>

namespace romsmith::ui {

/// An icon from the program's own set, drawn in the colour of text so that it fits dark and light palettes.
[[nodiscard]] QIcon icon(const QString& name);

/// The icon for what a node or an entry is, by its type and name.
[[nodiscard]] QIcon iconFor(const tree::Node& node);
[[nodiscard]] QIcon iconFor(const romfs::Entry& entry);

/// The icon for a finding's severity.
[[nodiscard]] QIcon iconFor(romfs::Severity severity);

} // namespace romsmith::ui
