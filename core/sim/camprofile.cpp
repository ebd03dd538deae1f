// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/camprofile.h"

#include "core/inspect/mpy.h"

#include <QJsonArray>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace romsmith::sim {
namespace {

using boards::Board;
using boards::Partition;
using boards::RomIoctl;
using boards::RomObject;

constexpr std::uint64_t usualSize = 4ULL * 1024 * 1024; ///< of a partition without a size
constexpr std::uint32_t usualEraseUnit = 4096;
constexpr std::uint32_t internalFlashWrite = 16; ///< what op 3 returns for flash inside the chip
constexpr std::uint64_t offsetMultiple = 64ULL * 1024; ///< the largest page that Linux maps

std::uint64_t sizeOf(const Partition& partition)
{
    return partition.size.value_or(usualSize);
}

RomIoctl romIoctlOf(const Partition& partition)
{
    return partition.romIoctl.value_or(RomIoctl());
}

bool isMram(const Board& board, const Partition& partition)
{
    return board.port == "alif" && !partition.eraseUnit;
}

bool isOctal(const Board& board, const Partition& partition)
{
    const auto* setting = board.bootloader.alternateSetting(partition.alternateSetting);
    return setting && setting->memory == boards::Memory::Xspi;
}

/// What a port does with the last bytes of a write whose length is no multiple of what it programs at once.
QLatin1StringView tailOf(const Board& board, const Partition& partition, std::uint32_t minimumWrite)
{
    if (board.port == "stm32" && isOctal(board, partition)) {
        return QLatin1StringView("fault"); // an odd length faults the bus
    }
    if (board.port == "stm32" && minimumWrite == internalFlashWrite) {
        return QLatin1StringView("drop"); // whole words only
    }
    if (board.port == "alif" && !isMram(board, partition)) {
        return QLatin1StringView("hang"); // the count of words goes below zero
    }
    if (board.port == "alif" || board.port == "esp8266") {
        return QLatin1StringView("pad");
    }
    return QLatin1StringView("any");
}

/// A write to flash inside an STM32H7 must begin at a word of flash.
std::uint32_t writeAlignment(const Board& board, std::uint32_t minimumWrite)
{
    constexpr std::uint32_t flashWord = 32;
    return board.mcu.starts_with("STM32H7") && minimumWrite == internalFlashWrite ? flashWord : 1;
}

QJsonObject partitionProfile(const Board& board, const Partition& partition, std::uint64_t offset)
{
    const auto romIoctl = romIoctlOf(partition);
    const auto minimumWrite = romIoctl.minimumWrite.value_or(4);
    const bool mram = isMram(board, partition);
    return {
        {QStringLiteral("offset"), static_cast<qint64>(offset)},
        {QStringLiteral("size"), static_cast<qint64>(sizeOf(partition))},
        {QStringLiteral("address"), static_cast<qint64>(partition.address.value_or(0))},
        {QStringLiteral("minimumWrite"), static_cast<qint64>(minimumWrite)},
        {QStringLiteral("eraseUnit"),
         static_cast<qint64>(partition.eraseUnit.value_or(mram ? internalFlashWrite : usualEraseUnit))},
        {QStringLiteral("writable"), romIoctl.writable},
        {QStringLiteral("overwrites"), mram},
        {QStringLiteral("aligned"), static_cast<qint64>(writeAlignment(board, minimumWrite))},
        {QStringLiteral("tail"), QString(tailOf(board, partition, minimumWrite))},
    };
}

/// sys.implementation._mpy of version 6.3.
std::uint32_t mpyOf(const Board& board)
{
    constexpr std::uint32_t version = 0x306;
    constexpr std::uint32_t architectureShift = 10;
    constexpr std::uint8_t architectures = 16; // the field has four bits
    for (std::uint8_t number = 1; board.mpy && number < architectures; ++number) {
        if (inspect::mpyArchName(number) == board.mpy->march) {
            return version | std::uint32_t{number} << architectureShift;
        }
    }
    return version;
}

QString machineOf(const Board& board)
{
    const auto& machines = board.runtime.machines;
    const auto name = machines.empty() ? board.name : machines.front();
    return QString::fromStdString(board.mcu.empty() ? name : name + " with " + board.mcu);
}

bool isOneOf(const std::string& port, std::initializer_list<std::string_view> ports)
{
    return std::ranges::find(ports, port) != ports.end();
}

bool isBlockDevice(const Board& board, const Firmware& firmware)
{
    if (firmware.object) {
        return *firmware.object == RomObject::BlockDevice;
    }
    return !board.partitions.empty() && romIoctlOf(board.partitions.front()).object == RomObject::BlockDevice;
}

/// What an alternate setting reaches that no segment has yet.
std::vector<FlashSegment> gapsIn(const std::vector<FlashSegment>& segments, const boards::AlternateSetting& setting)
{
    std::vector<FlashSegment> gaps;
    auto at = *setting.start;
    const auto end = at + *setting.size;
    while (at < end) {
        auto next = end;
        bool isTaken = false;
        for (const auto& segment : segments) {
            if (segment.memory != setting.memory) {
                continue;
            }
            if (at >= segment.start && at < segment.start + segment.size) {
                isTaken = true;
                next = std::min(end, segment.start + segment.size);
                break;
            }
            if (segment.start > at) {
                next = std::min(next, segment.start);
            }
        }
        if (!isTaken) {
            gaps.push_back({.memory = setting.memory, .start = at, .size = next - at});
        }
        at = next;
    }
    return gaps;
}

} // namespace

std::vector<std::uint64_t> partitionOffsets(const Board& board)
{
    std::vector<std::uint64_t> offsets;
    std::uint64_t offset = 0;
    for (const auto& partition : board.partitions) {
        offsets.push_back(offset);
        offset += (sizeOf(partition) + offsetMultiple - 1) / offsetMultiple * offsetMultiple;
    }
    return offsets;
}

std::uint64_t partitionsSize(const Board& board)
{
    return board.partitions.empty() ? 0 : partitionOffsets(board).back() + sizeOf(board.partitions.back());
}

std::vector<FlashSegment> flashSegments(const Board& board)
{
    std::vector<FlashSegment> segments;
    const auto offsets = partitionOffsets(board);
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const auto& partition = board.partitions[i];
        const auto* setting = board.bootloader.alternateSetting(partition.alternateSetting);
        const bool isOwn = setting && setting->role == boards::Role::Romfs;
        segments.push_back({.memory = setting ? setting->memory : boards::Memory::None,
                            .start = (isOwn ? setting->start : partition.address).value_or(0),
                            .size = sizeOf(partition),
                            .offset = offsets[i]});
    }
    auto end = partitionsSize(board);
    for (const auto& setting : board.bootloader.alternateSettings) {
        if (setting.memory == boards::Memory::None || !setting.start || !setting.size) {
            continue;
        }
        for (const auto& gap : gapsIn(segments, setting)) {
            end = (end + offsetMultiple - 1) / offsetMultiple * offsetMultiple;
            segments.push_back(gap);
            segments.back().offset = end;
            end += gap.size;
        }
    }
    return segments;
}

std::uint64_t flashFileSize(const Board& board)
{
    std::uint64_t size = 0;
    for (const auto& segment : flashSegments(board)) {
        size = std::max(size, segment.offset + segment.size);
    }
    return size;
}

QJsonObject camProfile(const Board& board, const Firmware& firmware)
{
    const auto offsets = partitionOffsets(board);
    QJsonArray partitions;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        partitions.append(partitionProfile(board, board.partitions[i], offsets[i]));
    }
    return {
        {QStringLiteral("id"), QString::fromStdString(board.id)},
        {QStringLiteral("port"), QString::fromStdString(board.port.empty() ? "virtual" : board.port)},
        {QStringLiteral("machine"), machineOf(board)},
        {QStringLiteral("mpy"), static_cast<qint64>(firmware.mpy.value_or(mpyOf(board)))},
        {QStringLiteral("partitions"), partitions},
        {QStringLiteral("blockDevice"), isBlockDevice(board, firmware)},
        {QStringLiteral("rangedPrepare"), firmware.rangedPrepare},
        {QStringLiteral("checksRanges"), !isOneOf(board.port, {"samd", "esp8266", "renesas-ra"})},
        {QStringLiteral("erasesWholeBuffer"), isOneOf(board.port, {"esp32", "rp2"})},
        {QStringLiteral("rawPasteWindow"), firmware.rawPasteWindow},
        {QStringLiteral("freeMemory"), static_cast<qint64>(firmware.freeMemory)},
    };
}

} // namespace romsmith::sim
