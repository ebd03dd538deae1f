// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/romtreeview.h"

#include "core/tree/editbuilder.h"
#include "ui/delegates.h"
#include "ui/icons.h"
#include "ui/nodemimedata.h"
#include "ui/text.h"

#include <QAccessible>
#include <QCollator>
#include <QDrag>
#include <QDragEnterEvent>
#include <QHeaderView>
#include <QMimeData>
#include <QPainter>

#include <algorithm>
#include <array>

namespace romsmith::ui {
namespace {

/// Files of this computer; others cannot be read.
bool hasFiles(const QMimeData& mime)
{
    return std::ranges::any_of(mime.urls(), &QUrl::isLocalFile);
}

} // namespace

RomTreeProxy::RomTreeProxy(RomTreeModel& model, QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSourceModel(&model);
    setFilterKeyColumn(RomTreeModel::Name);
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(true);
    setSortRole(RomTreeModel::SortRole);
    setFilterCaseSensitivity(Qt::CaseInsensitive);
}

void RomTreeProxy::setFilterText(const QString& text)
{
    const bool glob = text.contains(QLatin1Char('*')) || text.contains(QLatin1Char('?'));
    setFilterRegularExpression(
        glob ? QRegularExpression(QRegularExpression::wildcardToRegularExpression(text),
                                  QRegularExpression::CaseInsensitiveOption)
             : QRegularExpression(QRegularExpression::escape(text), QRegularExpression::CaseInsensitiveOption));
}

bool RomTreeProxy::matches(const QModelIndex& index) const
{
    for (auto source = mapToSource(index); source.isValid(); source = source.parent()) {
        if (filterAcceptsRow(source.row(), source.parent())) {
            return true;
        }
    }
    return false;
}

bool RomTreeProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const auto a = left.data(RomTreeModel::SortRole);
    const auto b = right.data(RomTreeModel::SortRole);
    if (a.typeId() != QMetaType::QString) {
        return a == b ? left.row() < right.row() : a.toULongLong() < b.toULongLong();
    }
    static const QCollator collator = [] {
        QCollator natural;
        natural.setNumericMode(true);
        natural.setCaseSensitivity(Qt::CaseInsensitive);
        return natural;
    }();
    const auto order = collator.compare(a.toString(), b.toString());
    return order == 0 ? left.row() < right.row() : order < 0;
}

RomTreeView::RomTreeView(RomTreeModel& model, QWidget* parent)
    : QTreeView(parent)
    , m_model(model)
    , m_proxy(model)
{
    setModel(&m_proxy);
    setItemDelegateForColumn(RomTreeModel::Name, new NameDelegate(this));
    setItemDelegateForColumn(RomTreeModel::Aligned, new AlignmentDelegate(this));
    setAccessibleName(tr("Content of the image"));
    setSelectionMode(ExtendedSelection);
    setEditTriggers(EditKeyPressed);
    setUniformRowHeights(true);
    setAlternatingRowColors(true);
    setDragEnabled(true);
    setAcceptDrops(true);
    setDropIndicatorShown(false);
    setAutoExpandDelay(600); // ms that a drag rests on a closed folder
    setContextMenuPolicy(Qt::CustomContextMenu);
    setSortingEnabled(true);
    header()->setSortIndicatorClearable(true);
    sortByColumn(-1, Qt::AscendingOrder);
    header()->setStretchLastSection(true);
    setItemDelegateForColumn(RomTreeModel::Notes, new NoteDelegate(this));
    fitColumns();
    header()->setResizeContentsPrecision(0); // by what is in sight
    m_expanding.setSingleShot(true);
    connect(&m_expanding, &QTimer::timeout, this, &RomTreeView::makeRoomForNames);
    connect(this, &QTreeView::expanded, &m_expanding, qOverload<>(&QTimer::start));
}

/// So that there is something to read in a folder that lies deep.
void RomTreeView::makeRoomForNames()
{
    int depth = 0;
    const auto bottom = viewport()->height();
    for (auto index = indexAt({0, 0}); index.isValid() && visualRect(index).top() < bottom; index = indexBelow(index)) {
        int folders = 1;
        for (auto folder = index.parent(); folder.isValid(); folder = folder.parent()) {
            ++folders;
        }
        depth = std::max(depth, folders);
    }
    const auto readable = fontMetrics().horizontalAdvance(QString(20, QLatin1Char('n'))) + depth * indentation();
    const auto wanted = std::min(sizeHintForColumn(RomTreeModel::Name), readable);
    if (wanted > columnWidth(RomTreeModel::Name)) {
        setColumnWidth(RomTreeModel::Name, wanted);
    }
}

/// Wide enough for their titles and for what they usually hold, whatever the font.
void RomTreeView::fitColumns()
{
    const std::array<std::pair<int, QString>, 7> samples{{{RomTreeModel::Name, QString(26, QLatin1Char('n'))},
                                                          {RomTreeModel::Size, QStringLiteral("88,888,888")},
                                                          {RomTreeModel::Aligned, QStringLiteral("1024 / 1024")},
                                                          {RomTreeModel::Offset, QStringLiteral("0x8888888")},
                                                          {RomTreeModel::Padding, QStringLiteral("88,888")},
                                                          {RomTreeModel::Crc32, QStringLiteral("88888888")},
                                                          {RomTreeModel::Sha256, QString(16, QLatin1Char('8'))}}};
    const auto gap
        = 2 * (style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, this) + fontMetrics().averageCharWidth());
    for (const auto& [column, sample] : samples) {
        const auto title = m_proxy.headerData(column, Qt::Horizontal).toString();
        header()->resizeSection(
            column, gap + std::max(fontMetrics().horizontalAdvance(sample), fontMetrics().horizontalAdvance(title)));
    }
}

void RomTreeView::changeEvent(QEvent* event)
{
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        fitColumns();
    }
}

void RomTreeView::mouseDoubleClickEvent(QMouseEvent* event)
{
    const auto index = indexAt(event->position().toPoint());
    if (index.column() == RomTreeModel::Aligned && edit(index, AllEditTriggers, event)) {
        return;
    }
    QTreeView::mouseDoubleClickEvent(event);
}

/// What was open opens again when it comes back, as by an undo.
void RomTreeView::rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last)
{
    for (int row = first; row <= last; ++row) {
        rememberOpen(m_proxy.index(row, 0, parent));
    }
    QTreeView::rowsAboutToBeRemoved(parent, first, last);
}

void RomTreeView::rememberOpen(const QModelIndex& index)
{
    if (!isExpanded(index)) {
        return;
    }
    m_opened.insert(&m_model.nodeAt(m_proxy.mapToSource(index)));
    for (int row = 0; row < m_proxy.rowCount(index); ++row) {
        rememberOpen(m_proxy.index(row, 0, index));
    }
}

void RomTreeView::rowsInserted(const QModelIndex& parent, int first, int last)
{
    QTreeView::rowsInserted(parent, first, last);
    for (int row = first; row <= last && !m_opened.empty(); ++row) {
        openAgain(m_proxy.index(row, 0, parent));
    }
}

void RomTreeView::openAgain(const QModelIndex& index)
{
    if (m_opened.erase(&m_model.nodeAt(m_proxy.mapToSource(index))) == 0) {
        return;
    }
    expand(index);
    for (int row = 0; row < m_proxy.rowCount(index); ++row) {
        openAgain(m_proxy.index(row, 0, index));
    }
}

/// Also those inside of others. Qt's own lists of what is selected look through all ranges for each row.
std::vector<tree::Node*> RomTreeView::selectedRows() const
{
    std::vector<tree::Node*> nodes;
    for (const auto& range : selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            nodes.push_back(&m_model.nodeAt(m_proxy.mapToSource(m_proxy.index(row, 0, range.parent()))));
        }
    }
    return nodes;
}

std::vector<tree::Node*> RomTreeView::selectedNodes() const
{
    return tree::withoutNested(selectedRows());
}

tree::Node* RomTreeView::currentNode() const
{
    const auto index = m_proxy.mapToSource(currentIndex());
    return index.isValid() ? &m_model.nodeAt(index) : nullptr;
}

QModelIndex RomTreeView::viewIndex(const tree::Node& node, int column) const
{
    return m_proxy.mapFromSource(m_model.indexOf(node, column));
}

/// Of those that are in sight; neighbours are one range.
QItemSelection RomTreeView::selectionOf(const std::vector<tree::Node*>& nodes) const
{
    QItemSelection selection;
    QModelIndex first;
    QModelIndex last;
    const auto addRange = [&] {
        if (first.isValid()) {
            selection.select(first, last);
        }
    };
    for (const auto* node : nodes) {
        const auto index = m_model.document().holds(node) ? viewIndex(*node) : QModelIndex();
        if (!index.isValid()) {
            continue;
        }
        if (!last.isValid() || last.row() + 1 != index.row() || last.parent() != index.parent()) {
            addRange();
            first = index;
        }
        last = index;
    }
    addRange();
    return selection;
}

void RomTreeView::select(const std::vector<tree::Node*>& nodes)
{
    const auto selection = selectionOf(nodes);
    if (selection.isEmpty()) {
        return;
    }
    const QModelIndex first = selection.front().topLeft();
    selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollTo(first);
}

void RomTreeView::selectAll()
{
    if (m_proxy.filterRegularExpression().pattern().isEmpty()) {
        QTreeView::selectAll();
        return;
    }
    std::vector<tree::Node*> found;
    for (auto index = m_proxy.index(0, 0); index.isValid(); index = indexBelow(index)) {
        if (m_proxy.matches(index)) {
            found.push_back(&m_model.nodeAt(m_proxy.mapToSource(index)));
        }
    }
    selectionModel()->select(selectionOf(found), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void RomTreeView::expandEverything()
{
    expandAll();
    makeRoomForNames();
}

void RomTreeView::goToFirstMatch()
{
    auto index = m_proxy.index(0, 0);
    while (index.isValid() && !m_proxy.matches(index)) {
        index = indexBelow(index);
    }
    if (index.isValid()) {
        setCurrentIndex(index);
    }
}

std::size_t RomTreeView::countHidden(const std::vector<tree::Node*>& nodes) const
{
    std::size_t count = 0;
    for (const auto* node : nodes) {
        tree::forEachInside(*node, [&](const tree::Node& inside) { count += viewIndex(inside).isValid() ? 0U : 1U; });
    }
    return count;
}

void RomTreeView::setFilter(const QString& text)
{
    // Left alone, what is selected would be cut up for each row that comes in between: seconds for a thousand.
    const auto nodes = selectedRows();
    selectSilently({});
    m_proxy.setFilterText(text);
    selectSilently(selectionOf(nodes));
    if (!nodes.empty()) {
        setUpdatesEnabled(false); // one by one, finding the rows to be painted takes longer than painting all
        Q_EMIT selectionModel()->selectionChanged(selectionModel()->selection(), {});
        setUpdatesEnabled(true);
    }
}

void RomTreeView::selectSilently(const QItemSelection& selection)
{
    const QSignalBlocker silence(selectionModel());
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

QString RomTreeView::selectedText() const
{
    const auto rows = selectedRows();
    QStringList lines;
    appendSelected({}, {rows.begin(), rows.end()}, lines);
    return lines.join(u'\n');
}

void RomTreeView::appendSelected(const QModelIndex& folder, const std::unordered_set<const tree::Node*>& selected,
                                 QStringList& lines) const
{
    for (int row = 0; row < m_proxy.rowCount(folder); ++row) {
        const auto index = m_proxy.index(row, 0, folder);
        const auto& node = m_model.nodeAt(m_proxy.mapToSource(index));
        if (selected.contains(&node)) {
            QStringList cells{shownName(node.path())};
            for (int column = RomTreeModel::Name + 1; column < RomTreeModel::ColumnCount; ++column) {
                if (!isColumnHidden(column)) {
                    cells.append(index.siblingAtColumn(column).data().toString());
                }
            }
            lines.append(cells.join(u'\t'));
        }
        appendSelected(index, selected, lines);
    }
}

void RomTreeView::moveOff(const std::vector<tree::Node*>& nodes)
{
    const std::unordered_set<const tree::Node*> leaving(nodes.begin(), nodes.end());
    const auto leaves = [&](const QModelIndex& index) {
        const auto* node = &m_model.nodeAt(m_proxy.mapToSource(index));
        while (node && !leaving.contains(node)) {
            node = node->parent();
        }
        return node != nullptr;
    };
    auto nearest = currentIndex();
    while (nearest.isValid() && leaves(nearest)) {
        nearest = indexBelow(nearest);
    }
    if (!nearest.isValid()) {
        nearest = currentIndex();
        while (nearest.isValid() && leaves(nearest)) {
            nearest = indexAbove(nearest);
        }
    }
    // What was selected goes at once, not row by row.
    selectionModel()->setCurrentIndex(nearest, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void RomTreeView::editName(tree::Node& node)
{
    const auto index = viewIndex(node);
    setCurrentIndex(index);
    scrollTo(index);
    edit(index);
}

tree::Node& RomTreeView::targetFolder() const
{
    auto* node = currentNode();
    if (!node || !selectionModel()->hasSelection()) {
        return m_model.document().tree().root();
    }
    return node->isFolder() ? *node : *node->parent();
}

void RomTreeView::startDrag(Qt::DropActions)
{
    auto nodes = selectedNodes();
    if (nodes.empty()) {
        return;
    }
    auto* drag = new QDrag(this);
    drag->setPixmap(iconFor(*nodes.front()).pixmap(32, 32));
    drag->setMimeData(new NodeMimeData(m_model.document(), std::move(nodes), NodeMimeData::Way::Drag));
    drag->exec(Qt::CopyAction | Qt::MoveAction, Qt::MoveAction);
}

DropPlace RomTreeView::placeAt(const QPoint& position) const
{
    auto& root = m_model.document().tree().root();
    const auto index = m_proxy.mapToSource(indexAt(position));
    if (!index.isValid()) {
        return {.folder = &root, .row = {}};
    }
    auto& node = m_model.nodeAt(index);
    const auto rect = visualRect(indexAt(position).siblingAtColumn(0));
    const auto quarter = rect.height() / 4;
    // Near the edges of a row the place between rows is meant, as long as the image's order is what is shown.
    const bool ordered = m_proxy.sortColumn() < 0;
    if (ordered && position.y() < rect.top() + quarter) {
        return {.folder = node.parent(), .row = node.row()};
    }
    if (node.isFolder()) {
        return {.folder = &node, .row = {}};
    }
    if (ordered && position.y() > rect.bottom() - quarter) {
        return {.folder = node.parent(), .row = node.row() + 1};
    }
    return {.folder = node.parent(), .row = {}};
}

bool RomTreeView::canDrop(const QDropEvent& event) const
{
    const auto* nodes = qobject_cast<const NodeMimeData*>(event.mimeData());
    if (!nodes) {
        return hasFiles(*event.mimeData());
    }
    const auto* folder = placeAt(event.position().toPoint()).folder;
    return nodes->document() != &m_model.document()
        || std::ranges::none_of(nodes->liveNodes(), [&](const tree::Node* node) { return folder->isInside(*node); });
}

bool RomTreeView::copies(const QDropEvent& event) const
{
    const auto* nodes = qobject_cast<const NodeMimeData*>(event.mimeData());
    return !nodes || event.modifiers().testFlag(Qt::ControlModifier) || nodes->document() != &m_model.document();
}

void RomTreeView::dragEnterEvent(QDragEnterEvent* event)
{
    // Rows are not asked for their files: that would write them.
    event->setAccepted(qobject_cast<const NodeMimeData*>(event->mimeData()) || hasFiles(*event->mimeData()));
    if (event->isAccepted()) {
        setState(DraggingState);
        Q_EMIT dragHovers(event->mimeData());
    }
}

void RomTreeView::dragMoveEvent(QDragMoveEvent* event)
{
    QTreeView::dragMoveEvent(event); // scrolls and opens folders under the pointer
    const bool accepted = canDrop(*event);
    event->setDropAction(copies(*event) ? Qt::CopyAction : Qt::MoveAction);
    event->setAccepted(accepted);
    const auto place = placeAt(event->position().toPoint());
    m_hovered = accepted ? std::optional(place) : std::nullopt;
    viewport()->update();
}

void RomTreeView::dragLeaveEvent(QDragLeaveEvent* event)
{
    QTreeView::dragLeaveEvent(event);
    m_hovered.reset();
    setState(NoState);
    viewport()->update();
    Q_EMIT dragHovers(nullptr);
}

void RomTreeView::dropEvent(QDropEvent* event)
{
    const auto place = placeAt(event->position().toPoint());
    m_hovered.reset();
    stopAutoScroll();
    setState(NoState);
    viewport()->update();
    Q_EMIT dragHovers(nullptr);
    if (!canDrop(*event)) {
        event->ignore();
        return;
    }
    const auto* nodes = qobject_cast<const NodeMimeData*>(event->mimeData());
    const bool copy = copies(*event);
    event->setDropAction(copy ? Qt::CopyAction : Qt::MoveAction);
    event->accept();
    if (nodes) {
        Q_EMIT nodesDropped(*nodes, place, copy);
    } else {
        Q_EMIT filesDropped(event->mimeData()->urls(), place);
    }
}

void RomTreeView::mousePressEvent(QMouseEvent* event)
{
    QTreeView::mousePressEvent(event);
    if (!indexAt(event->position().toPoint()).isValid()) {
        // A click on the empty space means the image itself, so that new things go to its top.
        clearSelection();
        setCurrentIndex({});
    }
}

void RomTreeView::dataChanged(const QModelIndex& topLeft, const QModelIndex& bottomRight, const QList<int>& roles)
{
    // After each edit every folder reports its columns of the plan. Finding out where they are takes longer than
    // painting what can be seen.
    if (topLeft.column() > RomTreeModel::Name && !QAccessible::isActive()) {
        executeDelayedItemsLayout(); // or rows that came and went are laid out while painted, which paints twice
        viewport()->update();
    } else {
        QTreeView::dataChanged(topLeft, bottomRight, roles);
    }
}

void RomTreeView::paintEvent(QPaintEvent* event)
{
    QTreeView::paintEvent(event);
    QPainter painter(viewport());
    if (m_hovered) {
        paintDropPlace(painter, *m_hovered);
    }
    if (m_proxy.rowCount() > 0) {
        return;
    }
    const bool filtered = m_model.rowCount() > 0;
    auto color = palette().color(QPalette::Text);
    color.setAlphaF(0.65F);
    painter.setPen(color);
    auto font = painter.font();
    font.setPointSizeF(font.pointSizeF() * 1.3);
    painter.setFont(font);
    const auto middle = viewport()->rect();
    if (!filtered) {
        icon(QStringLiteral("drop")).paint(&painter, QRect(middle.center().x() - 24, middle.center().y() - 76, 48, 48));
    }
    painter.drawText(middle, Qt::AlignCenter | Qt::TextWordWrap,
                     filtered ? tr("Nothing matches the filter")
                              : tr("Drop files and folders here\nor use Edit > Add files"));
}

void RomTreeView::paintDropPlace(QPainter& painter, const DropPlace& place) const
{
    painter.setPen(QPen(palette().highlight(), 2));
    const auto children = place.folder->children();
    if (place.row && !children.empty()) {
        const bool behind = *place.row >= children.size();
        const auto row = visualRect(viewIndex(*children[behind ? children.size() - 1 : *place.row]));
        const auto y = behind ? row.bottom() : row.top();
        painter.drawLine(row.left(), y, viewport()->width(), y);
        return;
    }
    const auto index = viewIndex(*place.folder);
    const auto row = index.isValid() ? visualRect(index).united(visualRect(index.siblingAtColumn(RomTreeModel::Notes)))
                                     : viewport()->rect();
    painter.drawRoundedRect(row.adjusted(1, 1, -1, -1), 3, 3);
}

} // namespace romsmith::ui
