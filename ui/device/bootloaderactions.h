// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/flashrunner.h"

#include <QObject>

namespace romsmith::ui {

class DeviceJobs;
class Log;
struct Questions;

/// What is done with a cam's bootloader besides writing to it. Each is one job; none may be running.
class BootloaderActions final : public QObject
{
    Q_OBJECT

public:
    BootloaderActions(DeviceList& list, DeviceJobs& jobs, Questions& questions, Log& log, FlashRunner::BusOf busOf);

    void enter(const QString& key);
    void leave(const QString& key);
    /// Reads all that is behind an alternate setting into a file.
    void readIntoFile(const QString& key, const std::string& part);
    /// Until somebody resets the cam or plugs it in. @p board may be nullptr, for any.
    void waitFor(const boards::Board* board, const OpenBus& openBus);

Q_SIGNALS:
    void failed(const romsmith::Error& error);
    void noticed(const QString& text); ///< something to be told in passing

private:
    void note(const QString& text);

    DeviceList& m_list;
    DeviceJobs& m_jobs;
    Questions& m_questions;
    Log& m_log;
    FlashRunner::BusOf m_busOf;
};

/// Opens a bootloader that is there.
[[nodiscard]] Result<device::Caught> openBootloader(device::UsbBus& bus, const device::BootloaderDevice& device,
                                                    const std::stop_token& stop);

} // namespace romsmith::ui
