// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/chunk.h"
#include "core/device/deploy.h"
#include "core/inspect/digest.h"
#include "tests/core/scriptedcam.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>

#include <set>

namespace romsmith::device {
namespace {

using namespace std::string_literals;
using test::printing;
using test::Script;
using testing::HasSubstr;

/// A deploy in all its steps with a cam that answers by a script: what is said wrong at each of them, and what is left.
class DeployStepsTest : public testing::Test
{
protected:
    static test::Blob makeImage()
    {
        const auto data = test::varuint(2) + test::varuint(40) + test::pattern(40);
        const auto file = test::varuint(5) + test::varuint(2 + data.size()) + test::hex("01") + test::text("x") + data;
        return test::hex("d2cd31") + test::varuint(file.size()) + file;
    }

    const test::Blob image = makeImage();
    const std::string hash = test::must(inspect::digest(romfs::Content::copyOf(image))).sha256;
    static constexpr std::size_t padded = 64;

    std::string chunk(std::size_t begin, std::size_t end) const
    {
        auto bytes = image;
        bytes.resize(padded, std::byte{0xFF});
        return encodeChunk(begin, romfs::Bytes(bytes).subspan(begin, end - begin),
                           {.deflate = true, .overflows = true});
    }

    // The steps, as they go well.
    const Script unmounting = printing("_rs = _Rs(0)\n", "") + printing("except OSError:\n pass\n", "");
    const Script room = printing("print(_rs_room(_rs, 16384))\n", "16384\r\n");
    const Script erasing = printing("_rs_erase(_rs, 64, 0)\n", "=4\r\n");
    const Script listening = test::running(", 0)\n", "R");
    const Script body{{chunk(32, padded), ".k"}};
    const Script head{{chunk(0, 32), ".k"}};
    const Script ending{{encodeCommand('e'), "\x04\x04>"}};
    const Script hashing = printing("_rs_hash(_rs, 50, 16384)\n", ".=" + hash + "\r\n");
    const Script resetting{{"\x04", "OK\r\nMPY: soft reboot\r\n" + test::rawBanner}};
    const Script listing = printing("e[0].encode()))\n", "78\r\n");
    const Script leaving{{"\r\x02", "\r\n>>> "}, {"\x04", "\r\nMPY: soft reboot\r\n"}};

    const Script ready = unmounting + room;
    const Script written = ready + erasing + listening + body + head + ending;
    const Script whole = written + hashing + resetting + listing + leaving;

    DeployReport deployTo(Device& device, const DeployOptions& how = {}) const
    {
        auto options = how;
        options.backupFolder = m_folder / "backups";
        return deploy(device, romfs::Content::copyOf(image), options);
    }

    DeployReport run(const Script& script, const DeployOptions& how = {}) const
    {
        return deployTo(*test::scriptedCam(script), how);
    }

    void expectFailure(const Script& script, FlashState state, const std::string& words) const
    {
        const auto report = run(script);
        ASSERT_TRUE(report.error) << words;
        EXPECT_EQ(report.state, state) << report.sentence();
        EXPECT_THAT(report.error->message, HasSubstr(words));
        EXPECT_THAT(report.sentence(), HasSubstr(std::string(stateName(state))));
    }

    test::TempFolder m_folder;
};

TEST_F(DeployStepsTest, EndWell)
{
    ASSERT_EQ(image.size(), 50U);
    const auto report = run(whole);
    EXPECT_EQ(report.state, FlashState::Done) << report.sentence();
    EXPECT_FALSE(report.error);
    EXPECT_EQ(report.sha256, hash);
    std::vector<Phase> phases;
    for (const auto& cost : report.phases) {
        phases.push_back(cost.phase);
    }
    const std::vector<Phase> expected{Phase::Checking, Phase::Erasing, Phase::Writing, Phase::Verifying,
                                      Phase::Restarting};
    EXPECT_EQ(phases, expected);
}

TEST_F(DeployStepsTest, WithoutVerifyingSaySo)
{
    const auto report = run(written + resetting + listing + leaving, {.verify = false});
    EXPECT_EQ(report.state, FlashState::NotVerified);
    EXPECT_FALSE(report.error);
    EXPECT_THAT(report.sentence(), HasSubstr("not verified"));
}

TEST_F(DeployStepsTest, OfAnEraseThatFails)
{
    for (const std::string said : {"=-22\r\n", "=0\r\n", "=99999999\r\n", "=\r\n", "", "what?\r\n"}) {
        expectFailure(ready + printing("_rs_erase(_rs, 64, 0)\n", said), FlashState::Erased,
                      "could not erase ROMFS0: vfs.rom_ioctl returned");
    }
    expectFailure(ready + printing("_rs_erase(_rs, 64, 0)\n", "", "OSError: [Errno 5] EIO\r\n"), FlashState::Erased,
                  "OSError: [Errno 5] EIO");
}

TEST_F(DeployStepsTest, OfAPartitionThatIsGone)
{
    expectFailure(printing("_rs = _Rs(0)\n", "", "OSError: [Errno 22] EINVAL\r\n") + leaving, FlashState::Unchanged,
                  "EINVAL");
}

TEST_F(DeployStepsTest, BeginNothingWithoutMemory)
{
    const auto full = unmounting + printing("print(_rs_room(_rs, 16384))\n", "", "MemoryError: \r\n");
    expectFailure(full + resetting + full + leaving, FlashState::Unchanged, "too little to be flashed");
    const auto report = run(full + resetting + whole);
    EXPECT_EQ(report.state, FlashState::Done) << report.sentence();
}

TEST_F(DeployStepsTest, OfAWriteThatFails)
{
    const Script refused{{chunk(32, padded), ".xOSError(5,)\r\n\x04\x04>"}};
    expectFailure(ready + erasing + listening + refused, FlashState::PartlyWritten,
                  "could not program 32 bytes at 0x20: OSError(5,)");
    expectFailure(ready + erasing + test::running(", 0)\n", "\x04MemoryError: \r\n\x04>"), FlashState::Erased,
                  "MemoryError");
}

TEST_F(DeployStepsTest, TakeTheHeaderAwayThatMayBeHalfWritten)
{
    const Script refused{{chunk(0, 32), ".xOSError(5,)\r\n\x04\x04>"}};
    const auto before = ready + erasing + listening + body + refused;
    expectFailure(before + printing("_rs_erase(_rs, 32, 0)\n", "=4\r\n"), FlashState::PartlyWritten,
                  "could not program 32 bytes at 0x0: OSError(5,)");
    expectFailure(before + printing("_rs_erase(_rs, 32, 0)\n", "=-5\r\n"), FlashState::NotVerified,
                  "could not program 32 bytes at 0x0: OSError(5,)");
}

TEST_F(DeployStepsTest, TakeAwayWhatIsDifferentWhenReadBack)
{
    for (const auto& other : {".="s + std::string(64, '0'), "."s, ".=" + hash.substr(1)}) {
        const auto before = written + printing("_rs_hash(_rs, 50, 16384)\n", other + "\r\n");
        expectFailure(before + printing("_rs_erase(_rs, 32, 0)\n", "=4\r\n"), FlashState::PartlyWritten,
                      "does not hold what was written to ROMFS0");
        expectFailure(before + printing("_rs_erase(_rs, 32, 0)\n", "=-5\r\n"), FlashState::Different,
                      "does not hold what was written to ROMFS0");
    }
    expectFailure(written + printing("_rs_hash(_rs, 50, 16384)\n", "", "MemoryError: \r\n"), FlashState::NotVerified,
                  "MemoryError");
}

TEST_F(DeployStepsTest, OfAnImageThatIsNotMounted)
{
    expectFailure(written + hashing + resetting + printing("e[0].encode()))\n", "", "OSError: [Errno 2] ENOENT\r\n"),
                  FlashState::NotMounted, "did not mount the image at /rom");
    for (const auto& listed : {""s, "79\r\n"s, "78\r\n79\r\n"s, "nonsense\r\n"s}) {
        expectFailure(written + hashing + resetting + printing("e[0].encode()))\n", listed), FlashState::NotMounted,
                      "names in /rom, the image has 1; they differ");
    }
}

/// The longer the cam is there, the further the deploy gets, and it never says that it got further than it did.
TEST_F(DeployStepsTest, EndInTheStateInWhichTheCamIsUnplugged)
{
    std::vector<FlashState> states;
    for (std::size_t lives = 0; lives < 20000 && (states.empty() || states.back() != FlashState::Done); lives += 3) {
        const auto cam = test::scriptedCam(whole, test::scriptedFacts, lives);
        const auto report = deployTo(*cam);
        if (states.empty() || states.back() != report.state) {
            states.push_back(report.state);
        }
        if (report.state != FlashState::Done) {
            ASSERT_EQ(report.error.value_or(Error{}).code, ErrorCode::Disconnected) << lives;
            EXPECT_THAT(report.sentence(), HasSubstr("is gone: it was unplugged"));
            EXPECT_NE(nextStep(report.state), "");
        }
    }
    const std::vector<FlashState> expected{FlashState::Unchanged,   FlashState::Erased,     FlashState::PartlyWritten,
                                           FlashState::NotVerified, FlashState::NotMounted, FlashState::Done};
    EXPECT_EQ(states, expected);
}

/// The same when it is cancelled, and the cam listens to the rest.
TEST_F(DeployStepsTest, EndInTheStateOfThePhaseInWhichTheyAreCancelled)
{
    const std::vector<std::pair<Phase, FlashState>> cancelled{{Phase::Checking, FlashState::Unchanged},
                                                              {Phase::Erasing, FlashState::Unchanged},
                                                              {Phase::Writing, FlashState::Erased},
                                                              {Phase::Verifying, FlashState::NotVerified},
                                                              {Phase::Restarting, FlashState::NotMounted}};
    for (const auto& [phase, state] : cancelled) {
        std::stop_source stop;
        const auto cam = test::scriptedCam(whole);
        const auto report = deploy(
            *cam, romfs::Content::copyOf(image), {},
            [&, at = phase](const Progress& progress) {
                if (progress.phase == at) {
                    stop.request_stop();
                }
            },
            stop.get_token());
        EXPECT_EQ(report.state, state) << phaseName(phase);
        EXPECT_EQ(report.error.value_or(Error{}).code, ErrorCode::Cancelled) << phaseName(phase);
    }
}

TEST_F(DeployStepsTest, HaveANameAndANextStep)
{
    std::set<std::string_view> names;
    for (const auto state :
         {FlashState::Unchanged, FlashState::Equal, FlashState::Erased, FlashState::PartlyWritten,
          FlashState::NotVerified, FlashState::Different, FlashState::NotMounted, FlashState::Done}) {
        EXPECT_TRUE(names.insert(stateName(state)).second);
        EXPECT_EQ(nextStep(state).empty(), state == FlashState::Equal || state == FlashState::Done);
    }
}

} // namespace
} // namespace romsmith::device
