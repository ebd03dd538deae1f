// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/mapsegments.h"

#include <QColor>
#include <QString>

class QPainter;
class QPalette;
class QRect;

namespace romsmith::ui {

/// "Python", "File headers" ...: for the legend.
[[nodiscard]] QString mapKindName(MapKind kind);

/// Fills @p rect with the colour and the pattern of a kind; patterns tell kinds apart where colours do not.
void paintMapKind(QPainter& painter, const QRect& rect, MapKind kind, const QPalette& palette);

/// The colour below the pattern.
[[nodiscard]] QColor mapKindColor(MapKind kind, const QPalette& palette);

/// True for kinds that are dark enough for white text on any palette.
[[nodiscard]] bool isContent(MapKind kind);

} // namespace romsmith::ui
