// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/findingsmodel.h"

#include "ui/icons.h"
#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>
#include <utility>

namespace romsmith::ui {
namespace {

QString severityText(romfs::Severity severity)
{
    switch (severity) {
    case romfs::Severity::Error:
        return FindingsModel::tr("Error");
    case romfs::Severity::Warning:
        return FindingsModel::tr("Warning");
    case romfs::Severity::Info:
        return FindingsModel::tr("Information");
    }
    return {};
}

QString placeText(const romfs::Finding& finding)
{
    return finding.path.empty() ? FindingsModel::tr("whole image") : shownName(finding.path);
}

bool isSameRow(const romfs::Finding& a, const romfs::Finding& b)
{
    return a.severity == b.severity && a.code == b.code && a.mend == b.mend && a.path == b.path
        && a.message == b.message;
}

} // namespace

FindingsModel::FindingsModel(QObject* parent)
    : QAbstractTableModel(parent)
{ }

void FindingsModel::setDocument(Document* document)
{
    if (m_document) {
        disconnect(m_document, nullptr, this, nullptr);
    }
    m_document = document;
    if (document) {
        connect(document, &Document::planChanged, this, &FindingsModel::reload);
        connect(document, &QObject::destroyed, this, &FindingsModel::reload);
    }
    reload();
}

void FindingsModel::reload()
{
    std::vector<romfs::Finding> findings;
    m_counts = {};
    if (m_document) {
        for (const auto& finding : m_document->plan().findings) {
            const auto severity = std::to_underlying(finding.severity);
            ++m_counts[severity];
            if (m_isShown[severity]) {
                findings.push_back(finding);
            }
        }
    }
    std::ranges::stable_sort(findings, std::ranges::greater(), &romfs::Finding::severity);
    replaceRows(std::move(findings));
    Q_EMIT reloaded();
}

/// Most findings outlive an edit: their rows stay, with what is selected and in sight.
void FindingsModel::replaceRows(std::vector<romfs::Finding> findings)
{
    const auto [oldBegin, newBegin] = std::ranges::mismatch(m_findings, findings, isSameRow);
    const auto [oldEnd, newEnd] = std::mismatch(m_findings.rbegin(), std::make_reverse_iterator(oldBegin),
                                                findings.rbegin(), std::make_reverse_iterator(newBegin), isSameRow);
    const auto first = static_cast<int>(oldBegin - m_findings.begin());
    if (const auto removed = static_cast<int>(oldEnd.base() - oldBegin); removed > 0) {
        beginRemoveRows({}, first, first + removed - 1);
        m_findings.erase(oldBegin, oldEnd.base());
        endRemoveRows();
    }
    if (const auto inserted = static_cast<int>(newEnd.base() - newBegin); inserted > 0) {
        beginInsertRows({}, first, first + inserted - 1);
        m_findings.insert(m_findings.begin() + first, newBegin, newEnd.base());
        endInsertRows();
    }
    m_findings = std::move(findings); // what they say is the same, where it is may not be
    if (!m_findings.empty()) {
        Q_EMIT dataChanged(index(0, Offset), index(rowCount() - 1, Offset));
    }
}

int FindingsModel::count(romfs::Severity severity) const
{
    return m_counts[std::to_underlying(severity)];
}

int FindingsModel::hiddenCount() const
{
    return std::accumulate(m_counts.begin(), m_counts.end(), 0) - rowCount();
}

void FindingsModel::setShown(romfs::Severity severity, bool isShown)
{
    m_isShown[std::to_underlying(severity)] = isShown;
    reload();
}

QString FindingsModel::textAt(int row) const
{
    const auto& finding = findingAt(row);
    return QStringList{severityText(finding.severity), placeText(finding), text(finding.message)}.join(
        QStringLiteral(": "));
}

std::vector<int> FindingsModel::rowsOfDifferentMends() const
{
    std::vector<int> rows;
    for (int row = 0; row < rowCount(); ++row) {
        const auto mend = findingAt(row).mend;
        if (std::ranges::none_of(rows, [&](int known) { return findingAt(known).mend == mend; })) {
            rows.push_back(row);
        }
    }
    return rows;
}

tree::Node* FindingsModel::nodeAt(int row) const
{
    const auto entry = findingAt(row).entry;
    return m_document && entry != romfs::noParent ? m_document->plan().flat.nodes[entry] : nullptr;
}

int FindingsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_findings.size());
}

int FindingsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& finding = findingAt(index.row());
    if (role == Qt::DecorationRole && index.column() == Message) {
        return iconFor(finding.severity);
    }
    if (role == Qt::ToolTipRole) {
        return toolTipOf(severityText(finding.severity) % QStringLiteral(": ") % text(finding.message));
    }
    if (role == Qt::AccessibleTextRole && index.column() == Message) {
        return QString(severityText(finding.severity) % QStringLiteral(": ") % text(finding.message));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Message:
        return text(finding.message);
    case Where:
        return placeText(finding);
    case Offset:
        return hexOffset(finding.offset);
    case Mend:
        return mendText(finding.mend);
    default:
        return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Message:
        return tr("Problem");
    case Where:
        return tr("Where");
    case Offset:
        return tr("Offset");
    case Mend:
        return tr("Mend");
    default:
        return {};
    }
}

QString mendText(romfs::Mend mend)
{
    switch (mend) {
    case romfs::Mend::None:
        return {};
    case romfs::Mend::Rename:
        return FindingsModel::tr("Rename…");
    case romfs::Mend::Remove:
        return FindingsModel::tr("Remove");
    case romfs::Mend::KeepSource:
        return FindingsModel::tr("Keep Source");
    case romfs::Mend::Compile:
        return FindingsModel::tr("Compile");
    case romfs::Mend::Refresh:
        return FindingsModel::tr("Refresh");
    case romfs::Mend::UseRule:
        return FindingsModel::tr("Use the Rule");
    case romfs::Mend::Align:
        return FindingsModel::tr("Align All");
    }
    return {};
}

} // namespace romsmith::ui
