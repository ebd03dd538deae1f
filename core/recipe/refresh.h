// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"
#include "core/tree/romtree.h"

#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

/// What became of the files that a tree was read from.
namespace romsmith::recipe {

using Link = std::shared_ptr<const tree::SourceLink>;

/// The links of everything in a tree, its root included, that lead anywhere.
[[nodiscard]] std::vector<Link> linksIn(const tree::Node& root);

/// For each link that leads to something else than what was read. @p leaveOut is no part of a linked folder.
[[nodiscard]] std::map<Link, tree::SourceChange>
changes(std::span<const Link> links, const std::vector<sources::Skipped>& leaveOut, const std::stop_token& stop);

/// What a link of a node leads to now.
struct Reread
{
    tree::Node* node = nullptr;
    Link old;
    Result<sources::Loaded> now; ///< one node
};

[[nodiscard]] Reread readAgain(tree::Node* node, Link link, const std::vector<sources::Skipped>& leaveOut,
                               const std::stop_token& stop);

struct Refreshed
{
    tree::Edit edit;
    std::vector<std::string> problems; ///< sentences
};

/// Brings nodes of a tree up to date with what their links lead to now. What was changed by hand stays so: what was
/// deleted is not brought back, and what was put in the place of a file is not replaced.
[[nodiscard]] Refreshed refresh(std::vector<Reread> reread);

} // namespace romsmith::recipe
