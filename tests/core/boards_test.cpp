// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"

#include <QByteArray>
#include <QFile>
#include <QTemporaryDir>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <format>
#include <optional>
#include <span>
#include <string>

namespace romsmith::boards {
namespace {

using namespace Qt::StringLiterals;

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t mebibyte = 1024 * 1024;

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

TEST(BuiltInBoards, Load)
{
    EXPECT_GE(BoardTable::builtIn().boards().size(), 14U);
}

TEST(BuiltInBoards, KnowTheN6)
{
    const Board* n6 = BoardTable::builtIn().find("OPENMV_N6");
    ASSERT_NE(n6, nullptr);
    EXPECT_EQ(n6->name, "OpenMV N6");
    EXPECT_EQ(n6->vendor, "OpenMV");
    EXPECT_EQ(n6->port, "stm32");
    EXPECT_EQ(n6->alignment.byExtension.at("tflite"), 32U);
    EXPECT_EQ(n6->alignment.byExtension.at("onnx"), 32U);
    EXPECT_EQ(n6->alignment.standard, 4U);
    ASSERT_TRUE(n6->mpy);
    EXPECT_EQ(n6->mpy->march, "armv7emdp");
    EXPECT_EQ(n6->mpy->smallIntBits, 31);

    ASSERT_EQ(n6->partitions.size(), 1U);
    const Partition& romfs = n6->partitions.front();
    EXPECT_EQ(romfs.size, 24 * mebibyte);
    EXPECT_EQ(romfs.address, 0x70800000U);
    EXPECT_EQ(romfs.baseAlignment(), 8 * mebibyte);
    EXPECT_EQ(romfs.eraseUnit, 4096U);
    ASSERT_TRUE(romfs.romIoctl);
    EXPECT_EQ(romfs.romIoctl->minimumWrite, 4U);
    EXPECT_EQ(romfs.romIoctl->chunkMultiple, 256U);
    EXPECT_EQ(romfs.fileName, "romfs0.img");

    EXPECT_EQ(n6->bootloader.kind, BootloaderKind::OpenMvDfu);
    ASSERT_TRUE(n6->bootloader.dfu);
    EXPECT_EQ(n6->bootloader.dfu->transferSize, 4096U);
    EXPECT_EQ(n6->bootloader.dfu->attributes, 0x07);
    const AlternateSetting* setting = n6->bootloader.alternateSetting(romfs.alternateSetting);
    ASSERT_NE(setting, nullptr);
    EXPECT_EQ(setting->number, 3);
    EXPECT_EQ(setting->size, romfs.size);
    EXPECT_EQ(setting->mappedAddress, romfs.address);
    EXPECT_FALSE(n6->bootloader.alternateSetting("BOOTLOADER")->writable);
    ASSERT_TRUE(n6->files.front().entryRange);
    EXPECT_TRUE(n6->files.front().entryRange->contains(0x703FFFFF));
    EXPECT_FALSE(n6->files.front().entryRange->contains(0x70400000));
}

TEST(BuiltInBoards, KnowBothPartitionsOfTheAe3)
{
    const Board* ae3 = BoardTable::builtIn().find("OPENMV_AE3");
    ASSERT_NE(ae3, nullptr);
    ASSERT_EQ(ae3->partitions.size(), 2U);
    const Partition& performance = *ae3->partition(0);
    EXPECT_EQ(performance.label, "High Performance Core");
    EXPECT_EQ(performance.size, 24 * mebibyte);
    EXPECT_EQ(performance.address, 0xA0800000U);
    EXPECT_EQ(performance.alternateSetting, "ROMFS0");
    const Partition& efficiency = *ae3->partition(1);
    EXPECT_EQ(efficiency.label, "High Efficiency Core");
    EXPECT_EQ(efficiency.size, mebibyte);
    EXPECT_EQ(efficiency.address, 0x8047E000U);
    EXPECT_EQ(efficiency.baseAlignment(), 8192U);
    EXPECT_EQ(efficiency.eraseUnit, std::nullopt);
    EXPECT_EQ(efficiency.romIoctl->id, 1U);
    EXPECT_EQ(efficiency.fileName, "romfs1.img");
    EXPECT_EQ(ae3->partition(2), nullptr);

    const AlternateSetting* mram = ae3->bootloader.alternateSetting("ROMFS1");
    ASSERT_NE(mram, nullptr);
    EXPECT_TRUE(mram->mustStartAtBlockZero);
    EXPECT_EQ(mram->programUnit, 16U);
    EXPECT_FALSE(ae3->bootloader.alternateSetting("TOC")->danger.empty());
    EXPECT_FALSE(ae3->bootloader.alternateSetting("RECOVERY")->danger.empty());
}

TEST(BuiltInBoards, KnowTheH7Plus)
{
    const Board* h7Plus = BoardTable::builtIn().find("OPENMV4P");
    ASSERT_NE(h7Plus, nullptr);
    const Partition& romfs = h7Plus->partitions.front();
    EXPECT_EQ(romfs.size, 8 * mebibyte);
    EXPECT_EQ(romfs.address, 0x91800000U);
    EXPECT_EQ(romfs.readBackTailGuard, 512U);
    EXPECT_EQ(h7Plus->bootloader.alternateSetting(romfs.alternateSetting)->number, 4);
    EXPECT_EQ(h7Plus->bootloader.alternateSetting("SPI_FLASH")->role, Role::WholeChip);
    EXPECT_EQ(h7Plus->usb.applicationLegacy, std::vector{UsbId(0x1209, 0xABD1)});
}

TEST(BuiltInBoards, KnowTheArduinoGiga)
{
    const Board* giga = BoardTable::builtIn().find("ARDUINO_GIGA");
    ASSERT_NE(giga, nullptr);
    const Partition& romfs = giga->partitions.front();
    EXPECT_EQ(romfs.size, 4 * mebibyte);
    EXPECT_EQ(romfs.address, 0x90B00000U);
    EXPECT_EQ(giga->bootloader.kind, BootloaderKind::DfuSe);
    EXPECT_EQ(giga->bootloader.dfu->version, 0x011A);
    EXPECT_EQ(giga->bootloader.dfu->firstBlock, 2);
    const AlternateSetting* setting
        = giga->bootloader.alternateSettingFor("@Ext RAW  Flash 16MB   /0x90000000/4096*4Kg");
    ASSERT_NE(setting, nullptr);
    EXPECT_EQ(setting->name, romfs.alternateSetting);
    EXPECT_EQ(setting->number, 1);
    EXPECT_EQ(giga->files.at(1).address, romfs.address);
}

TEST(BuiltInBoards, KnowThatTheRt1060HasABlockDeviceAndNoDfu)
{
    const Board* rt1060 = BoardTable::builtIn().find("OPENMV_RT1060");
    ASSERT_NE(rt1060, nullptr);
    EXPECT_EQ(rt1060->partitions.front().romIoctl->object, RomObject::BlockDevice);
    EXPECT_EQ(rt1060->bootloader.kind, BootloaderKind::NxpHid);
    EXPECT_FALSE(rt1060->bootloader.dfu);
    EXPECT_EQ(rt1060->bootloader.hid->currentVersion, 0x4B020800U);
    EXPECT_EQ(rt1060->usb.bootloader, std::vector{UsbId(0x15A2, 0x0073)});
}

TEST(BuiltInBoards, IncludeAGenericOneWithoutLimits)
{
    const Board* generic = BoardTable::builtIn().find("GENERIC");
    ASSERT_NE(generic, nullptr);
    ASSERT_EQ(generic->partitions.size(), 1U);
    EXPECT_EQ(generic->partitions.front().size, std::nullopt);
    EXPECT_EQ(generic->partitions.front().baseAlignment(), std::nullopt);
    EXPECT_FALSE(generic->mpy);
    EXPECT_EQ(generic->bootloader.kind, BootloaderKind::None);
    EXPECT_EQ(generic->alignment.standard, 4U);
    EXPECT_EQ(generic->alignment.byExtension.at("bin"), 16U);
}

TEST(BuiltInBoards, HavePartitionsThatKeepTheAlignmentOfTheirModels)
{
    for (const Board& board : BoardTable::builtIn().boards()) {
        for (const Partition& partition : board.partitions) {
            SCOPED_TRACE(std::format("{} partition {}", board.id, partition.index));
            EXPECT_TRUE(std::has_single_bit(board.alignment.largest()));
            EXPECT_TRUE(partition.romIoctl || board.id == "GENERIC");
            if (board.id != "GENERIC") {
                ASSERT_TRUE(partition.size && partition.address);
                EXPECT_GT(*partition.size, 0U);
                EXPECT_GE(*partition.baseAlignment(), board.alignment.largest());
            }
        }
    }
}

TEST(BuiltInBoards, AgreeWithTheirBootloaderOnWhereRomfsIs)
{
    for (const Board& board : BoardTable::builtIn().boards()) {
        for (const Partition& partition : board.partitions) {
            SCOPED_TRACE(std::format("{} partition {}", board.id, partition.index));
            const AlternateSetting* setting = board.bootloader.alternateSetting(partition.alternateSetting);
            const bool isDfu = board.bootloader.dfu.has_value();
            ASSERT_EQ(setting != nullptr, isDfu);
            if (isDfu) {
                EXPECT_TRUE(setting->writable && setting->readable);
                EXPECT_GE(*partition.address, *setting->mappedAddress);
                EXPECT_LE(*partition.address + *partition.size, *setting->mappedAddress + *setting->size);
            }
        }
    }
}

TEST(BuiltInBoards, ExpectFirmwareEntriesInsideTheFirmwareSetting)
{
    for (const Board& board : BoardTable::builtIn().boards()) {
        for (const ReleaseFile& file : board.files) {
            if (file.entryRange) {
                SCOPED_TRACE(board.id + " " + file.fileName);
                const AlternateSetting* setting = board.bootloader.alternateSetting(file.alternateSetting);
                ASSERT_NE(setting, nullptr);
                EXPECT_EQ(file.entryRange->start, setting->mappedAddress);
                EXPECT_EQ(file.entryRange->end, *setting->mappedAddress + *setting->size);
            }
        }
    }
}

TEST(BoardLookup, FindsIdsAndAliasesInAnyCase)
{
    const BoardTable& table = BoardTable::builtIn();
    const Board* n6 = table.find("OPENMV_N6");
    ASSERT_NE(n6, nullptr);
    EXPECT_EQ(table.find("openmv_n6"), n6);
    EXPECT_EQ(table.find("n6"), n6);
    EXPECT_EQ(table.find("h7 plus"), table.find("OPENMV4P"));
    EXPECT_EQ(table.find("giga"), table.find("ARDUINO_GIGA"));
    EXPECT_EQ(table.find("OPENMV_N"), nullptr);
    EXPECT_EQ(table.find(""), nullptr);
}

TEST(BoardLookup, FindsBoardsByUsbId)
{
    const BoardTable& table = BoardTable::builtIn();
    const auto running = table.findByUsbId({0x37C5, 0x16E3});
    ASSERT_EQ(running.size(), 1U);
    EXPECT_EQ(running.front().board->id, "OPENMV_AE3");
    EXPECT_EQ(running.front().mode, UsbMode::Application);
    const auto waiting = table.findByUsbId({0x37C5, 0x9206});
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting.front().board->id, "OPENMV_N6");
    EXPECT_EQ(waiting.front().mode, UsbMode::Bootloader);
    EXPECT_THAT(table.findByUsbId({0xFFFF, 0xFFFF}), IsEmpty());
}

TEST(BoardLookup, ReturnsEveryBoardThatSharesALegacyUsbId)
{
    const auto matches = BoardTable::builtIn().findByUsbId({0x1209, 0xABD1});
    EXPECT_GT(matches.size(), 4U);
    for (const UsbMatch& match : matches) {
        EXPECT_EQ(match.mode, UsbMode::ApplicationLegacy) << match.board->id;
    }
}

TEST(UsbIds, AreWrittenAndReadAsFourDigitsColonFourDigits)
{
    EXPECT_EQ(UsbId(0x37C5, 0x0206).toString(), "37C5:0206");
    EXPECT_EQ(UsbId::fromString("37c5:0206"), UsbId(0x37C5, 0x0206));
    for (const char* wrong : {"", "37C5", "37C5:206", "37C5-1206", "37C5:1206 ", "+7C5:1206", "37C5:12G6"}) {
        EXPECT_EQ(UsbId::fromString(wrong), std::nullopt) << wrong;
    }
}

class UserBoards : public testing::Test
{
protected:
    std::filesystem::path write(const QByteArray& content)
    {
        const QString path = m_folder.filePath(u"my boards.json"_s);
        QFile file(path);
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        EXPECT_EQ(file.write(content), content.size());
        return path.toStdU16String();
    }

    QTemporaryDir m_folder;
};

TEST_F(UserBoards, AddABoardToTheBuiltInOnes)
{
    const auto table = BoardTable::withUserFile(
        write(tableOf(R"({"id": "MINE", "name": "My board", "partitions": [{"index": 0, "size": 65536}]})")));
    ASSERT_TRUE(table) << problem(table);
    EXPECT_EQ(table->boards().size(), BoardTable::builtIn().boards().size() + 1);
    ASSERT_NE(table->find("mine"), nullptr);
    EXPECT_EQ(table->find("mine")->partitions.front().size, 65536U);
    EXPECT_NE(table->find("N6"), nullptr);
    EXPECT_EQ(BoardTable::builtIn().find("mine"), nullptr);
}

TEST_F(UserBoards, ReplaceABuiltInOneById)
{
    const auto table = BoardTable::withUserFile(
        write(tableOf(R"({"id": "openmv_n6", "name": "My N6", "partitions": [{"index": 0, "size": 65536}]})")));
    ASSERT_TRUE(table) << problem(table);
    EXPECT_EQ(table->boards().size(), BoardTable::builtIn().boards().size());
    ASSERT_NE(table->find("OPENMV_N6"), nullptr);
    EXPECT_EQ(table->find("OPENMV_N6")->name, "My N6");
    EXPECT_EQ(table->find("N6"), nullptr);
    EXPECT_EQ(BoardTable::builtIn().find("OPENMV_N6")->name, "OpenMV N6");
}

TEST_F(UserBoards, MayNotTakeTheNameOfAnotherBoard)
{
    const auto table = BoardTable::withUserFile(
        write(tableOf(R"({"id": "MINE", "name": "My board", "aliases": ["n6"], "partitions": []})")));
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::AlreadyExists);
    EXPECT_THAT(problem(table),
                AllOf(HasSubstr("my boards.json: board MINE: the name n6"), HasSubstr("by board OPENMV_N6")));
}

TEST_F(UserBoards, LeaveATableAsItWasIfTheyCannotBeMerged)
{
    auto table = parse(tableOf(R"({"id": "A", "name": "a", "partitions": []})"));
    auto other = parse(tableOf(R"({"id": "B", "name": "b", "aliases": ["A"], "partitions": []})"));
    ASSERT_TRUE(table && other);
    EXPECT_FALSE(table->merge(*std::move(other)));
    EXPECT_EQ(table->boards().size(), 1U);
}

TEST_F(UserBoards, AreNamedWithTheirFileWhenTheyAreWrong)
{
    const auto table = BoardTable::withUserFile(write(tableOf(R"({"id": "MINE", "name": "My board"})")));
    EXPECT_THAT(problem(table), HasSubstr("my boards.json: board MINE: partitions: expected a list, found nothing"));
}

TEST_F(UserBoards, CannotComeFromAFileThatIsNotThere)
{
    const auto table = BoardTable::withUserFile(m_folder.filePath(u"none.json"_s).toStdU16String());
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::CannotRead);
    EXPECT_THAT(problem(table), HasSubstr("none.json"));
}

TEST_F(UserBoards, CannotComeFromAnEnormousFile)
{
    const auto table = BoardTable::withUserFile(write(QByteArray(5 * 1024 * 1024, ' ')));
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace romsmith::boards
