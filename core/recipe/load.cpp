// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/load.h"

#include "core/romfs/names.h"

#include <QFile>

#include <algorithm>
#include <format>
#include <map>
#include <ranges>
#include <unordered_map>

namespace romsmith::recipe {
namespace {

namespace fs = std::filesystem;

/// A node as long as later items may still change it.
struct Draft
{
    romfs::EntryType type = romfs::EntryType::Directory;
    tree::NodeState state;
    std::vector<std::unique_ptr<Draft>> children;
    std::unordered_map<std::string, Draft*> byName;

    Draft& add(romfs::EntryType childType, tree::NodeState childState)
    {
        auto& child = *children.emplace_back(std::make_unique<Draft>());
        child.type = childType;
        child.state = std::move(childState);
        if (childType != romfs::EntryType::Raw) {
            byName.insert_or_assign(child.state.name, &child);
        }
        return child;
    }

    /// The child of that name, which is made where there is none, and is of that type then, in its old place.
    Draft& child(const std::string& name, romfs::EntryType childType)
    {
        const auto found = byName.find(name);
        if (found == byName.end()) {
            return add(childType, {.name = name});
        }
        auto& child = *found->second;
        if (child.type != childType) {
            child.type = childType;
            child.state = {.name = name};
            child.children.clear();
            child.byName.clear();
        }
        return child;
    }

    void sort(const std::vector<std::string>& order)
    {
        std::map<std::string_view, std::size_t> ranks;
        for (const auto& name : order) {
            ranks.emplace(name, ranks.size());
        }
        std::ranges::stable_sort(children, {}, [&](const auto& child) {
            const auto rank = ranks.find(child->state.name);
            return rank == ranks.end() ? ranks.size() : rank->second;
        });
    }

    std::unique_ptr<tree::Node> toNode()
    {
        auto node = std::make_unique<tree::Node>(type, std::move(state));
        for (const auto& child : children) {
            node->append(child->toNode());
        }
        return node;
    }
};

std::shared_ptr<const tree::SourceLink> brokenLink(const fs::path& path, const Item& item, std::string problem)
{
    return std::make_shared<const tree::SourceLink>(tree::SourceLink{
        .path = path, .problem = std::move(problem), .includes = item.includes, .excludes = item.excludes});
}

class Loader
{
public:
    Loader(fs::path file, sources::Loading loading, const std::stop_token& stop)
        : m_file(std::move(file))
        , m_loading(loading)
        , m_stop(stop)
    { }

    Result<Project> load(const Recipe& recipe)
    {
        for (const auto& item : recipe.items) {
            if (m_stop.stop_requested()) {
                return fail(ErrorCode::Cancelled, "Cancelled; nothing was opened.");
            }
            put(item);
        }
        return Project{.options = recipe.options, .root = m_root.toNode(), .skipped = std::move(m_skipped)};
    }

private:
    /// A file goes by its own name unless it is given one.
    Item named(Item item) const
    {
        std::error_code error;
        const bool isNameless
            = item.path.empty() && !item.from.empty() && item.includes.empty() && item.excludes.empty();
        if (isNameless && fs::is_regular_file(source(item), error)) {
            item.path = source(item).filename().string();
            item.isFolder = false;
        }
        return item;
    }

    fs::path source(const Item& item) const { return (m_file.parent_path() / fs::path(item.from)).lexically_normal(); }

    void put(const Item& written)
    {
        const auto item = named(written);
        if (!item.isFolder && item.from.empty() && !item.content && !find(item.path)) {
            // Not just passed over: it may be a slip of the pen in the wishes for a file.
            place(item).state.link = brokenLink({}, item, "The recipe says something of it, and nothing brings it.");
        }
        auto& draft = place(item);
        if (item.content) {
            draft.state.content = *item.content;
            draft.state.link.reset();
        } else if (!item.from.empty()) {
            const auto path = source(item);
            item.isFolder ? linkFolder(draft, path, item) : linkFile(draft, path, item);
        }
        if (item.align && item.isFolder) {
            draft.state.link = brokenLink(source(item), item, "It is a folder, and \"align\" beside it is for a file.");
        } else if (item.align) {
            draft.state.alignmentOverride = item.align;
        }
        if (item.compile) {
            draft.state.compile = item.compile;
        }
        draft.sort(item.order);
    }

    bool find(std::string_view path) const
    {
        const auto* at = &m_root;
        for (const auto part : path | std::views::split('/')) {
            const auto found = at->byName.find(std::string(std::string_view(part)));
            if (found == at->byName.end()) {
                return false;
            }
            at = found->second;
        }
        return true;
    }

    /// Where an item goes; folders on the way are made.
    Draft& place(const Item& item)
    {
        auto* at = &m_root;
        if (item.path.empty() && !item.isRecords) {
            return *at;
        }
        std::string_view rest = item.path;
        for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
            at = &at->child(std::string(rest.substr(0, slash)), romfs::EntryType::Directory);
            rest.remove_prefix(slash + 1);
        }
        if (item.isRecords) {
            auto* folder = rest.empty() ? at : &at->child(std::string(rest), romfs::EntryType::Directory);
            return folder->add(romfs::EntryType::Raw, {});
        }
        return at->child(std::string(rest), item.isFolder ? romfs::EntryType::Directory : romfs::EntryType::File);
    }

    void linkFile(Draft& draft, const fs::path& path, const Item& item)
    {
        auto loaded = sources::loadLinked(path, m_loading);
        draft.state.content = loaded ? std::move(loaded->content) : romfs::Content();
        draft.state.link = loaded ? std::move(loaded->link) : brokenLink(path, item, loaded.error().message);
    }

    void linkFolder(Draft& draft, const fs::path& path, const Item& item)
    {
        auto loaded = sources::load(
            path,
            {.loading = m_loading, .excludes = item.excludes, .includes = item.includes, .leaveOut = notPartOf(m_file)},
            m_stop);
        if (loaded && !loaded->nodes.front()->isFolder()) {
            draft.state.link = brokenLink(
                path, item, std::format("\"{}\" is not a folder, which was expected.", sources::shown(path)));
        } else if (!loaded) {
            draft.state.link = brokenLink(path, item, loaded.error().message);
        } else {
            draft.state.link = loaded->nodes.front()->state().link;
            copy(*loaded->nodes.front(), draft);
            std::ranges::move(loaded->skipped, std::back_inserter(m_skipped));
        }
    }

    static void copy(const tree::Node& from, Draft& into)
    {
        for (const auto& node : from.children()) {
            auto& child = into.child(node->name(), node->type());
            if (node->isFolder()) {
                copy(*node, child);
            } else {
                child.state = node->state();
            }
        }
    }

    Draft m_root;
    fs::path m_file;
    sources::Loading m_loading;
    const std::stop_token& m_stop;
    std::vector<sources::Skipped> m_skipped;
};

} // namespace

Result<Recipe> read(const fs::path& file, const std::optional<build::Target>& instead)
{
    constexpr std::uint64_t largest = 64ULL * 1024 * 1024; // contents of small files are in it
    const auto content = sources::loadFile(file, sources::Loading::Snapshot);
    if (!content) {
        return std::unexpected(content.error());
    }
    if (content->size() > largest) {
        return fail(
            ErrorCode::TooLarge,
            std::format("\"{}\" takes {} bytes, too many for a recipe.", sources::shown(file), content->size()));
    }
    const auto bytes = content->bytes();
    return parse(QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())),
                 sources::shown(file), instead);
}

Result<Project> open(const fs::path& file, sources::Loading loading, const std::stop_token& stop,
                     const std::optional<build::Target>& instead)
{
    return read(file, instead).and_then([&](const Recipe& recipe) {
        return Loader(fs::absolute(file), loading, stop).load(recipe);
    });
}

std::vector<sources::Skipped> notPartOf(const fs::path& recipe)
{
    return {{.path = recipe, .reason = "the recipe itself"},
            {.path = companionFolder(recipe), .reason = "files of the recipe"}};
}

bool isRecipe(const fs::path& file)
{
    return romfs::isSameFolded(file.extension().string(), suffix);
}

} // namespace romsmith::recipe
