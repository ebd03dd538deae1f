// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices.h"

#include "app/cli/flash.h"
#include "app/cli/progressline.h"
#include "app/cli/stopsignals.h"
#include "app/cli/waytocam.h"
#include "core/device/deploy.h"
#include "core/romfs/names.h"

#include <QJsonArray>

#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

using device::PartitionFacts;
using device::Port;
using device::Shape;

struct DeviceArguments
{
    std::string device;
    std::uint32_t partition = 0;
    bool whole = false;
    std::string output;
    bool json = false;
    Via via = Via::Auto;
    std::string alternate;
    std::optional<unsigned> wait;
};

QJsonObject jsonOf(const Port& port)
{
    QJsonObject object{{QStringLiteral("port"), jsonString(port.path.string())}};
    putText(object, QLatin1StringView("name"), port.board ? port.board->name : port.product);
    putText(object, QLatin1StringView("serial"), port.serial);
    if (port.usb) {
        object[QStringLiteral("usb")] = jsonString(port.usb->toString());
    }
    if (port.board) {
        object[QStringLiteral("board")] = jsonString(port.board->id);
    }
    return object;
}

int runDevices(const DeviceArguments& arguments)
{
    const auto ports = device::findPorts(boards::BoardTable::known());
    QJsonArray list;
    for (const auto& port : ports) {
        list.append(jsonOf(port));
        if (!arguments.json) {
            std::cout << std::format("{:16} {:24} {}{}\n", port.path.string(),
                                     port.board                 ? port.board->name
                                         : port.product.empty() ? "unknown"
                                                                : port.product,
                                     port.serial,
                                     port.board           ? ""
                                         : port.isInTable ? "  (one of several boards; query asks it)"
                                                          : "  (not in the table of boards)");
        }
    }
    for (const auto& waiting : presentBootloaders()) {
        auto object = cli::jsonOf(waiting);
        object[QStringLiteral("bootloader")] = true;
        list.append(object);
        if (!arguments.json) {
            std::cout << std::format("{:16} {:24} {}  (in its bootloader)\n", waiting.usb.path,
                                     waiting.board ? waiting.board->name : "STM32", waiting.usb.serial);
        }
    }
    if (arguments.json) {
        printJson({{QStringLiteral("ok"), true}, {QStringLiteral("devices"), list}});
    } else if (list.isEmpty()) {
        note("no cam is connected");
    }
    return Done;
}

QLatin1StringView shapeName(Shape shape)
{
    switch (shape) {
    case Shape::None:
        break;
    case Shape::View:
        return QLatin1StringView("memoryview");
    case Shape::Block:
    case Shape::Opaque:
        return QLatin1StringView("blockDevice");
    }
    return QLatin1StringView("none");
}

/// What is not known of the device before something is erased is what the table says.
const boards::Partition* knownPartition(const device::Device& device, const PartitionFacts& partition)
{
    return device.board() ? device.board()->partition(partition.index) : nullptr;
}

QJsonObject jsonOf(const device::Device& device, const PartitionFacts& partition)
{
    QJsonObject object{{QStringLiteral("index"), static_cast<qint64>(partition.index)},
                       {QStringLiteral("object"), shapeName(partition.shape)}};
    if (partition.shape == Shape::None) {
        object[QStringLiteral("problem")] = jsonString(partition.problem);
        return object;
    }
    object[QStringLiteral("size")] = static_cast<qint64>(partition.size);
    object[QStringLiteral("address")] = static_cast<qint64>(partition.address);
    object[QStringLiteral("image")] = partition.hasImage();
    object[QStringLiteral("used")] = static_cast<qint64>(partition.used());
    object[QStringLiteral("free")] = static_cast<qint64>(partition.size - partition.used());
    if (partition.block > 0) {
        object[QStringLiteral("block")] = static_cast<qint64>(partition.block);
    }
    const auto* known = knownPartition(device, partition);
    if (partition.rangedUnit) {
        object[QStringLiteral("eraseUnit")] = static_cast<qint64>(*partition.rangedUnit);
    } else if (known && known->eraseUnit) {
        object[QStringLiteral("eraseUnit")] = static_cast<qint64>(*known->eraseUnit);
    }
    if (known && known->romIoctl && known->romIoctl->minimumWrite) {
        object[QStringLiteral("minimumWrite")] = static_cast<qint64>(*known->romIoctl->minimumWrite);
    }
    return object;
}

void print(const PartitionFacts& partition)
{
    if (partition.shape == Shape::None) {
        std::cout << std::format("  {}: {}\n", partition.name(), partition.problem);
        return;
    }
    std::cout << std::format("  {}: {} bytes at {:#010x}, {}; {}\n", partition.name(), partition.size,
                             partition.address, partition.shape == Shape::View ? "memoryview" : "block device",
                             partition.hasImage() ? std::format("image of {} bytes, {} free", partition.used(),
                                                                partition.size - partition.used())
                                                  : std::string("no image"));
}

/// To start it again would be to reset the cam, of which nobody has spoken.
void noteInterrupted()
{
    note("what ran on the cam was interrupted; a reset, or flash, starts it again");
}

int runQuery(const DeviceArguments& arguments)
{
    const StopSignals signals;
    const auto device = openDevice(arguments.device, signals.token());
    if (!device) {
        return reportFailure(device.error(), arguments.json);
    }
    (*device)->leave();
    const auto& facts = (*device)->facts();
    if (!arguments.json) {
        std::cout << std::format("{}\n  MicroPython {} ({}), id {}\n", (*device)->name(), facts.version, facts.firmware,
                                 facts.uniqueId);
        std::ranges::for_each(facts.partitions, print);
        if (!facts.hasRomIoctl || facts.partitions.empty()) {
            std::cout << "  no ROMFS partition\n";
        }
        noteInterrupted();
        return Done;
    }
    QJsonArray partitions;
    for (const auto& partition : facts.partitions) {
        partitions.append(jsonOf(**device, partition));
    }
    auto object = jsonOf((*device)->port());
    object[QStringLiteral("ok")] = true;
    putText(object, QLatin1StringView("name"), (*device)->boardName());
    putText(object, QLatin1StringView("machine"), facts.machine);
    putText(object, QLatin1StringView("micropython"), facts.version);
    putText(object, QLatin1StringView("firmware"), facts.firmware);
    object[QStringLiteral("mpy")] = static_cast<qint64>(facts.mpy);
    putText(object, QLatin1StringView("id"), facts.uniqueId);
    object[QStringLiteral("romIoctl")] = facts.hasRomIoctl;
    object[QStringLiteral("partitions")] = partitions;
    if (const auto* board = (*device)->board()) {
        object[QStringLiteral("board")] = jsonString(board->id);
    }
    printJson(object);
    noteInterrupted();
    return Done;
}

Result<romfs::Content> readImage(device::Device& device, const DeviceArguments& arguments, const std::stop_token& stop)
{
    // A partition that the cam lacks is the cam's fault; one without an image is an input that cannot be read.
    if (const auto partition = device.partition(arguments.partition); !partition) {
        return std::unexpected(noDevice(partition.error()));
    }
    ProgressLine progress;
    return device::readPartition(
        device, arguments.partition, arguments.whole,
        [&progress](std::uint64_t done, std::uint64_t total) { progress.show("Reading", done, total); }, stop);
}

int runRead(const DeviceArguments& arguments)
{
    const bool needsDfu = arguments.via == Via::Dfu || !arguments.alternate.empty();
    if (arguments.via == Via::Repl && needsDfu) {
        return reportUsage("--alt needs the bootloader: --via dfu.");
    }
    if (arguments.json && arguments.output == "-") {
        return reportUsage("Standard output takes the image or the JSON, not both.");
    }
    if (!needsDfu) {
        if (const auto waited = waitForCam(arguments.device, arguments.via, arguments.wait); !waited) {
            return reportFailure(waited.error(), arguments.json);
        }
    }
    if (needsDfu || (arguments.via == Via::Auto && isInBootloader(arguments.device))) {
        return readOverDfu({.device = arguments.device,
                            .alternate = arguments.alternate.empty() ? std::format("ROMFS{}", arguments.partition)
                                                                     : arguments.alternate,
                            .wait = arguments.wait,
                            .whole = arguments.whole,
                            .output = arguments.output,
                            .json = arguments.json});
    }
    const StopSignals signals;
    const auto device = openDevice(arguments.device, signals.token());
    if (!device) {
        return reportFailure(device.error(), arguments.json);
    }
    const auto content = readImage(**device, arguments, signals.token());
    (*device)->leave();
    noteInterrupted();
    if (!content) {
        return reportFailure(content.error(), arguments.json);
    }
    if (auto saved = save(arguments.output, content->bytes()); !saved) {
        return reportFailure(saved.error(), arguments.json);
    }
    if (arguments.json) {
        printJson({{QStringLiteral("ok"), true},
                   {QStringLiteral("device"), jsonString((*device)->name())},
                   {QStringLiteral("partition"), jsonString(std::format("ROMFS{}", arguments.partition))},
                   {QStringLiteral("size"), static_cast<qint64>(content->size())},
                   {QStringLiteral("output"), jsonString(arguments.output)}});
    } else {
        note(std::format("{} bytes read from ROMFS{} of {}, each chunk checked", content->size(), arguments.partition,
                         (*device)->name()));
    }
    return Done;
}

template <typename Run>
CLI::App* addCommand(CLI::App& app, int& exitCode, const std::string& name, const std::string& help,
                     const std::shared_ptr<DeviceArguments>& arguments, Run run)
{
    auto* command = app.add_subcommand(name, help);
    command->add_flag("--json", arguments->json, "Print JSON");
    command->callback([arguments, run, &exitCode] { exitCode = run(*arguments); });
    return command;
}

} // namespace

void addWaitOption(CLI::App& command, std::optional<unsigned>& wait)
{
    constexpr unsigned day = 24 * 60 * 60;
    command
        .add_option(
            "--wait", wait,
            "How long to wait for a cam that is still to be plugged in or reset (default: 10 for the bootloader "
            "of one that is asked to go there)")
        ->type_name("SECONDS")
        ->check(CLI::Range(0U, day));
}

void addDeviceOption(CLI::App& command, std::string& device)
{
    command
        .add_option(
            "--device", device,
            "Which cam, by port, serial number, name or place on USB; without it the only one that is connected")
        ->type_name("ID")
        ->check([](const std::string& name) { return name.empty() ? "names no cam" : ""; });
}

namespace {

/// A cam that is in its bootloader is no cam behind a port, but it is there.
Error notRunning(const Error& noPort, const std::string& wanted)
{
    const auto waiting = device::chooseBootloader(presentBootloaders(), {.wanted = wanted});
    if (noPort.code != ErrorCode::NotFound || !waiting || !*waiting) {
        return noDevice(noPort);
    }
    return {.code = ErrorCode::Disconnected,
            .message = std::format("{} does not run its firmware; romsmith-cli boot --leave starts it.",
                                   romfs::printable((*waiting)->name()))};
}

} // namespace

Result<std::unique_ptr<device::Device>> openDevice(const std::string& wanted, const std::stop_token& stop)
{
    const auto port = device::choosePort(device::findPorts(boards::BoardTable::known()), wanted);
    if (!port) {
        return std::unexpected(notRunning(port.error(), wanted));
    }
    return device::Device::open(*port, stop).transform_error(noDevice);
}

Error noDevice(Error error)
{
    if (error.code == ErrorCode::NotFound || error.code == ErrorCode::CannotRead) {
        error.code = ErrorCode::Disconnected;
    }
    return error;
}

void addDevicesCommand(CLI::App& app, int& exitCode)
{
    addCommand(app, exitCode, "devices", "List the cams and other boards that are connected",
               std::make_shared<DeviceArguments>(), runDevices);
}

void addQueryCommand(CLI::App& app, int& exitCode)
{
    const auto arguments = std::make_shared<DeviceArguments>();
    auto* command = addCommand(app, exitCode, "query", "Ask a cam for its ROMFS partitions and what is in them",
                               arguments, runQuery);
    addDeviceOption(*command, arguments->device);
}

void addReadCommand(CLI::App& app, int& exitCode)
{
    const auto arguments = std::make_shared<DeviceArguments>();
    auto* command = addCommand(app, exitCode, "read", "Read the image in a cam's ROMFS partition", arguments, runRead);
    addDeviceOption(*command, arguments->device);
    command->add_option("--partition", arguments->partition, "ROMFS partition of the cam")
        ->type_name("N")
        ->capture_default_str();
    command->add_flag("--whole", arguments->whole, "Read all of the partition, whatever is in it");
    addViaOption(*command, arguments->via);
    command->add_option("--alt", arguments->alternate, "Alternate setting of the bootloader, as dfu list names it")
        ->type_name("NAME");
    addWaitOption(*command, arguments->wait);
    command->add_option("-o,--output", arguments->output, "Image to write; - for standard output")
        ->required()
        ->type_name("OUT.img");
}

} // namespace romsmith::cli
