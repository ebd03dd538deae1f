// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/inspect/bytetext.h"
#include "core/inspect/decodedtext.h"
#include "core/inspect/digest.h"
#include "core/inspect/kind.h"
#include "core/inspect/mpy.h"
#include "core/inspect/prettyjson.h"
#include "core/inspect/search.h"
#include "core/inspect/tflite.h"
#include "core/romfs/imagebytes.h"
#include "core/sources/disk.h"
#include "tests/core/helpers.h"

#include <flatbuffers/flatbuffers.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace romsmith::test {
namespace {

using namespace inspect;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// .mpy ----------------------------------------------------------------------------------------------------------------

const boards::Board& board(std::string_view id)
{
    return *boards::BoardTable::builtIn().find(id);
}

MpyHeader mpy(std::string_view digits)
{
    return must(readMpyHeader(hex(digits)));
}

TEST(Mpy, ReadsWhatTheCompilerWrites)
{
    const auto bytecode = mpy("4d 06 00 1f 02 00");
    EXPECT_EQ(bytecode.version, 6);
    EXPECT_EQ(bytecode.smallIntBits, 31);
    EXPECT_FALSE(bytecode.isNative());
    const auto native = mpy("4d 06 23 1f 02 00");
    EXPECT_EQ(native.subVersion, 3);
    EXPECT_EQ(mpyArchName(native.arch), "armv7emdp");
    EXPECT_EQ(mpyArchName(mpy("4d 06 13 1f").arch), "armv6m");
    EXPECT_EQ(mpyArchName(mpy("4d 06 2b 1f").arch), "xtensawin");
    const auto riscv = mpy("4d 06 6f 1f 01");
    EXPECT_EQ(mpyArchName(riscv.arch), "rv32imc");
    EXPECT_EQ(riscv.archFlags, 1U);
    EXPECT_EQ(mpyArchName(15), "");
}

TEST(Mpy, RefusesWhatIsNone)
{
    for (const auto* digits : {"4d", "4d 06 00", "4e 06 00 1f", "4d 06 80 1f", "4d 40 00 1f", "4d 06 00 00",
                               "4d 06 6f 1f", "4d 06 6f 1f 81"}) {
        EXPECT_FALSE(readMpyHeader(hex(digits))) << digits;
    }
}

TEST(Mpy, SaysWhatItIs)
{
    EXPECT_EQ(describe(mpy("4d 06 00 1f")),
              "MicroPython bytecode, version 6, for any processor. Firmware of MicroPython 1.19 and later loads it.");
    EXPECT_THAT(describe(mpy("4d 06 1f 1f")),
                HasSubstr("native code for armv7emsp. Firmware of MicroPython 1.23 and later"));
    EXPECT_THAT(describe(mpy("4d 06 1e 1f")), HasSubstr("MicroPython 1.22 loads"));
    EXPECT_THAT(describe(mpy("4d 05 02 1f")), HasSubstr("1.12 to 1.18"));
    EXPECT_THAT(describe(mpy("4d 06 3f 1f")), HasSubstr("architecture 15"));
}

TEST(Mpy, ThumbBoardsLoadTheirOwnAndSmallerCode)
{
    const auto& n6 = board("OPENMV_N6"); // armv7emdp
    const auto& m4 = board("OPENMV2"); // armv7emsp
    for (const auto* fits : {"4d 06 00 1f", "4d 06 00 1e", "4d 06 13 1f", "4d 06 17 1f", "4d 06 1f 1f"}) {
        EXPECT_TRUE(canLoad(mpy(fits), n6).loads) << fits;
        EXPECT_TRUE(canLoad(mpy(fits), m4).loads) << fits;
    }
    EXPECT_TRUE(canLoad(mpy("4d 06 23 1f"), n6).loads);
    const auto verdict = canLoad(mpy("4d 06 23 1f"), m4);
    EXPECT_FALSE(verdict.loads);
    EXPECT_THAT(verdict.reason, HasSubstr("native code is for armv7emdp"));
    EXPECT_THAT(verdict.reason, HasSubstr("-march=armv7emsp"));
    EXPECT_FALSE(canLoad(mpy("4d 06 0f 1f"), n6).loads) << "armv6 is no Thumb code";
    EXPECT_FALSE(canLoad(mpy("4d 06 27 1f"), n6).loads) << "xtensa";
}

TEST(Mpy, SubVersionMattersToNativeCodeOnly)
{
    const auto& n6 = board("OPENMV_N6");
    EXPECT_TRUE(canLoad(mpy("4d 06 02 1f"), n6).loads);
    EXPECT_THAT(canLoad(mpy("4d 06 22 1f"), n6).reason, HasSubstr("interface 6.2"));
}

TEST(Mpy, OtherReasonsNotToLoad)
{
    auto n6 = board("OPENMV_N6");
    EXPECT_THAT(canLoad(mpy("4d 05 00 1f"), n6).reason, HasSubstr("format version 5"));
    EXPECT_THAT(canLoad(mpy("4d 06 00 20"), n6).reason, HasSubstr("small integers of 32 bits"));
    EXPECT_THAT(canLoad(mpy("4d 06 5f 1f 01"), n6).reason, HasSubstr("extensions"));
    n6.mpy.reset();
    EXPECT_TRUE(canLoad(mpy("4d 06 00 1f"), n6).loads);
    EXPECT_THAT(canLoad(mpy("4d 06 23 1f"), n6).reason, HasSubstr("bytecode only"));
}

// TensorFlow Lite -----------------------------------------------------------------------------------------------------

Blob sampleModel()
{
    const auto path = std::filesystem::path(ROMSMITH_SAMPLE_DIR) / "models" / "person_detect.tflite";
    return Blob(must(must(sources::loadFile(path, sources::Loading::Snapshot)).readAll()));
}

TEST(Tflite, SummarisesTheSample)
{
    const auto bytes = sampleModel();
    const auto model = must(readTflite(bytes));
    EXPECT_EQ(model.schemaVersion, 3U);
    ASSERT_EQ(model.graphs.size(), 1U);
    ASSERT_EQ(model.graphs[0].inputs.size(), 1U);
    ASSERT_EQ(model.graphs[0].outputs.size(), 1U);
    EXPECT_FALSE(model.graphs[0].inputs[0].name.empty());
    EXPECT_EQ(model.graphs[0].inputs[0].shape.size(), 4U);
    EXPECT_FALSE(model.operators.empty());
    EXPECT_GT(model.bufferBytes, 1000U);
    EXPECT_LT(model.bufferBytes, bytes.size());
    EXPECT_FALSE(model.isForEthosU());
    std::uint64_t operators = 0;
    for (const auto& op : model.operators) {
        operators += op.count;
    }
    EXPECT_EQ(operators, model.graphs[0].operatorCount);
}

TEST(Tflite, DoesNotCareWhereTheBytesLie)
{
    const auto bytes = sampleModel();
    const auto expected = must(readTflite(bytes)).bufferBytes;
    for (std::size_t shift = 1; shift < 8; ++shift) {
        const auto shifted = Blob(shift) + bytes;
        EXPECT_EQ(must(readTflite(romfs::Bytes(shifted).subspan(shift))).bufferBytes, expected);
    }
}

TEST(Tflite, EveryTruncationIsAnErrorOrASummary)
{
    const auto bytes = sampleModel();
    for (std::size_t size = 0; size < bytes.size(); size += size < 2048 ? 1 : 97) {
        const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const auto model = readTflite(cut);
        EXPECT_FALSE(model) << size;
    }
}

TEST(Tflite, SurvivesMutations)
{
    const auto bytes = sampleModel();
    std::mt19937 random(1);
    std::size_t summaries = 0;
    for (int round = 0; round < 4000; ++round) {
        auto mutated = bytes;
        for (unsigned i = 0; i <= random() % 4; ++i) {
            // Tables and vtables stand near the front and the end; weights, where nothing can go wrong, in between.
            const auto range = random() % 2 == 0 ? std::size_t{512} : mutated.size();
            mutated[random() % range] = static_cast<std::byte>(random() % 3 == 0 ? 0xff : random());
        }
        if (const auto model = readTflite(mutated)) {
            ++summaries;
            EXPECT_LE(model->graphs.size(), maxShownGraphs);
            EXPECT_LE(model->operators.size(), maxShownOperators + 1);
        }
    }
    EXPECT_GT(summaries, 0U);
}

/// A model with one graph, whose operators are all the same custom one.
Blob customModel(std::string_view custom, unsigned count)
{
    using flatbuffers::Offset;
    constexpr auto field = [](unsigned number) { return static_cast<flatbuffers::voffset_t>(4 + 2 * number); };
    flatbuffers::FlatBufferBuilder builder;
    const auto name = builder.CreateString(custom.data(), custom.size());
    const auto codeStart = builder.StartTable();
    builder.AddOffset(field(1), name);
    builder.AddElement<std::int32_t>(field(3), 32, 0);
    const Offset<void> code(builder.EndTable(codeStart));
    const auto codes = builder.CreateVector(&code, 1);
    std::vector<Offset<void>> operators;
    for (unsigned i = 0; i < count; ++i) {
        operators.emplace_back(builder.EndTable(builder.StartTable()));
    }
    const auto operatorVector = builder.CreateVector(operators);
    const auto inputs = builder.CreateVector(std::vector<std::int32_t>{-1, 7});
    const auto graphStart = builder.StartTable();
    builder.AddOffset(field(1), inputs);
    builder.AddOffset(field(3), operatorVector);
    const Offset<void> graph(builder.EndTable(graphStart));
    const auto graphs = builder.CreateVector(&graph, 1);
    const auto modelStart = builder.StartTable();
    builder.AddElement<std::uint32_t>(field(0), 3, 0);
    builder.AddOffset(field(1), codes);
    builder.AddOffset(field(2), graphs);
    builder.Finish(Offset<void>(builder.EndTable(modelStart)), "TFL3");
    const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
    return {bytes.begin(), bytes.end()};
}

TEST(Tflite, NamesCustomOperatorsAndMissingTensors)
{
    const auto model = must(readTflite(customModel("ethos-u", 3)));
    ASSERT_EQ(model.operators.size(), 1U);
    EXPECT_EQ(model.operators[0].name, "ethos-u");
    EXPECT_TRUE(model.operators[0].isCustom);
    EXPECT_EQ(model.operators[0].count, 3U);
    EXPECT_TRUE(model.isForEthosU());
    ASSERT_EQ(model.graphs[0].inputs.size(), 2U);
    EXPECT_THAT(model.graphs[0].inputs[1].name, HasSubstr("does not exist"));
}

// Kinds ---------------------------------------------------------------------------------------------------------------

TEST(Kind, GoesByContentFirst)
{
    EXPECT_EQ(kindOf({}, "empty.py"), FileKind::Empty);
    EXPECT_EQ(kindOf(text("import time\n"), "app.py"), FileKind::Python);
    EXPECT_EQ(kindOf(text("#!/usr/bin/env python3\n"), "tool"), FileKind::Python);
    EXPECT_EQ(kindOf(text("{\"a\": 1}"), "config.json"), FileKind::Json);
    EXPECT_EQ(kindOf(text("a,b\n1,2\n"), "table.csv"), FileKind::Text);
    EXPECT_EQ(kindOf(hex("4d 06 00 1f 00 00"), "x.py"), FileKind::Mpy);
    EXPECT_EQ(kindOf(sampleModel(), "model.bin"), FileKind::Tflite);
    EXPECT_EQ(kindOf(text("NBIN") + hex("00 01 02 00"), "model.tflite"), FileKind::NeuralArt);
    EXPECT_EQ(kindOf(imageOf(fileWith("a", "b")), "nested.bin"), FileKind::Romfs);
    EXPECT_EQ(kindOf(hex("d2 cd 31"), "no.romfs"), FileKind::Binary);
    EXPECT_EQ(kindOf(filled(64, 0), "zeros"), FileKind::Binary);
    EXPECT_EQ(kindOf(hex("ff d8 ff e0 00 10"), "photo"), FileKind::Picture);
}

TEST(Kind, KnowsPicturesByTheirFirstBytes)
{
    EXPECT_EQ(pictureFormat(text("\x89PNG\r\n\x1a\n")), "png");
    EXPECT_EQ(pictureFormat(text("GIF89a")), "gif");
    EXPECT_EQ(pictureFormat(text("P5 4 4 255\n")), "pgm");
    EXPECT_EQ(pictureFormat(text("P6\n4 4 255\n")), "ppm");
    EXPECT_EQ(pictureFormat(text("BM") + hex("46 00 00 00 00 00 00 00 36 00 00 00 28 00 00 00 02 00 00 00")), "bmp");
    EXPECT_EQ(pictureFormat(text("BM is a text that begins with BM")), "");
    EXPECT_EQ(pictureFormat(text("P5")), "");
    EXPECT_EQ(pictureFormat({}), "");
}

TEST(Kind, TellsTextFromOtherBytes)
{
    EXPECT_TRUE(looksLikeText(text("caf\xc3\xa9 \xe2\x82\xac\n")));
    EXPECT_TRUE(looksLikeText(text("caf\xe9 in Latin-1, which is text in an older encoding")));
    EXPECT_TRUE(looksLikeText(text("\x1b[31mred\x1b[0m and much more text that follows it")));
    EXPECT_FALSE(looksLikeText(text("zero") + hex("00") + text("inside")));
    EXPECT_FALSE(looksLikeText(hex("80 81 82 83 84 85 86 87")));
}

// Digests -------------------------------------------------------------------------------------------------------------

TEST(Digest, IsThatOfOtherTools)
{
    const auto known = must(digest(content("123456789")));
    EXPECT_EQ(known.crc32, 0xcbf43926U);
    EXPECT_EQ(known.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225");
    const auto empty = must(digest({}));
    EXPECT_EQ(empty.crc32, 0U);
    EXPECT_EQ(empty.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, IsTheSameForStreamedContent)
{
    const auto bytes = pattern(3'000'000);
    EXPECT_EQ(must(digest(content(bytes))).sha256, must(digest(streamed(bytes))).sha256);
    EXPECT_EQ(must(digest(content(bytes))).crc32, must(digest(streamed(bytes))).crc32);
}

TEST(Digest, StopsAndFails)
{
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = digest(content("x"), stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(messageOf(digest(streamed(pattern(200'000), 100'000))), "the source has changed");
}

// Text ----------------------------------------------------------------------------------------------------------------

TEST(DecodedText, LosesNoByte)
{
    const auto decoded = decodeText(text("a\xff\xc3\xa9\r\nb\rc\x07\xe2\x80\xae!\n"));
    EXPECT_EQ(decoded.utf8, "a\\xff\xc3\xa9\nb\nc\\x07\\u{202e}!\n");
    EXPECT_EQ(decoded.badBytes, 1U);
    EXPECT_EQ(decoded.badLine, 1U);
    EXPECT_EQ(decoded.hiddenCharacters, 2U);
    EXPECT_FALSE(decoded.isCut);
}

TEST(DecodedText, IsCutBetweenCharactersAndLines)
{
    const auto cut = decodeText(text("ab\xc3\xa9\xc3\xa9"), {.bytes = 3, .lines = 10, .column = 80});
    EXPECT_EQ(cut.utf8, "ab\xc3\xa9");
    EXPECT_TRUE(cut.isCut);
    EXPECT_EQ(cut.shownBytes, 4U);
    const auto lines = decodeText(text("1\n2\n3\n4\n"), {.bytes = 100, .lines = 2, .column = 80});
    EXPECT_EQ(lines.utf8, "1\n2\n");
    EXPECT_TRUE(lines.isCut);
}

TEST(DecodedText, BreaksLongLines)
{
    const auto decoded = decodeText(text("abcdefgh\nxy\nijklm"), {.bytes = 100, .lines = 10, .column = 3});
    EXPECT_EQ(decoded.utf8, "abc\ndef\ngh\nxy\nijk\nlm");
    EXPECT_EQ(decoded.brokenLines, 2U);
}

TEST(PrettyJson, KeepsOrderAndSpelling)
{
    EXPECT_EQ(prettyJson(R"({"b":1.50,"a":["x\"y, {z}",true,[],{ }]})"),
              "{\n  \"b\": 1.50,\n  \"a\": [\n    \"x\\\"y, {z}\",\n    true,\n    [],\n    {}\n  ]\n}\n");
    EXPECT_EQ(prettyJson("[]"), "[]\n");
    EXPECT_EQ(prettyJson(" 42 "), "42\n");
    EXPECT_EQ(prettyJson("\xef\xbb\xbf{}"), "{}\n");
}

TEST(PrettyJson, IsCutBeforeIndentationFillsTheMemory)
{
    std::string deep;
    for (int i = 0; i < 2000; ++i) {
        deep += std::string(500, '[') + std::string(500, ']') + ",";
    }
    const auto pretty = prettyJson("[" + deep + "1]", 10'000);
    ASSERT_TRUE(pretty);
    EXPECT_LT(pretty->size(), 20'000U);
}

TEST(PrettyJson, SaysWhereItBreaks)
{
    const auto broken = prettyJson("{\n  \"\xc3\xa4\": 1,\n  \"b\": x\n}");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().line, 3U);
    EXPECT_GE(broken.error().column, 8U);
    EXPECT_LE(broken.error().column, 9U);
    EXPECT_FALSE(broken.error().message.empty());
    EXPECT_FALSE(prettyJson(""));
    EXPECT_FALSE(prettyJson("1,2"));
    EXPECT_FALSE(prettyJson("{} x"));
    EXPECT_FALSE(prettyJson(std::string(100'000, '[')));
}

// Bytes as text -------------------------------------------------------------------------------------------------------

TEST(ByteText, ReadsWhatPeopleWrite)
{
    for (const auto* written : {"d2 cd 31", "d2cd31", "D2CD31", "0xd2, 0xcd, 0x31", "\\xd2\\xcd\\x31", " d2:cd:31 "}) {
        EXPECT_EQ(must(parseHex(written)), hex("d2 cd 31")) << written;
    }
    for (const auto* wrong : {"", "  ", "d", "d2 c", "xy", "d2 cd 3g"}) {
        EXPECT_FALSE(parseHex(wrong)) << wrong;
    }
    EXPECT_EQ(parseOffset("0x1F0"), 0x1f0U);
    EXPECT_EQ(parseOffset("1f0h"), 0x1f0U);
    EXPECT_EQ(parseOffset("496"), 496U);
    EXPECT_EQ(parseOffset("0x"), std::nullopt);
    EXPECT_EQ(parseOffset("12 "), std::nullopt);
    EXPECT_EQ(parseOffset("99999999999999999999"), std::nullopt);
}

TEST(ByteText, WritesForOtherPrograms)
{
    const auto bytes = hex("d2 cd 31 27 5c 0a 00");
    EXPECT_EQ(toHex(bytes), "d2 cd 31 27 5c 0a 00");
    EXPECT_EQ(toHex({}), "");
    EXPECT_EQ(toCArray(bytes), "0xd2, 0xcd, 0x31, 0x27, 0x5c, 0x0a, 0x00");
    EXPECT_THAT(toCArray(filled(13, 1)), HasSubstr(",\n0x01"));
    EXPECT_EQ(toPythonBytes(bytes), R"(b"\xd2\xcd1'\\\n\x00")");
    EXPECT_EQ(toPythonBytes(text("a'\"")), R"(b'a\'"')");
    EXPECT_EQ(toDump(text("0123456789abcdefXY")),
              "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n"
              "00000010  58 59                                             XY\n");
}

TEST(Search, FindsAcrossPieces)
{
    auto bytes = filled(3'000'000, 0);
    std::vector<std::uint64_t> expected;
    for (std::size_t at :
         {std::size_t{0}, std::size_t{1024 * 1024 - 1}, std::size_t{2 * 1024 * 1024 + 1}, bytes.size() - 3}) {
        std::ranges::copy(hex("d2 cd 31"), bytes.begin() + static_cast<std::ptrdiff_t>(at));
        expected.push_back(at);
    }
    EXPECT_EQ(must(findAll(content(bytes), hex("d2 cd 31"))).offsets, expected);
    EXPECT_EQ(must(findAll(streamed(bytes), hex("d2 cd 31"))).offsets, expected);
    EXPECT_THAT(must(findAll(content(bytes), hex("aa"))).offsets, IsEmpty());
    EXPECT_THAT(must(findAll({}, hex("aa"))).offsets, IsEmpty());
}

TEST(Search, DoesNotOverlapAndStopsCounting)
{
    EXPECT_THAT(must(findAll(content(filled(5, 7)), hex("07 07"))).offsets, ElementsAre(0U, 2U));
    const auto capped = must(findAll(content(filled(100, 7)), hex("07"), 10));
    EXPECT_EQ(capped.offsets.size(), 10U);
    EXPECT_TRUE(capped.isCapped);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(findAll(content("x"), text("x"), 1, stop.get_token()));
}

// An image's bytes without writing it ---------------------------------------------------------------------------------

Blob bytesOf(const romfs::ImageBytes& image)
{
    std::vector<std::byte> all(image.size());
    must(image.read(0, all));
    return Blob(std::move(all));
}

void expectSameAsWritten(std::span<const romfs::Entry> entries, const romfs::LayoutOptions& options)
{
    const auto layout = romfs::Layout::plan(entries, options);
    const auto image = must(romfs::write(entries, layout));
    const auto whole = must(romfs::ImageBytes::ofImage(entries, layout));
    EXPECT_EQ(bytesOf(*whole), Blob(image));
    EXPECT_EQ(whole->begin(), 0U);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        const auto record = must(romfs::ImageBytes::ofRecord(entries, layout, i));
        const auto& placement = layout[i];
        EXPECT_EQ(record->begin(), placement.recordOffset);
        EXPECT_EQ(bytesOf(*record),
                  Blob(image.begin() + static_cast<std::ptrdiff_t>(placement.recordOffset),
                       image.begin() + static_cast<std::ptrdiff_t>(placement.recordEnd)));
    }
}

Entries someEntries()
{
    Entries entries;
    entries.file("a.txt", "A", 4).open("lib").file("model.tflite", streamed(pattern(1000)), 32).open("empty").close();
    entries.file("empty.py", "").close().raw(record(1, text("comment"))).file("last", "z", 64);
    return entries;
}

TEST(ImageBytes, AreThoseThatWouldBeWritten)
{
    expectSameAsWritten(someEntries(), openMv());
    expectSameAsWritten(someEntries(), compact());
    expectSameAsWritten({}, openMv());
}

TEST(ImageBytes, OfAnUnchangedImageAreItsOwn)
{
    const auto shared = record(2, text("SHARED"));
    const auto pointer = fileRecord("p", record(3, varuint(6) + varuint(2)));
    const auto inner = fileRecord("x", record(1, text("pad")) + record(2, text("content")) + record(7, text("after")));
    const auto image
        = readBlob(imageOf(shared + pointer + directoryRecord("d", inner + hex("00 00"))) + text("trailing"));
    expectSameAsWritten(image.entries, unedited(image));
}

TEST(ImageBytes, SayWhatTheyAre)
{
    Entries entries;
    entries.file("a.txt", "content", 16);
    const auto layout = romfs::Layout::plan(entries, openMv());
    const auto record = must(romfs::ImageBytes::ofRecord(entries, layout, 0));
    ASSERT_EQ(record->stretches().size(), 2U);
    EXPECT_EQ(record->stretchAt(0)->kind, romfs::StretchKind::RecordHeader);
    const auto content = layout[0].contentOffset - layout[0].recordOffset;
    EXPECT_EQ(record->stretchAt(content - 1)->kind, romfs::StretchKind::RecordHeader);
    EXPECT_EQ(record->stretchAt(content)->kind, romfs::StretchKind::Content);
    EXPECT_EQ(record->stretchAt(record->size()), nullptr);
    EXPECT_TRUE(record->isInMemory());
    std::byte byte{};
    EXPECT_FALSE(record->read(record->size(), {&byte, 1}));
}

} // namespace
} // namespace romsmith::test
