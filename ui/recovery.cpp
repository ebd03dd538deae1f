// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/recovery.h"

#include "core/sources/qtbytes.h"
#include "ui/text.h"

#include <QDateTime>
#include <QFile>
#include <QStandardPaths>
#include <QUuid>

#include <algorithm>
#include <filesystem>
#include <functional>

namespace romsmith::ui {

namespace {

const QString treeFile = QStringLiteral("tree");
const QString lockFile = QStringLiteral("lock");
const QString unreadableFolder = QStringLiteral("unreadable");

/// The end of the process is what this is for: the system's cache survives that, so nothing waits for the disk.
bool replaceFile(const QDir& folder, const QString& name, QByteArrayView bytes)
{
    const auto part = folder.filePath(name + QStringLiteral(".part"));
    QFile file(part);
    const bool written
        = file.open(QIODevice::WriteOnly) && file.setPermissions(ownerOnly) && sources::writeAll(file, bytes);
    file.close();
    std::error_code error;
    if (written && file.error() == QFile::NoError) {
        std::filesystem::rename(toPath(part), toPath(folder.filePath(name)), error);
        return !error;
    }
    file.remove();
    return false;
}

std::unique_ptr<QLockFile> lockFolder(const QDir& folder)
{
    auto lock = std::make_unique<QLockFile>(folder.filePath(lockFile));
    lock->setStaleLockTime(std::chrono::milliseconds(0)); // stale only when its process has ended
    return lock->tryLock(0) ? std::move(lock) : nullptr;
}

/// Removes what is left of a journal that never had a tree. A fresh folder may get its lock and its tree in a moment.
void removeIfStale(const QFileInfo& folder)
{
    const bool isFresh = folder.lastModified().addDays(1) > QDateTime::currentDateTimeUtc();
    if (!isFresh && lockFolder(QDir(folder.filePath()))) {
        QDir(folder.filePath()).removeRecursively();
    }
}

/// Gives the folder where the journal is then.
QString setAside(const QDir& journal)
{
    const QDir base(QFileInfo(journal.path()).path());
    const auto path = base.filePath(unreadableFolder % QLatin1Char('/') % journal.dirName());
    const bool isMoved = base.mkpath(unreadableFolder) && QDir().rename(journal.path(), path);
    return isMoved ? path : journal.path();
}

void removeOldUnreadable(const QDir& base)
{
    auto folders = QDir(base.filePath(unreadableFolder)).entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot);
    std::ranges::sort(folders, std::greater(), [](const QFileInfo& folder) {
        return QFileInfo(QDir(folder.filePath()), treeFile).lastModified();
    });
    for (const auto& folder : folders.mid(AbandonedJournal::mostUnreadable)) {
        QDir(folder.filePath()).removeRecursively();
    }
}

} // namespace

QDir RecoveryJournal::defaultBase()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::StateLocation)).filePath(QStringLiteral("recovery"));
}

RecoveryJournal::Session::Session(const QDir& base)
    : folder(base.filePath(QUuid::createUuid().toString(QUuid::WithoutBraces)))
    , blobs(folder)
{
    if (QDir().mkpath(folder.path()) && QFile::setPermissions(folder.path(), ownerOnly | QFile::ExeOwner)) {
        lock = lockFolder(folder);
    }
    if (!lock) {
        folder.removeRecursively();
    }
}

RecoveryJournal::RecoveryJournal(const QDir& base, QObject* parent)
    : QObject(parent)
    , m_base(base)
{
    m_writer.setMaxThreadCount(1);
}

RecoveryJournal::~RecoveryJournal()
{
    clear();
    m_writer.waitForDone();
}

void RecoveryJournal::write(RecoverySnapshot snapshot)
{
    if (!m_session || !m_session->lock) { // where there was no room before, there may be now
        m_session = std::make_shared<Session>(m_base);
    }
    const std::scoped_lock guard(m_mutex);
    const bool alreadyWaiting = m_session->pending.has_value();
    m_session->pending = std::move(snapshot);
    if (!alreadyWaiting) {
        m_writer.start([this, session = m_session] { writePending(*session); });
    }
}

void RecoveryJournal::writePending(Session& session)
{
    std::optional<RecoverySnapshot> snapshot;
    {
        const std::scoped_lock guard(m_mutex);
        snapshot = std::exchange(session.pending, std::nullopt);
    }
    if (!snapshot) {
        return;
    }
    const bool written = session.lock && session.blobs.store(*snapshot)
        && replaceFile(session.folder, treeFile, toBytes(*snapshot, session.blobs));
    if (written) {
        session.blobs.removeOldFiles();
    }
    bool wasWritten = false;
    {
        const std::scoped_lock guard(m_mutex);
        wasWritten = std::exchange(m_isWritten, written);
    }
    if (wasWritten && !written) {
        Q_EMIT failed(m_base.path());
    }
}

void RecoveryJournal::clear()
{
    if (!m_session) {
        return;
    }
    const std::scoped_lock guard(m_mutex);
    m_session->pending.reset();
    m_writer.start([session = std::exchange(m_session, nullptr)] {
        // First, so that nobody takes it for abandoned between the unlocking and the removing.
        QFile::remove(session->folder.filePath(treeFile));
        session->lock.reset();
        session->folder.removeRecursively();
    });
}

bool RecoveryJournal::waitForWritten()
{
    m_writer.waitForDone();
    const std::scoped_lock guard(m_mutex);
    return m_isWritten;
}

AbandonedJournals AbandonedJournal::findAll(const QDir& base)
{
    AbandonedJournals found;
    for (const auto& info : base.entryInfoList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Time | QDir::Reversed)) {
        const QDir folder(info.filePath());
        if (folder.exists(treeFile)) {
            addTo(found, folder);
        } else if (info.fileName() != unreadableFolder) {
            removeIfStale(info);
        }
    }
    removeOldUnreadable(base);
    found.unreadable.removeIf([](const QString& folder) { return !QFileInfo::exists(folder); });
    return found;
}

void AbandonedJournal::addTo(AbandonedJournals& found, const QDir& folder)
{
    AbandonedJournal journal;
    journal.m_folder = folder;
    journal.m_lock = lockFolder(folder);
    if (!journal.m_lock || !folder.exists(treeFile)) { // somebody has it, or has just removed it
        return;
    }
    if (auto snapshot = readSnapshot(folder.filePath(treeFile))) {
        journal.snapshot = std::move(*snapshot);
        found.readable.push_back(std::move(journal));
    } else {
        journal.m_lock.reset();
        found.unreadable.append(setAside(folder));
    }
}

void AbandonedJournal::remove()
{
    QFile::remove(m_folder.filePath(treeFile));
    m_lock.reset();
    m_folder.removeRecursively();
}

} // namespace romsmith::ui
