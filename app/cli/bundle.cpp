// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/bundle.h"

#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/extract.h"

#include <QJsonArray>

#include <array>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct BundleArguments
{
    std::string bundle;
    std::string board;
    std::string directory;
    bool force = false;
    bool json = false;
};

std::string_view roleName(boards::Role role)
{
    switch (role) {
    case boards::Role::Firmware:
        return "firmware";
    case boards::Role::Romfs:
        return "romfs";
    case boards::Role::Bootloader:
        return "bootloader";
    case boards::Role::TableOfContents:
        return "table-of-contents";
    case boards::Role::WholeChip:
        return "whole-chip";
    default:
        return "other";
    }
}

QJsonObject jsonOf(const sources::BundleBoard& board)
{
    QJsonArray files;
    for (const auto& file : board.files) {
        QJsonObject object{{QStringLiteral("name"), jsonString(file.name)},
                           {QStringLiteral("size"), static_cast<qint64>(file.size)},
                           {QStringLiteral("role"), jsonString(std::string(roleName(file.role)))},
                           {QStringLiteral("flashed"), file.release != nullptr}};
        if (file.partition) {
            object[QStringLiteral("partition")] = static_cast<qint64>(*file.partition);
        }
        files.append(object);
    }
    return {{QStringLiteral("id"), jsonString(board.id)},
            {QStringLiteral("known"), board.board != nullptr},
            {QStringLiteral("files"), files}};
}

void print(const sources::BundleBoard& board)
{
    std::cout << std::format("{}{}\n",
                             board.id.empty() ? "a board that the bundle does not name" : romfs::printable(board.id),
                             board.board ? std::format("  {}", board.board->name) : std::string());
    for (const auto& file : board.files) {
        std::cout << std::format("  {:24} {:>10}  {}{}\n", romfs::printable(file.name), file.size, roleName(file.role),
                                 file.release ? "" : ", not part of an update");
    }
}

Result<sources::Extracted> extractBoard(const sources::Bundle& bundle, const sources::BundleBoard& board,
                                        const BundleArguments& arguments)
{
    const auto folder = tree::Node::folder({});
    for (const auto& file : board.files) {
        auto content = bundle.read(file);
        if (!content) {
            return std::unexpected(content.error());
        }
        folder->append(tree::Node::file(file.name, std::move(*content)));
    }
    return sources::extract(std::array{static_cast<const tree::Node*>(folder.get())}, arguments.directory,
                            {.overwrite = arguments.force});
}

int runBundle(const BundleArguments& arguments)
{
    const auto bundle = sources::Bundle::open(arguments.bundle);
    if (!bundle) {
        return reportFailure(bundle.error(), arguments.json);
    }
    auto boards = bundle->boards();
    if (!arguments.board.empty()) {
        const auto found = bundle->find(arguments.board);
        if (!found) {
            return reportFailure(found.error(), arguments.json);
        }
        boards = {*found};
    }
    if (!arguments.directory.empty()) {
        if (boards.size() != 1) {
            return reportUsage(std::format("\"{}\" is for {} boards: choose one with --board.",
                                           sources::shown(arguments.bundle), boards.size()));
        }
        const auto extracted = extractBoard(*bundle, boards.front(), arguments);
        if (!extracted) {
            return report(extracted.error().code == ErrorCode::AlreadyExists
                              ? Error{.code = ErrorCode::CannotWrite,
                                      .message = extracted.error().message + " With --force, files are replaced."}
                              : extracted.error());
        }
        noteSkipped(extracted->skipped);
        note(std::format("{} files, {} bytes written to {}", extracted->files, extracted->bytes, arguments.directory));
        return Done;
    }
    QJsonArray list;
    for (const auto& board : boards) {
        if (arguments.json) {
            list.append(jsonOf(board));
        } else {
            print(board);
        }
    }
    if (arguments.json) {
        printJson({{QStringLiteral("boards"), list}});
    }
    return Done;
}

} // namespace

void addBundleCommand(CLI::App& app, int& exitCode)
{
    auto* command
        = app.add_subcommand("bundle", "Show and extract what an archive of OpenMV's releases has for a board");
    const auto arguments = std::make_shared<BundleArguments>();
    command->add_option("BUNDLE", arguments->bundle, "Archive to read")->required();
    command->add_option("--board", arguments->board, "Only what is for this board")->type_name("ID");
    auto* output = command
                       ->add_option("-o,--output", arguments->directory,
                                    "Write the board's files to a folder, made if it is missing")
                       ->type_name("DIR");
    command->add_flag("--force", arguments->force, "Replace files that are there")->needs(output);
    command->add_flag("--json", arguments->json, "Print JSON")->excludes(output);
    command->callback([arguments, &exitCode] { exitCode = runBundle(*arguments); });
}

} // namespace romsmith::cli
