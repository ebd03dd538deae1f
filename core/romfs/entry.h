// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"
#include "core/romfs/record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace romsmith::romfs {

/// Where an entry's bytes lie in an image. Offsets and sizes are bytes from the start of the image.
struct Placement
{
    std::uint64_t recordOffset = 0;
    std::uint64_t contentOffset = 0; ///< a file's data, a directory's first child, raw records themselves
    std::uint64_t recordEnd = 0;
    std::uint64_t lengthWidth = 0; ///< bytes of the record's length varuint
    std::uint64_t dataLengthWidth = 0; ///< files: bytes of the data record's length varuint
    std::uint64_t padding = 0; ///< filler spent to align the content
};

/// Where an entry came from: an image in which neither it nor anything before it was touched is written as it was.
struct Origin
{
    std::uint32_t index; ///< in the image's entries
    std::uint32_t subtreeEnd; ///< of the entry when it was read
    bool throughPointer; ///< content was reached through a pointer record
    Placement placement;
};

/// Records inside a file record around its content; kept, although the runtime skips them.
struct ExtraRecords
{
    Content before;
    Content after;
};

enum class EntryType : std::uint8_t {
    Directory,
    File,
    Raw, ///< records that are neither: padding, comments, blobs, unknown kinds, and whatever cannot be read
};

/// One entry of an image. An image's entries are a flat list in preorder, which is also the order of its records;
/// the entries inside a directory at index i are those in (i, subtreeEnd).
struct Entry
{
    EntryType type = EntryType::File;
    Defect defect = Defect::None; ///< Raw: why the records could not be taken as what they should be
    std::uint32_t subtreeEnd = 0; ///< index one past the last entry inside this one
    std::uint32_t alignment = 1; ///< wanted for the content; a power of two
    std::string
        name; ///< UTF-8, but an image may hold any bytes; of Raw records the name of the file, if it was readable
    Content content; ///< a file's content, or raw records with their headers
    std::shared_ptr<const ExtraRecords> extra; ///< files only, seldom set
    std::optional<Origin> origin;
};

/// The index of the directory that holds each entry; noParent at the root.
inline constexpr std::uint32_t noParent = 0xffff'ffff;
[[nodiscard]] std::vector<std::uint32_t> parentsOf(std::span<const Entry> entries);

/// "lib/pkg/x.py". Shortened in the middle when longer than 4096 bytes, which only a hostile image reaches.
[[nodiscard]] std::string pathOf(std::span<const Entry> entries, std::span<const std::uint32_t> parents,
                                 std::uint32_t index);

/// The largest power of two that divides @p offset; 2^32 for 0.
[[nodiscard]] std::uint64_t naturalAlignment(std::uint64_t offset);

} // namespace romsmith::romfs
