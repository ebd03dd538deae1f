// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace romsmith::sources {

/// Folders by the names that firmware builds have for them: MPY_DIR, MPY_LIB_DIR, PORT_DIR, BOARD_DIR, OMV_LIB_DIR and
/// TOP, without "$(" and ")".
using FirmwareFolders = std::map<std::string, std::filesystem::path, std::less<>>;

/// What the tree around a file tells of a checkout of MicroPython, OpenMV or CircuitPython.
[[nodiscard]] FirmwareFolders guessFirmwareFolders(const std::filesystem::path& file);

/// The same, but what the user has @p set counts.
[[nodiscard]] FirmwareFolders firmwareFolders(const std::filesystem::path& file, FirmwareFolders set);

} // namespace romsmith::sources
