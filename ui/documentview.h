// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/extract.h"
#include "ui/document.h"
#include "ui/documentfile.h"
#include "ui/importdialog.h"
#include "ui/latest.h"
#include "ui/romtreeview.h"

#include <QPointer>
#include <QWidget>

#include <functional>

class QLineEdit;
class QMenu;

namespace romsmith::ui {

class CapacityBar;
class Jobs;
class NodeMimeData;
class NoticeBar;

/// What of a folder is added.
enum class Adding : std::uint8_t {
    Whole,
    ContentOfFolder,
};

/// True if the file on disk begins like an image; its name does not matter.
[[nodiscard]] bool isImageFile(const QString& path);

/// A document's tab: filter, tree, capacity, and what hands and keys do there.
class DocumentView final : public QWidget
{
    Q_OBJECT

public:
    /// @p stamp is that of the document's file when it was read.
    DocumentView(std::unique_ptr<Document> document, Jobs& jobs, const FileStamp& stamp, QWidget* parent = nullptr);
    ~DocumentView() override;

    [[nodiscard]] Document& document() const { return *m_document; }
    [[nodiscard]] RomTreeView& treeView() const { return *m_tree; }
    [[nodiscard]] NoticeBar& noticeBar() const { return *m_notice; }
    [[nodiscard]] NoticeBar& fileNoticeBar() const { return *m_fileNotice; } ///< about the file on disk
    [[nodiscard]] QLineEdit& filterEdit() const { return *m_filter; }
    [[nodiscard]] CapacityBar& capacityBar() const { return *m_capacity; }

    /// Loads files and folders of this computer in the background and adds them as one step.
    void addFiles(const QStringList& paths, DropPlace place, Adding adding = Adding::Whole);
    void addFiles(const QStringList& paths);
    [[nodiscard]] bool isLoading() const { return m_loading > 0; } ///< something is on its way into the document

    void newFolder();
    void renameCurrent();
    void deleteSelection();
    void duplicateSelection();
    void cut();
    void copy();
    void paste();
    void extract(const std::vector<const tree::Node*>& nodes, const QString& folder);
    void setAlignment(std::optional<std::uint32_t> alignment);
    void setCompile(std::optional<bool> compile); ///< of the selected Python files, and those in the selected folders
    void replaceCurrent(const QString& path); ///< the current file's content by that of a file on disk
    void copyPath(); ///< to the clipboard, of what is selected
    void openCurrentNested();
    void sortByName(); ///< the selected folders, or the whole image
    void moveSelection(int by); ///< -1 up, 1 down, in the image's order
    void mend(const romfs::Finding& finding, tree::Node* node);
    void goTo(const tree::Node& node);
    void focusFilter();

    /// Writes the image in the background; @p saved is called when it is complete on disk.
    void save(const QString& path, std::function<void()> saved);

    void saveCopy(const QString& path);

    /// Writes what is in the image, Python as source, to a zip or tar.gz that has the same bytes whenever it is made.
    void exportArchive(const QString& path);

    /// Takes over what is in the file now, as a step that can be undone.
    void reload();

    [[nodiscard]] static bool isImage(const tree::Node& node);

    /// Opens the image that is the content of a file in this one; saving it is an edit of this one.
    void openNested(tree::Node& file);

    /// Makes this a view of a nested document; @p file is in @p outer.
    void setOuter(DocumentView& outer, tree::Node& file);
    [[nodiscard]] bool isNested() const { return m_document->isNested(); }
    [[nodiscard]] int depth() const; ///< how many images it is inside of, as far as they are open
    void saveIntoOuter();
    [[nodiscard]] DocumentView* outer() const { return m_outer; } ///< null unless it is nested

    /// Selects what lies at an offset of the image or, with a target, at an address on the board.
    void goToOffset(std::uint64_t offset);

    void showError(const QString& message);

    /// Asks, once for a whole gesture, what is to happen with names that are taken. Tests put their own answer here.
    std::function<std::optional<tree::ClashPolicy>(const QStringList& taken)> askAboutClashes;

    /// Asks what to do with images that are dropped on the tree of another one.
    enum class DroppedImages : std::uint8_t { Open, AddAsFiles, AddContent, Nothing };
    std::function<DroppedImages()> askAboutImages;

    /// Asks what to do with an archive, showing what it would bring.
    std::function<ArchiveAnswer(const QString& name, const sources::LoadedArchive& archive, const tree::Node& into)>
        askAboutArchive;

    bool eventFilter(QObject* watched, QEvent* event) override;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);
    void openRequested(const QStringList& paths); ///< images that are to get tabs of their own
    void nestedOpened(romsmith::ui::DocumentView* view); ///< belongs to whoever takes it
    void currentNodeChanged();
    void compareWithFileRequested();
    void saveAsRequested();
    void saved(const QString& path);
    void offsetReached(std::uint64_t offset); ///< in the image; what lies there is selected

private:
    void build();
    void compile();
    void perform(Result<tree::Edit> edit, const QString& text);
    void removeSelection(const QString& forOne, const QString& forMany); ///< the texts of the step
    void addNodes(std::vector<std::unique_ptr<tree::Node>> nodes, DropPlace place, const QString& text);
    void showSkipped(const QString& summary, const std::vector<sources::Skipped>& skipped);
    void addFileOrArchive(const QString& path, DropPlace place, Adding adding);
    void addAsFile(const QString& path, DropPlace place);
    void addArchive(const QString& path, sources::LoadedArchive archive, DropPlace place);
    void addLoaded(Result<sources::Loaded> loaded, DropPlace place);
    void dropNodes(const NodeMimeData& data, DropPlace place, bool copy);
    void moveNodes(const std::vector<tree::Node*>& nodes, DropPlace place);
    void dropFiles(const QStringList& paths, DropPlace place);
    void addContentOfImages(const QStringList& paths, DropPlace place);
    void setPythonCompiled(bool compiled); ///< of the whole image
    void reportExtracted(const Result<sources::Extracted>& extracted, const QString& to);
    void filter(const QString& text);
    void reportChangedFile();
    void reportRemovedFile();
    void reportConflict(const QString& path, const QString& message);
    void watchOuter();
    [[nodiscard]] bool isKnownToBeOutside(const romfs::Content& content) const;
    void previewDrop(const QMimeData* data);
    void refreshCapacity();
    void selectNewNodes();
    void selectNodes(const std::vector<tree::Node*>& nodes);
    void showEvenIfFiltered(const std::vector<tree::Node*>& nodes); ///< clears a filter that hides one of them
    [[nodiscard]] bool isInTree(const tree::Node* node) const; ///< safe for nodes that are gone
    [[nodiscard]] tree::Node* outerFile() const; ///< null when it is not in the outer image any more
    /// What is to happen to @p taken names; none if nothing is to be done, or this view is gone.
    [[nodiscard]] std::optional<tree::ClashPolicy> policyFor(const QStringList& taken);
    [[nodiscard]] std::optional<tree::ClashPolicy> clashDialog(const QStringList& taken);
    [[nodiscard]] DroppedImages imagesMenu();

    std::unique_ptr<Document> m_document;
    Jobs& m_jobs;
    RomTreeModel m_model;
    // In the order of the Tab key. The focus enters at the tree; what comes before it would never be reached.
    RomTreeView* m_tree;
    NoticeBar* m_fileNotice;
    NoticeBar* m_notice;
    QLineEdit* m_filter;
    CapacityBar* m_capacity;
    DocumentFile m_file;
    Latest m_measuring{this}; ///< what a drag would drop
    std::vector<const tree::Node*> m_expandedBeforeFilter;
    int m_loading = 0;
    bool m_isCompiling = false;
    std::vector<QPointer<DocumentView>> m_nested; ///< opened from here
    QPointer<DocumentView> m_outer;
    tree::Node* m_outerFile = nullptr; ///< may be gone: see outerFile()
    std::string m_outerName; ///< as it was when this was opened or saved last
    std::vector<romfs::Content> m_outerContents; ///< what this view knows to have been there, the newest last
};

} // namespace romsmith::ui
