// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/target.h"
#include "ui/documentfile.h"

#include <QObject>

#include <functional>
#include <memory>
#include <vector>

namespace romsmith::ui {

class Document;
class DocumentTabs;
class DocumentView;
class Jobs;
class Session;

/// Opens documents; files are read in the background.
class Opening final : public QObject
{
    Q_OBJECT

public:
    /// @p chosenTarget is asked for the target of documents that none is remembered for.
    Opening(DocumentTabs& tabs, Session& session, Jobs& jobs, std::function<build::Target()> chosenTarget);

    /// Images open in tabs of their own; other files and folders become the content of a new image.
    void open(const QStringList& paths);
    /// In front is what was opened last, unless @p front is given.
    void openImages(const QStringList& paths, DocumentView* front = nullptr);
    DocumentView& newDocument();

    /// @p stamp is that of the document's file when it was read.
    DocumentView& add(std::unique_ptr<Document> document, const FileStamp& stamp = {});

Q_SIGNALS:
    void opened(romsmith::ui::DocumentView* view); ///< is to get a tab

private:
    void addOpened(std::vector<Opened> images);
    void addContent(DocumentContent content, const QString& path, const FileStamp& stamp);

    DocumentTabs& m_tabs;
    Session& m_session;
    Jobs& m_jobs;
    std::function<build::Target()> m_chosenTarget;
    bool m_hasSaidBoards = false; ///< that the user's file of boards cannot be used
};

} // namespace romsmith::ui
