// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/opening.h"

#include "core/boards/boardtable.h"
#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/session.h"
#include "ui/text.h"

#include <QApplication>
#include <QFileInfo>

namespace romsmith::ui {
namespace {

/// A new image that nothing was done with makes room for what is opened.
bool isUntouched(const DocumentView& view)
{
    const auto& document = view.document();
    return document.path().isEmpty() && !view.isNested() && document.plan().flat.entries.empty()
        && view.document().undoStack().count() == 0 && !document.isModified() && view.noticeBar().isHidden()
        && !view.importer().isLoading();
}

} // namespace

Opening::Opening(DocumentTabs& tabs, Session& session, Jobs& jobs, std::function<build::Target()> chosenTarget)
    : m_tabs(tabs)
    , m_session(session)
    , m_jobs(jobs)
    , m_chosenTarget(std::move(chosenTarget))
{ }

DocumentView& Opening::newDocument()
{
    return add(std::make_unique<Document>());
}

void Opening::open(const QStringList& paths)
{
    QStringList images;
    QStringList content;
    for (const auto& path : paths) {
        (isImageFile(path) || isDocumentName(path) ? images : content).append(path);
    }
    openImages(images);
    if (content.isEmpty()) {
        return;
    }
    auto& view = newDocument();
    if (content.size() == 1 && QFileInfo(content.front()).isDir()) {
        view.document().setUntitledName(QFileInfo(content.front()).fileName());
        view.importer().addContentOf(content.front());
    } else {
        view.importer().addFiles(content, {.folder = &view.document().tree().root(), .row = {}});
    }
}

void Opening::openImages(const QStringList& paths, DocumentView* front)
{
    QStringList closed;
    for (const auto& path : paths) {
        if (auto* view = m_tabs.viewOf(path)) {
            m_tabs.setCurrentWidget(view);
        } else {
            closed.append(path);
        }
    }
    if (closed.isEmpty()) {
        return;
    }
    m_jobs.run(
        this, tr("Opening %1").arg(QFileInfo(closed.front()).fileName()),
        [closed](const std::stop_token& stop) {
            std::vector<Opened> images;
            for (auto path = closed.begin(); path != closed.end() && !stop.stop_requested(); ++path) {
                images.push_back(Opened::read(*path, stop));
            }
            return images;
        },
        [this, front = QPointer(front)](std::vector<Opened> images) {
            addOpened(std::move(images));
            if (front) {
                m_tabs.setCurrentWidget(front);
            }
        });
}

void Opening::addOpened(std::vector<Opened> images)
{
    QStringList errors;
    for (auto& [path, stamp, content] : images) {
        if (auto* view = m_tabs.viewOf(path)) { // was asked for twice
            m_tabs.setCurrentWidget(view);
        } else if (content) {
            addContent(std::move(*content), path, stamp);
            m_session.addRecent(path);
        } else {
            errors.append(text(content.error().message));
        }
    }
    if (!errors.isEmpty()) {
        auto* view = m_tabs.currentView();
        (view ? *view : newDocument()).showError(errors.join(QLatin1Char('\n')));
    }
}

void Opening::addContent(DocumentContent content, const QString& path, const FileStamp& stamp)
{
    auto* project = std::get_if<recipe::Project>(&content);
    const auto skipped = project ? std::move(project->skipped) : std::vector<sources::Skipped>();
    auto& view = add(std::visit(
                         [&](auto&& document) {
                             return std::make_unique<Document>(std::forward<decltype(document)>(document),
                                                               QFileInfo(path).absoluteFilePath());
                         },
                         std::move(content)),
                     stamp);
    view.importer().showSkipped(skipped);
}

DocumentView& Opening::add(std::unique_ptr<Document> document, const FileStamp& stamp)
{
    auto* current = m_tabs.currentView();
    const bool replaces = current && !document->path().isEmpty() && isUntouched(*current);
    if (!document->isRecovered() && !document->isRecipe()) {
        const auto remembered = m_session.targetOf(document->path());
        document->setTarget(remembered ? *remembered : m_chosenTarget());
    }
    auto* view = new DocumentView(std::move(document), m_jobs, stamp, &m_tabs);
    Q_EMIT opened(view);
    if (const auto& problem = boards::BoardTable::userFileProblem(); problem && !std::exchange(m_hasSaidBoards, true)) {
        view->noticeBar().show(*problem);
    }
    if (replaces && !QApplication::activeModalWidget()) { // a question may be about it
        delete current;
    }
    return *view;
}

} // namespace romsmith::ui
