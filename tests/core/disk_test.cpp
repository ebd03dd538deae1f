// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/disk.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <QCryptographicHash>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using test::must;
using test::TempFolder;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// "lib/ lib/x.py=1": what was loaded, with its content.
std::string listing(const Loaded& loaded)
{
    std::string all;
    const auto add = [&](const tree::Node& node) {
        all += all.empty() ? "" : " ";
        all += node.path().empty() ? node.name() : node.path();
        all += node.isFolder() ? "/" : std::format("={}", textOf(node.content()));
    };
    for (const auto& node : loaded.nodes) {
        add(*node);
        tree::forEachInside(*node, [&](const tree::Node& inside) {
            all += " ";
            all += node->name() + "/" + inside.path();
            all += inside.isFolder() ? "/" : std::format("={}", textOf(inside.content()));
        });
    }
    return all;
}

/// "link: a link ...", with the paths below @p folder.
std::vector<std::string> skipped(const Loaded& loaded, const TempFolder& folder)
{
    std::vector<std::string> all;
    for (const auto& [path, reason] : loaded.skipped) {
        all.push_back(path.lexically_relative(folder.path()).string() + ": " + reason);
    }
    return all;
}

void makePipe(const fs::path& path)
{
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
}

// What is taken -------------------------------------------------------------------------------------------------------

TEST(Load, TakesAFile)
{
    const TempFolder folder;
    const auto loaded = must(load(folder.write("main.py", "print()\n"), {}));
    EXPECT_EQ(listing(loaded), "main.py=print()\n");
    EXPECT_TRUE(loaded.nodes[0]->content().isInMemory());
    EXPECT_THAT(loaded.skipped, IsEmpty());
}

TEST(Load, TakesAFolderWithAllThatIsInIt)
{
    const TempFolder folder;
    folder.write("src/lib/pkg/y.py", "3");
    folder.write("src/lib/x.py", "2");
    folder.write("src/a.py", "1");
    folder.folder("src/empty");
    EXPECT_EQ(listing(must(load(folder / "src", {}))),
              "src/ src/a.py=1 src/empty/ src/lib/ src/lib/pkg/ src/lib/pkg/y.py=3 src/lib/x.py=2");
    EXPECT_EQ(listing(must(loadContent(folder / "src", {}))), "a.py=1 empty/ lib/ lib/pkg/ lib/pkg/y.py=3 lib/x.py=2");
}

TEST(Load, NamesAFolderWhateverWayItIsWritten)
{
    const TempFolder folder;
    folder.write("src/a", "1");
    EXPECT_EQ(listing(must(load(folder / "src/", {}))), "src/ src/a=1");
    EXPECT_EQ(listing(must(load(folder / "src/.", {}))), "src/ src/a=1");
    EXPECT_EQ(listing(must(load(folder / "src/../src", {}))), "src/ src/a=1");
}

TEST(Load, ContentOfAFileIsTheFile)
{
    const TempFolder folder;
    EXPECT_EQ(listing(must(loadContent(folder.write("a", "1"), {}))), "a=1");
}

TEST(Load, SortsByTheBytesOfTheNamesAsTheReferenceWriterDoes)
{
    const TempFolder folder;
    for (const auto* name : {"b.txt", "B.txt", "a.txt", "Z", "_x", "10", "9", ".hidden"}) {
        folder.write(std::string("src/") + name, name);
    }
    folder.write("src/m/q", "q");
    folder.write("src/m.d/r", "r");
    tree::RomTree tree;
    auto edit = must(tree.add(tree.root(), must(loadContent(folder / "src", {})).nodes, tree::ClashPolicy::Refuse));
    tree.apply(edit);
    const auto image = test::written(tree.flatten(tree::AlignmentRules::none()).entries, test::compact());
    EXPECT_EQ(image.size(), 124U);
    const QByteArrayView bytes(reinterpret_cast<const char*>(image.data()), static_cast<qsizetype>(image.size()));
    EXPECT_TRUE(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex().startsWith("786e0e03"));
}

TEST(Load, TakesHiddenFilesAndUtf8Names)
{
    const TempFolder folder;
    folder.write("src/.config", "1");
    folder.write("src/na\xc3\xafve", "2");
    EXPECT_EQ(listing(must(loadContent(folder / "src", {}))), ".config=1 na\xc3\xafve=2");
}

// What is left out ----------------------------------------------------------------------------------------------------

TEST(Load, LeavesJunkOut)
{
    const TempFolder folder;
    folder.write("src/keep.py", "1");
    for (const auto* junk : {"__pycache__/x.pyc", ".git/HEAD", ".svn/entries", "x.pyc", "edit.py~", ".x.py.swp",
                             "#x.py#", ".#x.py", ".DS_Store", "Thumbs.db", "._resource", "__MACOSX/x"}) {
        folder.write(std::string("src/") + junk, "junk");
    }
    const auto loaded = must(loadContent(folder / "src", {}));
    EXPECT_EQ(listing(loaded), "keep.py=1");
    EXPECT_EQ(loaded.skipped.size(), 12U);
    EXPECT_EQ(loaded.skipped.front().reason, "junk that no device needs");
}

TEST(Load, KeepsWhatOnlyLooksLikeJunk)
{
    const TempFolder folder;
    for (const auto* name : {"git", ".gitignore", "a.swp", "#", "##x", "pyc", "~x", "pycache"}) {
        folder.write(std::string("src/") + name, "");
    }
    EXPECT_THAT(must(loadContent(folder / "src", {})).skipped, IsEmpty());
}

TEST(Load, TakesJunkThatIsAskedForByName)
{
    const TempFolder folder;
    folder.write(".git/HEAD", "ref");
    EXPECT_EQ(listing(must(load(folder / ".git", {}))), ".git/ .git/HEAD=ref");
}

TEST(Load, LeavesExcludedNamesAndPathsOut)
{
    const TempFolder folder;
    for (const auto* name :
         {"a.py", "a.md", "tests/t.py", "tests/deep/t.py", "lib/tests/t.py", "lib/b.md", "lib/x1.py", "lib/x2.py"}) {
        folder.write(std::string("src/") + name, "");
    }
    const auto without = [&](std::vector<std::string> excludes) {
        return listing(
            must(loadContent(folder / "src", {.loading = Loading::Snapshot, .excludes = std::move(excludes)})));
    };
    EXPECT_EQ(without({"*.md", "tests"}), "a.py= lib/ lib/x1.py= lib/x2.py=");
    EXPECT_EQ(without({"lib", "tests/deep"}), "a.md= a.py= tests/ tests/t.py=") << "a path below the source";
    EXPECT_EQ(without({"lib/*", "tests"}), "a.md= a.py= lib/");
    EXPECT_EQ(without({"*tests*", "*.md", "x?.py"}), "a.py= lib/");
    EXPECT_EQ(without({"x[2-9].py", "*.md", "tests"}), "a.py= lib/ lib/x1.py=");
    EXPECT_EQ(without({"A.PY", "*.MD", ".", ""}), without({})) << "case matters, and whole names are matched";
    EXPECT_EQ(without({"a.py$", "(a|b).py", "a+.py", ".*"}), without({})) << "no regular expressions";
}

TEST(Load, TellsWhatWasLeftOut)
{
    const TempFolder folder;
    folder.write("src/lib/a.md", "");
    const auto loaded = must(load(folder / "src", {.loading = Loading::Snapshot, .excludes = {"*.md"}}));
    EXPECT_THAT(skipped(loaded, folder), ElementsAre("src/lib/a.md: excluded"));
}

TEST(Load, LeavesOutTheImageThatIsBeingWritten)
{
    const TempFolder folder;
    folder.write("src/a", "1");
    const auto image = folder.write("src/out/my.img", "old");
    folder.link("same", image);
    for (const auto& output : {image, folder / "same", folder / "src/../src/out/my.img"}) {
        const auto loaded = must(loadContent(
            folder / "src", {.loading = Loading::Snapshot, .excludes = {}, .leaveOut = {{output, "the image"}}}));
        EXPECT_EQ(listing(loaded), "a=1 out/");
    }
    EXPECT_EQ(listing(must(loadContent(
                  folder / "src",
                  {.loading = Loading::Snapshot, .excludes = {}, .leaveOut = {{folder / "new.img", "the image"}}}))),
              "a=1 out/ out/my.img=old");
}

TEST(Load, FollowsLinksToFilesAndFolders)
{
    const TempFolder folder;
    folder.write("src/real/x", "1");
    folder.write("outside/y", "2");
    folder.link("src/again", "real");
    folder.link("src/file", "real/x");
    folder.link("src/outside", folder / "outside");
    EXPECT_EQ(listing(must(loadContent(folder / "src", {}))),
              "again/ again/x=1 file=1 outside/ outside/y=2 real/ real/x=1");
}

TEST(Load, LeavesLinksOutThatLeadNowhereOrBackUp)
{
    const TempFolder folder;
    folder.write("src/d/x", "1");
    folder.link("src/broken", "nothing");
    folder.link("src/self", "self");
    folder.link("src/d/up", "..");
    folder.link("src/d/here", ".");
    const auto loaded = must(loadContent(folder / "src", {}));
    EXPECT_EQ(listing(loaded), "d/ d/x=1");
    EXPECT_THAT(skipped(loaded, folder),
                UnorderedElementsAre("src/broken: a link to something that does not exist", HasSubstr("src/self: "),
                                     "src/d/up: a link that leads back to a folder above it",
                                     "src/d/here: a link that leads back to a folder above it"));
}

TEST(Load, SurvivesLinksThatLeadToEachOther)
{
    const TempFolder folder;
    folder.write("src/a/1", "");
    folder.write("src/b/2", "");
    folder.link("src/a/b", "../b");
    folder.link("src/b/a", "../a");
    const auto loaded = must(loadContent(folder / "src", {}));
    EXPECT_EQ(listing(loaded), "a/ a/1= a/b/ a/b/2= b/ b/2= b/a/ b/a/1=");
    EXPECT_EQ(loaded.skipped.size(), 2U);
}

TEST(Load, LeavesOutWhatIsNeitherFileNorFolder)
{
    const TempFolder folder;
    folder.write("src/a", "1");
    makePipe(folder / "src/pipe");
    folder.link("src/device", "/dev/null");
    const auto loaded = must(loadContent(folder / "src", {}));
    EXPECT_EQ(listing(loaded), "a=1");
    EXPECT_THAT(
        skipped(loaded, folder),
        UnorderedElementsAre("src/pipe: neither a file nor a folder", "src/device: neither a file nor a folder"));
}

TEST(Load, LeavesNamesOutThatTheDeviceCouldNotList)
{
    const TempFolder folder;
    folder.write("src/\xff", "1");
    folder.write("src/a", "1");
    const auto loaded = must(loadContent(folder / "src", {}));
    EXPECT_EQ(listing(loaded), "a=1");
    ASSERT_EQ(loaded.skipped.size(), 1U);
    EXPECT_THAT(loaded.skipped[0].reason, HasSubstr("UTF-8"));
}

// What is refused -----------------------------------------------------------------------------------------------------

TEST(Load, RefusesWhatIsNotThere)
{
    const TempFolder folder;
    folder.write("file", "");
    for (const auto& path : {folder / "nothing", folder / "file/inside"}) {
        const auto loaded = load(path, {});
        ASSERT_FALSE(loaded);
        EXPECT_EQ(loaded.error().code, ErrorCode::CannotRead);
        EXPECT_THAT(loaded.error().message, HasSubstr(path.string()));
    }
}

TEST(Load, RefusesPipesWithoutWaitingForThem)
{
    const TempFolder folder;
    makePipe(folder / "pipe");
    for (const auto loading : {Loading::Snapshot, Loading::Streamed}) {
        const auto loaded = load(folder / "pipe", {.loading = loading, .excludes = {}});
        ASSERT_FALSE(loaded);
        EXPECT_THAT(loaded.error().message, HasSubstr("neither a file nor a folder"));
        EXPECT_FALSE(loadFile(folder / "pipe", loading));
    }
    EXPECT_FALSE(loadFile(folder.path(), Loading::Snapshot));
    EXPECT_FALSE(loadFile("/dev/zero", Loading::Snapshot));
}

TEST(Load, RefusesPatternsThatAreNone)
{
    const TempFolder folder;
    const auto loaded = load(folder.path(), {.loading = Loading::Snapshot, .excludes = {"[z-a]"}});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(loaded.error().message, HasSubstr("[z-a]"));
}

TEST(Load, RefusesFilesThatNoDeviceHolds)
{
    const TempFolder folder;
    const auto path = folder.write("huge.bin", "");
    fs::resize_file(path, largestSnapshot + 1);
    const auto loaded = load(path, {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(must(loadFile(path, Loading::Streamed)).size(), largestSnapshot + 1);
}

TEST(Load, RefusesFoldersThatAreNestedTooDeep)
{
    const TempFolder folder;
    auto path = folder.path();
    for (std::uint32_t i = 0; i <= romfs::maxDepth; ++i) {
        path /= "d";
        fs::create_directory(path);
    }
    EXPECT_TRUE(loadContent(folder / "d", {}));
    const auto loaded = loadContent(folder.path(), {});
    for (; path != folder.path(); path = path.parent_path()) {
        fs::remove(path); // std::filesystem::remove_all() may run out of file handles on the way down
    }
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().message, HasSubstr("nested too deeply"));
}

TEST(Load, StopsWhenItIsAskedTo)
{
    const TempFolder folder;
    folder.write("src/a", "1");
    std::stop_source stop;
    stop.request_stop();
    const auto loaded = load(folder / "src", {}, stop.get_token());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::Cancelled);
}

// Files that change ---------------------------------------------------------------------------------------------------

TEST(Snapshot, DoesNotFollowLaterChanges)
{
    const TempFolder folder;
    const auto path = folder.write("a", "before");
    const auto content = must(loadFile(path, Loading::Snapshot));
    folder.write("a", "after");
    EXPECT_EQ(textOf(content), "before");
    fs::remove(path);
    EXPECT_EQ(textOf(content), "before");
}

TEST(Streamed, IsReadWhenItIsNeeded)
{
    const TempFolder folder;
    const auto bytes = test::pattern(200'000);
    const auto content = must(loadFile(folder.write("a", romfs::asText(bytes)), Loading::Streamed));
    EXPECT_FALSE(content.isInMemory());
    EXPECT_EQ(content.size(), 200'000U);
    EXPECT_TRUE(must(content.readAll()) == bytes);
    std::array<std::byte, 10> part{};
    must(content.read(150'000, part));
    EXPECT_TRUE(std::ranges::equal(part, std::span(bytes).subspan(150'000, 10)));
}

TEST(Streamed, FailsWhenTheFileHasChanged)
{
    const TempFolder folder;
    const auto path = folder.write("a", "before");
    const auto failure = [&](auto change) {
        folder.write("a", "before");
        const auto content = must(loadFile(path, Loading::Streamed));
        EXPECT_EQ(romfs::asText(must(content.readAll())), "before");
        change();
        const auto all = content.readAll();
        return all ? std::string("read") : all.error().message;
    };
    EXPECT_THAT(failure([&] { folder.write("a", "longer than before"); }), HasSubstr("has changed"));
    EXPECT_THAT(failure([&] { folder.write("a", ""); }), HasSubstr("has changed"));
    EXPECT_THAT(failure([&] { fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(2)); }),
                HasSubstr("has changed"));
    EXPECT_THAT(failure([&] { fs::remove(path); }), HasSubstr("cannot be read"));
}

TEST(Streamed, FailsHalfWayWhenTheFileChangesMeanwhile)
{
    const TempFolder folder;
    const auto path = folder.write("a", romfs::asText(test::pattern(200'000)));
    const auto content = must(loadFile(path, Loading::Streamed));
    int pieces = 0;
    const auto done = content.forEachChunk([&](romfs::Bytes) -> Result<void> {
        if (++pieces == 2) {
            fs::resize_file(path, 150'000);
        }
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::Changed);
    EXPECT_EQ(pieces, 2);
}

TEST(Streamed, NoticesThatAnEmptyFileIsEmptyNoMore)
{
    const TempFolder folder;
    const auto content = must(loadFile(folder.write("a", ""), Loading::Streamed));
    const auto ignore = [](romfs::Bytes) -> Result<void> { return {}; };
    EXPECT_TRUE(content.forEachChunk(ignore));
    folder.write("a", "not empty");
    EXPECT_FALSE(content.forEachChunk(ignore));
}

TEST(ErrorDescription, FitsInsideASentence)
{
    EXPECT_EQ(describe(std::make_error_code(std::errc::no_such_file_or_directory)), "no such file or directory");
    EXPECT_EQ(describe(std::make_error_code(std::errc::permission_denied)), "permission denied");
}

} // namespace
} // namespace romsmith::sources
