// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/advice.h"
#include "core/build/compiledfiles.h"
#include "core/build/python.h"
#include "core/build/target.h"
#include "core/romfs/checker.h"
#include "core/tree/romtree.h"

#include <QHash>

#include <map>
#include <memory>
#include <optional>

namespace romsmith::build {

/// How a tree becomes an image.
struct Options
{
    Target target;
    romfs::Style style = romfs::Style::OpenMv;
    PythonOptions python = {};
    std::optional<tree::AlignmentRules> rules = {}; ///< instead of those of the target
    tree::RuleChanges ruleChanges = {}; ///< to either of them
    std::optional<std::uint64_t> maxSize = {}; ///< bytes, if it is to be smaller than the partition
    std::optional<romfs::CheckTarget> place = {}; ///< where it really lies, instead of where the table of boards has it

    /// For an image that is looked at as it is, by the rules of @p target.
    [[nodiscard]] static Options asItIs(const tree::RomTree& image, const Target& target);

    [[nodiscard]] tree::AlignmentRules alignmentRules() const;
    [[nodiscard]] tree::AlignmentRules unchangedRules() const; ///< without the changes to them
    [[nodiscard]] romfs::CheckTarget checkTarget() const;
};

/// What is found out about contents once and holds for every plan with them.
struct Knowledge
{
    CompiledFiles compiled;
    ModelFacts models;
    std::map<std::shared_ptr<const tree::SourceLink>, tree::SourceChange> changes = {}; ///< on the disk
};

/// What a tree would be as an image. Columns, capacity, map, problems and writers all read this one object.
struct Plan
{
    tree::AlignmentRules rules = tree::AlignmentRules::openMv();
    tree::FlatTree flat; ///< in the entries, what the compiler made stands in the place of Python sources
    romfs::Layout layout;
    std::vector<romfs::Finding> findings;
    std::vector<PythonFile> toCompile; ///< not known yet; until then their sources stand in for them
    QHash<const tree::Node*, std::uint32_t> indexOf;
    QHash<std::uint32_t, std::uint32_t> worstFindingOf; ///< of entries with findings, the place among them

    /// False as long as something has to be compiled: this is not the image yet.
    [[nodiscard]] bool isComplete() const { return toCompile.empty(); }
    [[nodiscard]] bool hasErrors() const;
    /// Why no script should write this image: it is too large, something is missing, or Python cannot be compiled. Null
    /// if it can be written.
    [[nodiscard]] const romfs::Finding* obstacle() const;

    /// The node's place in all the lists above; none for a node that is gone, whose address alone is looked at.
    [[nodiscard]] std::optional<std::uint32_t> find(const tree::Node* node) const;
    [[nodiscard]] const romfs::Placement* placement(const tree::Node& node) const;
    [[nodiscard]] const romfs::Entry* entry(const tree::Node& node) const;

    /// What the image has of the node: the bytecode of a Python file that is compiled.
    [[nodiscard]] const romfs::Content& contentOf(const tree::Node& node) const;
    /// The worst that there is to say about a node; null for nothing.
    [[nodiscard]] const romfs::Finding* worstFinding(const tree::Node& node) const;
    [[nodiscard]] bool isCompiled(const tree::Node& node) const;
    [[nodiscard]] bool isWaiting(const tree::Node& node) const; ///< to be compiled
};

/// The code of the finding on what could not be read where it is said to come from.
inline constexpr std::string_view missingSource = "missing-source";
/// The same for a Python file that the compiler refuses; its source stands in for it.
inline constexpr std::string_view notCompiled = "not-compiled";

/// Takes a few milliseconds for 10,000 entries; nothing is compiled or written, and models are read once.
[[nodiscard]] Plan plan(const tree::RomTree& tree, const Options& options, Knowledge& knowledge);

} // namespace romsmith::build
