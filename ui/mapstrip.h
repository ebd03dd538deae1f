// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/mapsegments.h"

#include <QAbstractScrollArea>

#include <functional>
#include <optional>

namespace romsmith::ui {

/// The image as a strip of bytes that is wrapped into lines, like text. All of it is in sight until it is zoomed.
class MapStrip final : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit MapStrip(QWidget* parent = nullptr);

    /// @p capacity is the size of the partition, if there is one. @p current is framed wherever it is now.
    void setSegments(MapSegments segments, std::optional<std::uint64_t> capacity, std::optional<std::uint32_t> current);
    [[nodiscard]] const MapSegments& segments() const { return m_segments; }
    [[nodiscard]] std::uint64_t freeBytes() const;

    /// Frames an entry and brings it into sight.
    void setCurrent(std::optional<std::uint32_t> entry);
    [[nodiscard]] std::optional<std::uint32_t> current() const { return m_current; }

    /// What is at a point of the viewport: an index in segments().all(), or one past the last for free space.
    [[nodiscard]] std::optional<std::size_t> segmentAt(const QPoint& position) const;

    /// Where a byte of the image is on the viewport.
    [[nodiscard]] QPoint positionOf(std::uint64_t offset) const;

    void zoomIn() { setZoom(m_zoom + 1); }
    void zoomOut() { setZoom(m_zoom - 1); }
    void zoomToFit() { setZoom(0); }
    [[nodiscard]] bool canZoomIn() const;
    [[nodiscard]] bool canZoomOut() const { return m_zoom > 0; }

    std::function<QString(std::size_t segment)> toolTipFor;
    std::function<QString(std::uint32_t entry)> labelFor; ///< written onto content where there is room

Q_SIGNALS:
    void hovered(std::optional<std::size_t> segment);
    void stepped(std::uint32_t entry); ///< the keyboard went to another entry
    void activated(std::uint32_t entry); ///< a click or the Return key
    void zoomChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

private:
    void setZoom(int zoom);
    void relayout();
    void scrollTo(std::uint64_t offset);
    [[nodiscard]] int lineHeight() const;
    [[nodiscard]] int lineStep() const;
    [[nodiscard]] int lineWidth() const;
    [[nodiscard]] int tailPixels() const;
    [[nodiscard]] double fittingScale() const;
    [[nodiscard]] QString freeText() const;

    [[nodiscard]] std::int64_t pixelOf(std::uint64_t offset) const; ///< along the strip
    [[nodiscard]] std::uint64_t offsetOf(std::int64_t pixel) const; ///< of its left edge
    [[nodiscard]] std::int64_t imagePixels() const { return pixelOf(m_segments.totalSize()); }
    [[nodiscard]] std::int64_t stripPixels() const;
    [[nodiscard]] std::size_t shownAt(std::int64_t pixel, std::size_t first) const;

    /// Calls @p paint(QRect) for every line that the pixels from @p begin to @p end of the strip are in and that is in
    /// sight.
    template <typename Paint> void forEachLine(std::int64_t begin, std::int64_t end, Paint paint) const;

    void paintSegments(QPainter& painter) const;
    void paintSegment(QPainter& painter, const MapSegment& segment, std::int64_t begin, std::int64_t end) const;
    void paintFree(QPainter& painter) const;
    void paintBeyond(QPainter& painter) const;
    void paintCurrent(QPainter& painter) const;
    void step(int by);
    void goTo(std::uint32_t entry);

    MapSegments m_segments;
    std::optional<std::uint64_t> m_capacity;
    std::optional<std::uint32_t> m_current;
    std::optional<std::size_t> m_hovered;
    int m_zoom = 0; ///< each step doubles
    double m_scale = 1; ///< bytes per pixel
};

} // namespace romsmith::ui
