// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/followed.h"

namespace romsmith::recipe {

Followed::Followed(const tree::Node& folder, const tree::SourceLink& link)
{
    std::string missing; // a folder with all that is in it
    for (const auto& inside : link.contents) {
        if (!missing.empty() && inside.starts_with(missing)) {
            continue;
        }
        const bool isFolder = inside.ends_with('/');
        const auto path = isFolder ? inside.substr(0, inside.size() - 1) : inside;
        auto* node = nodeAt(folder, path);
        const auto* nodeLink = node ? node->state().link.get() : nullptr;
        const bool isThere = node && node->isFolder() == isFolder
            && (isFolder ? !nodeLink : nodeLink && nodeLink->path == link.path / std::filesystem::path(path));
        if (isThere) {
            m_nodes.insert(node);
            m_byPath.emplace(inside, node);
        } else {
            m_missing.push_back(path);
            missing = isFolder ? inside : std::string();
        }
    }
}

tree::Node* Followed::find(const std::string& inside) const
{
    const auto found = m_byPath.find(inside);
    return found == m_byPath.end() ? nullptr : found->second;
}

tree::Node* nodeAt(const tree::Node& folder, std::string_view path)
{
    const auto slash = path.find('/');
    auto* child = folder.child(path.substr(0, slash));
    return child && slash != std::string_view::npos ? nodeAt(*child, path.substr(slash + 1)) : child;
}

} // namespace romsmith::recipe
