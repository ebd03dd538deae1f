// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/transfer.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <format>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t smallestChunk = 512;
constexpr std::size_t largestChunk = 64UL * 1024;
/// What a block takes to be erased and programmed, some tens of ms, must not add up.
constexpr std::size_t largestBlockChunk = 8UL * 1024;
/// Code and state of the receiver, of what is free before it.
constexpr std::uint64_t receiverMemory = 10UL * 1024;
/// Without flow control a chunk is small enough to end it when a cancel comes.
constexpr std::size_t largestSlowChunk = 2048;

constexpr std::size_t mostUnanswered = 4; ///< chunks, so that the line is never idle
constexpr int mostAttempts = 5;
constexpr std::size_t probeSize = 2048; ///< as in receive.py
/// Less goes faster with windows than with a probe first.
constexpr std::size_t worthProbing = 8UL * 1024;

constexpr Milliseconds patience = 15s;
constexpr Milliseconds tooLong = 250ms; ///< for a chunk
constexpr Milliseconds shortEnough = 60ms;
constexpr Milliseconds tidyPatience = 700ms;

bool isNativeUsb(const Port& port)
{
    return port.board != nullptr;
}

} // namespace

std::size_t chunkSize(const Features& features, const PartitionFacts& partition)
{
    // Besides the chunk there can be its compressed form.
    const auto room = (features.memory - std::min(features.memory, receiverMemory)) / 3;
    const auto most = partition.block > 0 ? largestBlockChunk : largestChunk;
    const auto size = std::clamp<std::size_t>(std::bit_floor(room), smallestChunk, most);
    return partition.block > 0 ? std::max<std::size_t>(size / partition.block * partition.block, partition.block)
                               : size;
}

Encoding encodingToDevice(const Features& features)
{
    return features.binaryInput ? Encoding::Binary : features.base64 ? Encoding::Base64 : Encoding::Hexadecimal;
}

Encoding encodingFromDevice(const Features& features)
{
    return features.binaryOutput ? Encoding::Binary : features.base64 ? Encoding::Base64 : Encoding::Hexadecimal;
}

ImageWriter::ImageWriter(Device& device, const PartitionFacts& partition, romfs::Bytes image, std::size_t largest)
    : ImageWriter(device, partition, image, {.encoding = encodingToDevice(device.facts().features), .largest = largest})
{ }

ImageWriter::ImageWriter(Device& device, const PartitionFacts& partition, romfs::Bytes image, const Settings& settings)
    : m_device(device)
    , m_wire(device.wire())
    , m_partition(partition)
    , m_image(image)
    , m_settings(settings)
    , m_rules{.encoding = settings.encoding,
              .deflate = settings.deflate && device.facts().features.deflate,
              .crc32 = device.facts().features.crc32,
              .overflows = true}
{ }

Result<std::size_t> makeRoom(Device& device, const PartitionFacts& partition)
{
    const auto wanted = chunkSize(device.facts().features, partition);
    const auto said = device.repl().exec(device.code("receive") + std::format("print(_rs_room(_rs, {}))\n", wanted));
    if (!said) {
        return std::unexpected(said.error());
    }
    std::size_t room = 0;
    std::from_chars(said->data(), said->data() + said->size(), room);
    if (room == 0 || room > wanted || (partition.block > 0 && room % partition.block != 0)) {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} has room for a chunk of \"{}\". Retry.", device.name(), lastLine(*said)));
    }
    return room;
}

Result<void> ImageWriter::start()
{
    if (m_settings.largest == 0) {
        const auto room = makeRoom(m_device, m_partition);
        if (!room) {
            return std::unexpected(room.error());
        }
        m_settings.largest = *room;
    }
    m_step = m_largest = m_settings.largest;
    // Two windows and a head are what the input must hold.
    m_window = ((m_device.repl().inputBuffer() - chunkHead) / 2) & ~std::size_t{3};
    const auto begun = m_device.repl().begin(
        std::format("_rs_receive(_rs, {}, {}, {})\n", m_largest, m_window, static_cast<int>(m_rules.encoding)));
    if (!begun) {
        return begun;
    }
    const auto ready = m_wire.readChar(patience);
    if (!ready) {
        return std::unexpected(ready.error());
    }
    if (*ready == RawRepl::endOfOutput) {
        const auto ended = m_device.repl().finishError();
        return fail(ErrorCode::DeviceFailed,
                    ended ? std::format("{} does not listen for an image.", m_device.name()) : ended.error().message);
    }
    if (*ready != 'R') {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} answered \"{}\" when an image was to be sent. Retry.", m_device.name(),
                                romfs::printable({&*ready, 1})));
    }
    m_isListening = true;
    return findFlowControl();
}

Result<void> ImageWriter::findFlowControl()
{
    const bool isProbed = !m_settings.flowControl && m_device.facts().features.poll && m_image.size() >= worthProbing;
    m_rules.overflows
        = !m_settings.flowControl.value_or(!m_device.facts().features.poll && isNativeUsb(m_device.port()));
    if (isProbed) {
        const auto asked = m_wire.write(encodeCommand('p'), patience).and_then([this] {
            return m_wire.readUntil("P", patience, 1);
        });
        const auto held
            = asked.and_then([this](const std::string&) { return m_wire.write(std::string(probeSize, 'U'), patience); })
                  .and_then([this] { return m_wire.read(std::size_t{4}, patience); });
        if (!held) {
            return std::unexpected(held.error());
        }
        m_rules.overflows = *held != std::format("{:04x}", probeSize);
    }
    if (m_rules.overflows && m_partition.block == 0) {
        m_step = m_largest = std::min(m_largest, largestSlowChunk);
    }
    return {};
}

Result<void> ImageWriter::write(std::uint64_t begin, std::uint64_t end, const Count& count)
{
    while (begin < end || !m_sent.empty()) {
        if (m_wire.isStopped()) {
            return fail(ErrorCode::Cancelled, std::format("{}: cancelled.", m_device.name()));
        }
        const std::size_t unanswered = m_rules.overflows ? 1 : mostUnanswered;
        if (begin < end && m_sent.size() < unanswered) {
            const auto next = std::min<std::uint64_t>(end, begin + m_step);
            if (auto done = send({.begin = begin, .end = next}); !done) {
                return done;
            }
            begin = next;
        } else if (auto done = takeAnswer(); !done) {
            return done;
        }
        count(m_done, m_image.size());
    }
    return {};
}

Result<void> ImageWriter::send(Sent chunk)
{
    // A chunk that is begun is finished: the device counts its bytes.
    const Wire::Grace grace(m_wire, tidyPatience);
    const auto bytes = m_image.subspan(chunk.begin, chunk.end - chunk.begin);
    const auto encoded = encodeChunk(chunk.begin, bytes, m_rules);
    chunk.at = Clock::now();
    m_sent.push_back(chunk);
    const std::string_view whole = encoded;
    auto done = m_rules.overflows ? m_wire.write(whole.substr(0, chunkHead), patience).and_then([&] {
        return sendSlowly(whole.substr(chunkHead));
    })
                                  : m_wire.write(encoded, patience);
    m_isListening &= done.has_value(); // what follows would be taken for the rest of the chunk
    return done;
}

/// Two windows at most are on the way.
Result<void> ImageWriter::sendSlowly(std::string_view payload)
{
    std::size_t sent = 0;
    for (std::size_t told = 0; told < payload.size();) {
        if (sent < payload.size() && sent < told + 2 * m_window) {
            const auto piece = payload.substr(sent, m_window);
            if (auto done = m_wire.write(piece, patience); !done) {
                return done;
            }
            sent += piece.size();
            continue;
        }
        const auto answer = m_wire.readChar(patience);
        if (!answer) {
            return std::unexpected(answer.error());
        }
        if (*answer != '.') {
            return *answer == 'x' ? failedAt(m_sent.front())
                                  : fail(ErrorCode::DeviceFailed,
                                         std::format("{} answered \"{}\" in the middle of a chunk. Retry.",
                                                     m_device.name(), romfs::printable({&*answer, 1})));
        }
        told += std::min(m_window, payload.size() - told);
    }
    return {};
}

Result<void> ImageWriter::takeAnswer()
{
    const auto answer = m_wire.readChar(patience);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const auto chunk = m_sent.front();
    if (*answer == 'x') {
        return failedAt(chunk);
    }
    m_sent.pop_front();
    if (*answer == 'k') {
        m_done += chunk.end - chunk.begin;
        adapt(Clock::now() - chunk.at);
        return {};
    }
    if (*answer != 'c') {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} answered \"{}\" to the chunk at {}. Retry.", m_device.name(),
                                romfs::printable({&*answer, 1}), chunk.begin));
    }
    return sendAgain(chunk);
}

/// In halves, which get through where the line spoils a byte now and then.
Result<void> ImageWriter::sendAgain(const Sent& chunk)
{
    const auto smallest = smallestStep();
    const auto half = (chunk.end - chunk.begin) / 2 / smallest * smallest;
    if (m_rules.overflows || half == 0) {
        if (chunk.attempt + 1 >= mostAttempts) {
            return fail(
                ErrorCode::DeviceFailed,
                std::format("{}: the {} bytes at {} arrived spoilt {} times. Try another cable or port, and retry.",
                            m_device.name(), chunk.end - chunk.begin, chunk.begin, mostAttempts));
        }
        return send({.begin = chunk.begin, .end = chunk.end, .attempt = chunk.attempt + 1});
    }
    const auto middle = chunk.begin + half;
    return send({.begin = chunk.begin, .end = middle}).and_then([&] {
        return send({.begin = middle, .end = chunk.end});
    });
}

std::size_t ImageWriter::smallestStep() const
{
    return std::min(m_largest, std::max<std::size_t>(smallestChunk, m_partition.block));
}

/// A cancel waits for what is on the way, so that must not take long.
void ImageWriter::adapt(Clock::duration took)
{
    const auto smallest = smallestStep();
    if (took > tooLong * static_cast<int>(mostUnanswered)) {
        m_step = std::max(smallest, m_step / 2 / smallest * smallest);
    } else if (took < shortEnough) {
        m_step = std::min(m_largest, m_step * 2);
    }
}

std::unexpected<Error> ImageWriter::failedAt(const Sent& chunk)
{
    constexpr std::size_t longest = 1000;
    m_isListening = false;
    const auto why = m_wire.readUntil("\n", patience, longest);
    static_cast<void>(m_device.repl().finish(tidyPatience));
    if (!why) {
        return std::unexpected(why.error());
    }
    return fail(ErrorCode::DeviceFailed,
                std::format("{} could not program {} bytes at {:#x}: {}. Retry.", m_device.name(),
                            chunk.end - chunk.begin, chunk.begin, lastLine(*why)));
}

Result<void> ImageWriter::flush()
{
    while (!m_sent.empty()) {
        if (auto done = takeAnswer(); !done) {
            return done;
        }
    }
    return {};
}

Result<void> ImageWriter::stop()
{
    m_isListening = false;
    return m_wire.write(encodeCommand('e'), patience)
        .and_then([this] { return m_device.repl().finish(); })
        .transform([](const std::string&) {});
}

void ImageWriter::abandon()
{
    if (!std::exchange(m_isListening, false)) {
        return;
    }
    const Wire::Uninterrupted finishing(m_wire);
    if (m_wire.write(encodeCommand('e'), tidyPatience)) {
        static_cast<void>(m_device.repl().finish(tidyPatience));
    }
    m_sent.clear();
}

// --- the other way

namespace {

constexpr std::size_t sendHead = 16;

class Reading
{
public:
    Reading(Device& device, const PartitionFacts& partition, std::uint64_t begin, std::uint64_t end, const Count& count)
        : m_device(device)
        , m_wire(device.wire())
        , m_partition(partition)
        , m_encoding(encodingFromDevice(device.facts().features))
        , m_step(chunkSize(device.facts().features, partition))
        , m_begin(begin)
        , m_bytes(end - begin)
        , m_count(count)
    { }

    Result<std::vector<std::byte>> run()
    {
        auto missing = ranges();
        for (int attempt = 0; !missing.empty(); ++attempt) {
            if (attempt == mostAttempts) {
                return fail(
                    ErrorCode::DeviceFailed,
                    std::format("{}: the bytes at {} came spoilt {} times. Try another cable or port, and retry.",
                                m_device.name(), missing.front().begin, attempt));
            }
            std::vector<Range> spoilt;
            for (const auto& range : missing) {
                if (auto done = read(range, spoilt); !done) {
                    static_cast<void>(m_device.repl().interrupt(tidyPatience));
                    return std::unexpected(std::move(done).error());
                }
            }
            missing = std::move(spoilt);
        }
        return std::move(m_bytes);
    }

private:
    struct Range
    {
        std::uint64_t begin;
        std::uint64_t end;
    };

    /// What is near the end is copied on the device, and all of a step may be too much for that.
    std::vector<Range> ranges() const
    {
        constexpr std::uint64_t copied = 512; // as in rom.py
        const auto end = m_begin + m_bytes.size();
        const auto tail
            = m_partition.shape == Shape::Opaque ? end : m_partition.size - std::min(m_partition.size, copied);
        if (m_begin < tail && tail < end) {
            return {{m_begin, tail}, {tail, end}};
        }
        return {{m_begin, end}};
    }

    Result<void> read(const Range& range, std::vector<Range>& spoilt)
    {
        auto begun = m_device.repl().begin(m_device.code("send")
                                           + std::format("_rs_send(_rs, {}, {}, {}, {})\n", range.begin, range.end,
                                                         m_step, static_cast<int>(m_encoding)));
        for (auto at = range.begin; begun && at < range.end; at += m_step) {
            const Range chunk{at, std::min(range.end, at + m_step)};
            const auto isRight = readChunk(chunk);
            if (!isRight) {
                return std::unexpected(isRight.error());
            }
            if (*isRight) {
                m_done += chunk.end - chunk.begin;
                m_count(m_done, m_bytes.size());
            } else {
                spoilt.push_back(chunk);
            }
        }
        return begun.and_then([this] { return m_device.repl().finish(); }).transform([](const std::string&) {});
    }

    Result<bool> readChunk(const Range& chunk)
    {
        const auto head = m_wire.read(sendHead, patience);
        if (!head) {
            return std::unexpected(head.error());
        }
        const auto into = std::span(m_bytes).subspan(chunk.begin - m_begin, chunk.end - chunk.begin);
        const auto length = m_encoding == Encoding::Binary ? into.size()
            : m_encoding == Encoding::Hexadecimal          ? 2 * into.size()
                                                           : (into.size() + 2) / 3 * 4;
        const auto sum = std::ranges::fold_left(head->substr(0, sendHead - 2), 0U, [](unsigned all, char c) {
            return all + static_cast<unsigned char>(c);
        });
        if (head->substr(0, 6) != std::format("{:06x}", length)
            || head->substr(sendHead - 2) != std::format("{:02x}", sum & 0xFFU)) {
            if (head->front() == RawRepl::endOfOutput) {
                if (auto ended = m_device.repl().finishError(patience, head->substr(1)); !ended) {
                    return std::unexpected(std::move(ended).error());
                }
            }
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} sent something else than the bytes at {}: \"{}\". Retry.", m_device.name(),
                                    chunk.begin, lastLine(*head)));
        }
        auto done = m_encoding == Encoding::Binary ? m_wire.read(into, patience) : readText(into, length);
        return done.transform([&] {
            return head->substr(6, 8) == std::format("{:08x}", checksum(into, m_device.facts().features.crc32));
        });
    }

    Result<void> readText(std::span<std::byte> into, std::size_t length)
    {
        const auto text = m_wire.read(length, patience);
        if (!text) {
            return std::unexpected(text.error());
        }
        if (const auto bytes = fromText(*text, m_encoding); bytes && bytes->size() == into.size()) {
            std::ranges::copy(*bytes, into.begin());
        }
        return {}; // else the checksum will tell
    }

    Device& m_device;
    Wire& m_wire;
    const PartitionFacts& m_partition;
    Encoding m_encoding;
    std::size_t m_step;
    std::uint64_t m_begin;
    std::vector<std::byte> m_bytes;
    const Count& m_count;
    std::uint64_t m_done = 0;
};

} // namespace

Result<std::vector<std::byte>> readBytes(Device& device, const PartitionFacts& partition, std::uint64_t begin,
                                         std::uint64_t end, const Count& count)
{
    if (begin > end || end > partition.size) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} of {} has {} bytes.", partition.name(), device.name(), partition.size));
    }
    return device.select(partition.index).and_then([&] { return Reading(device, partition, begin, end, count).run(); });
}

Result<std::string> hashOnDevice(Device& device, const PartitionFacts& partition, std::uint64_t length,
                                 const Count& count)
{
    const auto step = chunkSize(device.facts().features, partition);
    std::uint64_t done = 0;
    std::string hash;
    bool isHash = false;
    const auto watch = [&](char character) {
        constexpr std::size_t digits = 64;
        if (isHash && hash.size() < digits) {
            hash += character;
        } else if (character == '.') {
            done = std::min(length, done + step);
            count(done, length);
        }
        isHash |= character == '=';
    };
    const auto run = device.select(partition.index).and_then([&] {
        return device.repl().exec(device.code("send") + std::format("_rs_hash(_rs, {}, {})\n", length, step), patience,
                                  watch);
    });
    if (!run) {
        if (run.error().code == ErrorCode::Cancelled) {
            static_cast<void>(device.repl().interrupt(tidyPatience));
        }
        return std::unexpected(run.error());
    }
    return hash;
}

} // namespace romsmith::device
