// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"

#include <algorithm>
#include <format>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::test {

/// Repeats a tree from its events alone, as an item model does, and complains about every event that does not fit what
/// was told before. Throws std::logic_error.
class Mirror final : public tree::TreeObserver
{
public:
    explicit Mirror(tree::RomTree& tree)
        : m_tree(tree)
        , m_root(copyOf(tree.root()))
    {
        tree.setObserver(this);
    }

    ~Mirror() override { m_tree.setObserver(nullptr); }

    /// Compares with the tree; everything must have been told.
    void compare() const
    {
        require(m_pending == Pending::None, "an event was begun and not ended");
        compare(*m_root, m_tree.root());
    }

    std::size_t events() const { return m_events; }

    void aboutToInsert(tree::Node& parent, std::size_t row, std::size_t count) override
    {
        begin(Pending::Insert);
        m_to = find(parent);
        require(m_to, "inserting into something that is not in the tree");
        require(row <= m_to->children.size() && count > 0, "inserting at a row that does not exist");
        require(parent.children().size() == m_to->children.size(), "told after the insertion");
        m_row = row;
        m_count = count;
    }

    void inserted() override
    {
        end(Pending::Insert);
        for (std::size_t i = 0; i < m_count; ++i) {
            const auto& node = *m_to->node->children()[m_row + i];
            m_to->children.insert(at(*m_to, m_row + i), copyOf(node));
        }
        compareLevel(*m_to);
    }

    void aboutToRemove(tree::Node& parent, std::size_t row, std::size_t count) override
    {
        begin(Pending::Remove);
        m_to = find(parent);
        require(m_to, "removing from something that is not in the tree");
        require(row + count <= m_to->children.size() && count > 0, "removing rows that do not exist");
        require(parent.children().size() == m_to->children.size(), "told after the removal");
        m_row = row;
        m_count = count;
    }

    void removed() override
    {
        end(Pending::Remove);
        m_to->children.erase(at(*m_to, m_row), at(*m_to, m_row + m_count));
        compareLevel(*m_to);
    }

    void aboutToMove(tree::Node& node, tree::Node& to, std::size_t row) override
    {
        begin(Pending::Move);
        require(node.parent(), "moving the root or something that is not in the tree");
        m_from = find(*node.parent());
        m_to = find(to);
        require(m_from && m_to, "moving from or to something that is not in the tree");
        require(!to.isInside(node), "moving something into itself");
        m_fromRow = node.row();
        require(m_fromRow < m_from->children.size() && m_from->children[m_fromRow]->node == &node,
                "moving something that is elsewhere");
        require(row <= m_to->children.size() - (m_from == m_to ? 1 : 0), "moving to a row that does not exist");
        require(m_from != m_to || row != m_fromRow, "moving something to where it is");
        m_row = row;
    }

    void moved() override
    {
        end(Pending::Move);
        auto shadow = std::move(m_from->children[m_fromRow]);
        m_from->children.erase(at(*m_from, m_fromRow));
        m_to->children.insert(at(*m_to, m_row), std::move(shadow));
        compareLevel(*m_from);
        compareLevel(*m_to);
    }

    void aboutToReorder(tree::Node& parent) override
    {
        begin(Pending::Reorder);
        m_to = find(parent);
        require(m_to, "reordering something that is not in the tree");
        compareLevel(*m_to);
    }

    void reordered(tree::Node& parent) override
    {
        end(Pending::Reorder);
        require(m_to->node == &parent, "another folder was reordered");
        std::vector<std::unique_ptr<Shadow>> ordered;
        for (const auto& child : parent.children()) {
            const auto shadow = std::ranges::find_if(
                m_to->children, [&](const auto& candidate) { return candidate && candidate->node == child.get(); });
            require(shadow != m_to->children.end(), "reordering brought something in");
            ordered.push_back(std::move(*shadow));
        }
        require(ordered.size() == m_to->children.size(), "reordering lost something");
        m_to->children = std::move(ordered);
        compareLevel(*m_to);
    }

    void changed(tree::Node& node) override
    {
        require(m_pending == Pending::None, "a change inside another event");
        auto* shadow = find(node);
        require(shadow, "changing something that is not in the tree");
        shadow->name = node.name();
        shadow->size = node.content().size();
        ++m_events;
    }

private:
    struct Shadow
    {
        const tree::Node* node;
        std::string name;
        std::uint64_t size;
        std::vector<std::unique_ptr<Shadow>> children;
    };

    enum class Pending { None, Insert, Remove, Move, Reorder };

    static void require(bool condition, std::string_view complaint)
    {
        if (!condition) {
            throw std::logic_error(std::string(complaint));
        }
    }

    static std::unique_ptr<Shadow> copyOf(const tree::Node& node)
    {
        auto shadow = std::make_unique<Shadow>(
            Shadow{.node = &node, .name = node.name(), .size = node.content().size(), .children = {}});
        for (const auto& child : node.children()) {
            shadow->children.push_back(copyOf(*child));
        }
        return shadow;
    }

    static void compareLevel(const Shadow& shadow)
    {
        const auto children = shadow.node->children();
        require(children.size() == shadow.children.size(),
                std::format("\"{}\" has another number of children", shadow.name));
        for (std::size_t row = 0; row < children.size(); ++row) {
            require(children[row].get() == shadow.children[row]->node,
                    std::format("row {} of \"{}\" is another node", row, shadow.name));
            require(children[row]->row() == row, std::format("\"{}\" has a wrong row", children[row]->name()));
            require(children[row]->parent() == shadow.node,
                    std::format("\"{}\" has a wrong parent", children[row]->name()));
        }
    }

    static void compare(const Shadow& shadow, const tree::Node& node)
    {
        require(shadow.node == &node && shadow.name == node.name() && shadow.size == node.content().size(),
                std::format("\"{}\" changed without being told", node.name()));
        compareLevel(shadow);
        for (std::size_t row = 0; row < shadow.children.size(); ++row) {
            compare(*shadow.children[row], *node.children()[row]);
        }
    }

    /// Goes by the rows of the tree, which must be those of the mirror.
    Shadow* find(const tree::Node& node) const
    {
        if (&node == m_root->node) {
            return m_root.get();
        }
        auto* parent = node.parent() ? find(*node.parent()) : nullptr;
        if (!parent || node.row() >= parent->children.size()) {
            return nullptr;
        }
        auto* shadow = parent->children[node.row()].get();
        return shadow->node == &node ? shadow : nullptr;
    }

    static std::vector<std::unique_ptr<Shadow>>::iterator at(Shadow& shadow, std::size_t row)
    {
        return shadow.children.begin() + static_cast<std::ptrdiff_t>(row);
    }

    void begin(Pending what)
    {
        require(m_pending == Pending::None, "an event inside another one");
        m_pending = what;
        ++m_events;
    }

    void end(Pending what)
    {
        require(m_pending == what, "an event ended that was not begun");
        m_pending = Pending::None;
    }

    tree::RomTree& m_tree;
    std::unique_ptr<Shadow> m_root;
    Pending m_pending = Pending::None;
    Shadow* m_from = nullptr;
    Shadow* m_to = nullptr;
    std::size_t m_fromRow = 0;
    std::size_t m_row = 0;
    std::size_t m_count = 0;
    std::size_t m_events = 0;
};

} // namespace romsmith::test
