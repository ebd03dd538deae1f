// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/bootloader.h"
#include "core/device/firmware.h"
#include "tests/core/dfubench.h"

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using test::DfuBench;
using testing::AllOf;
using testing::HasSubstr;

constexpr auto first = "0123456789abcdef01234567";
constexpr auto second = "ffeeddccbbaa998877665544";
constexpr auto firstSerial = "67452301EFCDAB8967452301";

const boards::Board& board(std::string_view id)
{
    return *boards::BoardTable::known().find(id);
}

// --- which cam it is

TEST(CamIdentity, TheBootloadersSerialNumberFollowsFromTheUniqueIdWhereTheTableSaysSo)
{
    EXPECT_EQ(bootloaderSerial(board("OPENMV_N6"), first), firstSerial);
    EXPECT_EQ(bootloaderSerial(board("OPENMV4"), first), firstSerial);
    EXPECT_EQ(bootloaderSerial(board("OPENMV_AE3"), first), "") << "unrelated";
    EXPECT_EQ(bootloaderSerial(board("OPENMV_N6"), "123"), "") << "no whole bytes";
}

class TwoCamsTest : public testing::Test
{
protected:
    TwoCamsTest()
        : bench("OPENMV_N6")
        , other(bench.add("3-2", second, bench.flash))
    { }

    void bothEnter()
    {
        bench.bus.change([this](sim::Time now) {
            bench.cam->enterBootloader(now);
            other->enterBootloader(now);
        });
        static_cast<void>(bench.bus.devices());
        bench.bus.wait(1s);
    }

    Result<std::optional<BootloaderDevice>> choose(const CamIdentity& identity)
    {
        return chooseBootloader(findBootloaders(bench.bus, boards::BoardTable::known()), identity);
    }

    DfuBench bench;
    std::shared_ptr<sim::DfuCam> other;
};

TEST_F(TwoCamsTest, TheOneInTheSamePlaceIsMeant)
{
    bothEnter();
    EXPECT_EQ(test::must(choose({.path = "3-2"}))->usb.path, "3-2");
    EXPECT_EQ(test::must(choose({.path = "3-1", .serial = firstSerial}))->usb.path, "3-1");
    EXPECT_FALSE(test::must(choose({.path = "3-9"}))) << "and not one that is elsewhere";
}

TEST_F(TwoCamsTest, TheOneWithTheSerialNumberIsMeantWhereverItIs)
{
    bothEnter();
    EXPECT_EQ(test::must(choose({.serial = firstSerial}))->usb.path, "3-1");
    EXPECT_EQ(test::must(choose({.path = "3-9", .serial = firstSerial}))->usb.path, "3-1");
    EXPECT_FALSE(test::must(choose({.serial = "000000000000000000000000"})));
}

TEST_F(TwoCamsTest, AnotherCamInTheSamePlaceIsRefused)
{
    bothEnter();
    const auto chosen = choose({.path = "3-2", .serial = firstSerial});
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::Mismatch);
    EXPECT_THAT(chosen.error().message, AllOf(HasSubstr(firstSerial), HasSubstr("another cam")));
}

TEST_F(TwoCamsTest, OneIsNotPickedWhenEitherCouldBeMeant)
{
    bothEnter();
    const auto chosen = choose({});
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(chosen.error().message, AllOf(HasSubstr("3-1"), HasSubstr("3-2"), HasSubstr(firstSerial)));
}

TEST_F(TwoCamsTest, TheUserNamesOneInAnyWay)
{
    bothEnter();
    for (const auto* wanted : {"3-1", "67452301efcdab8967452301"}) {
        EXPECT_EQ(test::must(choose({.wanted = wanted}))->usb.path, "3-1") << wanted;
    }
    EXPECT_FALSE(test::must(choose({.wanted = "OPENMV4"})));
    EXPECT_FALSE(choose({.wanted = "openmv_n6"})) << "both are";
}

TEST_F(TwoCamsTest, OnlyTheOneThatIsMeantIsCaught)
{
    const auto caught = catchBootloader(bench.bus, {.path = "3-2", .board = &board("OPENMV_N6")}, 5s, [this] {
        bothEnter();
        return Result<void>();
    });
    ASSERT_TRUE(caught) << test::messageOf(caught);
    EXPECT_EQ(caught->device.usb.path, "3-2");
    EXPECT_TRUE(other->report()[QStringLiteral("latched")].toBool());
    EXPECT_FALSE(bench.cam->report()[QStringLiteral("latched")].toBool());
}

// --- catching it

TEST(Catch, TheWindowAfterAnyResetIsCaughtAndHeldOpen)
{
    DfuBench bench("OPENMV4");
    const auto caught = catchBootloader(bench.bus, bench.identity(), 5s, [&] {
        bench.plugIn();
        return Result<void>();
    });
    ASSERT_TRUE(caught) << test::messageOf(caught);
    static_cast<void>(bench.bus.devices());
    bench.bus.wait(60s);
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Bootloader) << "it stays";
}

TEST(Catch, WithoutAHostTheWindowCloses)
{
    DfuBench bench("OPENMV4");
    bench.plugIn();
    for (int i = 0; i < 10; ++i) {
        static_cast<void>(bench.bus.devices());
        bench.bus.wait(1s);
    }
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
}

TEST(Catch, ACamThatIsInItsBootloaderAlreadyIsNotReset)
{
    DfuBench bench("OPENMV4");
    bench.reset();
    for (int i = 0; i < 2; ++i) {
        static_cast<void>(bench.bus.devices());
        bench.bus.wait(1s);
    }
    const auto caught = catchBootloader(bench.bus, bench.identity(), 5s, []() -> Result<void> {
        ADD_FAILURE() << "reset";
        return {};
    });
    EXPECT_TRUE(caught) << test::messageOf(caught);
}

TEST(Catch, GoesOnWaitingWhenTheCamCannotBeReset)
{
    DfuBench bench("OPENMV4");
    int waits = 0;
    const auto caught = catchBootloader(bench.bus, bench.identity(), 30s, [&]() -> Result<void> {
        ++waits;
        bench.cam->setFaults({.replugAfter = 7'000});
        bench.bus.change([&](sim::Time now) { bench.cam->unplug(now); }); // by a person
        return fail(ErrorCode::TimedOut, "The script does not hear.");
    });
    EXPECT_TRUE(caught) << test::messageOf(caught);
    EXPECT_EQ(waits, 1);
}

TEST(Catch, EndsWithWhatToDo)
{
    DfuBench bench("OPENMV4");
    const auto caught = catchBootloader(bench.bus, bench.identity(), 5s, []() -> Result<void> {
        return fail(ErrorCode::TimedOut, "The script does not hear.");
    });
    ASSERT_FALSE(caught);
    EXPECT_EQ(caught.error().code, ErrorCode::TimedOut);
    EXPECT_THAT(caught.error().message,
                AllOf(HasSubstr("does not hear"), HasSubstr("within 5 s"), HasSubstr("plug it in again")));
}

TEST(Catch, IsCancelled)
{
    DfuBench bench("OPENMV4");
    std::stop_source stop;
    stop.request_stop();
    const auto caught = catchBootloader(bench.bus, bench.identity(), 5s, {}, stop.get_token());
    ASSERT_FALSE(caught);
    EXPECT_EQ(caught.error().code, ErrorCode::Cancelled);
}

TEST(Catch, EveryBoardWithABootloaderSaysHowAPersonGetsThere)
{
    for (const auto& each : boards::BoardTable::builtIn().boards()) {
        if (each.bootloader.kind == boards::BootloaderKind::OpenMvDfu
            || each.bootloader.kind == boards::BootloaderKind::DfuSe) {
            EXPECT_THAT(howToEnter(each), HasSubstr(each.name));
        }
    }
}

// --- firmware

class FirmwareBoardTest : public testing::TestWithParam<const char*>
{ };

TEST_P(FirmwareBoardTest, OwnFirmwareIsTaken)
{
    const auto& own = board(GetParam());
    std::size_t which = 0;
    for (const auto& file : own.files) {
        if (file.role != boards::Role::Firmware) {
            continue;
        }
        const auto found = identifyFirmware(own, "my build.bin", test::firmwareFor(own, 5'000, 1, which++));
        ASSERT_TRUE(found) << test::messageOf(found);
        EXPECT_EQ((*found)->fileName, file.fileName) << "whatever it is called";
    }
    EXPECT_GT(which, 0U);
}

TEST_P(FirmwareBoardTest, WhatIsSomethingElseIsRefused)
{
    const auto& own = board(GetParam());
    const auto refusal
        = [&](const test::Blob& bytes) { return test::messageOf(identifyFirmware(own, "firmware.bin", bytes)); };
    EXPECT_THAT(refusal(test::imageWith(test::filled(100, 1))), HasSubstr("ROMFS image"));
    EXPECT_THAT(refusal(test::text("\x7f"
                                   "ELF 1234")),
                HasSubstr("ELF"));
    EXPECT_THAT(refusal(test::text("PK\x03\x04 1234")), HasSubstr("bundle"));
    EXPECT_THAT(refusal(test::text("abc")), HasSubstr("too short"));
    EXPECT_THAT(refusal(test::filled(100, 0xFF)), HasSubstr("no firmware for"));
    EXPECT_THAT(refusal(test::filled(100, 0)), HasSubstr("no firmware for"));
    EXPECT_THAT(refusal(test::firmwareFor(own, 100) + test::text("x\x1A\x01UFD\x10") + test::text("CRC ")),
                HasSubstr(".dfu"));
    auto even = test::firmwareFor(own, 100);
    even[4] &= std::byte{0xFE};
    EXPECT_THAT(refusal(even), HasSubstr("no firmware for")) << "no Thumb code begins there";
    for (const auto& setting : own.bootloader.alternateSettings) {
        if (setting.role == boards::Role::Bootloader && setting.mappedAddress) {
            EXPECT_THAT(refusal(test::firmwareAt(*setting.mappedAddress + 0x201, 100)),
                        AllOf(HasSubstr("bootloader"), HasSubstr("firmware.bin is needed")))
                << "openmv.bin";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Boards, FirmwareBoardTest,
                         testing::Values("OPENMV2", "OPENMV3", "OPENMV4", "OPENMV4P", "OPENMVPT", "OPENMV_N6",
                                         "OPENMV_AE3", "ARDUINO_PORTENTA_H7", "ARDUINO_GIGA", "ARDUINO_NICLA_VISION"),
                         [](const auto& each) { return std::string(each.param); });

TEST(Firmware, OfAnotherBoardIsNamed)
{
    const auto n6 = test::firmwareFor(board("OPENMV_N6"), 100);
    EXPECT_THAT(test::messageOf(identifyFirmware(board("OPENMV4"), "firmware.bin", n6)), HasSubstr("OpenMV N6"));
    const auto m4 = test::firmwareAt(0x08010101, 100);
    EXPECT_THAT(test::messageOf(identifyFirmware(board("OPENMV_N6"), "firmware.bin", m4)), HasSubstr("M4"));
}

TEST(Firmware, OfTheOtherCoreIsRefusedByItsName)
{
    const auto& ae3 = board("OPENMV_AE3");
    const auto he = test::firmwareFor(ae3, 100, 1, 1);
    EXPECT_THAT(test::messageOf(identifyFirmware(ae3, "firmware_M55_HP.bin", he)),
                AllOf(HasSubstr("firmware_M55_HE.bin"), HasSubstr("other core")));
    EXPECT_TRUE(identifyFirmware(ae3, "firmware_M55_HE.bin", he));
}

} // namespace
} // namespace romsmith::device
