// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sources.h"

#include "app/cli/common.h"
#include "core/sources/archive.h"

#include <format>
#include <utility>

namespace romsmith::cli {
namespace {

/// The content of a folder or an archive, or a file.
Result<sources::Loaded> load(const std::string& source, const sources::LoadOptions& loading)
{
    if (!sources::isArchive(source)) {
        return sources::loadContent(source, loading);
    }
    auto archive = sources::loadArchive(source, {.excludes = loading.excludes, .stripTop = true});
    if (!archive) {
        return std::unexpected(archive.error());
    }
    for (const auto& [path, reason] : archive->remarks) {
        note(std::format("{}: {}", sources::shown(path), reason));
    }
    return sources::Loaded{.nodes = std::move(archive->nodes), .skipped = std::move(archive->skipped)};
}

} // namespace

Result<void> addSources(tree::RomTree& tree, const std::vector<std::string>& sources,
                        const sources::LoadOptions& loading)
{
    for (const auto& source : sources) {
        auto loaded = load(source, loading);
        if (!loaded) {
            return std::unexpected(std::move(loaded).error());
        }
        noteSkipped(loaded->skipped);
        if (sources.size() == 1) {
            tree.root().setLink(loaded->contentOf); // so that a recipe names the folder and not each file
        }
        auto edit = tree.add(tree.root(), std::move(loaded->nodes), tree::ClashPolicy::Refuse);
        if (!edit) {
            return std::unexpected(std::move(edit).error());
        }
        tree.apply(*edit);
    }
    return {};
}

} // namespace romsmith::cli
