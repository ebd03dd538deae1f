// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

namespace romsmith::ui {

/// A picture, made smaller to fit or larger by a whole factor.
class PictureView final : public QWidget
{
    Q_OBJECT

public:
    explicit PictureView(QWidget* parent = nullptr);

    void setPicture(const QImage& picture, QSize originalSize);
    [[nodiscard]] const QImage& picture() const { return m_picture; }

    /// The size on the screen, of the original.
    [[nodiscard]] int percent() const;

Q_SIGNALS:
    void scaleChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fit();

    QImage m_picture;
    QSize m_original;
    QSize m_shown;
    QPixmap m_scaled;
};

} // namespace romsmith::ui
