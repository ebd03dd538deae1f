// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashpanel.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTextDocumentFragment>
#include <QTime>

#include <algorithm>

namespace romsmith::ui {
namespace {

constexpr int barSteps = 1000;
constexpr int iconSize = 20;
constexpr int margin = 4;

QLabel* plainLabel(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

/// An icon and what it says.
std::pair<QString, QString> meaningOf(FlashPanel::Ending ending)
{
    switch (ending) {
    case FlashPanel::Ending::Done:
        return {QStringLiteral("done"), FlashPanel::tr("Done")};
    case FlashPanel::Ending::Cancelled:
        return {QStringLiteral("warning"), FlashPanel::tr("Cancelled")};
    case FlashPanel::Ending::Failed:
        break;
    }
    return {QStringLiteral("error"), FlashPanel::tr("Failed")};
}

} // namespace

FlashPanel::FlashPanel(QWidget* parent)
    : QWidget(parent)
    , m_title(plainLabel(this))
    , m_phases(new QLabel(this))
    , m_bar(new QProgressBar(this))
    , m_figures(plainLabel(this))
    , m_resultIcon(new QLabel(this))
    , m_result(plainLabel(this))
    , m_cancel(new QPushButton(tr("&Cancel"), this))
    , m_retry(new QPushButton(icon(QStringLiteral("refresh")), tr("Retry"), this))
    , m_undo(new QPushButton(icon(QStringLiteral("undo")), tr("Undo Flash"), this))
    , m_copy(new QPushButton(icon(QStringLiteral("duplicate")), tr("Copy Result"), this))
    , m_log(new QPlainTextEdit(this))
{
    build();
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        addToLog(tr("Cancelling …"));
        Q_EMIT cancelRequested();
    });
    connect(m_retry, &QPushButton::clicked, this, &FlashPanel::retryRequested);
    connect(m_undo, &QPushButton::clicked, this, &FlashPanel::undoRequested);
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_result->text()); });
    m_againstUndo = tr("nothing was flashed yet");
    m_title->setText(tr("Nothing was flashed yet."));
    m_figures->setText(tr("Flash writes the image in front to the chosen cam, reads it back and restarts the cam."));
    m_bar->hide();
    m_phases->hide();
    updateButtons();
}

void FlashPanel::build()
{
    auto font = m_title->font();
    font.setBold(true);
    m_title->setFont(font);
    m_phases->setTextFormat(Qt::RichText);
    m_phases->setWordWrap(true);
    m_bar->setAccessibleName(tr("Progress of the phase"));
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_result->setAccessibleName(tr("Result"));
    m_log->setReadOnly(true);
    m_log->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_log->setTabChangesFocus(true);
    m_log->setAccessibleName(tr("Log of the flash"));
    constexpr int mostLines = 1000;
    m_log->setMaximumBlockCount(mostLines);
    // The end is in sight also when the room for it changes.
    auto* bar = m_log->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, bar, [bar](int, int most) { bar->setValue(most); });

    auto* upper = new QHBoxLayout;
    upper->addWidget(makeState(), 3);
    upper->addWidget(m_log, 2);
    auto* buttons = new QHBoxLayout;
    // Undo writes, so it is not where Retry was.
    for (auto* button : {m_retry, m_copy, m_undo}) {
        buttons->addWidget(button);
    }
    buttons->addStretch();
    const auto addLogButton = [&](const QString& text, const QString& iconName) {
        auto* button = new QPushButton(icon(iconName), text, this);
        buttons->addWidget(button);
        return button;
    };
    connect(addLogButton(tr("Copy Log"), QStringLiteral("duplicate")), &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_log->toPlainText()); });
    connect(addLogButton(tr("Save Log…"), QStringLiteral("document-save")), &QPushButton::clicked, this,
            [this] { Q_EMIT saveLogRequested(m_log->toPlainText()); });

    auto* layout = new QVBoxLayout(this);
    m_top = layout;
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(margin);
    layout->addLayout(upper, 1);
    layout->addLayout(buttons);
}

/// Can be scrolled: in a low dock no part of the result is to be lost.
QWidget* FlashPanel::makeState()
{
    auto* state = new QWidget(this);
    auto* running = new QHBoxLayout;
    running->addWidget(m_bar, 1);
    running->addWidget(m_cancel);
    auto* result = new QHBoxLayout;
    result->addWidget(m_resultIcon, 0, Qt::AlignTop);
    result->addWidget(m_result, 1);
    auto* layout = new QVBoxLayout(state);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(margin);
    layout->addWidget(m_title);
    layout->addLayout(running);
    layout->addWidget(m_figures);
    layout->addLayout(result);
    layout->addWidget(m_phases);
    layout->addStretch();
    auto* area = new QScrollArea(this);
    area->setWidget(state);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    return area;
}

void FlashPanel::addTop(QWidget& widget)
{
    m_choices = &widget;
    m_top->insertWidget(0, m_choices);
}

void FlashPanel::begin(const QString& title, std::vector<device::Phase> phases)
{
    m_title->setText(title);
    m_toCome = std::move(phases);
    m_seen.clear();
    m_clock = {};
    m_isRunning = true;
    m_ending = Ending::Done;
    m_result->clear();
    m_resultIcon->clear();
    m_figures->setText(tr("Opening the cam …"));
    m_figures->show();
    m_bar->setRange(0, 0);
    m_bar->setFormat({});
    m_bar->show();
    m_phases->show();
    m_log->clear();
    addToLog(title);
    showPhases();
    updateButtons();
}

void FlashPanel::progress(const device::Progress& progress, device::Clock::time_point when)
{
    if (m_seen.empty() || m_seen.back() != progress.phase) {
        notePhaseEnd();
        m_seen.push_back(progress.phase);
        addToLog(phaseText(progress.phase));
        showPhases();
    }
    m_clock.update(progress, when);
    if (progress.total == 0) {
        m_bar->setRange(0, 0);
    } else {
        m_bar->setRange(0, barSteps);
        m_bar->setValue(
            static_cast<int>(static_cast<double>(progress.done) / static_cast<double>(progress.total) * barSteps));
    }
    m_bar->setFormat(phaseText(progress.phase) % QStringLiteral(" %p %"));
    const auto figures = m_clock.text();
    m_figures->setText(figures.isEmpty() ? phaseText(progress.phase) % QStringLiteral(" …")
                                         : tr("%1: %2").arg(phaseText(progress.phase), figures));
}

void FlashPanel::notePhaseEnd()
{
    if (m_seen.empty() || m_clock.progress().total == 0) {
        return;
    }
    addToLog(tr("%1: %2 of %3 bytes, %4 s")
                 .arg(phaseText(m_seen.back()), exactSize(m_clock.progress().done), exactSize(m_clock.progress().total),
                      QLocale().toString(static_cast<double>(m_clock.elapsed().count()) / 1000, 'f', 1)));
}

void FlashPanel::end(Ending ending, const QString& sentence)
{
    notePhaseEnd();
    m_isRunning = false;
    m_ending = ending;
    m_bar->hide();
    m_figures->hide();
    const auto [iconName, meaning] = meaningOf(ending);
    m_resultIcon->setPixmap(icon(iconName).pixmap(iconSize, iconSize));
    m_resultIcon->setAccessibleName(meaning);
    m_result->setText(sentence);
    addToLog(sentence);
    showPhases();
    updateButtons();
}

/// Those that are over have a mark, the one that is on and the one that failed another: none is told by its colour.
void FlashPanel::showPhases()
{
    QStringList words;
    const auto add = [&](device::Phase phase, bool isSeen) {
        const auto name = phaseText(phase).toHtmlEscaped();
        const bool isLast = isSeen && phase == m_seen.back();
        const auto format = isLast && m_isRunning ? QStringLiteral("<b>▸&nbsp;%1</b>")
            : isLast && m_ending != Ending::Done  ? QStringLiteral("<b>✗&nbsp;%1</b>")
            : isSeen                              ? QStringLiteral("✓&nbsp;%1")
                                                  : QStringLiteral("%1");
        words.append(format.arg(name));
    };
    for (const auto phase : m_toCome) {
        const bool isSeen = std::ranges::contains(m_seen, phase);
        if (isSeen || m_isRunning) { // one that was left out is not to look as if it had been
            add(phase, isSeen);
        }
    }
    m_phases->setText(words.join(QStringLiteral(" &nbsp; ")));
    const bool isFine = m_isRunning || m_ending == Ending::Done;
    m_phases->setAccessibleName(isFine ? phasesText() : tr("%1: %2").arg(phasesText(), m_resultIcon->accessibleName()));
}

QString FlashPanel::phasesMarks() const
{
    return QTextDocumentFragment::fromHtml(m_phases->text()).toPlainText().replace(QChar::Nbsp, u' ');
}

QString FlashPanel::phasesText() const
{
    QStringList words;
    for (const auto phase : m_seen) {
        words.append(phaseText(phase));
    }
    return words.join(QStringLiteral(", "));
}

void FlashPanel::addToLog(const QString& line)
{
    m_log->appendPlainText(QTime::currentTime().toString(QStringLiteral("HH:mm:ss.zzz")) % u"  " % line);
}

void FlashPanel::setRetry(bool isOffered, const QString& reasonAgainst)
{
    m_offersRetry = isOffered;
    m_againstRetry = reasonAgainst;
    updateButtons();
}

void FlashPanel::setUndo(const QString& reasonAgainst)
{
    m_againstUndo = reasonAgainst;
    updateButtons();
}

void FlashPanel::updateButtons()
{
    if (m_choices) { // nothing can be chosen, and the phases need the room
        m_choices->setVisible(!m_isRunning);
    }
    m_cancel->setVisible(m_isRunning);
    m_cancel->setEnabled(m_isRunning);
    const auto enable = [](QPushButton& button, const QString& text, const QString& against, const QString& help) {
        button.setEnabled(against.isEmpty());
        button.setText(against.isEmpty() ? text : tr("%1: %2").arg(text, against));
        button.setToolTip(help);
    };
    enable(*m_retry, tr("&Retry"), m_againstRetry, tr("The same again, without a question"));
    enable(*m_undo, tr("Undo Flash"), m_againstUndo, tr("Write back what was there before"));
    const bool hasResult = !m_isRunning && !m_result->text().isEmpty();
    m_result->setVisible(hasResult);
    m_resultIcon->setVisible(hasResult);
    m_retry->setVisible(hasResult && m_offersRetry);
    m_undo->setVisible(hasResult);
    m_copy->setVisible(hasResult);
}

QString FlashPanel::resultText() const
{
    return m_result->text();
}

QString FlashPanel::figuresText() const
{
    return m_figures->text();
}

QString FlashPanel::logText() const
{
    return m_log->toPlainText();
}

} // namespace romsmith::ui
