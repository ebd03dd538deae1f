// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/layout.h"
#include "core/tree/contentdiff.h"

#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::tree {

/// An image as it is, or as it would be, at one moment. Content is shared and immutable, so copies are cheap.
struct ImageSnapshot
{
    std::vector<romfs::Entry> entries;
    romfs::Layout layout;

    /// What follows the image in its file, and is written with it as long as the image is unchanged.
    [[nodiscard]] romfs::Bytes trailing() const
    {
        return layout.unchangedSource() ? layout.unchangedSource()->trailing() : romfs::Bytes();
    }
};

/// What became of an entry between image A and image B.
enum class Change : std::uint8_t {
    Same,
    Realigned, ///< same content at the same path, but with another alignment asked for, or reached in only one of them
    Renamed, ///< same content in the same folder under another name
    Moved, ///< same content in another folder
    Changed, ///< same path, other content
    Removed, ///< only in A
    Added, ///< only in B
};
inline constexpr std::size_t changeCount = 7;

/// True for what is found at another path.
[[nodiscard]] constexpr bool isElsewhere(Change change)
{
    return change == Change::Moved || change == Change::Renamed;
}

/// "added", "moved" ...: stable, for machines.
[[nodiscard]] std::string_view changeName(Change change);

/// How many entries have undergone what. Folders count only where they themselves were added, removed, moved or
/// renamed.
class ChangeCounts
{
public:
    [[nodiscard]] std::size_t of(Change change) const { return m_counts[static_cast<std::size_t>(change)]; }
    [[nodiscard]] std::size_t differing() const;
    void add(Change change) { ++m_counts[static_cast<std::size_t>(change)]; }
    void add(const ChangeCounts& other);

    bool operator==(const ChangeCounts&) const = default;

private:
    std::array<std::size_t, changeCount> m_counts{};
};

/// One entry of A, of B, or the same one of both.
struct DiffItem
{
    Change change = Change::Same;
    romfs::EntryType type = romfs::EntryType::File;
    std::uint32_t a = romfs::noParent; ///< index in A; noParent if it is not there
    std::uint32_t b = romfs::noParent; ///< index in B; noParent if it is not there
    std::uint32_t parent = romfs::noParent; ///< index of the folder's item; noParent at the root
    std::uint32_t subtreeEnd = 0; ///< index one past the last item inside this one
    ContentDifference content; ///< of Change::Changed
    ChangeCounts inside; ///< folders: of everything inside

    [[nodiscard]] bool isFolder() const { return type == romfs::EntryType::Directory; }
    [[nodiscard]] bool inA() const { return a != romfs::noParent; }
    [[nodiscard]] bool inB() const { return b != romfs::noParent; }

    /// True when it or anything inside it is not the same in both.
    [[nodiscard]] bool differs() const { return change != Change::Same || inside.differing() != 0; }
};

/// The tree of both images, as a flat list in preorder like the entries of an image: in the order of B, what is only in
/// A between its neighbours. What is elsewhere stands at its path in B.
struct Diff
{
    std::vector<DiffItem> items;
    ChangeCounts counts;
    std::size_t shifted = 0; ///< of the files that are the same, how many lie at another offset
    bool identicalBytes = false; ///< both images come out the same byte for byte
    bool identicalTrailing = true; ///< and so does what follows them in their files

    /// True when every entry is the same; they may still lie elsewhere or be encoded differently.
    [[nodiscard]] bool isEqual() const { return counts.differing() == 0; }
};

/// Compares two images. Entries are matched by path; of those that are left over, folders and files with the same
/// content have moved, or been renamed, if there is exactly one candidate on either side; empty files move only with
/// their folder. Entries with the same name, and records that are neither files nor folders, are matched by content
/// first and then by their order.
///
/// About linear in the number of entries and the bytes of the contents; contents that both sides share are not read.
/// Fails when a content cannot be read, and with ErrorCode::Cancelled when told to stop.
[[nodiscard]] Result<Diff> compare(const ImageSnapshot& a, const ImageSnapshot& b, const std::stop_token& stop = {});

} // namespace romsmith::tree
