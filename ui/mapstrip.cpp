// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mapstrip.h"

#include "ui/mapstyle.h"
#include "ui/text.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace romsmith::ui {
namespace {

constexpr int lineGap = 4; // pixels
constexpr double finestScale = 1.0 / 32; // bytes per pixel

} // namespace

MapStrip::MapStrip(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Window);
}

void MapStrip::setSegments(MapSegments segments, std::optional<std::uint64_t> capacity,
                           std::optional<std::uint32_t> current)
{
    m_segments = std::move(segments);
    m_capacity = capacity;
    m_current = current;
    m_hovered.reset();
    relayout();
}

std::uint64_t MapStrip::freeBytes() const
{
    return m_capacity && *m_capacity > m_segments.totalSize() ? *m_capacity - m_segments.totalSize() : 0;
}

void MapStrip::setCurrent(std::optional<std::uint32_t> entry)
{
    if (m_current != entry) {
        m_current = entry;
        if (entry) {
            scrollTo(m_segments.rangeOf(*entry).begin);
        }
        viewport()->update();
    }
}

// Geometry ------------------------------------------------------------------------------------------------------------

int MapStrip::lineHeight() const
{
    return fontMetrics().height() + 8;
}

int MapStrip::lineStep() const
{
    return lineHeight() + lineGap;
}

int MapStrip::lineWidth() const
{
    return std::max(viewport()->width(), 1);
}

/// Pixels for the free space, which is never drawn to scale: next to it the image would be a dot.
int MapStrip::tailPixels() const
{
    return freeBytes() == 0 ? 0 : std::min(fontMetrics().horizontalAdvance(freeText()) + 24, lineWidth() / 2);
}

QString MapStrip::freeText() const
{
    return tr("%1 free, not to scale").arg(roundSize(freeBytes()));
}

/// The scale at which all of the image is in sight.
double MapStrip::fittingScale() const
{
    const auto lines = std::max((viewport()->height() + lineGap) / lineStep(), 1);
    const auto pixels = std::max(lines * lineWidth() - tailPixels(), 1);
    return std::max(static_cast<double>(m_segments.totalSize()) / pixels, finestScale);
}

bool MapStrip::canZoomIn() const
{
    return m_scale > finestScale;
}

std::int64_t MapStrip::pixelOf(std::uint64_t offset) const
{
    return static_cast<std::int64_t>(static_cast<double>(offset) / m_scale);
}

std::uint64_t MapStrip::offsetOf(std::int64_t pixel) const
{
    return static_cast<std::uint64_t>(static_cast<double>(pixel) * m_scale);
}

std::int64_t MapStrip::stripPixels() const
{
    if (freeBytes() == 0) {
        return imagePixels();
    }
    // Free space takes the rest of the line, or a line of its own where the image leaves too little.
    const auto width = lineWidth();
    const auto rest = width - imagePixels() % width;
    return imagePixels() + (rest < tailPixels() ? rest + width : rest);
}

void MapStrip::setZoom(int zoom)
{
    if (zoom < 0 || (zoom > m_zoom && !canZoomIn())) {
        return;
    }
    const auto middle = m_current
        ? m_segments.rangeOf(*m_current).begin
        : offsetOf(static_cast<std::int64_t>(verticalScrollBar()->value()) / lineStep() * lineWidth());
    m_zoom = zoom;
    relayout();
    scrollTo(middle);
    Q_EMIT zoomChanged();
}

void MapStrip::relayout()
{
    m_scale = std::max(fittingScale() / std::exp2(m_zoom), finestScale);
    const auto lines = (stripPixels() + lineWidth() - 1) / lineWidth();
    const auto height = static_cast<int>(std::min<std::int64_t>(lines * lineStep() - lineGap, INT_MAX / 2));
    verticalScrollBar()->setRange(0, m_zoom == 0 ? 0 : std::max(height - viewport()->height(), 0));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineStep());
    viewport()->update();
}

void MapStrip::scrollTo(std::uint64_t offset)
{
    const auto top = static_cast<int>(pixelOf(offset) / lineWidth()) * lineStep();
    auto* bar = verticalScrollBar();
    if (top < bar->value() || top + lineHeight() > bar->value() + viewport()->height()) {
        bar->setValue(top - viewport()->height() / 3);
    }
}

QPoint MapStrip::positionOf(std::uint64_t offset) const
{
    const auto pixel = pixelOf(offset);
    const auto line = static_cast<int>(pixel / lineWidth());
    return {static_cast<int>(pixel % lineWidth()), line * lineStep() + lineHeight() / 2 - verticalScrollBar()->value()};
}

std::optional<std::size_t> MapStrip::segmentAt(const QPoint& position) const
{
    const auto y = position.y() + verticalScrollBar()->value();
    if (y < 0 || y % lineStep() >= lineHeight() || position.x() < 0 || position.x() >= lineWidth()
        || m_segments.all().empty()) {
        return {};
    }
    const auto pixel = static_cast<std::int64_t>(y / lineStep()) * lineWidth() + position.x();
    if (pixel >= imagePixels()) {
        return pixel < stripPixels() ? std::optional(m_segments.all().size()) : std::nullopt;
    }
    return shownAt(pixel, m_segments.indexAt(offsetOf(pixel)));
}

/// The segment that a pixel shows, @p first being the one at its left edge. Where several share it, one that is so
/// small that it could be seen nowhere else goes first, then the one with the largest share.
std::size_t MapStrip::shownAt(std::int64_t pixel, std::size_t first) const
{
    const auto& segments = m_segments.all();
    const auto left = static_cast<double>(pixel) * m_scale;
    const auto right = left + m_scale;
    auto shown = first;
    double largest = -1;
    bool isSmall = false;
    for (auto i = first; i < segments.size() && static_cast<double>(segments[i].begin) < right; ++i) {
        const bool small = static_cast<double>(segments[i].size()) < 2 * m_scale;
        const auto share = std::min(static_cast<double>(segments[i].end), right)
            - std::max(static_cast<double>(segments[i].begin), left);
        if (std::pair(small, share) > std::pair(isSmall, largest)) {
            shown = i;
            largest = share;
            isSmall = small;
        }
    }
    return shown;
}

// Painting ------------------------------------------------------------------------------------------------------------

template <typename Paint> void MapStrip::forEachLine(std::int64_t begin, std::int64_t end, Paint paint) const
{
    const std::int64_t width = lineWidth();
    const auto top = verticalScrollBar()->value();
    const std::int64_t firstLine = std::max<std::int64_t>(begin / width, top / lineStep());
    const std::int64_t lastLine = std::min<std::int64_t>((end - 1) / width, (top + viewport()->height()) / lineStep());
    for (auto line = firstLine; line <= lastLine; ++line) {
        const auto left = std::max(begin - line * width, std::int64_t{0});
        const auto right = std::min(end - line * width, width);
        const auto y = static_cast<int>(line) * lineStep() - top;
        paint(QRect(static_cast<int>(left), y, static_cast<int>(right - left), lineHeight()));
    }
}

void MapStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    if (m_segments.all().empty()) {
        return;
    }
    paintSegments(painter);
    paintFree(painter);
    paintBeyond(painter);
    paintCurrent(painter);
}

void MapStrip::paintSegments(QPainter& painter) const
{
    const auto& segments = m_segments.all();
    const auto top = verticalScrollBar()->value();
    const std::int64_t width = lineWidth();
    const auto end = std::min(((top + viewport()->height()) / lineStep() + 1) * width, imagePixels());
    auto pixel = top / lineStep() * width;
    for (auto i = m_segments.indexAt(offsetOf(pixel)); pixel < end;) {
        while (i + 1 < segments.size() && segments[i].end <= offsetOf(pixel)) {
            ++i;
        }
        // All pixels that nothing else is in, at once.
        const auto wholeEnd = pixelOf(segments[i].end);
        const auto next = std::max(wholeEnd, pixel + 1);
        paintSegment(painter, segments[wholeEnd > pixel ? i : shownAt(pixel, i)], pixel, next);
        pixel = next;
    }
}

void MapStrip::paintSegment(QPainter& painter, const MapSegment& segment, std::int64_t begin, std::int64_t end) const
{
    bool isLabelled = false;
    forEachLine(begin, end, [&](const QRect& rect) {
        paintMapKind(painter, rect, segment.kind, palette());
        constexpr int narrowestLabel = 40;
        if (isLabelled || !isContent(segment.kind) || rect.width() < narrowestLabel || !labelFor) {
            return;
        }
        isLabelled = true;
        const auto inner = rect.adjusted(4, 0, -4, 0);
        const auto label = fontMetrics().elidedText(labelFor(segment.entry), Qt::ElideMiddle, inner.width());
        // Text on a pattern is hard to read.
        const auto width = fontMetrics().horizontalAdvance(label);
        painter.fillRect(inner.x() - 2, rect.y(), width + 4, rect.height(), mapKindColor(segment.kind, palette()));
        painter.setPen(Qt::white);
        painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, label);
    });
}

void MapStrip::paintFree(QPainter& painter) const
{
    if (freeBytes() == 0) {
        return;
    }
    QRect widest;
    forEachLine(imagePixels(), stripPixels(), [&](const QRect& rect) {
        paintMapKind(painter, rect, MapKind::Free, palette());
        widest = rect.width() > widest.width() ? rect : widest;
    });
    const auto text = fontMetrics().elidedText(freeText(), Qt::ElideRight, widest.width() - 16);
    const auto size = fontMetrics().size(Qt::TextSingleLine, text);
    const QRect box(widest.center() - QPoint(size.width() / 2 + 4, size.height() / 2), size + QSize(8, 0));
    painter.fillRect(box, palette().base());
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(box, Qt::AlignCenter | Qt::TextSingleLine, text);
}

void MapStrip::paintBeyond(QPainter& painter) const
{
    if (!m_capacity || m_segments.bytesBeyond(*m_capacity) == 0) {
        return;
    }
    forEachLine(pixelOf(*m_capacity), std::max(imagePixels(), pixelOf(*m_capacity) + 1),
                [&](const QRect& rect) { paintMapKind(painter, rect, MapKind::Beyond, palette()); });
}

void MapStrip::paintCurrent(QPainter& painter) const
{
    if (!m_current) {
        return;
    }
    const auto range = m_segments.rangeOf(*m_current);
    const auto begin = pixelOf(range.begin);
    const auto end = std::max(pixelOf(range.end), begin + 3);
    // Two frames, one of which stands out from whatever is under them.
    forEachLine(begin, end, [&](const QRect& rect) {
        painter.setPen(QPen(palette().color(QPalette::Text), 2));
        painter.drawRect(rect.adjusted(1, 1, -1, -1));
        if (rect.width() > 8) {
            painter.setPen(palette().color(QPalette::Base));
            painter.drawRect(rect.adjusted(2, 2, -3, -3));
        }
    });
}

QSize MapStrip::sizeHint() const
{
    return {400, 4 * lineStep()};
}

QSize MapStrip::minimumSizeHint() const
{
    return {100, lineStep()};
}

// Events --------------------------------------------------------------------------------------------------------------

void MapStrip::resizeEvent(QResizeEvent*)
{
    relayout();
    Q_EMIT zoomChanged();
}

void MapStrip::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        relayout();
    }
}

void MapStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (const auto segment = segmentAt(event->position().toPoint()); segment != m_hovered) {
        m_hovered = segment;
        Q_EMIT hovered(segment);
    }
}

void MapStrip::mousePressEvent(QMouseEvent* event)
{
    const auto segment = segmentAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !segment || *segment >= m_segments.all().size()) {
        return;
    }
    if (const auto entry = m_segments.all()[*segment].entry; entry != romfs::noParent) {
        m_current = entry;
        viewport()->update();
        Q_EMIT activated(entry);
    }
}

bool MapStrip::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && toolTipFor) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto segment = segmentAt(help->pos());
        segment ? QToolTip::showText(help->globalPos(), toolTipFor(*segment), viewport()) : QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Leave && m_hovered) {
        m_hovered.reset();
        Q_EMIT hovered({});
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void MapStrip::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
    } else if (event->angleDelta().y() != 0) {
        event->angleDelta().y() > 0 ? zoomIn() : zoomOut();
    }
}

void MapStrip::step(int by)
{
    const auto count = static_cast<std::int64_t>(m_segments.entryCount());
    const auto from = m_current ? static_cast<std::int64_t>(*m_current) : (by > 0 ? -1 : count);
    if (const auto to = from + by; to >= 0 && to < count) {
        goTo(static_cast<std::uint32_t>(to));
    }
}

void MapStrip::goTo(std::uint32_t entry)
{
    if (entry < m_segments.entryCount()) {
        setCurrent(entry);
        Q_EMIT stepped(entry);
    }
}

void MapStrip::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return step(-1);
    case Qt::Key_Right:
        return step(1);
    case Qt::Key_Home:
        return goTo(0);
    case Qt::Key_End:
        return goTo(m_segments.entryCount() - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (m_current) {
            Q_EMIT activated(*m_current);
        }
        return;
    case Qt::Key_Plus:
        return zoomIn();
    case Qt::Key_Minus:
        return zoomOut();
    case Qt::Key_0:
        return zoomToFit();
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace romsmith::ui
