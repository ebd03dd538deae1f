// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/python.h"

#include "core/build/plan.h"

#include <format>
#include <set>
#include <utility>

namespace romsmith::build {
namespace {

constexpr std::string_view sourceSuffix = ".py";

bool isPython(const tree::Node& node)
{
    return node.isFile() && node.name().ends_with(sourceSuffix) && node.name().size() > sourceSuffix.size();
}

/// What the node itself or the nearest folder around it says.
std::optional<bool> wish(const tree::Node& node)
{
    for (const auto* at = &node; at; at = at->parent()) {
        if (at->state().compile) {
            return at->state().compile;
        }
    }
    return {};
}

PythonFate fateOf(const tree::Node& node, const PythonOptions& options, bool hasCompiledBeside)
{
    if (!isPython(node)) {
        return PythonFate::NoPython;
    }
    if (hasCompiledBeside) {
        return PythonFate::KeptBeside;
    }
    if (node.state().compile == true) {
        return PythonFate::Compiled;
    }
    if (startsDevice(node)) {
        return PythonFate::KeptToStart;
    }
    if (const auto said = wish(node)) {
        return *said ? PythonFate::Compiled : PythonFate::KeptByUser;
    }
    return options.compile ? PythonFate::Compiled : PythonFate::KeptByProject;
}

} // namespace

bool startsDevice(const tree::Node& node)
{
    const bool isAtTop = node.parent() && !node.parent()->parent();
    return isAtTop && (node.name() == "boot.py" || node.name() == "main.py");
}

PythonFate pythonFate(const tree::Node& node, const PythonOptions& options)
{
    return fateOf(node, options, isPython(node) && node.parent() && node.parent()->child(compiledName(node.name())));
}

std::string_view describe(PythonFate fate)
{
    switch (fate) {
    case PythonFate::NoPython:
    case PythonFate::Compiled:
        break;
    case PythonFate::KeptByProject:
        return "Kept as source: this image's Python files are not compiled.";
    case PythonFate::KeptByUser:
        return "Kept as source, as you said.";
    case PythonFate::KeptToStart:
        return "Kept as source: the device looks for boot.py and main.py by that name alone and never runs a compiled "
               "one.";
    case PythonFate::KeptBeside:
        return "Kept as source: an .mpy of that name is there already, and the device imports the .py.";
    }
    return {};
}

std::string compiledName(std::string_view sourceName)
{
    return std::string(sourceName.substr(0, sourceName.size() - sourceSuffix.size())) + ".mpy";
}

sources::CompileOptions compileOptions(const PythonOptions& options, const Target& target)
{
    sources::CompileOptions compileOptions;
    compileOptions.optimization = options.optimization;
    if (target.board() && target.board()->mpy) {
        compileOptions.arch = target.board()->mpy->march;
        compileOptions.smallIntBits = target.board()->mpy->smallIntBits;
    }
    return compileOptions;
}

std::vector<std::uint32_t> entriesToCompile(const tree::FlatTree& flat, const PythonOptions& options)
{
    std::set<std::pair<const tree::Node*, std::string_view>> compiledBefore; // folder and name
    for (const auto* node : flat.nodes) {
        if (node->isFile() && node->name().ends_with(".mpy")) {
            compiledBefore.emplace(node->parent(), node->name());
        }
    }
    std::vector<std::uint32_t> entries;
    for (std::uint32_t i = 0; i < flat.nodes.size(); ++i) {
        const auto& node = *flat.nodes[i];
        const bool hasCompiledBeside = isPython(node) && !compiledBefore.empty()
            && compiledBefore.contains({node.parent(), compiledName(node.name())});
        if (fateOf(node, options, hasCompiledBeside) == PythonFate::Compiled) {
            entries.push_back(i);
        }
    }
    return entries;
}

PythonFile pythonFile(const tree::FlatTree& flat, std::uint32_t entry, const sources::CompileOptions& options)
{
    const auto& node = *flat.nodes[entry];
    return {.entry = entry, .job = {.name = node.path(), .source = node.content(), .options = options}};
}

void substitute(romfs::Entry& entry, const romfs::Content& mpy)
{
    entry.name = compiledName(entry.name);
    entry.content = mpy;
    entry.extra.reset();
    entry.origin.reset();
}

romfs::Finding compileFinding(const PythonFile& file, const sources::CompileError& error, const romfs::Layout& layout)
{
    const auto where = error.line == 0 ? std::string() : std::format("Line {}: ", error.line);
    return {.severity = romfs::Severity::Error,
            .code = notCompiled,
            .entry = file.entry,
            .path = file.job.name,
            .offset = layout[file.entry].recordOffset,
            .message = std::format("{}{} Mend the file, or keep it as source.", where,
                                   error.message.ends_with('.') ? error.message : error.message + "."),
            .mend = romfs::Mend::KeepSource,
            .line = error.line};
}

} // namespace romsmith::build
