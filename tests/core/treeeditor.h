// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"
#include "tests/core/helpers.h"
#include "tests/core/mirror.h"

#include <gtest/gtest.h>

#include <format>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of edits share: trees to edit, and an editor that keeps watch.
namespace romsmith::test {

using Nodes = std::vector<std::unique_ptr<tree::Node>>;

inline std::unique_ptr<tree::Node> file(std::string name, std::string_view characters = "new")
{
    return tree::Node::file(std::move(name), content(characters));
}

template <typename... Children> std::unique_ptr<tree::Node> folder(std::string name, Children... children)
{
    auto node = tree::Node::folder(std::move(name));
    (node->append(std::move(children)), ...);
    return node;
}

template <typename... Each> Nodes nodes(Each... each)
{
    Nodes all;
    (all.push_back(std::move(each)), ...);
    return all;
}

/// "a.py lib/ lib/x.py=new ?": what is in the tree, new files with their content.
inline std::string listing(const tree::RomTree& tree)
{
    std::string all;
    tree::forEachInside(tree.root(), [&](const tree::Node& node) {
        all += all.empty() ? "" : " ";
        all += node.path();
        all += node.isRaw() ? "?" : node.isFolder() ? "/" : "";
        if (node.isFile() && !node.state().origin) {
            all += std::format("={}", textOf(node.content()));
        }
    });
    return all;
}

/// A tree with a history of edits. Every step is repeated by a mirror and compared with it.
class Editor
{
public:
    explicit Editor(Blob image)
        : m_original(std::move(image))
        , m_tree(readBlob(m_original))
        , m_mirror(m_tree)
    { }

    explicit Editor(std::span<const romfs::Entry> entries)
        : Editor(written(entries, compact()))
    { }

    tree::RomTree& operator*() { return m_tree; }
    tree::RomTree* operator->() { return &m_tree; }

    tree::Node& at(std::string_view path)
    {
        auto* node = m_tree.find(path);
        if (!node) {
            throw std::runtime_error(std::format("\"{}\" is not in the tree", path));
        }
        return *node;
    }

    std::vector<tree::Node*> all(std::initializer_list<std::string_view> paths)
    {
        std::vector<tree::Node*> found;
        for (const auto path : paths) {
            found.push_back(&at(path));
        }
        return found;
    }

    /// Applies an edit, undoes it and applies it again; the listing must follow.
    std::string apply(tree::Edit edit)
    {
        const auto before = listing(m_tree);
        m_tree.apply(edit);
        m_mirror.compare();
        const auto after = listing(m_tree);
        m_tree.undo(edit);
        m_mirror.compare();
        EXPECT_EQ(listing(m_tree), before) << "undone";
        m_tree.apply(edit);
        m_mirror.compare();
        EXPECT_EQ(listing(m_tree), after) << "redone";
        for (const auto* subject : edit.subjects()) {
            EXPECT_TRUE(subject->isInside(m_tree.root())) << subject->name();
        }
        m_done.push_back(std::move(edit));
        return after;
    }

    std::string apply(Result<tree::Edit> edit) { return apply(must(std::move(edit))); }

    void undoAll()
    {
        for (auto& edit : m_done | std::views::reverse) {
            m_tree.undo(edit);
        }
        m_mirror.compare();
    }

    const tree::Edit& last() const { return m_done.back(); }
    std::size_t events() const { return m_mirror.events(); }
    const Blob& original() const { return m_original; }

    Blob image(const tree::AlignmentRules& rules = tree::AlignmentRules::none(), std::optional<romfs::Style> style = {})
    {
        const auto flat = m_tree.flatten(rules);
        const auto options = m_tree.layoutOptions(rules, style.value_or(m_tree.source()->style));
        return must(romfs::write(flat.entries, romfs::Layout::plan(flat.entries, options)));
    }

private:
    Blob m_original;
    tree::RomTree m_tree;
    Mirror m_mirror;
    std::vector<tree::Edit> m_done;
};

inline Entries sample()
{
    Entries entries;
    entries.file("a.py", "1")
        .open("lib")
        .file("x.py", "2")
        .open("pkg")
        .file("y.py", "3")
        .close()
        .close()
        .file("z.txt", "4");
    return entries;
}

/// Unknown records at the root and in a folder, and a rest that cannot be read.
inline Blob foreign()
{
    return imageOf(fileWith("a", "1") + record(77, text("unknown"))
                       + directoryRecord("d", fileWith("b", "2") + hex("00 ff"))
                       + fileRecord("c", record(1, text("before")) + record(2, text("3"))) + hex("ff ff ff"),
                   16);
}

inline std::string refusal(const Result<tree::Edit>& edit)
{
    EXPECT_FALSE(edit.has_value());
    return messageOf(edit);
}

} // namespace romsmith::test
