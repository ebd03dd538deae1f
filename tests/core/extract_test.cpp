// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/extract.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using test::directoryRecord;
using test::fileWith;
using test::hex;
using test::huge;
using test::imageOf;
using test::must;
using test::readBlob;
using test::record;
using test::TempFolder;
using test::text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

tree::RomTree treeOf(const test::Blob& records)
{
    return tree::RomTree(readBlob(imageOf(records)));
}

tree::RomTree sample()
{
    return treeOf(fileWith("a.py", "1")
                  + directoryRecord("lib", fileWith("x.py", "2") + directoryRecord("pkg", fileWith("y.py", "3")))
                  + directoryRecord("empty", {}) + record(77, text("unknown")));
}

Result<Extracted> extractAll(const tree::RomTree& tree, const fs::path& to, ExtractOptions options = {})
{
    const std::vector<const tree::Node*> nodes{&tree.root()};
    return extract(nodes, to, options);
}

Result<Extracted> extractOne(const tree::Node& node, const fs::path& to, ExtractOptions options = {})
{
    const std::vector<const tree::Node*> nodes{&node};
    return extract(nodes, to, options);
}

/// The names of what was skipped.
std::vector<std::string> skipped(const Extracted& extracted)
{
    std::vector<std::string> all;
    for (const auto& each : extracted.skipped) {
        all.push_back(each.path.string());
    }
    return all;
}

TEST(Extract, WritesAllFilesAndFolders)
{
    const TempFolder folder;
    const auto tree = sample();
    const auto extracted = must(extractAll(tree, folder / "new/out"));
    EXPECT_EQ(folder.listing("new/out"), "a.py empty/ lib/ lib/pkg/ lib/pkg/y.py lib/x.py");
    EXPECT_EQ(folder.read("new/out/lib/pkg/y.py"), "3");
    EXPECT_EQ(extracted.files, 3U);
    EXPECT_EQ(extracted.bytes, 3U);
    EXPECT_THAT(extracted.skipped, IsEmpty());
}

TEST(Extract, WritesPartsUnderTheirWholePath)
{
    const TempFolder folder;
    const auto tree = sample();
    const std::vector<const tree::Node*> nodes{tree.find("lib/pkg"), tree.find("a.py")};
    EXPECT_EQ(must(extract(nodes, folder / "out", {})).files, 2U);
    EXPECT_EQ(folder.listing("out"), "a.py lib/ lib/pkg/ lib/pkg/y.py");
}

TEST(Extract, WritesWhatIsAskedForTwiceOnce)
{
    const TempFolder folder;
    const auto tree = sample();
    const std::vector<const tree::Node*> nodes{tree.find("lib/x.py"), tree.find("lib"), tree.find("lib/x.py")};
    const auto extracted = must(extract(nodes, folder / "out", {}));
    EXPECT_EQ(extracted.files, 2U);
    EXPECT_THAT(extracted.skipped, IsEmpty());
}

TEST(Extract, StreamsContentThatIsNotInMemory)
{
    const TempFolder folder;
    const auto bytes = test::pattern(200'000);
    const auto node = tree::Node::file("big", test::streamed(bytes));
    must(extractOne(*node, folder / "out"));
    EXPECT_EQ(fs::file_size(folder / "out" / node->name()), 200'000U);
}

TEST(Extract, OfOtherRecordsWritesNothing)
{
    const TempFolder folder;
    const auto tree = sample();
    EXPECT_EQ(must(extractOne(*tree.root().children().back(), folder / "out")).files, 0U);
}

// Hostile names -------------------------------------------------------------------------------------------------------

TEST(Extract, NeverLeavesItsFolder)
{
    const TempFolder folder;
    const auto tree
        = treeOf(fileWith("../up", "1") + fileWith("/abs", "1") + fileWith("..", "1") + fileWith(".", "1")
                 + directoryRecord("..", fileWith("x", "1")) + directoryRecord("a/../..", fileWith("x", "1"))
                 + fileWith("..\\up", "1") + fileWith("", "1") + directoryRecord("", fileWith("x", "1"))
                 + fileWith(std::string_view("nul\0", 4), "1") + fileWith("good", "1"));
    const auto extracted = must(extractAll(tree, folder / "in/out"));
    EXPECT_EQ(folder.listing(), "in/ in/out/ in/out/good");
    EXPECT_EQ(extracted.files, 1U);
    EXPECT_EQ(extracted.skipped.size(), 10U);
}

TEST(Extract, NeverLeavesItsFolderThroughTheFoldersAboveANode)
{
    const TempFolder folder;
    const auto tree = treeOf(directoryRecord("..", directoryRecord("ok", fileWith("x", "1")))
                             + directoryRecord("a/..", fileWith("y", "1")));
    const auto& up = *tree.root().children()[0]->children()[0]->children()[0];
    const auto& slash = *tree.root().children()[1]->children()[0];
    for (const auto* node : {&up, &slash}) {
        const auto extracted = must(extractOne(*node, folder / "in/out"));
        EXPECT_EQ(extracted.files, 0U);
        EXPECT_EQ(extracted.skipped.size(), 1U);
    }
    EXPECT_EQ(folder.listing(), "in/ in/out/");
}

TEST(Extract, KeepsNamesThatOnlyTheDeviceCannotList)
{
    const TempFolder folder;
    const auto tree = treeOf(fileWith("\xff\xfe", "1"));
    must(extractAll(tree, folder / "out"));
    EXPECT_EQ(folder.read("out/\xff\xfe"), "1");
}

TEST(Extract, SkipsNamesThatAreTooLong)
{
    const TempFolder folder;
    const auto tree = treeOf(fileWith(std::string(300, 'x'), "1") + fileWith(std::string(255, 'y'), "1"));
    const auto extracted = must(extractAll(tree, folder / "out"));
    EXPECT_EQ(extracted.files, 1U);
    EXPECT_EQ(extracted.skipped.size(), 1U);
}

TEST(Extract, WritesTheFirstOfTwoAsTheDeviceReadsIt)
{
    const TempFolder folder;
    const auto tree = treeOf(fileWith("x", "first") + fileWith("x", "second") + directoryRecord("d", fileWith("1", ""))
                             + directoryRecord("d", fileWith("2", "")));
    const auto extracted = must(extractAll(tree, folder / "out"));
    EXPECT_EQ(folder.read("out/x"), "first");
    EXPECT_THAT(skipped(extracted), ElementsAre("x"));
}

TEST(Extract, TellsAFileFromAFolderOfTheSameName)
{
    const TempFolder folder;
    const auto fileFirst
        = treeOf(fileWith("x", "file") + directoryRecord("x", fileWith("1", "") + directoryRecord("s", {})));
    EXPECT_THAT(skipped(must(extractAll(fileFirst, folder / "one"))), ElementsAre("x"));
    EXPECT_EQ(folder.listing("one"), "x");
    const auto folderFirst = treeOf(directoryRecord("x", fileWith("1", "")) + fileWith("x", "file"));
    EXPECT_THAT(skipped(must(extractAll(folderFirst, folder / "two"))), ElementsAre("x"));
    EXPECT_EQ(folder.listing("two"), "x/ x/1");
}

// What is there already -----------------------------------------------------------------------------------------------

TEST(Extract, DoesNotReplaceAnythingUnasked)
{
    const TempFolder folder;
    folder.write("out/lib/x.py", "mine");
    const auto tree = sample();
    const auto extracted = extractAll(tree, folder / "out");
    ASSERT_FALSE(extracted);
    EXPECT_EQ(extracted.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(extracted.error().message, HasSubstr("lib/x.py"));
    EXPECT_THAT(extracted.error().message, Not(HasSubstr("--force"))) << "not everybody has options";
    EXPECT_EQ(folder.listing("out"), "lib/ lib/x.py") << "everything is checked first";
    EXPECT_EQ(folder.read("out/lib/x.py"), "mine");
}

TEST(Extract, ReplacesFilesWhenItIsAskedTo)
{
    const TempFolder folder;
    folder.write("out/lib/x.py", "mine");
    folder.write("out/other", "mine");
    fs::create_hard_link(folder / "out/lib/x.py", folder / "linked");
    const auto tree = sample();
    must(extractAll(tree, folder / "out", {.overwrite = true}));
    EXPECT_EQ(folder.read("out/lib/x.py"), "2");
    EXPECT_EQ(folder.read("out/other"), "mine");
    EXPECT_EQ(folder.read("linked"), "mine") << "what else the file is called stays";
}

TEST(Extract, DoesNotReplaceFoldersByFilesOrFilesByFolders)
{
    const TempFolder folder;
    folder.folder("one/a.py");
    folder.write("two/lib", "mine");
    const auto tree = sample();
    EXPECT_FALSE(extractAll(tree, folder / "one", {.overwrite = true}));
    EXPECT_FALSE(extractAll(tree, folder / "two", {.overwrite = true}));
    EXPECT_EQ(folder.listing(), "one/ one/a.py/ two/ two/lib");
}

TEST(Extract, DoesNotFollowLinksInItsFolder)
{
    const TempFolder folder;
    folder.folder("elsewhere/pkg");
    folder.write("elsewhere/file", "mine");
    const auto tree = sample();
    const auto refused = [&](std::string_view name, const fs::path& target, const tree::Node& node) {
        fs::remove_all(folder / "out");
        fs::create_directories((folder / "out" / name).parent_path());
        fs::create_symlink(target, folder / "out" / name);
        for (const bool overwrite : {false, true}) {
            const auto extracted = extractOne(node, folder / "out", {.overwrite = overwrite});
            EXPECT_FALSE(extracted) << name;
            EXPECT_THAT(test::messageOf(extracted), HasSubstr("link"));
        }
        EXPECT_EQ(folder.listing("elsewhere"), "file pkg/");
        EXPECT_EQ(folder.read("elsewhere/file"), "mine");
    };
    refused("lib", folder / "elsewhere", tree.root());
    refused("lib/pkg", folder / "elsewhere", tree.root());
    refused("lib/x.py", folder / "elsewhere/file", tree.root());
    refused("a.py", folder / "elsewhere/new", tree.root());
    refused("lib", folder / "elsewhere", *tree.find("lib/x.py"));
    refused("lib", folder / "elsewhere", *tree.find("lib/pkg/y.py"));
    refused("lib/pkg", folder / "elsewhere", *tree.find("lib/pkg/y.py"));
}

TEST(Extract, MayFollowALinkToItsFolder)
{
    const TempFolder folder;
    folder.folder("real");
    folder.link("out", "real");
    const auto tree = sample();
    EXPECT_TRUE(extractAll(tree, folder / "out"));
    EXPECT_EQ(folder.read("real/a.py"), "1");
}

TEST(Extract, FailsWhereNoFolderCanBe)
{
    const TempFolder folder;
    folder.write("file", "mine");
    const auto tree = sample();
    const auto extracted = extractAll(tree, folder / "file/out");
    ASSERT_FALSE(extracted);
    EXPECT_EQ(extracted.error().code, ErrorCode::CannotWrite);
    EXPECT_EQ(folder.read("file"), "mine");
}

// Limits --------------------------------------------------------------------------------------------------------------

TEST(Extract, RefusesABombBeforeItWrites)
{
    const TempFolder folder;
    const auto root = tree::Node::folder({});
    for (int i = 0; i < 5; ++i) {
        root->append(tree::Node::file(std::format("{}", i), huge(300'000'000)));
    }
    const auto extracted = extractOne(*root, folder / "out");
    ASSERT_FALSE(extracted);
    EXPECT_EQ(extracted.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(folder.listing(), "");
}

TEST(Extract, StopsWhenItIsAskedTo)
{
    const TempFolder folder;
    const auto tree = sample();
    std::stop_source stop;
    stop.request_stop();
    const std::vector<const tree::Node*> nodes{&tree.root()};
    const auto extracted = extract(nodes, folder / "out", {}, stop.get_token());
    ASSERT_FALSE(extracted);
    EXPECT_EQ(extracted.error().code, ErrorCode::Cancelled);
}

TEST(Extract, LeavesNoHalfFileWhenContentCannotBeRead)
{
    const TempFolder folder;
    const auto root = tree::Node::folder({});
    root->append(tree::Node::file("good", test::content("1")));
    root->append(tree::Node::file("half", test::streamed(test::pattern(200'000), 100'000)));
    const auto extracted = extractOne(*root, folder / "out");
    ASSERT_FALSE(extracted);
    EXPECT_EQ(extracted.error().code, ErrorCode::Changed);
    EXPECT_EQ(folder.listing("out"), "good");
}

} // namespace
} // namespace romsmith::sources
