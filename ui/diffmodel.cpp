// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diffmodel.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

using tree::Change;
using tree::DiffItem;

/// The size and the offset of an item in one of the images.
struct Place
{
    std::uint64_t size;
    std::uint64_t offset;
};

std::optional<Place> placeIn(const tree::ImageSnapshot& image, std::uint32_t index)
{
    if (index == romfs::noParent) {
        return {};
    }
    return Place{.size = image.entries[index].content.size(), .offset = image.layout[index].contentOffset};
}

bool isOfA(int column)
{
    return column == DiffModel::SizeA || column == DiffModel::OffsetA;
}

bool isSize(int column)
{
    return column == DiffModel::SizeA || column == DiffModel::SizeB;
}

QString differenceText(const tree::ContentDifference& difference)
{
    const auto first = hexOffset(difference.first().value_or(0));
    return difference.bytes == 1
        ? DiffModel::tr("1 byte differs, at %1").arg(first)
        : DiffModel::tr("%1 bytes differ, the first at %2").arg(exactSize(difference.bytes), first);
}

} // namespace

void DiffModel::setComparison(std::shared_ptr<const Comparison> comparison)
{
    beginResetModel();
    m_comparison = std::move(comparison);
    collectChildren();
    endResetModel();
}

void DiffModel::collectChildren()
{
    const auto count = m_comparison ? m_comparison->diff.items.size() : 0;
    m_children.resize(count);
    m_rows.resize(count);
    m_childrenOf.assign(count + 1, {});
    const auto slot
        = [&](std::uint32_t item) -> Children& { return m_childrenOf[item == romfs::noParent ? count : item]; };
    for (std::uint32_t i = 0; i < count; ++i) {
        m_rows[i] = slot(m_comparison->diff.items[i].parent).count++;
    }
    std::size_t first = 0;
    for (auto& children : m_childrenOf) {
        children.first = first;
        first += static_cast<std::size_t>(children.count);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        m_children[slot(m_comparison->diff.items[i].parent).first + static_cast<std::size_t>(m_rows[i])] = i;
    }
}

const DiffModel::Children& DiffModel::childrenOf(std::uint32_t item) const
{
    return item == romfs::noParent ? m_childrenOf.back() : m_childrenOf[item];
}

const DiffItem& DiffModel::itemAt(const QModelIndex& index) const
{
    return m_comparison->diff.items[index.internalId()];
}

QModelIndex DiffModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    const auto folder = parent.isValid() ? static_cast<std::uint32_t>(parent.internalId()) : romfs::noParent;
    return createIndex(row, column, m_children[childrenOf(folder).first + static_cast<std::size_t>(row)]);
}

QModelIndex DiffModel::parent(const QModelIndex& child) const
{
    const auto folder = child.isValid() ? itemAt(child).parent : romfs::noParent;
    return folder == romfs::noParent ? QModelIndex() : createIndex(m_rows[folder], Name, folder);
}

int DiffModel::rowCount(const QModelIndex& parent) const
{
    if (!m_comparison || parent.column() > 0) {
        return 0;
    }
    return childrenOf(parent.isValid() ? static_cast<std::uint32_t>(parent.internalId()) : romfs::noParent).count;
}

int DiffModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant DiffModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& item = itemAt(index);
    const auto column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(item, column);
    case SortRole:
        return sortValue(item, column);
    case DiffersRole:
        return item.differs();
    case ChangedRole:
        return item.change != Change::Same;
    case Qt::DecorationRole:
        if (column == Change) {
            return item.isFolder() && item.change == Change::Same ? QVariant() : QVariant(iconFor(item.change));
        }
        return column == Name ? QVariant(iconFor(m_comparison->entryOf(item))) : QVariant();
    case Qt::ToolTipRole:
        return toolTip(item, column);
    case Qt::TextAlignmentRole:
        return column == Name || column == Change ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QString DiffModel::display(const DiffItem& item, int column) const
{
    if (column == Name) {
        const auto& name = m_comparison->entryOf(item).name;
        return name.empty() && item.type == romfs::EntryType::Raw ? tr("(records)") : shownName(name);
    }
    if (column == Change) {
        return changeText(item);
    }
    const auto place = isOfA(column) ? placeIn(m_comparison->a, item.a) : placeIn(m_comparison->b, item.b);
    if (!place || (isSize(column) && item.isFolder())) {
        return {};
    }
    return isSize(column) ? exactSize(place->size) : hexOffset(place->offset);
}

QVariant DiffModel::sortValue(const DiffItem& item, int column) const
{
    if (column == Name) {
        return display(item, column);
    }
    if (column == Change) {
        return static_cast<int>(item.change);
    }
    const auto place = isOfA(column) ? placeIn(m_comparison->a, item.a) : placeIn(m_comparison->b, item.b);
    return place ? static_cast<qlonglong>(isSize(column) ? place->size : place->offset) : -1;
}

QString DiffModel::changeText(const DiffItem& item) const
{
    if (item.isFolder() && item.change == Change::Same) {
        return countsText(item.inside, false);
    }
    if (item.change == Change::Moved) {
        return tr("Moved from %1").arg(shownName(m_comparison->oldPathOf(item)));
    }
    if (item.change == Change::Renamed) {
        return tr("Renamed from %1").arg(shownName(m_comparison->a.entries[item.a].name));
    }
    if (item.change == Change::Changed) {
        return tr("Changed, %1").arg(bytesText(item.content.bytes));
    }
    return ui::changeText(item.change);
}

QString DiffModel::toolTip(const DiffItem& item, int column) const
{
    return column == Name ? shownName(m_comparison->pathOf(item)) : describe(*m_comparison, item);
}

QVariant DiffModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && section != Name && section != Change) {
        return (Qt::AlignRight | Qt::AlignVCenter).toInt();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return tr("Name");
    case Change:
        return tr("Change");
    case SizeA:
        return tr("Size A");
    case SizeB:
        return tr("Size B");
    case OffsetA:
        return tr("Offset A");
    case OffsetB:
        return tr("Offset B");
    default:
        return {};
    }
}

Qt::ItemFlags DiffModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return Qt::NoItemFlags;
    }
    const auto flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return itemAt(index).isFolder() ? flags : flags | Qt::ItemNeverHasChildren;
}

QString bytesText(std::uint64_t count)
{
    return count == 1 ? DiffModel::tr("1 byte") : DiffModel::tr("%1 bytes").arg(exactSize(count));
}

QString changeText(Change change)
{
    switch (change) {
    case Change::Same:
        return DiffModel::tr("Same");
    case Change::Realigned:
        return DiffModel::tr("Realigned");
    case Change::Moved:
        return DiffModel::tr("Moved");
    case Change::Renamed:
        return DiffModel::tr("Renamed");
    case Change::Changed:
        return DiffModel::tr("Changed");
    case Change::Removed:
        return DiffModel::tr("Removed");
    case Change::Added:
        return DiffModel::tr("Added");
    }
    return {};
}

QIcon iconFor(Change change)
{
    return icon(change == Change::Realigned     ? QStringLiteral("align")
                    : change == Change::Renamed ? QStringLiteral("rename")
                                                : QStringLiteral("diff-") % text(tree::changeName(change)));
}

QString countsText(const tree::ChangeCounts& counts, bool withSame)
{
    QStringList parts;
    const auto add = [&](Change change, const QString& part) {
        if (counts.of(change) != 0) {
            parts.append(part.arg(counts.of(change)));
        }
    };
    add(Change::Added, DiffModel::tr("%1 added"));
    add(Change::Removed, DiffModel::tr("%1 removed"));
    add(Change::Changed, DiffModel::tr("%1 changed"));
    add(Change::Moved, DiffModel::tr("%1 moved"));
    add(Change::Renamed, DiffModel::tr("%1 renamed"));
    add(Change::Realigned, DiffModel::tr("%1 realigned"));
    if (withSame) {
        add(Change::Same, DiffModel::tr("%1 same"));
    }
    return parts.join(QStringLiteral(", "));
}

QString alignmentText(const tree::ImageSnapshot& image, std::uint32_t index)
{
    return QStringLiteral("%1/%2")
        .arg(romfs::naturalAlignment(image.layout[index].contentOffset))
        .arg(image.entries[index].alignment);
}

QString describe(const Comparison& comparison, const DiffItem& item)
{
    switch (item.change) {
    case Change::Same:
        return item.isFolder() ? countsText(item.inside) : DiffModel::tr("The same in both");
    case Change::Added:
        return DiffModel::tr("Only in B");
    case Change::Removed:
        return DiffModel::tr("Only in A");
    case Change::Moved:
    case Change::Renamed:
        return DiffModel::tr("Same content; %1 in A, %2 in B")
            .arg(shownName(comparison.oldPathOf(item)), shownName(comparison.pathOf(item)));
    case Change::Realigned:
        return DiffModel::tr("Same content; at %1 in A, at %2 in B; aligned (actual/wanted) %3 in A, %4 in B")
            .arg(hexOffset(comparison.a.layout[item.a].contentOffset),
                 hexOffset(comparison.b.layout[item.b].contentOffset), alignmentText(comparison.a, item.a),
                 alignmentText(comparison.b, item.b));
    case Change::Changed:
        return differenceText(item.content);
    }
    return {};
}

} // namespace romsmith::ui
