// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/ttylink.h"

#include "core/device/portholder.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>
#include <utility>

namespace romsmith::device {
namespace {

std::string reason(int number)
{
    return std::system_category().message(number);
}

std::unexpected<Error> openingFailed(const std::filesystem::path& port, int number)
{
    const auto name = port.string();
    switch (number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return fail(
            ErrorCode::NotFound,
            std::format("There is no port {}: is the cam plugged in? romsmith-cli devices lists what is there.", name));
    case EBUSY: {
        const auto holder = holderOf(port);
        return fail(ErrorCode::Busy,
                    std::format("{} is in use by {}. Close or disconnect it there and retry.", name,
                                holder.empty() ? "another program" : holder));
    }
    case EACCES:
    case EPERM:
        return fail(ErrorCode::AccessDenied,
                    std::format("You may not open {} ({}). Install the rules for udev once and plug the cam in again: "
                                "romsmith-cli boards --udev | sudo tee /etc/udev/rules.d/70-romsmith.rules && sudo "
                                "udevadm control --reload",
                                name, ownerOf(port)));
    default:
        return fail(ErrorCode::CannotRead, std::format("{} cannot be opened: {}.", name, reason(number)));
    }
}

class TtyLink final : public SerialLink
{
public:
    explicit TtyLink(int descriptor)
        : m_descriptor(descriptor)
    { }
    ~TtyLink() override { closeDescriptor(); }

    Result<std::size_t> read(std::span<std::byte> into, Deadline deadline) override
    {
        return transfer(POLLIN, deadline, [&] { return ::read(m_descriptor, into.data(), into.size()); });
    }

    Result<std::size_t> write(romfs::Bytes bytes, Deadline deadline) override
    {
        return transfer(POLLOUT, deadline, [&] { return ::write(m_descriptor, bytes.data(), bytes.size()); });
    }

    void close() override { closeDescriptor(); }

private:
    void closeDescriptor()
    {
        if (m_descriptor >= 0) {
            ::tcflush(m_descriptor, TCIOFLUSH); // closing would wait for a device that does not read
            ::ioctl(m_descriptor, TIOCNXCL);
            ::close(std::exchange(m_descriptor, -1));
        }
    }

    template <typename Call> Result<std::size_t> transfer(short event, Deadline deadline, Call&& call)
    {
        while (m_descriptor >= 0) {
            const auto count = call();
            if (count > 0) {
                return static_cast<std::size_t>(count);
            }
            if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
                break; // hung up
            }
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
            pollfd polled{.fd = m_descriptor, .events = event, .revents = 0};
            if (left <= 0 || (::poll(&polled, 1, static_cast<int>(left)) == 0 && Clock::now() >= deadline)) {
                return fail(ErrorCode::TimedOut, {});
            }
            if ((polled.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0 && (polled.revents & event) == 0) {
                break;
            }
        }
        return fail(ErrorCode::Disconnected, {});
    }

    int m_descriptor;
};

speed_t speedFor(unsigned baud)
{
    switch (baud) {
    case 1200:
        return B1200;
    case 921600:
        return B921600;
    default:
        return B115200;
    }
}

/// 0 or an errno.
int setUp(int descriptor, unsigned baud)
{
    if (::ioctl(descriptor, TIOCEXCL) != 0) {
        return errno;
    }
    termios settings{};
    if (::tcgetattr(descriptor, &settings) != 0) {
        return errno;
    }
    ::cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS | HUPCL); // some boards take a falling DTR for a reset
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    ::cfsetspeed(&settings, speedFor(baud));
    if (::tcsetattr(descriptor, TCSANOW, &settings) != 0) {
        return errno;
    }
    const int dtr = TIOCM_DTR;
    ::ioctl(descriptor, TIOCMBIS, &dtr); // a pseudo-terminal has none
    return 0;
}

Result<int> openPort(const std::filesystem::path& port, unsigned baud)
{
    const int descriptor = ::open(port.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) {
        return openingFailed(port, errno);
    }
    if (::isatty(descriptor) != 1) {
        ::close(descriptor);
        return fail(ErrorCode::InvalidArgument, std::format("{} is no serial port.", port.string()));
    }
    // TIOCEXCL keeps nobody out who is root, or who was there before.
    if (!holderOf(port).empty()) {
        ::close(descriptor);
        return openingFailed(port, EBUSY);
    }
    if (const int problem = setUp(descriptor, baud); problem != 0) {
        ::close(descriptor);
        return openingFailed(port, problem);
    }
    return descriptor;
}

} // namespace

Result<std::unique_ptr<SerialLink>> openTty(const std::filesystem::path& port, unsigned baud)
{
    return openPort(port, baud).transform([](int descriptor) -> std::unique_ptr<SerialLink> {
        return std::make_unique<TtyLink>(descriptor);
    });
}

Result<void> touchTty(const std::filesystem::path& port)
{
    constexpr unsigned touch = 1200;
    return openPort(port, touch).transform([](int descriptor) {
        const int lines = TIOCM_DTR | TIOCM_RTS;
        ::ioctl(descriptor, TIOCMBIC, &lines); // a pseudo-terminal has none
        ::ioctl(descriptor, TIOCNXCL);
        ::close(descriptor);
    });
}

} // namespace romsmith::device
