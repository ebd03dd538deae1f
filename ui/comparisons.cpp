// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/comparisons.h"

#include "ui/backgroundcompiler.h"
#include "ui/compareview.h"
#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/icons.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/questions.h"
#include "ui/savetext.h"
#include "ui/text.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QTreeView>

#include <algorithm>

namespace romsmith::ui {
namespace {

/// What is at a path of the image, which may be another one than in the tree: Python files are compiled.
const tree::Node* nodeAt(const build::Plan& plan, std::string_view path)
{
    const auto parents = romfs::parentsOf(plan.flat.entries);
    for (std::uint32_t i = 0; i < plan.flat.entries.size(); ++i) {
        if (romfs::pathOf(plan.flat.entries, parents, i) == path) {
            return plan.flat.nodes[i];
        }
    }
    return nullptr;
}

} // namespace

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
                                     view->document().image(), &m_tabs),
                     other, view);
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
        [path](const std::stop_token& stop) { return Opened::read(path, stop).content; },
        [this, path, fileName, &view](Result<DocumentContent> file) {
            if (!file) {
                view.noticeBar().show(file.error());
                return;
            }
            const bool isOwn = path == view.document().path();
            compare(view, isOwn ? tr("%1 as saved").arg(fileName) : fileName, std::move(*file), path,
                    isOwn ? nullptr : m_tabs.viewOf(path));
        });
}

void Comparisons::compareWith(DocumentView& view, const QString& name, romfs::Image other)
{
    compare(view, name, std::move(other), {}, nullptr);
}

void Comparisons::compare(DocumentView& view, const QString& name, DocumentContent content, const QString& path,
                          DocumentView* shownIn)
{
    auto* other = std::visit([&path](auto&& known) { return new Document(std::forward<decltype(known)>(known), path); },
                             std::move(content));
    other->setParent(&view);
    other->setTarget(view.document().target());
    auto* compiler = new BackgroundCompiler(*other, m_jobs);
    compiler->setParent(other);
    other->whenComplete(&view, [this, name, other, &view, shownIn = QPointer(shownIn)](const Result<void>&) {
        const auto& document = view.document();
        show(new CompareView(name, other->image(), document.name(), document.image(), &m_tabs), shownIn, &view);
        other->deleteLater();
    });
}

void Comparisons::show(CompareView* comparison, DocumentView* a, DocumentView* b)
{
    std::erase_if(m_shown, [](const Shown& shown) { return shown.comparison.isNull(); });
    m_shown.push_back({.comparison = comparison, .a = a, .b = b});
    connect(comparison, &CompareView::finished, this, &Comparisons::updateActions);
    connect(comparison, &CompareView::currentItemChanged, this, &Comparisons::updateActions);
    connect(comparison, &CompareView::activated, this, &Comparisons::goToEither);
    comparison->treeView().addActions(m_actions);
    comparison->treeView().setContextMenuPolicy(Qt::ActionsContextMenu);
    m_tabs.setCurrentIndex(m_tabs.addTab(comparison, icon(QStringLiteral("compare")), comparison->title()));
    comparison->setFocus();
}

void Comparisons::addActions(const AddAction& add)
{
    const auto separator = [this] {
        auto* line = new QAction(this);
        line->setSeparator(true);
        return line;
    };
    m_goToA = add("showInAAction", tr("Show in &A"), {}, {}, [this] { goTo(&Shown::a); });
    m_goToB = add("showInBAction", tr("Show in &B"), {}, {}, [this] { goTo(&Shown::b); });
    m_actions = {
        add("nextDifferenceAction", tr("&Next Difference"), QStringLiteral("move-down"), QKeySequence(Qt::Key_F7),
            [this] { current()->goToDifference(1); }),
        add("previousDifferenceAction", tr("&Previous Difference"), QStringLiteral("move-up"),
            QKeySequence(Qt::SHIFT | Qt::Key_F7), [this] { current()->goToDifference(-1); }),
        separator(),
        m_goToA,
        m_goToB,
        separator(),
        add("copyComparedPathAction", tr("Copy Pat&h"), {}, {}, [this] { copyPath(); }),
        add("copyReportAction", tr("&Copy Report"), QStringLiteral("duplicate"), {}, [this] { copyReport(); }),
        add("saveReportAction", tr("&Save Report…"), {}, {}, [this] { saveReport(); }),
    };
    updateActions();
}

void Comparisons::updateActions()
{
    const auto* comparison = current();
    const auto* shown = currentlyShown();
    for (auto* action : std::as_const(m_actions)) {
        action->setEnabled(comparison && comparison->isFinished());
        action->setStatusTip(comparison ? QString() : tr("no comparison is in front"));
    }
    const auto offer = [&](QAction& action, bool isThere, const QString& title, const QString& usual) {
        action.setEnabled(isThere);
        action.setText(title.isEmpty() ? usual
                                       : tr("%1: %2").arg(usual, QString(title).replace(u'&', QStringLiteral("&&"))));
    };
    offer(*m_goToA, shown && shown->a && comparison->pathInA(), comparison ? comparison->titleA() : QString(),
          tr("Show in &A"));
    offer(*m_goToB, shown && shown->b && comparison->pathInB(), comparison ? comparison->titleB() : QString(),
          tr("Show in &B"));
}

CompareView* Comparisons::current() const
{
    return qobject_cast<CompareView*>(m_tabs.currentWidget());
}

const Comparisons::Shown* Comparisons::currentlyShown() const
{
    const auto* comparison = current();
    const auto shown
        = std::ranges::find_if(m_shown, [&](const Shown& each) { return comparison && each.comparison == comparison; });
    return shown == m_shown.end() ? nullptr : &*shown;
}

void Comparisons::goTo(QPointer<DocumentView> Shown::* side)
{
    const auto* shown = currentlyShown();
    const auto path = !shown ? std::nullopt
        : side == &Shown::a  ? shown->comparison->pathInA()
                             : shown->comparison->pathInB();
    if (!path || !(shown->*side)) {
        return;
    }
    auto& view = *(shown->*side);
    m_tabs.setCurrentWidget(&view);
    if (const auto* node = nodeAt(view.document().plan(), *path)) {
        view.goTo(*node);
    } else {
        view.noticeBar().show(
            romfs::Severity::Info,
            tr("\"%1\" is no longer there: the image was edited since it was compared.").arg(shownName(*path)));
    }
}

void Comparisons::goToEither()
{
    if (m_goToB->isEnabled() || m_goToA->isEnabled()) {
        goTo(m_goToB->isEnabled() ? &Shown::b : &Shown::a);
    }
}

void Comparisons::copyPath()
{
    if (const auto path = current()->pathInB().or_else([this] { return current()->pathInA(); })) {
        QGuiApplication::clipboard()->setText(shownName(*path));
    }
}

void Comparisons::copyReport()
{
    QGuiApplication::clipboard()->setText(current()->report());
    Q_EMIT noticed(tr("The report was copied."));
}

void Comparisons::saveReport()
{
    const auto report = current()->report();
    const auto path = m_questions.askForReportPath(tr("difference.txt"));
    if (path.isEmpty()) {
        return;
    }
    m_jobs.run(
        this, tr("Writing %1").arg(QFileInfo(path).fileName()),
        [path, report](const std::stop_token&) { return saveText(path, report); },
        [this, path](const QString& error) {
            Q_EMIT noticed(error.isEmpty() ? tr("The report was saved as %1").arg(path)
                                           : tr("%1 cannot be written: %2").arg(path, error));
        });
}

} // namespace romsmith::ui
