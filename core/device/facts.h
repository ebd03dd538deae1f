// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"
#include "core/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::device {

/// How vfs.rom_ioctl gives out a partition.
enum class Shape : std::uint8_t {
    None, ///< it does not; see PartitionFacts::problem
    View, ///< memoryview; written by ops 3 and 4
    Block, ///< block device that can also be read as a buffer
    Opaque, ///< block device alone
};

/// A ROMFS partition as the device describes it. Sizes are bytes.
struct PartitionFacts
{
    std::uint32_t index = 0;
    Shape shape = Shape::None;
    std::string problem = {};
    std::uint64_t size = 0;
    std::uint32_t block = 0; ///< of a block device
    std::uint64_t address = 0; ///< where it is mapped; 0 if not known
    std::optional<std::uint32_t> rangedUnit = {}; ///< what op 6 gives; none: op 3 takes no offset
    std::vector<std::byte> head = {}; ///< the first bytes, 16 at most

    [[nodiscard]] bool hasImage() const;
    /// The image's length as its header has it; 0 if there is none, or one that is longer than the partition.
    [[nodiscard]] std::uint64_t used() const;
    [[nodiscard]] std::string name() const { return "ROMFS" + std::to_string(index); }
};

/// The index in "ROMFS1"; none for another name.
[[nodiscard]] std::optional<std::uint32_t> partitionNamed(std::string_view name);

/// What the firmware has of what a transfer can use.
struct Features
{
    bool binaryInput = false; ///< sys.stdin.buffer, with Ctrl-C switched off
    bool binaryOutput = false;
    bool poll = false;
    bool deflate = false;
    bool base64 = false;
    bool crc32 = false; ///< else checksums are Adler-32
    bool sha256 = false;
    std::uint64_t memory = 0; ///< free on the heap
};

/// What a device says of itself.
struct Facts
{
    std::string machine; ///< sys.implementation._machine: "OpenMV N6 with STM32N657"
    std::string version; ///< of MicroPython: "1.25.0"
    std::string firmware; ///< os.uname().version: "v1.25.0 on 2025-04-15"
    std::string platform; ///< sys.platform
    std::uint32_t mpy = 0; ///< sys.implementation._mpy
    std::string uniqueId; ///< hexadecimal
    bool hasRomIoctl = false;
    Features features;
    std::vector<PartitionFacts> partitions;

    [[nodiscard]] const PartitionFacts* partition(std::uint32_t index) const;
};

/// Reads what resources/device/query.py prints. Lines that are not understood are passed over; a number that makes no
/// sense is DeviceFailed.
[[nodiscard]] Result<Facts> parseFacts(std::string_view text, std::string_view deviceName);

/// The board of the table that says this of itself, or else the only one that shows this USB id.
[[nodiscard]] const boards::Board* identify(const Facts& facts, const std::optional<boards::UsbId>& usb,
                                            const boards::BoardTable& table);

} // namespace romsmith::device
