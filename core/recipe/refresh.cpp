// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/refresh.h"

#include "core/recipe/followed.h"
#include "core/romfs/names.h"
#include "core/tree/editbuilder.h"

#include <algorithm>
#include <format>
#include <set>
#include <unordered_set>

namespace romsmith::recipe {
namespace {

namespace fs = std::filesystem;

sources::LoadOptions optionsFor(const tree::SourceLink& link, sources::Loading loading,
                                const std::vector<sources::Skipped>& leaveOut)
{
    return {.loading = loading, .excludes = link.excludes, .includes = link.includes, .leaveOut = leaveOut};
}

bool isFolderLink(const tree::SourceLink& link)
{
    std::error_code error;
    return !link.contents.empty() || fs::is_directory(link.path, error);
}

std::string changeOfFolder(const tree::SourceLink& link, const sources::Loaded& now)
{
    const auto& folder = *now.nodes.front();
    if (!folder.isFolder()) {
        return std::format("\"{}\" is not a folder any more.", sources::shown(link.path));
    }
    std::set<std::string> found;
    tree::forEachInside(folder, [&](const tree::Node& node) { found.insert(tree::pathInside(node, folder)); });
    const std::set<std::string> known(link.contents.begin(), link.contents.end());
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(found, known, std::back_inserter(differing));
    if (differing.empty()) {
        return {};
    }
    const auto& first = differing.front();
    return std::format("\"{}\" has changed: {} is {}{}.", sources::shown(link.path), romfs::printable(first),
                       found.contains(first) ? "new" : "gone",
                       differing.size() == 1 ? "" : std::format(", and there is more", differing.size() - 1));
}

tree::SourceChange changeOf(const tree::SourceLink& link, const std::vector<sources::Skipped>& leaveOut,
                            const std::stop_token& stop)
{
    // Streamed, so that contents are not read.
    const auto now = sources::load(link.path, optionsFor(link, sources::Loading::Streamed, leaveOut), stop);
    if (!link.problem.empty()) {
        return {.what = now ? std::format("\"{}\" is there now.", sources::shown(link.path)) : std::string()};
    }
    if (!now) {
        return now.error().code == ErrorCode::Cancelled ? tree::SourceChange()
                                                        : tree::SourceChange{now.error().message, true};
    }
    if (isFolderLink(link)) {
        return {.what = changeOfFolder(link, *now)};
    }
    const auto& found = now->nodes.front()->state().link;
    const bool isSame = found && found->size == link.size && found->modified == link.modified;
    return {.what = isSame ? std::string() : std::format("\"{}\" has changed.", sources::shown(link.path))};
}

bool isInside(const fs::path& path, const fs::path& folder)
{
    return std::ranges::mismatch(folder, path).in1 == folder.end();
}

/// A folder that has changed says of all that is gone from it, and refreshes it.
void eraseToldByFolders(std::map<Link, tree::SourceChange>& changed)
{
    std::vector<fs::path> folders;
    for (const auto& [link, change] : changed) {
        if (!link->contents.empty()) {
            folders.push_back(link->path);
        }
    }
    std::erase_if(changed, [&](const auto& entry) {
        const auto& [link, change] = entry;
        const auto isAround = [&path = link->path](const fs::path& folder) { return isInside(path, folder); };
        return change.isGone && link->contents.empty() && std::ranges::any_of(folders, isAround);
    });
}

/// What of a folder is to be added or replaced: what is new there, and what is followed and has changed.
std::vector<std::unique_ptr<tree::Node>> pruned(const tree::Node& folder, const std::string& below,
                                                const std::set<std::string>& known, const tree::Node& top,
                                                const Followed& followed)
{
    std::vector<std::unique_ptr<tree::Node>> kept;
    for (const auto& child : folder.children()) {
        const auto path = below + child->name() + (child->isFolder() ? "/" : "");
        const auto* there = nodeAt(top, below + child->name());
        if (there ? !followed.contains(there) : known.contains(path)) {
            continue; // changed or deleted by hand
        }
        if (!child->isFolder()) {
            kept.push_back(child->copy());
        } else if (auto inside = pruned(*child, path, known, top, followed); !inside.empty() || !there) {
            auto copy = tree::Node::folder(child->name());
            for (auto& node : inside) {
                copy->append(std::move(node));
            }
            kept.push_back(std::move(copy));
        }
    }
    return kept;
}

class Refresher
{
public:
    void refreshFolder(tree::Node& node, const tree::SourceLink& old, const tree::Node& now)
    {
        const Followed followed(node, old);
        m_done.insert(followed.nodes().begin(), followed.nodes().end());
        const std::set<std::string> known(old.contents.begin(), old.contents.end());
        const auto& link = now.state().link;
        const std::set<std::string> found(link->contents.begin(), link->contents.end());
        std::vector<tree::Node*> gone;
        for (const auto& path : old.contents) {
            if (auto* there = followed.find(path); there && !found.contains(path)) {
                gone.push_back(there);
            }
        }
        m_builder.remove(gone);
        m_gone.insert(gone.begin(), gone.end());
        addInOrder(node, pruned(now, {}, known, node, followed));
        if (*link != old) {
            m_builder.link(node, link);
        }
    }

    void refreshFile(tree::Node& node, const tree::Node& now)
    {
        const auto& link = now.state().link;
        if (m_done.contains(&node) || (node.state().link && *node.state().link == *link)) {
            return;
        }
        romfs::sameBytes(node.content(), now.content()) ? m_builder.link(node, link)
                                                        : m_builder.replace(node, now.content(), link);
    }

    void refresh(const Reread& reread)
    {
        const auto& [node, old, loaded] = reread;
        if (!loaded) {
            if (!m_done.contains(node)) {
                m_problems.push_back(loaded.error().message);
            }
            return;
        }
        const auto& now = *loaded->nodes.front();
        if (node->isFolder() != now.isFolder()) {
            m_problems.push_back(std::format("\"{}\" is a {} now. Delete \"{}\" and add it again.",
                                             sources::shown(old->path), now.isFolder() ? "folder" : "file",
                                             romfs::printable(node->path())));
        } else if (node->isFolder()) {
            refreshFolder(*node, *old, now);
        } else {
            refreshFile(*node, now);
        }
    }

    Refreshed take() { return {.edit = m_builder.take(), .problems = std::move(m_problems)}; }

private:
    /// What is new goes to its place in folders that are sorted, as if all had been read at once.
    void addInOrder(tree::Node& folder, std::vector<std::unique_ptr<tree::Node>> nodes)
    {
        const bool isSorted = std::ranges::is_sorted(folder.children(), {},
                                                     [](const auto& child) -> const auto& { return child->name(); });
        for (auto& node : nodes) {
            auto* there = folder.child(node->name());
            if (there && there->isFolder() && node->isFolder()) {
                addInOrder(*there, node->takeChildren());
                continue;
            }
            const auto next = std::ranges::find_if(folder.children(), [&](const auto& child) {
                return isSorted && !m_gone.contains(child.get()) && child->name() > node->name();
            });
            const auto* before = next == folder.children().end() ? nullptr : next->get();
            std::vector<std::unique_ptr<tree::Node>> one;
            one.push_back(std::move(node));
            if (auto added = m_builder.add(folder, std::move(one), tree::ClashPolicy::Replace, before); !added) {
                m_problems.push_back(added.error().message);
            }
        }
    }

    tree::EditBuilder m_builder;
    std::unordered_set<const tree::Node*> m_done; ///< by the folder that brought them
    std::unordered_set<const tree::Node*> m_gone;
    std::vector<std::string> m_problems;
};

} // namespace

std::vector<Link> linksIn(const tree::Node& root)
{
    std::vector<Link> links;
    const auto add = [&](const tree::Node& node) {
        if (const auto& link = node.state().link; link && !link->path.empty()) {
            links.push_back(link);
        }
    };
    add(root);
    tree::forEachInside(root, add);
    return links;
}

std::map<Link, tree::SourceChange> changes(std::span<const Link> links, const std::vector<sources::Skipped>& leaveOut,
                                           const std::stop_token& stop)
{
    std::map<Link, tree::SourceChange> changed;
    for (const auto& link : links) {
        if (stop.stop_requested()) {
            break;
        }
        if (auto change = changeOf(*link, leaveOut, stop); !change.what.empty()) {
            changed.emplace(link, std::move(change));
        }
    }
    eraseToldByFolders(changed);
    return changed;
}

Reread readAgain(tree::Node* node, Link link, const std::vector<sources::Skipped>& leaveOut,
                 const std::stop_token& stop)
{
    auto now = sources::load(link->path, optionsFor(*link, sources::Loading::Snapshot, leaveOut), stop);
    return {.node = node, .old = std::move(link), .now = std::move(now)};
}

Refreshed refresh(std::vector<Reread> reread)
{
    // Folders first: what they bring up to date needs nothing more.
    std::ranges::stable_partition(reread, [](const Reread& one) { return one.node->isFolder(); });
    Refresher refresher;
    for (const auto& one : reread) {
        refresher.refresh(one);
    }
    return refresher.take();
}

} // namespace romsmith::recipe
