// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/recipe/load.h"
#include "core/romfs/reader.h"

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QObject>
#include <QString>

#include <deque>
#include <functional>
#include <variant>

namespace romsmith::ui {

class Document;
class Jobs;

/// Tells a file from what it was before, without reading it.
struct FileStamp
{
    QDateTime modified;
    qint64 size = -1; ///< -1: there is no such file

    [[nodiscard]] static FileStamp of(const QString& path);
    bool operator==(const FileStamp&) const = default;
};

/// What documents are made of.
using DocumentContent = std::variant<romfs::Image, recipe::Project>;

/// An image or a recipe that was read to be opened.
struct Opened
{
    QString path;
    FileStamp stamp; ///< from before it was read: what changes meanwhile counts as changed
    Result<DocumentContent> content;

    [[nodiscard]] static Opened read(const QString& path, const std::stop_token& stop = {});
};

/// True for a name of an image or a recipe.
[[nodiscard]] bool isDocumentName(const QString& path);
[[nodiscard]] bool isRecipeName(const QString& path);

/// True if both paths lead to one file, which may not be there yet.
[[nodiscard]] bool isSameFile(const QString& a, const QString& b);

/// True if the file on disk begins like an image; its name does not matter.
[[nodiscard]] bool isImageFile(const QString& path);

/// The file that a document was read from or saved to: writes it, one request after the other, and tells when somebody
/// else does.
class DocumentFile : public QObject
{
    Q_OBJECT

public:
    /// @p stamp is that of the file when the document was read.
    DocumentFile(Document& document, FileStamp stamp, Jobs& jobs, QObject* parent = nullptr);

    using Done = std::function<void(const Result<void>&)>;

    /// Writes the document as it is when its turn comes; it is that file's then. Fails with ErrorCode::Changed when
    /// somebody else has changed the document's file.
    void save(const QString& path, Done done);

    /// Writes the document, which stays that of its own file.
    void saveCopy(const QString& path, Done done);

    /// The document knows the file as it is with @p stamp from now on, and a later save may replace it.
    void accept(FileStamp stamp);

Q_SIGNALS:
    void changed(); ///< by somebody else
    void removed();

private:
    struct Request
    {
        QString path;
        bool isCopy;
        Done done;
    };

    void add(Request request);
    void writeNext();
    void write();
    void finish(const Result<FileStamp>& written, std::uint64_t revision = 0);
    void watch();
    void check();

    Document& m_document;
    Jobs& m_jobs;
    FileStamp m_stamp; ///< of the file as the document knows it
    FileStamp m_reported; ///< of the file as it was found last
    QFileSystemWatcher m_watcher; ///< the file, and its folder for when it is replaced
    std::deque<Request> m_requests; ///< the first one is being written
};

} // namespace romsmith::ui
