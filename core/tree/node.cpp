// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/node.h"

#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <algorithm>
#include <utility>

namespace romsmith::tree {

std::unique_ptr<Node> Node::file(std::string name, romfs::Content content)
{
    NodeState state;
    state.name = std::move(name);
    state.content = std::move(content);
    return std::make_unique<Node>(romfs::EntryType::File, std::move(state));
}

std::unique_ptr<Node> Node::folder(std::string name)
{
    NodeState state;
    state.name = std::move(name);
    return std::make_unique<Node>(romfs::EntryType::Directory, std::move(state));
}

Node* Node::child(std::string_view name) const
{
    const auto found = std::ranges::find_if(
        m_children, [&](const std::unique_ptr<Node>& child) { return !child->isRaw() && child->name() == name; });
    return found == m_children.end() ? nullptr : found->get();
}

bool Node::isInside(const Node& ancestor) const
{
    const Node* node = this;
    while (node && node != &ancestor) {
        node = node->m_parent;
    }
    return node != nullptr;
}

std::string Node::path() const
{
    if (!m_parent) {
        return {};
    }
    auto path = m_parent->path();
    path += path.empty() ? "" : "/";
    path += m_state.name;
    return path;
}

std::string pathInside(const Node& node, const Node& folder)
{
    std::string path = node.name();
    for (const auto* at = node.parent(); at && at != &folder; at = at->parent()) {
        path.insert(0, at->name() + "/");
    }
    return node.isFolder() ? path + "/" : path;
}

namespace {

bool isNestedImage(const Node& node)
{
    return node.isFile() && (romfs::hasExtension(node.name(), "img") || romfs::hasExtension(node.name(), "romfs"))
        && romfs::hasMagic(node.content().bytes());
}

} // namespace

WantedAlignment Node::wantedAlignment(const AlignmentRules& rules) const
{
    if (m_state.alignmentOverride) {
        return {.value = *m_state.alignmentOverride, .reason = AlignmentReason::Override};
    }
    const auto rule = rules.ruleFor(m_state.name);
    const auto ruled = rule.value_or(rules.otherwise());
    const auto wanted = isNestedImage(*this) ? std::max(ruled, rules.largest()) : ruled;
    if (m_state.foundAlignment > wanted) {
        return {.value = m_state.foundAlignment, .reason = AlignmentReason::Found};
    }
    if (wanted > ruled) {
        return {.value = wanted, .reason = AlignmentReason::Nested};
    }
    return {.value = wanted, .reason = rule ? AlignmentReason::Rule : AlignmentReason::Default};
}

Node& Node::append(std::unique_ptr<Node> child)
{
    child->m_parent = this;
    child->m_row = m_children.size();
    return *m_children.emplace_back(std::move(child));
}

std::vector<std::unique_ptr<Node>> Node::takeChildren()
{
    for (const auto& child : m_children) {
        child->m_parent = nullptr;
        child->m_row = 0;
    }
    return std::exchange(m_children, {});
}

void Node::forgetOrigin()
{
    m_state.origin.reset();
    for (const auto& child : m_children) {
        child->forgetOrigin();
    }
}

std::unique_ptr<Node> Node::copy() const
{
    auto state = m_state;
    state.origin.reset();
    auto copied = std::make_unique<Node>(m_type, std::move(state), m_defect);
    for (const auto& child : m_children) {
        copied->append(child->copy());
    }
    return copied;
}

void Node::renumber(std::size_t from)
{
    for (auto row = from; row < m_children.size(); ++row) {
        m_children[row]->m_row = row;
    }
}

} // namespace romsmith::tree
