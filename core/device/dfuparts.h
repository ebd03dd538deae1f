// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfujob.h"

namespace romsmith::device {

/// A stretch of memory, and what is to be in it.
struct DfuPart
{
    std::string name; ///< "ROMFS0", "FIRMWARE"
    boards::Role role = boards::Role::Other;
    std::string alternate; ///< as the table has it
    std::optional<std::uint64_t> address = {}; ///< of ST's extension
    std::optional<std::uint64_t> size = {}; ///< of the stretch, bytes; none: what the alternate setting has
    romfs::Content content;
    std::vector<romfs::Finding> findings = {};
    std::string sha256 = {};
};

/// What a job writes, checked, in the order of writing.
[[nodiscard]] Result<std::vector<DfuPart>> dfuParts(const boards::Board& board, const FlashFiles& files, bool force);

/// Writes one part to the cam that was caught, and proves it; the report says how far it came.
[[nodiscard]] Result<void> writePart(const Caught& caught, const DfuPart& part, const DfuOptions& options,
                                     const ProgressSink& progress, DeployReport& report);

} // namespace romsmith::device
