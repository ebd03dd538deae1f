// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Edits of a tree, driven by bytes: what the property tests and the fuzzer share.
namespace romsmith::test {

class Script
{
public:
    explicit Script(std::span<const std::uint8_t> bytes)
        : m_bytes(bytes)
    { }

    bool isAtEnd() const { return m_bytes.empty(); }

    std::uint8_t next()
    {
        if (m_bytes.empty()) {
            return 0;
        }
        const auto byte = m_bytes.front();
        m_bytes = m_bytes.subspan(1);
        return byte;
    }

    std::size_t below(std::size_t end) { return end == 0 ? 0 : next() % end; }

    /// Few names, so that they clash; some that must be refused.
    std::string name()
    {
        static constexpr std::array<std::string_view, 14> names{
            "a", "b", "c", "lib", "lib", "a.py", "a.mpy", "A.PY", "m.tflite", "n.bin", "", "..", "a/b", "\xff"};
        return std::string(names.at(below(names.size())));
    }

    romfs::Content content()
    {
        const auto size = next();
        return romfs::Content::own(std::vector<std::byte>(size, static_cast<std::byte>(next())));
    }

    std::unique_ptr<tree::Node> node(int depth = 0)
    {
        if (depth > 2 || next() % 3 != 0) {
            auto called = name();
            return tree::Node::file(std::move(called), content());
        }
        auto folder = tree::Node::folder(name());
        for (auto count = below(4); count > 0; --count) {
            // Duplicates inside what is added are taken over, as copies of foreign folders are; none are made here.
            if (auto child = node(depth + 1); !folder->child(child->name())) {
                folder->append(std::move(child));
            }
        }
        return folder;
    }

    tree::ClashPolicy policy()
    {
        return std::array{tree::ClashPolicy::Refuse, tree::ClashPolicy::Replace, tree::ClashPolicy::KeepBoth,
                          tree::ClashPolicy::Skip}
            .at(below(4));
    }

private:
    std::span<const std::uint8_t> m_bytes;
};

inline std::vector<tree::Node*> allNodes(const tree::RomTree& tree)
{
    std::vector<tree::Node*> nodes{&tree.root()};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const auto& child : nodes[i]->children()) {
            nodes.push_back(child.get());
        }
    }
    return nodes;
}

/// Asks for one edit; about half of them are refused.
inline Result<tree::Edit> nextEdit(const tree::RomTree& tree, Script& script)
{
    const auto all = allNodes(tree);
    const auto any = [&] { return all[script.below(all.size())]; };
    const auto folder = [&]() -> tree::Node& {
        auto* node = any();
        return node->isFolder() ? *node : node->parent() ? *node->parent() : tree.root();
    };
    const auto several = [&] {
        std::vector<tree::Node*> nodes;
        for (auto count = script.below(4) + 1; count > 0; --count) {
            nodes.push_back(any());
        }
        return nodes;
    };
    switch (script.below(10)) {
    // What the script gives is taken in order: compilers differ in which argument comes first.
    case 0: {
        auto& node = *any();
        return tree.rename(node, script.name());
    }
    case 1: {
        auto& node = *any();
        auto& parent = folder();
        return tree.relocate(node, parent, script.name());
    }
    case 2: {
        auto& parent = folder();
        return tree.newFolder(parent, script.name());
    }
    case 3: {
        auto& node = *any();
        return tree.replaceContent(node, script.content());
    }
    case 4:
        return tree.remove(several());
    case 5: {
        auto& parent = folder();
        std::vector<std::unique_ptr<tree::Node>> nodes;
        for (auto count = script.below(4) + 1; count > 0; --count) {
            nodes.push_back(script.node());
        }
        return tree.add(parent, std::move(nodes), script.policy());
    }
    case 6: {
        if (all.size() > 100) { // copies of copies would double the tree again and again
            return tree.remove(several());
        }
        auto& parent = folder();
        std::vector<std::unique_ptr<tree::Node>> nodes;
        nodes.push_back(any()->copy());
        return tree.add(parent, std::move(nodes), script.policy());
    }
    case 7:
    case 8: {
        auto nodes = several();
        auto& parent = folder();
        const auto row = script.below(parent.children().size() + 2);
        return tree.move(nodes, parent, row > parent.children().size() ? std::nullopt : std::optional(row),
                         script.policy());
    }
    default:
        switch (script.below(6)) {
        case 0:
            return tree.layOutAnew();
        case 1:
            return tree.sortByName(folder());
        case 2:
            return tree.setAlignment(several(), {});
        default: {
            const auto nodes = several();
            return tree.setAlignment(nodes, std::uint32_t{1} << script.below(18));
        }
        }
    }
}

} // namespace romsmith::test
