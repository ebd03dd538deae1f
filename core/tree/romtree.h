// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/layout.h"
#include "core/tree/node.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace romsmith::tree {

/// Is told of every change to a tree, step by step, before and after it happens.
class TreeObserver
{
public:
    TreeObserver() = default;
    TreeObserver(const TreeObserver&) = delete;
    TreeObserver& operator=(const TreeObserver&) = delete;
    virtual ~TreeObserver() = default;

    virtual void aboutToInsert(Node& parent, std::size_t row, std::size_t count) = 0;
    virtual void inserted() = 0;
    virtual void aboutToRemove(Node& parent, std::size_t row, std::size_t count) = 0;
    virtual void removed() = 0;
    /// @p row is where the node will be among the children of @p to once it has left its place.
    virtual void aboutToMove(Node& node, Node& to, std::size_t row) = 0;
    virtual void moved() = 0;
    /// The children of @p parent change places among themselves.
    virtual void aboutToReorder(Node& parent) = 0;
    virtual void reordered(Node& parent) = 0;
    virtual void changed(Node& node) = 0;
};

/// What happens when something is added or moved to where its name is taken already.
enum class ClashPolicy : std::uint8_t {
    Refuse,
    Replace, ///< files give way; folders merge
    KeepBoth, ///< a file gets a free name; folders merge
    FreeName, ///< whatever it is gets a free name
    Skip,
};

/// Something that is in the way of something else.
struct Clash
{
    const Node* present;
    const Node* coming;
};

namespace detail {

/// Each step turns into its inverse when it is applied.
struct PresenceStep
{
    Node* parent;
    std::size_t row;
    std::size_t count;
    std::vector<std::unique_ptr<Node>> absent; ///< the nodes while they are not in the tree
};
struct StateStep
{
    Node* node;
    NodeState other;
};
struct MoveStep
{
    Node* node;
    Node* parent;
    std::size_t row;
};
struct OrderStep
{
    Node* parent;
    std::vector<std::size_t> order; ///< which row comes first, second ...
};
struct SourceStep
{
    std::shared_ptr<const romfs::Source> other;
};
using Step = std::variant<PresenceStep, StateStep, MoveStep, OrderStep, SourceStep>;

} // namespace detail

/// One gesture of the user: applied and undone as a whole, any number of times, at the cost of a few pointers.
class Edit
{
public:
    Edit() = default;
    Edit(Edit&&) noexcept = default;
    Edit& operator=(Edit&&) noexcept = default;
    Edit(const Edit&) = delete;
    Edit& operator=(const Edit&) = delete;
    ~Edit() = default;

    [[nodiscard]] bool isEmpty() const { return m_steps.empty(); }

    /// Nodes that the edit brings into the tree, changes or takes out, for selecting those that are there afterwards.
    [[nodiscard]] const std::vector<Node*>& subjects() const { return m_subjects; }

    /// Does more in the same gesture: something that does not depend on what this edit does.
    void append(Edit other);

private:
    friend class RomTree;
    friend class EditBuilder;

    std::vector<detail::Step> m_steps;
    std::vector<Node*> m_subjects;
};

/// A tree's content in the order of the image, ready for planning and writing.
struct FlatTree
{
    std::vector<romfs::Entry> entries;
    std::vector<Node*> nodes; ///< the node of each entry
};

/// What the user edits. Operations check what is asked and give an Edit that has not been applied yet.
/// An Edit may only be applied to the state of the tree that it was made for, and undone in reverse order.
class RomTree
{
public:
    RomTree();
    explicit RomTree(romfs::Image image);
    explicit RomTree(std::unique_ptr<Node> root); ///< a folder without a name

    [[nodiscard]] Node& root() const { return *m_root; }
    [[nodiscard]] const std::shared_ptr<const romfs::Source>& source() const { return m_source; }

    /// The file or folder at "lib/pkg/x.py"; the root for an empty path; null if there is none.
    [[nodiscard]] Node* find(std::string_view path) const;

    [[nodiscard]] FlatTree flatten(const AlignmentRules& rules) const;
    [[nodiscard]] romfs::LayoutOptions layoutOptions(const AlignmentRules& rules, romfs::Style style) const;

    [[nodiscard]] Result<Edit> rename(Node& node, std::string name) const;

    /// Moves a node into a folder under a new name.
    [[nodiscard]] Result<Edit> relocate(Node& node, Node& parent, std::string name) const;
    [[nodiscard]] Result<Edit> newFolder(Node& parent, std::string name) const;

    /// @p link: where the content comes from, if from a file of this computer.
    [[nodiscard]] Result<Edit> replaceContent(Node& file, romfs::Content content,
                                              std::shared_ptr<const SourceLink> link = {}) const;
    [[nodiscard]] Result<Edit> remove(std::span<Node* const> nodes) const;

    /// Adds subtrees in front of the child at @p row of @p parent, or at its end. What is in a folder that is there
    /// already merges into it, unless the policy is FreeName; a file that is there with the same content stays.
    [[nodiscard]] Result<Edit> add(Node& parent, std::vector<std::unique_ptr<Node>> nodes, ClashPolicy policy,
                                   std::optional<std::size_t> row = {}) const;

    /// Puts copies of nodes behind them, under free names; neighbours stay together.
    [[nodiscard]] Result<Edit> duplicate(std::span<Node* const> nodes) const;

    /// What add() would find taken by a file with other content, or by a folder where a file is to be.
    [[nodiscard]] static std::vector<Clash> clashes(const Node& parent, std::span<const std::unique_ptr<Node>> nodes);

    /// Moves nodes in front of the child at @p row of @p parent, or to its end.
    [[nodiscard]] Result<Edit> move(std::span<Node* const> nodes, Node& parent, std::optional<std::size_t> row,
                                    ClashPolicy policy) const;

    /// Sorts a folder and all folders in it by the bytes of the names, as builders do.
    [[nodiscard]] Edit sortByName(Node& folder) const;

    /// Overrides the alignment of files, or goes back to the rules.
    [[nodiscard]] Result<Edit> setAlignment(std::span<Node* const> files, std::optional<std::uint32_t> alignment) const;

    /// Says for files, and for all files in folders, whether Python is compiled or kept; or leaves it to what is around
    /// them.
    [[nodiscard]] Edit setCompile(std::span<Node* const> nodes, std::optional<bool> compile) const;

    /// Says where a file or folder, or all of the tree, comes from.
    [[nodiscard]] Edit link(Node& node, std::shared_ptr<const SourceLink> link) const;

    /// Puts another image in the place of everything; it is as it was read, then.
    [[nodiscard]] Edit replaceAll(romfs::Image image) const { return replaceAll(RomTree(std::move(image))); }
    [[nodiscard]] Edit replaceAll(RomTree other) const;

    /// Gives up the layout that the image was read with, so that everything is laid out anew.
    [[nodiscard]] Edit layOutAnew() const;

    void apply(Edit& edit);
    void undo(Edit& edit);

    void setObserver(TreeObserver* observer) { m_observer = observer; }

    /// A name like @p wanted that no child of @p parent has.
    [[nodiscard]] static std::string freeName(const Node& parent, const std::string& wanted);

private:
    void toggle(detail::PresenceStep& step);
    void toggle(detail::StateStep& step);
    void toggle(detail::MoveStep& step);
    void toggle(detail::OrderStep& step);
    void toggle(detail::SourceStep& step) { std::swap(m_source, step.other); }

    std::unique_ptr<Node> m_root;
    std::shared_ptr<const romfs::Source> m_source;
    TreeObserver* m_observer = nullptr;
};

/// Fails with a sentence when @p name cannot be given to something in @p parent; @p except may have it already.
[[nodiscard]] Result<void> checkNewName(const Node& parent, std::string_view name, const Node* except = nullptr);

} // namespace romsmith::tree
