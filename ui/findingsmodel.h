// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/document.h"

#include <QAbstractTableModel>
#include <QPointer>

namespace romsmith::ui {

/// A document's findings, worst first.
class FindingsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Message, Where, Offset, Mend, ColumnCount };

    explicit FindingsModel(QObject* parent = nullptr);

    void setDocument(Document* document);
    [[nodiscard]] Document* document() const { return m_document; }
    [[nodiscard]] const romfs::Finding& findingAt(int row) const { return m_findings[static_cast<std::size_t>(row)]; }

    /// How many findings of a severity there are, shown or not.
    [[nodiscard]] int count(romfs::Severity severity) const;

    [[nodiscard]] int hiddenCount() const;
    void setShown(romfs::Severity severity, bool isShown);

    /// "Warning: lib/a.py: ...": a finding for those who cannot see the table.
    [[nodiscard]] QString textAt(int row) const;

    /// For each button that there is, one row that has it.
    [[nodiscard]] std::vector<int> rowsOfDifferentMends() const;

    /// The node that a finding is about; null for the whole image.
    [[nodiscard]] tree::Node* nodeAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void reloaded();

private:
    static constexpr std::size_t severityCount = 3;

    void reload();
    void replaceRows(std::vector<romfs::Finding> findings);

    QPointer<Document> m_document;
    std::vector<romfs::Finding> m_findings; ///< that are shown
    std::array<bool, severityCount> m_isShown{true, true, true};
    std::array<int, severityCount> m_counts{};
};

/// What the button that mends a finding says; empty if nothing can.
[[nodiscard]] QString mendText(romfs::Mend mend);

} // namespace romsmith::ui
