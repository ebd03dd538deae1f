// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace romsmith {

/// What went wrong, for code to branch on. The sentence for the user is in Error::message.
enum class ErrorCode : std::uint8_t {
    NotRomfs, ///< the bytes are not a ROMFS image
    InvalidArgument, ///< the caller or the user asked for something that cannot be done
    InvalidName, ///< a name that ROMFS or the device cannot hold
    NotFound,
    AlreadyExists,
    TooLarge,
    CannotRead, ///< a file or device could not be read
    CannotWrite, ///< a file or device could not be written
    Changed, ///< a source is no longer what it was when it was added
    Cancelled,
    TimedOut, ///< a device did not answer in time
    Disconnected, ///< a device is gone: unplugged, or it reset
    Busy, ///< another program holds a device
    AccessDenied, ///< the user may not open a device
    DeviceFailed, ///< a device reported an error, or answered what makes no sense
    Mismatch, ///< a device is not the one that was meant
    NotVerified, ///< what was read back is not what was written
};

/// An error as a value. The message is one or two sentences in UTF-8 that name the file or device, what was expected,
/// what was found, and what to do next.
struct Error
{
    ErrorCode code;
    std::string message;
};

template <typename T> using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message)
{
    return std::unexpected(Error{code, std::move(message)});
}

} // namespace romsmith
