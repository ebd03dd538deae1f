// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/chunk.h"
#include "core/device/device.h"

#include <deque>
#include <functional>
#include <optional>

namespace romsmith::device {

/// Told of bytes that are done, of those that were asked for.
using Count = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The largest chunk for which the device has memory, as a power of two; a whole block of a block device.
[[nodiscard]] std::size_t chunkSize(const Features& features, const PartitionFacts& partition);

/// How payloads go to the device, and how they come from it.
[[nodiscard]] Encoding encodingToDevice(const Features& features);
[[nodiscard]] Encoding encodingFromDevice(const Features& features);

/// Has the device take in what will receive an image, and gives the largest chunk for which it has memory; to be called
/// before anything is erased, for it can run out of memory. The partition is selected.
[[nodiscard]] Result<std::size_t> makeRoom(Device& device, const PartitionFacts& partition);

/// Programs parts of an image. The partition is selected on the device, and erased where it has to be.
///
/// A cancel is obeyed between chunks; the device is then told to stop, so that it is at its prompt again.
class ImageWriter
{
public:
    struct Settings
    {
        Encoding encoding = Encoding::Binary;
        bool deflate = true;
        std::optional<bool> flowControl = {}; ///< none: it is found out where it matters
        std::size_t largest = 0; ///< bytes of a chunk, as makeRoom() gave it; 0: it is asked for
    };

    ImageWriter(Device& device, const PartitionFacts& partition, romfs::Bytes image, std::size_t largest = 0);
    ImageWriter(Device& device, const PartitionFacts& partition, romfs::Bytes image, const Settings& settings);

    /// Has the device listen.
    [[nodiscard]] Result<void> start();
    /// Programs these bytes; they are there when flush() returns. Begin and end are multiples of what the partition
    /// programs at once, or the end of the image.
    [[nodiscard]] Result<void> write(std::uint64_t begin, std::uint64_t end, const Count& count);
    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> stop();
    /// The same after a failure or a cancel, within a second; nothing is certain then.
    void abandon();

private:
    struct Sent
    {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        int attempt = 0;
        Deadline at = {};
    };

    Result<void> findFlowControl();
    Result<void> send(Sent chunk);
    Result<void> sendSlowly(std::string_view payload);
    Result<void> takeAnswer();
    Result<void> sendAgain(const Sent& chunk);
    [[nodiscard]] std::size_t smallestStep() const; ///< bytes
    void adapt(Clock::duration took);
    std::unexpected<Error> failedAt(const Sent& chunk);

    Device& m_device;
    Wire& m_wire;
    const PartitionFacts& m_partition;
    romfs::Bytes m_image;
    Settings m_settings;
    ChunkRules m_rules;
    std::size_t m_largest = 0; ///< bytes of a chunk
    std::size_t m_step = 0; ///< bytes of the next chunk
    std::size_t m_window = 0; ///< bytes that are told of, where input overflows
    std::deque<Sent> m_sent; ///< not answered yet
    std::uint64_t m_done = 0;
    bool m_isListening = false;
};

/// Reads bytes of the partition that is selected on the device; each chunk is checked and asked for again if it came
/// spoilt. @p begin is a multiple of the block size of a block device.
[[nodiscard]] Result<std::vector<std::byte>> readBytes(Device& device, const PartitionFacts& partition,
                                                       std::uint64_t begin, std::uint64_t end, const Count& count);

/// SHA-256 of the first bytes, calculated by the device; hexadecimal.
[[nodiscard]] Result<std::string> hashOnDevice(Device& device, const PartitionFacts& partition, std::uint64_t length,
                                               const Count& count);

} // namespace romsmith::device
