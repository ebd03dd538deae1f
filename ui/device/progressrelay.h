// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/deploy.h"

#include <QObject>
#include <QTimer>

#include <mutex>
#include <vector>

namespace romsmith::ui {

/// Carries progress from a worker to the UI thread a few times a second: of each phase the first and the newest
/// figures, and when they were told.
class ProgressRelay final : public QObject
{
    Q_OBJECT

public:
    explicit ProgressRelay(QObject* parent = nullptr);

    /// For one worker, who must have ended before this is destroyed.
    [[nodiscard]] device::ProgressSink sink();
    void deliver(); ///< now what is waiting

Q_SIGNALS:
    void progressed(const romsmith::device::Progress& progress, romsmith::device::Clock::time_point when);

private:
    struct Told
    {
        device::Progress progress;
        device::Clock::time_point when;
    };

    void put(const device::Progress& progress);

    std::mutex m_mutex; ///< for m_waiting
    std::vector<Told> m_waiting;
    QTimer m_timer;
};

} // namespace romsmith::ui
