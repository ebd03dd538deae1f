// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/exchange.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace romsmith::sim {
namespace {

/// MicroPython's unix port ends itself when a second SIGINT comes before the first was noticed. A script notices within
/// microseconds, except in a function of C.
constexpr std::chrono::milliseconds interruptPause{250};

constexpr std::size_t readSize = 64 * 1024;

/// A pseudo-terminal gives out this much at once.
constexpr std::size_t terminalReadSize = 4096;

/// The bytes before the one that interrupts.
std::span<const char> untilInterrupt(std::span<const char> bytes, std::uint32_t interruptChar)
{
    const void* found = interruptChar == neverInterrupts
        ? nullptr
        : std::memchr(bytes.data(), static_cast<int>(interruptChar), bytes.size());
    return found ? std::span(bytes.data(), static_cast<const char*>(found)) : bytes;
}

} // namespace

void Exchange::setFaults(const Faults& faults)
{
    m_faults = faults;
    m_line.setFaults(faults);
}

void Exchange::clear()
{
    m_line.clear();
    m_interruptAt.reset();
}

std::optional<Clock::time_point> Exchange::nextDue(Clock::time_point now) const
{
    const auto arrival = m_line.nextArrival(now);
    return arrival && m_interruptAt ? std::min(arrival, m_interruptAt) : arrival ? arrival : m_interruptAt;
}

void Exchange::readFromHost(int port, Clock::time_point now)
{
    std::array<char, terminalReadSize> buffer; // NOLINT: filled by read()
    auto& lane = m_line.lane(Direction::ToCam);
    while (lane.hasRoom()) {
        const auto count = ::read(port, buffer.data(), buffer.size());
        if (count <= 0) {
            return;
        }
        m_line.put(Direction::ToCam, std::span(buffer).first(static_cast<std::size_t>(count)), now);
    }
}

/// A board looks for the interrupt character as it receives, long before a script reads.
void Exchange::deliverToCam(Clock::time_point now)
{
    auto& lane = m_line.lane(Direction::ToCam);
    for (auto bytes = lane.arrived(now); !bytes.empty() && m_accident == Accident::None; bytes = lane.arrived(now)) {
        bytes = bytes.first(std::min(bytes.size(), untilAccident()));
        const auto plain = untilInterrupt(bytes, m_state->interruptChar);
        if (plain.empty()) {
            receiveInterrupt(now);
            lane.take(1);
            count(m_counts.toCam, 1);
            continue;
        }
        const auto sent = sendToCam(plain);
        if (sent == 0) {
            return; // it does not read; the host waits
        }
        lane.take(sent);
        count(m_counts.toCam, sent);
    }
}

std::size_t Exchange::sendToCam(std::span<const char> bytes)
{
    auto accepted = bytes;
    if (m_faults.inputBuffer > 0) {
        const auto unread = m_interpreter.unread();
        const auto room = m_faults.inputBuffer - std::min<std::uint64_t>(m_faults.inputBuffer, unread);
        accepted = bytes.first(std::min<std::uint64_t>(bytes.size(), room));
    }
    const auto sent = accepted.empty()
        ? 0
        : ::send(m_interpreter.descriptor(), accepted.data(), accepted.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    const auto arrived = static_cast<std::size_t>(std::max<ssize_t>(0, sent));
    if (m_faults.inputBuffer == 0) {
        return arrived;
    }
    m_counts.lost += bytes.size() - arrived;
    return bytes.size();
}

bool Exchange::readFromCam(Clock::time_point now)
{
    const auto raw = std::min<std::size_t>(m_state->rawOutput, m_interpreter.said());
    std::vector<char> buffer(raw > 0 ? std::min(raw, readSize) : readSize);
    if (raw > 0) {
        m_state->rawOutput -= static_cast<std::uint32_t>(buffer.size()); // before the queue can be seen to be empty
    }
    const auto count = ::recv(m_interpreter.descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count <= 0) {
        return false;
    }
    const auto bytes = std::span(buffer).first(static_cast<std::size_t>(count));
    m_line.put(Direction::ToHost, raw > 0 ? std::span<const char>(bytes) : withLineEnds(bytes), now);
    return true;
}

void Exchange::deliverToHost(int port, Clock::time_point now)
{
    auto& lane = m_line.lane(Direction::ToHost);
    for (auto bytes = lane.arrived(now); !bytes.empty() && m_accident == Accident::None; bytes = lane.arrived(now)) {
        const auto written = ::write(port, bytes.data(), std::min(bytes.size(), untilAccident()));
        if (written <= 0) {
            return;
        }
        lane.take(static_cast<std::size_t>(written));
        count(m_counts.toHost, static_cast<std::size_t>(written));
    }
}

std::size_t Exchange::untilAccident() const
{
    auto left = std::numeric_limits<std::uint64_t>::max();
    for (const auto fault : {m_faults.unplugAfter, m_faults.rebootAfter}) {
        left = fault > 0 ? std::min(left, fault) : left;
    }
    return left;
}

void Exchange::count(std::uint64_t& counter, std::size_t bytes)
{
    counter += bytes;
    const auto runsOut = [bytes](std::uint64_t& fault) { return fault > 0 && (fault -= bytes) == 0; };
    if (runsOut(m_faults.rebootAfter)) {
        m_accident = Accident::Reboot;
    }
    if (runsOut(m_faults.unplugAfter)) {
        m_accident = Accident::Unplug;
    }
}

void Exchange::receiveInterrupt(Clock::time_point now)
{
    const std::uint32_t execution = m_state->executions;
    if (execution == m_interrupted && now < m_lastInterrupt + interruptPause) {
        m_interruptAt = m_lastInterrupt + interruptPause;
        return;
    }
    m_interrupted = execution;
    m_lastInterrupt = now;
    m_interpreter.interrupt();
}

void Exchange::sendDueInterrupt(Clock::time_point now)
{
    if (!m_interruptAt || now < *m_interruptAt) {
        return;
    }
    m_interruptAt.reset();
    if (m_state->interruptChar != neverInterrupts && m_state->executions == m_interrupted) {
        m_lastInterrupt = now;
        m_interpreter.interrupt();
    }
}

} // namespace romsmith::sim
