// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/bytetext.h"
#include "ui/hexview.h"

#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace romsmith::ui {
namespace {

QString hexDigits(std::uint64_t value, int digits)
{
    return QStringLiteral("%1").arg(static_cast<qulonglong>(value), digits, 16, QLatin1Char('0'));
}

/// Bytes as they stand in a row, with the gaps between them.
QString hexText(romfs::Bytes bytes, int column)
{
    auto text = QString::fromStdString(inspect::toHex(bytes));
    if (const auto gap = HexGeometry::group - column; gap > 0 && gap < static_cast<int>(bytes.size())) {
        text.insert(gap * 3, QLatin1Char(' '));
    }
    return text;
}

QString characterText(romfs::Bytes bytes)
{
    QString text;
    for (const auto byte : bytes) {
        text += QLatin1Char(inspect::shownCharacter(byte));
    }
    return text;
}

} // namespace

void HexView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.setFont(font());
    painter.fillRect(event->rect(), palette().base());
    painter.translate(-horizontalScrollBar()->value(), 0);
    const auto firstRow = static_cast<std::uint64_t>(verticalScrollBar()->value());
    const auto rows
        = static_cast<std::uint64_t>((viewport()->height() - m_geometry.headHeight()) / m_geometry.rowHeight() + 1);
    const auto lastRow = std::min(firstRow + rows, m_geometry.rowCount());
    const ByteRange visible{.begin = std::min(m_geometry.offsetAt(firstRow, 0), m_content.size()),
                            .end = std::min(m_geometry.offsetAt(lastRow, 0), m_content.size())};
    const auto bytes = read(visible);
    for (auto row = firstRow; row < lastRow; ++row) {
        paintRow(painter, row, bytes, visible.begin);
    }
    paintCaret(painter);
    paintColumnHeads(painter);
}

void HexView::paintColumnHeads(QPainter& painter) const
{
    const QRect head(0, 0, std::max(m_geometry.width(), viewport()->width() + horizontalScrollBar()->value()),
                     m_geometry.headHeight());
    painter.fillRect(head, palette().button());
    painter.setPen(palette().color(QPalette::ButtonText));
    for (int column = 0; column < m_geometry.bytesPerRow(); ++column) {
        painter.drawText(m_geometry.hexCell(column, 2), Qt::AlignCenter,
                         hexDigits(static_cast<std::uint64_t>(column), 1));
    }
    painter.setPen(palette().color(QPalette::Mid));
    painter.drawLine(head.bottomLeft(), head.bottomRight());
}

void HexView::paintRow(QPainter& painter, std::uint64_t row, romfs::Bytes bytes, std::uint64_t first) const
{
    const auto line = static_cast<int>(row - static_cast<std::uint64_t>(verticalScrollBar()->value()));
    const auto top = m_geometry.headHeight() + line * m_geometry.rowHeight();
    auto faint = palette().color(QPalette::Text); // not every palette has a PlaceholderText that can be read
    faint.setAlphaF(0.6F);
    painter.setPen(faint);
    painter.drawText(m_geometry.offsetCell(top), Qt::AlignVCenter | Qt::AlignLeft,
                     hexDigits(m_geometry.labelOf(row), m_geometry.offsetDigits()));
    const ByteRange here{.begin = m_geometry.offsetAt(row, 0),
                         .end = std::min(m_geometry.offsetAt(row + 1, 0), first + bytes.size())};
    // At most three pieces: in front of the selection, selected, and behind it.
    const auto selected = selection();
    auto from = here.begin;
    for (const auto border : {selected.begin, selected.end, here.end}) {
        if (const auto to = std::min(border, here.end); to > from) {
            paintPiece(painter, top, {.begin = from, .end = to}, bytes.subspan(from - first, to - from));
            from = to;
        }
    }
    for (auto offset = here.begin; offset < here.end; ++offset) {
        paintMark(painter, top, offset, here.end);
    }
}

void HexView::paintPiece(QPainter& painter, int top, ByteRange range, romfs::Bytes bytes) const
{
    const auto column = m_geometry.columnOf(range.begin);
    const auto last = m_geometry.columnOf(range.end - 1);
    const auto cells = m_geometry.hexCell(column, top) | m_geometry.hexCell(last, top);
    const auto characters = m_geometry.characterCell(column, top) | m_geometry.characterCell(last, top);
    const bool isSelected = selection().contains(range.begin);
    if (isSelected) {
        painter.fillRect(cells, palette().highlight());
        painter.fillRect(characters, palette().highlight());
    }
    painter.setPen(palette().color(isSelected ? QPalette::HighlightedText : QPalette::Text));
    const auto baseline = top + painter.fontMetrics().ascent();
    painter.drawText(QPoint(cells.left(), baseline), hexText(bytes, column));
    painter.drawText(QPoint(characters.left(), baseline), characterText(bytes));
}

/// Underlines what is marked, and puts a frame around what was found.
void HexView::paintMark(QPainter& painter, int top, std::uint64_t offset, std::uint64_t rowEnd) const
{
    const bool isSelected = selection().contains(offset);
    const auto column = m_geometry.columnOf(offset);
    auto cell = m_geometry.hexCell(column, top);
    const auto character = m_geometry.characterCell(column, top);
    if (isMarked(offset)) {
        painter.setPen(palette().color(isSelected ? QPalette::HighlightedText : QPalette::Text));
        painter.drawLine(cell.bottomLeft(), cell.bottomRight());
        painter.drawLine(character.bottomLeft(), character.bottomRight());
    }
    const auto match = matchAt(offset);
    if (match.size() == 0) {
        return;
    }
    painter.setPen(palette().color(isSelected ? QPalette::HighlightedText : QPalette::Highlight));
    const bool goesOn = offset + 1 < std::min(match.end, rowEnd);
    cell.setLeft(cell.left() - 2);
    cell.setRight(goesOn ? m_geometry.hexCell(column + 1, top).left() - 2 : cell.right() + 1);
    for (const auto& frame : {cell, character}) {
        painter.drawLine(frame.topLeft(), frame.topRight());
        painter.drawLine(frame.bottomLeft(), frame.bottomRight());
        if (offset == match.begin) {
            painter.drawLine(frame.topLeft(), frame.bottomLeft());
        }
        if (offset + 1 == match.end) {
            painter.drawLine(frame.topRight(), frame.bottomRight());
        }
    }
}

void HexView::paintCaret(QPainter& painter) const
{
    const auto row = m_geometry.rowOf(m_position);
    const auto firstRow = static_cast<std::uint64_t>(verticalScrollBar()->value());
    if (row < firstRow || m_content.isEmpty()) {
        return;
    }
    const auto top = m_geometry.headHeight()
        + static_cast<int>(std::min<std::uint64_t>(row - firstRow, 10'000)) * m_geometry.rowHeight();
    const auto column = m_geometry.columnOf(m_position);
    const auto width = hasFocus() ? 2 : 1;
    for (const auto& cell : {m_geometry.hexCell(column, top), m_geometry.characterCell(column, top)}) {
        painter.fillRect(QRect(cell.left() - 1, cell.top(), width, cell.height()), palette().text());
    }
}

bool HexView::isMarked(std::uint64_t offset) const
{
    const auto after = std::ranges::upper_bound(m_marks, offset, {}, &ByteRange::begin);
    return after != m_marks.begin() && std::prev(after)->contains(offset);
}

ByteRange HexView::matchAt(std::uint64_t offset) const
{
    const auto after = std::ranges::upper_bound(m_matches, offset);
    if (after == m_matches.begin() || offset - *std::prev(after) >= m_matchLength) {
        return {};
    }
    return {.begin = *std::prev(after), .end = *std::prev(after) + m_matchLength};
}

} // namespace romsmith::ui
