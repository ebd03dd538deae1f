// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/sim/filedescriptor.h"

#include <cstdint>
#include <filesystem>

namespace romsmith::sim {

/// Opens a flash file of this size and locks it as long as the descriptor is open; a file that is not there is made,
/// all of it erased, and one of the @p former size, without what the bootloader alone reaches, is made longer. Fails
/// for a file of another size and for one that another virtual cam has open.
Result<FileDescriptor> openFlashFile(const std::filesystem::path& path, std::uint64_t size, std::uint64_t former = 0);

} // namespace romsmith::sim
