// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "app/cli/compile.h"
#include "app/cli/manifest.h"
#include "core/recipe/compose.h"
#include "core/recipe/load.h"
#include "core/romfs/names.h"
#include "core/sources/archive.h"
#include "core/sources/romfsconfig.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace romsmith::cli {
namespace {

struct BuildArguments
{
    std::vector<std::string> sources;
    std::string output;
    std::vector<std::string> excludes;
    LayoutArguments layout;
    PythonArguments python;
    ManifestArguments manifests;
};

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

/// The content of a folder or an archive, what a manifest freezes, or a file.
Result<sources::Loaded> load(const std::string& source, const sources::LoadOptions& loading,
                             const ManifestArguments& manifests)
{
    if (auto frozen = manifests.load(source)) {
        return withRemarks(std::move(*frozen));
    }
    return sources::isArchive(source)
        ? withRemarks(sources::loadArchive(source, {.excludes = loading.excludes, .stripTop = true}))
        : sources::loadContent(source, loading);
}

int writeRecipe(const tree::RomTree& tree, build::Options options, const std::string& output)
{
    if (const auto rules = std::exchange(options.rules, {})) {
        options.ruleChanges = tree::RuleChanges::between(options.unchangedRules(), *rules);
    }
    const auto saved = recipe::compose(tree.root(), options, output).and_then([&](const recipe::Composition& made) {
        return recipe::save(output, made);
    });
    return saved ? Done : report(saved.error());
}

/// A recipe says itself how its image is made; where it goes to may be said anew.
int buildRecipe(const BuildArguments& arguments)
{
    const auto& [sources, output, excludes, layout, python, manifests] = arguments;
    if (sources.size() > 1 || !excludes.empty() || layout.style || !layout.align.empty() || !python.keep.empty()
        || python.options != build::PythonOptions() || manifests.run || !manifests.variables.empty()) {
        return reportUsage("A recipe says itself what is in the image and how: beside it, only -o, --board, "
                           "--partition, --max-size and --compiler can be given.");
    }
    auto project = recipe::open(sources.front(), sources::Loading::Streamed);
    if (!project) {
        return report(project.error());
    }
    noteSkipped(project->skipped);
    if (!layout.target.board.empty()) {
        const auto target = layout.target.target();
        if (!target) {
            return report(target.error());
        }
        project->options.target = *target;
    }
    project->options.maxSize = layout.maxSize;
    const tree::RomTree tree(std::move(project->root));
    const auto plan = planCompiled(tree, project->options, python.compiler);
    return plan ? writeResult(*plan, output) : report(plan.error());
}

/// What a romfs_config.json puts into the partition that is built.
Result<sources::Loaded> loadConfig(const std::string& source, const BuildArguments& arguments, build::Options& options)
{
    const auto folders = arguments.manifests.folders();
    if (!folders) {
        return std::unexpected(folders.error());
    }
    auto config = sources::loadRomfsConfig(source, *folders);
    if (!config) {
        return std::unexpected(config.error());
    }
    const auto index = arguments.layout.target.partition;
    auto* partition = config->partition(index);
    if (!partition) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} has no partition {}; --partition N chooses one that it has.",
                                sources::shown(source), index));
    }
    if (!options.maxSize) {
        options.maxSize = partition->size;
    }
    return std::move(partition->content);
}

/// A romfs_config.json is in the folder of its board.
void chooseBoard(BuildArguments& arguments)
{
    const auto config = std::ranges::find_if(arguments.sources, sources::isRomfsConfig);
    auto& board = arguments.layout.target.board;
    if (board.empty() && config != arguments.sources.end()) {
        board = sources::boardOfRomfsConfig(*config);
        note(board.empty() ? "the folder of romfs_config.json names no known board; --board chooses one"
                           : std::format("the board is {}, by the folder of romfs_config.json", board));
    }
}

int runBuild(BuildArguments& arguments)
{
    if (std::ranges::any_of(arguments.sources, recipe::isRecipe)) {
        return buildRecipe(arguments);
    }
    chooseBoard(arguments);
    auto options = arguments.layout.options(romfs::Style::OpenMv);
    if (!options) {
        return report(options.error());
    }
    options->python = arguments.python.options;
    const sources::LoadOptions loading{.loading = sources::Loading::Streamed,
                                       .excludes = arguments.excludes,
                                       .leaveOut = {{arguments.output, "the image that is being written"}}};
    tree::RomTree tree;
    for (const auto& source : arguments.sources) {
        auto loaded = sources::isRomfsConfig(source) ? loadConfig(source, arguments, *options)
                                                     : load(source, loading, arguments.manifests);
        if (!loaded) {
            return report(loaded.error());
        }
        noteSkipped(loaded->skipped);
        if (arguments.sources.size() == 1) {
            tree.root().setLink(loaded->contentOf); // so that a recipe names the folder and not each file
        }
        auto edit = tree.add(tree.root(), std::move(loaded->nodes), tree::ClashPolicy::Refuse);
        if (!edit) {
            return report(edit.error());
        }
        tree.apply(*edit);
    }
    if (auto kept = arguments.python.applyTo(tree); !kept) {
        return report(kept.error());
    }
    if (recipe::isRecipe(arguments.output)) {
        return writeRecipe(tree, *options, arguments.output);
    }
    const auto plan = planCompiled(tree, *options, arguments.python.compiler);
    return plan ? writeResult(*plan, arguments.output) : report(plan.error());
}

} // namespace

void addBuildCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("build", "Build an image from files and folders");
    const auto arguments = std::make_shared<BuildArguments>();
    command
        ->add_option(
            "SOURCE", arguments->sources,
            "A file, or a folder or archive (zip, tar, 7z) whose content goes to the top of the image, sorted by "
            "name; a single folder that wraps all of an archive is left out. With --run-manifest, a manifest.py, of "
            "which the frozen modules go to lib. An mpconfigboard.mk gives what CircuitPython freezes, a "
            "romfs_config.json what OpenMV's build puts into the partition. Or a recipe (.romsmith), alone")
        ->required();
    command
        ->add_option("-o,--output", arguments->output,
                     "Image to write, or recipe for one (.romsmith); - for standard output")
        ->required()
        ->type_name("OUT.img");
    command->add_option("--exclude", arguments->excludes, "Leave out what matches; may be given often")
        ->type_name("GLOB")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    arguments->layout.addTo(*command);
    arguments->python.addTo(*command);
    arguments->manifests.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runBuild(*arguments); });
}

} // namespace romsmith::cli
