// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/background.h"

#include <QObject>

#include <stop_token>
#include <utility>

namespace romsmith::ui {

/// Background work for something that is being looked at: only the newest run matters. Starting again asks the one
/// before to stop and drops its result.
class Latest
{
public:
    /// @p context lives in the UI thread and owns this.
    explicit Latest(QObject* context)
        : m_context(context)
    { }

    Latest(const Latest&) = delete;
    Latest& operator=(const Latest&) = delete;
    ~Latest() { cancel(); }

    /// Runs @p work(std::stop_token) -> T elsewhere and then @p done(T) here, unless it was cancelled or run again
    /// meanwhile.
    template <typename Work, typename DoneCallback> void run(Work work, DoneCallback done);

    void cancel()
    {
        m_stop.request_stop();
        m_isRunning = false;
    }

    [[nodiscard]] bool isRunning() const { return m_isRunning; }

private:
    QObject* m_context;
    std::stop_source m_stop;
    bool m_isRunning = false;
};

template <typename Work, typename DoneCallback> void Latest::run(Work work, DoneCallback done)
{
    cancel();
    m_stop = {};
    m_isRunning = true;
    const auto stop = m_stop.get_token();
    runInBackground(
        m_context, [work = std::move(work), stop]() mutable { return work(stop); },
        [this, stop, done = std::move(done)](auto result) mutable {
            if (!stop.stop_requested()) {
                m_isRunning = false;
                done(std::move(result));
            }
        });
}

} // namespace romsmith::ui
