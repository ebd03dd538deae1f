// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/editbuilder.h"
#include "core/tree/romtree.h"
#include "tests/core/treeeditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::tree {
namespace {

using romfs::Style;
using test::content;
using test::dump;
using test::Editor;
using test::Entries;
using test::file;
using test::fileRecord;
using test::fileWith;
using test::folder;
using test::foreign;
using test::hex;
using test::imageOf;
using test::listing;
using test::must;
using test::Nodes;
using test::nodes;
using test::readBlob;
using test::record;
using test::refusal;
using test::sample;
using test::text;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Reading, finding, writing -------------------------------------------------------------------------------------------

TEST(RomTree, IsEmptyAtFirst)
{
    const RomTree tree;
    EXPECT_TRUE(tree.root().isFolder());
    EXPECT_TRUE(tree.root().children().empty());
    EXPECT_EQ(tree.source(), nullptr);
    EXPECT_TRUE(tree.flatten(AlignmentRules::openMv()).entries.empty());
}

TEST(RomTree, HoldsWhatAnImageHolds)
{
    Editor editor(foreign());
    EXPECT_EQ(listing(*editor), "a ? d/ d/b d/? c ?");
    EXPECT_EQ(textOf(editor.at("d/b").content()), "2");
    EXPECT_EQ(editor.at("d/b").row(), 0U);
    EXPECT_EQ(editor.at("c").row(), 3U);
    EXPECT_EQ(editor.at("d").parent(), &editor->root());
}

TEST(RomTree, FindsByPath)
{
    Editor editor(sample());
    EXPECT_EQ(editor->find(""), &editor->root());
    EXPECT_EQ(editor->find("/"), &editor->root());
    EXPECT_EQ(editor.at("lib/pkg/y.py").path(), "lib/pkg/y.py");
    EXPECT_EQ(editor->find("/lib//pkg/"), &editor.at("lib/pkg"));
    EXPECT_EQ(editor->find("nothing"), nullptr);
    EXPECT_EQ(editor->find("a.py/x"), nullptr);
    EXPECT_EQ(editor->find("lib/nothing/y.py"), nullptr);
    EXPECT_EQ(editor->find("LIB"), nullptr);
}

TEST(RomTree, FindsTheFirstOfTwoAsTheDeviceDoes)
{
    Editor editor(imageOf(fileWith("x", "first") + fileWith("x", "second")));
    EXPECT_EQ(textOf(editor.at("x").content()), "first");
}

TEST(RomTree, FlattensInTheOrderOfTheImage)
{
    Editor editor(sample());
    const auto flat = editor->flatten(AlignmentRules::openMv());
    EXPECT_EQ(test::outline(flat.entries), "a.py=1 lib/ lib/x.py=1 lib/pkg/ lib/pkg/y.py=1 z.txt=1");
    ASSERT_EQ(flat.nodes.size(), flat.entries.size());
    EXPECT_EQ(flat.nodes[4], &editor.at("lib/pkg/y.py"));
    EXPECT_EQ(flat.entries[1].subtreeEnd, 5U);
    EXPECT_EQ(flat.entries[0].alignment, 4U);
    EXPECT_EQ(flat.entries[1].alignment, 1U);
}

TEST(RomTree, AlignsFoldersToTheLargestRule)
{
    const RomTree tree;
    EXPECT_EQ(tree.layoutOptions(AlignmentRules::openMv(), Style::OpenMv).directoryAlignment, 16U);
    EXPECT_EQ(tree.layoutOptions(AlignmentRules::none(), Style::OpenMv).directoryAlignment, 4U);
}

TEST(RomTree, WritesAnUneditedImageAsItWas)
{
    for (const auto& image :
         {foreign(), test::written(sample(), test::compact()), test::written(sample(), test::openMv()),
          imageOf(fileWith("x", "first") + fileWith("x", "second")), hex("d2 cd 31 00")}) {
        Editor editor(image);
        EXPECT_EQ(dump(editor.image(AlignmentRules::openMv())), dump(image));
    }
}

TEST(RomTree, LaysAnEditedImageOutAnewAndKeepsItsRecords)
{
    Editor editor(foreign());
    editor.apply(editor->rename(editor.at("a"), "renamed"));
    const auto again = readBlob(editor.image());
    EXPECT_EQ(test::outline(again.entries), "renamed=1 ?9 d/ d/b=1 d/?2 c=1 ?3");
    EXPECT_EQ(dump(again.entries[1].content.bytes()), dump(record(77, text("unknown"))));
    ASSERT_TRUE(again.entries[5].extra);
    EXPECT_EQ(dump(again.entries[5].extra->before.bytes()), dump(record(1, text("before"))));
}

TEST(RomTree, IsAsItWasOnceEveryEditIsUndone)
{
    Editor editor(foreign());
    editor.apply(editor->rename(editor.at("a"), "renamed"));
    editor.apply(editor->add(editor->root(), nodes(folder("new", file("n"))), ClashPolicy::Refuse));
    editor.apply(editor->move(editor.all({"new/n", "d"}), editor->root(), 0, ClashPolicy::Refuse));
    editor.apply(editor->replaceContent(editor.at("c"), content("other")));
    editor.apply(editor->setAlignment(editor.all({"c", "n"}), 64));
    editor.apply(editor->remove(editor.all({"d", "renamed"})));
    editor.apply(editor->layOutAnew());
    editor.apply(editor->sortByName(editor->root()));
    EXPECT_NE(dump(editor.image()), dump(editor.original()));
    editor.undoAll();
    EXPECT_EQ(dump(editor.image()), dump(editor.original()));
}

// Rename --------------------------------------------------------------------------------------------------------------

TEST(Rename, ChangesANameInPlace)
{
    Editor editor(sample());
    const auto* node = &editor.at("lib/x.py");
    EXPECT_EQ(editor.apply(editor->rename(editor.at("lib/x.py"), "new.py")),
              "a.py lib/ lib/new.py=2 lib/pkg/ lib/pkg/y.py z.txt");
    EXPECT_EQ(&editor.at("lib/new.py"), node);
    EXPECT_THAT(editor.last().subjects(), ElementsAre(node));
}

TEST(Rename, OfAFolderLeavesWhatIsInItAsItWasRead)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->rename(editor.at("lib"), "L")), "a.py L/ L/x.py L/pkg/ L/pkg/y.py z.txt");
}

TEST(Rename, ToTheSameNameIsNoEdit)
{
    Editor editor(imageOf(fileWith("a/b", "1") + fileWith("x", "1") + fileWith("x", "2")));
    EXPECT_TRUE(must(editor->rename(*editor->root().children()[0], "a/b")).isEmpty())
        << "although nothing could be renamed to it";
    EXPECT_TRUE(must(editor->rename(*editor->root().children()[2], "x")).isEmpty()) << "although it is there twice";
}

TEST(Rename, OfOneOfTwoOfTheSameNameMendsThem)
{
    Editor editor(imageOf(fileWith("x", "first") + fileWith("x", "second")));
    EXPECT_EQ(editor.apply(editor->rename(*editor->root().children()[1], "y")), "x y=second");
}

TEST(Rename, MayChangeCaseAlone)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->rename(editor.at("z.txt"), "Z.TXT")),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py Z.TXT=4");
}

TEST(Rename, RefusesNamesThatTheDeviceCannotUse)
{
    Editor editor(sample());
    for (const auto* name : {"", ".", "..", "a/b", "\xff"}) {
        const auto edit = editor->rename(editor.at("a.py"), name);
        ASSERT_FALSE(edit) << name;
        EXPECT_EQ(edit.error().code, ErrorCode::InvalidName);
        EXPECT_FALSE(edit.error().message.empty());
    }
    EXPECT_FALSE(editor->rename(editor.at("a.py"), std::string("n\0l", 3)));
    EXPECT_FALSE(editor->rename(editor.at("a.py"), std::string(256, 'x')));
    EXPECT_TRUE(editor->rename(editor.at("a.py"), std::string(255, 'x')));
}

TEST(Rename, RefusesANameThatIsTaken)
{
    Editor editor(sample());
    const auto edit = editor->rename(editor.at("a.py"), "lib");
    ASSERT_FALSE(edit);
    EXPECT_EQ(edit.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(edit.error().message, HasSubstr("\"lib\""));
    EXPECT_THAT(refusal(editor->rename(editor.at("lib/x.py"), "pkg")), HasSubstr("\"lib\""));
}

TEST(Rename, RefusesWhatHasNoName)
{
    Editor editor(foreign());
    EXPECT_THAT(refusal(editor->rename(editor->root(), "x")), HasSubstr("renamed"));
    EXPECT_THAT(refusal(editor->rename(*editor->root().children()[1], "x")), HasSubstr("records"));
}

// Relocate ------------------------------------------------------------------------------------------------------------

TEST(Relocate, MovesUnderANewName)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->relocate(editor.at("a.py"), editor.at("lib/pkg"), "b.py")),
              "lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/pkg/b.py=1 z.txt");
}

TEST(Relocate, KeepsTheNameIfItIsGiven)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->relocate(editor.at("lib/pkg"), editor->root(), "pkg")),
              "a.py lib/ lib/x.py z.txt pkg/ pkg/y.py");
}

TEST(Relocate, RefusesWhatCannotBe)
{
    Editor editor(sample());
    EXPECT_THAT(refusal(editor->relocate(editor.at("lib"), editor.at("lib/pkg"), "l")), HasSubstr("into itself"));
    EXPECT_THAT(refusal(editor->relocate(editor.at("lib"), editor.at("lib"), "l")), HasSubstr("into itself"));
    EXPECT_THAT(refusal(editor->relocate(editor.at("a.py"), editor.at("lib"), "x.py")), HasSubstr("exists already"));
    EXPECT_THAT(refusal(editor->relocate(editor.at("a.py"), editor.at("z.txt"), "x")), HasSubstr("not a folder"));
    EXPECT_FALSE(editor->relocate(editor.at("a.py"), editor.at("lib"), "a/b"));
    EXPECT_FALSE(editor->relocate(editor->root(), editor.at("lib"), "x"));
}

// New folder ----------------------------------------------------------------------------------------------------------

TEST(NewFolder, ComesLast)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->newFolder(editor.at("lib"), "new")),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/new/ z.txt");
    EXPECT_THAT(editor.last().subjects(), ElementsAre(&editor.at("lib/new")));
}

TEST(NewFolder, StandsInFrontOfWhatTheDeviceCannotReadPast)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->newFolder(editor->root(), "new")), "a ? d/ d/b d/? c new/ ?");
    EXPECT_EQ(editor.apply(editor->newFolder(editor.at("d"), "new")), "a ? d/ d/b d/new/ d/? c new/ ?");
}

TEST(NewFolder, RefusesWhatCannotBe)
{
    Editor editor(sample());
    EXPECT_THAT(refusal(editor->newFolder(editor->root(), "lib")), HasSubstr("exists already"));
    EXPECT_THAT(refusal(editor->newFolder(editor->root(), "")), HasSubstr("empty"));
    EXPECT_THAT(refusal(editor->newFolder(editor.at("a.py"), "x")), HasSubstr("not a folder"));
}

// Content -------------------------------------------------------------------------------------------------------------

TEST(ReplaceContent, KeepsPlaceNameAndAlignment)
{
    Editor editor(sample());
    editor.apply(editor->setAlignment(editor.all({"lib/x.py"}), 64));
    EXPECT_EQ(editor.apply(editor->replaceContent(editor.at("lib/x.py"), content("other"))),
              "a.py lib/ lib/x.py=other lib/pkg/ lib/pkg/y.py z.txt");
    EXPECT_EQ(editor.at("lib/x.py").state().alignmentOverride, 64U);
}

TEST(ReplaceContent, GivesUpWhatWasFoundAroundTheOldContent)
{
    Editor editor(imageOf(fileRecord("x", record(1, text("pad")) + record(2, text("A"), 50))));
    ASSERT_GT(editor.at("x").state().foundAlignment, 1U);
    editor.apply(editor->replaceContent(editor.at("x"), content("B")));
    EXPECT_EQ(editor.at("x").state().foundAlignment, 1U);
    EXPECT_FALSE(editor.at("x").state().extra);
}

TEST(ReplaceContent, RefusesWhatIsNoFile)
{
    Editor editor(foreign());
    EXPECT_FALSE(editor->replaceContent(editor.at("d"), content("x")));
    EXPECT_FALSE(editor->replaceContent(editor->root(), content("x")));
    EXPECT_FALSE(editor->replaceContent(*editor->root().children()[1], content("x")));
}

// Remove --------------------------------------------------------------------------------------------------------------

TEST(Remove, TakesFoldersWithAllThatIsInThem)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->remove(editor.all({"lib"}))), "a.py z.txt");
}

TEST(Remove, TakesManyFromManyFolders)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->remove(editor.all({"z.txt", "lib/pkg/y.py", "a.py"}))), "lib/ lib/x.py lib/pkg/");
}

TEST(Remove, TakesWhatIsNamedTwiceOrInsideAnotherOnce)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->remove(editor.all({"lib/pkg/y.py", "lib", "lib/x.py", "lib", "lib/pkg"}))),
              "a.py z.txt");
}

TEST(Remove, TellsOfNeighboursAtOnce)
{
    Entries entries;
    for (int i = 0; i < 10; ++i) {
        entries.file(std::format("{}", i), "");
    }
    Editor editor(entries);
    auto edit = must(editor->remove(editor.all({"1", "2", "3", "7", "5", "6"})));
    editor->apply(edit);
    EXPECT_EQ(listing(*editor), "0 4 8 9");
    EXPECT_EQ(editor.events(), 2U);
    editor->undo(edit);
    EXPECT_EQ(listing(*editor), "0 1 2 3 4 5 6 7 8 9");
}

TEST(Remove, TakesOtherRecords)
{
    Editor editor(foreign());
    const std::vector raws{editor->root().children()[1].get(), editor->root().children()[4].get(),
                           editor.at("d").children()[1].get()};
    EXPECT_EQ(editor.apply(editor->remove(raws)), "a d/ d/b c");
}

TEST(Remove, OfNothingIsNoEdit)
{
    Editor editor(sample());
    EXPECT_TRUE(must(editor->remove({})).isEmpty());
}

TEST(Remove, RefusesTheImageItself)
{
    Editor editor(sample());
    EXPECT_THAT(refusal(editor->remove(editor.all({"a.py", ""}))), HasSubstr("deleted"));
}

TEST(Remove, IsQuickForThousands)
{
    Entries entries;
    for (int i = 0; i < 4'000; ++i) {
        entries.file(std::format("{}", i), "");
    }
    RomTree tree(readBlob(test::written(entries, test::compact())));
    std::vector<Node*> even;
    for (std::size_t i = 0; i < 4'000; i += 2) {
        even.push_back(tree.root().children()[i].get());
    }
    auto edit = must(tree.remove(even));
    tree.apply(edit);
    EXPECT_EQ(tree.root().children().size(), 2'000U);
    tree.undo(edit);
    EXPECT_EQ(tree.root().children().size(), 4'000U);
}

// Alignment -----------------------------------------------------------------------------------------------------------

TEST(SetAlignment, OverridesTheRules)
{
    Editor editor(sample());
    editor.apply(editor->setAlignment(editor.all({"a.py", "lib", "lib/x.py"}), 64));
    const auto image = readBlob(editor.image());
    EXPECT_EQ(image.entries[0].origin->placement.contentOffset % 64, 0U);
    EXPECT_EQ(image.entries[2].origin->placement.contentOffset % 64, 0U);
    EXPECT_THAT(editor.last().subjects(), ElementsAre(&editor.at("a.py"), &editor.at("lib/x.py")));
}

TEST(SetAlignment, OfNothingGoesBackToTheRules)
{
    Editor editor(imageOf(fileRecord("x.bin", hex("02") + test::varuint(1, 51) + text("A"))));
    ASSERT_EQ(editor.at("x.bin").wantedAlignment(AlignmentRules::openMv()).reason, AlignmentReason::Found);
    editor.apply(editor->setAlignment(editor.all({"x.bin"}), 4));
    EXPECT_EQ(editor.at("x.bin").wantedAlignment(AlignmentRules::openMv()).value, 4U);
    editor.apply(editor->setAlignment(editor.all({"x.bin"}), {}));
    EXPECT_EQ(editor.at("x.bin").wantedAlignment(AlignmentRules::openMv()).value, 16U);
    EXPECT_EQ(editor.at("x.bin").wantedAlignment(AlignmentRules::openMv()).reason, AlignmentReason::Rule);
    editor.undoAll();
    EXPECT_EQ(dump(editor.image()), dump(editor.original()));
}

TEST(SetAlignment, RefusesWhatIsNoPowerOfTwo)
{
    Editor editor(sample());
    for (const std::uint32_t bad : {0U, 3U, 24U, 131072U, 0x8000'0000U}) {
        EXPECT_FALSE(editor->setAlignment(editor.all({"a.py"}), bad)) << bad;
    }
    EXPECT_TRUE(editor->setAlignment(editor.all({"a.py"}), 65536));
}

TEST(SetAlignment, OfFoldersIsNoEdit)
{
    Editor editor(sample());
    EXPECT_TRUE(must(editor->setAlignment(editor.all({"lib"}), 16)).isEmpty());
}

TEST(LayOutAnew, GivesUpTheLayoutThatWasRead)
{
    Editor editor(foreign());
    editor.apply(editor->layOutAnew());
    const auto image = editor.image();
    EXPECT_LT(image.size(), editor.original().size()) << "the wide header is gone";
    EXPECT_EQ(test::outline(readBlob(image).entries), test::outline(readBlob(editor.original()).entries));
    editor.undoAll();
    EXPECT_EQ(dump(editor.image()), dump(editor.original()));
}

TEST(LayOutAnew, AppliesTheRulesToModels)
{
    Editor editor(imageOf(fileWith("net.tflite", "model")));
    const auto rules = AlignmentRules::openMv();
    EXPECT_EQ(dump(editor.image(rules)), dump(editor.original()));
    editor.apply(editor->layOutAnew());
    EXPECT_EQ(readBlob(editor.image(rules)).entries[0].origin->placement.contentOffset % 16, 0U);
}

TEST(Style, ChangesTheLayoutOfAnUneditedImage)
{
    Editor editor(sample());
    const auto image = readBlob(editor.image(AlignmentRules::openMv(), Style::OpenMv));
    EXPECT_EQ(image.source->style, Style::OpenMv);
    EXPECT_EQ(test::outline(image.entries), "a.py=1 lib/ lib/x.py=1 lib/pkg/ lib/pkg/y.py=1 z.txt=1");
}

// Nodes ---------------------------------------------------------------------------------------------------------------

TEST(Node, CopySharesContentAndForgetsTheImage)
{
    Editor editor(foreign());
    const auto copy = editor.at("d").copy();
    EXPECT_EQ(copy->parent(), nullptr);
    ASSERT_EQ(copy->children().size(), 2U);
    EXPECT_FALSE(copy->state().origin);
    EXPECT_FALSE(copy->children()[0]->state().origin);
    EXPECT_EQ(copy->children()[0]->content().bytes().data(), editor.at("d/b").content().bytes().data());
    EXPECT_EQ(copy->children()[1]->defect(), romfs::Defect::UnusedKind);
    EXPECT_TRUE(editor.at("d/b").state().origin);
}

TEST(Node, KnowsWhatItIsInside)
{
    Editor editor(sample());
    EXPECT_TRUE(editor.at("lib/pkg/y.py").isInside(editor.at("lib")));
    EXPECT_TRUE(editor.at("lib").isInside(editor.at("lib")));
    EXPECT_TRUE(editor.at("lib").isInside(editor->root()));
    EXPECT_FALSE(editor.at("lib").isInside(editor.at("lib/pkg")));
    EXPECT_FALSE(editor.at("a.py").isInside(editor.at("lib")));
}

TEST(FreeName, CountsInFrontOfTheExtension)
{
    EXPECT_EQ(numberedName("model.tflite", 2), "model_2.tflite");
    EXPECT_EQ(numberedName("a.tar.gz", 3), "a.tar_3.gz");
    EXPECT_EQ(numberedName("noext", 2), "noext_2");
    EXPECT_EQ(numberedName(".hidden", 2), ".hidden_2");
    Editor editor(Entries().file("a.py", "").file("a_2.py", "").open("d").close());
    EXPECT_EQ(RomTree::freeName(editor->root(), "a.py"), "a_3.py");
    EXPECT_EQ(RomTree::freeName(editor->root(), "d"), "d_2");
    EXPECT_EQ(RomTree::freeName(editor->root(), "free"), "free");
}

TEST(WithoutNested, KeepsTheOutermostInTheOrderOfTheTree)
{
    Editor editor(sample());
    const auto given = editor.all({"z.txt", "lib/pkg/y.py", "lib/pkg", "a.py", "z.txt"});
    EXPECT_THAT(withoutNested(given), ElementsAre(&editor.at("a.py"), &editor.at("lib/pkg"), &editor.at("z.txt")));
}

} // namespace
} // namespace romsmith::tree
