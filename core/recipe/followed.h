// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/node.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace romsmith::recipe {

/// What in a folder of the tree is what its link brought, and what of that is not there any more.
class Followed
{
public:
    Followed(const tree::Node& folder, const tree::SourceLink& link);

    [[nodiscard]] bool contains(const tree::Node* node) const { return m_nodes.contains(node); }
    [[nodiscard]] const std::unordered_set<const tree::Node*>& nodes() const { return m_nodes; }

    /// By a path as in tree::SourceLink::contents; null for what is not there, or not as the link brought it.
    [[nodiscard]] tree::Node* find(const std::string& inside) const;

    /// Paths without a slash at the end; what is in a folder that is missing is not named.
    [[nodiscard]] const std::vector<std::string>& missing() const { return m_missing; }

private:
    std::unordered_set<const tree::Node*> m_nodes;
    std::unordered_map<std::string, tree::Node*> m_byPath;
    std::vector<std::string> m_missing;
};

/// The file or folder at a path below @p folder, or null.
[[nodiscard]] tree::Node* nodeAt(const tree::Node& folder, std::string_view path);

} // namespace romsmith::recipe
