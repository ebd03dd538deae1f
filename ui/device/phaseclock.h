// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/deploy.h"

#include <QString>

#include <chrono>
#include <optional>

namespace romsmith::ui {

/// How fast a phase goes on and when it ends, from its progress.
class PhaseClock
{
public:
    using Clock = device::Clock;

    void update(const device::Progress& progress, Clock::time_point now);

    [[nodiscard]] const device::Progress& progress() const { return m_progress; }
    [[nodiscard]] std::chrono::milliseconds elapsed() const; ///< since the phase began
    [[nodiscard]] std::optional<double> speed() const; ///< bytes/s; none until there is something to go by
    [[nodiscard]] std::optional<std::chrono::seconds> left() const; ///< of this phase; the same
    [[nodiscard]] QString text() const; ///< "1.2 MiB of 3.4 MiB, 2.1 MiB/s, 3 s left"

private:
    device::Progress m_progress;
    bool m_hasBegun = false;
    Clock::time_point m_begin; ///< of the phase
    Clock::time_point m_now;
    std::uint64_t m_doneAtBegin = 0;
};

/// "Erasing", for the window.
[[nodiscard]] QString phaseText(device::Phase phase);

} // namespace romsmith::ui
