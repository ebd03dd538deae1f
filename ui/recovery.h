// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/recoverysnapshot.h"

#include <QLockFile>
#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <memory>
#include <mutex>
#include <optional>

namespace romsmith::ui {

/// Keeps what was edited since the last save in a private folder, so that it survives the end of the process however it
/// comes. Contents are written once, the tree anew for every edit; both in the background, the newest state last. The
/// folder never holds more than about two images.
class RecoveryJournal : public QObject
{
    Q_OBJECT

public:
    /// Journals live below @p base, each in a folder of its own, locked for as long as its process runs.
    explicit RecoveryJournal(const QDir& base = defaultBase(), QObject* parent = nullptr);
    ~RecoveryJournal() override; ///< removes the journal: whoever gets here knows that it is not needed any more

    void write(RecoverySnapshot snapshot); ///< returns at once
    void clear(); ///< nothing is unsaved any more; returns at once
    bool waitForWritten(); ///< false if the newest state could not be written

    [[nodiscard]] static QDir defaultBase();
    [[nodiscard]] QThreadPool& writer() { return m_writer; }

Q_SIGNALS:
    /// Nothing can be written below @p base. Said once until it works again; from the thread that writes.
    void failed(const QString& base);

private:
    /// A folder with its lock. The writer thread keeps it alive and removes it.
    struct Session
    {
        explicit Session(const QDir& base);

        QDir folder;
        std::unique_ptr<QLockFile> lock; ///< none if there could be no such folder
        RecoveryBlobs blobs;
        std::optional<RecoverySnapshot> pending; ///< guarded by m_mutex
    };

    void writePending(Session& session);

    QDir m_base;
    std::shared_ptr<Session> m_session; ///< none while nothing is unsaved
    std::mutex m_mutex;
    bool m_isWritten = true; ///< guarded by m_mutex
    QThreadPool m_writer; ///< one thread: states are written in order
};

struct AbandonedJournals;

/// The journal of a process that ended without closing its document.
class AbandonedJournal
{
public:
    /// How many journals that cannot be read are kept.
    static constexpr qsizetype mostUnreadable = 5;

    /// All that nobody holds. What cannot be read is moved to a folder beside the journals, for another version of the
    /// program or for its user to get something out of it.
    [[nodiscard]] static AbandonedJournals findAll(const QDir& base = RecoveryJournal::defaultBase());

    RecoverySnapshot snapshot;

    void remove(); ///< to be called when the document is safe in a journal of its own

private:
    static void addTo(AbandonedJournals& found, const QDir& folder);

    QDir m_folder;
    std::unique_ptr<QLockFile> m_lock;
};

struct AbandonedJournals
{
    std::vector<AbandonedJournal> readable; ///< oldest first
    QStringList unreadable; ///< the folders where they are now
};

} // namespace romsmith::ui
