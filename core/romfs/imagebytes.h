// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/layout.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace romsmith::romfs {

/// What a stretch of an image is.
enum class StretchKind : std::uint8_t {
    ImageHeader,
    RecordHeader, ///< the header of a file or folder with its name, and the header of a file's data
    Content,
    Records, ///< other records, those behind a file's content included
};

/// Bytes of an image that belong together.
struct Stretch
{
    std::uint64_t offset = 0; ///< from the start of the image
    std::uint64_t size = 0;
    StretchKind kind = StretchKind::Content;
    std::uint32_t entry = noParent; ///< whose they are; noParent for the image's own header
    Content bytes;
};

/// Part of an image as it would be written, seen as one row of bytes. Content is shared and not copied.
class ImageBytes final : public ContentSource
{
public:
    /// The record of the entry at @p index, with everything inside it.
    [[nodiscard]] static Result<std::shared_ptr<const ImageBytes>> ofRecord(std::span<const Entry> entries,
                                                                            const Layout& layout, std::uint32_t index);
    [[nodiscard]] static Result<std::shared_ptr<const ImageBytes>> ofImage(std::span<const Entry> entries,
                                                                           const Layout& layout);

    /// Where the bytes begin in the image.
    [[nodiscard]] std::uint64_t begin() const;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

    /// In order, without gaps.
    [[nodiscard]] const std::vector<Stretch>& stretches() const { return m_stretches; }

    /// The stretch that holds the byte at @p offset from begin(); null past the end.
    [[nodiscard]] const Stretch* stretchAt(std::uint64_t offset) const;

    /// True if reading is quick and cannot fail.
    [[nodiscard]] bool isInMemory() const;

private:
    Result<void> addEntries(std::span<const Entry> entries, const Layout& layout, std::uint32_t first,
                            std::uint32_t last);
    Result<void> addWritten(const Entry& entry, const Placement& placement, std::uint32_t index);
    void addUnchanged(const Entry& entry, const Placement& placement, std::uint32_t index, const Source& source);
    void addUntil(std::uint64_t end, StretchKind kind, std::uint32_t entry, const Source& source);
    void add(StretchKind kind, std::uint32_t entry, Content bytes);

    std::uint64_t m_next = 0; ///< where the next stretch begins
    std::vector<Stretch> m_stretches;
};

} // namespace romsmith::romfs
