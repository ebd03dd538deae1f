// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/finding.h"

#include <string>
#include <string_view>
#include <vector>

/// What ROMFS, the runtime and other tools can do with a file's or folder's name.
namespace romsmith::romfs {

struct NameProblem
{
    Severity severity; ///< Error: the name must not be given to anything
    std::string_view code;
    std::string reason; ///< a sentence that does not repeat the name
};

/// The longest name that can be given, in bytes: what file systems of computers hold. ROMFS itself has no limit.
inline constexpr std::size_t longestName = 255;

/// All that is wrong or unwise about a name by itself; nothing about its neighbours.
[[nodiscard]] std::vector<NameProblem> checkName(std::string_view name);

/// Length of the UTF-8 sequence at the start of @p text, 0 if it is not one (over-long forms, surrogates, > U+10FFFF).
[[nodiscard]] std::size_t utf8Sequence(std::string_view text);

[[nodiscard]] bool isUtf8(std::string_view text);

/// A name that is fit to be shown: what is not UTF-8 or not printable becomes \xNN.
[[nodiscard]] std::string printable(std::string_view name);

/// ASCII letters in lower case, the rest as it is: how names are compared where case does not matter.
[[nodiscard]] std::string foldCase(std::string_view name);

[[nodiscard]] bool isSameFolded(std::string_view a, std::string_view b);
[[nodiscard]] std::size_t hashFolded(std::string_view name);

/// What follows the last dot, in lower case; empty if there is none. "yolo.v8.TFLITE" gives "tflite".
[[nodiscard]] std::string extensionOf(std::string_view name);

/// Without the copy that extensionOf() makes; @p extension may be in either case.
[[nodiscard]] bool hasExtension(std::string_view name, std::string_view extension);

/// True for names of machine-learning models, which the runtime uses in place: tflite, lite, onnx.
[[nodiscard]] bool isModelName(std::string_view name);

} // namespace romsmith::romfs
