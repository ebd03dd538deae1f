// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/flash.h"

#include "app/cli/devices.h"
#include "app/cli/progressline.h"
#include "app/cli/stopsignals.h"
#include "app/cli/waytocam.h"

#include <QJsonArray>

#include <algorithm>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
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
                       {QStringLiteral("seconds"), static_cast<double>(report.time.count()) / 1000},
                       {QStringLiteral("phases"), jsonOf(report.phases)},
                       {QStringLiteral("result"), jsonString(report.sentence())}};
    putText(object, QLatin1StringView("sha256"), report.sha256);
    putText(object, QLatin1StringView("backup"), report.backup.string());
    if (report.error) {
        object[QStringLiteral("error")] = jsonString(report.error->message);
        object[QStringLiteral("next")] = jsonString(std::string(device::nextStep(report.state)));
    }
    return object;
}

void noteFacts(const device::DeployReport& result, const std::vector<romfs::Finding>& said)
{
    auto findings = result.findings;
    std::erase_if(findings, [&said](const romfs::Finding& finding) {
        return std::ranges::any_of(said, [&finding](const romfs::Finding& other) {
            return other.code == finding.code && other.path == finding.path;
        });
    });
    noteFindings(findings);
    if (!result.backup.empty()) {
        note("what was there before is kept in " + result.backup.string());
    }
}

int exitCodeOf(const std::optional<Error>& error)
{
    if (!error) {
        return Done;
    }
    switch (error->code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::TooLarge:
        return Findings; // of the image
    case ErrorCode::NotFound:
        return DeviceError; // a partition that it does not have
    default:
        return exitCodeFor(error->code);
    }
}

namespace {

int show(const device::DeployReport& result, const std::vector<romfs::Finding>& said, bool json)
{
    noteFacts(result, said);
    if (json) {
        printJson(cli::jsonOf(result));
    } else if (!result.error) {
        std::cout << result.sentence() << '\n';
    } else {
        note("error: " + result.sentence());
    }
    return exitCodeOf(result.error);
}

int runFlash(FlashArguments arguments)
{
    if (const auto misuse = arguments.misuse()) {
        return reportFailure(*misuse, arguments.json);
    }
    if (const auto taken = arguments.takeDestination(); !taken) {
        return reportFailure(taken.error(), arguments.json);
    }
    if (arguments.mayComeEitherWay()) {
        if (const auto waited = waitForCam(arguments.device, arguments.via, arguments.wait); !waited) {
            return reportFailure(waited.error(), arguments.json);
        }
    }
    // Without being asked, over the raw REPL: nothing has to be reset, and the firmware says what it mounts.
    const bool isDfu = arguments.via == Via::Dfu || arguments.needsDfu();
    if (isDfu || (arguments.via == Via::Auto && isInBootloader(arguments.device))) {
        return flashOverDfu(arguments);
    }
    const StopSignals signals;
    const auto device = openDevice(arguments.device, signals.token());
    if (!device) {
        return reportFailure(device.error(), arguments.json);
    }
    const auto image = imageFor(arguments, (*device)->board());
    if (!image) {
        (*device)->leave();
        return reportFailure(image.error(), arguments.json);
    }
    ProgressLine progress;
    const auto result = device::deploy(
        **device, image->content,
        {.partition = arguments.partition(),
         .board = arguments.board(),
         .verify = !arguments.noVerify,
         .backup = !arguments.noBackup,
         .force = arguments.force},
        [&progress](const device::Progress& now) { progress.show(device::phaseName(now.phase), now.done, now.total); },
        signals.token());
    progress.end();
    return show(result, image->said, arguments.json);
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
    command
        ->add_option("--firmware", arguments->firmware,
                     "Firmware for the cam's bootloader; may be given for each core")
        ->type_name("firmware.bin")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false); // or it takes the image that follows, too
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
