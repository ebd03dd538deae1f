// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sim/dfucam.h"

#include <condition_variable>
#include <memory>
#include <mutex>

namespace romsmith::sim {

/// USB inside the program, with virtual cams on it. Its time is the computer's, or one that goes by as fast as it is
/// waited for. From any thread.
class VirtualBus final : public device::UsbBus
{
public:
    enum class Clock : std::uint8_t { Real, Virtual };

    explicit VirtualBus(Clock clock = Clock::Real)
        : m_isVirtual(clock == Clock::Virtual)
        , m_now(std::chrono::steady_clock::now())
    { }

    void add(std::shared_ptr<DfuCam> cam);
    void remove(const std::shared_ptr<DfuCam>& cam);
    /// Does something to a cam; the bus notices what comes of it.
    void change(const std::function<void(Time now)>& action);

    std::vector<device::UsbDevice> devices() override;
    Result<std::unique_ptr<device::UsbLink>> open(const device::UsbDevice& device) override;
    void wait(std::chrono::milliseconds longest) override;
    Time now() const override;

    /// Time that went by because the cams, and not who uses them, needed it.
    Microseconds spentByCams() const;

private:
    friend class VirtualLink;
    using Lock = std::unique_lock<std::mutex>;

    Time timeNow() const { return m_isVirtual ? m_now : std::chrono::steady_clock::now(); }
    void advance();
    void pass(Lock& lock, Time until, bool forCams);
    std::uint64_t sessions() const;
    std::optional<Time> nextEvent() const;

    const bool m_isVirtual;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    Time m_now;
    std::vector<std::shared_ptr<DfuCam>> m_cams;
    std::uint64_t m_listed = 0; ///< sessions() when devices() was called
    Microseconds m_spent{0};
};

} // namespace romsmith::sim
