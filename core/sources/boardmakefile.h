// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "core/sources/firmwaretree.h"

/// CircuitPython's list of frozen modules as a source of files.
namespace romsmith::sources {

/// True for the description of a board, whose FROZEN_MPY_DIRS name the folders that are frozen.
[[nodiscard]] bool isBoardMakefile(const std::filesystem::path& path);

/// The Python files of these folders, in a folder "lib". The makefile is read and not run.
[[nodiscard]] Result<LoadedArchive> loadBoardMakefile(const std::filesystem::path& path, const FirmwareFolders& folders,
                                                      const std::stop_token& stop = {});

} // namespace romsmith::sources
