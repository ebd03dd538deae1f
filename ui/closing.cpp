// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/closing.h"

#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/questions.h"
#include "ui/saving.h"

#include <algorithm>

namespace romsmith::ui {

Closing::Closing(DocumentTabs& tabs, Saving& saving, Questions& questions)
    : m_tabs(tabs)
    , m_saving(saving)
    , m_questions(questions)
{ }

bool Closing::close(const QList<DocumentView*>& views, const std::function<void()>& closedLater)
{
    const auto all = m_tabs.withNested(views);
    QStringList unsaved;
    for (const auto& view : all) {
        if (view->document().isModified()) {
            unsaved.append(view->document().name());
        }
    }
    const auto answer = unsaved.isEmpty() ? Unsaved::Discard : m_questions.askAboutUnsaved(unsaved);
    if (answer == Unsaved::Cancel) {
        return false;
    }
    if (answer == Unsaved::Save) {
        return saveAndClose(all, closedLater);
    }
    closeNow(all);
    return true;
}

/// Everything is saved before anything is closed, so that a failure or second thoughts lose nothing; what is nested
/// goes into its outer image first, which is to be saved with it. True if there was nothing to wait for.
bool Closing::saveAndClose(const Views& views, const std::function<void()>& closedLater)
{
    QList<std::pair<QPointer<DocumentView>, QString>> toSave;
    for (const auto& view : views) {
        if (!view || !view->document().isModified()) {
            continue;
        }
        if (view->isNested()) {
            view->saveIntoOuter();
            if (view->document().isModified()) {
                m_tabs.setCurrentWidget(view); // it says why
                return false;
            }
            continue;
        }
        m_tabs.setCurrentWidget(view);
        const auto path = view->document().path().isEmpty() ? m_saving.pathToSaveAs(*view) : view->document().path();
        if (path.isEmpty()) {
            return false;
        }
        toSave.emplace_back(view, path);
    }
    const auto left = std::make_shared<qsizetype>(toSave.size());
    const auto closeAll = [this, views, closedLater] {
        const auto isUnsaved = [](const QPointer<DocumentView>& view) { return view && view->document().isModified(); };
        if (std::ranges::any_of(views, isUnsaved)) {
            return; // edited while it was saved
        }
        closeNow(views);
        if (closedLater) {
            closedLater();
        }
    };
    for (const auto& [view, path] : toSave) {
        view->save(path, [left, closeAll] {
            if (--*left == 0) {
                closeAll();
            }
        });
    }
    if (toSave.isEmpty()) {
        closeNow(views);
    }
    return toSave.isEmpty();
}

void Closing::closeNow(const Views& views)
{
    QStringList paths;
    for (const auto& view : views) {
        if (view) {
            if (const auto& path = view->document().path(); !path.isEmpty()) {
                paths.append(path);
            }
            delete view;
        }
    }
    Q_EMIT closed(paths);
}

} // namespace romsmith::ui
