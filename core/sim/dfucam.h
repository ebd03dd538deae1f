// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfu.h"
#include "core/sim/camflash.h"
#include "core/sim/dfufaults.h"

#include <functional>
#include <optional>

/// A cam in its bootloader, as a model without threads and without a clock of its own. Its manners are those that
/// OpenMV's bootloader (TinyUSB's DFU class) and Arduino's (ST's extension) have.
namespace romsmith::sim {

using Time = std::chrono::steady_clock::time_point;
using Microseconds = std::chrono::microseconds;

class DfuCam
{
public:
    struct Options
    {
        boards::Board board;
        std::string path = "3-1"; ///< USB ports
        std::string uniqueId = "0123456789abcdef01234567"; ///< machine.unique_id(), hexadecimal
        std::uint16_t release = 0x0103; ///< bcdDevice
        DfuFaults faults = {};
        /// The firmware is somebody else's: told when it is to run; runFirmware() is to follow. Without it the firmware
        /// is a USB device that does nothing.
        std::function<void()> startFirmware = {};
    };

    enum class Mode : std::uint8_t { Unplugged, Bootloader, Firmware };

    DfuCam(Options options, CamFlash flash);

    // Time is the caller's, and does not go back.
    void advance(Time now);
    std::optional<Time> nextEvent() const; ///< when advance() would change something by itself

    Mode mode() const { return m_mode; }
    bool isPresent() const { return m_isPresent; } ///< on the bus
    std::uint64_t session() const { return m_session; } ///< a new one, of all cams, whenever isPresent() changes
    device::UsbDevice describe() const; ///< what is on the bus

    void plugIn(Time now); ///< with power: the bootloader waits for its moment, where it does so at every reset
    void unplug(Time now);
    void enterBootloader(Time now); ///< machine.bootloader()
    void runFirmware(Time now); ///< it shows up at once
    void setFaults(const DfuFaults& faults);
    const DfuFaults& faults() const { return m_options.faults; }

    // --- the bus

    struct Reply
    {
        enum class Kind : std::uint8_t { Done, Stalled, Gone };
        Kind kind = Kind::Done;
        std::vector<std::byte> bytes = {}; ///< for an IN request
        Microseconds takes{0}; ///< on the bus
    };

    std::vector<std::byte> deviceDescriptor() const;
    std::vector<std::byte> configurationDescriptor() const;

    /// No request is answered before; none: at once.
    std::optional<Time> silentUntil(Time now);
    /// @p length is how much an IN request may bring.
    Reply control(const device::ControlSetup& setup, romfs::Bytes out, std::size_t length, Time now);
    Reply select(std::uint8_t alternate, Time now);
    void busReset(Time now);

    QJsonObject report() const;
    Microseconds ownTime() const { return m_ownTime; } ///< that memory and bus have taken so far

private:
    const boards::AlternateSetting* setting() const; ///< that is selected
    std::vector<const boards::AlternateSetting*> settings() const;
    bool isDfuSe() const { return m_options.board.bootloader.kind == boards::BootloaderKind::DfuSe; }
    bool isHighSpeed() const;

    void appear(Mode mode, Time at, bool forced);
    void vanish();
    void leave(Time now);
    std::optional<Reply> accident(Time now);

    Reply standard(const device::ControlSetup& setup, std::size_t length) const;
    Reply dfu(const device::ControlSetup& setup, romfs::Bytes out, std::size_t length, Time now);
    Reply download(std::uint16_t block, romfs::Bytes bytes);
    Reply status(Time now);
    Reply upload(std::uint16_t block, std::size_t length);
    void resetState();

    void startWork(Time now);
    std::uint8_t work(Time now); ///< gives a DFU status
    std::uint8_t workDfuSe(Time now);
    std::uint8_t programAt(std::uint64_t offset, romfs::Bytes bytes, bool erases, Time now);
    std::optional<std::pair<std::uint64_t, std::uint64_t>> unitAt(std::uint64_t offset) const;
    void take(Microseconds time);

    Options m_options;
    CamFlash m_flash;
    Time m_now{};

    Mode m_mode = Mode::Unplugged;
    bool m_isPresent = false;
    std::uint64_t m_session = 0;
    std::optional<Time> m_appearsAt;
    std::optional<Time> m_leavesAt; ///< unless a host does something
    std::optional<Time> m_returnsAt; ///< power comes back, or firmware that cannot run has crashed
    bool m_isForced = false;
    bool m_isLatched = false;
    bool m_isFirmwareBroken = false; ///< begun to be written, and not ended

    std::uint8_t m_alternate = 0;
    device::DfuState m_state = device::DfuState::Idle;
    std::uint8_t m_status = 0;
    bool m_isWorking = false; ///< the block, or the end of a download, is still to be done
    std::uint16_t m_block = 0;
    std::vector<std::byte> m_bytes;
    bool m_isUnlocked = false; ///< MRAM
    std::uint32_t m_pointer = 0; ///< of ST's extension
    Time m_busyUntil{};
    std::uint64_t m_silentRequest = 0;

    std::uint64_t m_requests = 0;
    std::uint64_t m_blocks = 0;
    std::uint64_t m_erases = 0;
    std::uint64_t m_starts = 0; ///< of the firmware
    std::uint64_t m_bytesProgrammed = 0;
    Microseconds m_ownTime{0};
};

} // namespace romsmith::sim
