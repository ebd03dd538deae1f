// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/disk.h"

#include "core/romfs/names.h"
#include "core/sources/filter.h"

#include <algorithm>
#include <array>
#include <format>
#include <fstream>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannotRead(const fs::path& path, std::string_view why)
{
    return fail(ErrorCode::CannotRead, std::format("\"{}\" cannot be read: {}.", shown(path), why));
}

class FileContent final : public romfs::ContentSource
{
public:
    FileContent(fs::path path, std::uint64_t size, fs::file_time_type modified)
        : m_path(std::move(path))
        , m_size(size)
        , m_modified(modified)
    { }

    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        std::error_code error;
        const bool same
            = fs::file_size(m_path, error) == m_size && !error && fs::last_write_time(m_path, error) == m_modified;
        if (error) {
            return cannotRead(m_path, describe(error));
        }
        if (!same) {
            return fail(
                ErrorCode::Changed,
                std::format("\"{}\" has changed since it was added. Nothing was written; start again.", shown(m_path)));
        }
        std::ifstream file(m_path, std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(reinterpret_cast<char*>(into.data()), static_cast<std::streamsize>(into.size()));
        if (!file) {
            return cannotRead(m_path, "reading failed half-way");
        }
        return {};
    }

private:
    fs::path m_path;
    std::uint64_t m_size;
    fs::file_time_type m_modified;
};

class Loader
{
public:
    Loader(const LoadOptions& options, Globs excludes, Globs includes, const std::stop_token& stop)
        : m_options(options)
        , m_excludes(std::move(excludes))
        , m_includes(std::move(includes))
        , m_stop(stop)
    { }

    Result<std::unique_ptr<tree::Node>> loadOne(const fs::path& path, const std::string& name)
    {
        std::error_code error;
        const auto status = fs::status(path, error);
        if (fs::is_directory(status)) {
            auto folder = tree::Node::folder(name);
            if (auto done = loadInto(*folder, path, {}); !done) {
                return std::unexpected(done.error());
            }
            return folder;
        }
        if (!fs::is_regular_file(status)) {
            return cannotRead(path,
                              error                    ? describe(error)
                                  : fs::exists(status) ? "it is neither a file nor a folder"
                                                       : "it does not exist");
        }
        auto loaded = loadLinked(path, m_options.loading);
        if (!loaded) {
            return std::unexpected(loaded.error());
        }
        return std::make_unique<tree::Node>(
            romfs::EntryType::File,
            tree::NodeState{.name = name, .content = std::move(loaded->content), .link = std::move(loaded->link)});
    }

    Result<void> loadInto(tree::Node& folder, const fs::path& path, const std::string& below)
    {
        std::error_code error;
        const bool isLink = !m_open.empty() && fs::is_symlink(fs::symlink_status(path, error));
        const auto isSame = [&](const fs::path& open) { return fs::equivalent(open, path, error); };
        if ((isLink || m_links > 0) && std::ranges::any_of(m_open, isSame)) {
            m_skipped.push_back({.path = path, .reason = "a link that leads back to a folder above it"});
            return {};
        }
        auto names = listNames(path);
        if (!names) {
            return std::unexpected(names.error());
        }
        m_open.push_back(path);
        m_links += isLink ? 1 : 0;
        for (const auto& name : *names) {
            if (auto done = loadChild(folder, path / name, name, below.empty() ? name : below + "/" + name); !done) {
                return done;
            }
        }
        m_open.pop_back();
        m_links -= isLink ? 1 : 0;
        return {};
    }

    std::vector<Skipped> takeSkipped() { return std::move(m_skipped); }

private:
    static Result<std::vector<std::string>> listNames(const fs::path& path)
    {
        std::error_code error;
        std::vector<std::string> names;
        for (fs::directory_iterator it(path, error); !error && it != fs::directory_iterator(); it.increment(error)) {
            names.push_back(it->path().filename().string());
        }
        if (error) {
            return cannotRead(path, describe(error));
        }
        std::ranges::sort(names);
        return names;
    }

    Result<void> loadChild(tree::Node& folder, const fs::path& path, const std::string& name, const std::string& below)
    {
        if (m_stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, "Cancelled; nothing was added.");
        }
        if (const auto reason = whyLeftOut(path, name, below); !reason.empty()) {
            m_skipped.push_back({.path = path, .reason = reason});
            return {};
        }
        std::error_code error;
        if (fs::is_directory(path, error)) {
            if (m_open.size() > romfs::maxDepth) {
                return cannotRead(path, "folders are nested too deeply");
            }
            const auto skipped = m_skipped.size();
            auto child = tree::Node::folder(name);
            auto done = loadInto(*child, path, below);
            const bool isLoop = m_skipped.size() > skipped && m_skipped.back().path == path;
            if (done && !isLoop) {
                folder.append(std::move(child));
            }
            return done;
        }
        auto node = loadOne(path, name);
        if (!node) {
            return std::unexpected(node.error());
        }
        folder.append(std::move(*node));
        return {};
    }

    std::string whyLeftOut(const fs::path& path, const std::string& name, const std::string& below) const
    {
        if (isJunk(name)) {
            return "junk that no device needs";
        }
        std::error_code error;
        if (m_excludes.match(below)
            || (!m_includes.isEmpty() && !m_includes.match(below) && !fs::is_directory(path, error))) {
            return "excluded";
        }
        for (const auto& [other, reason] : m_options.leaveOut) {
            if (fs::equivalent(path, other, error)) {
                return reason;
            }
        }
        const auto status = fs::status(path, error);
        if (!fs::exists(status) && fs::is_symlink(fs::symlink_status(path, error))) {
            return "a link to something that does not exist";
        }
        if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
            return "neither a file nor a folder";
        }
        if (!romfs::isUtf8(name)) {
            return "its name is not UTF-8, which the device could not list";
        }
        return {};
    }

    const LoadOptions& m_options;
    Globs m_excludes;
    Globs m_includes;
    const std::stop_token& m_stop;
    std::vector<fs::path> m_open; ///< folders that are being loaded, outermost first
    std::size_t m_links = 0; ///< how many of them are links: without one there can be no loop
    std::vector<Skipped> m_skipped;
};

fs::path named(const fs::path& path)
{
    // "dir/" and "." have no name of their own.
    auto absolute = fs::absolute(path).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();
}

std::shared_ptr<const tree::SourceLink> folderLink(const fs::path& path, const LoadOptions& options,
                                                   const tree::Node& folder)
{
    tree::SourceLink link{.path = named(path), .includes = options.includes, .excludes = options.excludes};
    tree::forEachInside(folder,
                        [&](const tree::Node& node) { link.contents.push_back(tree::pathInside(node, folder)); });
    return std::make_shared<const tree::SourceLink>(std::move(link));
}

} // namespace

Result<Loaded> load(const fs::path& path, const LoadOptions& options, const std::stop_token& stop)
{
    auto excludes = Globs::from(options.excludes);
    auto includes = Globs::from(options.includes);
    if (!excludes || !includes) {
        return std::unexpected(!excludes ? excludes.error() : includes.error());
    }
    Loader loader(options, std::move(*excludes), std::move(*includes), stop);
    auto node = loader.loadOne(path, named(path).filename().string());
    if (!node) {
        return std::unexpected(node.error());
    }
    if ((*node)->isFolder()) {
        (*node)->setLink(folderLink(path, options, **node));
    }
    Loaded loaded;
    loaded.nodes.push_back(std::move(*node));
    loaded.skipped = loader.takeSkipped();
    return loaded;
}

Result<Loaded> loadContent(const fs::path& path, const LoadOptions& options, const std::stop_token& stop)
{
    auto loaded = load(path, options, stop);
    if (loaded && loaded->nodes.front()->isFolder()) {
        auto folder = std::move(loaded->nodes.front());
        loaded->nodes = folder->takeChildren();
        loaded->contentOf = folder->state().link;
    }
    return loaded;
}

Result<romfs::Content> loadFile(const fs::path& path, Loading loading)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        return cannotRead(path, "it is not a file");
    }
    const auto size = fs::file_size(path, error);
    const auto modified = error ? fs::file_time_type() : fs::last_write_time(path, error);
    if (error) {
        return cannotRead(path, describe(error));
    }
    if (!std::ifstream(path, std::ios::binary)) {
        return cannotRead(path, "permission denied");
    }
    auto source = std::make_shared<const FileContent>(path, size, modified);
    if (loading == Loading::Streamed) {
        return romfs::Content::from(std::move(source));
    }
    if (size > largestSnapshot) {
        return fail(
            ErrorCode::TooLarge,
            std::format("\"{}\" takes {} bytes, more than any device's ROMFS partition holds.", shown(path), size));
    }
    return romfs::Content::from(std::move(source)).readAll().transform(&romfs::Content::own);
}

Result<LinkedContent> loadLinked(const fs::path& path, Loading loading)
{
    tree::SourceLink link{.path = named(path)};
    std::error_code error; // what cannot be told is told by reading
    link.modified = fs::last_write_time(path, error); // before: what is changed meanwhile counts as changed
    auto content = loadFile(path, loading);
    if (!content) {
        return std::unexpected(content.error());
    }
    link.size = content->size();
    return LinkedContent{.content = std::move(*content),
                         .link = std::make_shared<const tree::SourceLink>(std::move(link))};
}

std::string shown(const fs::path& path)
{
    return romfs::printable(path.string());
}

std::string describe(const std::error_code& error)
{
    auto text = error.message();
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

} // namespace romsmith::sources
