// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace romsmith::inspect {

/// Where a text stops being JSON.
struct JsonProblem
{
    std::string message;
    std::size_t line = 1; ///< from 1
    std::size_t column = 1; ///< from 1, in characters
};

/// The same JSON with an indented line for each value. Names keep their order, and numbers and strings stay as they are
/// written. The text ends somewhere behind @p most bytes; indentation can make it many times as long as the input.
[[nodiscard]] std::expected<std::string, JsonProblem> prettyJson(std::string_view json,
                                                                 std::size_t most = 1024UL * 1024);

} // namespace romsmith::inspect
