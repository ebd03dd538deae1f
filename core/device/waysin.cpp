// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/waysin.h"

#include "core/device/ttylink.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using boards::EntryWay;

constexpr unsigned protocolBaud = 921600;
constexpr std::uint8_t syncOpcode = 0x00;
constexpr std::uint8_t bootOpcode = 0x11; ///< SYS_BOOT of version 5
constexpr std::uint8_t resetToBootloaderOpcode = 0x0E; ///< of version 4

/// A cam that obeys is gone in a fraction of it.
constexpr Milliseconds obedience = 1200ms;
constexpr Milliseconds writing = 500ms;

void put16(std::string& packet, unsigned value)
{
    packet += static_cast<char>(value & 0xFFU);
    packet += static_cast<char>(value >> 8U & 0xFFU);
}

/// Polynomial 0xF94F, most significant bit first, from all ones.
std::uint16_t crc16(std::string_view bytes)
{
    constexpr unsigned polynomial = 0xF94F;
    constexpr unsigned top = 0x8000;
    unsigned crc = 0xFFFF;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned>(static_cast<unsigned char>(byte)) << 8U;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc & top) != 0 ? (crc << 1U) ^ polynomial : crc << 1U;
        }
    }
    return static_cast<std::uint16_t>(crc);
}

bool can(const boards::Board* board, EntryWay way)
{
    return board && std::ranges::contains(board->bootloader.entry, way);
}

/// True when the port goes away.
Result<bool> vanishes(Wire& wire)
{
    const auto deadline = Clock::now() + obedience;
    while (Clock::now() < deadline) {
        const auto heard = wire.drain(obedience, obedience);
        if (!heard) {
            return heard.error().code == ErrorCode::Disconnected ? Result<bool>(true) : std::unexpected(heard.error());
        }
    }
    return false;
}

Result<bool> say(const Port& port, const std::string& packets, const std::stop_token& stop)
{
    auto link = openTty(port.path, protocolBaud);
    if (!link) {
        // A cam that goes away closes the port.
        return link.error().code == ErrorCode::NotFound ? Result<bool>(true) : std::unexpected(std::move(link).error());
    }
    Wire wire(std::move(*link), port.name());
    wire.setStop(stop);
    const auto said = wire.write(packets, writing);
    if (!said && said.error().code != ErrorCode::TimedOut) {
        return said.error().code == ErrorCode::Disconnected ? Result<bool>(true) : std::unexpected(said.error());
    }
    return vanishes(wire);
}

/// By whatever the firmware hears while a script does not let go of the REPL.
Result<void> forceIn(const Port& port, const boards::Board* board, const std::stop_token& stop)
{
    std::vector<std::string> packets;
    if (can(board, EntryWay::Protocol5Boot)) {
        packets.push_back(protocol5Packet(syncOpcode, 0) + protocol5Packet(bootOpcode, 0));
    }
    if (can(board, EntryWay::Protocol4ResetToBootloader)) {
        packets.push_back(protocol4Packet(resetToBootloaderOpcode));
    }
    for (const auto& packet : packets) {
        const auto gone = say(port, packet, stop);
        if (!gone) {
            return std::unexpected(gone.error());
        }
        if (*gone) {
            return {};
        }
    }
    if (can(board, EntryWay::Touch1200) || can(board, EntryWay::Touch1200Firmware4)) {
        return touchTty(port.path);
    }
    return fail(ErrorCode::TimedOut,
                std::format("{} does not go into its bootloader: a script on it hears nothing.", port.name()));
}

/// machine.bootloader() does not return.
Result<void> askIn(Device& device)
{
    const auto begun = device.repl().begin("import machine\nmachine.bootloader()\n");
    const auto ended = begun ? device.repl().finish(obedience).transform([](const std::string&) { }) : begun;
    if (ended) {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} came back from machine.bootloader() without going there.", device.name()));
    }
    switch (ended.error().code) {
    case ErrorCode::Disconnected:
    case ErrorCode::TimedOut: // nothing is there any more that could hang up
        return {};
    default:
        return ended;
    }
}

void tell(const ProgressSink& progress, Phase phase)
{
    if (progress) {
        progress({.phase = phase});
    }
}

} // namespace

std::string protocol5Packet(std::uint8_t opcode, std::uint8_t sequence)
{
    constexpr unsigned sync = 0xD5AA;
    std::string packet;
    put16(packet, sync);
    packet += static_cast<char>(sequence);
    packet += '\0'; // channel
    packet += '\0'; // flags
    packet += static_cast<char>(opcode);
    put16(packet, 0); // length
    put16(packet, crc16(packet));
    return packet;
}

std::string protocol4Packet(std::uint8_t opcode)
{
    constexpr char prefix = 0x30;
    return std::string{prefix, static_cast<char>(opcode)} + std::string(sizeof(std::uint32_t), '\0');
}

Result<Caught> enterBootloader(UsbBus& bus, const std::optional<Port>& port, CamIdentity identity, Milliseconds longest,
                               const ProgressSink& progress, const std::stop_token& stop)
{
    if (!port) {
        tell(progress, Phase::WaitingForBootloader);
        return catchBootloader(bus, identity, longest, {}, stop);
    }
    tell(progress, Phase::EnteringBootloader);
    identity.path = identity.path.empty() ? port->usbPath : identity.path;
    identity.board = identity.board ? identity.board : port->board;
    auto device = Device::open(*port, stop);
    if (device) {
        return enterBootloader(bus, std::move(*device), longest, progress, stop);
    }
    const auto code = device.error().code;
    if (code != ErrorCode::TimedOut && code != ErrorCode::DeviceFailed) {
        return std::unexpected(std::move(device).error());
    }
    return catchBootloader(
        bus, identity, longest,
        [&] {
            auto done = forceIn(*port, identity.board, stop);
            tell(progress, Phase::WaitingForBootloader);
            return done;
        },
        stop);
}

Result<Caught> enterBootloader(UsbBus& bus, std::unique_ptr<Device> device, Milliseconds longest,
                               const ProgressSink& progress, const std::stop_token& stop)
{
    tell(progress, Phase::EnteringBootloader);
    device->setStop(stop);
    const CamIdentity identity{.path = device->port().usbPath,
                               .serial = device->board() ? bootloaderSerial(*device->board(), device->facts().uniqueId)
                                                         : std::string(),
                               .board = device->board()};
    return catchBootloader(
        bus, identity, longest,
        [&] {
            auto done = askIn(*device);
            if (!done) {
                device->leave();
            }
            device.reset(); // a port that is held open keeps its name from the one that comes back
            tell(progress, Phase::WaitingForBootloader);
            return done;
        },
        stop);
}

} // namespace romsmith::device
