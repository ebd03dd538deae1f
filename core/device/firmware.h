// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"
#include "core/romfs/content.h"

#include <string_view>

namespace romsmith::device {

/// Which of a board's release files a firmware is, by where it begins to run. A bootloader checks nothing, so what is
/// something else is refused here (InvalidArgument): an image, an archive, a combination with the bootloader, the other
/// core's firmware or another board's.
[[nodiscard]] Result<const boards::ReleaseFile*> identifyFirmware(const boards::Board& board, std::string_view fileName,
                                                                  romfs::Bytes bytes);

/// Where the board's firmware lies, which is where it runs.
[[nodiscard]] std::optional<boards::AddressRange> firmwareRange(const boards::Board& board,
                                                                const boards::ReleaseFile& file);

} // namespace romsmith::device
