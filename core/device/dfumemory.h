// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfu.h"

#include <functional>
#include <vector>

namespace romsmith::device {

/// Told of bytes that are done, of those that were asked for.
using DfuCount = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// A stretch of memory that an alternate setting of a bootloader reaches: the whole of it, or with ST's extension a
/// range of addresses in it. Offsets are from its begin.
struct DfuStretch
{
    std::uint8_t number = 0; ///< of the alternate setting, on this device
    std::string name; ///< "ROMFS0"
    const boards::AlternateSetting* known = nullptr; ///< what the table says; nullptr: not in it
    std::uint64_t address = 0; ///< of ST's extension
    std::optional<std::uint64_t> size = {}; ///< bytes
    bool readable = false;
    bool writable = false; ///< by the table; see whyNotWritten()
    std::vector<std::uint64_t> units = {}; ///< ends of the erase units in order; empty: not known, or none needed
    std::uint32_t programUnit = 1; ///< bytes

    /// Reading and writing do not depend on the order of blocks, but for the first of an erase unit.
    [[nodiscard]] bool takesAnyOrder() const { return known && !known->mustStartAtBlockZero && !units.empty(); }
};

/// Erase units of a memory map in the name of an alternate setting, "@Internal Flash /0x08000000/01*128Ka,15*128Kg", as
/// ST's extension has them. None if it is no map.
struct DfuMap
{
    std::uint64_t address = 0;
    std::vector<boards::SectorRun> sectors;
};
[[nodiscard]] std::optional<DfuMap> dfuMapIn(std::string_view name);

/// All that a bootloader has, in its order. @p board may be nullptr.
[[nodiscard]] std::vector<DfuStretch> dfuStretches(const DfuHost& host, const boards::Board* board);

/// The range from an address on of what an alternate setting reaches; its size to the end, or @p size.
[[nodiscard]] Result<DfuStretch> dfuRange(const DfuStretch& whole, std::uint64_t address,
                                          std::optional<std::uint64_t> size);

/// Empty if it may be written; otherwise a sentence.
[[nodiscard]] std::string whyNotWritten(const DfuStretch& stretch, bool expert = false);

/// Transfers to and from a stretch; it is selected when this is made.
class DfuMemory
{
public:
    [[nodiscard]] static Result<DfuMemory> select(DfuHost& host, const DfuStretch& stretch);

    /// Bytes of a block.
    [[nodiscard]] std::uint64_t blockSize() const { return m_host.function().transferSize; }

    /// @p begin is a multiple of the block size.
    [[nodiscard]] Result<std::vector<std::byte>> read(std::uint64_t begin, std::uint64_t end, const DfuCount& count);

    /// Erases and programs. @p begin is a multiple of the block size, and the begin of an erase unit.
    [[nodiscard]] Result<void> write(std::uint64_t begin, romfs::Bytes bytes, const DfuCount& count);
    /// To follow the last write, before anything is read.
    [[nodiscard]] Result<void> finish();

    /// Fails with Mismatch if the memory does not end where the table says; where that can be found out.
    [[nodiscard]] Result<void> checkSize();

private:
    DfuMemory(DfuHost& host, const DfuStretch& stretch)
        : m_host(host)
        , m_stretch(stretch)
    { }

    bool isDfuSe() const { return m_host.function().isDfuSe(); }
    Result<void> point(std::uint64_t offset);
    Result<std::uint16_t> blockAt(std::uint64_t offset) const;
    Result<void> erase(std::uint64_t begin, std::uint64_t end);

    DfuHost& m_host;
    const DfuStretch& m_stretch;
    std::uint64_t m_pointer = 0; ///< offset that block 2 of ST's extension is at
    std::uint64_t m_erased = 0; ///< offset up to which ST's extension has erased
};

} // namespace romsmith::device
