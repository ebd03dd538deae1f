// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/seriallink.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace romsmith::device {

using Milliseconds = std::chrono::milliseconds;

/// Bytes to and from a device, with deadlines, and a stop that is noticed within a tenth of a second. Errors name the
/// device: TimedOut, Disconnected, Cancelled.
class Wire
{
public:
    Wire(std::unique_ptr<SerialLink> link, std::string name)
        : m_link(std::move(link))
        , m_name(std::move(name))
    { }

    /// For messages: "OpenMV N6 (/dev/ttyACM0)".
    [[nodiscard]] const std::string& name() const { return m_name; }
    void setName(std::string name) { m_name = std::move(name); }

    /// Waiting ends with Cancelled once this one is stopped.
    void setStop(std::stop_token stop)
    {
        m_stop = std::move(stop);
        m_stopSeen.reset();
    }
    [[nodiscard]] bool isStopped() const { return m_stop.stop_requested(); }

    [[nodiscard]] Result<void> write(romfs::Bytes bytes, Milliseconds patience);
    [[nodiscard]] Result<void> write(std::string_view text, Milliseconds patience)
    {
        return write(romfs::asBytes(text), patience);
    }

    [[nodiscard]] Result<void> read(std::span<std::byte> into, Milliseconds patience);
    [[nodiscard]] Result<std::string> read(std::size_t count, Milliseconds patience);
    [[nodiscard]] Result<char> readChar(Milliseconds patience);

    /// What comes up to @p ending, which is taken and left out. Patience is for each pause, so that what goes on
    /// talking is heard out; more than @p most bytes are DeviceFailed.
    [[nodiscard]] Result<std::string> readUntil(std::string_view ending, Milliseconds patience, std::size_t most);

    /// Waits for something to read; what came is still to be read.
    [[nodiscard]] Result<void> waitForBytes(Milliseconds patience);
    [[nodiscard]] bool hasBytes() const { return m_taken < m_received.size(); }

    /// Throws away what comes until nothing does for so long, @p longest at most.
    [[nodiscard]] Result<void> drain(Milliseconds quiet, Milliseconds longest);

    [[nodiscard]] std::uint64_t sent() const { return m_sent; } ///< bytes
    [[nodiscard]] std::uint64_t received() const { return m_arrived; } ///< bytes

    void close() { m_link->close(); }

    /// As long as it lives, a stop ends nothing for so long after it; for what is to be finished.
    class Grace
    {
    public:
        Grace(Wire& wire, Milliseconds length)
            : m_wire(wire)
            , m_before(std::exchange(wire.m_grace, length))
        { }
        Grace(const Grace&) = delete;
        Grace& operator=(const Grace&) = delete;
        ~Grace() { m_wire.m_grace = m_before; }

    private:
        Wire& m_wire;
        Milliseconds m_before;
    };

    /// As long as it lives, a stop ends nothing; for what is tidied up within deadlines of its own.
    class Uninterrupted
    {
    public:
        explicit Uninterrupted(Wire& wire)
            : m_wire(wire)
            , m_stop(std::exchange(wire.m_stop, {}))
        { }
        Uninterrupted(const Uninterrupted&) = delete;
        Uninterrupted& operator=(const Uninterrupted&) = delete;
        ~Uninterrupted() { m_wire.m_stop = std::move(m_stop); }

    private:
        Wire& m_wire;
        std::stop_token m_stop;
    };

private:
    /// Calls @p transfer with deadlines near enough to notice a stop.
    template <typename Transfer>
    Result<std::size_t> patiently(Transfer&& transfer, Milliseconds patience, std::string_view what);
    Result<void> receive(Milliseconds patience);
    bool mustStop();

    std::unique_ptr<SerialLink> m_link;
    std::string m_name;
    std::stop_token m_stop;
    Milliseconds m_grace{0};
    std::optional<Deadline> m_stopSeen;
    std::string m_received;
    std::size_t m_taken = 0; ///< of m_received
    std::uint64_t m_sent = 0;
    std::uint64_t m_arrived = 0;
};

} // namespace romsmith::device
