// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "core/sources/imagefile.h"
#include "ui/delegates.h"
#include "ui/icons.h"
#include "ui/noticebar.h"
#include "ui/problemsview.h"
#include "ui/targetselector.h"
#include "ui/text.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QUndoGroup>
#include <QUndoView>

#include <algorithm>

namespace romsmith::ui {
namespace {

constexpr int stateVersion = 1;
constexpr int mostRecentFiles = 10;
const QString recentKey = QStringLiteral("recentFiles");
const QString targetKey = QStringLiteral("target");

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent)
    , m_undoGroup(new QUndoGroup(this))
    , m_tabs(new QTabWidget(this))
{
    setWindowTitle(QStringLiteral("Romsmith"));
    setAcceptDrops(true);
    resize(1180, 760);
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_tabs->setAccessibleName(tr("Open images"));
    setCentralWidget(m_tabs);
    connectQuestions();
    buildActions();
    buildToolBar();
    buildDocks();
    buildMenus();
    buildStatusBar();
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::currentChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(&m_jobs, &Jobs::changed, this, &MainWindow::updateJobs);

    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("windowState")).toByteArray(), stateVersion);
    m_targets->setTarget(build::Target::fromKey(settings.value(targetKey).toString().toStdString()));
    currentChanged();
}

MainWindow::~MainWindow()
{
    m_jobs.cancelAll();
    m_problems->findings().setDocument(nullptr);
    disconnect(m_tabs, nullptr, this, nullptr);
    qDeleteAll(views());
}

void MainWindow::connectQuestions()
{
    askAboutUnsaved = [this](const QStringList& documents) { return unsavedDialog(documents); };
    askForSavePath = [this](const QString& suggested) {
        return QFileDialog::getSaveFileName(this, tr("Save Image"), suggested,
                                            tr("ROMFS images (*.img *.romfs);;All files (*)"));
    };
    askForImages = [this] {
        return QFileDialog::getOpenFileNames(this, tr("Open Images"), {},
                                             tr("ROMFS images (*.img *.romfs *.bin);;All files (*)"));
    };
    askForFiles = [this] { return QFileDialog::getOpenFileNames(this, tr("Add Files")); };
    askForOffset = [this] {
        return QInputDialog::getText(this, tr("Go to Offset"),
                                     tr("Offset in the image, or address on the board (0x1f40 or 8000):"));
    };
    askForFolder = [this](const QString& title) { return QFileDialog::getExistingDirectory(this, title); };
}

QAction* MainWindow::addAction(const QString& name, const QString& text, const QString& icon,
                               const QKeySequence& shortcut, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setShortcut(shortcut);
    if (!icon.isEmpty()) {
        action->setIcon(ui::icon(icon));
    }
    connect(action, &QAction::triggered, this, std::move(run));
    QMainWindow::addAction(action);
    return action;
}

QAction* MainWindow::addViewAction(const QString& name, const QString& text, const QString& icon,
                                   const QKeySequence& shortcut, void (DocumentView::*run)())
{
    auto* added = addAction(name, text, icon, shortcut, [this, run] {
        if (auto* view = currentView()) {
            (view->*run)();
        }
    });
    m_documentActions.append(added);
    return added;
}

void MainWindow::buildActions()
{
    const auto s = [](const char* text) { return QString::fromLatin1(text); };
    addAction(s("newAction"), tr("&New"), s("document-new"), QKeySequence::New, [this] { newDocument(); });
    addAction(s("openAction"), tr("&Open…"), s("document-open"), QKeySequence::Open, [this] { open(askForImages()); });
    m_documentActions << addAction(s("saveAction"), tr("&Save"), s("document-save"), QKeySequence::Save,
                                   [this] { save(*currentView()); })
                      << addAction(s("saveAsAction"), tr("Save &As…"), {},
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] { saveAs(*currentView()); })
                      << addAction(s("saveCopyAction"), tr("Save a &Copy…"), {}, {}, [this] { saveCopy(); })
                      << addAction(s("closeAction"), tr("&Close"), {}, QKeySequence::Close,
                                   [this] { closeTab(m_tabs->currentIndex()); });
    addAction(s("reopenAction"), tr("Reopen Close&d"), {}, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] {
        if (!m_closedPaths.isEmpty()) {
            open({m_closedPaths.takeLast()});
        }
    });
    addAction(s("quitAction"), tr("&Quit"), {}, QKeySequence::Quit, [this] { close(); });

    auto* undo = m_undoGroup->createUndoAction(this, tr("&Undo"));
    auto* redo = m_undoGroup->createRedoAction(this, tr("&Redo"));
    undo->setObjectName(s("undoAction"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIcon(icon(s("undo")));
    redo->setObjectName(s("redoAction"));
    redo->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)});
    redo->setIcon(icon(s("redo")));

    m_documentActions << addAction(s("addFilesAction"), tr("Add &Files…"), s("add-files"),
                                   QKeySequence(Qt::ALT | Qt::Key_A),
                                   [this] { currentView()->addFiles(askForFiles()); })
                      << addAction(s("addFolderAction"), tr("Add F&older…"), s("add-folder"),
                                   QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_A), [this] {
                                       if (const auto folder = askForFolder(tr("Add Folder")); !folder.isEmpty()) {
                                           currentView()->addFiles({folder});
                                       }
                                   });
    addViewAction(s("newFolderAction"), tr("New Fol&der"), s("new-folder"),
                  QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), &DocumentView::newFolder);
    addViewAction(s("sortAction"), tr("&Sort by Name"), {}, {}, &DocumentView::sortByName);
    addViewAction(s("pasteAction"), tr("&Paste"), s("paste"), QKeySequence::Paste, &DocumentView::paste);
    addViewAction(s("filterAction"), tr("&Filter"), s("search"), QKeySequence::Find, &DocumentView::focusFilter);
    m_selectionActions << addViewAction(s("cutAction"), tr("Cu&t"), s("cut"), QKeySequence::Cut, &DocumentView::cut)
                       << addViewAction(s("copyAction"), tr("&Copy"), s("duplicate"), QKeySequence::Copy,
                                        &DocumentView::copy)
                       << addViewAction(s("renameAction"), tr("Rena&me"), s("rename"), QKeySequence(Qt::Key_F2),
                                        &DocumentView::renameCurrent)
                       << addViewAction(s("duplicateAction"), tr("D&uplicate"), s("duplicate"),
                                        QKeySequence(Qt::CTRL | Qt::Key_D), &DocumentView::duplicateSelection)
                       << addViewAction(s("deleteAction"), tr("&Delete"), s("delete"), QKeySequence::Delete,
                                        &DocumentView::deleteSelection);
    m_selectionActions << addAction(s("moveUpAction"), tr("Move &Up"), s("move-up"),
                                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Up),
                                    [this] { currentView()->moveSelection(-1); })
                       << addAction(s("moveDownAction"), tr("Move Do&wn"), s("move-down"),
                                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Down),
                                    [this] { currentView()->moveSelection(1); })
                       << addAction(s("extractAction"), tr("&Extract…"), s("extract"),
                                    QKeySequence(Qt::CTRL | Qt::Key_E), [this] { extractSelection(); });
    m_documentActions << addAction(s("extractAllAction"), tr("Extract A&ll…"), {},
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { extractAll(); })
                      << addAction(s("goToOffsetAction"), tr("&Go to Offset…"), {}, QKeySequence(Qt::CTRL | Qt::Key_G),
                                   [this] { goToOffset(); })
                      << addAction(s("expandAction"), tr("&Expand All"), {}, {},
                                   [this] { currentView()->treeView().expandAll(); })
                      << addAction(s("collapseAction"), tr("&Collapse All"), {}, {},
                                   [this] { currentView()->treeView().collapseAll(); })
                      << addAction(s("imageOrderAction"), tr("&Order of the Image"), {}, {},
                                   [this] { currentView()->treeView().sortByColumn(-1, Qt::AscendingOrder); });
    addAction(s("aboutAction"), tr("&About Romsmith"), {}, {}, [this] { showAbout(); });
}

void MainWindow::buildToolBar()
{
    auto* bar = addToolBar(tr("Main Toolbar"));
    bar->setObjectName(QStringLiteral("mainToolBar"));
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({20, 20});
    const auto add = [&](const char* name) { bar->addAction(action(QString::fromLatin1(name))); };
    add("newAction");
    add("openAction");
    add("saveAction");
    bar->addSeparator();
    add("addFilesAction");
    add("addFolderAction");
    add("newFolderAction");
    bar->addSeparator();
    for (const auto* name : {"undoAction", "redoAction"}) {
        add(name);
        // Their text is the gesture, which would make the buttons jump; it is in the tooltip and in the menu.
        static_cast<QToolButton*>(bar->widgetForAction(action(QString::fromLatin1(name))))
            ->setToolButtonStyle(Qt::ToolButtonIconOnly);
    }
    bar->addSeparator();
    auto* label = new QLabel(tr("Target: "), bar);
    m_targets = new TargetSelector(bar);
    label->setBuddy(m_targets);
    bar->addWidget(label);
    bar->addWidget(m_targets);
    connect(m_targets, &TargetSelector::chosen, this, [this](const build::Target& target) {
        QSettings().setValue(targetKey, text(target.key()));
        if (auto* view = currentView()) {
            view->document().setTarget(target);
        }
    });
}

void MainWindow::buildDocks()
{
    m_problems = new ProblemsView(this);
    m_problemsDock = new QDockWidget(tr("Problems"), this);
    m_problemsDock->setObjectName(QStringLiteral("problemsDock"));
    m_problemsDock->setWidget(m_problems);
    addDockWidget(Qt::BottomDockWidgetArea, m_problemsDock);
    connect(m_problems, &ProblemsView::goToRequested, this,
            [this](const tree::Node& node) { currentView()->goTo(node); });
    connect(m_problems, &ProblemsView::mendRequested, this,
            [this](const romfs::Finding& finding, tree::Node* node) { currentView()->mend(finding, node); });
    connect(&m_problems->findings(), &QAbstractItemModel::modelReset, this, [this] {
        const auto count = m_problems->findings().rowCount();
        m_problemsDock->setWindowTitle(count == 0 ? tr("Problems") : tr("Problems (%1)").arg(count));
    });

    auto* history = new QUndoView(m_undoGroup, this);
    history->setEmptyLabel(tr("As opened"));
    history->setCleanIcon(icon(QStringLiteral("document-save")));
    history->setAccessibleName(tr("History"));
    auto* historyDock = new QDockWidget(tr("History"), this);
    historyDock->setObjectName(QStringLiteral("historyDock"));
    historyDock->setWidget(history);
    addDockWidget(Qt::BottomDockWidgetArea, historyDock);
    tabifyDockWidget(m_problemsDock, historyDock);
    m_problemsDock->raise();
    resizeDocks({m_problemsDock}, {150}, Qt::Vertical);
}

void MainWindow::buildMenus()
{
    const auto add = [this](QMenu* menu, std::initializer_list<const char*> names) {
        for (const auto* name : names) {
            *name == '\0' ? static_cast<void>(menu->addSeparator())
                          : menu->addAction(action(QString::fromLatin1(name)));
        }
    };
    auto* file = menuBar()->addMenu(tr("&File"));
    add(file, {"newAction", "openAction"});
    m_recentMenu = file->addMenu(tr("Open &Recent"));
    rebuildRecentMenu();
    add(file,
        {"reopenAction", "", "saveAction", "saveAsAction", "saveCopyAction", "", "extractAction", "extractAllAction",
         "", "closeAction", "quitAction"});

    auto* edit = menuBar()->addMenu(tr("&Edit"));
    edit->setObjectName(QStringLiteral("editMenu"));
    add(edit,
        {"undoAction", "redoAction", "", "cutAction", "copyAction", "pasteAction", "duplicateAction", "renameAction",
         "deleteAction", "", "addFilesAction", "addFolderAction", "newFolderAction", "", "moveUpAction",
         "moveDownAction", "sortAction"});
    m_alignmentMenu = edit->addMenu(icon(QStringLiteral("align")), tr("&Alignment"));
    const auto addAlignment = [this](const QString& text, std::optional<std::uint32_t> alignment) {
        connect(m_alignmentMenu->addAction(text), &QAction::triggered, this,
                [this, alignment] { currentView()->setAlignment(alignment); });
    };
    addAlignment(tr("By the &Rules"), {});
    m_alignmentMenu->addSeparator();
    for (const auto alignment : alignmentChoices()) {
        addAlignment(QString::number(alignment), alignment);
    }
    auto* layout = edit->addMenu(tr("&Layout of the Image"));
    const auto addStyle = [&](const QString& text, romfs::Style style) {
        connect(layout->addAction(text), &QAction::triggered, this, [this, style] {
            if (auto* view = currentView()) {
                view->document().setStyle(style);
            }
        });
    };
    addStyle(tr("&OpenMV (padded headers, aligned folders)"), romfs::Style::OpenMv);
    addStyle(tr("&Compact (as mpremote writes)"), romfs::Style::Compact);

    auto* view = menuBar()->addMenu(tr("&View"));
    add(view, {"filterAction", "goToOffsetAction", "", "expandAction", "collapseAction", "imageOrderAction", ""});
    for (auto* dock : findChildren<QDockWidget*>()) {
        view->addAction(dock->toggleViewAction());
    }
    auto* help = menuBar()->addMenu(tr("&Help"));
    add(help, {"aboutAction"});
}

void MainWindow::buildStatusBar()
{
    m_jobLabel = new QLabel(this);
    m_jobCancel = new QToolButton(this);
    m_jobCancel->setText(tr("Cancel"));
    connect(m_jobCancel, &QToolButton::clicked, &m_jobs, &Jobs::cancelAll);
    statusBar()->addWidget(m_jobLabel);
    statusBar()->addWidget(m_jobCancel);
    updateJobs();
}

QAction* MainWindow::action(const QString& name) const
{
    return findChild<QAction*>(name);
}

DocumentView* MainWindow::currentView() const
{
    return qobject_cast<DocumentView*>(m_tabs->currentWidget());
}

int MainWindow::documentCount() const
{
    return m_tabs->count();
}

QList<DocumentView*> MainWindow::views() const
{
    QList<DocumentView*> all;
    for (int i = 0; i < m_tabs->count(); ++i) {
        all.append(static_cast<DocumentView*>(m_tabs->widget(i)));
    }
    return all;
}

void MainWindow::newDocument()
{
    addView(std::make_unique<Document>());
}

void MainWindow::open(const QStringList& paths)
{
    QStringList content;
    for (const auto& path : paths) {
        const bool namedLikeOne = path.endsWith(QLatin1String(".img")) || path.endsWith(QLatin1String(".romfs"));
        if (isImageFile(path) || namedLikeOne) {
            openImage(path);
        } else {
            content.append(path);
        }
    }
    if (!content.isEmpty()) {
        newDocument();
        auto* view = currentView();
        const bool oneFolder = content.size() == 1 && QFileInfo(content.front()).isDir();
        view->addFiles(content, {.folder = &view->document().tree().root(), .row = {}},
                       oneFolder ? Adding::ContentOfFolder : Adding::Whole);
    }
}

void MainWindow::openImage(const QString& path)
{
    for (auto* view : views()) {
        if (QFileInfo(view->document().path()) == QFileInfo(path)) {
            m_tabs->setCurrentWidget(view);
            return;
        }
    }
    m_jobs.run(
        this, tr("Opening %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) { return sources::openImage(toPath(path)); },
        [this, path](Result<romfs::Image> image) {
            if (!image) {
                if (!currentView()) {
                    newDocument();
                }
                currentView()->showError(text(image.error().message));
                return;
            }
            addView(std::make_unique<Document>(std::move(*image), QFileInfo(path).absoluteFilePath()));
            updateRecent(path);
        });
}

DocumentView& MainWindow::addView(std::unique_ptr<Document> document)
{
    // An untouched new image makes room for what is opened.
    auto* current = currentView();
    const bool replaces = current && !document->path().isEmpty() && current->document().path().isEmpty()
        && !current->isNested() && current->document().undoStack().count() == 0 && !current->document().isModified()
        && current->noticeBar().isHidden();
    if (!document->isRecovered()) {
        document->setTarget(m_targets->target());
    }
    auto* view = new DocumentView(std::move(document), m_jobs, m_tabs);
    addTab(view);
    if (replaces) {
        delete current;
    }
    return *view;
}

void MainWindow::addTab(DocumentView* view)
{
    m_undoGroup->addStack(&view->document().undoStack());
    connect(&view->document(), &Document::titleChanged, this, &MainWindow::updateTitles);
    connect(&view->document(), &Document::planChanged, this, &MainWindow::updateTitles);
    connect(view, &DocumentView::currentNodeChanged, this, &MainWindow::updateActions);
    connect(view, &DocumentView::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(view, &DocumentView::openRequested, this, &MainWindow::open);
    connect(view, &DocumentView::nestedOpened, this, &MainWindow::addTab);
    connect(view, &DocumentView::reloadRequested, this, [this, view] { reload(*view); });
    m_tabs->addTab(view, view->document().name());
    m_tabs->setCurrentWidget(view);
    view->setFocus();
    updateTitles();
}

void MainWindow::reload(DocumentView& view)
{
    const auto path = view.document().path();
    delete &view;
    openImage(path);
}

void MainWindow::recoverDocuments()
{
    for (auto& abandoned : AbandonedJournal::findAll()) {
        auto& view = addView(std::make_unique<Document>(std::move(abandoned.snapshot)));
        view.document().journal().waitForWritten();
        abandoned.remove();
        view.noticeBar().show(
            romfs::Severity::Warning,
            tr("Romsmith ended unexpectedly. These changes to \"%1\" had not been saved; they are back.")
                .arg(view.document().name()),
            {{tr("Discard Them"), [this, &view] { discardRecovered(view); }}});
    }
}

void MainWindow::discardRecovered(DocumentView& view)
{
    const auto path = view.document().path();
    delete &view;
    if (path.isEmpty()) {
        currentChanged();
    } else {
        openImage(path);
    }
}

void MainWindow::goToOffset()
{
    bool valid = false;
    const auto answer = askForOffset().trimmed();
    const auto offset = answer.toULongLong(&valid, 0);
    if (valid) {
        currentView()->goToOffset(offset);
    } else if (!answer.isEmpty()) {
        currentView()->showError(tr("\"%1\" is not a number; write 0x1f40 or 8000.").arg(answer));
    }
}

void MainWindow::currentChanged()
{
    auto* view = currentView();
    m_undoGroup->setActiveStack(view ? &view->document().undoStack() : nullptr);
    m_problems->findings().setDocument(view ? &view->document() : nullptr);
    if (view) {
        m_targets->setTarget(view->document().target());
    }
    updateTitles();
    updateActions();
}

void MainWindow::updateTitles()
{
    for (auto* view : views()) {
        const auto& document = view->document();
        const auto index = m_tabs->indexOf(view);
        m_tabs->setTabText(index,
                           document.name() % (document.isRecovered() ? tr(" (recovered)") : QString())
                               % (document.isModified() ? QStringLiteral("*") : QString()));
        m_tabs->setTabToolTip(index, document.path());
    }
    const auto* view = currentView();
    setWindowTitle(view ? view->document().name() % QStringLiteral("[*] — Romsmith") : QStringLiteral("Romsmith"));
    setWindowFilePath(view ? view->document().path() : QString());
    setWindowModified(view && view->document().isModified());
}

void MainWindow::updateActions()
{
    const auto* view = currentView();
    const bool selected = view && view->treeView().selectionModel()->hasSelection();
    for (auto* action : std::as_const(m_documentActions)) {
        action->setEnabled(view);
    }
    for (auto* action : std::as_const(m_selectionActions)) {
        action->setEnabled(selected);
    }
    m_alignmentMenu->setEnabled(selected);
}

void MainWindow::updateJobs()
{
    m_jobLabel->setText(m_jobs.title());
    m_jobCancel->setVisible(!m_jobs.isIdle());
}

void MainWindow::save(DocumentView& view, std::function<void()> saved)
{
    if (view.isNested()) {
        view.saveIntoOuter(saved);
        return;
    }
    view.document().path().isEmpty() ? saveAs(view, std::move(saved))
                                     : view.save(view.document().path(), std::move(saved));
}

void MainWindow::saveAs(DocumentView& view, std::function<void()> saved)
{
    const auto& document = view.document();
    const auto path = askForSavePath(document.path().isEmpty() ? QStringLiteral("romfs0.img") : document.path());
    if (!path.isEmpty()) {
        view.save(path, [this, path, saved = std::move(saved)] {
            updateRecent(path);
            if (saved) {
                saved();
            }
        });
    }
}

void MainWindow::saveCopy()
{
    if (const auto path = askForSavePath({}); !path.isEmpty()) {
        currentView()->saveCopy(path);
    }
}

void MainWindow::extractSelection()
{
    auto* view = currentView();
    const auto nodes = view->treeView().selectedNodes();
    if (const auto folder = askForFolder(tr("Extract to Folder")); !folder.isEmpty()) {
        view->extract({nodes.begin(), nodes.end()}, folder);
    }
}

void MainWindow::extractAll()
{
    if (const auto folder = askForFolder(tr("Extract All to Folder")); !folder.isEmpty()) {
        currentView()->extract({&currentView()->document().tree().root()}, folder);
    }
}

void MainWindow::closeTab(int index)
{
    if (auto* view = static_cast<DocumentView*>(m_tabs->widget(index))) {
        closeDocuments({view});
    }
}

bool MainWindow::closeDocuments(const QList<DocumentView*>& toClose)
{
    QStringList unsaved;
    for (const auto* view : toClose) {
        if (view->document().isModified()) {
            unsaved.append(view->document().name());
        }
    }
    const auto answer = unsaved.isEmpty() ? Unsaved::Discard : askAboutUnsaved(unsaved);
    if (answer == Unsaved::Cancel) {
        return false;
    }
    bool allClosed = true;
    for (auto* view : toClose) {
        if (const auto& path = view->document().path(); !path.isEmpty()) {
            m_closedPaths.append(path);
        }
        if (answer == Unsaved::Save && view->document().isModified()) {
            allClosed = false;
            save(*view, [this, view] {
                delete view;
                currentChanged();
                if (m_closing && m_tabs->count() == 0) {
                    close();
                }
            });
        } else {
            delete view;
        }
    }
    currentChanged();
    return allClosed;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_closing = true;
    if (!closeDocuments(views())) {
        m_closing = !m_jobs.isIdle(); // comes back when everything is saved
        event->ignore();
        return;
    }
    QSettings settings;
    settings.setValue(QStringLiteral("geometry"), saveGeometry());
    settings.setValue(QStringLiteral("windowState"), saveState(stateVersion));
    event->accept();
}

MainWindow::Unsaved MainWindow::unsavedDialog(const QStringList& documents)
{
    QMessageBox box(
        QMessageBox::Warning, tr("Unsaved Changes"),
        documents.size() == 1
            ? tr("\"%1\" has changes that are not saved.").arg(documents.front())
            : tr("These images have changes that are not saved:\n%1").arg(documents.join(QLatin1Char('\n'))),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    switch (box.exec()) {
    case QMessageBox::Save:
        return Unsaved::Save;
    case QMessageBox::Discard:
        return Unsaved::Discard;
    default:
        return Unsaved::Cancel;
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    event->setAccepted(event->mimeData()->hasUrls());
}

void MainWindow::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const auto& url : event->mimeData()->urls()) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    event->acceptProposedAction();
    open(paths);
}

void MainWindow::showContextMenu(const QPoint& position)
{
    QMenu menu(this);
    const bool selected = currentView()->treeView().selectionModel()->hasSelection();
    const auto add = [&](std::initializer_list<const char*> names) {
        for (const auto* name : names) {
            *name == '\0' ? static_cast<void>(menu.addSeparator()) : menu.addAction(action(QString::fromLatin1(name)));
        }
    };
    add({"addFilesAction", "addFolderAction", "newFolderAction", "pasteAction"});
    if (selected) {
        add({"", "renameAction", "cutAction", "copyAction", "duplicateAction", "deleteAction", "", "moveUpAction",
             "moveDownAction"});
        menu.addMenu(m_alignmentMenu);
        add({"", "extractAction"});
    }
    menu.exec(position);
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Romsmith"),
                       tr("<h3>Romsmith %1</h3><p>Editor for MicroPython ROMFS images.</p><p>GPL-3.0-or-later</p>")
                           .arg(QApplication::applicationVersion()));
}

void MainWindow::updateRecent(const QString& path)
{
    QSettings settings;
    auto recent = settings.value(recentKey).toStringList();
    const auto absolute = QFileInfo(path).absoluteFilePath();
    recent.removeAll(absolute);
    recent.prepend(absolute);
    settings.setValue(recentKey, recent.mid(0, mostRecentFiles));
    rebuildRecentMenu();
}

void MainWindow::rebuildRecentMenu()
{
    m_recentMenu->clear();
    const auto recent = QSettings().value(recentKey).toStringList();
    for (const auto& path : recent) {
        connect(m_recentMenu->addAction(QFileInfo(path).fileName() % QStringLiteral(" — ") % QFileInfo(path).path()),
                &QAction::triggered, this, [this, path] { open({path}); });
    }
    m_recentMenu->setEnabled(!recent.isEmpty());
}

} // namespace romsmith::ui
