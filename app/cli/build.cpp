// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "app/cli/compile.h"
#include "app/cli/sources.h"
#include "core/recipe/compose.h"
#include "core/recipe/load.h"
#include "core/romfs/names.h"

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
};

int writeRecipe(const tree::RomTree& tree, build::Options options, const std::string& output)
{
    if (const auto rules = std::exchange(options.rules, {}); *rules != options.alignmentRules()) {
        options.rules = rules;
    }
    const auto saved = recipe::compose(tree.root(), options, output).and_then([&](const recipe::Composition& made) {
        return recipe::save(output, made);
    });
    return saved ? Done : report(saved.error());
}

/// A recipe says itself how its image is made; where it goes to may be said anew.
int buildRecipe(const BuildArguments& arguments)
{
    const auto& [sources, output, excludes, layout, python] = arguments;
    if (sources.size() > 1 || !excludes.empty() || layout.style || !layout.align.empty() || !python.keep.empty()
        || python.options != build::PythonOptions()) {
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

int runBuild(const BuildArguments& arguments)
{
    if (std::ranges::any_of(arguments.sources, recipe::isRecipe)) {
        return buildRecipe(arguments);
    }
    auto options = arguments.layout.options(romfs::Style::OpenMv);
    if (!options) {
        return report(options.error());
    }
    options->python = arguments.python.options;
    tree::RomTree tree;
    const auto added = addSources(tree, arguments.sources,
                                  {.loading = sources::Loading::Streamed,
                                   .excludes = arguments.excludes,
                                   .leaveOut = {{arguments.output, "the image that is being written"}}});
    if (auto kept = added.and_then([&] { return arguments.python.applyTo(tree); }); !kept) {
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
            "name; a single folder that wraps all of an archive is left out. Or a recipe (.romsmith), alone")
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
    command->callback([arguments, &exitCode] { exitCode = runBuild(*arguments); });
}

} // namespace romsmith::cli
