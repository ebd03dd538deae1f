// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"
#include "core/tree/romtree.h"

#include <string>
#include <vector>

namespace romsmith::cli {

/// Adds files, and the content of folders and archives, to the top of a tree, and names on stderr what is left out.
[[nodiscard]] Result<void> addSources(tree::RomTree& tree, const std::vector<std::string>& sources,
                                      const sources::LoadOptions& loading);

} // namespace romsmith::cli
