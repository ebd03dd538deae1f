// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/alignmentrules.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace romsmith::ui {

/// Alignment rules while they are edited: a row for each extension and a last one for all other files. What is typed
/// may be wrong; then it says why.
class RulesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Extension, Alignment, Origin, ColumnCount };

    /// @p board are the rules that @p rules can go back to; @p boardName is whose they are.
    RulesModel(tree::AlignmentRules board, QString boardName, const tree::AlignmentRules& rules,
               QObject* parent = nullptr);

    void setRules(const tree::AlignmentRules& rules);
    [[nodiscard]] std::optional<tree::AlignmentRules> rules() const; ///< none while something is wrong
    [[nodiscard]] QString problem() const; ///< the first one; empty if nothing is wrong

    int add(); ///< a row without an extension yet; gives its number
    void remove(int row);
    [[nodiscard]] bool canRemove(int row) const { return row >= 0 && row < otherwiseRow(); }
    [[nodiscard]] const tree::AlignmentRules& boardRules() const { return m_board; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;

Q_SIGNALS:
    void edited();

private:
    /// As it is typed.
    struct Row
    {
        QString extension;
        QString alignment;
    };

    [[nodiscard]] int otherwiseRow() const { return static_cast<int>(m_rows.size()) - 1; }
    [[nodiscard]] std::string extensionOf(int row) const; ///< as rules have it
    [[nodiscard]] std::optional<std::uint32_t> alignmentOf(int row) const;
    [[nodiscard]] std::optional<std::uint32_t> boardAlignmentOf(int row) const;
    [[nodiscard]] QString problemOf(int row, int column) const;
    [[nodiscard]] QString extensionProblem(int row) const;
    [[nodiscard]] QString originText(int row) const;

    tree::AlignmentRules m_board;
    QString m_boardName;
    std::vector<Row> m_rows; ///< the last one is for all other files
};

} // namespace romsmith::ui
