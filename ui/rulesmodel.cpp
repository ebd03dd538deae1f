// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rulesmodel.h"

#include "core/romfs/layout.h"
#include "core/romfs/names.h"
#include "ui/icons.h"
#include "ui/text.h"

namespace romsmith::ui {

RulesModel::RulesModel(tree::AlignmentRules board, QString boardName, const tree::AlignmentRules& rules,
                       QObject* parent)
    : QAbstractTableModel(parent)
    , m_board(std::move(board))
    , m_boardName(std::move(boardName))
{
    setRules(rules);
}

void RulesModel::setRules(const tree::AlignmentRules& rules)
{
    beginResetModel();
    m_rows.clear();
    for (const auto& [extension, alignment] : rules.byExtension()) {
        m_rows.push_back({.extension = text(extension), .alignment = QString::number(alignment)});
    }
    m_rows.push_back({.extension = {}, .alignment = QString::number(rules.otherwise())});
    endResetModel();
    Q_EMIT edited();
}

std::optional<tree::AlignmentRules> RulesModel::rules() const
{
    if (!problem().isEmpty()) {
        return {};
    }
    tree::AlignmentRules rules({}, *alignmentOf(otherwiseRow()));
    for (int row = 0; row < otherwiseRow(); ++row) {
        rules.set(extensionOf(row), *alignmentOf(row));
    }
    return rules;
}

QString RulesModel::problem() const
{
    for (int row = 0; row <= otherwiseRow(); ++row) {
        for (const auto column : {Extension, Alignment}) {
            if (auto problem = problemOf(row, column); !problem.isEmpty()) {
                return problem;
            }
        }
    }
    return {};
}

int RulesModel::add()
{
    const auto row = otherwiseRow();
    beginInsertRows({}, row, row);
    constexpr int usual = 16;
    m_rows.insert(m_rows.begin() + row, {.extension = {}, .alignment = QString::number(usual)});
    endInsertRows();
    Q_EMIT edited();
    return row;
}

void RulesModel::remove(int row)
{
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
    Q_EMIT edited();
}

std::string RulesModel::extensionOf(int row) const
{
    auto extension = m_rows[static_cast<std::size_t>(row)].extension.trimmed();
    while (extension.startsWith(u'.') || extension.startsWith(u'*')) { // as in .wav and *.wav
        extension.removeFirst();
    }
    return romfs::foldCase(extension.toStdString());
}

std::optional<std::uint32_t> RulesModel::alignmentOf(int row) const
{
    bool isNumber = false;
    const auto alignment = m_rows[static_cast<std::size_t>(row)].alignment.trimmed().toUInt(&isNumber);
    return isNumber && tree::isValidAlignment(alignment) ? std::optional(alignment) : std::nullopt;
}

std::optional<std::uint32_t> RulesModel::boardAlignmentOf(int row) const
{
    if (row == otherwiseRow()) {
        return m_board.otherwise();
    }
    const auto rule = m_board.byExtension().find(extensionOf(row));
    return rule == m_board.byExtension().end() ? std::nullopt : std::optional(rule->second);
}

QString RulesModel::problemOf(int row, int column) const
{
    if (column == Extension) {
        return extensionProblem(row);
    }
    return column != Alignment || alignmentOf(row)
        ? QString()
        : tr("\"%1\" is not an alignment: it must be a power of two from 1 to %2.")
              .arg(m_rows[static_cast<std::size_t>(row)].alignment.trimmed())
              .arg(romfs::maxAlignment);
}

QString RulesModel::extensionProblem(int row) const
{
    if (row == otherwiseRow()) {
        return {};
    }
    const auto extension = extensionOf(row);
    if (extension.empty()) {
        return tr("Type the extension that the rule is for, like \"wav\".");
    }
    if (extension.find_first_of("./*?") != std::string::npos) {
        return tr("\"%1\" is not an extension: only what follows the last dot of a name counts.").arg(text(extension));
    }
    for (int other = 0; other < row; ++other) {
        if (extensionOf(other) == extension) {
            return tr("There is a rule for \"%1\" already.").arg(text(extension));
        }
    }
    return {};
}

QString RulesModel::originText(int row) const
{
    const auto board = boardAlignmentOf(row);
    if (!board) {
        return tr("Yours");
    }
    return board == alignmentOf(row) ? m_boardName : tr("Yours (%1: %2)").arg(m_boardName).arg(*board);
}

int RulesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RulesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RulesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto row = index.row();
    const auto& rule = m_rows[static_cast<std::size_t>(row)];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        return index.column() == Origin   ? originText(row)
            : index.column() == Alignment ? rule.alignment
            : row == otherwiseRow()       ? tr("all other files")
                                          : rule.extension;
    case Qt::DecorationRole:
        return problemOf(row, index.column()).isEmpty() ? QVariant() : QVariant(iconFor(romfs::Severity::Error));
    case Qt::ToolTipRole:
        return problemOf(row, index.column());
    default:
        return {};
    }
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Extension ? tr("Extension") : section == Alignment ? tr("Alignment") : tr("Whose rule");
}

Qt::ItemFlags RulesModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return {};
    }
    auto flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    const bool isOwnExtension
        = index.column() == Extension && index.row() != otherwiseRow() && !boardAlignmentOf(index.row());
    if (index.column() == Alignment || isOwnExtension) {
        flags |= Qt::ItemIsEditable;
    }
    return flags;
}

bool RulesModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !index.isValid() || index.column() == Origin) {
        return false;
    }
    auto& rule = m_rows[static_cast<std::size_t>(index.row())];
    (index.column() == Extension ? rule.extension : rule.alignment) = value.toString();
    // Whether a name is taken changes in other rows, too.
    Q_EMIT dataChanged(this->index(0, Extension), this->index(otherwiseRow(), Origin));
    Q_EMIT edited();
    return true;
}

} // namespace romsmith::ui
