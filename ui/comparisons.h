// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/documentfile.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <vector>

class QAction;
class QMenu;

namespace romsmith::ui {

class CompareView;
class DocumentTabs;
class DocumentView;
class Jobs;
struct Questions;

/// Opens comparisons of a document with its file, with other documents and with other files, each in a tab of its own,
/// and has what can be done with the one in front.
class Comparisons final : public QObject
{
    Q_OBJECT

public:
    /// Makes an action of the window.
    using AddAction = std::function<QAction*(const char* name, const QString& text, const QString& icon,
                                             const QKeySequence& shortcut, std::function<void()> run)>;

    Comparisons(DocumentTabs& tabs, Questions& questions, Jobs& jobs);

    void addActions(const AddAction& add);
    [[nodiscard]] const QList<QAction*>& actions() const { return m_actions; } ///< with separators
    void updateActions();

    void fill(QMenu& menu); ///< with what the current document can be compared with
    void compareWithFile(DocumentView& view, const QString& path);
    /// With an image that is no file and in no tab.
    void compareWith(DocumentView& view, const QString& name, romfs::Image other);

Q_SIGNALS:
    void noticed(const QString& text); ///< something to be told in passing

private:
    /// Where the images of a comparison can be looked at, as long as they are open.
    struct Shown
    {
        QPointer<CompareView> comparison;
        QPointer<DocumentView> a;
        QPointer<DocumentView> b;
    };

    void compare(DocumentView& view, const QString& name, DocumentContent content, const QString& path,
                 DocumentView* shownIn);
    void show(CompareView* comparison, DocumentView* a, DocumentView* b);
    [[nodiscard]] CompareView* current() const; ///< null if no comparison is in front
    [[nodiscard]] const Shown* currentlyShown() const;
    void goTo(QPointer<DocumentView> Shown::* side);
    void goToEither(); ///< B, or A if it is not there
    void copyPath();
    void copyReport();
    void saveReport();

    DocumentTabs& m_tabs;
    Questions& m_questions;
    Jobs& m_jobs;
    std::vector<Shown> m_shown;
    QList<QAction*> m_actions;
    QAction* m_goToA = nullptr;
    QAction* m_goToB = nullptr;
};

} // namespace romsmith::ui
