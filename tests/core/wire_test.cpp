// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/ttylink.h"
#include "core/device/wire.h"
#include "tests/core/scriptedlink.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>
#include <pty.h>
#include <unistd.h>

#include <array>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Line
{
public:
    explicit Line(std::string said, std::size_t lives = std::numeric_limits<std::size_t>::max())
        : wire(std::make_unique<test::ScriptedLink>(std::deque<test::Line>{{"go", std::move(said)}}, lives),
               "Cam (port)")
    {
        static_cast<void>(wire.write("go", 1s));
    }

    Wire wire;
};

TEST(WireTest, GivesWhatCameAndCountsIt)
{
    Line line("abcdef");
    EXPECT_EQ(test::must(line.wire.read(std::size_t{2}, 1s)), "ab");
    EXPECT_TRUE(line.wire.hasBytes());
    EXPECT_EQ(test::must(line.wire.readChar(1s)), 'c');
    EXPECT_EQ(test::must(line.wire.readUntil("f", 1s, 10)), "de");
    EXPECT_FALSE(line.wire.hasBytes());
    EXPECT_EQ(line.wire.sent(), 2U);
    EXPECT_EQ(line.wire.received(), 6U);
}

TEST(WireTest, ReadsNoFurtherThanItIsAsked)
{
    Line line("text>more>");
    EXPECT_EQ(test::must(line.wire.readUntil(">", 1s, 10)), "text");
    EXPECT_EQ(test::must(line.wire.readUntil(">", 1s, 10)), "more");
}

TEST(WireTest, TakesNoMoreThanItMay)
{
    Line line(std::string(100, 'x') + ">");
    const auto text = line.wire.readUntil(">", 1s, 99);
    EXPECT_EQ(text.error().code, ErrorCode::DeviceFailed);
    EXPECT_THAT(text.error().message, HasSubstr("Cam (port) sent more than the 99 bytes that were expected"));
    EXPECT_EQ(test::must(Line(std::string(100, 'x') + ">").wire.readUntil(">", 1s, 100)).size(), 100U);
}

TEST(WireTest, WaitsNoLongerThanItMay)
{
    Line line("ab");
    EXPECT_EQ(line.wire.read(std::size_t{3}, 10ms).error().code, ErrorCode::TimedOut);
    EXPECT_EQ(line.wire.readUntil(">", 10ms, 10).error().code, ErrorCode::TimedOut);
    EXPECT_THAT(test::messageOf(line.wire.readChar(10ms)), HasSubstr("Cam (port) was silent for 0.01 s"));
}

TEST(WireTest, SaysWhenTheDeviceIsGone)
{
    Line line("abc", 4); // two bytes went there
    EXPECT_EQ(test::must(line.wire.read(std::size_t{2}, 1s)), "ab");
    for (const auto code : {line.wire.readChar(1s).error().code, line.wire.write("x", 1s).error().code,
                            line.wire.drain(1ms, 1s).error().code}) {
        EXPECT_EQ(code, ErrorCode::Disconnected);
    }
}

TEST(WireTest, ThrowsAwayWhatIsOld)
{
    Line line("old");
    EXPECT_EQ(test::messageOf(line.wire.drain(1ms, 1s)), "");
    EXPECT_FALSE(line.wire.hasBytes());
    EXPECT_EQ(line.wire.readChar(1ms).error().code, ErrorCode::TimedOut);
}

TEST(WireTest, IsStoppedInTheMiddleOfAWait)
{
    std::stop_source stop;
    stop.request_stop();
    Line line("abc");
    line.wire.setStop(stop.get_token());
    EXPECT_EQ(line.wire.readChar(1h).error().code, ErrorCode::Cancelled);
    EXPECT_EQ(line.wire.write("x", 1h).error().code, ErrorCode::Cancelled);
    {
        const Wire::Uninterrupted finishing(line.wire);
        EXPECT_EQ(test::must(line.wire.readChar(1s)), 'a');
    }
    EXPECT_TRUE(line.wire.isStopped());
    {
        const Wire::Grace grace(line.wire, 1h);
        EXPECT_EQ(test::messageOf(line.wire.write("x", 1s)), "") << "what is begun is finished";
    }
    EXPECT_EQ(line.wire.write("x", 1h).error().code, ErrorCode::Cancelled);
}

// --- a real port

class TtyLinkTest : public testing::Test
{
protected:
    void SetUp() override
    {
        std::array<char, 100> name{};
        ASSERT_EQ(::openpty(&m_master, &m_slave, name.data(), nullptr, nullptr), 0);
        m_path = name.data();
    }
    void TearDown() override
    {
        unplug();
        ::close(m_slave);
    }

    void unplug()
    {
        if (m_master >= 0) {
            ::close(std::exchange(m_master, -1));
        }
    }

    int m_master = -1;
    int m_slave = -1;
    std::string m_path;
};

TEST_F(TtyLinkTest, CarriesEveryByteAsItIs)
{
    test::Blob every(256);
    for (unsigned i = 0; i < every.size(); ++i) {
        every[i] = static_cast<std::byte>(i);
    }
    Wire wire(test::must(openTty(m_path)), "port");
    ASSERT_EQ(test::messageOf(wire.write(every, 1s)), "");
    test::Blob there(256);
    std::size_t count = 0;
    while (count < there.size()) {
        const auto more = ::read(m_master, there.data() + count, there.size() - count);
        ASSERT_GT(more, 0);
        count += static_cast<std::size_t>(more);
    }
    EXPECT_EQ(there, every);
    ASSERT_EQ(::write(m_master, every.data(), every.size()), 256);
    EXPECT_EQ(test::must(wire.read(std::size_t{256}, 10s)), romfs::asText(every));
}

TEST_F(TtyLinkTest, SaysWhenThePortIsGone)
{
    const auto link = test::must(openTty(m_path));
    std::array<std::byte, 10> into{};
    EXPECT_EQ(link->read(into, Clock::now() + 1ms).error().code, ErrorCode::TimedOut);
    unplug();
    EXPECT_EQ(link->read(into, Clock::now() + 10s).error().code, ErrorCode::Disconnected);
    EXPECT_EQ(link->write(into, Clock::now() + 10s).error().code, ErrorCode::Disconnected);
}

TEST_F(TtyLinkTest, IsDeadWhenItIsClosed)
{
    const auto link = test::must(openTty(m_path));
    link->close();
    std::array<std::byte, 10> into{};
    EXPECT_EQ(link->read(into, Clock::now() + 10s).error().code, ErrorCode::Disconnected);
    EXPECT_EQ(link->write(into, Clock::now() + 10s).error().code, ErrorCode::Disconnected);
}

TEST_F(TtyLinkTest, SaysWhenNothingIsTaken)
{
    const auto link = test::must(openTty(m_path));
    const test::Blob much(1 << 20);
    romfs::Bytes left = much;
    Result<std::size_t> count = 0;
    while (count) {
        count = link->write(left, Clock::now() + 20ms);
        left = left.subspan(count.value_or(0));
    }
    EXPECT_EQ(count.error().code, ErrorCode::TimedOut);
    EXPECT_FALSE(left.empty());
}

TEST(OpenTtyTest, NamesWhatIsNoPort)
{
    const test::TempFolder folder;
    EXPECT_EQ(openTty("/dev/no-such-port").error().code, ErrorCode::NotFound);
    EXPECT_THAT(test::messageOf(openTty("/dev/null")), HasSubstr("/dev/null is no serial port"));
    EXPECT_EQ(openTty(folder.path()).error().code, ErrorCode::CannotRead);
    const auto file = folder.write("file", "text");
    EXPECT_THAT(test::messageOf(openTty(file)), HasSubstr("is no serial port"));
}

} // namespace
} // namespace romsmith::device
