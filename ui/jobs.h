// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/background.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <stop_token>
#include <utility>
#include <vector>

namespace romsmith::ui {

/// Work that leaves the UI thread. Results come back to it; a job whose context is gone is forgotten.
class Jobs : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    ~Jobs() override { cancelAll(); }

    /// Runs @p work(std::stop_token) -> T elsewhere and then @p done(T) here, as long as @p context lives.
    template <typename Work, typename DoneCallback>
    void run(QObject* context, const QString& title, Work work, DoneCallback done);

    [[nodiscard]] bool isIdle() const { return m_running.empty(); }
    [[nodiscard]] QString title() const { return m_running.empty() ? QString() : m_running.back().title; }
    void cancelAll();

Q_SIGNALS:
    void changed(); ///< a job began or ended

private:
    struct Running
    {
        int id;
        QString title;
        std::stop_source stop;
    };

    void finish(int id);

    std::vector<Running> m_running;
    int m_nextId = 0;
};

template <typename Work, typename DoneCallback>
void Jobs::run(QObject* context, const QString& title, Work work, DoneCallback done)
{
    const auto id = m_nextId++;
    m_running.push_back({.id = id, .title = title, .stop = {}});
    Q_EMIT changed();
    runInBackground(
        this, [work = std::move(work), stop = m_running.back().stop.get_token()]() mutable { return work(stop); },
        [this, id, context = QPointer(context), done = std::move(done)](auto result) mutable {
            finish(id);
            if (context) {
                done(std::move(result));
            }
        });
}

} // namespace romsmith::ui
