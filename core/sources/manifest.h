// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "core/sources/firmwaretree.h"

#include <chrono>

/// A firmware's list of frozen modules as a source of files.
namespace romsmith::sources {

/// True for a file that is called as MicroPython's manifests are: manifest.py, manifest_release.py, ...
[[nodiscard]] bool isManifest(const std::filesystem::path& path);

struct ManifestOptions
{
    FirmwareFolders folders = {}; ///< that the user set; others are guessed
    std::chrono::milliseconds patience{20'000}; ///< until the manifest is ended
};

/// Whether a manifest can be kept from writing files and from the network on this computer.
[[nodiscard]] bool canSandboxManifests();

/// Runs a manifest, which is a Python program and can do what such programs can: ask before. What it would freeze is
/// in a folder "lib".
[[nodiscard]] Result<LoadedArchive> loadManifest(const std::filesystem::path& path, const ManifestOptions& options,
                                                 const std::stop_token& stop = {});

} // namespace romsmith::sources
