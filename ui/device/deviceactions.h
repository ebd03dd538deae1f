// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/devicework.h"
#include "ui/device/flashrunner.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace romsmith::ui {

class Comparisons;
class DeviceJobs;
class DocumentView;
class Log;
class Opening;

/// What is done with a device besides writing to it. Each is one job; none may be running.
class DeviceActions final : public QObject
{
    Q_OBJECT

public:
    DeviceActions(DeviceList& list, DeviceJobs& jobs, Opening& opening, Comparisons& comparisons, Log& log,
                  FlashRunner::BusOf busOf);

    void look(const QString& key);
    void readIntoTab(const QString& key, std::uint32_t partition);
    void backUp(const QString& key, std::uint32_t partition);
    void compare(DocumentView& view, const QString& key, std::uint32_t partition);
    void softReset(const QString& key);

Q_SIGNALS:
    void failed(const romsmith::Error& error);
    void noticed(const QString& text); ///< something to be told in passing

private:
    void read(const QString& key, std::uint32_t partition, std::function<void(ReadImage)> then);
    void note(const QString& text);

    DeviceList& m_list;
    DeviceJobs& m_jobs;
    Opening& m_opening;
    Comparisons& m_comparisons;
    Log& m_log;
    FlashRunner::BusOf m_busOf;
};

} // namespace romsmith::ui
