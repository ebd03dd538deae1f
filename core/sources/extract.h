// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sources/disk.h"
#include "core/tree/node.h"

#include <filesystem>
#include <span>

namespace romsmith::sources {

struct ExtractOptions
{
    bool overwrite = false; ///< files that are there are replaced; nothing else ever is
};

struct Extracted
{
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<Skipped> skipped; ///< what has a name that this computer cannot or should not hold
};

/// Writes nodes with all that is in them below @p directory, each under its whole path. Never writes outside it,
/// whatever the names are and wherever links in it lead. Everything is checked before the first file is written; it
/// fails with ErrorCode::AlreadyExists for a file that overwriting would replace.
[[nodiscard]] Result<Extracted> extract(std::span<const tree::Node* const> nodes,
                                        const std::filesystem::path& directory, const ExtractOptions& options,
                                        const std::stop_token& stop = {});

} // namespace romsmith::sources
