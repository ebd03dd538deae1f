// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstddef>
#include <string>

namespace romsmith::inspect {

/// How much of a text is shown; a viewer has to lay out every line of it.
struct TextLimits
{
    std::size_t bytes = 256UL * 1024;
    std::size_t lines = 10'000;
    std::size_t column = 1'000; ///< characters after which a line is broken
};

/// A text made fit to be shown. Nothing is dropped silently: a byte that is not UTF-8 and a control character become
/// \xNN, an invisible character that could make the text read as something else becomes \u{NNNN}.
struct DecodedText
{
    std::string utf8; ///< lines end with \n
    std::size_t shownBytes = 0; ///< bytes of the file that utf8 stands for
    std::size_t badBytes = 0; ///< not UTF-8
    std::size_t badLine = 0; ///< of the first of them, from 1
    std::size_t hiddenCharacters = 0; ///< control and direction characters, made visible
    std::size_t brokenLines = 0; ///< lines that were broken because they are too long
    bool isCut = false;
};

[[nodiscard]] DecodedText decodeText(romfs::Bytes bytes, const TextLimits& limits = {});

} // namespace romsmith::inspect
