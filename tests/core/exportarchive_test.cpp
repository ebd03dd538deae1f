// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/archive.h"
#include "core/sources/exportarchive.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using test::directoryRecord;
using test::fileWith;
using test::huge;
using test::imageOf;
using test::must;
using test::readBlob;
using test::record;
using test::TempFolder;
using test::text;
using test::textOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

tree::RomTree treeOf(const test::Blob& records)
{
    return tree::RomTree(readBlob(imageOf(records)));
}

tree::RomTree sample()
{
    return treeOf(fileWith("lib.py", "0") + fileWith("a.py", "1") + directoryRecord("empty", {})
                  + directoryRecord("lib", fileWith("x.py", "2") + directoryRecord("pkg", fileWith("y.py", "3")))
                  + fileWith("nothing", "") + fileWith("na\xc3\xafve", "4") + record(77, text("unknown")));
}

Result<Extracted> exportNodes(const std::vector<const tree::Node*>& nodes, const fs::path& path)
{
    return exportArchive(nodes, path, *archiveFormatOf(path));
}

Result<Extracted> exportAll(const tree::RomTree& tree, const fs::path& path)
{
    return exportNodes({&tree.root()}, path);
}

std::vector<std::string> skipped(const Extracted& extracted)
{
    std::vector<std::string> all;
    for (const auto& [path, reason] : extracted.skipped) {
        all.push_back(path.string() + ": " + reason);
    }
    return all;
}

/// "a.py=1 lib/ lib/x.py=2": what is in an archive.
std::string listing(const fs::path& path)
{
    std::string all;
    const auto loaded = must(loadArchive(path, {}));
    const auto add = [&](const tree::Node& node, const std::string& at) {
        all += (all.empty() ? "" : " ") + at;
        all += node.isFolder() ? "/" : std::format("={}", textOf(node.content()));
    };
    for (const auto& node : loaded.nodes) {
        add(*node, node->name());
        tree::forEachInside(*node, [&](const tree::Node& inside) { add(inside, node->name() + "/" + inside.path()); });
    }
    return all;
}

/// What Python, which knows nothing of this program, finds in an archive.
std::string asPythonReads(const fs::path& path)
{
    static constexpr std::string_view script = R"(
import sys, tarfile, zipfile
if sys.argv[1].endswith(".zip"):
    with zipfile.ZipFile(sys.argv[1]) as file:
        assert file.testzip() is None
        for i in file.infolist():
            print(i.filename, i.file_size, oct(i.external_attr >> 16), *i.date_time, i.create_system, file.read(i)[:20])
else:
    with tarfile.open(sys.argv[1], errors="strict") as file:
        for i in file:
            data = file.extractfile(i).read()[:20] if i.isfile() else b""
            print(i.name + "/" * i.isdir(), i.size, oct(i.mode), i.mtime, i.uid, i.gid, [i.uname, i.gname], data)
)";
    const TempFolder folder;
    const auto program = folder.write("list.py", script);
    const auto command = std::format("PYTHONIOENCODING=utf-8 '{}' -B '{}' '{}' > '{}' 2>&1", ROMSMITH_PYTHON,
                                     program.string(), path.string(), (folder / "out").string());
    const auto status = std::system(command.c_str());
    return (status == 0 ? "" : "failed: ") + folder.read("out");
}

const std::vector<std::string> names{"new.zip", "new.tar.gz"};

TEST(ExportArchive, TakesTheFormatFromTheName)
{
    EXPECT_EQ(archiveFormatOf("/a/b.zip"), ArchiveFormat::Zip);
    EXPECT_EQ(archiveFormatOf("B.ZIP"), ArchiveFormat::Zip);
    EXPECT_EQ(archiveFormatOf("b.tar.gz"), ArchiveFormat::TarGz);
    EXPECT_EQ(archiveFormatOf("b.tgz"), ArchiveFormat::TarGz);
    for (const auto* other : {"b.tar", "b.gz", "b.7z", "zip", "a.zip/b", ""}) {
        EXPECT_EQ(archiveFormatOf(other), std::nullopt) << other;
    }
}

TEST(ExportArchive, WritesAllFilesAndFolders)
{
    const TempFolder folder;
    const auto tree = sample();
    for (const auto& name : names) {
        const auto exported = must(exportAll(tree, folder / name));
        EXPECT_EQ(listing(folder / name),
                  "a.py=1 empty/ lib/ lib/pkg/ lib/pkg/y.py=3 lib/x.py=2 lib.py=0 "
                  "na\xc3\xafve=4 nothing=");
        EXPECT_EQ(exported.files, 6U);
        EXPECT_EQ(exported.bytes, 5U);
        EXPECT_THAT(exported.skipped, IsEmpty());
    }
    EXPECT_EQ(folder.listing(), "new.tar.gz new.zip");
}

TEST(ExportArchive, IsReadByOtherPrograms)
{
    const TempFolder folder;
    const auto tree = sample();
    must(exportAll(tree, folder / "new.zip"));
    EXPECT_EQ(asPythonReads(folder / "new.zip"),
              "a.py 1 0o100644 1980 1 1 0 0 0 3 b'1'\n"
              "empty/ 0 0o40755 1980 1 1 0 0 0 3 b''\n"
              "lib.py 1 0o100644 1980 1 1 0 0 0 3 b'0'\n"
              "lib/ 0 0o40755 1980 1 1 0 0 0 3 b''\n"
              "lib/pkg/ 0 0o40755 1980 1 1 0 0 0 3 b''\n"
              "lib/pkg/y.py 1 0o100644 1980 1 1 0 0 0 3 b'3'\n"
              "lib/x.py 1 0o100644 1980 1 1 0 0 0 3 b'2'\n"
              "na\xc3\xafve 1 0o100644 1980 1 1 0 0 0 3 b'4'\n"
              "nothing 0 0o100644 1980 1 1 0 0 0 3 b''\n");
    must(exportAll(tree, folder / "new.tar.gz"));
    EXPECT_EQ(asPythonReads(folder / "new.tar.gz"),
              "a.py 1 0o644 0 0 0 ['', ''] b'1'\n"
              "empty/ 0 0o755 0 0 0 ['', ''] b''\n"
              "lib.py 1 0o644 0 0 0 ['', ''] b'0'\n"
              "lib/ 0 0o755 0 0 0 ['', ''] b''\n"
              "lib/pkg/ 0 0o755 0 0 0 ['', ''] b''\n"
              "lib/pkg/y.py 1 0o644 0 0 0 ['', ''] b'3'\n"
              "lib/x.py 1 0o644 0 0 0 ['', ''] b'2'\n"
              "na\xc3\xafve 1 0o644 0 0 0 ['', ''] b'4'\n"
              "nothing 0 0o644 0 0 0 ['', ''] b''\n");
}

TEST(ExportArchive, WritesTheSameBytesInEveryRun)
{
    const TempFolder folder;
    const auto tree = sample();
    const auto otherOrder
        = treeOf(fileWith("nothing", "") + directoryRecord("empty", {})
                 + directoryRecord("lib", directoryRecord("pkg", fileWith("y.py", "3"))) + fileWith("na\xc3\xafve", "4")
                 + directoryRecord("lib", fileWith("x.py", "2")) + fileWith("a.py", "1") + fileWith("lib.py", "0"));
    std::vector<const tree::Node*> backwards;
    for (const auto& child : tree.root().children()) {
        backwards.insert(backwards.begin(), child.get());
    }
    for (const auto& name : names) {
        must(exportAll(tree, folder / name));
        const auto first = folder.read(name);
        ::setenv("TZ", "Asia/Kathmandu", 1);
        ::tzset();
        const auto mask = ::umask(077);
        must(exportAll(tree, folder / ("again-" + name)));
        ::umask(mask);
        ::unsetenv("TZ");
        ::tzset();
        EXPECT_TRUE(first == folder.read("again-" + name));
        must(exportAll(otherOrder, folder / ("other-" + name)));
        EXPECT_TRUE(first == folder.read("other-" + name)) << "the order in the image does not matter";
        must(exportNodes(backwards, folder / ("backwards-" + name)));
        EXPECT_TRUE(first == folder.read("backwards-" + name)) << "nor does the order of the selection";
    }
    EXPECT_EQ(folder.read("new.tar.gz").substr(0, 8), std::string_view("\x1f\x8b\x08\0\0\0\0\0", 8)) << "no time";
    EXPECT_EQ(folder.read("new.zip").substr(10, 4), std::string_view("\0\0\x21\0", 4)) << "the first of January 1980";
}

TEST(ExportArchive, WritesPartsUnderTheirWholePathAndOnce)
{
    const TempFolder folder;
    const auto tree = sample();
    for (const auto& name : names) {
        const auto exported
            = must(exportNodes({tree.find("lib/pkg"), tree.find("a.py"), tree.find("lib/pkg/y.py")}, folder / name));
        EXPECT_EQ(listing(folder / name), "a.py=1 lib/ lib/pkg/ lib/pkg/y.py=3");
        EXPECT_EQ(exported.files, 2U);
        EXPECT_THAT(exported.skipped, IsEmpty());
    }
}

TEST(ExportArchive, WritesNodesThatAreInNoTree)
{
    const TempFolder folder;
    const auto node = tree::Node::folder("src");
    node->append(tree::Node::file("x", test::content("1")));
    for (const auto& name : names) {
        must(exportNodes({node.get()}, folder / name));
        EXPECT_EQ(listing(folder / name), "src/ src/x=1");
    }
}

TEST(ExportArchive, OfNothingIsAnEmptyArchive)
{
    const TempFolder folder;
    const auto tree = treeOf(record(77, text("unknown")));
    for (const auto& name : names) {
        EXPECT_EQ(must(exportAll(tree, folder / name)).files, 0U);
        EXPECT_EQ(listing(folder / name), "");
        EXPECT_EQ(asPythonReads(folder / name), "");
    }
}

TEST(ExportArchive, StreamsContentThatIsNotInMemory)
{
    const TempFolder folder;
    const auto bytes = test::pattern(300'000);
    const auto node = tree::Node::file("big", test::streamed(bytes));
    for (const auto& name : names) {
        EXPECT_EQ(must(exportNodes({node.get()}, folder / name)).bytes, 300'000U);
        const auto loaded = must(loadArchive(folder / name, {}));
        EXPECT_TRUE(std::ranges::equal(loaded.nodes.at(0)->content().bytes(), bytes));
        EXPECT_THAT(asPythonReads(folder / name), StartsWith("big 300000 "));
    }
}

// Names ---------------------------------------------------------------------------------------------------------------

TEST(ExportArchive, TakesNoNameThatLeadsElsewhere)
{
    const TempFolder folder;
    const auto tree = treeOf(
        fileWith("../up", "1") + fileWith("/abs", "1") + fileWith("..", "1") + fileWith(".", "1")
        + directoryRecord("..", fileWith("x", "1")) + directoryRecord("a/../..", fileWith("x", "1"))
        + fileWith("..\\up", "1") + fileWith("", "1") + directoryRecord("", fileWith("x", "1"))
        + fileWith(std::string_view("nul\0", 4), "1") + fileWith(std::string(300, 'x'), "1") + fileWith("good", "1"));
    for (const auto& name : names) {
        const auto exported = must(exportAll(tree, folder / name));
        EXPECT_EQ(listing(folder / name), "good=1");
        EXPECT_EQ(exported.files, 1U);
        EXPECT_EQ(exported.skipped.size(), 11U);
        EXPECT_EQ(skipped(exported).front(), "../up: its name cannot be used here");
    }
    const auto& up = *tree.root().children()[4]->children()[0];
    EXPECT_THAT(skipped(must(exportNodes({&up}, folder / "up.zip"))), ElementsAre("..: its name cannot be used here"));
    const auto loose = tree::Node::file("../loose", test::content("1"));
    EXPECT_EQ(must(exportNodes({loose.get()}, folder / "loose.zip")).files, 0U);
}

TEST(ExportArchive, WritesTheFirstOfTwoAsTheDeviceReadsIt)
{
    const TempFolder folder;
    const auto tree = treeOf(fileWith("x", "first") + fileWith("x", "second") + directoryRecord("d", fileWith("1", "1"))
                             + fileWith("d", "file") + directoryRecord("d", fileWith("2", "2")) + fileWith("e", "file")
                             + directoryRecord("e", fileWith("3", "3")));
    for (const auto& name : names) {
        const auto exported = must(exportAll(tree, folder / name));
        EXPECT_EQ(listing(folder / name), "d/ d/1=1 d/2=2 e=file x=first");
        EXPECT_THAT(skipped(exported),
                    ElementsAre("x: the name occurs twice; the device opens the first one, too",
                                "d: the name occurs twice; the device opens the first one, too",
                                "e: the name occurs twice; the device opens the first one, too"));
    }
}

TEST(ExportArchive, PutsNamesThatAreNotUtf8OnlyIntoTar)
{
    const TempFolder folder;
    const auto tree = treeOf(fileWith("\xff", "1") + fileWith("good", "2"));
    const auto exported = must(exportAll(tree, folder / "new.zip"));
    EXPECT_EQ(listing(folder / "new.zip"), "good=2");
    EXPECT_THAT(skipped(exported), ElementsAre(HasSubstr("\\xff: its path is not UTF-8")));
    EXPECT_EQ(must(exportAll(tree, folder / "new.tar.gz")).files, 2U);
    const auto list = std::format("tar tzf '{}' --quoting-style=escape > '{}'", (folder / "new.tar.gz").string(),
                                  (folder / "list").string());
    ASSERT_EQ(std::system(list.c_str()), 0);
    EXPECT_EQ(folder.read("list"), "good\n\\377\n");
}

TEST(ExportArchive, HoldsLongNames)
{
    const TempFolder folder;
    const auto longName = std::string(250, 'l');
    const auto shortName = std::string(99, 'a');
    const auto tree = treeOf(directoryRecord(longName, fileWith(shortName, "1") + fileWith(longName, "2")));
    for (const auto& name : names) {
        must(exportAll(tree, folder / name));
        EXPECT_EQ(listing(folder / name), std::format("{0}/ {0}/{1}=1 {0}/{0}=2", longName, shortName));
        EXPECT_THAT(asPythonReads(folder / name), HasSubstr(longName + "/" + longName + " 1 "));
    }
}

TEST(ExportArchive, HoldsMoreFilesThanAZipCountsInItsOldFormat)
{
    constexpr int count = 65'540;
    const TempFolder folder;
    const auto root = tree::Node::folder({});
    for (int i = 0; i < count; ++i) {
        root->append(tree::Node::file(std::format("{:05}", i), {}));
    }
    for (const auto& name : names) {
        EXPECT_EQ(must(exportNodes({root.get()}, folder / name)).files, count);
        EXPECT_EQ(must(loadArchive(folder / name, {})).nodes.size(), count);
    }
    EXPECT_THAT(asPythonReads(folder / "new.zip"), HasSubstr("\n65539 0 "));
}

TEST(ExportArchive, LeavesPathsOutThatAreTooLongForZip)
{
    const TempFolder folder;
    auto node = tree::Node::folder({});
    auto* inside = node.get();
    for (int i = 0; i < 300; ++i) {
        inside = &inside->append(tree::Node::folder(std::string(250, 'd')));
    }
    inside->append(tree::Node::file("x", test::content("1")));
    const auto exported = must(exportNodes({node.get()}, folder / "new.zip"));
    EXPECT_EQ(exported.files, 0U);
    EXPECT_EQ(exported.skipped.size(), 1U);
    EXPECT_EQ(must(exportNodes({node.get()}, folder / "new.tar.gz")).files, 1U);
}

// Whole or not at all -------------------------------------------------------------------------------------------------

TEST(ExportArchive, ReplacesAFileOnlyWhenItIsComplete)
{
    const TempFolder folder;
    const auto tree = sample();
    const auto root = tree::Node::folder({});
    root->append(tree::Node::file("good", test::content("1")));
    root->append(tree::Node::file("half", test::streamed(test::pattern(200'000), 100'000)));
    for (const auto& name : names) {
        folder.write(name, "old");
        const auto exported = exportNodes({root.get()}, folder / name);
        ASSERT_FALSE(exported);
        EXPECT_EQ(exported.error().code, ErrorCode::Changed);
        EXPECT_EQ(folder.read(name), "old");
        must(exportAll(tree, folder / name));
        EXPECT_THAT(listing(folder / name), StartsWith("a.py=1"));
    }
    EXPECT_EQ(folder.listing(), "new.tar.gz new.zip");
}

TEST(ExportArchive, StopsWhenItIsAskedTo)
{
    const TempFolder folder;
    const auto tree = sample();
    const std::vector<const tree::Node*> nodes{&tree.root()};
    std::stop_source stop;
    stop.request_stop();
    for (const auto format : {ArchiveFormat::Zip, ArchiveFormat::TarGz}) {
        const auto exported = exportArchive(nodes, folder / "new", format, stop.get_token());
        ASSERT_FALSE(exported);
        EXPECT_EQ(exported.error().code, ErrorCode::Cancelled);
    }
    EXPECT_EQ(folder.listing(), "");
}

TEST(ExportArchive, RefusesABombBeforeItWrites)
{
    const TempFolder folder;
    const auto root = tree::Node::folder({});
    for (int i = 0; i < 5; ++i) {
        root->append(tree::Node::file(std::format("{}", i), huge(300'000'000)));
    }
    for (const auto& name : names) {
        const auto exported = exportNodes({root.get()}, folder / name);
        ASSERT_FALSE(exported);
        EXPECT_EQ(exported.error().code, ErrorCode::TooLarge);
    }
    EXPECT_EQ(folder.listing(), "");
}

TEST(ExportArchive, FailsWhereNoFileCanBe)
{
    const TempFolder folder;
    const auto tree = sample();
    folder.folder("folder.zip");
    folder.write("file", "mine");
    ASSERT_EQ(::mkfifo((folder / "pipe.zip").c_str(), 0600), 0);
    for (const auto* name : {"folder.zip", "pipe.zip", "file/new.zip", "nowhere/new.zip", "\xff.zip"}) {
        const auto exported = exportAll(tree, folder / name);
        ASSERT_FALSE(exported) << name;
        EXPECT_EQ(exported.error().code, ErrorCode::CannotWrite);
        EXPECT_THAT(exported.error().message, HasSubstr("could not be written"));
    }
    EXPECT_EQ(folder.listing(), "file folder.zip/ pipe.zip");
}

} // namespace
} // namespace romsmith::sources
