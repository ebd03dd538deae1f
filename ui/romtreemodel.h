// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/digests.h"
#include "ui/document.h"

#include <QAbstractItemModel>

namespace romsmith::ui {

/// The document's tree as items, in the order of the image; offsets, sizes and padding come from its plan.
class RomTreeModel final : public QAbstractItemModel, private tree::TreeObserver
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Name, Size, Aligned, Offset, Padding, Crc32, Sha256, Notes, ColumnCount };

    /// The value to sort a column by.
    static constexpr int SortRole = Qt::UserRole;

    /// Of Aligned: the alignment, if it is wanted only because the image was found with it.
    static constexpr int FoundAlignmentRole = Qt::UserRole + 1;

    explicit RomTreeModel(Document& document, QObject* parent = nullptr);
    ~RomTreeModel() override;

    [[nodiscard]] Document& document() const { return m_document; }
    [[nodiscard]] Digests& digests() { return m_digests; }
    [[nodiscard]] static QString title(int column);
    [[nodiscard]] tree::Node& nodeAt(const QModelIndex& index) const; ///< the root for an invalid index
    [[nodiscard]] QModelIndex indexOf(const tree::Node& node, int column = Name) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

Q_SIGNALS:
    /// An edit made in place was refused; the sentence says why.
    void refused(const QString& reason);

private:
    void aboutToInsert(tree::Node& parent, std::size_t row, std::size_t count) override;
    void inserted() override { endInsertRows(); }
    void aboutToRemove(tree::Node& parent, std::size_t row, std::size_t count) override;
    void removed() override { endRemoveRows(); }
    void aboutToMove(tree::Node& node, tree::Node& to, std::size_t row) override;
    void moved() override;
    void changed(tree::Node& node) override;
    void aboutToReorder(tree::Node& parent) override;
    void reordered(tree::Node& parent) override;

    void refresh(Column first, Column last, const QList<int>& roles); ///< of all rows
    void refreshPlanColumns();
    void refreshDigests();
    [[nodiscard]] QVariant display(const tree::Node& node, int column) const;
    [[nodiscard]] QVariant sortValue(const tree::Node& node, int column) const;
    [[nodiscard]] QString digestText(const tree::Node& node, int column) const;
    [[nodiscard]] qulonglong digestValue(const tree::Node& node, int column) const;
    [[nodiscard]] const Result<inspect::Digest>* digestOf(const tree::Node& node) const;
    [[nodiscard]] QVariant worstIcon(const tree::Node& node) const;
    [[nodiscard]] QString toolTip(const tree::Node& node, int column) const;
    [[nodiscard]] QString pythonNote(const tree::Node& node) const;
    [[nodiscard]] QString notes(const tree::Node& node) const;
    [[nodiscard]] QString alignmentText(const tree::Node& node) const;
    [[nodiscard]] QVariant foundAlignment(const tree::Node& node) const;
    [[nodiscard]] bool setAlignment(tree::Node& node, const QString& value);

    Document& m_document;
    mutable Digests m_digests; ///< asking for one has it computed
    bool m_movesRows = false;
    std::vector<std::pair<QPersistentModelIndex, const tree::Node*>> m_reordered;
};

} // namespace romsmith::ui
