// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mapstyle.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPalette>

namespace romsmith::ui {
namespace {

struct Kinds
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::ImageMap)
};

struct Look
{
    QColor color;
    QColor patternColor;
    Qt::BrushStyle pattern;
};

/// Content is dark with a light pattern, so that it stands out from light and dark backgrounds and carries white text.
Look lookOf(MapKind kind, const QPalette& palette)
{
    const QColor light(255, 255, 255, 70);
    const QColor dark(0, 0, 0, 110);
    const auto base = palette.color(QPalette::Base);
    auto dots = palette.color(QPalette::Text);
    dots.setAlpha(170);
    switch (kind) {
    case MapKind::ImageHeader:
        return {.color = QColor(0x9a, 0xa0, 0xa8), .patternColor = dark, .pattern = Qt::CrossPattern};
    case MapKind::FolderHeader:
        return {.color = QColor(0xd9, 0x9a, 0x20), .patternColor = dark, .pattern = Qt::HorPattern};
    case MapKind::FileHeader:
        return {.color = QColor(0x9a, 0xa0, 0xa8), .patternColor = dark, .pattern = Qt::NoBrush};
    case MapKind::Model:
        return {.color = QColor(0x7d, 0x3f, 0xbf), .patternColor = light, .pattern = Qt::BDiagPattern};
    case MapKind::Python:
        return {.color = QColor(0x2b, 0x6c, 0xb0), .patternColor = light, .pattern = Qt::NoBrush};
    case MapKind::Text:
        return {.color = QColor(0x2f, 0x7d, 0x4f), .patternColor = light, .pattern = Qt::HorPattern};
    case MapKind::OtherContent:
        return {.color = QColor(0x54, 0x65, 0x70), .patternColor = light, .pattern = Qt::FDiagPattern};
    case MapKind::Padding:
        return {.color = base, .patternColor = dots, .pattern = Qt::Dense4Pattern};
    case MapKind::Records:
        return {.color = QColor(0xa0, 0x4a, 0x62), .patternColor = light, .pattern = Qt::DiagCrossPattern};
    case MapKind::Free:
        return {.color = base, .patternColor = palette.color(QPalette::Mid), .pattern = Qt::BDiagPattern};
    case MapKind::Beyond:
        return {.color = QColor(0xda, 0x44, 0x53, 90),
                .patternColor = QColor(0xda, 0x44, 0x53),
                .pattern = Qt::DiagCrossPattern};
    }
    return {};
}

} // namespace

QString mapKindName(MapKind kind)
{
    switch (kind) {
    case MapKind::ImageHeader:
        return Kinds::tr("Image header");
    case MapKind::FolderHeader:
        return Kinds::tr("Folder headers");
    case MapKind::FileHeader:
        return Kinds::tr("File headers");
    case MapKind::Model:
        return Kinds::tr("Models");
    case MapKind::Python:
        return Kinds::tr("Python");
    case MapKind::Text:
        return Kinds::tr("Text");
    case MapKind::OtherContent:
        return Kinds::tr("Other content");
    case MapKind::Padding:
        return Kinds::tr("Padding");
    case MapKind::Records:
        return Kinds::tr("Other records");
    case MapKind::Free:
        return Kinds::tr("Free");
    case MapKind::Beyond:
        return Kinds::tr("Beyond the partition");
    }
    return {};
}

void paintMapKind(QPainter& painter, const QRect& rect, MapKind kind, const QPalette& palette)
{
    constexpr int narrowest = 3; // pixels in which a pattern can be seen
    const auto look = lookOf(kind, palette);
    painter.fillRect(rect, look.color);
    if (look.pattern != Qt::NoBrush && rect.width() >= narrowest) {
        painter.fillRect(rect, QBrush(look.patternColor, look.pattern));
    } else if (kind == MapKind::Padding) {
        painter.fillRect(rect, look.patternColor);
    }
}

QColor mapKindColor(MapKind kind, const QPalette& palette)
{
    return lookOf(kind, palette).color;
}

bool isContent(MapKind kind)
{
    return kind == MapKind::Model || kind == MapKind::Python || kind == MapKind::Text || kind == MapKind::OtherContent;
}

} // namespace romsmith::ui
