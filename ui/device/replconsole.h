// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/replsession.h"
#include "ui/device/terminaltext.h"

#include <QStringList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;

namespace romsmith::ui {

/// The prompt of a device, for looking around: what it says, and a line to answer with.
class ReplConsole final : public QWidget
{
    Q_OBJECT

public:
    explicit ReplConsole(QWidget* parent = nullptr);

    void connectTo(const QString& name, const std::filesystem::path& port);
    void release(const QString& reason); ///< the port is free when this returns
    [[nodiscard]] bool isConnected() const { return m_session.isOpen(); }

    [[nodiscard]] QPlainTextEdit& output() const { return *m_output; }
    [[nodiscard]] QLineEdit& input() const { return *m_input; }
    [[nodiscard]] QLabel& state() const { return *m_state; }

Q_SIGNALS:
    void failed(const romsmith::Error& error);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QToolButton* addButton(const QString& text, const QString& tip);
    void show(const QByteArray& bytes);
    void sendLine();
    void recall(int steps); ///< through what was typed before; -1 is the one before
    [[nodiscard]] QByteArray controlKey(const QObject* watched, const QKeyEvent& key) const;
    void updateState(const QString& text);

    ReplSession m_session;
    TerminalText m_text;
    QLabel* m_state;
    QPlainTextEdit* m_output;
    QLineEdit* m_input;
    QList<QToolButton*> m_buttons; ///< that need a connection
    QStringList m_history;
    qsizetype m_recalled = 0; ///< of the history; its size: what is being typed
    QString m_name;
};

} // namespace romsmith::ui
