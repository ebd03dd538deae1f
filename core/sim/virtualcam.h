// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"
#include "core/sim/camprofile.h"
#include "core/sim/faults.h"
#include "core/sim/virtualbus.h"

#include <QJsonObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace romsmith::sim {

struct VirtualCamOptions
{
    boards::Board board;
    Firmware firmware;
    Faults faults;
    std::filesystem::path flash; ///< see partitionOffsets(); empty: one that is thrown away at the end
    std::filesystem::path alias; ///< a symbolic link to the port, the same after every reset; empty: none
    std::filesystem::path control; ///< of the control socket; empty: none
    std::string micropython; ///< empty: the one on PATH
    /// Told the path of the port once MicroPython runs behind it, and "" when it is gone; called in the cam's own
    /// thread, where command() must not be.
    std::function<void(const std::string&)> portChanged;
    /// The USB that it is plugged into, in the place @p usbPath; there machine.bootloader() leads into its bootloader.
    /// None: it is gone then.
    std::shared_ptr<VirtualBus> bus;
    std::string usbPath = "virtual-1";
};

/// A board without the board: a pseudo-terminal, and behind it a real MicroPython with a file for flash. It runs in a
/// thread and a process of its own until it is destroyed.
class VirtualCam
{
public:
    /// Blocks until MicroPython runs.
    static Result<std::unique_ptr<VirtualCam>> start(VirtualCamOptions options);
    ~VirtualCam();

    /// What programs open: the alias or the pseudo-terminal; empty while it is unplugged.
    std::string port() const;

    /// Where it is on its bus; a device::Port for it has it, too.
    std::string usbPath() const;

    /// Changes those faults of its bootloader that the object names, see DfuFaults.
    Result<void> setBootloader(const QJsonObject& faults);

    /// Does what a line on the control socket does, and gives the answer; see docs/command-line.md.
    QJsonObject command(const QJsonObject& command);

private:
    class Impl;
    explicit VirtualCam(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

} // namespace romsmith::sim
