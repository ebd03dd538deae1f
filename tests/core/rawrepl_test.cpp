// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/rawrepl.h"
#include "tests/core/helpers.h"
#include "tests/core/scriptedlink.h"

#include <gmock/gmock.h>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::Line;
using testing::HasSubstr;

const auto banner = "raw REPL; CTRL-B to exit\r\n>"s;
const Line prompt{"\r\x03", "\r\n>>> "};
const Line entering{"\r\x01", banner};

/// A device that takes code in raw-paste mode with windows of 128 bytes, and what it prints.
std::deque<Line> pasting(const std::string& code, const std::string& out, const std::string& error = {})
{
    return {{"\x05"
             "A\x01",
             "R\x01\x80\0\x01"s},
            {code + "\x04", "\x04" + out + "\x04" + error + "\x04>"}};
}

class Talk
{
public:
    explicit Talk(std::deque<Line> script, std::size_t lives = std::numeric_limits<std::size_t>::max())
        : wire(std::make_unique<test::ScriptedLink>(std::move(script), lives), "Cam (port)")
        , repl(wire)
    { }

    Wire wire;
    RawRepl repl;
};

std::string sentence(ErrorCode code, const std::string& words)
{
    return std::to_string(static_cast<int>(code)) + words;
}

template <typename T> std::string failureOf(const Result<T>& result)
{
    return result ? "no failure" : sentence(result.error().code, result.error().message);
}

auto Fails(ErrorCode code, const std::string& words)
{
    return testing::AllOf(testing::StartsWith(sentence(code, "")), HasSubstr(words), HasSubstr("Cam (port)"));
}

TEST(RawReplTest, IsEnteredFromThePrompt)
{
    Talk talk({prompt, entering});
    EXPECT_EQ(test::messageOf(talk.repl.enter()), "");
}

TEST(RawReplTest, IsEnteredFromARawReplThatWasLeftOver)
{
    Talk talk({entering}); // it says nothing to Ctrl-C
    EXPECT_EQ(test::messageOf(talk.repl.enter()), "");
}

TEST(RawReplTest, IsEnteredFromAScriptThatHearsTheThirdCtrlC)
{
    Talk talk({{"\r\x03", "noise"},
               {"\r\x03", "\xff\0\x01more"s},
               {"\r\x03", "Traceback\r\nKeyboardInterrupt: \r\n>>> "},
               entering});
    EXPECT_EQ(test::messageOf(talk.repl.enter()), "");
}

TEST(RawReplTest, IsEnteredFromATransferThatWasGivenUp)
{
    Talk talk({{std::string(2000, '\x03'), "xValueError('spoilt head of a chunk',)\r\n\x04\x04>"}, prompt, entering});
    EXPECT_EQ(test::messageOf(talk.repl.enter()), "");
}

TEST(RawReplTest, GivesUpOnWhatNeverAnswers)
{
    Talk talk({});
    EXPECT_THAT(failureOf(talk.repl.enter(100ms)),
                Fails(ErrorCode::TimedOut, "there is no MicroPython behind this port"));
}

TEST(RawReplTest, GivesUpWithinAMomentWhenItIsStopped)
{
    Talk talk({});
    std::stop_source stop;
    stop.request_stop();
    talk.wire.setStop(stop.get_token());
    EXPECT_THAT(failureOf(talk.repl.enter()), Fails(ErrorCode::Cancelled, "cancelled"));
}

TEST(RawReplTest, RunsCodeInRawPasteMode)
{
    Talk talk(pasting("print(6 * 7)", "42\r\n"));
    EXPECT_EQ(test::must(talk.repl.exec("print(6 * 7)")), "42\r\n");
    EXPECT_EQ(talk.repl.inputBuffer(), 256U);
}

TEST(RawReplTest, SendsNoMoreThanTheWindowsThatItWasGiven)
{
    const std::string first(256, 'a');
    const std::string second(128, 'b');
    Talk talk({{"\x05"
                "A\x01",
                "R\x01\x80\0\x01"s},
               {first, "\x01"},
               {second, "\x01"},
               {"c\x04", "\x04\x04\x04>"}});
    EXPECT_EQ(test::messageOf(talk.repl.exec(first + second + "c")), "");
}

TEST(RawReplTest, FallsBackWhereRawPasteModeIsRefused)
{
    Talk talk({{"\x05"
                "A\x01",
                "R\0>"s},
               {"x\x04", "OKy\x04\x04>"},
               {"z\x04", "OK\x04\x04>"}});
    EXPECT_EQ(test::must(talk.repl.exec("x")), "y");
    EXPECT_EQ(test::must(talk.repl.exec("z")), "");
}

TEST(RawReplTest, FallsBackWhereRawPasteModeIsUnknown)
{
    Talk talk({{"\x05"
                "A\x01",
                banner},
               {"x\x04", "OKy\x04\x04>"}});
    EXPECT_EQ(test::must(talk.repl.exec("x")), "y");
}

/// A device with an input of 256 bytes: it takes a program for longer code, and then the code.
std::deque<Line> loading(const std::string& code, unsigned sum)
{
    std::deque<Line> script{
        {std::format("exec(_rs_load({},{}))\x04", code.size(), sum), "OK"},
    };
    for (std::size_t i = 0; i < code.size(); i += 64) {
        script.push_back({code.substr(i, 64), "."});
    }
    return script;
}

const std::deque<Line> unknownRawPaste{{"\x05"
                                        "A\x01",
                                        banner}};
const Line loader{"return s\n\x04", "OK\x04\x04>"};

TEST(RawReplTest, HasLongCodeLoadedByOldFirmware)
{
    const std::string code(1000, 'x');
    auto script = unknownRawPaste;
    script.push_back(loader);
    for (int i = 0; i < 2; ++i) { // the program is there already the second time
        std::ranges::copy(loading(code, 120000), std::back_inserter(script));
        script.back().said += "out\x04\x04>";
    }
    Talk talk(script);
    EXPECT_EQ(test::must(talk.repl.exec(code)), "out");
    EXPECT_EQ(test::must(talk.repl.exec(code)), "out");
}

TEST(RawReplTest, NoticesCodeThatIsNotLoaded)
{
    const std::string code(1000, 'x');
    auto script = unknownRawPaste;
    script.push_back(loader);
    std::ranges::copy(loading(code, 120000), std::back_inserter(script));
    auto spoilt = script;
    spoilt.back().said += "\x04Traceback\r\nOSError: spoilt\r\n\x04>";
    EXPECT_THAT(failureOf(Talk(spoilt).repl.exec(code)), Fails(ErrorCode::DeviceFailed, "OSError: spoilt"));
    auto ended = script;
    ended.back().said = "\x04\x04>";
    EXPECT_THAT(failureOf(Talk(ended).repl.exec(code)), Fails(ErrorCode::DeviceFailed, "did not take the code"));
    auto failed = script;
    failed[1].said = "OK\x04MemoryError: \r\n\x04>";
    EXPECT_THAT(failureOf(Talk(failed).repl.exec(code)), Fails(ErrorCode::DeviceFailed, "MemoryError"));
}

TEST(RawReplTest, TellsTheLastLineOfATraceback)
{
    Talk talk(
        pasting("x", "", "Traceback (most recent call last):\r\n  File \"<stdin>\"\r\nOSError: [Errno 5] EIO\r\n"));
    EXPECT_EQ(failureOf(talk.repl.exec("x")), sentence(ErrorCode::DeviceFailed, "Cam (port): OSError: [Errno 5] EIO"));
}

TEST(RawReplTest, WaitsForThePromptThatItLeavesBehind)
{
    Talk talk({{"\r\x02", "\r\nMicroPython\r\n>>> "}});
    EXPECT_EQ(test::messageOf(talk.repl.leave()), "");
    Talk silent({{"\r\x02", ""}});
    EXPECT_EQ(silent.repl.leave().error().code, ErrorCode::TimedOut);
}

TEST(RawReplTest, TakesASyntaxErrorForASpoiltLine)
{
    Talk talk(pasting("x", "", "Traceback (most recent call last):\r\nSyntaxError: invalid syntax\r\n"));
    EXPECT_EQ(failureOf(talk.repl.exec("x")),
              sentence(ErrorCode::DeviceFailed,
                       "Cam (port) got its code spoilt: SyntaxError: invalid syntax. Try "
                       "another cable or port, and retry."));
}

TEST(RawReplTest, DoesNotTrustWhatItReads)
{
    const std::vector<std::pair<std::deque<Line>, std::string>> wrong{
        {{{"\x05"
           "A\x01",
           "no"}},
         "answered \"no\" to the request for raw-paste mode"},
        {{{"\x05"
           "A\x01",
           "R\x01\0\0"s}},
         "a window of 0 bytes"},
        {{{"\x05"
           "A\x01",
           "R\0>"s},
          {"x\x04", "NO"}},
         "answered \"NO\" to code"},
        {pasting("x", std::string(100000, '?')), "sent more than the 65536 bytes that were expected"},
        {{{"\x05"
           "A\x01",
           "R\x01\x80\0\x01"s},
          {"x\x04", "\x04\x04\x04!"}},
         "no prompt after running code"},
    };
    for (const auto& [script, words] : wrong) {
        Talk talk(script);
        EXPECT_THAT(failureOf(talk.repl.exec("x")), Fails(ErrorCode::DeviceFailed, words));
    }
}

TEST(RawReplTest, NoticesSilenceAtEveryStep)
{
    for (const std::deque<Line>& script : {std::deque<Line>{{"\x05"
                                                             "A\x01",
                                                             "R\x01\x80\0\x01"s},
                                                            {"x\x04", "\x04out"}},
                                           {{"\x05"
                                             "A\x01",
                                             "R\x01\x80\0\x01"s},
                                            {"x\x04", "\x04\x04\x04"}}}) {
        Talk talk(script);
        EXPECT_THAT(failureOf(talk.repl.exec("x", 50ms)), Fails(ErrorCode::TimedOut, "was silent"));
    }
}

TEST(RawReplTest, NoticesThatItIsUnpluggedAtEveryByte)
{
    auto script = pasting("x = 1", "some output");
    script.push_front(entering);
    script.push_front(prompt);
    std::size_t total = 0;
    for (const auto& [heard, said] : script) {
        total += heard.size() + said.size();
    }
    for (std::size_t lives = 0; lives < total; ++lives) {
        Talk talk(script, lives);
        const auto result = talk.repl.enter().and_then([&] { return talk.repl.exec("x = 1"); });
        EXPECT_THAT(failureOf(result), Fails(ErrorCode::Disconnected, "is gone")) << lives;
    }
    Talk talk(script, total);
    EXPECT_EQ(test::messageOf(talk.repl.enter().and_then([&] { return talk.repl.exec("x = 1"); })), "");
}

TEST(RawReplTest, ResetsAndIsInTheRawReplAgain)
{
    Talk talk({{"\x04", "OK\r\nMPY: soft reboot\r\nfrom boot.py\r\n" + banner}});
    EXPECT_EQ(test::messageOf(talk.repl.softReset()), "");
}

TEST(RawReplTest, EntersAgainAfterAResetThatLeftTheRawRepl)
{
    Talk talk({{"\x04", "MPY: soft reboot\r\n>>> "}, prompt, entering});
    EXPECT_EQ(test::messageOf(talk.repl.softReset(100ms)), "");
}

} // namespace
} // namespace romsmith::device
