// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices.h"
#include "app/cli/progressline.h"
#include "app/cli/sources.h"
#include "app/cli/stopsignals.h"
#include "core/device/backup.h"
#include "core/device/deploy.h"
#include "core/recipe/load.h"
#include "core/romfs/writer.h"

#include <QJsonArray>

#include <algorithm>
#include <array>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct FlashArguments
{
    SourceArguments from;
    std::string device;
    bool noVerify = false;
    bool noBackup = false;
    bool force = false;
    bool json = false;
};

/// An image that is there already is written as it is.
bool isImage(const std::vector<std::string>& sources)
{
    if (sources.size() != 1 || recipe::isRecipe(sources.front())) {
        return false;
    }
    const auto content = sources::loadFile(sources.front(), sources::Loading::Streamed);
    std::array<std::byte, 3> head{};
    return content && content->size() >= head.size() && content->read(0, head) && romfs::hasMagic(head);
}

Result<romfs::Content> bytesOf(const build::Plan& plan)
{
    static constexpr std::string_view tooLarge = "too-large";
    static constexpr std::array fatal{tooLarge, std::string_view("not-compiled"), build::missingSource};
    for (const auto& finding : plan.findings) {
        if (std::ranges::contains(fatal, finding.code)) {
            return fail(finding.code == tooLarge ? ErrorCode::TooLarge : ErrorCode::CannotRead,
                        std::format("{}{}{} Nothing was written.", finding.path, finding.path.empty() ? "" : ": ",
                                    finding.message));
        }
    }
    return romfs::write(plan.flat.entries, plan.layout).transform([](std::vector<std::byte> bytes) {
        return romfs::Content::own(std::move(bytes));
    });
}

/// Built for the cam's board, unless another one was asked for.
Result<romfs::Content> imageFor(const SourceArguments& from, const device::Device& device)
{
    if (isImage(from.sources)) {
        return sources::loadFile(from.sources.front(), sources::Loading::Snapshot);
    }
    const auto partition = from.layout.target.partition;
    const auto* board = device.board();
    const auto usual = board && board->partition(partition) ? build::Target(*board, partition) : build::Target();
    return from.load(usual)
        .and_then([&](const Ingredients& made) { return planCompiled(*made.tree, made.options, from.python.compiler); })
        .and_then(bytesOf);
}

QJsonArray jsonOf(const std::vector<device::PhaseCost>& phases)
{
    QJsonArray array;
    for (const auto& phase : phases) {
        array.append(QJsonObject{{QStringLiteral("name"), jsonString(std::string(device::phaseName(phase.phase)))},
                                 {QStringLiteral("seconds"), static_cast<double>(phase.time.count()) / 1000},
                                 {QStringLiteral("sent"), static_cast<qint64>(phase.sent)}});
    }
    return array;
}

QJsonObject jsonOf(const device::DeployReport& report)
{
    QJsonObject object{{QStringLiteral("ok"), !report.error},
                       {QStringLiteral("device"), jsonString(report.device)},
                       {QStringLiteral("partition"), jsonString(report.partition)},
                       {QStringLiteral("state"), jsonString(std::string(device::stateName(report.state)))},
                       {QStringLiteral("size"), static_cast<qint64>(report.size)},
                       {QStringLiteral("sent"), static_cast<qint64>(report.sent)},
                       {QStringLiteral("sha256"), jsonString(report.sha256)},
                       {QStringLiteral("seconds"), static_cast<double>(report.time.count()) / 1000},
                       {QStringLiteral("phases"), jsonOf(report.phases)},
                       {QStringLiteral("result"), jsonString(report.sentence())}};
    if (!report.backup.empty()) {
        object[QStringLiteral("backup")] = jsonString(report.backup.string());
    }
    if (report.error) {
        object[QStringLiteral("error")] = jsonString(report.error->message);
        object[QStringLiteral("next")] = jsonString(std::string(device::nextStep(report.state)));
    }
    return object;
}

bool isImageWrong(const Error& error)
{
    return error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::TooLarge;
}

int show(const device::DeployReport& result, bool json)
{
    for (const auto& finding : result.findings) {
        if (finding.severity != romfs::Severity::Info) {
            note(std::format("{}: {}{}{}", romfs::severityName(finding.severity), finding.path,
                             finding.path.empty() ? "" : ": ", finding.message));
        }
    }
    if (!result.backup.empty()) {
        note("what was there before is kept in " + result.backup.string());
    }
    if (json) {
        printJson(jsonOf(result));
    } else if (!result.error) {
        std::cout << result.sentence() << '\n';
    } else {
        note("error: " + result.sentence());
    }
    if (!result.error) {
        return Done;
    }
    return isImageWrong(*result.error) ? Findings : exitCodeFor(result.error->code);
}

/// The board that was asked for, or that a backup is of; nullptr: any.
Result<const boards::Board*> wantedBoard(const SourceArguments& from)
{
    if (!from.layout.target.board.empty()) {
        return from.layout.target.target().transform([](const build::Target& target) { return target.board(); });
    }
    const auto backup = from.sources.size() == 1 ? device::BackupFolder::at(from.sources.front()) : std::nullopt;
    if (!backup) {
        return nullptr;
    }
    const auto wanted = std::format("ROMFS{}", from.layout.target.partition);
    if (backup->partition != wanted) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} is of {}, not of {}; --partition chooses where it goes.",
                                backup->path.filename().string(), backup->partition, wanted));
    }
    return boards::BoardTable::known().find(backup->board);
}

int runFlash(const FlashArguments& arguments)
{
    const auto board = wantedBoard(arguments.from);
    if (!board) {
        return reportFailure(board.error(), arguments.json);
    }
    const StopSignals signals;
    const auto device = openDevice(arguments.device, signals.token());
    if (!device) {
        return reportFailure(device.error(), arguments.json);
    }
    const auto image = imageFor(arguments.from, **device);
    if (!image) {
        (*device)->leave();
        const int code = reportFailure(image.error(), arguments.json);
        return image.error().code == ErrorCode::TooLarge ? Findings : code;
    }
    ProgressLine progress;
    const auto result = device::deploy(
        **device, *image,
        {.partition = arguments.from.layout.target.partition,
         .board = *board,
         .verify = !arguments.noVerify,
         .backup = !arguments.noBackup,
         .force = arguments.force},
        [&progress](const device::Progress& now) { progress.show(device::phaseName(now.phase), now.done, now.total); },
        signals.token());
    progress.end();
    return show(result, arguments.json);
}

} // namespace

void addFlashCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("flash", "Write an image to a cam, read it back and restart the cam with it");
    const auto arguments = std::make_shared<FlashArguments>();
    command
        ->add_option("IMAGE|SOURCE", arguments->from.sources,
                     "An image; or files, folders, archives or a recipe, from which one is built as by build, for the "
                     "cam's board unless --board is given")
        ->required();
    addDeviceOption(*command, arguments->device);
    command->add_flag("--no-verify", arguments->noVerify, "Do not read back what was written");
    command->add_flag("--no-backup", arguments->noBackup, "Do not keep what was there before");
    command->add_flag("--force", arguments->force, "Write an image with errors, too");
    command->add_flag("--json", arguments->json, "Print one JSON object");
    arguments->from.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runFlash(*arguments); });
}

} // namespace romsmith::cli
