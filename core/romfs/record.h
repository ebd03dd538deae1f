// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

/// Records, the bricks of ROMFS: `kind:varuint length:varuint payload[length]`, back to back, without alignment.
/// Facts: MicroPython's extmod/vfs_rom.c.
namespace romsmith::romfs {

/// Record kinds as the runtime knows them; any other value is reserved and skipped.
namespace Kind {
inline constexpr std::uint32_t Unused = 0; ///< never valid: the runtime stops walking that level
inline constexpr std::uint32_t Padding = 1; ///< padding or a comment
inline constexpr std::uint32_t Data = 2; ///< verbatim data: a file's content, or a blob for pointers
inline constexpr std::uint32_t Pointer = 3; ///< size and offset of a file's content, from the start of the payload
inline constexpr std::uint32_t Directory = 4;
inline constexpr std::uint32_t File = 5;
inline constexpr std::uint32_t Filesystem = 0x14a6b1; ///< the image itself; encodes to magic
} // namespace Kind

/// The first three bytes of an image. The runtime compares them literally, so this kind cannot be over-long.
inline constexpr std::array magic{std::byte{0xd2}, std::byte{0xcd}, std::byte{0x31}};

/// True if @p bytes begin like an image.
[[nodiscard]] bool hasMagic(Bytes bytes);

/// Why bytes could not be taken as what they should be.
enum class Defect : std::uint8_t {
    None,
    UnusedKind, ///< a record of kind 0: the rest of the level cannot be reached
    BrokenVaruint, ///< a varuint runs past the end of its level (erased flash looks like this)
    ValueTooLarge, ///< a varuint above 2^32-1: pointers wrap on the device and it may loop for ever
    RecordOverrun, ///< a record is longer than what encloses it
    NameOverrun, ///< a name is longer than its record
    NoContent, ///< a file without a data or pointer record
    FileCorrupt, ///< a record inside a file, before its content, is broken
    DataOverrun, ///< a file's data is longer than its record
    PointerOutOfRange, ///< a pointer record that is broken or points outside the image
    TooDeep, ///< folders nested deeper than maxDepth
};

/// How deep folders may be nested. The runtime managed 500 when it was tried; its limit is its stack.
inline constexpr std::uint32_t maxDepth = 1000;

/// A record's header; all offsets count from the start of the image.
struct RecordHeader
{
    std::uint32_t kind;
    std::uint64_t offset;
    std::uint64_t kindWidth; ///< bytes
    std::uint64_t lengthWidth; ///< bytes
    std::uint64_t payload; ///< where the payload begins
    std::uint64_t end; ///< one past the payload
};

/// Reads the record at @p offset inside a level that ends at @p end.
[[nodiscard]] std::expected<RecordHeader, Defect> readRecord(Bytes image, std::uint64_t offset, std::uint64_t end);

/// The name of a file or directory record.
struct RecordName
{
    Bytes name;
    std::uint64_t end; ///< where the nested records begin
};
[[nodiscard]] std::expected<RecordName, Defect> readName(Bytes image, const RecordHeader& record);

/// The file system record that begins @p image.
struct ImageHeader
{
    std::uint64_t payload; ///< where the root directory's records begin
    std::uint64_t declaredEnd; ///< where the header says that the image ends
    std::uint64_t end; ///< declaredEnd, or the end of the bytes if that is earlier
};
[[nodiscard]] Result<ImageHeader> readImageHeader(Bytes image);

/// One line of a listing of all records, broken ones included.
struct RecordInfo
{
    RecordHeader header;
    std::uint32_t depth; ///< 0 for the image itself
    Defect defect; ///< if not None, the header covers the bytes that could not be read
    std::string name; ///< of files and directories, raw bytes
};

/// Every record of an image in order. Directories and files are entered, content is not. Linear in the input.
[[nodiscard]] Result<std::vector<RecordInfo>> listRecords(Bytes image);

[[nodiscard]] std::string kindName(std::uint32_t kind);

} // namespace romsmith::romfs
