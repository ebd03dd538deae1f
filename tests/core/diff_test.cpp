// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/diff.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::tree {
namespace {

using test::content;
using test::Entries;
using test::pattern;
using test::streamed;
using testing::ElementsAre;
using testing::IsEmpty;

ImageSnapshot snapshot(std::span<const romfs::Entry> entries, const romfs::LayoutOptions& options = test::openMv())
{
    return {.entries = {entries.begin(), entries.end()}, .layout = romfs::Layout::plan(entries, options)};
}

ImageSnapshot asRead(Entries entries, const romfs::LayoutOptions& options = test::openMv())
{
    const auto image = test::readBlob(test::written(entries, options));
    return {.entries = image.entries, .layout = romfs::Layout::plan(image.entries, test::unedited(image))};
}

char signOf(Change change)
{
    switch (change) {
    case Change::Same:
        return '=';
    case Change::Realigned:
        return '~';
    case Change::Moved:
        return '>';
    case Change::Renamed:
        return 'R';
    case Change::Changed:
        return 'M';
    case Change::Removed:
        return '-';
    case Change::Added:
        return '+';
    }
    return '?';
}

/// "+lib/new.py", ">old.py>new.py": what differs, in order; with @p all also what does not.
std::vector<std::string> listing(const ImageSnapshot& a, const ImageSnapshot& b, bool all = false)
{
    const auto diff = test::must(compare(a, b));
    const auto parentsA = romfs::parentsOf(a.entries);
    const auto parentsB = romfs::parentsOf(b.entries);
    std::vector<std::string> lines;
    for (const auto& item : diff.items) {
        if (item.change == Change::Same && !all) {
            continue;
        }
        const auto old = item.inA() ? romfs::pathOf(a.entries, parentsA, item.a) : std::string();
        const auto path = item.inB() ? romfs::pathOf(b.entries, parentsB, item.b) : old;
        lines.push_back(signOf(item.change) + (isElsewhere(item.change) ? old + ">" : "") + path);
    }
    return lines;
}

/// The same without what only lies elsewhere.
std::vector<std::string> changes(const ImageSnapshot& a, const ImageSnapshot& b)
{
    auto lines = listing(a, b);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with('~'); });
    return lines;
}

std::vector<std::string> changes(const Entries& a, const Entries& b)
{
    return changes(snapshot(a), snapshot(b));
}

/// The tree is what it claims to be: every entry of both images is in it once, folders enclose what is theirs, and
/// counts add up.
void expectSound(const ImageSnapshot& a, const ImageSnapshot& b, const Diff& diff)
{
    std::vector<int> seenA(a.entries.size());
    std::vector<int> seenB(b.entries.size());
    ChangeCounts counts;
    for (std::uint32_t i = 0; i < diff.items.size(); ++i) {
        const auto& item = diff.items[i];
        item.inA() ? ++seenA[item.a] : 0;
        item.inB() ? ++seenB[item.b] : 0;
        EXPECT_TRUE(item.inA() || item.inB());
        EXPECT_GT(item.subtreeEnd, i);
        if (item.parent != romfs::noParent) {
            EXPECT_LT(item.parent, i);
            EXPECT_LE(item.subtreeEnd, diff.items[item.parent].subtreeEnd);
            EXPECT_TRUE(diff.items[item.parent].isFolder());
        }
        if (!item.isFolder() || item.change != Change::Same) {
            counts.add(item.change);
        }
    }
    EXPECT_THAT(seenA, testing::Each(1));
    EXPECT_THAT(seenB, testing::Each(1));
    EXPECT_EQ(counts, diff.counts);
}

TEST(Diff, OfAnImageWithItselfIsEmpty)
{
    const auto image
        = snapshot(Entries().file("a.py", "a").open("lib").file("b.py", "b").close().raw(test::record(9, {})));
    const auto diff = test::must(compare(image, image));
    EXPECT_TRUE(diff.isEqual());
    EXPECT_TRUE(diff.identicalBytes);
    EXPECT_EQ(diff.counts.of(Change::Same), 3U);
    expectSound(image, image, diff);
}

TEST(Diff, OfTwoEmptyImagesIsEmpty)
{
    const auto diff = test::must(compare(snapshot(Entries()), snapshot(Entries())));
    EXPECT_THAT(diff.items, IsEmpty());
    EXPECT_TRUE(diff.identicalBytes);
}

TEST(Diff, NamesWhatIsOnlyInOneImage)
{
    const auto a = Entries().file("both", "1").open("old").file("x", "2").close();
    const auto b = Entries().file("both", "1").open("new").file("y", "33").close();
    EXPECT_THAT(changes(a, b), ElementsAre("+new", "+new/y", "-old", "-old/x"));
}

TEST(Diff, PutsWhatIsGoneBetweenItsFormerNeighbours)
{
    const auto a = Entries().file("a", "1").file("b", "22").file("c", "333");
    const auto b = Entries().file("a", "1").file("c", "333").file("d", "4444");
    EXPECT_THAT(listing(snapshot(a), snapshot(b), true), ElementsAre("=a", "-b", "=c", "+d"));
}

TEST(Diff, SaysHowAFileChanged)
{
    auto changed = pattern(1000);
    changed[7] ^= std::byte{1};
    changed[8] ^= std::byte{1};
    changed[900] ^= std::byte{1};
    const auto diff = test::must(compare(snapshot(Entries().file("x", content(pattern(1000)))),
                                         snapshot(Entries().file("x", content(changed)))));
    ASSERT_EQ(diff.items.at(0).change, Change::Changed);
    const auto& difference = diff.items[0].content;
    EXPECT_EQ(difference.bytes, 3U);
    EXPECT_EQ(difference.first(), 7U);
    EXPECT_THAT(difference.ranges, ElementsAre(ByteRange{.offset = 7, .size = 2}, ByteRange{.offset = 900, .size = 1}));
    EXPECT_FALSE(difference.isCut());
    EXPECT_FALSE(diff.identicalBytes);
}

TEST(Diff, CountsWhatOneFileHasBeyondTheEndOfTheOther)
{
    const auto difference = test::must(differencesBetween(content("abc"), content("abXdef")));
    EXPECT_EQ(difference.bytes, 4U);
    EXPECT_THAT(difference.ranges, ElementsAre(ByteRange{.offset = 2, .size = 4}));
    EXPECT_EQ(test::must(differencesBetween(content(""), content("ab"))).bytes, 2U);
}

TEST(Diff, RemembersOnlyTheFirstRangesButCountsAllBytes)
{
    const auto zeros = test::filled(10'000, 0);
    auto spots = zeros;
    for (std::size_t i = 0; i < spots.size(); i += 10) {
        spots[i] = std::byte{1};
    }
    const auto difference = test::must(differencesBetween(content(zeros), content(spots)));
    EXPECT_EQ(difference.bytes, 1000U);
    EXPECT_EQ(difference.ranges.size(), ContentDifference::maxRanges);
    EXPECT_TRUE(difference.isCut());
}

TEST(Diff, ReadsContentThatIsNotInMemory)
{
    auto changed = pattern(200'000);
    changed[150'000] ^= std::byte{1};
    for (const auto& [left, right] : {std::pair(streamed(pattern(200'000)), content(changed)),
                                      std::pair(content(pattern(200'000)), streamed(changed)),
                                      std::pair(streamed(pattern(200'000)), streamed(changed))}) {
        EXPECT_EQ(test::must(differencesBetween(left, right)).first(), 150'000U);
    }
    EXPECT_EQ(test::must(fingerprint(streamed(changed))), test::must(fingerprint(content(changed))));
    EXPECT_NE(test::must(fingerprint(content(pattern(200'000)))), test::must(fingerprint(content(changed))));
}

TEST(Diff, FailsWhenContentCannotBeRead)
{
    const auto diff = compare(snapshot(Entries().file("x", streamed(pattern(100), 50))),
                              snapshot(Entries().file("x", content(pattern(100)))));
    ASSERT_FALSE(diff);
    EXPECT_EQ(diff.error().code, ErrorCode::Changed);
}

TEST(Diff, StopsWhenToldTo)
{
    std::stop_source stop;
    stop.request_stop();
    const auto image = snapshot(Entries().file("x", "1"));
    const auto diff = compare(image, image, stop.get_token());
    ASSERT_FALSE(diff);
    EXPECT_EQ(diff.error().code, ErrorCode::Cancelled);
}

TEST(Diff, NeverReadsFilesThatCannotBeTheSame)
{
    // Each would fail if it were read.
    const auto a = Entries().file("old", streamed(pattern(100), 0));
    const auto b = Entries().file("new", streamed(pattern(101), 0));
    const auto diff = compare(snapshot(a), snapshot(b));
    ASSERT_TRUE(diff) << diff.error().message;
    EXPECT_EQ(diff->counts.differing(), 2U);
}

TEST(Diff, FollowsAFileThatMoved)
{
    const auto a = Entries().file("old.py", "some content").open("lib").close();
    const auto b = Entries().open("lib").file("new.py", "some content").close();
    EXPECT_THAT(changes(a, b), ElementsAre(">old.py>lib/new.py"));
}

TEST(Diff, TellsARenamedFileFromOneThatMoved)
{
    const auto a = Entries()
                       .file("a.py", "first")
                       .open("lib")
                       .file("b.py", "second")
                       .open("old")
                       .file("c.py", "third")
                       .close()
                       .close();
    const auto b = Entries()
                       .file("z.py", "first")
                       .open("lib")
                       .file("y.py", "second")
                       .open("new")
                       .file("c.py", "third")
                       .close()
                       .close();
    EXPECT_THAT(changes(a, b),
                ElementsAre("Ra.py>z.py", "Rlib/b.py>lib/y.py", "Rlib/old>lib/new", ">lib/old/c.py>lib/new/c.py"));
    EXPECT_EQ(test::must(compare(snapshot(a), snapshot(b))).counts.of(Change::Renamed), 3U);
}

TEST(Diff, TakesTheNameForAnAnswerWhenSeveralFilesAreAlike)
{
    const auto a = Entries().open("old").file("a", "same").file("b", "same").close();
    const auto b = Entries().open("new").file("b", "same").file("c", "same").close();
    EXPECT_THAT(changes(a, b), ElementsAre("+new", ">old/b>new/b", ">old/a>new/c", "-old"));
}

TEST(Diff, DoesNotGuessWhichOfSeveralFilesMoved)
{
    const auto a = Entries().file("a", "same").file("b", "same");
    const auto b = Entries().file("c", "same");
    EXPECT_THAT(changes(a, b), ElementsAre("+c", "-a", "-b"));
}

TEST(Diff, DoesNotTakeOneEmptyFileForAnother)
{
    EXPECT_THAT(changes(Entries().file("a", ""), Entries().file("b", "")), ElementsAre("+b", "-a"));
}

TEST(Diff, FollowsAFolderWithAllThatIsInIt)
{
    const auto inside = [](Entries entries) {
        return entries.file("__init__.py", "").open("sub").file("__init__.py", "").file("x.py", "x").close().close();
    };
    const auto a = inside(Entries().open("old"));
    const auto b = inside(Entries().open("lib").open("new")).close();
    EXPECT_THAT(changes(a, b),
                ElementsAre("+lib", ">old>lib/new", ">old/__init__.py>lib/new/__init__.py", ">old/sub>lib/new/sub",
                            ">old/sub/__init__.py>lib/new/sub/__init__.py", ">old/sub/x.py>lib/new/sub/x.py"));
}

TEST(Diff, FollowsWhatItCanOfAFolderThatWasChangedToo)
{
    const auto a = Entries().open("old").file("x", "xx").file("y", "yy").open("sub").file("z", "zz").close().close();
    const auto b = Entries().open("new").file("x", "xx").file("y", "YY").open("sub").file("z", "zz").close().close();
    EXPECT_THAT(
        changes(a, b),
        ElementsAre("+new", ">old/x>new/x", "+new/y", ">old/sub>new/sub", ">old/sub/z>new/sub/z", "-old", "-old/y"));
}

TEST(Diff, TakesAFolderAndAFileOfOneNameForTwoThings)
{
    const auto a = Entries().file("x", "1");
    const auto b = Entries().open("x").close();
    EXPECT_THAT(changes(a, b), ElementsAre("+x", "-x"));
}

TEST(Diff, MatchesDuplicateNamesByContentFirst)
{
    const auto a = Entries().file("x", "one").file("x", "two").file("x", "three");
    const auto b = Entries().file("x", "two").file("x", "four").file("x", "one");
    EXPECT_THAT(changes(a, b), ElementsAre("Mx"));
    EXPECT_THAT(changes(a, Entries().file("x", "two")), ElementsAre("-x", "-x"));
}

TEST(Diff, MatchesOtherRecordsByContentFirst)
{
    const auto first = test::record(9, test::text("first"));
    const auto second = test::record(9, test::text("second"));
    EXPECT_THAT(changes(Entries().raw(first).file("x", "1").raw(second), Entries().raw(second).file("x", "1")),
                ElementsAre("-"));
    EXPECT_THAT(changes(Entries().raw(first), Entries().raw(second)), ElementsAre("M"));
}

TEST(Diff, CountsWhatOnlyLiesElsewhere)
{
    const auto a = snapshot(Entries().file("a", "1").file("b", "22").file("c", "333"));
    const auto shorter = test::must(compare(a, snapshot(Entries().file("a", "1").file("c", "333"))));
    EXPECT_EQ(shorter.counts.of(Change::Realigned), 0U);
    EXPECT_EQ(shorter.shifted, 1U);

    const auto reordered = test::must(compare(a, snapshot(Entries().file("b", "22").file("a", "1").file("c", "333"))));
    EXPECT_TRUE(reordered.isEqual());
    EXPECT_FALSE(reordered.identicalBytes);
    EXPECT_EQ(reordered.shifted, 2U);
    EXPECT_EQ(test::must(compare(a, a)).shifted, 0U);
}

TEST(Diff, TellsThatAnAlignmentIsNoLongerReached)
{
    const auto a = asRead(Entries().file("a", "1").file("b", "2", 4));
    const auto b = asRead(Entries().file("a", "1").file("b", "2", 64));
    EXPECT_THAT(listing(a, b, true), ElementsAre("=a", "~b"));
}

TEST(Diff, TellsAnotherAlignmentOfAPlanEvenAtTheSameOffset)
{
    const auto first = Entries().file("x", "1", 1);
    const auto offset = snapshot(first).layout[0].contentOffset;
    const auto natural = static_cast<std::uint32_t>(romfs::naturalAlignment(offset));
    EXPECT_THAT(listing(snapshot(first), snapshot(Entries().file("x", "1", std::max(natural, 2U)))), ElementsAre("~x"));
}

TEST(Diff, DoesNotTakeAGuessedAlignmentForADifference)
{
    // The second file stays where it is, with other filler in front of it.
    const auto a = asRead(Entries().file("a", "1").file("b", "2", 64));
    const auto b = asRead(Entries().file("a", "12").file("b", "2", 64));
    ASSERT_EQ(a.layout[1].contentOffset, b.layout[1].contentOffset);
    EXPECT_THAT(listing(a, b), ElementsAre("Ma"));
}

TEST(Diff, DoesNotTakeTheGuessesOfASavedImageForADifference)
{
    const auto entries = Entries().file("a", "1", 4).file("b", "22", 64).open("lib").file("c", "3", 16).close();
    const auto plan = snapshot(entries);
    const auto saved = asRead(entries);
    ASSERT_FALSE(
        std::ranges::equal(plan.entries, saved.entries, {}, &romfs::Entry::alignment, &romfs::Entry::alignment));
    EXPECT_THAT(listing(saved, plan), IsEmpty());
    EXPECT_THAT(listing(plan, saved), IsEmpty());
}

TEST(Diff, DoesNotTakeTheGuessesOfWhatWasLeftAloneForADifference)
{
    const auto entries = Entries().file("a", "1", 64).file("b", "22", 8);
    auto image = test::readBlob(test::written(entries, test::openMv()));
    image.entries[0].alignment = 64;
    image.entries[0].origin.reset(); // as every edit does
    const ImageSnapshot edited{.entries = image.entries,
                               .layout = romfs::Layout::plan(image.entries, test::unedited(image))};
    const auto plan = snapshot(entries);
    ASSERT_EQ(edited.layout.unchangedSource(), nullptr);
    ASSERT_NE(edited.entries[1].alignment, plan.entries[1].alignment);
    ASSERT_EQ(edited.layout[1].contentOffset, plan.layout[1].contentOffset);
    EXPECT_THAT(listing(edited, plan), IsEmpty());
    EXPECT_THAT(listing(plan, edited), IsEmpty());
}

TEST(Diff, TellsThatAPlanPutsContentOfASavedImageElsewhere)
{
    const auto saved = asRead(Entries().file("a", "1").file("b", "2", 4));
    EXPECT_THAT(listing(saved, snapshot(Entries().file("a", "1").file("b", "2", 64))), ElementsAre("~b"));
}

TEST(Diff, SeesThatEqualContentIsEncodedDifferently)
{
    const auto payload = test::fileWith("x", "1");
    const auto image = [&](std::size_t lengthWidth, std::string_view after) {
        const auto read = test::readBlob(test::imageOf(
            payload
                + test::fileRecord(
                    "y", test::record(romfs::Kind::Data, test::text("2")) + test::record(8, test::text(after))),
            lengthWidth));
        return ImageSnapshot{.entries = read.entries,
                             .layout = romfs::Layout::plan(read.entries, test::unedited(read))};
    };
    const auto diff = test::must(compare(image(2, "some"), image(2, "more")));
    EXPECT_TRUE(diff.isEqual());
    EXPECT_FALSE(diff.identicalBytes);
    EXPECT_TRUE(test::must(compare(image(2, "some"), image(2, "some"))).identicalBytes);
}

TEST(Diff, SeesThatAPlanComesOutAsTheImageThatWasRead)
{
    const auto entries = Entries().file("a", "1", 16).open("lib").file("b", "2", 16).close();
    EXPECT_TRUE(test::must(compare(asRead(entries), snapshot(entries))).identicalBytes);
}

TEST(Diff, ComparesPlansThatAreTooLargeToBeWritten)
{
    // Both are of the same size, so that their bytes would have to be compared.
    constexpr auto size = std::uint64_t{5} << 30U;
    const auto a = snapshot(Entries().file("x", "12").file("y", test::huge(size)), test::compact());
    const auto b = snapshot(Entries().file("x", "1").file("z", test::huge(size + 1)), test::compact());
    ASSERT_EQ(a.layout.totalSize(), b.layout.totalSize());
    const auto diff = compare(a, b);
    ASSERT_TRUE(diff) << diff.error().message;
    EXPECT_FALSE(diff->identicalBytes);
    EXPECT_EQ(diff->counts.differing(), 3U);
}

TEST(Diff, CountsWhatIsInsideFolders)
{
    const auto a = Entries().open("lib").file("a", "1").file("b", "2").open("sub").file("c", "3").close().close();
    const auto b = Entries().open("lib").file("a", "1").file("b", "X").open("sub").file("d", "44").close().close();
    const auto diff = test::must(compare(snapshot(a), snapshot(b)));
    const auto& lib = diff.items.at(0);
    EXPECT_EQ(lib.change, Change::Same);
    EXPECT_TRUE(lib.differs());
    EXPECT_EQ(lib.inside.of(Change::Changed), 1U);
    EXPECT_EQ(lib.inside.of(Change::Added), 1U);
    EXPECT_EQ(lib.inside.of(Change::Removed), 1U);
    EXPECT_EQ(lib.inside, diff.counts);
    expectSound(snapshot(a), snapshot(b), diff);
}

TEST(Diff, AddsUpForRandomImages)
{
    const auto image = [](unsigned seed) {
        Entries entries;
        unsigned open = 0;
        for (unsigned i = 0; i < 60; ++i) {
            seed = seed * 1'103'515'245U + 12'345U;
            const auto pick = (seed >> 16U) % 10;
            const auto name = std::string(1, static_cast<char>('a' + (seed >> 20U) % 6));
            if (pick < 2) {
                entries.open(name);
                ++open;
            } else if (pick < 4 && open != 0) {
                entries.close();
                --open;
            } else if (pick == 4) {
                entries.raw(test::record(9, pattern((seed >> 24U) % 3)));
            } else {
                entries.file(name, content(pattern((seed >> 24U) % 4, (seed >> 22U) % 2)));
            }
        }
        while (open-- != 0) {
            entries.close();
        }
        return snapshot(entries);
    };
    for (unsigned seed = 1; seed < 60; ++seed) {
        const auto a = image(seed);
        const auto b = image(seed + 1000);
        const auto diff = test::must(compare(a, b));
        expectSound(a, b, diff);
        expectSound(a, a, test::must(compare(a, a)));
        EXPECT_TRUE(test::must(compare(a, a)).isEqual());
        EXPECT_EQ(test::must(compare(b, a)).counts.of(Change::Added), diff.counts.of(Change::Removed));
    }
}

TEST(Diff, IsLinearInManyEntriesAndDuplicates)
{
    Entries many;
    Entries others;
    for (int i = 0; i < 30'000; ++i) {
        many.file("same", std::to_string(i));
        others.file("same", std::to_string(i + 15'000));
        many.file(std::format("a{}", i), "x");
        others.file(std::format("b{}", i), "x");
    }
    const auto diff = test::must(compare(snapshot(many), snapshot(others)));
    EXPECT_EQ(diff.counts.of(Change::Changed), 15'000U);
    EXPECT_EQ(diff.counts.of(Change::Added), 30'000U);
}

TEST(Diff, IsLinearInDeepFoldersThatAreAllAlikeButForOneFile)
{
    const auto chain = [](std::string_view top, std::string_view bottom) {
        Entries entries;
        for (int i = 0; i < 900; ++i) {
            entries.open(i == 0 ? std::string(top) : "d").file("f", content(pattern(20'000)));
        }
        entries.file("last", bottom);
        while (entries.hasOpen()) {
            entries.close();
        }
        return snapshot(entries);
    };
    const auto diff = test::must(compare(chain("a", "1"), chain("b", "2")));
    EXPECT_EQ(diff.counts.of(Change::Same), 0U);
}

} // namespace
} // namespace romsmith::tree
