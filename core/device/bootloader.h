// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"
#include "core/device/dfu.h"

#include <functional>
#include <memory>
#include <string>

/// Cams in their bootloaders: which ones there are, which one is meant, and how it is caught.
namespace romsmith::device {

/// A device that shows the USB id of a bootloader that speaks DFU.
struct BootloaderDevice
{
    UsbDevice usb;
    const boards::Board* board = nullptr; ///< nullptr: the chip's own loader, which several boards have

    /// "OpenMV N6 in its bootloader (USB 3-1.2)"
    [[nodiscard]] std::string name() const;
    /// 1.0.3 as 0x0103; 0 if it is one from before versions were told.
    [[nodiscard]] std::uint16_t version() const { return usb.release == 0x0200 ? std::uint16_t{0} : usb.release; }
    [[nodiscard]] std::string versionText() const; ///< "1.0.3", or "of a version that it does not tell"
};

[[nodiscard]] std::vector<BootloaderDevice> findBootloaders(UsbBus& bus, const boards::BoardTable& table);

/// What is known of the cam that is meant, from whatever mode it was seen in.
struct CamIdentity
{
    std::string path = {}; ///< of the USB ports, "3-1.2"; empty: not known
    std::string serial = {}; ///< that its bootloader will show, see bootloaderSerial(); empty: not known
    const boards::Board* board = nullptr; ///< nullptr: any
    std::string wanted = {}; ///< what the user asked for: a path, a serial number, a USB id, or a part of a name
};

/// The bootloader's serial number as the table has it follow from machine.unique_id() in hexadecimal digits; empty if
/// it does not.
[[nodiscard]] std::string bootloaderSerial(const boards::Board& board, std::string_view uniqueId);

/// The one that is meant; none if it is not there. The place decides, then the serial number. Mismatch if there is
/// another cam in that place now; InvalidArgument if it could be several, which it lists.
[[nodiscard]] Result<std::optional<BootloaderDevice>> chooseBootloader(const std::vector<BootloaderDevice>& present,
                                                                       const CamIdentity& identity);

/// How a person gets the cam into its bootloader, and into the chip's own loader when the bootloader is gone.
[[nodiscard]] std::string howToEnter(const boards::Board& board);

struct Caught
{
    BootloaderDevice device;
    std::unique_ptr<DfuHost> host;
    bool wasRunning = false; ///< its firmware was left for this
};

/// Waits for the cam's bootloader, and has it stay. @p reset is called when everything is ready to catch it, unless it
/// is there already; if it fails, the wait goes on for whoever plugs the cam in again, and its error is part of what is
/// said in the end. It must return as soon as the cam goes away.
[[nodiscard]] Result<Caught> catchBootloader(UsbBus& bus, const CamIdentity& identity, Milliseconds longest,
                                             const std::function<Result<void>()>& reset,
                                             const std::stop_token& stop = {});

/// Has the bootloader start the firmware, by the rules of its version, and waits for the firmware to show up. TimedOut
/// if it does not; the message says whether the bootloader came back instead.
[[nodiscard]] Result<UsbDevice> leaveBootloader(UsbBus& bus, Caught caught, Milliseconds longest,
                                                const std::stop_token& stop = {});
/// The waiting alone, for a bootloader that is gone already.
[[nodiscard]] Result<UsbDevice> waitForFirmware(UsbBus& bus, const BootloaderDevice& device, Milliseconds longest,
                                                const std::stop_token& stop = {});

} // namespace romsmith::device
