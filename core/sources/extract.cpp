// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/extract.h"

#include "core/romfs/names.h"
#include "core/sources/outward.h"

#include <algorithm>
#include <format>
#include <fstream>
#include <ranges>
#include <unordered_map>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannotWrite(const fs::path& path, std::string_view why)
{
    return fail(ErrorCode::CannotWrite, std::format("\"{}\" cannot be written: {}.", shown(path), why));
}

struct PlannedFile
{
    fs::path path;
    const tree::Node* node;
};

class Extraction
{
public:
    Extraction(fs::path directory, const ExtractOptions& options)
        : m_directory(std::move(directory))
        , m_options(options)
    { }

    Result<void> plan(const tree::Node& node)
    {
        if (node.isRaw()) {
            return {};
        }
        return node.parent() ? planInFolders(node, *node.parent()) : planNode(node, {});
    }

    Result<Extracted> write(const std::stop_token& stop)
    {
        for (const auto& folder : m_folders) {
            std::error_code error;
            fs::create_directories(m_directory / folder, error);
            if (error) {
                return cannotWrite(m_directory / folder, describe(error));
            }
        }
        for (const auto& file : m_files) {
            if (stop.stop_requested()) {
                return fail(ErrorCode::Cancelled,
                            std::format("Cancelled after {} of {} files.", m_result.files, m_files.size()));
            }
            if (auto done = writeFile(file); !done) {
                return std::unexpected(done.error());
            }
            ++m_result.files;
            m_result.bytes += file.node->content().size();
        }
        return std::move(m_result);
    }

private:
    /// The folders that lead to a node are made too, and can be as hostile as what is in them.
    Result<void> planInFolders(const tree::Node& node, const tree::Node& folder)
    {
        std::vector<const tree::Node*> above;
        for (const auto* ancestor = &folder; ancestor->parent(); ancestor = ancestor->parent()) {
            above.push_back(ancestor);
        }
        fs::path path;
        for (const auto* ancestor : above | std::views::reverse) {
            if (!isSafe(ancestor->name())) {
                skip(path / romfs::printable(ancestor->name()), badName);
                return {};
            }
            path /= ancestor->name();
            if (auto usable = checkTarget(path, true); !usable) {
                return usable;
            }
            if (!addFolder(*ancestor, path)) {
                return {};
            }
        }
        return planNode(node, path);
    }

    /// False if a file of that name comes first.
    bool addFolder(const tree::Node& folder, const fs::path& path)
    {
        const auto [place, isNew] = m_taken.emplace(path.string(), &folder);
        if (isNew) {
            m_folders.push_back(path);
        } else if (!place->second->isFolder()) {
            skip(path, nameTwice);
            return false;
        }
        return true;
    }

    void skip(const fs::path& path, std::string_view reason)
    {
        m_result.skipped.push_back({.path = path, .reason = std::string(reason)});
    }

    Result<void> planNode(const tree::Node& node, const fs::path& parent)
    {
        if (node.parent() && !isSafe(node.name())) {
            skip(parent / romfs::printable(node.name()), badName);
            return {};
        }
        const auto path = parent / node.name();
        if (auto usable = checkTarget(path, node.isFolder()); !usable) {
            return usable;
        }
        if (node.isFile()) {
            return planFile(node, path);
        }
        if (node.parent() && !addFolder(node, path)) {
            return {};
        }
        for (const auto& child : node.children()) {
            if (child->isRaw()) {
                continue;
            }
            if (auto done = planNode(*child, path); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> planFile(const tree::Node& node, const fs::path& path)
    {
        if (const auto [place, isNew] = m_taken.emplace(path.string(), &node); !isNew) {
            if (place->second != &node) { // otherwise it was asked for twice
                skip(path, nameTwice);
            }
            return {};
        }
        m_bytes += node.content().size();
        if (m_bytes > mostBytes) {
            return fail(ErrorCode::TooLarge,
                        std::format("The files would take more than {} bytes; no image for a device holds that much. "
                                    "Nothing was written; extract single files instead.",
                                    mostBytes));
        }
        m_files.push_back({.path = path, .node = &node});
        return {};
    }

    Result<void> checkTarget(const fs::path& path, bool folder) const
    {
        const auto target = m_directory / path;
        std::error_code error;
        const auto status = fs::symlink_status(target, error);
        if (!fs::exists(status) || path.empty()) {
            return {};
        }
        if (fs::is_symlink(status)) {
            return fail(
                ErrorCode::CannotWrite,
                std::format("\"{}\" is a link; following it could write elsewhere. Remove it first.", shown(target)));
        }
        if (folder && !fs::is_directory(status)) {
            return fail(ErrorCode::CannotWrite,
                        std::format("\"{}\" is there already and is not a folder. Remove it first.", shown(target)));
        }
        if (!folder && !fs::is_regular_file(status)) {
            return fail(ErrorCode::CannotWrite,
                        std::format("\"{}\" is there already. Nothing was written; remove it first.", shown(target)));
        }
        if (!folder && !m_options.overwrite) {
            return fail(
                ErrorCode::AlreadyExists,
                std::format("\"{}\" is there already. Nothing was written; choose another folder.", shown(target)));
        }
        return {};
    }

    Result<void> writeFile(const PlannedFile& file) const
    {
        const auto target = m_directory / file.path;
        std::error_code error;
        if (m_options.overwrite) {
            fs::remove(target, error); // a hard link elsewhere keeps its content
        }
        std::ofstream stream(target, std::ios::binary | std::ios::noreplace);
        if (!stream) {
            return cannotWrite(target, describe({errno, std::generic_category()}));
        }
        auto done = file.node->content().forEachChunk([&](romfs::Bytes chunk) -> Result<void> {
            stream.write(reinterpret_cast<const char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
            return {};
        });
        stream.close();
        if (done && !stream) {
            done = cannotWrite(target, describe({errno, std::generic_category()}));
        }
        if (!done) {
            fs::remove(target, error);
        }
        return done;
    }

    fs::path m_directory;
    ExtractOptions m_options;
    std::vector<fs::path> m_folders;
    std::vector<PlannedFile> m_files;
    std::unordered_map<std::string, const tree::Node*> m_taken; ///< by path below the directory
    std::uint64_t m_bytes = 0;
    Extracted m_result;
};

} // namespace

Result<Extracted> extract(std::span<const tree::Node* const> nodes, const fs::path& directory,
                          const ExtractOptions& options, const std::stop_token& stop)
{
    Extraction extraction(directory, options);
    for (const auto* node : nodes) {
        if (auto planned = extraction.plan(*node); !planned) {
            return std::unexpected(planned.error());
        }
    }
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) {
        return cannotWrite(directory, describe(error));
    }
    return extraction.write(stop);
}

} // namespace romsmith::sources
