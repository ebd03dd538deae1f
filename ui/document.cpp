// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/document.h"

#include "ui/text.h"

#include <QFileInfo>
#include <QScopedValueRollback>
#include <QUndoCommand>

#include <ranges>

namespace romsmith::ui {

class EditCommand final : public QUndoCommand
{
public:
    EditCommand(Document& document, tree::Edit edit, const QString& text, bool continues = false)
        : QUndoCommand(text)
        , m_document(document)
        , m_continues(continues)
        , m_edits({std::make_shared<tree::Edit>(std::move(edit))})
    { }

    void redo() override
    {
        for (const auto& edit : m_edits) {
            m_document.m_tree.apply(*edit);
        }
        m_document.m_lastSubjects = m_edits.front()->subjects();
    }
    void undo() override
    {
        for (const auto& edit : m_edits | std::views::reverse) {
            m_document.m_tree.undo(*edit);
        }
        m_document.m_lastSubjects = m_edits.front()->subjects();
    }

    [[nodiscard]] int id() const override { return 0; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto& next = static_cast<const EditCommand&>(*other);
        if (next.m_continues) {
            m_edits.insert(m_edits.end(), next.m_edits.begin(), next.m_edits.end());
            setText(next.text());
        }
        return next.m_continues;
    }

private:
    Document& m_document;
    bool m_continues; ///< the gesture before
    std::vector<std::shared_ptr<tree::Edit>> m_edits; ///< one after the other
};

/// The target is no part of it: it says where the image goes, not what it is.
class OptionsCommand final : public QUndoCommand
{
public:
    OptionsCommand(Document& document, build::Options options, const QString& text)
        : QUndoCommand(text)
        , m_document(document)
        , m_options(std::move(options))
    { }

    void redo() override
    {
        auto& options = m_document.m_options;
        std::swap(options.style, m_options.style);
        std::swap(options.python, m_options.python);
        std::swap(options.ruleChanges, m_options.ruleChanges);
        m_document.m_lastSubjects.clear();
    }
    void undo() override { redo(); }

private:
    Document& m_document;
    build::Options m_options;
};

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
    , m_path(std::move(path))
{
    m_options.style = m_tree.source()->style;
    m_options.python.compile = false; // what is in an image already is meant as it is
    init();
}

Document::Document(recipe::Project project, QString path, QObject* parent)
    : QObject(parent)
    , m_tree(std::move(project.root))
    , m_options(std::move(project.options))
    , m_path(std::move(path))
{
    init();
}

Document::Document(RecoverySnapshot recovered, QObject* parent)
    : QObject(parent)
    , m_tree(rootOf(std::move(recovered.items)))
    , m_options({.target = build::Target::fromKey(recovered.target),
                 .style = recovered.style,
                 .python = recovered.python,
                 .ruleChanges = std::move(recovered.ruleChanges)})
    , m_path(std::move(recovered.path))
    , m_untitledName(recovered.name.isEmpty() ? tr("New image") : std::move(recovered.name))
    , m_isRecovered(true)
{
    m_tree.root().setLink(std::move(recovered.link));
    m_undoStack.resetClean();
    init();
    keepForRecovery();
}

void Document::init()
{
    connect(&m_undoStack, &QUndoStack::indexChanged, this, &Document::followHistory);
    connect(&m_undoStack, &QUndoStack::cleanChanged, this, &Document::titleChanged);
    connect(&m_undoStack, &QUndoStack::cleanChanged, this, &Document::keepForRecovery);
    connect(this, &Document::planChanged, this, &Document::keepForRecovery);
    connect(&m_journal, &RecoveryJournal::failed, this, &Document::journalFailed);
    replan();
    noteSaved();
}

void Document::noteSaved()
{
    m_savedRules = m_plan.rules;
    m_savedTarget = target().key();
}

Result<recipe::Composition> Document::recipeFor(const QString& path) const
{
    return recipe::compose(m_tree.root(), m_options, toPath(path));
}

/// Undo may bring other links back, of which it is still known what became of them.
void Document::setChanges(std::span<const recipe::Link> lookedAt, std::map<recipe::Link, tree::SourceChange> changes)
{
    auto known = m_knowledge.changes;
    for (const auto& link : lookedAt) {
        known.erase(link);
    }
    known.merge(changes);
    if (known != m_knowledge.changes) {
        m_knowledge.changes = std::move(known);
        replan();
    }
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
    RecoverySnapshot snapshot{.path = m_path,
                              .name = m_untitledName,
                              .target = target().key(),
                              .style = style(),
                              .python = python(),
                              .ruleChanges = ruleChanges(),
                              .link = m_tree.root().state().link,
                              .items = {}};
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

void Document::setUntitledName(const QString& name)
{
    m_untitledName = name;
    Q_EMIT titleChanged();
}

void Document::setNestedName(const QString& name)
{
    m_untitledName = name;
    m_isNested = true;
    Q_EMIT titleChanged();
}

void Document::setTarget(const build::Target& target)
{
    if (target.board() == m_options.target.board() && target.partition() == m_options.target.partition()) {
        return;
    }
    m_options.target = target.insideAnother(m_isNested);
    replan();
    Q_EMIT targetChanged();
    Q_EMIT titleChanged();
}

void Document::setStyle(romfs::Style style)
{
    if (style != m_options.style) {
        auto options = m_options;
        options.style = style;
        m_undoStack.push(new OptionsCommand(*this, std::move(options),
                                            style == romfs::Style::OpenMv ? tr("Use the OpenMV layout")
                                                                          : tr("Use the compact layout")));
    }
}

void Document::setPython(const build::PythonOptions& python)
{
    if (python == m_options.python) {
        return;
    }
    const auto text = python.compile == m_options.python.compile
        ? tr("Optimize Python at level %1").arg(python.optimization)
        : python.compile ? tr("Compile Python files")
                         : tr("Keep Python files as source");
    auto options = m_options;
    options.python = python;
    m_undoStack.push(new OptionsCommand(*this, std::move(options), text));
}

void Document::setRuleChanges(const tree::RuleChanges& changes)
{
    if (changes == m_options.ruleChanges) {
        return;
    }
    auto options = m_options;
    options.ruleChanges = changes;
    m_undoStack.push(new OptionsCommand(*this, std::move(options),
                                        changes == tree::RuleChanges() ? tr("Reset the alignment rules")
                                                                       : tr("Change the alignment rules")));
}

build::Plan Document::planWith(const tree::RuleChanges& changes)
{
    auto options = m_options;
    options.ruleChanges = changes;
    return build::plan(m_tree, options, m_knowledge);
}

void Document::addCompiled(std::span<const sources::CompileJob> jobs, std::vector<sources::Compiled> results)
{
    m_knowledge.compiled.add(jobs, std::move(results));
    replan();
}

void Document::setCompilerUnavailable(const Error& reason)
{
    m_knowledge.compiled.setUnavailable(reason);
    replan();
}

void Document::cancelCompiling()
{
    tellWaiting(fail(ErrorCode::Cancelled, tr("Compiling Python files was cancelled.").toStdString()));
}

void Document::whenComplete(QObject* context, std::function<void(const Result<void>&)> then)
{
    if (m_plan.isComplete()) {
        then({});
        return;
    }
    m_waiting.push_back({.context = context, .then = std::move(then)});
    Q_EMIT compilingNeeded(); // it may have been cancelled
}

void Document::tellWaiting(const Result<void>& result)
{
    for (const auto& [context, then] : std::exchange(m_waiting, {})) {
        if (context) {
            then(result);
        }
    }
}

void Document::recompile()
{
    m_knowledge.compiled.retry();
    replan();
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
    const bool hasOtherTarget = isRecipe() && target().key() != m_savedTarget;
    return !m_undoStack.isClean() || hasOtherTarget || (movedByTarget && (!m_path.isEmpty() || m_isNested));
}

void Document::followHistory()
{
    m_unnamed = nullptr;
    replan();
    if (!m_isPerforming) {
        Q_EMIT stepped();
    }
}

Result<void> Document::perform(Result<tree::Edit> edit, const QString& text, Gesture gesture)
{
    if (!edit) {
        return std::unexpected(edit.error());
    }
    if (!edit->isEmpty()) {
        {
            const QScopedValueRollback performing(m_isPerforming, true);
            m_undoStack.push(new EditCommand(*this, std::move(*edit), text, gesture == Gesture::Continued));
        }
        Q_EMIT performed();
    }
    return {};
}

void Document::markSaved(const QString& path, std::uint64_t revision)
{
    m_path = path;
    m_isRecovered = false;
    if (revision == m_revision) {
        noteSaved();
        m_undoStack.setClean();
    } else {
        m_undoStack.resetClean(); // edited while it was written: no state here is the one on disk for sure
    }
    if (std::exchange(m_isNested, false)) {
        m_options.target = target().insideAnother(false);
        replan();
    }
    keepForRecovery(); // the stack may have been clean all along
    Q_EMIT titleChanged();
}

void Document::markSavedIntoOuter()
{
    noteSaved();
    m_undoStack.setClean();
    keepForRecovery();
    Q_EMIT titleChanged();
}

void Document::markUnsaved()
{
    m_undoStack.resetClean();
    Q_EMIT titleChanged();
}

void Document::reload(romfs::Image image)
{
    auto options = m_options;
    options.style = image.source->style;
    reload(tree::RomTree(std::move(image)), std::move(options));
}

void Document::reload(recipe::Project project)
{
    setTarget(project.options.target);
    reload(tree::RomTree(std::move(project.root)), std::move(project.options));
}

void Document::reload(tree::RomTree tree, build::Options options)
{
    const QScopedValueRollback performing(m_isPerforming, true);
    m_undoStack.beginMacro(tr("Reload from the disk"));
    if (options.style != m_options.style || options.python != m_options.python
        || options.ruleChanges != m_options.ruleChanges) {
        m_undoStack.push(new OptionsCommand(*this, std::move(options), {}));
    }
    m_undoStack.push(new EditCommand(*this, m_tree.replaceAll(std::move(tree)), {}));
    m_undoStack.endMacro();
    m_isRecovered = false;
    noteSaved();
    m_undoStack.setClean();
    Q_EMIT titleChanged();
}

void Document::replan()
{
    ++m_revision;
    m_plan = build::plan(m_tree, m_options, m_knowledge);
    Q_EMIT planChanged();
    if (m_plan.isComplete()) {
        tellWaiting({});
    } else {
        Q_EMIT compilingNeeded();
    }
}

} // namespace romsmith::ui
