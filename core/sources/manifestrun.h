// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/firmwaretree.h"
#include "core/sources/frozen.h"

#include <chrono>

namespace romsmith::sources {

/// What a manifest said. It is other people's code: none of it has been checked.
struct ManifestAnswer
{
    std::vector<FrozenFile> files;
    std::vector<Skipped> remarks;
    std::string printed; ///< the beginning of what it printed
};

/// Runs a manifest in a process of its own, which reads files and does nothing else where there is a sandbox, and is
/// ended when it takes longer than @p patience or says too much.
[[nodiscard]] Result<ManifestAnswer> runManifest(const std::filesystem::path& manifest, const FirmwareFolders& folders,
                                                 std::chrono::milliseconds patience, const std::stop_token& stop);

} // namespace romsmith::sources
