// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/layout.h"
#include "core/tree/alignmentrules.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"

#include <gtest/gtest.h>

namespace romsmith::tree {
namespace {

TEST(AlignmentRules, OfOpenMvAlignModels)
{
    const auto rules = AlignmentRules::openMv();
    EXPECT_EQ(rules.of("net.tflite"), 16U);
    EXPECT_EQ(rules.of("net.lite"), 16U);
    EXPECT_EQ(rules.of("weights.bin"), 16U);
    EXPECT_EQ(rules.of("main.py"), 4U);
    EXPECT_EQ(rules.of("noext"), 4U);
    EXPECT_EQ(rules.largest(), 16U);
}

TEST(AlignmentRules, GoByTheLastSuffixInAnyCase)
{
    const auto rules = AlignmentRules::openMv();
    EXPECT_EQ(rules.of("yolo.v8.TFLite"), 16U);
    EXPECT_EQ(rules.of("net.tflite.txt"), 4U);
    EXPECT_EQ(rules.of("tflite"), 4U);
    EXPECT_EQ(rules.of(".tflite"), 16U);
}

TEST(RuleChanges, LeadFromOneSetOfRulesToTheOther)
{
    const auto board = AlignmentRules::openMv();
    const AlignmentRules wanted({{"tflite", 64}, {"lite", 16}, {"wav", 512}}, 8);
    const auto changes = RuleChanges::between(board, wanted);
    EXPECT_EQ(changes.byExtension.size(), 3U); // tflite, wav and, left out, bin
    EXPECT_EQ(changes.byExtension.find("bin")->second, std::nullopt);
    EXPECT_EQ(changes.appliedTo(board), wanted);
    EXPECT_EQ(RuleChanges::between(board, board), RuleChanges());
}

TEST(RuleChanges, KeepAnotherBoardsRulesWhereTheyDoNotTouchThem)
{
    const auto changes = RuleChanges::between(
        AlignmentRules::openMv(), AlignmentRules({{"tflite", 16}, {"lite", 16}, {"bin", 16}, {"wav", 512}}, 4));
    const auto other = changes.appliedTo(AlignmentRules({{"tflite", 32}}, 4));
    EXPECT_EQ(other, AlignmentRules({{"tflite", 32}, {"wav", 512}}, 4));
}

TEST(AlignmentRules, OfTheReferenceWriterAlignNothing)
{
    const auto rules = AlignmentRules::none();
    EXPECT_EQ(rules.of("net.tflite"), 1U);
    EXPECT_EQ(rules.largest(), 1U);
    EXPECT_EQ(rules.ruleFor("net.tflite"), std::nullopt);
}

TEST(AlignmentRules, TellARuleFromTheDefault)
{
    auto rules = AlignmentRules::openMv();
    EXPECT_TRUE(rules.ruleFor("net.tflite"));
    EXPECT_EQ(rules.ruleFor("main.py"), std::nullopt);
    rules.set("py", 8);
    EXPECT_TRUE(rules.ruleFor("main.py"));
    EXPECT_EQ(rules.of("main.py"), 8U);
    rules.set("tflite", 32);
    EXPECT_EQ(rules.of("net.tflite"), 32U);
    EXPECT_EQ(rules.largest(), 32U);
    EXPECT_NE(rules, AlignmentRules::openMv());
}

TEST(AlignmentRules, CountTheDefaultAmongTheLargest)
{
    EXPECT_EQ(AlignmentRules({{"tflite", 16}}, 64).largest(), 64U);
}

TEST(AlignmentRules, TakePowersOfTwoUpToALimit)
{
    for (const std::uint64_t good : {1U, 2U, 4U, 1024U, romfs::maxAlignment}) {
        EXPECT_TRUE(isValidAlignment(good)) << good;
    }
    for (const std::uint64_t bad :
         {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{48}, std::uint64_t{2 * romfs::maxAlignment},
          std::uint64_t{1} << 32U, std::uint64_t{1} << 63U}) {
        EXPECT_FALSE(isValidAlignment(bad)) << bad;
    }
}

using namespace std::string_view_literals;

TEST(WantedAlignment, OfAnImageInsideIsTheLargestOfAllSoThatItsFilesKeepTheirs)
{
    const auto image = test::content("\xd2\xcd\x31\x00"sv);
    const auto wanted = [](std::string name, const romfs::Content& content, const AlignmentRules& rules) {
        return Node::file(std::move(name), content)->wantedAlignment(rules);
    };
    EXPECT_EQ(wanted("inner.img", image, AlignmentRules::openMv()).value, 16U);
    EXPECT_EQ(wanted("inner.romfs", image, AlignmentRules::openMv()).reason, AlignmentReason::Nested);
    EXPECT_EQ(wanted("disk.img", test::content("something else"sv), AlignmentRules::openMv()).value, 4U);
    EXPECT_EQ(wanted("inner.img", image, AlignmentRules::none()).value, 1U);
}

TEST(WantedAlignment, SaysWhereItComesFrom)
{
    const auto rules = AlignmentRules::openMv();
    const auto wanted = [&](std::string name, std::optional<std::uint32_t> override, std::uint32_t found) {
        NodeState state;
        state.name = std::move(name);
        state.alignmentOverride = override;
        state.foundAlignment = found;
        return Node(romfs::EntryType::File, std::move(state)).wantedAlignment(rules);
    };
    EXPECT_EQ(wanted("a.tflite", {}, 1).value, 16U);
    EXPECT_EQ(wanted("a.tflite", {}, 1).reason, AlignmentReason::Rule);
    EXPECT_EQ(wanted("a.txt", {}, 1).value, 4U);
    EXPECT_EQ(wanted("a.txt", {}, 1).reason, AlignmentReason::Default);
    EXPECT_EQ(wanted("a.txt", {}, 4).reason, AlignmentReason::Default) << "found, but no more than the rule asks for";
    EXPECT_EQ(wanted("a.txt", {}, 64).value, 64U);
    EXPECT_EQ(wanted("a.txt", {}, 64).reason, AlignmentReason::Found);
    EXPECT_EQ(wanted("a.tflite", {}, 8).value, 16U);
    EXPECT_EQ(wanted("a.tflite", {}, 8).reason, AlignmentReason::Rule);
    EXPECT_EQ(wanted("a.tflite", 2, 64).value, 2U);
    EXPECT_EQ(wanted("a.tflite", 2, 64).reason, AlignmentReason::Override);
}

} // namespace
} // namespace romsmith::tree
