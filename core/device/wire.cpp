// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/wire.h"

#include <algorithm>
#include <cstring>
#include <format>

namespace romsmith::device {
namespace {

constexpr Milliseconds stopIsNoticedAfter{50};
constexpr std::size_t readSize = 64 * 1024;

} // namespace

template <typename Transfer>
Result<std::size_t> Wire::patiently(Transfer&& transfer, Milliseconds patience, std::string_view what)
{
    const auto deadline = Clock::now() + patience;
    while (true) {
        if (mustStop()) {
            return fail(ErrorCode::Cancelled, std::format("{}: cancelled.", m_name));
        }
        const auto now = Clock::now();
        auto count = transfer(std::min(deadline, now + stopIsNoticedAfter));
        if (!count && count.error().code == ErrorCode::Disconnected) {
            return fail(ErrorCode::Disconnected,
                        std::format("{} is gone: it was unplugged, or it reset. Plug it in and retry.", m_name));
        }
        if (count || count.error().code != ErrorCode::TimedOut) {
            return count;
        }
        if (Clock::now() >= deadline) {
            return fail(ErrorCode::TimedOut,
                        std::format("{} {} for {} s. Unplug it, plug it in again and retry.", m_name, what,
                                    static_cast<double>(patience.count()) / 1000));
        }
    }
}

bool Wire::mustStop()
{
    if (!isStopped()) {
        return false;
    }
    const auto now = Clock::now();
    m_stopSeen = m_stopSeen.value_or(now);
    return now >= *m_stopSeen + m_grace;
}

Result<void> Wire::write(romfs::Bytes bytes, Milliseconds patience)
{
    while (!bytes.empty()) {
        const auto count
            = patiently([&](Deadline deadline) { return m_link->write(bytes, deadline); }, patience, "took no bytes");
        if (!count) {
            return std::unexpected(count.error());
        }
        m_sent += *count;
        bytes = bytes.subspan(std::min(*count, bytes.size()));
    }
    return {};
}

Result<void> Wire::receive(Milliseconds patience)
{
    m_received.erase(0, std::exchange(m_taken, 0));
    const auto before = m_received.size();
    Result<std::size_t> count = 0;
    m_received.resize_and_overwrite(before + readSize, [&](char* data, std::size_t) {
        const auto room = std::as_writable_bytes(std::span(data + before, readSize));
        count = patiently([&](Deadline deadline) { return m_link->read(room, deadline); }, patience, "was silent");
        return before + std::min(count.value_or(0), readSize);
    });
    if (!count) {
        return std::unexpected(count.error());
    }
    m_arrived += *count;
    return {};
}

Result<void> Wire::waitForBytes(Milliseconds patience)
{
    return hasBytes() ? Result<void>() : receive(patience);
}

Result<void> Wire::read(std::span<std::byte> into, Milliseconds patience)
{
    while (!into.empty()) {
        if (auto done = waitForBytes(patience); !done) {
            return done;
        }
        const auto count = std::min(into.size(), m_received.size() - m_taken);
        std::memcpy(into.data(), m_received.data() + m_taken, count);
        m_taken += count;
        into = into.subspan(count);
    }
    return {};
}

Result<std::string> Wire::read(std::size_t count, Milliseconds patience)
{
    std::string text(count, '\0');
    return read(std::as_writable_bytes(std::span(text)), patience).transform([&] { return std::move(text); });
}

Result<char> Wire::readChar(Milliseconds patience)
{
    char character = 0;
    return read(std::as_writable_bytes(std::span(&character, 1)), patience).transform([&] { return character; });
}

Result<std::string> Wire::readUntil(std::string_view ending, Milliseconds patience, std::size_t most)
{
    std::size_t searched = 0; // of what is not taken
    while (true) {
        const auto waiting = std::string_view(m_received).substr(m_taken);
        const auto at = waiting.find(ending, searched);
        if (std::min(at, waiting.size()) > most) {
            return fail(
                ErrorCode::DeviceFailed,
                std::format("{} sent more than the {} bytes that were expected. Reset it and retry.", m_name, most));
        }
        if (at != std::string_view::npos) {
            std::string text(waiting.substr(0, at));
            m_taken += at + ending.size();
            return text;
        }
        searched = waiting.size() - std::min(waiting.size(), ending.size() - 1);
        if (auto done = receive(patience); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
}

Result<void> Wire::drain(Milliseconds quiet, Milliseconds longest)
{
    const auto end = Clock::now() + longest;
    while (Clock::now() < end) {
        m_taken = m_received.size();
        if (auto done = receive(quiet); !done) {
            m_taken = m_received.size();
            return done.error().code == ErrorCode::TimedOut ? Result<void>() : done;
        }
    }
    m_taken = m_received.size();
    return {};
}

} // namespace romsmith::device
