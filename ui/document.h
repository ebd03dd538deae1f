// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/plan.h"
#include "core/recipe/compose.h"
#include "core/recipe/load.h"
#include "core/recipe/refresh.h"
#include "core/tree/diff.h"
#include "core/tree/romtree.h"
#include "ui/recovery.h"

#include <QObject>
#include <QPointer>
#include <QUndoStack>

#include <functional>
#include <memory>
#include <optional>

namespace romsmith::ui {

/// One image that is being edited. Every gesture is one undoable step; the clean state is the saved one.
class Document : public QObject
{
    Q_OBJECT

public:
    explicit Document(QObject* parent = nullptr); ///< a new, empty image
    Document(romfs::Image image, QString path, QObject* parent = nullptr);
    Document(recipe::Project project, QString path, QObject* parent = nullptr);
    explicit Document(RecoverySnapshot recovered, QObject* parent = nullptr); ///< has unsaved changes from the start

    [[nodiscard]] tree::RomTree& tree() { return m_tree; }
    [[nodiscard]] const tree::RomTree& tree() const { return m_tree; }
    [[nodiscard]] const build::Plan& plan() const { return m_plan; }

    /// True for what is in the tree; safe for nodes that are gone.
    [[nodiscard]] bool holds(const tree::Node* node) const
    {
        return node == &m_tree.root() || m_plan.indexOf.contains(node);
    }
    [[nodiscard]] QUndoStack& undoStack() { return m_undoStack; }

    [[nodiscard]] const build::Target& target() const { return m_options.target; }
    void setTarget(const build::Target& target);

    [[nodiscard]] romfs::Style style() const { return m_options.style; }
    void setStyle(romfs::Style style); ///< undoable

    /// What the image wants otherwise than the rules of its board.
    [[nodiscard]] const tree::RuleChanges& ruleChanges() const { return m_options.ruleChanges; }
    [[nodiscard]] tree::AlignmentRules boardRules() const { return m_options.unchangedRules(); }
    void setRuleChanges(const tree::RuleChanges& changes); ///< undoable
    [[nodiscard]] build::Plan planWith(const tree::RuleChanges& changes); ///< which changes nothing

    [[nodiscard]] const build::PythonOptions& python() const { return m_options.python; }
    void setPython(const build::PythonOptions& python); ///< undoable

    /// What the compiler made of the plan's Python files, or why there is no compiler.
    void addCompiled(std::span<const sources::CompileJob> jobs, std::vector<sources::Compiled> results);
    void setCompilerUnavailable(const Error& reason);
    void cancelCompiling(); ///< who waits for it is told
    void recompile(); ///< tries once more what could not be compiled or was cancelled

    /// Calls @p then when the plan is complete, which may be at once; with an error if compiling is cancelled before.
    void whenComplete(QObject* context, std::function<void(const Result<void>&)> then);

    [[nodiscard]] const QString& path() const { return m_path; } ///< empty until it is saved for the first time
    [[nodiscard]] QString name() const; ///< for tabs and titles
    [[nodiscard]] bool isModified() const;

    /// True for a document that came back after the program had ended with unsaved changes in it.
    [[nodiscard]] bool isRecovered() const { return m_isRecovered; }

    /// True if it is saved as what it is made of, not as the image.
    [[nodiscard]] bool isRecipe() const { return recipe::isRecipe(m_path.toStdString()); }
    [[nodiscard]] Result<recipe::Composition> recipeFor(const QString& path) const;

    /// What became of the files that the tree was read from, of those that were @p lookedAt.
    void setChanges(std::span<const recipe::Link> lookedAt, std::map<recipe::Link, tree::SourceChange> changes);

    /// What tabs and titles call a document that is no file of this computer yet.
    void setUntitledName(const QString& name);

    /// What tabs and titles call a document that is a file of another image; it is not a file of this computer.
    void setNestedName(const QString& name);
    [[nodiscard]] bool isNested() const { return m_isNested; }

    /// The image as it is right now, to save or compare it while editing goes on.
    [[nodiscard]] tree::ImageSnapshot image() const
    {
        return {.entries = m_plan.flat.entries, .layout = m_plan.layout};
    }

    /// The state of the document, to come back to it later.
    [[nodiscard]] RecoverySnapshot snapshot() const;
    [[nodiscard]] RecoveryJournal& journal() { return m_journal; }

    /// Makes a gesture one step of the undo stack. An edit that changes nothing leaves no step behind.
    enum class Gesture : std::uint8_t { New, Continued };
    Result<void> perform(Result<tree::Edit> edit, const QString& text, Gesture gesture = Gesture::New);

    /// The next step gives @p made its name, and belongs to the gesture that has just made it.
    void expectName(const tree::Node& made) { m_unnamed = &made; }
    [[nodiscard]] bool expectsName(const tree::Node& node) const { return m_unnamed == &node; }

    [[nodiscard]] const std::vector<tree::Node*>& lastSubjects() const { return m_lastSubjects; }

    /// Another one after every change of the plan.
    [[nodiscard]] std::uint64_t revision() const { return m_revision; }

    /// To be called when the plan of @p revision was written to @p path.
    void markSaved(const QString& path, std::uint64_t revision);
    void markSavedIntoOuter(); ///< of a nested document
    void markUnsaved(); ///< what was saved is no longer there

    /// Takes over what is in the file now: one step that can be undone like every other. Saved afterwards.
    void reload(romfs::Image image);
    void reload(recipe::Project project);

Q_SIGNALS:
    void planChanged();
    void compilingNeeded(); ///< the plan is not complete: addCompiled() what it has toCompile
    void titleChanged(); ///< name or modified state
    void targetChanged();
    void stepped(); ///< something was undone or redone; lastSubjects() are what it is about, as far as they are there
    void performed(); ///< a new gesture was made; lastSubjects() are what it brought or changed

    /// What is unsaved cannot be written below @p base, so that it would not survive the end of the process. Said once
    /// until it can again.
    void journalFailed(const QString& base);

private:
    struct Waiting
    {
        QPointer<QObject> context;
        std::function<void(const Result<void>&)> then;
    };

    friend class EditCommand;
    friend class OptionsCommand;

    void replan();
    void followHistory();
    void init();
    void keepForRecovery();
    void tellWaiting(const Result<void>& result);
    void reload(tree::RomTree tree, build::Options options);
    void noteSaved();

    tree::RomTree m_tree;
    build::Options m_options;
    build::Knowledge m_knowledge;
    build::Plan m_plan;
    std::vector<Waiting> m_waiting; ///< for the plan to be complete
    std::uint64_t m_revision = 0;
    QString m_path;
    QString m_untitledName;
    bool m_isNested = false;
    bool m_isRecovered = false;
    RecoveryJournal m_journal;
    std::vector<tree::Node*> m_lastSubjects;
    const tree::Node* m_unnamed = nullptr;
    bool m_isPerforming = false;
    tree::AlignmentRules m_savedRules = tree::AlignmentRules::openMv();
    std::string m_savedTarget; ///< its key: part of a recipe
    QUndoStack m_undoStack; ///< last: its commands refer to the tree
};

} // namespace romsmith::ui
