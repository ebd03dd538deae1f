// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/sources/disk.h"

#include <filesystem>
#include <memory>
#include <stop_token>

namespace romsmith::recipe {

/// What a recipe makes of the files of this computer.
struct Project
{
    build::Options options;
    std::unique_ptr<tree::Node> root;
    std::vector<sources::Skipped> skipped; ///< of the folders that it names
};

/// Reads a recipe and all that it names. What cannot be read stands in the tree without content, and its link says why:
/// only a recipe that is broken itself is an error. @p instead is as of parse().
[[nodiscard]] Result<Project> open(const std::filesystem::path& file, sources::Loading loading,
                                   const std::stop_token& stop = {}, const std::optional<build::Target>& instead = {});

/// The recipe alone, without what it names; see parse().
[[nodiscard]] Result<Recipe> read(const std::filesystem::path& file, const std::optional<build::Target>& instead = {});

/// What is in the folder of a recipe and no part of what it names.
[[nodiscard]] std::vector<sources::Skipped> notPartOf(const std::filesystem::path& recipe);

/// True for files with the suffix of recipes.
[[nodiscard]] bool isRecipe(const std::filesystem::path& file);

} // namespace romsmith::recipe
