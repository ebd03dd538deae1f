// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QJsonObject>

#include <cstdint>
#include <span>
#include <string_view>

namespace romsmith::sim {

/// What goes wrong with a virtual cam and how slow it is. 0 is "never", "no" and "not slow"; what is a question of yes
/// and no is 1 for yes.
struct Faults
{
    using Value = std::uint64_t;

    // The line. Bytes of both directions count, from when the fault is set. What has happened does not happen again.
    Value unplugAfter = 0; ///< bytes
    Value replugAfter = 0; ///< ms after it was unplugged
    Value rebootAfter = 0; ///< bytes
    Value rebootAfterTime = 0; ///< ms
    Value latency = 0; ///< ms each time the direction changes
    Value bandwidth = 0; ///< bytes/s in each direction
    Value garbageEvery = 0; ///< one byte of so many is another one
    Value inputBuffer = 0; ///< bytes; what does not fit is lost

    // The flash, counted from when the fault is set.
    Value failWrite = 0; ///< the so-manieth write returns -5 and writes half
    Value failErase = 0; ///< the so-manieth unit is not erased, -5
    Value eraseTime = 0; ///< ms for each unit

    // The firmware. What is not built in is so from the next reset.
    Value busyTime = 0; ///< ms
    Value noRawPaste = 0; ///< the answer to a request for it is "not supported"
    Value oldRepl = 0; ///< has never heard of it
    Value noBase64 = 0;
    Value noDeflate = 0;
    Value noHashlib = 0;

    bool operator==(const Faults&) const = default;
};

/// A fault as it is called on the command line (behind "--") and in commands.
struct FaultOption
{
    std::string_view name;
    Faults::Value Faults::* member;
    std::string_view unit; ///< empty: yes or no
    std::string_view help;
};

std::span<const FaultOption> faultOptions();

/// Changes those faults that the object names. An unknown name or a value that is no number >= 0 changes none.
Result<Faults> withFaults(Faults faults, const QJsonObject& changes);

/// Bits of SharedState::faults.
std::uint32_t firmwareFaults(const Faults& faults);

} // namespace romsmith::sim
