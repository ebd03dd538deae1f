// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/ttylink.h"
#include "core/device/waysin.h"
#include "core/sim/pseudoterminal.h"
#include "core/sim/virtualcam.h"
#include "tests/core/dfubench.h"

#include <QStandardPaths>

#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(DebugProtocol, PacketsAreAsTheFirmwareReadsThem)
{
    // CRC-16 of the eight bytes before it, polynomial 0xF94F from all ones, calculated by hand with another program.
    const auto packet = protocol5Packet(0x11, 0);
    ASSERT_EQ(packet.size(), 10U);
    EXPECT_EQ(packet, std::string("\xAA\xD5\x00\x00\x00\x11\x00\x00\xCF\x2F", 10));
    EXPECT_EQ(protocol4Packet(0x0E), std::string("\x30\x0E\x00\x00\x00\x00", 6));
}

/// A virtual cam with both faces.
class BothFacesTest : public testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable(QStringLiteral("micropython")).isEmpty()) {
            GTEST_SKIP() << "There is no MicroPython.";
        }
    }

    void plug(const char* board, sim::Faults faults = {})
    {
        sim::VirtualCamOptions options;
        options.board = *boards::BoardTable::known().find(board);
        options.flash = folder / "flash";
        options.faults = faults;
        options.bus = bus;
        options.portChanged = [this](const std::string& port) {
            const std::scoped_lock lock(m_mutex);
            m_port = port;
            m_changed.notify_all();
        };
        cam = test::must(sim::VirtualCam::start(std::move(options)));
    }

    Port port()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, 30s, [this] { return !m_port.empty(); });
        return {.path = m_port, .usbPath = cam->usbPath()};
    }

    Result<Caught> enter(const ProgressSink& progress = {})
    {
        return enterBootloader(*bus, port(), {.board = boards::BoardTable::known().find("OPENMV_N6")}, 30s, progress);
    }

    FlashFiles files()
    {
        FlashFiles made;
        made.images.emplace(0, test::contentOf(test::imageWith(test::pattern(70'000))));
        made.firmware.push_back(
            {.name = "firmware.bin",
             .content = test::contentOf(test::firmwareFor(*boards::BoardTable::known().find("OPENMV_N6"), 30'000))});
        return made;
    }

    DfuOptions options() const { return {.backupFolder = folder / "backups"}; }

    test::TempFolder folder;
    std::shared_ptr<sim::VirtualBus> bus = std::make_shared<sim::VirtualBus>();
    std::unique_ptr<sim::VirtualCam> cam;

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::string m_port;
};

TEST_F(BothFacesTest, AnImageThatTheBootloaderWroteIsMountedByTheFirmware)
{
    plug("OPENMV_N6");
    std::vector<std::string_view> phases;
    auto caught = enter([&](const Progress& now) { phases.push_back(phaseName(now.phase)); });
    ASSERT_TRUE(caught) << test::messageOf(caught);
    EXPECT_THAT(phases, testing::Contains("Waiting for the bootloader"));
    const auto report = flashOverDfu(*bus, std::move(*caught), files(), options());
    ASSERT_FALSE(report.error) << report.sentence();
    EXPECT_EQ(report.state(), FlashState::Started);

    const auto device = test::must(Device::open(port()));
    EXPECT_EQ(test::must(device->repl().exec("import os\nprint(os.listdir('/rom'))")), "['x']\r\n");
    const auto& partition = *device->facts().partition(0);
    EXPECT_EQ(partition.used(), files().images.at(0).size());
}

TEST_F(BothFacesTest, WhatTheFirmwareWroteIsReadByTheBootloader)
{
    plug("OPENMV_N6");
    const auto image = test::imageWith(test::pattern(70'000));
    {
        const auto device = test::must(Device::open(port()));
        ASSERT_EQ(deploy(*device, test::contentOf(image), {.backup = false}).state, FlashState::Done);
    }
    const auto caught = test::must(enter());
    EXPECT_TRUE(std::ranges::equal(test::must(readOverDfu(caught, "ROMFS0", false)).bytes(), image));
}

TEST_F(BothFacesTest, TheSameCamIsRecognisedByItsSerialNumber)
{
    plug("OPENMV_N6");
    const auto device = test::must(Device::open(port()));
    const auto serial = bootloaderSerial(*device->board(), device->facts().uniqueId);
    EXPECT_EQ(serial.size(), 24U);
    const auto caught = test::must(enter());
    EXPECT_EQ(caught.device.usb.serial, serial);
    EXPECT_EQ(caught.device.usb.path, cam->usbPath());
}

TEST_F(BothFacesTest, TwoCamsAreToldApart)
{
    plug("OPENMV_N6");
    auto other = std::make_shared<sim::DfuCam>(
        sim::DfuCam::Options{.board = *boards::BoardTable::known().find("OPENMV_N6"), .path = "virtual-2"},
        sim::CamFlash::make(*boards::BoardTable::known().find("OPENMV_N6")));
    bus->add(other);
    bus->change([&](sim::Time now) { other->enterBootloader(now); });
    const auto caught = test::must(enter());
    EXPECT_EQ(caught.device.usb.path, cam->usbPath());
}

TEST_F(BothFacesTest, AnUnpluggedJobIsRetried)
{
    plug("OPENMV_N6");
    ASSERT_TRUE(cam->setBootloader({{QStringLiteral("unplug-at-block"), 5}, {QStringLiteral("replug-after"), 300}}));
    auto first = flashOverDfu(*bus, test::must(enter()), files(), options());
    ASSERT_TRUE(first.error);
    EXPECT_EQ(first.state(), FlashState::PartlyReplaced);
    auto caught = catchBootloader(*bus, {.path = cam->usbPath()}, 30s, {});
    ASSERT_TRUE(caught) << test::messageOf(caught);
    const auto retry = flashOverDfu(*bus, std::move(*caught), files(), options());
    EXPECT_FALSE(retry.error) << retry.sentence();
}

TEST_F(BothFacesTest, FaultsOfTheBootloaderAreCheckedByName)
{
    plug("OPENMV_N6");
    EXPECT_THAT(test::messageOf(cam->setBootloader({{QStringLiteral("explode"), 1}})), HasSubstr("explode"));
}

/// Firmware whose script does not let go of the REPL; it obeys what is written to the port.
class DeafFirmware
{
public:
    DeafFirmware(std::string obeys, std::function<void()> done)
        : m_terminal(test::must(sim::PseudoTerminal::open()))
        , m_path(m_terminal->path())
        , m_thread([this, obeys = std::move(obeys), done = std::move(done)](const std::stop_token& stop) {
            std::string heard;
            while (!stop.stop_requested()) {
                pollfd polled{.fd = m_terminal->descriptor(), .events = POLLIN, .revents = 0};
                ::poll(&polled, 1, 10);
                std::array<char, 256> some{};
                const auto count = ::read(m_terminal->descriptor(), some.data(), some.size());
                heard.append(some.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count)));
                if (heard.contains(obeys)) {
                    m_terminal.reset();
                    done();
                    return;
                }
            }
        })
    { }

    Port port() const { return {.path = m_path, .usbPath = "3-1"}; }

private:
    std::optional<sim::PseudoTerminal> m_terminal;
    std::string m_path;
    std::jthread m_thread;
};

TEST(WaysIn, AScriptThatHoldsTheReplIsLeftByTheDebugProtocol)
{
    for (const auto& packet : {protocol5Packet(0x11, 0), protocol4Packet(0x0E)}) {
        const auto& board = *boards::BoardTable::known().find("OPENMV4");
        const auto model
            = std::make_shared<sim::DfuCam>(sim::DfuCam::Options{.board = board}, sim::CamFlash::make(board));
        sim::VirtualBus bus;
        bus.add(model);
        bus.change([&](sim::Time now) { model->runFirmware(now); });
        const DeafFirmware firmware(packet, [&] { bus.change([&](sim::Time now) { model->enterBootloader(now); }); });
        const auto caught = enterBootloader(bus, firmware.port(), {.board = &board}, 30s);
        EXPECT_TRUE(caught) << test::messageOf(caught);
    }
}

} // namespace
} // namespace romsmith::device
