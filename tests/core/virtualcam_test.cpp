// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/sim/virtualcam.h"
#include "tests/core/tempfolder.h"

#include <QStandardPaths>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::sim {
namespace {

using testing::HasSubstr;

/// ms; what reaches it hangs.
constexpr int patience = 30000;

class VirtualCamTest : public testing::Test
{
protected:
    void SetUp() override
    {
        if (QStandardPaths::findExecutable(QStringLiteral("micropython")).isEmpty()) {
            GTEST_SKIP() << "There is no MicroPython.";
        }
    }

    static VirtualCamOptions options()
    {
        VirtualCamOptions options;
        options.board = *boards::BoardTable::builtIn().find("OPENMV2");
        return options;
    }

    /// What a port says up to these words.
    static std::string readUntil(int port, std::string_view words)
    {
        std::string said;
        pollfd polled{.fd = port, .events = POLLIN, .revents = 0};
        while (said.find(words) == std::string::npos && ::poll(&polled, 1, patience) == 1) {
            std::array<char, 256> buffer{};
            const auto count = ::read(port, buffer.data(), buffer.size());
            if (count <= 0) {
                break;
            }
            said.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return said;
    }
};

TEST_F(VirtualCamTest, IsAPortWithMicroPythonBehindItAsLongAsItLives)
{
    auto cam = VirtualCam::start(options());
    ASSERT_TRUE(cam) << cam.error().message;
    const int port = ::open((*cam)->port().c_str(), O_RDWR | O_NOCTTY);
    ASSERT_GE(port, 0);
    EXPECT_THAT(readUntil(port, ">>> "), HasSubstr("OPENMV2 with STM32F427"));
    ASSERT_EQ(::write(port, "6 * 7\r", 6), 6);
    EXPECT_THAT(readUntil(port, ">>> "), HasSubstr("\r\n42\r\n"));
    cam->reset();
    EXPECT_EQ(readUntil(port, "anything"), "");
    ::close(port);
}

TEST_F(VirtualCamTest, ObeysCommandsAndTellsOfItsPort)
{
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> ports;
    auto asked = options();
    const test::TempFolder folder;
    asked.alias = folder / "port";
    asked.portChanged = [&](const std::string& port) {
        const std::scoped_lock lock(mutex);
        ports.push_back(port);
        changed.notify_all();
    };
    const auto cam = VirtualCam::start(std::move(asked));
    ASSERT_TRUE(cam) << cam.error().message;
    EXPECT_EQ((*cam)->port(), (folder / "port").string());
    EXPECT_TRUE((*cam)->command({})[QStringLiteral("plugged")].toBool());
    EXPECT_FALSE((*cam)->command({{QStringLiteral("do"), QStringLiteral("fly")}})[QStringLiteral("ok")].toBool());
    const auto state = (*cam)->command({{QStringLiteral("do"), QStringLiteral("unplug")}});
    EXPECT_FALSE(state[QStringLiteral("plugged")].toBool());
    EXPECT_EQ((*cam)->port(), "");
    (*cam)->command({{QStringLiteral("do"), QStringLiteral("replug")}});
    std::unique_lock lock(mutex);
    const std::vector<std::string> expected{folder / "port", "", folder / "port"};
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::milliseconds(patience), [&] { return ports == expected; }));
}

TEST_F(VirtualCamTest, IsTwiceWithoutConfusion)
{
    const auto one = VirtualCam::start(options());
    const auto other = VirtualCam::start(options());
    ASSERT_TRUE(one);
    ASSERT_TRUE(other);
    EXPECT_NE((*one)->port(), (*other)->port());
}

TEST_F(VirtualCamTest, NamesWhatIsMissing)
{
    auto asked = options();
    asked.micropython = "nowhere";
    const auto cam = VirtualCam::start(std::move(asked));
    ASSERT_FALSE(cam);
    EXPECT_THAT(cam.error().message, HasSubstr("nowhere was not found: install the package micropython"));
}

} // namespace
} // namespace romsmith::sim
