// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/archive.h"
#include "tests/core/helpers.h"
#include "tests/core/tempfolder.h"

#include <QLoggingCategory>

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <map>
#include <random>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using test::must;
using test::TempFolder;
using test::textOf;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;

/// What tests/hostile_archives.py has made.
fs::path made(std::string_view name)
{
    return fs::path(ROMSMITH_HOSTILE_ARCHIVES) / name;
}

Result<LoadedArchive> loadMade(std::string_view name, const ArchiveOptions& options = {})
{
    return loadArchive(made(name), options);
}

/// Content by path; folders end with "/" and have none.
std::map<std::string, std::string> contentsOf(const Loaded& loaded)
{
    std::map<std::string, std::string> all;
    const auto add = [&](const tree::Node& node, const std::string& path) {
        all[path + (node.isFolder() ? "/" : "")] = textOf(node.content());
    };
    for (const auto& node : loaded.nodes) {
        add(*node, node->name());
        tree::forEachInside(*node, [&](const tree::Node& inside) { add(inside, node->name() + "/" + inside.path()); });
    }
    return all;
}

/// "a/ a/x.txt=good": what was taken, in its order.
std::string listing(const Loaded& loaded)
{
    std::string all;
    const auto add = [&](const tree::Node& node, const std::string& path) {
        all += (all.empty() ? "" : " ") + path;
        all += node.isFolder() ? "/" : std::format("={}", textOf(node.content()));
    };
    for (const auto& node : loaded.nodes) {
        add(*node, node->name());
        tree::forEachInside(*node, [&](const tree::Node& inside) { add(inside, node->name() + "/" + inside.path()); });
    }
    return all;
}

std::vector<std::string> linesOf(const std::vector<Skipped>& list)
{
    std::vector<std::string> all;
    for (const auto& [path, reason] : list) {
        all.push_back(path.string() + ": " + reason);
    }
    return all;
}

std::vector<std::string> skipped(const Loaded& loaded)
{
    return linesOf(loaded.skipped);
}

std::uint64_t bytesOf(const Loaded& loaded)
{
    std::uint64_t bytes = 0;
    for (const auto& [path, content] : contentsOf(loaded)) {
        bytes += content.size();
    }
    return bytes;
}

/// An error that is a sentence with the archive's name.
void expectError(const Result<LoadedArchive>& loaded, std::string_view name, ErrorCode code, std::string_view says)
{
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().code, code) << loaded.error().message;
    EXPECT_THAT(loaded.error().message, AllOf(HasSubstr(name), HasSubstr(says), EndsWith(".")));
}

/// How much more memory than before something has taken at its worst.
class MemoryWatch
{
public:
    MemoryWatch()
    {
        std::ofstream("/proc/self/clear_refs") << "5"; // the peak begins anew
        m_before = kilobytes("VmRSS");
    }

    std::uint64_t growth() const { return (std::max(kilobytes("VmHWM"), m_before) - m_before) * kib; }

private:
    static std::uint64_t kilobytes(const std::string& key)
    {
        std::ifstream file("/proc/self/status");
        for (std::string word; file >> word;) {
            if (word == key + ":") {
                std::uint64_t value = 0;
                file >> value;
                return value;
            }
        }
        return 0;
    }

    std::uint64_t m_before = 0;
};

/// Makes a folder the place for temporary files.
class TemporaryFiles
{
public:
    TemporaryFiles() { ::setenv("TMPDIR", m_folder.path().c_str(), 1); }
    ~TemporaryFiles() { ::unsetenv("TMPDIR"); }

    TemporaryFiles(const TemporaryFiles&) = delete;
    TemporaryFiles& operator=(const TemporaryFiles&) = delete;

    std::string listing() const { return m_folder.listing(); }

private:
    TempFolder m_folder;
};

// Formats -------------------------------------------------------------------------------------------------------------

class ArchiveFormats : public testing::TestWithParam<std::string>
{ };

TEST_P(ArchiveFormats, GiveTheSameTree)
{
    const auto loaded = must(loadMade(GetParam()));
    const auto folder = must(loadContent(made("tree"), {}));
    EXPECT_EQ(contentsOf(loaded), contentsOf(folder));
    EXPECT_THAT(skipped(loaded), IsEmpty());
    EXPECT_THAT(linesOf(loaded.remarks), IsEmpty());
    EXPECT_TRUE(isArchive(made(GetParam())));
    for (const auto& node : loaded.nodes) {
        EXPECT_TRUE(node->isFolder() || node->content().isInMemory());
    }
}

TEST_P(ArchiveFormats, AreKnownByTheirContent)
{
    const TempFolder folder;
    fs::copy_file(made(GetParam()), folder / "something.bin");
    EXPECT_TRUE(isArchive(folder / "something.bin"));
    EXPECT_EQ(contentsOf(must(loadArchive(folder / "something.bin", {}))), contentsOf(must(loadMade(GetParam()))));
}

TEST_P(ArchiveFormats, CutAnywhereAreErrorsOrWhole)
{
    const auto whole = TempFolder::contentOf(made(GetParam()));
    const auto tree = contentsOf(must(loadMade(GetParam())));
    const TempFolder folder;
    constexpr std::size_t points = 40;
    std::size_t errors = 0;
    for (std::size_t i = 0; i < points; ++i) {
        const auto size = i < points / 2 ? whole.size() * i / (points / 2) : whole.size() - (i - points / 2) * 7 - 1;
        const auto path = folder.write(std::format("cut-{}", GetParam()), std::string_view(whole).substr(0, size));
        const auto loaded = loadArchive(path, {});
        if (loaded) {
            EXPECT_EQ(contentsOf(*loaded), tree) << "only what follows the end of the content may be missing";
            EXPECT_GT(size, whole.size() * 9 / 10);
        } else {
            ++errors;
            EXPECT_EQ(loaded.error().code, ErrorCode::CannotRead);
            EXPECT_THAT(loaded.error().message, AllOf(HasSubstr(path.string()), EndsWith(".")));
        }
    }
    EXPECT_GE(errors, points / 2);
}

std::string nameOfFormat(const testing::TestParamInfo<std::string>& format)
{
    std::string name = format.param;
    std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, ArchiveFormats,
                         testing::Values("tree.zip", "tree-stored.zip", "tree-zip64.zip", "tree-1.0-py3-none-any.whl",
                                         "tree.tar", "tree-pax.tar", "tree-global.tar", "tree.tar.gz", "tree.tgz",
                                         "tree.tar.bz2", "tree-streams.tar.bz2", "tree.tar.xz", "tree-streams.tar.xz",
                                         "tree.tar.zst", "tree-streams.tar.zst", "tree.7z", "tree-lzma.7z",
                                         "tree-bzip2.7z", "tree-deflate.7z", "tree-copy.7z"),
                         nameOfFormat);

TEST(Archive, SortsByTheBytesOfTheNames)
{
    EXPECT_EQ(listing(must(loadMade("junk.zip"))),
              "keep.py=good lib/ lib/tests/ lib/tests/t.py=good lib/x.py=good notes.md=good");
}

TEST(Archive, ReadsWhatSevenZipWrites)
{
    const std::string tree = "a.py=print(1)\n empty.txt= hollow/ lib/ lib/pkg/ "
                             "lib/pkg/y.py=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy lib/x.py=2 na\xc3\xafve.txt=3";
    for (const auto* name : {"arm64", "bcj", "bzip2", "copy", "deflate", "delta", "lzma", "lzma2"}) {
        const auto loaded = must(loadMade(std::format("real-{}.7z", name)));
        EXPECT_EQ(listing(loaded), tree) << name;
        EXPECT_THAT(skipped(loaded), IsEmpty());
    }
    const auto loaded = must(loadMade("real-link.7z"));
    EXPECT_EQ(listing(loaded), tree);
    EXPECT_THAT(skipped(loaded), ElementsAre("link: a link"));
}

TEST(Archive, ReadsSevenZipsOfSeveralBlocks)
{
    auto contents = contentsOf(must(loadMade("tree-blocks.7z")));
    EXPECT_EQ(contents["last.txt"], "last");
    contents.erase("last.txt");
    EXPECT_EQ(contents, contentsOf(must(loadContent(made("tree"), {}))));
}

TEST(Archive, ReadsZstandardThatIsReallyCompressed)
{
    const TempFolder folder;
    const auto path = folder / "tree.tar.zst";
    const auto tar = TempFolder::contentOf(made("tree.tar"));
    const std::unique_ptr<archive, decltype(&archive_write_free)> zstd(archive_write_new(), archive_write_free);
    archive_write_set_format_raw(zstd.get());
    archive_write_add_filter_zstd(zstd.get());
    ASSERT_EQ(archive_write_open_filename(zstd.get(), path.c_str()), ARCHIVE_OK);
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    ASSERT_EQ(archive_write_header(zstd.get(), entry.get()), ARCHIVE_OK);
    ASSERT_EQ(archive_write_data(zstd.get(), tar.data(), tar.size()), std::ssize(tar));
    ASSERT_EQ(archive_write_close(zstd.get()), ARCHIVE_OK);
    EXPECT_LT(fs::file_size(path), tar.size());
    EXPECT_EQ(contentsOf(must(loadArchive(path, {}))), contentsOf(must(loadMade("tree.tar"))));
}

TEST(Archive, ReadsTarsOfOldAndUnusualPrograms)
{
    EXPECT_EQ(listing(must(loadMade("signed.tar"))), "caf\xc3\xa9=good");
    EXPECT_EQ(listing(must(loadMade("binary-size.tar"))), "x.txt=good");
    EXPECT_EQ(listing(must(loadMade("nolink.tar"))), "good.txt=good");
    const auto old = contentsOf(must(loadMade("tree-v7.tar")));
    EXPECT_EQ(old.at("lib/x.py"), "2");
    EXPECT_TRUE(old.contains("hollow/"));
    const auto split = contentsOf(must(loadMade("split-ustar.tar")));
    EXPECT_TRUE(split.contains("long/" + std::string(99, 'm') + "/" + std::string(60, 'n') + ".txt"));
}

TEST(Archive, ReadsZipsWithNumbersOf64Bits)
{
    EXPECT_EQ(listing(must(loadMade("zip64.zip"))), "good.txt=good");
}

TEST(Archive, IsNeverTakenForAnEmptyOneByMistake)
{
    for (const auto* name : {"comment.zip", "badlist.zip"}) {
        expectError(loadMade(name), name, ErrorCode::CannotRead, "damaged or cut off");
    }
}

TEST(Archive, LeavesArchivesInsideAsTheyAre)
{
    const auto loaded = must(loadMade("nested.zip"));
    ASSERT_EQ(loaded.nodes.size(), 1U);
    EXPECT_TRUE(loaded.nodes[0]->isFile());
    EXPECT_TRUE(textOf(loaded.nodes[0]->content()).starts_with("PK"));
}

TEST(Archive, CanBeEmpty)
{
    for (const auto* name : {"empty.zip", "empty.tar", "empty.tar.gz", "empty.7z", "zeros.tar.gz"}) {
        EXPECT_TRUE(isArchive(made(name))) << name;
        EXPECT_THAT(must(loadMade(name)).nodes, IsEmpty()) << name;
    }
}

// Options -------------------------------------------------------------------------------------------------------------

TEST(Archive, LeavesJunkAndWhatIsExcludedOut)
{
    ArchiveOptions options;
    options.excludes = {"*.md", "lib/tests"};
    const auto loaded = must(loadMade("junk.zip", options));
    EXPECT_EQ(listing(loaded), "keep.py=good lib/ lib/x.py=good");
    EXPECT_THAT(skipped(loaded),
                ElementsAre(".DS_Store: junk that no device needs", ".git: junk that no device needs",
                            "__MACOSX: junk that no device needs", "lib/__pycache__: junk that no device needs",
                            "lib/tests: excluded", "notes.md: excluded"));
}

TEST(Archive, GivesTheContentOfTheFolderThatWrapsEverything)
{
    EXPECT_EQ(listing(must(loadMade("wrapped.zip"))),
              "repo-main/ repo-main/a.py=good repo-main/lib/ repo-main/lib/tests/ repo-main/lib/tests/t.py=good "
              "repo-main/tests/ repo-main/tests/t.py=good");
    ArchiveOptions options;
    options.stripTop = true;
    options.excludes = {"lib/tests"};
    const auto loaded = must(loadMade("wrapped.zip", options));
    EXPECT_EQ(listing(loaded), "a.py=good tests/ tests/t.py=good") << "excluded paths begin below it";
    EXPECT_THAT(skipped(loaded),
                ElementsAre("__MACOSX: junk that no device needs", "link: a link", "repo-main/lib/tests: excluded"));
}

TEST(Archive, KeepsTheTopThatHasMoreThanOneThing)
{
    ArchiveOptions options;
    options.stripTop = true;
    EXPECT_EQ(listing(must(loadMade("junk.zip", options))), listing(must(loadMade("junk.zip"))));
    EXPECT_EQ(listing(must(loadMade("zip64.zip", options))), "good.txt=good");
    EXPECT_EQ(listing(must(loadMade("empty.zip", options))), "");
}

TEST(Archive, RefusesPatternsThatAreNone)
{
    ArchiveOptions options;
    options.excludes = {"[z-a]"};
    expectError(loadMade("junk.zip", options), "[z-a]", ErrorCode::InvalidArgument, "not a pattern");
}

TEST(Archive, TakesNothingAboveItsLimits)
{
    ArchiveOptions options;
    options.largestFile = 150'000;
    const auto loaded = must(loadMade("tree.tar.gz", options));
    EXPECT_THAT(skipped(loaded), ElementsAre("lib/pkg/random.bin: it takes 200000 bytes, and 150000 is the most"));
    EXPECT_EQ(contentsOf(loaded).at("lib/pkg/zeros.bin").size(), 100'000U);
    options.largestTotal = 100'000;
    for (const auto* name : {"tree.zip", "tree.tar", "tree.tar.gz", "tree.7z"}) {
        expectError(loadMade(name, options), name, ErrorCode::TooLarge, "unpacks to more than 100000 bytes");
    }
    options = {};
    options.mostEntries = 10;
    for (const auto* name : {"tree.zip", "tree.tar", "tree.7z"}) {
        expectError(loadMade(name, options), name, ErrorCode::TooLarge, "more than 10 files and folders");
    }
}

TEST(Archive, CountsWhatIsOnlyUnpackedOnTheWay)
{
    ArchiveOptions options;
    options.excludes = {"random.bin", "zeros.bin"};
    options.largestUnpacked = 200'000;
    expectError(loadMade("tree.tar.gz", options), "tree.tar.gz", ErrorCode::TooLarge, "more than 200000 bytes");
    EXPECT_EQ(contentsOf(must(loadMade("tree.tar", options))).at("lib/x.py"), "2") << "nothing is unpacked here";
    EXPECT_EQ(contentsOf(must(loadMade("tree.zip", options))).at("lib/x.py"), "2");
    expectError(loadMade("tree.7z", options), "tree.7z", ErrorCode::TooLarge, "more than 200000 bytes");
}

// Hostile names and kinds ---------------------------------------------------------------------------------------------

TEST(Archive, TakesNoNameThatLeadsElsewhere)
{
    const auto zip = must(loadMade("hostile-names.zip"));
    EXPECT_EQ(listing(zip),
              "back/ back/slash.txt=good clean.txt=good con:colon.txt=good d/ d/e.txt=good d/f.txt=good good.txt=good "
              "new\nline.txt=good nul=good "
                  + std::string(255, 'y') + "=good");
    EXPECT_THAT(skipped(zip),
                IsSupersetOf({": it has no name", ".: it has no name", "..: its path leads out of its folder",
                              "../up.txt: its path leads out of its folder", "/absolute.txt: its path is absolute",
                              "C:/win/y.txt: its path begins with the letter of a drive",
                              "?: its name is in an encoding that is not known",
                              "a/../../b.txt: its path leads out of its folder"}));
    EXPECT_THAT(skipped(zip),
                Contains(std::string(256, 'x') + ": its name is longer than computers' file systems hold"));
    const auto tar = must(loadMade("hostile-names.tar"));
    EXPECT_EQ(listing(tar), "clean.txt=good d/ d/e.txt=good good.txt=good");
    EXPECT_EQ(tar.skipped.size(), 11U);
    EXPECT_FALSE(loadMade("hostile-names.7z")) << "7z does not allow them";
}

TEST(Archive, LeavesLinksAndDevicesOut)
{
    const auto zip = must(loadMade("links.zip"));
    EXPECT_EQ(listing(zip), "dos= folder/ good.txt=good link/ link/in.txt=good pipe=");
    EXPECT_THAT(skipped(zip), ElementsAre("device: neither a file nor a folder", "link: a link"));
    const auto tar = must(loadMade("links.tar"));
    EXPECT_THAT(skipped(tar),
                IsSupersetOf({"block: neither a file nor a folder", "char: neither a file nor a folder", "hard: a link",
                              "hard-with-size: a link", "link: a link", "pipe: neither a file nor a folder"}));
    EXPECT_THAT(listing(tar), AllOf(HasSubstr("good.txt=good"), HasSubstr("link/in.txt=good")));
}

TEST(Archive, TakesTheLastOfThoseThatHaveOneName)
{
    for (const auto* name : {"twice.zip", "twice.tar"}) {
        const auto loaded = must(loadMade(name));
        EXPECT_EQ(listing(loaded), "d/ d/y.txt=2 x.txt=third") << name;
        EXPECT_THAT(
            skipped(loaded),
            ElementsAre("./d//y.txt: its name occurs more than once; the last one is taken, as other programs do",
                        "x.txt: its name occurs more than once; the last one is taken, as other programs do",
                        "x.txt: its name occurs more than once; the last one is taken, as other programs do"));
    }
    EXPECT_EQ(listing(must(loadMade("twice.7z"))), "d/ d/y.txt=2 x.txt=second");
}

TEST(Archive, TakesTheFolderWhereAFileHasItsName)
{
    for (const auto* name : {"clash.zip", "clash.tar"}) {
        const auto loaded = must(loadMade(name));
        EXPECT_EQ(listing(loaded), "a/ a/in.txt=good b/ b/in.txt=good c/ d/ d/e/ d/e/f=good good.txt=good") << name;
        EXPECT_THAT(
            skipped(loaded),
            ElementsAre("a: a folder has the same name and is taken", "b: a folder has the same name and is taken",
                        "c: a folder has the same name and is taken", "d: a folder has the same name and is taken"));
    }
}

TEST(Archive, RemarksOnNamesThatSomeComputersTakeForOne)
{
    const auto loaded = must(loadMade("case.zip"));
    EXPECT_EQ(listing(loaded), "Lib/ Lib/x=good lib/ lib/README=good lib/readme=good lib/\xc3\xa9=good")
        << "the device tells upper and lower case apart";
    EXPECT_THAT(
        linesOf(loaded.remarks),
        ElementsAre(HasSubstr("lib/readme: it differs from \"README\" only by case"), HasSubstr("lib: it differs")));
}

TEST(Archive, LeavesOutWhatIsNestedTooDeep)
{
    for (const auto* name : {"deep.zip", "deep.tar"}) {
        const auto loaded = must(loadMade(name));
        EXPECT_EQ(contentsOf(loaded).size(), 999U + 2U) << name;
        EXPECT_THAT(skipped(loaded),
                    ElementsAre(HasSubstr("it is nested in more than 1000 folders"),
                                HasSubstr("it is nested in more than 1000 folders")));
        EXPECT_LT(loaded.skipped[0].path.string().size(), 1100U) << "nobody reads so long a path";
    }
    EXPECT_THAT(skipped(must(loadMade("longpath.zip"))), ElementsAre(HasSubstr("more than 4096 bytes")));
    expectError(loadMade("folders.zip"), "folders.zip", ErrorCode::TooLarge, "more than 100000 files and folders");
}

// What cannot be had --------------------------------------------------------------------------------------------------

TEST(Archive, SaysWhatIsEncrypted)
{
    const auto zip = must(loadMade("encrypted.zip"));
    EXPECT_EQ(listing(zip), "good.txt=good");
    EXPECT_THAT(skipped(zip), ElementsAre("aes.txt: it is encrypted", "secret.txt: it is encrypted"));
    EXPECT_THAT(skipped(must(loadMade("real-encrypted.7z"))),
                ElementsAre("a.py: it is encrypted", "lib/pkg/y.py: it is encrypted", "lib/x.py: it is encrypted",
                            "na\xc3\xafve.txt: it is encrypted"));
    expectError(loadMade("real-hidden.7z"), "real-hidden.7z", ErrorCode::CannotRead, "encrypted");
}

TEST(Archive, SaysWhatIsCompressedInAnUnknownWay)
{
    const auto loaded = must(loadMade("methods.zip"));
    EXPECT_EQ(listing(loaded), "good.txt=good");
    EXPECT_THAT(skipped(loaded), Contains(HasSubstr("77.txt: Unsupported ZIP compression method")));
    EXPECT_EQ(loaded.skipped.size(), 7U);
}

TEST(Archive, LeavesOutFilesThatAreNotWhatTheyDeclare)
{
    const MemoryWatch memory;
    EXPECT_FALSE(loadMade("lying.zip"));
    EXPECT_LT(memory.growth(), 32 * mib);
    EXPECT_FALSE(loadMade("damaged.7z"));
}

TEST(Archive, RefusesWhatIsBroken)
{
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(ROMSMITH_HOSTILE_ARCHIVES)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("bad") && !name.starts_with("bad-pax")) { // a broken comment harms nobody
            const auto loaded = loadArchive(entry.path(), {});
            ASSERT_FALSE(loaded) << name;
            EXPECT_THAT(loaded.error().code, AnyOf(ErrorCode::CannotRead, ErrorCode::TooLarge)) << name;
            EXPECT_THAT(loaded.error().message, AllOf(HasSubstr(name), EndsWith("."))) << name;
            ++count;
        }
    }
    EXPECT_GE(count, 25U);
}

TEST(Archive, RefusesWhatIsNoArchive)
{
    for (const auto* name : {"text.zip", "nothing.zip", "not-a-tar.tar", "text.gz", "zeros.gz", "prefix.zip"}) {
        EXPECT_FALSE(isArchive(made(name))) << name;
        expectError(loadMade(name), name, ErrorCode::CannotRead, "is not an archive");
    }
}

TEST(Archive, RefusesWhatIsNoFileWithoutWaitingForIt)
{
    const TempFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe.zip").c_str(), 0600), 0);
    for (const auto& path : {folder / "pipe.zip", folder.path(), folder / "nothing.zip", fs::path("/dev/zero")}) {
        EXPECT_FALSE(isArchive(path));
        expectError(loadArchive(path, {}), path.string(), ErrorCode::CannotRead, "cannot be read");
    }
}

// Bombs ---------------------------------------------------------------------------------------------------------------

TEST(Archive, RefusesBombsBeforeTheyUnpack)
{
    const TemporaryFiles temporary;
    for (const auto* name :
         {"bomb.tar.gz", "bomb.tar.bz2", "bomb.tar.xz", "bomb.tar.zst", "bomb.7z", "solid.7z", "total.tar.gz"}) {
        const MemoryWatch memory;
        expectError(loadMade(name), name, ErrorCode::TooLarge, "more than");
        EXPECT_LT(memory.growth(), 64 * mib) << name;
    }
    const MemoryWatch memory;
    const auto loaded = must(loadMade("bomb.zip"));
    EXPECT_EQ(listing(loaded), "good.txt=good");
    EXPECT_THAT(skipped(loaded), ElementsAre("bomb.bin: it takes 1073741824 bytes, and 268435456 is the most"));
    EXPECT_LT(memory.growth(), 16 * mib);
    EXPECT_EQ(temporary.listing(), "") << "nothing is written anywhere";
}

TEST(Archive, StopsUnpackingAtTheLimit)
{
    ArchiveOptions options;
    options.largestUnpacked = 8 * mib;
    const MemoryWatch memory;
    for (const auto* name : {"headers.tar.gz", "many.tar.gz"}) {
        expectError(loadMade(name, options), name, ErrorCode::TooLarge, "unpacks to more than 8388608 bytes");
    }
    EXPECT_LT(memory.growth(), 64 * mib);
}

TEST(Archive, PassesOverWhatIsTooLargeInAStream)
{
    const MemoryWatch memory;
    const auto loaded = must(loadMade("skipped.tar.gz"));
    EXPECT_EQ(listing(loaded), "good.txt=good");
    EXPECT_THAT(skipped(loaded), ElementsAre("large.bin: it takes 314572800 bytes, and 268435456 is the most"));
    EXPECT_LT(memory.growth(), 32 * mib);
}

TEST(Archive, HoldsAHundredThousandFilesAndFolders)
{
    const MemoryWatch memory;
    for (const auto* name : {"many.zip", "many.tar.gz"}) {
        const auto loaded = must(loadMade(name));
        ASSERT_EQ(loaded.nodes.size(), 100U) << name;
        EXPECT_EQ(loaded.nodes[99]->children().size(), 999U) << name;
        EXPECT_EQ(textOf(loaded.nodes[99]->children()[998]->content()), "1") << name;
    }
    EXPECT_LT(memory.growth(), 1024 * mib); // sanitizers keep what is freed
    ArchiveOptions options;
    options.mostEntries = 99'999;
    for (const auto* name : {"many.zip", "many.tar.gz"}) {
        expectError(loadMade(name, options), name, ErrorCode::TooLarge, "more than 99999 files and folders");
    }
}

// Stopping ------------------------------------------------------------------------------------------------------------

TEST(Archive, StopsWhenItIsAskedTo)
{
    std::stop_source stop;
    stop.request_stop();
    for (const auto* name : {"tree.zip", "tree.tar", "tree.tar.gz", "tree.7z"}) {
        const auto loaded = loadArchive(made(name), {}, stop.get_token());
        ASSERT_FALSE(loaded) << name;
        EXPECT_EQ(loaded.error().code, ErrorCode::Cancelled) << name;
    }
}

/// Asks an archive to stop once @p first bytes were unpacked; how many it unpacked in all.
std::uint64_t unpackedUntilStopped(const std::string& name, ArchiveOptions options, std::uint64_t first)
{
    std::stop_source stop;
    std::uint64_t unpacked = 0;
    options.progress = [&](std::uint64_t bytes) {
        unpacked = bytes;
        if (bytes >= first) {
            stop.request_stop();
        }
    };
    const auto loaded = loadArchive(made(name), options, stop.get_token());
    EXPECT_FALSE(loaded) << name;
    EXPECT_TRUE(loaded || loaded.error().code == ErrorCode::Cancelled) << name;
    return unpacked;
}

TEST(Archive, StopsInTheMiddleOfALongStream)
{
    ArchiveOptions options;
    options.largestFile = 4096 * mib;
    options.largestUnpacked = 4096 * mib;
    options.excludes = {"bomb.bin"};
    for (const auto* name : {"bomb.tar.gz", "bomb.tar.bz2", "bomb.tar.xz", "bomb.tar.zst"}) {
        const auto unpacked = unpackedUntilStopped(name, options, 8 * mib);
        EXPECT_GE(unpacked, 8 * mib) << name;
        EXPECT_LT(unpacked, 9 * mib) << name;
    }
}

// Chance --------------------------------------------------------------------------------------------------------------

/// Changes of the kind that transfers and attackers make, the same in every run.
class Corruption
{
public:
    explicit Corruption(unsigned seed)
        : m_random(seed)
    { }

    std::string applyTo(std::string bytes)
    {
        const auto changes = 1 + pick(4);
        for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) {
            const auto at = pick(bytes.size());
            const auto size = std::min<std::size_t>(1 + pick(8), bytes.size() - at);
            switch (pick(6)) {
            case 0:
                bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << pick(8)));
                break;
            case 1:
                bytes[at] = static_cast<char>(pick(256));
                break;
            case 2:
                bytes.replace(at, size, size, '\xff');
                break;
            case 3:
                bytes.replace(at, size, size, '\0');
                break;
            case 4:
                bytes.insert(at, bytes.substr(pick(bytes.size()), pick(64)));
                break;
            default:
                bytes.erase(at, size);
                break;
            }
        }
        return bytes;
    }

    std::size_t pick(std::size_t below) { return m_random() % below; }

private:
    std::mt19937 m_random;
};

std::uint32_t crc(std::string_view bytes)
{
    std::uint32_t crc = ~0U;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ (0xedb88320U & (0U - (crc & 1U)));
        }
    }
    return ~crc;
}

void put32(std::string& bytes, std::size_t at, std::uint32_t number)
{
    for (unsigned i = 0; i < 4; ++i) {
        bytes[at + i] = static_cast<char>(number >> (8 * i) & 0xffU);
    }
}

/// Makes the checksums right, so that what is behind them is reached.
std::string withChecksums(std::string bytes, std::string_view name)
{
    if (name.ends_with(".7z") && bytes.size() >= 32) {
        std::uint64_t offset = 0;
        for (unsigned i = 0; i < 8; ++i) {
            offset |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[12 + i])) << (8 * i);
        }
        if (offset < bytes.size() - 32) {
            const auto header = std::string_view(bytes).substr(32 + static_cast<std::size_t>(offset));
            const auto size = header.size();
            put32(bytes, 28, crc(header));
            put32(bytes, 20, static_cast<std::uint32_t>(size));
            put32(bytes, 24, 0);
        }
        put32(bytes, 8, crc(std::string_view(bytes).substr(12, 20)));
    }
    if (name.ends_with(".tar")) {
        for (std::size_t at = 0; at + 512 <= bytes.size(); at += 512) {
            if (std::string_view(bytes).substr(at + 257, 5) == "ustar") {
                bytes.replace(at + 148, 8, 8, ' ');
                unsigned sum = 0;
                for (std::size_t i = at; i < at + 512; ++i) {
                    sum += static_cast<unsigned char>(bytes[i]);
                }
                bytes.replace(at + 148, 7, std::format("{:06o}", sum) + '\0');
            }
        }
    }
    return bytes;
}

class CorruptedArchives : public testing::TestWithParam<std::string>
{ };

TEST_P(CorruptedArchives, NeverTakeMoreThanTheLimits)
{
    QLoggingCategory::setFilterRules(QStringLiteral("kf.archive=false")); // each damage is a line
    const TempFolder folder;
    const TemporaryFiles temporary;
    const auto whole = TempFolder::contentOf(made(GetParam()));
    const ArchiveOptions options{.excludes = {},
                                 .stripTop = false,
                                 .largestFile = 64 * kib,
                                 .largestTotal = 64 * kib,
                                 .largestUnpacked = 256 * kib,
                                 .mostEntries = 1000};
    Corruption corruption(20);
    const MemoryWatch memory;
    for (int i = 0; i < 400; ++i) {
        auto bytes = corruption.applyTo(whole);
        if (i % 2 == 0) {
            bytes = withChecksums(std::move(bytes), GetParam());
        }
        const auto path = folder.write(GetParam(), bytes);
        const auto loaded = loadArchive(path, options);
        if (loaded) {
            EXPECT_LE(bytesOf(*loaded), options.largestTotal) << i;
            EXPECT_LE(contentsOf(*loaded).size(), options.mostEntries) << i;
        } else {
            EXPECT_THAT(loaded.error().message, AllOf(HasSubstr(path.string()), EndsWith("."))) << i;
        }
    }
    EXPECT_LT(memory.growth(), 300 * mib) << "Zstandard may ask for 128 MiB, LZMA for 100";
    EXPECT_EQ(temporary.listing(), "");
    EXPECT_EQ(folder.listing(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(All, CorruptedArchives,
                         testing::Values("small.zip", "small.tar", "small.tar.gz", "small.tar.bz2", "small.tar.xz",
                                         "small.tar.zst", "small.7z", "small-lzma.7z", "small-bzip2.7z", "real-bcj2.7z",
                                         "real-link.7z", "real-encrypted.7z", "links.tar", "hostile-names.zip"),
                         nameOfFormat);

} // namespace
} // namespace romsmith::sources
