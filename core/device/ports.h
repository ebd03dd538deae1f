// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"
#include "core/error.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::device {

/// A serial port that a cam may be behind.
struct Port
{
    std::filesystem::path path = {}; ///< /dev/ttyACM0
    std::optional<boards::UsbId> usb = {};
    std::string serial = {}; ///< USB strings, empty if there are none
    std::string product = {};
    std::string manufacturer = {};
    std::string usbPath = {}; ///< bus and ports, "3-1.2": the same in the bootloader; empty: not known
    const boards::Board* board = nullptr; ///< that alone shows this USB id; nullptr: to be asked
    bool isInTable = false; ///< some board shows this USB id

    /// "OpenMV N6 (/dev/ttyACM0)"
    [[nodiscard]] std::string name() const;

    bool operator==(const Port&) const = default;
};

/// The USB ports that may be boards: those whose id is in the table, and every other one that speaks CDC-ACM. In order
/// of their paths. @p sysfs is for tests.
[[nodiscard]] std::vector<Port> findPorts(const boards::BoardTable& table, const std::filesystem::path& sysfs = "/sys");

/// The one of @p ports that is meant by a port, a serial number, or a part of a name, in any case; an empty @p wanted
/// means the only one, or the only one of a known board. A path that is none of them is taken as it is. NotFound,
/// InvalidArgument if it could be several; both list what is there.
[[nodiscard]] Result<Port> choosePort(const std::vector<Port>& ports, std::string_view wanted);

} // namespace romsmith::device
