// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/sources.h"
#include "core/device/deploy.h"

namespace romsmith::cli {

enum class Via : std::uint8_t { Auto, Repl, Dfu };

/// --via
void addViaOption(CLI::App& command, Via& via);

struct FlashArguments
{
    SourceArguments from;
    std::string device;
    Via via = Via::Auto;
    std::vector<std::string> firmware;
    std::string bundle;
    std::string expertToc;
    bool eraseFilesystem = false;
    bool update = false;
    std::optional<unsigned> wait; ///< seconds
    bool noVerify = false;
    bool noBackup = false;
    bool force = false;
    bool json = false;

    /// More than the raw REPL can do.
    [[nodiscard]] bool needsDfu() const
    {
        return !firmware.empty() || !bundle.empty() || !expertToc.empty() || eraseFilesystem || update;
    }
    [[nodiscard]] Result<const boards::Board*>
    board() const; ///< that was asked for, or that a backup is of; nullptr: none
};

/// An image that is there already as it is; else built for this board, unless another one was asked for.
[[nodiscard]] Result<romfs::Content> imageFor(const SourceArguments& from, const boards::Board* board);

[[nodiscard]] QJsonObject jsonOf(const device::DeployReport& report);
/// Findings and backups on stderr.
void noteFacts(const device::DeployReport& report);
[[nodiscard]] int exitCodeOf(const std::optional<Error>& error);

/// Through the cam's bootloader.
[[nodiscard]] int flashOverDfu(const FlashArguments& arguments);

/// True if no port is meant, and a cam that waits in its bootloader is.
[[nodiscard]] bool isInBootloader(const std::string& wanted);

} // namespace romsmith::cli
