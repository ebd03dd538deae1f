// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"

#include "core/sources/imagefile.h"
#include "ui/compareview.h"
#include "ui/icons.h"
#include "ui/imagemap.h"
#include "ui/inspector.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/problemsview.h"
#include "ui/targetselector.h"
#include "ui/text.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
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
    m_map->setDocument(nullptr);
    m_inspector->show(nullptr, nullptr);
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
        const bool oneFolder = content.size() == 1 && QFileInfo(content.front()).isDir();
        view->addFiles(content, {.folder = &view->document().tree().root(), .row = {}},
                       oneFolder ? Adding::ContentOfFolder : Adding::Whole);
    }
}

DocumentView* MainWindow::viewOf(const QString& path) const
{
    const auto open = views();
    const auto found = std::ranges::find_if(open, [file = QFileInfo(path)](const DocumentView* view) {
        return !view->document().path().isEmpty() && QFileInfo(view->document().path()) == file;
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
            std::vector<Result<romfs::Image>> images;
            for (auto path = closed.begin(); path != closed.end() && !stop.stop_requested(); ++path) {
                images.push_back(sources::openImage(toPath(*path)));
            }
            return images;
        },
        [this, closed](std::vector<Result<romfs::Image>> images) {
            for (qsizetype i = 0; i < std::ssize(images); ++i) {
                addOpened(closed.at(i), std::move(images[static_cast<std::size_t>(i)]));
            }
        });
}

void MainWindow::addOpened(const QString& path, Result<romfs::Image> image)
{
    if (auto* view = viewOf(path)) { // was asked for twice
        m_tabs->setCurrentWidget(view);
    } else if (image) {
        addView(std::make_unique<Document>(std::move(*image), QFileInfo(path).absoluteFilePath()));
        updateRecent(path);
    } else {
        if (!currentView()) {
            newDocument();
        }
        currentView()->showError(text(image.error().message));
    }
}

void MainWindow::reload(DocumentView& view)
{
    const auto path = view.document().path();
    m_jobs.run(
        &view, tr("Opening %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) { return sources::openImage(toPath(path)); },
        [this, path, &view](Result<romfs::Image> image) {
            if (!image) {
                view.showError(text(image.error().message));
                return;
            }
            const auto place = m_tabs->indexOf(&view);
            auto& reloaded = addView(std::make_unique<Document>(std::move(*image), path));
            delete &view;
            m_tabs->tabBar()->moveTab(m_tabs->indexOf(&reloaded), place);
        });
}

DocumentView& MainWindow::addView(std::unique_ptr<Document> document)
{
    // An untouched new image makes room for what is opened.
    auto* current = currentView();
    const bool replaces = current && !document->path().isEmpty() && current->document().path().isEmpty()
        && !current->isNested() && current->document().plan().flat.entries.empty()
        && current->document().undoStack().count() == 0 && !current->document().isModified()
        && current->noticeBar().isHidden() && !current->isLoading();
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
    if (m_tabs->indexOf(view) >= 0) {
        m_tabs->setCurrentWidget(view);
        return;
    }
    m_undoGroup->addStack(&view->document().undoStack());
    connect(&view->document(), &Document::titleChanged, this, &MainWindow::updateTitles);
    connect(&view->document(), &Document::planChanged, this, &MainWindow::updateTitles);
    connect(view, &DocumentView::currentNodeChanged, this, &MainWindow::updateActions);
    connect(view, &DocumentView::currentNodeChanged, this, &MainWindow::showCurrentNode);
    connect(view, &DocumentView::compareWithFileRequested, this,
            [this, view] { compareWithFile(*view, view->document().path()); });
    connect(view, &DocumentView::contextMenuRequested, this, &MainWindow::showContextMenu);
    connect(view, &DocumentView::openRequested, this, &MainWindow::open);
    connect(view, &DocumentView::nestedOpened, this, &MainWindow::addTab);
    connect(view, &DocumentView::reloadRequested, this, [this, view] { reload(*view); });
    m_tabs->addTab(view, view->document().name());
    m_tabs->setCurrentWidget(view);
    view->setFocus();
    updateTitles();
}

void MainWindow::recoverDocuments()
{
    for (auto& abandoned : AbandonedJournal::findAll()) {
        const auto lost = abandoned.snapshot.lostContents;
        auto& view = addView(std::make_unique<Document>(std::move(abandoned.snapshot)));
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
}

void MainWindow::discardRecovered(DocumentView& view)
{
    if (view.document().path().isEmpty()) {
        delete &view;
        currentChanged();
    } else {
        reload(view);
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
    m_map->setDocument(view ? &view->document() : nullptr);
    showCurrentNode();
    if (view) {
        m_targets->setTarget(view->document().target());
    }
    updateTitles();
    updateActions();
}

void MainWindow::showCurrentNode()
{
    auto* view = currentView();
    const auto nodes = view ? view->treeView().selectedNodes() : std::vector<tree::Node*>();
    auto* node = nodes.size() == 1 ? nodes.front() : nullptr;
    m_inspector->show(view ? &view->document() : nullptr, node);
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
                showComparison(new CompareView(view->document().name(), view->document().image(),
                                               other->document().name(), other->document().image(), m_tabs));
            });
        }
    }
    add(tr("&Another File…"), [this, view] {
        if (const auto path = askForOtherImage(); !path.isEmpty()) {
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
            const Document other(std::move(*file), path);
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
    auto* tab = m_tabs->widget(index);
    if (auto* view = qobject_cast<DocumentView*>(tab)) {
        closeDocuments({view});
    } else {
        delete tab;
    }
}

void MainWindow::closeView(DocumentView& view)
{
    if (const auto& path = view.document().path(); !path.isEmpty()) {
        m_closedPaths.append(path);
    }
    delete &view;
}

bool MainWindow::closeDocuments(const QList<DocumentView*>& toClose, const std::function<void()>& closedLater)
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
    const auto isToSave
        = [answer](const DocumentView* view) { return answer == Unsaved::Save && view->document().isModified(); };
    // What is nested goes into its outer image first: that one is to be saved with it.
    auto innermostFirst = toClose;
    std::ranges::stable_sort(innermostFirst, std::ranges::greater(), &DocumentView::depth);
    for (auto* view : std::as_const(innermostFirst)) {
        if (view->isNested() && isToSave(view)) {
            save(*view);
            if (view->document().isModified()) {
                m_tabs->setCurrentWidget(view); // it says why
                return false;
            }
        }
    }
    const auto unsavedCount = std::make_shared<qsizetype>(std::ranges::count_if(toClose, isToSave));
    const bool allClosed = *unsavedCount == 0;
    for (auto* view : toClose) {
        if (!isToSave(view)) {
            closeView(*view);
            continue;
        }
        save(*view, [this, view, unsavedCount, closedLater] {
            if (view->document().isModified()) {
                return; // edited while it was saved
            }
            closeView(*view);
            currentChanged();
            if (--*unsavedCount == 0 && closedLater) {
                closedLater();
            }
        });
    }
    currentChanged();
    return allClosed;
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!closeDocuments(views(), [this] { close(); })) {
        event->ignore(); // comes back when everything is saved
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
    // Rows of a tree are no files to be opened.
    event->setAccepted(event->mimeData()->hasUrls() && !qobject_cast<const NodeMimeData*>(event->mimeData()));
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
