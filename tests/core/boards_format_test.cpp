// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <format>
#include <span>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace romsmith::boards {
namespace {

using namespace Qt::StringLiterals;

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A table with one board that uses every key of the format.
constexpr auto everyKey = R"({
  "schemaVersion": 1,
  "boards": [{
    "id": "TINY", "name": "Tiny Cam", "aliases": ["T1"], "vendor": "Acme", "mcu": "X1", "core": "cortex-m7",
    "port": "stm32", "flash": {"internal": 131072, "external": 1048576}, "debugBuffer": 512,
    "usb": {"application": ["1234:0001"], "applicationLegacy": ["1209:ABD1"], "bootloader": ["1234:8001"],
            "applicationSpeed": "full", "bootloaderSpeed": "high",
            "applicationSerial": "uniqueId", "bootloaderSerial": "uniqueIdReversed"},
    "runtime": {"machines": ["Tiny"], "archStrings": ["TINY 1"], "boardType": "T"},
    "npu": "ethosU",
    "mpy": {"march": "armv7emdp", "smallIntBits": 31},
    "alignment": {"default": 4, "byExtension": {"tflite": 64}},
    "partitions": [
      {"index": 0, "label": "Main", "fileName": "romfs0.img", "size": 65536, "address": "0x90010000",
       "flashOffset": "0x10000", "eraseUnit": 4096, "readBackTailGuard": 512,
       "romIoctl": {"id": 0, "object": "memoryview", "writable": true, "minimumWrite": 4, "chunkMultiple": 256},
       "alternateSetting": "ROMFS0", "factoryFiles": ["a.tflite"], "notes": ["Slow."]},
      {"index": 1, "size": null}],
    "bootloader": {
      "kind": "openmvDfu", "product": "Tiny DFU", "manufacturer": "Acme",
      "dfu": {"version": "0x0101", "attributes": "0x07", "detachTimeout": 1000, "transferSize": 4096, "firstBlock": 0,
              "uploadTail": 4},
      "window": {"everyReset": true, "configurationWait": 1000, "idle": 1500},
      "entry": ["reset"], "forcedEntry": {"location": "0x2001FFFC", "value": "0xB00710AD"}, "exit": ["detach"],
      "alternateSettings": [
        {"number": 0, "name": "ROMFS0", "nameIsPrefix": false, "role": "romfs", "memory": "qspi", "start": "0x10000",
         "size": 65536, "mappedAddress": "0x90010000", "readable": true, "writable": true,
         "mustStartAtBlockZero": false, "sectors": [{"count": 16, "size": 4096, "writable": true}],
         "programUnit": 256, "description": "ROM", "danger": "None."}],
      "regions": [{"name": "FAT", "role": "filesystem", "address": "0x90000000", "size": 65536,
                   "alternateSetting": "ROMFS0"}],
      "notes": ["Quick."]},
    "files": [{"fileName": "firmware.bin", "role": "firmware", "alternateSetting": "ROMFS0", "address": "0x08000000",
               "entryRange": {"start": "0x08000000", "end": "0x08010000"}}],
    "filesystemErase": [{"alternateSetting": "ROMFS0", "address": "0x90000000", "size": 4096}],
    "romFallbacks": [{"name": "ROM", "usb": ["0483:DF11"], "entry": "Jumper.", "use": "Write it.", "notes": ["Hot."]}],
    "notes": ["For tests."]
  }]
})";

Result<BoardTable> parse(const QByteArray& json)
{
    return BoardTable::parse(std::as_bytes(std::span(json)), "mine.json");
}

QByteArray tableOf(const char* boards)
{
    return QByteArray(R"({"schemaVersion": 1, "boards": [)") + boards + "]}";
}

std::string problem(const Result<BoardTable>& result)
{
    return result ? "no problem" : result.error().message;
}

// Where a value stands in a document: keys and indices.
using Step = std::variant<QString, qsizetype>;
using Path = std::vector<Step>;

QJsonValue changed(const QJsonValue& root, std::span<const Step> path, const QJsonValue& value)
{
    if (path.empty()) {
        return value;
    }
    if (const auto* key = std::get_if<QString>(&path.front())) {
        QJsonObject object = root.toObject();
        const QJsonValue member = changed(object.value(*key), path.subspan(1), value);
        // QJsonObject::insert() removes the key if the value is undefined.
        object.insert(*key, member);
        return object;
    }
    QJsonArray array = root.toArray();
    const qsizetype index = std::get<qsizetype>(path.front());
    array[index] = changed(array.at(index), path.subspan(1), value);
    return array;
}

/// Reads "partitions[0].size".
Path pathOf(std::string_view text)
{
    Path path{u"boards"_s, qsizetype{0}};
    for (const QString& part : QString::fromStdString(std::string(text)).split(u'.')) {
        const qsizetype bracket = part.indexOf(u'[');
        path.emplace_back(bracket < 0 ? part : part.left(bracket));
        if (bracket >= 0) {
            path.emplace_back(part.mid(bracket + 1, part.size() - bracket - 2).toLongLong());
        }
    }
    return path;
}

struct Field
{
    std::string name;
    QJsonValue value;
};

/// Every value inside a board, with its name as in error messages.
void collectFields(const QJsonValue& value, const std::string& name, std::vector<Field>& fields)
{
    if (!name.empty()) {
        fields.push_back({name, value});
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        for (const QString& key : object.keys()) {
            collectFields(object.value(key), (name.empty() ? "" : name + ".") + key.toStdString(), fields);
        }
    } else if (value.isArray()) {
        for (qsizetype i = 0; i < value.toArray().size(); ++i) {
            collectFields(value.toArray().at(i), std::format("{}[{}]", name, i), fields);
        }
    }
}

class BoardFormat : public testing::Test
{
protected:
    std::vector<Field> fields() const
    {
        std::vector<Field> result;
        collectFields(m_document.object().value(u"boards"_s).toArray().at(0), "", result);
        return result;
    }

    std::string problemWith(std::string_view field, const QJsonValue& value) const
    {
        const QJsonValue root = changed(m_document.object(), pathOf(field), value);
        return problem(parse(QJsonDocument(root.toObject()).toJson()));
    }

    std::string problemWithout(std::string_view field) const
    {
        return problemWith(field, QJsonValue(QJsonValue::Undefined));
    }

    QJsonDocument m_document = QJsonDocument::fromJson(everyKey);
};

TEST_F(BoardFormat, HasOneBoardThatUsesEveryKey)
{
    const auto table = parse(everyKey);
    ASSERT_TRUE(table) << problem(table);
    ASSERT_EQ(table->boards().size(), 1U);
    const Board& board = table->boards().front();
    EXPECT_EQ(board.flash->external, 1048576U);
    EXPECT_EQ(board.usb.bootloaderSpeed, UsbSpeed::High);
    EXPECT_EQ(board.usb.bootloaderSerial, SerialSource::UniqueIdReversed);
    EXPECT_THAT(board.runtime.machines, ElementsAre("Tiny"));
    EXPECT_EQ(board.alignment.largest(), 64U);
    EXPECT_EQ(board.partitions.at(0).flashOffset, 0x10000U);
    EXPECT_EQ(board.partitions.at(1).fileName, "romfs1.img");
    EXPECT_THAT(board.bootloader.entry, ElementsAre(EntryWay::Reset));
    EXPECT_THAT(board.bootloader.exit, ElementsAre(ExitWay::Detach));
    EXPECT_EQ(board.bootloader.forcedEntry->value, 0xB00710ADU);
    EXPECT_EQ(board.bootloader.window->idle, 1500U);
    EXPECT_EQ(board.bootloader.alternateSettings.front().sectors.front().count, 16U);
    EXPECT_EQ(board.bootloader.regions.front().role, Role::Filesystem);
    EXPECT_EQ(board.filesystemErase.front().size, 4096U);
    EXPECT_EQ(board.romFallbacks.front().usb.front().toString(), "0483:DF11");
}

TEST_F(BoardFormat, NeedsOnlyIdNameAndPartitions)
{
    const auto table
        = parse(tableOf(R"({"id": "MINE", "name": "My board", "partitions": [{"index": 0, "size": 4096}]})"));
    ASSERT_TRUE(table) << problem(table);
    const Board& board = table->boards().front();
    EXPECT_EQ(board.partitions.front().fileName, "romfs0.img");
    EXPECT_EQ(board.bootloader.kind, BootloaderKind::None);
    EXPECT_EQ(board.alignment.byExtension.at("tflite"), 16U);
}

TEST_F(BoardFormat, TakesNullForAnOptionalKeyAsAbsent)
{
    EXPECT_EQ(problemWith("mpy", QJsonValue::Null), "no problem");
    EXPECT_EQ(problemWith("partitions[0].label", QJsonValue::Null), "no problem");
    EXPECT_EQ(problemWith("partitions[0].eraseUnit", QJsonValue::Null), "no problem");
}

TEST_F(BoardFormat, ComplainsAboutEveryFieldOfTheWrongType)
{
    const auto all = fields();
    ASSERT_GT(all.size(), 100U);
    for (const Field& field : all) {
        const QJsonValue wrong = field.value.isBool() ? QJsonValue(u"yes"_s) : QJsonValue(true);
        const std::string found = field.value.isBool() ? R"(found the text "yes")" : "found true";
        const std::string board = field.name == "id" ? "mine.json: board number 1: " : "mine.json: board TINY: ";
        EXPECT_THAT(problemWith(field.name, wrong),
                    AllOf(HasSubstr(board + field.name + ": expected"), HasSubstr(found)));
    }
}

TEST_F(BoardFormat, ComplainsAboutEveryUnknownKey)
{
    for (const Field& field : fields()) {
        // In byExtension every key is an extension.
        if (field.value.isObject() && field.name != "alignment.byExtension") {
            EXPECT_THAT(problemWith(field.name + ".sise", 1),
                        HasSubstr("mine.json: board TINY: " + field.name + ".sise: unknown key; expected one of"));
        }
    }
    EXPECT_THAT(problemWith("sise", 1),
                HasSubstr("mine.json: board TINY: sise: unknown key; expected one of id, name"));
}

TEST_F(BoardFormat, ComplainsAboutEveryMissingRequiredField)
{
    for (const char* field : {"name",
                              "partitions",
                              "flash.internal",
                              "flash.external",
                              "mpy.march",
                              "mpy.smallIntBits",
                              "alignment.default",
                              "partitions[0].index",
                              "partitions[0].size",
                              "partitions[0].romIoctl.id",
                              "partitions[0].romIoctl.object",
                              "partitions[0].romIoctl.writable",
                              "bootloader.kind",
                              "bootloader.dfu.version",
                              "bootloader.dfu.attributes",
                              "bootloader.dfu.detachTimeout",
                              "bootloader.dfu.transferSize",
                              "bootloader.dfu.firstBlock",
                              "bootloader.window.everyReset",
                              "bootloader.forcedEntry.location",
                              "bootloader.forcedEntry.value",
                              "bootloader.alternateSettings[0].number",
                              "bootloader.alternateSettings[0].name",
                              "bootloader.alternateSettings[0].role",
                              "bootloader.alternateSettings[0].memory",
                              "bootloader.alternateSettings[0].readable",
                              "bootloader.alternateSettings[0].writable",
                              "bootloader.alternateSettings[0].sectors[0].count",
                              "bootloader.alternateSettings[0].sectors[0].size",
                              "bootloader.regions[0].name",
                              "bootloader.regions[0].role",
                              "bootloader.regions[0].address",
                              "files[0].fileName",
                              "files[0].role",
                              "files[0].entryRange.start",
                              "files[0].entryRange.end",
                              "filesystemErase[0].size",
                              "romFallbacks[0].name",
                              "romFallbacks[0].use"}) {
        EXPECT_THAT(
            problemWithout(field),
            AllOf(HasSubstr(std::format("mine.json: board TINY: {}: expected", field)), HasSubstr("found nothing")));
    }
    EXPECT_THAT(problemWithout("id"), HasSubstr("mine.json: board number 1: id: expected"));
}

TEST_F(BoardFormat, ComplainsAboutValuesOutOfRange)
{
    const std::vector<std::tuple<std::string, QJsonValue, std::string>> cases = {
        {"id", u"OPEN MV"_s, "letters, digits"},
        {"name", u""_s, "a text that is not empty"},
        {"debugBuffer", 0, "from 1 to 4294967295"},
        {"usb.application[0]", u"37C5"_s, "a vendor and product id"},
        {"usb.applicationSpeed", u"super"_s, "one of full, high"},
        {"usb.bootloaderSerial", u"random"_s, "one of uniqueId, "},
        {"mpy.march", u"armv9"_s, "one of x86, "},
        {"mpy.smallIntBits", 64, "from 2 to 63"},
        {"alignment.default", 0, "from 1 to"},
        {"alignment.default", 24, "a power of two"},
        {"alignment.byExtension.tflite", 48, "a power of two"},
        {"alignment.byExtension.TFLITE", 16, "lower case"},
        {"partitions[0].index", -1, "a whole number from 0"},
        {"partitions[1].index", 0, "another number"},
        {"partitions[0].fileName", u"a/b.img"_s, "without a folder"},
        {"partitions[0].size", 3, "from 4 to 4294967296"},
        {"partitions[0].size", 65536.5, "found the number 65536.5"},
        {"partitions[0].size", 4294967296.0, "what is left behind the address"},
        {"partitions[0].size", u"64K"_s, R"(found the text "64K")"},
        {"partitions[0].address", u"90010000"_s, R"("0x0" to "0xFFFFFFFF")"},
        {"partitions[0].address", u"0x190010000"_s, R"("0x0" to "0xFFFFFFFF")"},
        {"partitions[0].address", u"0x"_s, R"("0x0" to "0xFFFFFFFF")"},
        {"partitions[0].eraseUnit", 0, "from 1 to"},
        {"partitions[0].eraseUnit", 10000, "a divisor of the size 65536"},
        {"partitions[0].readBackTailGuard", 65536, "less than the size"},
        {"partitions[0].romIoctl.object", u"bytes"_s, "one of memoryview, blockDevice"},
        {"partitions[0].romIoctl.chunkMultiple", 0, "from 1 to"},
        {"partitions[0].alternateSetting", u"ROMFS9"_s, "a name from bootloader.alternateSettings"},
        {"bootloader.kind", u"dfu"_s, "one of none, openmvDfu"},
        {"bootloader.dfu.version", u"0x10000"_s, R"(to "0xFFFF")"},
        {"bootloader.dfu.attributes", u"0x100"_s, R"(to "0xFF")"},
        {"bootloader.dfu.transferSize", 65536, "from 1 to 65535"},
        {"bootloader.entry[0]", u"wish"_s, "one of reset, "},
        {"bootloader.exit[0]", u"wish"_s, "one of detach, "},
        {"bootloader.alternateSettings[0].number", 256, "from 0 to 255"},
        {"bootloader.alternateSettings[0].role", u"rom"_s, "one of other, "},
        {"bootloader.alternateSettings[0].memory", u"tape"_s, "one of none, "},
        {"bootloader.alternateSettings[0].sectors", QJsonArray{QJsonObject{{u"count"_s, 15}, {u"size"_s, 4096}}},
         "65536 bytes in all"},
        {"files[0].alternateSetting", u"FIRMWARE"_s, "a name from bootloader.alternateSettings"},
        {"files[0].entryRange.end", u"0x08000000"_s, "an address behind the start"},
        {"filesystemErase[0].alternateSetting", u"FAT"_s, "a name from bootloader.alternateSettings"},
        {"bootloader.regions[0].alternateSetting", u"FAT"_s, "a name from bootloader.alternateSettings"},
        {"romFallbacks[0].usb[0]", u"0483:DF1"_s, "a vendor and product id"},
    };
    for (const auto& [field, value, expected] : cases) {
        const std::string board = field == "id" ? "board number 1" : "board TINY";
        EXPECT_THAT(problemWith(field, value),
                    AllOf(HasSubstr(std::format("mine.json: {}: {}: expected", board, field)), HasSubstr(expected)));
    }
}

TEST_F(BoardFormat, WantsTheFactsThatFitTheKindOfBootloader)
{
    EXPECT_THAT(problemWithout("bootloader.dfu"), HasSubstr("board TINY: bootloader.dfu: expected"));
    EXPECT_THAT(problemWith("bootloader.kind", u"nxpHid"_s), HasSubstr("board TINY: bootloader.dfu: expected"));
    const QJsonObject hid{{u"currentVersion"_s, u"0x1"_s}, {u"eraseUnit"_s, 1}, {u"commandTimeout"_s, 1}};
    EXPECT_THAT(problemWith("bootloader.hid", hid), HasSubstr("board TINY: bootloader.hid: expected"));
}

TEST_F(BoardFormat, WantsAlternateSettingsToDiffer)
{
    QJsonArray settings;
    for (const Field& field : fields()) {
        if (field.name == "bootloader.alternateSettings") {
            settings = field.value.toArray();
        }
    }
    QJsonObject second = settings.at(0).toObject();
    second[u"number"_s] = 1;
    settings.append(second);
    EXPECT_THAT(problemWith("bootloader.alternateSettings", settings),
                HasSubstr("bootloader.alternateSettings[1].name: expected another name"));
    second[u"number"_s] = 0;
    second[u"name"_s] = u"OTHER"_s;
    settings[1] = second;
    EXPECT_THAT(problemWith("bootloader.alternateSettings", settings),
                HasSubstr("bootloader.alternateSettings[1].number: expected another number"));
}

TEST(BoardDocument, SaysWhereItStopsBeingJson)
{
    const auto table = parse("{\n  \"schemaVersion\": 1,\n  \"boards\": [,]\n}");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(problem(table), HasSubstr("mine.json: line 3, column 1"));
}

TEST(BoardDocument, MustBeAnObjectWithAVersionAndBoards)
{
    EXPECT_THAT(problem(parse("[]")), HasSubstr("expected an object, found a list"));
    EXPECT_THAT(problem(parse(R"({"boards": []})")), HasSubstr("mine.json: schemaVersion: expected"));
    EXPECT_THAT(problem(parse(R"({"schemaVersion": 2, "boards": []})")),
                HasSubstr("schemaVersion: expected a whole number from 1 to 1, found the number 2"));
    EXPECT_THAT(problem(parse(R"({"schemaVersion": 1})")), HasSubstr("mine.json: boards: expected a list"));
    EXPECT_THAT(problem(parse(R"({"schemaVersion": 1, "boards": [], "board": 1})")),
                HasSubstr("mine.json: board: unknown"));
    EXPECT_THAT(problem(parse(R"({"schemaVersion": 1, "boards": ["N6"]})")),
                HasSubstr(R"(mine.json: board number 1: expected an object, found the text "N6")"));
    EXPECT_EQ(problem(parse(R"({"schemaVersion": 1, "boards": []})")), "no problem");
}

TEST(BoardDocument, GivesEachNameToOneBoardOnly)
{
    const auto table = parse(tableOf(R"({"id": "A", "name": "a", "partitions": []},
                                        {"id": "B", "name": "b", "aliases": ["a"], "partitions": []})"));
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(problem(table), HasSubstr("mine.json: board B: the name a is already used by board A"));
}

} // namespace
} // namespace romsmith::boards
