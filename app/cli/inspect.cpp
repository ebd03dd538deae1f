// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/imagefile.h"

#include <QJsonArray>

#include <algorithm>
#include <cstdio>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct InspectArguments
{
    std::string image;
    std::string path;
    bool json = false;
    TargetOptions target;
};

/// An image with everything that a listing needs.
struct Inspected
{
    tree::RomTree tree;
    build::Plan plan;
    std::vector<std::uint32_t> parents;

    [[nodiscard]] std::string path(std::uint32_t index) const
    {
        return romfs::pathOf(plan.flat.entries, parents, index);
    }
};

Inspected inspect(romfs::Image image, const build::Target& target)
{
    Inspected inspected{.tree = tree::RomTree(std::move(image)), .plan = {}, .parents = {}};
    build::Knowledge knowledge;
    inspected.plan = build::plan(inspected.tree, build::Options::asItIs(inspected.tree, target), knowledge);
    inspected.parents = romfs::parentsOf(inspected.plan.flat.entries);
    return inspected;
}

std::uint64_t sizeOf(const romfs::Entry& entry, const romfs::Placement& placement)
{
    return entry.type == romfs::EntryType::Directory ? placement.recordEnd - placement.contentOffset
                                                     : entry.content.size();
}

void printList(const Inspected& image, const build::Target& target)
{
    const bool addresses = target.address() != 0;
    std::cout << std::format("{:>10} {:>10} {:>13} {:>8}  {}{}\n", "size", "offset", "aligned", "padding",
                             addresses ? "address     " : "", "name");
    for (std::uint32_t i = 0; i < image.plan.flat.entries.size(); ++i) {
        const auto& entry = image.plan.flat.entries[i];
        const auto& placement = image.plan.layout[i];
        if (entry.type == romfs::EntryType::Raw) {
            continue;
        }
        const bool folder = entry.type == romfs::EntryType::Directory;
        const auto aligned = folder
            ? std::string()
            : std::format("{} / {}", romfs::naturalAlignment(placement.contentOffset), entry.alignment);
        const auto address
            = addresses ? std::format("{:#010x}  ", target.address() + placement.contentOffset) : std::string();
        std::cout << std::format("{:>10} {:>#10x} {:>13} {:>8}  {}{}{}\n", sizeOf(entry, placement),
                                 placement.contentOffset, aligned, placement.padding, address,
                                 romfs::printable(image.path(i)), folder ? "/" : "");
    }
    std::cout << std::format("{} bytes, {} of them padding, layout {}", image.plan.layout.totalSize(),
                             image.plan.layout.padding(),
                             image.plan.layout.style() == romfs::Style::OpenMv ? "openmv" : "compact");
    if (target.size()) {
        const auto free = image.plan.layout.freeIn(*target.size());
        std::cout << (free >= 0 ? std::format(", {} free in {}", free, target.name())
                                : std::format(", {} too large for {}", -free, target.name()));
    }
    std::cout << '\n';
}

void printListJson(const Inspected& image, const build::Target& target)
{
    QJsonArray entries;
    for (std::uint32_t i = 0; i < image.plan.flat.entries.size(); ++i) {
        const auto& entry = image.plan.flat.entries[i];
        const auto& placement = image.plan.layout[i];
        if (entry.type == romfs::EntryType::Raw) {
            continue;
        }
        QJsonObject object{
            {QStringLiteral("path"), jsonString(image.path(i))},
            {QStringLiteral("type"),
             entry.type == romfs::EntryType::Directory ? QStringLiteral("directory") : QStringLiteral("file")},
            {QStringLiteral("size"), static_cast<qint64>(sizeOf(entry, placement))},
            {QStringLiteral("offset"), static_cast<qint64>(placement.contentOffset)},
            {QStringLiteral("alignment"), static_cast<qint64>(romfs::naturalAlignment(placement.contentOffset))},
            {QStringLiteral("wanted"), static_cast<qint64>(entry.alignment)},
            {QStringLiteral("padding"), static_cast<qint64>(placement.padding)}};
        if (target.address() != 0) {
            object[QStringLiteral("address")] = static_cast<qint64>(target.address() + placement.contentOffset);
        }
        entries.append(object);
    }
    printJson(
        {{QStringLiteral("size"), static_cast<qint64>(image.plan.layout.totalSize())},
         {QStringLiteral("padding"), static_cast<qint64>(image.plan.layout.padding())},
         {QStringLiteral("layout"),
          image.plan.layout.style() == romfs::Style::OpenMv ? QStringLiteral("openmv") : QStringLiteral("compact")},
         {QStringLiteral("entries"), entries}});
}

int runList(const InspectArguments& arguments)
{
    const auto target = arguments.target.target();
    if (!target) {
        return reportFailure(target.error(), arguments.json);
    }
    auto image = sources::openImage(arguments.image);
    if (!image) {
        return reportFailure(image.error(), arguments.json);
    }
    noteBrokenParts(*image, arguments.image);
    const auto inspected = inspect(std::move(*image), *target);
    arguments.json ? printListJson(inspected, *target) : printList(inspected, *target);
    return Done;
}

void printFindings(const std::vector<romfs::Finding>& findings)
{
    for (const auto& finding : findings) {
        std::cout << std::format("{}: {} at {:#x}: {} [{}]\n", romfs::severityName(finding.severity),
                                 finding.path.empty() ? std::string("image") : romfs::printable(finding.path),
                                 finding.offset, finding.message, finding.code);
    }
    if (findings.empty()) {
        std::cout << "no findings\n";
    }
}

void printFindingsJson(const std::vector<romfs::Finding>& findings)
{
    QJsonArray array;
    for (const auto& finding : findings) {
        array.append(
            QJsonObject{{QStringLiteral("severity"), jsonString(std::string(romfs::severityName(finding.severity)))},
                        {QStringLiteral("code"), jsonString(std::string(finding.code))},
                        {QStringLiteral("path"), jsonString(finding.path)},
                        {QStringLiteral("offset"), static_cast<qint64>(finding.offset)},
                        {QStringLiteral("message"), jsonString(finding.message)}});
    }
    printJson({{QStringLiteral("findings"), array}});
}

int runCheck(const InspectArguments& arguments)
{
    const auto target = arguments.target.target();
    if (!target) {
        return reportFailure(target.error(), arguments.json);
    }
    std::vector<romfs::Finding> findings;
    if (auto image = sources::openImage(arguments.image)) {
        findings = inspect(std::move(*image), *target).plan.findings;
    } else if (image.error().code == ErrorCode::NotRomfs) {
        // What no device would mount is the answer to the question, not a failure to ask it.
        findings.push_back(
            {.severity = romfs::Severity::Error, .code = "not-romfs", .path = {}, .message = image.error().message});
    } else {
        return reportFailure(image.error(), arguments.json);
    }
    arguments.json ? printFindingsJson(findings) : printFindings(findings);
    return std::ranges::contains(findings, romfs::Severity::Error, &romfs::Finding::severity) ? Findings : Done;
}

std::string_view problemName(romfs::Defect defect)
{
    switch (defect) {
    case romfs::Defect::None:
        return "";
    case romfs::Defect::UnusedKind:
        return "kind 0";
    case romfs::Defect::BrokenVaruint:
        return "number cut off";
    case romfs::Defect::ValueTooLarge:
        return "number too large";
    case romfs::Defect::RecordOverrun:
        return "longer than what encloses it";
    case romfs::Defect::NameOverrun:
        return "name longer than the record";
    case romfs::Defect::TooDeep:
        return "nested too deeply";
    case romfs::Defect::NoContent:
    case romfs::Defect::FileCorrupt:
    case romfs::Defect::DataOverrun:
    case romfs::Defect::PointerOutOfRange:
        return "broken file";
    }
    return "";
}

void printRecords(const std::vector<romfs::RecordInfo>& records)
{
    std::cout << std::format("{:>10} {:>10} {:>10}  record\n", "offset", "payload", "length");
    for (const auto& record : records) {
        const auto& header = record.header;
        const bool readable = header.kindWidth != 0;
        std::cout << std::format(
            "{:>#10x} {:>#10x} {:>10}  {:{}}{}{}{}\n", header.offset, header.payload, header.end - header.payload, "",
            2 * std::min(record.depth, 40U), readable ? romfs::kindName(header.kind) : std::string("unreadable"),
            record.name.empty() ? std::string() : " " + romfs::printable(record.name),
            record.defect == romfs::Defect::None ? std::string() : std::format(" ({})", problemName(record.defect)));
    }
}

void printRecordsJson(const std::vector<romfs::RecordInfo>& records)
{
    QJsonArray array;
    for (const auto& record : records) {
        const auto& header = record.header;
        array.append(QJsonObject{{QStringLiteral("depth"), static_cast<qint64>(record.depth)},
                                 {QStringLiteral("kind"), static_cast<qint64>(header.kind)},
                                 {QStringLiteral("kindName"), jsonString(romfs::kindName(header.kind))},
                                 {QStringLiteral("name"), jsonString(record.name)},
                                 {QStringLiteral("offset"), static_cast<qint64>(header.offset)},
                                 {QStringLiteral("payload"), static_cast<qint64>(header.payload)},
                                 {QStringLiteral("length"), static_cast<qint64>(header.end - header.payload)},
                                 {QStringLiteral("lengthWidth"), static_cast<qint64>(header.lengthWidth)},
                                 {QStringLiteral("problem"), jsonString(std::string(problemName(record.defect)))}});
    }
    printJson({{QStringLiteral("records"), array}});
}

int runRecords(const InspectArguments& arguments)
{
    const auto content = sources::loadFile(arguments.image, sources::Loading::Snapshot);
    if (!content) {
        return reportFailure(content.error(), arguments.json);
    }
    const auto records = romfs::listRecords(content->bytes());
    if (!records) {
        return reportFailure(records.error(), arguments.json);
    }
    arguments.json ? printRecordsJson(*records) : printRecords(*records);
    return Done;
}

int runCat(const InspectArguments& arguments)
{
    auto image = sources::openImage(arguments.image);
    if (!image) {
        return report(image.error());
    }
    const tree::RomTree tree(std::move(*image));
    const auto* node = tree.find(arguments.path);
    if (!node || !node->isFile()) {
        return report({.code = ErrorCode::NotFound,
                       .message = std::format("There is no file \"{}\" in {}.", romfs::printable(arguments.path),
                                              arguments.image)});
    }
    const auto bytes = node->content().bytes();
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size() || std::fflush(stdout) != 0) {
        return report({.code = ErrorCode::CannotWrite, .message = "Standard output cannot be written."});
    }
    return Done;
}

void addCommand(CLI::App& app, int& exitCode, const std::string& name, const std::string& help,
                const std::function<void(CLI::App&, InspectArguments&)>& addOptions,
                const std::function<int(const InspectArguments&)>& run)
{
    auto* command = app.add_subcommand(name, help);
    const auto arguments = std::make_shared<InspectArguments>();
    command->add_option("IMAGE", arguments->image, "Image to read")->required();
    addOptions(*command, *arguments);
    command->callback([arguments, run, &exitCode] { exitCode = run(*arguments); });
}

void addJson(CLI::App& command, InspectArguments& arguments)
{
    command.add_flag("--json", arguments.json, "Print JSON");
}

void addJsonAndTarget(CLI::App& command, InspectArguments& arguments)
{
    addJson(command, arguments);
    arguments.target.addTo(command);
}

} // namespace

void addListCommand(CLI::App& app, int& exitCode)
{
    addCommand(app, exitCode, "ls", "List files with size, offset and alignment (actual / wanted)", addJsonAndTarget,
               runList);
}

void addCheckCommand(CLI::App& app, int& exitCode)
{
    addCommand(app, exitCode, "check", "Find what is wrong or unwise, and say what the device would do",
               addJsonAndTarget, runCheck);
}

void addRecordsCommand(CLI::App& app, int& exitCode)
{
    addCommand(app, exitCode, "records", "Show the tree of records with their offsets", addJson, runRecords);
}

void addCatCommand(CLI::App& app, int& exitCode)
{
    addCommand(
        app, exitCode, "cat", "Write one file of an image to standard output",
        [](CLI::App& command, InspectArguments& arguments) {
            command.add_option("PATH", arguments.path, "Path in the image")->required();
        },
        runCat);
}

} // namespace romsmith::cli
