// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/common.h"
#include "app/cli/compile.h"
#include "app/cli/manifest.h"
#include "core/sources/disk.h"
#include "core/tree/romtree.h"

#include <memory>
#include <string>
#include <vector>

namespace romsmith::cli {

/// What an image is made of, before its Python files are compiled.
struct Ingredients
{
    std::unique_ptr<tree::RomTree> tree;
    build::Options options;
};

/// What goes into an image and how, for commands that build one.
struct SourceArguments
{
    std::vector<std::string> sources;
    std::vector<std::string> excludes;
    LayoutArguments layout;
    PythonArguments python;
    ManifestArguments manifests;

    /// All but the sources, which each command calls by a name of its own.
    void addTo(CLI::App& command);

    [[nodiscard]] bool isRecipe() const;
    /// Something is asked for of what is in the image and how, beside where it goes.
    [[nodiscard]] bool saysHow() const;

    /// Where to: what was asked for, and what is not said as a recipe has it, or the folder of a romfs_config.json.
    [[nodiscard]] Result<TargetOptions> destination() const;

    /// Reads the sources, and names on stderr what is left out of them. The board is the one that was asked for, else
    /// that of a recipe or of the folder of a romfs_config.json, else that of @p usual.
    [[nodiscard]] Result<Ingredients> load(const build::Target& usual,
                                           std::vector<sources::Skipped> leaveOut = {}) const;

private:
    [[nodiscard]] Result<Ingredients> loadRecipe(const build::Target& usual) const;
    [[nodiscard]] Result<Ingredients> loadAll(LayoutArguments chosen, const sources::LoadOptions& loading) const;
    [[nodiscard]] Result<sources::Loaded> loadOne(const std::string& source, const sources::LoadOptions& loading,
                                                  std::uint32_t partition, build::Options& options) const;
    [[nodiscard]] Result<sources::Loaded> loadConfig(const std::string& source, std::uint32_t partition,
                                                     build::Options& options) const;
    [[nodiscard]] std::string boardOfConfig() const;
    void noteBoardOfConfig(const std::string& board) const;
};

} // namespace romsmith::cli
