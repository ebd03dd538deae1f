// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/tree/node.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

/// Files and folders of this computer as content of an image.
namespace romsmith::sources {

/// When a file's bytes are read.
enum class Loading : std::uint8_t {
    Snapshot, ///< now, into memory: later changes of the file do not matter
    Streamed, ///< when the image is written, in pieces; fails then if the file has changed meanwhile
};

/// Something that was not taken, and why.
struct Skipped
{
    std::filesystem::path path;
    std::string reason;
};

struct LoadOptions
{
    Loading loading = Loading::Snapshot;
    std::vector<std::string> excludes; ///< globs, matched against a name and against the path below the source
    std::vector<std::string> includes = {}; ///< of files in folders; none: all
    std::vector<Skipped> leaveOut = {}; ///< what is in a source and not part of it
};

struct Loaded
{
    std::vector<std::unique_ptr<tree::Node>> nodes;
    std::vector<Skipped> skipped;
    std::shared_ptr<const tree::SourceLink> contentOf = {}; ///< the folder that the nodes are the content of
};

/// Files that are larger than any partition are refused before they fill the memory.
inline constexpr std::uint64_t largestSnapshot = 256ULL * 1024 * 1024;

/// The file at @p path, or the folder with all that is in it, sorted by the bytes of the names. Junk that no device
/// needs (caches, version control, editor backups), links that lead back up, and what is neither file nor folder is
/// skipped. Files, and the folder that @p path is, know where they come from (tree::SourceLink).
[[nodiscard]] Result<Loaded> load(const std::filesystem::path& path, const LoadOptions& options,
                                  const std::stop_token& stop = {});

/// The same, but a folder gives its content and not itself.
[[nodiscard]] Result<Loaded> loadContent(const std::filesystem::path& path, const LoadOptions& options,
                                         const std::stop_token& stop = {});

/// One file's bytes.
[[nodiscard]] Result<romfs::Content> loadFile(const std::filesystem::path& path, Loading loading);

/// The same, and where they come from.
struct LinkedContent
{
    romfs::Content content;
    std::shared_ptr<const tree::SourceLink> link;
};
[[nodiscard]] Result<LinkedContent> loadLinked(const std::filesystem::path& path, Loading loading);

/// A path for messages.
[[nodiscard]] std::string shown(const std::filesystem::path& path);

/// A file's or system's word for the last failed call, for messages.
[[nodiscard]] std::string describe(const std::error_code& error);

} // namespace romsmith::sources
