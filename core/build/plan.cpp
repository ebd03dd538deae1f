// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/plan.h"

#include <algorithm>
#include <array>
#include <format>
#include <iterator>

namespace romsmith::build {
namespace {

struct Failure
{
    PythonFile file;
    const sources::CompileError* error;
};

/// Puts what is compiled in its place; gives what cannot be and notes in @p plan what is still to be compiled.
std::vector<Failure> substituteCompiled(Plan& plan, const Options& options, const CompiledFiles& compiled)
{
    std::vector<Failure> failures;
    const auto compiling = compileOptions(options.python, options.target);
    CompiledFiles::Search search(compiled, compiling);
    for (const auto index : entriesToCompile(plan.flat, options.python)) {
        const auto& node = *plan.flat.nodes[index];
        const auto* result = search.find(node);
        if (!result) {
            plan.toCompile.push_back(pythonFile(plan.flat, index, compiling));
        } else if (*result) {
            auto& entry = plan.flat.entries[index];
            substitute(entry, **result);
            const auto reason = node.wantedAlignment(plan.rules).reason;
            if (reason == tree::AlignmentReason::Rule || reason == tree::AlignmentReason::Default) {
                entry.alignment = plan.rules.of(entry.name);
            }
        } else {
            failures.push_back({.file = pythonFile(plan.flat, index, compiling), .error = &result->error()});
        }
    }
    return failures;
}

romfs::Finding noCompiler(std::size_t files, const Error& reason)
{
    return {.severity = romfs::Severity::Error,
            .code = "no-compiler",
            .entry = romfs::noParent,
            .path = {},
            .offset = 0,
            .message = std::format(
                "{} cannot be compiled. {} Name a compiler in the settings, or keep Python as source.",
                files == 1 ? std::string("A Python file") : std::format("{} Python files", files), reason.message),
            .mend = romfs::Mend::KeepSource};
}

/// What is not as it was read, or could not be read at all.
void checkSource(Plan& plan, const Knowledge& knowledge, const tree::Node& node, std::uint32_t entry)
{
    const auto& link = node.state().link;
    const auto change = link ? knowledge.changes.find(link) : knowledge.changes.end();
    const bool isChanged = change != knowledge.changes.end();
    if (!link || (link->problem.empty() && !isChanged)) {
        return;
    }
    romfs::Finding finding{.severity = romfs::Severity::Error,
                           .code = missingSource,
                           .entry = entry,
                           .path = node.path(),
                           .offset = entry == romfs::noParent ? 0 : plan.layout[entry].recordOffset,
                           .message = link->problem + " Put it there and refresh, or replace or delete this.",
                           .mend = isChanged ? romfs::Mend::Refresh : romfs::Mend::Remove};
    if (link->problem.empty()) {
        const auto& [what, isGone] = change->second;
        finding.severity = romfs::Severity::Warning;
        finding.code = "source-changed";
        finding.message = what
            + (isGone ? " The image has what was read before; put it back, or delete this as well."
                      : " The image has what was read before; refresh to have what is there now.");
        finding.mend = !isGone ? romfs::Mend::Refresh : node.parent() ? romfs::Mend::Remove : romfs::Mend::None;
    }
    plan.findings.push_back(std::move(finding));
}

void checkSources(Plan& plan, const Knowledge& knowledge, const tree::RomTree& tree)
{
    checkSource(plan, knowledge, tree.root(), romfs::noParent);
    for (std::uint32_t i = 0; i < plan.flat.nodes.size(); ++i) {
        checkSource(plan, knowledge, *plan.flat.nodes[i], i);
    }
}

} // namespace

tree::AlignmentRules Options::alignmentRules() const
{
    return ruleChanges.appliedTo(unchangedRules());
}

tree::AlignmentRules Options::unchangedRules() const
{
    return rules ? *rules : target.alignmentRules(style);
}

Options Options::asItIs(const tree::RomTree& image, const Target& target)
{
    return {.target = target,
            .style = image.source()->style,
            .python = {.compile = false},
            .rules = target.alignmentRules(romfs::Style::OpenMv)};
}

romfs::CheckTarget Options::checkTarget() const
{
    auto checked = place.value_or(target.checkTarget());
    if (maxSize && (!checked.partitionSize || *maxSize < *checked.partitionSize)) {
        checked.partitionSize = maxSize;
        checked.name = "the size allowed";
    }
    return checked;
}

const romfs::Finding* Plan::obstacle() const
{
    static constexpr std::array<std::string_view, 3> obstacles{"too-large", notCompiled, missingSource};
    const auto found = std::ranges::find_if(
        findings, [](const romfs::Finding& finding) { return std::ranges::contains(obstacles, finding.code); });
    return found == findings.end() ? nullptr : &*found;
}

bool Plan::hasErrors() const
{
    return std::ranges::contains(findings, romfs::Severity::Error, &romfs::Finding::severity);
}

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

const romfs::Entry* Plan::entry(const tree::Node& node) const
{
    const auto index = find(&node);
    return index ? &flat.entries[*index] : nullptr;
}

const romfs::Content& Plan::contentOf(const tree::Node& node) const
{
    const auto* found = entry(node);
    return found ? found->content : node.content();
}

const romfs::Finding* Plan::worstFinding(const tree::Node& node) const
{
    const auto index = find(&node);
    const auto worst = index ? worstFindingOf.constFind(*index) : worstFindingOf.cend();
    return worst == worstFindingOf.cend() ? nullptr : &findings[*worst];
}

bool Plan::isCompiled(const tree::Node& node) const
{
    const auto* found = entry(node);
    return found && node.isFile() && found->name != node.name();
}

bool Plan::isWaiting(const tree::Node& node) const
{
    const auto index = find(&node);
    return index && std::ranges::binary_search(toCompile, *index, {}, &PythonFile::entry);
}

Plan plan(const tree::RomTree& tree, const Options& options, Knowledge& knowledge)
{
    const auto& compiled = knowledge.compiled;
    Plan plan;
    plan.rules = options.alignmentRules();
    plan.flat = tree.flatten(plan.rules);
    const auto failures = substituteCompiled(plan, options, compiled);
    plan.layout = romfs::Layout::plan(plan.flat.entries, tree.layoutOptions(plan.rules, options.style));
    for (const auto& [file, error] : failures) {
        plan.findings.push_back(compileFinding(file, *error, plan.layout));
    }
    std::ranges::move(romfs::check(plan.flat.entries, plan.layout, options.checkTarget()),
                      std::back_inserter(plan.findings));
    checkSources(plan, knowledge, tree);
    std::ranges::move(advise(plan.flat, plan.layout, plan.rules, options.python, options.target, knowledge.models),
                      std::back_inserter(plan.findings));
    if (compiled.unavailable() && !plan.toCompile.empty()) {
        plan.findings.push_back(noCompiler(plan.toCompile.size(), *compiled.unavailable()));
        plan.toCompile.clear();
    }
    std::ranges::stable_sort(plan.findings, {}, &romfs::Finding::entry);
    for (std::uint32_t i = 0; i < plan.findings.size(); ++i) {
        const auto known = plan.worstFindingOf.constFind(plan.findings[i].entry);
        if (known == plan.worstFindingOf.cend() || plan.findings[*known].severity < plan.findings[i].severity) {
            plan.worstFindingOf.insert(plan.findings[i].entry, i);
        }
    }
    plan.indexOf.reserve(std::ssize(plan.flat.nodes));
    for (std::uint32_t i = 0; i < plan.flat.nodes.size(); ++i) {
        plan.indexOf.insert(plan.flat.nodes[i], i);
    }
    return plan;
}

} // namespace romsmith::build
