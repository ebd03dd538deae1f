// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/mapsegments.h"

#include <QWidget>

namespace romsmith::ui {

/// What the colours and patterns of the image map mean, and how much there is of each; wraps like text.
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

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// Where the items are in a legend of that width.
    [[nodiscard]] std::vector<QRect> placesFor(int width) const;

    std::vector<Item> m_items;
};

} // namespace romsmith::ui
