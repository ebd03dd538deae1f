// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/findbar.h"

#include "core/inspect/bytetext.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QToolButton>

#include <algorithm>

namespace romsmith::ui {
namespace {

enum Kind : std::uint8_t { Hex, Text };

bool isQuoted(const QString& typed)
{
    return typed.size() > 2 && typed.startsWith(u'"') && typed.endsWith(u'"');
}

/// Bytes may still become of it, as of a number whose second digit is to come.
bool canBeBytes(const QString& typed)
{
    static const QRegularExpression bytes(
        QStringLiteral(R"(^([\s,;:]*(0x|\\x)?[0-9a-f]{2})*[\s,;:]*(0x?|\\x?)?[0-9a-f]?\s*$)"),
        QRegularExpression::CaseInsensitiveOption);
    return bytes.match(typed).hasMatch();
}

QToolButton* button(const QString& iconName, const QString& text, QWidget* parent)
{
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setAutoRaise(true);
    made->setToolTip(text);
    made->setAccessibleName(text);
    return made;
}

} // namespace

FindBar::FindBar(QWidget* parent)
    : QWidget(parent)
    , m_kind(new QComboBox(this))
    , m_edit(new QLineEdit(this))
    , m_status(new QLabel(this))
{
    build();
    QWidget::hide();
}

void FindBar::build()
{
    m_kind->addItem(tr("Bytes"));
    m_kind->addItem(tr("Text"));
    m_kind->setAccessibleName(tr("What is searched"));
    m_edit->setAccessibleName(tr("Bytes or text to find"));
    m_edit->setClearButtonEnabled(true);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    auto* previous = button(QStringLiteral("move-up"), tr("Previous match (Shift+F3)"), this);
    auto* next = button(QStringLiteral("move-down"), tr("Next match (F3)"), this);
    auto* close = button(QStringLiteral("close"), tr("Close the search (Escape)"), this);

    auto* line = new QHBoxLayout;
    line->addWidget(m_kind);
    line->addWidget(m_edit, 1);
    line->addWidget(previous);
    line->addWidget(next);
    line->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(line);
    layout->addWidget(m_status);

    const auto showHint
        = [this] { m_edit->setPlaceholderText(m_kind->currentIndex() == Hex ? tr("d2 cd 31") : tr("text, as UTF-8")); };
    showHint();
    m_edit->setToolTip(tr("Bytes as d2 cd 31, or text; \"text in quotes\" is never taken for bytes"));
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this, showHint] {
        showHint();
        search();
    });
    connect(m_kind, &QComboBox::activated, this, [this] {
        m_isAdapted = false;
        search();
    });
    connect(m_edit, &QLineEdit::textChanged, this, [this] {
        adaptKind();
        search();
    });
    connect(m_edit, &QLineEdit::returnPressed, this, &FindBar::nextRequested);
    connect(previous, &QToolButton::clicked, this, &FindBar::previousRequested);
    connect(next, &QToolButton::clicked, this, &FindBar::nextRequested);
    connect(close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
}

void FindBar::setContent(const romfs::Content& content)
{
    m_content = content;
    if (isVisible()) {
        search();
    }
}

void FindBar::open()
{
    show();
    m_edit->setFocus();
    m_edit->selectAll();
    search();
}

QString FindBar::status() const
{
    return m_status->text();
}

/// Between the kinds as long as nobody has chosen text: what is chosen stays.
void FindBar::adaptKind()
{
    if (m_kind->currentIndex() == Text && !m_isAdapted) {
        return;
    }
    m_isAdapted = isQuoted(m_edit->text()) || !canBeBytes(m_edit->text());
    m_kind->setCurrentIndex(m_isAdapted ? Text : Hex);
}

QString FindBar::withReason(const QString& status) const
{
    return m_isAdapted && !isQuoted(m_edit->text()) ? tr("%1, searched as text: it cannot be bytes").arg(status)
                                                    : status;
}

Result<std::vector<std::byte>> FindBar::pattern() const
{
    auto typed = m_edit->text().toStdString();
    if (m_kind->currentIndex() == Hex) {
        return inspect::parseHex(typed);
    }
    if (m_isAdapted && isQuoted(m_edit->text())) {
        typed = typed.substr(1, typed.size() - 2);
    }
    const auto bytes = romfs::asBytes(typed);
    return std::vector(bytes.begin(), bytes.end());
}

void FindBar::search()
{
    m_goesToFirst = false;
    if (m_edit->text().trimmed().isEmpty()) {
        clear({});
        return;
    }
    auto bytes = pattern();
    if (!bytes) {
        clear(text(bytes.error().message));
        return;
    }
    clear(tr("Searching…"));
    m_length = bytes->size();
    m_search.run(
        [content = m_content, bytes = std::move(*bytes)](const std::stop_token& stop) {
            return inspect::findAll(content, bytes, inspect::maxMatches, stop);
        },
        [this](Result<inspect::Matches> matches) { report(std::move(matches)); });
}

void FindBar::clear(const QString& status)
{
    m_search.cancel();
    m_matches = {};
    m_status->setText(status);
    m_status->setVisible(!status.isEmpty());
    Q_EMIT matchesChanged({}, 0);
}

void FindBar::report(Result<inspect::Matches> matches)
{
    if (!matches) {
        clear(text(matches.error().message));
        return;
    }
    m_matches = std::move(*matches);
    const auto count = m_matches.offsets.size();
    m_status->setText(withReason(
        m_matches.isCapped ? tr("More than %1 matches; the first %1 can be gone through").arg(exactSize(count))
                           : tr("%n match(es)", nullptr, static_cast<int>(count))));
    Q_EMIT matchesChanged(m_matches.offsets, m_length);
    if (m_goesToFirst) {
        m_goesToFirst = false;
        findNext(m_origin);
    }
}

void FindBar::findNext(std::uint64_t position)
{
    if (m_search.isRunning()) {
        m_goesToFirst = true;
        m_origin = position;
        return;
    }
    if (!m_matches.offsets.empty()) {
        const auto next = std::ranges::lower_bound(m_matches.offsets, position);
        goTo(next == m_matches.offsets.end() ? 0 : static_cast<std::size_t>(next - m_matches.offsets.begin()));
    }
}

void FindBar::findPrevious(std::uint64_t position)
{
    if (!m_matches.offsets.empty()) {
        const auto next = std::ranges::lower_bound(m_matches.offsets, position);
        goTo(static_cast<std::size_t>((next == m_matches.offsets.begin() ? m_matches.offsets.end() : next)
                                      - m_matches.offsets.begin())
             - 1);
    }
}

void FindBar::goTo(std::size_t index)
{
    const auto count = exactSize(m_matches.offsets.size());
    m_status->setText(withReason(m_matches.isCapped ? tr("Match %1 of more than %2").arg(exactSize(index + 1), count)
                                                    : tr("Match %1 of %2").arg(exactSize(index + 1), count)));
    Q_EMIT found(m_matches.offsets[index], m_length);
}

void FindBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        hide();
        Q_EMIT closed();
        return;
    }
    QWidget::keyPressEvent(event);
}

void FindBar::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    if (!event->spontaneous() && isHidden()) {
        clear({});
    }
}

} // namespace romsmith::ui
