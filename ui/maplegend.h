// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/mapsegments.h"

#include <QWidget>

namespace romsmith::ui {

/// What the colours and patterns of the image map mean, and how much there is of each; wraps like text. Where
/// there is no room for all lines, the tooltip has them.
class MapLegend final : public QWidget
{
    Q_OBJECT

public:
    explicit MapLegend(QWidget* parent = nullptr);

    struct Item
    {
        MapKind kind;
        QString text; ///< "Python 12.3 KiB"
    };

    void setItems(std::vector<Item> items);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void updateHeight();
    /// Where the items are in a legend of that width.
    [[nodiscard]] std::vector<QRect> placesFor(int width) const;

    std::vector<Item> m_items;
    int m_wantedHeight = 0;
};

} // namespace romsmith::ui
