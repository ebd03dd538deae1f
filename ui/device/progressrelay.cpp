// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/progressrelay.h"

namespace romsmith::ui {

ProgressRelay::ProgressRelay(QObject* parent)
    : QObject(parent)
{
    constexpr int interval = 60; // ms
    m_timer.setSingleShot(true);
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, &ProgressRelay::deliver);
}

device::ProgressSink ProgressRelay::sink()
{
    return [this](const device::Progress& progress) { put(progress); };
}

void ProgressRelay::put(const device::Progress& progress)
{
    const std::scoped_lock lock(m_mutex);
    const Told told{.progress = progress, .when = device::Clock::now()};
    const auto isOfPhase = [&](const Told& other) { return other.progress.phase == progress.phase; };
    if (m_waiting.size() >= 2 && isOfPhase(m_waiting.back()) && isOfPhase(m_waiting[m_waiting.size() - 2])) {
        m_waiting.back() = told;
        return;
    }
    m_waiting.push_back(told);
    if (m_waiting.size() == 1) {
        QMetaObject::invokeMethod(&m_timer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
    }
}

void ProgressRelay::deliver()
{
    std::vector<Told> waiting;
    {
        const std::scoped_lock lock(m_mutex);
        waiting.swap(m_waiting);
    }
    for (const auto& [progress, when] : waiting) {
        Q_EMIT progressed(progress, when);
    }
}

} // namespace romsmith::ui
