// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/device/deploy.h"
#include "core/device/ttylink.h"
#include "core/sim/virtualcam.h"
#include "tests/core/tempfolder.h"

#include <QStandardPaths>

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <random>

namespace romsmith::device {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

/// Ends or cancels something after so many bytes in both directions.
class LimitedLink final : public SerialLink
{
public:
    LimitedLink(std::unique_ptr<SerialLink> link, std::size_t limit, std::function<void()> reached)
        : m_link(std::move(link))
        , m_left(limit)
        , m_reached(std::move(reached))
    { }

    Result<std::size_t> read(std::span<std::byte> into, Deadline deadline) override
    {
        return count(m_link->read(into, deadline));
    }
    Result<std::size_t> write(romfs::Bytes bytes, Deadline deadline) override
    {
        return count(m_link->write(bytes, deadline));
    }
    void close() override { m_link->close(); }

private:
    Result<std::size_t> count(Result<std::size_t> done)
    {
        if (done && m_left > 0) {
            m_left -= std::min(m_left, *done);
            if (m_left == 0) {
                m_reached();
            }
        }
        return done;
    }

    std::unique_ptr<SerialLink> m_link;
    std::size_t m_left;
    std::function<void()> m_reached;
};

/// An image with one file.
test::Blob imageWith(romfs::Bytes content)
{
    const auto data = test::varuint(2) + test::varuint(content.size()) + test::Blob(content.begin(), content.end());
    const auto file = test::varuint(5) + test::varuint(2 + data.size()) + test::hex("01") + test::text("x") + data;
    return test::hex("d2cd31") + test::varuint(file.size()) + file;
}

test::Blob randomBytes(std::minstd_rand& random, std::size_t size)
{
    test::Blob bytes(size);
    std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() >> 8U); });
    return bytes;
}

class DeployTest : public testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable(QStringLiteral("micropython")).isEmpty()) {
            GTEST_SKIP() << "There is no MicroPython.";
        }
    }

    void plug(const std::string& board, bool rangedPrepare = false)
    {
        m_cam.reset();
        sim::VirtualCamOptions options;
        options.board = *boards::BoardTable::builtIn().find(board);
        options.firmware.rangedPrepare = rangedPrepare;
        options.flash = m_folder / "flash";
        options.portChanged = [this](const std::string& port) {
            const std::scoped_lock lock(m_mutex);
            m_port = port;
            m_changed.notify_all();
        };
        m_cam = test::must(sim::VirtualCam::start(std::move(options)));
    }

    Port port()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, std::chrono::seconds(30), [this] { return !m_port.empty(); });
        return {.path = m_port};
    }

    void setFault(const char* name, qint64 value)
    {
        const QJsonObject faults{{QString::fromLatin1(name), value}};
        ASSERT_TRUE(m_cam->command({{QStringLiteral("set"), faults}})[QStringLiteral("ok")].toBool());
    }

    void replug()
    {
        m_cam->command({{QStringLiteral("do"), QStringLiteral("replug")}});
        port();
    }

    DeployOptions options() const { return {.backupFolder = m_folder / "backups"}; }

    DeployReport deployOver(std::unique_ptr<SerialLink> link, romfs::Bytes image, const std::stop_token& stop = {},
                            const DeployOptions& how = {})
    {
        DeployReport failed;
        auto device = Device::connect(std::move(link), port(), stop);
        if (!device) {
            failed.error = device.error();
            return failed;
        }
        auto asked = how;
        asked.backupFolder = m_folder / "backups";
        return deploy(**device, romfs::Content::copyOf(image), asked, {}, stop);
    }

    DeployReport flash(romfs::Bytes image, const DeployOptions& how = {})
    {
        return deployOver(test::must(openTty(port().path)), image, {}, how);
    }

    std::string inFlash() const { return m_folder.read("flash"); }

    void expectInFlash(romfs::Bytes image)
    {
        const auto flash = inFlash();
        EXPECT_TRUE(flash.starts_with(romfs::asText(image)));
        EXPECT_EQ(flash.find_first_not_of('\xff', image.size()), std::string::npos) << "something is behind the image";
    }

    test::TempFolder m_folder;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_port;
    std::unique_ptr<sim::VirtualCam> m_cam;
};

TEST_F(DeployTest, AnImageIsWrittenReadBackAndMounted)
{
    plug("OPENMV_N6");
    const auto image = imageWith(test::pattern(3000));
    const auto report = flash(image);
    EXPECT_EQ(report.error.value_or(Error{}).message, "");
    EXPECT_EQ(report.state, FlashState::Done);
    EXPECT_THAT(report.sentence(), HasSubstr("3,013 bytes written to ROMFS0 of OpenMV N6 ("));
    EXPECT_THAT(report.sentence(), HasSubstr("read back and equal"));
    expectInFlash(image);
}

TEST_F(DeployTest, AnImageThatIsThereIsNotWrittenAgain)
{
    plug("OPENMV_N6");
    const auto image = imageWith(test::pattern(30000));
    ASSERT_EQ(flash(image).state, FlashState::Done);
    const auto before = m_cam->command({})[QStringLiteral("writes")].toInt();
    const auto report = flash(image);
    EXPECT_EQ(report.state, FlashState::Equal);
    EXPECT_FALSE(report.error);
    EXPECT_TRUE(report.backup.empty());
    EXPECT_EQ(m_cam->command({})[QStringLiteral("writes")].toInt(), before);
}

TEST_F(DeployTest, WhatWasThereIsKeptAndCanBeRestored)
{
    plug("OPENMV2");
    const auto first = imageWith(test::pattern(5000, 1));
    const auto second = imageWith(test::pattern(700, 2));
    ASSERT_EQ(flash(first).state, FlashState::Done);
    const auto report = flash(second);
    ASSERT_EQ(report.state, FlashState::Done);
    EXPECT_EQ(test::TempFolder::contentOf(report.backup), romfs::asText(first));
    expectInFlash(second);
    ASSERT_EQ(flash(romfs::asBytes(test::TempFolder::contentOf(report.backup))).state, FlashState::Done);
    expectInFlash(first);
}

TEST_F(DeployTest, NothingIsChangedByWhatIsWrongFromTheStart)
{
    plug("OPENMV2");
    const auto image = imageWith(test::pattern(100));
    const auto other = boards::BoardTable::builtIn().find("OPENMV_N6");
    const auto wrongBoard = flash(image, {.board = other});
    EXPECT_EQ(wrongBoard.error->code, ErrorCode::Mismatch);
    const auto tooLarge = flash(imageWith(test::pattern(200000)));
    EXPECT_EQ(tooLarge.error->code, ErrorCode::TooLarge);
    const auto noImage = flash(test::pattern(100));
    EXPECT_EQ(noImage.error->code, ErrorCode::NotRomfs);
    const auto noPartition = flash(image, {.partition = 1});
    EXPECT_EQ(noPartition.error->code, ErrorCode::NotFound);
    auto broken = image;
    broken[5] = std::byte{0}; // a record of kind 0
    const auto malformed = flash(broken);
    EXPECT_EQ(malformed.error.value_or(Error{}).code, ErrorCode::InvalidArgument);
    for (const auto& report : {wrongBoard, tooLarge, noImage, noPartition, malformed}) {
        EXPECT_EQ(report.state, FlashState::Unchanged);
        EXPECT_THAT(report.sentence(), HasSubstr("nothing was changed"));
    }
    EXPECT_EQ(inFlash().find_first_not_of('\xff'), std::string::npos);
}

TEST_F(DeployTest, AFailedEraseOrWriteLeavesNoImageAndSaysSo)
{
    plug("OPENMV_N6", true);
    std::minstd_rand random(2);
    const auto old = imageWith(randomBytes(random, 50000));
    const auto image = imageWith(randomBytes(random, 100000)); // two chunks, and the first bytes last
    ASSERT_EQ(flash(old).state, FlashState::Done);
    const std::vector<std::tuple<const char*, int, FlashState>> failures{{"fail-erase", 1, FlashState::Unchanged},
                                                                         {"fail-erase", 5, FlashState::Erased},
                                                                         {"fail-write", 1, FlashState::PartlyWritten},
                                                                         {"fail-write", 2, FlashState::PartlyWritten},
                                                                         {"fail-write", 3, FlashState::PartlyWritten}};
    for (const auto& [fault, number, state] : failures) {
        SCOPED_TRACE(testing::Message() << fault << ' ' << number);
        setFault(fault, number);
        const auto report = flash(image);
        EXPECT_EQ(report.state, state) << report.sentence();
        EXPECT_EQ(report.error.value_or(Error{}).code, ErrorCode::DeviceFailed);
        EXPECT_EQ(inFlash().starts_with("\xd2\xcd"), state == FlashState::Unchanged);
    }
    EXPECT_EQ(flash(image).state, FlashState::Done);
    EXPECT_TRUE(inFlash().starts_with(romfs::asText(image)));
}

TEST_F(DeployTest, AWriteThatOnlyClaimsToHaveWorkedIsNoticed)
{
    // The file is the flash: what is changed in it is what the chip did not keep.
    plug("OPENMV2");
    std::minstd_rand random(3);
    const auto image = imageWith(randomBytes(random, 60000));
    bool spoilt = false;
    auto device = test::must(Device::open(port()));
    const auto report = deploy(
        *device, romfs::Content::copyOf(image), {.backupFolder = m_folder / "backups"}, [&](const Progress& progress) {
            if (progress.phase == Phase::Verifying && !spoilt) {
                spoilt = true;
                std::fstream file(m_folder / "flash", std::ios::in | std::ios::out | std::ios::binary);
                file.seekp(30000).write("spoilt", 6);
            }
        });
    EXPECT_EQ(report.state, FlashState::PartlyWritten);
    EXPECT_EQ(report.error.value_or(Error{}).code, ErrorCode::NotVerified);
    EXPECT_THAT(report.sentence(), HasSubstr("does not hold what was written"));
    EXPECT_FALSE(inFlash().starts_with("\xd2\xcd")) << "nobody mounts what is not right";
    EXPECT_EQ(flash(image).state, FlashState::Done);
    expectInFlash(image);
}

/// Cuts and cancels at random bytes; whatever the state is called then, it is true, and a retry ends right.
class InterruptedDeployTest : public DeployTest, public testing::WithParamInterface<unsigned>
{ };

TEST_P(InterruptedDeployTest, EndsInANamedStateAndGoesOn)
{
    plug("OPENMV2", GetParam() % 2 == 1);
    std::minstd_rand random(GetParam() + 1);
    auto before = imageWith(randomBytes(random, 3000));
    ASSERT_EQ(flash(before).state, FlashState::Done);
    const int rounds = qEnvironmentVariable("CI") == QLatin1StringView("true") ? 25 : 5; // for each seed
    for (int i = 0; i < rounds; ++i) {
        const auto image = imageWith(randomBytes(random, 1 + random() % 20000));
        const auto limit = 1 + random() % (image.size() * 3 / 2 + 12000);
        std::stop_source stop;
        DeployReport report;
        const bool isCancel = i % 2 == 0;
        if (isCancel) {
            report = deployOver(
                std::make_unique<LimitedLink>(test::must(openTty(port().path)), limit, [&] { stop.request_stop(); }),
                image, stop.get_token());
        } else {
            setFault("unplug-after", static_cast<qint64>(limit));
            report = deployOver(test::must(openTty(port().path)), image);
            setFault("unplug-after", 0);
            replug();
        }
        SCOPED_TRACE(testing::Message() << "round " << i << ", after " << limit << " bytes: " << report.sentence());
        const auto flash = inFlash();
        const bool isOld = flash.starts_with(romfs::asText(before));
        const bool isNew = flash.starts_with(romfs::asText(image));
        const bool isAnything = flash.starts_with("\xd2\xcd\x31");
        switch (report.state) {
        case FlashState::Unchanged:
            EXPECT_TRUE(isOld);
            break;
        case FlashState::Erased: // it may have been on its way
            EXPECT_TRUE(!isAnything || isOld);
            break;
        case FlashState::PartlyWritten:
            EXPECT_FALSE(isAnything);
            break;
        case FlashState::NotVerified:
            EXPECT_TRUE(!isAnything || isNew);
            break;
        case FlashState::NotMounted:
        case FlashState::Done:
            EXPECT_TRUE(isNew);
            break;
        case FlashState::Equal:
        case FlashState::Different:
        case FlashState::PartlyReplaced: // these are of a bootloader
        case FlashState::Verified:
        case FlashState::Started:
            ADD_FAILURE();
            break;
        }
        EXPECT_EQ(report.error.has_value(), report.state != FlashState::Done);
        if (report.error) {
            EXPECT_THAT(report.error->code, AnyOf(ErrorCode::Cancelled, ErrorCode::Disconnected));
        }
        const auto retry = this->flash(image, {.backup = false});
        ASSERT_THAT(retry.state, AnyOf(FlashState::Done, FlashState::Equal)) << retry.sentence();
        expectInFlash(image);
        before = image;
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, InterruptedDeployTest, testing::Range(0U, 8U));

/// What a phase is about to do has not happened when the cam is gone at its begin.
TEST_F(DeployTest, ACamThatIsGoneInAnyPhaseLeavesAStateThatIsTrue)
{
    const std::vector<std::pair<Phase, FlashState>> phases{
        {Phase::Checking, FlashState::Unchanged},   {Phase::Comparing, FlashState::Unchanged},
        {Phase::BackingUp, FlashState::Unchanged},  {Phase::Erasing, FlashState::Erased},
        {Phase::Writing, FlashState::Erased},       {Phase::Verifying, FlashState::NotVerified},
        {Phase::Restarting, FlashState::NotMounted}};
    plug("OPENMV2");
    std::minstd_rand random(4);
    auto before = imageWith(randomBytes(random, 30000));
    ASSERT_EQ(flash(before).state, FlashState::Done);
    for (const char* accident : {"reboot", "unplug"}) {
        for (const auto& [phase, state] : phases) {
            SCOPED_TRACE(testing::Message() << accident << " at " << phaseName(phase));
            auto image = before; // of the same length, so that it is compared
            image.back() = ~image.back();
            auto device = test::must(Device::open(port()));
            bool isGone = false;
            const auto report
                = deploy(*device, romfs::Content::copyOf(image), options(), [&](const Progress& progress) {
                      if (progress.phase == phase && !std::exchange(isGone, true)) {
                          m_cam->command({{QStringLiteral("do"), QString::fromLatin1(accident)}});
                      }
                  });
            EXPECT_TRUE(isGone);
            EXPECT_EQ(report.state, state) << report.sentence();
            EXPECT_EQ(report.error.value_or(Error{}).code, ErrorCode::Disconnected);
            const bool isNew = state == FlashState::NotVerified || state == FlashState::NotMounted;
            EXPECT_EQ(inFlash().starts_with(romfs::asText(image)), isNew);
            device.reset();
            replug();
            ASSERT_THAT(flash(image).state, AnyOf(FlashState::Done, FlashState::Equal));
            expectInFlash(image);
            before = image;
        }
    }
}

TEST_F(DeployTest, AProgramThatDiesInTheMiddleLeavesACamThatIsFoundAgain)
{
    plug("OPENMV_N6");
    std::minstd_rand random(1);
    const auto image = imageWith(randomBytes(random, 300000));
    for (const std::size_t limit : {20000U, 150000U}) {
        auto link = std::make_unique<LimitedLink>(test::must(openTty(port().path)), limit,
                                                  [] { throw std::runtime_error("killed"); });
        EXPECT_ANY_THROW(static_cast<void>(deployOver(std::move(link), image)));
        EXPECT_EQ(flash(image).state, FlashState::Done);
        expectInFlash(image);
        ASSERT_EQ(flash(imageWith(test::pattern(10))).state, FlashState::Done);
    }
}

TEST_F(DeployTest, WhatIsReadIsWhatIsInFlash)
{
    plug("OPENMV2");
    const auto image = imageWith(test::pattern(40000));
    ASSERT_EQ(flash(image).state, FlashState::Done);
    for (const bool whole : {false, true}) {
        auto device = test::must(Device::open(port()));
        const auto content = test::must(readPartition(*device, 0, whole));
        const auto bytes = romfs::asText(content.bytes());
        // What the bootloader alone reaches is behind the partition.
        EXPECT_EQ(bytes.size(), whole ? 128 * 1024 : image.size());
        EXPECT_TRUE(inFlash().starts_with(bytes));
    }
}

} // namespace
} // namespace romsmith::device
