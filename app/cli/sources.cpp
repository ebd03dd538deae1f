// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sources.h"

#include "core/recipe/load.h"
#include "core/romfs/names.h"
#include "core/sources/archive.h"
#include "core/sources/bundle.h"
#include "core/sources/romfsconfig.h"

#include <algorithm>
#include <format>
#include <utility>

namespace romsmith::cli {
namespace {

Result<sources::Loaded> withRemarks(Result<sources::LoadedArchive> archive)
{
    if (!archive) {
        return std::unexpected(archive.error());
    }
    for (const auto& [path, reason] : archive->remarks) {
        note(std::format("{}: {}", sources::shown(path), reason));
    }
    return sources::Loaded{.nodes = std::move(archive->nodes), .skipped = std::move(archive->skipped)};
}

std::string originOf(const tree::Node& node, const std::string& otherwise)
{
    const auto& link = node.state().link;
    return link ? sources::shown(link->path) : otherwise;
}

Error clashError(const tree::Clash& clash, const std::string& source)
{
    return {.code = ErrorCode::AlreadyExists,
            .message
            = std::format("{} and {} are both to be \"{}\" in the image. Leave one of them out, or rename it.",
                          originOf(*clash.present, "an earlier source"),
                          originOf(*clash.coming, sources::shown(source)), romfs::printable(clash.present->path()))};
}

} // namespace

void SourceArguments::addTo(CLI::App& command)
{
    command.add_option("--exclude", excludes, "Leave out what matches; may be given often")
        ->type_name("GLOB")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    layout.addTo(command);
    python.addTo(command);
    manifests.addTo(command);
}

bool SourceArguments::saysHow() const
{
    return !excludes.empty() || layout.style || !layout.align.empty() || !python.keep.empty()
        || python.options != build::PythonOptions() || manifests.run || !manifests.variables.empty();
}

bool SourceArguments::isRecipe() const
{
    return std::ranges::any_of(sources, recipe::isRecipe);
}

Result<TargetOptions> SourceArguments::destination() const
{
    auto wanted = layout.target;
    const auto file = std::ranges::find_if(sources, recipe::isRecipe);
    if (file == sources.end()) {
        wanted.board = wanted.board.empty() ? boardOfConfig() : wanted.board;
        return wanted;
    }
    const auto instead = wanted.board.empty() ? std::nullopt : std::optional(build::Target());
    return recipe::read(*file, instead).transform([&](const recipe::Recipe& recipe) {
        if (const auto* board = recipe.options.target.board()) {
            wanted.board = board->id;
        }
        wanted.partition = wanted.partition ? wanted.partition : recipe.partition;
        return wanted;
    });
}

Result<Ingredients> SourceArguments::load(const build::Target& usual, std::vector<sources::Skipped> leaveOut) const
{
    if (isRecipe()) {
        return loadRecipe(usual);
    }
    auto chosen = layout;
    if (chosen.target.board.empty()) {
        chosen.target.board = boardOfConfig();
        noteBoardOfConfig(chosen.target.board);
    }
    if (chosen.target.board.empty() && usual.board()) {
        chosen.target.board = usual.board()->id;
    }
    return loadAll(std::move(chosen),
                   {.loading = sources::Loading::Streamed, .excludes = excludes, .leaveOut = std::move(leaveOut)});
}

/// A recipe says itself how its image is made; where it goes to may be said anew.
Result<Ingredients> SourceArguments::loadRecipe(const build::Target& usual) const
{
    if (sources.size() > 1 || saysHow()) {
        return fail(ErrorCode::InvalidArgument,
                    "A recipe says itself what is in the image and how: beside it, neither other sources nor options "
                    "about the image can be given, only --board, --partition, --max-size and --compiler.");
    }
    const auto target = destination().and_then([](const TargetOptions& wanted) { return wanted.target(); });
    if (!target) {
        return std::unexpected(target.error());
    }
    auto project = recipe::open(sources.front(), sources::Loading::Streamed, {}, target->board() ? *target : usual);
    if (!project) {
        return std::unexpected(std::move(project).error());
    }
    noteSkipped(project->skipped);
    project->options.maxSize = layout.maxSize;
    return Ingredients{.tree = std::make_unique<tree::RomTree>(std::move(project->root)),
                       .options = std::move(project->options)};
}

Result<Ingredients> SourceArguments::loadAll(LayoutArguments chosen, const sources::LoadOptions& loading) const
{
    auto options = chosen.options(romfs::Style::OpenMv);
    if (!options) {
        return std::unexpected(std::move(options).error());
    }
    options->python = python.options;
    auto tree = std::make_unique<tree::RomTree>();
    for (const auto& source : sources) {
        auto loaded = loadOne(source, loading, chosen.target.partition.value_or(0), *options);
        if (!loaded) {
            return std::unexpected(std::move(loaded).error());
        }
        noteSkipped(loaded->skipped);
        if (sources.size() == 1) {
            tree->root().setLink(loaded->contentOf); // so that a recipe names the folder and not each file
        }
        if (const auto clashes = tree::RomTree::clashes(tree->root(), loaded->nodes); !clashes.empty()) {
            return std::unexpected(clashError(clashes.front(), source));
        }
        auto edit = tree->add(tree->root(), std::move(loaded->nodes), tree::ClashPolicy::Refuse);
        if (!edit) {
            return std::unexpected(std::move(edit).error());
        }
        tree->apply(*edit);
    }
    return python.applyTo(*tree).transform(
        [&] { return Ingredients{.tree = std::move(tree), .options = std::move(*options)}; });
}

/// The content of a folder or an archive, what a manifest or a configuration names, or a file.
Result<sources::Loaded> SourceArguments::loadOne(const std::string& source, const sources::LoadOptions& loading,
                                                 std::uint32_t partition, build::Options& options) const
{
    if (sources::isRomfsConfig(source)) {
        return loadConfig(source, partition, options);
    }
    if (auto frozen = manifests.load(source)) {
        return withRemarks(std::move(*frozen));
    }
    if (!sources::isArchive(source)) {
        return sources::loadContent(source, loading);
    }
    if (sources::Bundle::open(source)) {
        note(std::format("{} is a bundle of firmware, whose files all go into the image; its own images: romsmith-cli "
                         "bundle",
                         sources::shown(source)));
    }
    return withRemarks(sources::loadArchive(source, {.excludes = loading.excludes, .stripTop = true}));
}

/// What a romfs_config.json puts into the partition that is built.
Result<sources::Loaded> SourceArguments::loadConfig(const std::string& source, std::uint32_t partition,
                                                    build::Options& options) const
{
    const auto folders = manifests.folders();
    if (!folders) {
        return std::unexpected(folders.error());
    }
    auto config = sources::loadRomfsConfig(source, *folders);
    if (!config) {
        return std::unexpected(config.error());
    }
    auto* found = config->partition(partition);
    if (!found) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} has no partition {}; --partition N chooses one that it has.",
                                sources::shown(source), partition));
    }
    if (!options.maxSize) {
        options.maxSize = found->size;
    }
    return std::move(found->content);
}

/// A romfs_config.json is in the folder of its board.
std::string SourceArguments::boardOfConfig() const
{
    const auto config = std::ranges::find_if(sources, sources::isRomfsConfig);
    if (config == sources.end()) {
        return {};
    }
    return sources::boardOfRomfsConfig(*config);
}

void SourceArguments::noteBoardOfConfig(const std::string& board) const
{
    if (std::ranges::any_of(sources, sources::isRomfsConfig)) {
        note(board.empty() ? "the folder of romfs_config.json names no known board; --board chooses one"
                           : std::format("the board is {}, by the folder of romfs_config.json", board));
    }
}

} // namespace romsmith::cli
