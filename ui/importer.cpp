// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/importer.h"

#include "core/sources/boardmakefile.h"
#include "core/sources/imagefile.h"
#include "core/sources/manifest.h"
#include "ui/document.h"
#include "ui/documentfile.h"
#include "ui/firmwareimages.h"
#include "ui/jobs.h"
#include "ui/noticebar.h"
#include "ui/skipped.h"
#include "ui/text.h"
#include "ui/treeeditor.h"

#include <QCursor>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>

#include <algorithm>

namespace romsmith::ui {
namespace {

/// All sources of one gesture.
Result<sources::Loaded> loadAll(const QStringList& paths, const std::stop_token& stop)
{
    sources::Loaded all;
    for (const auto& path : paths) {
        auto loaded = sources::load(toPath(path), {.loading = sources::Loading::Snapshot, .excludes = {}}, stop);
        if (!loaded) {
            return std::unexpected(loaded.error());
        }
        std::ranges::move(loaded->nodes, std::back_inserter(all.nodes));
        std::ranges::move(loaded->skipped, std::back_inserter(all.skipped));
    }
    return all;
}

Result<sources::Loaded> loadContentOfImages(const QStringList& paths)
{
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
}

} // namespace

Importer::Importer(Document& document, TreeEditor& editor, NoticeBar& notice, Jobs& jobs)
    : m_document(document)
    , m_editor(editor)
    , m_notice(notice)
    , m_jobs(jobs)
{
    askAboutImages = [this] { return imagesMenu(); };
    askAboutArchive = [this](const QString& name, const sources::LoadedArchive& archive, const tree::Node& into) {
        ImportDialog dialog(name, archive, into, m_notice.window()); // outlives the document's view
        dialog.exec();
        return dialog.answer();
    };
    askAboutFirmware = [this](const QString& name) { return firmwareQuestion(name); };
    askAboutManifest = [this](const ManifestQuestion& question) {
        ManifestDialog dialog(question, m_notice.window());
        dialog.exec();
        return dialog.answer();
    };
}

template <typename Work, typename DoneCallback> void Importer::load(const QString& title, Work work, DoneCallback done)
{
    ++m_loading;
    m_jobs.run(this, title, std::move(work), [this, done = std::move(done)](auto result) {
        --m_loading;
        done(std::move(result));
    });
}

void Importer::addFiles(const QStringList& paths, DropPlace place)
{
    if (paths.isEmpty()) {
        return;
    }
    if (paths.size() == 1 && QFileInfo(paths.front()).isFile()) {
        addFileOrArchive(paths.front(), place);
        return;
    }
    const auto title = paths.size() == 1 ? tr("Reading %1").arg(QFileInfo(paths.front()).fileName())
                                         : tr("Reading %n item(s)", nullptr, static_cast<int>(paths.size()));
    load(
        title, [paths](const std::stop_token& stop) { return loadAll(paths, stop); },
        [this, place](Result<sources::Loaded> loaded) { add(std::move(loaded), place); });
}

void Importer::addContentOf(const QString& folder)
{
    load(
        tr("Reading %1").arg(QFileInfo(folder).fileName()),
        [path = toPath(folder)](const std::stop_token& stop) {
            return sources::loadContent(path, {.loading = sources::Loading::Snapshot, .excludes = {}}, stop);
        },
        [this, self = QPointer(this)](Result<sources::Loaded> loaded) {
            auto& root = m_document.tree().root();
            const auto followed = loaded && root.children().empty() ? loaded->contentOf : nullptr;
            add(std::move(loaded), {.folder = &root, .row = {}}, followed);
            if (self) {
                Q_EMIT contentAdded();
            }
        });
}

void Importer::addFileOrArchive(const QString& path, DropPlace place)
{
    if (!FirmwareImages::mayBe(path)) {
        addContentOrFile(path, place);
        return;
    }
    load(
        tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token& stop) -> std::optional<bool> {
            const bool isFirmware
                = sources::isRomfsConfig(toPath(path)) || sources::Bundle::open(toPath(path), stop).has_value();
            return stop.stop_requested() ? std::nullopt : std::optional(isFirmware);
        },
        [this, path, place](std::optional<bool> isFirmware) {
            if (!isFirmware) { // cancelled
                return;
            }
            const QPointer self(this); // much can happen while a question stands
            const auto answer = *isFirmware ? askAboutFirmware(QFileInfo(path).fileName()) : FirmwareFile::Add;
            if (self && answer == FirmwareFile::OpenImages) {
                Q_EMIT imagesRequested(path);
            } else if (self && answer == FirmwareFile::Add) {
                addContentOrFile(path, place);
            }
        });
}

void Importer::addContentOrFile(const QString& path, DropPlace place)
{
    if (sources::isManifest(toPath(path))) {
        addManifest(path, place);
        return;
    }
    using Archive = std::optional<Result<sources::LoadedArchive>>; ///< none for what is an ordinary file
    using FileOrArchive = std::pair<Archive, Result<sources::Loaded>>;
    load(
        tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token& stop) -> FileOrArchive {
            if (sources::isBoardMakefile(toPath(path))) {
                return {sources::loadBoardMakefile(toPath(path), {}, stop), sources::Loaded()};
            }
            if (sources::isArchive(toPath(path))) {
                return {sources::loadArchive(toPath(path), {}, stop), sources::Loaded()};
            }
            return {std::nullopt, loadAll({path}, stop)};
        },
        [this, path, place](FileOrArchive read) {
            auto& [archive, loaded] = read;
            if (archive) {
                addArchive(path, std::move(*archive), place);
            } else {
                add(std::move(loaded), place);
            }
        });
}

void Importer::addArchive(const QString& path, Result<sources::LoadedArchive> archive, DropPlace place)
{
    if (archive) {
        previewArchive(path, std::move(*archive), place);
    } else if (archive.error().code != ErrorCode::Cancelled) {
        m_notice.show(archive.error(), {{tr("Add as a File"), [this, path, place] { addAsFile(path, place); }}});
    }
}

void Importer::addManifest(const QString& path, DropPlace place)
{
    load(
        tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) {
            return ManifestQuestion{.name = QFileInfo(path).fileName(),
                                    .hasSandbox = sources::canSandboxManifests(),
                                    .folders = sources::guessFirmwareFolders(toPath(path))};
        },
        [this, path, place](const ManifestQuestion& question) {
            const QPointer self(this); // much can happen while a question stands
            const auto answer = askAboutManifest(question);
            if (!self) {
                return;
            }
            if (answer.way == ManifestAnswer::Way::Run) {
                runManifest(path, answer.folders, place);
            } else if (answer.way == ManifestAnswer::Way::AddAsFile) {
                addAsFile(path, place);
            }
        });
}

void Importer::runManifest(const QString& path, sources::FirmwareFolders folders, DropPlace place)
{
    load(
        tr("Running %1").arg(QFileInfo(path).fileName()),
        [path, folders = std::move(folders)](const std::stop_token& stop) {
            return sources::loadManifest(toPath(path), {.folders = folders}, stop);
        },
        [this, path, place](Result<sources::LoadedArchive> frozen) { addArchive(path, std::move(frozen), place); });
}

void Importer::addAsFile(const QString& path, DropPlace place)
{
    load(
        tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token& stop) { return loadAll({path}, stop); },
        [this, place](Result<sources::Loaded> loaded) { add(std::move(loaded), place); });
}

void Importer::previewArchive(const QString& path, sources::LoadedArchive archive, DropPlace place)
{
    place = stillThere(place);
    const auto name = QFileInfo(path).fileName();
    const QPointer self(this); // much can happen while a question stands
    const auto answer = askAboutArchive(name, archive, *place.folder);
    if (!self || !m_document.holds(place.folder)) {
        return;
    }
    if (answer.way == ArchiveAnswer::Way::AddAsFile) {
        addAsFile(path, place);
    } else if (answer.way == ArchiveAnswer::Way::AddContent) {
        auto nodes = takeNodes(archive, answer.stripTop);
        m_editor.perform(m_document.tree().add(*place.folder, std::move(nodes), answer.policy, place.row),
                         tr("Import %1").arg(name));
    }
}

void Importer::drop(const QStringList& paths, DropPlace place)
{
    if (paths.isEmpty() || !std::ranges::all_of(paths, isImageFile)) {
        addFiles(paths, place);
        return;
    }
    const QPointer self(this);
    const auto answer = askAboutImages();
    if (!self) {
        return;
    }
    switch (answer) {
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

Importer::DroppedImages Importer::imagesMenu()
{
    QMenu menu(m_notice.window());
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

Importer::FirmwareFile Importer::firmwareQuestion(const QString& name) const
{
    QMessageBox box(QMessageBox::Question, tr("Import %1").arg(name),
                    tr("%1 is of a firmware, and ROMFS images can be opened from it.").arg(name), QMessageBox::Cancel,
                    m_notice.window());
    const QAbstractButton* open = box.addButton(tr("&Open Its Images"), QMessageBox::AcceptRole);
    const QAbstractButton* add = box.addButton(tr("&Add It Here"), QMessageBox::ActionRole);
    box.exec();
    return box.clickedButton() == open ? FirmwareFile::OpenImages
        : box.clickedButton() == add   ? FirmwareFile::Add
                                       : FirmwareFile::Nothing;
}

void Importer::addContentOfImages(const QStringList& paths, DropPlace place)
{
    load(
        tr("Reading %n image(s)", nullptr, static_cast<int>(paths.size())),
        [paths](const std::stop_token&) { return loadContentOfImages(paths); },
        [this, place](Result<sources::Loaded> loaded) { add(std::move(loaded), place); });
}

void Importer::replaceContent(tree::Node& file, const QString& path)
{
    load(
        tr("Reading %1").arg(QFileInfo(path).fileName()),
        [path](const std::stop_token&) { return sources::loadLinked(toPath(path), sources::Loading::Snapshot); },
        [this, file = &file](Result<sources::LinkedContent> loaded) {
            if (!loaded) {
                m_notice.show(loaded.error());
            } else if (m_document.holds(file) && file->isFile()) {
                m_editor.perform(m_document.tree().replaceContent(*file, loaded->content, loaded->link),
                                 tr("Replace the content of \"%1\"").arg(shownName(file->name())));
            }
        });
}

DropPlace Importer::stillThere(DropPlace place) const
{
    const bool isThere = m_document.holds(place.folder) && place.folder->isFolder();
    return isThere ? place : DropPlace{.folder = &m_document.tree().root(), .row = {}};
}

void Importer::add(Result<sources::Loaded> loaded, DropPlace place,
                   const std::shared_ptr<const tree::SourceLink>& followed)
{
    if (!loaded) {
        m_notice.show(loaded.error());
        return;
    }
    const auto leftOut = loaded->skipped.empty() ? QString() : tr("Left out: %1").arg(summaryOf(loaded->skipped));
    if (loaded->nodes.empty()) {
        m_notice.show(romfs::Severity::Info,
                      leftOut.isEmpty() ? tr("Nothing was added: the folder is empty.")
                                        : tr("Nothing was added. %1").arg(leftOut));
        return;
    }
    const QPointer self(this);
    m_editor.add(std::move(loaded->nodes), stillThere(place), tr("Add \"%1\""), tr("Add %1 items"), followed);
    if (self && !leftOut.isEmpty()) {
        showSkipped(leftOut, linesOf(loaded->skipped));
    }
}

void Importer::showSkipped(const std::vector<sources::Skipped>& skipped)
{
    if (!skipped.empty()) {
        showSkipped(tr("Left out: %1").arg(summaryOf(skipped)), linesOf(skipped));
    }
}

void Importer::showSkipped(const QString& summary, const QStringList& all)
{
    m_notice.show(romfs::Severity::Info, summary,
                  {{tr("Show All"), [this, all] {
                        auto* box
                            = new QMessageBox(QMessageBox::Information, tr("Left Out"),
                                              tr("%n item(s) were not added.", nullptr, static_cast<int>(all.size())),
                                              QMessageBox::Close, &m_notice);
                        box->setAttribute(Qt::WA_DeleteOnClose);
                        box->setDetailedText(all.join(u'\n'));
                        box->open();
                    }}});
}

} // namespace romsmith::ui
