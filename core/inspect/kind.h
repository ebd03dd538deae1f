// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstdint>
#include <string_view>

namespace romsmith::inspect {

enum class FileKind : std::uint8_t {
    Empty,
    Text,
    Python,
    Json,
    Mpy,
    Picture,
    Tflite,
    NeuralArt, ///< a model that ST's compiler has made for the Neural-ART of the STM32N6
    Romfs,
    Binary,
};

/// What a file is: by what is in it first, by its name second. Looks at the beginning only, so @p bytes may be a part.
[[nodiscard]] FileKind kindOf(romfs::Bytes bytes, std::string_view name);

/// What a picture's first bytes say that it is: "png", "jpeg", "gif", "bmp", "pbm", "pgm", "ppm"; empty for what is
/// none.
[[nodiscard]] std::string_view pictureFormat(romfs::Bytes bytes);

/// True for bytes that are meant to be read by people: UTF-8 without control characters, give or take a few errors.
[[nodiscard]] bool looksLikeText(romfs::Bytes bytes);

/// How much of a file is looked at to tell text from other bytes.
inline constexpr std::size_t textSample = 64UL * 1024;

} // namespace romsmith::inspect
