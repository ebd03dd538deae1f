// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/backup.h"
#include "core/device/chunk.h"
#include "core/device/facts.h"
#include "core/device/ports.h"
#include "core/device/ttylink.h"
#include "tests/core/tempfolder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace romsmith::device {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const boards::BoardTable& table()
{
    return boards::BoardTable::builtIn();
}

// --- what a device says of itself

TEST(FactsTest, AreReadLineByLine)
{
    const auto facts = test::must(parseFacts("machine\tOpenMV N6 with STM32N657\r\nversion\t1.25.0\r\nmpy\t8966\r\n"
                                             "nonsense\r\nunknown\tfact\r\nuname\tv1.25.0 on 2025\tother\r\n"
                                             "buffer\t1\r\nsha256\t0\r\nrom\t1\r\nmemory\t20000\r\n"
                                             "partition\t0\tview\t25165824\t0\t1887436800\t-22\td2cd31827d0008\r\n"
                                             "partition\t1\tblock\t8192\t4096\t0\t4096\tffff\r\n"
                                             "partition\t2\tnone\tOSError(22,)\r\n",
                                             "Cam"));
    EXPECT_EQ(facts.machine, "OpenMV N6 with STM32N657");
    EXPECT_EQ(facts.firmware, "v1.25.0 on 2025");
    EXPECT_TRUE(facts.features.binaryInput);
    EXPECT_FALSE(facts.features.sha256);
    EXPECT_EQ(facts.features.memory, 20000U);
    ASSERT_EQ(facts.partitions.size(), 3U);
    EXPECT_EQ(facts.partitions[0].shape, Shape::View);
    EXPECT_EQ(facts.partitions[0].rangedUnit, std::nullopt) << "-22 is no unit";
    EXPECT_EQ(facts.partitions[0].used(), 5U + 0x17DU);
    EXPECT_EQ(facts.partitions[1].shape, Shape::Block);
    EXPECT_EQ(facts.partitions[1].rangedUnit, 4096U);
    EXPECT_FALSE(facts.partitions[1].hasImage());
    EXPECT_EQ(facts.partitions[2].problem, "OSError(22,)");
}

TEST(FactsTest, NumbersThatMakeNoSenseAreAnError)
{
    for (const auto* line :
         {"partition\t0\tview\t-1\t0\t0\t-22\t", "partition\t0\tview\t99999999999\t0\t0\t-22\t",
          "partition\t0\tview\t4096\t4096\t0\t-22\t", "partition\t0\tblock\t4096\t0\t0\t-22\t",
          "partition\t0\tblock\t4096\tx\t0\t-22\t", "partition\t0\tview\t4096\t0\t0\t9999999999\t"}) {
        EXPECT_THAT(test::messageOf(parseFacts(line, "Cam")), HasSubstr("Cam describes a partition")) << line;
    }
}

TEST(FactsTest, AnImageThatIsLongerThanThePartitionIsNone)
{
    PartitionFacts facts;
    facts.size = 1000;
    facts.head = test::hex("d2cd31 876a");
    EXPECT_EQ(facts.used(), 0U);
    facts.size = 1007;
    EXPECT_EQ(facts.used(), 5U + 1002U);
    facts.head = test::hex("d2cd31 8080808080808080808080808080");
    EXPECT_EQ(facts.used(), 0U);
}

TEST(FactsTest, ABoardIsKnownByItsNameOrElseByItsUsbId)
{
    Facts facts;
    facts.machine = "OPENMV4P with STM32H743";
    EXPECT_EQ(identify(facts, {}, table())->id, "OPENMV4P");
    EXPECT_EQ(identify(facts, boards::UsbId{0x37C5, 0x1206}, table())->id, "OPENMV4P") << "its word counts more";
    facts.machine = "something else";
    EXPECT_EQ(identify(facts, {}, table()), nullptr);
    EXPECT_EQ(identify(facts, boards::UsbId{0x37C5, 0x1206}, table())->id, "OPENMV_N6");
    EXPECT_EQ(identify(facts, boards::UsbId{0x1209, 0xABD1}, table()), nullptr) << "shared by many";
}

// --- chunks

TEST(ChunkTest, IsAsSmallAsTheRulesAllow)
{
    const auto same = test::filled(4096, 'x');
    EXPECT_LT(encodeChunk(0, same, {.deflate = true}).size(), 100U);
    EXPECT_EQ(encodeChunk(0, same, {}).size(), chunkHead + 4096);
    EXPECT_EQ(encodeChunk(0, same, {.encoding = Encoding::Hexadecimal}).size(), chunkHead + 8192);
    auto random = test::filled(4096, 0);
    std::minstd_rand source;
    std::ranges::generate(random, [&] { return static_cast<std::byte>(source() >> 8U); });
    EXPECT_EQ(encodeChunk(0, random, {.deflate = true}).size(), chunkHead + 4096);
    EXPECT_EQ(encodeChunk(0x1000, random, {.deflate = true}).substr(0, 21), "r00001000001000001000");
    EXPECT_EQ(encodeChunk(0, random, {.overflows = true})[0], 'R');
}

TEST(ChunkTest, OfErasedBytesHasNoPayload)
{
    EXPECT_EQ(encodeChunk(4096, test::filled(4096, 0xFF), {}), "f0000100000000000100000000000a8");
}

TEST(ChunkTest, TextIsReadBack)
{
    const auto bytes = test::pattern(1000);
    for (const auto encoding : {Encoding::Binary, Encoding::Hexadecimal, Encoding::Base64}) {
        EXPECT_EQ(test::must(fromText(toText(bytes, encoding), encoding)), bytes);
    }
    EXPECT_FALSE(fromText("!!!!", Encoding::Base64));
}

// --- ports

class PortsTest : public testing::Test
{
protected:
    void plug(const std::string& tty, const std::string& vendor, const std::string& product, const std::string& serial,
              const std::string& name)
    {
        const auto device = "devices/usb1/" + tty;
        m_sysfs.write(device + "/idVendor", vendor + "\n");
        m_sysfs.write(device + "/idProduct", product + "\n");
        m_sysfs.write(device + "/serial", serial + "\n");
        m_sysfs.write(device + "/product", name + "\n");
        const auto interface = m_sysfs.folder(device + "/1-1:1.0");
        m_sysfs.folder("class/tty/" + tty);
        std::filesystem::create_directory_symlink(interface, m_sysfs / ("class/tty/" + tty + "/device"));
    }

    std::vector<Port> ports() const { return findPorts(table(), m_sysfs.path()); }

    test::TempFolder m_sysfs;
};

TEST_F(PortsTest, AreThoseOfBoardsAndOfWhatMayBeOne)
{
    plug("ttyACM1", "37c5", "1206", "AB12", "OpenMV Camera");
    plug("ttyACM0", "f055", "9800", "77", "Some board\x1b[31m");
    plug("ttyUSB0", "10c4", "ea60", "1", "CP2102");
    m_sysfs.folder("class/tty/ttyS0");
    const auto found = ports();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].path, "/dev/ttyACM0");
    EXPECT_EQ(found[0].board, nullptr);
    EXPECT_EQ(found[0].product, "Some board\\x1b[31m");
    EXPECT_EQ(found[1].board->id, "OPENMV_N6");
    EXPECT_EQ(found[1].serial, "AB12");
    EXPECT_EQ(found[1].name(), "OpenMV N6 (/dev/ttyACM1)");
    EXPECT_TRUE(findPorts(table(), "/nonexistent").empty());
}

TEST_F(PortsTest, AreChosenByPortSerialNumberOrName)
{
    plug("ttyACM0", "37c5", "1206", "AB12", "OpenMV Camera");
    plug("ttyACM1", "37c5", "124a", "CD34", "OpenMV Camera");
    plug("ttyACM2", "f055", "9800", "EF56", "Pyboard");
    for (const auto& [wanted, port] : {std::pair{"/dev/ttyACM1", "/dev/ttyACM1"},
                                       {"ttyACM1", "/dev/ttyACM1"},
                                       {"cd34", "/dev/ttyACM1"},
                                       {"openmv_n6", "/dev/ttyACM0"},
                                       {"h7 plus", "/dev/ttyACM1"},
                                       {"pyboard", "/dev/ttyACM2"},
                                       {"/dev/pts/7", "/dev/pts/7"}}) {
        EXPECT_EQ(test::must(choosePort(ports(), wanted)).path, port) << wanted;
    }
    EXPECT_THAT(test::messageOf(choosePort(ports(), "")), HasSubstr("2 devices could be meant"));
    EXPECT_THAT(
        test::messageOf(choosePort(ports(), "nobody")),
        HasSubstr("No device is called \"nobody\". Connected: OpenMV N6 (/dev/ttyACM0) with serial number AB12"));
    EXPECT_THAT(test::messageOf(choosePort({}, "")), HasSubstr("No cam is connected."));
}

TEST_F(PortsTest, ABoardThatCouldBeSeveralCountsAsOne)
{
    plug("ttyACM0", "37c5", "1206", "AB12", "OpenMV Camera");
    plug("ttyACM1", "1209", "abd1", "CD34", "OpenMV Camera");
    const auto found = ports();
    EXPECT_EQ(found.at(1).board, nullptr);
    EXPECT_THAT(test::messageOf(choosePort(found, "")), HasSubstr("2 devices could be meant"));
}

TEST_F(PortsTest, TheOnlyKnownBoardIsMeantWithoutAName)
{
    plug("ttyACM0", "37c5", "1206", "AB12", "OpenMV Camera");
    plug("ttyACM2", "f055", "9800", "EF56", "Pyboard");
    EXPECT_EQ(test::must(choosePort(ports(), "")).path, "/dev/ttyACM0");
}

// --- opening

TEST(TtyTest, SaysWhatIsWrongWithAPort)
{
    const auto missing = openTty("/dev/no-such-port");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("There is no port /dev/no-such-port"));
    EXPECT_THAT(test::messageOf(openTty("/dev/null")), HasSubstr("/dev/null is no serial port"));
    const test::TempFolder folder;
    const auto locked = folder.write("port", "");
    std::filesystem::permissions(locked, std::filesystem::perms::none);
    if (::access(locked.c_str(), R_OK) != 0) {
        const auto denied = openTty(locked);
        EXPECT_EQ(denied.error().code, ErrorCode::AccessDenied);
        EXPECT_THAT(denied.error().message, HasSubstr("romsmith-cli boards --udev"));
    }
}

class PseudoTerminal
{
public:
    PseudoTerminal()
        : m_master(::posix_openpt(O_RDWR | O_NOCTTY))
    {
        ::grantpt(m_master);
        ::unlockpt(m_master);
    }
    ~PseudoTerminal() { unplug(); }
    void unplug()
    {
        if (m_master >= 0) {
            ::close(std::exchange(m_master, -1));
        }
    }
    std::string path() const { return ::ptsname(m_master); }
    int master() const { return m_master; }

private:
    int m_master;
};

TEST(TtyTest, CallsForABootloaderAt1200BaudAndLetsThePortGo)
{
    const PseudoTerminal terminal;
    ASSERT_TRUE(touchTty(terminal.path()));
    termios settings{};
    ASSERT_EQ(::tcgetattr(terminal.master(), &settings), 0);
    EXPECT_EQ(::cfgetospeed(&settings), speed_t{B1200});
    EXPECT_TRUE(openTty(terminal.path()));
    EXPECT_EQ(touchTty("/dev/no-such-port").error().code, ErrorCode::NotFound);
}

TEST(TtyTest, CarriesEveryByteAndNoticesTheEnd)
{
    PseudoTerminal terminal;
    auto link = test::must(openTty(terminal.path()));
    const auto soon = [] { return Clock::now() + std::chrono::seconds(20); };
    auto bytes = test::pattern(256);
    EXPECT_EQ(test::must(link->write(bytes, soon())), 256U);
    std::array<char, 256> heard{};
    EXPECT_EQ(::read(terminal.master(), heard.data(), heard.size()), 256);
    EXPECT_EQ(std::memcmp(heard.data(), bytes.data(), heard.size()), 0);
    EXPECT_EQ(::write(terminal.master(), heard.data(), heard.size()), 256);
    std::vector<std::byte> back(1000);
    back.resize(test::must(link->read(back, soon())));
    EXPECT_TRUE(std::ranges::equal(back, bytes));
    EXPECT_EQ(link->read(back, Clock::now() + std::chrono::milliseconds(10)).error().code, ErrorCode::TimedOut);
    terminal.unplug();
    EXPECT_EQ(link->read(back, soon()).error().code, ErrorCode::Disconnected);
    link->close();
    EXPECT_EQ(link->write(bytes, soon()).error().code, ErrorCode::Disconnected);
}

// --- backups

TEST(BackupTest, SayByTheirNamesWhatTheyAre)
{
    const test::TempFolder folder;
    const auto file = folder.write("OPENMV_N6-ROMFS0-20260813T101500123Z-2.img", "image");
    const auto backup = BackupFolder::at(file);
    ASSERT_TRUE(backup);
    EXPECT_EQ(backup->board, "OPENMV_N6");
    EXPECT_EQ(backup->partition, "ROMFS0");
    EXPECT_EQ(backup->size, 5U);
    EXPECT_EQ(backup->time.toString(Qt::ISODateWithMs), QStringLiteral("2026-08-13T10:15:00.123Z"));
    EXPECT_FALSE(BackupFolder::at(folder.write("app.img", "image")));
    EXPECT_FALSE(BackupFolder::at(folder / "OPENMV_N6-ROMFS0-20260813T101500123Z.img")) << "it is not there";
}

TEST(BackupTest, AreKeptByBoardAndTimeAndTheOldestGo)
{
    const test::TempFolder folder;
    const BackupFolder backups(folder / "deep/backups");
    const auto start = QDateTime::fromSecsSinceEpoch(1'700'000'000);
    const auto image = test::pattern(100);
    for (int i = 0; i < 12; ++i) {
        test::must(backups.add("../N6", "ROMFS0", image, start.addSecs(i)));
    }
    test::must(backups.add("AE3", "ROMFS1", image, start.addSecs(-1000)));
    const auto same = test::must(backups.add("AE3", "ROMFS1", image, start.addSecs(-1000)));
    EXPECT_THAT(same.path.filename().string(), "AE3-ROMFS1-20231114T215640000Z-2.img");
    folder.write("deep/backups/other.txt", "");
    const auto list = backups.list();
    ASSERT_EQ(list.size(), BackupFolder::mostOfPartition + 2);
    EXPECT_EQ(list.front().board, "___N6");
    EXPECT_EQ(list.front().time, start.addSecs(11));
    EXPECT_EQ(list.front().size, 100U);
    EXPECT_EQ(test::TempFolder::contentOf(list.front().path), romfs::asText(image));
    EXPECT_EQ(list.back().board, "AE3");
}

} // namespace
} // namespace romsmith::device
