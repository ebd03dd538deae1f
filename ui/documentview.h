// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"
#include "ui/document.h"
#include "ui/romtreeview.h"

#include <QDateTime>
#include <QFileSystemWatcher>
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

/// Tells whether a file on disk is still the one that was read or written.
struct FileStamp
{
    QDateTime modified;
    qint64 size = -1;

    [[nodiscard]] static FileStamp of(const QString& path);
    bool operator==(const FileStamp&) const = default;
};

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
    DocumentView(std::unique_ptr<Document> document, Jobs& jobs, QWidget* parent = nullptr);
    ~DocumentView() override;

    [[nodiscard]] Document& document() const { return *m_document; }
    [[nodiscard]] RomTreeView& treeView() const { return *m_tree; }
    [[nodiscard]] NoticeBar& noticeBar() const { return *m_notice; }
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
    void sortByName(); ///< the selected folders, or the whole image
    void moveSelection(int by); ///< -1 up, 1 down, in the image's order
    void mend(const romfs::Finding& finding, tree::Node* node);
    void goTo(const tree::Node& node);
    void focusFilter();

    /// Writes the image in the background; @p saved is called when it is complete on disk.
    void save(const QString& path, std::function<void()> saved);

    void saveCopy(const QString& path);

    /// Opens the image that is the content of a file in this one; saving it is an edit of this one.
    void openNested(tree::Node& file);

    /// Makes this a view of a nested document; @p file is in @p outer.
    void setOuter(DocumentView& outer, tree::Node& file);
    [[nodiscard]] bool isNested() const { return m_document->isNested(); }
    [[nodiscard]] int depth() const; ///< how many images it is inside of, as far as they are open
    void saveIntoOuter(const std::function<void()>& saved);

    /// Selects what lies at an offset of the image or, with a target, at an address on the board.
    void goToOffset(std::uint64_t offset);

    void showError(const QString& message);

    /// Asks, once for a whole gesture, what is to happen with names that are taken. Tests put their own answer here.
    std::function<std::optional<tree::ClashPolicy>(const QStringList& taken)> askAboutClashes;

    /// Asks what to do with images that are dropped on the tree of another one.
    enum class DroppedImages : std::uint8_t { Open, AddAsFiles, AddContent, Nothing };
    std::function<DroppedImages()> askAboutImages;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);
    void openRequested(const QStringList& paths); ///< images that are to get tabs of their own
    void nestedOpened(romsmith::ui::DocumentView* view); ///< belongs to whoever takes it
    void currentNodeChanged();
    void compareWithFileRequested();
    void reloadRequested();

private:
    void build();
    void write(const QString& path, std::function<void()> written);
    void perform(Result<tree::Edit> edit, const QString& text);
    void removeSelection(const QString& forOne, const QString& forMany); ///< the texts of the step
    void addNodes(std::vector<std::unique_ptr<tree::Node>> nodes, tree::Node& folder, const QString& text);
    void addLoaded(Result<sources::Loaded> loaded, DropPlace place);
    void dropNodes(const NodeMimeData& data, DropPlace place, bool copy);
    void moveNodes(const std::vector<tree::Node*>& nodes, DropPlace place);
    void dropFiles(const QStringList& paths, DropPlace place);
    void addContentOfImages(const QStringList& paths, DropPlace place);
    void filter(const QString& text);
    void watchFile();
    void fileChanged();
    void previewDrop(const QMimeData* data);
    void refreshCapacity();
    void selectNewNodes();
    [[nodiscard]] bool isInTree(const tree::Node* node) const; ///< safe for nodes that are gone
    [[nodiscard]] tree::Node* outerFile() const; ///< null when it is not in the outer image any more
    [[nodiscard]] std::optional<tree::ClashPolicy> clashDialog(const QStringList& taken);
    [[nodiscard]] DroppedImages imagesMenu();

    std::unique_ptr<Document> m_document;
    Jobs& m_jobs;
    RomTreeModel m_model;
    // In the order of the Tab key. The focus enters at the tree; what comes before it would never be reached.
    RomTreeView* m_tree;
    NoticeBar* m_notice;
    QLineEdit* m_filter;
    CapacityBar* m_capacity;
    QFileSystemWatcher m_watcher;
    int m_dragCount = 0; ///< tells a drag from the one before
    FileStamp m_stamp; ///< of the file as it was read or written last
    std::vector<const tree::Node*> m_expandedBeforeFilter;
    int m_loading = 0;
    bool m_saving = false;
    std::vector<QPointer<DocumentView>> m_nested; ///< opened from here
    QPointer<DocumentView> m_outer;
    tree::Node* m_outerFile = nullptr; ///< may be gone: see outerFile()
    std::string m_outerName; ///< as it was when this was opened or saved last
    romfs::Content m_outerContent;
};

} // namespace romsmith::ui
