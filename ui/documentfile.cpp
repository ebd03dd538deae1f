// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/documentfile.h"

#include "core/sources/imagefile.h"
#include "ui/document.h"
#include "ui/jobs.h"
#include "ui/text.h"

#include <QFileInfo>

#include <algorithm>
#include <format>

namespace romsmith::ui {
namespace {

/// Says where a file is missing that the image would need.
Result<void> checkComplete(const build::Plan& plan)
{
    const auto missing = std::ranges::find(plan.findings, build::missingSource, &romfs::Finding::code);
    return missing == plan.findings.end()
        ? Result<void>()
        : fail(ErrorCode::CannotRead,
               std::format("The image was not written, as it would be incomplete: {}", missing->message));
}

/// What is to be written, from what the document is now.
Result<std::function<Result<void>()>> writerFor(const Document& document, const QString& path)
{
    if (isRecipeName(path)) {
        return document.recipeFor(path).transform([path](recipe::Composition composition) {
            return std::function([path, made = std::move(composition)] { return recipe::save(toPath(path), made); });
        });
    }
    return checkComplete(document.plan()).transform([&] {
        return std::function([path, image = document.image()] {
            return sources::saveImage(toPath(path), image.entries, image.layout, image.trailing());
        });
    });
}

Result<FileStamp> write(const std::function<Result<void>()>& writer, const QString& path, const FileStamp* expected)
{
    const auto found = FileStamp::of(path);
    if (expected && found != *expected && found.size >= 0) {
        return fail(ErrorCode::Changed,
                    std::format("{} has been changed by another program since it was read. Nothing "
                                "was written.",
                                path.toStdString()));
    }
    return writer().transform([&path] { return FileStamp::of(path); });
}

} // namespace

FileStamp FileStamp::of(const QString& path)
{
    const QFileInfo info(path);
    return info.exists() ? FileStamp{.modified = info.lastModified(), .size = info.size()} : FileStamp();
}

Opened Opened::read(const QString& path, const std::stop_token& stop)
{
    const auto wrap = [](auto&& content) { return DocumentContent(std::forward<decltype(content)>(content)); };
    auto stamp = FileStamp::of(path);
    return {.path = path,
            .stamp = std::move(stamp),
            .content = isRecipeName(path) ? recipe::open(toPath(path), sources::Loading::Snapshot, stop).transform(wrap)
                                          : sources::openImage(toPath(path)).transform(wrap)};
}

bool isDocumentName(const QString& path)
{
    return path.endsWith(QLatin1String(".img")) || path.endsWith(QLatin1String(".romfs")) || isRecipeName(path);
}

bool isRecipeName(const QString& path)
{
    return recipe::isRecipe(toPath(path));
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
    if (isRecipeName(m_requests.front().path)) {
        write(); // it is of what the tree has, not of what the compiler makes of it
        return;
    }
    m_document.whenComplete(
        this, [this](const Result<void>& complete) { complete ? write() : finish(std::unexpected(complete.error())); });
}

void DocumentFile::write()
{
    const auto& request = m_requests.front();
    const bool isOwn = !request.isCopy && request.path == m_document.path();
    const auto expected = isOwn ? std::optional(m_stamp) : std::nullopt;
    const auto writer = writerFor(m_document, request.path);
    if (!writer) {
        finish(std::unexpected(writer.error()));
        return;
    }
    m_jobs.run(
        this, tr("Saving %1").arg(QFileInfo(request.path).fileName()),
        [writer = *writer, expected, path = request.path](const std::stop_token&) {
            return ui::write(writer, path, expected ? &*expected : nullptr);
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
