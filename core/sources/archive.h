// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"

#include <functional>

namespace romsmith::sources {

struct ArchiveOptions
{
    std::vector<std::string> excludes; ///< globs, matched against a name and against the path below the top
    bool stripTop = false; ///< a single folder that wraps everything, as in archives of GitHub, gives its content

    std::uint64_t largestFile = largestSnapshot; ///< bytes; files above it are skipped
    std::uint64_t largestTotal = largestSnapshot; ///< bytes that are taken; an archive above it is refused
    std::uint64_t largestUnpacked = 4 * largestSnapshot; ///< bytes of a compressed stream that lead to what is taken
    std::size_t mostEntries = 100'000; ///< files and folders, taken or not

    std::function<void(std::uint64_t)> progress = {}; ///< is told how many bytes have been unpacked
};

struct LoadedArchive : Loaded
{
    std::vector<Skipped> remarks; ///< what was taken and deserves a look: names that some computers take for one
    bool mayStripTop = true; ///< a single folder around everything is one that means nothing
};

/// True for a file that loadArchive() would try: zip (wheels, too), 7z, tar, and tar in gzip, bzip2, xz or Zstandard.
/// The content decides; a suffix only says that a tar with nothing in it is one.
[[nodiscard]] bool isArchive(const std::filesystem::path& path);

/// What is in an archive, sorted by the bytes of the names, all content in memory. Whatever is not taken is among what
/// was skipped, under its path in the archive: links and devices, names that lead elsewhere or that the device could
/// not list, what is encrypted, damaged or too large, junk, and all but the last of those that have one name. A folder
/// wins over a file of its name. An archive that was cut off, or that is larger than the options allow, gives an error;
/// sizes are compared before anything is unpacked, so memory stays within the options whatever the archive says.
[[nodiscard]] Result<LoadedArchive> loadArchive(const std::filesystem::path& path, const ArchiveOptions& options,
                                                const std::stop_token& stop = {});

} // namespace romsmith::sources
