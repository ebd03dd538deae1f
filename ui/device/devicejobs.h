// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/progressrelay.h"

#include <QObject>
#include <QString>

#include <memory>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

namespace romsmith::ui {

/// Work with a device, one thing at a time, in a thread of its own: it can take minutes.
class DeviceJobs final : public QObject
{
    Q_OBJECT

public:
    explicit DeviceJobs(QObject* parent = nullptr);
    DeviceJobs(const DeviceJobs&) = delete;
    DeviceJobs& operator=(const DeviceJobs&) = delete;
    ~DeviceJobs() override; ///< stops what runs, and waits for it: a second at most

    /// Runs @p work(const ProgressSink&, const std::stop_token&) -> T elsewhere and then @p done(T) here, which may run
    /// the next. Nothing may be running. @p key is that of the device.
    template <typename Work, typename DoneCallback>
    void run(const QString& key, const QString& title, Work work, DoneCallback done);

    [[nodiscard]] bool isBusy() const { return m_isBusy; }
    [[nodiscard]] const QString& title() const { return m_title; } ///< "Reading ROMFS0 of OpenMV N6"
    void cancel() { m_thread.request_stop(); }

Q_SIGNALS:
    void started(const QString& key); ///< right before: who has the device open lets it go
    void progressed(const romsmith::device::Progress& progress, romsmith::device::Clock::time_point when);
    void idle();

private:
    template <typename Value, typename DoneCallback> void finish(Value value, DoneCallback& done);

    ProgressRelay m_relay;
    QString m_title;
    bool m_isBusy = false;
    std::jthread m_thread;
};

template <typename Work, typename DoneCallback>
void DeviceJobs::run(const QString& key, const QString& title, Work work, DoneCallback done)
{
    using Value = std::invoke_result_t<Work, const device::ProgressSink&, const std::stop_token&>;
    struct Job
    {
        Work work;
        DoneCallback done;
        std::optional<Value> value = {};
    };
    Q_ASSERT(!m_isBusy);
    m_isBusy = true;
    m_title = title;
    Q_EMIT started(key);
    auto job = std::make_shared<Job>(Job{.work = std::move(work), .done = std::move(done)});
    m_thread = std::jthread([this, job](const std::stop_token& stop) {
        job->value.emplace(job->work(m_relay.sink(), stop));
        QMetaObject::invokeMethod(
            this, [this, job] { finish(std::move(*job->value), job->done); }, Qt::QueuedConnection);
    });
}

template <typename Value, typename DoneCallback> void DeviceJobs::finish(Value value, DoneCallback& done)
{
    m_relay.deliver();
    m_isBusy = false;
    done(std::move(value));
    if (!m_isBusy) {
        Q_EMIT idle();
    }
}

} // namespace romsmith::ui
