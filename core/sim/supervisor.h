// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sim/controlsocket.h"
#include "core/sim/exchange.h"
#include "core/sim/faults.h"
#include "core/sim/interpreter.h"
#include "core/sim/pseudoterminal.h"
#include "core/sim/sharedstate.h"

#include <functional>
#include <optional>
#include <string>

namespace romsmith::sim {

/// What a board is besides its MicroPython: it has the port and the power, moves the bytes and makes the line's faults.
/// All of it happens in one thread, that of run().
class Supervisor
{
public:
    struct Settings
    {
        std::vector<std::string> command; ///< starts MicroPython
        std::filesystem::path alias; ///< empty: none
        Faults faults;
        /// Told the path of the port once MicroPython runs behind it, and "" when it is gone.
        std::function<void(const std::string&)> portChanged;
        std::function<void()> bootloaderEntered = {};
    };

    Supervisor(Settings settings, SharedStateFile state, std::optional<ControlSocket> control);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    ~Supervisor();

    /// Works until wake() was called and @p awoken gives false. @p ready is told once that MicroPython runs, or why
    /// not.
    void run(const std::function<void(Result<void>)>& ready, const std::function<bool()>& awoken);
    void wake() const; ///< from any thread

    /// See docs/command-line.md.
    QJsonObject handle(const QJsonObject& command);

private:
    Result<void> plugIn();
    void unplug();
    void reboot();
    Result<void> makeAlias(const std::string& port) const;
    void removeAlias() const;

    void step();
    std::vector<pollfd> descriptors();
    int timeout() const; ///< ms, for poll
    void doWhatIsDue(); ///< timers and accidents

    void interpreterEnded();
    void announce();
    void tellReady();

    void setFaults(const Faults& faults, const std::function<bool(std::string_view)>& isSet);
    Result<void> obey(const QJsonObject& command);
    Result<void> act(const std::string& action);
    QJsonObject report() const;

    Settings m_settings;
    SharedStateFile m_state;
    std::optional<ControlSocket> m_control;
    Interpreter m_interpreter;
    Exchange m_exchange;
    std::optional<PseudoTerminal> m_terminal; ///< none: unplugged
    FileDescriptor m_wakeRead;
    FileDescriptor m_wakeWrite;
    std::function<void(Result<void>)> m_ready;

    Clock::time_point m_now;
    std::optional<Clock::time_point> m_replugAt;
    std::optional<Clock::time_point> m_rebootAt;
    bool m_inBootloader = false;
    bool m_isAnnounced = false; ///< portChanged() was told of the port
    std::uint64_t m_starts = 0; ///< of MicroPython
};

} // namespace romsmith::sim
