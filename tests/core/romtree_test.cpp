// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/romtree.h"

#include "core/tree/editbuilder.h"
#include "tests/core/helpers.h"
#include "tests/core/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ranges>

namespace romsmith::tree {
namespace {

using romfs::Style;
using test::Blob;
using test::content;
using test::directoryRecord;
using test::dump;
using test::Entries;
using test::fileRecord;
using test::fileWith;
using test::hex;
using test::imageOf;
using test::must;
using test::readBlob;
using test::record;
using test::text;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Nodes = std::vector<std::unique_ptr<Node>>;

std::unique_ptr<Node> file(std::string name, std::string_view characters = "new")
{
    return Node::file(std::move(name), content(characters));
}

template<typename... Children>
std::unique_ptr<Node> folder(std::string name, Children... children)
{
    auto node = Node::folder(std::move(name));
    (node->append(std::move(children)), ...);
    return node;
}

template<typename... Each>
Nodes nodes(Each... each)
{
    Nodes all;
    (all.push_back(std::move(each)), ...);
    return all;
}

/// "a.py lib/ lib/x.py=new ?": what is in the tree, new files with their content.
std::string listing(const RomTree& tree)
{
    std::string all;
    forEachInside(tree.root(), [&](const Node& node) {
        all += all.empty() ? "" : " ";
        all += node.path();
        all += node.isRaw() ? "?" : node.isFolder() ? "/" : "";
        if (node.isFile() && !node.state().origin) {
            all += std::format("={}", textOf(node.content()));
        }
    });
    return all;
}

/// A tree with a history of edits. Every step is repeated by a mirror and compared with it.
class Editor
{
public:
    explicit Editor(Blob image)
        : m_original(std::move(image))
        , m_tree(readBlob(m_original))
        , m_mirror(m_tree)
    { }

    explicit Editor(std::span<const romfs::Entry> entries)
        : Editor(test::written(entries, test::compact()))
    { }

    RomTree& operator*() { return m_tree; }
    RomTree* operator->() { return &m_tree; }

    Node& at(std::string_view path)
    {
        auto* node = m_tree.find(path);
        if (!node) {
            throw std::runtime_error(std::format("\"{}\" is not in the tree", path));
        }
        return *node;
    }

    std::vector<Node*> all(std::initializer_list<std::string_view> paths)
    {
        std::vector<Node*> found;
        for (const auto path : paths) {
            found.push_back(&at(path));
        }
        return found;
    }

    /// Applies an edit, undoes it and applies it again; the listing must follow.
    std::string apply(Edit edit)
    {
        const auto before = listing(m_tree);
        m_tree.apply(edit);
        m_mirror.compare();
        const auto after = listing(m_tree);
        m_tree.undo(edit);
        m_mirror.compare();
        EXPECT_EQ(listing(m_tree), before) << "undone";
        m_tree.apply(edit);
        m_mirror.compare();
        EXPECT_EQ(listing(m_tree), after) << "redone";
        for (const auto* subject : edit.subjects()) {
            EXPECT_TRUE(subject->isInside(m_tree.root())) << subject->name();
        }
        m_done.push_back(std::move(edit));
        return after;
    }

    std::string apply(Result<Edit> edit) { return apply(must(std::move(edit))); }

    void undoAll()
    {
        for (auto& edit : m_done | std::views::reverse) {
            m_tree.undo(edit);
        }
        m_mirror.compare();
    }

    const Edit& last() const { return m_done.back(); }
    std::size_t events() const { return m_mirror.events(); }
    const Blob& original() const { return m_original; }

    Blob image(const AlignmentRules& rules = AlignmentRules::none(), std::optional<Style> style = {})
    {
        const auto flat = m_tree.flatten(rules);
        const auto options = m_tree.layoutOptions(rules, style.value_or(m_tree.source()->style));
        return test::must(romfs::write(flat.entries, romfs::Layout::plan(flat.entries, options)));
    }

private:
    Blob m_original;
    RomTree m_tree;
    test::Mirror m_mirror;
    std::vector<Edit> m_done;
};

Entries sample()
{
    Entries entries;
    entries.file("a.py", "1").open("lib").file("x.py", "2").open("pkg").file("y.py", "3").close().close().file("z.txt", "4");
    return entries;
}

/// Unknown records at the root and in a folder, and a rest that cannot be read.
Blob foreign()
{
    return imageOf(fileWith("a", "1") + record(77, text("unknown")) + directoryRecord("d", fileWith("b", "2") + hex("00 ff"))
                       + fileRecord("c", record(1, text("before")) + record(2, text("3"))) + hex("ff ff ff"),
                   16);
}

std::string refusal(const Result<Edit>& edit)
{
    EXPECT_FALSE(edit.has_value());
    return test::messageOf(edit);
}

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
    for (const auto& image : {foreign(), test::written(sample(), test::compact()), test::written(sample(), test::openMv()),
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
    EXPECT_EQ(editor.apply(editor->rename(editor.at("lib/x.py"), "new.py")), "a.py lib/ lib/new.py=2 lib/pkg/ lib/pkg/y.py z.txt");
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
    EXPECT_TRUE(must(editor->rename(*editor->root().children()[0], "a/b")).isEmpty()) << "although nothing could be renamed to it";
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
    EXPECT_EQ(editor.apply(editor->rename(editor.at("z.txt"), "Z.TXT")), "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py Z.TXT=4");
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
    EXPECT_EQ(editor.apply(editor->relocate(editor.at("lib/pkg"), editor->root(), "pkg")), "a.py lib/ lib/x.py z.txt pkg/ pkg/y.py");
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
    EXPECT_EQ(editor.apply(editor->newFolder(editor.at("lib"), "new")), "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/new/ z.txt");
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
    EXPECT_EQ(editor.apply(editor->remove(editor.all({"lib/pkg/y.py", "lib", "lib/x.py", "lib", "lib/pkg"}))), "a.py z.txt");
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
    const std::vector raws{editor->root().children()[1].get(), editor->root().children()[4].get(), editor.at("d").children()[1].get()};
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

// Add -----------------------------------------------------------------------------------------------------------------

TEST(Add, PutsNodesAtTheEndInTheirOrder)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor.at("lib"), nodes(file("2"), folder("1", file("3")), file("0")), ClashPolicy::Refuse)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/2=new lib/1/ lib/1/3=new lib/0=new z.txt");
    EXPECT_THAT(editor.last().subjects(), ElementsAre(&editor.at("lib/2"), &editor.at("lib/1"), &editor.at("lib/0")));
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
        EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("lib", file("n"), folder("pkg", file("m"))), file("o")), policy)),
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
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("a.py"), folder("lib", file("x.py"), file("n"))), ClashPolicy::Replace)),
              "a.py=new lib/ lib/x.py=new lib/pkg/ lib/pkg/y.py lib/n=new z.txt");
}

TEST(Add, ReplacesFilesByFoldersAndFoldersByFiles)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("a.py", file("inside")), file("lib")), ClashPolicy::Replace)),
              "z.txt a.py/ a.py/inside=new lib=new");
}

TEST(Add, KeepsBothUnderAFreeName)
{
    Editor editor(imageOf(fileWith("a.py", "1") + fileWith("a_2.py", "2") + directoryRecord("d", {})));
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("a.py"), file("a.py"), folder("a.py"), file("d"), file("a_2.py")),
                                       ClashPolicy::KeepBoth)),
              "a.py a_2.py d/ a_3.py=new a_4.py=new a_5.py/ d_2=new a_2_2.py=new");
}

TEST(Add, SkipsWhatIsTaken)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("a.py"), folder("lib", file("x.py"), file("n")), folder("z.txt", file("?"))),
                                       ClashPolicy::Skip)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/n=new z.txt");
    EXPECT_TRUE(must(editor->add(editor->root(), nodes(file("a.py")), ClashPolicy::Skip)).isEmpty());
}

TEST(Add, DoesNotLetTwoNewcomersReplaceEachOther)
{
    Editor editor(sample());
    const auto tryToAdd = [&](Nodes newcomers) { return editor->add(editor->root(), std::move(newcomers), ClashPolicy::Replace); };
    EXPECT_FALSE(tryToAdd(nodes(file("n", "1"), file("n", "2"))));
    EXPECT_FALSE(tryToAdd(nodes(file("a.py", "1"), file("a.py", "2"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("n"), file("n"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n")), file("lib"))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n")), folder("lib", folder("n")))));
    EXPECT_FALSE(tryToAdd(nodes(folder("lib", file("n")), folder("lib", file("n")))));
    EXPECT_EQ(listing(*editor), "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py z.txt");
}

TEST(Add, MergesTwoNewFoldersIntoOneThatIsThere)
{
    Editor editor(sample());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(folder("lib", folder("n", file("1"))), folder("lib", folder("n", file("2")))),
                                       ClashPolicy::Replace)),
              "a.py lib/ lib/x.py lib/pkg/ lib/pkg/y.py lib/n/ lib/n/1=new lib/n/2=new z.txt");
}

TEST(Add, RefusesNamesAnywhereInWhatIsAdded)
{
    Editor editor(sample());
    const auto edit = editor->add(editor.at("lib"), nodes(folder("ok", folder("deeper", file("a/b")))), ClashPolicy::Replace);
    ASSERT_FALSE(edit);
    EXPECT_EQ(edit.error().code, ErrorCode::InvalidName);
    EXPECT_THAT(edit.error().message, HasSubstr("lib/ok/deeper/a/b"));
    EXPECT_FALSE(editor->add(editor->root(), nodes(file("..")), ClashPolicy::Skip));
    EXPECT_FALSE(editor->add(editor->root(), nodes(folder("lib", file(""))), ClashPolicy::Skip));
}

TEST(Add, RefusesToPutAnythingIntoAFile)
{
    Editor editor(sample());
    EXPECT_THAT(refusal(editor->add(editor.at("a.py"), nodes(file("n")), ClashPolicy::Refuse)), HasSubstr("not a folder"));
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
    EXPECT_THAT(refusal(editor->add(editor.at(path), nodes(deep(101)), ClashPolicy::Refuse)), HasSubstr("nested 1001 deep"));
}

TEST(Add, StandsInFrontOfWhatTheDeviceCannotReadPast)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), nodes(file("m"), file("n")), ClashPolicy::Refuse)), "a ? d/ d/b d/? c m=new n=new ?");
    const auto again = readBlob(editor.image());
    EXPECT_EQ(test::outline(again.entries), "a=1 ?9 d/ d/b=1 d/?2 c=1 m=3 n=3 ?3");
}

TEST(Add, TakesOtherRecordsWhateverIsThere)
{
    Editor editor(foreign());
    auto copies = nodes(editor->root().children()[1]->copy(), editor->root().children()[1]->copy());
    EXPECT_EQ(editor.apply(editor->add(editor->root(), std::move(copies), ClashPolicy::Refuse)), "a ? d/ d/b d/? c ? ? ?");
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
            many.push_back(file(std::format("{}.py", i)));
        }
        auto edit = must(tree.add(tree.root(), std::move(many), policy));
        tree.apply(edit);
    }
    EXPECT_EQ(tree.root().children().size(), 10'000U);
}

TEST(Clashes, AreFilesInTheWayAndFoldersInTheWayOfFiles)
{
    Editor editor(sample());
    const auto newcomers = nodes(file("a.py"), file("n"), folder("lib", file("x.py"), file("pkg"), file("m")), folder("z.txt"));
    EXPECT_THAT(RomTree::clashes(editor->root(), newcomers), ElementsAre("a.py", "lib/x.py", "lib/pkg", "z.txt"));
    EXPECT_THAT(RomTree::clashes(editor->root(), nodes(file("n"), folder("lib", folder("pkg", file("n"))))), IsEmpty());
}

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
    EXPECT_EQ(editor.apply(editor->move(editor.all({"d", "b"}), editor.at("F"), 1, ClashPolicy::Refuse)), "a c F/ F/x F/b F/d F/y");
    EXPECT_EQ(editor.apply(editor->move(editor.all({"F/x"}), editor->root(), {}, ClashPolicy::Refuse)), "a c F/ F/b F/d F/y x");
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
    entries.file("x", "root").file("m", "").open("a").file("x", "a").close().open("b").file("x", "b").close().open("c").open("x").file("in", "").close().close();
    return entries;
}

std::string moveClashing(std::initializer_list<std::string_view> paths, ClashPolicy policy, std::optional<std::size_t> row = {})
{
    Editor editor(clashing());
    const auto edit = editor->move(editor.all(paths), editor->root(), row, policy);
    if (!edit) {
        return std::format("refused: {}", edit.error().code == ErrorCode::AlreadyExists ? "exists already" : edit.error().message);
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
    EXPECT_EQ(moveClashing({"a/x", "m"}, ClashPolicy::Replace, 0), "m x a/ b/ b/x c/ c/x/ c/x/in") << "m was in front of a/x";
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
    EXPECT_EQ(editor.apply(editor->move(editor.all({"x/x"}), editor->root(), {}, ClashPolicy::KeepBoth)), "x/ x/other x_2=inner");
}

TEST(Move, DoesNotReplaceWhatHoldsAnotherMovedNode)
{
    Editor editor(Entries().open("b").file("x", "").close().open("x").file("y", "").close());
    EXPECT_FALSE(editor->move(editor.all({"b/x", "x/y"}), editor->root(), {}, ClashPolicy::Replace));
}

TEST(Move, MergesAFolderIntoOneOfTheSameName)
{
    Editor editor(Entries().open("f").file("a", "").close().open("g").open("f").file("b", "").open("h").file("c", "").close().close().close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"g/f"}), editor->root(), {}, ClashPolicy::Refuse)), "f/ f/a f/b f/h/ f/h/c g/");
}

TEST(Move, MergesFollowThePolicyInside)
{
    const auto merged = [](ClashPolicy policy) -> std::string {
        Editor editor(
            Entries().open("f").file("a", "old").file("z", "").close().open("g").open("f").file("a", "moved").file("b", "").close().close());
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
            Editor editor(Entries().open("a").file("1", "").open("a").file("2", "").open("a").file("3", "").file("a", "deep").file("b", "").close().file("b", "").close().close());
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
    Editor editor(Entries().open("p").open("f").file("1", "").close().close().open("q").open("f").file("2", "").close().close().open("r").open("f").file("2", "").close().close());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"p/f", "q/f"}), editor->root(), {}, ClashPolicy::Replace)), "p/ q/ r/ r/f/ r/f/2 f/ f/1 f/2");
    editor.undoAll();
    EXPECT_FALSE(editor->move(editor.all({"p/f", "q/f", "r/f"}), editor->root(), {}, ClashPolicy::Replace)) << "two newcomers of one name";
    EXPECT_EQ(editor.apply(editor->move(editor.all({"p/f", "q/f", "r/f"}), editor->root(), {}, ClashPolicy::KeepBoth)),
              "p/ q/ r/ f/ f/1 f/2 f/2_2=");
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
    EXPECT_EQ(editor.apply(editor->move(std::vector{editor->root().children()[1].get()}, editor.at("d"), 0, ClashPolicy::Refuse)),
              "a d/ d/? d/b d/? c ?");
}

TEST(Move, ToTheEndStaysInFrontOfWhatTheDeviceCannotReadPast)
{
    Editor editor(foreign());
    EXPECT_EQ(editor.apply(editor->move(editor.all({"a"}), editor->root(), {}, ClashPolicy::Refuse)), "? d/ d/b d/? c a ?");
    EXPECT_EQ(editor.apply(editor->move(editor.all({"c"}), editor.at("d"), {}, ClashPolicy::Refuse)), "? d/ d/b d/c d/? a ?");
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
    Editor editor(Entries().file("b.txt", "").file("B.txt", "").open("m.d").file("2", "").file("10", "").close().open("m").close().file("\xc3\xa4", "").file("Z", "").file("_x", "").file(".hidden", ""));
    EXPECT_EQ(editor.apply(editor->sortByName(editor->root())), ".hidden B.txt Z _x b.txt m/ m.d/ m.d/10 m.d/2 \xc3\xa4");
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
