// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sim/interpreter.h"
#include "core/sim/line.h"
#include "core/sim/sharedstate.h"

#include <optional>
#include <utility>

namespace romsmith::sim {

/// What the line can do to the cam when a number of bytes has passed.
enum class Accident : std::uint8_t { None, Unplug, Reboot };

/// Moves bytes between the port and MicroPython, over a line with faults, and turns Ctrl-C into an interrupt. Nothing
/// here blocks; all times are the caller's.
class Exchange
{
public:
    struct Counts
    {
        std::uint64_t toCam = 0; ///< bytes, as the others
        std::uint64_t toHost = 0;
        std::uint64_t lost = 0; ///< of those to the cam
    };

    Exchange(Interpreter& interpreter, const SharedStateFile& state)
        : m_interpreter(interpreter)
        , m_state(state)
    { }

    void setFaults(const Faults& faults);
    const Faults& faults() const { return m_faults; } ///< those that count down are what is left
    const Counts& counts() const { return m_counts; }
    Accident takeAccident() { return std::exchange(m_accident, Accident::None); }

    void readFromHost(int port, Clock::time_point now);
    void deliverToCam(Clock::time_point now);
    /// To be called once when there is something to read, or again and again until it gives false when MicroPython has
    /// ended: whether bytes are text is known only of those that are there already.
    bool readFromCam(Clock::time_point now);
    void deliverToHost(int port, Clock::time_point now);
    /// To the host, as if the cam had said it.
    void say(std::span<const char> bytes, Clock::time_point now) { m_line.put(Direction::ToHost, bytes, now); }
    /// An interrupt that had to wait.
    void sendDueInterrupt(Clock::time_point now);
    /// What is on the way is gone.
    void clear();

    bool hasRoom(Direction direction) { return m_line.lane(direction).hasRoom(); }
    bool hasArrived(Direction direction, Clock::time_point now) { return !m_line.lane(direction).arrived(now).empty(); }
    /// When there is something to deliver or send that is not due yet.
    std::optional<Clock::time_point> nextDue(Clock::time_point now) const;

private:
    std::size_t sendToCam(std::span<const char> bytes);
    std::size_t untilAccident() const;
    void count(std::uint64_t& counter, std::size_t bytes);
    void receiveInterrupt(Clock::time_point now);

    Interpreter& m_interpreter;
    const SharedStateFile& m_state;
    Faults m_faults;
    Line m_line;
    Counts m_counts;
    Accident m_accident = Accident::None;
    std::optional<Clock::time_point> m_interruptAt;
    Clock::time_point m_lastInterrupt;
    std::uint32_t m_interrupted = 0; ///< value of SharedState::executions at that time
};

} // namespace romsmith::sim
