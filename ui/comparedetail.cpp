// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparedetail.h"

#include "ui/comparetext.h"
#include "ui/text.h"

#include <QLabel>
#include <QTabWidget>
#include <QVBoxLayout>

namespace romsmith::ui {

CompareDetail::CompareDetail(QWidget* parent)
    : QWidget(parent)
    , m_summary(new QLabel(this))
    , m_pages(new QTabWidget(this))
    , m_text(new MarkedText(m_pages))
    , m_bytes(new MarkedText(m_pages))
{
    m_summary->setWordWrap(true);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setAccessibleName(tr("What became of the selected entry"));
    m_text->setAccessibleName(tr("Lines that differ"));
    m_bytes->setAccessibleName(tr("Bytes that differ"));
    m_pages->setAccessibleName(tr("Difference of the selected file"));
    m_pages->setDocumentMode(true);
    m_pages->addTab(m_text, tr("Text"));
    m_pages->addTab(m_bytes, tr("Bytes"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(m_summary);
    layout->addWidget(m_pages, 1);
    // Keeps the summary at the top when there are no pages.
    layout->addStretch(0);
    clear();
}

void CompareDetail::clear()
{
    m_summary->setText(tr("Select an entry to see what is different about it."));
    m_pages->hide();
}

QString CompareDetail::summary() const
{
    return m_summary->text();
}

void CompareDetail::showItem(const Comparison& comparison, const tree::DiffItem& item)
{
    const auto path = shownName(comparison.pathOf(item));
    m_summary->setText((path.isEmpty() ? tr("(records)") : path) % QStringLiteral(": ") % describe(comparison, item));
    m_pages->hide();
    if (item.change == tree::Change::Changed) {
        showContent(comparison.a.entries[item.a].content, comparison.b.entries[item.b].content, item.content);
    }
}

void CompareDetail::showContent(const romfs::Content& a, const romfs::Content& b,
                                const tree::ContentDifference& difference)
{
    auto bytes = byteRows(a, b, difference);
    if (!bytes) {
        showError(bytes.error());
        return;
    }
    auto text = textRows(a, b);
    if (!text) {
        showError(text.error());
        return;
    }
    const bool hasText = text->has_value();
    m_bytes->setLines(std::move(*bytes));
    m_text->setLines(hasText ? std::move(**text) : std::vector<MarkedText::Line>());
    m_pages->setTabVisible(m_pages->indexOf(m_text), hasText);
    m_pages->setCurrentWidget(hasText ? m_text : m_bytes);
    m_pages->show();
}

void CompareDetail::showError(const Error& error)
{
    m_summary->setText(text(error.message));
}

} // namespace romsmith::ui
