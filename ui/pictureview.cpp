// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pictureview.h"

#include <QPainter>

#include <algorithm>

namespace romsmith::ui {
namespace {

constexpr int largestFactor = 8;
constexpr int checkSize = 8; ///< of the pattern behind what is transparent

} // namespace

PictureView::PictureView(QWidget* parent)
    : QWidget(parent)
{
    setMinimumSize(64, 64);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void PictureView::setPicture(const QImage& picture, QSize originalSize)
{
    m_picture = picture;
    m_original = originalSize;
    m_scaled = {};
    fit();
    update();
}

void PictureView::fit()
{
    if (m_picture.isNull() || m_original.isEmpty()) {
        m_shown = {};
        return;
    }
    const auto room = size();
    const auto factor
        = std::min({room.width() / m_original.width(), room.height() / m_original.height(), largestFactor});
    const auto shown
        = factor >= 1 ? m_original * factor : m_original.scaled(room, Qt::KeepAspectRatio).expandedTo({1, 1});
    if (shown != m_shown) {
        m_shown = shown;
        m_scaled = {};
        Q_EMIT scaleChanged();
    }
}

int PictureView::percent() const
{
    return m_original.isEmpty() ? 0 : static_cast<int>(100LL * m_shown.width() / m_original.width());
}

void PictureView::resizeEvent(QResizeEvent*)
{
    fit();
}

void PictureView::paintEvent(QPaintEvent*)
{
    if (m_shown.isEmpty()) {
        return;
    }
    QPainter painter(this);
    const QRect place({(width() - m_shown.width()) / 2, (height() - m_shown.height()) / 2}, m_shown);
    if (m_picture.hasAlphaChannel()) {
        painter.fillRect(place, palette().base());
        for (int y = 0; y < place.height(); y += checkSize) {
            for (int x = y / checkSize % 2 * checkSize; x < place.width(); x += 2 * checkSize) {
                painter.fillRect(QRect(place.x() + x, place.y() + y, checkSize, checkSize) & place,
                                 palette().alternateBase());
            }
        }
    }
    if (m_shown.width() >= m_original.width()) {
        painter.drawImage(place, m_picture);
        return;
    }
    if (m_scaled.isNull()) {
        const auto pixels = m_shown * devicePixelRatioF();
        m_scaled = QPixmap::fromImage(m_picture.scaled(pixels, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    }
    painter.drawPixmap(place, m_scaled);
}

} // namespace romsmith::ui
