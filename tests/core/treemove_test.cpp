// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/romtree.h"
#include "tests/core/treeeditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::tree {
namespace {

using test::content;
using test::directoryRecord;
using test::dump;
using test::Editor;
using test::Entries;
using test::fileWith;
using test::folder;
using test::foreign;
using test::hex;
using test::imageOf;
using test::must;
using test::readBlob;
using test::record;
using test::refusal;
using test::sample;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Move ----------------------------------------------------------------------------------------------------------------

Entries letters()
{
    Entries entries;
    entries.file("a", "").file("b", "").file("c", "").file("d", "").open("F").file("x", "").file("y", "").close();
    return entries;
}

TEST(Move, PutsNodesInFrontOfARow)
{
    const auto moved = [](std::initializer_list<std::string_view> paths, std::optional<std::size_t> row) {
        Editor editor(letters());
        return editor.apply(editor->move(editor.all(paths), editor->root(), row, ClashPolicy::Refuse));
    };
    EXPECT_EQ(moved({"a"}, 2), "b a c d F/ F/x F/y");
    EXPECT_EQ(moved({"c"}, 0), "c a b d F/ F/x F/y");
    EXPECT_EQ(moved({"a"}, {}), "b c d F/ F/x F/y a");
    EXPECT_EQ(moved({"a"}, 5), "b c d F/ F/x F/y a");
    EXPECT_EQ(moved({"d", "a"}, 2), "b a d c F/ F/x F/y") << "in the order of the tree";
    EXPECT_EQ(moved({"b", "c"}, 1), "a b c d F/ F/x F/y") << "in front of themselves";
    EXPECT_EQ(moved({"a", "c"}, 2), "b a c d F/ F/x F/y") << "in front of one of them";
    EXPECT_EQ(moved({"F/y", "b"}, 0), "b y a c d F/ F/x");
    EXPECT_EQ(moved({"F/x", "F"}, 0), "F/ F/x F/y a b c d") << "what is inside another one stays there";
}

TEST(Move, ToWhereEverythingIsIsNoEdit)
{
    Editor editor(letters());
    for (const std::size_t row : {1U, 2U}) {
        EXPECT_TRUE(must(editor->move(editor.all({"b"}), editor->root(), row, ClashPolicy::Refuse)).isEmpty()) << row;
    }
    EXPECT_TRUE(must(editor->move(editor.all({"F/y"}), editor.at("F"), {}, ClashPolicy::Refuse)).isEmpty());
    EXPECT_TRUE(must(editor->move({}, editor->root(), 0, ClashPolicy::Refuse)).isEmpty());
}

TEST(Move, PutsNodesIntoAnotherFolder)
{
    Editor editor(letters());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"d", "b"}), editor.at("F"), 1, ClashPolicy::Refuse)),
              "a c F/ F/x F/b F/d F/y");
    EXPECT_EQ(editor.apply(editor->move(editor.all({"F/x"}), editor->root(), {}, ClashPolicy::Refuse)),
              "a c F/ F/b F/d F/y x");
}

TEST(Move, KeepsTheIdentityOfNodes)
{
    Editor editor(letters());
    const auto* node = &editor.at("F/x");
    editor.apply(editor->move(editor.all({"F/x"}), editor->root(), 0, ClashPolicy::Refuse));
    EXPECT_EQ(&editor.at("x"), node);
    EXPECT_THAT(editor.last().subjects(), ElementsAre(node));
}

TEST(Move, ThereAndBackGivesTheFirstImage)
{
    Editor editor(letters());
    editor.apply(editor->move(editor.all({"a"}), editor.at("F"), {}, ClashPolicy::Refuse));
    EXPECT_NE(dump(editor.image()), dump(editor.original()));
    editor.apply(editor->move(editor.all({"F/a"}), editor->root(), 0, ClashPolicy::Refuse));
    EXPECT_EQ(dump(editor.image()), dump(editor.original()));
}

TEST(Move, WithinTheSameNumberOfEntriesStillLaysOutAnew)
{
    // a and an empty folder F swap who is inside: the entries stay the same in number.
    Editor editor(imageOf(directoryRecord("F", {}) + fileWith("a", "1")));
    editor.apply(editor->move(editor.all({"a"}), editor.at("F"), {}, ClashPolicy::Refuse));
    EXPECT_EQ(test::outline(readBlob(editor.image()).entries), "F/ F/a=1");
}

TEST(Move, RefusesWhatCannotBe)
{
    Editor editor(sample());
    const auto tryToMove = [&](std::initializer_list<std::string_view> paths, std::string_view to) {
        return refusal(editor->move(editor.all(paths), editor.at(to), {}, ClashPolicy::Replace));
    };
    EXPECT_THAT(tryToMove({"lib"}, "lib"), HasSubstr("into itself"));
    EXPECT_THAT(tryToMove({"a.py", "lib"}, "lib/pkg"), HasSubstr("into itself"));
    EXPECT_THAT(tryToMove({""}, "lib"), Not(IsEmpty()));
    EXPECT_THAT(tryToMove({"a.py"}, "z.txt"), HasSubstr("not a folder"));
}

Entries clashing()
{
    Entries entries;
    entries.file("x", "root")
        .file("m", "")
        .open("a")
        .file("x", "a")
        .close()
        .open("b")
        .file("x", "b")
        .close()
        .open("c")
        .open("x")
        .file("in", "")
        .close()
        .close();
    return entries;
}

std::string moveClashing(std::initializer_list<std::string_view> paths, ClashPolicy policy,
                         std::optional<std::size_t> row = {})
{
    Editor editor(clashing());
    const auto edit = editor->move(editor.all(paths), editor->root(), row, policy);
    if (!edit) {
        return std::format("refused: {}",
                           edit.error().code == ErrorCode::AlreadyExists ? "exists already" : edit.error().message);
    }
    return editor.apply(editor->move(editor.all(paths), editor->root(), row, policy));
}

TEST(Move, FollowsThePolicyWhereANameIsTaken)
{
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::Refuse), "refused: exists already");
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::Skip), "x m a/ a/x b/ b/x c/ c/x/ c/x/in");
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::Replace), "m a/ b/ b/x c/ c/x/ c/x/in x");
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::KeepBoth), "x m a/ b/ b/x c/ c/x/ c/x/in x_2=a");
    EXPECT_EQ(moveClashing({"c/x"}, ClashPolicy::Replace), "m a/ a/x b/ b/x c/ x/ x/in");
    EXPECT_EQ(moveClashing({"a/x", "b/x"}, ClashPolicy::KeepBoth), "x m a/ b/ c/ c/x/ c/x/in x_2=a x_3=b");
}

TEST(Move, TakesThePlaceOfWhatItReplaces)
{
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::Replace, 0), "x m a/ b/ b/x c/ c/x/ c/x/in");
    EXPECT_EQ(moveClashing({"a/x"}, ClashPolicy::Replace, 1), "x m a/ b/ b/x c/ c/x/ c/x/in");
    EXPECT_EQ(moveClashing({"a/x", "m"}, ClashPolicy::Replace, 0), "m x a/ b/ b/x c/ c/x/ c/x/in")
        << "m was in front of a/x";
}

TEST(Move, DoesNotLetTwoMovedNodesReplaceEachOther)
{
    EXPECT_EQ(moveClashing({"a/x", "b/x"}, ClashPolicy::Replace), "refused: exists already");
    EXPECT_EQ(moveClashing({"x", "b/x"}, ClashPolicy::Replace), "refused: exists already");
    EXPECT_EQ(moveClashing({"x", "a/x"}, ClashPolicy::Replace, 3), "refused: exists already");
}

TEST(Move, DoesNotReplaceWhatHoldsTheNode)
{
    // x/x is to take the place of x, in which it is.
    Editor editor(Entries().open("x").file("x", "inner").file("other", "").close());
    EXPECT_FALSE(editor->move(editor.all({"x/x"}), editor->root(), {}, ClashPolicy::Replace));
    EXPECT_EQ(editor.apply(editor->move(editor.all({"x/x"}), editor->root(), {}, ClashPolicy::KeepBoth)),
              "x/ x/other x_2=inner");
}

TEST(Move, DoesNotReplaceWhatHoldsAnotherMovedNode)
{
    Editor editor(Entries().open("b").file("x", "").close().open("x").file("y", "").close());
    EXPECT_FALSE(editor->move(editor.all({"b/x", "x/y"}), editor->root(), {}, ClashPolicy::Replace));
}

TEST(Move, MergesAFolderIntoOneOfTheSameName)
{
    Editor editor(Entries()
                      .open("f")
                      .file("a", "")
                      .close()
                      .open("g")
                      .open("f")
                      .file("b", "")
                      .open("h")
                      .file("c", "")
                      .close()
                      .close()
                      .close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"g/f"}), editor->root(), {}, ClashPolicy::Refuse)),
              "f/ f/a f/b f/h/ f/h/c g/");
}

TEST(Move, MergesFollowThePolicyInside)
{
    const auto merged = [](ClashPolicy policy) -> std::string {
        Editor editor(Entries()
                          .open("f")
                          .file("a", "old")
                          .file("z", "")
                          .close()
                          .open("g")
                          .open("f")
                          .file("a", "moved")
                          .file("b", "")
                          .close()
                          .close());
        auto edit = editor->move(editor.all({"g/f"}), editor->root(), {}, policy);
        return edit ? editor.apply(std::move(edit)) : "refused";
    };
    EXPECT_EQ(merged(ClashPolicy::Refuse), "refused");
    EXPECT_EQ(merged(ClashPolicy::Skip), "f/ f/a f/z f/b g/ g/f/ g/f/a") << "what is skipped stays where it is";
    EXPECT_EQ(merged(ClashPolicy::Replace), "f/ f/z f/a f/b g/");
    EXPECT_EQ(merged(ClashPolicy::KeepBoth), "f/ f/a f/z f/a_2=moved f/b g/");
}

TEST(Move, MergesAFolderIntoTheOneThatHoldsIt)
{
    Editor editor(Entries().open("f").file("a", "").open("f").file("b", "").close().close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"f/f"}), editor->root(), {}, ClashPolicy::Refuse)), "f/ f/a f/b");
}

TEST(Move, SurvivesFoldersAndFilesOfOneNameInEachOther)
{
    for (const auto policy : {ClashPolicy::Refuse, ClashPolicy::Replace, ClashPolicy::KeepBoth, ClashPolicy::Skip}) {
        for (const auto* path : {"a/a", "a/a/a", "a/a/a/a"}) {
            Editor editor(Entries()
                              .open("a")
                              .file("1", "")
                              .open("a")
                              .file("2", "")
                              .open("a")
                              .file("3", "")
                              .file("a", "deep")
                              .file("b", "")
                              .close()
                              .file("b", "")
                              .close()
                              .close());
            auto edit = editor->move(editor.all({path}), editor->root(), {}, policy);
            if (edit) {
                const auto files = [&] {
                    std::size_t count = 0;
                    forEachInside(editor->root(), [&](const Node& node) { count += node.isFile() ? 1U : 0U; });
                    return count;
                };
                const auto before = files();
                editor.apply(std::move(edit));
                EXPECT_LE(files(), before);
                EXPECT_GE(files(), policy == ClashPolicy::Replace ? before - 1 : before) << path;
            }
        }
    }
}

TEST(Move, MergesSeveralFoldersIntoOne)
{
    Editor editor(Entries()
                      .open("p")
                      .open("f")
                      .file("1", "")
                      .close()
                      .close()
                      .open("q")
                      .open("f")
                      .file("2", "")
                      .close()
                      .close()
                      .open("r")
                      .open("f")
                      .file("2", "")
                      .close()
                      .close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"p/f", "q/f"}), editor->root(), {}, ClashPolicy::Replace)),
              "p/ q/ r/ r/f/ r/f/2 f/ f/1 f/2");
    editor.undoAll();
    EXPECT_FALSE(editor->move(editor.all({"p/f", "q/f", "r/f"}), editor->root(), {}, ClashPolicy::Replace))
        << "two newcomers of one name";
    EXPECT_EQ(editor.apply(editor->move(editor.all({"p/f", "q/f", "r/f"}), editor->root(), {}, ClashPolicy::KeepBoth)),
              "p/ q/ r/ f/ f/1 f/2 f/2_2=");
}

TEST(Move, MergesWhatWasMergedIntoBefore)
{
    // x/M merges into M and brings z into M/k; then M/k merges into k and brings z along.
    Editor editor(Entries()
                      .open("x")
                      .open("M")
                      .open("k")
                      .file("z", "")
                      .close()
                      .close()
                      .close()
                      .open("M")
                      .open("k")
                      .file("a", "")
                      .close()
                      .close()
                      .open("k")
                      .file("r", "")
                      .close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"x/M", "M/k"}), editor->root(), {}, ClashPolicy::Refuse)),
              "x/ M/ k/ k/r k/a k/z");
}

TEST(Move, DoesNotReplaceWhatIsStillToBeMoved)
{
    // a/a merges into a. Before its own c is moved, a/a/a merges into a/a and brings another c.
    const auto entries
        = Entries().open("a").open("a").open("a").file("c", "deep").close().file("c", "").close().close();
    Editor refusing(entries);
    EXPECT_FALSE(refusing->move(refusing.all({"a/a"}), refusing->root(), {}, ClashPolicy::Replace));
    Editor keeping(entries);
    EXPECT_EQ(keeping.apply(keeping->move(keeping.all({"a/a"}), keeping->root(), {}, ClashPolicy::KeepBoth)),
              "a/ a/a/ a/a/c_2=deep a/c");
}

TEST(Move, ReordersWhatHasTheSameNameAsItsNeighbour)
{
    Editor editor(imageOf(fileWith("x", "1") + fileWith("x", "2") + fileWith("y", "3")));
    for (const auto policy : {ClashPolicy::Refuse, ClashPolicy::Replace, ClashPolicy::KeepBoth, ClashPolicy::Skip}) {
        editor.apply(editor->move(std::vector{editor->root().children()[1].get()}, editor->root(), 0, policy));
        EXPECT_EQ(editor->root().children().size(), 3U);
        EXPECT_EQ(textOf(editor->root().children()[2]->content()), "3");
    }
    editor.apply(editor->move(std::vector{editor->root().children()[1].get()}, editor->root(), 0, ClashPolicy::Refuse));
    EXPECT_EQ(textOf(editor.at("x").content()), "2") << "now the second one is found first";
}

TEST(Move, MovesOtherRecords)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->move(std::vector{editor->root().children()[1].get()}, editor.at("d"), 0,
                                        ClashPolicy::Refuse)),
              "a d/ d/? d/b d/? c ?");
}

TEST(Move, ToTheEndStaysInFrontOfWhatTheDeviceCannotReadPast)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"a"}), editor->root(), {}, ClashPolicy::Refuse)),
              "? d/ d/b d/? c a ?");
    EXPECT_EQ(editor.apply(editor->move(editor.all({"c"}), editor.at("d"), {}, ClashPolicy::Refuse)),
              "? d/ d/b d/c d/? a ?");
}

TEST(Move, IsQuickForThousands)
{
    Entries entries;
    entries.open("from");
    for (int i = 0; i < 1'000; ++i) {
        entries.file(std::format("{}", i), "");
    }
    entries.close().open("to");
    for (int i = 0; i < 1'000; ++i) {
        entries.file(std::format("{}.txt", i), "");
    }
    entries.close();
    RomTree tree(readBlob(test::written(entries, test::compact())));
    std::vector<Node*> all;
    for (const auto& child : tree.find("from")->children()) {
        all.push_back(child.get());
    }
    auto edit = must(tree.move(all, *tree.find("to"), 0, ClashPolicy::Refuse));
    tree.apply(edit);
    EXPECT_EQ(tree.find("to")->children().size(), 2'000U);
    tree.undo(edit);
    EXPECT_EQ(tree.find("from")->children().size(), 1'000U);
}

// Sorting -------------------------------------------------------------------------------------------------------------

TEST(Sort, GoesByTheBytesOfTheNamesInAllFolders)
{
    Editor editor(Entries()
                      .file("b.txt", "")
                      .file("B.txt", "")
                      .open("m.d")
                      .file("2", "")
                      .file("10", "")
                      .close()
                      .open("m")
                      .close()
                      .file("\xc3\xa4", "")
                      .file("Z", "")
                      .file("_x", "")
                      .file(".hidden", ""));
    EXPECT_EQ(editor.apply(editor->sortByName(editor->root())),
              ".hidden B.txt Z _x b.txt m/ m.d/ m.d/10 m.d/2 \xc3\xa4");
    EXPECT_TRUE(editor->sortByName(editor->root()).isEmpty());
}

TEST(Sort, LeavesOtherRecordsBehindAndWhatCannotBeReadPastLast)
{
    Editor editor(imageOf(record(77, {}) + fileWith("b", "") + record(78, {}) + fileWith("a", "") + hex("00 00")));
    EXPECT_EQ(editor.apply(editor->sortByName(editor->root())), "a b ? ? ?");
    EXPECT_EQ(dump(editor->root().children()[2]->content().bytes()), dump(record(77, {})));
    EXPECT_EQ(editor->root().children()[4]->defect(), romfs::Defect::UnusedKind);
}

TEST(Sort, OfOneFolderLeavesTheRest)
{
    Editor editor(Entries().file("z", "").open("d").file("b", "").file("a", "").close().file("c", ""));
    EXPECT_EQ(editor.apply(editor->sortByName(editor.at("d"))), "z d/ d/a d/b c");
}

} // namespace
} // namespace romsmith::tree
