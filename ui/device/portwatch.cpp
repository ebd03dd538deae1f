// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/portwatch.h"

#include "core/device/portholder.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace romsmith::ui {
namespace {

/// A cam is to appear within a second; to look takes a millisecond.
constexpr std::chrono::milliseconds interval{400};

} // namespace

PortWatch::~PortWatch()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

void PortWatch::start(Find find)
{
    m_thread = {}; // the one before ends
    m_thread = std::jthread([this, find = std::move(find)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wait;
        std::vector<PluggedPort> known;
        while (!stop.stop_requested()) {
            if (auto found = find(); found != known) {
                known = std::move(found);
                QMetaObject::invokeMethod(this, [this, known] { Q_EMIT changed(known); }, Qt::QueuedConnection);
            }
            std::unique_lock lock(mutex);
            wait.wait_for(lock, stop, interval, [] { return false; });
        }
    });
}

std::vector<PluggedPort> PortWatch::findAll()
{
    std::vector<PluggedPort> found;
    for (auto& port : device::findPorts(boards::BoardTable::known())) {
        const bool mayBeOpened = device::mayOpen(port.path);
        found.push_back({.port = std::move(port), .mayBeOpened = mayBeOpened});
    }
    return found;
}

} // namespace romsmith::ui
