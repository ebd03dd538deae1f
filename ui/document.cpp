// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/document.h"

#include <QFileInfo>
#include <QUndoCommand>

namespace romsmith::ui {

class EditCommand final : public QUndoCommand
{
public:
    EditCommand(Document& document, tree::Edit edit, const QString& text)
        : QUndoCommand(text)
        , m_document(document)
        , m_edit(std::move(edit))
    { }

    void redo() override { m_document.m_tree.apply(m_edit); }
    void undo() override { m_document.m_tree.undo(m_edit); }

private:
    Document& m_document;
    tree::Edit m_edit;
};

class StyleCommand final : public QUndoCommand
{
public:
    StyleCommand(Document& document, romfs::Style style, const QString& text)
        : QUndoCommand(text)
        , m_document(document)
        , m_style(style)
    { }

    void redo() override { std::swap(m_document.m_style, m_style); }
    void undo() override { redo(); }

private:
    Document& m_document;
    romfs::Style m_style;
};

std::optional<std::uint32_t> Plan::find(const tree::Node* node) const
{
    const auto index = indexOf.constFind(node);
    return index == indexOf.cend() ? std::nullopt : std::optional(index.value());
}

const romfs::Placement* Plan::placement(const tree::Node& node) const
{
    const auto index = find(&node);
    return index ? &layout[*index] : nullptr;
}

Document::Document(QObject* parent)
    : QObject(parent)
{
    static int untitled = 0;
    m_untitledName = ++untitled == 1 ? tr("New image") : tr("New image %1").arg(untitled);
    init();
}

Document::Document(romfs::Image image, QString path, QObject* parent)
    : QObject(parent)
    , m_tree(std::move(image))
    , m_style(m_tree.source()->style)
    , m_path(std::move(path))
{
    init();
}

Document::Document(RecoverySnapshot recovered, QObject* parent)
    : QObject(parent)
    , m_tree(rootOf(std::move(recovered.items)))
    , m_style(recovered.style)
    , m_target(build::Target::fromKey(recovered.target))
    , m_path(std::move(recovered.path))
    , m_untitledName(recovered.name.isEmpty() ? tr("New image") : std::move(recovered.name))
    , m_isRecovered(true)
{
    m_undoStack.resetClean();
    init();
    keepForRecovery();
}

void Document::init()
{
    connect(&m_undoStack, &QUndoStack::indexChanged, this, &Document::replan);
    connect(&m_undoStack, &QUndoStack::cleanChanged, this, &Document::titleChanged);
    connect(&m_undoStack, &QUndoStack::cleanChanged, this, &Document::keepForRecovery);
    connect(this, &Document::planChanged, this, &Document::keepForRecovery);
    connect(&m_journal, &RecoveryJournal::failed, this, &Document::journalFailed);
    replan();
    m_savedRules = m_plan.rules;
}

void Document::keepForRecovery()
{
    if (isModified()) {
        m_journal.write(snapshot());
    } else {
        m_journal.clear();
    }
}

RecoverySnapshot Document::snapshot() const
{
    RecoverySnapshot snapshot{
        .path = m_path, .name = m_untitledName, .target = m_target.key(), .style = m_style, .items = {}};
    snapshot.items.reserve(m_plan.flat.entries.size());
    for (std::size_t i = 0; i < m_plan.flat.entries.size(); ++i) {
        const auto& node = *m_plan.flat.nodes[i];
        snapshot.items.push_back({.type = node.type(),
                                  .defect = node.defect(),
                                  .subtreeEnd = m_plan.flat.entries[i].subtreeEnd,
                                  .state = node.state()});
    }
    return snapshot;
}

void Document::setNestedName(const QString& name)
{
    m_untitledName = name;
    m_isNested = true;
    Q_EMIT titleChanged();
}

void Document::setTarget(const build::Target& target)
{
    if (target.board() == m_target.board() && target.partition() == m_target.partition()) {
        return;
    }
    m_target = target;
    replan();
    Q_EMIT targetChanged();
    Q_EMIT titleChanged();
}

void Document::setStyle(romfs::Style style)
{
    if (style != m_style) {
        m_undoStack.push(new StyleCommand(
            *this, style, style == romfs::Style::OpenMv ? tr("Use the OpenMV layout") : tr("Use the compact layout")));
    }
}

QString Document::name() const
{
    return m_path.isEmpty() ? m_untitledName : QFileInfo(m_path).fileName();
}

bool Document::isModified() const
{
    // Another board moves things only in an image that is laid out anew anyway.
    const bool movedByTarget
        = !m_plan.layout.unchangedSource() && !m_plan.flat.entries.empty() && m_plan.rules != m_savedRules;
    return !m_undoStack.isClean() || (movedByTarget && (!m_path.isEmpty() || m_isNested));
}

Result<void> Document::perform(Result<tree::Edit> edit, const QString& text)
{
    if (!edit) {
        return std::unexpected(edit.error());
    }
    if (!edit->isEmpty()) {
        m_lastSubjects = edit->subjects();
        m_undoStack.push(new EditCommand(*this, std::move(*edit), text));
        Q_EMIT performed();
    }
    return {};
}

void Document::markSaved(const QString& path, std::uint64_t revision)
{
    m_path = path;
    m_isNested = false;
    m_isRecovered = false;
    if (revision == m_revision) {
        m_savedRules = m_plan.rules;
        m_undoStack.setClean();
    } else {
        m_undoStack.resetClean(); // edited while it was written: no state here is the one on disk for sure
    }
    Q_EMIT titleChanged();
}

void Document::markSavedIntoOuter()
{
    m_savedRules = m_plan.rules;
    m_undoStack.setClean();
    Q_EMIT titleChanged();
}

void Document::markUnsaved()
{
    m_undoStack.resetClean();
    Q_EMIT titleChanged();
}

void Document::reload(romfs::Image image)
{
    const auto style = image.source->style;
    m_undoStack.beginMacro(tr("Reload from the disk"));
    if (style != m_style) {
        m_undoStack.push(new StyleCommand(*this, style, {}));
    }
    m_undoStack.push(new EditCommand(*this, m_tree.replaceAll(std::move(image)), {}));
    m_undoStack.endMacro();
    m_isRecovered = false;
    m_savedRules = m_plan.rules;
    m_undoStack.setClean();
    Q_EMIT titleChanged();
}

void Document::replan()
{
    ++m_revision;
    m_plan.rules = m_target.alignmentRules(m_style);
    m_plan.flat = m_tree.flatten(m_plan.rules);
    m_plan.layout = romfs::Layout::plan(m_plan.flat.entries, m_tree.layoutOptions(m_plan.rules, m_style));
    m_plan.findings = romfs::check(m_plan.flat.entries, m_plan.layout, m_target.checkTarget());
    m_plan.indexOf.clear();
    m_plan.indexOf.reserve(std::ssize(m_plan.flat.nodes));
    for (std::uint32_t i = 0; i < m_plan.flat.nodes.size(); ++i) {
        m_plan.indexOf.insert(m_plan.flat.nodes[i], i);
    }
    Q_EMIT planChanged();
}

} // namespace romsmith::ui
