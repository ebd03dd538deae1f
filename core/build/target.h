// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/romfs/checker.h"
#include "core/romfs/reader.h"
#include "core/tree/alignmentrules.h"

#include <optional>
#include <string>
#include <string_view>

namespace romsmith::build {

/// The board and the partition that an image is made for; every rule follows from them.
class Target
{
public:
    Target() = default; ///< no board in particular: OpenMV's common rules, no limit of size
    Target(const boards::Board& board, std::uint32_t partitionIndex);

    [[nodiscard]] const boards::Board* board() const { return m_board; }
    [[nodiscard]] const boards::Partition* partition() const { return m_partition; }

    /// "OPENMV_N6/0", for settings; empty for no board in particular. An unknown key gives no board.
    [[nodiscard]] std::string key() const;
    [[nodiscard]] static Target fromKey(std::string_view key);

    /// "OpenMV N6 ROMFS0"
    [[nodiscard]] std::string name() const;
    /// The same for an image inside another one: it has no partition and no address of its own.
    [[nodiscard]] Target insideAnother(bool isInside = true) const;
    [[nodiscard]] bool isInsideAnother() const { return m_isInsideAnother; }

    [[nodiscard]] std::optional<std::uint64_t> size() const; ///< of the partition, bytes
    [[nodiscard]] std::uint64_t address() const; ///< where the device maps the partition; 0 if unknown

    /// In the compact style only files that a rule names are aligned.
    [[nodiscard]] tree::AlignmentRules alignmentRules(romfs::Style style) const;
    [[nodiscard]] romfs::CheckTarget checkTarget() const;

private:
    const boards::Board* m_board = nullptr;
    const boards::Partition* m_partition = nullptr;
    bool m_isInsideAnother = false;
};

} // namespace romsmith::build
