// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/line.h"

#include <algorithm>

namespace romsmith::sim {
namespace {

constexpr std::size_t capacity = 64 * 1024;

/// A line of limited speed delivers so many times in a second.
constexpr std::uint64_t burstsPerSecond = 200;

} // namespace

bool Lane::hasRoom() const
{
    return waiting().size() < capacity;
}

void Lane::put(std::span<const char> bytes)
{
    m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(std::exchange(m_taken, 0)));
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

std::span<const char> Lane::waiting() const
{
    return std::span(m_bytes).subspan(m_taken);
}

std::size_t Lane::burst() const
{
    return std::min<std::size_t>(waiting().size(), std::max<std::uint64_t>(1, m_bandwidth / burstsPerSecond));
}

Clock::duration Lane::timeFor(std::size_t count) const
{
    using Seconds = std::chrono::duration<double>;
    return std::chrono::duration_cast<Clock::duration>(Seconds(static_cast<double>(count))
                                                       / static_cast<double>(m_bandwidth));
}

std::span<const char> Lane::arrived(Clock::time_point now)
{
    const auto bytes = waiting();
    if (m_bandwidth == 0) {
        return now < m_heldUntil ? bytes.first(0) : bytes;
    }
    if (bytes.empty() || now < m_heldUntil || now < m_freeFrom + timeFor(burst())) {
        return bytes.first(0);
    }
    m_freeFrom = std::max(m_freeFrom, now - timeFor(burst())); // time that went by unused is gone
    return bytes.first(burst());
}

void Lane::take(std::size_t count)
{
    m_taken += count;
    if (m_bandwidth != 0) {
        m_freeFrom += timeFor(count);
    }
    if (m_taken == m_bytes.size()) {
        m_bytes.clear();
        m_taken = 0;
    }
}

std::optional<Clock::time_point> Lane::nextArrival(Clock::time_point now) const
{
    if (waiting().empty()) {
        return std::nullopt;
    }
    const auto at = m_bandwidth == 0 ? m_heldUntil : std::max(m_heldUntil, m_freeFrom + timeFor(burst()));
    return at > now ? std::optional(at) : std::nullopt;
}

void Lane::clear()
{
    m_bytes.clear();
    m_taken = 0;
}

void Line::setFaults(const Faults& faults)
{
    m_latency = std::chrono::milliseconds(faults.latency);
    m_garbageEvery = faults.garbageEvery;
    m_untilGarbage = faults.garbageEvery;
    m_toCam.setBandwidth(faults.bandwidth);
    m_toHost.setBandwidth(faults.bandwidth);
}

void Line::put(Direction direction, std::span<const char> bytes, Clock::time_point now)
{
    if (m_latency.count() > 0 && std::exchange(m_last, direction) != direction) {
        lane(direction).hold(now + m_latency);
    }
    if (m_garbageEvery == 0) {
        lane(direction).put(bytes);
        return;
    }
    std::vector<char> spoilt(bytes.begin(), bytes.end());
    spoil(spoilt);
    lane(direction).put(spoilt);
}

void Line::spoil(std::span<char> bytes)
{
    while (bytes.size() >= m_untilGarbage) {
        auto& byte = bytes[m_untilGarbage - 1];
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1 + m_random() % 255)); // never the same
        bytes = bytes.subspan(m_untilGarbage);
        m_untilGarbage = m_garbageEvery;
    }
    m_untilGarbage -= bytes.size();
}

std::optional<Clock::time_point> Line::nextArrival(Clock::time_point now) const
{
    const auto toCam = m_toCam.nextArrival(now);
    const auto toHost = m_toHost.nextArrival(now);
    return toCam && toHost ? std::min(toCam, toHost) : toCam ? toCam : toHost;
}

void Line::clear()
{
    m_toCam.clear();
    m_toHost.clear();
    m_last.reset();
}

std::vector<char> withLineEnds(std::span<const char> text)
{
    std::vector<char> result;
    result.reserve(text.size() + text.size() / 32);
    for (const char c : text) {
        if (c == '\n') {
            result.push_back('\r');
        }
        result.push_back(c);
    }
    return result;
}

} // namespace romsmith::sim
