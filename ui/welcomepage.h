// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QListWidget;

namespace romsmith::ui {

/// What there is to do when no image is open.
class WelcomePage final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(const QList<QAction*>& actions, QWidget* parent = nullptr);

    void setRecent(const QStringList& paths);
    [[nodiscard]] QListWidget& recentList() const { return *m_recent; }

Q_SIGNALS:
    void openRequested(const QString& path);

private:
    QWidget* m_recentPart;
    QListWidget* m_recent;
};

} // namespace romsmith::ui
