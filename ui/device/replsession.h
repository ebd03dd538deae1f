// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QObject>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace romsmith::ui {

/// An open port whose bytes come and go as they are, in a thread of its own.
class ReplSession final : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    ReplSession(const ReplSession&) = delete;
    ReplSession& operator=(const ReplSession&) = delete;
    ~ReplSession() override { close(); }

    void open(const std::filesystem::path& port);
    void close(); ///< the port is free when this returns, which is at once
    [[nodiscard]] bool isOpen() const { return m_isOpen; } ///< or about to be
    void send(const QByteArray& bytes);

Q_SIGNALS:
    void opened();
    void received(const QByteArray& bytes);
    void ended(const romsmith::Error& error); ///< could not be opened, or is gone

private:
    /// Shared with the thread.
    struct Line
    {
        std::mutex mutex;
        QByteArray outgoing;
        std::atomic_int undelivered = 0; ///< pieces that were read and not heard yet
    };

    void work(const std::filesystem::path& port, const std::shared_ptr<Line>& line, int number,
              const std::stop_token& stop);
    template <typename Tell> void post(int number, Tell tell);

    std::shared_ptr<Line> m_line;
    bool m_isOpen = false;
    int m_number = 0; ///< of the session: what an old one still has to say is not heard
    std::jthread m_thread;
};

} // namespace romsmith::ui
