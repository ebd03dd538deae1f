// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/documentview.h"

#include "core/sources/exportarchive.h"
#include "core/sources/imagefile.h"
#include "ui/capacitybar.h"
#include "ui/compilerchoice.h"
#include "ui/jobs.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/text.h"

#include <QClipboard>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace romsmith::ui {
namespace {

/// A gesture's text: "Add model.tflite", "Add 3 items".
QString describe(const QString& one, const QString& many, const std::vector<tree::Node*>& nodes)
{
    return nodes.size() == 1 ? one.arg(shownName(nodes.front()->name())) : many.arg(nodes.size());
}

std::vector<tree::Node*> pointers(const std::vector<std::unique_ptr<tree::Node>>& nodes)
{
    std::vector<tree::Node*> raw;
    raw.reserve(nodes.size());
    for (const auto& node : nodes) {
        raw.push_back(node.get());
    }
    return raw;
}

QStringList localPaths(const QList<QUrl>& urls)
{
    QStringList paths;
    for (const auto& url : urls) {
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    return paths;
}

QString skippedSummary(const std::vector<sources::Skipped>& skipped)
{
    QStringList lines;
    for (const auto& [path, reason] : skipped) {
        if (lines.size() == 5) {
            lines.append(DocumentView::tr("and %1 more").arg(skipped.size() - 5));
            break;
        }
        lines.append(QStringLiteral("%1 (%2)").arg(shownName(path.filename().string()), text(reason)));
    }
    return lines.join(QStringLiteral(", "));
}

/// All sources of one gesture.
Result<sources::Loaded> loadAll(const QStringList& paths, Adding adding, const std::stop_token& stop)
{
    const auto load = adding == Adding::ContentOfFolder ? &sources::loadContent : &sources::load;
    sources::Loaded all;
    for (const auto& path : paths) {
        auto loaded = load(toPath(path), {.loading = sources::Loading::Snapshot, .excludes = {}}, stop);
        if (!loaded) {
            return std::unexpected(loaded.error());
        }
        std::ranges::move(loaded->nodes, std::back_inserter(all.nodes));
        std::ranges::move(loaded->skipped, std::back_inserter(all.skipped));
    }
    return all;
}

/// Bytes of the files at @p paths and in the folders there, as far as they could matter: a drop that is larger than any
/// partition needs no exact figure.
std::uint64_t sizeOnDisk(const QStringList& paths, const std::stop_token& stop)
{
    std::uint64_t size = 0;
    for (const auto& path : paths) {
        size += static_cast<std::uint64_t>(QFileInfo(path).isDir() ? 0 : QFileInfo(path).size());
        QDirIterator inside(path, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (inside.hasNext() && size < sources::largestSnapshot && !stop.stop_requested()) {
            size += static_cast<std::uint64_t>(inside.nextFileInfo().size());
        }
    }
    return size;
}

/// The node of @p copy that stands where @p node stands in its own tree.
const tree::Node& samePlace(const tree::Node& copy, const tree::Node& node)
{
    return node.parent() ? *samePlace(copy, *node.parent()).children()[node.row()] : copy;
}

void collectInside(const tree::Node& folder, std::vector<tree::Node*>& nodes)
{
    for (const auto& child : folder.children()) {
        nodes.push_back(child.get());
        collectInside(*child, nodes);
    }
}

std::uint64_t sizeInside(const tree::Node& node)
{
    std::uint64_t size = node.content().size();
    tree::forEachInside(node, [&](const tree::Node& inside) { size += inside.content().size(); });
    return size;
}

} // namespace

bool isImageFile(const QString& path)
{
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly)) {
        return false;
    }
    const auto begin = file.read(static_cast<qint64>(romfs::magic.size()));
    return romfs::hasMagic(std::as_bytes(std::span(begin)));
}

DocumentView::DocumentView(std::unique_ptr<Document> document, Jobs& jobs, const FileStamp& stamp, QWidget* parent)
    : QWidget(parent)
    , m_document(std::move(document))
    , m_jobs(jobs)
    , m_model(*m_document)
    , m_tree(new RomTreeView(m_model, this))
    , m_fileNotice(new NoticeBar(this))
    , m_notice(new NoticeBar(this))
    , m_filter(new QLineEdit(this))
    , m_capacity(new CapacityBar(this))
    , m_file(*m_document, stamp, m_jobs)
{
    askAboutClashes = [this](const QStringList& taken) { return clashDialog(taken); };
    askAboutImages = [this] { return imagesMenu(); };
    askAboutArchive = [this](const QString& name, const sources::LoadedArchive& archive, const tree::Node& into) {
        ImportDialog dialog(name, archive, into, window()); // outlives this view
        dialog.exec();
        return dialog.answer();
    };
    build();
    connect(m_document.get(), &Document::planChanged, this, &DocumentView::refreshCapacity);
    connect(m_document.get(), &Document::compilingNeeded, this, &DocumentView::compile);
    connect(m_document.get(), &Document::performed, this, &DocumentView::selectNewNodes);
    connect(m_document.get(), &Document::journalFailed, this, [this](const QString& base) {
        m_notice->show(
            romfs::Severity::Warning,
            tr("Changes cannot be kept for the case of a crash: %1 cannot be written. Save often.").arg(base));
    });
    connect(&m_model, &RomTreeModel::refused, this, &DocumentView::showError);
    connect(m_tree, &RomTreeView::filesDropped, this,
            [this](const QList<QUrl>& urls, DropPlace place) { dropFiles(localPaths(urls), place); });
    connect(m_tree, &RomTreeView::nodesDropped, this, &DocumentView::dropNodes);
    connect(m_tree, &RomTreeView::dragHovers, this, &DocumentView::previewDrop);
    connect(m_tree, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& position) { Q_EMIT contextMenuRequested(m_tree->viewport()->mapToGlobal(position)); });
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DocumentView::currentNodeChanged);
    connect(m_tree, &QAbstractItemView::activated, this, &DocumentView::openCurrentNested);
    connect(m_filter, &QLineEdit::textChanged, this, &DocumentView::filter);
    connect(&m_file, &DocumentFile::changed, this, &DocumentView::reportChangedFile);
    connect(&m_file, &DocumentFile::removed, this, &DocumentView::reportRemovedFile);
    refreshCapacity();
    m_tree->expandToDepth(0);
    if (!m_document->plan().isComplete()) {
        compile();
    }
}

DocumentView::~DocumentView()
{
    // The view goes first: it must not look at a model whose document is gone.
    delete m_tree;
}

void DocumentView::build()
{
    m_filter->setPlaceholderText(tr("Filter names; * and ? are wildcards"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_fileNotice);
    layout->addWidget(m_notice);
    layout->addWidget(m_filter);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_capacity);
    setFocusProxy(m_tree);
}

/// One run at a time; what comes meanwhile is compiled by the next one.
void DocumentView::compile()
{
    if (std::exchange(m_isCompiling, true)) {
        return;
    }
    using Results = Result<std::vector<sources::Compiled>>;
    std::vector<sources::CompileJob> files;
    std::ranges::transform(m_document->plan().toCompile, std::back_inserter(files), &build::PythonFile::job);
    m_jobs.run(
        this, tr("Compiling %n Python file(s)", nullptr, static_cast<int>(files.size())),
        [files, chosen = chosenCompiler()](const std::stop_token& stop) -> Results {
            const auto compiler = currentCompiler(chosen);
            if (!compiler) {
                return std::unexpected(compiler.error());
            }
            auto results = sources::CompileCache().compile(*compiler, files, stop);
            return stop.stop_requested() ? fail(ErrorCode::Cancelled, {}) : Results(std::move(results));
        },
        [this, files](Results results) {
            m_isCompiling = false;
            if (results) {
                m_document->addCompiled(files, std::move(*results));
            } else if (results.error().code == ErrorCode::Cancelled) {
                m_document->cancelCompiling();
            } else {
                m_document->setCompilerUnavailable(results.error());
            }
        });
}

void DocumentView::perform(Result<tree::Edit> edit, const QString& text)
{
    if (const auto done = m_document->perform(std::move(edit), text); !done) {
        showError(ui::text(done.error().message));
    }
}

void DocumentView::showError(const QString& message)
{
    m_notice->show(romfs::Severity::Error, message);
}

bool DocumentView::isInTree(const tree::Node* node) const
{
    return node == &m_document->tree().root() || m_document->plan().indexOf.contains(node);
}

void DocumentView::selectNewNodes()
{
    if (m_loading == 0) {
        m_notice->hide();
    }
    selectNodes(m_document->lastSubjects());
}

void DocumentView::selectNodes(const std::vector<tree::Node*>& nodes)
{
    showEvenIfFiltered(nodes);
    m_tree->select(nodes);
}

/// Escape takes the filter back, and then leads back to the tree.
bool DocumentView::eventFilter(QObject* watched, QEvent* event)
{
    const bool isEscape = event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape;
    if (watched != m_filter || !isEscape) {
        return QWidget::eventFilter(watched, event);
    }
    if (m_filter->text().isEmpty()) {
        m_tree->setFocus();
    } else {
        m_filter->clear();
    }
    return true;
}

void DocumentView::filter(const QString& text)
{
    const bool wasFiltered = !m_tree->proxy().filterRegularExpression().pattern().isEmpty();
    if (!wasFiltered && !text.isEmpty()) {
        m_expandedBeforeFilter.clear();
        tree::forEachInside(m_document->tree().root(), [this](const tree::Node& node) {
            if (node.isFolder() && m_tree->isExpanded(m_tree->viewIndex(node))) {
                m_expandedBeforeFilter.push_back(&node);
            }
        });
    }
    m_tree->proxy().setFilterText(text);
    if (!text.isEmpty()) {
        m_tree->expandAll();
        return;
    }
    m_tree->collapseAll();
    for (const auto* node : m_expandedBeforeFilter) {
        if (isInTree(node)) {
            m_tree->expand(m_tree->viewIndex(*node));
        }
    }
    if (const auto* node = m_tree->currentNode()) {
        m_tree->scrollTo(m_tree->viewIndex(*node));
    }
}

void DocumentView::reportChangedFile()
{
    m_fileNotice->show(romfs::Severity::Warning, tr("%1 has changed on the disk.").arg(m_document->path()),
                       {{tr("Reload"), [this] { reload(); }},
                        {tr("Compare"), [this] { Q_EMIT compareWithFileRequested(); }},
                        {tr("Keep Mine"), [this] {
                             m_file.accept(FileStamp::of(m_document->path()));
                             m_document->markUnsaved();
                         }}});
}

void DocumentView::reportRemovedFile()
{
    m_document->markUnsaved();
    m_fileNotice->show(romfs::Severity::Warning,
                       tr("%1 was removed from the disk. Save it to have it there again.").arg(m_document->path()));
}

void DocumentView::reportConflict(const QString& path, const QString& message)
{
    m_fileNotice->show(romfs::Severity::Error, message,
                       {{tr("Overwrite"),
                         [this, path] {
                             m_file.accept(FileStamp::of(path));
                             save(path, {});
                         }},
                        {tr("Reload"), [this] { reload(); }},
                        {tr("Save As…"), [this] { Q_EMIT saveAsRequested(); }},
                        {tr("Compare"), [this] { Q_EMIT compareWithFileRequested(); }}});
}

void DocumentView::reload()
{
    const auto path = m_document->path();
    m_jobs.run(
        this, tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) { return Opened::read(path); },
        [this](Opened read) {
            if (!read.image) {
                showError(text(read.image.error().message));
                return;
            }
            m_file.accept(read.stamp);
            m_document->reload(std::move(*read.image));
            m_fileNotice->hide();
            m_tree->expandToDepth(0);
        });
}

DocumentView::DroppedImages DocumentView::imagesMenu()
{
    QMenu menu(window());
    const auto* open = menu.addAction(tr("&Open in a New Tab"));
    const auto* content = menu.addAction(tr("Add Its &Content Here"));
    const auto* file = menu.addAction(tr("Add as a &File (Nested Image)"));
    const auto* chosen = menu.exec(QCursor::pos());
    if (chosen == open) {
        return DroppedImages::Open;
    }
    if (chosen == content) {
        return DroppedImages::AddContent;
    }
    return chosen == file ? DroppedImages::AddAsFiles : DroppedImages::Nothing;
}

void DocumentView::dropFiles(const QStringList& paths, DropPlace place)
{
    if (paths.isEmpty() || !std::ranges::all_of(paths, isImageFile)) {
        addFiles(paths, place);
        return;
    }
    switch (askAboutImages()) {
    case DroppedImages::Open:
        Q_EMIT openRequested(paths);
        return;
    case DroppedImages::AddAsFiles:
        addFiles(paths, place);
        return;
    case DroppedImages::AddContent:
        addContentOfImages(paths, place);
        return;
    case DroppedImages::Nothing:
        return;
    }
}

void DocumentView::addContentOfImages(const QStringList& paths, DropPlace place)
{
    ++m_loading;
    m_jobs.run(
        this, tr("Reading %n image(s)", nullptr, static_cast<int>(paths.size())),
        [paths](const std::stop_token&) -> Result<sources::Loaded> {
            sources::Loaded all;
            for (const auto& path : paths) {
                auto image = sources::openImage(toPath(path));
                if (!image) {
                    return std::unexpected(image.error());
                }
                const tree::RomTree content(std::move(*image));
                std::ranges::move(content.root().copy()->takeChildren(), std::back_inserter(all.nodes));
            }
            return all;
        },
        [this, place](Result<sources::Loaded> loaded) { addLoaded(std::move(loaded), place); });
}

bool DocumentView::isImage(const tree::Node& node)
{
    return node.isFile() && node.content().isInMemory() && romfs::hasMagic(node.content().bytes());
}

void DocumentView::openCurrentNested()
{
    if (auto* node = m_tree->currentNode(); node && isImage(*node)) {
        openNested(*node);
    }
}

void DocumentView::openNested(tree::Node& file)
{
    std::erase_if(m_nested, [](const auto& view) { return view.isNull(); });
    const auto open = std::ranges::find_if(
        m_nested, [&](const auto& view) { return view->isNested() && view->outerFile() == &file; });
    if (open != m_nested.end()) {
        Q_EMIT nestedOpened(*open);
        return;
    }
    auto image = romfs::read(file.content());
    if (!image) {
        showError(text(image.error().message));
        return;
    }
    auto* view = new DocumentView(std::make_unique<Document>(std::move(*image), QString()), m_jobs, {});
    view->setOuter(*this, file);
    view->document().setTarget(m_document->target());
    m_nested.emplace_back(view);
    Q_EMIT nestedOpened(view);
}

void DocumentView::setOuter(DocumentView& outer, tree::Node& file)
{
    m_outer = &outer;
    m_outerFile = &file;
    m_outerName = file.name();
    m_outerContents = {file.content()};
    m_document->setNestedName(QStringLiteral("%1 › %2").arg(outer.document().name(), shownName(file.path())));
    connect(&outer.document(), &Document::planChanged, this, &DocumentView::watchOuter);
}

bool DocumentView::isKnownToBeOutside(const romfs::Content& content) const
{
    return std::ranges::any_of(m_outerContents, [&](const romfs::Content& known) { return known.isSameAs(content); });
}

/// An undo in the outer image can take back what was saved into it.
void DocumentView::watchOuter()
{
    const auto* file = outerFile();
    if (isNested() && !m_document->isModified() && (!file || !file->content().isSameAs(m_outerContents.back()))) {
        m_document->markUnsaved();
    }
}

int DocumentView::depth() const
{
    return isNested() && m_outer ? m_outer->depth() + 1 : 0;
}

tree::Node* DocumentView::outerFile() const
{
    if (!m_outer || !m_outer->isInTree(m_outerFile) || !m_outerFile->isFile()) {
        return nullptr;
    }
    // A node that is gone may have left its address to another one.
    const bool isSame = m_outerFile->name() == m_outerName || isKnownToBeOutside(m_outerFile->content());
    return isSame ? m_outerFile : nullptr;
}

void DocumentView::saveIntoOuter()
{
    if (!m_document->plan().isComplete()) {
        m_notice->show(romfs::Severity::Info, tr("It is saved as soon as its Python files are compiled."));
        m_document->whenComplete(this, [this](const Result<void>& complete) {
            complete ? saveIntoOuter() : showError(text(complete.error().message));
        });
        return;
    }
    auto* file = outerFile();
    if (!file) {
        showError(tr("The image that this one was in is closed, or the file was removed from it. Use Save As to keep "
                     "this one."));
        return;
    }
    if (!isKnownToBeOutside(file->content())) {
        m_outerContents.push_back(file->content()); // saving once more replaces it
        showError(tr("\"%1\" has been replaced in the outer image meanwhile. Save again to replace it with this one; "
                     "that can be undone there.")
                      .arg(shownName(file->name())));
        return;
    }
    const auto& plan = m_document->plan();
    auto bytes = romfs::write(plan.flat.entries, plan.layout);
    if (!bytes) {
        showError(text(bytes.error().message));
        return;
    }
    m_outerName = file->name();
    m_outerContents.push_back(romfs::Content::own(std::move(*bytes)));
    m_outer->perform(m_outer->document().tree().replaceContent(*file, m_outerContents.back()),
                     tr("Change inside \"%1\"").arg(shownName(m_outerName)));
    m_document->markSavedIntoOuter();
}

void DocumentView::goToOffset(std::uint64_t offset)
{
    const auto& plan = m_document->plan();
    const auto base = m_document->target().address();
    if (base != 0 && offset >= base) {
        offset -= base;
    }
    // Entries are in preorder, so the last one that holds the offset is the innermost.
    const tree::Node* found = nullptr;
    for (std::size_t i = 0; i < plan.flat.entries.size(); ++i) {
        if (plan.layout[i].recordOffset <= offset && offset < plan.layout[i].recordEnd) {
            found = plan.flat.nodes[i];
        }
    }
    if (found) {
        m_notice->hide();
        goTo(*found);
        Q_EMIT offsetReached(offset);
    } else {
        showError(offset < plan.layout.headerSize() ? tr("%1 is in the header of the image.").arg(hexOffset(offset))
                                                    : tr("%1 is past the end of the image, which takes %2 bytes.")
                                                          .arg(hexOffset(offset), exactSize(plan.layout.totalSize())));
    }
}

void DocumentView::addFiles(const QStringList& paths)
{
    addFiles(paths, {.folder = &m_tree->targetFolder(), .row = {}});
}

void DocumentView::addFiles(const QStringList& paths, DropPlace place, Adding adding)
{
    if (paths.isEmpty()) {
        return;
    }
    if (paths.size() == 1 && QFileInfo(paths.front()).isFile()) {
        addFileOrArchive(paths.front(), place, adding);
        return;
    }
    const auto title = paths.size() == 1 ? tr("Reading %1").arg(QFileInfo(paths.front()).fileName())
                                         : tr("Reading %n item(s)", nullptr, static_cast<int>(paths.size()));
    ++m_loading;
    m_jobs.run(
        this, title, [paths, adding](const std::stop_token& stop) { return loadAll(paths, adding, stop); },
        [this, place, adding](Result<sources::Loaded> loaded) {
            addLoaded(std::move(loaded), place);
            if (adding == Adding::ContentOfFolder) {
                m_tree->clearSelection();
                m_tree->expandToDepth(0);
            }
        });
}

void DocumentView::addFileOrArchive(const QString& path, DropPlace place, Adding adding)
{
    using Archive = std::optional<Result<sources::LoadedArchive>>; ///< none for what is an ordinary file
    ++m_loading;
    m_jobs.run(
        this, tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token& stop) -> std::pair<Archive, Result<sources::Loaded>> {
            if (sources::isArchive(toPath(path))) {
                return {sources::loadArchive(toPath(path), {}, stop), sources::Loaded()};
            }
            return {std::nullopt, loadAll({path}, Adding::Whole, stop)};
        },
        [this, path, place, adding](std::pair<Archive, Result<sources::Loaded>> read) {
            auto& [archive, loaded] = read;
            if (!archive) {
                addLoaded(std::move(loaded), place);
                return;
            }
            --m_loading;
            if (*archive) {
                addArchive(path, std::move(**archive), place);
                if (adding == Adding::ContentOfFolder) {
                    m_tree->expandToDepth(0);
                }
            } else if (archive->error().code != ErrorCode::Cancelled) {
                m_notice->show(romfs::Severity::Error, text(archive->error().message),
                               {{tr("Add as a File"), [this, path, place] { addAsFile(path, place); }}});
            }
        });
}

void DocumentView::addAsFile(const QString& path, DropPlace place)
{
    ++m_loading;
    m_jobs.run(
        this, tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token& stop) { return loadAll({path}, Adding::Whole, stop); },
        [this, place](Result<sources::Loaded> loaded) { addLoaded(std::move(loaded), place); });
}

void DocumentView::addArchive(const QString& path, sources::LoadedArchive archive, DropPlace place)
{
    if (!isInTree(place.folder) || !place.folder->isFolder()) {
        place = {.folder = &m_document->tree().root(), .row = {}};
    }
    const auto name = QFileInfo(path).fileName();
    const QPointer self(this); // much can happen while a question stands
    const auto answer = askAboutArchive(name, archive, *place.folder);
    if (!self || !isInTree(place.folder)) {
        return;
    }
    if (answer.way == ArchiveAnswer::Way::AddAsFile) {
        addAsFile(path, place);
    } else if (answer.way == ArchiveAnswer::Way::AddContent) {
        perform(m_document->tree().add(*place.folder, takeNodes(archive, answer.stripTop), answer.policy, place.row),
                tr("Import %1").arg(name));
    }
}

void DocumentView::exportArchive(const QString& path)
{
    const auto format = sources::archiveFormatOf(toPath(path));
    if (!format) {
        showError(tr("%1 is neither .zip nor .tar.gz; the ending says which is meant.").arg(path));
        return;
    }
    const std::shared_ptr<const tree::Node> copy = m_document->tree().root().copy();
    m_jobs.run(
        this, tr("Exporting %1").arg(QFileInfo(path).fileName()),
        [copy, format = *format, target = toPath(path)](const std::stop_token& stop) {
            return sources::exportArchive(std::array{copy.get()}, target, format, stop);
        },
        [this, path](const Result<sources::Extracted>& exported) { reportExtracted(exported, path); });
}

void DocumentView::addLoaded(Result<sources::Loaded> loaded, DropPlace place)
{
    --m_loading;
    if (!loaded) {
        showError(text(loaded.error().message));
        return;
    }
    const auto leftOut = loaded->skipped.empty() ? QString() : tr("Left out: %1").arg(skippedSummary(loaded->skipped));
    if (loaded->nodes.empty()) {
        m_notice->show(romfs::Severity::Info,
                       leftOut.isEmpty() ? tr("Nothing was added: the folder is empty.")
                                         : tr("Nothing was added. %1").arg(leftOut));
        return;
    }
    // The tree may have changed while the files were read.
    if (!isInTree(place.folder) || !place.folder->isFolder()) {
        place = {.folder = &m_document->tree().root(), .row = {}};
    }
    const auto nodes = pointers(loaded->nodes);
    const auto text = describe(tr("Add \"%1\""), tr("Add %1 items"), nodes);
    addNodes(std::move(loaded->nodes), place, text);
    if (!leftOut.isEmpty()) {
        showSkipped(leftOut, loaded->skipped);
    }
}

void DocumentView::showSkipped(const QString& summary, const std::vector<sources::Skipped>& skipped)
{
    QStringList all;
    for (const auto& [path, reason] : skipped) {
        all.append(QStringLiteral("%1: %2").arg(shownName(path.string()), ui::text(reason)));
    }
    m_notice->show(romfs::Severity::Info, summary,
                   {{tr("Show All"), [this, summary, all] {
                         auto* box
                             = new QMessageBox(QMessageBox::Information, tr("Left Out"),
                                               tr("%n item(s) were not added.", nullptr, static_cast<int>(all.size())),
                                               QMessageBox::Close, this);
                         box->setAttribute(Qt::WA_DeleteOnClose);
                         box->setDetailedText(all.join(u'\n'));
                         box->open();
                     }}});
}

void DocumentView::addNodes(std::vector<std::unique_ptr<tree::Node>> nodes, DropPlace place, const QString& text)
{
    QStringList taken;
    for (const auto& path : tree::RomTree::clashes(*place.folder, nodes)) {
        taken.append(shownName(path));
    }
    if (const auto policy = policyFor(taken); policy && isInTree(place.folder)) {
        perform(m_document->tree().add(*place.folder, std::move(nodes), *policy, place.row), text);
    }
}

std::optional<tree::ClashPolicy> DocumentView::policyFor(const QStringList& taken)
{
    if (taken.isEmpty()) {
        return tree::ClashPolicy::Refuse;
    }
    const QPointer self(this); // much can happen while a question stands
    const auto answer = askAboutClashes(taken);
    return self ? answer : std::nullopt;
}

std::optional<tree::ClashPolicy> DocumentView::clashDialog(const QStringList& taken)
{
    QMessageBox box(QMessageBox::Question, tr("Names are taken"),
                    taken.size() == 1 ? tr("\"%1\" is there already.").arg(taken.front())
                                      : tr("%n name(s) are there already.", nullptr, static_cast<int>(taken.size())),
                    QMessageBox::Cancel, window()); // outlives this view
    if (taken.size() > 1) {
        box.setDetailedText(taken.join(QLatin1Char('\n')));
    }
    box.setInformativeText(tr("This can be undone."));
    QAbstractButton* replace = box.addButton(tr("&Replace"), QMessageBox::AcceptRole);
    QAbstractButton* keepBoth = box.addButton(tr("Keep &both"), QMessageBox::AcceptRole);
    QAbstractButton* skip = box.addButton(tr("&Skip"), QMessageBox::AcceptRole);
    box.exec();
    if (box.clickedButton() == replace) {
        return tree::ClashPolicy::Replace;
    }
    if (box.clickedButton() == keepBoth) {
        return tree::ClashPolicy::KeepBoth;
    }
    return box.clickedButton() == skip ? std::optional(tree::ClashPolicy::Skip) : std::nullopt;
}

void DocumentView::dropNodes(const NodeMimeData& dropped, DropPlace place, bool copy)
{
    if (!copy) {
        moveNodes(dropped.liveNodes(), place);
        return;
    }
    auto nodes = dropped.copies();
    const auto text = describe(tr("Copy \"%1\""), tr("Copy %1 items"), pointers(nodes));
    addNodes(std::move(nodes), place, text);
}

void DocumentView::moveNodes(const std::vector<tree::Node*>& nodes, DropPlace place)
{
    QStringList taken;
    for (const auto* node : nodes) {
        const auto* other = node->parent() == place.folder ? nullptr : place.folder->child(node->name());
        if (other && !(other->isFolder() && node->isFolder())) {
            taken.append(shownName(other->path()));
        }
    }
    const auto policy = policyFor(taken);
    const auto isStillThere = [this](const tree::Node* node) { return isInTree(node); };
    if (policy && isInTree(place.folder) && std::ranges::all_of(nodes, isStillThere)) {
        perform(m_document->tree().move(nodes, *place.folder, place.row, *policy),
                describe(tr("Move \"%1\""), tr("Move %1 items"), nodes));
    }
}

void DocumentView::newFolder()
{
    auto& folder = m_tree->targetFolder();
    const auto name = tree::RomTree::freeName(folder, tr("folder").toStdString());
    perform(m_document->tree().newFolder(folder, name), tr("New folder \"%1\"").arg(text(name)));
    if (auto* made = folder.child(name)) {
        showEvenIfFiltered({made});
        m_tree->editName(*made);
    }
}

void DocumentView::renameCurrent()
{
    if (auto* node = m_tree->currentNode(); node && !node->isRaw()) {
        m_tree->editName(*node);
    }
}

void DocumentView::deleteSelection()
{
    removeSelection(tr("Delete \"%1\""), tr("Delete %1 items"));
}

void DocumentView::removeSelection(const QString& forOne, const QString& forMany)
{
    if (const auto nodes = m_tree->selectedNodes(); !nodes.empty()) {
        m_tree->moveCurrentOff(nodes);
        perform(m_document->tree().remove(nodes), describe(forOne, forMany, nodes));
    }
}

void DocumentView::duplicateSelection()
{
    if (const auto nodes = m_tree->selectedNodes(); !nodes.empty()) {
        perform(m_document->tree().duplicate(nodes), describe(tr("Duplicate \"%1\""), tr("Duplicate %1 items"), nodes));
    }
}

void DocumentView::copy()
{
    if (auto nodes = m_tree->selectedNodes(); !nodes.empty()) {
        QGuiApplication::clipboard()->setMimeData(new NodeMimeData(*m_document, std::move(nodes)));
    }
}

void DocumentView::cut()
{
    copy();
    removeSelection(tr("Cut \"%1\""), tr("Cut %1 items"));
}

void DocumentView::paste()
{
    const auto* mime = QGuiApplication::clipboard()->mimeData();
    if (const auto* nodes = qobject_cast<const NodeMimeData*>(mime)) {
        auto copies = nodes->copies();
        const auto text = describe(tr("Paste \"%1\""), tr("Paste %1 items"), pointers(copies));
        auto& folder = m_tree->targetFolder();
        const auto isHere = [&folder](const tree::Node* node) { return node->parent() == &folder; };
        if (std::ranges::any_of(nodes->liveNodes(), isHere)) { // where it was copied, only a second one can be meant
            perform(m_document->tree().add(folder, std::move(copies), tree::ClashPolicy::FreeName), text);
        } else {
            addNodes(std::move(copies), {.folder = &folder, .row = {}}, text);
        }
    } else if (mime && mime->hasUrls()) {
        addFiles(localPaths(mime->urls()));
    }
}

void DocumentView::extract(const std::vector<const tree::Node*>& nodes, const QString& folder)
{
    // A copy is written, so that editing can go on meanwhile; it shares the content.
    const std::shared_ptr<const tree::Node> copy = m_document->tree().root().copy();
    std::vector<const tree::Node*> copies;
    for (const auto* node : nodes) {
        copies.push_back(&samePlace(*copy, *node));
    }
    m_jobs.run(
        this, tr("Extracting to %1").arg(folder),
        [copy, copies, target = toPath(folder)](const std::stop_token& stop) {
            return sources::extract(copies, target, {}, stop);
        },
        [this, folder](const Result<sources::Extracted>& extracted) { reportExtracted(extracted, folder); });
}

void DocumentView::reportExtracted(const Result<sources::Extracted>& extracted, const QString& to)
{
    if (!extracted) {
        showError(text(extracted.error().message));
        return;
    }
    const auto leftOut
        = extracted->skipped.empty() ? QString() : tr(" Left out: %1").arg(skippedSummary(extracted->skipped));
    m_notice->show(romfs::Severity::Info,
                   tr("%n file(s), %1 bytes, written to %2.", nullptr, static_cast<int>(extracted->files))
                           .arg(exactSize(extracted->bytes), to)
                       % leftOut);
}

void DocumentView::setAlignment(std::optional<std::uint32_t> alignment)
{
    const auto nodes = m_tree->selectedNodes();
    std::vector<tree::Node*> files;
    for (auto* node : nodes) {
        files.push_back(node);
        collectInside(*node, files);
    }
    std::erase_if(files, [](const tree::Node* node) { return !node->isFile(); });
    if (files.empty()) {
        m_notice->show(romfs::Severity::Info, tr("There is no file in the selection to be aligned."));
        return;
    }
    perform(m_document->tree().setAlignment(files, alignment),
            alignment ? describe(tr("Align \"%1\""), tr("Align %1 items"), nodes) % tr(" to %1").arg(*alignment)
                      : describe(tr("Align \"%1\" by the rules"), tr("Align %1 items by the rules"), nodes));
}

void DocumentView::setCompile(std::optional<bool> compile)
{
    const auto nodes = m_tree->selectedNodes();
    const auto text = !compile
        ? describe(tr("Compile \"%1\" as what is around it"), tr("Compile %1 items as what is around them"), nodes)
        : *compile ? describe(tr("Compile \"%1\""), tr("Compile %1 items"), nodes)
                   : describe(tr("Keep \"%1\" as source"), tr("Keep %1 items as source"), nodes);
    perform(m_document->tree().setCompile(nodes, compile), text);
}

void DocumentView::replaceCurrent(const QString& path)
{
    auto* file = m_tree->currentNode();
    if (!file || !file->isFile()) {
        return;
    }
    m_jobs.run(
        this, tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) { return sources::loadFile(toPath(path), sources::Loading::Snapshot); },
        [this, file](Result<romfs::Content> content) {
            if (!content) {
                showError(text(content.error().message));
            } else if (isInTree(file) && file->isFile()) {
                perform(m_document->tree().replaceContent(*file, std::move(*content)),
                        tr("Replace the content of \"%1\"").arg(shownName(file->name())));
            }
        });
}

void DocumentView::copyPath()
{
    QStringList paths;
    for (const auto* node : m_tree->selectedNodes()) {
        paths.append(QStringLiteral("/rom/") % shownName(node->path()));
    }
    QGuiApplication::clipboard()->setText(paths.join(u'\n'));
}

void DocumentView::sortByName()
{
    auto& folder = m_tree->targetFolder();
    perform(m_document->tree().sortByName(folder),
            folder.parent() ? tr("Sort \"%1\" by name").arg(shownName(folder.name())) : tr("Sort the image by name"));
}

void DocumentView::moveSelection(int by)
{
    const auto nodes = m_tree->selectedNodes();
    const bool neighbours = !nodes.empty() && std::ranges::all_of(nodes, [&](const tree::Node* node) {
        return node->parent() == nodes.front()->parent();
    });
    if (!neighbours) {
        return;
    }
    if (m_tree->proxy().sortColumn() >= 0 || !m_filter->text().isEmpty()) {
        m_notice->show(romfs::Severity::Info,
                       tr("Rows have no order to be moved in while they are sorted or filtered."),
                       {{tr("Show All in the Order of the Image"), [this] {
                             m_filter->clear();
                             m_tree->sortByColumn(-1, Qt::AscendingOrder);
                             m_tree->setFocus();
                         }}});
        return;
    }
    auto& folder = *nodes.front()->parent();
    const auto first = nodes.front()->row();
    const auto last = nodes.back()->row();
    if ((by < 0 && first == 0) || (by > 0 && last + 1 == folder.children().size())) {
        return;
    }
    const auto row = by < 0 ? first - 1 : last + 2;
    perform(m_document->tree().move(nodes, folder, row, tree::ClashPolicy::Refuse),
            by < 0 ? describe(tr("Move \"%1\" up"), tr("Move %1 items up"), nodes)
                   : describe(tr("Move \"%1\" down"), tr("Move %1 items down"), nodes));
}

void DocumentView::mend(const romfs::Finding& finding, tree::Node* node)
{
    switch (finding.mend) {
    case romfs::Mend::None:
        return;
    case romfs::Mend::Align:
        perform(m_document->tree().layOutAnew(), tr("Lay out anew, all content aligned"));
        if (node) {
            selectNodes({node});
        }
        return;
    case romfs::Mend::UseRule:
        if (node) {
            perform(m_document->tree().setAlignment(std::array{node}, {}),
                    tr("Align \"%1\" by the rules").arg(shownName(node->name())));
        }
        return;
    case romfs::Mend::Compile:
        setPythonCompiled(true);
        return;
    case romfs::Mend::Rename:
        if (node) {
            showEvenIfFiltered({node});
            m_tree->editName(*node);
        }
        return;
    case romfs::Mend::KeepSource:
        if (!node) {
            setPythonCompiled(false);
        } else {
            perform(m_document->tree().setCompile(std::array{node}, false),
                    tr("Keep \"%1\" as source").arg(shownName(node->name())));
        }
        return;
    case romfs::Mend::Remove:
        if (node) {
            perform(m_document->tree().remove(std::array{node}), tr("Delete \"%1\"").arg(shownName(node->name())));
        }
        return;
    }
}

void DocumentView::setPythonCompiled(bool compiled)
{
    auto options = m_document->python();
    options.compile = compiled;
    m_document->setPython(options);
}

void DocumentView::goTo(const tree::Node& node)
{
    selectNodes({const_cast<tree::Node*>(&node)});
    m_tree->setFocus();
}

void DocumentView::showEvenIfFiltered(const std::vector<tree::Node*>& nodes)
{
    const auto isHidden
        = [this](const tree::Node* node) { return isInTree(node) && !m_tree->viewIndex(*node).isValid(); };
    if (std::ranges::any_of(nodes, isHidden)) {
        m_filter->clear();
    }
}

void DocumentView::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void DocumentView::save(const QString& path, std::function<void()> saved)
{
    m_file.save(path, [this, path, saved = std::move(saved)](const Result<void>& done) {
        if (done) {
            m_fileNotice->hide();
            m_notice->hide(); // what it was about is over
            Q_EMIT this->saved(path);
            if (saved) {
                saved();
            }
        } else if (const auto message = text(done.error().message); done.error().code == ErrorCode::Changed) {
            reportConflict(path, message);
        } else {
            m_fileNotice->show(romfs::Severity::Error, message);
        }
    });
}

void DocumentView::saveCopy(const QString& path)
{
    m_file.saveCopy(path, [this, path](const Result<void>& done) {
        if (done) {
            m_notice->show(romfs::Severity::Info, tr("A copy was saved as %1").arg(path));
        } else {
            showError(text(done.error().message));
        }
    });
}

void DocumentView::previewDrop(const QMimeData* mime)
{
    m_measuring.cancel();
    m_capacity->setPreview({});
    if (!mime) {
        return;
    }
    const auto* nodes = qobject_cast<const NodeMimeData*>(mime);
    if (nodes && nodes->document() != m_document.get()) {
        std::uint64_t added = 0;
        for (const auto& node : nodes->copies()) {
            added += sizeInside(*node);
        }
        m_capacity->setPreview(m_document->plan().layout.totalSize() + added);
    } else if (!nodes) {
        m_measuring.run(
            [paths = localPaths(mime->urls())](const std::stop_token& stop) { return sizeOnDisk(paths, stop); },
            [this](std::uint64_t added) { m_capacity->setPreview(m_document->plan().layout.totalSize() + added); });
    }
}

void DocumentView::refreshCapacity()
{
    const auto& layout = m_document->plan().layout;
    m_capacity->setFigures(
        {.total = layout.totalSize(), .padding = layout.padding(), .capacity = m_document->target().size()});
}

} // namespace romsmith::ui
