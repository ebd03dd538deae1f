// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/device.h"
#include "tests/core/helpers.h"
#include "tests/core/scriptedlink.h"

#include <memory>
#include <string>
#include <utility>

namespace romsmith::test {

using Script = std::deque<Line>;

inline Script operator+(Script a, const Script& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline const std::string rawBanner = "raw REPL; CTRL-B to exit\r\n>";

/// Code that is pasted in one window, of which the end is known, and what the device says when it runs.
inline Script running(const std::string& end, const std::string& said)
{
    return {{"\x05"
             "A\x01",
             std::string("R\x01\0\x40\x01", 5)}, // 16 KiB
            {end + "\x04", "\x04" + said}};
}

/// The same for code that prints something and ends, perhaps with an exception.
inline Script printing(const std::string& end, const std::string& out, const std::string& error = {})
{
    return running(end, out + "\x04" + error + "\x04>");
}

/// What a cam says of itself that has one erased partition of 4 KiB.
inline const std::string scriptedFacts
    = "machine\tScripted with Nothing\r\nversion\t1.26.0\r\nplatform\tstm32\r\n"
      "buffer\t1\r\noutput\t1\r\npoll\t1\r\ndeflate\t1\r\nbase64\t1\r\ncrc32\t1\r\n"
      "sha256\t1\r\nrom\t1\r\n"
      "partition\t0\tview\t4096\t0\t1879048192\t-22\tffffffffffffffffffffffffffffffff\r\n"
      "memory\t60000\r\n";

/// From the prompt to where it is known what the cam is.
inline Script connecting(const std::string& facts = scriptedFacts)
{
    return Script{{"\r\x03", "\r\n>>> "}, {"\r\x01", rawBanner}} + printing("return 0\n", "")
        + printing("del _rs_query\n", facts);
}

/// A cam that follows a script from where it is known, and is pulled out after so many bytes from there.
inline std::unique_ptr<device::Device> scriptedCam(Script script, const std::string& facts = scriptedFacts,
                                                   std::optional<std::size_t> lives = {})
{
    auto link = std::make_unique<ScriptedLink>(connecting(facts) + std::move(script));
    auto* line = link.get();
    auto device = must(device::Device::connect(std::move(link), {.path = "port"}));
    if (lives) {
        line->setLives(*lives);
    }
    return device;
}

} // namespace romsmith::test
