// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/dfubench.h"

#include <array>

namespace romsmith::device {
namespace {

using test::DfuBench;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

test::Blob image(std::size_t size, unsigned seed = 1)
{
    std::minstd_rand random(seed);
    return test::imageWith(test::randomBytes(random, size));
}

FlashFiles imageFile(const test::Blob& bytes)
{
    FlashFiles files;
    files.images.emplace(0, test::contentOf(bytes));
    return files;
}

FlashFiles fullJob(const boards::Board& board, std::size_t imageSize, std::size_t firmwareSize, unsigned seed = 1)
{
    auto files = imageFile(image(imageSize, seed));
    files.firmware.push_back({.name = board.id == "OPENMV_AE3" ? "firmware_M55_HP.bin" : "firmware.bin",
                              .content = test::contentOf(test::firmwareFor(board, firmwareSize, seed))});
    return files;
}

std::vector<FlashState> statesOf(const DfuReport& report)
{
    std::vector<FlashState> states;
    std::ranges::transform(report.parts, std::back_inserter(states), &DeployReport::state);
    return states;
}

/// Every board whose bootloader speaks DFU.
class DfuBoardTest : public testing::TestWithParam<const char*>
{ };

TEST_P(DfuBoardTest, TakesAnImageAndFirmwareInOneStayAndStarts)
{
    DfuBench bench(GetParam());
    const auto files = fullJob(bench.board, 50'000, 70'001);
    std::vector<std::string_view> phases;
    const auto report = bench.run(files, {}, [&](const Progress& now) {
        if (phases.empty() || phases.back() != phaseName(now.phase)) {
            phases.push_back(phaseName(now.phase));
        }
    });
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_THAT(statesOf(report), ElementsAre(FlashState::Started, FlashState::Started));
    EXPECT_THAT(phases,
                ElementsAre("Checking", "Backing up", "Writing", "Verifying", "Checking", "Writing", "Verifying",
                            "Restarting", "Back"));
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);

    const auto& partition = bench.board.partitions.front();
    const auto written = bench.flash.cells().subspan(sim::partitionOffsets(bench.board).front());
    const auto wanted = image(50'000);
    EXPECT_TRUE(std::ranges::equal(wanted, written.first(wanted.size())));
    EXPECT_EQ(report.parts[0].partition, std::format("ROMFS{}", partition.index));
    const auto firmware = test::firmwareFor(bench.board, 70'001);
    const auto release = std::ranges::find(bench.board.files, boards::Role::Firmware, &boards::ReleaseFile::role);
    const auto& setting = *bench.board.bootloader.alternateSetting(release->alternateSetting);
    test::Blob there(firmware.size());
    ASSERT_TRUE(bench.flash.read(setting.memory, release->address.value_or(*setting.start), there));
    EXPECT_EQ(there, firmware);
}

TEST_P(DfuBoardTest, ReadsBackWhatItWrote)
{
    DfuBench bench(GetParam());
    const auto wanted = image(33'333);
    ASSERT_FALSE(bench.run(imageFile(wanted)).error);
    const auto caught = test::must(bench.enter());
    const auto read = test::must(readOverDfu(caught, "ROMFS0", false));
    EXPECT_TRUE(std::ranges::equal(read.bytes(), wanted));
    const auto whole = test::must(readOverDfu(caught, "ROMFS0", true));
    EXPECT_EQ(whole.size(), bench.board.partitions.front().size) << "no byte of the end that follows an upload";
    EXPECT_TRUE(std::ranges::equal(whole.bytes().first(wanted.size()), wanted));
}

TEST_P(DfuBoardTest, TakesNoTimeOfItsOwn)
{
    DfuBench bench(GetParam());
    const auto begin = bench.bus.now();
    const auto before = bench.bus.spentByCams();
    const auto size = std::min<std::uint64_t>(*bench.board.partitions.front().size - 100, 1'000'000);
    ASSERT_FALSE(bench.run(imageFile(image(size)), {.leave = false}).error);
    const auto all = std::chrono::duration<double>(bench.bus.now() - begin - std::chrono::milliseconds(300));
    const auto cams = std::chrono::duration<double>(bench.bus.spentByCams() - before);
    EXPECT_LT(all / cams, 1.05) << "all " << all.count() << " s, the cam's " << cams.count() << " s";
}

INSTANTIATE_TEST_SUITE_P(Boards, DfuBoardTest,
                         testing::Values("OPENMV2", "OPENMV3", "OPENMV4", "OPENMV4P", "OPENMVPT", "OPENMV_N6",
                                         "OPENMV_AE3", "ARDUINO_PORTENTA_H7", "ARDUINO_GIGA", "ARDUINO_NICLA_VISION"),
                         [](const auto& board) { return std::string(board.param); });

TEST(DfuJob, WritesTheSecondPartitionAndBothCoresOfAnAe3)
{
    DfuBench bench("OPENMV_AE3");
    FlashFiles files;
    files.images.emplace(0, test::contentOf(image(9'999)));
    files.images.emplace(1, test::contentOf(image(5'001, 2)));
    files.firmware.push_back(
        {.name = "firmware_M55_HP.bin", .content = test::contentOf(test::firmwareFor(bench.board, 30'000))});
    files.firmware.push_back(
        {.name = "firmware_M55_HE.bin", .content = test::contentOf(test::firmwareFor(bench.board, 20'000, 3, 1))});
    const auto report = bench.run(files);
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(bench.inFlash("HE", 20'000), test::firmwareFor(bench.board, 20'000, 3, 1));
    EXPECT_EQ(bench.inFlash("ROMFS1", image(5'001, 2).size()), image(5'001, 2));
}

TEST(DfuJob, WritesATableOfContentsOnlyForWhoInsistsAndAWholeOne)
{
    DfuBench bench("OPENMV_AE3");
    const auto table = test::firmwareFor(bench.board, 8'192);
    FlashFiles files;
    files.tableOfContents = test::contentOf(table);
    const auto report = bench.run(files);
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(bench.inFlash("TOC", table.size()), table);

    files.tableOfContents = test::contentOf(test::firmwareFor(bench.board, 8'191));
    const auto refused = checkFiles(bench.board, files);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("has 8191 bytes"));
    EXPECT_FALSE(checkFiles(*boards::BoardTable::known().find("OPENMV4"), files));
}

TEST(DfuJob, KeepsWhatWasThereBefore)
{
    DfuBench bench("OPENMV4");
    const auto first = image(40'000);
    ASSERT_FALSE(bench.run(imageFile(first)).error);
    const auto report = bench.run(imageFile(image(50'000, 2)));
    ASSERT_FALSE(report.parts.at(0).backup.empty());
    EXPECT_EQ(test::TempFolder::contentOf(report.parts[0].backup), romfs::asText(first));
}

TEST(DfuJob, NeitherWritesNorKeepsWhatIsThereAlready)
{
    DfuBench bench("OPENMV4");
    ASSERT_FALSE(bench.run(imageFile(image(40'000))).error);
    const auto report = bench.run(imageFile(image(40'000)));
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_THAT(statesOf(report), ElementsAre(FlashState::Equal));
    EXPECT_EQ(report.sent, 0U);
    EXPECT_TRUE(report.parts.at(0).backup.empty());
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
}

TEST(DfuJob, SendsACamBackThatWasBroughtForNothing)
{
    DfuBench bench("OPENMV4", {.noRomfs = 1}, 0x0200);
    const auto sent = bench.run(imageFile(image(40'000)));
    ASSERT_TRUE(sent.error);
    EXPECT_FALSE(sent.isInBootloader);
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
    EXPECT_THAT(sent.sentence(), HasSubstr("works as before"));

    // One that was there before the job stays there.
    auto caught = test::must(bench.enter());
    caught.wasRunning = false;
    const auto stayed = flashOverDfu(bench.bus, std::move(caught), imageFile(image(40'000)), {});
    EXPECT_TRUE(stayed.isInBootloader);
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Bootloader);
    EXPECT_THAT(stayed.sentence(), HasSubstr("waits in its bootloader"));
}

TEST(DfuJob, SendsACamBackWhenItIsCancelledBeforeAnythingIsWritten)
{
    for (const auto* id : {"OPENMV4", "OPENMV_N6", "ARDUINO_GIGA"}) {
        DfuBench bench(id);
        const auto first = image(40'000);
        ASSERT_FALSE(bench.run(imageFile(first)).error);
        std::stop_source stop;
        const auto report = bench.run(
            imageFile(image(50'000, 2)), {},
            [&](const Progress& progress) {
                if (progress.phase == Phase::BackingUp && progress.done > 0) {
                    stop.request_stop();
                }
            },
            stop.get_token());
        ASSERT_TRUE(report.error) << id;
        EXPECT_EQ(report.error->code, ErrorCode::Cancelled) << id;
        EXPECT_THAT(report.sentence(), HasSubstr("works as before")) << id;
        bench.bus.wait(std::chrono::seconds(20));
        EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware) << id;
        EXPECT_TRUE(std::ranges::equal(bench.flash.cells().first(first.size()), first)) << id;
    }
}

TEST(DfuJob, WritesNothingWhenTheBackupCannotBeKept)
{
    DfuBench bench("OPENMV4");
    const auto first = image(40'000);
    ASSERT_FALSE(bench.run(imageFile(first)).error);
    const auto report = bench.run(imageFile(image(50'000, 2)), {.backupFolder = bench.folder.write("file", "") / "x"});
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.state(), FlashState::Unchanged);
    EXPECT_EQ(bench.inFlash("ROMFS0", first.size()), first);
}

TEST(DfuJob, RefusesAnImageThatIsTooLargeBeforeTheCamIsReset)
{
    const auto& board = test::boardCalled("OPENMV4");
    const auto checked = checkFiles(board, imageFile(image(200'000)));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::TooLarge);
    EXPECT_THAT(checked.error().message, HasSubstr("131072"));
}

TEST(DfuJob, RefusesWhatIsNoImage)
{
    const auto& board = test::boardCalled("OPENMV4");
    EXPECT_EQ(checkFiles(board, imageFile(test::firmwareFor(board, 1000))).error().code, ErrorCode::NotRomfs);
}

TEST(DfuJob, SaysThatABootloaderWithoutRomfsIsOld)
{
    DfuBench bench("OPENMV4", {.noRomfs = 1}, 0x0200);
    const auto report = bench.run(imageFile(image(1'000)));
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::NotFound);
    EXPECT_THAT(report.error->message, AllOf(HasSubstr("ROMFS0"), HasSubstr("update it")));
    EXPECT_EQ(report.state(), FlashState::Unchanged);
}

TEST(DfuJob, RefusesAPartitionOfAnotherSizeThanTheTableHas)
{
    DfuBench bench("OPENMV4");
    auto other = bench.board;
    for (auto& setting : other.bootloader.alternateSettings) {
        if (setting.name == "ROMFS0") {
            setting.size = 65'536;
        }
    }
    const auto cam = std::make_shared<sim::DfuCam>(sim::DfuCam::Options{.board = other, .path = "3-2"}, bench.flash);
    bench.bus.add(cam);
    bench.bus.change([&](sim::Time now) { cam->enterBootloader(now); });
    auto caught = test::must(catchBootloader(bench.bus, {.path = "3-2"}, std::chrono::seconds(5), {}));
    const auto report = flashOverDfu(bench.bus, std::move(caught), imageFile(image(1'000)), {.backup = false});
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::Mismatch);
    EXPECT_EQ(report.state(), FlashState::Unchanged);
}

TEST(DfuJob, ErasesTheFileSystemOnlyWhenAsked)
{
    DfuBench bench("OPENMV_N6");
    bench.flash.program(boards::Memory::Xspi, 0x400000, romfs::asBytes("FAT"));
    auto files = imageFile(image(1'000));
    ASSERT_FALSE(bench.run(files).error);
    EXPECT_EQ(romfs::asText(bench.inFlash("FILESYSTEM", 3)), "FAT");
    files.eraseFilesystem = true;
    const auto report = bench.run(files);
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(bench.inFlash("FILESYSTEM", 4096), test::Blob(4096));
}

TEST(DfuJob, LeavesBootloadersThatDoNotGoOnDetach)
{
    for (const unsigned release : {0x0200U, 0x0101U, 0x0102U, 0x0103U}) {
        DfuBench bench("OPENMV4P", {}, static_cast<std::uint16_t>(release));
        const auto report = bench.run(imageFile(image(1'000)));
        EXPECT_FALSE(report.error) << report.sentence();
        EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware) << release;
    }
    DfuBench stays("OPENMV4P", {.staysOnDetach = 1});
    EXPECT_FALSE(stays.run(imageFile(image(1'000))).error) << "the bus is reset in the end";
}

TEST(DfuJob, WaitsForFirmwareThatComesUpLate)
{
    DfuBench bench("OPENMV_N6", {.firmwareAfter = 9'000});
    EXPECT_FALSE(bench.run(imageFile(image(1'000))).error);
}

TEST(DfuJob, SaysThatFirmwareDidNotShowUpThoughAllIsVerified)
{
    DfuBench bench("OPENMV_N6", {.firmwareNever = 1});
    const auto report = bench.run(imageFile(image(1'000)));
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::TimedOut);
    EXPECT_EQ(report.state(), FlashState::Verified);
    EXPECT_THAT(report.sentence(), HasSubstr("written and verified"));
}

TEST(DfuJob, RescuesACamWhoseFirmwareCrashes)
{
    DfuBench bench("OPENMV4");
    FlashFiles broken;
    broken.firmware.push_back(
        {.name = "firmware.bin", .content = test::contentOf(test::firmwareFor(bench.board, 50'000))});
    bench.cam->setFaults({.unplugAtBlock = 3, .replugAfter = 500});
    ASSERT_TRUE(bench.run(broken).error);
    // It goes through its bootloader's window again and again; nothing resets it but itself.
    for (int i = 0; i < 500; ++i) {
        bench.bus.wait(std::chrono::milliseconds(10));
    }
    EXPECT_NE(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
    auto caught = test::must(catchBootloader(bench.bus, bench.identity(), std::chrono::seconds(20), {}));
    const auto report = flashOverDfu(bench.bus, std::move(caught), broken, {});
    EXPECT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
}

// --- update

TEST(DfuUpdate, WritesOnlyTheEraseUnitsThatDiffer)
{
    DfuBench bench("OPENMV_N6");
    auto bytes = image(8 * 1024 * 1024);
    auto begin = bench.bus.now();
    ASSERT_FALSE(bench.run(imageFile(bytes), {.backup = false, .leave = false}).error);
    const auto whole = bench.bus.now() - begin;
    bytes[5'000'000] ^= std::byte{1};
    begin = bench.bus.now();
    const auto report = bench.run(imageFile(bytes), {.update = true, .backup = false, .leave = false});
    const auto update = bench.bus.now() - begin;
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(report.sent, 65'536U);
    EXPECT_EQ(bench.inFlash("ROMFS0", bytes.size()), bytes);
    EXPECT_GT(whole / update, 10) << "whole " << whole << ", update " << update;
}

TEST(DfuUpdate, WritesNothingThatIsThereAlready)
{
    DfuBench bench("OPENMV4P");
    const auto bytes = image(300'000);
    ASSERT_FALSE(bench.run(imageFile(bytes)).error);
    const auto report = bench.run(imageFile(bytes), {.update = true});
    EXPECT_FALSE(report.error);
    EXPECT_EQ(report.state(), FlashState::Equal);
    EXPECT_EQ(report.sent, 0U);
    EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware) << "it has started all the same";
}

TEST(DfuUpdate, WritesAllWhereTheMemoryDoesNotTakeBlocksInAnyOrder)
{
    DfuBench bench("OPENMV_AE3");
    FlashFiles files;
    files.images.emplace(1, test::contentOf(image(50'000)));
    ASSERT_FALSE(bench.run(files).error);
    auto changed = image(50'000);
    changed[40'000] ^= std::byte{1};
    files.images.insert_or_assign(1, test::contentOf(changed));
    const auto report = bench.run(files, {.update = true});
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_GE(report.sent, changed.size());
    EXPECT_EQ(bench.inFlash("ROMFS1", changed.size()), changed);
}

TEST(DfuUpdate, WritesAllWhenWhatIsReadBackDiffers)
{
    DfuBench bench("OPENMV4P");
    auto bytes = image(300'000);
    ASSERT_FALSE(bench.run(imageFile(bytes)).error);
    bytes[200'000] ^= std::byte{1};
    bench.cam->setFaults({.spoilAtBlock = 2});
    const auto report = bench.run(imageFile(bytes), {.update = true});
    EXPECT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(bench.inFlash("ROMFS0", bytes.size()), bytes);
    EXPECT_GT(report.sent, bytes.size());
}

TEST(DfuUpdate, TakesShorterAndLongerImages)
{
    for (const char* id : {"OPENMV3", "OPENMV4P", "OPENMV_AE3", "ARDUINO_GIGA"}) {
        DfuBench bench(id);
        for (const std::size_t size : {100'000UL, 3'000UL, 180'000UL, 65'522UL}) {
            const auto bytes = image(size);
            const auto report = bench.run(imageFile(bytes), {.update = true});
            ASSERT_FALSE(report.error) << id << ": " << report.sentence();
            EXPECT_TRUE(std::ranges::equal(bytes, bench.flash.cells().first(bytes.size())));
        }
    }
}

// --- what goes wrong

TEST(DfuFault, IsSaidWithItsStatusAndLeavesTheCamReadyForARetry)
{
    for (std::uint8_t status = 1; status < 16; ++status) {
        DfuBench bench("OPENMV4", {.errorAtBlock = 4, .errorStatus = status});
        const auto files = imageFile(image(40'000));
        const auto report = bench.run(files);
        ASSERT_TRUE(report.error);
        EXPECT_EQ(report.error->code, ErrorCode::DeviceFailed);
        EXPECT_THAT(report.error->message, AllOf(HasSubstr(std::string(dfuStatusName(status))), HasSubstr("block 3")));
        EXPECT_EQ(report.state(), FlashState::PartlyReplaced);
        EXPECT_FALSE(bench.run(files).error);
    }
}

TEST(DfuFault, ABitThatWasProgrammedWrongIsFound)
{
    DfuBench bench("OPENMV4", {.spoilAtBlock = 5});
    const auto report = bench.run(imageFile(image(40'000)));
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::NotVerified);
    EXPECT_THAT(report.error->message, HasSubstr(std::to_string(4 * 4096 + 2048)));
    EXPECT_EQ(report.state(), FlashState::Different);
}

TEST(DfuFault, ACancelEndsWithTheBlockUnderWay)
{
    DfuBench bench("OPENMV4");
    std::stop_source stop;
    const auto files = imageFile(image(90'000));
    const auto report = bench.run(
        files, {},
        [&](const Progress& now) {
            if (now.phase == Phase::Writing && now.done >= 40'960) {
                stop.request_stop();
            }
        },
        stop.get_token());
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, ErrorCode::Cancelled);
    EXPECT_EQ(report.sent, 40'960U);
    EXPECT_EQ(report.state(), FlashState::PartlyReplaced);
    EXPECT_FALSE(bench.run(files).error) << "it stayed in its bootloader";
}

TEST(DfuFault, ADisconnectAfterTheLastBlockIsNoErrorWhenTheFirmwareShowsUp)
{
    DfuBench bench("OPENMV4");
    bool isGone = false;
    const auto report = bench.run(imageFile(image(40'000)), {}, [&](const Progress& now) {
        if (now.phase == Phase::Verifying && now.done > 0 && !std::exchange(isGone, true)) {
            bench.cam->busReset(bench.bus.now()); // somebody else's
        }
    });
    EXPECT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(report.state(), FlashState::NotVerified);
    EXPECT_THAT(report.sentence(), HasSubstr("not verified"));
}

/// Requests of a full job, so that unplugging can be anywhere in it.
TEST(DfuFault, TwoHundredUnplugsEndInANamedStateAndARetryMendsThem)
{
    std::minstd_rand random(6);
    constexpr std::array ids{"OPENMV2", "OPENMV4", "OPENMV4P", "OPENMV_N6", "OPENMV_AE3", "ARDUINO_GIGA"};
    std::vector<std::unique_ptr<DfuBench>> benches;
    for (const auto* id : ids) {
        benches.push_back(std::make_unique<DfuBench>(id));
    }
    for (unsigned round = 0; round < 200; ++round) {
        auto& bench = *benches.at(round % benches.size());
        bench.cam->setFaults({.replugAfter = 1'000});
        const auto old = image(20'000, 7);
        ASSERT_FALSE(bench.run(imageFile(old)).error);
        const auto files = fullJob(bench.board, 60'000, 50'000, round);
        const bool inBlock = random() % 3 == 0;
        bench.cam->setFaults(inBlock ? sim::DfuFaults{.unplugAtBlock = 1 + random() % 28, .replugAfter = 1'000}
                                     : sim::DfuFaults{.unplugAtRequest = 1 + random() % 180, .replugAfter = 1'000});
        SCOPED_TRACE(testing::Message() << "round " << round);
        const auto report = bench.run(files);
        for (const auto& part : report.parts) {
            const bool isImage = part.partition.starts_with("ROMFS");
            const auto there = bench.flash.cells().first(files.images.at(0).size());
            const bool isNew = std::ranges::equal(there, files.images.at(0).bytes());
            if (isImage && part.state == FlashState::Unchanged) {
                EXPECT_TRUE(std::ranges::equal(bench.flash.cells().first(old.size()), old)) << report.sentence();
            }
            if (isImage && (part.state == FlashState::Verified || part.state == FlashState::Started)) {
                EXPECT_TRUE(isNew) << report.sentence();
            }
        }
        if (report.error) {
            EXPECT_THAT(report.error->code, AnyOf(ErrorCode::Disconnected, ErrorCode::TimedOut)) << report.sentence();
            EXPECT_TRUE(report.parts.empty()
                        || report.sentence().contains(
                            std::format("{}: {}", report.parts.back().partition, stateName(report.parts.back().state))))
                << report.sentence();
        }
        bench.cam->setFaults({});
        const auto retry = bench.run(files);
        ASSERT_FALSE(retry.error) << report.sentence() << "\nretry: " << retry.sentence();
        // What was there already is not written again.
        EXPECT_THAT(statesOf(retry), ElementsAre(AnyOf(FlashState::Equal, FlashState::Started), FlashState::Started));
        EXPECT_EQ(bench.cam->mode(), sim::DfuCam::Mode::Firmware);
    }
}

} // namespace
} // namespace romsmith::device
