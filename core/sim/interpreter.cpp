// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/interpreter.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <format>
#include <system_error>

extern char** environ; // NOLINT: POSIX declares it nowhere

namespace romsmith::sim {
namespace {

constexpr int reportNumber = 3; ///< as in resources/sim/shared.py

auto cannotStart(const std::string& program, int error)
{
    return fail(ErrorCode::CannotRead,
                std::format("{} cannot be started: {}.", program, std::generic_category().message(error)));
}

std::size_t bytesIn(int socket)
{
    int count = 0;
    ::ioctl(socket, FIONREAD, &count);
    return static_cast<std::size_t>(count);
}

/// A process of its own group, so that Ctrl-C in a terminal is for the supervisor alone, with all signals as usual.
class SpawnSettings
{
public:
    SpawnSettings(int standard, int report)
    {
        ::posix_spawn_file_actions_init(&m_files);
        ::posix_spawn_file_actions_adddup2(&m_files, standard, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_files, standard, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&m_files, report, reportNumber);
        ::posix_spawnattr_init(&m_attributes);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&m_attributes, &signals);
        ::sigfillset(&signals);
        ::posix_spawnattr_setsigdefault(&m_attributes, &signals);
        ::posix_spawnattr_setflags(&m_attributes,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&m_files);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    int spawn(pid_t& process, std::vector<std::string> command) const
    {
        std::vector<char*> arguments;
        for (auto& part : command) {
            arguments.push_back(part.data());
        }
        arguments.push_back(nullptr);
        return ::posix_spawn(&process, arguments.front(), &m_files, &m_attributes, arguments.data(), environ);
    }

private:
    posix_spawn_file_actions_t m_files{};
    posix_spawnattr_t m_attributes{};
};

} // namespace

Result<void> Interpreter::powerOn()
{
    stop();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return cannotStart(m_command.front(), errno);
    }
    m_socket = FileDescriptor(ends[0]);
    m_otherEnd = FileDescriptor(ends[1]);
    ::fcntl(m_socket.get(), F_SETFL, O_NONBLOCK);
    return restart();
}

Result<void> Interpreter::restart()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return cannotStart(m_command.front(), errno);
    }
    m_report = FileDescriptor(ends[0]);
    m_reported.clear();
    const FileDescriptor theirs(ends[1]);
    ::fcntl(m_report.get(), F_SETFL, O_NONBLOCK);
    const SpawnSettings settings(m_otherEnd.get(), theirs.get());
    if (const int error = settings.spawn(m_process, m_command); error != 0) {
        m_process = 0;
        return cannotStart(m_command.front(), error);
    }
    return {};
}

void Interpreter::stop()
{
    if (isRunning()) {
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, 0);
        m_process = 0;
    }
    m_report.close();
}

void Interpreter::interrupt() const
{
    if (isRunning()) {
        ::kill(m_process, SIGINT);
    }
}

std::size_t Interpreter::unread() const
{
    return bytesIn(m_otherEnd.get());
}

std::size_t Interpreter::said() const
{
    return bytesIn(m_socket.get());
}

bool Interpreter::readReport()
{
    std::array<char, 512> buffer{};
    while (true) {
        const auto count = ::read(m_report.get(), buffer.data(), buffer.size());
        if (count > 0) {
            m_reported.append(buffer.data(), static_cast<std::size_t>(count));
        } else if (count < 0 && errno == EAGAIN) {
            return true;
        } else if (count == 0 || errno != EINTR) {
            stop();
            return false;
        }
    }
}

} // namespace romsmith::sim
