// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sim/filedescriptor.h"

#include <string>

namespace romsmith::sim {

/// A pseudo-terminal in raw mode: no echo, no signals, every byte as it is. Programs open path(), the cam is at
/// descriptor(). When it is destroyed, whoever has path() open sees a port that was unplugged.
class PseudoTerminal
{
public:
    static Result<PseudoTerminal> open();

    int descriptor() const { return m_master.get(); } ///< does not block
    const std::string& path() const { return m_path; }

    /// Readable when a program has closed the port; then allowOthers() is to be called.
    int closings() const { return m_watch.get(); }
    /// Takes back what a program asked for that wanted the port for itself, as the system does with a real port.
    void allowOthers() const;

private:
    PseudoTerminal() = default;

    FileDescriptor m_master;
    /// Without it the master would be hung up, and raw mode gone, whenever no program has the port open.
    FileDescriptor m_slave;
    FileDescriptor m_watch;
    std::string m_path;
};

} // namespace romsmith::sim
