// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/closing.h"
#include "ui/comparisons.h"
#include "ui/documenttabs.h"
#include "ui/documentview.h"
#include "ui/firmwareimages.h"
#include "ui/jobs.h"
#include "ui/log.h"
#include "ui/opening.h"
#include "ui/questions.h"
#include "ui/saving.h"
#include "ui/session.h"
#include "ui/treecolumns.h"

#include <QMainWindow>
#include <QTimer>

class QLabel;
class QStackedWidget;
class QToolButton;
class QUndoGroup;

namespace romsmith::ui {

class DeviceTools;
class ImageMap;
class Inspector;
class NoticeBar;
class ProblemsView;
class TargetSelector;
class WelcomePage;

/// The one window: documents in tabs, tools in docks.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    void open(const QStringList& paths); ///< see Opening
    void newDocument();

    /// Opens what was open when the window was closed last, as far as it is still there.
    void restoreSession();

    /// Brings back what was not saved when the program ended unexpectedly.
    void recoverDocuments();

    [[nodiscard]] DocumentView* currentView() const;
    [[nodiscard]] int documentCount() const;
    [[nodiscard]] Jobs& jobs() { return m_jobs; }
    [[nodiscard]] ProblemsView& problems() { return *m_problems; }
    [[nodiscard]] Inspector& inspector() { return *m_inspector; }
    [[nodiscard]] ImageMap& imageMap() { return *m_map; }
    [[nodiscard]] QAction* action(const QString& name) const; ///< by object name, e.g. "saveAction"
    [[nodiscard]] Questions& questions() { return m_questions; }
    [[nodiscard]] FirmwareImages& firmware() { return m_firmware; }
    [[nodiscard]] DeviceTools& devices() { return *m_devices; }
    [[nodiscard]] Log& log() { return m_log; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildActions();
    void buildMenus();
    void buildImageMenu();

    /// One of a menu's entries of which one is in force; which, is asked when the menu opens.
    void addChoice(QMenu* menu, const QString& text, std::function<bool()> isInForce, std::function<void()> choose);
    void buildToolBar();
    void buildDocks();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area);
    void buildStatusBar();
    QAction* addAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut,
                       std::function<void()> run);
    /// An action on the current document's tree.
    QAction* addEditAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut,
                           void (TreeEditor::*run)());

    void addTab(DocumentView* view);
    void discardRecovered(DocumentView& view);
    void addFilesToCurrent(QStringList paths);
    void goToOffset();
    [[nodiscard]] static bool opensFiles(const QMimeData& mime);
    void noteSession();
    void saveLayout(); ///< of the window
    void rememberTarget(const Document& document);
    void reportSaved(const QString& path);
    void logNotices(const NoticeBar& bar, const DocumentView& view);
    void saveLog(const QString& text);
    void replaceContent();
    void exportArchive();
    [[nodiscard]] static QString summaryOf(const Document& document, const std::vector<tree::Node*>& nodes);
    void showCurrentNode();
    void showLine(int line); ///< of the file that is selected
    void closeTab(int index);
    void extractSelection();
    void extractAll();
    void showContextMenu(const QPoint& position);
    void showAbout();
    void showSettings();
    void showAlignmentRules();

    void currentChanged();
    void updateTitles();
    void updateActions();
    void updateJobs();
    void rebuildRecentMenu();

    Jobs m_jobs;
    Questions m_questions;
    Session m_session;
    QUndoGroup* m_undoGroup;
    DocumentTabs* m_tabs;
    Saving m_saving;
    Closing m_closing;
    Comparisons m_comparisons;
    Opening m_opening;
    TreeColumns m_columns;
    FirmwareImages m_firmware;
    Log m_log;
    std::unique_ptr<DeviceTools> m_devices;
    QStackedWidget* m_pages; ///< the tabs, or what is shown when there are none
    WelcomePage* m_welcome = nullptr;
    QTimer m_sessionTimer; ///< until the session is written
    ProblemsView* m_problems = nullptr;
    TargetSelector* m_targets = nullptr;
    QMenu* m_recentMenu = nullptr;
    QMenu* m_alignmentMenu = nullptr;
    QMenu* m_pythonMenu = nullptr;
    QMenu* m_compareMenu = nullptr;
    QMenu* m_comparisonMenu = nullptr;
    Inspector* m_inspector = nullptr;
    ImageMap* m_map = nullptr;
    QLabel* m_jobLabel = nullptr;
    QToolButton* m_jobCancel = nullptr;
    QDockWidget* m_problemsDock = nullptr;
    QDockWidget* m_inspectorDock = nullptr;
    QList<QMenu*> m_documentMenus; ///< need an open document
    QList<QAction*> m_documentActions; ///< need an open document
    QList<QAction*> m_selectionActions; ///< need a selection, too
    QList<QAction*> m_treeActions; ///< have keys that mean something else outside a document's tab
    bool m_closesWhenIdle = false;
};

} // namespace romsmith::ui
