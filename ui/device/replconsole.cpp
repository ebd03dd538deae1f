// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/replconsole.h"

#include "ui/text.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QToolButton>

#include <algorithm>

namespace romsmith::ui {
namespace {

const QByteArray interrupt("\x03");
const QByteArray endOfInput("\x04");

} // namespace

ReplConsole::ReplConsole(QWidget* parent)
    : QWidget(parent)
    , m_state(new QLabel(this))
    , m_output(new QPlainTextEdit(this))
    , m_input(new QLineEdit(this))
{
    const auto font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_output->setFont(font);
    m_output->setReadOnly(true);
    m_output->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    constexpr int mostLines = 5000;
    m_output->setMaximumBlockCount(mostLines);
    m_output->setUndoRedoEnabled(false);
    m_output->setTabChangesFocus(true);
    m_output->setAccessibleName(tr("What the device says"));
    m_input->setFont(font);
    m_input->setAccessibleName(tr("Line for the device"));
    m_input->setPlaceholderText(tr("Python, or nothing for a prompt; Enter sends it"));
    m_input->installEventFilter(this);
    m_output->installEventFilter(this);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    setFocusProxy(m_input);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_state, 1);
    const auto add = [&](const QString& text, const QString& tip) {
        auto* button = addButton(text, tip);
        buttons->addWidget(button);
        return button;
    };
    auto* stop = add(tr("Interrupt"), tr("Stop what runs (Ctrl+C)"));
    auto* restart = add(tr("Soft Reset"), tr("Start the interpreter and main.py anew (Ctrl+D)"));
    m_buttons = {stop, restart};
    connect(stop, &QToolButton::clicked, this, [this] { m_session.send(interrupt); });
    connect(restart, &QToolButton::clicked, this, [this] { m_session.send(endOfInput); });
    connect(add(tr("Clear"), tr("Forget what is shown")), &QToolButton::clicked, m_output, &QPlainTextEdit::clear);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(buttons);
    layout->addWidget(m_output);
    layout->addWidget(m_input);

    connect(m_input, &QLineEdit::returnPressed, this, &ReplConsole::sendLine);
    connect(&m_session, &ReplSession::received, this, &ReplConsole::show);
    connect(&m_session, &ReplSession::opened, this, [this] { updateState(tr("Connected to %1").arg(m_name)); });
    connect(&m_session, &ReplSession::ended, this, [this](const Error& error) {
        updateState(ui::text(error.message));
        Q_EMIT failed(error);
    });
    updateState(tr("Not connected"));
}

QToolButton* ReplConsole::addButton(const QString& text, const QString& tip)
{
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setToolTip(tip);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void ReplConsole::connectTo(const QString& name, const std::filesystem::path& port)
{
    m_name = name;
    m_session.open(port);
    updateState(tr("Connecting to %1 …").arg(name));
}

void ReplConsole::release(const QString& reason)
{
    m_session.close();
    updateState(reason);
}

void ReplConsole::updateState(const QString& text)
{
    m_state->setText(text);
    m_input->setEnabled(m_session.isOpen());
    for (auto* button : std::as_const(m_buttons)) {
        button->setEnabled(m_session.isOpen());
    }
}

void ReplConsole::show(const QByteArray& bytes)
{
    const auto* bar = m_output->verticalScrollBar();
    const bool follows = bar->value() == bar->maximum();
    m_text.feed(bytes);
    QTextCursor cursor(m_output->document());
    cursor.movePosition(QTextCursor::End);
    cursor.movePosition(QTextCursor::StartOfBlock, QTextCursor::KeepAnchor);
    auto written = m_text.takeLines();
    written.append(m_text.line());
    cursor.insertText(written.join(u'\n'));
    if (follows) {
        m_output->verticalScrollBar()->setValue(m_output->verticalScrollBar()->maximum());
    }
}

void ReplConsole::sendLine()
{
    const auto line = m_input->text();
    if (!line.trimmed().isEmpty() && (m_history.isEmpty() || m_history.last() != line)) {
        m_history.append(line);
    }
    m_recalled = m_history.size();
    m_input->clear();
    m_session.send(line.toUtf8() + '\r');
}

void ReplConsole::recall(int steps)
{
    m_recalled = std::clamp<qsizetype>(m_recalled + steps, 0, m_history.size());
    m_input->setText(m_history.value(m_recalled));
}

/// Ctrl+C copies what is selected, as everywhere; without a selection it is the interrupt.
QByteArray ReplConsole::controlKey(const QObject* watched, const QKeyEvent& key) const
{
    if (key.modifiers() != Qt::ControlModifier) {
        return {};
    }
    const bool hasSelection = watched == m_input ? m_input->hasSelectedText() : m_output->textCursor().hasSelection();
    if (key.key() == Qt::Key_C && !hasSelection) {
        return interrupt;
    }
    return key.key() == Qt::Key_D ? endOfInput : QByteArray();
}

bool ReplConsole::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride) {
        return QWidget::eventFilter(watched, event);
    }
    auto* key = static_cast<QKeyEvent*>(event);
    const auto bytes = controlKey(watched, *key);
    const bool recalls = watched == m_input && key->modifiers() == Qt::NoModifier
        && (key->key() == Qt::Key_Up || key->key() == Qt::Key_Down);
    if (bytes.isEmpty() && !recalls) {
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::ShortcutOverride) {
        event->accept();
        return true;
    }
    if (recalls) {
        recall(key->key() == Qt::Key_Up ? -1 : 1);
    } else {
        m_session.send(bytes);
    }
    return true;
}

} // namespace romsmith::ui
