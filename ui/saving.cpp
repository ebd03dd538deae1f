// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/saving.h"

#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/questions.h"
#include "ui/session.h"

namespace romsmith::ui {

Saving::Saving(DocumentTabs& tabs, Session& session, Questions& questions)
    : m_tabs(tabs)
    , m_session(session)
    , m_questions(questions)
{ }

void Saving::save(DocumentView& view)
{
    if (view.isNested()) {
        view.saveIntoOuter();
    } else if (view.document().path().isEmpty()) {
        saveAs(view);
    } else {
        view.save(view.document().path(), {});
    }
}

void Saving::saveAs(DocumentView& view)
{
    if (const auto path = pathToSaveAs(view); !path.isEmpty()) {
        view.save(path, [this, path] { m_session.addRecent(path); });
    }
}

QString Saving::pathToSaveAs(DocumentView& view)
{
    const QPointer self(&view);
    const auto& known = view.document().path();
    auto path = m_questions.askForSavePath(known.isEmpty() ? QStringLiteral("romfs0.img") : known);
    if (!self || path.isEmpty()) {
        return {};
    }
    if (auto* other = m_tabs.viewOf(path); other && other != &view) {
        view.showError(
            tr("%1 is open in another tab, which would lose its file. Choose another name, or close that tab first.")
                .arg(path));
        return {};
    }
    return path;
}

void Saving::saveCopy(DocumentView& view)
{
    const QPointer self(&view);
    const auto path = m_questions.askForSavePath({});
    if (path.isEmpty() || !self) {
        return;
    }
    if (auto* other = m_tabs.viewOf(path); other && other != &view) {
        view.showError(tr("%1 is open in another tab. Choose another name.").arg(path));
    } else {
        view.saveCopy(path);
    }
}

} // namespace romsmith::ui
