// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QJsonObject>

#include <cstdint>
#include <span>
#include <string_view>

namespace romsmith::sim {

/// What goes wrong in the bootloader. 0 is "never" and "no"; what counts down is done once it has happened.
struct DfuFaults
{
    using Value = std::uint64_t;

    Value unplugAtRequest = 0; ///< the so-manieth request finds nobody
    Value unplugAtBlock = 0; ///< the so-manieth block is programmed by half
    Value replugAfter = 0; ///< ms
    Value stallAtRequest = 0;
    Value silentAtRequest = 0; ///< and for so long:
    Value silentFor = 0; ///< ms
    Value errorAtBlock = 0; ///< with this status:
    Value errorStatus = 3;
    Value spoilAtBlock = 0; ///< a bit of it is programmed wrong
    Value noRomfs = 0; ///< a bootloader from before ROMFS
    Value staysOnDetach = 0; ///< versions before 1.0.2, when entry was forced
    Value firmwareAfter = 800; ///< ms until the firmware shows up
    Value firmwareNever = 0;
    Value noTime = 0; ///< neither memory nor bus take any

    bool operator==(const DfuFaults&) const = default;
};

struct DfuFaultOption
{
    std::string_view name;
    DfuFaults::Value DfuFaults::* member;
};
std::span<const DfuFaultOption> dfuFaultOptions();
Result<DfuFaults> withDfuFaults(DfuFaults faults, const QJsonObject& changes);

} // namespace romsmith::sim
