// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/comparison.h"

#include <QAbstractItemModel>
#include <QIcon>

#include <memory>

namespace romsmith::ui {

using tree::Comparison;

/// The tree of both images as items.
class DiffModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Name, Change, SizeA, SizeB, OffsetA, OffsetB, ColumnCount };

    enum Role : int {
        SortRole = Qt::UserRole, ///< the value to sort a column by
        DiffersRole, ///< bool: it or something inside it is not the same in both images
        ChangedRole, ///< bool: it is not the same itself
    };

    using QAbstractItemModel::QAbstractItemModel;

    void setComparison(std::shared_ptr<const Comparison> comparison);
    [[nodiscard]] const Comparison* comparison() const { return m_comparison.get(); }

    /// The item of a valid index.
    [[nodiscard]] const tree::DiffItem& itemAt(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    /// Where the children of an item, or of the root, are in m_children.
    struct Children
    {
        std::size_t first = 0;
        int count = 0;
    };

    void collectChildren();
    [[nodiscard]] const Children& childrenOf(std::uint32_t item) const;
    [[nodiscard]] QString display(const tree::DiffItem& item, int column) const;
    [[nodiscard]] QVariant sortValue(const tree::DiffItem& item, int column) const;
    [[nodiscard]] QString toolTip(const tree::DiffItem& item, int column) const;
    [[nodiscard]] QString changeText(const tree::DiffItem& item) const;

    std::shared_ptr<const Comparison> m_comparison;
    std::vector<std::uint32_t> m_children;
    std::vector<Children> m_childrenOf; ///< of each item, the root's last
    std::vector<int> m_rows; ///< of each item in its folder
};

/// "12 bytes"
[[nodiscard]] QString bytesText(std::uint64_t count);

/// "Added", "Changed" ...
[[nodiscard]] QString changeText(tree::Change change);
[[nodiscard]] QIcon iconFor(tree::Change change);

/// "3 added, 1 removed, 40 same"
[[nodiscard]] QString countsText(const tree::ChangeCounts& counts, bool withSame = true);

/// "64/16": actual / wanted
[[nodiscard]] QString alignmentText(const tree::ImageSnapshot& image, std::uint32_t index);

/// What became of the item, in a sentence.
[[nodiscard]] QString describe(const Comparison& comparison, const tree::DiffItem& item);

} // namespace romsmith::ui
