// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <signal.h>

#include <ctime>
#include <stop_token>
#include <thread>

namespace romsmith::cli {

/// Turns Ctrl-C and the like into a stop, so that what is under way ends in a state that has a name. Made before other
/// threads are.
class StopSignals
{
public:
    StopSignals()
    {
        ::sigemptyset(&m_signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            ::sigaddset(&m_signals, signal);
        }
        ::pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
        // Who stops listening, as head does, ends no job in the middle.
        ::signal(SIGPIPE, SIG_IGN);
        m_thread = std::jthread([this](const std::stop_token& ended) {
            constexpr timespec pause{.tv_sec = 0, .tv_nsec = 50'000'000};
            while (!ended.stop_requested()) {
                if (::sigtimedwait(&m_signals, nullptr, &pause) > 0) {
                    m_stop.request_stop();
                }
            }
        });
    }

    std::stop_token token() const { return m_stop.get_token(); }

private:
    sigset_t m_signals{};
    std::stop_source m_stop;
    std::jthread m_thread;
};

} // namespace romsmith::cli
