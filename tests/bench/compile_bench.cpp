// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/plan.h"
#include "core/sources/compilecache.h"
#include "tests/bench/manyfiles.h"

#include <QDir>
#include <QTemporaryDir>

#include <benchmark/benchmark.h>

#include <format>

namespace {

using namespace romsmith;

constexpr int packageSize = 200; ///< modules
constexpr int smokeSize = 3; ///< only to see that it runs

std::string moduleText(int number)
{
    std::string text = std::format("\"\"\"Module {}.\"\"\"\nimport time\n\nLIMIT = {}\n\n\n", number, number);
    for (int i = 0; i < 20; ++i) {
        text += std::format(
            "class Driver{0}:\n    def __init__(self, pin):\n        self.pin = pin\n        self.value = {0}\n\n"
            "    def read(self, count=1):\n        for _ in range(count):\n            self.value += LIMIT\n"
            "        return self.value\n\n\n",
            i);
    }
    return text;
}

tree::RomTree package(int modules)
{
    std::vector<std::unique_ptr<tree::Node>> files;
    for (int i = 0; i < modules; ++i) {
        files.push_back(
            tree::Node::file(std::format("module{}.py", i), romfs::Content::copyOf(romfs::asBytes(moduleText(i)))));
    }
    return bench::treeOf(std::move(files));
}

const sources::Compiler& compiler()
{
    static const auto found = sources::findCompiler({});
    return *found;
}

/// What is to be done to have the image; nothing is known before.
std::vector<sources::CompileJob> jobsOf(const tree::RomTree& tree, build::Knowledge& knowledge)
{
    std::vector<sources::CompileJob> jobs;
    const auto plan = build::plan(tree, {}, knowledge);
    std::ranges::transform(plan.toCompile, std::back_inserter(jobs), &build::PythonFile::job);
    return jobs;
}

bool build(const tree::RomTree& tree, build::Knowledge& knowledge, const sources::CompileCache& cache)
{
    const auto jobs = jobsOf(tree, knowledge);
    knowledge.compiled.add(jobs, cache.compile(compiler(), jobs));
    const auto plan = build::plan(tree, {}, knowledge);
    return plan.isComplete() && !plan.hasErrors();
}

/// How the reference tool does it.
void oneProcessForEachFile(benchmark::State& state)
{
    const auto tree = package(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        build::Knowledge knowledge;
        for (const auto& job : jobsOf(tree, knowledge)) {
            auto compiled = compiler().compile(std::span(&job, 1));
            if (!compiled[0]) {
                state.SkipWithError(compiled[0].error().message);
            }
        }
    }
}
BENCHMARK(oneProcessForEachFile)->Arg(packageSize)->Arg(smokeSize)->Unit(benchmark::kMillisecond)->UseRealTime();

void firstBuild(benchmark::State& state)
{
    const auto tree = package(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        const QTemporaryDir folder(QDir::temp().filePath(QStringLiteral("romsmith-bench")));
        const sources::CompileCache cache(folder.path().toStdString());
        build::Knowledge knowledge;
        if (!build(tree, knowledge, cache)) {
            state.SkipWithError("a module was not compiled");
        }
    }
}
BENCHMARK(firstBuild)->Arg(packageSize)->Arg(smokeSize)->Unit(benchmark::kMillisecond)->UseRealTime();

/// By a program that was started anew, so that it knows only what is on disk.
void rebuildAfterOneChange(benchmark::State& state)
{
    auto tree = package(static_cast<int>(state.range(0)));
    const QTemporaryDir folder(QDir::temp().filePath(QStringLiteral("romsmith-bench")));
    const sources::CompileCache cache(folder.path().toStdString());
    build::Knowledge first;
    build(tree, first, cache);
    int change = 0;
    for (auto _ : state) {
        state.PauseTiming();
        const auto text = std::format("CHANGED = {}\n", ++change);
        auto edit = tree.replaceContent(*tree.find("module0.py"), romfs::Content::copyOf(romfs::asBytes(text)));
        tree.apply(*edit);
        state.ResumeTiming();
        build::Knowledge knowledge;
        if (!build(tree, knowledge, cache)) {
            state.SkipWithError("a module was not compiled");
        }
    }
}
BENCHMARK(rebuildAfterOneChange)->Arg(packageSize)->Arg(smokeSize)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
