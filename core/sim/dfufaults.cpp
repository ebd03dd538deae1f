// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/dfufaults.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::sim {
namespace {

constexpr std::array faultOptions{
    DfuFaultOption{"unplug-at-request", &DfuFaults::unplugAtRequest},
    DfuFaultOption{"unplug-at-block", &DfuFaults::unplugAtBlock},
    DfuFaultOption{"replug-after", &DfuFaults::replugAfter},
    DfuFaultOption{"stall-at-request", &DfuFaults::stallAtRequest},
    DfuFaultOption{"silent-at-request", &DfuFaults::silentAtRequest},
    DfuFaultOption{"silent-for", &DfuFaults::silentFor},
    DfuFaultOption{"error-at-block", &DfuFaults::errorAtBlock},
    DfuFaultOption{"error-status", &DfuFaults::errorStatus},
    DfuFaultOption{"spoil-at-block", &DfuFaults::spoilAtBlock},
    DfuFaultOption{"no-romfs", &DfuFaults::noRomfs},
    DfuFaultOption{"stays-on-detach", &DfuFaults::staysOnDetach},
    DfuFaultOption{"firmware-after", &DfuFaults::firmwareAfter},
    DfuFaultOption{"firmware-never", &DfuFaults::firmwareNever},
    DfuFaultOption{"no-time", &DfuFaults::noTime},
};

} // namespace

std::span<const DfuFaultOption> dfuFaultOptions()
{
    return faultOptions;
}

Result<DfuFaults> withDfuFaults(DfuFaults faults, const QJsonObject& changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        const auto name = it.key().toStdString();
        const auto option = std::ranges::find(faultOptions, name, &DfuFaultOption::name);
        if (option == faultOptions.end() || it.value().toInteger(-1) < 0) {
            return fail(ErrorCode::InvalidArgument,
                        std::format("{} is no fault of a bootloader with that value.", name));
        }
        faults.*(option->member) = static_cast<DfuFaults::Value>(it.value().toInteger());
    }
    return faults;
}

} // namespace romsmith::sim
