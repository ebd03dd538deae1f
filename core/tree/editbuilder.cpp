// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/editbuilder.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <array>
#include <format>
#include <numeric>
#include <tuple>

namespace romsmith::tree {
namespace {

bool bothFolders(const Node& a, const Node& b)
{
    return a.isFolder() && b.isFolder();
}

bool isSameFile(const Node& a, const Node& b)
{
    return a.isFile() && b.isFile() && romfs::sameBytes(a.content(), b.content());
}

/// Records behind which nothing can be reached by the device: newcomers go in front of them.
bool endsLevel(const Node& node)
{
    switch (node.defect()) {
    case romfs::Defect::UnusedKind:
    case romfs::Defect::BrokenVaruint:
    case romfs::Defect::ValueTooLarge:
    case romfs::Defect::RecordOverrun:
        return true;
    default:
        return false;
    }
}

/// Where newcomers go: the end, or in front of records that hide what follows them.
std::ptrdiff_t endRow(const std::vector<Node*>& children)
{
    const bool hidden = !children.empty() && endsLevel(*children.back());
    return static_cast<std::ptrdiff_t>(children.size()) - (hidden ? 1 : 0);
}

Error taken(const Node& parent, const Node& other)
{
    return {.code = ErrorCode::AlreadyExists,
            .message = std::format("\"{}\" exists already in {}. Rename one of them, or choose to replace it.",
                                   romfs::printable(other.name()),
                                   parent.parent() ? "\"" + romfs::printable(parent.path()) + "\"" : "the image")};
}

Result<void> checkSubtree(const Node& node, const std::string& where)
{
    const auto path = where.empty() ? node.name() : where + "/" + node.name();
    if (!node.isRaw()) {
        for (const auto& problem : romfs::checkName(node.name())) {
            if (problem.severity == romfs::Severity::Error) {
                return fail(ErrorCode::InvalidName,
                            std::format("\"{}\" cannot be added. {}", romfs::printable(path), problem.reason));
            }
        }
    }
    for (const auto& child : node.children()) {
        if (auto checked = checkSubtree(*child, path); !checked) {
            return checked;
        }
    }
    return {};
}

/// How many folders are nested in @p node, itself included: 0 for a file.
std::size_t foldersDeep(const Node& node)
{
    std::size_t deepest = 0;
    for (const auto& child : node.children()) {
        deepest = std::max(deepest, foldersDeep(*child));
    }
    return deepest + (node.isFolder() ? 1 : 0);
}

/// The rows that lead from the root to a node; comparing them orders nodes as the image does.
void collectOutermost(const Node& folder, const std::unordered_set<const Node*>& chosen, std::vector<Node*>& outermost)
{
    for (const auto& child : folder.children()) {
        if (chosen.contains(child.get())) {
            outermost.push_back(child.get());
        } else {
            collectOutermost(*child, chosen, outermost);
        }
    }
}

} // namespace

Result<void> checkDepth(const Node& node, const Node& parent)
{
    auto depth = foldersDeep(node);
    for (const Node* folder = &parent; folder->parent(); folder = folder->parent()) {
        ++depth;
    }
    if (depth > romfs::maxDepth) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("\"{}\" cannot be put there: folders would be nested {} deep, and {} is the most.",
                                romfs::printable(node.name()), depth, romfs::maxDepth));
    }
    return {};
}

std::string numberedName(const std::string& name, int number)
{
    const auto dot = name.rfind('.');
    const auto stem = name.substr(0, dot == 0 ? std::string::npos : dot);
    return std::format("{}_{}{}", stem, number, name.substr(stem.size()));
}

std::vector<Node*> withoutNested(std::span<Node* const> nodes)
{
    if (nodes.size() <= 1) {
        return {nodes.begin(), nodes.end()};
    }
    const std::unordered_set<const Node*> chosen(nodes.begin(), nodes.end());
    auto* root = nodes.front();
    while (root->parent()) {
        root = root->parent();
    }
    if (chosen.contains(root)) {
        return {root};
    }
    std::vector<Node*> outermost;
    collectOutermost(*root, chosen, outermost);
    return outermost;
}

void collectClashes(const Node& parent, std::span<const std::unique_ptr<Node>> nodes, std::vector<Clash>& clashes)
{
    std::unordered_map<std::string_view, const Node*> present;
    for (const auto& child : parent.children()) {
        if (!child->isRaw()) {
            present.emplace(child->name(), child.get());
        }
    }
    for (const auto& node : nodes) {
        const auto found = present.find(node->name());
        if (found == present.end() || node->isRaw()) {
            continue;
        }
        if (bothFolders(*found->second, *node)) {
            collectClashes(*found->second, node->children(), clashes);
        } else if (!isSameFile(*found->second, *node)) {
            clashes.push_back({.present = found->second, .coming = node.get()});
        }
    }
}

void EditBuilder::change(Node& node, NodeState state)
{
    state.origin.reset();
    m_edit.m_steps.emplace_back(detail::StateStep{.node = &node, .other = std::move(state)});
    m_edit.m_subjects.push_back(&node);
}

void EditBuilder::replace(Node& file, romfs::Content content, std::shared_ptr<const SourceLink> link)
{
    auto state = file.state();
    state.content = std::move(content);
    state.link = std::move(link);
    state.extra.reset();
    state.foundAlignment = 1;
    change(file, std::move(state));
}

/// Of a newcomer with the same content, so that the file is known to be as it is on the disk.
void EditBuilder::takeLink(Node& file, const Node& newcomer)
{
    const auto& link = newcomer.state().link;
    const auto& known = file.state().link;
    if (link && known && link->path == known->path && *link != *known) {
        this->link(file, link);
    }
}

void EditBuilder::link(Node& node, std::shared_ptr<const SourceLink> link)
{
    auto state = node.state();
    state.link = std::move(link);
    m_edit.m_steps.emplace_back(detail::StateStep{.node = &node, .other = std::move(state)});
}

void EditBuilder::remove(std::span<Node* const> nodes)
{
    const auto outermost = withoutNested(nodes);
    // From the last to the first, runs of neighbours at once: the rows in front stay what they are.
    for (auto end = outermost.size(); end > 0;) {
        auto begin = end - 1;
        auto& parent = *parentOf(*outermost[begin]);
        while (begin > 0 && outermost[begin - 1]->parent() == &parent
               && outermost[begin - 1]->row() + 1 == outermost[begin]->row()) {
            --begin;
        }
        auto& children = childrenOf(parent);
        const auto first = std::ranges::find(children, outermost[begin]);
        const auto count = end - begin;
        m_edit.m_steps.emplace_back(detail::PresenceStep{.parent = &parent,
                                                         .row = static_cast<std::size_t>(first - children.begin()),
                                                         .count = count,
                                                         .absent = {}});
        children.erase(first, first + static_cast<std::ptrdiff_t>(count));
        end = begin;
    }
}

EditBuilder::Names& EditBuilder::namesIn(const Node& parent)
{
    const auto [place, isNew] = m_names.try_emplace(&parent);
    if (isNew) {
        for (auto* child : childrenOf(parent)) {
            if (!child->isRaw()) {
                place->second.emplace(nameOf(*child), child);
            }
        }
    }
    return place->second;
}

Result<void> EditBuilder::add(Node& parent, std::vector<std::unique_ptr<Node>> nodes, ClashPolicy policy,
                              const Node* before)
{
    auto& names = namesIn(parent);
    std::vector<std::unique_ptr<Node>> fresh;
    for (auto& node : nodes) {
        if (auto checked = checkSubtree(*node, parent.path()); !checked) {
            return checked;
        }
        if (auto checked = checkDepth(*node, parent); !checked) {
            return checked;
        }
        const auto found = node->isRaw() ? names.end() : names.find(node->name());
        if (found == names.end()) {
            names.emplace(node->name(), nullptr);
            fresh.push_back(std::move(node));
            continue;
        }
        auto* other = found->second;
        const bool needsName = policy == ClashPolicy::FreeName;
        if (other && bothFolders(*other, *node) && !needsName) {
            m_held.insert(other);
            if (auto merged = add(*other, node->takeChildren(), policy); !merged) {
                return merged;
            }
            continue;
        }
        if (policy == ClashPolicy::Skip) {
            continue;
        }
        if (other && isSameFile(*other, *node) && !needsName) {
            takeLink(*other, *node);
            continue;
        }
        if (policy == ClashPolicy::KeepBoth || needsName) {
            auto name = node->name();
            for (int i = 2; names.contains(name); ++i) {
                name = numberedName(node->name(), i);
            }
            names.emplace(name, nullptr);
            node->setName(std::move(name));
            fresh.push_back(std::move(node));
            continue;
        }
        // Two newcomers of one name cannot both replace.
        if (policy == ClashPolicy::Refuse || !other || !other->parent() || m_held.contains(other)) {
            return std::unexpected(taken(parent, *node));
        }
        if (other->isFile() && node->isFile()) {
            replace(*other, node->content(), node->state().link);
            m_held.insert(other);
        } else {
            before = before == other ? nextOf(*other) : before;
            remove(std::array{other});
            found->second = nullptr;
            fresh.push_back(std::move(node));
        }
    }
    insert(parent, std::move(fresh), before);
    return {};
}

Result<void> EditBuilder::move(std::span<Node* const> nodes, Node& parent, std::optional<std::size_t> row,
                               ClashPolicy policy)
{
    const auto moved = withoutNested(nodes);
    for (const Node* node : moved) {
        while (node && m_held.insert(node).second) {
            node = node->parent();
        }
    }
    const auto children = parent.children();
    auto position = row.value_or(children.size());
    while (position < children.size() && std::ranges::contains(moved, children[position].get())) {
        ++position;
    }
    const Node* before = position < children.size() ? children[position].get() : nullptr;
    for (auto* node : moved) {
        if (auto done = moveInto(*node, parent, before, policy); !done) {
            return done;
        }
    }
    return {};
}

Result<void> EditBuilder::moveInto(Node& node, Node& parent, const Node*& before, ClashPolicy policy)
{
    const bool stays = node.isRaw() || parentOf(node) == &parent;
    auto* other = stays ? nullptr : childNamed(parent, nameOf(node));
    if (!other) {
        moveOne(node, parent, before);
        return {};
    }
    if (bothFolders(node, *other) && policy != ClashPolicy::FreeName) {
        return mergeFolder(node, *other, policy);
    }
    switch (policy) {
    case ClashPolicy::Refuse:
        return std::unexpected(taken(parent, *other));
    case ClashPolicy::Skip:
        return {};
    case ClashPolicy::Replace:
        if (m_held.contains(other) || other->parent() != &parent) {
            return std::unexpected(taken(parent, *other));
        }
        before = before == other ? nextOf(*other) : before;
        remove(std::array{other});
        moveOne(node, parent, before);
        return {};
    case ClashPolicy::KeepBoth:
    case ClashPolicy::FreeName: {
        auto state = node.state();
        state.name = freeName(parent, state.name);
        m_newNames[&node] = state.name;
        change(node, std::move(state));
        moveOne(node, parent, before);
        return {};
    }
    }
    return {};
}

Result<void> EditBuilder::mergeFolder(Node& folder, Node& into, ClashPolicy policy)
{
    const auto children = childrenOf(folder);
    m_held.insert({&folder, &into});
    m_held.insert(children.begin(), children.end());
    const Node* before = nullptr;
    for (auto* child : children) {
        if (auto done = moveInto(*child, into, before, policy); !done) {
            return done;
        }
    }
    if (childrenOf(folder).empty()) {
        remove(std::array{&folder});
    }
    return {};
}

void EditBuilder::moveOne(Node& node, Node& parent, const Node* before)
{
    auto& from = childrenOf(*parentOf(node));
    const auto place = std::ranges::find(from, &node);
    const auto fromRow = place - from.begin();
    from.erase(place);
    auto& to = childrenOf(parent);
    const auto target = before ? std::ranges::find(to, before) : to.begin() + endRow(to);
    const auto row = target - to.begin();
    to.insert(target, &node);
    m_newParents[&node] = &parent;
    if (&from == &to && row == fromRow) {
        return;
    }
    m_edit.m_steps.emplace_back(
        detail::MoveStep{.node = &node, .parent = &parent, .row = static_cast<std::size_t>(row)});
    m_edit.m_subjects.push_back(&node);
}

void EditBuilder::sortByName(Node& folder)
{
    const auto children = folder.children();
    std::vector<std::size_t> order(children.size());
    std::ranges::iota(order, std::size_t{0});
    // Records that are neither files nor folders have no name to go by; they stay behind, those that end a level last.
    const auto key = [&](std::size_t row) {
        const auto& child = *children[row];
        return std::tuple(endsLevel(child)    ? 2
                              : child.isRaw() ? 1
                                              : 0,
                          child.isRaw() ? std::string_view() : std::string_view(child.name()));
    };
    std::ranges::stable_sort(order, {}, key);
    if (!std::ranges::is_sorted(order)) {
        m_edit.m_steps.emplace_back(detail::OrderStep{.parent = &folder, .order = std::move(order)});
    }
    for (const auto& child : children) {
        if (child->isFolder()) {
            sortByName(*child);
        }
    }
}

void EditBuilder::insert(Node& parent, std::vector<std::unique_ptr<Node>> nodes, const Node* before)
{
    if (nodes.empty()) {
        return;
    }
    auto& children = childrenOf(parent);
    const auto place = before ? std::ranges::find(children, before) : children.begin() + endRow(children);
    const auto row = place - children.begin();
    std::vector<Node*> added;
    added.reserve(nodes.size());
    for (const auto& node : nodes) {
        node->forgetOrigin();
        added.push_back(node.get());
        if (!node->isRaw()) {
            namesIn(parent)[node->name()] = node.get();
        }
    }
    children.insert(place, added.begin(), added.end());
    m_edit.m_subjects.insert(m_edit.m_subjects.end(), added.begin(), added.end());
    m_edit.m_steps.emplace_back(detail::PresenceStep{
        .parent = &parent, .row = static_cast<std::size_t>(row), .count = added.size(), .absent = std::move(nodes)});
}

EditBuilder::Children& EditBuilder::childrenOf(const Node& parent)
{
    const auto [place, isNew] = m_children.try_emplace(&parent);
    if (isNew) {
        place->second.reserve(parent.children().size());
        for (const auto& child : parent.children()) {
            place->second.push_back(child.get());
        }
    }
    return place->second;
}

Node* EditBuilder::parentOf(const Node& node) const
{
    const auto moved = m_newParents.find(&node);
    return moved == m_newParents.end() ? node.parent() : moved->second;
}

const std::string& EditBuilder::nameOf(const Node& node) const
{
    const auto renamed = m_newNames.find(&node);
    return renamed == m_newNames.end() ? node.name() : renamed->second;
}

Node* EditBuilder::childNamed(const Node& parent, std::string_view name)
{
    const auto& children = childrenOf(parent);
    const auto found
        = std::ranges::find_if(children, [&](const Node* child) { return !child->isRaw() && nameOf(*child) == name; });
    return found == children.end() ? nullptr : *found;
}

const Node* EditBuilder::nextOf(const Node& node)
{
    const auto& siblings = childrenOf(*parentOf(node));
    const auto next = std::next(std::ranges::find(siblings, &node));
    return next == siblings.end() ? nullptr : *next;
}

std::string EditBuilder::freeName(const Node& parent, const std::string& wanted)
{
    auto name = wanted;
    for (int i = 2; childNamed(parent, name); ++i) {
        name = numberedName(wanted, i);
    }
    return name;
}

} // namespace romsmith::tree
