// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace romsmith::tree {

/// One line of a unified difference between two texts.
struct LineChange
{
    enum class Kind : std::uint8_t {
        Context, ///< in both
        Removed, ///< only in A
        Added, ///< only in B
        Gap, ///< lines that are the same are left out here; lineA and lineB tell where the text goes on
    };

    Kind kind = Kind::Context;
    std::size_t lineA = 0; ///< from 1; 0 if the line is not in A
    std::size_t lineB = 0; ///< from 1; 0 if the line is not in B
    std::string_view text; ///< without its line break; a part of the text that was compared
    bool endsFile = false; ///< the last line of its file, and no line break follows it

    bool operator==(const LineChange&) const = default;
};

/// What has to be done to @p a to get @p b, with @p context lines around every change; empty for equal texts. Texts
/// that have too little in common for a fine comparison come out as one large change.
[[nodiscard]] std::vector<LineChange> lineChanges(std::string_view a, std::string_view b, std::size_t context = 3);

} // namespace romsmith::tree
