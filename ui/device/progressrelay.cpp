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
    if (!m_waiting.empty() && m_waiting.back().phase == progress.phase) {
        m_waiting.back() = progress;
        return;
    }
    m_waiting.push_back(progress);
    if (m_waiting.size() == 1) {
        QMetaObject::invokeMethod(&m_timer, qOverload<>(&QTimer::start), Qt::QueuedConnection);
    }
}

void ProgressRelay::deliver()
{
    std::vector<device::Progress> waiting;
    {
        const std::scoped_lock lock(m_mutex);
        waiting.swap(m_waiting);
    }
    for (const auto& progress : waiting) {
        Q_EMIT progressed(progress);
    }
}

} // namespace romsmith::ui
