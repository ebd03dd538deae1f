// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/replsession.h"

#include "core/device/ttylink.h"

#include <array>
#include <chrono>
#include <utility>

namespace romsmith::ui {
namespace {

using namespace std::chrono_literals;

/// What is typed waits for so long at most.
constexpr std::chrono::milliseconds turn = 20ms;
constexpr int mostUndelivered = 8;

std::string goneFrom(const std::filesystem::path& port)
{
    return port.string() + " is gone: the device was unplugged, or it restarts.";
}

} // namespace

void ReplSession::open(const std::filesystem::path& port)
{
    close();
    m_isOpen = true;
    m_line = std::make_shared<Line>();
    m_thread = std::jthread([this, port, line = m_line, number = m_number](const std::stop_token& stop) {
        work(port, line, number, stop);
    });
}

void ReplSession::close()
{
    m_isOpen = false;
    ++m_number;
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

void ReplSession::send(const QByteArray& bytes)
{
    if (m_isOpen) {
        const std::scoped_lock lock(m_line->mutex);
        m_line->outgoing += bytes;
    }
}

template <typename Tell> void ReplSession::post(int number, Tell tell)
{
    QMetaObject::invokeMethod(
        this,
        [this, number, tell = std::move(tell)] {
            if (number == m_number) {
                tell();
            }
        },
        Qt::QueuedConnection);
}

/// In the thread.
void ReplSession::work(const std::filesystem::path& port, const std::shared_ptr<Line>& line, int number,
                       const std::stop_token& stop)
{
    const auto fail = [&](const Error& error) {
        post(number, [this, error] {
            m_isOpen = false;
            Q_EMIT ended(error);
        });
    };
    const auto link = device::openTty(port);
    if (!link) {
        fail(link.error());
        return;
    }
    post(number, [this] { Q_EMIT opened(); });
    std::array<std::byte, 4096> buffer{};
    QByteArray outgoing;
    while (!stop.stop_requested()) {
        {
            const std::scoped_lock lock(line->mutex);
            outgoing += std::exchange(line->outgoing, {});
        }
        if (!outgoing.isEmpty()) {
            const auto sent = (*link)->write(std::as_bytes(std::span(outgoing)), device::Clock::now() + turn);
            if (sent) {
                outgoing.remove(0, static_cast<qsizetype>(*sent));
            } else if (sent.error().code != ErrorCode::TimedOut) {
                fail({.code = ErrorCode::Disconnected, .message = goneFrom(port)});
                return;
            }
        }
        if (line->undelivered > mostUndelivered) { // a program that prints without end is to wait, not the window
            std::this_thread::sleep_for(turn);
            continue;
        }
        const auto count = (*link)->read(buffer, device::Clock::now() + turn);
        if (count) {
            const QByteArray bytes(reinterpret_cast<const char*>(buffer.data()), static_cast<qsizetype>(*count));
            ++line->undelivered;
            post(number, [this, bytes, line] {
                --line->undelivered;
                Q_EMIT received(bytes);
            });
        } else if (count.error().code != ErrorCode::TimedOut) {
            fail({.code = ErrorCode::Disconnected, .message = goneFrom(port)});
            return;
        }
    }
}

} // namespace romsmith::ui
