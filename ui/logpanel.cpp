// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logpanel.h"

#include "ui/icons.h"
#include "ui/log.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollBar>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>

namespace romsmith::ui {

LogPanel::LogPanel(Log& log, QWidget* parent)
    : QWidget(parent)
    , m_log(log)
    , m_view(new QTreeView(this))
{
    m_view->setAccessibleName(tr("Log"));
    m_view->setModel(&log);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->header()->setSectionResizeMode(Log::Time, QHeaderView::ResizeToContents);
    m_view->header()->setSectionResizeMode(Log::Level, QHeaderView::ResizeToContents);
    connect(&log, &QAbstractItemModel::rowsInserted, m_view, [this] {
        const auto* bar = m_view->verticalScrollBar();
        if (bar->value() == bar->maximum()) { // who reads further up is not disturbed
            QMetaObject::invokeMethod(m_view, &QTreeView::scrollToBottom, Qt::QueuedConnection);
        }
    });

    auto* buttons = new QHBoxLayout;
    const auto add = [&](const QString& text, const QString& iconName, const QString& tip) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setIcon(icon(iconName));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setToolTip(tip);
        button->setFocusPolicy(Qt::TabFocus);
        buttons->addWidget(button);
        return button;
    };
    connect(add(tr("Copy Log"), QStringLiteral("duplicate"), tr("The selected lines, or all")), &QToolButton::clicked,
            this, &LogPanel::copy);
    connect(add(tr("Save Log…"), QStringLiteral("document-save"), tr("The whole log, as text")), &QToolButton::clicked,
            this, [this] { Q_EMIT saveRequested(m_log.text()); });
    buttons->addStretch();
    auto* copyKey = new QAction(tr("Copy"), m_view);
    copyKey->setShortcut(QKeySequence::Copy);
    copyKey->setShortcutContext(Qt::WidgetShortcut);
    connect(copyKey, &QAction::triggered, this, &LogPanel::copy);
    m_view->addAction(copyKey);
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(buttons);
    layout->addWidget(m_view);
}

QString LogPanel::selectedText() const
{
    auto rows = m_view->selectionModel()->selectedRows();
    if (rows.isEmpty()) {
        return m_log.text();
    }
    std::ranges::sort(rows, {}, &QModelIndex::row);
    const auto lines = m_log.text().split(u'\n');
    QString chosen;
    for (const auto& row : std::as_const(rows)) {
        chosen += lines[row.row()] % u'\n';
    }
    return chosen;
}

void LogPanel::copy() const
{
    QGuiApplication::clipboard()->setText(selectedText());
}

} // namespace romsmith::ui
