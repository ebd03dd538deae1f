// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"

#include <memory>

namespace romsmith::cli {
namespace {

struct BuildArguments
{
    std::vector<std::string> sources;
    std::string output;
    std::vector<std::string> excludes;
    TargetOptions target;
    LayoutArguments layout;
};

int runBuild(const BuildArguments& arguments)
{
    const auto target = arguments.target.target();
    if (!target) {
        return report(target.error());
    }
    const auto style = arguments.layout.style.value_or(romfs::Style::OpenMv);
    const auto rules = arguments.layout.rules(*target, style);
    if (!rules) {
        return report(rules.error());
    }
    const sources::LoadOptions options{.loading = sources::Loading::Streamed,
                                       .excludes = arguments.excludes,
                                       .output = arguments.output == "-" ? std::string() : arguments.output};
    tree::RomTree tree;
    for (const auto& source : arguments.sources) {
        auto loaded = sources::loadContent(source, options);
        if (!loaded) {
            return report(loaded.error());
        }
        noteSkipped(loaded->skipped);
        auto edit = tree.add(tree.root(), std::move(loaded->nodes), tree::ClashPolicy::Refuse);
        if (!edit) {
            return report(edit.error());
        }
        tree.apply(*edit);
    }
    return writeResult(tree, *rules, style, *target, arguments.layout.maxSize, arguments.output);
}

} // namespace

void addBuildCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("build", "Build an image from files and folders");
    const auto arguments = std::make_shared<BuildArguments>();
    command
        ->add_option("SOURCE", arguments->sources,
                     "A file, or a folder whose content goes to the top of the image, sorted by name")
        ->required();
    command->add_option("-o,--output", arguments->output, "Image to write; - for standard output")
        ->required()
        ->type_name("OUT.img");
    command->add_option("--exclude", arguments->excludes, "Leave out what matches; may be given often")
        ->type_name("GLOB")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    arguments->target.addTo(*command);
    arguments->layout.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runBuild(*arguments); });
}

} // namespace romsmith::cli
