// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/linediff.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace romsmith::tree {
namespace {

using Kind = LineChange::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

/// " same", "-old", "+new", "@2/3"; a line without a line break ends with "|".
std::vector<std::string> unified(std::string_view a, std::string_view b, std::size_t context = 1)
{
    std::vector<std::string> lines;
    for (const auto& change : lineChanges(a, b, context)) {
        const auto sign = change.kind == Kind::Context ? " " : change.kind == Kind::Removed ? "-" : "+";
        lines.push_back(change.kind == Kind::Gap
                            ? std::format("@{}/{}", change.lineA, change.lineB)
                            : std::format("{}{}{}", sign, change.text, change.endsFile ? "|" : ""));
    }
    return lines;
}

TEST(LineDiff, OfEqualTextsIsEmpty)
{
    EXPECT_THAT(unified("", ""), IsEmpty());
    EXPECT_THAT(unified("a\nb\n", "a\nb\n"), IsEmpty());
}

TEST(LineDiff, ShowsContextAroundAChange)
{
    EXPECT_THAT(unified("1\n2\n3\n4\n5\n", "1\n2\nX\n4\n5\n"), ElementsAre("@2/2", " 2", "-3", "+X", " 4"));
    EXPECT_THAT(unified("1\n2\n3\n", "1\n2\nX\n3\n", 3), ElementsAre(" 1", " 2", "+X", " 3"));
    EXPECT_THAT(unified("1\n2\n3\n", "1\n3\n", 0), ElementsAre("@2/2", "-2"));
}

TEST(LineDiff, LeavesOutWhatIsBetweenChanges)
{
    EXPECT_THAT(unified("a\n1\n2\n3\n4\nb\n", "A\n1\n2\n3\n4\nB\n"),
                ElementsAre("-a", "+A", " 1", "@5/5", " 4", "-b", "+B"));
}

TEST(LineDiff, JoinsChangesThatAreNear)
{
    EXPECT_THAT(unified("a\n1\nb\n", "A\n1\nB\n", 3), ElementsAre("-a", "+A", " 1", "-b", "+B"));
}

TEST(LineDiff, TellsAMissingLineBreakAtTheEnd)
{
    EXPECT_THAT(unified("a\nb\n", "a\nb"), ElementsAre(" a", "-b", "+b|"));
}

TEST(LineDiff, ComparesWithNothing)
{
    EXPECT_THAT(unified("", "a\nb\n"), ElementsAre("+a", "+b"));
    EXPECT_THAT(unified("a\n", ""), ElementsAre("-a"));
}

TEST(LineDiff, NumbersLines)
{
    const auto changes = lineChanges("a\nb\n", "x\na\nc\n");
    ASSERT_EQ(changes.size(), 4U);
    EXPECT_EQ(changes[0], (LineChange{.kind = Kind::Added, .lineA = 0, .lineB = 1, .text = "x"}));
    EXPECT_EQ(changes[1], (LineChange{.kind = Kind::Context, .lineA = 1, .lineB = 2, .text = "a"}));
    EXPECT_EQ(changes[2], (LineChange{.kind = Kind::Removed, .lineA = 2, .lineB = 0, .text = "b"}));
}

/// Plays the changes back.
std::pair<std::string, std::string> bothTexts(const std::vector<LineChange>& changes)
{
    std::pair<std::string, std::string> texts;
    for (const auto& change : changes) {
        const auto line = std::string(change.text) + (change.endsFile ? "" : "\n");
        texts.first += change.kind == Kind::Added ? "" : line;
        texts.second += change.kind == Kind::Removed ? "" : line;
    }
    return texts;
}

TEST(LineDiff, LeadsFromAnyTextToAnyOther)
{
    std::minstd_rand random(1);
    const auto text = [&] {
        std::string lines;
        for (auto count = random() % 40; count > 0; --count) {
            lines += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
        }
        return lines + (random() % 3 == 0 ? "end" : "");
    };
    for (int i = 0; i < 500; ++i) {
        const auto a = text();
        const auto b = text();
        if (a != b) {
            EXPECT_EQ(bothTexts(lineChanges(a, b, 1000)), std::pair(a, b));
        }
    }
}

TEST(LineDiff, IsTheShortestOne)
{
    const auto changes = lineChanges("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 100);
    EXPECT_EQ(std::ranges::count_if(changes, [](const LineChange& line) { return line.kind != Kind::Context; }), 5);
}

TEST(LineDiff, GivesUpOnTextsThatHaveNothingInCommon)
{
    std::string a = "same\n";
    std::string b = "same\n";
    for (int i = 0; i < 20'000; ++i) {
        a += std::format("a{}\n", i);
        b += std::format("b{}\n", i);
    }
    a += "end\n";
    b += "end\n";
    const auto changes = lineChanges(a, b, 1);
    ASSERT_EQ(changes.size(), 40'002U);
    EXPECT_EQ(changes[1].kind, Kind::Removed);
    EXPECT_EQ(changes[20'001].kind, Kind::Added);
    EXPECT_TRUE(bothTexts(changes) == std::pair(a, b)); // comparing them line by line for a message takes a minute
}

} // namespace
} // namespace romsmith::tree
