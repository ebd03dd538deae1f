// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/compose.h"

#include "core/recipe/followed.h"
#include "core/romfs/names.h"
#include "core/sources/disk.h"
#include "core/sources/filter.h"
#include "core/sources/outward.h"
#include "core/sources/qtbytes.h"
#include "core/sources/wholefile.h"

#include <algorithm>
#include <format>
#include <unordered_set>

namespace romsmith::recipe {
namespace {

namespace fs = std::filesystem;

/// Larger ones would make a recipe that nobody wants to read.
constexpr std::uint64_t largestInline = 4096;

std::unexpected<Error> cannotHold(const tree::Node& node, std::string_view why)
{
    return fail(
        ErrorCode::InvalidArgument,
        std::format("\"{}\" cannot be kept in a recipe: {} Nothing was written.", romfs::printable(node.path()), why));
}

bool hasWishes(const tree::Node& node)
{
    return node.state().alignmentOverride || node.state().compile;
}

class Composer
{
public:
    Composer(const build::Options& options, fs::path file)
        : m_file(std::move(file))
        , m_rules(options.alignmentRules())
    {
        m_composition.recipe.options = options;
    }

    Result<Composition> run(const tree::Node& root)
    {
        if (auto done = addFolder(root); !done) {
            return std::unexpected(done.error());
        }
        return std::move(m_composition);
    }

private:
    /// A path of this computer as a recipe has it; empty if it cannot.
    std::string fromOf(const tree::SourceLink& link) const
    {
        const auto relative = link.path.lexically_proximate(m_file.parent_path()).generic_string();
        return romfs::isUtf8(relative) ? relative : std::string();
    }

    static Item itemFor(const tree::Node& node)
    {
        return {.path = node.path(),
                .isFolder = node.isFolder(),
                .align = node.state().alignmentOverride,
                .compile = node.state().compile};
    }

    void add(Item item) { m_composition.recipe.items.push_back(std::move(item)); }

    Result<void> addFolder(const tree::Node& folder)
    {
        const auto& link = folder.state().link;
        const bool isLinked = link && !fromOf(*link).empty();
        if (isLinked) {
            auto item = itemFor(folder);
            item.from = fromOf(*link);
            item.includes = link->includes;
            item.excludes = link->excludes;
            const Followed followed(folder, *link);
            m_followed.insert(followed.nodes().begin(), followed.nodes().end());
            std::ranges::transform(followed.missing(), std::back_inserter(item.excludes), sources::Globs::exactly);
            add(std::move(item));
        } else if (hasWishes(folder)
                   || (folder.children().empty() && folder.parent() && !m_followed.contains(&folder))) {
            add(itemFor(folder));
        }
        std::unordered_set<std::string_view> names;
        for (const auto& child : folder.children()) {
            if (!child->isRaw() && !names.insert(child->name()).second) {
                return cannotHold(*child, "its name occurs twice in its folder. Rename one of them.");
            }
            if (auto done = addNode(*child); !done) {
                return done;
            }
        }
        addOrder(folder);
        return {};
    }

    Result<void> addNode(const tree::Node& node)
    {
        if (node.defect() != romfs::Defect::None) {
            return cannotHold(node, "it is a broken record. Remove it, or save an image.");
        }
        if (node.state().extra) {
            return cannotHold(node, "it has records that are neither files nor folders. Save an image.");
        }
        if (!romfs::isUtf8(node.name())) {
            return cannotHold(node, "its name is not UTF-8. Rename it.");
        }
        if (node.isFolder()) {
            return addFolder(node);
        }
        if (m_followed.contains(&node)) {
            if (hasWishes(node)) {
                add(itemFor(node));
            }
            return {};
        }
        if (node.isRaw()) {
            add({.path = node.parent()->path(), .isFolder = true, .content = node.content(), .isRecords = true});
            return {};
        }
        return addFile(node);
    }

    Result<void> addFile(const tree::Node& file)
    {
        auto item = itemFor(file);
        if (const auto wanted = file.wantedAlignment(m_rules); wanted.reason == tree::AlignmentReason::Found) {
            item.align = wanted.value;
        }
        const auto& link = file.state().link;
        if (link && !fromOf(*link).empty()) {
            item.from = fromOf(*link);
        } else if (link && !link->problem.empty()) {
            add(std::move(item)); // there is nothing but the wishes
            return {};
        } else if (file.content().size() <= largestInline) {
            item.content = file.content();
        } else {
            const auto path = companionFolder(m_file) / companionName(file);
            item.from = fromOf({.path = path});
            m_composition.companions.push_back({.path = path, .content = file.content()});
        }
        if (item.from.empty() && !item.content) {
            return cannotHold(file, "the path of the recipe is not UTF-8. Save it elsewhere.");
        }
        add(std::move(item));
        return {};
    }

    /// The path in the image, if a computer can have such files.
    fs::path companionName(const tree::Node& file) const
    {
        for (const auto* at = &file; at->parent(); at = at->parent()) {
            if (!sources::isSafe(at->name())) {
                return std::format("{}.bin", m_composition.companions.size());
            }
        }
        return file.path();
    }

    /// Says in which order a folder's children are, if reading the recipe would bring them into another one: what comes
    /// from the disk sorted, then the rest as it is written.
    void addOrder(const tree::Node& folder)
    {
        std::vector<std::string> order;
        std::vector<std::string> followed;
        std::vector<std::string> others;
        for (const auto& child : folder.children()) {
            if (!child->isRaw()) {
                order.push_back(child->name());
                (m_followed.contains(child.get()) ? followed : others).push_back(child->name());
            }
        }
        std::ranges::sort(followed);
        std::ranges::move(others, std::back_inserter(followed));
        if (order != followed) {
            add({.path = folder.path(), .isFolder = true, .order = std::move(order)});
        }
    }

    fs::path m_file;
    tree::AlignmentRules m_rules;
    Composition m_composition;
    std::unordered_set<const tree::Node*> m_followed; ///< that a link of a folder around them gives
};

bool isThere(const Companion& companion)
{
    const auto there = sources::loadFile(companion.path, sources::Loading::Snapshot);
    return there && romfs::sameBytes(*there, companion.content);
}

Result<void> write(const fs::path& path, QByteArrayView bytes)
{
    return sources::writeWhole(path, [&](QIODevice& file) -> Result<void> {
        if (!sources::writeAll(file, bytes)) {
            return fail(ErrorCode::CannotWrite, file.errorString().toStdString());
        }
        return {};
    });
}

} // namespace

Result<Composition> compose(const tree::Node& root, const build::Options& options, const fs::path& file)
{
    return Composer(options, fs::absolute(file).lexically_normal()).run(root);
}

Result<void> save(const fs::path& file, const Composition& composition)
{
    for (const auto& companion : composition.companions) {
        if (isThere(companion)) {
            continue;
        }
        std::error_code error;
        fs::create_directories(companion.path.parent_path(), error); // writing says why it failed
        const auto bytes = companion.content.readAll();
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        if (auto written = write(companion.path, std::as_bytes(std::span(*bytes))); !written) {
            return written;
        }
    }
    return write(file, toJson(composition.recipe));
}

} // namespace romsmith::recipe
