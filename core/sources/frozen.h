// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"

#include <cstdint>
#include <span>

/// What a firmware's build would freeze, as files of an image.
namespace romsmith::sources {

/// A file as whoever listed it says. None of it has been checked.
struct FrozenFile
{
    std::string target; ///< path of the module: "pkg/core.py"
    std::filesystem::path source; ///< absolute
    bool asText = false; ///< as source, which the device compiles
    int optimization = 0;
};

inline constexpr std::size_t mostFrozenFiles = 20'000;

/// The files in a folder "lib", from where the device imports them. What is not Python, what is no file and what has a
/// name that leads elsewhere is left out with its reason. Of several files for one target the first is taken.
[[nodiscard]] Result<LoadedArchive> loadFrozen(std::span<const FrozenFile> files, const std::stop_token& stop = {});

/// For a source of files that names none.
[[nodiscard]] std::unexpected<Error> nothingFrozen(const std::filesystem::path& path);

} // namespace romsmith::sources
