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

[[nodiscard]] Result<void> save(const std::string& path, romfs::Bytes bytes);

/// Says what went wrong, with --json as the one object, and gives the exit code.
[[nodiscard]] int reportFailure(const Error& error, bool json);

} // namespace romsmith::cli
