// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/wire.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace romsmith::device {

/// MicroPython's raw REPL, by which programs have code run. Facts: shared/runtime/pyexec.c.
///
/// Every wait has a deadline. An exception on the device is DeviceFailed with the last line of its traceback.
class RawRepl
{
public:
    explicit RawRepl(Wire& wire)
        : m_wire(wire)
    { }

    /// Gets to the raw REPL from wherever the device is: at a prompt, in a script that does not hear Ctrl-C at once, in
    /// the middle of its start, in a transfer that was given up.
    [[nodiscard]] Result<void> enter(Milliseconds patience = std::chrono::seconds(10));

    /// Runs code and gives what it printed, with its line ends as they come (CR LF). @p patience is for each pause in
    /// what it prints; more than @p most bytes are DeviceFailed.
    [[nodiscard]] Result<std::string> exec(std::string_view code, Milliseconds patience = usualPatience,
                                           std::size_t most = 64UL * 1024);

    /// The same for code that prints as it goes on; @p watch is told of each character.
    [[nodiscard]] Result<void> exec(std::string_view code, Milliseconds patience,
                                    const std::function<void(char)>& watch);

    /// Runs code with which the caller talks by himself; finish() is to follow when it has ended.
    [[nodiscard]] Result<void> begin(std::string_view code);
    /// What else it printed; DeviceFailed when it ended with an exception.
    [[nodiscard]] Result<std::string> finish(Milliseconds patience = usualPatience, std::size_t most = 64UL * 1024);

    /// The same when the end of what it printed was read already, and the first words of its traceback, perhaps.
    [[nodiscard]] Result<void> finishError(Milliseconds patience = usualPatience, std::string_view begun = {},
                                           std::size_t most = 64UL * 1024);

    /// Has what runs end with a KeyboardInterrupt, whatever it says until then.
    [[nodiscard]] Result<void> interrupt(Milliseconds patience = usualPatience);

    /// Starts the interpreter anew without main.py; ends in the raw REPL.
    [[nodiscard]] Result<void> softReset(Milliseconds patience = std::chrono::seconds(15));

    /// Leaves the device at the prompt that people use, and waits for it.
    [[nodiscard]] Result<void> leave(Milliseconds patience = std::chrono::milliseconds(500));
    /// Leaves the device as after it was switched on: main.py runs.
    [[nodiscard]] Result<void> leaveAndRestart();

    /// Bytes that the device has room for before it reads any: two windows of raw-paste mode. Known after the first
    /// code.
    [[nodiscard]] std::size_t inputBuffer() const { return m_inputBuffer; }

    static constexpr std::chrono::seconds usualPatience{10};
    static constexpr char endOfOutput = '\x04';

private:
    enum class RawPaste : std::uint8_t { NotAsked, Yes, No };

    Result<bool> startRawPaste();
    Result<void> paste(std::string_view code);
    Result<void> sendPlain(std::string_view code);
    Result<void> sendPiece(std::string_view code);
    Result<void> feedLoader(std::string_view code);
    Result<bool> tryToEnter(Milliseconds patience);
    Result<void> feed();
    void forget()
    {
        m_rawPaste = RawPaste::NotAsked;
        m_hasLoader = false;
    }

    Wire& m_wire;
    RawPaste m_rawPaste = RawPaste::NotAsked;
    bool m_hasLoader = false; ///< the device has load.py
    std::size_t m_inputBuffer = 256; // of firmware from before raw-paste mode
};

/// The code ended with a MemoryError.
[[nodiscard]] bool isOutOfMemory(const Error& error);

/// The last line of a traceback: "OSError: [Errno 5] EIO".
[[nodiscard]] std::string lastLine(std::string_view traceback);

} // namespace romsmith::device
