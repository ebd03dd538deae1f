// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "ui/importdialog.h"
#include "ui/manifestdialog.h"
#include "ui/romtreeview.h"

#include <QObject>

#include <functional>

namespace romsmith::ui {

class Document;
class Jobs;
class NoticeBar;
class TreeEditor;

/// Adds files, folders, archives, what firmwares freeze, and the content of images to a document. They are read in the
/// background; what one gesture brings is one step.
class Importer final : public QObject
{
    Q_OBJECT

public:
    Importer(Document& document, TreeEditor& editor, NoticeBar& notice, Jobs& jobs);

    void addFiles(const QStringList& paths, DropPlace place); ///< asks what to do with an archive that comes alone
    void addContentOf(const QString& folder); ///< to the top of the image
    void drop(const QStringList& paths, DropPlace place); ///< the same as adding, but for images it asks
    void replaceContent(tree::Node& file, const QString& path); ///< by that of a file on disk
    void showSkipped(const std::vector<sources::Skipped>& skipped); ///< "Left out: ...", nothing for none
    [[nodiscard]] bool isLoading() const { return m_loading > 0; } ///< something is on its way into the document

    /// Asks what to do with images that are dropped on the tree of another one. Tests put their own answers here.
    enum class DroppedImages : std::uint8_t { Open, AddAsFiles, AddContent, Nothing };
    std::function<DroppedImages()> askAboutImages;

    /// Asks what to do with an archive, showing what it would bring.
    std::function<ArchiveAnswer(const QString& name, const sources::LoadedArchive& archive, const tree::Node& into)>
        askAboutArchive;

    /// Asks what to do with a bundle of firmware or a romfs_config.json, of which images can be opened.
    enum class FirmwareFile : std::uint8_t { OpenImages, Add, Nothing };
    std::function<FirmwareFile(const QString& name)> askAboutFirmware;

    /// Asks before a firmware manifest runs.
    std::function<ManifestAnswer(const ManifestQuestion&)> askAboutManifest;

Q_SIGNALS:
    void openRequested(const QStringList& paths); ///< images that are to get tabs of their own
    void imagesRequested(const QString& path); ///< of a bundle or a romfs_config.json
    void contentAdded(); ///< of a whole folder

private:
    /// Runs @p work(std::stop_token) -> T elsewhere and then @p done(T) here.
    template <typename Work, typename DoneCallback> void load(const QString& title, Work work, DoneCallback done);
    void addFileOrArchive(const QString& path, DropPlace place);
    void addContentOrFile(const QString& path, DropPlace place);
    void addAsFile(const QString& path, DropPlace place);
    void addArchive(const QString& path, Result<sources::LoadedArchive> archive, DropPlace place);
    void previewArchive(const QString& path, sources::LoadedArchive archive, DropPlace place);
    void addManifest(const QString& path, DropPlace place);
    void runManifest(const QString& path, sources::FirmwareFolders folders, DropPlace place);
    void addContentOfImages(const QStringList& paths, DropPlace place);
    /// @p followed: what the folder's content is to follow from then on
    void add(Result<sources::Loaded> loaded, DropPlace place,
             const std::shared_ptr<const tree::SourceLink>& followed = {});
    void showSkipped(const QString& summary, const QStringList& all);
    [[nodiscard]] DropPlace stillThere(DropPlace place) const; ///< the top if the folder is gone
    [[nodiscard]] DroppedImages imagesMenu();
    [[nodiscard]] FirmwareFile firmwareQuestion(const QString& name) const;

    Document& m_document;
    TreeEditor& m_editor;
    NoticeBar& m_notice;
    Jobs& m_jobs;
    int m_loading = 0;
};

} // namespace romsmith::ui
