// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <filesystem>

namespace romsmith::recipe {

/// A file that is in the tree alone and too large to be written into the recipe: it is to lie beside it.
struct Companion
{
    std::filesystem::path path; ///< absolute
    romfs::Content content;
};

struct Composition
{
    Recipe recipe;
    std::vector<Companion> companions;
};

/// The recipe that makes this tree again from the same files, to be written to @p file. What came from files and
/// folders of this computer is named by their paths, the rest is in the recipe itself or in the folder "NAME.files"
/// beside it. Fails for what a recipe cannot hold.
[[nodiscard]] Result<Composition> compose(const tree::Node& root, const build::Options& options,
                                          const std::filesystem::path& file);

/// Writes the recipe and what is to lie beside it, each file whole or not at all, the recipe last.
[[nodiscard]] Result<void> save(const std::filesystem::path& file, const Composition& composition);

} // namespace romsmith::recipe
