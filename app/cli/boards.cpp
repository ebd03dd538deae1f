// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/boards/boardtable.h"
#include "core/boards/hostfiles.h"

#include <QJsonArray>

#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct BoardsArguments
{
    bool json = false;
    bool udev = false;
    bool modalias = false;
};

void print(const boards::Board& board)
{
    std::cout << std::format("{:22} {}\n", board.id, board.name);
    for (const auto& partition : board.partitions) {
        std::cout << std::format("{:22}   ROMFS{}{}: {}, mapped at {}\n", "", partition.index,
                                 partition.label.empty() ? "" : " (" + partition.label + ")",
                                 partition.size ? std::format("{} bytes", *partition.size) : "any size",
                                 partition.address ? std::format("{:#010x}", *partition.address)
                                                   : "an unknown address");
    }
}

QJsonObject jsonOf(const boards::Board& board)
{
    QJsonArray partitions;
    for (const auto& partition : board.partitions) {
        QJsonObject object{{QStringLiteral("index"), static_cast<qint64>(partition.index)},
                           {QStringLiteral("label"), jsonString(partition.label)}};
        if (partition.size) {
            object[QStringLiteral("size")] = static_cast<qint64>(*partition.size);
        }
        if (partition.address) {
            object[QStringLiteral("address")] = static_cast<qint64>(*partition.address);
        }
        partitions.append(object);
    }
    QJsonObject alignment{{QStringLiteral("default"), static_cast<qint64>(board.alignment.standard)}};
    for (const auto& [extension, value] : board.alignment.byExtension) {
        alignment[jsonString(extension)] = static_cast<qint64>(value);
    }
    return {{QStringLiteral("id"), jsonString(board.id)},
            {QStringLiteral("name"), jsonString(board.name)},
            {QStringLiteral("partitions"), partitions},
            {QStringLiteral("alignment"), alignment}};
}

int runBoards(const BoardsArguments& arguments)
{
    if (const auto& problem = boards::BoardTable::userFileProblem()) {
        return reportFailure(*problem, arguments.json);
    }
    const auto& table = boards::BoardTable::known();
    if (arguments.udev) {
        std::cout << boards::udevRules(table);
    } else if (arguments.modalias) {
        std::cout << boards::appStreamModaliases(table);
    } else if (arguments.json) {
        QJsonArray list;
        for (const auto& board : table.boards()) {
            list.append(jsonOf(board));
        }
        printJson({{QStringLiteral("boards"), list}});
    } else {
        for (const auto& board : table.boards()) {
            print(board);
        }
    }
    return Done;
}

} // namespace

void addBoardsCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("boards", "List the boards that are known, and their ROMFS partitions");
    const auto arguments = std::make_shared<BoardsArguments>();
    auto* json = command->add_flag("--json", arguments->json, "Print JSON");
    auto* udev
        = command->add_flag("--udev", arguments->udev, "Print rules for udev instead, so that users may use them");
    command->add_flag("--modalias", arguments->modalias, "Print AppStream's <modalias> elements instead")
        ->excludes(json)
        ->excludes(udev);
    udev->excludes(json);
    command->callback([arguments, &exitCode] { exitCode = runBoards(*arguments); });
}

} // namespace romsmith::cli
