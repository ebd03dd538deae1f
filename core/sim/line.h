// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sim/faults.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <random>
#include <span>
#include <vector>

namespace romsmith::sim {

using Clock = std::chrono::steady_clock;

/// Bytes on their way in one direction. Whoever puts some in asks hasRoom() first: what is on the way is bounded.
class Lane
{
public:
    bool hasRoom() const;
    void put(std::span<const char> bytes);
    /// Nothing arrives before.
    void hold(Clock::time_point until) { m_heldUntil = until; }
    void setBandwidth(std::uint64_t bytesPerSecond) { m_bandwidth = bytesPerSecond; }

    /// What has arrived by now and was not taken.
    std::span<const char> arrived(Clock::time_point now);
    void take(std::size_t count);
    /// When more arrives; none: not without a put() or a take().
    std::optional<Clock::time_point> nextArrival(Clock::time_point now) const;

    void clear();

private:
    std::span<const char> waiting() const;
    std::size_t burst() const;
    Clock::duration timeFor(std::size_t count) const;

    std::vector<char> m_bytes;
    std::size_t m_taken = 0; ///< of m_bytes
    Clock::time_point m_heldUntil;
    Clock::time_point m_freeFrom; ///< when what was taken has passed
    std::uint64_t m_bandwidth = 0; ///< bytes/s; 0: unlimited
};

enum class Direction : std::uint8_t { ToCam, ToHost };

/// The line between host and cam, with its faults.
class Line
{
public:
    void setFaults(const Faults& faults);
    void put(Direction direction, std::span<const char> bytes, Clock::time_point now);
    Lane& lane(Direction direction) { return direction == Direction::ToCam ? m_toCam : m_toHost; }
    std::optional<Clock::time_point> nextArrival(Clock::time_point now) const;
    void clear();

private:
    void spoil(std::span<char> bytes);

    Lane m_toCam;
    Lane m_toHost;
    std::optional<Direction> m_last;
    std::chrono::milliseconds m_latency{0};
    std::uint64_t m_garbageEvery = 0;
    std::uint64_t m_untilGarbage = 0;
    std::minstd_rand m_random; ///< the same garbage every time
};

/// What a board's stdout does with text: LF becomes CR LF.
std::vector<char> withLineEnds(std::span<const char> text);

} // namespace romsmith::sim
