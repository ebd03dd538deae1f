// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QObject>

namespace romsmith::ui {

class RomTreeView;

/// Which columns the trees have: the same in every tab, and at the next start.
class TreeColumns final : public QObject
{
    Q_OBJECT

public:
    explicit TreeColumns(QObject* parent = nullptr);

    void manage(RomTreeView& tree); ///< its header gets a menu of the columns, too

    /// For each column that need not be there, one to show and hide it.
    [[nodiscard]] const QList<QAction*>& actions() const { return m_actions; }

private:
    QList<QAction*> m_actions;
};

} // namespace romsmith::ui
