// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/disk.h"
#include "ui/document.h"
#include "ui/romtreeview.h"

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

    void newFolder();
    void renameCurrent();
    void deleteSelection();
    void duplicateSelection();
    void cut();
    void copy();
    void paste();
    void extract(const std::vector<const tree::Node*>& nodes, const QString& folder);
    void setAlignment(std::optional<std::uint32_t> alignment);
    void moveSelection(int by); ///< -1 up, 1 down, in the image's order
    void mend(const romfs::Finding& finding, tree::Node* node);
    void goTo(const tree::Node& node);
    void focusFilter();

    /// Writes the image in the background; @p saved is called when it is complete on disk.
    void save(const QString& path, std::function<void()> saved);

    void saveCopy(const QString& path);

    void showError(const QString& message);

    /// Asks, once for a whole gesture, what is to happen with names that are taken. Tests put their own answer here.
    std::function<std::optional<tree::ClashPolicy>(const QStringList& taken)> askAboutClashes;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);

private:
    void build();
    void write(const QString& path, std::function<void()> written);
    void perform(Result<tree::Edit> edit, const QString& text);
    void addNodes(std::vector<std::unique_ptr<tree::Node>> nodes, tree::Node& folder, const QString& text);
    void addLoaded(Result<sources::Loaded> loaded, DropPlace place);
    void dropNodes(const NodeMimeData& data, DropPlace place, bool copy);
    void moveNodes(const std::vector<tree::Node*>& nodes, DropPlace place);
    void previewDrop(const QMimeData* data);
    void refreshCapacity();
    void selectNewNodes();
    [[nodiscard]] bool isInTree(const tree::Node& node) const;
    [[nodiscard]] std::optional<tree::ClashPolicy> clashDialog(const QStringList& taken);

    std::unique_ptr<Document> m_document;
    Jobs& m_jobs;
    RomTreeModel m_model;
    NoticeBar* m_notice;
    QLineEdit* m_filter;
    RomTreeView* m_tree;
    CapacityBar* m_capacity;
};

} // namespace romsmith::ui
