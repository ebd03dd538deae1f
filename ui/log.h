// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/finding.h"

#include <QAbstractTableModel>
#include <QDateTime>

#include <deque>

namespace romsmith::ui {

/// What was done with files and devices since the program was started.
class Log final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column : std::uint8_t { Time, Level, Message, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void add(romfs::Severity level, const QString& message);
    [[nodiscard]] QString text() const; ///< all of it, a line for each

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Entry
    {
        QDateTime time;
        romfs::Severity level;
        QString message; ///< one line
    };

    std::deque<Entry> m_entries; ///< the newest last; the oldest go
};

} // namespace romsmith::ui
