// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/maplegend.h"

#include "ui/mapstyle.h"

#include <QPainter>

#include <algorithm>
#include <utility>

namespace romsmith::ui {
namespace {

constexpr int swatchWidth = 22;
constexpr int gap = 5; // between a swatch and its text
constexpr int spacing = 14; // between items

} // namespace

MapLegend::MapLegend(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Legend of the image map"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void MapLegend::setItems(std::vector<Item> items)
{
    m_items = std::move(items);
    QStringList texts;
    for (const auto& item : m_items) {
        texts.append(item.text);
    }
    setAccessibleDescription(texts.join(QStringLiteral(", ")));
    setToolTip(texts.join(QLatin1Char('\n')));
    updateHeight();
    update();
}

void MapLegend::resizeEvent(QResizeEvent*)
{
    updateHeight();
}

void MapLegend::updateHeight()
{
    const auto places = placesFor(width());
    const auto height = places.empty() ? 0 : places.back().bottom() + 1;
    if (std::exchange(m_wantedHeight, height) != height) {
        updateGeometry();
    }
}

std::vector<QRect> MapLegend::placesFor(int width) const
{
    std::vector<QRect> places;
    const auto height = fontMetrics().height();
    QPoint next;
    for (const auto& item : m_items) {
        const auto wide = swatchWidth + gap + fontMetrics().horizontalAdvance(item.text) + 1;
        if (next.x() > 0 && next.x() + wide > width) {
            next = QPoint(0, next.y() + height + 3);
        }
        places.emplace_back(next, QSize(wide, height));
        next.rx() += wide + spacing;
    }
    return places;
}

QSize MapLegend::sizeHint() const
{
    constexpr int usualWidth = 500;
    return {usualWidth, m_wantedHeight};
}

QSize MapLegend::minimumSizeHint() const
{
    return {100, fontMetrics().height()};
}

void MapLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const auto places = placesFor(width());
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (places[i].top() > 0 && places[i].bottom() >= height()) {
            break; // no line that is cut in half
        }
        const QRect swatch(places[i].left(), places[i].top() + 1, swatchWidth, places[i].height() - 3);
        paintMapKind(painter, swatch, m_items[i].kind, palette());
        painter.setPen(palette().color(QPalette::Mid));
        painter.drawRect(swatch.adjusted(0, 0, -1, -1));
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(places[i].adjusted(swatchWidth + gap, 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine,
                         m_items[i].text);
    }
}

} // namespace romsmith::ui
