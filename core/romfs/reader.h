// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/entry.h"

namespace romsmith::romfs {

/// How records are encoded when an image is written anew.
enum class Style : std::uint8_t {
    OpenMv, ///< 16-byte image header, 8-byte file headers, directories aligned: what OpenMV's builders write
    Compact, ///< shortest encodings and an even size: what MicroPython's reference writer writes
};

/// The bytes that an image was read from.
struct Source
{
    Content bytes; ///< the image and whatever follows it; in memory
    ImageHeader header{};
    std::uint32_t entryCount = 0;
    Style style = Style::OpenMv; ///< the style that the image comes nearest to

    [[nodiscard]] bool isTruncated() const { return header.declaredEnd > header.end; }
    [[nodiscard]] Bytes image() const { return bytes.bytes().first(header.end); }
    [[nodiscard]] Bytes trailing() const { return bytes.bytes().subspan(header.end); }
};

/// An image as read. Entries share the image's bytes.
struct Image
{
    std::shared_ptr<const Source> source;
    std::vector<Entry> entries;
};

/// Reads an image that is in memory. Broken parts become Raw entries that say what is wrong with them; only bytes that
/// no device would mount (wrong magic, unreadable header) are an error. An image that is cut short is read as far as it
/// goes. Linear in the input.
///
/// Entry::alignment becomes the smallest alignment that explains the padding found: nothing in an image says what was
/// asked for.
[[nodiscard]] Result<Image> read(const Content& bytes);

} // namespace romsmith::romfs
