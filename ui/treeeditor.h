// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/tree/romtree.h"
#include "ui/romtreeview.h"

#include <QObject>

#include <functional>
#include <span>

namespace romsmith::ui {

class Document;
class FilterEdit;
class NodeMimeData;
class NoticeBar;

/// What hands and keys do to a document's tree, each gesture as one step that can be undone. Most of it is done to what
/// is selected.
class TreeEditor final : public QObject
{
    Q_OBJECT

public:
    TreeEditor(Document& document, RomTreeView& tree, FilterEdit& filter, NoticeBar& notice);

    void newFolder();
    void renameCurrent();
    void deleteSelection();
    void duplicateSelection();
    void cut();
    void copy();
    void copyPath(); ///< to the clipboard, of what is selected
    void copyAsText(); ///< the selected rows, when all that is to be in them is known
    void paste();
    void setAlignment(std::optional<std::uint32_t> alignment);
    void setCompile(std::optional<bool> compile); ///< of the selected Python files, and those in the selected folders
    void sortByName(); ///< the selected folders, or the whole image
    void moveSelection(int by); ///< -1 up, 1 down, in the image's order
    void mend(const romfs::Finding& finding, tree::Node* node);

    /// Adds nodes that came from anywhere; asks when names are taken. The step is called @p forOne with the name of the
    /// only node, or @p forMany with how many they are. @p link: where the folder's content comes from, from then on.
    void add(std::vector<std::unique_ptr<tree::Node>> nodes, DropPlace place, const QString& forOne,
             const QString& forMany, const std::shared_ptr<const tree::SourceLink>& link = {});

    void perform(Result<tree::Edit> edit, const QString& text); ///< or says why it cannot be done
    void select(const std::vector<tree::Node*>& nodes); ///< even if the filter hides them

    /// Asks, once for a whole gesture, what is to happen with names that are taken. Tests put their own answer here.
    std::function<std::optional<tree::ClashPolicy>(std::span<const tree::Clash> clashes)> askAboutClashes;

Q_SIGNALS:
    void filesPasted(const QStringList& paths); ///< of this computer
    void refreshRequested(romsmith::tree::Node* node);

private:
    void drop(const NodeMimeData& dropped, DropPlace place, bool copy);
    void move(const std::vector<tree::Node*>& nodes, DropPlace place);
    void removeSelection(const QString& forOne, const QString& forMany);
    void setPythonCompiled(bool compiled); ///< of the whole image

    /// What is to happen to names that are taken; none if nothing is to be done, or this is gone.
    [[nodiscard]] std::optional<tree::ClashPolicy> policyFor(std::span<const tree::Clash> clashes);
    [[nodiscard]] std::optional<tree::ClashPolicy> clashDialog(std::span<const tree::Clash> clashes);

    Document& m_document;
    RomTreeView& m_tree;
    FilterEdit& m_filter;
    NoticeBar& m_notice;
};

} // namespace romsmith::ui
