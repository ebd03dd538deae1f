// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/checker.h"
#include "core/tree/romtree.h"
#include "tests/core/helpers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace romsmith::romfs {
namespace {

using test::Blob;
using test::compact;
using test::content;
using test::directoryRecord;
using test::Entries;
using test::fileRecord;
using test::fileWith;
using test::filled;
using test::findingsOf;
using test::hex;
using test::huge;
using test::imageOf;
using test::lyingRecord;
using test::nameField;
using test::openMv;
using test::pattern;
using test::readBlob;
using test::record;
using test::text;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::SizeIs;

/// "error no-content 4 lost.txt", without the size's parity, which nothing here is about.
std::vector<std::string> summary(const std::vector<Finding>& findings)
{
    std::vector<std::string> lines;
    for (const auto& finding : findings) {
        if (finding.code != "odd-size") {
            lines.push_back(std::format("{} {} {}{}", severityName(finding.severity), finding.code, finding.offset,
                                        finding.path.empty() ? "" : " " + finding.path));
        }
    }
    return lines;
}

/// What is found in an image of these records; they begin at offset 4, or 5 from 128 bytes on.
std::vector<std::string> found(const Blob& records)
{
    return summary(findingsOf(imageOf(records)));
}

std::vector<std::string> foundInPlan(std::span<const Entry> entries, const LayoutOptions& options,
                                     const CheckTarget& target = {})
{
    return summary(check(entries, Layout::plan(entries, options), target));
}

std::vector<std::string> codesOf(const std::vector<Finding>& findings)
{
    std::vector<std::string> codes;
    for (const auto& finding : findings) {
        codes.emplace_back(finding.code);
    }
    return codes;
}

TEST(Checker, FindsNothingInAGoodImage)
{
    EXPECT_THAT(findingsOf(imageOf(fileWith("a", "12") + directoryRecord("d", fileWith("b", "12")))), IsEmpty());
    EXPECT_THAT(findingsOf(hex("d2 cd 31 00")), IsEmpty());
}

// What the runtime does with malformed images, row by row -------------------------------------------------------------

TEST(Checker, FindsThatAnImageIsCutOff)
{
    auto bytes = imageOf(fileWith("a", "1") + fileWith("b", "2"));
    bytes.resize(bytes.size() - 7);
    const auto findings = findingsOf(bytes);
    EXPECT_THAT(summary(findings), ElementsAre("error truncated 11"));
    EXPECT_THAT(findings.back().message, AllOf(HasSubstr("18 bytes"), HasSubstr("only 11")));
}

TEST(Checker, FindsBytesBehindTheImage)
{
    const auto message = [](const Blob& trailing) {
        const auto findings = findingsOf(imageOf(fileWith("a", "12")) + trailing);
        EXPECT_THAT(summary(findings), ElementsAre("info trailing-bytes 12"));
        return findings.back().message;
    };
    EXPECT_THAT(message(filled(1000, 0xff)), AllOf(HasSubstr("1000 bytes"), HasSubstr("all 0xFF")));
    EXPECT_THAT(message(filled(3, 0)), AllOf(HasSubstr("3 bytes"), HasSubstr("all zero")));
    EXPECT_THAT(message(filled(3, 0x41)), Not(HasSubstr("all")));
    EXPECT_THAT(message(hex("ff ff 00")), Not(HasSubstr("all")));
}

TEST(Checker, FindsContentBehindALengthThatIsTooShort)
{
    auto bytes = imageOf(fileWith("a", "1") + fileWith("b", "2"));
    bytes[3] = std::byte{7};
    EXPECT_THAT(summary(findingsOf(bytes)), ElementsAre("info trailing-bytes 11"));
}

TEST(Checker, FindsANumberThatRunsPastItsFolder)
{
    EXPECT_THAT(found(fileWith("a", "1") + hex("ff ff ff")), ElementsAre("error broken-varuint 11"));
    EXPECT_THAT(found(directoryRecord("d", hex("05 81")) + fileWith("a", "1")),
                ElementsAre("error broken-varuint 8 d/"));
    EXPECT_THAT(found(hex("05")), ElementsAre("error broken-varuint 4"));
}

TEST(Checker, FindsKindZero)
{
    EXPECT_THAT(found(fileWith("a", "1") + hex("00 00") + fileWith("hidden", "1")),
                ElementsAre("error unused-kind 11"));
}

TEST(Checker, FindsAFileWithoutContent)
{
    EXPECT_THAT(found(fileRecord("lost.txt", {}) + fileWith("a", "1")), ElementsAre("error no-content 4 lost.txt"));
    EXPECT_THAT(found(fileRecord("lost.txt", record(1, text("comment")))), ElementsAre("error no-content 4 lost.txt"));
}

TEST(Checker, FindsANameThatIsLongerThanItsRecord)
{
    EXPECT_THAT(found(fileWith("a", "1") + record(5, hex("30") + text("x"))), ElementsAre("error name-overrun 11"));
    EXPECT_THAT(found(record(4, hex("30") + text("x"))), ElementsAre("error name-overrun 4"));
}

TEST(Checker, FindsContentThatIsLongerThanItsFile)
{
    EXPECT_THAT(found(fileRecord("x", lyingRecord(2, 50, text("short")))), ElementsAre("error data-overrun 4 x"));
}

TEST(Checker, FindsARecordThatIsLongerThanItsFolder)
{
    EXPECT_THAT(found(directoryRecord("d", lyingRecord(5, 20, nameField("x") + hex("02 00"))) + fileWith("a", "1")),
                ElementsAre("error record-overrun 8 d/"));
    EXPECT_THAT(found(lyingRecord(2, 99, text("blob"))), ElementsAre("error record-overrun 4"));
}

TEST(Checker, FindsAPointerOutOfRange)
{
    EXPECT_THAT(found(fileRecord("x", hex("03 02 50 00"))), ElementsAre("error pointer-out-of-range 4 x"));
    EXPECT_THAT(found(fileRecord("x", hex("03 06 8f ff ff ff 7f 00"))), ElementsAre("error pointer-out-of-range 4 x"));
}

TEST(Checker, FindsLengthsThatWrapOnTheDevice)
{
    EXPECT_THAT(found(lyingRecord(1, 0xffff'fffe, text("x"))), ElementsAre("error record-overrun 4"));
    EXPECT_THAT(found(hex("01 9f ff ff ff 7e")), ElementsAre("error value-too-large 4"));
    EXPECT_THAT(found(hex("01 81 ff ff ff ff ff ff ff ff 7d")), ElementsAre("error value-too-large 4"));
    EXPECT_THAT(found(fileRecord("x", hex("02 90 80 80 80 00"))), ElementsAre("error file-corrupt 4 x"));
}

TEST(Checker, FindsABrokenRecordInFrontOfAFilesContent)
{
    EXPECT_THAT(found(fileRecord("x", hex("00 00") + record(2, text("A")))), ElementsAre("error file-corrupt 4 x"));
}

TEST(Checker, FindsFoldersThatAreNestedTooDeep)
{
    Blob inner;
    for (std::uint32_t i = 0; i <= maxDepth; ++i) {
        inner = directoryRecord("d", inner);
    }
    const auto findings = findingsOf(imageOf(inner));
    ASSERT_THAT(findings, SizeIs(1));
    EXPECT_EQ(findings[0].code, "too-deep");
    EXPECT_EQ(findings[0].severity, Severity::Error);
    EXPECT_EQ(findings[0].path.size(), 2 * maxDepth + 1U);
}

TEST(Checker, FindsNamesThatOccurTwice)
{
    EXPECT_THAT(found(fileWith("a", "1") + fileWith("b", "2") + fileWith("a", "3")),
                ElementsAre("error duplicate-name 18 a"));
    EXPECT_THAT(found(directoryRecord("a", {}) + fileWith("a", "1") + fileWith("a", "2")),
                ElementsAre("error duplicate-name 8 a", "error duplicate-name 15 a"));
    EXPECT_THAT(found(fileWith("a", "12") + directoryRecord("d", fileWith("a", "12"))), IsEmpty())
        << "in different folders";
}

TEST(Checker, DoesNotTakeANamelessRecordForADuplicate)
{
    EXPECT_THAT(found(fileRecord("x", {}) + fileWith("x", "1")), ElementsAre("error no-content 4 x"));
    EXPECT_THAT(found(record(1, {}) + fileWith("a", "1") + record(1, {})),
                ElementsAre("info other-records 4", "info other-records 13"));
}

TEST(Checker, TellsOfRecordsThatTheDeviceSkips)
{
    EXPECT_THAT(found(record(77, text("later"))), ElementsAre("info other-records 4"));
}

// Names ---------------------------------------------------------------------------------------------------------------

TEST(Checker, FindsNamesThatTheDeviceCannotUse)
{
    EXPECT_THAT(found(fileWith("\xff\xfe", "1")), ElementsAre("error name-not-utf8 4 \xff\xfe"));
    EXPECT_THAT(found(fileWith("a/b", "1")), ElementsAre("error name-slash 4 a/b"));
    EXPECT_THAT(found(fileWith("", "1")), ElementsAre("error name-empty 4"));
    EXPECT_THAT(found(directoryRecord("..", {})), ElementsAre("error name-dots 4 .."));
    EXPECT_THAT(found(fileWith(std::string_view("a\0b", 3), "1")), ElementsAre(HasSubstr("error name-nul 4")));
    EXPECT_THAT(found(fileWith(std::string(300, 'x'), "1")), ElementsAre(HasSubstr("error name-long 5")));
    EXPECT_THAT(found(fileWith("na\xc3\xafve", "1")), ElementsAre("warning name-not-ascii 4 na\xc3\xafve"));
    EXPECT_THAT(found(fileWith("a\\b", "1")), ElementsAre("warning name-unprintable 4 a\\b"));
}

TEST(Checker, FindsNamesThatDifferByCaseAlone)
{
    const auto findings
        = findingsOf(imageOf(fileWith("Main.py", "1") + fileWith("main.py", "2") + fileWith("MAIN.PY", "3")));
    EXPECT_THAT(summary(findings), ElementsAre("warning case-clash 17 main.py", "warning case-clash 30 MAIN.PY"));
    EXPECT_THAT(findings[0].message, HasSubstr("\"Main.py\""));
}

TEST(Checker, FindsCompiledModulesThatTheirSourceHides)
{
    EXPECT_THAT(found(fileWith("x.py", "1") + fileWith("x.mpy", "2")),
                ElementsAre("warning shadowed-by-source 14 x.mpy"));
    EXPECT_THAT(found(fileWith("x.mpy", "2") + fileWith("x.py", "1")),
                ElementsAre("warning shadowed-by-source 4 x.mpy"));
    EXPECT_THAT(found(fileWith("x.mpy", "2") + fileWith("y.py", "12")), IsEmpty());
    EXPECT_THAT(found(fileWith("x.mpy", "2") + directoryRecord("d", fileWith("x.py", "12"))), IsEmpty());
}

TEST(Checker, GivesThePathOfWhatItFinds)
{
    EXPECT_THAT(found(directoryRecord("lib", directoryRecord("pkg", fileWith("x.py", "1") + fileRecord("y.py", {})))),
                ElementsAre("error no-content 26 lib/pkg/y.py"));
}

// Alignment -----------------------------------------------------------------------------------------------------------

TEST(Checker, FindsModelsThatAreNotAligned)
{
    // Compact images of the reference writer are what OpenMV's manual warns of.
    tree::RomTree tree(readBlob(imageOf(fileWith("net.tflite", "model") + fileWith("data.bin", "12345"))));
    const auto rules = tree::AlignmentRules::openMv();
    const auto flat = tree.flatten(rules);
    const auto findings
        = check(flat.entries, Layout::plan(flat.entries, tree.layoutOptions(rules, Style::Compact)), {});
    EXPECT_THAT(summary(findings), ElementsAre("error misaligned 4 net.tflite", "warning misaligned 24 data.bin"));
    EXPECT_THAT(
        findings[0].message,
        AllOf(HasSubstr("offset 0x13"), HasSubstr("aligned to 1"), HasSubstr("wants 16"), HasSubstr("inference")));
    EXPECT_EQ(findings[0].mend, Mend::Align);
}

TEST(Checker, ComplainsOnlyAboutAlignmentThatIsMissing)
{
    const auto entries = Entries().file("a.tflite", "model", 16).file("b.tflite", "", 16).file("c.txt", "1", 4);
    EXPECT_THAT(foundInPlan(entries, openMv()), IsEmpty());
    EXPECT_THAT(foundInPlan(entries, compact()), IsEmpty());
}

TEST(Checker, CountsAlignmentFromTheAddressOfThePartition)
{
    const auto entries = Entries().file("a.tflite", "model", 32);
    EXPECT_THAT(foundInPlan(entries, openMv(), {.name = "N6", .partitionSize = {}, .address = 0x7080'0000}), IsEmpty());
    const auto findings
        = check(entries, Layout::plan(entries, openMv()), {.name = "odd", .partitionSize = {}, .address = 0x8000'0010});
    EXPECT_THAT(summary(findings), ElementsAre("error misaligned 16 a.tflite"));
    EXPECT_THAT(findings[0].message, HasSubstr("address 0x80000050"));
}

// Encodings that other tools misread ----------------------------------------------------------------------------------

TEST(Checker, TellsOfPointersAndLeadingRecords)
{
    EXPECT_THAT(found(record(2, text("AB")) + fileRecord("x", hex("03 02 02 02"))),
                ElementsAre("info other-records 4", "info pointer 8 x"));
    EXPECT_THAT(found(fileRecord("x", record(1, {}) + record(2, text("A")))),
                ElementsAre("info records-before-data 4 x"));
    EXPECT_THAT(found(fileRecord("x", record(2, text("A")) + record(1, {}))), IsEmpty());
}

TEST(Checker, DoesNotSpeakOfEncodingsThatWillNotBeWritten)
{
    const auto image
        = readBlob(imageOf(record(2, text("AB")) + fileRecord("x", hex("03 02 02 02")) + hex("00 00")) + text("trail"));
    const auto entries = test::withoutOrigin(image.entries);
    EXPECT_THAT(foundInPlan(entries, compact()), ElementsAre("info other-records 4", HasSubstr("error unused-kind")));
}

// The whole image -----------------------------------------------------------------------------------------------------

TEST(Checker, FindsAnOddSize)
{
    const auto odd = findingsOf(imageOf(fileWith("a", "1")));
    EXPECT_THAT(codesOf(odd), ElementsAre("odd-size"));
    EXPECT_EQ(odd[0].severity, Severity::Info);
    EXPECT_EQ(odd[0].offset, 11U);
    EXPECT_EQ(odd[0].entry, noParent);
    EXPECT_THAT(odd[0].message, HasSubstr("11"));
}

TEST(Checker, FindsThatAnImageDoesNotFit)
{
    const auto entries = Entries().file("a.txt", content(pattern(1000)));
    const CheckTarget target{.name = "OpenMV N6 ROMFS0", .partitionSize = 1000, .address = 0};
    const auto findings = check(entries, Layout::plan(entries, compact()), target);
    EXPECT_THAT(summary(findings), ElementsAre("error too-large 1000"));
    EXPECT_THAT(findings[0].message,
                AllOf(HasSubstr("1018 bytes"), HasSubstr("18 more"), HasSubstr("OpenMV N6 ROMFS0")));

    EXPECT_THAT(foundInPlan(entries, compact(), {.name = "just right", .partitionSize = 1018, .address = 0}),
                IsEmpty());
    EXPECT_THAT(foundInPlan(entries, compact(), {.name = "any board", .partitionSize = {}, .address = 0}), IsEmpty());
}

TEST(Checker, FindsThatAnImageIsLargerThanTheFormat)
{
    EXPECT_THAT(foundInPlan(Entries().file("a", huge(5'000'000'000)), compact()), ElementsAre("error too-large 0"));
}

TEST(Checker, OrdersFindingsAsTheirRecords)
{
    const auto bytes
        = imageOf(fileRecord("x", {}) + directoryRecord("d", fileWith("A", "1") + fileWith("a", "1") + hex("00 00"))
                  + fileWith("X", "1") + fileWith("X", "2"))
        + text("t");
    EXPECT_THAT(summary(findingsOf(bytes)),
                ElementsAre("error no-content 4 x", "warning case-clash 19 d/a", "error unused-kind 26 d/",
                            "error duplicate-name 35 X", "info trailing-bytes 42"));
}

TEST(Checker, TellsHowToMend)
{
    const auto mends = [](const Blob& records) {
        std::vector<Mend> all;
        for (const auto& finding : findingsOf(imageOf(records))) {
            if (finding.code != "odd-size") {
                all.push_back(finding.mend);
            }
        }
        return all;
    };
    EXPECT_THAT(mends(fileWith("a/b", "1")), ElementsAre(Mend::Rename));
    EXPECT_THAT(mends(hex("00 00")), ElementsAre(Mend::Remove));
    EXPECT_THAT(mends(fileWith("a", "1") + fileWith("a", "2")), ElementsAre(Mend::Remove));
    EXPECT_THAT(mends(record(77, {})), ElementsAre(Mend::None));
}

TEST(Checker, StopsAtAThousandFindingsAndSaysSo)
{
    Blob records;
    for (int i = 0; i < 1500; ++i) {
        records = std::move(records) + fileRecord(std::format("f{}", i), {});
    }
    records = std::move(records) + hex("01 00");
    auto bytes = imageOf(records);
    bytes = bytes + text("trailing bytes");
    const auto findings = findingsOf(bytes);
    EXPECT_EQ(findings.size(), maxFindings);
    EXPECT_EQ(findings.back().code, "more");
    EXPECT_THAT(findings, Contains(Field(&Finding::code, "trailing-bytes")))
        << "what is said about the whole image is never left out";
}

TEST(Checker, GivesAThousandFindingsWithoutMore)
{
    Blob records;
    for (std::size_t i = 0; i < maxFindings; ++i) {
        records = std::move(records) + fileRecord(std::format("f{:03}x", i % 1000), {});
    }
    const auto findings = findingsOf(imageOf(records, 3));
    EXPECT_EQ(findings.size(), maxFindings);
    EXPECT_EQ(findings.back().code, "no-content");
}

TEST(Checker, ShortensPathsThatAreTooLongToBeShown)
{
    const std::string longName(3000, 'n');
    const auto findings = findingsOf(imageOf(directoryRecord(longName, directoryRecord(longName, hex("00 00")))));
    for (const auto& finding : findings) {
        EXPECT_LE(finding.path.size(), 4096U + 3) << finding.code;
    }
    EXPECT_THAT(codesOf(findings), IsSupersetOf({"name-long", "unused-kind"}));
    EXPECT_THAT(findings, Contains(Field(&Finding::path, HasSubstr("..."))));
}

TEST(Checker, SurvivesNamesOfManyMegabytes)
{
    // A thousand findings below one long name must not copy that name a thousand times.
    Blob files;
    for (int i = 0; i < 1100; ++i) {
        files = std::move(files) + fileRecord("x", {});
    }
    const auto findings = findingsOf(imageOf(directoryRecord(std::string(4'000'000, 'n'), files)));
    EXPECT_EQ(findings.size(), maxFindings);
}

TEST(Checker, ComparesThirtyThousandNamesOfOneFolder)
{
    Entries entries;
    for (int i = 0; i < 30'000; ++i) {
        entries.file(std::format("module{}.mpy", i), "");
    }
    EXPECT_THAT(foundInPlan(entries, compact()), IsEmpty());
}

TEST(Checker, NamesSeverities)
{
    EXPECT_EQ(severityName(Severity::Error), "error");
    EXPECT_EQ(severityName(Severity::Warning), "warning");
    EXPECT_EQ(severityName(Severity::Info), "info");
}

} // namespace
} // namespace romsmith::romfs
