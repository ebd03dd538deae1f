// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/highlighting.h"

#include <KSyntaxHighlighting/AbstractHighlighter>
#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/State>
#include <KSyntaxHighlighting/Theme>
#include <QStringTokenizer>

#include <map>

namespace romsmith::ui {
namespace {

namespace Syntax = KSyntaxHighlighting;

/// Gathers formats instead of painting them: the library's own highlighter works in the UI thread.
class Collector final : public Syntax::AbstractHighlighter
{
public:
    LineFormats collect(const QString& text, const std::stop_token& stop)
    {
        LineFormats lines;
        Syntax::State state;
        for (const auto line : QStringTokenizer(text, QLatin1Char('\n'))) {
            if (stop.stop_requested()) {
                break;
            }
            m_line.clear();
            state = highlightLine(line, state);
            lines.push_back(m_line);
        }
        return lines;
    }

protected:
    void applyFormat(int offset, int length, const Syntax::Format& format) override
    {
        if (length > 0 && !format.isDefaultTextStyle(theme())) {
            m_line.append({.start = offset, .length = length, .format = shownFormat(format)});
        }
    }

private:
    /// All ranges of a kind share one format.
    const QTextCharFormat& shownFormat(const Syntax::Format& format)
    {
        const auto [entry, isNew] = m_formats.try_emplace(format.id());
        auto& shown = entry->second;
        if (isNew) {
            if (format.hasTextColor(theme())) {
                shown.setForeground(format.textColor(theme()));
            }
            if (format.isBold(theme())) {
                shown.setFontWeight(QFont::Bold);
            }
            shown.setFontItalic(format.isItalic(theme()));
            shown.setFontUnderline(format.isUnderline(theme()));
        }
        return shown;
    }

    std::map<int, QTextCharFormat> m_formats;
    QList<QTextLayout::FormatRange> m_line;
};

Syntax::Definition definitionFor(const Syntax::Repository& repository, inspect::FileKind kind, const QString& name)
{
    switch (kind) {
    case inspect::FileKind::Python:
        return repository.definitionForName(QStringLiteral("Python"));
    case inspect::FileKind::Json:
        return repository.definitionForName(QStringLiteral("JSON"));
    default:
        return repository.definitionForFileName(name);
    }
}

} // namespace

LineFormats highlight(const QString& text, inspect::FileKind kind, const QString& name, const QPalette& palette,
                      const std::stop_token& stop)
{
    // A repository must stay in one thread, so every run has its own; making one takes a few milliseconds.
    const Syntax::Repository repository;
    const auto definition = definitionFor(repository, kind, name);
    if (!definition.isValid()) {
        return {};
    }
    Collector collector;
    collector.setDefinition(definition);
    collector.setTheme(repository.themeForPalette(palette));
    return collector.collect(text, stop);
}

} // namespace romsmith::ui
