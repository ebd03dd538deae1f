// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sim/filedescriptor.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace romsmith::sim {

/// The process of MicroPython, and the two queues of bytes between it and the supervisor.
class Interpreter
{
public:
    explicit Interpreter(std::vector<std::string> command)
        : m_command(std::move(command))
    { }
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;
    ~Interpreter() { stop(); }

    /// Empties the queues and starts.
    Result<void> powerOn();
    /// Starts anew, when the last one has ended; what was not read yet stays in the queues.
    Result<void> restart();
    void stop();

    bool isRunning() const { return m_process > 0; }
    void interrupt() const;

    int descriptor() const { return m_socket.get(); } ///< both queues; does not block
    std::size_t unread() const; ///< bytes in its input queue
    std::size_t said() const; ///< bytes in its output queue

    /// A pipe that it reports to once it is set up, and that is hung up when it ends.
    int reportDescriptor() const { return m_report.get(); }
    /// Reads reports; false when it has ended, and then it is gone.
    bool readReport();
    bool isReady() const { return m_reported.starts_with("ready"); }
    const std::string& reported() const { return m_reported; }

private:
    std::vector<std::string> m_command;
    FileDescriptor m_socket;
    FileDescriptor m_otherEnd; ///< its standard input and output
    FileDescriptor m_report;
    std::string m_reported;
    pid_t m_process = 0;
};

} // namespace romsmith::sim
