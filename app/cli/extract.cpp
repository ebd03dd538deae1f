// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/exportarchive.h"
#include "core/sources/exportmanifest.h"
#include "core/sources/imagefile.h"

#include <format>
#include <memory>

namespace romsmith::cli {
namespace {

struct ExtractArguments
{
    std::string image;
    std::vector<std::string> paths;
    std::string directory;
    bool force = false;
    bool manifest = false;
};

/// What is there already is an error of the output here, with an option against it.
Error withAdvice(Error error)
{
    if (error.code == ErrorCode::AlreadyExists) {
        error = {.code = ErrorCode::CannotWrite, .message = error.message + " With --force, files are replaced."};
    }
    return error;
}

/// Everything of the image that a firmware can freeze.
Result<sources::Extracted> extractForManifest(const tree::RomTree& tree, const ExtractArguments& arguments)
{
    return arguments.paths.empty()
        ? sources::exportManifest(tree.root(), arguments.directory, {.overwrite = arguments.force})
        : fail(ErrorCode::InvalidArgument,
               "--manifest is for whole images and goes with no PATH. Nothing was written.");
}

Result<sources::Extracted> extractNodes(std::span<const tree::Node* const> nodes, const ExtractArguments& arguments)
{
    const auto format = sources::archiveFormatOf(arguments.directory);
    const bool toArchive = format && !std::filesystem::is_directory(arguments.directory);
    if (toArchive && !arguments.force && std::filesystem::exists(arguments.directory)) {
        return fail(ErrorCode::AlreadyExists, std::format("{} exists already.", romfs::printable(arguments.directory)));
    }
    return toArchive ? sources::exportArchive(nodes, arguments.directory, *format)
                     : sources::extract(nodes, arguments.directory, {.overwrite = arguments.force});
}

int runExtract(const ExtractArguments& arguments)
{
    auto image = sources::openImage(arguments.image);
    if (!image) {
        return report(image.error());
    }
    noteBrokenParts(*image, arguments.image);
    const tree::RomTree tree(std::move(*image));
    std::vector<const tree::Node*> nodes;
    for (const auto& path : arguments.paths) {
        const auto* node = tree.find(path);
        if (!node) {
            return report({.code = ErrorCode::NotFound,
                           .message = std::format("There is no \"{}\" in {}. Nothing was written.",
                                                  romfs::printable(path), arguments.image)});
        }
        nodes.push_back(node);
    }
    if (nodes.empty()) {
        nodes.push_back(&tree.root());
    }
    const auto extracted = arguments.manifest ? extractForManifest(tree, arguments) : extractNodes(nodes, arguments);
    if (!extracted) {
        return report(withAdvice(extracted.error()));
    }
    noteSkipped(extracted->skipped);
    note(std::format("{} files, {} bytes written to {}", extracted->files, extracted->bytes, arguments.directory));
    return Done;
}

} // namespace

void addExtractCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("extract", "Write files of an image to a folder or an archive");
    const auto arguments = std::make_shared<ExtractArguments>();
    command->add_option("IMAGE", arguments->image, "Image to read")->required();
    command->add_option("PATH", arguments->paths, "Files and folders in the image; all of them if none is given");
    command
        ->add_option(
            "-o,--output", arguments->directory,
            "Folder to write to, made if it is missing; or a .zip or .tar.gz, which has the same bytes whenever "
            "it is made")
        ->required()
        ->type_name("DIR|ARCHIVE");
    command->add_flag("--manifest", arguments->manifest,
                      "Write the Python files, and a manifest.py by which a firmware's build freezes them");
    command->add_flag("--force", arguments->force, "Replace files that are there");
    command->callback([arguments, &exitCode] { exitCode = runExtract(*arguments); });
}

} // namespace romsmith::cli
