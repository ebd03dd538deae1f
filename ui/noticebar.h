// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/finding.h"

#include <QFrame>

#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace romsmith::ui {

/// A sentence inside the window with what can be done about it, instead of a message box.
class NoticeBar final : public QFrame
{
    Q_OBJECT

public:
    struct Action
    {
        QString text;
        std::function<void()> run;
    };

    explicit NoticeBar(QWidget* parent = nullptr);

    void show(romfs::Severity severity, const QString& text, std::vector<Action> actions = {});
    void show(const Error& error, std::vector<Action> actions = {});
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void shown(romsmith::romfs::Severity severity, const QString& text);

private:
    QLabel* m_icon;
    QLabel* m_text;
    QHBoxLayout* m_buttons;
};

} // namespace romsmith::ui
