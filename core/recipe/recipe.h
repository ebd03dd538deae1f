// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/plan.h"
#include "core/error.h"
#include "core/romfs/content.h"

#include <QByteArray>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Projects: what an image is made of and how, as a JSON file that people can read, write and keep in git.
namespace romsmith::recipe {

/// What is put at one place of the image, or said of what is there already. Later items go over earlier ones.
struct Item
{
    std::string path; ///< in the image; empty for its top
    bool isFolder = false; ///< written with a slash at the end

    /// Where it comes from, below the recipe's folder unless absolute; empty for what is not of this computer. A folder
    /// stands for what is in it.
    std::string from = {};
    std::vector<std::string> includes = {}; ///< globs for a folder
    std::vector<std::string> excludes = {};

    std::optional<romfs::Content> content = {}; ///< of a small file that is in the recipe itself
    bool isRecords = false; ///< the content is records that are neither file nor folder, with their headers

    std::vector<std::string> order = {}; ///< names of a folder's children that go first, in this order
    std::optional<std::uint32_t> align = {};
    std::optional<bool> compile = {};
};

struct Recipe
{
    build::Options options;
    std::optional<std::uint32_t> partition = {}; ///< as it is written, also where no board is
    std::vector<Item> items;
};

/// The suffix of recipes.
inline constexpr std::string_view suffix = ".romsmith";

/// Where files lie that are too large for the recipe and of no other place: "app.files" beside "app.romsmith".
[[nodiscard]] std::filesystem::path companionFolder(const std::filesystem::path& recipe);

/// @p name is how the recipe is called in messages. CannotRead if it is no recipe. The target @p instead takes the
/// place of the one that is written, of which this computer need not know the board then.
[[nodiscard]] Result<Recipe> parse(const QByteArray& json, std::string_view name,
                                   const std::optional<build::Target>& instead = {});

/// The same bytes for the same recipe, one line for each item.
[[nodiscard]] QByteArray toJson(const Recipe& recipe);

} // namespace romsmith::recipe
