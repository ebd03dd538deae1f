// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/entry.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace romsmith::romfs {

enum class Severity : std::uint8_t {
    Info,
    Warning,
    Error,
};

/// How the program can mend what it found.
enum class Mend : std::uint8_t {
    None,
    Rename,
    Remove,
    Align,
    KeepSource,
    Compile, ///< what is kept as source
    Refresh, ///< what came from the disk and has changed there
    UseRule, ///< instead of an alignment that was set by hand
};

/// Something about an image that its user should know. Not an error: the image still opens.
struct Finding
{
    Severity severity = Severity::Info;
    std::string_view code; ///< stable, for machines: "misaligned", "duplicate-name" ...
    std::uint32_t entry = noParent; ///< index of the entry it is about; noParent for the whole image
    std::string path; ///< of that entry; empty for the whole image
    std::uint64_t offset = 0; ///< bytes from the start of the image
    std::string message; ///< what it is, and what the device would do with it
    Mend mend = Mend::None;
    std::uint32_t line = 0; ///< of a text file, from 1; 0 if it is about none
};

[[nodiscard]] std::string_view severityName(Severity severity);

} // namespace romsmith::romfs
