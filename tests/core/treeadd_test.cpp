// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/romtree.h"
#include "tests/core/treeeditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace romsmith::tree {
namespace {

using test::directoryRecord;
using test::Editor;
using test::Entries;
using test::file;
using test::fileWith;
using test::folder;
using test::foreign;
using test::imageOf;
using test::listing;
using test::must;
using test::Nodes;
using test::nodes;
using test::readBlob;
using test::refusal;
using test::sample;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> taken(const Node& parent, const Nodes& newcomers)
{
    std::vector<std::string> paths;
    for (const auto& clash : RomTree::clashes(parent, newcomers)) {
        EXPECT_EQ(clash.present->name(), clash.coming->name());
        paths.push_back(clash.present->path());
    }
    return paths;
}

// Add -----------------------------------------------------------------------------------------------------------------

TEST(Add, PutsNodesAtTheEndInTheirOrder)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor.at("lib"), nodes(file("2"), folder("1", file("3")), file("0")),
                                       ClashPolicy::Refuse)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/2=new lib/1/ lib/1/3=new lib/0=new z.txt");
    EXPECT_THAT(editor.last().subjects(), ElementsAre(&editor.at("lib/2"), &editor.at("lib/1"), &editor.at("lib/0")));
}

TEST(Add, PutsNodesInFrontOfARow)
{
    Editor editor(sample());
    EXPECT_EQ(
        editor.apply(editor->add(editor->root(), nodes(file("2"), file("a.py"), folder("1")), ClashPolicy::Replace, 1)),
        "a.py=new 2=new 1/ lib/ lib/x.py lib/pkg/ lib/pkg/y.py z.txt");
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("2"), file("x")), ClashPolicy::Replace, 1)),
              "a.py=new 2/ x=new 1/ lib/ lib/x.py lib/pkg/ lib/pkg/y.py z.txt");
}

TEST(Add, LeavesAFileOfTheSameContentAlone)
{
    for (const auto policy : {ClashPolicy::Refuse, ClashPolicy::Replace, ClashPolicy::KeepBoth, ClashPolicy::Skip}) {
        Editor editor(imageOf(fileWith("a", "same") + fileWith("b", "old")));
        EXPECT_THAT(taken(editor->root(), nodes(file("a", "same"), file("b", "new"))), ElementsAre("b"));
        EXPECT_TRUE(must(editor->add(editor->root(), nodes(file("a", "same")), policy)).isEmpty());
    }
}

TEST(Add, GivesFoldersFreeNamesToo)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("lib", file("x.py")), file("a.py"), file("n")),
                                       ClashPolicy::FreeName, 2)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib_2/ lib_2/x.py=new a_2.py=new n=new z.txt");
}

TEST(Add, OfNothingIsNoEdit)
{
    Editor editor(sample());
    EXPECT_TRUE(must(editor->add(editor->root(), {}, ClashPolicy::Refuse)).isEmpty());
}

TEST(Add, MergesFoldersWhateverThePolicy)
{
    for (const auto policy : {ClashPolicy::Refuse, ClashPolicy::Replace, ClashPolicy::KeepBoth, ClashPolicy::Skip}) {
        Editor editor(sample());
        EXPECT_EQ(editor.apply(editor->add(
                      editor->root(), nodes(folder("lib", file("n"), folder("pkg", file("m"))), file("o")), policy)),
                  "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/pkg/m=new lib/n=new z.txt o=new");
    }
}

TEST(Add, RefusesWhatIsTaken)
{
    Editor editor(sample());
    const auto edit = editor->add(editor->root(), nodes(file("n"), folder("lib", file("x.py"))), ClashPolicy::Refuse);
    ASSERT_FALSE(edit);
    EXPECT_EQ(edit.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(edit.error().message, HasSubstr("x.py"));
    EXPECT_EQ(listing(*editor), "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py z.txt");
}

TEST(Add, ReplacesFilesInPlace)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("a.py"), folder("lib", file("x.py"), file("n"))),
                                       ClashPolicy::Replace)),
              "a.py=new lib/ lib/x.py=new lib/pkg/ lib/pkg/y.py lib/n=new z.txt");
}

TEST(Add, ReplacesFilesByFoldersAndFoldersByFiles)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("a.py", file("inside")), file("lib")),
                                       ClashPolicy::Replace)),
              "z.txt a.py/ a.py/inside=new lib=new");
}

TEST(Add, KeepsBothUnderAFreeName)
{
    Editor editor(imageOf(fileWith("a.py", "1") + fileWith("a_2.py", "2") + directoryRecord("d", {})));
    EXPECT_EQ(editor.apply(editor->add(editor->root(),
                                       nodes(file("a.py"), file("a.py"), folder("a.py"), file("d"), file("a_2.py")),
                                       ClashPolicy::KeepBoth)),
              "a.py a_2.py d/ a_3.py=new a_4.py=new a_5.py/ d_2=new a_2_2.py=new");
}

TEST(Add, SkipsWhatIsTaken)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(
                  editor->add(editor->root(),
                              nodes(file("a.py"), folder("lib", file("x.py"), file("n")), folder("z.txt", file("?"))),
                              ClashPolicy::Skip)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/n=new z.txt");
    EXPECT_TRUE(must(editor->add(editor->root(), nodes(file("a.py")), ClashPolicy::Skip)).isEmpty());
}

TEST(Add, DoesNotLetTwoNewcomersReplaceEachOther)
{
    Editor editor(sample());
    const auto tryToAdd
        = [&](Nodes newcomers) { return editor->add(editor->root(), std::move(newcomers), ClashPolicy::Replace); };
    EXPECT_FALSE(tryToAdd(nodes(file("n", "1"), file("n", "2"))));
    EXPECT_FALSE(tryToAdd(nodes(file("a.py", "one"), file("a.py", "two"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("n"), file("n"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n")), file("lib"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n")), folder("lib", folder("n")))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n", "1")), folder("lib", file("n", "2")))));
    EXPECT_EQ(listing(*editor), "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py z.txt");
}

TEST(Add, MergesTwoNewFoldersIntoOneThatIsThere)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(
                  editor->root(), nodes(folder("lib", folder("n", file("1"))), folder("lib", folder("n", file("2")))),
                  ClashPolicy::Replace)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/n/ lib/n/1=new lib/n/2=new z.txt");
}

TEST(Add, RefusesNamesAnywhereInWhatIsAdded)
{
    Editor editor(sample());
    const auto edit
        = editor->add(editor.at("lib"), nodes(folder("ok", folder("deeper", file("a/b")))), ClashPolicy::Replace);
    ASSERT_FALSE(edit);
    EXPECT_EQ(edit.error().code, ErrorCode::InvalidName);
    EXPECT_THAT(edit.error().message, HasSubstr("lib/ok/deeper/a/b"));
    EXPECT_FALSE(editor->add(editor->root(), nodes(file("..")), ClashPolicy::Skip));
    EXPECT_FALSE(editor->add(editor->root(), nodes(folder("lib", file(""))), ClashPolicy::Skip));
}

TEST(Add, RefusesToPutAnythingIntoAFile)
{
    Editor editor(sample());
    EXPECT_THAT(refusal(editor->add(editor.at("a.py"), nodes(file("n")), ClashPolicy::Refuse)),
                HasSubstr("not a folder"));
}

TEST(Add, RefusesFoldersThatWouldBeNestedTooDeep)
{
    Entries entries;
    for (int i = 0; i < 900; ++i) {
        entries.open("d");
    }
    Editor editor(entries);
    std::string path = "d";
    for (int i = 1; i < 900; ++i) {
        path += "/d";
    }
    const auto deep = [](int levels) {
        auto node = folder("n");
        for (int i = 1; i < levels; ++i) {
            node = folder("n", std::move(node));
        }
        return node;
    };
    EXPECT_TRUE(editor->add(editor.at(path), nodes(deep(100)), ClashPolicy::Refuse));
    EXPECT_THAT(refusal(editor->add(editor.at(path), nodes(deep(101)), ClashPolicy::Refuse)),
                HasSubstr("nested 1001 deep"));
}

TEST(Add, StandsInFrontOfWhatTheDeviceCannotReadPast)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("m"), file("n")), ClashPolicy::Refuse)),
              "a ? d/ d/b d/? c m=new n=new ?");
    const auto again = readBlob(editor.image());
    EXPECT_EQ(test::outline(again.entries), "a=1 ?9 d/ d/b=1 d/?2 c=1 m=3 n=3 ?3");
}

TEST(Add, TakesOtherRecordsWhateverIsThere)
{
    Editor editor(foreign());
    auto copies = nodes(editor->root().children()[1]->copy(), editor->root().children()[1]->copy());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), std::move(copies), ClashPolicy::Refuse)),
              "a ? d/ d/b d/? c ? ? ?");
}

TEST(Add, TakesNodesOfAnotherImageAsNew)
{
    // Both images have the same shape; if nodes kept where they came from, the first one's bytes would be written.
    Editor editor(imageOf(fileWith("a", "1") + directoryRecord("d", fileWith("b", "2"))));
    RomTree other(readBlob(imageOf(fileWith("a", "X") + directoryRecord("d", fileWith("b", "Y")))));
    editor.apply(editor->remove(editor.all({"a", "d"})));
    editor.apply(editor->add(editor->root(), other.root().takeChildren(), ClashPolicy::Refuse));
    const auto again = readBlob(editor.image());
    ASSERT_EQ(test::outline(again.entries), "a=1 d/ d/b=1");
    EXPECT_EQ(textOf(again.entries[0].content), "X");
    EXPECT_EQ(textOf(again.entries[2].content), "Y");
}

TEST(Add, IsQuickForThousands)
{
    RomTree tree;
    for (const auto policy : {ClashPolicy::Refuse, ClashPolicy::Replace, ClashPolicy::Skip, ClashPolicy::KeepBoth}) {
        Nodes many;
        for (int i = 0; i < 5'000; ++i) {
            many.push_back(file(std::format("{}.py", i), std::to_string(std::to_underlying(policy))));
        }
        auto edit = must(tree.add(tree.root(), std::move(many), policy));
        tree.apply(edit);
    }
    EXPECT_EQ(tree.root().children().size(), 10'000U);
}

TEST(Clashes, AreFilesInTheWayAndFoldersInTheWayOfFiles)
{
    Editor editor(sample());
    const auto newcomers
        = nodes(file("a.py"), file("n"), folder("lib", file("x.py"), file("pkg"), file("m")), folder("z.txt"));
    EXPECT_THAT(taken(editor->root(), newcomers), ElementsAre("a.py", "lib/x.py", "lib/pkg", "z.txt"));
    EXPECT_THAT(RomTree::clashes(editor->root(), nodes(file("n"), folder("lib", folder("pkg", file("n"))))), IsEmpty());
}

} // namespace
} // namespace romsmith::tree
