// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the main window consists of; what it does is in mainwindow.cpp.
#include "ui/contained.h"
#include "ui/delegates.h"
#include "ui/detailsview.h"
#include "ui/device/devicetools.h"
#include "ui/device/flashbutton.h"
#include "ui/filteredit.h"
#include "ui/icons.h"
#include "ui/imagemap.h"
#include "ui/inspector.h"
#include "ui/logpanel.h"
#include "ui/mainwindow.h"
#include "ui/problemspanel.h"
#include "ui/targetselector.h"
#include "ui/welcomepage.h"

#include <QDockWidget>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>
#include <QUndoGroup>
#include <QUndoView>

#include <algorithm>
#include <array>

namespace romsmith::ui {

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

QAction* MainWindow::addEditAction(const QString& name, const QString& text, const QString& icon,
                                   const QKeySequence& shortcut, void (TreeEditor::*run)())
{
    auto* added = addAction(name, text, icon, shortcut, [this, run] {
        if (auto* view = currentView()) {
            (view->editor().*run)();
        }
    });
    m_documentActions.append(added);
    return added;
}

void MainWindow::buildActions()
{
    const auto s = [](const char* text) { return QString::fromLatin1(text); };
    addAction(s("newAction"), tr("&New"), s("document-new"), QKeySequence::New, [this] { newDocument(); });
    addAction(s("openAction"), tr("&Open…"), s("document-open"), QKeySequence::Open,
              [this] { open(m_questions.askForImages()); });
    m_documentActions << addAction(s("saveAction"), tr("&Save"), s("document-save"), QKeySequence::Save, [this] {
        m_saving.save(*currentView());
    }) << addAction(s("saveAsAction"), tr("Save &As…"), {}, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] {
        m_saving.saveAs(*currentView());
    }) << addAction(s("saveCopyAction"), tr("Save a Cop&y…"), {}, {}, [this] { m_saving.saveCopy(*currentView()); });
    addAction(s("closeAction"), tr("&Close"), {}, QKeySequence(Qt::CTRL | Qt::Key_W),
              [this] { closeTab(m_tabs->currentIndex()); });
    addAction(s("reopenAction"), tr("Reopen Close&d"), {}, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] {
        if (m_session.hasClosed()) {
            open({m_session.takeClosed()});
        }
    });
    m_documentActions << addAction(s("revertAction"), tr("Re&vert to the Saved File"), s("refresh"),
                                   QKeySequence::Refresh, [this] { currentView()->reload(); });
    m_documentActions << addAction(s("refreshAction"), tr("&Refresh From the Disk"), s("refresh"),
                                   QKeySequence(Qt::SHIFT | Qt::Key_F5), [this] { currentView()->refresh(); });
    addAction(s("quitAction"), tr("&Quit"), {}, QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });

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
                                   [this] { addFilesToCurrent(m_questions.askForFiles()); })
                      << addAction(s("addFolderAction"), tr("Add F&older…"), s("add-folder"),
                                   QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_A),
                                   [this] { addFilesToCurrent({m_questions.askForFolder(tr("Add Folder"))}); });
    addEditAction(s("newFolderAction"), tr("&New Folder"), s("new-folder"),
                  QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N), &TreeEditor::newFolder);
    addEditAction(s("sortAction"), tr("&Sort by Name"), {}, {}, &TreeEditor::sortByName);
    addEditAction(s("pasteAction"), tr("&Paste"), s("paste"), QKeySequence::Paste, &TreeEditor::paste);
    m_documentActions << addAction(s("filterAction"), tr("&Filter"), s("search"), QKeySequence::Find,
                                   [this] { currentView()->filterEdit().begin(); });
    m_selectionActions << addEditAction(s("cutAction"), tr("Cu&t"), s("cut"), QKeySequence::Cut, &TreeEditor::cut)
                       << addEditAction(s("copyAction"), tr("&Copy"), s("duplicate"), QKeySequence::Copy,
                                        &TreeEditor::copy)
                       << addEditAction(s("renameAction"), tr("Rena&me"), s("rename"), QKeySequence(Qt::Key_F2),
                                        &TreeEditor::renameCurrent)
                       << addEditAction(s("duplicateAction"), tr("Dupl&icate"), s("duplicate"),
                                        QKeySequence(Qt::CTRL | Qt::Key_D), &TreeEditor::duplicateSelection)
                       << addEditAction(s("deleteAction"), tr("&Delete"), s("delete"), QKeySequence::Delete,
                                        &TreeEditor::deleteSelection);
    m_selectionActions << addAction(s("moveUpAction"), tr("Mo&ve Up"), s("move-up"),
                                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Up),
                                    [this] { currentView()->editor().moveSelection(-1); })
                       << addAction(s("moveDownAction"), tr("Move Do&wn"), s("move-down"),
                                    QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Down),
                                    [this] { currentView()->editor().moveSelection(1); })
                       << addAction(s("extractAction"), tr("&Extract…"), s("extract"),
                                    QKeySequence(Qt::CTRL | Qt::Key_E), [this] { extractSelection(); });
    m_documentActions << addAction(s("extractAllAction"), tr("Extract A&ll…"), {},
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { extractAll(); })
                      << addAction(s("exportAction"), tr("Ex&port to an Archive…"), {}, {}, [this] { exportArchive(); })
                      << addAction(s("exportManifestAction"), tr("Export as a &Manifest…"), {}, {},
                                   [this] {
                                       const QPointer view(currentView());
                                       const auto folder = m_questions.askForFolder(tr("Export as a Manifest"));
                                       if (view && !folder.isEmpty()) {
                                           view->exporter().exportManifest(folder);
                                       }
                                   })
                      << addAction(s("goToOffsetAction"), tr("&Go to Offset…"), {}, QKeySequence(Qt::CTRL | Qt::Key_G),
                                   [this] { goToOffset(); })
                      << addAction(s("expandAction"), tr("&Expand All"), {},
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Plus),
                                   [this] { currentView()->treeView().expandEverything(); })
                      << addAction(s("collapseAction"), tr("&Collapse All"), {},
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Minus),
                                   [this] { currentView()->treeView().collapseAll(); })
                      << addAction(s("imageOrderAction"), tr("Image &Order"), {}, {},
                                   [this] { currentView()->treeView().sortByColumn(-1, Qt::AscendingOrder); });
    // Everywhere in the window: tabs have these keys only as long as they have the focus.
    const auto turnTo = [this](int step) {
        const auto count = m_tabs->count();
        if (count > 0) {
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + step + count) % count);
        }
    };
    addAction(s("nextTabAction"), tr("Ne&xt Tab"), {}, QKeySequence::NextChild, [turnTo] { turnTo(1); });
    addAction(s("previousTabAction"), tr("Pre&vious Tab"), {}, QKeySequence::PreviousChild, [turnTo] { turnTo(-1); });
    // What a key with two signs on it sends depends on the layout of the keyboard.
    action(s("expandAction"))
        ->setShortcuts({QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Plus), QKeySequence(Qt::CTRL | Qt::Key_Plus),
                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Equal)});
    m_selectionActions << addAction(s("propertiesAction"), tr("P&roperties"), {},
                                    QKeySequence(Qt::ALT | Qt::Key_Return), [this] {
                                        m_inspectorDock->show();
                                        m_inspectorDock->raise();
                                        m_inspector->setCurrentWidget(&m_inspector->details());
                                    });
    m_selectionActions << addEditAction(s("copyPathAction"), tr("Copy Path in the Image"), {},
                                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), &TreeEditor::copyPath);
    m_selectionActions << addEditAction(s("copyAsTextAction"), tr("Copy Rows as Te&xt"), {}, {},
                                        &TreeEditor::copyAsText);
    m_documentActions << addAction(s("openNestedAction"), tr("Open &Nested Image"), s("romfs"), {},
                                   [this] { currentView()->openCurrentNested(); })
                      << addAction(s("replaceAction"), tr("Replace Wit&h…"), s("refresh"), {},
                                   [this] { replaceContent(); })
                      << addAction(s("selectAllAction"), tr("Select All"), {}, QKeySequence::SelectAll,
                                   [this] { currentView()->treeView().selectAll(); });
    const Comparisons::AddAction add = [this](const char* name, const QString& text, const QString& icon,
                                              const QKeySequence& shortcut, std::function<void()> run) {
        return addAction(QString::fromLatin1(name), text, icon, shortcut, std::move(run));
    };
    m_comparisons.addActions(add);
    m_devices->addActions(add);
    // These keys belong to whatever has the focus; here they are for the tree and what is around it.
    for (const auto* name : {"cutAction", "copyAction", "pasteAction", "renameAction", "duplicateAction",
                             "deleteAction", "moveUpAction", "moveDownAction", "copyPathAction", "selectAllAction"}) {
        auto* own = action(s(name));
        own->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        removeAction(own);
        m_treeActions.append(own);
    }
    m_documentActions << addAction(s("alignmentRulesAction"), tr("&Alignment Rules…"), s("align"), {},
                                   [this] { showAlignmentRules(); });
    addAction(s("settingsAction"), tr("Settin&gs…"), {}, QKeySequence(Qt::CTRL | Qt::Key_Comma),
              [this] { showSettings(); });
    addAction(s("aboutAction"), tr("&About Romsmith"), {}, {}, [this] { showAbout(); });
}

void MainWindow::buildToolBar()
{
    auto* bar = addToolBar(tr("Main Toolbar"));
    bar->setObjectName(QStringLiteral("mainToolBar"));
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({20, 20});
    const auto add = [&](const char* name) { bar->addAction(action(QString::fromLatin1(name))); };
    for (const auto* name : {"newAction", "openAction", "saveAction"}) {
        add(name);
        action(QString::fromLatin1(name))
            ->setPriority(QAction::LowPriority); // known by their icons; room for the target
    }
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
    bar->addWidget(m_devices->makeFlashButton(bar));
    connect(m_targets, &TargetSelector::chosen, this, [this](const build::Target& target) {
        m_session.setLastTarget(target);
        if (auto* view = currentView()) {
            view->document().setTarget(target);
        }
    });
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* widget, Qt::DockWidgetArea area)
{
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(new Contained(widget, dock));
    addDockWidget(area, dock);
    return dock;
}

void MainWindow::buildDocks()
{
    auto* problems = new ProblemsPanel(this);
    m_problems = &problems->view();
    m_problemsDock = addDock(QStringLiteral("problemsDock"), tr("Problems"), problems, Qt::BottomDockWidgetArea);
    connect(m_problems, &ProblemsView::goToRequested, this,
            [this](const tree::Node& node, const romfs::Finding& finding) {
                currentView()->goTo(node);
                if (finding.line > 0) {
                    showLine(static_cast<int>(finding.line));
                }
            });
    connect(m_problems, &ProblemsView::mendRequested, this,
            [this](const romfs::Finding& finding, tree::Node* node) { currentView()->editor().mend(finding, node); });
    connect(&m_problems->findings(), &FindingsModel::reloaded, this, [this] {
        const auto& findings = m_problems->findings();
        const auto count = findings.rowCount() + findings.hiddenCount();
        m_problemsDock->setWindowTitle(count == 0 ? tr("Problems") : tr("Problems (%1)").arg(count));
    });

    m_map = new ImageMap(this);
    auto* mapDock = addDock(QStringLiteral("mapDock"), tr("Image Map"), m_map, Qt::BottomDockWidgetArea);
    connect(m_map, &ImageMap::nodeActivated, this, [this](const tree::Node& node) { currentView()->goTo(node); });

    auto* history = new QUndoView(m_undoGroup, this);
    history->setEmptyLabel(tr("Before the first change"));
    history->setCleanIcon(icon(QStringLiteral("document-save")));
    history->setAccessibleName(tr("History"));
    const auto historyIcon = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    history->setIconSize({historyIcon, historyIcon});
    auto* historyDock = addDock(QStringLiteral("historyDock"), tr("History"), history, Qt::BottomDockWidgetArea);

    m_inspector = new Inspector(this);
    m_inspectorDock = addDock(QStringLiteral("inspectorDock"), tr("Inspector"), m_inspector, Qt::RightDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);

    auto* log = new LogPanel(m_log, this);
    connect(log, &LogPanel::saveRequested, this, &MainWindow::saveLog);
    auto* front = m_problemsDock;
    const QList<QDockWidget*> behind{addDock(QStringLiteral("logDock"), tr("Log"), log, Qt::BottomDockWidgetArea),
                                     mapDock, historyDock};
    const auto ofDevices
        = m_devices->addDocks([this](const QString& name, const QString& title, QWidget* widget,
                                     Qt::DockWidgetArea area) { return addDock(name, title, widget, area); });
    for (auto* dock : behind + ofDevices) {
        tabifyDockWidget(std::exchange(front, dock), dock);
    }
    m_problemsDock->raise();
    constexpr int lines = 14;
    resizeDocks({m_problemsDock}, {fontMetrics().height() * lines}, Qt::Vertical);
    resizeDocks({m_devices->dock(), m_inspectorDock}, {255, 340}, Qt::Horizontal);
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
        {"reopenAction", "", "saveAction", "saveAsAction", "saveCopyAction", "revertAction", "", "extractAction",
         "extractAllAction", "exportAction", "exportManifestAction", "", "closeAction", "quitAction"});

    auto* edit = menuBar()->addMenu(tr("&Edit"));
    edit->setObjectName(QStringLiteral("editMenu"));
    add(edit,
        {"undoAction",
         "redoAction",
         "",
         "cutAction",
         "copyAction",
         "pasteAction",
         "copyPathAction",
         "copyAsTextAction",
         "selectAllAction",
         "",
         "duplicateAction",
         "renameAction",
         "replaceAction",
         "deleteAction",
         "",
         "addFilesAction",
         "addFolderAction",
         "newFolderAction",
         "",
         "moveUpAction",
         "moveDownAction",
         "sortAction"});
    const auto selection
        = [this] { return currentView() ? currentView()->treeView().selectedNodes() : std::vector<tree::Node*>(); };
    const auto allOfSelection = [selection](auto&& is) {
        const auto nodes = selection();
        return !nodes.empty() && std::ranges::all_of(nodes, is);
    };
    m_alignmentMenu = edit->addMenu(icon(QStringLiteral("align")), tr("&Alignment"));
    const auto addAlignment = [&](const QString& text, std::optional<std::uint32_t> alignment) {
        addChoice(
            m_alignmentMenu, text,
            [allOfSelection, alignment] {
                return allOfSelection(
                    [&](const tree::Node* node) { return node->state().alignmentOverride == alignment; });
            },
            [this, alignment] { currentView()->editor().setAlignment(alignment); });
    };
    addAlignment(tr("By the &Rules"), {});
    m_alignmentMenu->addSeparator();
    for (const auto alignment : alignmentChoices()) {
        addAlignment(QString::number(alignment), alignment);
    }
    m_pythonMenu = edit->addMenu(icon(QStringLiteral("bytecode")), tr("P&ython"));
    const auto addCompile = [&](const QString& text, std::optional<bool> compile) {
        addChoice(
            m_pythonMenu, text,
            [allOfSelection, compile] {
                return allOfSelection([&](const tree::Node* node) { return node->state().compile == compile; });
            },
            [this, compile] { currentView()->editor().setCompile(compile); });
    };
    addCompile(tr("&As What Is Around It"), {});
    m_pythonMenu->addSeparator();
    addCompile(tr("&Compile to .mpy"), true);
    addCompile(tr("&Keep as Source"), false);
    edit->addSeparator();
    add(edit, {"settingsAction"});
    buildImageMenu();

    auto* view = menuBar()->addMenu(tr("&View"));
    add(view,
        {"filterAction", "goToOffsetAction", "", "expandAction", "collapseAction", "imageOrderAction", "",
         "nextTabAction", "previousTabAction"});
    view->addMenu(tr("Col&umns"))->addActions(m_columns.actions());
    view->addSeparator();
    m_compareMenu = view->addMenu(icon(QStringLiteral("compare")), tr("Com&pare With"));
    m_compareMenu->setObjectName(QStringLiteral("compareMenu"));
    connect(m_compareMenu, &QMenu::aboutToShow, &m_comparisons, [this] { m_comparisons.fill(*m_compareMenu); });
    m_comparisonMenu = view->addMenu(tr("Compariso&n"));
    m_comparisonMenu->addActions(m_comparisons.actions());
    add(view, {"propertiesAction", ""});
    for (auto* bar : findChildren<QToolBar*>()) {
        view->addAction(bar->toggleViewAction());
    }
    for (auto* dock : findChildren<QDockWidget*>()) {
        view->addAction(dock->toggleViewAction());
    }
    auto* device = menuBar()->addMenu(tr("&Device"));
    device->setObjectName(QStringLiteral("deviceMenu"));
    m_devices->fill(*device);
    auto* help = menuBar()->addMenu(tr("&Help"));
    add(help, {"aboutAction"});
}

void MainWindow::addChoice(QMenu* menu, const QString& text, std::function<bool()> isInForce,
                           std::function<void()> choose)
{
    auto* choice = menu->addAction(text);
    choice->setCheckable(true);
    connect(menu, &QMenu::aboutToShow, choice,
            [choice, isInForce = std::move(isInForce)] { choice->setChecked(isInForce()); });
    connect(choice, &QAction::triggered, this, std::move(choose));
}

void MainWindow::buildImageMenu()
{
    auto* image = menuBar()->addMenu(tr("&Image"));
    image->setObjectName(QStringLiteral("imageMenu"));
    image->addAction(action(QStringLiteral("refreshAction")));
    image->addSeparator();
    const auto addOption = [this](QMenu* menu, const QString& text, auto isInForce, auto choose) {
        addChoice(
            menu, text,
            [this, isInForce] { return currentView() && isInForce(std::as_const(currentView()->document())); },
            [this, choose] {
                if (auto* view = currentView()) {
                    choose(view->document());
                }
            });
    };
    auto* layout = image->addMenu(tr("&Layout"));
    const auto addStyle = [&](const QString& text, romfs::Style style) {
        addOption(
            layout, text, [style](const Document& document) { return document.style() == style; },
            [style](Document& document) { document.setStyle(style); });
    };
    addStyle(tr("&OpenMV (padded headers, aligned folders)"), romfs::Style::OpenMv);
    addStyle(tr("&Compact (as mpremote writes)"), romfs::Style::Compact);

    auto* python = image->addMenu(icon(QStringLiteral("bytecode")), tr("&Python"));
    const auto addPython = [&](QMenu* menu, const QString& text, auto member, auto value) {
        addOption(
            menu, text, [=](const Document& document) { return document.python().*member == value; },
            [=](Document& document) {
                auto options = document.python();
                options.*member = value;
                document.setPython(options);
            });
    };
    addPython(python, tr("&Compile Files to .mpy"), &build::PythonOptions::compile, true);
    addPython(python, tr("&Keep Files as Source"), &build::PythonOptions::compile, false);
    python->addSeparator();
    auto* level = python->addMenu(tr("&Optimize"));
    const std::array levels{tr("Level &0 (keep assert and line numbers)"), tr("Level &1 (no assert)"),
                            tr("Level &2 (no assert)"), tr("Level &3 (no assert, no line numbers)")};
    for (std::uint8_t i = 0; i < levels.size(); ++i) {
        addPython(level, levels[i], &build::PythonOptions::optimization, i);
    }
    image->addAction(action(QStringLiteral("alignmentRulesAction")));
    m_documentMenus = {layout, python};
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
        add({"", "openNestedAction", "replaceAction", "renameAction", "cutAction", "copyAction", "duplicateAction",
             "deleteAction", "", "moveUpAction", "moveDownAction"});
        menu.addMenu(m_alignmentMenu);
        menu.addMenu(m_pythonMenu);
        add({"", "copyPathAction", "copyAsTextAction", "extractAction", "propertiesAction"});
    }
    menu.exec(position);
}

void MainWindow::rebuildRecentMenu()
{
    m_recentMenu->clear();
    const auto recent = m_session.recentFiles();
    m_welcome->setRecent(recent);
    for (const auto& path : recent) {
        connect(m_recentMenu->addAction(QFileInfo(path).fileName() % QStringLiteral(" — ") % QFileInfo(path).path()),
                &QAction::triggered, this, [this, path] { open({path}); });
    }
    if (!recent.isEmpty()) {
        m_recentMenu->addSeparator();
    }
    connect(m_recentMenu->addAction(tr("&Clear")), &QAction::triggered, &m_session, &Session::clearRecent);
    m_recentMenu->setEnabled(!recent.isEmpty());
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

} // namespace romsmith::ui
