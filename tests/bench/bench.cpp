// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/checker.h"
#include "core/romfs/reader.h"
#include "core/romfs/writer.h"
#include "core/tree/romtree.h"
#include "tests/bench/manyfiles.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <format>
#include <random>

namespace {

using namespace romsmith;

using bench::add;
using bench::entryCount;
using bench::imageSize;
using bench::manyFiles;
using bench::randomContent;
using bench::treeOf;

constexpr std::size_t largeFile = 6UL * 1024 * 1024;

tree::RomTree largeFiles()
{
    std::vector<std::unique_ptr<tree::Node>> files;
    for (int i = 0; i < 4; ++i) {
        files.push_back(tree::Node::file(std::format("model{}.tflite", i), randomContent(largeFile)));
    }
    return treeOf(std::move(files));
}

/// A tree, flat and planned.
struct Planned
{
    explicit Planned(const tree::RomTree& tree, romfs::Style style = romfs::Style::OpenMv)
        : rules(tree::AlignmentRules::openMv())
        , flat(tree.flatten(rules))
        , options(tree.layoutOptions(rules, style))
        , layout(romfs::Layout::plan(flat.entries, options))
    { }

    tree::AlignmentRules rules;
    tree::FlatTree flat;
    romfs::LayoutOptions options;
    romfs::Layout layout;
};

romfs::Content imageOf(const Planned& planned)
{
    return romfs::Content::own(*romfs::write(planned.flat.entries, planned.layout));
}

void countEntries(benchmark::State& state, std::size_t entries = entryCount)
{
    state.counters["entries"] = static_cast<double>(entries);
}

void readImage(benchmark::State& state)
{
    const auto bytes = imageOf(Planned(manyFiles()));
    const auto* begin = bytes.bytes().data();
    const auto* end = begin + bytes.size();
    for (auto _ : state) {
        auto image = romfs::read(bytes);
        benchmark::DoNotOptimize(image);
        const auto& content = image->entries.back().content;
        if (content.bytes().data() < begin || content.bytes().data() + content.size() > end) {
            state.SkipWithError("content was copied");
        }
    }
    countEntries(state);
    state.counters["MiB"] = static_cast<double>(bytes.size()) / (1024 * 1024);
}
BENCHMARK(readImage)->Unit(benchmark::kMillisecond);

void listRecords(benchmark::State& state)
{
    const auto bytes = imageOf(Planned(manyFiles()));
    for (auto _ : state) {
        benchmark::DoNotOptimize(romfs::listRecords(bytes.bytes()));
    }
    countEntries(state);
}
BENCHMARK(listRecords)->Unit(benchmark::kMillisecond);

void openTree(benchmark::State& state)
{
    const auto bytes = imageOf(Planned(manyFiles()));
    for (auto _ : state) {
        const tree::RomTree tree(*romfs::read(bytes));
        benchmark::DoNotOptimize(tree.root().children().size());
    }
    countEntries(state);
}
BENCHMARK(openTree)->Unit(benchmark::kMillisecond);

void flatten(benchmark::State& state)
{
    const auto tree = manyFiles();
    const auto rules = tree::AlignmentRules::openMv();
    for (auto _ : state) {
        benchmark::DoNotOptimize(tree.flatten(rules));
    }
    countEntries(state);
}
BENCHMARK(flatten)->Unit(benchmark::kMillisecond);

void planLayout(benchmark::State& state, romfs::Style style)
{
    const Planned planned(manyFiles(), style);
    for (auto _ : state) {
        benchmark::DoNotOptimize(romfs::Layout::plan(planned.flat.entries, planned.options));
    }
    countEntries(state);
}
BENCHMARK_CAPTURE(planLayout, openmv, romfs::Style::OpenMv)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(planLayout, compact, romfs::Style::Compact)->Unit(benchmark::kMillisecond);

void planUnchanged(benchmark::State& state)
{
    const Planned planned(tree::RomTree(*romfs::read(imageOf(Planned(manyFiles())))));
    for (auto _ : state) {
        benchmark::DoNotOptimize(romfs::Layout::plan(planned.flat.entries, planned.options));
    }
    if (!planned.layout.unchangedSource()) {
        state.SkipWithError("the image was laid out anew");
    }
    countEntries(state);
}
BENCHMARK(planUnchanged)->Unit(benchmark::kMillisecond);

void check(benchmark::State& state)
{
    const Planned planned(manyFiles());
    const romfs::CheckTarget target{.name = "a board", .partitionSize = imageSize, .address = 0x7080'0000};
    for (auto _ : state) {
        benchmark::DoNotOptimize(romfs::check(planned.flat.entries, planned.layout, target));
    }
    countEntries(state);
}
BENCHMARK(check)->Unit(benchmark::kMillisecond);

/// All that an edit in the window asks for before the columns are right again.
void afterEachEdit(benchmark::State& state)
{
    const auto tree = manyFiles();
    const romfs::CheckTarget target{.name = "a board", .partitionSize = imageSize, .address = 0x7080'0000};
    for (auto _ : state) {
        const Planned planned(tree);
        benchmark::DoNotOptimize(romfs::check(planned.flat.entries, planned.layout, target));
    }
    countEntries(state);
}
BENCHMARK(afterEachEdit)->Unit(benchmark::kMillisecond);

/// Writing into memory that is there already, against copying as many bytes; both in turn, so that noise hits both.
void writeImage(benchmark::State& state, const tree::RomTree& (*tree)())
{
    using Clock = std::chrono::steady_clock;
    const Planned planned(tree());
    const auto size = planned.layout.totalSize();
    const auto copied = randomContent(size);
    std::vector<std::byte> buffer(size);
    std::chrono::duration<double> writing{};
    std::chrono::duration<double> copying{};
    for (auto _ : state) {
        const auto begin = Clock::now();
        std::memcpy(buffer.data(), copied.bytes().data(), size);
        benchmark::ClobberMemory();
        const auto between = Clock::now();
        romfs::BufferSink sink(buffer);
        if (!romfs::write(planned.flat.entries, planned.layout, sink)) {
            state.SkipWithError("writing failed");
        }
        benchmark::ClobberMemory();
        const auto end = Clock::now();
        copying += between - begin;
        writing += end - between;
        state.SetIterationTime(std::chrono::duration<double>(end - between).count());
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
    state.counters["speed_of_memcpy"] = copying / writing;
}
BENCHMARK_CAPTURE(writeImage, four_large_files,
                  [] -> const tree::RomTree& {
                      static const auto tree = largeFiles();
                      return tree;
                  })
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();
BENCHMARK_CAPTURE(writeImage, many_small_files,
                  [] -> const tree::RomTree& {
                      static const auto tree = manyFiles();
                      return tree;
                  })
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

/// Ten thousand files dropped on a folder that holds ten thousand.
void addMany(benchmark::State& state)
{
    for (auto _ : state) {
        state.PauseTiming();
        std::vector<std::unique_ptr<tree::Node>> first;
        std::vector<std::unique_ptr<tree::Node>> second;
        for (std::size_t i = 0; i < entryCount; ++i) {
            first.push_back(tree::Node::file(std::format("a{}", i), {}));
            second.push_back(tree::Node::file(std::format("b{}", i), {}));
        }
        tree::RomTree tree;
        add(tree, std::move(first));
        state.ResumeTiming();
        add(tree, std::move(second));
    }
    countEntries(state);
}
BENCHMARK(addMany)->Unit(benchmark::kMillisecond);

/// Every other file of ten thousand removed, and that undone.
void removeAndUndo(benchmark::State& state)
{
    std::vector<std::unique_ptr<tree::Node>> files;
    for (std::size_t i = 0; i < entryCount; ++i) {
        files.push_back(tree::Node::file(std::format("a{}", i), {}));
    }
    auto tree = treeOf(std::move(files));
    std::vector<tree::Node*> chosen;
    for (std::size_t i = 0; i < entryCount; i += 2) {
        chosen.push_back(tree.root().children()[i].get());
    }
    for (auto _ : state) {
        auto edit = tree.remove(chosen);
        tree.apply(*edit);
        tree.undo(*edit);
    }
    countEntries(state, chosen.size());
}
BENCHMARK(removeAndUndo)->Unit(benchmark::kMillisecond);

} // namespace
