// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace romsmith::sources {

/// The names in a path that somebody else wrote and that is to lead to a place inside an image.
struct InnerPath
{
    std::vector<std::string_view> names;
    std::string problem; ///< why it must not be followed; empty if it may
};

/// "./a//b/" is "a/b", as every program reads it. The names point into @p path.
[[nodiscard]] InnerPath parseInnerPath(std::string_view path);

/// A path for messages: shortened, because such paths can be long and are shown one below the other.
[[nodiscard]] std::string shownInnerPath(std::string_view path);

} // namespace romsmith::sources
