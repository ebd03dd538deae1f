// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What must hold for every tree and every image. RapidCheck prints how to repeat a failure: RC_PARAMS="reproduce=...".
#include "core/romfs/imagebytes.h"
#include "core/romfs/names.h"
#include "core/tree/romtree.h"
#include "tests/core/editscript.h"
#include "tests/core/helpers.h"
#include "tests/core/mirror.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <ranges>

namespace romsmith {
namespace {

using romfs::Content;
using romfs::Entry;
using romfs::EntryType;
using romfs::Layout;
using romfs::LayoutOptions;
using romfs::Style;
using test::Blob;
using test::must;
using test::record;
using test::text;

// Random trees --------------------------------------------------------------------------------------------------------

enum class What : std::uint8_t { File, Open, Close, Records };

/// One line of a tree that is written down from top to bottom.
struct Line
{
    What what;
    std::string name;
    std::size_t size;
    std::uint32_t alignment;
    bool extra;
};

void showValue(const Line& line, std::ostream& out)
{
    static constexpr std::array names{"file", "open", "close", "records"};
    out << names.at(static_cast<std::size_t>(line.what)) << " \"" << romfs::printable(line.name) << "\" " << line.size
        << " @" << line.alignment << (line.extra ? " extra" : "");
}

/// Sizes on both sides of where a length takes another byte come up often.
rc::Gen<std::size_t> sizes()
{
    return rc::gen::weightedOneOf<std::size_t>({{8, rc::gen::inRange<std::size_t>(0, 40)},
                                                {4, rc::gen::inRange<std::size_t>(90, 150)},
                                                {1, rc::gen::inRange<std::size_t>(16'300, 16'400)}});
}

rc::Gen<std::string> names()
{
    return rc::gen::weightedOneOf<std::string>(
        {{8, rc::gen::container<std::string>(rc::gen::inRange('a', 'e'))},
         {2, rc::gen::arbitrary<std::string>()},
         {1, rc::gen::map(rc::gen::inRange<std::size_t>(110, 140), [](std::size_t size) {
              return std::string(size, 'n');
          })}});
}

rc::Gen<std::uint32_t> alignments()
{
    const auto power = [](std::uint32_t exponent) { return std::uint32_t{1} << exponent; };
    return rc::gen::weightedOneOf<std::uint32_t>({{8, rc::gen::element<std::uint32_t>(1, 4, 16, 32)},
                                                  {1, rc::gen::map(rc::gen::inRange<std::uint32_t>(0, 17), power)}});
}

rc::Gen<std::vector<Line>> trees()
{
    const auto what
        = rc::gen::weightedElement<What>({{6, What::File}, {3, What::Open}, {2, What::Close}, {1, What::Records}});
    const auto extra = rc::gen::weightedElement<bool>({{7, false}, {1, true}});
    return rc::gen::container<std::vector<Line>>(rc::gen::construct<Line>(what, names(), sizes(), alignments(), extra));
}

std::vector<Entry> entriesOf(const std::vector<Line>& lines)
{
    test::Entries entries;
    std::vector<bool> afterRecords{false}; // neighbouring records are one entry
    std::vector<std::size_t> withExtra;
    for (unsigned seed = 0; const auto& line : lines) {
        ++seed;
        switch (line.what) {
        case What::File:
            if (line.extra) {
                withExtra.push_back(entries.list().size());
            }
            entries.file(line.name, test::content(test::pattern(line.size, seed)), line.alignment);
            afterRecords.back() = false;
            break;
        case What::Open:
            entries.open(line.name);
            afterRecords.back() = false;
            afterRecords.push_back(false);
            break;
        case What::Close:
            if (entries.hasOpen()) {
                entries.close();
                afterRecords.pop_back();
            }
            break;
        case What::Records:
            if (!afterRecords.back()) {
                entries.raw(record(1, test::pattern(line.size, seed)) + record(77, {}));
                afterRecords.back() = true;
            }
            break;
        }
    }
    auto list = entries.list();
    for (const auto index : withExtra) {
        list[index].extra = std::make_shared<const romfs::ExtraRecords>(romfs::ExtraRecords{
            .before = test::content(record(1, text("before"))), .after = test::content(record(88, text("after")))});
    }
    return list;
}

LayoutOptions anyOptions()
{
    const auto exponent = *rc::gen::inRange<std::uint32_t>(0, 8);
    return *rc::gen::arbitrary<bool>() ? test::compact() : test::openMv(std::uint32_t{1} << exponent);
}

std::string describe(const Entry& entry)
{
    return std::format("{} \"{}\" {} bytes, subtree ends at {}{}",
                       entry.type == EntryType::File      ? "file"
                           : entry.type == EntryType::Raw ? "raw"
                                                          : "dir",
                       romfs::printable(entry.name), entry.content.size(), entry.subtreeEnd,
                       entry.extra ? std::format(", extra {}+{}", entry.extra->before.size(), entry.extra->after.size())
                                   : "");
}

void checkSame(std::span<const Entry> expected, std::span<const Entry> found)
{
    RC_ASSERT(found.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        RC_ASSERT(describe(found[i]) == describe(expected[i]));
        RC_ASSERT(found[i].defect == expected[i].defect);
        RC_ASSERT(romfs::sameBytes(found[i].content, expected[i].content));
        if (expected[i].extra) {
            RC_ASSERT(romfs::sameBytes(found[i].extra->before, expected[i].extra->before));
            RC_ASSERT(romfs::sameBytes(found[i].extra->after, expected[i].extra->after));
        }
    }
}

RC_GTEST_PROP(AnyTree, IsReadAsItWasWritten, ())
{
    const auto entries = entriesOf(*trees());
    checkSame(entries, test::readBlob(test::written(entries, anyOptions())).entries);
}

RC_GTEST_PROP(AnyTree, HasItsContentAligned, ())
{
    const auto entries = entriesOf(*trees());
    const auto options = anyOptions();
    const auto image = test::readBlob(test::written(entries, options));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto offset = image.entries[i].origin->placement.contentOffset;
        if (entries[i].type == EntryType::File) {
            RC_ASSERT(offset % entries[i].alignment == 0U);
            RC_ASSERT(image.entries[i].alignment <= entries[i].alignment);
        } else if (entries[i].type == EntryType::Directory && options.style == Style::OpenMv) {
            RC_ASSERT(offset % options.directoryAlignment == 0U);
        }
    }
}

RC_GTEST_PROP(AnyTree, LiesWhereTheLayoutSays, ())
{
    const auto entries = entriesOf(*trees());
    const auto options = anyOptions();
    const auto layout = Layout::plan(entries, options);
    const auto bytes = must(romfs::write(entries, layout));
    RC_ASSERT(bytes.size() == layout.totalSize());
    const auto image = test::readBlob(bytes);
    RC_ASSERT(image.source->header.payload == layout.headerSize());
    RC_ASSERT(image.source->header.declaredEnd == layout.totalSize());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& found = image.entries[i].origin->placement;
        RC_ASSERT(found.recordOffset == layout[i].recordOffset);
        RC_ASSERT(found.contentOffset == layout[i].contentOffset);
        RC_ASSERT(found.recordEnd == layout[i].recordEnd);
        RC_ASSERT(found.lengthWidth == layout[i].lengthWidth);
        RC_ASSERT(found.dataLengthWidth == layout[i].dataLengthWidth);
        if (entries[i].type == EntryType::File || options.style == Style::OpenMv) {
            RC_ASSERT(found.padding == layout[i].padding);
        }
    }
}

Blob referenceRecords(std::span<const Entry> entries, std::uint32_t begin, std::uint32_t end)
{
    Blob records;
    for (auto i = begin; i < end; i = entries[i].subtreeEnd) {
        const auto name = test::nameField(entries[i].name);
        const Blob content(must(entries[i].content.readAll()));
        switch (entries[i].type) {
        case EntryType::Raw:
            records = std::move(records) + content;
            break;
        case EntryType::File: {
            const Blob none;
            const auto before = entries[i].extra ? Blob(must(entries[i].extra->before.readAll())) : none;
            const auto after = entries[i].extra ? Blob(must(entries[i].extra->after.readAll())) : none;
            records = std::move(records)
                + record(romfs::Kind::File, name + before + record(romfs::Kind::Data, content) + after);
            break;
        }
        case EntryType::Directory:
            records = std::move(records)
                + record(romfs::Kind::Directory, name + referenceRecords(entries, i + 1, entries[i].subtreeEnd));
            break;
        }
    }
    return records;
}

RC_GTEST_PROP(AnyTree, WithoutAlignmentIsWrittenAsByTheReferenceWriter, ())
{
    auto entries = entriesOf(*trees());
    for (auto& entry : entries) {
        entry.alignment = 1;
    }
    const auto payload = referenceRecords(entries, 0, static_cast<std::uint32_t>(entries.size()));
    auto expected = test::imageOf(payload);
    if (expected.size() % 2 != 0) {
        expected = test::imageOf(payload, test::varuint(payload.size()).size() + 1);
    }
    RC_ASSERT(test::written(entries, test::compact()) == expected);
}

RC_GTEST_PROP(AnyTree, IsStreamedAsItIsWritten, ())
{
    const auto entries = entriesOf(*trees());
    const auto layout = Layout::plan(entries, anyOptions());
    const auto expected = must(romfs::write(entries, layout));
    auto elsewhere = entries;
    for (auto& entry : elsewhere) {
        entry.content = test::streamed(must(entry.content.readAll()));
    }
    RC_ASSERT(must(romfs::write(elsewhere, layout)) == expected);
    RC_ASSERT(must(Content::from(must(romfs::ImageBytes::ofImage(entries, layout))).readAll()) == expected);
}

// Random images -------------------------------------------------------------------------------------------------------

/// Bytes of a good image with a few that are not as they were, and cut off or followed by others.
Blob damaged(Blob image)
{
    const auto changes = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint8_t>>>(
        rc::gen::pair(rc::gen::arbitrary<std::uint32_t>(),
                      rc::gen::weightedOneOf<std::uint8_t>({{3, rc::gen::inRange<std::uint8_t>(0, 8)},
                                                            {1, rc::gen::element<std::uint8_t>(0x80, 0xff, 0x7f, 0x8f)},
                                                            {1, rc::gen::arbitrary<std::uint8_t>()}})));
    for (const auto& [position, byte] : changes) {
        // The first bytes stay: without them there is nothing to read. Headers lie in front of the large contents.
        const auto where = 3 + position % (std::min<std::size_t>(image.size(), 400) - 3);
        image[where] = static_cast<std::byte>(byte);
    }
    switch (*rc::gen::inRange(0, 4)) {
    case 0:
        image.resize(*rc::gen::inRange<std::size_t>(4, image.size() + 1));
        break;
    case 1:
        image = std::move(image)
            + test::filled(*rc::gen::inRange<std::size_t>(0, 50), *rc::gen::element(0x00U, 0xffU, 0x05U));
        break;
    default:
        break;
    }
    return image;
}

Blob anyImage()
{
    auto entries = entriesOf(*trees());
    for (auto& entry : entries) {
        entry.alignment = std::min(entry.alignment, 64U); // more would be nothing but padding
    }
    return damaged(test::written(entries, anyOptions()));
}

RC_GTEST_PROP(AnyImage, IsWrittenAsItWasReadUnlessItIsEdited, ())
{
    const auto bytes = anyImage();
    const auto read = romfs::read(Content::own(bytes));
    RC_PRE(read.has_value());
    const auto layout = Layout::plan(read->entries, test::unedited(*read));
    RC_ASSERT(layout.unchangedSource() == read->source.get());
    RC_ASSERT(Blob(must(romfs::write(read->entries, layout)))
                  + Blob(read->source->trailing().begin(), read->source->trailing().end())
              == bytes);
    const auto view = must(romfs::ImageBytes::ofImage(read->entries, layout));
    RC_ASSERT(std::ranges::equal(must(Content::from(view).readAll()), read->source->image()));
}

RC_GTEST_PROP(AnyImage, CanBeListedAndChecked, ())
{
    const auto bytes = anyImage();
    const auto read = romfs::read(Content::own(bytes));
    RC_PRE(read.has_value());
    const auto records = must(romfs::listRecords(bytes));
    std::uint64_t last = 0;
    for (const auto& info : records) {
        RC_ASSERT(info.header.offset >= last);
        RC_ASSERT(info.header.end <= bytes.size());
        last = info.header.offset;
    }
    std::uint64_t offset = 0;
    for (const auto& finding : test::findingsOf(*read)) {
        RC_ASSERT(finding.entry == romfs::noParent || finding.entry < read->entries.size());
        if (finding.entry != romfs::noParent) {
            RC_ASSERT(finding.offset >= offset);
            offset = finding.offset;
        }
    }
}

RC_GTEST_PROP(AnyImage, KeepsItsEntriesWhenItIsLaidOutAnew, ())
{
    const auto image = romfs::read(Content::own(anyImage()));
    RC_PRE(image.has_value());
    const auto isPointing = [](const Entry& entry) { return entry.defect == romfs::Defect::PointerOutOfRange; };
    RC_PRE(std::ranges::none_of(image->entries, isPointing)); // it may point into another image
    const auto entries = test::withoutOrigin(image->entries);
    checkSame(entries, test::readBlob(test::written(entries, anyOptions())).entries);
}

// Random edits --------------------------------------------------------------------------------------------------------

RC_GTEST_PROP(AnyEdits, AreUndoneWithoutATrace, ())
{
    const auto original = anyImage();
    const auto script = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
    auto read = romfs::read(Content::own(original));
    RC_PRE(read.has_value());
    tree::RomTree tree(std::move(*read));
    const auto rules = tree::AlignmentRules::openMv();
    const auto bytesOf = [&](Style style) {
        const auto flat = tree.flatten(rules);
        return must(romfs::write(flat.entries, Layout::plan(flat.entries, tree.layoutOptions(rules, style))));
    };
    const auto style = tree.source()->style;
    const auto first = bytesOf(style);
    RC_ASSERT(std::ranges::equal(first, tree.source()->image()));

    test::Mirror mirror(tree);
    std::vector<tree::Edit> done;
    test::Script steps(script);
    while (!steps.isAtEnd()) {
        auto edit = test::nextEdit(tree, steps);
        if (!edit) {
            RC_ASSERT(!edit.error().message.empty());
            continue;
        }
        tree.apply(*edit);
        mirror.compare();
        for (const auto* subject : edit->subjects()) {
            RC_ASSERT(subject->isInside(tree.root()));
        }
        done.push_back(std::move(*edit));
    }
    const auto last = bytesOf(style);
    for (auto& edit : done | std::views::reverse) {
        tree.undo(edit);
        mirror.compare();
    }
    RC_ASSERT(bytesOf(style) == first);
    for (auto& edit : done) {
        tree.apply(edit);
        mirror.compare();
    }
    RC_ASSERT(bytesOf(style) == last);
}

RC_GTEST_PROP(AnyEdits, LeadToAnImageThatIsReadAsTheTree, ())
{
    const auto script = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
    tree::RomTree tree;
    test::Script steps(script);
    while (!steps.isAtEnd()) {
        if (auto edit = test::nextEdit(tree, steps)) {
            tree.apply(*edit);
        }
    }
    const auto rules = tree::AlignmentRules::openMv();
    const auto flat = tree.flatten(rules);
    for (const auto style : {Style::Compact, Style::OpenMv}) {
        const auto bytes
            = must(romfs::write(flat.entries, Layout::plan(flat.entries, tree.layoutOptions(rules, style))));
        const auto again = test::readBlob(bytes);
        checkSame(flat.entries, again.entries);
        for (std::size_t i = 0; i < flat.entries.size(); ++i) {
            RC_ASSERT(again.entries[i].origin->placement.contentOffset % flat.entries[i].alignment == 0U);
        }
        for (const auto& finding : test::findingsOf(again)) {
            RC_ASSERT((finding.severity == romfs::Severity::Error ? finding.message : "") == "");
        }
    }
}

} // namespace
} // namespace romsmith
