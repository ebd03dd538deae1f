// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/highlighting.h"

#include <QBasicTimer>
#include <QPlainTextEdit>
#include <QStringList>

namespace romsmith::ui {

/// Text that can be read and copied only. A long one comes in slices, so that the window goes on answering.
class TextPage final : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit TextPage(QWidget* parent = nullptr);

    /// @p formats are those of the lines of @p text.
    void setText(const QString& text, const LineFormats& formats);
    void goToLine(int line); ///< from 1; as soon as it is there
    [[nodiscard]] bool isComplete() const { return m_nextLine == m_lines.size(); }

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    void addSlice();
    void goToWantedLine();

    QStringList m_lines;
    LineFormats m_formats;
    qsizetype m_nextLine = 0;
    int m_wantedLine = 0; ///< to go to; 0 for none
    QBasicTimer m_timer;
};

} // namespace romsmith::ui
