// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/sources/imagefile.h"
#include "core/tree/comparison.h"

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

/// One of the two images and the file that it is in.
struct Side
{
    tree::ImageSnapshot image;
    romfs::Content bytes; ///< of the whole file
    bool isBroken = false;
};

/// What was compared, and whether the files are the same with what follows the images in them.
struct Compared
{
    tree::Comparison images;
    bool identicalFiles = false;
    bool isBrokenA = false;
    bool isBrokenB = false;
};

Result<Side> openSide(const std::string& path)
{
    auto image = sources::openImage(path);
    if (!image) {
        return std::unexpected(image.error());
    }
    Side side;
    side.bytes = image->source->bytes;
    side.isBroken = image->source->isTruncated() || std::ranges::any_of(image->entries, [](const romfs::Entry& entry) {
                        return entry.defect != romfs::Defect::None;
                    });
    const tree::RomTree tree(std::move(*image));
    const auto rules = build::Target().alignmentRules(tree.source()->style); // as in the window
    side.image.entries = tree.flatten(rules).entries;
    side.image.layout = romfs::Layout::plan(side.image.entries, tree.layoutOptions(rules, tree.source()->style));
    return side;
}

Result<Compared> compareFiles(const DiffArguments& arguments)
{
    auto a = openSide(arguments.a);
    if (!a) {
        return std::unexpected(a.error());
    }
    auto b = openSide(arguments.b);
    if (!b) {
        return std::unexpected(b.error());
    }
    return tree::Comparison::of(std::move(a->image), std::move(b->image)).transform([&](tree::Comparison images) {
        return Compared{.images = std::move(images),
                        .identicalFiles = romfs::sameBytes(a->bytes, b->bytes),
                        .isBrokenA = a->isBroken,
                        .isBrokenB = b->isBroken};
    });
}

QJsonObject jsonOf(const tree::ImageSnapshot& image)
{
    return {{QStringLiteral("size"), static_cast<qint64>(image.layout.totalSize())},
            {QStringLiteral("layout"), jsonString(std::string(tree::layoutName(image)))},
            {QStringLiteral("padding"), static_cast<qint64>(image.layout.padding())},
            {QStringLiteral("trailing"), static_cast<qint64>(image.trailing().size())}};
}

void addPlace(QJsonObject& object, const tree::ImageSnapshot& image, std::uint32_t index, const QString& sizeKey,
              const QString& offsetKey)
{
    object[offsetKey] = static_cast<qint64>(image.layout[index].contentOffset);
    if (image.entries[index].type != romfs::EntryType::Directory) {
        object[sizeKey] = static_cast<qint64>(image.entries[index].content.size());
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

QJsonObject jsonOf(const tree::Comparison& images, const tree::DiffItem& item)
{
    QJsonObject object{{QStringLiteral("kind"), jsonString(std::string(tree::changeName(item.change)))},
                       {QStringLiteral("path"), jsonString(images.pathOf(item))},
                       {QStringLiteral("type"), typeName(item.type)}};
    if (tree::isElsewhere(item.change)) {
        object[QStringLiteral("oldPath")] = jsonString(images.oldPathOf(item));
    }
    if (item.inA()) {
        addPlace(object, images.a, item.a, QStringLiteral("sizeA"), QStringLiteral("offsetA"));
    }
    if (item.inB()) {
        addPlace(object, images.b, item.b, QStringLiteral("sizeB"), QStringLiteral("offsetB"));
    }
    if (item.change == tree::Change::Changed) {
        object[QStringLiteral("differingBytes")] = static_cast<qint64>(item.content.bytes);
        object[QStringLiteral("firstDifference")] = static_cast<qint64>(item.content.first().value_or(0));
    }
    return object;
}

void printDiffJson(const Compared& compared)
{
    const auto& [a, b, diff, parentsA, parentsB] = compared.images;
    QJsonArray differences;
    for (const auto& item : diff.items) {
        if (item.change != tree::Change::Same) {
            differences.append(jsonOf(compared.images, item));
        }
    }
    printJson({{QStringLiteral("equal"), diff.isEqual()},
               {QStringLiteral("identicalBytes"), compared.identicalFiles},
               {QStringLiteral("shifted"), static_cast<qint64>(diff.shifted)},
               {QStringLiteral("a"), jsonOf(a)},
               {QStringLiteral("b"), jsonOf(b)},
               {QStringLiteral("differences"), differences}});
}

int runDiff(const DiffArguments& arguments)
{
    const auto compared = compareFiles(arguments);
    if (!compared) {
        return reportFailure(compared.error(), arguments.json);
    }
    for (const auto& [isBroken, path] :
         {std::pair(compared->isBrokenA, arguments.a), std::pair(compared->isBrokenB, arguments.b)}) {
        if (isBroken && !arguments.quiet) {
            note(std::format("warning: parts of {0} are broken and compared as bytes; see romsmith-cli check {0}",
                             path));
        }
    }
    if (arguments.json) {
        printDiffJson(*compared);
    } else if (!arguments.quiet) {
        std::cout << tree::report(compared->images);
    }
    return compared->identicalFiles ? Done : Findings;
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
        "Lines begin with + (only in B), - (only in A), M (content differs), > (moved or renamed) or ~ (same content, "
        "aligned otherwise).\nExit codes: 0 the files are the same; 1 they differ; 2 usage; 3 input cannot be read.");
    command->callback([arguments, &exitCode] { exitCode = runDiff(*arguments); });
}

} // namespace romsmith::cli
