// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/recipe/compose.h"
#include "core/recipe/load.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace romsmith::recipe {
namespace {

using sources::Loading;
using test::must;
using test::TempFolder;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// "lib/ lib/x.py=1 ...": what is in a tree, in its order, with what is said of it.
std::string listing(const tree::Node& root)
{
    std::string all;
    tree::forEachInside(root, [&](const tree::Node& node) {
        all += all.empty() ? "" : " ";
        all += node.isRaw() ? "(records)" : node.path();
        all += node.isFolder() ? "/" : "=" + std::string(textOf(node.content()));
        all += node.state().alignmentOverride ? std::format("@{}", *node.state().alignmentOverride) : "";
        all += node.state().compile ? *node.state().compile ? "+" : "-" : "";
    });
    return all;
}

class RecipeTest : public testing::Test
{
protected:
    RecipeTest()
    {
        folder.write("src/lib/b.py", "b");
        folder.write("src/lib/a.py", "a");
        folder.write("src/lib/sub/c.py", "c");
        folder.write("src/main.py", "main");
        folder.write("net.tflite", "net");
    }

    Project open(std::string_view json)
    {
        folder.write("app.romsmith", json);
        return must(recipe::open(file, Loading::Snapshot));
    }

    /// With these in "files".
    Project openFiles(std::string_view items)
    {
        return open(std::format(R"({{"romsmith": 1, "files": [{}]}})", items));
    }

    std::string error(std::string_view json)
    {
        folder.write("app.romsmith", json);
        auto opened = recipe::open(file, Loading::Snapshot);
        return opened ? "none" : opened.error().message;
    }

    std::string errorOfFiles(std::string_view items)
    {
        return error(std::format(R"({{"romsmith": 1, "files": [{}]}})", items));
    }

    /// The tree with files and folders of the disk at its top.
    void add(const std::filesystem::path& path)
    {
        auto loaded = must(sources::load(path, {}));
        apply(tree.add(tree.root(), std::move(loaded.nodes), tree::ClashPolicy::Refuse));
    }

    void apply(Result<tree::Edit> edit)
    {
        auto applied = must(std::move(edit));
        tree.apply(applied);
    }

    /// What comes back when the tree is saved as a recipe and the recipe is opened.
    std::string savedAndOpened()
    {
        composition = must(compose(tree.root(), options, file));
        must(save(file, composition));
        auto project = must(recipe::open(file, Loading::Snapshot));
        EXPECT_EQ(listing(*project.root), listing(tree.root()));
        // What was read saves as what it was read from.
        EXPECT_EQ(toJson(must(compose(*project.root, project.options, file)).recipe), toJson(composition.recipe));
        return toJson(composition.recipe).toStdString();
    }

    TempFolder folder;
    std::filesystem::path file = folder / "app.romsmith";
    tree::RomTree tree;
    build::Options options;
    Composition composition;
};

TEST_F(RecipeTest, BringsFilesFoldersAndWhatIsInTheRecipeItself)
{
    const auto project = openFiles(R"({"path": "lib/", "from": "src/lib"},
                                      {"path": "models/net.tflite", "from": "net.tflite", "align": 64},
                                      {"path": "config.json", "text": "{}"},
                                      {"path": "blob", "base64": "AAE="},
                                      {"path": "empty", "text": ""},
                                      {"path": "logs/"})");
    using namespace std::string_literals;
    EXPECT_EQ(listing(*project.root),
              "lib/ lib/a.py=a lib/b.py=b lib/sub/ lib/sub/c.py=c models/ models/net.tflite=net@64 config.json={} "
              "blob=\0\1 empty= logs/"s);
}

TEST_F(RecipeTest, LaterItemsGoOverEarlierOnes)
{
    const auto project = openFiles(R"({"from": "src"}, {"path": "lib/a.py", "text": "other"},
                                      {"path": "lib/b.py", "compile": false}, {"path": "lib/sub", "text": "a file"},
                                      {"path": "lib/sub/", "compile": false})");
    EXPECT_EQ(listing(*project.root), "lib/ lib/a.py=other lib/b.py=b- lib/sub/- main.py=main");
}

TEST_F(RecipeTest, FoldersKnowGlobsAndAnOrder)
{
    const auto project = openFiles(
        R"({"from": "src", "include": ["*.py"], "exclude": ["/lib/sub"]}, {"path": "lib/", "order": ["b.py"]})");
    EXPECT_EQ(listing(*project.root), "lib/ lib/b.py=b lib/a.py=a main.py=main");
}

TEST_F(RecipeTest, AnExcludedPathLeavesTheSameNameElsewhere)
{
    folder.write("src/lib/sub/a.py", "sub");
    const auto project = openFiles(R"({"path": "lib/", "from": "src/lib", "exclude": ["/a.py", "b.py"]})");
    EXPECT_EQ(listing(*project.root), "lib/ lib/sub/ lib/sub/a.py=sub lib/sub/c.py=c");
}

TEST_F(RecipeTest, DoesNotBringItselfNorWhatLiesBesideIt)
{
    folder.write("app.files/big", "big");
    const auto project = openFiles(R"({"from": "."})");
    EXPECT_EQ(listing(*project.root),
              "net.tflite=net src/ src/lib/ src/lib/a.py=a src/lib/b.py=b src/lib/sub/ "
              "src/lib/sub/c.py=c src/main.py=main");
}

TEST_F(RecipeTest, OpensThoughFilesAreMissingAndSaysWhichAsFindings)
{
    auto project = openFiles(R"({"path": "a.py", "from": "gone.py"}, {"path": "lib/", "from": "nowhere"},
                                {"path": "f/", "from": "net.tflite"})");
    EXPECT_EQ(listing(*project.root), "a.py= lib/ f/");
    build::Knowledge knowledge;
    const tree::RomTree opened(std::move(project.root));
    std::vector<std::string> found;
    for (const auto& finding : build::plan(opened, project.options, knowledge).findings) {
        if (finding.code == build::missingSource) {
            found.push_back(finding.path + ": " + finding.message);
        }
    }
    EXPECT_THAT(found,
                ElementsAre(HasSubstr("gone.py\" cannot be read: no such file or directory. Put it there and refresh"),
                            HasSubstr("nowhere\" cannot be read: no such file or directory."),
                            HasSubstr("net.tflite\" is not a folder, which was expected.")));
    // Nothing of it is lost by saving.
    const auto again = must(compose(opened.root(), project.options, file));
    EXPECT_EQ(again.recipe.items.size(), 3U);
    EXPECT_EQ(again.recipe.items[0].from, "gone.py");
    EXPECT_EQ(again.recipe.items[1].from, "nowhere");
}

TEST_F(RecipeTest, KeepsHowTheImageIsMade)
{
    const auto project = open(R"({"romsmith": 1, "board": "OPENMV_N6", "partition": 0, "layout": "compact",
                                  "python": {"compile": false, "optimization": 2}, "align": {"dat": 64}})");
    EXPECT_EQ(project.options.target.key(), "OPENMV_N6/0");
    EXPECT_EQ(project.options.style, romfs::Style::Compact);
    EXPECT_FALSE(project.options.python.compile);
    EXPECT_EQ(project.options.python.optimization, 2);
    EXPECT_EQ(project.options.alignmentRules().of("x.dat"), 64U);
    EXPECT_EQ(project.options.alignmentRules().of("x.tflite"), 32U);
    options = project.options;
    const auto json = savedAndOpened();
    EXPECT_THAT(json, HasSubstr(R"("board": "OPENMV_N6")"));
    EXPECT_THAT(json, HasSubstr(R"("dat": 64)"));
}

TEST_F(RecipeTest, NamesADroppedFolderOnceHoweverManyFilesAreInIt)
{
    add(folder / "src");
    add(folder / "net.tflite");
    EXPECT_THAT(savedAndOpened(),
                HasSubstr("{\"path\": \"src/\", \"from\": \"src\"},\n"
                          "        {\"path\": \"net.tflite\", \"from\": \"net.tflite\"}\n"));
}

TEST_F(RecipeTest, KeepsWhatWasChangedInALinkedFolder)
{
    add(folder / "src");
    apply(tree.remove(std::array{tree.find("src/lib/sub")}));
    apply(tree.rename(*tree.find("src/lib/a.py"), "z.py"));
    apply(tree.setCompile(std::array{tree.find("src/main.py")}, false));
    apply(tree.replaceContent(*tree.find("src/lib/b.py"), test::content("new")));
    const auto json = savedAndOpened();
    EXPECT_THAT(json, HasSubstr(R"("exclude": ["/lib/a.py", "/lib/b.py", "/lib/sub"])"));
    EXPECT_THAT(json, HasSubstr(R"({"path": "src/lib/z.py", "from": "src/lib/a.py"})"));
    EXPECT_THAT(json, HasSubstr(R"({"path": "src/lib/b.py", "text": "new"})"));
    EXPECT_THAT(json, HasSubstr(R"({"path": "src/main.py", "compile": false})"));
}

TEST_F(RecipeTest, KeepsTheOrder)
{
    add(folder / "src");
    add(folder / "net.tflite");
    apply(tree.move(std::array{tree.find("src/main.py")}, *tree.find("src"), 0, tree::ClashPolicy::Refuse));
    apply(tree.move(std::array{tree.find("net.tflite")}, tree.root(), 0, tree::ClashPolicy::Refuse));
    EXPECT_THAT(savedAndOpened(), HasSubstr(R"({"path": "src/", "order": ["main.py", "lib"]})"));
}

TEST_F(RecipeTest, PutsLargeFilesOfNoPlaceBesideItself)
{
    std::vector<std::unique_ptr<tree::Node>> nodes;
    nodes.push_back(tree::Node::file("small.bin", test::content(std::string("\0\1", 2))));
    nodes.push_back(tree::Node::file("big.bin", test::content(std::string(5000, 'x'))));
    apply(tree.add(tree.root(), std::move(nodes), tree::ClashPolicy::Refuse));
    const auto json = savedAndOpened();
    EXPECT_THAT(json, HasSubstr(R"({"path": "small.bin", "base64": "AAE="})"));
    EXPECT_THAT(json, HasSubstr(R"({"path": "big.bin", "from": "app.files/big.bin"})"));
    EXPECT_EQ(std::filesystem::file_size(folder / "app.files/big.bin"), 5000U);
}

TEST_F(RecipeTest, AnImageComesBackFromItWithItsAlignments)
{
    tree = tree::RomTree(test::readBlob(test::written(test::Entries().file("a.bin", "1", 64), test::openMv())));
    composition = must(compose(tree.root(), options, file));
    must(save(file, composition));
    EXPECT_EQ(listing(*must(recipe::open(file, Loading::Snapshot)).root), "a.bin=1@64");
}

TEST_F(RecipeTest, SaysWhatItCannotHold)
{
    std::vector<std::unique_ptr<tree::Node>> nodes;
    auto root = tree::Node::folder({});
    root->append(tree::Node::file("a", test::content("1")));
    root->append(tree::Node::file("a", test::content("2")));
    const auto twice = compose(*root, options, file);
    ASSERT_FALSE(twice);
    EXPECT_THAT(twice.error().message, HasSubstr("\"a\" cannot be kept in a recipe: its name occurs twice"));
}

TEST_F(RecipeTest, BrokenOnesAreErrorsThatNameThePlace)
{
    EXPECT_THAT(error("{\n\n nonsense"), HasSubstr("app.romsmith: line 3: "));
    EXPECT_THAT(error("[]"), HasSubstr("this is no recipe"));
    EXPECT_THAT(error(R"({"romsmith": "x"})"), HasSubstr("romsmith: expected a whole number"));
    EXPECT_THAT(error(R"({"romsmith": 2})"), HasSubstr("version 2 is newer than this program, which knows 1"));
    EXPECT_THAT(error(R"({"romsmith": 1, "bord": "x"})"), HasSubstr("bord: unknown key; expected one of"));
    EXPECT_THAT(error(R"({"romsmith": 1, "board": "X"})"), HasSubstr("\"X\" is not a board that this computer knows"));
    EXPECT_THAT(error(R"({"romsmith": 1, "board": "OPENMV_N6", "partition": 7})"), HasSubstr("no ROMFS partition 7"));
    EXPECT_THAT(error(R"({"romsmith": 1, "align": {"a": 3}})"), HasSubstr("align.a: 3 is not a power of two"));
    EXPECT_THAT(errorOfFiles(R"({"path": "../x", "text": ""})"), HasSubstr("files[0].path: \"../x\""));
    EXPECT_THAT(errorOfFiles(R"({"path": "/x", "text": ""})"), HasSubstr("files[0].path: \"/x\""));
    EXPECT_THAT(errorOfFiles(R"({"path": "a//b", "text": ""})"), HasSubstr("files[0].path: \"a//b\""));
    EXPECT_THAT(errorOfFiles(R"({"path": "a", "base64": "%%"})"), HasSubstr("files[0].base64: it is not base64"));
    EXPECT_THAT(errorOfFiles(R"({"path": "a", "text": "", "from": "b"})"), HasSubstr("more than one of"));
    EXPECT_THAT(errorOfFiles(R"({"path": "a/", "text": "x"})"), HasSubstr("a folder has no content of its own"));
    EXPECT_THAT(errorOfFiles(R"({"path": "a", "exclude": ["*"]})"), HasSubstr("are for folders"));
    EXPECT_THAT(errorOfFiles(R"({"path": "a/", "align": 8})"), HasSubstr("files[0].align: is for files"));
    EXPECT_THAT(errorOfFiles(R"({"path": "a", "align": 6})"), HasSubstr("files[0].align: 6 is not a power of two"));
    EXPECT_THAT(error(R"({"romsmith": 1, "files": "x"})"), HasSubstr("files: expected a list"));
}

TEST_F(RecipeTest, WhatIsSaidOfAFileThatNothingBringsIsAProblemAndIsKept)
{
    const auto project = openFiles(R"({"path": "a.py", "compile": false}, {"path": "b.py", "text": ""})");
    const auto* wanted = project.root->child("a.py");
    ASSERT_TRUE(wanted && wanted->state().link);
    EXPECT_THAT(wanted->state().link->problem, HasSubstr("nothing brings it"));
    const auto composed = test::must(compose(*project.root, options, file));
    const auto item = std::ranges::find(composed.recipe.items, "a.py", &Item::path);
    ASSERT_NE(item, composed.recipe.items.end());
    EXPECT_FALSE(item->content || !item->from.empty());
    EXPECT_EQ(item->compile, false);
}

} // namespace
} // namespace romsmith::recipe
