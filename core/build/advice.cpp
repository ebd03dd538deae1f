// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/advice.h"

#include "core/inspect/kind.h"
#include "core/inspect/mpy.h"
#include "core/inspect/tflite.h"
#include "core/romfs/names.h"

#include <algorithm>
#include <format>
#include <set>

namespace romsmith::build {
namespace {

using romfs::Finding;
using romfs::Mend;
using romfs::Severity;

/// An image that is fuller than this is in the way of its next change.
constexpr double nearlyFull = 0.95;

std::string_view stemOf(std::string_view name)
{
    return name.substr(0, name.rfind('.'));
}

bool isModule(const tree::Node& node)
{
    return node.isFolder() || node.name().ends_with(".py") || node.name().ends_with(".mpy");
}

std::string_view moduleOf(const tree::Node& node)
{
    return node.isFolder() ? std::string_view(node.name()) : stemOf(node.name());
}

std::vector<std::byte> headOf(const romfs::Content& content)
{
    std::vector<std::byte> head(std::min<std::uint64_t>(content.size(), inspect::textSample));
    return content.read(0, head) ? head : std::vector<std::byte>();
}

class Advisor
{
public:
    Advisor(const tree::FlatTree& flat, const romfs::Layout& layout, const tree::AlignmentRules& rules,
            const Target& target, ModelFacts& models)
        : m_flat(flat)
        , m_layout(layout)
        , m_rules(rules)
        , m_target(target)
        , m_models(models)
    { }

    std::vector<Finding> run(const PythonOptions& python)
    {
        for (std::uint32_t i = 0; i < m_flat.nodes.size(); ++i) {
            const auto& node = *m_flat.nodes[i];
            if (node.isFile()) {
                checkStart(i, node);
                checkMpy(i);
                checkModel(i, node);
                checkOverride(i, node);
            }
        }
        checkShadows();
        checkUncompiled(python);
        checkRoom();
        return std::move(m_findings);
    }

private:
    void add(std::uint32_t entry, Severity severity, std::string_view code, std::string message, Mend mend = Mend::None)
    {
        m_findings.push_back({.severity = severity,
                              .code = code,
                              .entry = entry,
                              .path = m_flat.nodes[entry]->path(),
                              .offset = m_layout[entry].recordOffset,
                              .message = std::move(message),
                              .mend = mend});
    }

    void addWhole(Severity severity, std::string_view code, std::string message, Mend mend = Mend::None)
    {
        m_findings.push_back({.severity = severity,
                              .code = code,
                              .entry = romfs::noParent,
                              .path = {},
                              .offset = 0,
                              .message = std::move(message),
                              .mend = mend});
    }

    void checkStart(std::uint32_t entry, const tree::Node& node)
    {
        if (startsDevice(node)) {
            add(entry, Severity::Info, "never-started",
                std::format("The device does not start this by itself: it runs {0} from its own filesystem or from the "
                            "firmware only. There, this line delegates to it: exec(open(\"/rom/{0}\").read())",
                            node.name()));
        }
    }

    void checkMpy(std::uint32_t entry)
    {
        const auto& file = m_flat.entries[entry];
        if (!file.name.ends_with(".mpy") || !m_target.board()) {
            return;
        }
        const auto header = inspect::readMpyHeader(file.content);
        if (!header && header.error().code == ErrorCode::CannotRead) {
            return; // writing it will say so
        }
        if (!header) {
            add(entry, Severity::Error, "not-mpy", "Importing it fails: " + header.error().message);
        } else if (const auto verdict = inspect::canLoad(*header, *m_target.board()); !verdict.loads) {
            add(entry, Severity::Error, "mpy-not-loadable",
                std::format("Importing it fails on {}: {}", m_target.board()->name, verdict.reason));
        }
    }

    void checkModel(std::uint32_t entry, const tree::Node& node)
    {
        if (!romfs::hasExtension(node.name(), "tflite")) {
            return;
        }
        const auto& facts = m_models.of(node.content(), node.name());
        const auto npu = m_target.board() ? m_target.board()->npu : boards::Npu::None;
        if (facts.kind == ModelFacts::Kind::Other) {
            add(entry, Severity::Warning, "not-a-model",
                "This is no model: neither TensorFlow Lite nor made for an NPU. Loading it as one fails.");
            return; // labels make no difference
        }
        if (facts.kind == ModelFacts::Kind::Broken) {
            add(entry, Severity::Warning, "broken-model", facts.problem);
        } else if (npu == boards::Npu::NeuralArt
                   && (facts.kind == ModelFacts::Kind::Tflite || facts.kind == ModelFacts::Kind::TfliteForEthosU)) {
            add(entry, Severity::Warning, "not-for-npu",
                std::format("{} runs it on its processor only, slowly: it is not compiled for the Neural-ART. Convert "
                            "it with stedgeai and replace it.",
                            m_target.board()->name));
        } else if (npu == boards::Npu::EthosU && facts.kind == ModelFacts::Kind::Tflite) {
            add(entry, Severity::Warning, "not-for-npu",
                std::format("{} runs it on its processor only, slowly: it has no operator for the Ethos-U. Convert it "
                            "with Vela and replace it.",
                            m_target.board()->name));
        }
        checkLabels(entry, node);
    }

    void checkLabels(std::uint32_t entry, const tree::Node& node)
    {
        const auto stem = std::string(stemOf(node.name()));
        const bool has = std::ranges::any_of(node.parent()->children(), [&](const auto& sibling) {
            return sibling->isFile() && sibling->name().ends_with(".txt")
                && (stemOf(sibling->name()) == stem || sibling->name().contains("label"));
        });
        if (!has) {
            add(entry, Severity::Info, "no-labels",
                std::format("There is no {}.txt beside it, where programs look for the names of what it recognises.",
                            stem));
        }
    }

    void checkOverride(std::uint32_t entry, const tree::Node& node)
    {
        const auto chosen = node.state().alignmentOverride;
        if (!chosen) {
            return;
        }
        const auto& name = m_flat.entries[entry].name;
        const auto needed = m_rules.ruleFor(name).value_or(1);
        if (*chosen < needed && romfs::naturalAlignment(m_layout[entry].contentOffset) < needed) {
            add(entry, romfs::isModelName(name) ? Severity::Error : Severity::Warning, "below-rule",
                std::format("You set an alignment of {}, but {} needs {} for .{} files, or the first use fails.",
                            *chosen, m_target.board() ? m_target.board()->name : "a board", needed,
                            romfs::extensionOf(name)),
                Mend::UseRule);
        }
    }

    /// Both /rom and /rom/lib are searched, in this order.
    void checkShadows()
    {
        std::set<std::string_view> atTop;
        for (const auto* node : m_flat.nodes) {
            if (node->parent() && !node->parent()->parent() && !node->isRaw() && isModule(*node)) {
                atTop.insert(moduleOf(*node));
            }
        }
        for (std::uint32_t i = 0; i < m_flat.nodes.size(); ++i) {
            const auto& node = *m_flat.nodes[i];
            const auto* folder = node.parent();
            const bool inLib = folder && folder->name() == "lib" && folder->parent() && !folder->parent()->parent();
            if (inLib && !node.isRaw() && isModule(node) && atTop.contains(moduleOf(node))) {
                add(i, Severity::Warning, "shadowed-by-top",
                    std::format(
                        "\"import {0}\" never finds this: /rom is searched before /rom/lib, and has a {0}, too.",
                        moduleOf(node)),
                    Mend::Rename);
            }
        }
    }

    void checkUncompiled(const PythonOptions& python)
    {
        if (python.compile) {
            return;
        }
        const auto count = std::ranges::count_if(m_flat.nodes, [&](const tree::Node* node) {
            return pythonFate(*node, python) == PythonFate::KeptByProject;
        });
        if (count > 0) {
            addWhole(
                Severity::Info, "uncompiled",
                std::format("{} kept as source: the device compiles {} into RAM at every import.",
                            count == 1 ? std::string("A Python file is") : std::format("{} Python files are", count),
                            count == 1 ? "it" : "them"),
                Mend::Compile);
        }
    }

    void checkRoom()
    {
        const auto size = m_target.size();
        const auto total = m_layout.totalSize();
        if (size && total <= *size && static_cast<double>(total) > nearlyFull * static_cast<double>(*size)) {
            addWhole(Severity::Info, "nearly-full",
                     std::format("{} is nearly full: {} of {} bytes are left.", m_target.name(), *size - total, *size));
        }
    }

    const tree::FlatTree& m_flat;
    const romfs::Layout& m_layout;
    const tree::AlignmentRules& m_rules;
    const Target& m_target;
    ModelFacts& m_models;
    std::vector<Finding> m_findings;
};

} // namespace

const ModelFacts::Facts& ModelFacts::of(const romfs::Content& content, std::string_view name)
{
    auto& facts = m_known[content.identity()];
    if (facts.content.isSameAs(content) && !content.isEmpty()) {
        return facts;
    }
    facts = {.content = content, .kind = Kind::Other, .problem = {}};
    const auto head = headOf(content);
    switch (inspect::kindOf(head, name)) {
    case inspect::FileKind::NeuralArt:
        facts.kind = Kind::NeuralArt;
        break;
    case inspect::FileKind::Tflite: {
        const auto model = content.isInMemory()
            ? inspect::readTflite(content.bytes())
            : content.readAll().and_then([](const std::vector<std::byte>& all) { return inspect::readTflite(all); });
        facts.kind = !model ? Kind::Broken : model->isForEthosU() ? Kind::TfliteForEthosU : Kind::Tflite;
        facts.problem = model ? std::string() : model.error().message;
        break;
    }
    default:
        break;
    }
    return facts;
}

std::vector<Finding> advise(const tree::FlatTree& flat, const romfs::Layout& layout, const tree::AlignmentRules& rules,
                            const PythonOptions& python, const Target& target, ModelFacts& models)
{
    return Advisor(flat, layout, rules, target, models).run(python);
}

} // namespace romsmith::build
