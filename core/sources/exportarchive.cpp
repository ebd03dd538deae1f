// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/exportarchive.h"

#include "core/romfs/names.h"
#include "core/sources/outward.h"
#include "core/sources/qtbytes.h"
#include "core/sources/utf8locale.h"

#include <QSaveFile>

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <format>
#include <map>
#include <memory>
#include <unordered_map>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using romfs::Bytes;

constexpr std::string_view notForZip = "its path is not UTF-8 or too long for a zip archive; tar.gz can hold it";

std::unexpected<Error> cannotWrite(const fs::path& path, std::string_view why)
{
    return fail(ErrorCode::CannotWrite,
                std::format("\"{}\" could not be written: {}. Nothing was changed there.", shown(path), why));
}

// What is written -----------------------------------------------------------------------------------------------------

/// By path; the paths of folders end with "/". This order is that of the archive.
using Members = std::map<std::string, const tree::Node*>;

class Plan
{
public:
    explicit Plan(ArchiveFormat format)
        : m_format(format)
    { }

    Result<void> add(const tree::Node& node)
    {
        std::string path;
        std::vector<const tree::Node*> above;
        for (const auto* folder = node.parent(); folder && folder->parent(); folder = folder->parent()) {
            above.insert(above.begin(), folder);
        }
        for (const auto* folder : above) {
            if (!addFolder(*folder, path)) {
                return {};
            }
        }
        return addNode(node, path);
    }

    Members& members() { return m_members; }
    Extracted takeResult() { return std::move(m_result); }

private:
    Result<void> addNode(const tree::Node& node, std::string path)
    {
        if (node.isRaw()) {
            return {};
        }
        if (node.isFile()) {
            return addFile(node, path);
        }
        const bool isRoot = !node.parent() && node.name().empty();
        if (!isRoot && !addFolder(node, path)) {
            return {};
        }
        for (const auto& child : node.children()) {
            if (auto done = addNode(*child, path); !done) {
                return done;
            }
        }
        return {};
    }

    /// Adds the folder to @p path; false if it is left out.
    bool addFolder(const tree::Node& folder, std::string& path)
    {
        if (!isUsable(folder, path)) {
            return false;
        }
        path += folder.name();
        if (const auto [taken, isNew] = m_taken.emplace(path, &folder); !isNew && !taken->second->isFolder()) {
            skip(path, nameTwice);
            return false;
        }
        path += "/";
        m_members.emplace(path, &folder);
        return true;
    }

    Result<void> addFile(const tree::Node& file, const std::string& folder)
    {
        if (!isUsable(file, folder)) {
            return {};
        }
        const auto path = folder + file.name();
        if (const auto [taken, isNew] = m_taken.emplace(path, &file); !isNew) {
            if (taken->second != &file) { // otherwise it was asked for twice
                skip(path, nameTwice);
            }
            return {};
        }
        m_members.emplace(path, &file);
        m_result.bytes += file.content().size();
        ++m_result.files;
        if (m_result.bytes > mostBytes) {
            return fail(ErrorCode::TooLarge,
                        std::format("The files would take more than {} bytes; no image for a device holds that much. "
                                    "Nothing was written; export single files instead.",
                                    mostBytes));
        }
        return {};
    }

    bool isUsable(const tree::Node& node, const std::string& folder)
    {
        const auto path = folder + node.name();
        if (!isSafe(node.name())) {
            skip(path, badName);
            return false;
        }
        if (m_format == ArchiveFormat::Zip && (!romfs::isUtf8(path) || path.size() >= 0xffff)) {
            skip(path, notForZip);
            return false;
        }
        return true;
    }

    void skip(const std::string& path, std::string_view reason)
    {
        m_result.skipped.push_back({.path = romfs::printable(path), .reason = std::string(reason)});
    }

    ArchiveFormat m_format;
    Members m_members;
    std::unordered_map<std::string, const tree::Node*> m_taken; ///< by path, the paths of folders without "/"
    Extracted m_result;
};

// Where it is written -------------------------------------------------------------------------------------------------

class Output
{
public:
    Output(const fs::path& path, const std::stop_token& stop)
        : m_path(path)
        , m_stop(stop)
        , m_file(QString::fromStdString(path.string()))
    { }

    Result<void> open()
    {
        std::error_code error;
        if (const auto status = fs::status(m_path, error); fs::exists(status) && !fs::is_regular_file(status)) {
            return cannotWrite(m_path, "it is there and is not a file");
        }
        if (!romfs::isUtf8(m_path.string())) {
            return cannotWrite(m_path, "its name is not UTF-8"); // Qt would change it
        }
        return m_file.open(QIODevice::WriteOnly) ? Result<void>() : failed();
    }

    Result<void> write(Bytes bytes)
    {
        if (m_stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, "Cancelled; nothing was written.");
        }
        return writeAll(m_file, bytes) ? Result<void>() : failed();
    }

    Result<void> commit() { return m_file.commit() ? Result<void>() : failed(); }

private:
    std::unexpected<Error> failed() const { return cannotWrite(m_path, m_file.errorString().toStdString()); }

    const fs::path& m_path;
    const std::stop_token& m_stop;
    QSaveFile m_file;
};

/// libarchive's format and compression, set so that nothing of this computer or this moment gets in.
class Writer
{
public:
    Writer(Output& output, ArchiveFormat format)
        : m_output(output)
        , m_isZip(format == ArchiveFormat::Zip)
        , m_archive(archive_write_new(), archive_write_free)
    {
        auto* to = m_archive.get();
        if (m_isZip) {
            archive_write_set_format_zip(to);
            archive_write_set_options(to, "zip:hdrcharset=UTF-8,zip:compression-level=9");
        } else {
            archive_write_set_format_gnutar(to);
            archive_write_add_filter_gzip(to);
            archive_write_set_options(to, "gzip:!timestamp,gzip:compression-level=9");
        }
        archive_write_set_bytes_in_last_block(to, 1); // no filler as on a tape
        archive_write_open2(to, this, nullptr, &Writer::put, nullptr, nullptr);
    }

    Result<void> write(const Members& members)
    {
        for (const auto& [path, node] : members) {
            if (auto done = add(path, *node); !done) {
                return done;
            }
        }
        return archive_write_close(m_archive.get()) == ARCHIVE_OK ? m_done : failed();
    }

private:
    static la_ssize_t put(archive*, void* self, const void* bytes, std::size_t size)
    {
        auto& writer = *static_cast<Writer*>(self);
        writer.m_done = writer.m_output.write({static_cast<const std::byte*>(bytes), size});
        return writer.m_done ? static_cast<la_ssize_t>(size) : -1;
    }

    Result<void> add(const std::string& path, const tree::Node& node)
    {
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new2(m_archive.get()),
                                                                                  archive_entry_free);
        constexpr int fileMode = 0644;
        constexpr int folderMode = 0755;
        archive_entry_copy_pathname(entry.get(), path.c_str());
        archive_entry_set_filetype(entry.get(), node.isFolder() ? AE_IFDIR : AE_IFREG);
        archive_entry_set_perm(entry.get(), node.isFolder() ? folderMode : fileMode);
        archive_entry_set_size(entry.get(), node.isFolder() ? 0 : static_cast<la_int64_t>(node.content().size()));
        if (!m_isZip) { // without a time, zip has its first day, in every time zone
            archive_entry_set_mtime(entry.get(), 0, 0);
        }
        if (archive_write_header(m_archive.get(), entry.get()) < ARCHIVE_WARN) {
            return failed();
        }
        return node.isFolder() ? Result<void>() : node.content().forEachChunk([this](Bytes bytes) -> Result<void> {
            while (!bytes.empty()) {
                const auto written = archive_write_data(m_archive.get(), bytes.data(), bytes.size());
                if (written <= 0) {
                    return failed();
                }
                bytes = bytes.subspan(static_cast<std::size_t>(written));
            }
            return {};
        });
    }

    Result<void> failed() const
    {
        return m_done ? fail(ErrorCode::CannotWrite, std::string(archive_error_string(m_archive.get()))) : m_done;
    }

    Output& m_output;
    bool m_isZip;
    Result<void> m_done; ///< the first failure to write
    std::unique_ptr<archive, decltype(&archive_write_free)> m_archive; ///< last: it writes when it goes
};

} // namespace

std::optional<ArchiveFormat> archiveFormatOf(const fs::path& path)
{
    const auto name = romfs::foldCase(path.filename().string());
    if (name.ends_with(".zip")) {
        return ArchiveFormat::Zip;
    }
    if (name.ends_with(".tar.gz") || name.ends_with(".tgz")) {
        return ArchiveFormat::TarGz;
    }
    return {};
}

Result<Extracted> exportArchive(std::span<const tree::Node* const> nodes, const fs::path& path, ArchiveFormat format,
                                const std::stop_token& stop)
{
    Plan plan(format);
    for (const auto* node : nodes) {
        if (auto planned = plan.add(*node); !planned) {
            return std::unexpected(planned.error());
        }
    }
    const Utf8Locale locale;
    Output output(path, stop);
    auto done = output.open().and_then([&] { return Writer(output, format).write(plan.members()); });
    done = done.and_then([&] { return output.commit(); });
    if (!done) {
        return std::unexpected(done.error());
    }
    return plan.takeResult();
}

} // namespace romsmith::sources
