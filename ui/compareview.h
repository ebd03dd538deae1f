// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/diffmodel.h"
#include "ui/jobs.h"

#include <QSortFilterProxyModel>
#include <QWidget>

#include <optional>

class QCheckBox;
class QLabel;
class QTreeView;

namespace romsmith::ui {

class CompareDetail;

/// Leaves out what is the same in both images, if asked to.
class DifferencesFilter final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

    void setOnlyDifferences(bool only);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    bool m_only = false;
};

/// Two images side by side as one tree of differences. It shows them as they were when it was made; nothing in it
/// refers to documents. The comparison begins at once and does not hold up the window.
class CompareView final : public QWidget
{
    Q_OBJECT

public:
    CompareView(QString titleA, tree::ImageSnapshot a, QString titleB, tree::ImageSnapshot b,
                QWidget* parent = nullptr);

    [[nodiscard]] QString title() const; ///< for the tab: "a.img ↔ b.img"
    [[nodiscard]] QString summary() const; ///< "3 added, 1 removed, 40 same", or that it is still comparing
    [[nodiscard]] QString report() const; ///< what romsmith-cli diff would say
    [[nodiscard]] const QString& titleA() const { return m_titleA; }
    [[nodiscard]] const QString& titleB() const { return m_titleB; }

    /// The path that the current row has in one of the images; none if it is not there, or has no name.
    [[nodiscard]] std::optional<std::string> pathInA() const { return pathIn(&tree::DiffItem::a); }
    [[nodiscard]] std::optional<std::string> pathInB() const { return pathIn(&tree::DiffItem::b); }

    void goToDifference(int by); ///< 1 next, -1 previous, round the ends

    [[nodiscard]] bool isFinished() const { return m_isFinished; }

    [[nodiscard]] DiffModel& model() { return m_model; }
    [[nodiscard]] QTreeView& treeView() { return *m_tree; }
    [[nodiscard]] CompareDetail& detail() { return *m_detail; }
    [[nodiscard]] QCheckBox& onlyDifferences() { return *m_onlyDifferences; }

Q_SIGNALS:
    void finished();
    void currentItemChanged();
    void activated(); ///< the current row

private:
    void build(const tree::ImageSnapshot& a, const tree::ImageSnapshot& b);
    void buildTree();
    void start(tree::ImageSnapshot a, tree::ImageSnapshot b);
    void finish(const Result<std::shared_ptr<const Comparison>>& result);
    [[nodiscard]] const tree::DiffItem* currentItem() const;
    [[nodiscard]] std::optional<std::string> pathIn(std::uint32_t tree::DiffItem::* image) const;
    void showCurrent();
    void setOnlyDifferences(bool only);

    QString m_titleA;
    QString m_titleB;
    DiffModel m_model;
    DifferencesFilter m_filter;
    QLabel* m_summary;
    QCheckBox* m_onlyDifferences;
    QTreeView* m_tree;
    CompareDetail* m_detail;
    bool m_isFinished = false;
    Jobs m_jobs; ///< last: it ends the comparison before anything else goes
};

} // namespace romsmith::ui
