// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> codes(std::string_view name)
{
    std::vector<std::string> all;
    for (const auto& problem : checkName(name)) {
        all.emplace_back(problem.code);
    }
    return all;
}

bool isAllowed(std::string_view name)
{
    const auto problems = checkName(name);
    return std::ranges::none_of(problems,
                                [](const NameProblem& problem) { return problem.severity == Severity::Error; });
}

TEST(Names, OfOrdinaryFilesAreFine)
{
    for (const auto* name :
         {"main.py", "x", ".hidden", "...", "a b", "UPPER.TXT", "fomo_face_detection.tflite", "~", "a..b", "C:"}) {
        EXPECT_THAT(codes(name), IsEmpty()) << name;
    }
    EXPECT_THAT(codes(std::string(longestName, 'x')), IsEmpty());
}

TEST(Names, ThatTheDeviceCannotOpenAreRefused)
{
    EXPECT_THAT(codes(""), ElementsAre("name-empty"));
    EXPECT_THAT(codes("."), ElementsAre("name-dots"));
    EXPECT_THAT(codes(".."), ElementsAre("name-dots"));
    EXPECT_THAT(codes("a/b"), ElementsAre("name-slash"));
    EXPECT_THAT(codes("/"), ElementsAre("name-slash"));
    EXPECT_THAT(codes(std::string_view("a\0", 2)), ElementsAre("name-nul"));
    EXPECT_THAT(codes(std::string(longestName + 1, 'x')), ElementsAre("name-long"));
    EXPECT_THAT(codes("\xff"), ElementsAre("name-not-utf8"));
    for (const auto* name : {"", ".", "..", "a/b", "\xff"}) {
        EXPECT_FALSE(isAllowed(name)) << name;
    }
}

TEST(Names, ThatOtherToolsMisreadAreAllowedWithAWarning)
{
    EXPECT_THAT(codes("na\xc3\xafve.txt"), ElementsAre("name-not-ascii"));
    EXPECT_THAT(codes("a\\b"), ElementsAre("name-unprintable"));
    EXPECT_THAT(codes("a\nb"), ElementsAre("name-unprintable"));
    EXPECT_THAT(codes("\x7f"), ElementsAre("name-unprintable"));
    EXPECT_THAT(codes(" a"), ElementsAre("name-blank"));
    EXPECT_THAT(codes("a "), ElementsAre("name-blank"));
    EXPECT_THAT(codes("a b"), ElementsAre());
    EXPECT_TRUE(isAllowed("na\xc3\xafve.txt"));
    EXPECT_TRUE(isAllowed("a\nb"));
}

TEST(Names, ThatPretendToBeOthersByTurningTextAroundAreShownAsTheyAre)
{
    const std::string pretender = "photo\u202egpj.exe";
    EXPECT_THAT(codes(pretender), ElementsAre("name-not-ascii", "name-turned-around"));
    EXPECT_EQ(printable(pretender), "photo\\xe2\\x80\\xaegpj.exe");
    EXPECT_EQ(printable("\u0645\u0644\u0641"), "\u0645\u0644\u0641"); // letters that run from right to left do no harm
}

TEST(Names, CanHaveSeveralProblems)
{
    EXPECT_THAT(codes("\xff/\x01"), UnorderedElementsAre("name-slash", "name-not-utf8", "name-unprintable"));
}

TEST(Names, AreCountedInBytes)
{
    std::string name;
    for (int i = 0; i < 128; ++i) {
        name += "\xc3\xa9";
    }
    EXPECT_THAT(codes(name), ElementsAre("name-long", "name-not-ascii"));
}

TEST(Utf8, IsStrict)
{
    for (const auto* good : {"", "ascii", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                             "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xe2\x82\xac uro"}) {
        EXPECT_TRUE(isUtf8(good)) << printable(good);
    }
    for (const auto* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xed\xa0\x80",
                            "\xed\xbf\xbf", "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                            "\xff", "\xfe", "a\xf0\x90\x80", "\xe2\x28\xa1"}) {
        EXPECT_FALSE(isUtf8(bad)) << printable(bad);
    }
}

TEST(PrintableName, EscapesWhatCannotBeShown)
{
    EXPECT_EQ(printable("plain.txt"), "plain.txt");
    EXPECT_EQ(printable("na\xc3\xafve"), "na\xc3\xafve");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a\\x0ab\\x1b[31m\\x7f");
    EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
    EXPECT_EQ(printable(""), "");
}

TEST(FoldedName, ComparesAsciiLettersOnly)
{
    EXPECT_EQ(foldCase("MAIN.Py_09"), "main.py_09");
    EXPECT_EQ(foldCase("\xc3\x84"), "\xc3\x84");
}

TEST(Extension, IsWhatFollowsTheLastDot)
{
    EXPECT_EQ(extensionOf("yolo.v8.TFLITE"), "tflite");
    EXPECT_EQ(extensionOf("a.py"), "py");
    EXPECT_EQ(extensionOf("noext"), "");
    EXPECT_EQ(extensionOf("trailing."), "");
    EXPECT_EQ(extensionOf(""), "");
}

TEST(ModelName, IsKnownByItsExtension)
{
    EXPECT_TRUE(isModelName("a.b.tflite"));
    EXPECT_TRUE(isModelName("A.LITE"));
    EXPECT_TRUE(isModelName("net.onnx"));
    EXPECT_FALSE(isModelName("tflite"));
    EXPECT_FALSE(isModelName("weights.bin"));
    EXPECT_FALSE(isModelName("a.tflite.txt"));
}

} // namespace
} // namespace romsmith::romfs
