// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "core/romfs/names.h"
#include "core/sources/imagefile.h"

#include <array>
#include <filesystem>
#include <format>
#include <functional>
#include <memory>
#include <ranges>

namespace romsmith::cli {
namespace {

using tree::Node;
using tree::RomTree;

using Operation = std::function<Result<void>(RomTree&)>;

struct EditArguments
{
    std::string image;
    std::string output;
    bool keepTrailing = false;
    std::vector<Operation> operations; ///< in the order of the command line
    LayoutArguments layout;
};

/// A path inside the image: the folder, and a name that may be empty.
struct ImagePath
{
    std::string folder;
    std::string name;
};

ImagePath split(std::string_view path)
{
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos
        ? ImagePath{.folder = {}, .name = std::string(path)}
        : ImagePath{.folder = std::string(path.substr(0, slash)), .name = std::string(path.substr(slash + 1))};
}

Result<void> applied(RomTree& tree, Result<tree::Edit> edit)
{
    return std::move(edit).transform([&](tree::Edit ready) { tree.apply(ready); });
}

std::unexpected<Error> notThere(const std::string& path)
{
    return fail(ErrorCode::InvalidArgument, std::format("There is no \"{}\" in the image.", romfs::printable(path)));
}

/// The folder at @p path, made with the folders above it where it is missing.
Result<Node*> makeFolders(RomTree& tree, const std::string& path)
{
    Node* folder = &tree.root();
    for (const auto part : path | std::views::split('/')) {
        const std::string name(std::string_view{part});
        if (name.empty()) {
            continue;
        }
        auto* child = folder->child(name);
        if (!child) {
            if (auto made = applied(tree, tree.newFolder(*folder, name)); !made) {
                return std::unexpected(made.error());
            }
            child = folder->child(name);
        }
        if (!child->isFolder()) {
            return fail(ErrorCode::AlreadyExists,
                        std::format("\"{}\" is a file, not a folder.", romfs::printable(child->path())));
        }
        folder = child;
    }
    return folder;
}

/// SRC or SRC=DEST. Both may contain "=": the longest SRC that exists is meant.
std::pair<std::string, std::string> splitSource(const std::string& argument)
{
    std::error_code error;
    if (std::filesystem::exists(argument, error)) {
        return {argument, {}};
    }
    const auto last = argument.rfind('=');
    for (auto equals = last; equals != std::string::npos && equals > 0; equals = argument.rfind('=', equals - 1)) {
        if (std::filesystem::exists(argument.substr(0, equals), error)) {
            return {argument.substr(0, equals), argument.substr(equals + 1)};
        }
    }
    return last == std::string::npos ? std::pair(argument, std::string())
                                     : std::pair(argument.substr(0, last), argument.substr(last + 1));
}

Result<void> add(RomTree& tree, const std::string& argument)
{
    const auto [source, destination] = splitSource(argument);
    auto loaded = sources::load(source, {.loading = sources::Loading::Streamed, .excludes = {}});
    if (!loaded) {
        return std::unexpected(loaded.error());
    }
    noteSkipped(loaded->skipped);
    auto path = split(destination);
    if (const auto* there = tree.find(destination); there && there->isFolder()) {
        path = {.folder = destination, .name = {}};
    }
    if (!path.name.empty()) {
        loaded->nodes.front()->setName(path.name);
    }
    const auto folder = makeFolders(tree, path.folder);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    for (const auto& replaced : RomTree::clashes(**folder, loaded->nodes)) {
        note(std::format("replacing {}", romfs::printable(replaced.present->path())));
    }
    return applied(tree, tree.add(**folder, std::move(loaded->nodes), tree::ClashPolicy::Replace));
}

Result<void> rename(RomTree& tree, const std::string& from, const std::string& to)
{
    auto* node = tree.find(from);
    if (!node || !node->parent()) {
        return notThere(from);
    }
    if (!to.contains('/')) {
        return applied(tree, tree.rename(*node, to));
    }
    const auto path = split(to);
    const auto folder = makeFolders(tree, path.folder);
    if (!folder) {
        return std::unexpected(folder.error());
    }
    return applied(tree, tree.relocate(*node, **folder, path.name.empty() ? node->name() : path.name));
}

Result<void> remove(RomTree& tree, const std::string& path)
{
    auto* node = tree.find(path);
    if (!node || !node->parent()) {
        return notThere(path);
    }
    return applied(tree, tree.remove(std::array{node}));
}

int runEdit(const EditArguments& arguments)
{
    auto image = sources::openImage(arguments.image);
    if (!image) {
        return report(image.error());
    }
    const auto source = image->source;
    const auto options = arguments.layout.options(source->style);
    if (!options) {
        return report(options.error());
    }
    const auto* board = options->target.board();
    RomTree tree(std::move(*image));
    for (const auto& operation : arguments.operations) {
        if (auto done = operation(tree); !done) {
            return report(done.error());
        }
    }
    if (arguments.layout.style == romfs::Style::Compact && !board) {
        // As LayoutArguments::options(): the reference writer's bytes, whatever was aligned before.
        if (auto forgotten = tree.setAlignment(tree.flatten(options->alignmentRules()).nodes, {})) {
            tree.apply(*forgotten);
        }
    }
    const bool layOut = arguments.layout.style || !arguments.layout.align.empty() || board;
    if (layOut) {
        auto anew = tree.layOutAnew();
        tree.apply(anew);
    }
    const bool asItWas = !layOut && arguments.operations.empty();
    const auto trailing = source->trailing();
    if (!asItWas && !arguments.keepTrailing && !trailing.empty()) {
        note(std::format("dropped {} bytes behind the end of the image; --keep-trailing keeps them", trailing.size()));
    }
    build::Knowledge knowledge;
    return writeResult(build::plan(tree, *options, knowledge), arguments.output,
                       asItWas || arguments.keepTrailing ? trailing : romfs::Bytes());
}

} // namespace

void addEditCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand("edit", "Change an image; the operations are done in the order given");
    const auto arguments = std::make_shared<EditArguments>();
    command->add_option("IMAGE", arguments->image, "Image to read")->required();
    command
        ->add_option("-o,--output", arguments->output,
                     "Image to write; may be the one that is read; - for standard output")
        ->required()
        ->type_name("OUT.img");

    const auto operation = [&](const std::string& name, const std::string& type, const std::string& help,
                               const std::function<Operation(const std::string&)>& make) {
        command
            ->add_option_function<std::string>(
                name, [arguments, make](const std::string& value) { arguments->operations.push_back(make(value)); },
                help)
            ->type_name(type)
            ->trigger_on_parse();
    };
    operation("--add", "SRC[=DEST]",
              "Add a file or folder, or replace it; DEST is a path in the image, a folder if it ends in /",
              [](const std::string& value) { return [value](RomTree& tree) { return add(tree, value); }; });
    operation("--mkdir", "PATH", "Make a folder and those above it", [](const std::string& value) {
        return [value](RomTree& tree) { return makeFolders(tree, value).transform([](Node*) { }); };
    });
    operation("--remove", "PATH", "Remove a file, or a folder with all that is in it",
              [](const std::string& value) { return [value](RomTree& tree) { return remove(tree, value); }; });
    command
        ->add_option_function<std::vector<std::string>>(
            "--rename",
            [arguments](const std::vector<std::string>& values) {
                arguments->operations.emplace_back(
                    [from = values.at(0), to = values.at(1)](RomTree& tree) { return rename(tree, from, to); });
            },
            "Rename a file or folder; a NEW with / is a path and moves it")
        ->type_name("OLD NEW")
        ->type_size(2)
        ->expected(1)
        ->allow_extra_args(false) // or it takes the image that follows, too, and "[x]" for a list
        ->trigger_on_parse();
    command->add_flag("--keep-trailing", arguments->keepTrailing, "Write the bytes behind the end of the image, too");
    arguments->layout.addTo(*command);
    command->callback([arguments, &exitCode] { exitCode = runEdit(*arguments); });
}

} // namespace romsmith::cli
