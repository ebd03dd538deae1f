// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tree/diff.h"

#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/imagefile.h"

#include <QJsonArray>

#include <algorithm>
#include <format>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct DiffArguments
{
    std::string a;
    std::string b;
    bool json = false;
    bool quiet = false;
};

/// One of the two images, with what is needed to speak of it.
struct Side
{
    tree::ImageSnapshot image;
    std::vector<std::uint32_t> parents;
    romfs::Content bytes; ///< of the whole file
    std::uint64_t trailing = 0; ///< bytes after the image
    bool isBroken = false;

    [[nodiscard]] std::string path(std::uint32_t index) const
    {
        return romfs::pathOf(image.entries, parents, index)
            + (image.entries[index].type == romfs::EntryType::Directory ? "/" : "");
    }

    [[nodiscard]] std::uint64_t offset(std::uint32_t index) const { return image.layout[index].contentOffset; }

    /// "64/16": actual / wanted, as ls prints it.
    [[nodiscard]] std::string aligned(std::uint32_t index) const
    {
        return std::format("{}/{}", romfs::naturalAlignment(offset(index)), image.entries[index].alignment);
    }
};

struct Comparison
{
    Side a;
    Side b;
    tree::Diff diff;
    bool identicalFiles = false; ///< what follows the images included

    [[nodiscard]] const Side& sideOf(const tree::DiffItem& item) const { return item.inB() ? b : a; }
    [[nodiscard]] std::string path(const tree::DiffItem& item) const
    {
        return sideOf(item).path(item.inB() ? item.b : item.a);
    }
};

Result<Side> openSide(const std::string& path)
{
    auto image = sources::openImage(path);
    if (!image) {
        return std::unexpected(image.error());
    }
    Side side;
    side.bytes = image->source->bytes;
    side.trailing = image->source->trailing().size();
    side.isBroken = image->source->isTruncated() || std::ranges::any_of(image->entries, [](const romfs::Entry& entry) {
                        return entry.defect != romfs::Defect::None;
                    });
    const tree::RomTree tree(std::move(*image));
    const auto rules = build::Target().alignmentRules(tree.source()->style); // as in the window
    side.image.entries = tree.flatten(rules).entries;
    side.image.layout = romfs::Layout::plan(side.image.entries, tree.layoutOptions(rules, tree.source()->style));
    side.parents = romfs::parentsOf(side.image.entries);
    return side;
}

Result<Comparison> compareFiles(const DiffArguments& arguments)
{
    auto a = openSide(arguments.a);
    if (!a) {
        return std::unexpected(a.error());
    }
    auto b = openSide(arguments.b);
    if (!b) {
        return std::unexpected(b.error());
    }
    return tree::compare(a->image, b->image).transform([&](tree::Diff diff) {
        const bool identical = romfs::sameBytes(a->bytes, b->bytes);
        return Comparison{.a = std::move(*a), .b = std::move(*b), .diff = std::move(diff), .identicalFiles = identical};
    });
}

std::string named(const std::string& path)
{
    return path.empty() ? "(records)" : romfs::printable(path);
}

/// How the content of a file that changed did.
std::string changeOf(const Comparison& comparison, const tree::DiffItem& item)
{
    const auto sizeA = comparison.a.image.entries[item.a].content.size();
    const auto sizeB = comparison.b.image.entries[item.b].content.size();
    return std::format("{} {}, first at {:#x}{}", item.content.bytes,
                       item.content.bytes == 1 ? "byte differs" : "bytes differ", item.content.first().value_or(0),
                       sizeA == sizeB ? "" : std::format(", size {} -> {}", sizeA, sizeB));
}

std::string lineFor(const Comparison& comparison, const tree::DiffItem& item)
{
    const auto path = named(comparison.path(item));
    switch (item.change) {
    case tree::Change::Same:
        return {};
    case tree::Change::Added:
        return "+ " + path;
    case tree::Change::Removed:
        return "- " + path;
    case tree::Change::Changed:
        return std::format("M {}  {}", path, changeOf(comparison, item));
    case tree::Change::Moved:
        return std::format("> {} -> {}", named(comparison.a.path(item.a)), path);
    case tree::Change::Realigned:
        return std::format("~ {}  {:#x} -> {:#x} (aligned {} -> {})", path, comparison.a.offset(item.a),
                           comparison.b.offset(item.b), comparison.a.aligned(item.a), comparison.b.aligned(item.b));
    }
    return {};
}

std::string_view layoutName(const Side& side)
{
    return side.image.layout.style() == romfs::Style::OpenMv ? "openmv" : "compact";
}

std::string summaryOf(const Comparison& comparison)
{
    const auto& counts = comparison.diff.counts;
    std::string summary;
    for (const auto change : {tree::Change::Added, tree::Change::Removed, tree::Change::Changed, tree::Change::Moved,
                              tree::Change::Realigned, tree::Change::Same}) {
        if (const auto count = counts.of(change); count != 0) {
            summary += std::format("{}{} {}", summary.empty() ? "" : ", ", count, tree::changeName(change));
        }
    }
    if (const auto shifted = comparison.diff.shifted; shifted != 0) {
        summary += std::format(" ({} at another offset)", shifted);
    }
    const auto sizeA = comparison.a.image.layout.totalSize();
    const auto sizeB = comparison.b.image.layout.totalSize();
    summary += sizeA == sizeB ? std::string() : std::format("; {} -> {} bytes", sizeA, sizeB);
    const auto layoutA = layoutName(comparison.a);
    const auto layoutB = layoutName(comparison.b);
    return summary + (layoutA == layoutB ? std::string() : std::format("; layout {} -> {}", layoutA, layoutB));
}

void printText(const Comparison& comparison)
{
    const auto& diff = comparison.diff;
    for (const auto& item : diff.items) {
        if (item.change != tree::Change::Same) {
            std::cout << lineFor(comparison, item) << '\n';
        }
    }
    if (!diff.isEqual()) {
        std::cout << summaryOf(comparison) << '\n';
    } else if (diff.shifted != 0) {
        std::cout << "same content, laid out differently: " << summaryOf(comparison) << '\n';
    } else if (!diff.identicalBytes) {
        std::cout << "same content, encoded differently\n";
    } else if (!comparison.identicalFiles) {
        std::cout << std::format("same image, followed by other bytes ({} and {})\n", comparison.a.trailing,
                                 comparison.b.trailing);
    }
}

QJsonObject jsonOf(const Side& side)
{
    return {{QStringLiteral("size"), static_cast<qint64>(side.image.layout.totalSize())},
            {QStringLiteral("layout"), jsonString(std::string(layoutName(side)))},
            {QStringLiteral("padding"), static_cast<qint64>(side.image.layout.padding())},
            {QStringLiteral("trailing"), static_cast<qint64>(side.trailing)}};
}

void addPlace(QJsonObject& object, const Side& side, std::uint32_t index, const QString& sizeKey,
              const QString& offsetKey)
{
    object[offsetKey] = static_cast<qint64>(side.offset(index));
    if (side.image.entries[index].type != romfs::EntryType::Directory) {
        object[sizeKey] = static_cast<qint64>(side.image.entries[index].content.size());
    }
}

QString typeName(romfs::EntryType type)
{
    switch (type) {
    case romfs::EntryType::Directory:
        return QStringLiteral("directory");
    case romfs::EntryType::File:
        return QStringLiteral("file");
    case romfs::EntryType::Raw:
        return QStringLiteral("records");
    }
    return {};
}

/// Folders are told by their type, so that paths are the same as in the other commands' JSON.
std::string withoutSlash(std::string path)
{
    if (path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

QJsonObject jsonOf(const Comparison& comparison, const tree::DiffItem& item)
{
    QJsonObject object{{QStringLiteral("kind"), jsonString(std::string(tree::changeName(item.change)))},
                       {QStringLiteral("path"), jsonString(withoutSlash(comparison.path(item)))},
                       {QStringLiteral("type"), typeName(item.type)}};
    if (item.change == tree::Change::Moved) {
        object[QStringLiteral("oldPath")] = jsonString(withoutSlash(comparison.a.path(item.a)));
    }
    if (item.inA()) {
        addPlace(object, comparison.a, item.a, QStringLiteral("sizeA"), QStringLiteral("offsetA"));
    }
    if (item.inB()) {
        addPlace(object, comparison.b, item.b, QStringLiteral("sizeB"), QStringLiteral("offsetB"));
    }
    if (item.change == tree::Change::Changed) {
        object[QStringLiteral("differingBytes")] = static_cast<qint64>(item.content.bytes);
        object[QStringLiteral("firstDifference")] = static_cast<qint64>(item.content.first().value_or(0));
    }
    return object;
}

void printDiffJson(const Comparison& comparison)
{
    QJsonArray differences;
    for (const auto& item : comparison.diff.items) {
        if (item.change != tree::Change::Same) {
            differences.append(jsonOf(comparison, item));
        }
    }
    printJson({{QStringLiteral("equal"), comparison.diff.isEqual()},
               {QStringLiteral("identicalBytes"), comparison.identicalFiles},
               {QStringLiteral("shifted"), static_cast<qint64>(comparison.diff.shifted)},
               {QStringLiteral("a"), jsonOf(comparison.a)},
               {QStringLiteral("b"), jsonOf(comparison.b)},
               {QStringLiteral("differences"), differences}});
}

int runDiff(const DiffArguments& arguments)
{
    const auto comparison = compareFiles(arguments);
    if (!comparison) {
        return report(comparison.error());
    }
    for (const auto& [side, path] : {std::pair(&comparison->a, arguments.a), std::pair(&comparison->b, arguments.b)}) {
        if (side->isBroken && !arguments.quiet) {
            note(std::format("warning: parts of {0} are broken and compared as bytes; see romsmith-cli check {0}",
                             path));
        }
    }
    if (arguments.json) {
        printDiffJson(*comparison);
    } else if (!arguments.quiet) {
        printText(*comparison);
    }
    return comparison->identicalFiles ? Done : Findings;
}

} // namespace

void addDiffCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("diff", "Compare two images file by file");
    const auto arguments = std::make_shared<DiffArguments>();
    command->add_option("A", arguments->a, "The one image")->required();
    command->add_option("B", arguments->b, "The other image")->required();
    auto* json = command->add_flag("--json", arguments->json, "Print JSON");
    command->add_flag("-q,--quiet", arguments->quiet, "Print nothing; the exit code tells")->excludes(json);
    command->footer(
        "Lines begin with + (only in B), - (only in A), M (content differs), > (moved) or ~ (same content, "
        "aligned otherwise).\nExit codes: 0 the files are the same; 1 they differ; 2 usage; 3 input cannot be read.");
    command->callback([arguments, &exitCode] { exitCode = runDiff(*arguments); });
}

} // namespace romsmith::cli
