// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/device/seriallink.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What the DFU host needs of USB. Nothing else is known of it, so that a test can script a device, count its time or
/// unplug it at any transfer.
namespace romsmith::device {

using Milliseconds = std::chrono::milliseconds;

/// A device as the bus describes it before it is opened.
struct UsbDevice
{
    boards::UsbId id = {};
    std::uint16_t release = 0; ///< bcdDevice
    std::string path = {}; ///< bus and ports, "3-1.2": stays the same across the modes of what is plugged in there
    std::uint64_t session = 0; ///< another one each time that something is plugged in
    std::string serial = {}; ///< USB strings, empty if there are none or they may not be read
    std::string product = {};
    std::string manufacturer = {};
    std::string node = {}; ///< for messages: /dev/bus/usb/003/012
};

/// An alternate setting of an interface.
struct UsbSetting
{
    std::uint8_t interface = 0;
    std::uint8_t number = 0;
    std::uint8_t deviceClass = 0;
    std::uint8_t subclass = 0;
    std::uint8_t protocol = 0;
    std::uint8_t nameIndex = 0; ///< of the string descriptor; 0: none
    std::vector<std::byte> extra = {}; ///< class-specific descriptors behind it
};

/// The setup packet of a control transfer; its length is that of the data.
struct ControlSetup
{
    std::uint8_t type = 0; ///< bmRequestType
    std::uint8_t request = 0;
    std::uint16_t value = 0;
    std::uint16_t index = 0;
};

/// An opened device. Errors: TimedOut; Disconnected; DeviceFailed when it stalls the request; CannotRead for what else
/// the system reports. Their messages are empty: who calls knows what it was for.
class UsbLink
{
public:
    UsbLink() = default;
    UsbLink(const UsbLink&) = delete;
    UsbLink& operator=(const UsbLink&) = delete;
    virtual ~UsbLink() = default;

    [[nodiscard]] virtual const UsbDevice& device() const = 0;
    /// Of the active configuration; does not talk to the device.
    [[nodiscard]] virtual Result<std::vector<UsbSetting>> settings() = 0;
    [[nodiscard]] virtual Result<std::string> string(std::uint8_t index) = 0;

    /// Also Busy, AccessDenied.
    [[nodiscard]] virtual Result<void> claim(std::uint8_t interface) = 0;
    [[nodiscard]] virtual Result<void> select(std::uint8_t interface, std::uint8_t alternate) = 0;

    /// Gives how much came, or was taken.
    [[nodiscard]] virtual Result<std::size_t> controlIn(const ControlSetup& setup, std::span<std::byte> into,
                                                        Milliseconds timeout)
        = 0;
    [[nodiscard]] virtual Result<std::size_t> controlOut(const ControlSetup& setup, romfs::Bytes bytes,
                                                         Milliseconds timeout)
        = 0;

    /// Resets the port. A device that comes back as another one is Disconnected.
    [[nodiscard]] virtual Result<void> reset() = 0;

    /// Lets as much time pass as a device asks for.
    virtual void pause(Milliseconds length) = 0;
    [[nodiscard]] virtual Clock::time_point now() const = 0;
};

/// What is plugged in, and news of it.
class UsbBus
{
public:
    UsbBus() = default;
    UsbBus(const UsbBus&) = delete;
    UsbBus& operator=(const UsbBus&) = delete;
    virtual ~UsbBus() = default;

    /// Strings are filled in as far as they can be read without disturbing a device.
    [[nodiscard]] virtual std::vector<UsbDevice> devices() = 0;
    /// Errors: Disconnected, AccessDenied, Busy, CannotRead, with a message.
    [[nodiscard]] virtual Result<std::unique_ptr<UsbLink>> open(const UsbDevice& device) = 0;

    /// Returns when something was plugged in or unplugged since devices() was called, or after so long.
    virtual void wait(Milliseconds longest) = 0;
    [[nodiscard]] virtual Clock::time_point now() const = 0;
};

} // namespace romsmith::device
