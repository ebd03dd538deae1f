// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/manifest.h"

#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/boardmakefile.h"
#include "core/sources/manifest.h"

#include <format>

namespace romsmith::cli {

void ManifestArguments::addTo(CLI::App& command)
{
    command.add_flag(
        "--run-manifest", run,
        "Run sources that are called manifest*.py and add what they freeze. A manifest is a Python program "
        "that can do whatever you can; where bubblewrap works, it can neither write files nor use the "
        "network");
    command
        .add_option("--manifest-var", variables,
                    "A folder that manifests name as $(NAME), e.g. MPY_DIR=../micropython; without it the tree around "
                    "the manifest tells; may be given often")
        ->type_name("NAME=FOLDER")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
}

Result<sources::FirmwareFolders> ManifestArguments::folders() const
{
    sources::FirmwareFolders folders;
    for (const auto& variable : variables) {
        const auto equals = variable.find('=');
        const std::filesystem::path folder = variable.substr(std::min(equals, variable.size() - 1) + 1);
        if (equals == 0 || equals == std::string::npos || folder.empty()) {
            return fail(ErrorCode::InvalidArgument,
                        std::format("--manifest-var {}: expected NAME=FOLDER, as in MPY_DIR=../micropython.",
                                    romfs::printable(variable)));
        }
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error)) {
            return fail(ErrorCode::NotFound,
                        std::format("--manifest-var {}: there is no such folder.", romfs::printable(variable)));
        }
        folders[variable.substr(0, equals)] = std::filesystem::absolute(folder).lexically_normal();
    }
    return folders;
}

std::optional<Result<sources::LoadedArchive>> ManifestArguments::load(const std::string& source) const
{
    const bool isManifest = sources::isManifest(source);
    if (isManifest && !run) {
        note(std::format("{} is added as a file; --run-manifest adds what it freezes", sources::shown(source)));
    }
    if (!(isManifest && run) && !sources::isBoardMakefile(source)) {
        return std::nullopt;
    }
    const auto set = folders();
    if (!set) {
        return std::unexpected(set.error());
    }
    if (!isManifest) {
        return sources::loadBoardMakefile(source, *set);
    }
    note(std::format("running {}{}", sources::shown(source),
                     sources::canSandboxManifests()
                         ? " in a sandbox: it can neither write files nor use the network"
                         : " without a sandbox: bubblewrap (bwrap) is missing or cannot be used here"));
    return sources::loadManifest(source, {.folders = *set});
}

} // namespace romsmith::cli
