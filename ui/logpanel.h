// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>

class QTreeView;

namespace romsmith::ui {

class Log;

/// Shows the log, copies and saves it.
class LogPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit LogPanel(Log& log, QWidget* parent = nullptr);

    [[nodiscard]] QTreeView& view() const { return *m_view; }

Q_SIGNALS:
    void saveRequested(const QString& text);

private:
    [[nodiscard]] QString selectedText() const; ///< all if nothing is selected
    void copy() const;

    Log& m_log;
    QTreeView* m_view;
};

} // namespace romsmith::ui
