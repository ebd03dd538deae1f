// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/reader.h"
#include "ui/documentview.h"
#include "ui/jobs.h"

#include <QMainWindow>
#include <QTimer>

class QLabel;
class QStackedWidget;
class QTabWidget;
class QToolButton;
class QUndoGroup;

namespace romsmith::ui {

class CompareView;
class ImageMap;
class Inspector;
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

    /// Images open in tabs of their own; other files and folders become the content of a new image.
    void open(const QStringList& paths);
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

    /// Answers the question what to do with unsaved changes. Tests put their own answer here.
    enum class Unsaved : std::uint8_t { Save, Discard, Cancel };
    std::function<Unsaved(const QStringList& documents)> askAboutUnsaved;

    /// Ask for file names; empty when cancelled. Tests put their own answers here.
    std::function<QString(const QString& suggested)> askForSavePath;
    std::function<QString(const QString& suggested)> askForArchivePath;
    std::function<QStringList()> askForImages;
    std::function<QStringList()> askForFiles;
    std::function<QString(const QString& title)> askForFolder;
    std::function<QString()> askForOffset;
    std::function<QString()> askForOtherImage;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    static constexpr QLatin1StringView targetKey{"target"}; ///< in the settings

    void buildActions();
    void buildMenus();
    void buildImageMenu();

    /// One of a menu's entries of which one is in force; which, is asked when the menu opens.
    void addChoice(QMenu* menu, const QString& text, std::function<bool()> isInForce, std::function<void()> choose);
    void buildToolBar();
    void buildDocks();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area);
    void buildStatusBar();
    void connectQuestions();
    QAction* addAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut,
                       std::function<void()> run);
    /// An action on the current document's tree.
    QAction* addEditAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut,
                           void (TreeEditor::*run)());

    [[nodiscard]] DocumentView* viewOf(const QString& path) const; ///< null if the file is not open
    void openImages(const QStringList& paths);
    void addOpened(std::vector<Opened> images);
    DocumentView& addView(std::unique_ptr<Document> document, const FileStamp& stamp = {});
    void addTab(DocumentView* view);
    void discardRecovered(DocumentView& view);
    void addFilesToCurrent(QStringList paths);
    void goToOffset();
    void rebuildCompareMenu();
    void compareWithFile(DocumentView& view, const QString& path);
    void showComparison(CompareView* comparison);
    [[nodiscard]] static bool opensFiles(const QMimeData& mime);
    void noteSession();
    void saveSession();
    [[nodiscard]] static std::optional<build::Target> rememberedTarget(const QString& path);
    static void rememberTarget(const Document& document);
    void reportSaved(const QString& path);
    void replaceContent();
    void exportArchive();
    [[nodiscard]] static QString summaryOf(const Document& document, const std::vector<tree::Node*>& nodes);
    void showCurrentNode();
    void showLine(int line); ///< of the file that is selected
    void closeTab(int index);
    /// True if all are closed already. Otherwise @p closedLater is called when they are, unless a save fails or is
    /// cancelled.
    bool closeDocuments(const QList<DocumentView*>& views, const std::function<void()>& closedLater = {});
    bool saveAndClose(const QList<QPointer<DocumentView>>& views, const std::function<void()>& closedLater);
    void closeViews(const QList<QPointer<DocumentView>>& views);

    /// Together with what is open from inside them, the innermost first.
    [[nodiscard]] QList<QPointer<DocumentView>> withNested(const QList<DocumentView*>& outer) const;
    void save(DocumentView& view);
    void saveAs(DocumentView& view);
    [[nodiscard]] QString pathToSaveAs(const DocumentView& view); ///< empty when there is none
    void saveCopy();
    void extractSelection();
    void extractAll();
    void showContextMenu(const QPoint& position);
    void showAbout();
    void showSettings();

    void currentChanged();
    void updateTitles();
    void updateActions();
    void updateJobs();
    void updateRecent(const QString& path);
    void rebuildRecentMenu();
    [[nodiscard]] QList<DocumentView*> views() const;
    [[nodiscard]] Unsaved unsavedDialog(const QStringList& documents);

    Jobs m_jobs;
    QUndoGroup* m_undoGroup;
    QTabWidget* m_tabs;
    QStackedWidget* m_pages; ///< the tabs, or what is shown when there are none
    WelcomePage* m_welcome = nullptr;
    QTimer m_sessionTimer; ///< until the session is written
    ProblemsView* m_problems = nullptr;
    TargetSelector* m_targets = nullptr;
    QMenu* m_recentMenu = nullptr;
    QMenu* m_alignmentMenu = nullptr;
    QMenu* m_pythonMenu = nullptr;
    QMenu* m_compareMenu = nullptr;
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
    bool m_hasSaidBoards = false; ///< that the user's file of boards cannot be used
    QStringList m_session; ///< files that were open when closing began
    QStringList m_closedPaths; ///< for opening them again, the last one last
};

} // namespace romsmith::ui
