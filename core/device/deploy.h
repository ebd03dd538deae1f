// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/device.h"
#include "core/romfs/finding.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace romsmith::device {

/// What a deploy is doing, in this order; erasing is part of writing where the bootloader does it.
enum class Phase : std::uint8_t {
    Checking,
    EnteringBootloader,
    WaitingForBootloader,
    Comparing,
    BackingUp,
    Erasing,
    Writing,
    Verifying,
    Restarting,
    Back, ///< the firmware that was to start has shown up
};
[[nodiscard]] std::string_view phaseName(Phase phase); ///< "Erasing"

struct Progress
{
    Phase phase = Phase::Checking;
    std::uint64_t done = 0; ///< bytes of the partition
    std::uint64_t total = 0; ///< 0: how much there is to do is not known
    std::string_view part = {}; ///< of a job with several: "ROMFS0", "FIRMWARE"
};
using ProgressSink = std::function<void(const Progress&)>;

/// What is in the partition when a deploy has ended, however it has.
enum class FlashState : std::uint8_t {
    Unchanged, ///< nothing was changed
    Equal, ///< nothing had to be changed: the image was there already
    Erased, ///< in part or whole; no image
    PartlyWritten, ///< without the first chunk, so no image
    NotVerified, ///< all was written; what is there was not read back
    Different, ///< what was read back is not the image
    NotMounted, ///< the image is there; the device did not mount it, or was not seen to
    Done, ///< the image is there, and the device has restarted with it
    PartlyReplaced, ///< the rest is as it was before, or erased
    Verified, ///< it is there; the device is in its bootloader, or was not seen to start
    Started, ///< it is there, and the device has started; what is in /rom was not asked
};
/// "nothing was changed", "erased, no image", for the middle of a sentence; stable, for machines, too.
[[nodiscard]] std::string_view stateName(FlashState state);
/// What to do next when it ended like this without success; a sentence.
[[nodiscard]] std::string_view nextStep(FlashState state);
/// Nothing is written to a device that is another board than the one that the image is made for.
[[nodiscard]] Error anotherBoard(const std::string& device, const boards::Board& wanted);
/// What went wrong, what is there now, and what to do; @p states and @p next are sentences, too.
[[nodiscard]] std::string explain(const Error& error, const std::string& states, std::string_view next);

struct DeployOptions
{
    std::uint32_t partition = 0;
    const boards::Board* board = nullptr; ///< the image was made for it; another device is refused; nullptr: for any
    bool verify = true;
    bool backup = true;
    bool force = false; ///< write an image with errors, too
    std::filesystem::path backupFolder = {}; ///< empty: the usual one
};

/// What a phase took.
struct PhaseCost
{
    Phase phase = Phase::Checking;
    Milliseconds time{0};
    std::uint64_t sent = 0; ///< bytes on the line to the device
};

struct DeployReport
{
    std::string device; ///< "OpenMV N6 (/dev/ttyACM0)"
    std::string partition; ///< "ROMFS0"
    FlashState state = FlashState::Unchanged;
    std::optional<Error> error = {}; ///< none: all that was asked for is done
    std::vector<romfs::Finding> findings = {}; ///< about the image on this device
    std::uint64_t size = 0; ///< of the image, bytes
    std::uint64_t sent = 0; ///< bytes on the line to the device
    std::string sha256 = {}; ///< of the image
    std::filesystem::path backup = {}; ///< of what was there before; empty: none
    Milliseconds time{0};
    std::vector<PhaseCost> phases = {}; ///< in the order in which they began

    /// A sentence of facts, or what went wrong, what the state is and what to do.
    [[nodiscard]] std::string sentence() const;
};

/// Writes an image into a partition, proves that it is there and restarts the device with it. The first chunk is
/// written last, so that a deploy that breaks off leaves no image and not a part of one. To retry is to call it again,
/// with the device opened anew if it was gone.
///
/// Blocks; the sink is called in the same thread. A stop ends it within a second. Then the device has restarted or is
/// at its prompt: what is to be done next opens it anew.
[[nodiscard]] DeployReport deploy(Device& device, const romfs::Content& image, const DeployOptions& options,
                                  const ProgressSink& progress = {}, const std::stop_token& stop = {});

/// What is in a partition: the image, as long as its header says, or all of it. Fails with NotFound if there is no
/// image.
[[nodiscard]] Result<romfs::Content> readPartition(Device& device, std::uint32_t partition, bool whole,
                                                   const std::function<void(std::uint64_t, std::uint64_t)>& count = {},
                                                   const std::stop_token& stop = {});

} // namespace romsmith::device
