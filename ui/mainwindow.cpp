// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "ui/compareview.h"
#include "ui/device/devicetools.h"
#include "ui/hexpanel.h"
#include "ui/imagemap.h"
#include "ui/inspector.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/problemsview.h"
#include "ui/targetselector.h"
#include "ui/text.h"
#include "ui/welcomepage.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QToolButton>
#include <QUndoGroup>

namespace romsmith::ui {
namespace {

constexpr int stateVersion = 1;

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent)
    , m_questions(*this)
    , m_undoGroup(new QUndoGroup(this))
    , m_tabs(new DocumentTabs(this))
    , m_saving(*m_tabs, m_session, m_questions)
    , m_closing(*m_tabs, m_saving, m_questions)
    , m_comparisons(*m_tabs, m_questions, m_jobs)
    , m_opening(*m_tabs, m_session, m_jobs, [this] { return m_targets->target(); })
    , m_firmware(m_opening, m_jobs, *this)
    , m_devices(std::make_unique<DeviceTools>(*this, m_opening, m_comparisons, m_questions, m_log))
    , m_pages(new QStackedWidget(this))
{
    setWindowTitle(QStringLiteral("Romsmith"));
    setAcceptDrops(true);
    resize(1320, 800);
    m_tabs->tabBar()->installEventFilter(this);
    buildActions();
    m_welcome = new WelcomePage({action(QStringLiteral("newAction")), action(QStringLiteral("openAction"))}, this);
    connect(m_welcome, &WelcomePage::openRequested, this, [this](const QString& path) { open({path}); });
    m_pages->addWidget(m_welcome);
    m_pages->addWidget(m_tabs);
    setCentralWidget(m_pages);
    buildToolBar();
    buildDocks();
    buildMenus();
    buildStatusBar();
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::currentChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(&m_jobs, &Jobs::changed, this, &MainWindow::updateJobs);
    connect(&m_session, &Session::recentChanged, this, &MainWindow::rebuildRecentMenu);
    connect(&m_opening, &Opening::opened, this, &MainWindow::addTab);
    connect(&m_comparisons, &Comparisons::noticed, this,
            [this](const QString& notice) { statusBar()->showMessage(notice); });
    connect(&m_firmware, &FirmwareImages::firmwareWanted, m_devices.get(),
            [this](const QString& bundle) { m_devices->flashFirmware({bundle}); });
    connect(m_devices.get(), &DeviceTools::noticed, this,
            [this](const QString& notice) { statusBar()->showMessage(notice); });
    connect(m_devices.get(), &DeviceTools::saveLogRequested, this, &MainWindow::saveLog);
    connect(&m_closing, &Closing::closed, this, [this](const QStringList& paths) {
        m_session.addClosed(paths);
        currentChanged();
    });
    constexpr int sessionDelay = 1000;
    m_sessionTimer.setSingleShot(true);
    m_sessionTimer.setInterval(sessionDelay);
    connect(&m_sessionTimer, &QTimer::timeout, this, [this] {
        if (!m_closesWhenIdle) { // what was open has been noted before it was closed
            noteSession();
        }
        saveLayout();
    });

    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("windowState")).toByteArray(), stateVersion);
    m_targets->setTarget(m_session.lastTarget());
    currentChanged();
}

MainWindow::~MainWindow()
{
    m_jobs.cancelAll();
    m_devices->setView(nullptr);
    m_problems->findings().setDocument(nullptr);
    m_map->setDocument(nullptr);
    m_inspector->show(nullptr, nullptr);
    disconnect(m_tabs, nullptr, this, nullptr);
    qDeleteAll(m_tabs->views());
}

QAction* MainWindow::action(const QString& name) const
{
    return findChild<QAction*>(name);
}

DocumentView* MainWindow::currentView() const
{
    return m_tabs->currentView();
}

int MainWindow::documentCount() const
{
    return static_cast<int>(m_tabs->views().size());
}

void MainWindow::newDocument()
{
    m_opening.newDocument();
}

void MainWindow::open(const QStringList& paths)
{
    m_firmware.open(paths);
}

void MainWindow::addTab(DocumentView* view)
{
    if (m_tabs->indexOf(view) >= 0) {
        m_tabs->setCurrentWidget(view);
        return;
    }
    m_undoGroup->addStack(&view->document().undoStack());
    connect(&view->document(), &Document::titleChanged, this, &MainWindow::updateTitles);
    connect(&view->document(), &Document::targetChanged, this, [this, view] {
        rememberTarget(view->document());
        if (view == currentView()) {
            m_targets->setTarget(view->document().target());
        }
    });
    connect(view, &DocumentView::saved, this, &MainWindow::reportSaved);
    connect(view, &DocumentView::saved, this, &MainWindow::updateActions); // it may be a file from now on
    connect(view, &DocumentView::offsetReached, this, [this](std::uint64_t offset) {
        m_inspectorDock->show();
        m_inspectorDock->raise();
        m_inspector->setCurrentWidget(&m_inspector->hex());
        m_inspector->hex().goToImageOffset(offset);
    });
    connect(&view->document(), &Document::planChanged, this, &MainWindow::updateTitles);
    connect(view, &DocumentView::currentNodeChanged, this, &MainWindow::updateActions);
    connect(view, &DocumentView::currentNodeChanged, this, &MainWindow::showCurrentNode);
    connect(view, &DocumentView::compareWithFileRequested, this,
            [this, view] { m_comparisons.compareWithFile(*view, view->document().path()); });
    connect(view, &DocumentView::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(&view->importer(), &Importer::openRequested, this, &MainWindow::open);
    connect(&view->importer(), &Importer::imagesRequested, &m_firmware, &FirmwareImages::openImagesOf);
    connect(view, &DocumentView::nestedOpened, this, &MainWindow::addTab);
    connect(view, &DocumentView::saveAsRequested, this, [this, view] { m_saving.saveAs(*view); });
    logNotices(view->noticeBar(), *view);
    logNotices(view->fileNoticeBar(), *view);
    m_log.add(romfs::Severity::Info,
              view->document().path().isEmpty() ? tr("New image: %1").arg(view->document().name())
                                                : tr("Opened %1").arg(view->document().path()));
    m_columns.manage(view->treeView());
    for (auto* action : std::as_const(m_treeActions)) {
        view->addAction(action);
    }
    m_tabs->addTab(view, view->document().name());
    m_tabs->setCurrentWidget(view);
    view->treeView().setFocus();
    updateTitles();
}

void MainWindow::recoverDocuments()
{
    auto journals = AbandonedJournal::findAll();
    for (auto& abandoned : journals.readable) {
        const auto lost = abandoned.snapshot.lostContents;
        const auto stamp = FileStamp::of(abandoned.snapshot.path);
        auto& view = m_opening.add(std::make_unique<Document>(std::move(abandoned.snapshot)), stamp);
        if (view.document().journal().waitForWritten()) {
            abandoned.remove();
        }
        view.noticeBar().show(
            romfs::Severity::Warning,
            tr("Romsmith ended unexpectedly. These changes to \"%1\" had not been saved; they are back.")
                    .arg(view.document().name())
                % (lost == 0 ? QString()
                             : tr(" The content of %n file(s) was damaged and is empty now.", nullptr, lost)),
            {{tr("Discard Them"), [this, &view] { discardRecovered(view); }}});
    }
    if (!journals.unreadable.isEmpty()) {
        if (!currentView() || !currentView()->noticeBar().isHidden()) {
            newDocument();
        }
        currentView()->noticeBar().show(
            romfs::Severity::Warning,
            tr("Romsmith ended unexpectedly. Changes that had not been saved cannot be read back; what is left of them "
               "was put aside in %1.")
                .arg(journals.unreadable.join(QStringLiteral(", "))));
    }
}

void MainWindow::discardRecovered(DocumentView& view)
{
    if (!view.document().path().isEmpty()) {
        view.reload();
    } else if (view.document().undoStack().count() > 0) { // edited since it came back
        m_closing.close({&view});
    } else {
        delete &view;
        currentChanged();
    }
}

void MainWindow::currentChanged()
{
    auto* view = currentView();
    m_pages->setCurrentWidget(m_tabs->count() > 0 ? static_cast<QWidget*>(m_tabs) : m_welcome);
    m_undoGroup->setActiveStack(view ? &view->document().undoStack() : nullptr);
    m_problems->findings().setDocument(view ? &view->document() : nullptr);
    m_map->setDocument(view ? &view->document() : nullptr);
    m_devices->setView(view);
    showCurrentNode();
    if (view) {
        m_targets->setTarget(view->document().target());
    }
    updateTitles();
    updateActions();
}

/// Of several rows at once.
QString MainWindow::summaryOf(const Document& document, const std::vector<tree::Node*>& nodes)
{
    std::uint64_t size = 0;
    for (const auto* node : nodes) {
        if (const auto* placement = document.plan().placement(*node)) {
            size += placement->recordEnd - placement->recordOffset;
        }
    }
    return tr("%n item(s), %1 bytes of the image", nullptr, static_cast<int>(nodes.size())).arg(exactSize(size));
}

void MainWindow::showCurrentNode()
{
    auto* view = currentView();
    const auto nodes = view ? view->treeView().selectedNodes() : std::vector<tree::Node*>();
    auto* node = nodes.size() == 1 ? nodes.front() : nullptr;
    m_inspector->show(view ? &view->document() : nullptr, node,
                      nodes.size() > 1 ? summaryOf(view->document(), nodes) : QString());
    m_map->highlight(node);
}

void MainWindow::updateTitles()
{
    m_tabs->updateTitles();
    const auto* view = currentView();
    if (const auto* comparison = qobject_cast<const CompareView*>(m_tabs->currentWidget())) {
        setWindowTitle(comparison->title() % QStringLiteral(" — Romsmith"));
        setWindowFilePath({});
        setWindowModified(false);
        return;
    }
    setWindowTitle(view ? view->document().name() % QStringLiteral("[*] — Romsmith") : QStringLiteral("Romsmith"));
    setWindowFilePath(view ? view->document().path() : QString());
    setWindowModified(view && view->document().isModified());
    m_sessionTimer.start(); // a crash must not forget what was open
}

void MainWindow::updateActions()
{
    const auto* view = currentView();
    const bool selected = view && view->treeView().selectionModel()->hasSelection();
    // A disabled action says why.
    const auto enable = [](QAction* action, bool enabled, const QString& reason) {
        action->setEnabled(enabled);
        const auto text = action->iconText();
        action->setToolTip(enabled ? text : text % u" — " % reason);
        action->setStatusTip(enabled ? QString() : reason);
    };
    for (auto* action : std::as_const(m_documentActions)) {
        enable(action, view, tr("no image is open"));
    }
    for (auto* action : std::as_const(m_selectionActions)) {
        enable(action, selected, view ? tr("nothing is selected") : tr("no image is open"));
    }
    action(QStringLiteral("closeAction"))->setEnabled(m_tabs->count() > 0);
    enable(action(QStringLiteral("reopenAction")), m_session.hasClosed(), tr("nothing was closed yet"));
    enable(action(QStringLiteral("revertAction")), view && !view->document().path().isEmpty(),
           tr("the image is not a file yet"));
    const auto* node = view ? view->treeView().currentNode() : nullptr;
    enable(action(QStringLiteral("openNestedAction")), selected && node && DocumentView::isImage(*node),
           tr("the selection is no ROMFS image"));
    enable(action(QStringLiteral("replaceAction")), selected && node && node->isFile(), tr("no file is selected"));
    m_comparisons.updateActions();
    m_comparisonMenu->setEnabled(qobject_cast<CompareView*>(m_tabs->currentWidget()));
    m_alignmentMenu->setEnabled(selected);
    m_pythonMenu->setEnabled(selected);
    for (auto* menu : std::as_const(m_documentMenus)) {
        menu->setEnabled(view);
    }
}

void MainWindow::updateJobs()
{
    m_jobLabel->setText(m_jobs.title());
    m_jobCancel->setVisible(!m_jobs.isIdle());
    if (m_jobs.isIdle() && std::exchange(m_closesWhenIdle, false)) {
        statusBar()->clearMessage();
        QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);
    }
}

void MainWindow::closeTab(int index)
{
    auto* tab = m_tabs->widget(index);
    if (auto* view = qobject_cast<DocumentView*>(tab)) {
        m_closing.close({view});
    } else {
        delete tab;
    }
}

void MainWindow::restoreSession()
{
    auto paths = m_session.openFiles();
    paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    auto* view = currentView();
    m_opening.openImages(paths, view && view->document().isRecovered() ? view : nullptr);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (documentCount() > 0) { // not again when what had to be saved has been closed
        noteSession();
    }
    if (!m_devices->mayClose()) {
        event->ignore();
        return;
    }
    if (!m_jobs.isIdle()) {
        m_closesWhenIdle = true; // what is being written is not left half done
        statusBar()->showMessage(tr("Romsmith closes when this is done."));
        event->ignore();
        return;
    }
    if (!m_closing.close(m_tabs->views(), [this] { close(); })) {
        event->ignore(); // comes back when everything is saved
        return;
    }
    if (!m_devices->stop([this] { close(); })) { // not before it is certain that the window closes
        event->ignore();
        return;
    }
    m_sessionTimer.stop();
    saveLayout();
    event->accept();
}

void MainWindow::noteSession()
{
    QStringList paths;
    for (const auto* view : m_tabs->views()) {
        if (const auto& path = view->document().path(); !path.isEmpty()) {
            paths.append(path);
        }
    }
    m_session.setOpenFiles(paths);
}

void MainWindow::saveLayout()
{
    QSettings settings;
    settings.setValue(QStringLiteral("geometry"), saveGeometry());
    settings.setValue(QStringLiteral("windowState"), saveState(stateVersion));
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    // The bar of the tabs: it knows rows that are carried over it, and nothing of files.
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove) {
        auto* drag = static_cast<QDragMoveEvent*>(event);
        if (opensFiles(*drag->mimeData())) {
            drag->acceptProposedAction();
            return true;
        }
    } else if (event->type() == QEvent::Drop) {
        dropEvent(static_cast<QDropEvent*>(event));
        return true;
    }
    return QMainWindow::eventFilter(watched, event);
}

bool MainWindow::opensFiles(const QMimeData& mime)
{
    // Rows of a tree are no files to be opened.
    return mime.hasUrls() && !qobject_cast<const NodeMimeData*>(&mime);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    event->setAccepted(opensFiles(*event->mimeData()));
}

void MainWindow::dropEvent(QDropEvent* event)
{
    if (!opensFiles(*event->mimeData())) {
        return;
    }
    event->setDropAction(Qt::CopyAction); // the files stay where they are, whatever keys are held
    event->accept();
    open(localPaths(event->mimeData()->urls()));
}

void MainWindow::reportSaved(const QString& path)
{
    auto* view = qobject_cast<DocumentView*>(sender());
    const auto& layout = view->document().plan().layout;
    const auto notice = isRecipeName(path) ? tr("Saved %1").arg(path)
                                           : tr("Saved %1, %2 bytes").arg(path, exactSize(layout.totalSize()));
    statusBar()->showMessage(notice);
    m_log.add(romfs::Severity::Info, notice);
    const auto size = view->document().target().size();
    if (size && layout.totalSize() > *size) {
        view->noticeBar().show(romfs::Severity::Warning,
                               tr("Saved, but it is %1 bytes too large for %2 and cannot be flashed.")
                                   .arg(exactSize(layout.totalSize() - *size), text(view->document().target().name())));
    }
    const auto count = std::ranges::count(view->document().plan().findings, build::notCompiled, &romfs::Finding::code);
    if (count > 0 && !isRecipeName(path)) {
        view->noticeBar().show(romfs::Severity::Warning,
                               tr("Saved, but %n Python file(s) could not be compiled and went in as source.", nullptr,
                                  static_cast<int>(count)));
    }
    rememberTarget(view->document());
}

void MainWindow::rememberTarget(const Document& document)
{
    if (!document.path().isEmpty()) {
        m_session.setTargetOf(document.path(), document.target());
    }
}

} // namespace romsmith::ui
