// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/treecolumns.h"

#include "ui/romtreeview.h"

#include <QHeaderView>
#include <QSettings>

#include <array>

namespace romsmith::ui {
namespace {

struct OptionalColumn
{
    RomTreeModel::Column column;
    const char* name; ///< in the settings
    bool isShownAtFirst;
};

constexpr std::array optionalColumns{
    OptionalColumn{.column = RomTreeModel::Size, .name = "size", .isShownAtFirst = true},
    OptionalColumn{.column = RomTreeModel::Aligned, .name = "aligned", .isShownAtFirst = true},
    OptionalColumn{.column = RomTreeModel::Offset, .name = "offset", .isShownAtFirst = true},
    OptionalColumn{.column = RomTreeModel::Padding, .name = "padding", .isShownAtFirst = true},
    OptionalColumn{.column = RomTreeModel::Crc32, .name = "crc32", .isShownAtFirst = false},
    OptionalColumn{.column = RomTreeModel::Sha256, .name = "sha256", .isShownAtFirst = false},
    OptionalColumn{.column = RomTreeModel::Notes, .name = "notes", .isShownAtFirst = true},
};

QString settingOf(const OptionalColumn& column)
{
    return QStringLiteral("columns/") + QLatin1StringView(column.name);
}

void show(RomTreeView& tree, int column, bool shown)
{
    tree.header()->setSectionHidden(column, !shown);
    if (!shown) {
        tree.romModel().digests().cancel(); // who still shows some asks again
    }
    if (!shown && tree.proxy().sortColumn() == column) {
        tree.sortByColumn(-1, Qt::AscendingOrder); // nobody could see why the rows stand as they do
    }
}

} // namespace

TreeColumns::TreeColumns(QObject* parent)
    : QObject(parent)
{
    for (const auto& optional : optionalColumns) {
        auto* action = new QAction(RomTreeModel::title(optional.column), this);
        action->setCheckable(true);
        action->setChecked(QSettings().value(settingOf(optional), optional.isShownAtFirst).toBool());
        action->setData(optional.column);
        connect(action, &QAction::toggled, this,
                [optional](bool shown) { QSettings().setValue(settingOf(optional), shown); });
        m_actions.append(action);
    }
}

void TreeColumns::manage(RomTreeView& tree)
{
    tree.header()->setContextMenuPolicy(Qt::ActionsContextMenu);
    for (auto* action : std::as_const(m_actions)) {
        const auto column = action->data().toInt();
        show(tree, column, action->isChecked());
        connect(action, &QAction::toggled, &tree, [&tree, column](bool shown) {
            show(tree, column, shown);
            if (shown) {
                tree.scrollTo(tree.indexAt({0, 0}).siblingAtColumn(column)); // it may be far to the right
            }
        });
        tree.header()->addAction(action);
    }
}

} // namespace romsmith::ui
