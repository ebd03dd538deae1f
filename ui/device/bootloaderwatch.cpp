// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/bootloaderwatch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace romsmith::ui {
namespace {

using namespace std::chrono_literals;

constexpr device::Milliseconds interval{250};

/// Reads the names of its alternate settings.
void describe(device::UsbBus& bus, SeenBootloader& seen)
{
    const auto host = bus.open(seen.device.usb).and_then([&](std::unique_ptr<device::UsbLink> link) {
        return device::DfuHost::describe(std::move(link), seen.device.name());
    });
    if (host) {
        seen.parts = device::dfuStretches(**host, seen.device.board);
        seen.problem.reset();
    } else {
        seen.problem = host.error();
    }
}

bool isSame(const SeenBootloader& a, const SeenBootloader& b)
{
    return a.device.usb.session == b.device.usb.session && a.device.usb.path == b.device.usb.path
        && a.parts.size() == b.parts.size() && a.problem.has_value() == b.problem.has_value();
}

} // namespace

BootloaderWatch::~BootloaderWatch()
{
    stop();
}

void BootloaderWatch::stop()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

void BootloaderWatch::start(OpenBus open)
{
    stop();
    const int number = ++m_number;
    Q_EMIT changed({});
    if (open) {
        m_thread = std::jthread(
            [this, open = std::move(open), number](const std::stop_token& stop) { watch(open, number, stop); });
    }
}

void BootloaderWatch::watch(const OpenBus& open, int number, const std::stop_token& stop)
{
    const auto bus = open();
    if (!bus) {
        return; // there is no USB
    }
    std::mutex mutex;
    std::condition_variable_any wait;
    std::vector<SeenBootloader> known;
    while (!stop.stop_requested()) {
        std::vector<SeenBootloader> found;
        for (auto& device : device::findBootloaders(**bus, boards::BoardTable::known())) {
            SeenBootloader seen{.device = std::move(device)};
            const auto before = std::ranges::find_if(known, [&](const SeenBootloader& each) {
                return each.device.usb.session == seen.device.usb.session && !each.parts.empty();
            });
            if (before != known.end()) {
                seen = *before;
            } else if (!m_isPaused) {
                describe(**bus, seen); // also one that may be opened by now: udev needs a moment
            }
            found.push_back(std::move(seen));
        }
        if (!std::ranges::equal(found, known, isSame)) {
            known = found;
            QMetaObject::invokeMethod(
                this,
                [this, found = std::move(found), number] {
                    if (number == m_number) {
                        Q_EMIT changed(found);
                    }
                },
                Qt::QueuedConnection);
        }
        std::unique_lock lock(mutex);
        wait.wait_for(lock, stop, interval, [] { return false; });
        lock.unlock();
        (*bus)->wait(1ms); // has it take note of what is new
    }
}

} // namespace romsmith::ui
