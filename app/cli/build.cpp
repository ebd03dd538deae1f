// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "app/cli/sources.h"
#include "core/recipe/compose.h"
#include "core/recipe/load.h"

#include <memory>
#include <utility>

namespace romsmith::cli {
namespace {

struct BuildArguments
{
    SourceArguments from;
    std::string output;
};

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

int runBuild(const BuildArguments& arguments)
{
    const auto& [from, output] = arguments;
    const auto made = from.load({}, {{output, "the image that is being written"}});
    if (!made) {
        return report(made.error());
    }
    if (recipe::isRecipe(output)) {
        return writeRecipe(*made->tree, made->options, output);
    }
    const auto plan = planCompiled(*made->tree, made->options, from.python.compiler);
    return plan ? writeResult(*plan, output) : report(plan.error());
}

} // namespace

void addBuildCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("build", "Build an image from files and folders");
    const auto arguments = std::make_shared<BuildArguments>();
    command
        ->add_option(
            "SOURCE", arguments->from.sources,
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
    arguments->from.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runBuild(*arguments); });
}

} // namespace romsmith::cli
