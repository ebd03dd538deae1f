// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "core/boards/boardtable.h"
#include "core/sources/imagefile.h"
#include "ui/compareview.h"
#include "ui/hexpanel.h"
#include "ui/icons.h"
#include "ui/imagemap.h"
#include "ui/inspector.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/previewview.h"
#include "ui/problemsview.h"
#include "ui/settingsdialog.h"
#include "ui/targetselector.h"
#include "ui/text.h"
#include "ui/welcomepage.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QUndoGroup>

#include <algorithm>

namespace romsmith::ui {
namespace {

constexpr int stateVersion = 1;
constexpr int mostRecentFiles = 10;
const QString recentKey = QStringLiteral("recentFiles");
const QString targetsKey = QStringLiteral("targets"); ///< by the paths of images
const QString sessionKey = QStringLiteral("session");

/// Rows can be carried over the tabs into another image; files that are dropped on them open like anywhere else.
class DocumentTabs final : public QTabWidget
{
public:
    explicit DocumentTabs(MainWindow& window)
        : QTabWidget(&window)
    {
        setDocumentMode(true);
        setTabsClosable(true);
        setMovable(true);
        setObjectName(QStringLiteral("documentTabs"));
        setAccessibleName(MainWindow::tr("Open images"));
        tabBar()->setChangeCurrentOnDrag(true);
        tabBar()->setAcceptDrops(true);
        tabBar()->installEventFilter(&window);
    }
};

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent)
    , m_undoGroup(new QUndoGroup(this))
    , m_tabs(new DocumentTabs(*this))
    , m_pages(new QStackedWidget(this))
{
    setWindowTitle(QStringLiteral("Romsmith"));
    setAcceptDrops(true);
    resize(1180, 760);
    connectQuestions();
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
    constexpr int sessionDelay = 1000;
    m_sessionTimer.setSingleShot(true);
    m_sessionTimer.setInterval(sessionDelay);
    connect(&m_sessionTimer, &QTimer::timeout, this, [this] {
        noteSession();
        saveSession();
    });

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
    m_map->setDocument(nullptr);
    m_inspector->show(nullptr, nullptr);
    disconnect(m_tabs, nullptr, this, nullptr);
    qDeleteAll(views());
}

void MainWindow::connectQuestions()
{
    askAboutUnsaved = [this](const QStringList& documents) { return unsavedDialog(documents); };
    askForSavePath = [this](const QString& suggested) {
        QFileDialog dialog(this, tr("Save Image"), {}, tr("ROMFS images (*.img *.romfs);;All files (*)"));
        dialog.setAcceptMode(QFileDialog::AcceptSave);
        dialog.setDefaultSuffix(QStringLiteral("img"));
        dialog.selectFile(suggested);
        return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
    };
    askForArchivePath = [this](const QString& suggested) {
        return QFileDialog::getSaveFileName(this, tr("Export to an Archive"), suggested,
                                            tr("Archives (*.zip *.tar.gz *.tgz)"));
    };
    askForImages = [this] {
        return QFileDialog::getOpenFileNames(this, tr("Open Images"), {},
                                             tr("ROMFS images (*.img *.romfs *.bin);;All files (*)"));
    };
    askForOtherImage = [this] {
        return QFileDialog::getOpenFileName(this, tr("Compare With"), {},
                                            tr("ROMFS images (*.img *.romfs *.bin);;All files (*)"));
    };
    askForFiles = [this] { return QFileDialog::getOpenFileNames(this, tr("Add Files")); };
    askForOffset = [this] {
        return QInputDialog::getText(this, tr("Go to Offset"),
                                     tr("Offset in the image, or address on the board (0x1f40 or 8000):"));
    };
    askForFolder = [this](const QString& title) { return QFileDialog::getExistingDirectory(this, title); };
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
    return static_cast<int>(views().size());
}

QList<DocumentView*> MainWindow::views() const
{
    QList<DocumentView*> all;
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (auto* view = qobject_cast<DocumentView*>(m_tabs->widget(i))) {
            all.append(view);
        }
    }
    return all;
}

void MainWindow::newDocument()
{
    addView(std::make_unique<Document>());
}

void MainWindow::open(const QStringList& paths)
{
    QStringList images;
    QStringList content;
    for (const auto& path : paths) {
        const bool namedLikeOne = path.endsWith(QLatin1String(".img")) || path.endsWith(QLatin1String(".romfs"));
        (isImageFile(path) || namedLikeOne ? images : content).append(path);
    }
    openImages(images);
    if (!content.isEmpty()) {
        newDocument();
        auto* view = currentView();
        if (content.size() == 1 && QFileInfo(content.front()).isDir()) {
            view->importer().addContentOf(content.front());
        } else {
            view->importer().addFiles(content, {.folder = &view->document().tree().root(), .row = {}});
        }
    }
}

DocumentView* MainWindow::viewOf(const QString& path) const
{
    const auto open = views();
    const auto found = std::ranges::find_if(open, [&path](const DocumentView* view) {
        return !view->document().path().isEmpty() && isSameFile(view->document().path(), path);
    });
    return found == open.end() ? nullptr : *found;
}

void MainWindow::openImages(const QStringList& paths)
{
    QStringList closed;
    for (const auto& path : paths) {
        if (auto* view = viewOf(path)) {
            m_tabs->setCurrentWidget(view);
        } else {
            closed.append(path);
        }
    }
    if (closed.isEmpty()) {
        return;
    }
    m_jobs.run(
        this, tr("Opening %1").arg(QFileInfo(closed.front()).fileName()),
        [closed](const std::stop_token& stop) {
            std::vector<Opened> images;
            for (auto path = closed.begin(); path != closed.end() && !stop.stop_requested(); ++path) {
                images.push_back(Opened::read(*path));
            }
            return images;
        },
        [this](std::vector<Opened> images) { addOpened(std::move(images)); });
}

void MainWindow::addOpened(std::vector<Opened> images)
{
    QStringList errors;
    for (auto& [path, stamp, image] : images) {
        if (auto* view = viewOf(path)) { // was asked for twice
            m_tabs->setCurrentWidget(view);
        } else if (image) {
            addView(std::make_unique<Document>(std::move(*image), QFileInfo(path).absoluteFilePath()), stamp);
            updateRecent(path);
        } else {
            errors.append(text(image.error().message));
        }
    }
    if (!errors.isEmpty()) {
        if (!currentView()) {
            newDocument();
        }
        currentView()->showError(errors.join(QLatin1Char('\n')));
    }
}

DocumentView& MainWindow::addView(std::unique_ptr<Document> document, const FileStamp& stamp)
{
    // An untouched new image makes room for what is opened.
    auto* current = currentView();
    const bool replaces = current && !document->path().isEmpty() && current->document().path().isEmpty()
        && !current->isNested() && current->document().plan().flat.entries.empty()
        && current->document().undoStack().count() == 0 && !current->document().isModified()
        && current->noticeBar().isHidden() && !current->importer().isLoading();
    if (!document->isRecovered()) {
        document->setTarget(rememberedTarget(document->path()).value_or(m_targets->target()));
    }
    auto* view = new DocumentView(std::move(document), m_jobs, stamp, m_tabs);
    addTab(view);
    if (const auto& problem = boards::BoardTable::userFileProblem(); problem && !std::exchange(m_hasSaidBoards, true)) {
        view->showError(text(problem->message));
    }
    if (replaces && !QApplication::activeModalWidget()) { // a question may be about it
        delete current;
    }
    return *view;
}

void MainWindow::addTab(DocumentView* view)
{
    if (m_tabs->indexOf(view) >= 0) {
        m_tabs->setCurrentWidget(view);
        return;
    }
    m_undoGroup->addStack(&view->document().undoStack());
    connect(&view->document(), &Document::titleChanged, this, &MainWindow::updateTitles);
    connect(&view->document(), &Document::targetChanged, this, [this, view] { rememberTarget(view->document()); });
    connect(view, &DocumentView::saved, this, &MainWindow::reportSaved);
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
            [this, view] { compareWithFile(*view, view->document().path()); });
    connect(view, &DocumentView::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(&view->importer(), &Importer::openRequested, this, &MainWindow::open);
    connect(view, &DocumentView::nestedOpened, this, &MainWindow::addTab);
    connect(view, &DocumentView::saveAsRequested, this, [this, view] { saveAs(*view); });
    for (auto* action : std::as_const(m_treeActions)) {
        view->addAction(action);
    }
    m_tabs->addTab(view, view->document().name());
    m_tabs->setCurrentWidget(view);
    view->setFocus();
    updateTitles();
}

void MainWindow::recoverDocuments()
{
    auto journals = AbandonedJournal::findAll();
    for (auto& abandoned : journals.readable) {
        const auto lost = abandoned.snapshot.lostContents;
        const auto stamp = FileStamp::of(abandoned.snapshot.path);
        auto& view = addView(std::make_unique<Document>(std::move(abandoned.snapshot)), stamp);
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
        closeDocuments({&view});
    } else {
        delete &view;
        currentChanged();
    }
}

void MainWindow::addFilesToCurrent(QStringList paths)
{
    paths.removeAll(QString()); // cancelled
    if (auto* view = currentView()) { // as it is after the question
        view->addFiles(paths);
    }
}

void MainWindow::goToOffset()
{
    bool valid = false;
    const auto answer = askForOffset().trimmed();
    const auto offset = answer.toULongLong(&valid, 0);
    if (!currentView()) {
        return;
    }
    if (valid) {
        currentView()->goToOffset(offset);
    } else if (!answer.isEmpty()) {
        currentView()->showError(tr("\"%1\" is not a number; write 0x1f40 or 8000.").arg(answer));
    }
}

void MainWindow::currentChanged()
{
    auto* view = currentView();
    m_pages->setCurrentWidget(m_tabs->count() > 0 ? static_cast<QWidget*>(m_tabs) : m_welcome);
    m_undoGroup->setActiveStack(view ? &view->document().undoStack() : nullptr);
    m_problems->findings().setDocument(view ? &view->document() : nullptr);
    m_map->setDocument(view ? &view->document() : nullptr);
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

void MainWindow::rebuildCompareMenu()
{
    m_compareMenu->clear();
    auto* view = currentView();
    const auto add = [this](const QString& text, auto run) {
        connect(m_compareMenu->addAction(text), &QAction::triggered, this, run);
    };
    if (!view) {
        return;
    }
    if (const auto& path = view->document().path(); !path.isEmpty()) {
        add(tr("The &Saved File"), [this, view, path] { compareWithFile(*view, path); });
    }
    for (auto* other : views()) {
        if (other != view) {
            add(other->document().name(), [this, view, other] {
                // What is being looked at is the newer one, as against the saved file.
                showComparison(new CompareView(other->document().name(), other->document().image(),
                                               view->document().name(), view->document().image(), m_tabs));
            });
        }
    }
    add(tr("&Another File…"), [this, view = QPointer(view)] {
        if (const auto path = askForOtherImage(); !path.isEmpty() && view) {
            compareWithFile(*view, path);
        }
    });
}

void MainWindow::compareWithFile(DocumentView& view, const QString& path)
{
    const auto fileName = QFileInfo(path).fileName();
    m_jobs.run(
        &view, tr("Reading %1").arg(fileName),
        [path](const std::stop_token&) { return sources::openImage(toPath(path)); },
        [this, path, fileName, &view](Result<romfs::Image> file) {
            if (!file) {
                view.showError(text(file.error().message));
                return;
            }
            const auto& document = view.document();
            Document other(std::move(*file), path);
            other.setTarget(document.target());
            const auto name = path == document.path() ? tr("%1 as saved").arg(fileName) : fileName;
            showComparison(new CompareView(name, other.image(), document.name(), document.image(), m_tabs));
        });
}

void MainWindow::showComparison(CompareView* comparison)
{
    m_tabs->setCurrentIndex(m_tabs->addTab(comparison, icon(QStringLiteral("compare")), comparison->title()));
    comparison->setFocus();
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

void MainWindow::showLine(int line)
{
    m_inspectorDock->show();
    m_inspectorDock->raise();
    m_inspector->setCurrentWidget(&m_inspector->preview());
    m_inspector->preview().goToLine(line);
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
    enable(action(QStringLiteral("reopenAction")), !m_closedPaths.isEmpty(), tr("nothing was closed yet"));
    enable(action(QStringLiteral("revertAction")), view && !view->document().path().isEmpty(),
           tr("the image is not a file yet"));
    const auto* node = view ? view->treeView().currentNode() : nullptr;
    enable(action(QStringLiteral("openNestedAction")), selected && node && DocumentView::isImage(*node),
           tr("the selection is no ROMFS image"));
    enable(action(QStringLiteral("replaceAction")), selected && node && node->isFile(), tr("no file is selected"));
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

void MainWindow::save(DocumentView& view)
{
    if (view.isNested()) {
        view.saveIntoOuter();
    } else if (view.document().path().isEmpty()) {
        saveAs(view);
    } else {
        view.save(view.document().path(), {});
    }
}

void MainWindow::saveAs(DocumentView& view)
{
    if (const auto path = pathToSaveAs(view); !path.isEmpty()) {
        view.save(path, [this, path] { updateRecent(path); });
    }
}

QString MainWindow::pathToSaveAs(const DocumentView& view)
{
    const QPointer self(&view);
    const auto& known = view.document().path();
    auto path = askForSavePath(known.isEmpty() ? QStringLiteral("romfs0.img") : known);
    if (!self || path.isEmpty()) {
        return {};
    }
    if (auto* other = viewOf(path); other && other != &view) {
        currentView()->showError(
            tr("%1 is open in another tab, which would lose its file. Choose another name, or close that tab first.")
                .arg(path));
        return {};
    }
    return path;
}

void MainWindow::saveCopy()
{
    const QPointer view(currentView());
    const auto path = askForSavePath({});
    if (path.isEmpty() || !view) {
        return;
    }
    if (auto* other = viewOf(path); other && other != view) {
        view->showError(tr("%1 is open in another tab. Choose another name.").arg(path));
    } else {
        view->saveCopy(path);
    }
}

void MainWindow::extractSelection()
{
    const QPointer view(currentView());
    const auto folder = askForFolder(tr("Extract to Folder"));
    if (!folder.isEmpty() && view) {
        const auto nodes = view->treeView().selectedNodes();
        view->exporter().extract({nodes.begin(), nodes.end()}, folder);
    }
}

void MainWindow::extractAll()
{
    const QPointer view(currentView());
    const auto folder = askForFolder(tr("Extract All to Folder"));
    if (!folder.isEmpty() && view) {
        view->exporter().extract({&view->document().tree().root()}, folder);
    }
}

void MainWindow::closeTab(int index)
{
    auto* tab = m_tabs->widget(index);
    if (auto* view = qobject_cast<DocumentView*>(tab)) {
        closeDocuments({view});
    } else {
        delete tab;
    }
}

void MainWindow::closeViews(const QList<QPointer<DocumentView>>& toClose)
{
    for (const auto& view : toClose) {
        if (view) {
            if (const auto& path = view->document().path(); !path.isEmpty()) {
                m_closedPaths.append(path);
            }
            delete view;
        }
    }
    currentChanged();
}

QList<QPointer<DocumentView>> MainWindow::withNested(const QList<DocumentView*>& outer) const
{
    auto all = outer;
    for (auto* view : views()) {
        for (auto* around = view->outer(); around && !all.contains(view); around = around->outer()) {
            if (outer.contains(around)) {
                all.append(view);
            }
        }
    }
    // What is nested goes into its outer image first: that one is to be saved with it.
    std::ranges::stable_sort(all, std::ranges::greater(), &DocumentView::depth);
    return {all.begin(), all.end()};
}

bool MainWindow::closeDocuments(const QList<DocumentView*>& documents, const std::function<void()>& closedLater)
{
    const auto toClose = withNested(documents);
    QStringList unsaved;
    for (const auto& view : toClose) {
        if (view->document().isModified()) {
            unsaved.append(view->document().name());
        }
    }
    const auto answer = unsaved.isEmpty() ? Unsaved::Discard : askAboutUnsaved(unsaved);
    if (answer == Unsaved::Cancel) {
        return false;
    }
    if (answer == Unsaved::Save) {
        return saveAndClose(toClose, closedLater);
    }
    closeViews(toClose);
    return true;
}

/// Everything is saved before anything is closed, so that a failure or second thoughts lose nothing. True if there was
/// nothing to wait for.
bool MainWindow::saveAndClose(const QList<QPointer<DocumentView>>& toClose, const std::function<void()>& closedLater)
{
    QList<std::pair<QPointer<DocumentView>, QString>> toSave;
    for (const auto& view : toClose) {
        if (!view || !view->document().isModified()) {
            continue;
        }
        if (view->isNested()) {
            view->saveIntoOuter();
            if (view->document().isModified()) {
                m_tabs->setCurrentWidget(view); // it says why
                return false;
            }
            continue;
        }
        m_tabs->setCurrentWidget(view);
        const auto path = view->document().path().isEmpty() ? pathToSaveAs(*view) : view->document().path();
        if (path.isEmpty()) {
            return false;
        }
        toSave.emplace_back(view, path);
    }
    const auto left = std::make_shared<qsizetype>(toSave.size());
    const auto closeAll = [this, toClose, closedLater] {
        const auto isUnsaved = [](const QPointer<DocumentView>& view) { return view && view->document().isModified(); };
        if (std::ranges::any_of(toClose, isUnsaved)) {
            return; // edited while it was saved
        }
        closeViews(toClose);
        if (closedLater) {
            closedLater();
        }
    };
    for (const auto& [view, path] : toSave) {
        view->save(path, [left, closeAll] {
            if (--*left == 0) {
                closeAll();
            }
        });
    }
    if (toSave.isEmpty()) {
        closeViews(toClose);
    }
    return toSave.isEmpty();
}

void MainWindow::restoreSession()
{
    auto paths = QSettings().value(sessionKey).toStringList();
    paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    openImages(paths);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (documentCount() > 0) { // not again when what had to be saved has been closed
        noteSession();
    }
    if (!m_jobs.isIdle()) {
        m_closesWhenIdle = true; // what is being written is not left half done
        statusBar()->showMessage(tr("Romsmith closes when this is done."));
        event->ignore();
        return;
    }
    if (!closeDocuments(views(), [this] { close(); })) {
        event->ignore(); // comes back when everything is saved
        return;
    }
    m_sessionTimer.stop();
    saveSession();
    event->accept();
}

void MainWindow::saveSession()
{
    QSettings settings;
    settings.setValue(sessionKey, m_session);
    settings.setValue(QStringLiteral("geometry"), saveGeometry());
    settings.setValue(QStringLiteral("windowState"), saveState(stateVersion));
}

void MainWindow::noteSession()
{
    m_session.clear();
    for (const auto* view : views()) {
        if (const auto& path = view->document().path(); !path.isEmpty()) {
            m_session.append(path);
        }
    }
}

MainWindow::Unsaved MainWindow::unsavedDialog(const QStringList& documents)
{
    QMessageBox box(
        QMessageBox::Warning, tr("Unsaved Changes"),
        documents.size() == 1
            ? tr("\"%1\" has changes that are not saved.").arg(documents.front())
            : tr("These images have changes that are not saved:\n%1").arg(documents.join(QLatin1Char('\n'))),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    if (documents.size() > 1) {
        box.button(QMessageBox::Save)->setText(tr("&Save All"));
    }
    box.button(QMessageBox::Discard)->setText(tr("&Discard"));
    switch (box.exec()) {
    case QMessageBox::Save:
        return Unsaved::Save;
    case QMessageBox::Discard:
        return Unsaved::Discard;
    default:
        return Unsaved::Cancel;
    }
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
        add({"", "copyPathAction", "extractAction", "propertiesAction"});
    }
    menu.exec(position);
}

void MainWindow::showSettings()
{
    auto* dialog = new SettingsDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SettingsDialog::compilerChanged, this, [this] {
        for (auto* view : views()) {
            view->document().recompile();
        }
    });
    dialog->open();
}

void MainWindow::reportSaved(const QString& path)
{
    auto* view = qobject_cast<DocumentView*>(sender());
    const auto& layout = view->document().plan().layout;
    statusBar()->showMessage(tr("Saved %1, %2 bytes").arg(path, exactSize(layout.totalSize())));
    const auto size = view->document().target().size();
    if (size && layout.totalSize() > *size) {
        view->noticeBar().show(romfs::Severity::Warning,
                               tr("Saved, but it is %1 bytes too large for %2 and cannot be flashed.")
                                   .arg(exactSize(layout.totalSize() - *size), text(view->document().target().name())));
    }
    rememberTarget(view->document());
}

void MainWindow::exportArchive()
{
    const QPointer view(currentView());
    const auto base = QFileInfo(view->document().path()).completeBaseName();
    const auto path = askForArchivePath((base.isEmpty() ? QStringLiteral("romfs0") : base) % QStringLiteral(".zip"));
    if (view && !path.isEmpty()) {
        view->exporter().exportArchive(path);
    }
}

void MainWindow::replaceContent()
{
    const QPointer view(currentView());
    const auto paths = askForFiles();
    auto* file = view && !paths.isEmpty() ? view->treeView().currentNode() : nullptr;
    if (file && file->isFile()) {
        view->importer().replaceContent(*file, paths.front());
    }
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Romsmith"),
                       tr("<h3>Romsmith %1</h3><p>Editor for MicroPython ROMFS images.</p><p>GPL-3.0-or-later</p>")
                           .arg(QApplication::applicationVersion()));
}

std::optional<build::Target> MainWindow::rememberedTarget(const QString& path)
{
    const auto remembered = QSettings().value(targetsKey).toMap().value(path);
    return remembered.isValid() ? std::optional(build::Target::fromKey(remembered.toString().toStdString()))
                                : std::nullopt;
}

void MainWindow::rememberTarget(const Document& document)
{
    if (document.path().isEmpty()) {
        return;
    }
    QSettings settings;
    auto targets = settings.value(targetsKey).toMap();
    targets.insert(document.path(), text(document.target().key()));
    const auto recent = settings.value(recentKey).toStringList();
    for (auto known = targets.begin(); known != targets.end();) { // what is no longer recent is forgotten
        known
            = known.key() == document.path() || recent.contains(known.key()) ? std::next(known) : targets.erase(known);
    }
    settings.setValue(targetsKey, targets);
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
    m_welcome->setRecent(recent);
    for (const auto& path : recent) {
        connect(m_recentMenu->addAction(QFileInfo(path).fileName() % QStringLiteral(" — ") % QFileInfo(path).path()),
                &QAction::triggered, this, [this, path] { open({path}); });
    }
    if (!recent.isEmpty()) {
        m_recentMenu->addSeparator();
    }
    connect(m_recentMenu->addAction(tr("&Clear")), &QAction::triggered, this, [this] {
        QSettings().remove(recentKey);
        rebuildRecentMenu();
    });
    m_recentMenu->setEnabled(!recent.isEmpty());
}

} // namespace romsmith::ui
