// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "core/sources/firmwaretree.h"

#include <optional>

/// The recipes that OpenMV's firmware builds its ROMFS images by: boards/BOARD/romfs_config.json.
namespace romsmith::sources {

[[nodiscard]] bool isRomfsConfig(const std::filesystem::path& path);

/// The id of the known board that the folder of the file is named after; empty if there is none.
[[nodiscard]] std::string boardOfRomfsConfig(const std::filesystem::path& path);

/// What goes into one partition.
struct ConfigPartition
{
    std::uint32_t index = 0;
    std::optional<std::uint64_t> size; ///< bytes
    Loaded content; ///< in the order of the recipe; what the firmware's build would convert first is left out
};

struct RomfsConfig
{
    std::string board; ///< see boardOfRomfsConfig()
    std::vector<ConfigPartition> partitions; ///< in the order of their numbers

    [[nodiscard]] ConfigPartition* partition(std::uint32_t index);
};

/// The files that a recipe names, all content in memory. {TOP} is the folder of the firmware's source and {BUILD} that
/// of its build; what is not @p set is guessed.
[[nodiscard]] Result<RomfsConfig> loadRomfsConfig(const std::filesystem::path& path, const FirmwareFolders& set,
                                                  const std::stop_token& stop = {});

} // namespace romsmith::sources
