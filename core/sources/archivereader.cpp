// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/archivereader.h"

#include "core/romfs/names.h"
#include "core/sources/disk.h"
#include "core/sources/utf8locale.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <format>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

namespace romsmith::sources::archives {
namespace {

constexpr std::size_t blockSize = 64 * 1024;
constexpr std::uint64_t mostNameBytes = 32ULL * 1024 * 1024;

using namespace std::string_view_literals;

constexpr auto zipMember = "PK\3\4"sv;
constexpr auto emptyZip = "PK\5\6"sv;
constexpr auto sevenZip = "7z\xbc\xaf\x27\x1c"sv;
constexpr auto tarMagic = "ustar"sv;
constexpr std::size_t tarMagicAt = 257;

using Handle = std::unique_ptr<archive, decltype(&archive_read_free)>;

/// The formats that people have projects in; each more is one more parser of other people's bytes.
Handle open(const std::filesystem::path& path)
{
    Handle handle(archive_read_new(), archive_read_free);
    archive_read_support_filter_gzip(handle.get());
    archive_read_support_filter_bzip2(handle.get());
    archive_read_support_filter_xz(handle.get());
    archive_read_support_filter_zstd(handle.get());
    archive_read_support_format_tar(handle.get());
    archive_read_support_format_zip_seekable(handle.get()); // by its list: without it, one that was cut off looks whole
    archive_read_support_format_7zip(handle.get());
    static_cast<void>(archive_read_open_filename(handle.get(), path.c_str(), blockSize)); // the first read says why
    return handle;
}

std::string complaintOf(archive* from)
{
    const auto* text = archive_error_string(from);
    std::string complaint = text ? text : "it is damaged";
    while (complaint.ends_with('.') || complaint.ends_with('\n')) {
        complaint.pop_back();
    }
    return complaint;
}

EntryKind kindOf(archive_entry* entry)
{
    if (archive_entry_hardlink(entry)) {
        return EntryKind::Link;
    }
    switch (archive_entry_filetype(entry)) {
    case 0: // not said, as in zips of other systems
    case AE_IFREG:
        return EntryKind::File;
    case AE_IFDIR:
        return EntryKind::Folder;
    case AE_IFLNK:
        return EntryKind::Link;
    default:
        return EntryKind::Special;
    }
}

Entry entryOf(archive_entry* from)
{
    Entry entry;
    const auto* path = archive_entry_pathname(from);
    path = path ? path : archive_entry_pathname_utf8(from); // which this locale could not write otherwise
    entry.path = path ? path : "?";
    entry.kind = kindOf(from);
    if (!path) {
        entry.kind = EntryKind::File;
        entry.problem = "its name is in an encoding that is not known";
        return entry;
    }
    if (entry.kind == EntryKind::Folder) {
        return entry;
    }
    entry.size = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(from), 0));
    if (archive_entry_is_encrypted(from) != 0) {
        entry.problem = "it is encrypted";
    } else if (!archive_entry_size_is_set(from)) {
        entry.problem = "the archive does not say how large it is";
    }
    return entry;
}

bool isNamedTar(const std::filesystem::path& path)
{
    static constexpr std::array<std::string_view, 6> suffixes{".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst"};
    const auto isTar = [](const std::filesystem::path& name) {
        return std::ranges::contains(suffixes, romfs::foldCase(name.extension().string()));
    };
    return isTar(path) || isTar(path.stem());
}

/// As much as every magic needs.
std::string startOf(const std::filesystem::path& path)
{
    std::string bytes(tarMagicAt + tarMagic.size(), '\0');
    std::ifstream(path, std::ios::binary).read(bytes.data(), std::ssize(bytes));
    return bytes;
}

/// By its first bytes: what only has an archive at its end, as a model with metadata, is none.
bool looksLikeArchive(std::string_view start)
{
    // zip, an empty zip, 7z, gzip, bzip2, xz, Zstandard, and what pzstd puts in front of it
    static constexpr std::array magics{
        zipMember,           emptyZip, sevenZip, "\x1f\x8b"sv, "BZh"sv, "\xfd\x37zXZ"sv, "\x28\xb5\x2f\xfd"sv,
        "\x50\x2a\x4d\x18"sv};
    return std::ranges::any_of(magics, [&](std::string_view magic) { return start.starts_with(magic); })
        || start.substr(tarMagicAt) == tarMagic;
}

/// True if what is passed over has to be unpacked to get to what is behind it.
bool isStream(archive* from)
{
    return archive_filter_code(from, 0) != ARCHIVE_FILTER_NONE;
}

/// True if that holds as soon as something behind it is read, but not for a list.
bool isSolid(archive* from)
{
    return archive_format(from) == ARCHIVE_FORMAT_7ZIP;
}

bool isUsable(int status)
{
    return status == ARCHIVE_OK || status == ARCHIVE_WARN;
}

} // namespace

std::string Reader::shown() const
{
    return sources::shown(m_path);
}

Result<void> Reader::checkStop() const
{
    return m_stop.stop_requested() ? fail(ErrorCode::Cancelled, std::format("Reading \"{}\" was cancelled.", shown()))
                                   : Result<void>();
}

std::unexpected<Error> Reader::tooLarge(std::string_view why) const
{
    return fail(ErrorCode::TooLarge,
                std::format("\"{}\" {}, more than an image can use. Nothing was added; unpack what is needed of it and "
                            "add that.",
                            shown(), why));
}

std::unexpected<Error> Reader::damaged(std::string_view how) const
{
    return fail(
        ErrorCode::CannotRead,
        std::format("\"{}\" is damaged or cut off: {}. Nothing was added; get the archive once more.", shown(), how));
}

Result<void> Reader::checkUnpacked(archive* from, std::uint64_t more) const
{
    const auto unpacked = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(from, 0), 0));
    const bool isCompressed = archive_filter_count(from) > 1; // the last one is the file itself
    return isCompressed && unpacked + more > m_limits.unpacked
        ? tooLarge(std::format("unpacks to more than {} bytes", m_limits.unpacked))
        : Result<void>();
}

Result<bool> Reader::isArchive() const
{
    std::error_code error;
    if (const auto status = std::filesystem::status(m_path, error); !std::filesystem::is_regular_file(status)) {
        return fail(ErrorCode::CannotRead,
                    std::format("\"{}\" cannot be read: {}.", shown(),
                                error                                 ? describe(error)
                                    : std::filesystem::exists(status) ? "it is not a file"
                                                                      : "there is no such file"));
    }
    const auto start = startOf(m_path);
    if (!looksLikeArchive(start) && !isNamedTar(m_path)) {
        return false;
    }
    const bool isZip = start.starts_with(zipMember) || start.starts_with(emptyZip);
    if (isZip || (isNamedTar(m_path) && looksLikeArchive(start))) {
        return true; // what is wrong with one is said when it is read
    }
    const Utf8Locale locale;
    const auto handle = open(m_path);
    archive_entry* entry = nullptr;
    const auto status = archive_read_next_header(handle.get(), &entry);
    // An empty tar is nothing but zeros, with which other files begin, too.
    const bool isEmpty = status == ARCHIVE_EOF && (start.starts_with("7z") || isNamedTar(m_path));
    return isEmpty || (status != ARCHIVE_EOF && archive_format(handle.get()) != 0);
}

Result<std::vector<Entry>> Reader::list() const
{
    const auto start = startOf(m_path);
    if (start.starts_with(emptyZip)) {
        return std::vector<Entry>();
    }
    const Utf8Locale locale;
    const auto handle = open(m_path);
    std::vector<Entry> entries;
    std::uint64_t nameBytes = 0;
    std::uint64_t declared = 0;
    while (true) {
        archive_entry* found = nullptr;
        const auto status = archive_read_next_header(handle.get(), &found);
        if (status == ARCHIVE_EOF && entries.empty() && start.starts_with(zipMember)) {
            return damaged("it begins with a file and lists none");
        }
        if (status == ARCHIVE_EOF) {
            return entries;
        }
        if (!isUsable(status)) {
            return damaged(complaintOf(handle.get()));
        }
        auto entry = entryOf(found);
        if (status == ARCHIVE_WARN && entry.problem.empty()) {
            entry.problem = complaintOf(handle.get());
        }
        nameBytes += entry.path.size();
        if (entries.size() == m_limits.entries || nameBytes > mostNameBytes) {
            return tooLarge(std::format("holds more than {} files and folders, or too long names", m_limits.entries));
        }
        // What is passed over is unpacked on the way.
        declared += entry.size;
        if (isSolid(handle.get()) && declared > m_limits.unpacked) {
            return tooLarge(std::format("unpacks to more than {} bytes", m_limits.unpacked));
        }
        if (auto small = checkUnpacked(handle.get(), entry.size); !small) {
            return std::unexpected(small.error());
        }
        entries.push_back(std::move(entry));
        if (auto going = isStream(handle.get()) ? passOver(handle.get()) : checkStop(); !going) {
            return std::unexpected(going.error());
        }
    }
}

bool Reader::goesOn(archive* from) const
{
    if (m_progress) {
        m_progress(static_cast<std::uint64_t>(archive_filter_bytes(from, 0)));
    }
    return !m_stop.stop_requested();
}

Result<void> Reader::passOver(archive* from) const
{
    const void* piece = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    while (goesOn(from) && archive_read_data_block(from, &piece, &size, &offset) == ARCHIVE_OK) { }
    return checkStop(); // what is wrong with it is said when the next one is read
}

Unpacked Reader::unpack(archive* from, const Entry& entry) const
{
    std::vector<std::byte> content; // grows with what comes, and not with what is declared
    std::vector<std::byte> block(blockSize);
    while (goesOn(from)) {
        const auto got = archive_read_data(from, block.data(), block.size());
        if (got < 0) {
            return std::unexpected(complaintOf(from));
        }
        if (got == 0) {
            return content.size() == entry.size
                ? Unpacked(std::move(content))
                : std::unexpected(std::format("it unpacks to {} bytes and not to the {} that it declares",
                                              content.size(), entry.size));
        }
        if (content.size() + static_cast<std::size_t>(got) > entry.size) {
            return std::unexpected(std::format("it unpacks to more than the {} bytes that it declares", entry.size));
        }
        content.insert(content.end(), block.begin(), block.begin() + got);
    }
    return std::unexpected("it was cancelled");
}

Result<void> Reader::read(const std::vector<Entry>& entries, std::span<const std::size_t> wanted,
                          const Take& take) const
{
    const Utf8Locale locale;
    const auto handle = open(m_path);
    std::size_t number = 0;
    for (const auto index : wanted) {
        archive_entry* entry = nullptr;
        for (; number <= index; ++number) {
            if (!isUsable(archive_read_next_header(handle.get(), &entry))) {
                return damaged(complaintOf(handle.get()));
            }
            const bool isUnpacked = number < index && (isStream(handle.get()) || isSolid(handle.get()));
            if (auto going = isUnpacked ? passOver(handle.get()) : checkStop(); !going) {
                return going;
            }
        }
        auto unpacked = unpack(handle.get(), entries[index]);
        if (auto going = checkStop(); !going) {
            return going;
        }
        if (auto small = checkUnpacked(handle.get()); !small) {
            return small;
        }
        take(index, std::move(unpacked));
    }
    return {};
}

} // namespace romsmith::sources::archives
