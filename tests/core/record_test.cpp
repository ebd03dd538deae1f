// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/record.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::directoryRecord;
using test::fileWith;
using test::filled;
using test::hex;
using test::imageOf;
using test::lyingRecord;
using test::must;
using test::nameField;
using test::record;
using test::text;
using test::varuint;
using testing::ElementsAre;
using testing::HasSubstr;

Defect defectOf(const Blob& bytes)
{
    const auto header = readRecord(bytes, 0, bytes.size());
    return header ? Defect::None : header.error();
}

/// "1 file 5..16 a.txt" for every record of an image.
std::vector<std::string> listing(const Blob& bytes)
{
    std::vector<std::string> lines;
    for (const auto& info : must(listRecords(bytes))) {
        lines.push_back(std::format("{} {} {}..{} {}{}", info.depth, kindName(info.header.kind), info.header.offset,
                                    info.header.end, info.defect == Defect::None ? "" : "! ", info.name));
    }
    return lines;
}

TEST(Record, HeaderGivesOffsetsFromTheStartOfTheImage)
{
    const auto bytes = hex("ff ff 82 00 80 80 03 61 62 63 05 00");
    const auto header = readRecord(bytes, 2, bytes.size());
    ASSERT_TRUE(header);
    EXPECT_EQ(header->kind, 256U);
    EXPECT_EQ(header->offset, 2U);
    EXPECT_EQ(header->kindWidth, 2U);
    EXPECT_EQ(header->lengthWidth, 3U);
    EXPECT_EQ(header->payload, 7U);
    EXPECT_EQ(header->end, 10U);
}

TEST(Record, MayBeEmptyAndEndItsLevel)
{
    EXPECT_EQ(defectOf(hex("01 00")), Defect::None);
}

TEST(Record, OfKindZeroIsNeverValid)
{
    EXPECT_EQ(defectOf(hex("00 00")), Defect::UnusedKind);
    EXPECT_EQ(defectOf(hex("80 80 00 01 41")), Defect::UnusedKind);
    EXPECT_EQ(defectOf(hex("00")), Defect::UnusedKind);
}

TEST(Record, IsBrokenWhenANumberRunsPastTheEnd)
{
    EXPECT_EQ(defectOf(hex("ff ff ff ff")), Defect::BrokenVaruint);
    EXPECT_EQ(defectOf(hex("05")), Defect::BrokenVaruint);
    EXPECT_EQ(defectOf(hex("05 81")), Defect::BrokenVaruint);
}

TEST(Record, MayNotBeLongerThanItsLevel)
{
    EXPECT_EQ(defectOf(hex("02 03 61 62")), Defect::RecordOverrun);
    EXPECT_EQ(defectOf(hex("02 8f ff ff ff 7f 61")), Defect::RecordOverrun);
    EXPECT_EQ(defectOf(hex("02 02 61 62")), Defect::None);
}

TEST(Record, LengthThatWrapsOnTheDeviceIsRefused)
{
    EXPECT_EQ(defectOf(hex("02 8f ff ff ff ff 7e 61")), Defect::ValueTooLarge);
    EXPECT_EQ(defectOf(hex("02 90 80 80 80 00")), Defect::ValueTooLarge);
    EXPECT_EQ(defectOf(hex("02 81 ff ff ff ff ff ff ff ff 7d")), Defect::ValueTooLarge);
    EXPECT_EQ(defectOf(hex("90 80 80 80 02 00")), Defect::ValueTooLarge) << "a kind that wraps to 2";
}

TEST(Record, DoesNotLookPastTheEndOfItsLevel)
{
    const auto bytes = hex("05 81 00 ff");
    const auto header = readRecord(bytes, 0, 2);
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error(), Defect::BrokenVaruint);
}

TEST(Record, NameEndsWhereNestedRecordsBegin)
{
    const auto bytes = record(Kind::File, hex("80 80 03") + text("abc") + hex("02 00"));
    const auto header = readRecord(bytes, 0, bytes.size());
    ASSERT_TRUE(header);
    const auto name = readName(bytes, *header);
    ASSERT_TRUE(name);
    EXPECT_EQ(asText(name->name), "abc");
    EXPECT_EQ(name->end, 8U);
}

TEST(Record, NameMayNotBeLongerThanItsRecord)
{
    for (const auto& payload : {hex(""), hex("04") + text("abc"), hex("81"), hex("8f ff ff ff 7f"),
                                hex("90 80 80 80 00"), hex("81 ff ff ff ff ff ff ff ff 7f")}) {
        const auto bytes = record(Kind::File, payload) + text("more that follows");
        const auto header = readRecord(bytes, 0, bytes.size());
        ASSERT_TRUE(header);
        const auto name = readName(bytes, *header);
        ASSERT_FALSE(name) << test::dump(payload);
        EXPECT_EQ(name.error(), Defect::NameOverrun);
    }
}

TEST(ImageHeader, TellsWherePayloadAndImageEnd)
{
    const auto header = must(readImageHeader(hex("d2 cd 31 80 80 04 04 02 01 64 ff ff")));
    EXPECT_EQ(header.payload, 6U);
    EXPECT_EQ(header.declaredEnd, 10U);
    EXPECT_EQ(header.end, 10U);
}

TEST(ImageHeader, OfACutImageEndsWhereTheBytesEnd)
{
    const auto header = must(readImageHeader(hex("d2 cd 31 8f ff ff ff 7f 02 00")));
    EXPECT_EQ(header.declaredEnd, 8 + maxValue);
    EXPECT_EQ(header.end, 10U);
}

TEST(ImageHeader, OfTheSmallestImageIsFourBytes)
{
    const auto header = must(readImageHeader(hex("d2 cd 31 00")));
    EXPECT_EQ(header.payload, 4U);
    EXPECT_EQ(header.end, 4U);
}

TEST(ImageHeader, RefusesWhatNoDeviceWouldMount)
{
    for (const auto* bytes : {"", "d2", "d2 cd", "d2 cd 32 00", "52 4d 31 00", "00 00 00 00", "ff ff ff ff",
                              "80 d2 cd 31 00", "d2 80 cd 31 00", "d2 cd 31", "d2 cd 31 80", "d2 cd 31 ff ff ff ff",
                              "d2 cd 31 90 80 80 80 00", "d2 cd 31 81 ff ff ff ff ff ff ff ff 7f"}) {
        const auto header = readImageHeader(hex(bytes));
        ASSERT_FALSE(header) << bytes;
        EXPECT_EQ(header.error().code, ErrorCode::NotRomfs) << bytes;
    }
}

TEST(ImageHeader, SaysWhatItFoundInstead)
{
    EXPECT_THAT(test::messageOf(readImageHeader(hex("7f 45 4c 46"))), HasSubstr("begins with 7f 45 4c"));
    EXPECT_THAT(test::messageOf(readImageHeader(hex(""))), HasSubstr("it is empty"));
    EXPECT_THAT(test::messageOf(readImageHeader(hex("d2 cd 31 80"))), HasSubstr("cut off"));
    EXPECT_THAT(test::messageOf(readImageHeader(hex("d2 cd 31 90 80 80 80 00"))), HasSubstr("4 GiB"));
}

TEST(RecordListing, EntersFoldersAndFiles)
{
    const auto nested = hex("d2 cd 31 80 4b 05 09 05 61 2e 74 78 74 02 01 41"
                            "04 13 04 64 61 74 61 05 0c 05 64 2e 62 69 6e 02"
                            "04 00 01 02 03 04 29 03 6c 69 62 04 14 03 70 6b"
                            "67 05 0e 0b 5f 5f 69 6e 69 74 5f 5f 2e 70 79 02"
                            "00 05 0d 04 78 2e 70 79 02 06 78 20 3d 20 31 0a");
    EXPECT_THAT(listing(nested),
                ElementsAre("0 filesystem 0..80 ", "1 file 5..16 a.txt", "2 data 13..16 ", "1 directory 16..37 data",
                            "2 file 23..37 d.bin", "3 data 31..37 ", "1 directory 37..80 lib", "2 directory 43..65 pkg",
                            "3 file 49..65 __init__.py", "4 data 63..65 ", "2 file 65..80 x.py", "3 data 72..80 "));
}

TEST(RecordListing, NamesEveryKind)
{
    EXPECT_EQ(kindName(Kind::Unused), "unused");
    EXPECT_EQ(kindName(Kind::Padding), "padding");
    EXPECT_EQ(kindName(Kind::Data), "data");
    EXPECT_EQ(kindName(Kind::Pointer), "pointer");
    EXPECT_EQ(kindName(Kind::Directory), "directory");
    EXPECT_EQ(kindName(Kind::File), "file");
    EXPECT_EQ(kindName(Kind::Filesystem), "filesystem");
    EXPECT_EQ(kindName(77), "unknown (77)");
}

TEST(RecordListing, DoesNotEnterFoldersInsideFilesOrImagesInsideImages)
{
    const auto bytes
        = imageOf(test::fileRecord("f", directoryRecord("d", fileWith("x", "1"))) + imageOf(fileWith("y", "2")));
    EXPECT_THAT(listing(bytes),
                ElementsAre("0 filesystem 0..30 ", "1 file 4..19 f", "2 directory 8..19 ", "1 filesystem 19..30 "))
        << test::dump(bytes);
}

TEST(RecordListing, GivesTheRestOfABrokenLevelAsOneLine)
{
    const auto bytes = imageOf(directoryRecord("d", fileWith("a", "1") + hex("00 00 00")) + fileWith("b", "2"));
    EXPECT_THAT(listing(bytes),
                ElementsAre("0 filesystem 0..25 ", "1 directory 4..18 d", "2 file 8..15 a", "3 data 12..15 ",
                            "2 unused 15..18 ! ", "1 file 18..25 b", "2 data 22..25 "))
        << test::dump(bytes);
}

TEST(RecordListing, MarksWhatIsBroken)
{
    const auto defectsOf = [](const Blob& bytes) {
        std::vector<Defect> defects;
        for (const auto& info : must(listRecords(bytes))) {
            defects.push_back(info.defect);
        }
        return defects;
    };
    EXPECT_THAT(defectsOf(imageOf(hex("00"))), ElementsAre(Defect::None, Defect::UnusedKind));
    EXPECT_THAT(defectsOf(imageOf(hex("ff ff"))), ElementsAre(Defect::None, Defect::BrokenVaruint));
    EXPECT_THAT(defectsOf(imageOf(hex("02 05 00"))), ElementsAre(Defect::None, Defect::RecordOverrun));
    EXPECT_THAT(defectsOf(imageOf(hex("02 90 80 80 80 00"))), ElementsAre(Defect::None, Defect::ValueTooLarge));
    EXPECT_THAT(defectsOf(imageOf(hex("05 02 09 61"))), ElementsAre(Defect::None, Defect::NameOverrun));
    EXPECT_THAT(defectsOf(hex("d2 cd 31 10 01 00")), ElementsAre(Defect::RecordOverrun, Defect::None));
}

TEST(RecordListing, DoesNotGoDeeperThanTheReader)
{
    // Folders as deep as can be read, with a file in the innermost one; then one folder more.
    Blob inner = fileWith("x", "1");
    for (std::uint32_t i = 0; i < maxDepth; ++i) {
        inner = directoryRecord("d", inner);
    }
    const auto deepest = must(listRecords(imageOf(inner)));
    EXPECT_EQ(std::ranges::count(deepest, Defect::None, &RecordInfo::defect), std::ptrdiff_t{maxDepth} + 3);
    EXPECT_EQ(deepest.size(), maxDepth + 3U);

    const auto tooDeep = must(listRecords(imageOf(directoryRecord("d", inner))));
    EXPECT_EQ(tooDeep.size(), maxDepth + 2U);
    EXPECT_EQ(tooDeep.back().defect, Defect::TooDeep);
}

TEST(RecordListing, RefusesWhatIsNoImage)
{
    EXPECT_FALSE(listRecords(hex("00 00 00 00")));
}

} // namespace
} // namespace romsmith::romfs
