// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// An image and a script of edits. The input is the size of the image (two bytes, little-endian), the image, the script.
#include "core/tree/romtree.h"
#include "tests/core/editscript.h"
#include "tests/core/mirror.h"
#include "tests/fuzz/fuzz.h"

#include <ranges>

namespace romsmith::fuzz {
namespace {

tree::RomTree treeOf(std::span<const std::uint8_t> image)
{
    auto read = romfs::read(romfs::Content::copyOf(std::as_bytes(image)));
    return read ? tree::RomTree(std::move(*read)) : tree::RomTree();
}

struct Written
{
    romfs::Layout layout;
    std::optional<std::vector<std::byte>> bytes; ///< nothing if they would be too many
};

Written writtenFrom(const tree::RomTree& tree, romfs::Style style)
{
    const auto rules = tree::AlignmentRules::openMv();
    const auto flat = tree.flatten(rules);
    Written written{.layout = romfs::Layout::plan(flat.entries, tree.layoutOptions(rules, style)), .bytes = {}};
    if (written.layout.totalSize() <= mostBytes) {
        auto bytes = romfs::write(flat.entries, written.layout);
        require(bytes && bytes->size() == written.layout.totalSize(), "an image takes the room that was planned");
        written.bytes = std::move(*bytes);
    }
    return written;
}

void requireEqual(const Written& a, const Written& b, std::string_view what)
{
    require(a.layout.totalSize() == b.layout.totalSize() && a.bytes == b.bytes, what);
}

} // namespace
} // namespace romsmith::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace romsmith;
    const std::span input(data, size);
    if (size < 2) {
        return 0;
    }
    const auto imageSize = std::min<std::size_t>(data[0] + data[1] * 256UL, size - 2);
    auto tree = fuzz::treeOf(input.subspan(2, imageSize));
    test::Script script(input.subspan(2 + imageSize));

    const auto style = tree.source() ? tree.source()->style : romfs::Style::OpenMv;
    const auto first = fuzz::writtenFrom(tree, style);
    test::Mirror mirror(tree);
    std::vector<tree::Edit> done;
    while (!script.isAtEnd() && done.size() < 100) {
        auto edit = test::nextEdit(tree, script);
        if (!edit) {
            fuzz::require(!edit.error().message.empty(), "an error says what is wrong");
            continue;
        }
        tree.apply(*edit);
        mirror.compare();
        for (const auto* subject : edit->subjects()) {
            fuzz::require(subject->isInside(tree.root()), "what an edit is about is in the tree");
        }
        done.push_back(std::move(*edit));
    }
    const auto last = fuzz::writtenFrom(tree, style);
    for (auto& edit : done | std::views::reverse) {
        tree.undo(edit);
    }
    mirror.compare();
    fuzz::requireEqual(fuzz::writtenFrom(tree, style), first, "undoing everything gives the first image");
    for (auto& edit : done) {
        tree.apply(edit);
    }
    mirror.compare();
    fuzz::requireEqual(fuzz::writtenFrom(tree, style), last, "redoing everything gives the last image");
    return 0;
}
