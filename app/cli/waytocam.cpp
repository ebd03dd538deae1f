// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/waytocam.h"

#include "app/cli/devices.h"
#include "app/cli/stopsignals.h"
#include "core/device/libusbbus.h"

#include <algorithm>
#include <filesystem>
#include <format>
#include <thread>

namespace romsmith::cli {
namespace {

/// A cam that is told to go needs a second; a person who presses a button needs to get there.
constexpr std::chrono::seconds usualWait{10};

bool isBehindPort(const std::string& wanted)
{
    const auto port = device::choosePort(device::findPorts(boards::BoardTable::known()), wanted);
    std::error_code error;
    return port ? std::filesystem::exists(port->path, error) : port.error().code != ErrorCode::NotFound;
}

} // namespace

Result<WayToCam> WayToCam::open(const std::string& wanted, const boards::Board* board, std::optional<unsigned> wait,
                                const std::stop_token& stop)
{
    auto bus = device::openUsb();
    if (!bus) {
        return std::unexpected(noDevice(std::move(bus).error()));
    }
    WayToCam way(std::move(*bus), wanted, board, wait);
    return way.find(stop).transform([&] { return std::move(way); });
}

WayToCam::WayToCam(std::unique_ptr<device::UsbBus> bus, const std::string& wanted, const boards::Board* board,
                   std::optional<unsigned> wait)
    : m_bus(std::move(bus))
    , m_identity{.board = board, .wanted = wanted}
    , m_wait(wait ? std::chrono::seconds(*wait) : usualWait)
    , m_mayWait(wait.has_value())
{ }

Result<void> WayToCam::find(const std::stop_token& stop)
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

Result<device::Caught> WayToCam::enter(const device::ProgressSink& progress, const std::stop_token& stop)
{
    auto caught = m_device ? device::enterBootloader(*m_bus, std::move(m_device), m_wait, progress, stop)
                           : device::enterBootloader(*m_bus, m_port, m_identity, m_wait, progress, stop);
    return std::move(caught).transform_error(noDevice);
}

void WayToCam::giveUp()
{
    if (m_device) {
        m_device->leave();
    }
}

Error WayToCam::notThere(const Error& noPort) const
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
Result<void> WayToCam::checkOnlyOne(const device::BootloaderDevice& waiting) const
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

device::ProgressSink showIn(ProgressLine& line)
{
    return [&line](const device::Progress& now) {
        const auto name = std::string(device::phaseName(now.phase));
        line.show(now.part.empty() ? name : std::format("{} {}", name, now.part), now.done, now.total);
    };
}

std::vector<device::BootloaderDevice> presentBootloaders()
{
    const auto bus = device::openUsb();
    return bus ? device::findBootloaders(**bus, boards::BoardTable::known()) : std::vector<device::BootloaderDevice>();
}

bool isInBootloader(const std::string& wanted)
{
    const auto found = device::chooseBootloader(presentBootloaders(), {.wanted = wanted});
    return !found || found->has_value();
}

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

} // namespace romsmith::cli
