// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/build/target.h"
#include "core/error.h"
#include "core/romfs/checker.h"
#include "core/romfs/content.h"
#include "core/romfs/finding.h"

#include <set>
#include <string>
#include <vector>

namespace romsmith::device {

struct CheckedImage
{
    romfs::Content content; ///< the image alone, in memory, without what may follow it
    std::vector<romfs::Finding> findings;
    std::string sha256;
    std::set<std::string> names; ///< at the top

    /// InvalidArgument if it has errors. @p where is for messages: "ROMFS0 of OpenMV N6".
    [[nodiscard]] Result<void> worksIn(const std::string& where) const;
};

/// What the device itself says of where an image goes.
struct Place
{
    romfs::CheckTarget partition;
    std::uint32_t mpy = 0; ///< sys.implementation._mpy of its firmware; 0: not known
};

/// An image by the rules of the board that it is to be written to, and the place that it has there. Fails if it is no
/// image or is too large.
[[nodiscard]] Result<CheckedImage> checkImage(const romfs::Content& image, const build::Target& rules,
                                              const Place& place, const std::string& where);

/// The same with the place that the table of boards knows; an image with errors fails, too, unless that is forced.
[[nodiscard]] Result<CheckedImage> checkImage(const romfs::Content& image, const boards::Board& board,
                                              std::uint32_t partition, const std::string& where, bool force);

} // namespace romsmith::device
