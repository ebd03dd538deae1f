// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"
#include "core/romfs/content.h"
#include "core/romfs/finding.h"

#include <vector>

namespace romsmith::device {

struct CheckedImage
{
    romfs::Content content; ///< the image alone, in memory, without what may follow it
    std::vector<romfs::Finding> findings;
    std::string sha256;
};

/// An image by the rules of the board that it is to be written to. @p where is for messages: "ROMFS0 of OpenMV N6".
/// Fails if it is no image, is too large, or, unless that is forced, has errors (InvalidArgument).
[[nodiscard]] Result<CheckedImage> checkImage(const romfs::Content& image, const boards::Board& board,
                                              std::uint32_t partition, const std::string& where, bool force);

} // namespace romsmith::device
