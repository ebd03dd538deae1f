// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/treeeditor.h"

#include "ui/clashdialog.h"
#include "ui/document.h"
#include "ui/filteredit.h"
#include "ui/nodemimedata.h"
#include "ui/noticebar.h"
#include "ui/text.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>
#include <array>

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

void collectInside(const tree::Node& folder, std::vector<tree::Node*>& nodes)
{
    for (const auto& child : folder.children()) {
        nodes.push_back(child.get());
        collectInside(*child, nodes);
    }
}

} // namespace

TreeEditor::TreeEditor(Document& document, RomTreeView& tree, FilterEdit& filter, NoticeBar& notice)
    : m_document(document)
    , m_tree(tree)
    , m_filter(filter)
    , m_notice(notice)
{
    askAboutClashes = [this](std::span<const tree::Clash> clashes) { return clashDialog(clashes); };
    connect(&tree, &RomTreeView::nodesDropped, this, &TreeEditor::drop);
}

void TreeEditor::perform(Result<tree::Edit> edit, const QString& text)
{
    if (const auto done = m_document.perform(std::move(edit), text); !done) {
        m_notice.show(done.error());
    }
}

void TreeEditor::select(const std::vector<tree::Node*>& nodes)
{
    m_filter.reveal(nodes);
    m_tree.select(nodes);
}

void TreeEditor::add(std::vector<std::unique_ptr<tree::Node>> nodes, DropPlace place, const QString& forOne,
                     const QString& forMany, const std::shared_ptr<const tree::SourceLink>& link)
{
    const auto clashes = tree::RomTree::clashes(*place.folder, nodes);
    const auto text = describe(forOne, forMany, pointers(nodes));
    if (const auto policy = policyFor(clashes); policy && m_document.holds(place.folder)) {
        auto edit = m_document.tree().add(*place.folder, std::move(nodes), *policy, place.row);
        if (edit && link) {
            edit->append(m_document.tree().link(*place.folder, link));
        }
        const bool isThere = edit && edit->isEmpty() && clashes.empty();
        perform(std::move(edit), text);
        if (isThere) {
            m_notice.show(romfs::Severity::Info, tr("All of it is there already, with the same content."));
        }
    }
}

std::optional<tree::ClashPolicy> TreeEditor::policyFor(std::span<const tree::Clash> clashes)
{
    if (clashes.empty()) {
        return tree::ClashPolicy::Refuse;
    }
    const QPointer self(this); // much can happen while a question stands
    const auto answer = askAboutClashes(clashes);
    return self ? answer : std::nullopt;
}

std::optional<tree::ClashPolicy> TreeEditor::clashDialog(std::span<const tree::Clash> clashes)
{
    ClashDialog dialog(clashes, m_tree.window()); // outlives the document's view
    dialog.exec();
    return dialog.policy();
}

void TreeEditor::drop(const NodeMimeData& dropped, DropPlace place, bool copy)
{
    if (!copy) {
        move(dropped.liveNodes(), place);
        return;
    }
    add(dropped.copies(), place, tr("Copy \"%1\""), tr("Copy %1 items"));
}

void TreeEditor::move(const std::vector<tree::Node*>& nodes, DropPlace place)
{
    std::vector<tree::Clash> clashes;
    for (const auto* node : nodes) {
        const auto* other = node->parent() == place.folder ? nullptr : place.folder->child(node->name());
        if (other && !(other->isFolder() && node->isFolder())) {
            clashes.push_back({.present = other, .coming = node});
        }
    }
    const auto policy = policyFor(clashes);
    const auto isStillThere = [this](const tree::Node* node) { return m_document.holds(node); };
    if (policy && m_document.holds(place.folder) && std::ranges::all_of(nodes, isStillThere)) {
        perform(m_document.tree().move(nodes, *place.folder, place.row, *policy),
                describe(tr("Move \"%1\""), tr("Move %1 items"), nodes));
    }
}

void TreeEditor::newFolder()
{
    auto& folder = m_tree.targetFolder();
    const auto name = tree::RomTree::freeName(folder, tr("folder").toStdString());
    perform(m_document.tree().newFolder(folder, name), tr("New folder \"%1\"").arg(text(name)));
    if (auto* made = folder.child(name)) {
        m_filter.reveal({made});
        m_document.expectName(*made);
        m_tree.editName(*made);
    }
}

void TreeEditor::renameCurrent()
{
    if (auto* node = m_tree.currentNode(); node && !node->isRaw()) {
        m_tree.editName(*node);
    }
}

void TreeEditor::deleteSelection()
{
    removeSelection(tr("Delete \"%1\""), tr("Delete %1 items"));
}

void TreeEditor::removeSelection(const QString& forOne, const QString& forMany)
{
    if (const auto nodes = m_tree.selectedNodes(); !nodes.empty()) {
        const auto hidden = static_cast<int>(m_tree.countHidden(nodes));
        m_tree.moveOff(nodes);
        perform(m_document.tree().remove(nodes), describe(forOne, forMany, nodes));
        if (hidden > 0) {
            m_notice.show(romfs::Severity::Info,
                          tr("%n item(s) inside that the filter hides went, too. Undo brings all of them back.",
                             nullptr, hidden));
        }
    }
}

void TreeEditor::duplicateSelection()
{
    if (const auto nodes = m_tree.selectedNodes(); !nodes.empty()) {
        perform(m_document.tree().duplicate(nodes), describe(tr("Duplicate \"%1\""), tr("Duplicate %1 items"), nodes));
    }
}

void TreeEditor::copy()
{
    if (auto nodes = m_tree.selectedNodes(); !nodes.empty()) {
        QGuiApplication::clipboard()->setMimeData(new NodeMimeData(m_document, std::move(nodes)));
    }
}

void TreeEditor::cut()
{
    copy();
    removeSelection(tr("Cut \"%1\""), tr("Cut %1 items"));
}

void TreeEditor::paste()
{
    const auto* mime = QGuiApplication::clipboard()->mimeData();
    if (const auto* nodes = qobject_cast<const NodeMimeData*>(mime)) {
        auto copies = nodes->copies();
        auto& folder = m_tree.targetFolder();
        const auto forOne = tr("Paste \"%1\"");
        const auto forMany = tr("Paste %1 items");
        const auto isHere = [&folder](const tree::Node* node) { return node->parent() == &folder; };
        if (std::ranges::any_of(nodes->liveNodes(), isHere)) { // where it was copied, only a second one can be meant
            const auto text = describe(forOne, forMany, pointers(copies));
            perform(m_document.tree().add(folder, std::move(copies), tree::ClashPolicy::FreeName), text);
        } else {
            add(std::move(copies), {.folder = &folder, .row = {}}, forOne, forMany);
        }
    } else if (mime && mime->hasUrls()) {
        Q_EMIT filesPasted(localPaths(mime->urls()));
    }
}

void TreeEditor::copyPath()
{
    QStringList paths;
    for (const auto* node : m_tree.selectedNodes()) {
        paths.append(QStringLiteral("/rom/") % shownName(node->path()));
    }
    QGuiApplication::clipboard()->setText(paths.join(u'\n'));
}

void TreeEditor::copyAsText()
{
    const auto text = m_tree.selectedText();
    auto& digests = m_tree.romModel().digests();
    if (!digests.isBusy()) {
        m_notice.hide();
        QGuiApplication::clipboard()->setText(text);
        return;
    }
    m_notice.show(romfs::Severity::Info, tr("The rows are copied when their checksums are known."));
    constexpr auto once = Qt::ConnectionType(Qt::UniqueConnection | Qt::SingleShotConnection);
    connect(&digests, &Digests::computed, this, &TreeEditor::copyAsText, once);
}

void TreeEditor::setAlignment(std::optional<std::uint32_t> alignment)
{
    const auto nodes = m_tree.selectedNodes();
    std::vector<tree::Node*> files;
    for (auto* node : nodes) {
        files.push_back(node);
        collectInside(*node, files);
    }
    std::erase_if(files, [](const tree::Node* node) { return !node->isFile(); });
    if (files.empty()) {
        m_notice.show(romfs::Severity::Info, tr("There is no file in the selection to be aligned."));
        return;
    }
    perform(m_document.tree().setAlignment(files, alignment),
            alignment ? describe(tr("Align \"%1\""), tr("Align %1 items"), nodes) % tr(" to %1").arg(*alignment)
                      : describe(tr("Align \"%1\" by the rules"), tr("Align %1 items by the rules"), nodes));
}

void TreeEditor::setCompile(std::optional<bool> compile)
{
    const auto nodes = m_tree.selectedNodes();
    const auto text = !compile
        ? describe(tr("Compile \"%1\" as what is around it"), tr("Compile %1 items as what is around them"), nodes)
        : *compile ? describe(tr("Compile \"%1\""), tr("Compile %1 items"), nodes)
                   : describe(tr("Keep \"%1\" as source"), tr("Keep %1 items as source"), nodes);
    perform(m_document.tree().setCompile(nodes, compile), text);
}

void TreeEditor::sortByName()
{
    auto& folder = m_tree.targetFolder();
    perform(m_document.tree().sortByName(folder),
            folder.parent() ? tr("Sort \"%1\" by name").arg(shownName(folder.name())) : tr("Sort the image by name"));
}

void TreeEditor::moveSelection(int by)
{
    const auto nodes = m_tree.selectedNodes();
    const bool neighbours = !nodes.empty() && std::ranges::all_of(nodes, [&](const tree::Node* node) {
        return node->parent() == nodes.front()->parent();
    });
    if (!neighbours) {
        return;
    }
    if (m_tree.proxy().sortColumn() >= 0 || !m_filter.text().isEmpty()) {
        m_notice.show(romfs::Severity::Info, tr("Rows have no order to be moved in while they are sorted or filtered."),
                      {{tr("Show All in the Order of the Image"), [this] {
                            m_filter.clear();
                            m_tree.sortByColumn(-1, Qt::AscendingOrder);
                            m_tree.setFocus();
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
    perform(m_document.tree().move(nodes, folder, row, tree::ClashPolicy::Refuse),
            by < 0 ? describe(tr("Move \"%1\" up"), tr("Move %1 items up"), nodes)
                   : describe(tr("Move \"%1\" down"), tr("Move %1 items down"), nodes));
}

void TreeEditor::mend(const romfs::Finding& finding, tree::Node* node)
{
    switch (finding.mend) {
    case romfs::Mend::None:
        return;
    case romfs::Mend::Align:
        perform(m_document.tree().layOutAnew(), tr("Lay out anew, all content aligned"));
        if (node) {
            select({node});
        }
        return;
    case romfs::Mend::UseRule:
        if (node) {
            perform(m_document.tree().setAlignment(std::array{node}, {}),
                    tr("Align \"%1\" by the rules").arg(shownName(node->name())));
        }
        return;
    case romfs::Mend::Compile:
        setPythonCompiled(true);
        return;
    case romfs::Mend::Refresh:
        Q_EMIT refreshRequested(node ? node : &m_document.tree().root());
        return;
    case romfs::Mend::Rename:
        if (node) {
            m_filter.reveal({node});
            m_tree.editName(*node);
        }
        return;
    case romfs::Mend::KeepSource:
        if (!node) {
            setPythonCompiled(false);
        } else {
            perform(m_document.tree().setCompile(std::array{node}, false),
                    tr("Keep \"%1\" as source").arg(shownName(node->name())));
        }
        return;
    case romfs::Mend::Remove:
        if (node) {
            perform(m_document.tree().remove(std::array{node}), tr("Delete \"%1\"").arg(shownName(node->name())));
        }
        return;
    }
}

void TreeEditor::setPythonCompiled(bool compiled)
{
    auto options = m_document.python();
    options.compile = compiled;
    m_document.setPython(options);
}

} // namespace romsmith::ui
