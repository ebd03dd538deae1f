// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/sim/camprofile.h"
#include "core/sim/faults.h"
#include "core/sim/flashfile.h"
#include "core/sim/line.h"
#include "tests/core/tempfolder.h"

#include <QJsonArray>

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace romsmith::sim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

const Clock::time_point start{1h};

std::string text(std::span<const char> bytes)
{
    return {bytes.begin(), bytes.end()};
}

/// Puts bytes on the line, and takes what has arrived.
class Ends
{
public:
    explicit Ends(const Faults& faults) { m_line.setFaults(faults); }

    void put(Direction direction, std::string_view bytes, Clock::duration at)
    {
        m_line.put(direction, bytes, start + at);
    }

    std::string take(Direction direction, Clock::duration at)
    {
        auto& lane = m_line.lane(direction);
        std::string all;
        for (auto bytes = lane.arrived(start + at); !bytes.empty(); bytes = lane.arrived(start + at)) {
            all += text(bytes);
            lane.take(bytes.size());
        }
        return all;
    }

    /// Since the start; none: nothing to wait for.
    std::optional<Clock::duration> next(Clock::duration at) const
    {
        return m_line.nextArrival(start + at).transform([](Clock::time_point time) { return time - start; });
    }

    Line& line() { return m_line; }

private:
    Line m_line;
};

TEST(Line, DeliversAtOnceAndInOrderWithoutFaults)
{
    Ends ends({});
    ends.put(Direction::ToCam, "one ", 0ms);
    ends.put(Direction::ToHost, "back", 0ms);
    ends.put(Direction::ToCam, "two", 0ms);
    EXPECT_EQ(ends.take(Direction::ToCam, 0ms), "one two");
    EXPECT_EQ(ends.take(Direction::ToHost, 0ms), "back");
    EXPECT_EQ(ends.next(0ms), std::nullopt);
}

TEST(Line, KeepsWhatWasNotTaken)
{
    Ends ends({});
    ends.put(Direction::ToCam, "abcdef", 0ms);
    ends.line().lane(Direction::ToCam).take(2);
    ends.put(Direction::ToCam, "gh", 0ms);
    EXPECT_EQ(ends.take(Direction::ToCam, 0ms), "cdefgh");
}

TEST(Line, HasRoomForSoMuchOnly)
{
    Ends ends({});
    const std::string block(4096, 'x');
    std::size_t put = 0;
    while (ends.line().lane(Direction::ToCam).hasRoom()) {
        ends.put(Direction::ToCam, block, 0ms);
        put += block.size();
        ASSERT_LE(put, 128U * 1024);
    }
    EXPECT_EQ(ends.take(Direction::ToCam, 0ms).size(), put);
    EXPECT_TRUE(ends.line().lane(Direction::ToCam).hasRoom());
}

TEST(Line, WaitsWhenTheDirectionChanges)
{
    Ends ends({.latency = 10});
    ends.put(Direction::ToCam, "ask", 0ms);
    EXPECT_EQ(ends.take(Direction::ToCam, 9ms), "");
    EXPECT_EQ(ends.next(9ms), 10ms);
    EXPECT_EQ(ends.take(Direction::ToCam, 10ms), "ask");
    ends.put(Direction::ToCam, " more", 11ms);
    EXPECT_EQ(ends.take(Direction::ToCam, 11ms), " more") << "the direction is the same";
    ends.put(Direction::ToHost, "answer", 12ms);
    EXPECT_EQ(ends.take(Direction::ToHost, 21ms), "");
    EXPECT_EQ(ends.take(Direction::ToHost, 22ms), "answer");
}

TEST(Line, IsNoFasterThanItsBandwidthInAnyWindowOfTime)
{
    for (const std::uint64_t bandwidth : {50U, 1000U, 11520U, 1000000U}) {
        Ends ends({.bandwidth = bandwidth});
        const std::string sent(bandwidth / 2 + 1, 'x');
        ends.put(Direction::ToHost, sent, 0ms);
        std::string received;
        auto now = Clock::duration(0ms);
        while (received.size() < sent.size()) {
            received += ends.take(Direction::ToHost, now);
            const auto most = 1.0 + static_cast<double>(bandwidth) / 200
                + static_cast<double>(bandwidth) * std::chrono::duration<double>(now).count();
            ASSERT_LE(static_cast<double>(received.size()), most);
            if (const auto next = ends.next(now)) {
                ASSERT_GT(*next, now);
                now = *next;
            }
        }
        EXPECT_EQ(received, sent);
        EXPECT_NEAR(std::chrono::duration<double>(now).count(), 0.5, 0.05);
        ends.put(Direction::ToHost, sent, now + 10s);
        EXPECT_LE(ends.take(Direction::ToHost, now + 10s).size(), bandwidth / 100 + 1) << "idle time is not saved up";
    }
}

TEST(Line, ChangesOneByteOfSoManyWhateverTheirPieces)
{
    const std::string sent(1000, 'a');
    std::set<std::string> results;
    for (const std::size_t piece : {1U, 7U, 1000U}) {
        Ends ends({.garbageEvery = 100});
        for (std::size_t at = 0; at < sent.size(); at += piece) {
            ends.put(Direction::ToCam, std::string_view(sent).substr(at, piece), 0ms);
        }
        results.insert(ends.take(Direction::ToCam, 0ms));
    }
    ASSERT_EQ(results.size(), 1U) << "the same garbage each time";
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ((*results.begin())[i] != 'a', i % 100 == 99) << i;
    }
}

TEST(Line, ForgetsEverythingWhenCleared)
{
    Ends ends({.latency = 10});
    ends.put(Direction::ToCam, "abc", 0ms);
    ends.line().clear();
    EXPECT_EQ(ends.take(Direction::ToCam, 1h), "");
    EXPECT_EQ(ends.next(0ms), std::nullopt);
}

TEST(Line, EndsLinesAsABoardDoes)
{
    const std::string_view lines = "a\nb\r\n\n";
    const auto result = withLineEnds(lines);
    EXPECT_EQ(text(result), "a\r\nb\r\r\n\r\n");
}

TEST(Faults, AreChangedByName)
{
    const Faults before{.latency = 5};
    const auto after
        = withFaults(before, {{QStringLiteral("unplug-after"), 1000}, {QStringLiteral("no-deflate"), true}});
    ASSERT_TRUE(after);
    EXPECT_EQ(*after, (Faults{.unplugAfter = 1000, .latency = 5, .noDeflate = 1}));
    EXPECT_EQ(withFaults(before, {}), before);
}

TEST(Faults, HaveEachANameOfTheirOwn)
{
    std::set<std::string_view> names;
    QJsonObject all;
    for (const auto& option : faultOptions()) {
        EXPECT_TRUE(names.insert(option.name).second) << option.name;
        all[QLatin1StringView(option.name)] = static_cast<qint64>(names.size());
    }
    const auto faults = withFaults({}, all);
    ASSERT_TRUE(faults);
    std::set<Faults::Value> values;
    for (const auto& option : faultOptions()) {
        EXPECT_TRUE(values.insert((*faults).*(option.member)).second) << option.name;
    }
    EXPECT_EQ(values.size() * sizeof(Faults::Value), sizeof(Faults)) << "one of them has no name";
}

TEST(Faults, RefusesWhatIsNoFaultOrNoNumber)
{
    for (const auto& [changes, words] : {
             std::pair{QJsonObject{{QStringLiteral("latencies"), 1}}, "\"latencies\" is no fault"},
             std::pair{QJsonObject{{QStringLiteral("latency"), -1}}, "{\"latency\":-1}"},
             std::pair{QJsonObject{{QStringLiteral("latency"), QStringLiteral("1")}}, "must be a number"},
             std::pair{QJsonObject{{QStringLiteral("latency"), 1e300}}, "must be a number"},
             std::pair{QJsonObject{{QStringLiteral("latency"), QJsonValue()}}, "must be a number"},
         }) {
        const auto result = withFaults({}, changes);
        ASSERT_FALSE(result);
        EXPECT_THAT(result.error().message, HasSubstr(words));
    }
}

TEST(CamProfile, HasEachBoardsPartitionsApartInOneFile)
{
    for (const auto& board : boards::BoardTable::builtIn().boards()) {
        const auto offsets = partitionOffsets(board);
        ASSERT_EQ(offsets.size(), board.partitions.size()) << board.id;
        std::uint64_t end = 0;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            EXPECT_GE(offsets[i], end) << board.id;
            EXPECT_EQ(offsets[i] % 65536, 0U);
            end = offsets[i] + board.partitions[i].size.value_or(1);
        }
        EXPECT_GE(flashFileSize(board), end);
        const auto profile = camProfile(board, {});
        EXPECT_EQ(profile[QStringLiteral("partitions")].toArray().size(), std::ssize(offsets));
    }
}

TEST(CamProfile, HasEverythingThatABootloaderReachesOnceInTheFile)
{
    for (const auto& board : boards::BoardTable::builtIn().boards()) {
        const auto segments = flashSegments(board);
        const auto end = flashFileSize(board);
        std::uint64_t sum = 0;
        for (const auto& segment : segments) {
            EXPECT_LE(segment.offset + segment.size, end) << board.id;
            sum += segment.size;
            for (const auto& other : segments) {
                const bool isBehind = segment.offset >= other.offset + other.size;
                const bool isBefore = other.offset >= segment.offset + segment.size;
                EXPECT_TRUE(&segment == &other || isBehind || isBefore) << board.id;
            }
        }
        EXPECT_LE(sum, end) << board.id;
    }
    const auto& plus = *boards::BoardTable::builtIn().find("OPENMV4P");
    EXPECT_EQ(flashSegments(plus).back().size, 24U * 1024 * 1024) << "the chip that ROMFS0 is in, without it";
}

TEST(CamProfile, SaysWhatTheFirmwareIs)
{
    const auto& table = boards::BoardTable::builtIn();
    const auto n6 = camProfile(*table.find("N6"), {});
    EXPECT_EQ(n6[QStringLiteral("mpy")].toInt(), 0x2306);
    EXPECT_EQ(n6[QStringLiteral("machine")].toString(), QStringLiteral("OpenMV N6 with STM32N657"));
    EXPECT_FALSE(n6[QStringLiteral("blockDevice")].toBool());
    EXPECT_TRUE(camProfile(*table.find("OPENMV_RT1060"), {})[QStringLiteral("blockDevice")].toBool());
    const auto asked
        = camProfile(*table.find("N6"), {.rangedPrepare = true, .object = boards::RomObject::BlockDevice, .mpy = 6});
    EXPECT_EQ(asked[QStringLiteral("mpy")].toInt(), 6);
    EXPECT_TRUE(asked[QStringLiteral("blockDevice")].toBool());
    EXPECT_TRUE(asked[QStringLiteral("rangedPrepare")].toBool());
}

class FlashFile : public testing::Test
{
protected:
    std::string content() const
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    test::TempFolder folder;
    std::filesystem::path path = folder / "flash";
};

TEST_F(FlashFile, IsErasedWhenItIsNewAndKeptWhenItIsNot)
{
    ASSERT_TRUE(openFlashFile(path, 5000));
    EXPECT_EQ(content(), std::string(5000, '\xff'));
    std::ofstream(path, std::ios::binary) << std::string(5000, 'x');
    ASSERT_TRUE(openFlashFile(path, 5000));
    EXPECT_EQ(content(), std::string(5000, 'x'));
}

TEST_F(FlashFile, OfTheFormerSizeGrows)
{
    std::ofstream(path) << "four";
    ASSERT_TRUE(openFlashFile(path, 16, 4));
    EXPECT_EQ(content(), "four" + std::string(12, '\xff'));
}

TEST_F(FlashFile, IsOpenOnce)
{
    auto first = openFlashFile(path, 16);
    ASSERT_TRUE(first);
    const auto second = openFlashFile(path, 16);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("in use by another virtual cam"));
    first->close();
    EXPECT_TRUE(openFlashFile(path, 16));
}

TEST_F(FlashFile, OfAnotherSizeIsLeftAlone)
{
    std::ofstream(path) << "four";
    const auto result = openFlashFile(path, 16);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("has 4 bytes and the flash of this board 16"));
    EXPECT_EQ(content(), "four");
    EXPECT_FALSE(openFlashFile(folder.path() / "missing" / "flash", 16));
}

} // namespace
} // namespace romsmith::sim
