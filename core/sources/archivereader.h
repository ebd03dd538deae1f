// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

struct archive;

/// Archives as libarchive reads them: entry by entry, nothing unpacked further than it is wanted.
namespace romsmith::sources::archives {

enum class EntryKind : std::uint8_t {
    File,
    Folder,
    Link,
    Special, ///< devices, pipes and the like
};

/// What an archive says about something in it. None of it has been checked.
struct Entry
{
    std::string path; ///< bytes as they are in the archive
    EntryKind kind = EntryKind::File;
    std::uint64_t size = 0; ///< of a file's content when it is unpacked
    std::string problem; ///< why its content cannot be had; empty if it can
};

struct Limits
{
    std::size_t entries;
    std::uint64_t unpacked; ///< bytes of a compressed stream
};

/// Is told how many bytes of the stream have been unpacked, often enough to stop there.
using Progress = std::function<void(std::uint64_t)>;

/// The content of an entry, or why it cannot be had.
using Unpacked = std::expected<std::vector<std::byte>, std::string>;

class Reader
{
public:
    Reader(std::filesystem::path path, const Limits& limits, std::stop_token stop, Progress progress = {})
        : m_path(std::move(path))
        , m_limits(limits)
        , m_stop(std::move(stop))
        , m_progress(std::move(progress))
    { }

    /// False for what is no archive.
    [[nodiscard]] Result<bool> isArchive() const;

    [[nodiscard]] Result<std::vector<Entry>> list() const;

    /// Is given the content of the entry of that number.
    using Take = std::function<void(std::size_t, Unpacked&&)>;

    /// Unpacks entries of the list that are files without a problem, whose numbers rise. Does not take more memory for
    /// one than it declares.
    [[nodiscard]] Result<void> read(const std::vector<Entry>& entries, std::span<const std::size_t> wanted,
                                    const Take& take) const;

    [[nodiscard]] Result<void> checkStop() const;
    [[nodiscard]] std::unexpected<Error> tooLarge(std::string_view why) const;

private:
    [[nodiscard]] std::string shown() const;
    [[nodiscard]] std::unexpected<Error> damaged(std::string_view how) const;
    [[nodiscard]] Result<void> checkUnpacked(archive* from, std::uint64_t more = 0) const;
    [[nodiscard]] bool goesOn(archive* from) const; ///< false: it is to stop
    [[nodiscard]] Unpacked unpack(archive* from, const Entry& entry) const;

    /// Unpacks in pieces what libarchive would unpack in one go to get to the next entry.
    [[nodiscard]] Result<void> passOver(archive* from) const;

    std::filesystem::path m_path;
    Limits m_limits;
    std::stop_token m_stop;
    Progress m_progress;
};

} // namespace romsmith::sources::archives
