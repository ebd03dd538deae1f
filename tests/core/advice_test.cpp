// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/plan.h"
#include "core/sources/disk.h"
#include "tests/core/helpers.h"
#include "tests/core/treeeditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

namespace romsmith::build {
namespace {

using romfs::Severity;
using test::file;
using test::folder;
using namespace std::string_view_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string noModel(64, '\x01');

/// What is said of a tree on a board, one line for each finding.
class Advice : public testing::Test
{
protected:
    template <typename... Nodes> void add(Nodes... nodes)
    {
        auto edit = test::must(m_tree.add(m_tree.root(), test::nodes(std::move(nodes)...), tree::ClashPolicy::Refuse));
        m_tree.apply(edit);
    }

    std::vector<romfs::Finding> findings(std::string_view board = {})
    {
        Options options;
        options.target = board.empty() ? Target() : Target::fromKey(std::string(board) + "/0");
        options.python.compile = m_compiles;
        return plan(m_tree, options, m_knowledge).findings;
    }

    std::vector<std::string> said(std::string_view board = {})
    {
        std::vector<std::string> lines;
        for (const auto& finding : findings(board)) {
            lines.push_back(std::string(finding.code) + (finding.path.empty() ? "" : " " + finding.path));
        }
        return lines;
    }

    tree::RomTree m_tree;
    Knowledge m_knowledge;
    bool m_compiles = true;
};

TEST_F(Advice, IsSilentAboutAnApplicationThatIsFine)
{
    add(file("net.bin", noModel), file("labels.txt", "cat"), folder("lib", file("x.mpy", "M\6\0\x1f\0\0"sv)));
    EXPECT_THAT(said("OPENMV_N6"), IsEmpty());
}

TEST_F(Advice, SaysThatTheDeviceStartsNothingFromTheImage)
{
    add(file("main.py"), file("boot.py"), folder("lib", file("main.txt")));
    EXPECT_THAT(said(), ElementsAre("never-started main.py", "never-started boot.py"));
    EXPECT_THAT(findings()[0].message, HasSubstr("exec(open(\"/rom/main.py\").read())"));
}

TEST_F(Advice, SaysOnceThatSourcesAreCompiledIntoRam)
{
    m_compiles = false;
    add(file("a.py"), folder("lib", file("b.py")));
    ASSERT_THAT(said(), ElementsAre("uncompiled"));
    EXPECT_THAT(findings()[0].message, HasSubstr("2 Python files"));
    EXPECT_EQ(findings()[0].mend, romfs::Mend::Compile);
    const std::array kept{m_tree.find("a.py"), m_tree.find("lib")};
    auto edit = m_tree.setCompile(kept, false);
    m_tree.apply(edit);
    EXPECT_THAT(said(), IsEmpty()) << "whoever said so knows";
}

TEST_F(Advice, FindsModulesInLibThatTheTopHides)
{
    add(file("same.mpy", "M\6\0\x1f\0\0"sv), folder("pkg"),
        folder("lib", file("same.txt"), folder("same"), folder("pkg"), folder("other", folder("pkg"))));
    EXPECT_THAT(said(), ElementsAre("shadowed-by-top lib/same", "shadowed-by-top lib/pkg"));
}

TEST_F(Advice, KnowsWhatABoardCannotImport)
{
    add(file("old.mpy", "M\5\0\x1f\0\0"sv), file("no.mpy", "text"), file("native.mpy", "M\6\x1f\x1f\0\0"sv));
    EXPECT_THAT(said(), IsEmpty());
    EXPECT_THAT(said("OPENMV_N6"), ElementsAre("mpy-not-loadable old.mpy", "not-mpy no.mpy"));
    EXPECT_EQ(findings("OPENMV_N6")[0].severity, Severity::Error);
}

TEST_F(Advice, KnowsWhichModelsAnNpuRuns)
{
    const std::filesystem::path sample(ROMSMITH_SAMPLE_DIR "/models/person_detect.tflite");
    add(tree::Node::file("net.tflite", test::must(sources::loadFile(sample, sources::Loading::Snapshot))),
        file("net.txt", "a"));
    EXPECT_THAT(said("OPENMV4P"), IsEmpty());
    EXPECT_THAT(said("OPENMV_N6"), ElementsAre("not-for-npu net.tflite"));
    EXPECT_THAT(findings("OPENMV_N6")[0].message, HasSubstr("stedgeai"));
    EXPECT_THAT(said("OPENMV_AE3"), ElementsAre("not-for-npu net.tflite"));
    EXPECT_THAT(findings("OPENMV_AE3")[0].message, HasSubstr("Vela"));
}

TEST_F(Advice, NamesModelsThatCannotBeReadOrHaveNoLabels)
{
    add(file("broken.tflite", "\x1c\0\0\0TFL3 and nothing of a model"sv),
        folder("m", file("x.tflite", "\x1c\0\0\0TFL3 neither"sv)));
    EXPECT_THAT(said(), Contains("broken-model broken.tflite"));
    EXPECT_THAT(said(), Contains("no-labels m/x.tflite"));
    add(file("labels.txt", "a"));
    EXPECT_THAT(said(), Not(Contains("no-labels broken.tflite")));
    EXPECT_THAT(said(), Contains("no-labels m/x.tflite"));
}

TEST_F(Advice, DoesNotLetAnOverrideHideWhatAModelNeeds)
{
    add(file("net.tflite", "NBIN\1\2\3\0 for an NPU"sv), file("net.txt", "a"));
    const std::array model{m_tree.find("net.tflite")};
    auto small = test::must(m_tree.setAlignment(model, 4));
    m_tree.apply(small);
    ASSERT_THAT(said("OPENMV_N6"), ElementsAre("below-rule net.tflite"));
    EXPECT_EQ(findings("OPENMV_N6")[0].severity, Severity::Error);
    EXPECT_EQ(findings("OPENMV_N6")[0].mend, romfs::Mend::UseRule);
    EXPECT_THAT(findings("OPENMV_N6")[0].message, HasSubstr("needs 32"));
    auto edit = test::must(m_tree.setAlignment(model, 64));
    m_tree.apply(edit);
    EXPECT_THAT(said("OPENMV_N6"), IsEmpty());
}

TEST_F(Advice, TellsThatAPartitionIsNearlyFull)
{
    add(file("large.dat", std::string(127 * 1024, 'x')));
    EXPECT_THAT(said("OPENMV2"), ElementsAre("nearly-full"));
    EXPECT_THAT(said("OPENMV_N6"), IsEmpty());
}

TEST_F(Advice, ReadsAModelOnceAndNoticesANewOne)
{
    add(file("net.tflite", noModel), file("net.txt", "a"));
    EXPECT_THAT(said(), ElementsAre("not-a-model net.tflite"));
    auto edit = test::must(m_tree.replaceContent(*m_tree.find("net.tflite"), test::content("\x1c\0\0\0TFL3 broken"sv)));
    m_tree.apply(edit);
    EXPECT_THAT(said(), ElementsAre("broken-model net.tflite"));
    m_tree.undo(edit);
    EXPECT_THAT(said(), ElementsAre("not-a-model net.tflite"));
}

} // namespace
} // namespace romsmith::build
