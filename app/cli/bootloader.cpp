// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices.h"
#include "app/cli/stopsignals.h"
#include "app/cli/waytocam.h"
#include "core/device/dfujob.h"
#include "core/device/libusbbus.h"

#include <QJsonArray>

#include <format>
#include <iostream>

namespace romsmith::cli {
namespace {

QJsonObject jsonOf(const device::DfuStretch& stretch)
{
    QJsonObject object{{QStringLiteral("number"), stretch.number},
                       {QStringLiteral("name"), jsonString(stretch.name)},
                       {QStringLiteral("readable"), stretch.readable},
                       {QStringLiteral("writable"), device::whyNotWritten(stretch).empty()}};
    if (stretch.size) {
        object[QStringLiteral("size")] = static_cast<qint64>(*stretch.size);
    }
    if (stretch.known && !stretch.known->description.empty()) {
        object[QStringLiteral("description")] = jsonString(stretch.known->description);
    }
    return object;
}

} // namespace

QJsonObject jsonOf(const device::BootloaderDevice& device)
{
    QJsonObject object{{QStringLiteral("name"), jsonString(device.board ? device.board->name : "STM32")},
                       {QStringLiteral("usb"), jsonString(device.usb.id.toString())},
                       {QStringLiteral("path"), jsonString(device.usb.path)}};
    putText(object, QLatin1StringView("serial"), device.usb.serial);
    if (device.version() != 0) {
        object[QStringLiteral("version")] = jsonString(device.versionText());
    }
    if (device.board) {
        object[QStringLiteral("board")] = jsonString(device.board->id);
    }
    return object;
}

namespace {

void print(const device::DfuStretch& stretch)
{
    std::cout << std::format("  {} {:16} {:>10}  {}{}\n", stretch.number, stretch.name,
                             stretch.size ? std::to_string(*stretch.size) : "?", stretch.readable ? "r" : "-",
                             device::whyNotWritten(stretch).empty() ? "w" : "-");
}

int runList(bool json)
{
    const StopSignals signals;
    auto bus = device::openUsb();
    if (!bus) {
        return reportFailure(bus.error(), json);
    }
    QJsonArray list;
    int code = Done;
    for (const auto& device : device::findBootloaders(**bus, boards::BoardTable::known())) {
        auto object = cli::jsonOf(device);
        if (!json) {
            std::cout << std::format("{}  {}  {}{}\n", device.name(), device.usb.id.toString(), device.usb.serial,
                                     device.version() == 0 ? "" : "  version " + device.versionText());
        }
        const auto host = (*bus)->open(device.usb).and_then([&](std::unique_ptr<device::UsbLink> link) {
            return device::DfuHost::open(std::move(link), device.name(), signals.token());
        });
        if (!host) {
            code = report(host.error());
            object[QStringLiteral("error")] = jsonString(host.error().message);
            list.append(object);
            continue;
        }
        QJsonArray alternates;
        for (const auto& stretch : device::dfuStretches(**host, device.board)) {
            alternates.append(jsonOf(stretch));
            if (!json) {
                print(stretch);
            }
        }
        object[QStringLiteral("alternates")] = alternates;
        list.append(object);
    }
    if (json) {
        printJson({{QStringLiteral("ok"), code == Done}, {QStringLiteral("bootloaders"), list}});
    } else if (list.isEmpty()) {
        note("no cam is in its bootloader");
    }
    return code;
}

struct BootArguments
{
    std::string device;
    std::optional<unsigned> wait;
    bool leave = false;
};

int runBoot(const BootArguments& arguments)
{
    const StopSignals signals;
    auto way = WayToCam::open(arguments.device, nullptr, arguments.wait, signals.token());
    if (!way) {
        return report(way.error());
    }
    ProgressLine line;
    auto caught = way->enter(showIn(line), signals.token());
    line.end();
    if (!caught) {
        return report(caught.error());
    }
    const auto device = caught->device;
    if (!arguments.leave) {
        std::cout << std::format("{} stays there until it is told to leave, or unplugged.\n", device.name());
        return Done;
    }
    const auto started
        = device::leaveBootloader(way->bus(), std::move(*caught), std::chrono::seconds(20), signals.token());
    if (!started) {
        return report(started.error());
    }
    std::cout << std::format("{} has started its firmware.\n", device.board ? device.board->name : device.name());
    return Done;
}

} // namespace

void addDfuCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("dfu", "Look at cams that are in their bootloaders");
    command->require_subcommand(1);
    auto* list = command->add_subcommand("list", "List them with their alternate settings");
    const auto json = std::make_shared<bool>(false);
    list->add_flag("--json", *json, "Print JSON");
    list->callback([json, &exitCode] { exitCode = runList(*json); });
}

void addBootCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("boot", "Bring a cam into its bootloader, or out of it");
    const auto arguments = std::make_shared<BootArguments>();
    addDeviceOption(*command, arguments->device);
    addWaitOption(*command, arguments->wait);
    command->add_flag("--leave", arguments->leave, "Start its firmware");
    command->callback([arguments, &exitCode] { exitCode = runBoot(*arguments); });
}

} // namespace romsmith::cli
