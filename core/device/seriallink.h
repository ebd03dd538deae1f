// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace romsmith::device {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// A line to a device, opened for this program alone. Protocols know nothing else of ports, so that a test can script
/// one, slow it down or cut it at any byte.
class SerialLink
{
public:
    SerialLink() = default;
    SerialLink(const SerialLink&) = delete;
    SerialLink& operator=(const SerialLink&) = delete;
    virtual ~SerialLink() = default;

    /// Waits for bytes and takes what is there, at least one; gives their number. Errors: TimedOut, Disconnected.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into, Deadline deadline) = 0;

    /// Waits until the line takes bytes; gives how many it took, at least one. Errors: TimedOut, Disconnected.
    [[nodiscard]] virtual Result<std::size_t> write(romfs::Bytes bytes, Deadline deadline) = 0;

    /// From now on every call gives Disconnected.
    virtual void close() = 0;
};

} // namespace romsmith::device
