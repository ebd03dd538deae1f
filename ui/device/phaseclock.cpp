// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/phaseclock.h"

#include "ui/text.h"

#include <QCoreApplication>

#include <cmath>

namespace romsmith::ui {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::PhaseClock)
};

/// Before that, a speed would jump about.
constexpr std::chrono::milliseconds least{300};

QString durationText(std::chrono::seconds time)
{
    constexpr auto minute = std::chrono::minutes(1);
    return time < minute ? Words::tr("%1 s").arg(time.count())
                         : Words::tr("%1 min %2 s").arg(time / minute).arg((time % minute).count());
}

} // namespace

void PhaseClock::update(const device::Progress& progress, Clock::time_point now)
{
    if (!m_hasBegun || progress.phase != m_progress.phase || progress.total != m_progress.total) {
        m_begin = now;
        m_doneAtBegin = progress.done;
        m_hasBegun = true;
    }
    m_progress = progress;
    m_now = now;
}

std::chrono::milliseconds PhaseClock::elapsed() const
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(m_now - m_begin);
}

std::optional<double> PhaseClock::speed() const
{
    if (elapsed() < least || m_progress.done <= m_doneAtBegin) {
        return std::nullopt;
    }
    return static_cast<double>(m_progress.done - m_doneAtBegin) / std::chrono::duration<double>(elapsed()).count();
}

std::optional<std::chrono::seconds> PhaseClock::left() const
{
    const auto bytes = speed();
    if (!bytes || m_progress.total < m_progress.done) {
        return std::nullopt;
    }
    const auto seconds = static_cast<double>(m_progress.total - m_progress.done) / *bytes;
    return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

QString PhaseClock::text() const
{
    if (m_progress.total == 0) {
        return {};
    }
    auto shown = Words::tr("%1 of %2").arg(roundSize(m_progress.done), roundSize(m_progress.total));
    if (const auto bytes = speed()) {
        shown = Words::tr("%1, %2/s").arg(shown, roundSize(static_cast<std::uint64_t>(*bytes)));
    }
    if (const auto time = left()) {
        shown = Words::tr("%1, %2 left").arg(shown, durationText(*time));
    }
    return shown;
}

QString phaseText(device::Phase phase)
{
    return text(device::phaseName(phase));
}

} // namespace romsmith::ui
