// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/sources.h"
#include "core/device/bootloader.h"
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
    [[nodiscard]] bool writesNothing() const
    {
        return from.sources.empty() && firmware.empty() && bundle.empty() && expertToc.empty() && !eraseFilesystem;
    }
    /// A source that is an image already is written as it is.
    [[nodiscard]] bool isOfImage() const;

    [[nodiscard]] bool mayComeEitherWay() const { return via != Via::Dfu && !needsDfu(); }

    /// What cannot have been meant; none: it may be tried.
    [[nodiscard]] std::optional<Failure> misuse() const;

    // When takeDestination() has been called:
    [[nodiscard]] const boards::Board* board() const; ///< the image is for it; nullptr: for whichever is there
    [[nodiscard]] std::uint32_t partition() const { return from.layout.target.partition.value_or(0); }

    /// What --board and --partition do not say is as the recipe or the backup has it that is flashed.
    [[nodiscard]] Result<void> takeDestination();
};

/// What goes into a ROMFS partition, and what has been said about it on stderr.
struct ImageToFlash
{
    romfs::Content content;
    std::vector<romfs::Finding> said;
};

/// An image that is there already as it is; else built for this board, unless it is for another one.
[[nodiscard]] Outcome<ImageToFlash> imageFor(const FlashArguments& arguments, const boards::Board* board);

[[nodiscard]] QJsonObject jsonOf(const device::DeployReport& report);
/// Findings that are not @p said already, and backups, on stderr.
void noteFacts(const device::DeployReport& report, const std::vector<romfs::Finding>& said);
[[nodiscard]] int exitCodeOf(const std::optional<Error>& error);

/// Through the cam's bootloader.
[[nodiscard]] int flashOverDfu(const FlashArguments& arguments);

[[nodiscard]] QJsonObject jsonOf(const device::BootloaderDevice& device);

} // namespace romsmith::cli
