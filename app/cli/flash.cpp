// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/flash.h"

#include "app/cli/devices.h"
#include "app/cli/progressline.h"
#include "app/cli/stopsignals.h"
#include "core/device/backup.h"
#include "core/recipe/load.h"
#include "core/romfs/writer.h"

#include <QJsonArray>

#include <array>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

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
    if (const auto* obstacle = plan.obstacle()) {
        return fail(obstacle->code == "too-large" ? ErrorCode::TooLarge : ErrorCode::CannotRead,
                    std::format("{}{}{} Nothing was written.", obstacle->path, obstacle->path.empty() ? "" : ": ",
                                obstacle->message));
    }
    return romfs::write(plan.flat.entries, plan.layout).transform([](std::vector<std::byte> bytes) {
        return romfs::Content::own(std::move(bytes));
    });
}

} // namespace

Result<romfs::Content> imageFor(const SourceArguments& from, const boards::Board* board)
{
    if (isImage(from.sources)) {
        return sources::loadFile(from.sources.front(), sources::Loading::Snapshot);
    }
    const auto partition = from.layout.target.partition;
    const auto usual = board && board->partition(partition) ? build::Target(*board, partition) : build::Target();
    return from.load(usual)
        .and_then([&](const Ingredients& made) { return planCompiled(*made.tree, made.options, from.python.compiler); })
        .and_then(bytesOf);
}

namespace {

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

} // namespace

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

void noteFacts(const device::DeployReport& result)
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
}

int exitCodeOf(const std::optional<Error>& error)
{
    if (!error) {
        return Done;
    }
    const bool isImageWrong = error->code == ErrorCode::InvalidArgument || error->code == ErrorCode::TooLarge;
    return isImageWrong ? Findings : exitCodeFor(error->code);
}

Result<const boards::Board*> FlashArguments::board() const
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

namespace {

int show(const device::DeployReport& result, bool json)
{
    noteFacts(result);
    if (json) {
        printJson(cli::jsonOf(result));
    } else if (!result.error) {
        std::cout << result.sentence() << '\n';
    } else {
        note("error: " + result.sentence());
    }
    return exitCodeOf(result.error);
}

int runFlash(const FlashArguments& arguments)
{
    if (arguments.from.sources.empty() && !arguments.needsDfu()) {
        return reportUsage("Name an image, or --firmware, or --bundle.");
    }
    if (arguments.via == Via::Repl && arguments.needsDfu()) {
        return reportUsage(
            "--firmware, --bundle, --update, --erase-filesystem and --expert-toc need the bootloader: --via dfu.");
    }
    // Without being asked, over the raw REPL: nothing has to be reset, and the firmware says what it mounts.
    const bool isDfu = arguments.via == Via::Dfu || arguments.needsDfu();
    if (isDfu || (arguments.via == Via::Auto && isInBootloader(arguments.device))) {
        return flashOverDfu(arguments);
    }
    const auto board = arguments.board();
    if (!board) {
        return reportFailure(board.error(), arguments.json);
    }
    const StopSignals signals;
    const auto device = openDevice(arguments.device, signals.token());
    if (!device) {
        return reportFailure(device.error(), arguments.json);
    }
    const auto image = imageFor(arguments.from, (*device)->board());
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

void addViaOption(CLI::App& command, Via& via)
{
    static const std::map<std::string, Via> ways{{"auto", Via::Auto}, {"repl", Via::Repl}, {"dfu", Via::Dfu}};
    command
        .add_option_function<std::string>(
            "--via", [&via](const std::string& name) { via = ways.at(name); },
            "repl: by the firmware that runs; dfu: by the bootloader; auto: by the firmware, if there is one and "
            "it can")
        ->check(CLI::IsMember(ways))
        ->type_name("auto|repl|dfu");
}

void addFlashCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("flash", "Write an image to a cam, read it back and restart the cam with it");
    const auto arguments = std::make_shared<FlashArguments>();
    command->add_option(
        "IMAGE|SOURCE", arguments->from.sources,
        "An image; or files, folders, archives or a recipe, from which one is built as by build, for the "
        "cam's board unless --board is given");
    addViaOption(*command, arguments->via);
    command->add_option("--firmware", arguments->firmware, "Firmware for the cam's bootloader")
        ->type_name("firmware.bin");
    command->add_option("--bundle", arguments->bundle, "Images and firmware from a release of OpenMV")
        ->type_name("ZIP");
    command->add_flag("--update", arguments->update,
                      "With the bootloader: write only what differs from what is there, where the memory allows");
    command->add_flag("--erase-filesystem", arguments->eraseFilesystem,
                      "With the bootloader: erase the cam's own drive; all files on it are lost");
    command
        ->add_option("--expert-toc", arguments->expertToc,
                     "With the bootloader of an AE3: write the chip's table of contents; with a wrong one it does not "
                     "boot any more")
        ->type_name("firmware_pad.toc");
    addWaitOption(*command, arguments->wait);
    addDeviceOption(*command, arguments->device);
    command->add_flag("--no-verify", arguments->noVerify, "Do not read back what was written");
    command->add_flag("--no-backup", arguments->noBackup, "Do not keep what was there before");
    command->add_flag("--force", arguments->force, "Write an image with errors, too");
    command->add_flag("--json", arguments->json, "Print one JSON object");
    arguments->from.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runFlash(*arguments); });
}

} // namespace romsmith::cli
