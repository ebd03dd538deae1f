// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/mpy.h"
#include "core/sources/compilecache.h"
#include "core/sources/compiler.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <format>

namespace romsmith::sources {
namespace {

using testing::HasSubstr;

CompileJob job(std::string name, std::string_view source, CompileOptions options = {})
{
    return {.name = std::move(name), .source = romfs::Content::copyOf(romfs::asBytes(source)), .options = options};
}

/// The compiler that comes with the program: the only one that every machine has.
Compiler bundled()
{
    for (auto& candidate : findCompilers({})) {
        if (candidate.origin == CompilerOrigin::Bundled) {
            if (!candidate.compiler) {
                throw std::runtime_error(candidate.compiler.error().message);
            }
            return *std::move(candidate.compiler);
        }
    }
    throw std::logic_error("the bundled compiler was not looked for");
}

/// A program that stands in for mpy-cross.
Result<Compiler> script(const test::TempFolder& folder, std::string_view body)
{
    const auto path = folder.write("mpy-cross", std::format("#!/bin/sh\n{}\n", body));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return Compiler::probe(CompilerOrigin::User, {path.string()});
}

TEST(Compiler, ThatIsBundledEmitsBytecodeForEveryFirmwareOfVersion6)
{
    const auto compiler = bundled();
    EXPECT_EQ(compiler.info().bytecode(), "6.0");
    EXPECT_THAT(compiler.info().version, HasSubstr("mpy-cross-v6 2."));
    const auto results = compiler.compile(std::vector{job("lib/a.py", "A = 1\n")});
    ASSERT_TRUE(results[0]);
    const auto header = inspect::readMpyHeader(results[0]->bytes());
    ASSERT_TRUE(header);
    EXPECT_EQ(header->version, 6);
    EXPECT_FALSE(header->isNative());
}

TEST(Compiler, EmbedsTheNameInTheImageAndNoneOfThisComputer)
{
    const auto results = bundled().compile(std::vector{job("lib/pkg/a.py", "A = 1\n"), job("na\xc3\xafve.py", "")});
    ASSERT_TRUE(results[0]);
    ASSERT_TRUE(results[1]);
    const std::string_view bytes = romfs::asText(results[0]->bytes());
    EXPECT_THAT(std::string(bytes), HasSubstr("lib/pkg/a.py"));
    EXPECT_EQ(bytes.find("input"), std::string_view::npos);
    EXPECT_EQ(bytes.find("/tmp"), std::string_view::npos);
}

TEST(Compiler, SaysInWhichLineTheSourceIsWrong)
{
    const auto results = bundled().compile(std::vector{job("a.py", "x = 1\n\ndef f(:\n"), job("b.py", "B = 2\n")});
    ASSERT_FALSE(results[0]);
    EXPECT_EQ(results[0].error().line, 3U);
    EXPECT_THAT(results[0].error().message, HasSubstr("SyntaxError"));
    EXPECT_TRUE(results[1]) << "the other files are compiled all the same";
}

TEST(Compiler, PassesTheArchitectureThatNativeCodeNeeds)
{
    constexpr auto native = "@micropython.native\ndef f(a):\n    return a\n";
    const auto results = bundled().compile(std::vector{
        job("n.py", native), job("n.py", native, {.arch = "armv7emdp", .smallIntBits = 31, .optimization = 2})});
    ASSERT_FALSE(results[0]);
    EXPECT_THAT(results[0].error().message, HasSubstr("arch"));
    ASSERT_TRUE(results[1]);
    EXPECT_EQ(inspect::mpyArchName(inspect::readMpyHeader(results[1]->bytes())->arch), "armv7emdp");
}

TEST(Compiler, CompilesManyFilesInTheOrderThatTheyCameIn)
{
    std::vector<CompileJob> jobs;
    for (int i = 0; i < 40; ++i) {
        jobs.push_back(job(std::format("module{:02}.py", i), std::format("N = {}\n", i)));
    }
    const auto results = bundled().compile(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        ASSERT_TRUE(results[i]);
        EXPECT_THAT(std::string(romfs::asText(results[i]->bytes())), HasSubstr(jobs[i].name));
    }
}

TEST(Compiler, ThatIsNoCompilerIsRefusedWithItsOwnWords)
{
    const test::TempFolder folder;
    const auto lies = script(folder, "exit 0");
    ASSERT_FALSE(lies);
    EXPECT_THAT(lies.error().message, HasSubstr("wrote no result"));

    const auto rubbish = script(folder, "while [ $# -gt 2 ]; do shift; done; echo rubbish > \"$1\"");
    ASSERT_FALSE(rubbish);
    EXPECT_THAT(rubbish.error().message, HasSubstr("mpy"));

    const auto fails = script(folder, "echo out of order >&2; exit 3");
    ASSERT_FALSE(fails);
    EXPECT_THAT(fails.error().message, HasSubstr("out of order"));

    const auto crashes = script(folder, "kill -SEGV $$");
    ASSERT_FALSE(crashes);
    EXPECT_THAT(crashes.error().message, HasSubstr("crashed"));

    const auto missing = Compiler::probe(CompilerOrigin::User, {"/nowhere/mpy-cross"});
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("cannot be started"));
}

/// Gives the same result for every file and notes each call.
Compiler counting(const test::TempFolder& folder)
{
    const auto mpy = bundled().compile(std::vector{job("fixed.py", "F = 1\n")});
    const auto fixed = folder.write("fixed.mpy", romfs::asText(mpy[0]->bytes()));
    const auto compiler = script(folder,
                                 std::format("[ $# -gt 1 ] || exit 0\nwhile [ $# -gt 2 ]; do shift; done\n"
                                             "echo call >> {}\ncp {} \"$1\"",
                                             (folder / "calls").string(), fixed.string()));
    std::filesystem::remove(folder / "calls"); // that of the probe
    return compiler.value();
}

std::size_t calls(const test::TempFolder& folder)
{
    return std::filesystem::exists(folder / "calls") ? std::filesystem::file_size(folder / "calls") / 5 : 0;
}

TEST(CompileCache, RunsTheCompilerOnlyForWhatIsNew)
{
    const test::TempFolder folder;
    const CompileCache cache(folder / "cache");
    const auto compiler = counting(folder);
    const std::vector jobs{job("a.py", "A = 1\n"), job("b.py", "B = 1\n")};
    const auto first = cache.compile(compiler, jobs);
    EXPECT_EQ(calls(folder), 2U);
    const auto again = cache.compile(compiler, jobs);
    EXPECT_EQ(calls(folder), 2U);
    EXPECT_TRUE(romfs::sameBytes(*first[0], *again[0]));
    const std::vector changed{job("a.py", "A = 2\n"), jobs[1], job("c.py", "B = 1\n"),
                              job("b.py", "B = 1\n", {.arch = {}, .smallIntBits = 31, .optimization = 1})};
    for (const auto& result : cache.compile(compiler, changed)) {
        EXPECT_TRUE(result);
    }
    EXPECT_EQ(calls(folder), 5U) << "source, name and options tell results apart";
}

TEST(CompileCache, DoesNotUseWhatADiskOrAnotherProgramBroke)
{
    const test::TempFolder folder;
    const CompileCache cache(folder / "cache");
    const auto compiler = bundled();
    const std::vector jobs{job("a.py", "A = 1\n")};
    const auto first = cache.compile(compiler, jobs);
    for (const auto& file : std::filesystem::directory_iterator(folder / "cache")) {
        std::filesystem::resize_file(file.path(), 40);
    }
    const auto again = cache.compile(compiler, jobs);
    ASSERT_TRUE(again[0]);
    EXPECT_TRUE(romfs::sameBytes(*first[0], *again[0]));
}

TEST(CompileCache, ForgetsWhatWasNotUsedForLong)
{
    const test::TempFolder folder;
    const CompileCache cache(folder / "cache");
    static_cast<void>(cache.compile(bundled(), std::vector{job("a.py", "A = 1\n"), job("b.py", "B = 1\n")}));
    cache.shrink(0);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "cache"));
}

} // namespace
} // namespace romsmith::sources
