// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/bootloader.h"
#include "core/device/dfumemory.h"

#include <QObject>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace romsmith::ui {

/// Opens a USB to look for bootloaders on: the computer's, or that of a virtual cam. Called from any thread.
using OpenBus = std::function<Result<std::shared_ptr<device::UsbBus>>()>;

/// A cam in its bootloader, as it describes itself.
struct SeenBootloader
{
    device::BootloaderDevice device = {};
    std::vector<device::DfuStretch> parts = {}; ///< behind its alternate settings; empty: not known yet
    std::optional<Error> problem = {}; ///< why they are not known
};

/// Tells which cams are in their bootloaders. It only reads descriptors: a cam that passes through its bootloader, as
/// it does at every start, is not kept there.
class BootloaderWatch final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    BootloaderWatch(const BootloaderWatch&) = delete;
    BootloaderWatch& operator=(const BootloaderWatch&) = delete;
    ~BootloaderWatch() override;

    void start(OpenBus open); ///< an empty one: there is nothing to be seen
    /// While somebody works with a bootloader it is not asked anything.
    void setPaused(bool isPaused) { m_isPaused = isPaused; }

Q_SIGNALS:
    void changed(const std::vector<romsmith::ui::SeenBootloader>& seen);

private:
    void watch(const OpenBus& open, int number, const std::stop_token& stop);
    void stop();

    std::atomic<bool> m_isPaused = false;
    int m_number = 0; ///< of the start: what an old one still has to say is not heard
    std::jthread m_thread;
};

} // namespace romsmith::ui
