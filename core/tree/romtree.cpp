// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/romtree.h"

#include "core/romfs/names.h"
#include "core/tree/editbuilder.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <ranges>

namespace romsmith::tree {
namespace {

void flattenInto(FlatTree& flat, Node& folder, const AlignmentRules& rules)
{
    for (const auto& child : folder.children()) {
        const auto index = flat.entries.size();
        const auto& state = child->state();
        flat.nodes.push_back(child.get());
        flat.entries.push_back({.type = child->type(),
                                .defect = child->defect(),
                                .subtreeEnd = 0,
                                .alignment = child->isFile() ? child->wantedAlignment(rules).value : 1,
                                .name = state.name,
                                .content = state.content,
                                .extra = state.extra,
                                .origin = state.origin});
        flattenInto(flat, *child, rules);
        flat.entries[index].subtreeEnd = static_cast<std::uint32_t>(flat.entries.size());
    }
}

Result<void> checkIsPart(const Node& node, std::string_view what)
{
    if (!node.parent()) {
        return fail(ErrorCode::InvalidArgument, std::format("The image itself cannot be {}.", what));
    }
    return {};
}

Result<void> checkIsFolder(const Node& parent)
{
    if (!parent.isFolder()) {
        return fail(
            ErrorCode::InvalidArgument,
            std::format("\"{}\" is not a folder; nothing can be put into it.", romfs::printable(parent.path())));
    }
    return {};
}

Result<void> checkMovable(const Node& node, const Node& parent)
{
    if (auto folder = checkIsFolder(parent); !folder) {
        return folder;
    }
    if (parent.isInside(node)) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("\"{}\" cannot be moved into itself.", romfs::printable(node.path())));
    }
    return checkIsPart(node, "moved").and_then([&] { return checkDepth(node, parent); });
}

} // namespace

RomTree::RomTree()
    : m_root(Node::folder({}))
{ }

RomTree::RomTree(romfs::Image image)
    : RomTree()
{
    m_source = std::move(image.source);
    std::vector<Node*> open{m_root.get()};
    std::vector<std::uint32_t> ends{static_cast<std::uint32_t>(image.entries.size())};
    for (std::uint32_t i = 0; i < image.entries.size(); ++i) {
        while (ends.back() <= i) {
            open.pop_back();
            ends.pop_back();
        }
        auto& entry = image.entries[i];
        auto& node = open.back()->append(std::make_unique<Node>(entry.type,
                                                                NodeState{.name = std::move(entry.name),
                                                                          .content = std::move(entry.content),
                                                                          .extra = std::move(entry.extra),
                                                                          .alignmentOverride = {},
                                                                          .foundAlignment = entry.alignment,
                                                                          .compile = {},
                                                                          .origin = entry.origin},
                                                                entry.defect));
        if (entry.type == romfs::EntryType::Directory) {
            open.push_back(&node);
            ends.push_back(entry.subtreeEnd);
        }
    }
}

RomTree::RomTree(std::unique_ptr<Node> root)
    : m_root(std::move(root))
{ }

Node* RomTree::find(std::string_view path) const
{
    Node* node = m_root.get();
    for (const auto part : path | std::views::split('/')) {
        if (const std::string_view name(part); node && !name.empty()) {
            node = node->child(name);
        }
    }
    return node;
}

FlatTree RomTree::flatten(const AlignmentRules& rules) const
{
    FlatTree flat;
    std::size_t count = 0;
    forEachInside(*m_root, [&count](const Node&) { ++count; });
    flat.nodes.reserve(count);
    flat.entries.reserve(count);
    flattenInto(flat, *m_root, rules);
    return flat;
}

romfs::LayoutOptions RomTree::layoutOptions(const AlignmentRules& rules, romfs::Style style) const
{
    return {.style = style, .directoryAlignment = std::max(rules.largest(), 4U), .source = m_source};
}

Result<Edit> RomTree::rename(Node& node, std::string name) const
{
    if (auto part = checkIsPart(node, "renamed"); !part) {
        return std::unexpected(part.error());
    }
    return relocate(node, *node.parent(), std::move(name));
}

Result<Edit> RomTree::relocate(Node& node, Node& parent, std::string name) const
{
    if (auto movable = checkMovable(node, parent); !movable) {
        return std::unexpected(movable.error());
    }
    if (node.isRaw()) {
        return fail(ErrorCode::InvalidArgument, "These are records without a name; they cannot be renamed.");
    }
    EditBuilder builder;
    if (name != node.name() || &parent != node.parent()) {
        if (auto allowed = checkNewName(parent, name, &node); !allowed) {
            return std::unexpected(allowed.error());
        }
    }
    if (name != node.name()) {
        auto state = node.state();
        state.name = std::move(name);
        builder.change(node, std::move(state));
    }
    if (&parent != node.parent()) {
        builder.moveToEnd(node, parent);
    }
    return builder.take();
}

Result<Edit> RomTree::newFolder(Node& parent, std::string name) const
{
    std::vector<std::unique_ptr<Node>> nodes;
    nodes.push_back(Node::folder(std::move(name)));
    if (auto allowed = checkNewName(parent, nodes.front()->name()); !allowed) {
        return std::unexpected(allowed.error());
    }
    return add(parent, std::move(nodes), ClashPolicy::Refuse);
}

Result<Edit> RomTree::replaceContent(Node& file, romfs::Content content, std::shared_ptr<const SourceLink> link) const
{
    if (!file.isFile()) {
        return fail(
            ErrorCode::InvalidArgument,
            std::format("Only a file's content can be replaced; \"{}\" is none.", romfs::printable(file.path())));
    }
    EditBuilder builder;
    builder.replace(file, std::move(content), std::move(link));
    return builder.take();
}

Result<Edit> RomTree::remove(std::span<Node* const> nodes) const
{
    EditBuilder builder;
    for (auto* node : nodes) {
        if (auto part = checkIsPart(*node, "deleted"); !part) {
            return std::unexpected(part.error());
        }
    }
    builder.remove(nodes);
    auto edit = builder.take();
    edit.m_subjects.assign(nodes.begin(), nodes.end());
    return edit;
}

Result<Edit> RomTree::add(Node& parent, std::vector<std::unique_ptr<Node>> nodes, ClashPolicy policy,
                          std::optional<std::size_t> row) const
{
    if (auto folder = checkIsFolder(parent); !folder) {
        return std::unexpected(folder.error());
    }
    EditBuilder builder;
    const auto* before = row && *row < parent.children().size() ? parent.children()[*row].get() : nullptr;
    if (auto done = builder.add(parent, std::move(nodes), policy, before); !done) {
        return std::unexpected(done.error());
    }
    return builder.take();
}

Result<Edit> RomTree::duplicate(std::span<Node* const> nodes) const
{
    for (const auto* node : nodes) {
        if (auto part = checkIsPart(*node, "duplicated"); !part) {
            return std::unexpected(part.error());
        }
    }
    EditBuilder builder;
    const auto originals = withoutNested(nodes);
    for (std::size_t i = 0; i < originals.size();) {
        auto& folder = *originals[i]->parent();
        std::vector<std::unique_ptr<Node>> copies;
        std::size_t behind = 0; // the row
        do {
            copies.push_back(originals[i]->copy());
            behind = originals[i]->row() + 1;
            ++i;
        } while (i < originals.size() && originals[i]->parent() == &folder && originals[i]->row() == behind);
        const auto* before = behind < folder.children().size() ? folder.children()[behind].get() : nullptr;
        if (auto done = builder.add(folder, std::move(copies), ClashPolicy::FreeName, before); !done) {
            return std::unexpected(done.error());
        }
    }
    return builder.take();
}

std::vector<Clash> RomTree::clashes(const Node& parent, std::span<const std::unique_ptr<Node>> nodes)
{
    std::vector<Clash> clashes;
    collectClashes(parent, nodes, clashes);
    return clashes;
}

Result<Edit> RomTree::move(std::span<Node* const> nodes, Node& parent, std::optional<std::size_t> row,
                           ClashPolicy policy) const
{
    for (auto* node : nodes) {
        if (auto movable = checkMovable(*node, parent); !movable) {
            return std::unexpected(movable.error());
        }
    }
    EditBuilder builder;
    if (auto done = builder.move(nodes, parent, row, policy); !done) {
        return std::unexpected(done.error());
    }
    return builder.take();
}

Edit RomTree::sortByName(Node& folder) const
{
    EditBuilder builder;
    builder.sortByName(folder);
    return builder.take();
}

Result<Edit> RomTree::setAlignment(std::span<Node* const> files, std::optional<std::uint32_t> alignment) const
{
    if (alignment && !isValidAlignment(*alignment)) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} is not an alignment: it must be a power of two from 1 to {}.", *alignment,
                                romfs::maxAlignment));
    }
    EditBuilder builder;
    for (auto* file : files) {
        const bool isSet = file->state().alignmentOverride == alignment && file->state().foundAlignment == 1;
        if (!file->isFile() || isSet) {
            continue;
        }
        auto state = file->state();
        state.alignmentOverride = alignment;
        state.foundAlignment = 1;
        builder.change(*file, std::move(state));
    }
    return builder.take();
}

Edit RomTree::setCompile(std::span<Node* const> nodes, std::optional<bool> compile) const
{
    EditBuilder builder;
    for (auto* node : nodes) {
        if (node->state().compile != compile && !node->isRaw()) {
            auto state = node->state();
            state.compile = compile;
            builder.change(*node, std::move(state));
        }
    }
    return builder.take();
}

Edit RomTree::link(Node& node, std::shared_ptr<const SourceLink> link) const
{
    EditBuilder builder;
    builder.link(node, std::move(link));
    return builder.take();
}

Edit RomTree::replaceAll(RomTree other) const
{
    Edit edit;
    const auto add = [&](std::size_t count, std::vector<std::unique_ptr<Node>> absent) {
        if (count > 0) {
            edit.m_steps.emplace_back(
                detail::PresenceStep{.parent = m_root.get(), .row = 0, .count = count, .absent = std::move(absent)});
        }
    };
    add(m_root->children().size(), {});
    edit.m_steps.emplace_back(detail::SourceStep{.other = std::move(other.m_source)});
    edit.m_steps.emplace_back(detail::StateStep{.node = m_root.get(), .other = other.m_root->state()});
    auto nodes = other.m_root->takeChildren();
    const auto count = nodes.size();
    add(count, std::move(nodes));
    return edit;
}

Edit RomTree::layOutAnew() const
{
    EditBuilder builder;
    // One changed node is enough: an image is either written as it was or laid out as a whole.
    if (!m_root->children().empty()) {
        auto& first = *m_root->children().front();
        builder.change(first, first.state());
    }
    return builder.take();
}

void Edit::append(Edit other)
{
    std::ranges::move(other.m_steps, std::back_inserter(m_steps));
    m_subjects.insert(m_subjects.end(), other.m_subjects.begin(), other.m_subjects.end());
}

void RomTree::apply(Edit& edit)
{
    for (auto& step : edit.m_steps) {
        std::visit([this](auto& s) { toggle(s); }, step);
    }
}

void RomTree::undo(Edit& edit)
{
    for (auto& step : edit.m_steps | std::views::reverse) {
        std::visit([this](auto& s) { toggle(s); }, step);
    }
}

void RomTree::toggle(detail::PresenceStep& step)
{
    auto& parent = *step.parent;
    const auto begin = parent.m_children.begin() + static_cast<std::ptrdiff_t>(step.row);
    if (step.absent.empty()) {
        if (m_observer) {
            m_observer->aboutToRemove(parent, step.row, step.count);
        }
        const auto end = begin + static_cast<std::ptrdiff_t>(step.count);
        step.absent.assign(std::move_iterator(begin), std::move_iterator(end));
        parent.m_children.erase(begin, end);
        parent.renumber(step.row);
        if (m_observer) {
            m_observer->removed();
        }
        return;
    }
    if (m_observer) {
        m_observer->aboutToInsert(parent, step.row, step.count);
    }
    for (const auto& node : step.absent) {
        node->m_parent = &parent;
    }
    parent.m_children.insert(begin, std::move_iterator(step.absent.begin()), std::move_iterator(step.absent.end()));
    parent.renumber(step.row);
    step.absent.clear();
    if (m_observer) {
        m_observer->inserted();
    }
}

void RomTree::toggle(detail::StateStep& step)
{
    std::swap(step.node->m_state, step.other);
    if (m_observer) {
        m_observer->changed(*step.node);
    }
}

void RomTree::toggle(detail::MoveStep& step)
{
    auto& from = *step.node->m_parent;
    auto& to = *step.parent;
    const auto fromRow = step.node->m_row;
    if (m_observer) {
        m_observer->aboutToMove(*step.node, to, step.row);
    }
    auto node = std::move(from.m_children[fromRow]);
    from.m_children.erase(from.m_children.begin() + static_cast<std::ptrdiff_t>(fromRow));
    from.renumber(fromRow);
    node->m_parent = &to;
    to.m_children.insert(to.m_children.begin() + static_cast<std::ptrdiff_t>(step.row), std::move(node));
    to.renumber(step.row);
    step.parent = &from;
    step.row = fromRow;
    if (m_observer) {
        m_observer->moved();
    }
}

void RomTree::toggle(detail::OrderStep& step)
{
    auto& children = step.parent->m_children;
    if (m_observer) {
        m_observer->aboutToReorder(*step.parent);
    }
    std::vector<std::unique_ptr<Node>> ordered(children.size());
    std::vector<std::size_t> inverse(children.size());
    for (std::size_t row = 0; row < children.size(); ++row) {
        ordered[row] = std::move(children[step.order[row]]);
        inverse[step.order[row]] = row;
    }
    children = std::move(ordered);
    step.order = std::move(inverse);
    step.parent->renumber(0);
    if (m_observer) {
        m_observer->reordered(*step.parent);
    }
}

std::string RomTree::freeName(const Node& parent, const std::string& wanted)
{
    auto name = wanted;
    for (int i = 2; parent.child(name); ++i) {
        name = numberedName(wanted, i);
    }
    return name;
}

Result<void> checkNewName(const Node& parent, std::string_view name, const Node* except)
{
    for (const auto& problem : romfs::checkName(name)) {
        if (problem.severity == romfs::Severity::Error) {
            return fail(ErrorCode::InvalidName, problem.reason);
        }
    }
    if (const auto* other = parent.child(name); other && other != except) {
        return fail(ErrorCode::AlreadyExists,
                    std::format("\"{}\" exists already in {}. Choose another name.", romfs::printable(name),
                                parent.parent() ? "\"" + romfs::printable(parent.path()) + "\"" : "this folder"));
    }
    return {};
}

} // namespace romsmith::tree
