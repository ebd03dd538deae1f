// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/manifest.h"

#include "core/romfs/names.h"
#include "core/sources/manifestrun.h"
#include "core/sources/sandbox.h"

#include <algorithm>
#include <format>

namespace romsmith::sources {
namespace fs = std::filesystem;

bool isManifest(const fs::path& path)
{
    std::error_code error;
    const auto name = path.filename().string();
    return name.starts_with("manifest") && name.ends_with(".py") && fs::is_regular_file(path, error);
}

bool canSandboxManifests()
{
    return !sandbox().isEmpty();
}

Result<LoadedArchive> loadManifest(const fs::path& path, const ManifestOptions& options, const std::stop_token& stop)
{
    const auto answer = runManifest(path, firmwareFolders(path, options.folders), options.patience, stop);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    auto loaded = loadFrozen(answer->files, stop);
    if (!loaded) {
        return loaded;
    }
    if (loaded->nodes.empty() && loaded->skipped.empty() && answer->remarks.empty()) {
        return nothingFrozen(path);
    }
    std::ranges::copy(answer->remarks, std::back_inserter(loaded->remarks));
    if (!answer->printed.empty()) {
        loaded->remarks.push_back(
            {.path = path.filename(), .reason = std::format("it printed \"{}\"", romfs::printable(answer->printed))});
    }
    return loaded;
}

} // namespace romsmith::sources
