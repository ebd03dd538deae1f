// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/flash.h"
#include "app/cli/progressline.h"
#include "core/device/waysin.h"

#include <chrono>

namespace romsmith::cli {

/// The way to one cam: it is in its bootloader, or its firmware is asked to go there, or a person sees to it.
class WayToCam
{
public:
    /// Finds the cam, and asks it who it is; nothing is changed yet.
    [[nodiscard]] static Result<WayToCam> open(const std::string& wanted, const boards::Board* board,
                                               std::optional<unsigned> wait, const std::stop_token& stop);

    /// nullptr as long as it is not known.
    [[nodiscard]] const boards::Board* board() const { return m_identity.board; }

    [[nodiscard]] Result<device::Caught> enter(const device::ProgressSink& progress, const std::stop_token& stop);

    /// Leaves it as it was found.
    void giveUp();

    [[nodiscard]] device::UsbBus& bus() { return *m_bus; }

private:
    WayToCam(std::unique_ptr<device::UsbBus> bus, const std::string& wanted, const boards::Board* board,
             std::optional<unsigned> wait);

    Result<void> find(const std::stop_token& stop);
    [[nodiscard]] Error notThere(const Error& noPort) const;
    [[nodiscard]] Result<void> checkOnlyOne(const device::BootloaderDevice& waiting) const;

    std::unique_ptr<device::UsbBus> m_bus;
    device::CamIdentity m_identity;
    std::chrono::seconds m_wait;
    bool m_mayWait;
    std::optional<device::Port> m_port;
    std::unique_ptr<device::Device> m_device;
};

[[nodiscard]] device::ProgressSink showIn(ProgressLine& line);

/// True if no port is meant, and a cam that waits in its bootloader is.
[[nodiscard]] bool isInBootloader(const std::string& wanted);
/// Returns when the cam is there, whichever way it may be reached, or the time is over; at once without --wait. Fails
/// when it is cancelled.
[[nodiscard]] Result<void> waitForCam(const std::string& wanted, Via via, std::optional<unsigned> wait);
/// Those that are in their bootloaders; none if USB cannot be looked at.
[[nodiscard]] std::vector<device::BootloaderDevice> presentBootloaders();

} // namespace romsmith::cli
