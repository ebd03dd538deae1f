// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/common.h"
#include "core/device/device.h"

#include <memory>
#include <stop_token>
#include <string>

namespace romsmith::cli {

/// --device, for commands that talk to one.
void addDeviceOption(CLI::App& command, std::string& device);

[[nodiscard]] Result<std::unique_ptr<device::Device>> openDevice(const std::string& wanted,
                                                                 const std::stop_token& stop);

/// A device that is not there is not an input that cannot be read.
[[nodiscard]] Error noDevice(Error error);

/// --wait SECONDS
void addWaitOption(CLI::App& command, std::optional<unsigned>& wait);

struct DfuReadArguments
{
    std::string device;
    std::string alternate;
    std::optional<unsigned> wait; ///< seconds
    bool whole = false;
    std::string output;
    bool json = false;
};
[[nodiscard]] int readOverDfu(const DfuReadArguments& arguments);

} // namespace romsmith::cli
