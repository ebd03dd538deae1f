// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparisons.h"

#include "core/sources/imagefile.h"
#include "ui/compareview.h"
#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/icons.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/questions.h"
#include "ui/text.h"

#include <QFileInfo>
#include <QMenu>

namespace romsmith::ui {

Comparisons::Comparisons(DocumentTabs& tabs, Questions& questions, Jobs& jobs)
    : m_tabs(tabs)
    , m_questions(questions)
    , m_jobs(jobs)
{ }

void Comparisons::fill(QMenu& menu)
{
    menu.clear();
    auto* view = m_tabs.currentView();
    if (!view) {
        return;
    }
    const auto add = [this, &menu](const QString& text, auto run) {
        connect(menu.addAction(text), &QAction::triggered, this, run);
    };
    if (const auto& path = view->document().path(); !path.isEmpty()) {
        add(tr("The &Saved File"), [this, view, path] { compareWithFile(*view, path); });
    }
    for (auto* other : m_tabs.views()) {
        if (other != view) {
            add(other->document().name(), [this, view, other] {
                // What is being looked at is the newer one, as against the saved file.
                show(new CompareView(other->document().name(), other->document().image(), view->document().name(),
                                     view->document().image(), &m_tabs));
            });
        }
    }
    add(tr("&Another File…"), [this, view = QPointer(view)] {
        if (const auto path = m_questions.askForOtherImage(); !path.isEmpty() && view) {
            compareWithFile(*view, path);
        }
    });
}

void Comparisons::compareWithFile(DocumentView& view, const QString& path)
{
    const auto fileName = QFileInfo(path).fileName();
    m_jobs.run(
        &view, tr("Reading %1").arg(fileName),
        [path](const std::stop_token&) { return sources::openImage(toPath(path)); },
        [this, path, fileName, &view](Result<romfs::Image> file) {
            if (!file) {
                view.noticeBar().show(file.error());
                return;
            }
            const auto& document = view.document();
            Document other(std::move(*file), path);
            other.setTarget(document.target());
            const auto name = path == document.path() ? tr("%1 as saved").arg(fileName) : fileName;
            show(new CompareView(name, other.image(), document.name(), document.image(), &m_tabs));
        });
}

void Comparisons::show(CompareView* comparison)
{
    m_tabs.setCurrentIndex(m_tabs.addTab(comparison, icon(QStringLiteral("compare")), comparison->title()));
    comparison->setFocus();
}

} // namespace romsmith::ui
