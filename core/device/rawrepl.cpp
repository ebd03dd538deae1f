// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/rawrepl.h"

#include "core/device/snippets.h"
#include "core/romfs/names.h"

#include <algorithm>
#include <format>
#include <numeric>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

constexpr auto ctrlC = "\x03"sv;
constexpr auto ctrlD = "\x04"sv;
constexpr char windowMore = '\x01';

constexpr auto banner = "raw REPL; CTRL-B to exit\r\n>"sv;

/// Whatever a running program said, and a traceback.
constexpr std::size_t mostBeforeBanner = 1024UL * 1024;

constexpr Milliseconds firstAnswer = 500ms;
constexpr Milliseconds handshake = 2s;

/// Firmware without raw-paste mode holds 256 bytes at least before it reads.
constexpr std::size_t pieceSize = 240;
constexpr std::size_t loadWindow = 64; ///< as in load.py

/// More than the largest chunk of a transfer.
constexpr int feedings = 150;
constexpr std::size_t feedSize = 512;
constexpr Milliseconds feedPause = 5ms;

} // namespace

std::string lastLine(std::string_view traceback)
{
    const auto end = traceback.find_last_not_of("\r\n ");
    traceback = end == std::string_view::npos ? std::string_view() : traceback.substr(0, end + 1);
    const auto line = traceback.substr(traceback.find_last_of('\n') + 1);
    constexpr std::size_t longest = 300;
    return romfs::printable(std::string(line.substr(0, longest)));
}

bool isOutOfMemory(const Error& error)
{
    return error.code == ErrorCode::DeviceFailed && error.message.contains("MemoryError");
}

// --- ways in and out

Result<void> RawRepl::enter(Milliseconds patience)
{
    const auto deadline = Clock::now() + patience;
    forget();
    for (int attempt = 0;; ++attempt) {
        const auto entered = tryToEnter(attempt == 0 ? firstAnswer : std::max(firstAnswer, firstAnswer * attempt));
        if (!entered) {
            return std::unexpected(entered.error());
        }
        if (*entered) {
            // What was asked for again is answered again.
            return attempt == 0 ? Result<void>() : m_wire.drain(50ms, 2s);
        }
        if (Clock::now() >= deadline) {
            return fail(
                ErrorCode::TimedOut,
                std::format("{} does not come to the raw REPL within {} s: its program does not hear Ctrl-C, or "
                            "there is no MicroPython behind this port. Reset it or plug it in again, and retry.",
                            m_wire.name(), std::chrono::duration_cast<std::chrono::seconds>(patience).count()));
        }
        if (attempt % 2 == 1) {
            if (auto done = feed(); !done) {
                return done;
            }
        }
    }
}

Result<bool> RawRepl::tryToEnter(Milliseconds patience)
{
    // Some ports throw away what came before an interrupt and right behind it, so Ctrl-A waits for a sign of life.
    const auto asked = m_wire.drain(0ms, 0ms)
                           .and_then([&] { return m_wire.write("\r\x03", patience); })
                           .and_then([&] {
                               const auto heard = m_wire.waitForBytes(40ms);
                               return heard || heard.error().code == ErrorCode::TimedOut ? Result<void>() : heard;
                           })
                           .and_then([&] { return m_wire.write("\r\x01", patience); });
    if (!asked) {
        return asked.error().code == ErrorCode::TimedOut ? Result<bool>(false) : std::unexpected(asked.error());
    }
    const auto said = m_wire.readUntil(banner, patience, mostBeforeBanner);
    if (said) {
        return true;
    }
    const bool mayWork = said.error().code == ErrorCode::TimedOut || said.error().code == ErrorCode::DeviceFailed;
    return mayWork ? Result<bool>(false) : std::unexpected(said.error());
}

/// A transfer that was given up waits for the rest of its chunk, deaf for Ctrl-C; with enough of anything it sees that
/// it is not the chunk.
Result<void> RawRepl::feed()
{
    const std::string filler(feedSize, ctrlC.front());
    for (int i = 0; i < feedings; ++i) {
        if (auto done = m_wire.write(filler, firstAnswer); !done) {
            return done.error().code == ErrorCode::TimedOut ? Result<void>() : done;
        }
        const auto heard = m_wire.drain(0ms, 0ms).and_then([this] { return m_wire.waitForBytes(feedPause); });
        if (heard) {
            return m_wire.drain(300ms, 2s);
        }
        if (heard.error().code != ErrorCode::TimedOut) {
            return heard;
        }
    }
    return {};
}

Result<void> RawRepl::softReset(Milliseconds patience)
{
    const auto reset
        = m_wire.write(ctrlD, handshake).and_then([&] { return m_wire.readUntil(banner, patience, mostBeforeBanner); });
    if (reset) {
        forget();
        return {};
    }
    return reset.error().code == ErrorCode::TimedOut ? enter(patience) : std::unexpected(reset.error());
}

Result<void> RawRepl::leave(Milliseconds patience)
{
    // Who closes the port before the answer throws away what is still on its way.
    return m_wire.write("\r\x02", firstAnswer)
        .and_then([&] { return m_wire.readUntil(">>> ", patience, mostBeforeBanner); })
        .transform([](const std::string&) {});
}

Result<void> RawRepl::leaveAndRestart()
{
    return leave(handshake)
        .and_then([this] { return m_wire.write(ctrlD, handshake); })
        .and_then([this] { return m_wire.readUntil("soft reboot", handshake, mostBeforeBanner); })
        .transform([](const std::string&) {});
}

// --- code

Result<std::string> RawRepl::exec(std::string_view code, Milliseconds patience, std::size_t most)
{
    return begin(code).and_then([&] { return finish(patience, most); });
}

Result<void> RawRepl::begin(std::string_view code)
{
    const auto pastes = m_rawPaste == RawPaste::No ? Result<bool>(false) : startRawPaste();
    if (!pastes) {
        return std::unexpected(pastes.error());
    }
    m_rawPaste = *pastes ? RawPaste::Yes : RawPaste::No;
    return *pastes ? paste(code) : sendPlain(code);
}

/// Three answers: "R\x01" and it is on; "R\x00" from firmware that has it switched off; and the first letters of a
/// banner from firmware that has never heard of it and took the Ctrl-A at the end for what it means.
Result<bool> RawRepl::startRawPaste()
{
    const auto answer = m_wire
                            .write("\x05"
                                   "A\x01",
                                   handshake)
                            .and_then([&] { return m_wire.read(std::size_t{2}, handshake); });
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (*answer == "R\x01"sv) {
        return true;
    }
    if (*answer == "R\x00"sv || *answer == banner.substr(0, 2)) {
        return m_wire.readUntil(">", handshake, banner.size()).transform([](const std::string&) { return false; });
    }
    return fail(ErrorCode::DeviceFailed,
                std::format("{} answered \"{}\" to the request for raw-paste mode. Reset it and retry.", m_wire.name(),
                            romfs::printable(*answer)));
}

Result<void> RawRepl::paste(std::string_view code)
{
    const auto header = m_wire.read(std::size_t{2}, handshake);
    if (!header) {
        return std::unexpected(header.error());
    }
    const auto window = static_cast<std::size_t>(static_cast<unsigned char>((*header)[0]))
        | static_cast<std::size_t>(static_cast<unsigned char>((*header)[1])) << 8U;
    if (window == 0) {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} offers a window of 0 bytes for code. Reset it and retry.", m_wire.name()));
    }
    m_inputBuffer = 2 * window;
    std::size_t room = window;
    while (!code.empty()) {
        while (room == 0 || m_wire.hasBytes()) {
            const auto sign = m_wire.readChar(usualPatience);
            if (!sign) {
                return std::unexpected(sign.error());
            }
            if (*sign != windowMore) { // it has ended the mode by itself: what follows is why
                const auto ended = m_wire.write(ctrlD, handshake).and_then([this] { return finish(); });
                return fail(ErrorCode::DeviceFailed,
                            ended ? std::format("{} did not take the code. Reset it and retry.", m_wire.name())
                                  : ended.error().message);
            }
            room += window;
        }
        const auto piece = code.substr(0, std::min(room, code.size()));
        if (auto done = m_wire.write(piece, usualPatience); !done) {
            return done;
        }
        room -= piece.size();
        code.remove_prefix(piece.size());
    }
    constexpr std::size_t mostWindows = 64UL * 1024;
    return m_wire.write(ctrlD, handshake)
        .and_then([this] { return m_wire.readUntil(ctrlD, usualPatience, mostWindows); })
        .transform([](const std::string&) {});
}

/// Nothing tells how fast plain raw mode reads, so what is longer than its input has a program of ours take it.
Result<void> RawRepl::sendPlain(std::string_view code)
{
    if (code.size() <= pieceSize) {
        return sendPiece(code);
    }
    const auto sum = std::accumulate(code.begin(), code.end(), 0U,
                                     [](unsigned all, char c) { return all + static_cast<unsigned char>(c); });
    const auto loader
        = m_hasLoader ? Result<std::string>() : sendPiece(snippet("load")).and_then([this] { return finish(); });
    m_hasLoader = loader.has_value();
    return loader
        .and_then([&](const std::string&) { return sendPiece(std::format("exec(_rs_load({},{}))", code.size(), sum)); })
        .and_then([&] { return feedLoader(code); });
}

Result<void> RawRepl::feedLoader(std::string_view code)
{
    std::size_t sent = 0;
    for (std::size_t told = 0; told < code.size(); told += loadWindow) {
        while (sent < code.size() && sent < told + 2 * loadWindow) {
            const auto piece = code.substr(sent, loadWindow);
            if (auto done = m_wire.write(piece, usualPatience); !done) {
                return done;
            }
            sent += piece.size();
        }
        const auto sign = m_wire.readChar(usualPatience);
        if (!sign) {
            return std::unexpected(sign.error());
        }
        if (*sign == endOfOutput) {
            if (auto ended = finishError(); !ended) {
                return ended;
            }
        }
        if (*sign != '.') {
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} did not take the code. Reset it and retry.", m_wire.name()));
        }
    }
    return {};
}

Result<void> RawRepl::sendPiece(std::string_view code)
{
    const auto answer = m_wire.write(std::string(code) + endOfOutput, usualPatience).and_then([this] {
        return m_wire.read(std::size_t{2}, usualPatience);
    });
    if (!answer) {
        return std::unexpected(answer.error());
    }
    if (*answer != "OK") {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} answered \"{}\" to code, not \"OK\". Reset it and retry.", m_wire.name(),
                                romfs::printable(*answer)));
    }
    return {};
}

Result<void> RawRepl::exec(std::string_view code, Milliseconds patience, const std::function<void(char)>& watch)
{
    if (auto begun = begin(code); !begun) {
        return begun;
    }
    while (true) {
        const auto character = m_wire.readChar(patience);
        if (!character) {
            return std::unexpected(character.error());
        }
        if (*character == endOfOutput) {
            return finishError();
        }
        watch(*character);
    }
}

Result<std::string> RawRepl::finish(Milliseconds patience, std::size_t most)
{
    return m_wire.readUntil(ctrlD, patience, most).and_then([&](std::string output) {
        return finishError(patience, {}, most).transform([&] { return std::move(output); });
    });
}

Result<void> RawRepl::finishError(Milliseconds patience, std::string_view begun, std::size_t most)
{
    const auto error = m_wire.readUntil(ctrlD, patience, most).transform([&](const std::string& rest) {
        return std::string(begun) + rest;
    });
    const auto prompt = error.and_then([&](const std::string&) { return m_wire.readChar(patience); });
    if (!prompt) {
        return std::unexpected(prompt.error());
    }
    if (*prompt != '>') {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} gave no prompt after running code. Reset it and retry.", m_wire.name()));
    }
    if (!error->empty()) {
        const auto said = lastLine(*error);
        return fail(
            ErrorCode::DeviceFailed,
            said.starts_with("SyntaxError") // in code that is known to be right
                ? std::format("{} got its code spoilt: {}. Try another cable or port, and retry.", m_wire.name(), said)
                : std::format("{}: {}", m_wire.name(), said));
    }
    return {};
}

Result<void> RawRepl::interrupt(Milliseconds patience)
{
    const Wire::Uninterrupted finishing(m_wire);
    if (auto done = m_wire.write(ctrlC, handshake); !done) {
        return done;
    }
    // Binary output may hold Ctrl-D, so the prompt is not looked for.
    return m_wire.drain(100ms, patience);
}

} // namespace romsmith::device
