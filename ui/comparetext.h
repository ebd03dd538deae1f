// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"
#include "core/tree/contentdiff.h"
#include "ui/markedtext.h"

#include <optional>

namespace romsmith::ui {

/// The rows of two contents that differ, side by side in hexadecimal and as characters; at most @p maxRows of them.
[[nodiscard]] Result<std::vector<MarkedText::Line>> byteRows(const romfs::Content& a, const romfs::Content& b,
                                                             const tree::ContentDifference& difference,
                                                             std::size_t maxRows = 512);

/// The lines of two texts that differ; nothing if one of them is not text.
[[nodiscard]] Result<std::optional<std::vector<MarkedText::Line>>> textRows(const romfs::Content& a,
                                                                            const romfs::Content& b);

} // namespace romsmith::ui
