// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/facts.h"

#include "core/romfs/names.h"
#include "core/sources/disk.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

/// What the device's own listing shows at most; more is chance.
constexpr std::uint64_t largestShownAlignment = 128;

QString offsetText(std::uint64_t offset)
{
    return QStringLiteral("%1 (%2)").arg(hexOffset(offset), exactSize(offset));
}

QString alignmentReason(const tree::WantedAlignment& wanted, const tree::Node& node, const Document& document)
{
    const auto extension = romfs::extensionOf(node.name());
    const auto* board = document.target().board();
    switch (wanted.reason) {
    case tree::AlignmentReason::Override:
        return FactsView::tr("you set it for this file");
    case tree::AlignmentReason::Found:
        return FactsView::tr("the image that the file was read from had aligned it so");
    case tree::AlignmentReason::Rule:
        return document.ruleChanges().byExtension.contains(extension)
            ? FactsView::tr("your rule for .%1 files").arg(text(extension))
            : board ? FactsView::tr("%1's rule for .%2 files").arg(text(board->name), text(extension))
                    : FactsView::tr("the rule for .%1 files").arg(text(extension));
    case tree::AlignmentReason::Nested:
        return FactsView::tr("what is in this image stays aligned only as far as the image itself is");
    case tree::AlignmentReason::Default:
        return FactsView::tr("no rule names this kind of file");
    }
    return {};
}

/// "32, as wanted", or what is wrong.
QString alignmentText(std::uint64_t offset, std::uint32_t wanted)
{
    const auto actual
        = std::min(romfs::naturalAlignment(offset), std::max<std::uint64_t>(wanted, largestShownAlignment));
    return actual >= wanted ? FactsView::tr("%1 bytes, enough").arg(exactSize(actual))
                            : FactsView::tr("%1 bytes, which is too little").arg(exactSize(actual));
}

std::vector<Fact> nodeFacts(const Document& document, const tree::Node& node)
{
    std::vector<Fact> facts{{FactsView::tr("Path"), shownName(node.path())}};
    if (node.isFolder()) {
        facts.push_back({FactsView::tr("Content"), folderText(document.plan(), node)});
    } else if (const auto* entry = document.plan().entry(node); document.plan().isCompiled(node)) {
        facts.push_back({FactsView::tr("Source"), byteCount(node.content().size())});
        facts.push_back({FactsView::tr("Compiled"),
                         FactsView::tr("%1, %2").arg(shownName(entry->name), byteCount(entry->content.size()))});
    } else {
        facts.push_back({FactsView::tr("Size"), byteCount(node.content().size())});
    }
    if (const auto reason = build::describe(build::pythonFate(node, document.python())); !reason.empty()) {
        facts.push_back({FactsView::tr("Python"), text(std::string(reason))});
    }
    if (const auto& link = node.state().link; link && !link->path.empty()) {
        facts.push_back({FactsView::tr("Read from"), text(sources::shown(link->path))});
    }
    const auto& origin = node.state().origin;
    if (origin && origin->throughPointer && document.plan().layout.unchangedSource()) {
        facts.push_back({FactsView::tr("Stored"),
                         FactsView::tr("through a pointer record: the content lies elsewhere in the image")});
    }
    return facts;
}

std::vector<Fact> imageFacts(const Document& document, const tree::Node& node, const romfs::Placement& placement)
{
    std::vector<Fact> facts{{FactsView::tr("Record"), offsetText(placement.recordOffset)}};
    if (!node.isRaw()) {
        facts.push_back({node.isFolder() ? FactsView::tr("First record inside") : FactsView::tr("Content"),
                         offsetText(placement.contentOffset)});
    }
    facts.push_back({FactsView::tr("End"), offsetText(placement.recordEnd)});
    if (node.isFile()) {
        const auto wanted = node.wantedAlignment(document.plan().rules);
        facts.push_back({FactsView::tr("Aligned to"), alignmentText(placement.contentOffset, wanted.value)});
        facts.push_back({FactsView::tr("Wanted"),
                         FactsView::tr("%1 bytes: %2").arg(wanted.value).arg(alignmentReason(wanted, node, document))});
    }
    if (!node.isRaw()) {
        facts.push_back({FactsView::tr("Padding"), byteCount(placement.padding)});
    }
    return facts;
}

std::vector<Fact> boardFacts(const build::Target& target, const tree::Node& node, const romfs::Placement& placement,
                             const tree::AlignmentRules& rules)
{
    if (!target.board()) {
        return {{FactsView::tr("Address"), FactsView::tr("Choose a board to see it")}};
    }
    if (target.isInsideAnother()) {
        return {{FactsView::tr("Address"), FactsView::tr("Depends on where this image lies in the outer one")}};
    }
    if (target.address() == 0) {
        return {{FactsView::tr("Address"),
                 FactsView::tr("Not known: %1 does not say where it maps the image").arg(text(target.name()))}};
    }
    const auto address = target.address() + placement.contentOffset;
    std::vector<Fact> facts{{FactsView::tr("Address"), hexOffset(address, 8)}};
    if (node.isFile()) {
        facts.push_back({FactsView::tr("Aligned to"), alignmentText(address, node.wantedAlignment(rules).value)});
    }
    return facts;
}

QString shapeText(const std::vector<std::int32_t>& shape)
{
    QStringList sizes;
    for (const auto size : shape) {
        sizes.append(QString::number(size));
    }
    return sizes.isEmpty() ? FactsView::tr("scalar") : sizes.join(QStringLiteral(" × "));
}

QString tensorText(const inspect::ModelTensor& tensor)
{
    auto value = shownName(tensor.name);
    if (!tensor.type.empty()) {
        value += QStringLiteral(", %1 %2").arg(text(tensor.type), shapeText(tensor.shape));
    }
    if (tensor.quantisation && tensor.quantisation->scale != 0) {
        value += FactsView::tr(", scale %1, zero point %2")
                     .arg(tensor.quantisation->scale, 0, 'g', 6)
                     .arg(tensor.quantisation->zeroPoint);
    }
    return value;
}

void addTensors(std::vector<Fact>& facts, const QString& name, const std::vector<inspect::ModelTensor>& tensors,
                std::uint64_t count)
{
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        facts.push_back({count == 1 ? name : QStringLiteral("%1 %2").arg(name).arg(i), tensorText(tensors[i])});
    }
    if (count > tensors.size()) {
        facts.push_back({name, FactsView::tr("and %1 more").arg(exactSize(count - tensors.size()))});
    }
}

FactGroup graphFacts(const inspect::ModelGraph& graph, std::size_t index, std::uint64_t graphCount)
{
    FactGroup group{.title
                    = graphCount == 1 ? FactsView::tr("Inputs and outputs") : FactsView::tr("Graph %1").arg(index),
                    .facts = {}};
    if (!graph.name.empty()) {
        group.facts.push_back({FactsView::tr("Name"), shownName(graph.name)});
    }
    addTensors(group.facts, FactsView::tr("Input"), graph.inputs, graph.inputCount);
    addTensors(group.facts, FactsView::tr("Output"), graph.outputs, graph.outputCount);
    group.facts.push_back({FactsView::tr("Tensors"), exactSize(graph.tensorCount)});
    return group;
}

FactGroup operatorFacts(const inspect::TfliteModel& model)
{
    FactGroup group{.title = FactsView::tr("Operators"), .facts = {}};
    for (const auto& op : model.operators) {
        const auto name = shownName(op.name);
        group.facts.push_back(
            {name, op.isCustom ? FactsView::tr("%1, custom").arg(exactSize(op.count)) : exactSize(op.count)});
    }
    return group;
}

} // namespace

QString kindText(inspect::FileKind kind)
{
    switch (kind) {
    case inspect::FileKind::Empty:
        return FactsView::tr("Empty file");
    case inspect::FileKind::Text:
        return FactsView::tr("Text");
    case inspect::FileKind::Python:
        return FactsView::tr("Python source");
    case inspect::FileKind::Json:
        return FactsView::tr("JSON");
    case inspect::FileKind::Mpy:
        return FactsView::tr("Compiled MicroPython code");
    case inspect::FileKind::Picture:
        return FactsView::tr("Picture");
    case inspect::FileKind::Tflite:
        return FactsView::tr("TensorFlow Lite model");
    case inspect::FileKind::NeuralArt:
        return FactsView::tr("Model compiled for ST's Neural-ART");
    case inspect::FileKind::Romfs:
        return FactsView::tr("ROMFS image inside this one");
    case inspect::FileKind::Binary:
        return FactsView::tr("Binary data");
    }
    return {};
}

QString byteCount(std::uint64_t bytes)
{
    return bytes < 1024 ? FactsView::tr("%n byte(s)", nullptr, static_cast<int>(bytes))
                        : FactsView::tr("%1 bytes (%2)").arg(exactSize(bytes), roundSize(bytes));
}

QString folderText(const build::Plan& plan, const tree::Node& folder)
{
    const auto index = plan.find(&folder);
    if (!index) {
        return {};
    }
    int files = 0;
    int folders = 0;
    std::uint64_t size = 0;
    const auto& entries = plan.flat.entries;
    for (auto i = *index + 1; i < entries[*index].subtreeEnd; ++i) {
        files += entries[i].type == romfs::EntryType::File ? 1 : 0;
        folders += entries[i].type == romfs::EntryType::Directory ? 1 : 0;
        size += entries[i].content.size();
    }
    return FactsView::tr("%1, %2, %3")
        .arg(FactsView::tr("%n file(s)", nullptr, files), FactsView::tr("%n folder(s)", nullptr, folders),
             byteCount(size));
}

std::vector<FactGroup> placeFacts(const Document& document, const tree::Node& node)
{
    const auto* placement = document.plan().placement(node);
    if (!placement) {
        return {};
    }
    const auto& target = document.target();
    const auto title = node.isFolder() ? FactsView::tr("Folder")
        : node.isFile()                ? FactsView::tr("File")
                                       : FactsView::tr("Records");
    return {{.title = title, .facts = nodeFacts(document, node)},
            {.title = FactsView::tr("In the image"), .facts = imageFacts(document, node, *placement)},
            {.title = target.board() ? FactsView::tr("On %1").arg(text(target.name())) : FactsView::tr("On the board"),
             .facts = boardFacts(target, node, *placement, document.plan().rules)}};
}

Result<ContentFacts> readContentFacts(const romfs::Content& content, const std::string& name,
                                      const std::stop_token& stop)
{
    auto digest = inspect::digest(content, stop);
    if (!digest) {
        return std::unexpected(digest.error());
    }
    std::vector<std::byte> head(std::min<std::uint64_t>(content.size(), inspect::textSample));
    if (auto done = content.read(0, head); !done) {
        return std::unexpected(done.error());
    }
    ContentFacts facts{.kind = inspect::kindOf(head, name), .mpy = {}, .model = {}, .digest = std::move(*digest)};
    if (facts.kind == inspect::FileKind::Mpy) {
        facts.mpy = inspect::readMpyHeader(head);
    } else if (facts.kind == inspect::FileKind::Tflite) {
        facts.model = content.isInMemory() ? inspect::readTflite(content.bytes())
                                           : content.readAll().and_then([](const std::vector<std::byte>& bytes) {
                                                 return inspect::readTflite(bytes);
                                             });
    }
    return facts;
}

QString crc32Text(const inspect::Digest& digest)
{
    return QStringLiteral("%1").arg(digest.crc32, 8, 16, QLatin1Char('0'));
}

std::vector<FactGroup> digestFacts(const inspect::Digest& digest)
{
    return {
        {.title = FactsView::tr("Checksums"),
         .facts = {{QStringLiteral("CRC32"), crc32Text(digest)}, {QStringLiteral("SHA-256"), text(digest.sha256)}}}};
}

std::vector<FactGroup> mpyFacts(const inspect::MpyHeader& header, const build::Target& target)
{
    FactGroup group{.title = FactsView::tr("MicroPython code"), .facts = {}};
    group.facts.push_back({FactsView::tr("Version"),
                           header.isNative() ? QStringLiteral("%1.%2").arg(header.version).arg(header.subVersion)
                                             : QString::number(header.version)});
    const auto arch = text(inspect::mpyArchName(header.arch));
    group.facts.push_back({FactsView::tr("Native code"),
                           !header.isNative() ? FactsView::tr("none, bytecode only")
                               : arch.isEmpty()
                               ? FactsView::tr("for an unknown architecture, number %1").arg(header.arch)
                               : FactsView::tr("for %1").arg(arch)});
    group.facts.push_back({FactsView::tr("Small integers"), FactsView::tr("%n bit(s)", nullptr, header.smallIntBits)});
    if (header.archFlags) {
        group.facts.push_back({FactsView::tr("Extensions"), hexOffset(*header.archFlags, 1)});
    }
    if (target.board()) {
        const auto verdict = inspect::canLoad(header, *target.board());
        group.facts.push_back(
            {verdict.loads ? FactsView::tr("Loads") : FactsView::tr("Does not load"), text(verdict.reason)});
    } else {
        group.facts.push_back({FactsView::tr("Loads"), text(inspect::describe(header))});
    }
    return {std::move(group)};
}

std::vector<FactGroup> modelFacts(const inspect::TfliteModel& model)
{
    FactGroup general{.title = FactsView::tr("TensorFlow Lite model"), .facts = {}};
    if (!model.description.empty()) {
        general.facts.push_back({FactsView::tr("Description"), shownName(model.description)});
    }
    general.facts.push_back({FactsView::tr("Schema version"), QString::number(model.schemaVersion)});
    if (model.isForEthosU()) {
        general.facts.push_back({FactsView::tr("Compiled for"),
                                 FactsView::tr("Arm Ethos-U, by Vela: it needs a board with that processor")});
    }
    general.facts.push_back({FactsView::tr("Constants"),
                             FactsView::tr("%1 in %n buffer(s)", nullptr, static_cast<int>(model.bufferCount))
                                 .arg(byteCount(model.bufferBytes))});
    std::vector<FactGroup> groups{std::move(general)};
    for (std::size_t i = 0; i < model.graphs.size(); ++i) {
        groups.push_back(graphFacts(model.graphs[i], i, model.graphCount));
    }
    if (!model.operators.empty()) {
        groups.push_back(operatorFacts(model));
    }
    return groups;
}

} // namespace romsmith::ui
