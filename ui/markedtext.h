// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

#include <vector>

namespace romsmith::ui {

/// Text to read and copy, with marks on what was removed and what was added. The marks are a help only: the text must
/// say the same without them.
class MarkedText final : public QPlainTextEdit
{
    Q_OBJECT

public:
    enum class Mark : std::uint8_t {
        Removed,
        Added,
        RemovedPart, ///< underlined, for what nothing else in the line tells
        AddedPart,
        Heading,
    };

    struct Span
    {
        int start; ///< in the line
        int length;
        Mark mark;
    };

    struct Line
    {
        QString text;
        std::vector<Span> spans;
    };

    explicit MarkedText(QWidget* parent = nullptr);

    void setLines(std::vector<Line> lines);

protected:
    void changeEvent(QEvent* event) override;

private:
    class Highlighter;

    Highlighter* m_highlighter;
};

} // namespace romsmith::ui
