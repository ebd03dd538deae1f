// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/romtreemodel.h"

#include "core/romfs/record.h"
#include "ui/facts.h"
#include "ui/icons.h"
#include "ui/text.h"

#include <algorithm>
#include <array>

namespace romsmith::ui {
namespace {

/// What the device's own listing shows at most; more is chance.
constexpr std::uint64_t largestShownAlignment = 128;

int toInt(std::size_t row)
{
    return static_cast<int>(row);
}

bool isNestedImage(const tree::Node& node)
{
    return node.isFile() && romfs::hasMagic(node.content().bytes());
}

/// Rather than figures, which stand at the right.
bool isText(int column)
{
    return column == RomTreeModel::Name || column == RomTreeModel::Sha256 || column == RomTreeModel::Notes;
}

} // namespace

RomTreeModel::RomTreeModel(Document& document, QObject* parent)
    : QAbstractItemModel(parent)
    , m_document(document)
{
    m_document.tree().setObserver(this);
    connect(&m_document, &Document::planChanged, this, &RomTreeModel::refreshPlanColumns);
    connect(&m_digests, &Digests::computed, this, &RomTreeModel::refreshDigests);
}

RomTreeModel::~RomTreeModel()
{
    m_document.tree().setObserver(nullptr);
}

tree::Node& RomTreeModel::nodeAt(const QModelIndex& index) const
{
    return index.isValid() ? *static_cast<tree::Node*>(index.internalPointer()) : m_document.tree().root();
}

QModelIndex RomTreeModel::indexOf(const tree::Node& node, int column) const
{
    return node.parent() ? createIndex(toInt(node.row()), column, &node) : QModelIndex();
}

QModelIndex RomTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    return hasIndex(row, column, parent)
        ? createIndex(row, column, nodeAt(parent).children()[static_cast<std::size_t>(row)].get())
        : QModelIndex();
}

QModelIndex RomTreeModel::parent(const QModelIndex& child) const
{
    return child.isValid() ? indexOf(*nodeAt(child).parent()) : QModelIndex();
}

int RomTreeModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : toInt(nodeAt(parent).children().size());
}

int RomTreeModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

QVariant RomTreeModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& node = nodeAt(index);
    const auto column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return display(node, column);
    case Qt::EditRole:
        return column == Aligned ? QVariant(node.state().alignmentOverride.value_or(0)) : display(node, column);
    case SortRole:
        return sortValue(node, column);
    case FoundAlignmentRole:
        return column == Aligned ? foundAlignment(node) : QVariant();
    case Qt::DecorationRole:
        return column == Name ? QVariant(iconFor(node)) : column == Notes ? worstIcon(node) : QVariant();
    case Qt::ToolTipRole:
        return toolTip(node, column);
    case Qt::TextAlignmentRole:
        return isText(column) ? QVariant() : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant RomTreeModel::display(const tree::Node& node, int column) const
{
    const auto* placement = m_document.plan().placement(node);
    switch (column) {
    case Name:
        return node.isRaw() && node.name().empty() ? tr("(records)") : shownName(node.name());
    case Size:
        return node.isFolder() ? QString() : exactSize(m_document.plan().contentOf(node).size());
    case Aligned:
        return alignmentText(node);
    case Offset:
        return placement ? hexOffset(placement->contentOffset) : QString();
    case Padding:
        return placement && !node.isRaw() ? exactSize(placement->padding) : QString();
    case Crc32:
    case Sha256:
        return digestText(node, column);
    case Notes:
        return notes(node);
    default:
        return {};
    }
}

QVariant RomTreeModel::sortValue(const tree::Node& node, int column) const
{
    const auto* placement = m_document.plan().placement(node);
    switch (column) {
    case Size:
        return static_cast<qulonglong>(m_document.plan().contentOf(node).size());
    case Aligned:
        return node.isFile() ? node.wantedAlignment(m_document.plan().rules).value : 0U;
    case Offset:
        return placement ? static_cast<qulonglong>(placement->recordOffset) : 0U;
    case Padding:
        return placement ? static_cast<qulonglong>(placement->padding) : 0U;
    case Crc32:
    case Sha256:
        return digestValue(node, column);
    default:
        return display(node, column);
    }
}

/// Null for what has none, or none yet.
const Result<inspect::Digest>* RomTreeModel::digestOf(const tree::Node& node) const
{
    const auto& plan = m_document.plan();
    return node.isFolder() || plan.isWaiting(node) ? nullptr : m_digests.find(plan.contentOf(node));
}

QString RomTreeModel::digestText(const tree::Node& node, int column) const
{
    const auto* digest = digestOf(node);
    if (!digest) {
        return node.isFolder() ? QString() : QStringLiteral("…");
    }
    if (!*digest) {
        return tr("cannot be read");
    }
    return column == Crc32 ? crc32Text(**digest) : text((*digest)->sha256);
}

/// Of SHA-256 the first half of its digits, which tells contents apart as well.
qulonglong RomTreeModel::digestValue(const tree::Node& node, int column) const
{
    const auto* digest = digestOf(node);
    if (!digest || !*digest) {
        return 0;
    }
    constexpr int digits = 16;
    return column == Crc32 ? (*digest)->crc32 : text((*digest)->sha256).first(digits).toULongLong(nullptr, 16);
}

QString RomTreeModel::alignmentText(const tree::Node& node) const
{
    const auto* placement = m_document.plan().placement(node);
    if (!node.isFile() || !placement) {
        return {};
    }
    const std::uint64_t wanted = node.wantedAlignment(m_document.plan().rules).value;
    const auto actual = romfs::naturalAlignment(placement->contentOffset);
    return QStringLiteral("%1 / %2").arg(std::min(actual, std::max(wanted, largestShownAlignment))).arg(wanted);
}

QVariant RomTreeModel::foundAlignment(const tree::Node& node) const
{
    const auto wanted = node.wantedAlignment(m_document.plan().rules);
    return node.isFile() && wanted.reason == tree::AlignmentReason::Found ? QVariant(wanted.value) : QVariant();
}

QVariant RomTreeModel::worstIcon(const tree::Node& node) const
{
    const auto* worst = m_document.plan().worstFinding(node);
    return worst && worst->severity != romfs::Severity::Info ? QVariant(iconFor(worst->severity)) : QVariant();
}

QString RomTreeModel::toolTip(const tree::Node& node, int column) const
{
    const auto* worst = m_document.plan().worstFinding(node);
    const auto isAboutAlignment
        = [&] { return worst->mend == romfs::Mend::Align || worst->mend == romfs::Mend::UseRule; };
    if (worst && worst->severity != romfs::Severity::Info
        && (column == Notes || (column == Aligned && isAboutAlignment()))) {
        return toolTipOf(text(worst->message));
    }
    if (column == Aligned && node.isFile()) {
        const auto wanted = node.wantedAlignment(m_document.plan().rules);
        const auto board = text(m_document.target().board() ? m_document.target().board()->name : std::string());
        switch (wanted.reason) {
        case tree::AlignmentReason::Override:
            return tr("Actual / wanted alignment in bytes. You set %1 for this file.").arg(wanted.value);
        case tree::AlignmentReason::Found:
            return tr("Actual / wanted alignment in bytes. The image that this file was read from had aligned it to "
                      "%1.")
                .arg(wanted.value);
        case tree::AlignmentReason::Rule:
            if (m_document.ruleChanges().byExtension.contains(romfs::extensionOf(node.name()))) {
                return tr("Actual / wanted alignment in bytes. Your rule for .%1 files is %2.")
                    .arg(text(romfs::extensionOf(node.name())))
                    .arg(wanted.value);
            }
            return board.isEmpty() ? tr("Actual / wanted alignment in bytes. The rule for .%1 files is %2.")
                                         .arg(text(romfs::extensionOf(node.name())))
                                         .arg(wanted.value)
                                   : tr("Actual / wanted alignment in bytes. %1's rule for .%2 files is %3.")
                                         .arg(board, text(romfs::extensionOf(node.name())))
                                         .arg(wanted.value);
        case tree::AlignmentReason::Nested:
            return tr("Actual / wanted alignment in bytes. What is in this image stays aligned only as far as the "
                      "image itself is, to %1.")
                .arg(wanted.value);
        case tree::AlignmentReason::Default:
            return tr("Actual / wanted alignment in bytes. No rule names this kind of file.");
        }
    }
    if (const auto* placement = m_document.plan().placement(node); column == Offset && placement) {
        const auto address = m_document.target().address();
        return address == 0 ? tr("Content begins at byte %1 of the image").arg(exactSize(placement->contentOffset))
                            : tr("Address on the board: %1").arg(hexOffset(address + placement->contentOffset, 8));
    }
    if (column == Size && m_document.plan().isCompiled(node)) {
        return tr("Compiled; the source takes %1 bytes").arg(exactSize(node.content().size()));
    }
    if (column == Notes) {
        return toolTipOf(text(std::string(build::describe(build::pythonFate(node, m_document.python())))));
    }
    if (const auto* digest = column == Crc32 || column == Sha256 ? digestOf(node) : nullptr) {
        return *digest ? digestText(node, column) : toolTipOf(text(digest->error().message));
    }
    return column == Name ? shownName(node.path()) : QString();
}

QString RomTreeModel::pythonNote(const tree::Node& node) const
{
    const auto fate = build::pythonFate(node, m_document.python());
    switch (fate) {
    case build::PythonFate::NoPython:
    case build::PythonFate::KeptByProject:
        return {};
    case build::PythonFate::KeptByUser:
        return tr("kept as source");
    case build::PythonFate::KeptToStart:
        return tr("kept as source, the only form that is started");
    case build::PythonFate::KeptBeside:
        return tr("source beside its .mpy");
    case build::PythonFate::Compiled:
        break;
    }
    const auto& plan = m_document.plan();
    const auto compiledName = shownName(build::compiledName(node.name()));
    return plan.isCompiled(node) ? tr("→ %1").arg(compiledName)
        : plan.isWaiting(node)   ? tr("→ %1, being compiled…").arg(compiledName)
                                 : tr("not compiled; see Problems");
}

QString RomTreeModel::notes(const tree::Node& node) const
{
    if (node.isRaw()) {
        return node.defect() == romfs::Defect::None ? tr("other records, kept as they are")
                                                    : tr("broken; see Problems");
    }
    if (!node.isFile()) {
        return {};
    }
    if (isNestedImage(node)) {
        return tr("nested ROMFS");
    }
    if (auto note = pythonNote(node); !note.isEmpty()) {
        return note;
    }
    const auto& origin = node.state().origin;
    if (origin && origin->throughPointer && m_document.plan().layout.unchangedSource()) {
        return tr("through a pointer record");
    }
    return romfs::isModelName(node.name()) ? tr("model") : QString();
}

QVariant RomTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && !isText(section)) {
        return (Qt::AlignRight | Qt::AlignVCenter).toInt();
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
        case Aligned:
            return tr("Alignment of the content in bytes: actual / wanted");
        case Offset:
            return tr("Where the content begins in the image");
        case Padding:
            return tr("Filler bytes spent to align the content");
        case Crc32:
        case Sha256:
            return tr("Checksum of what the image has of the file: of a compiled Python file, its bytecode");
        default:
            return {};
        }
    }
    return role == Qt::DisplayRole ? title(section) : QVariant();
}

QString RomTreeModel::title(int column)
{
    switch (column) {
    case Name:
        return tr("Name");
    case Size:
        return tr("Size");
    case Aligned:
        return tr("Aligned");
    case Offset:
        return tr("Offset");
    case Padding:
        return tr("Padding");
    case Crc32:
        return QStringLiteral("CRC32");
    case Sha256:
        return QStringLiteral("SHA-256");
    case Notes:
        return tr("Notes");
    default:
        return {};
    }
}

Qt::ItemFlags RomTreeModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return Qt::ItemIsDropEnabled;
    }
    const auto& node = nodeAt(index);
    auto flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled;
    if (node.isFolder()) {
        flags |= Qt::ItemIsDropEnabled;
    } else {
        flags |= Qt::ItemNeverHasChildren;
    }
    if ((index.column() == Name && !node.isRaw()) || (index.column() == Aligned && node.isFile())) {
        flags |= Qt::ItemIsEditable;
    }
    return flags;
}

bool RomTreeModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole) {
        return false;
    }
    auto& node = nodeAt(index);
    if (index.column() == Aligned) {
        return setAlignment(node, value.toString());
    }
    if (index.column() != Name) {
        return false;
    }
    const auto name = value.toString();
    if (name == display(node, Name).toString()) {
        return true; // untouched: what is shown of a name that is no text is not that name
    }
    const bool isNew = m_document.expectsName(node);
    const auto done = m_document.perform(m_document.tree().rename(node, name.toStdString()),
                                         isNew ? tr("New folder \"%1\"").arg(name)
                                               : tr("Rename \"%1\" to \"%2\"").arg(shownName(node.name()), name),
                                         isNew ? Document::Gesture::Continued : Document::Gesture::New);
    if (!done) {
        Q_EMIT refused(text(done.error().message));
    }
    return done.has_value();
}

bool RomTreeModel::setAlignment(tree::Node& node, const QString& value)
{
    const auto alignment = value.toUInt();
    const auto done = m_document.perform(
        m_document.tree().setAlignment(std::array{&node}, alignment == 0 ? std::nullopt : std::optional(alignment)),
        alignment == 0 ? tr("Align \"%1\" by the rules").arg(shownName(node.name()))
                       : tr("Align \"%1\" to %2").arg(shownName(node.name())).arg(alignment));
    if (!done) {
        Q_EMIT refused(text(done.error().message));
    }
    return done.has_value();
}

void RomTreeModel::aboutToInsert(tree::Node& parent, std::size_t row, std::size_t count)
{
    beginInsertRows(indexOf(parent), toInt(row), toInt(row + count) - 1);
}

void RomTreeModel::aboutToRemove(tree::Node& parent, std::size_t row, std::size_t count)
{
    beginRemoveRows(indexOf(parent), toInt(row), toInt(row + count) - 1);
}

void RomTreeModel::aboutToMove(tree::Node& node, tree::Node& to, std::size_t row)
{
    // Qt counts the destination before the row has left its place.
    const bool down = node.parent() == &to && row > node.row();
    m_movesRows = beginMoveRows(indexOf(*node.parent()), toInt(node.row()), toInt(node.row()), indexOf(to),
                                toInt(row) + (down ? 1 : 0));
}

void RomTreeModel::moved()
{
    if (m_movesRows) {
        endMoveRows();
    }
}

void RomTreeModel::aboutToReorder(tree::Node& parent)
{
    Q_EMIT layoutAboutToBeChanged({indexOf(parent)});
    for (const auto& index : persistentIndexList()) {
        m_reordered.emplace_back(index, &nodeAt(index));
    }
}

void RomTreeModel::reordered(tree::Node& parent)
{
    for (const auto& [index, node] : m_reordered) {
        changePersistentIndex(index, indexOf(*node, index.column()));
    }
    m_reordered.clear();
    Q_EMIT layoutChanged({indexOf(parent)});
}

void RomTreeModel::changed(tree::Node& node)
{
    if (node.parent()) {
        Q_EMIT dataChanged(indexOf(node, Name), indexOf(node, Notes));
    }
}

void RomTreeModel::refresh(Column first, Column last, const QList<int>& roles)
{
    const auto refreshIn = [&](const auto& self, const tree::Node& folder) -> void {
        if (folder.children().empty()) {
            return;
        }
        Q_EMIT dataChanged(indexOf(*folder.children().front(), first), indexOf(*folder.children().back(), last), roles);
        for (const auto& child : folder.children()) {
            if (child->isFolder()) {
                self(self, *child);
            }
        }
    };
    refreshIn(refreshIn, m_document.tree().root());
}

void RomTreeModel::refreshPlanColumns()
{
    refresh(Size, Notes, {Qt::DisplayRole, SortRole, Qt::ToolTipRole});
}

void RomTreeModel::refreshDigests()
{
    m_digests.forgetUnused(m_document.plan().flat.entries);
    QList<int> roles{Qt::DisplayRole, Qt::ToolTipRole};
    if (!m_digests.isBusy()) {
        roles.append(SortRole); // once: rows that are sorted by what comes in bit by bit would not stand still
    }
    refresh(Crc32, Sha256, roles);
}

} // namespace romsmith::ui
