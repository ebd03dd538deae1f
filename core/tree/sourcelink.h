// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace romsmith::tree {

/// Where a file or folder of the tree comes from on this computer, and what was there when it was read.
struct SourceLink
{
    std::filesystem::path path; ///< absolute; empty if nothing says where the file is
    std::string problem = {}; ///< why nothing could be read there: a sentence; empty if all is well

    /// Of a file.
    std::uint64_t size = 0;
    std::filesystem::file_time_type modified = {};

    /// Of a folder: which of the files inside belong to it, as globs, and what there was: paths below it, folders with
    /// a slash at the end.
    std::vector<std::string> includes = {};
    std::vector<std::string> excludes = {};
    std::vector<std::string> contents = {};

    bool operator==(const SourceLink&) const = default;
};

/// What became of where a link leads since it was read.
struct SourceChange
{
    std::string what; ///< a sentence
    bool isGone = false; ///< nothing can be read there any more

    bool operator==(const SourceChange&) const = default;
};

} // namespace romsmith::tree
