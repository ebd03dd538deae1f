// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"

#include <QJsonObject>

#include <cstdint>
#include <optional>
#include <vector>

namespace romsmith::sim {

/// What may differ from one firmware of a board to the next.
struct Firmware
{
    /// rom_ioctl op 6 and the ranged form of op 3, as firmware has them that is newer than MicroPython 1.28. Older
    /// firmware takes the third argument of op 3 for a length, whatever follows it.
    bool rangedPrepare = false;
    std::optional<boards::RomObject> object; ///< none: the board's
    std::optional<std::uint32_t> mpy; ///< sys.implementation._mpy; none: the board's architecture, bytecode 6.3
    std::uint16_t rawPasteWindow = 128; ///< bytes
    std::uint32_t freeMemory = 0; ///< bytes of the heap that a script finds free; 0: plenty
};

/// Where the partitions lie in the flash file: one after the other by number, each at a multiple of 64 KiB, so that the
/// file of a board with one partition begins with that partition.
std::vector<std::uint64_t> partitionOffsets(const boards::Board& board);
std::uint64_t partitionsSize(const boards::Board& board); ///< bytes of the file up to the end of the last one

/// A piece of a memory chip in the flash file.
struct FlashSegment
{
    boards::Memory memory = boards::Memory::None;
    std::uint64_t start = 0; ///< as AlternateSetting::start
    std::uint64_t size = 0;
    std::uint64_t offset = 0; ///< in the file
};
/// The partitions, and behind them in the order of the table what else the bootloader reaches: firmware, file system.
std::vector<FlashSegment> flashSegments(const boards::Board& board);
std::uint64_t flashFileSize(const boards::Board& board); ///< of all segments

/// What resources/sim/virtual_cam.py must know of the board. Facts of the ports: tables of rom_ioctl in MicroPython's
/// sources, each quirk where it is made.
QJsonObject camProfile(const boards::Board& board, const Firmware& firmware);

} // namespace romsmith::sim
