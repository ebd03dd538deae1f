// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/documenttabs.h"

#include "ui/documentview.h"

#include <QTabBar>

#include <algorithm>

namespace romsmith::ui {

DocumentTabs::DocumentTabs(QWidget* parent)
    : QTabWidget(parent)
{
    setDocumentMode(true);
    setTabsClosable(true);
    setMovable(true);
    setObjectName(QStringLiteral("documentTabs"));
    setAccessibleName(tr("Open images"));
    // Rows can be carried over the bar into another image.
    tabBar()->setChangeCurrentOnDrag(true);
    tabBar()->setAcceptDrops(true);
}

DocumentView* DocumentTabs::currentView() const
{
    return qobject_cast<DocumentView*>(currentWidget());
}

QList<DocumentView*> DocumentTabs::views() const
{
    QList<DocumentView*> all;
    for (int i = 0; i < count(); ++i) {
        if (auto* view = qobject_cast<DocumentView*>(widget(i))) {
            all.append(view);
        }
    }
    return all;
}

DocumentView* DocumentTabs::viewOf(const QString& path) const
{
    const auto open = views();
    const auto found = std::ranges::find_if(open, [&path](const DocumentView* view) {
        return !view->document().path().isEmpty() && isSameFile(view->document().path(), path);
    });
    return found == open.end() ? nullptr : *found;
}

QList<QPointer<DocumentView>> DocumentTabs::withNested(const QList<DocumentView*>& outer) const
{
    auto all = outer;
    for (auto* view : views()) {
        for (auto* around = view->outer(); around && !all.contains(view); around = around->outer()) {
            if (outer.contains(around)) {
                all.append(view);
            }
        }
    }
    std::ranges::stable_sort(all, std::ranges::greater(), &DocumentView::depth);
    return {all.begin(), all.end()};
}

void DocumentTabs::updateTitles()
{
    for (auto* view : views()) {
        const auto& document = view->document();
        const auto index = indexOf(view);
        const QString text = document.name() % (document.isRecovered() ? tr(" (recovered)") : QString())
            % (document.isModified() ? QStringLiteral("*") : QString());
        if (tabText(index) != text) { // or the window would be laid out anew after each edit
            setTabText(index, text);
        }
        setTabToolTip(index, document.path());
    }
}

} // namespace romsmith::ui
