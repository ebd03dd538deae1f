// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/names.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

/// What holds for everything that leaves an image, to folders and to archives.
namespace romsmith::sources {

/// Pointer records can make many large files of few bytes; nothing that a device could use reaches this.
inline constexpr std::uint64_t mostBytes = 1024ULL * 1024 * 1024;

inline constexpr std::string_view badName = "its name cannot be used here";
inline constexpr std::string_view nameTwice = "the name occurs twice; the device opens the first one, too";

/// False for names that would lead elsewhere or that a computer's file system cannot hold.
[[nodiscard]] inline bool isSafe(std::string_view name)
{
    const auto problems = romfs::checkName(name);
    const bool invalid = std::ranges::any_of(problems, [](const romfs::NameProblem& problem) {
        return problem.severity == romfs::Severity::Error && problem.code != "name-not-utf8";
    });
    return !invalid && !name.contains('\\');
}

} // namespace romsmith::sources
