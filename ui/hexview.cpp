// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/hexview.h"

#include "core/inspect/bytetext.h"
#include "core/inspect/decodedtext.h"
#include "ui/text.h"

#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <limits>

namespace romsmith::ui {
namespace {

constexpr int dragInterval = 40; ///< ms between steps when a drag has left the view

int toRow(std::uint64_t row)
{
    return static_cast<int>(std::min<std::uint64_t>(row, std::numeric_limits<int>::max()));
}

QString toFormat(romfs::Bytes bytes, ByteFormat format)
{
    switch (format) {
    case ByteFormat::Hex:
        return text(inspect::toHex(bytes));
    case ByteFormat::Text:
        return text(
            inspect::decodeText(bytes, {.bytes = bytes.size(), .lines = bytes.size() + 1, .column = bytes.size() + 1})
                .utf8);
    case ByteFormat::CArray:
        return text(inspect::toCArray(bytes));
    case ByteFormat::PythonBytes:
        return text(inspect::toPythonBytes(bytes));
    }
    return {};
}

} // namespace

HexView::HexView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setAccessibleName(tr("Bytes"));
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    verticalScrollBar()->setSingleStep(1);
    relayout();
}

void HexView::setContent(romfs::Content content)
{
    m_content = std::move(content);
    m_matches.clear();
    m_marks.clear();
    m_anchor = std::min(m_anchor, m_content.size());
    m_position = std::min(m_position, m_content.size());
    relayout();
    Q_EMIT selectionChanged();
}

void HexView::setBase(std::uint64_t base)
{
    if (m_base != base) {
        m_base = base;
        relayout();
    }
}

void HexView::setMarks(std::vector<ByteRange> marks)
{
    m_marks = std::move(marks);
    viewport()->update();
}

void HexView::setMatches(std::vector<std::uint64_t> offsets, std::uint64_t length)
{
    m_matches = std::move(offsets);
    m_matchLength = length;
    viewport()->update();
}

ByteRange HexView::selection() const
{
    return {.begin = std::min(m_anchor, m_position), .end = std::max(m_anchor, m_position)};
}

void HexView::select(ByteRange range)
{
    const auto end = std::min(range.end, m_content.size());
    setCaret(std::min(range.begin, end), end);
    bringIntoSight(selection());
}

void HexView::moveTo(std::uint64_t position)
{
    const auto there = std::min(position, m_content.size());
    bringIntoSight({.begin = there, .end = there});
    setPosition(there, Selecting::No);
}

/// With some of what comes before it, and more of what follows.
void HexView::bringIntoSight(ByteRange range)
{
    auto* bar = verticalScrollBar();
    const auto first = toRow(m_geometry.rowOf(range.begin));
    const auto last = toRow(m_geometry.rowOf(std::max(range.begin + 1, range.end) - 1));
    if (first < bar->value() || last >= bar->value() + bar->pageStep()) {
        bar->setValue(first - bar->pageStep() / 4);
    }
}

void HexView::selectAll()
{
    setCaret(0, m_content.size());
}

ByteRange HexView::copyableRange() const
{
    auto range = selection();
    if (range.size() == 0) {
        range.end = std::min(range.begin + 1, m_content.size());
    }
    return range;
}

void HexView::copy(ByteFormat format)
{
    const auto range = copyableRange();
    if (range.size() > maxCopied) {
        Q_EMIT noticed(tr("%1 are selected, and at most %2 can be copied. Extract the file instead.")
                           .arg(roundSize(range.size()), roundSize(maxCopied)));
    } else if (range.size() > 0) {
        QGuiApplication::clipboard()->setText(toFormat(read(range), format));
        Q_EMIT noticed(tr("Copied %1").arg(roundSize(range.size())));
    }
}

void HexView::addActions(QMenu& menu)
{
    const bool hasBytes = copyableRange().size() > 0;
    const auto add = [&](const QString& label, ByteFormat format) {
        auto* action = menu.addAction(label, this, [this, format] { copy(format); });
        action->setEnabled(hasBytes);
        return action;
    };
    add(tr("&Copy as Hex"), ByteFormat::Hex)->setShortcut(QKeySequence::Copy);
    add(tr("Copy as &Text"), ByteFormat::Text);
    add(tr("Copy as C &Array"), ByteFormat::CArray);
    add(tr("Copy as &Python Bytes"), ByteFormat::PythonBytes);
    menu.addSeparator();
    menu.addAction(tr("Select &All"), this, &HexView::selectAll)->setShortcut(QKeySequence::SelectAll);
}

std::vector<std::byte> HexView::read(ByteRange range) const
{
    std::vector<std::byte> bytes(range.size());
    if (!m_content.read(range.begin, bytes)) {
        bytes.clear();
    }
    return bytes;
}

void HexView::relayout()
{
    m_geometry = HexGeometry(QFontMetricsF(font()), m_base, m_content.size(), viewport()->width());
    const auto visible = std::max(1, (viewport()->height() - m_geometry.headHeight()) / m_geometry.rowHeight());
    verticalScrollBar()->setRange(0, std::max(0, toRow(m_geometry.rowCount()) - visible));
    verticalScrollBar()->setPageStep(visible);
    horizontalScrollBar()->setRange(0, std::max(0, m_geometry.width() - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(m_geometry.rowHeight());
    viewport()->update();
}

QSize HexView::sizeHint() const
{
    const HexGeometry wide(QFontMetricsF(font()), m_base, m_content.size(), std::numeric_limits<int>::max());
    return {wide.width() + verticalScrollBar()->sizeHint().width() + 2 * frameWidth(), wide.rowHeight() * 20};
}

void HexView::setPosition(std::uint64_t position, Selecting selecting)
{
    setCaret(selecting == Selecting::Yes ? m_anchor : position, position);
    scrollToPosition();
}

void HexView::setCaret(std::uint64_t anchor, std::uint64_t position)
{
    m_anchor = anchor;
    m_position = position;
    viewport()->update();
    Q_EMIT selectionChanged();
}

void HexView::scrollToPosition()
{
    auto* bar = verticalScrollBar();
    const auto row = toRow(m_geometry.rowOf(m_position));
    if (row < bar->value()) {
        bar->setValue(row);
    } else if (row >= bar->value() + bar->pageStep()) {
        bar->setValue(row - bar->pageStep() + 1);
    }
}

std::uint64_t HexView::byteAt(QPoint point) const
{
    const auto line = std::max(0, point.y() - m_geometry.headHeight()) / m_geometry.rowHeight();
    const auto row = static_cast<std::uint64_t>(verticalScrollBar()->value()) + static_cast<std::uint64_t>(line);
    const auto column = m_geometry.columnAt(point.x() + horizontalScrollBar()->value());
    return std::min(m_geometry.offsetAt(row, column), m_content.size());
}

bool HexView::moveByKey(const QKeyEvent& event)
{
    const auto perRow = static_cast<std::uint64_t>(m_geometry.bytesPerRow());
    const auto page = perRow * static_cast<std::uint64_t>(verticalScrollBar()->pageStep());
    const bool wholeFile = event.modifiers().testFlag(Qt::ControlModifier);
    const auto row = m_geometry.rowOf(m_position);
    const auto back = [this](std::uint64_t by) { return m_position - std::min(by, m_position); };
    auto to = m_position;
    switch (event.key()) {
    case Qt::Key_Left:
        to = back(1);
        break;
    case Qt::Key_Right:
        to += 1;
        break;
    case Qt::Key_Up:
        to = back(perRow);
        break;
    case Qt::Key_Down:
        to += perRow;
        break;
    case Qt::Key_PageUp:
        to = back(page);
        break;
    case Qt::Key_PageDown:
        to += page;
        break;
    case Qt::Key_Home:
        to = wholeFile ? 0 : m_geometry.offsetAt(row, 0);
        break;
    case Qt::Key_End:
        to = wholeFile ? m_content.size() : m_geometry.offsetAt(row, m_geometry.bytesPerRow() - 1);
        break;
    default:
        return false;
    }
    const auto selecting = event.modifiers().testFlag(Qt::ShiftModifier) ? Selecting::Yes : Selecting::No;
    setPosition(std::min(to, m_content.size()), selecting);
    return true;
}

bool HexView::event(QEvent* event)
{
    // These belong to the view while it has the focus, whatever the window uses them for.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Copy) || key->matches(QKeySequence::SelectAll)) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void HexView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy(ByteFormat::Hex);
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (!moveByKey(*event)) {
        event->ignore();
    }
}

void HexView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    const auto byte = byteAt(event->position().toPoint());
    if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_pressed = m_anchor;
        dragTo(event->position().toPoint());
    } else {
        m_pressed = byte;
        setCaret(byte, byte);
    }
}

void HexView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton)) {
        return;
    }
    m_dragPoint = event->position().toPoint();
    dragTo(m_dragPoint);
    if (viewport()->rect().contains(m_dragPoint)) {
        m_dragTimer.stop();
    } else if (!m_dragTimer.isActive()) {
        m_dragTimer.start(dragInterval, this);
    }
}

void HexView::mouseReleaseEvent(QMouseEvent*)
{
    m_dragTimer.stop();
}

void HexView::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_dragTimer.timerId()) {
        QAbstractScrollArea::timerEvent(event);
        return;
    }
    auto* bar = verticalScrollBar();
    if (m_dragPoint.y() < 0) {
        bar->setValue(bar->value() - 1);
    } else if (m_dragPoint.y() >= viewport()->height()) {
        bar->setValue(bar->value() + 1);
    }
    dragTo(m_dragPoint);
}

/// Both the byte on which the drag began and the one under the pointer are selected.
void HexView::dragTo(QPoint point)
{
    const auto byte = byteAt(point);
    const auto size = m_content.size();
    if (byte >= m_pressed) {
        setCaret(m_pressed, std::min(byte + 1, size));
    } else {
        setCaret(std::min(m_pressed + 1, size), byte);
    }
}

void HexView::resizeEvent(QResizeEvent*)
{
    // The number of bytes in a row may change; what is on top stays on top.
    const auto top = m_geometry.offsetAt(static_cast<std::uint64_t>(verticalScrollBar()->value()), 0);
    relayout();
    verticalScrollBar()->setValue(toRow(m_geometry.rowOf(top)));
}

void HexView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        relayout();
    }
}

void HexView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void HexView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

} // namespace romsmith::ui
