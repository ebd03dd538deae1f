// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/device/backup.h"

#include <QJsonArray>

#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

QJsonObject jsonOf(const device::Backup& backup)
{
    return {{QStringLiteral("path"), jsonString(backup.path.string())},
            {QStringLiteral("board"), jsonString(backup.board)},
            {QStringLiteral("partition"), jsonString(backup.partition)},
            {QStringLiteral("time"), backup.time.toString(Qt::ISODateWithMs)},
            {QStringLiteral("size"), static_cast<qint64>(backup.size)}};
}

int runBackups(bool json)
{
    const device::BackupFolder folder;
    QJsonArray list;
    for (const auto& backup : folder.list()) {
        list.append(jsonOf(backup));
        if (!json) {
            std::cout << std::format("{}  {:20} {:8} {:>9}  {}\n",
                                     backup.time.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss").toStdString(),
                                     backup.board, backup.partition, backup.size, backup.path.string());
        }
    }
    if (json) {
        printJson({{QStringLiteral("ok"), true}, {QStringLiteral("backups"), list}});
    } else if (list.isEmpty()) {
        note("there are no backups in " + device::BackupFolder::defaultPath().string());
    }
    return Done;
}

} // namespace

void addBackupsCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand(
        "backups", "List the images that were on cams before others were flashed; to flash one restores it");
    const auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print one JSON object");
    command->callback([json, &exitCode] { exitCode = runBackups(*json); });
}

} // namespace romsmith::cli
