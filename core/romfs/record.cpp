// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/record.h"

#include "core/romfs/varuint.h"

#include <algorithm>
#include <format>

namespace romsmith::romfs {
namespace {

Defect defectOf(VaruintError error)
{
    return error == VaruintError::TooLarge ? Defect::ValueTooLarge : Defect::BrokenVaruint;
}

Bytes between(Bytes image, std::uint64_t begin, std::uint64_t end)
{
    return image.subspan(begin, end - begin);
}

/// What of a level is still to be listed.
struct Level
{
    std::uint64_t position;
    std::uint64_t end;
    bool insideFile;
};

} // namespace

bool hasMagic(Bytes bytes)
{
    return bytes.size() >= magic.size() && std::ranges::equal(bytes.first(magic.size()), magic);
}

std::expected<RecordHeader, Defect> readRecord(Bytes image, std::uint64_t offset, std::uint64_t end)
{
    const auto kind = decodeVaruint(between(image, offset, end));
    if (!kind) {
        return std::unexpected(defectOf(kind.error()));
    }
    if (kind->value == Kind::Unused) {
        return std::unexpected(Defect::UnusedKind);
    }
    const auto lengthOffset = offset + kind->width;
    const auto length = decodeVaruint(between(image, lengthOffset, end));
    if (!length) {
        return std::unexpected(defectOf(length.error()));
    }
    const auto payload = lengthOffset + length->width;
    if (length->value > end - payload) {
        return std::unexpected(Defect::RecordOverrun);
    }
    return RecordHeader{.kind = static_cast<std::uint32_t>(kind->value),
                        .offset = offset,
                        .kindWidth = kind->width,
                        .lengthWidth = length->width,
                        .payload = payload,
                        .end = payload + length->value};
}

std::expected<RecordName, Defect> readName(Bytes image, const RecordHeader& record)
{
    const auto length = decodeVaruint(between(image, record.payload, record.end));
    if (!length) {
        return std::unexpected(Defect::NameOverrun);
    }
    const auto begin = record.payload + length->width;
    if (length->value > record.end - begin) {
        return std::unexpected(Defect::NameOverrun);
    }
    return RecordName{.name = image.subspan(begin, length->value), .end = begin + length->value};
}

Result<ImageHeader> readImageHeader(Bytes image)
{
    if (!hasMagic(image)) {
        std::string found;
        for (const auto byte : image.first(std::min(image.size(), magic.size()))) {
            found += std::format(" {:02x}", std::to_integer<unsigned>(byte));
        }
        return fail(
            ErrorCode::NotRomfs,
            std::format("Not a ROMFS image: it should begin with d2 cd 31, but {}. The device would not mount it.",
                        found.empty() ? "it is empty" : "begins with" + found));
    }
    const auto length = decodeVaruint(image.subspan(magic.size()));
    if (!length) {
        return fail(ErrorCode::NotRomfs,
                    length.error() == VaruintError::TooLarge
                        ? "Not a usable ROMFS image: its header gives a length of 4 GiB or more. "
                          "The device would compute with a wrong length or not mount it."
                        : "Not a usable ROMFS image: the length in its header is cut off. "
                          "The device would not mount it.");
    }
    const auto payload = magic.size() + length->width;
    const auto declaredEnd = payload + length->value;
    return ImageHeader{
        .payload = payload, .declaredEnd = declaredEnd, .end = std::min<std::uint64_t>(declaredEnd, image.size())};
}

Result<std::vector<RecordInfo>> listRecords(Bytes image)
{
    const auto header = readImageHeader(image);
    if (!header) {
        return std::unexpected(header.error());
    }
    std::vector<RecordInfo> records;
    records.push_back({.header = {.kind = Kind::Filesystem,
                                  .offset = 0,
                                  .kindWidth = magic.size(),
                                  .lengthWidth = header->payload - magic.size(),
                                  .payload = header->payload,
                                  .end = header->end},
                       .depth = 0,
                       .defect = header->declaredEnd > image.size() ? Defect::RecordOverrun : Defect::None,
                       .name = {}});

    std::vector<Level> levels{{.position = header->payload, .end = header->end, .insideFile = false}};
    while (!levels.empty()) {
        auto& level = levels.back();
        if (level.position == level.end) {
            levels.pop_back();
            continue;
        }
        const auto depth = static_cast<std::uint32_t>(levels.size());
        const auto record = readRecord(image, level.position, level.end);
        if (!record) {
            const RecordHeader rest{.kind = Kind::Unused,
                                    .offset = level.position,
                                    .kindWidth = 0,
                                    .lengthWidth = 0,
                                    .payload = level.position,
                                    .end = level.end};
            records.push_back({.header = rest, .depth = depth, .defect = record.error(), .name = {}});
            level.position = level.end;
            continue;
        }
        level.position = record->end;
        RecordInfo info{.header = *record, .depth = depth, .defect = Defect::None, .name = {}};
        const bool named = record->kind == Kind::Directory || record->kind == Kind::File;
        if (!named || level.insideFile) {
            records.push_back(std::move(info));
            continue;
        }
        const auto name = readName(image, *record);
        if (!name || (depth > maxDepth && record->kind == Kind::Directory)) {
            info.defect = name ? Defect::TooDeep : name.error();
            records.push_back(std::move(info));
            continue;
        }
        info.name = asText(name->name);
        records.push_back(std::move(info));
        levels.push_back({.position = name->end, .end = record->end, .insideFile = record->kind == Kind::File});
    }
    return records;
}

std::string kindName(std::uint32_t kind)
{
    switch (kind) {
    case Kind::Unused:
        return "unused";
    case Kind::Padding:
        return "padding";
    case Kind::Data:
        return "data";
    case Kind::Pointer:
        return "pointer";
    case Kind::Directory:
        return "directory";
    case Kind::File:
        return "file";
    case Kind::Filesystem:
        return "filesystem";
    default:
        return std::format("unknown ({})", kind);
    }
}

} // namespace romsmith::romfs
