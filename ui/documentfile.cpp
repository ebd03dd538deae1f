// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/documentfile.h"

#include "core/sources/imagefile.h"
#include "ui/document.h"
#include "ui/jobs.h"
#include "ui/text.h"

#include <QFileInfo>

#include <format>

namespace romsmith::ui {
namespace {

Result<FileStamp> writeImage(const tree::ImageSnapshot& image, const QString& path, const FileStamp* expected)
{
    const auto found = FileStamp::of(path);
    if (expected && found != *expected && found.size >= 0) {
        return fail(ErrorCode::Changed,
                    std::format("{} has been changed by another program since it was read. Nothing "
                                "was written.",
                                path.toStdString()));
    }
    const auto done = sources::saveImage(toPath(path), image.entries, image.layout, image.trailing());
    return done.transform([&path] { return FileStamp::of(path); });
}

} // namespace

FileStamp FileStamp::of(const QString& path)
{
    const QFileInfo info(path);
    return info.exists() ? FileStamp{.modified = info.lastModified(), .size = info.size()} : FileStamp();
}

Opened Opened::read(const QString& path)
{
    auto stamp = FileStamp::of(path);
    return {.path = path, .stamp = std::move(stamp), .image = sources::openImage(toPath(path))};
}

bool isSameFile(const QString& a, const QString& b)
{
    const QFileInfo first(a);
    const QFileInfo second(b);
    // A file that is not there has no canonical path.
    return first.exists() && second.exists() ? first.canonicalFilePath() == second.canonicalFilePath()
                                             : first.absoluteFilePath() == second.absoluteFilePath();
}

bool isImageFile(const QString& path)
{
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) {
        return false;
    }
    const auto begin = file.read(static_cast<qint64>(romfs::magic.size()));
    return romfs::hasMagic(std::as_bytes(std::span(begin)));
}

DocumentFile::DocumentFile(Document& document, FileStamp stamp, Jobs& jobs, QObject* parent)
    : QObject(parent)
    , m_document(document)
    , m_jobs(jobs)
    , m_stamp(stamp)
    , m_reported(std::move(stamp))
{
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &DocumentFile::check);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &DocumentFile::check);
    watch();
    QMetaObject::invokeMethod(this, &DocumentFile::check, Qt::QueuedConnection); // it may have changed since
}

void DocumentFile::save(const QString& path, Done done)
{
    add({.path = path, .isCopy = false, .done = std::move(done)});
}

void DocumentFile::saveCopy(const QString& path, Done done)
{
    const bool isOwn = isSameFile(path, m_document.path());
    add({.path = path, .isCopy = !isOwn, .done = std::move(done)});
}

void DocumentFile::add(Request request)
{
    m_requests.push_back(std::move(request));
    if (m_requests.size() == 1) {
        writeNext();
    }
}

void DocumentFile::writeNext()
{
    m_document.whenComplete(
        this, [this](const Result<void>& complete) { complete ? write() : finish(std::unexpected(complete.error())); });
}

void DocumentFile::write()
{
    const auto& request = m_requests.front();
    const bool isOwn = !request.isCopy && request.path == m_document.path();
    const auto expected = isOwn ? std::optional(m_stamp) : std::nullopt;
    const auto image = std::make_shared<const tree::ImageSnapshot>(m_document.image());
    m_jobs.run(
        this, tr("Saving %1").arg(QFileInfo(request.path).fileName()),
        [image, expected, path = request.path](const std::stop_token&) {
            return writeImage(*image, path, expected ? &*expected : nullptr);
        },
        [this, revision = m_document.revision()](const Result<FileStamp>& written) { finish(written, revision); });
}

void DocumentFile::finish(const Result<FileStamp>& written, std::uint64_t revision)
{
    const auto request = std::move(m_requests.front());
    m_requests.pop_front();
    if (written && !request.isCopy) {
        m_document.markSaved(request.path, revision);
        accept(*written);
    }
    if (!m_requests.empty()) {
        writeNext();
    } else {
        check();
    }
    request.done(written.transform([](const FileStamp&) { }));
}

void DocumentFile::accept(FileStamp stamp)
{
    m_stamp = stamp;
    m_reported = std::move(stamp);
    watch();
}

void DocumentFile::watch()
{
    const auto& path = m_document.path();
    const auto folder = QFileInfo(path).absolutePath();
    QStringList stale = m_watcher.files() + m_watcher.directories();
    stale.removeAll(path);
    stale.removeAll(folder);
    if (!stale.isEmpty()) {
        m_watcher.removePaths(stale);
    }
    if (!path.isEmpty()) {
        m_watcher.addPaths({path, folder}); // what is watched already stays so; a missing file comes with its folder
    }
}

void DocumentFile::check()
{
    if (!m_requests.empty() || m_document.path().isEmpty()) {
        return; // once it is written
    }
    watch(); // a file that was replaced is another one
    const auto stamp = FileStamp::of(m_document.path());
    if (stamp == m_reported) {
        return;
    }
    m_reported = stamp;
    stamp.size < 0 ? Q_EMIT removed() : Q_EMIT changed();
}

} // namespace romsmith::ui
