// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/pseudoterminal.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <format>
#include <system_error>

namespace romsmith::sim {

Result<PseudoTerminal> PseudoTerminal::open()
{
    const auto cannot = [] {
        return fail(ErrorCode::CannotWrite,
                    std::format("No pseudo-terminal can be opened: {}. Is /dev/pts mounted?",
                                std::generic_category().message(errno)));
    };
    PseudoTerminal terminal;
    terminal.m_master = FileDescriptor(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    std::array<char, 128> name{};
    if (!terminal.m_master.isOpen() || ::grantpt(terminal.descriptor()) != 0 || ::unlockpt(terminal.descriptor()) != 0
        || ::ptsname_r(terminal.descriptor(), name.data(), name.size()) != 0) {
        return cannot();
    }
    terminal.m_path = name.data();
    terminal.m_slave = FileDescriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings = {};
    if (!terminal.m_slave.isOpen() || ::tcgetattr(terminal.m_slave.get(), &settings) != 0) {
        return cannot();
    }
    ::cfmakeraw(&settings);
    if (::tcsetattr(terminal.m_slave.get(), TCSANOW, &settings) != 0) {
        return cannot();
    }
    terminal.m_watch = FileDescriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    ::inotify_add_watch(terminal.closings(), name.data(),
                        IN_CLOSE); // if it fails, a port that was wanted exclusively stays so
    return terminal;
}

void PseudoTerminal::allowOthers() const
{
    std::array<char, 4096> events{};
    static_cast<void>(::read(closings(), events.data(), events.size()));
    ::ioctl(m_slave.get(), TIOCNXCL);
}

} // namespace romsmith::sim
