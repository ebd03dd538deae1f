// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/documentview.h"

#include "ui/capacitybar.h"
#include "ui/contained.h"
#include "ui/filteredit.h"
#include "ui/jobs.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/text.h"

#include <QDirIterator>
#include <QFileInfo>
#include <QVBoxLayout>

#include <algorithm>

namespace romsmith::ui {
namespace {

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

std::uint64_t sizeInside(const tree::Node& node)
{
    std::uint64_t size = node.content().size();
    tree::forEachInside(node, [&](const tree::Node& inside) { size += inside.content().size(); });
    return size;
}

} // namespace

DocumentView::DocumentView(std::unique_ptr<Document> document, Jobs& jobs, const FileStamp& stamp, QWidget* parent)
    : QWidget(parent)
    , m_document(std::move(document))
    , m_jobs(jobs)
    , m_model(*m_document)
    , m_tree(new RomTreeView(m_model, this))
    , m_fileNotice(new NoticeBar(this))
    , m_notice(new NoticeBar(this))
    , m_filter(new FilterEdit(*m_document, *m_tree, this))
    , m_capacity(new CapacityBar(this))
    , m_editor(*m_document, *m_tree, *m_filter, *m_notice)
    , m_importer(*m_document, m_editor, *m_notice, m_jobs)
    , m_exporter(*m_document, *m_notice, m_jobs)
    , m_file(*m_document, stamp, m_jobs)
    , m_sources(*m_document, *m_notice, m_jobs)
    , m_compiler(*m_document, m_jobs)
{
    build();
    connect(m_document.get(), &Document::planChanged, this, &DocumentView::refreshCapacity);
    connect(m_document.get(), &Document::performed, this, &DocumentView::selectNewNodes);
    connect(m_document.get(), &Document::stepped, m_tree, [this] { m_tree->select(m_document->lastSubjects()); });
    connect(m_document.get(), &Document::journalFailed, this, [this](const QString& base) {
        m_notice->show(
            romfs::Severity::Warning,
            tr("Changes cannot be kept for the case of a crash: %1 cannot be written. Save often.").arg(base));
    });
    connect(&m_model, &RomTreeModel::refused, this, &DocumentView::showError);
    connect(m_tree, &RomTreeView::filesDropped, this,
            [this](const QList<QUrl>& urls, DropPlace place) { m_importer.drop(localPaths(urls), place); });
    connect(&m_editor, &TreeEditor::refreshRequested, this, [this](tree::Node* node) { m_sources.refresh({node}); });
    connect(&m_editor, &TreeEditor::filesPasted, this, &DocumentView::addFiles);
    connect(&m_importer, &Importer::contentAdded, this, [this] {
        m_tree->clearSelection();
        m_tree->expandToDepth(0);
    });
    connect(m_tree, &RomTreeView::dragHovers, this, &DocumentView::previewDrop);
    connect(m_tree, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& position) { Q_EMIT contextMenuRequested(m_tree->viewport()->mapToGlobal(position)); });
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DocumentView::currentNodeChanged);
    connect(m_tree, &QAbstractItemView::activated, this, &DocumentView::openCurrentNested);
    connect(&m_file, &DocumentFile::changed, this, &DocumentView::reportChangedFile);
    connect(&m_file, &DocumentFile::removed, this, &DocumentView::reportRemovedFile);
    refreshCapacity();
    m_tree->expandToDepth(0);
}

DocumentView::~DocumentView()
{
    // The view goes first: it must not look at a model whose document is gone.
    delete m_tree;
}

void DocumentView::build()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->addWidget(m_fileNotice);
    layout->addWidget(m_notice);
    layout->addWidget(m_filter);
    layout->addWidget(m_tree, 1);
    layout->addWidget(new Contained(m_capacity, this));
    setTabOrder(m_filter, m_tree); // and no focus proxy: with one, the keyboard would never come to the filter
}

void DocumentView::showError(const QString& message)
{
    m_notice->show(romfs::Severity::Error, message);
}

void DocumentView::selectNewNodes()
{
    if (!m_importer.isLoading()) {
        m_notice->hide();
    }
    m_editor.select(m_document->lastSubjects());
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

void DocumentView::reportConflict(const QString& path, const Error& error)
{
    m_fileNotice->show(error,
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
        [path](const std::stop_token& stop) { return Opened::read(path, stop); },
        [this](Opened read) {
            if (!read.content) {
                m_notice->show(read.content.error());
                return;
            }
            m_file.accept(read.stamp);
            std::visit([this](auto&& content) { m_document->reload(std::forward<decltype(content)>(content)); },
                       std::move(*read.content));
            m_fileNotice->hide();
            m_tree->expandToDepth(0);
        });
}

void DocumentView::refresh()
{
    m_sources.refresh({&m_document->tree().root()});
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
        m_nested, [&](const auto& view) { return view->isNested() && view->m_outerFile->node() == &file; });
    if (open != m_nested.end()) {
        Q_EMIT nestedOpened(*open);
        return;
    }
    auto image = romfs::read(file.content());
    if (!image) {
        m_notice->show(image.error());
        return;
    }
    auto* view = new DocumentView(std::make_unique<Document>(std::move(*image), QString()), m_jobs, {});
    view->m_outer = this;
    view->m_outerFile = std::make_unique<OuterFile>(view->document(), *m_document, file);
    view->document().setTarget(m_document->target());
    m_nested.emplace_back(view);
    Q_EMIT nestedOpened(view);
}

int DocumentView::depth() const
{
    return isNested() && m_outer ? m_outer->depth() + 1 : 0;
}

void DocumentView::saveIntoOuter()
{
    if (!m_document->plan().isComplete()) {
        m_notice->show(romfs::Severity::Info, tr("It is saved as soon as its Python files are compiled."));
        m_document->whenComplete(this, [this](const Result<void>& complete) {
            complete ? saveIntoOuter() : m_notice->show(complete.error());
        });
        return;
    }
    if (const auto saved = m_outerFile->save(); !saved) {
        m_notice->show(saved.error());
    }
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
    m_importer.addFiles(paths, {.folder = &m_tree->targetFolder(), .row = {}});
}

void DocumentView::goTo(const tree::Node& node)
{
    m_editor.select({const_cast<tree::Node*>(&node)});
    m_tree->setFocus();
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
        } else if (done.error().code == ErrorCode::Changed) {
            reportConflict(path, done.error());
        } else {
            m_fileNotice->show(done.error());
        }
    });
}

void DocumentView::saveCopy(const QString& path)
{
    m_file.saveCopy(path, [this, path](const Result<void>& done) {
        if (done) {
            m_notice->show(romfs::Severity::Info, tr("A copy was saved as %1").arg(path));
        } else {
            m_notice->show(done.error());
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
