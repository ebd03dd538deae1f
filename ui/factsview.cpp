// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/factsview.h"

#include <QEvent>
#include <QScrollBar>
#include <QTextCursor>
#include <QTextTable>

#include <algorithm>

namespace romsmith::ui {
namespace {

/// The width of the widest name, so that all values begin in one column.
int widestName(const std::vector<FactGroup>& groups, const QFontMetrics& metrics)
{
    int widest = 0;
    for (const auto& group : groups) {
        for (const auto& fact : group.facts) {
            widest = std::max(widest, metrics.horizontalAdvance(fact.name));
        }
    }
    return widest;
}

QTextTableFormat tableFormat(int nameWidth)
{
    QTextTableFormat format;
    format.setBorder(0);
    format.setCellPadding(2);
    format.setCellSpacing(0);
    format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
    constexpr int gap = 12;
    format.setColumnWidthConstraints(
        {QTextLength(QTextLength::FixedLength, nameWidth + gap), QTextLength(QTextLength::VariableLength, 0)});
    return format;
}

void insertTitle(QTextCursor& cursor, const QString& title, bool isFirst)
{
    QTextBlockFormat block;
    constexpr qreal gap = 10;
    block.setTopMargin(isFirst ? 0 : gap);
    block.setHeadingLevel(3);
    QTextCharFormat bold;
    bold.setFontWeight(QFont::Bold);
    if (isFirst) {
        cursor.setBlockFormat(block);
    } else {
        cursor.insertBlock(block);
    }
    cursor.insertText(title, bold);
    cursor.insertBlock(QTextBlockFormat(), QTextCharFormat());
}

} // namespace

QString toPlainText(const std::vector<FactGroup>& groups)
{
    QString text;
    for (const auto& group : groups) {
        if (!text.isEmpty()) {
            text += QLatin1Char('\n');
        }
        text += group.title % QLatin1Char('\n');
        for (const auto& fact : group.facts) {
            text += fact.name % QStringLiteral(": ") % fact.value % QLatin1Char('\n');
        }
    }
    return text;
}

FactsView::FactsView(QWidget* parent)
    : QTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
}

void FactsView::setGroups(std::vector<FactGroup> groups)
{
    if (groups != m_groups) {
        m_groups = std::move(groups);
        rebuild();
    }
}

void FactsView::rebuild()
{
    const auto scrolled = verticalScrollBar()->value();
    clear();
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    const auto format = tableFormat(widestName(m_groups, fontMetrics()));
    QTextCharFormat nameFormat;
    nameFormat.setForeground(palette().placeholderText());
    bool isFirst = true;
    for (const auto& group : m_groups) {
        insertTitle(cursor, group.title, isFirst);
        isFirst = false;
        if (group.facts.empty()) {
            continue;
        }
        auto* table = cursor.insertTable(static_cast<int>(group.facts.size()), 2, format);
        for (int row = 0; row < table->rows(); ++row) {
            const auto& fact = group.facts[static_cast<std::size_t>(row)];
            table->cellAt(row, 0).firstCursorPosition().insertText(fact.name, nameFormat);
            table->cellAt(row, 1).firstCursorPosition().insertText(fact.value);
        }
        cursor.movePosition(QTextCursor::End);
    }
    cursor.endEditBlock();
    verticalScrollBar()->setValue(scrolled);
}

void FactsView::changeEvent(QEvent* event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        rebuild();
    }
}

} // namespace romsmith::ui
