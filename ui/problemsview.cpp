// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/problemsview.h"

#include "ui/delegates.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>

namespace romsmith::ui {

ProblemsView::ProblemsView(QWidget* parent)
    : QTreeView(parent)
{
    setModel(&m_model);
    setAccessibleName(tr("Problems"));
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setAlternatingRowColors(true);
    setItemDelegateForColumn(FindingsModel::Mend, new ButtonDelegate(this));
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(FindingsModel::Message, QHeaderView::Stretch);
    header()->setSectionResizeMode(FindingsModel::Mend, QHeaderView::ResizeToContents);
    header()->resizeSection(FindingsModel::Where, 200);
    header()->resizeSection(FindingsModel::Offset, 90);
    // Rows that come and go would be laid out while they are painted, which paints twice.
    connect(&m_model, &FindingsModel::reloaded, this, &ProblemsView::executeDelayedItemsLayout);
    connect(this, &QAbstractItemView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == FindingsModel::Mend) {
            activate(index);
        }
    });
    connect(this, &QAbstractItemView::doubleClicked, this, [this](const QModelIndex& index) {
        if (index.column() != FindingsModel::Mend) {
            activate(index.siblingAtColumn(FindingsModel::Message));
        }
    });
}

int ProblemsView::sizeHintForColumn(int column) const
{
    if (column != FindingsModel::Mend) {
        return QTreeView::sizeHintForColumn(column);
    }
    int width = 0;
    for (const auto row : m_model.rowsOfDifferentMends()) {
        width = std::max(width, sizeHintForIndex(m_model.index(row, column)).width());
    }
    return width;
}

void ProblemsView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        if (currentIndex().isValid()) {
            QGuiApplication::clipboard()->setText(m_model.textAt(currentIndex().row()));
        }
        return;
    }
    const bool activates = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (activates && currentIndex().isValid()) {
        // Return goes to the row, Ctrl+Return mends.
        const bool mends = event->modifiers().testFlag(Qt::ControlModifier);
        activate(currentIndex().siblingAtColumn(mends ? FindingsModel::Mend : FindingsModel::Message));
        return;
    }
    QTreeView::keyPressEvent(event);
}

void ProblemsView::paintEvent(QPaintEvent* event)
{
    QTreeView::paintEvent(event);
    if (m_model.rowCount() == 0) {
        QPainter painter(viewport());
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(viewport()->rect(), Qt::AlignCenter,
                         m_model.hiddenCount() == 0 ? tr("No problems") : tr("All problems are hidden"));
    }
}

void ProblemsView::activate(const QModelIndex& index)
{
    auto* node = m_model.nodeAt(index.row());
    const auto finding = m_model.findingAt(index.row());
    if (index.column() == FindingsModel::Mend && finding.mend != romfs::Mend::None) {
        Q_EMIT mendRequested(finding, node);
    } else if (index.column() != FindingsModel::Mend && node) {
        Q_EMIT goToRequested(*node, finding);
    }
}

} // namespace romsmith::ui
