// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tree/romtree.h"

#include <algorithm>
#include <format>
#include <random>

/// What the benchmarks work on.
namespace romsmith::bench {

inline constexpr std::size_t entryCount = 10'000;
inline constexpr std::size_t folderCount = 100;
inline constexpr std::uint64_t imageSize = 24ULL * 1024 * 1024;

inline romfs::Content randomContent(std::size_t size)
{
    static std::mt19937 generator(1);
    std::vector<std::byte> bytes(size);
    std::ranges::generate(bytes, [] { return static_cast<std::byte>(generator() & 0xffU); });
    return romfs::Content::own(std::move(bytes));
}

inline void add(tree::RomTree& tree, std::vector<std::unique_ptr<tree::Node>> nodes)
{
    auto edit = tree.add(tree.root(), std::move(nodes), tree::ClashPolicy::Refuse);
    tree.apply(*edit);
}

inline tree::RomTree treeOf(std::vector<std::unique_ptr<tree::Node>> nodes)
{
    tree::RomTree tree;
    add(tree, std::move(nodes));
    return tree;
}

/// 10,000 entries in 100 folders, a tenth of the files models, that take 24 MiB together.
inline tree::RomTree manyFiles()
{
    constexpr auto filesInFolder = entryCount / folderCount - 1;
    constexpr auto contentSize = imageSize / (folderCount * filesInFolder) - 40; // less what names and headers take
    const auto shared = randomContent(contentSize + 100);
    std::vector<std::unique_ptr<tree::Node>> folders;
    for (std::size_t i = 0; i < folderCount; ++i) {
        auto folder = tree::Node::folder(std::format("package{:02}", i));
        for (std::size_t j = 0; j < filesInFolder; ++j) {
            folder->append(tree::Node::file(std::format("module{:02}.{}", j, j % 10 == 0 ? "tflite" : "py"),
                                            shared.slice(j, contentSize)));
        }
        folders.push_back(std::move(folder));
    }
    return treeOf(std::move(folders));
}

} // namespace romsmith::bench
