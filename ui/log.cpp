// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/log.h"

#include "ui/icons.h"
#include "ui/text.h"

namespace romsmith::ui {
namespace {

constexpr std::size_t most = 5000;

QString levelText(romfs::Severity level)
{
    switch (level) {
    case romfs::Severity::Error:
        return Log::tr("Error");
    case romfs::Severity::Warning:
        return Log::tr("Warning");
    case romfs::Severity::Info:
        return Log::tr("Note");
    }
    return {};
}

} // namespace

void Log::add(romfs::Severity level, const QString& message)
{
    if (m_entries.size() == most) {
        beginRemoveRows({}, 0, 0);
        m_entries.pop_front();
        endRemoveRows();
    }
    const auto row = static_cast<int>(m_entries.size());
    beginInsertRows({}, row, row);
    m_entries.push_back({.time = QDateTime::currentDateTime(), .level = level, .message = message.simplified()});
    endInsertRows();
}

QString Log::text() const
{
    QString all;
    for (const auto& entry : m_entries) {
        all += entry.time.toString(Qt::ISODateWithMs) % u"  " % levelText(entry.level).leftJustified(8) % u"  "
            % entry.message % u'\n';
    }
    return all;
}

int Log::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int Log::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant Log::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto& entry = m_entries[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole) {
        switch (index.column()) {
        case Time:
            return QLocale().toString(entry.time.time(), QStringLiteral("HH:mm:ss"));
        case Level:
            return levelText(entry.level);
        default:
            return entry.message;
        }
    }
    if (role == Qt::DecorationRole && index.column() == Level) {
        return iconFor(entry.level);
    }
    return role == Qt::ToolTipRole && index.column() == Message ? toolTipOf(entry.message) : QVariant();
}

QVariant Log::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Time:
        return tr("Time");
    case Level:
        return tr("Level");
    default:
        return tr("What was done");
    }
}

} // namespace romsmith::ui
