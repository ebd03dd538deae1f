// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/devices.h"
#include "app/cli/flash.h"
#include "app/cli/progressline.h"
#include "app/cli/stopsignals.h"
#include "core/device/dfujob.h"
#include "core/device/libusbbus.h"
#include "core/device/waysin.h"
#include "core/sources/bundle.h"
#include "core/sources/imagefile.h"

#include <QJsonArray>

#include <filesystem>
#include <format>
#include <iostream>
#include <thread>

namespace romsmith::cli {
namespace {

using device::BootloaderDevice;
using device::CamIdentity;
using device::Caught;

/// A cam that is told to go needs a second; a person who presses a button needs to get there.
constexpr std::chrono::seconds usualWait{10};

/// The way to one cam: it is in its bootloader, or its firmware is asked to go there, or a person sees to it.
class WayToCam
{
public:
    WayToCam(std::unique_ptr<device::UsbBus> bus, const std::string& wanted, const boards::Board* board,
             std::optional<unsigned> wait)
        : m_bus(std::move(bus))
        , m_identity{.board = board, .wanted = wanted}
        , m_wait(wait ? std::chrono::seconds(*wait) : usualWait)
        , m_mayWait(wait.has_value())
    { }

    /// Finds it, and asks it who it is; nothing is changed yet.
    Result<void> find(const std::stop_token& stop)
    {
        const auto present
            = device::chooseBootloader(device::findBootloaders(*m_bus, boards::BoardTable::known()), m_identity);
        if (!present) {
            return std::unexpected(present.error());
        }
        if (*present) {
            if (auto clear = checkOnlyOne(**present); !clear) {
                return clear;
            }
            m_identity.board = (*present)->board;
            m_identity.path = (*present)->usb.path;
            return {};
        }
        auto port = device::choosePort(device::findPorts(boards::BoardTable::known()), m_identity.wanted);
        if (!port) {
            return m_mayWait ? Result<void>() : std::unexpected(notThere(port.error()));
        }
        m_port = *port;
        m_identity.wanted.clear(); // it was for the port
        auto opened = device::Device::open(*port, stop);
        if (opened) {
            m_device = std::move(*opened);
            if (m_identity.board && m_device->board() && m_identity.board->id != m_device->board()->id) {
                m_device->leave();
                return std::unexpected(device::anotherBoard(m_device->name(), *m_identity.board));
            }
            m_identity.board = m_identity.board ? m_identity.board : m_device->board();
            return {};
        }
        // A script that does not let go is told to by other means.
        const bool mayBeForced
            = opened.error().code == ErrorCode::TimedOut || opened.error().code == ErrorCode::DeviceFailed;
        m_identity.board = m_identity.board ? m_identity.board : port->board;
        return mayBeForced ? Result<void>() : std::unexpected(noDevice(std::move(opened).error()));
    }

    /// nullptr as long as it is not known.
    const boards::Board* board() const { return m_identity.board; }

    Result<Caught> enter(const device::ProgressSink& progress, const std::stop_token& stop)
    {
        auto caught = m_device ? device::enterBootloader(*m_bus, std::move(m_device), m_wait, progress, stop)
                               : device::enterBootloader(*m_bus, m_port, m_identity, m_wait, progress, stop);
        return std::move(caught).transform_error(noDevice);
    }

    /// Leaves it as it was found.
    void giveUp()
    {
        if (m_device) {
            m_device->leave();
        }
    }

    device::UsbBus& bus() { return *m_bus; }
    std::chrono::seconds longest() const { return m_wait; }

private:
    Error notThere(const Error& noPort) const
    {
        const auto others = device::chooseBootloader(device::findBootloaders(*m_bus, boards::BoardTable::known()),
                                                     {.wanted = m_identity.wanted});
        if (m_identity.board && others && *others && (*others)->board) {
            return device::anotherBoard((*others)->name(), *m_identity.board);
        }
        const bool couldBeSeveral = noPort.code == ErrorCode::InvalidArgument;
        return couldBeSeveral
            ? noPort
            : Error{.code = ErrorCode::Disconnected,
                    .message = noPort.message + " With --wait SECONDS it may be plugged in, or reset, later."};
    }

    /// Nothing is written to a cam that may not be the one that is meant.
    Result<void> checkOnlyOne(const BootloaderDevice& waiting) const
    {
        const auto ports = device::findPorts(boards::BoardTable::known());
        const auto running = std::ranges::find_if(ports, [&](const device::Port& port) {
            return port.board && (!m_identity.board || port.board == m_identity.board);
        });
        if (!m_identity.wanted.empty() || running == ports.end()) {
            return {};
        }
        return fail(ErrorCode::InvalidArgument,
                    std::format("Two cams could be meant: {} and {}. Name one with --device: {} or {}.", waiting.name(),
                                running->name(), waiting.usb.path, running->path.string()));
    }

    std::unique_ptr<device::UsbBus> m_bus;
    CamIdentity m_identity;
    std::chrono::seconds m_wait;
    bool m_mayWait;
    std::optional<device::Port> m_port;
    std::unique_ptr<device::Device> m_device;
};

Result<WayToCam> openWay(const std::string& wanted, const boards::Board* board, std::optional<unsigned> wait,
                         const std::stop_token& stop)
{
    auto bus = device::openUsb();
    if (!bus) {
        return std::unexpected(noDevice(std::move(bus).error()));
    }
    WayToCam way(std::move(*bus), wanted, board, wait);
    return way.find(stop).transform([&] { return std::move(way); });
}

auto showIn(ProgressLine& line)
{
    return [&line](const device::Progress& now) {
        const auto name = std::string(device::phaseName(now.phase));
        line.show(now.part.empty() ? name : std::format("{} {}", name, now.part), now.done, now.total);
    };
}

// --- flash

/// What is written, and what has been said about the image in it.
struct FilesToFlash
{
    device::FlashFiles files;
    std::vector<romfs::Finding> said;
};

Outcome<FilesToFlash> filesFor(const FlashArguments& arguments, const boards::Board& board, const std::stop_token& stop)
{
    FilesToFlash job;
    auto& files = job.files;
    if (!arguments.bundle.empty()) {
        auto bundled = sources::Bundle::open(arguments.bundle, stop).and_then([&](const sources::Bundle& bundle) {
            return device::filesOf(bundle, board, stop);
        });
        if (!bundled) {
            return std::unexpected(usualFailure(bundled.error()));
        }
        files = std::move(*bundled);
    }
    for (const auto& path : arguments.firmware) {
        auto content = sources::loadFile(path, sources::Loading::Snapshot);
        if (!content) {
            return std::unexpected(usualFailure(content.error()));
        }
        files.firmware.push_back(
            {.name = std::filesystem::path(path).filename().string(), .content = std::move(*content)});
    }
    if (!arguments.from.sources.empty()) {
        auto image = imageFor(arguments, &board);
        if (!image) {
            return std::unexpected(std::move(image).error());
        }
        if (files.images.contains(arguments.partition())) {
            note(std::format("{} takes the place of the bundle's image for ROMFS{}",
                             sources::shown(arguments.from.sources.front()), arguments.partition()));
        }
        files.images.insert_or_assign(arguments.partition(), std::move(image->content));
        job.said = std::move(image->said);
    }
    if (!arguments.expertToc.empty()) {
        auto table = sources::loadFile(arguments.expertToc, sources::Loading::Snapshot);
        if (!table) {
            return std::unexpected(usualFailure(table.error()));
        }
        files.tableOfContents = std::move(*table);
    }
    files.eraseFilesystem = arguments.eraseFilesystem;
    if (const auto checked = device::checkFiles(board, files, arguments.force); !checked) {
        return std::unexpected(Failure{.error = checked.error(), .exitCode = exitCodeOf(checked.error())});
    }
    return job;
}

QJsonObject jsonOf(const device::DfuReport& report)
{
    QJsonArray parts;
    std::uint64_t size = 0;
    QString backup;
    for (const auto& part : report.parts) {
        parts.append(cli::jsonOf(part));
        size += part.size;
        backup = backup.isEmpty() ? jsonString(part.backup.string()) : backup;
    }
    QJsonObject object{{QStringLiteral("ok"), !report.error},
                       {QStringLiteral("via"), QStringLiteral("dfu")},
                       {QStringLiteral("device"), jsonString(report.device)},
                       {QStringLiteral("state"), jsonString(std::string(device::stateName(report.state())))},
                       {QStringLiteral("size"), static_cast<qint64>(size)},
                       {QStringLiteral("sent"), static_cast<qint64>(report.sent)},
                       {QStringLiteral("seconds"), static_cast<double>(report.time.count()) / 1000},
                       {QStringLiteral("parts"), parts},
                       {QStringLiteral("result"), jsonString(report.sentence())}};
    if (!report.parts.empty()) {
        object[QStringLiteral("partition")] = jsonString(report.parts.front().partition);
        putText(object, QLatin1StringView("sha256"), report.parts.front().sha256);
    }
    if (!backup.isEmpty()) {
        object[QStringLiteral("backup")] = backup;
    }
    if (report.error) {
        object[QStringLiteral("error")] = jsonString(report.error->message);
        object[QStringLiteral("next")] = jsonString(report.next());
    }
    return object;
}

int show(const device::DfuReport& report, const std::vector<romfs::Finding>& said, bool json)
{
    for (const auto& part : report.parts) {
        noteFacts(part, said);
    }
    if (json) {
        printJson(jsonOf(report));
    }
    if (report.error) {
        note("error: " + report.sentence());
    } else if (!json) {
        std::cout << report.sentence() << '\n';
    }
    return exitCodeOf(report.error);
}

} // namespace

std::vector<BootloaderDevice> presentBootloaders()
{
    const auto bus = device::openUsb();
    return bus ? device::findBootloaders(**bus, boards::BoardTable::known()) : std::vector<BootloaderDevice>();
}

bool isInBootloader(const std::string& wanted)
{
    const auto found = device::chooseBootloader(presentBootloaders(), {.wanted = wanted});
    return !found || found->has_value();
}

namespace {

bool isBehindPort(const std::string& wanted)
{
    const auto port = device::choosePort(device::findPorts(boards::BoardTable::known()), wanted);
    std::error_code error;
    return port ? std::filesystem::exists(port->path, error) : port.error().code != ErrorCode::NotFound;
}

} // namespace

Result<void> waitForCam(const std::string& wanted, Via via, std::optional<unsigned> wait)
{
    constexpr std::chrono::milliseconds step{100};
    const StopSignals signals;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(wait.value_or(0));
    const auto isThere = [&] { return isBehindPort(wanted) || (via == Via::Auto && isInBootloader(wanted)); };
    if (!wait || isThere()) {
        return {};
    }
    note("Waiting for a cam");
    while (!isThere() && std::chrono::steady_clock::now() < deadline) {
        if (signals.token().stop_requested()) {
            return fail(ErrorCode::Cancelled, "Waiting for the cam: cancelled.");
        }
        std::this_thread::sleep_for(step);
    }
    return {};
}

int flashOverDfu(const FlashArguments& arguments)
{
    const auto* board = arguments.board();
    const StopSignals signals;
    auto way = openWay(arguments.device, board, arguments.wait, signals.token());
    if (!way) {
        return reportFailure(way.error(), arguments.json);
    }
    // Files that do not fit are refused before the cam is reset, if it is known which board it is.
    std::optional<Outcome<FilesToFlash>> files;
    if (way->board()) {
        files = filesFor(arguments, *way->board(), signals.token());
        if (!*files) {
            way->giveUp();
            return reportFailure(files->error(), arguments.json);
        }
    }
    ProgressLine line;
    const auto progress = showIn(line);
    auto caught = way->enter(progress, signals.token());
    if (!caught) {
        line.end();
        return reportFailure(caught.error(), arguments.json);
    }
    if (board && caught->device.board && caught->device.board->id != board->id) {
        line.end();
        return reportFailure(device::anotherBoard(caught->device.name(), *board), arguments.json);
    }
    if (!files && caught->device.board) {
        files = filesFor(arguments, *caught->device.board, signals.token());
        if (!*files) {
            line.end();
            return reportFailure(files->error(), arguments.json);
        }
    }
    const auto report
        = device::flashOverDfu(way->bus(), std::move(*caught), files ? (*files)->files : device::FlashFiles(),
                               {.update = arguments.update,
                                .verify = !arguments.noVerify,
                                .backup = !arguments.noBackup,
                                .force = arguments.force},
                               progress, signals.token());
    line.end();
    return show(report, files ? (*files)->said : std::vector<romfs::Finding>(), arguments.json);
}

int readOverDfu(const DfuReadArguments& arguments)
{
    const StopSignals signals;
    auto way = openWay(arguments.device, nullptr, arguments.wait, signals.token());
    if (!way) {
        return reportFailure(way.error(), arguments.json);
    }
    ProgressLine line;
    const auto caught = way->enter(showIn(line), signals.token());
    if (!caught) {
        line.end();
        return reportFailure(caught.error(), arguments.json);
    }
    const auto content = device::readOverDfu(
        *caught, arguments.alternate, arguments.whole || !arguments.alternate.starts_with("ROMFS"),
        [&line](std::uint64_t done, std::uint64_t total) { line.show("Reading", done, total); }, signals.token());
    line.end();
    if (!content) {
        return reportFailure(content.error(), arguments.json);
    }
    if (auto saved = save(arguments.output, content->bytes()); !saved) {
        return reportFailure(saved.error(), arguments.json);
    }
    if (arguments.json) {
        printJson({{QStringLiteral("ok"), true},
                   {QStringLiteral("device"), jsonString(caught->device.name())},
                   {QStringLiteral("partition"), jsonString(arguments.alternate)},
                   {QStringLiteral("size"), static_cast<qint64>(content->size())},
                   {QStringLiteral("output"), jsonString(arguments.output)}});
    } else {
        note(std::format("{} bytes read from {} of {}", content->size(), arguments.alternate, caught->device.name()));
    }
    return Done;
}

// --- dfu list

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

QJsonObject jsonOf(const BootloaderDevice& device)
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

// --- boot

struct BootArguments
{
    std::string device;
    std::optional<unsigned> wait;
    bool leave = false;
};

int runBoot(const BootArguments& arguments)
{
    const StopSignals signals;
    auto way = openWay(arguments.device, nullptr, arguments.wait, signals.token());
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
