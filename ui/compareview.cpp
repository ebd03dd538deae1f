// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compareview.h"

#include "ui/comparedetail.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace romsmith::ui {
namespace {

using Shared = std::shared_ptr<const Comparison>;

Result<Shared> compareNow(tree::ImageSnapshot a, tree::ImageSnapshot b, const std::stop_token& stop)
{
    return Comparison::of(std::move(a), std::move(b), stop).transform([](Comparison comparison) -> Shared {
        return std::make_shared<Comparison>(std::move(comparison));
    });
}

QString factsOf(const QString& title, const tree::ImageSnapshot& image)
{
    const auto& layout = image.layout;
    const auto behind = image.trailing().empty()
        ? QString()
        : CompareView::tr(" · %1 bytes behind it").arg(exactSize(image.trailing().size()));
    const auto style
        = layout.style() == romfs::Style::OpenMv ? CompareView::tr("OpenMV layout") : CompareView::tr("compact layout");
    return CompareView::tr("%1 · %2 bytes · %3 bytes of padding · %4")
               .arg(title, exactSize(layout.totalSize()), exactSize(layout.padding()), style)
        % behind;
}

QString summaryOf(const tree::Diff& diff)
{
    const auto shifted = diff.shifted == 0 ? QString() : CompareView::tr(" (%1 at another offset)").arg(diff.shifted);
    if (!diff.isEqual()) {
        return countsText(diff.counts) % shifted;
    }
    if (diff.shifted != 0) {
        return CompareView::tr("Same content, laid out differently: %1").arg(countsText(diff.counts) % shifted);
    }
    if (!diff.identicalTrailing) {
        return CompareView::tr("The same image, followed by other bytes");
    }
    return diff.identicalBytes ? CompareView::tr("The same, byte for byte")
                               : CompareView::tr("Same content, encoded differently");
}

QLabel* factsLabel(const QString& text, const QString& accessibleName, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setAccessibleName(accessibleName);
    // A long file name must not keep the window wide.
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    label->setToolTip(text);
    return label;
}

/// The row behind @p index as they are shown, inside it or not; invalid behind the last one.
QModelIndex rowBehind(const QAbstractItemModel& model, QModelIndex index)
{
    if (model.rowCount(index) > 0) {
        return model.index(0, 0, index);
    }
    while (index.isValid() && !index.siblingAtRow(index.row() + 1).isValid()) {
        index = index.parent();
    }
    return index.siblingAtRow(index.row() + 1);
}

/// The last row of all that is inside @p index; @p index if there is nothing.
QModelIndex lastInside(const QAbstractItemModel& model, QModelIndex index)
{
    while (const auto rows = model.rowCount(index)) {
        index = model.index(rows - 1, 0, index);
    }
    return index;
}

/// Invalid in front of the first one.
QModelIndex rowInFront(const QAbstractItemModel& model, const QModelIndex& index)
{
    if (!index.isValid()) {
        return lastInside(model, {});
    }
    return index.row() > 0 ? lastInside(model, index.siblingAtRow(index.row() - 1)) : index.parent();
}

} // namespace

void DifferencesFilter::setOnlyDifferences(bool only)
{
    m_only = only;
    invalidateRowsFilter();
}

bool DifferencesFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    return !m_only || sourceModel()->index(row, 0, parent).data(DiffModel::DiffersRole).toBool();
}

CompareView::CompareView(QString titleA, tree::ImageSnapshot a, QString titleB, tree::ImageSnapshot b, QWidget* parent)
    : QWidget(parent)
    , m_titleA(std::move(titleA))
    , m_titleB(std::move(titleB))
    , m_summary(new QLabel(this))
    , m_onlyDifferences(new QCheckBox(tr("Only &differences"), this))
    , m_tree(new QTreeView(this))
    , m_detail(new CompareDetail(this))
{
    m_filter.setSourceModel(&m_model);
    m_filter.setSortRole(DiffModel::SortRole);
    build(a, b);
    buildTree();
    connect(m_onlyDifferences, &QCheckBox::toggled, this, &CompareView::setOnlyDifferences);
    start(std::move(a), std::move(b));
}

void CompareView::build(const tree::ImageSnapshot& a, const tree::ImageSnapshot& b)
{
    m_summary->setAccessibleName(tr("Summary"));
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setAccessibleName(tr("Comparison"));
    splitter->addWidget(m_tree);
    splitter->addWidget(m_detail);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({1000, 1000}); // halves

    auto* line = new QHBoxLayout;
    line->addWidget(m_summary, 1);
    line->addWidget(m_onlyDifferences);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(factsLabel(QStringLiteral("A: ") % factsOf(m_titleA, a), tr("Image A"), this));
    layout->addWidget(factsLabel(QStringLiteral("B: ") % factsOf(m_titleB, b), tr("Image B"), this));
    layout->addLayout(line);
    layout->addWidget(splitter, 1);
    setFocusProxy(m_tree);
}

void CompareView::buildTree()
{
    m_tree->setModel(&m_filter);
    m_tree->setAccessibleName(tr("Differences"));
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setSortingEnabled(true);
    m_tree->sortByColumn(-1, Qt::AscendingOrder); // the order of the image
    m_tree->header()->setStretchLastSection(false);
    const auto fit = [this](int column, int characters) {
        m_tree->header()->resizeSection(column, characters * fontMetrics().averageCharWidth());
    };
    fit(DiffModel::Name, 34); // names are what is looked for: a narrow window must not squeeze them
    fit(DiffModel::Change, 36);
    for (const auto column : {DiffModel::SizeA, DiffModel::SizeB, DiffModel::OffsetA, DiffModel::OffsetB}) {
        fit(column, 13);
    }
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &CompareView::showCurrent);
    connect(m_tree, &QTreeView::activated, this, [this] {
        if (const auto* item = currentItem(); item && !item->isFolder()) { // those open and close
            Q_EMIT activated();
        }
    });
}

void CompareView::start(tree::ImageSnapshot a, tree::ImageSnapshot b)
{
    m_summary->setText(tr("Comparing…"));
    m_jobs.run(
        this, tr("Comparing %1 and %2").arg(m_titleA, m_titleB),
        [a = std::move(a), b = std::move(b)](const std::stop_token& stop) mutable {
            return compareNow(std::move(a), std::move(b), stop);
        },
        [this](const Result<Shared>& result) { finish(result); });
}

void CompareView::finish(const Result<Shared>& result)
{
    m_isFinished = true;
    if (!result) {
        m_summary->setText(text(result.error().message));
    } else {
        m_model.setComparison(*result);
        m_summary->setText(summaryOf((*result)->diff));
        m_onlyDifferences->setChecked(!(*result)->diff.isEqual());
        m_tree->expandAll();
        goToDifference(1);
        if (!m_tree->currentIndex().isValid()) {
            m_tree->setCurrentIndex(m_filter.index(0, 0));
        }
    }
    Q_EMIT finished();
}

QString CompareView::title() const
{
    return tr("%1 ↔ %2").arg(m_titleA, m_titleB);
}

QString CompareView::summary() const
{
    return m_summary->text();
}

void CompareView::setOnlyDifferences(bool only)
{
    m_filter.setOnlyDifferences(only);
    m_tree->expandAll();
}

QString CompareView::report() const
{
    return m_model.comparison() ? text(tree::report(*m_model.comparison())) : QString();
}

const tree::DiffItem* CompareView::currentItem() const
{
    const auto index = m_filter.mapToSource(m_tree->currentIndex());
    return index.isValid() ? &m_model.itemAt(index) : nullptr;
}

std::optional<std::string> CompareView::pathIn(std::uint32_t tree::DiffItem::* image) const
{
    const auto* item = currentItem();
    if (!item || item->*image == romfs::noParent) {
        return {};
    }
    const auto& comparison = *m_model.comparison();
    auto path = image == &tree::DiffItem::a ? comparison.oldPathOf(*item) : comparison.pathOf(*item);
    return path.empty() ? std::nullopt : std::optional(std::move(path));
}

void CompareView::goToDifference(int by)
{
    const auto step
        = [&](const QModelIndex& index) { return by > 0 ? rowBehind(m_filter, index) : rowInFront(m_filter, index); };
    const auto start = m_tree->currentIndex().siblingAtColumn(DiffModel::Name);
    auto index = step(start);
    while (index != start && !index.data(DiffModel::ChangedRole).toBool()) {
        index = step(index); // an invalid one is between the last row and the first
    }
    if (index.isValid()) {
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index);
    }
}

void CompareView::showCurrent()
{
    if (const auto* item = currentItem()) {
        m_detail->showItem(*m_model.comparison(), *item);
    } else {
        m_detail->clear();
    }
    Q_EMIT currentItemChanged();
}

} // namespace romsmith::ui
