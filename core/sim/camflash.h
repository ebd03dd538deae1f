// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"
#include "core/sim/camprofile.h"

#include <filesystem>
#include <memory>
#include <span>

namespace romsmith::sim {

/// A cam's memory chips: what erasing and programming leave in them.
class CamFlash
{
public:
    /// The flash file of a virtual cam, shared with whoever else has it mapped.
    static Result<CamFlash> open(const std::filesystem::path& path, const boards::Board& board);
    /// All of it erased, in memory.
    static CamFlash make(const boards::Board& board);

    /// False where no chip is.
    bool read(boards::Memory memory, std::uint64_t address, std::span<std::byte> into) const;
    bool erase(boards::Memory memory, std::uint64_t address, std::uint64_t size);
    bool program(boards::Memory memory, std::uint64_t address, romfs::Bytes bytes);

    /// For tests: the file as a whole.
    std::span<std::byte> cells() const { return m_cells; }

private:
    CamFlash(std::span<std::byte> cells, std::shared_ptr<void> owner, std::vector<FlashSegment> segments)
        : m_cells(cells)
        , m_owner(std::move(owner))
        , m_segments(std::move(segments))
    { }

    /// Calls @p use(cells, how many bytes were before them) for each piece; false if some of it is nowhere.
    template <typename Use>
    bool forEach(boards::Memory memory, std::uint64_t address, std::uint64_t size, Use&& use) const;

    std::span<std::byte> m_cells;
    std::shared_ptr<void> m_owner;
    std::vector<FlashSegment> m_segments;
};

} // namespace romsmith::sim
