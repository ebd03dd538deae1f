// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backgroundcompiler.h"
#include "ui/document.h"
#include "ui/documentfile.h"
#include "ui/exporter.h"
#include "ui/importer.h"
#include "ui/latest.h"
#include "ui/outerfile.h"
#include "ui/romtreeview.h"
#include "ui/sourcewatch.h"
#include "ui/treeeditor.h"

#include <QPointer>
#include <QWidget>

#include <functional>

namespace romsmith::ui {

class CapacityBar;
class FilterEdit;
class Jobs;
class NoticeBar;

/// A document's tab: its tree with a filter and the capacity, its file, and the images that are opened from inside it.
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
    [[nodiscard]] FilterEdit& filterEdit() const { return *m_filter; }
    [[nodiscard]] CapacityBar& capacityBar() const { return *m_capacity; }
    [[nodiscard]] TreeEditor& editor() { return m_editor; }
    [[nodiscard]] Importer& importer() { return m_importer; }
    [[nodiscard]] const Importer& importer() const { return m_importer; }
    [[nodiscard]] Exporter& exporter() { return m_exporter; }
    [[nodiscard]] SourceWatch& sources() { return m_sources; }

    void refresh(); ///< what is selected, or everything, from the disk

    void addFiles(const QStringList& paths); ///< to the folder that is selected
    void goTo(const tree::Node& node);

    /// Selects what lies at an offset of the image or, with a target, at an address on the board.
    void goToOffset(std::uint64_t offset);

    /// Writes the image in the background; @p saved is called when it is complete on disk.
    void save(const QString& path, std::function<void()> saved);

    void saveCopy(const QString& path);

    /// Takes over what is in the file now, as a step that can be undone.
    void reload();

    [[nodiscard]] static bool isImage(const tree::Node& node);

    /// Opens the image that is the content of a file in this one; saving it is an edit of this one.
    void openNested(tree::Node& file);
    void openCurrentNested();
    [[nodiscard]] bool isNested() const { return m_document->isNested(); }
    [[nodiscard]] int depth() const; ///< how many images it is inside of, as far as they are open
    void saveIntoOuter();
    [[nodiscard]] DocumentView* outer() const { return m_outer; } ///< null unless it is nested

    void showError(const QString& message);

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);
    void nestedOpened(romsmith::ui::DocumentView* view); ///< belongs to whoever takes it
    void currentNodeChanged();
    void compareWithFileRequested();
    void saveAsRequested();
    void saved(const QString& path);
    void offsetReached(std::uint64_t offset); ///< in the image; what lies there is selected

private:
    void build();
    void reportChangedFile();
    void reportRemovedFile();
    void reportConflict(const QString& path, const Error& error);
    void previewDrop(const QMimeData* data);
    void refreshCapacity();
    void selectNewNodes();

    std::unique_ptr<Document> m_document;
    Jobs& m_jobs;
    RomTreeModel m_model;
    // In the order of the Tab key. The focus enters at the tree; what comes before it would never be reached.
    RomTreeView* m_tree;
    NoticeBar* m_fileNotice;
    NoticeBar* m_notice;
    FilterEdit* m_filter;
    CapacityBar* m_capacity;
    TreeEditor m_editor;
    Importer m_importer;
    Exporter m_exporter;
    DocumentFile m_file;
    SourceWatch m_sources;
    BackgroundCompiler m_compiler;
    Latest m_measuring{this}; ///< what a drag would drop
    std::vector<QPointer<DocumentView>> m_nested; ///< opened from here
    QPointer<DocumentView> m_outer;
    std::unique_ptr<OuterFile> m_outerFile; ///< none unless it was opened from inside another image
};

} // namespace romsmith::ui
