// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/textpage.h"

#include <QFontDatabase>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTimerEvent>

#include <algorithm>

namespace romsmith::ui {
namespace {

constexpr qsizetype sliceSize = 400; ///< lines; laying them out takes a few milliseconds

} // namespace

TextPage::TextPage(QWidget* parent)
    : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setUndoRedoEnabled(false);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    constexpr int tabWidth = 4;
    setTabStopDistance(tabWidth * fontMetrics().horizontalAdvance(QLatin1Char(' ')));
}

void TextPage::setText(const QString& text, const LineFormats& formats)
{
    m_timer.stop();
    m_wantedLine = 0;
    clear();
    m_lines = text.split(QLatin1Char('\n'));
    m_formats = formats;
    m_nextLine = 0;
    addSlice();
    if (!isComplete()) {
        m_timer.start(0, this);
    }
}

void TextPage::addSlice()
{
    const auto count = std::min(sliceSize, m_lines.size() - m_nextLine);
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    const auto begin = cursor.position();
    const bool isFirst = m_nextLine == 0;
    cursor.insertText((isFirst ? QString() : QStringLiteral("\n"))
                      % m_lines.mid(m_nextLine, count).join(QLatin1Char('\n')));
    auto block = document()->findBlock(isFirst ? begin : begin + 1);
    for (auto line = m_nextLine; line < m_nextLine + count; ++line, block = block.next()) {
        if (const auto index = static_cast<std::size_t>(line); index < m_formats.size()) {
            block.layout()->setFormats(m_formats[index]);
        }
    }
    document()->markContentsDirty(begin, document()->characterCount() - begin);
    m_nextLine += count;
    goToWantedLine();
}

void TextPage::goToLine(int line)
{
    m_wantedLine = line;
    goToWantedLine();
}

void TextPage::goToWantedLine()
{
    if (m_wantedLine <= 0 || (m_wantedLine > m_nextLine && !isComplete())) {
        return;
    }
    QTextCursor cursor(document()->findBlockByNumber(std::min(m_wantedLine, document()->blockCount()) - 1));
    cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    setTextCursor(cursor);
    centerCursor();
    m_wantedLine = 0;
}

void TextPage::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_timer.timerId()) {
        QPlainTextEdit::timerEvent(event);
        return;
    }
    addSlice();
    if (isComplete()) {
        m_timer.stop();
    }
}

} // namespace romsmith::ui
