// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/markedtext.h"

#include <QEvent>
#include <QFontDatabase>
#include <QSyntaxHighlighter>
#include <QTextDocument>

namespace romsmith::ui {
namespace {

/// A tint of @p color that text can be read on, whether the palette is dark or light.
QColor tinted(const QColor& base, const QColor& color)
{
    constexpr auto strength = 0.3F;
    const auto mix = [](float from, float to) { return from + (to - from) * strength; };
    return QColor::fromRgbF(mix(base.redF(), color.redF()), mix(base.greenF(), color.greenF()),
                            mix(base.blueF(), color.blueF()));
}

} // namespace

class MarkedText::Highlighter final : public QSyntaxHighlighter
{
public:
    explicit Highlighter(MarkedText& view)
        : QSyntaxHighlighter(view.document())
        , m_view(view)
    { }

    void setLines(std::vector<Line> lines) { m_lines = std::move(lines); }

protected:
    void highlightBlock(const QString&) override
    {
        const auto number = static_cast<std::size_t>(currentBlock().blockNumber());
        if (number >= m_lines.size()) {
            return;
        }
        for (const auto& span : m_lines[number].spans) {
            setFormat(span.start, span.length, formatFor(span.mark));
        }
    }

private:
    QTextCharFormat formatFor(Mark mark) const
    {
        QTextCharFormat format;
        format.setFontUnderline(mark == Mark::RemovedPart || mark == Mark::AddedPart);
        const auto palette = m_view.palette();
        switch (mark) {
        case Mark::Removed:
        case Mark::RemovedPart:
            format.setBackground(tinted(palette.color(QPalette::Base), QColor(0xe0, 0x40, 0x40)));
            break;
        case Mark::Added:
        case Mark::AddedPart:
            format.setBackground(tinted(palette.color(QPalette::Base), QColor(0x30, 0xb0, 0x50)));
            break;
        case Mark::Heading:
            format.setForeground(palette.color(QPalette::PlaceholderText));
            break;
        }
        return format;
    }

    MarkedText& m_view;
    std::vector<Line> m_lines;
};

MarkedText::MarkedText(QWidget* parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new Highlighter(*this))
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setUndoRedoEnabled(false);
    setLineWrapMode(NoWrap);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
}

void MarkedText::setLines(std::vector<Line> lines)
{
    QString all;
    for (const auto& line : lines) {
        if (!all.isEmpty()) {
            all += QLatin1Char('\n');
        }
        all += line.text;
    }
    m_highlighter->setLines(std::move(lines));
    setPlainText(all);
}

void MarkedText::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_highlighter->rehighlight();
    }
}

} // namespace romsmith::ui
