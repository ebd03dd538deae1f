// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/writer.h"

#include <cstdio>
#include <filesystem>
#include <span>

/// Images as files of this computer.
namespace romsmith::sources {

/// Reads a whole image file into memory.
[[nodiscard]] Result<romfs::Image> openImage(const std::filesystem::path& path);

/// Writes an image and what is to follow it, whole or not at all: a file that is there stays as it is until the new one
/// is complete on disk.
[[nodiscard]] Result<void> saveImage(const std::filesystem::path& path, std::span<const romfs::Entry> entries,
                                     const romfs::Layout& layout, romfs::Bytes trailing = {});

/// The same to an open stream of this process, e.g. standard output.
[[nodiscard]] Result<void> writeImage(std::FILE* stream, std::span<const romfs::Entry> entries,
                                      const romfs::Layout& layout, romfs::Bytes trailing = {});

} // namespace romsmith::sources
