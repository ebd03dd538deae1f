// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/kind.h"

#include <QPalette>
#include <QString>
#include <QTextLayout>

#include <stop_token>
#include <vector>

namespace romsmith::ui {

/// The colours of each line of a text.
using LineFormats = std::vector<QList<QTextLayout::FormatRange>>;

/// Finds the syntax by the file's kind and name, and the colours by the palette. Slow, and so for the background; stops
/// early when asked to.
[[nodiscard]] LineFormats highlight(const QString& text, inspect::FileKind kind, const QString& name,
                                    const QPalette& palette, const std::stop_token& stop);

} // namespace romsmith::ui
