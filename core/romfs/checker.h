// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/finding.h"
#include "core/romfs/layout.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace romsmith::romfs {

/// Where an image is to go.
struct CheckTarget
{
    std::string name; ///< "OpenMV N6 ROMFS0", for messages
    std::optional<std::uint64_t> partitionSize; ///< bytes
    std::uint64_t address = 0; ///< where the device maps the partition; 0 if unknown
};

/// Everything worth knowing about an image, planned or read, in the order of its records and the whole image last.
/// Every row of the table of what the runtime does with malformed images has its finding here. At most maxFindings are
/// returned; the last one then says that there are more. Linear in the number of entries and the bytes of their names.
[[nodiscard]] std::vector<Finding> check(std::span<const Entry> entries, const Layout& layout,
                                         const CheckTarget& target);

inline constexpr std::size_t maxFindings = 1000;

} // namespace romsmith::romfs
