// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/romtreemodel.h"

#include <QSortFilterProxyModel>
#include <QTimer>
#include <QTreeView>
#include <QUrl>

#include <unordered_set>

namespace romsmith::ui {

class NodeMimeData;

/// Filters by name, recursively and with globs, and sorts for looking; unsorted it shows the image's order.
class RomTreeProxy final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit RomTreeProxy(RomTreeModel& model, QObject* parent = nullptr);

    void setFilterText(const QString& text);

    /// By its own name or that of a folder around it, not only for what is in it.
    [[nodiscard]] bool matches(const QModelIndex& index) const;

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

/// Where something is dropped: into a folder, at its end or in front of one of its children.
struct DropPlace
{
    tree::Node* folder;
    std::optional<std::size_t> row;
};

/// The tree of an image. It turns what hands do into requests; the document view carries them out.
class RomTreeView final : public QTreeView
{
    Q_OBJECT

public:
    RomTreeView(RomTreeModel& model, QWidget* parent = nullptr);

    [[nodiscard]] RomTreeModel& romModel() const { return m_model; }
    [[nodiscard]] RomTreeProxy& proxy() { return m_proxy; }

    /// Selected nodes in the order of the image.
    [[nodiscard]] std::vector<tree::Node*> selectedNodes() const;
    [[nodiscard]] tree::Node* currentNode() const;
    void select(const std::vector<tree::Node*>& nodes);

    /// Of a filtered tree what the filter looks for; the folders around it have more inside that is not in sight.
    void selectAll() override;
    void goToFirstMatch();
    void expandEverything(); ///< with room for names
    [[nodiscard]] std::size_t countHidden(const std::vector<tree::Node*>& nodes) const; ///< inside of them

    void setFilter(const QString& text); ///< what is selected stays so, as far as it is in sight

    /// The selected rows with the columns that are shown, as other programs take tables; with paths for names.
    [[nodiscard]] QString selectedText() const;
    void editName(tree::Node& node);

    /// Selects the nearest row that stays, before @p nodes go.
    void moveOff(const std::vector<tree::Node*>& nodes);

    /// The folder that new things go into: the selected one, or the one that holds the selected file.
    [[nodiscard]] tree::Node& targetFolder() const;

    [[nodiscard]] QModelIndex viewIndex(const tree::Node& node, int column = RomTreeModel::Name) const;

Q_SIGNALS:
    void filesDropped(const QList<QUrl>& urls, romsmith::ui::DropPlace place);
    void nodesDropped(const romsmith::ui::NodeMimeData& data, romsmith::ui::DropPlace place, bool copy);
    void dragHovers(const QMimeData* data); ///< null when it has left or ended

protected:
    void dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight, const QList<int>& roles) override;
    void startDrag(Qt::DropActions supported) override;
    void changeEvent(QEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) override;
    void rowsInserted(const QModelIndex& parent, int first, int last) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void fitColumns();
    void makeRoomForNames();
    [[nodiscard]] std::vector<tree::Node*> selectedRows() const;
    [[nodiscard]] QItemSelection selectionOf(const std::vector<tree::Node*>& nodes) const;
    void selectSilently(const QItemSelection& selection);
    void appendSelected(const QModelIndex& folder, const std::unordered_set<const tree::Node*>& selected,
                        QStringList& lines) const;
    void rememberOpen(const QModelIndex& index);
    void openAgain(const QModelIndex& index);
    [[nodiscard]] DropPlace placeAt(const QPoint& position) const;
    [[nodiscard]] bool canDrop(const QDropEvent& event) const;
    [[nodiscard]] bool copies(const QDropEvent& event) const; ///< rather than moves
    void paintDropPlace(QPainter& painter, const DropPlace& place) const;

    RomTreeModel& m_model;
    RomTreeProxy m_proxy;
    std::unordered_set<const tree::Node*> m_opened; ///< of what is not in the tree
    QTimer m_expanding; ///< has just been done
    std::optional<DropPlace> m_hovered; ///< where a drag would drop
};

} // namespace romsmith::ui
