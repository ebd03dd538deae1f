// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfu.h"
#include "core/device/dfumemory.h"
#include "tests/core/scriptedusb.h"

#include <gmock/gmock.h>

namespace romsmith::device {
namespace {

using test::hex;
using test::ScriptedUsb;
using test::statusOf;
using test::UsbAnswer;
using testing::HasSubstr;
using testing::IsEmpty;

using enum DfuState;

UsbAnswer stall(std::string request)
{
    return {.request = std::move(request), .answer = fail(ErrorCode::DeviceFailed, {})};
}
UsbAnswer silence(std::string request)
{
    return {.request = std::move(request), .answer = fail(ErrorCode::TimedOut, {})};
}
UsbAnswer ok(std::string request)
{
    return {.request = std::move(request)};
}

class DfuTest : public testing::Test
{
protected:
    /// Opened, and at the begin of this script.
    void open(std::deque<UsbAnswer> script)
    {
        script.push_front(statusOf(Idle));
        script.push_front(ok("UPLOAD 0 64"));
        story = ScriptedUsb::story({"BOOTLOADER", "ROMFS0"}, std::move(script));
        host = test::must(DfuHost::open(std::make_unique<ScriptedUsb>(story), "the cam"));
    }

    /// What opening says after these answers.
    std::string openingSays(std::deque<UsbAnswer> script, const test::Blob& function = hex("09 21 07 e803 0010 0101"))
    {
        story = ScriptedUsb::story({"ROMFS0"}, std::move(script), function);
        return test::messageOf(DfuHost::open(std::make_unique<ScriptedUsb>(story), "the cam"));
    }

    void TearDown() override
    {
        if (story) {
            EXPECT_THAT(story->unexpected, IsEmpty());
            EXPECT_TRUE(story->script.empty()) << "not asked for: " << story->script.front().request;
        }
    }

    const test::Blob block = test::filled(16, 0x55);
    std::shared_ptr<ScriptedUsb::Story> story;
    std::unique_ptr<DfuHost> host;
};

// --- opening

TEST_F(DfuTest, OpeningUploadsAtOnceSoThatTheBootloaderStays)
{
    open({});
    EXPECT_EQ(host->alternates().size(), 2U);
    EXPECT_EQ(host->alternates()[1].name, "ROMFS0");
    EXPECT_EQ(host->function().transferSize, 4096);
    EXPECT_TRUE(host->function().staysAfterManifest);
    EXPECT_FALSE(host->function().isDfuSe());
}

TEST_F(DfuTest, OpeningBringsADeviceToIdleFromWhereverItWasLeft)
{
    EXPECT_EQ(openingSays({ok("UPLOAD 0 64"), statusOf(DownloadIdle), ok("ABORT"), statusOf(Idle)}), "");
    EXPECT_EQ(openingSays({ok("UPLOAD 0 64"), statusOf(UploadIdle), ok("ABORT"), statusOf(Idle)}), "");
    EXPECT_EQ(openingSays({stall("UPLOAD 0 64"), statusOf(Error, 15), ok("CLRSTATUS"), statusOf(Idle)}), "");
    EXPECT_EQ(openingSays({stall("UPLOAD 0 64"), statusOf(DownloadSync), ok("ABORT"), statusOf(Idle)}), "");
    EXPECT_EQ(openingSays({stall("UPLOAD 0 64"), statusOf(DownloadBusy, 0, 40), statusOf(DownloadIdle), ok("ABORT"),
                           statusOf(Idle)}),
              "");
    EXPECT_EQ(story->paused, Milliseconds(40));
    EXPECT_EQ(openingSays({ok("UPLOAD 0 64"), statusOf(ManifestSync), statusOf(Manifest), statusOf(Idle)}), "");
}

TEST_F(DfuTest, OpeningGivesUpOnADeviceThatDoesNotBecomeIdle)
{
    std::deque<UsbAnswer> script{ok("UPLOAD 0 64")};
    for (int i = 0; i < 8; ++i) {
        script.push_back(statusOf(Error, 10));
        script.push_back(ok("CLRSTATUS"));
    }
    EXPECT_THAT(openingSays(std::move(script)), HasSubstr("does not become ready"));
}

TEST_F(DfuTest, OpeningSaysWhatIsNotABootloader)
{
    EXPECT_THAT(openingSays({ok("UPLOAD 0 64"), statusOf(AppIdle)}), HasSubstr("runs its firmware"));
    EXPECT_THAT(openingSays({ok("UPLOAD 0 64"), statusOf(AppDetach)}), HasSubstr("runs its firmware"));
    EXPECT_THAT(openingSays({ok("UPLOAD 0 64"), statusOf(ManifestWaitReset)}), HasSubstr("waits for a reset"));
    EXPECT_THAT(openingSays({}, hex("")), HasSubstr("no DFU interface"));
    story = ScriptedUsb::story({}, {});
    EXPECT_THAT(test::messageOf(DfuHost::open(std::make_unique<ScriptedUsb>(story), "the cam")),
                HasSubstr("the cam shows no DFU interface"));
}

TEST_F(DfuTest, OpeningPassesOnWhoHasTheDevice)
{
    story = ScriptedUsb::story({"ROMFS0"}, {});
    story->claimed = fail(ErrorCode::Busy, "dfu-util has it.");
    const auto opened = DfuHost::open(std::make_unique<ScriptedUsb>(story), "the cam");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::Busy);
    EXPECT_EQ(opened.error().message, "dfu-util has it.");
}

TEST_F(DfuTest, OpeningADeviceOfStsExtensionUploadsNothing)
{
    EXPECT_EQ(openingSays({statusOf(Idle)}, hex("09 21 0b ff00 0010 1a01")), "");
}

TEST_F(DfuTest, OpeningNamesADeviceThatDoesNotAnswerOrIsGone)
{
    EXPECT_THAT(openingSays({silence("UPLOAD 0 64")}), HasSubstr("the cam does not answer: no answer in time"));
    EXPECT_THAT(openingSays({}), HasSubstr("the cam is gone"));
    EXPECT_THAT(openingSays({ok("UPLOAD 0 64")}), HasSubstr("the cam is gone"));
}

// --- status

TEST_F(DfuTest, AStatusThatMakesNoSenseIsRefused)
{
    open({{.request = "GETSTATUS", .answer = hex("00 000000 0b 00")},
          {.request = "GETSTATUS", .answer = hex("00 00")},
          {.request = "GETSTATUS", .answer = hex("00 000000 02 00")}});
    EXPECT_THAT(test::messageOf(host->status()), HasSubstr("state 11"));
    EXPECT_THAT(test::messageOf(host->status()), HasSubstr("2 bytes"));
    EXPECT_EQ(test::must(host->status()).state, Idle);
}

TEST_F(DfuTest, APollTimeThatNoMemoryNeedsIsCutShort)
{
    open({statusOf(DownloadBusy, 0, 0xFFFFFF)});
    EXPECT_EQ(test::must(host->status()).poll, std::chrono::seconds(30));
}

TEST_F(DfuTest, EveryStatusHasAName)
{
    for (unsigned status = 0; status < 16; ++status) {
        EXPECT_TRUE(status == 0 || dfuStatusName(static_cast<std::uint8_t>(status)).starts_with("err")) << status;
        EXPECT_FALSE(dfuStatusMeaning(static_cast<std::uint8_t>(status)).empty());
    }
    EXPECT_EQ(dfuStatusName(16), "an unknown status");
    EXPECT_EQ(dfuStatusName(255), "an unknown status");
}

// --- downloading

TEST_F(DfuTest, ABlockIsWrittenWhenTheDeviceIsReadyForTheNextOne)
{
    open({ok("DNLOAD 7 16"), statusOf(DownloadBusy), statusOf(DownloadIdle)});
    EXPECT_TRUE(host->download(7, block));
    EXPECT_EQ(story->paused, Milliseconds(0)) << "it asked for no pause";
}

TEST_F(DfuTest, ABusyDeviceIsLeftAloneAsLongAsItAsksFor)
{
    open({ok("DNLOAD 0 16"), statusOf(DownloadBusy, 0, 120), statusOf(DownloadSync, 0, 30), statusOf(DownloadIdle)});
    EXPECT_TRUE(host->download(0, block));
    EXPECT_EQ(story->paused, Milliseconds(150));
}

TEST_F(DfuTest, ADeviceThatIsBusyForEverIsGivenUp)
{
    open({ok("DNLOAD 0 16"), statusOf(DownloadBusy, 0, 30'000), statusOf(DownloadBusy, 0, 30'000),
          statusOf(DownloadBusy)});
    EXPECT_THAT(test::messageOf(host->download(0, block)), HasSubstr("busy for 60 s"));
}

TEST_F(DfuTest, EveryErrorOfADownloadIsReportedByNameAndCleared)
{
    for (unsigned status = 1; status < 17; ++status) {
        open({ok("DNLOAD 3 16"), statusOf(DownloadBusy), statusOf(Error, status), ok("CLRSTATUS")});
        const auto done = host->download(3, block);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::DeviceFailed);
        EXPECT_THAT(done.error().message, HasSubstr(dfuStatusName(static_cast<std::uint8_t>(status))));
        EXPECT_THAT(done.error().message, HasSubstr("block 3"));
        TearDown();
    }
}

TEST_F(DfuTest, AStateThatDoesNotFollowFromADownloadIsAnError)
{
    for (const auto state : {AppIdle, AppDetach, Idle, ManifestWaitReset, UploadIdle}) {
        open({ok("DNLOAD 0 16"), statusOf(state)});
        const auto done = host->download(0, block);
        ASSERT_FALSE(done);
        EXPECT_THAT(done.error().message, HasSubstr(dfuStateName(state)));
        TearDown();
    }
}

TEST_F(DfuTest, ABlockThatIsRefusedSaysWhy)
{
    open({stall("DNLOAD 0 16"), statusOf(Error, 8), ok("CLRSTATUS")});
    EXPECT_THAT(test::messageOf(host->download(0, block)), HasSubstr("errADDRESS"));
    open({stall("DNLOAD 0 16"), statusOf(Idle)});
    EXPECT_THAT(test::messageOf(host->download(0, block)), HasSubstr("refuses the request"));
}

TEST_F(DfuTest, ASilentDeviceIsATimeOutAndOneThatIsGoneADisconnect)
{
    open({ok("DNLOAD 0 16"), silence("GETSTATUS")});
    EXPECT_EQ(host->download(0, block).error().code, ErrorCode::TimedOut);
    open({silence("DNLOAD 0 16")});
    EXPECT_EQ(host->download(0, block).error().code, ErrorCode::TimedOut);
    open({ok("DNLOAD 0 16")});
    EXPECT_EQ(host->download(0, block).error().code, ErrorCode::Disconnected);
    open({});
    EXPECT_EQ(host->download(0, block).error().code, ErrorCode::Disconnected);
}

TEST_F(DfuTest, AStopIsObeyedBeforeTheNextBlock)
{
    open({});
    std::stop_source stop;
    host->setStop(stop.get_token());
    stop.request_stop();
    EXPECT_EQ(host->download(0, block).error().code, ErrorCode::Cancelled);
    std::array<std::byte, 4> some{};
    EXPECT_EQ(host->upload(0, some).error().code, ErrorCode::Cancelled);
}

TEST_F(DfuTest, ADownloadEndsWithManifestation)
{
    open({ok("DNLOAD 0 0"), statusOf(Manifest, 0, 10), statusOf(ManifestSync), statusOf(Idle)});
    EXPECT_TRUE(host->manifest());
    open({ok("DNLOAD 0 0"), statusOf(ManifestWaitReset)});
    EXPECT_TRUE(host->manifest()) << "it waits for a reset, which comes";
    open({ok("DNLOAD 0 0"), statusOf(Error, 10), ok("CLRSTATUS")});
    EXPECT_THAT(test::messageOf(host->manifest()), HasSubstr("errFIRMWARE"));
    open({ok("DNLOAD 0 0")});
    EXPECT_EQ(host->manifest().error().code, ErrorCode::Disconnected);
}

// --- uploading and selecting

TEST_F(DfuTest, AnUploadGivesWhatCameAndSaysWhyNothingDid)
{
    std::array<std::byte, 8> into{};
    open({{.request = "UPLOAD 2 8", .answer = hex("0102")}, stall("UPLOAD 3 8"), statusOf(Error, 2), ok("CLRSTATUS")});
    EXPECT_EQ(test::must(host->upload(2, into)), 2U);
    EXPECT_THAT(test::messageOf(host->upload(3, into)), HasSubstr("errFILE"));
}

TEST_F(DfuTest, SelectingGoesByTheNumberOfTheDeviceAndEndsInIdle)
{
    open({ok("SELECT 1"), statusOf(DownloadIdle), ok("ABORT"), statusOf(Idle), stall("SELECT 0")});
    EXPECT_TRUE(host->select(1));
    EXPECT_THAT(test::messageOf(host->select(0)), HasSubstr("selected"));
}

TEST_F(DfuTest, CommandsOfStsExtensionAreDownloadsOfBlockZero)
{
    open({ok("DNLOAD 0 5"), statusOf(DownloadBusy, 0, 5), statusOf(DownloadIdle), ok("DNLOAD 0 5"),
          statusOf(DownloadBusy, 0, 800), statusOf(Error, 1), ok("CLRSTATUS")});
    EXPECT_TRUE(host->setAddress(0x90B00000));
    EXPECT_THAT(test::messageOf(host->erasePage(0x08000000)), HasSubstr("errTARGET"));
}

// --- descriptors and names

TEST(DfuFunctionDescriptor, IsFoundBehindOthersAndMustMakeSense)
{
    const auto function = dfuFunctionIn(hex("04 24 0000 09 21 0b ff00 0010 1a01"));
    ASSERT_TRUE(function);
    EXPECT_TRUE(function->isDfuSe());
    EXPECT_TRUE(function->detaches);
    EXPECT_FALSE(function->staysAfterManifest);
    EXPECT_EQ(function->detachTimeout, 255);
    EXPECT_EQ(test::must<DfuFunction>(*dfuFunctionIn(hex("07 21 01 0000 4000"))).version, 0x0100) << "DFU 1.0";
    EXPECT_FALSE(dfuFunctionIn(hex("09 21 07 e803 0000 0101"))) << "transfers of nothing";
    EXPECT_FALSE(dfuFunctionIn(hex("09 21 07 e803")));
    EXPECT_FALSE(dfuFunctionIn(hex("00 21 07 e803 0010 0101")));
    EXPECT_FALSE(dfuFunctionIn(hex("")));
}

TEST(DfuMapName, TellsAddressAndEraseUnits)
{
    const auto map = dfuMapIn("@Internal Flash  2MB   /0x08000000/01*128Ka,15*128Kg");
    ASSERT_TRUE(map);
    EXPECT_EQ(map->address, 0x08000000U);
    ASSERT_EQ(map->sectors.size(), 2U);
    EXPECT_FALSE(map->sectors[0].writable);
    EXPECT_TRUE(map->sectors[1].writable);
    EXPECT_EQ(map->sectors[1].count, 15U);
    EXPECT_EQ(map->sectors[1].size, 128U * 1024);
    EXPECT_EQ(dfuMapIn("@Option Bytes  /0x1FFF7800/01*040 e")->sectors[0].size, 40U);
    EXPECT_EQ(dfuMapIn("@Flash /0x90000000/2*1Mg")->sectors[0].size, 1024U * 1024);
    for (const auto* bad : {"ROMFS0", "@Flash", "@Flash /0x08000000/", "@Flash /0x08000000/0*4Kg", "@F /0xZZ/1*4Kg",
                            "@F /0x0/1*4", "@F /0x0/99999999*4Kg", "@F /0x0/1*4294967295Mg", "@F /0x0/1*4Kg,"}) {
        EXPECT_FALSE(dfuMapIn(bad)) << bad;
    }
}

} // namespace
} // namespace romsmith::device
