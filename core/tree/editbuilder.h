// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"

#include <unordered_map>
#include <unordered_set>

namespace romsmith::tree {

/// Puts the steps of one Edit together. It plays every step through on lists of children of its own, so that each row
/// number is the one that holds when the step is applied.
class EditBuilder
{
public:
    void change(Node& node, NodeState state);
    void replace(Node& file, romfs::Content content, std::shared_ptr<const SourceLink> link);
    void link(Node& node, std::shared_ptr<const SourceLink> link);
    void remove(std::span<Node* const> nodes);
    /// At the end, or in front of a child.
    [[nodiscard]] Result<void> add(Node& parent, std::vector<std::unique_ptr<Node>> nodes, ClashPolicy policy,
                                   const Node* before = nullptr);
    [[nodiscard]] Result<void> move(std::span<Node* const> nodes, Node& parent, std::optional<std::size_t> row,
                                    ClashPolicy policy);

    void sortByName(Node& folder);
    void moveToEnd(Node& node, Node& parent) { moveOne(node, parent, nullptr); }

    [[nodiscard]] Edit take() { return std::move(m_edit); }

private:
    using Children = std::vector<Node*>;
    using Names = std::unordered_map<std::string, Node*>; ///< null for what is about to be added or has gone

    Children& childrenOf(const Node& parent);
    Node* parentOf(const Node& node) const;
    const std::string& nameOf(const Node& node) const;
    Node* childNamed(const Node& parent, std::string_view name);
    std::string freeName(const Node& parent, const std::string& wanted);
    Names& namesIn(const Node& parent);
    const Node* nextOf(const Node& node); ///< null for the last child
    void insert(Node& parent, std::vector<std::unique_ptr<Node>> nodes, const Node* before);
    void moveOne(Node& node, Node& parent, const Node* before);
    Result<void> moveInto(Node& node, Node& parent, const Node*& before, ClashPolicy policy);
    void takeLink(Node& file, const Node& newcomer);
    Result<void> mergeFolder(Node& folder, Node& into, ClashPolicy policy);

    Edit m_edit;
    std::unordered_map<const Node*, Children> m_children;
    std::unordered_map<const Node*, Names> m_names; ///< of folders that are added to: they may be large
    std::unordered_map<const Node*, Node*> m_newParents;
    std::unordered_map<const Node*, std::string> m_newNames;
    std::unordered_set<const Node*>
        m_held; ///< what this edit moves, merges or replaces, and all around it: cannot give way
};

/// Fails when folders would be nested deeper than an image can be read again, were @p node in @p parent.
[[nodiscard]] Result<void> checkDepth(const Node& node, const Node& parent);

/// Nodes without those that are inside another one of them, in the order of the tree.
[[nodiscard]] std::vector<Node*> withoutNested(std::span<Node* const> nodes);

/// Adds what is in @p parent where @p nodes would be and what is not a folder on both sides.
void collectClashes(const Node& parent, std::span<const std::unique_ptr<Node>> nodes, std::vector<Clash>& clashes);

/// "model.tflite" and 2 give "model_2.tflite".
[[nodiscard]] std::string numberedName(const std::string& name, int number);

} // namespace romsmith::tree
