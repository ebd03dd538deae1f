// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/bootloader.h"
#include "core/device/deploy.h"
#include "core/device/dfumemory.h"

#include <map>

namespace romsmith::sources {
class Bundle;
}

namespace romsmith::device {

/// What a job writes, in this order: images, firmware, a table of contents; then the file system is erased.
struct FlashFiles
{
    struct Firmware
    {
        std::string name; ///< of the file
        romfs::Content content;
    };

    std::map<std::uint32_t, romfs::Content> images; ///< by partition
    std::vector<Firmware> firmware;
    std::optional<romfs::Content> tableOfContents = {}; ///< for experts: with a wrong one the chip does not boot
    bool eraseFilesystem = false; ///< all files on the cam's own drive are lost

    [[nodiscard]] bool isEmpty() const
    {
        return images.empty() && firmware.empty() && !tableOfContents && !eraseFilesystem;
    }
};

/// Images and firmware of a bundle for this board. NotFound if there is nothing for it.
[[nodiscard]] Result<FlashFiles> filesOf(const sources::Bundle& bundle, const boards::Board& board,
                                         const std::stop_token& stop = {});

struct DfuOptions
{
    bool update = false; ///< write only erase units that differ, where the memory takes blocks in any order
    bool verify = true;
    bool backup = true; ///< of the images that are there
    bool force = false; ///< write an image with errors, too
    bool leave = true; ///< start the firmware in the end
    std::filesystem::path backupFolder = {}; ///< empty: the usual one
};

/// How a job ended. Each part is a report of its own.
struct DfuReport
{
    std::string device; ///< "OpenMV N6 in its bootloader (USB 3-1.2)"
    std::vector<DeployReport> parts = {}; ///< in the order of writing, those that were not begun, too
    std::optional<Error> error = {}; ///< none: all that was asked for is done
    bool isInBootloader = false; ///< the cam waits there
    std::uint64_t sent = 0; ///< bytes of blocks
    Milliseconds time{0};

    /// Of the part that failed, or else of all.
    [[nodiscard]] FlashState state() const;
    /// What to do next when it ended without success; a sentence.
    [[nodiscard]] std::string next() const;
    /// A sentence of facts for each part, or what went wrong, what the states are and what to do.
    [[nodiscard]] std::string sentence() const;
};

/// Checks all that can be checked without the cam: that files fit the board, its partitions and its alternate settings,
/// and that each is what it should be. Findings about images are told where they are given.
[[nodiscard]] Result<void> checkFiles(const boards::Board& board, const FlashFiles& files, bool force = false);

/// Writes everything in one stay in the bootloader, reads it back before it leaves, and starts the firmware. After a
/// failure the cam stays in its bootloader, and to retry is to do it again; but one that was brought there for nothing,
/// because the job was refused or cancelled before anything was changed, is sent back.
///
/// Blocks; the sink is called in the same thread. A stop ends it with the block that is under way.
[[nodiscard]] DfuReport flashOverDfu(UsbBus& bus, Caught caught, const FlashFiles& files, const DfuOptions& options,
                                     const ProgressSink& progress = {}, const std::stop_token& stop = {});

/// What is behind an alternate setting, or a ROMFS partition where it is one of ST's extension: the image, as long as
/// its header says, or all of it. NotFound if there is no image.
[[nodiscard]] Result<romfs::Content> readOverDfu(const Caught& caught, std::string_view name, bool whole,
                                                 const DfuCount& count = {}, const std::stop_token& stop = {});

} // namespace romsmith::device
