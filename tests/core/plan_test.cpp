// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/build/plan.h"
#include "tests/core/helpers.h"
#include "tests/core/treeeditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::build {
namespace {

using test::content;
using test::file;
using test::folder;
using testing::ElementsAre;

/// A header of bytecode for every board, or of native code for one.
const auto bytecode = content(std::string_view("M\6\0\x1f\0\0", 6));
const auto native = content(std::string_view("M\6\x23\x1f\0\0", 6));

class Planning : public testing::Test
{
protected:
    Planning()
    {
        auto root = tree::Node::folder({});
        root->append(file("main.py", "main"));
        auto& lib = root->append(folder("lib"));
        lib.append(file("a.py", "a"));
        lib.append(file("b.py", "b"));
        m_tree = tree::RomTree(std::move(root));
    }

    Plan plan() const { return build::plan(m_tree, m_options, m_knowledge); }

    void compileAllTo(const sources::Compiled& result)
    {
        std::vector<sources::CompileJob> jobs;
        for (const auto& waiting : plan().toCompile) {
            jobs.push_back(waiting.job);
        }
        m_knowledge.compiled.add(jobs, std::vector<sources::Compiled>(jobs.size(), result));
    }

    static std::vector<std::string> names(const Plan& plan)
    {
        std::vector<std::string> names;
        for (const auto& entry : plan.flat.entries) {
            names.push_back(entry.name);
        }
        return names;
    }

    static std::vector<std::string> waiting(const Plan& plan)
    {
        std::vector<std::string> names;
        for (const auto& one : plan.toCompile) {
            names.push_back(one.job.name);
        }
        return names;
    }

    static std::vector<std::string_view> codes(const Plan& plan)
    {
        std::vector<std::string_view> codes;
        for (const auto& finding : plan.findings) {
            if (finding.code != "never-started") { // of main.py
                codes.push_back(finding.code);
            }
        }
        return codes;
    }

    tree::RomTree m_tree;
    Options m_options;
    mutable Knowledge m_knowledge;
};

TEST_F(Planning, HasSourcesUntilTheyAreCompiled)
{
    EXPECT_THAT(waiting(plan()), ElementsAre("lib/a.py", "lib/b.py"));
    EXPECT_THAT(names(plan()), ElementsAre("main.py", "lib", "a.py", "b.py"));
    EXPECT_TRUE(plan().isWaiting(*m_tree.find("lib/a.py")));
    EXPECT_FALSE(plan().isWaiting(*m_tree.find("main.py")));

    compileAllTo(bytecode);
    const auto done = plan();
    EXPECT_TRUE(done.isComplete());
    EXPECT_THAT(names(done), ElementsAre("main.py", "lib", "a.mpy", "b.mpy"));
    EXPECT_TRUE(done.isCompiled(*m_tree.find("lib/a.py")));
    EXPECT_TRUE(done.contentOf(*m_tree.find("lib/a.py")).isSameAs(bytecode));
    EXPECT_EQ(done.layout[2].recordEnd - done.layout[2].contentOffset, bytecode.size());
}

TEST_F(Planning, KeepsWhatCannotBeCompiledAsSourceAndSaysInWhichLine)
{
    compileAllTo(std::unexpected(sources::CompileError{.line = 7, .message = "SyntaxError: no"}));
    const auto done = plan();
    EXPECT_TRUE(done.isComplete());
    EXPECT_TRUE(done.hasErrors());
    EXPECT_THAT(names(done), ElementsAre("main.py", "lib", "a.py", "b.py"));
    ASSERT_THAT(codes(done), ElementsAre("not-compiled", "not-compiled"));
    EXPECT_EQ(done.findings.back().line, 7U);
    EXPECT_EQ(done.findings.back().mend, romfs::Mend::KeepSource);
}

TEST_F(Planning, TakesBytecodeForEveryBoardAndNativeCodeForItsOwn)
{
    compileAllTo(bytecode);
    m_options.target = Target::fromKey("OPENMV_N6/0");
    EXPECT_TRUE(plan().isComplete());
    m_options.python.optimization = 1;
    EXPECT_FALSE(plan().isComplete());
    compileAllTo(native);
    EXPECT_TRUE(plan().isComplete());
    m_options.target = Target::fromKey("OPENMV2/0");
    EXPECT_FALSE(plan().isComplete());
}

TEST_F(Planning, SaysOnceThatThereIsNoCompiler)
{
    m_knowledge.compiled.setUnavailable({.code = ErrorCode::NotFound, .message = "There is none."});
    EXPECT_TRUE(plan().isComplete());
    EXPECT_THAT(codes(plan()), ElementsAre("no-compiler"));
    m_options.python.compile = false;
    EXPECT_THAT(codes(plan()), ElementsAre("uncompiled"));
    m_options.python.compile = true;
    m_knowledge.compiled.retry();
    EXPECT_FALSE(plan().isComplete());
}

TEST_F(Planning, TriesFailuresOnceMoreWhenAsked)
{
    compileAllTo(std::unexpected(sources::CompileError{.line = 0, .message = "It crashed."}));
    EXPECT_TRUE(plan().isComplete());
    m_knowledge.compiled.retry();
    EXPECT_THAT(waiting(plan()), ElementsAre("lib/a.py", "lib/b.py"));
}

TEST_F(Planning, AlignsBytecodeByItsOwnRule)
{
    compileAllTo(bytecode);
    m_options.rules = tree::AlignmentRules({{"mpy", 64}, {"py", 8}}, 4);
    EXPECT_EQ(plan().flat.entries[2].alignment, 64U);
    EXPECT_EQ(plan().flat.entries[0].alignment, 8U);
    auto edit = test::must(m_tree.setAlignment(std::array{m_tree.find("lib/a.py")}, 256));
    m_tree.apply(edit);
    EXPECT_EQ(plan().flat.entries[2].alignment, 256U);
}

} // namespace
} // namespace romsmith::build
