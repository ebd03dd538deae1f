// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/reader.h"

#include "core/romfs/layout.h"
#include "core/romfs/varuint.h"

#include <algorithm>

namespace romsmith::romfs {
namespace {

std::uint32_t alignmentThatExplains(std::uint64_t contentOffset, std::uint64_t padding)
{
    if (padding == 0) {
        return 1;
    }
    for (std::uint32_t alignment = 2; alignment <= maxAlignment; alignment *= 2) {
        if (alignUp(contentOffset - padding, alignment) == contentOffset) {
            return alignment;
        }
    }
    return 1;
}

/// A file record's parts.
struct FileRecord
{
    Content content;
    std::shared_ptr<const ExtraRecords> extra;
    bool throughPointer;
    std::uint64_t contentOffset;
    std::uint64_t dataLengthWidth;
};

/// Reads one image into a flat list of entries; a stack of open directories stands in for recursion.
class Reader
{
public:
    Reader(const Content& bytes, const ImageHeader& header)
        : m_bytes(bytes)
        , m_image(bytes.bytes().first(header.end))
        , m_header(header)
    { }

    std::vector<Entry> run()
    {
        m_levels.push_back(
            {.entry = noParent, .position = m_header.payload, .end = m_header.end, .rawBegin = m_header.payload});
        while (!m_levels.empty()) {
            if (m_levels.back().position == m_levels.back().end) {
                closeLevel();
            } else {
                readNext();
            }
        }
        return std::move(m_entries);
    }

private:
    struct Level
    {
        std::uint32_t entry;
        std::uint64_t position;
        std::uint64_t end;
        std::uint64_t rawBegin; ///< where the run of records that are neither files nor directories began
    };

    void closeLevel()
    {
        flushRaw(m_levels.back().end);
        if (const auto entry = m_levels.back().entry; entry != noParent) {
            const auto end = static_cast<std::uint32_t>(m_entries.size());
            m_entries[entry].subtreeEnd = end;
            m_entries[entry].origin->subtreeEnd = end;
        }
        m_levels.pop_back();
    }

    void readNext()
    {
        auto& level = m_levels.back();
        const auto record = readRecord(m_image, level.position, level.end);
        if (!record) {
            flushRaw(level.position);
            addRaw(level.position, level.end, record.error(), {});
            level.position = level.rawBegin = level.end;
            return;
        }
        level.position = record->end;
        if (record->kind != Kind::Directory && record->kind != Kind::File) {
            return;
        }
        flushRaw(record->offset);
        level.rawBegin = record->end;
        const auto name = readName(m_image, *record);
        if (!name) {
            addRaw(record->offset, record->end, name.error(), {});
        } else if (record->kind == Kind::File) {
            addFile(*record, *name);
        } else if (m_levels.size() > maxDepth) {
            addRaw(record->offset, record->end, Defect::TooDeep, name->name);
        } else {
            addDirectory(*record, *name);
        }
    }

    void flushRaw(std::uint64_t end)
    {
        if (const auto begin = m_levels.back().rawBegin; begin < end) {
            addRaw(begin, end, Defect::None, {});
        }
    }

    Entry& add(EntryType type, Bytes name, const Placement& placement)
    {
        const auto index = static_cast<std::uint32_t>(m_entries.size());
        auto& entry = m_entries.emplace_back();
        entry.type = type;
        entry.name = asText(name);
        entry.subtreeEnd = index + 1;
        entry.origin = Origin{.index = index, .subtreeEnd = index + 1, .throughPointer = false, .placement = placement};
        return entry;
    }

    void addRaw(std::uint64_t begin, std::uint64_t end, Defect defect, Bytes name)
    {
        auto& entry = add(EntryType::Raw, name, {.recordOffset = begin, .contentOffset = begin, .recordEnd = end});
        entry.defect = defect;
        entry.content = m_bytes.slice(begin, end - begin);
    }

    void addDirectory(const RecordHeader& record, const RecordName& name)
    {
        add(EntryType::Directory, name.name,
            {.recordOffset = record.offset,
             .contentOffset = name.end,
             .recordEnd = record.end,
             .lengthWidth = record.lengthWidth,
             .dataLengthWidth = 0,
             .padding = record.lengthWidth - varuintWidth(record.end - record.payload)});
        m_levels.push_back({.entry = static_cast<std::uint32_t>(m_entries.size() - 1),
                            .position = name.end,
                            .end = record.end,
                            .rawBegin = name.end});
    }

    void addFile(const RecordHeader& record, const RecordName& name)
    {
        const auto file = readFile(record, name.end);
        if (!file) {
            addRaw(record.offset, record.end, file.error(), name.name);
            return;
        }
        const auto padding = file->throughPointer ? 0 : file->dataLengthWidth - varuintWidth(file->content.size());
        auto& entry = add(EntryType::File, name.name,
                          {.recordOffset = record.offset,
                           .contentOffset = file->contentOffset,
                           .recordEnd = record.end,
                           .lengthWidth = record.lengthWidth,
                           .dataLengthWidth = file->dataLengthWidth,
                           .padding = padding});
        entry.content = file->content;
        entry.extra = file->extra;
        entry.alignment = alignmentThatExplains(file->contentOffset, padding);
        entry.origin->throughPointer = file->throughPointer;
    }

    std::expected<FileRecord, Defect> readFile(const RecordHeader& record, std::uint64_t begin) const
    {
        for (auto position = begin; position < record.end;) {
            const auto nested = readRecord(m_image, position, record.end);
            if (!nested) {
                return std::unexpected(nested.error() == Defect::RecordOverrun ? Defect::DataOverrun
                                                                               : Defect::FileCorrupt);
            }
            if (nested->kind != Kind::Data && nested->kind != Kind::Pointer) {
                position = nested->end;
                continue;
            }
            FileRecord file{.content = m_bytes.slice(nested->payload, nested->end - nested->payload),
                            .extra = extraRecords(begin, position, nested->end, record.end),
                            .throughPointer = nested->kind == Kind::Pointer,
                            .contentOffset = nested->payload,
                            .dataLengthWidth = nested->lengthWidth};
            return file.throughPointer ? followPointer(std::move(file)) : std::move(file);
        }
        return std::unexpected(Defect::NoContent);
    }

    std::shared_ptr<const ExtraRecords> extraRecords(std::uint64_t begin, std::uint64_t dataBegin,
                                                     std::uint64_t dataEnd, std::uint64_t end) const
    {
        if (begin == dataBegin && dataEnd == end) {
            return {};
        }
        return std::make_shared<const ExtraRecords>(ExtraRecords{.before = m_bytes.slice(begin, dataBegin - begin),
                                                                 .after = m_bytes.slice(dataEnd, end - dataEnd)});
    }

    std::expected<FileRecord, Defect> followPointer(FileRecord file) const
    {
        const auto payload = file.content.bytes();
        const auto size = decodeVaruint(payload);
        if (!size) {
            return std::unexpected(Defect::PointerOutOfRange);
        }
        const auto offset = decodeVaruint(payload.subspan(size->width));
        const auto available = m_header.end - m_header.payload;
        if (!offset || offset->value > available || size->value > available - offset->value) {
            return std::unexpected(Defect::PointerOutOfRange);
        }
        file.contentOffset = m_header.payload + offset->value;
        file.content = m_bytes.slice(file.contentOffset, size->value);
        return file;
    }

    const Content& m_bytes;
    Bytes m_image;
    ImageHeader m_header;
    std::vector<Level> m_levels;
    std::vector<Entry> m_entries;
};

/// OpenMV's builders are known by their fixed header sizes.
Style styleOf(const ImageHeader& header, std::span<const Entry> entries)
{
    const bool fixedHeaders = std::ranges::all_of(entries, [](const Entry& entry) {
        return entry.type != EntryType::File || entry.origin->placement.lengthWidth == openMvFileHeader - 1;
    });
    return header.payload == openMvImageHeader && fixedHeaders ? Style::OpenMv : Style::Compact;
}

} // namespace

Result<Image> read(const Content& bytes)
{
    const auto header = readImageHeader(bytes.bytes());
    if (!header) {
        return std::unexpected(header.error());
    }
    Image image;
    image.entries = Reader(bytes, *header).run();
    image.source = std::make_shared<const Source>(Source{.bytes = bytes,
                                                         .header = *header,
                                                         .entryCount = static_cast<std::uint32_t>(image.entries.size()),
                                                         .style = styleOf(*header, image.entries)});
    return image;
}

} // namespace romsmith::romfs
