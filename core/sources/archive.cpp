// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/archive.h"

#include "core/romfs/names.h"
#include "core/sources/archivereader.h"
#include "core/sources/filter.h"
#include "core/sources/innerpath.h"

#include <QString>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

using archives::Entry;
using archives::EntryKind;
using archives::Reader;

// What of it is taken -------------------------------------------------------------------------------------------------

/// A name in the archive, and what comes of it.
struct Place
{
    std::map<std::string, std::unique_ptr<Place>, std::less<>> inside; ///< in the order of the bytes
    std::optional<std::size_t> file; ///< the number of the entry
    bool isFolder = false;
    bool isLeftOut = false;
};

class ArchiveLoader
{
public:
    ArchiveLoader(const Reader& reader, const ArchiveOptions& options, Globs excludes)
        : m_reader(reader)
        , m_options(options)
        , m_excludes(std::move(excludes))
    {
        m_top.isFolder = true;
    }

    Result<LoadedArchive> load()
    {
        auto entries = m_reader.list();
        if (!entries) {
            return std::unexpected(entries.error());
        }
        m_entries = std::move(*entries);
        const auto wrapper = m_options.stripTop ? findWrapper() : std::string();
        m_depth = wrapper.empty() ? 0 : 1;
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (auto done = planOne(i); !done) {
                return std::unexpected(done.error());
            }
        }
        if (auto done = readContent(); !done) {
            return std::unexpected(done.error());
        }
        m_result.nodes = takeNodes(wrapper.empty() ? m_top : *m_top.inside.at(wrapper), wrapper);
        std::ranges::stable_sort(m_result.skipped, {}, [](const Skipped& each) { return each.path.native(); });
        return std::move(m_result);
    }

private:
    /// The folder that all that could be taken is in; empty if there is none.
    std::string findWrapper() const
    {
        std::string wrapper;
        for (const auto& entry : m_entries) {
            const auto [names, problem] = parseInnerPath(entry.path);
            const bool isFile = entry.kind == EntryKind::File;
            if (names.empty() || isJunk(names[0]) || (!isFile && entry.kind != EntryKind::Folder)) {
                continue;
            }
            if ((names.size() == 1 && isFile) || (!wrapper.empty() && wrapper != names[0])) {
                return {};
            }
            wrapper = names[0];
        }
        return wrapper;
    }

    Result<void> planOne(std::size_t index)
    {
        const auto& entry = m_entries[index];
        const auto [names, problem] = parseInnerPath(entry.path);
        if (auto going = m_reader.checkStop(); !going) {
            return going;
        }
        if (!problem.empty()) {
            skip(entry.path, problem);
            return {};
        }
        if (names.empty()) { // "./" and the like
            if (entry.kind != EntryKind::Folder) {
                skip(entry.path, "it has no name");
            }
            return {};
        }
        auto place = findPlace(names);
        if (!place) {
            return std::unexpected(place.error());
        }
        if (!*place) {
            return {};
        }
        if (entry.kind == EntryKind::Folder) {
            makeFolders(names);
        } else if (const auto reason = whyLeftOut(entry); !reason.empty()) {
            skip(entry.path, reason);
        } else if ((*place)->isFolder) {
            skip(entry.path, "a folder has the same name and is taken");
        } else {
            makeFolders(std::span(names).first(names.size() - 1));
            if ((*place)->file) {
                skip(entry.path, "its name occurs more than once; the last one is taken, as other programs do");
            }
            (*place)->file = index;
        }
        return {};
    }

    std::string whyLeftOut(const Entry& entry) const
    {
        switch (entry.kind) {
        case EntryKind::Link:
            return "a link";
        case EntryKind::Special:
            return "neither a file nor a folder";
        default:
            break;
        }
        if (entry.problem.empty() && entry.size > m_options.largestFile) {
            return std::format("it takes {} bytes, and {} is the most", entry.size, m_options.largestFile);
        }
        return entry.problem;
    }

    void skip(std::string_view path, std::string reason)
    {
        m_result.skipped.push_back({.path = shownInnerPath(path), .reason = std::move(reason)});
    }

    /// Null if it, or a folder around it, is junk or excluded.
    Result<Place*> findPlace(std::span<const std::string_view> names)
    {
        auto* place = &m_top;
        for (std::size_t i = 0; i < names.size(); ++i) {
            auto found = place->inside.find(names[i]);
            if (found == place->inside.end()) {
                if (++m_places > m_options.mostEntries) {
                    return m_reader.tooLarge(
                        std::format("holds more than {} files and folders", m_options.mostEntries));
                }
                found = place->inside.emplace(names[i], std::make_unique<Place>()).first;
                leaveOut(*found->second, names.first(i + 1));
            }
            place = found->second.get();
            if (place->isLeftOut) {
                return nullptr;
            }
        }
        return place;
    }

    void leaveOut(Place& place, std::span<const std::string_view> names)
    {
        const bool junk = isJunk(names.back());
        const bool canBeExcluded = !m_options.excludes.empty() && names.size() > m_depth;
        place.isLeftOut = junk || (canBeExcluded && m_excludes.match(joined(names.subspan(m_depth))));
        if (place.isLeftOut) {
            skip(joined(names), junk ? "junk that no device needs" : "excluded");
        }
    }

    static std::string joined(std::span<const std::string_view> names)
    {
        std::string path;
        for (const auto name : names) {
            path = below(std::move(path), name);
        }
        return path;
    }

    static std::string below(std::string path, std::string_view name)
    {
        path += path.empty() ? "" : "/";
        path += name;
        return path;
    }

    /// Of places that are there.
    void makeFolders(std::span<const std::string_view> names)
    {
        auto* place = &m_top;
        for (const auto name : names) {
            place = place->inside.find(name)->second.get();
            if (place->file) {
                skip(m_entries[*place->file].path, "a folder has the same name and is taken");
                place->file.reset();
            }
            place->isFolder = true;
        }
    }

    Result<void> readContent()
    {
        std::vector<std::size_t> wanted;
        collect(m_top, wanted);
        std::ranges::sort(wanted);
        std::uint64_t total = 0;
        for (const auto index : wanted) {
            total += m_entries[index].size; // each is at most largestFile
            if (total > m_options.largestTotal) {
                return m_reader.tooLarge(std::format("unpacks to more than {} bytes", m_options.largestTotal));
            }
        }
        return m_reader.read(m_entries, wanted, [this](std::size_t index, archives::Unpacked&& unpacked) {
            if (unpacked) {
                m_content.emplace(index, romfs::Content::own(std::move(*unpacked)));
            } else {
                skip(m_entries[index].path, std::move(unpacked.error()));
            }
        });
    }

    static void collect(const Place& folder, std::vector<std::size_t>& files)
    {
        for (const auto& [name, place] : folder.inside) {
            if (place->file) {
                files.push_back(*place->file);
            }
            collect(*place, files);
        }
    }

    std::vector<std::unique_ptr<tree::Node>> takeNodes(const Place& folder, const std::string& path)
    {
        std::vector<std::unique_ptr<tree::Node>> nodes;
        std::unordered_map<std::string, std::string_view> alike;
        for (const auto& [name, place] : folder.inside) {
            if (place->isFolder) {
                auto node = tree::Node::folder(name);
                for (auto& child : takeNodes(*place, below(path, name))) {
                    node->append(std::move(child));
                }
                nodes.push_back(std::move(node));
            } else if (const auto content = place->file ? m_content.find(*place->file) : m_content.end();
                       content != m_content.end()) {
                nodes.push_back(tree::Node::file(name, std::move(content->second)));
            } else {
                continue;
            }
            if (const auto [first, isNew] = alike.emplace(lookOf(name), name); !isNew) {
                m_result.remarks.push_back(
                    {.path = shownInnerPath(below(path, name)),
                     .reason
                     = std::format("it differs from \"{}\" only by case or by how its letters are encoded; some "
                                   "computers take the two for one",
                                   romfs::printable(first->second))});
            }
        }
        return nodes;
    }

    /// The same for names that macOS or Windows take for the same.
    static std::string lookOf(const std::string& name)
    {
        return QString::fromStdString(name).toCaseFolded().normalized(QString::NormalizationForm_C).toStdString();
    }

    const Reader& m_reader;
    const ArchiveOptions& m_options;
    Globs m_excludes;
    std::vector<Entry> m_entries;
    std::size_t m_depth = 0; ///< of the folder that excluded paths begin in
    Place m_top;
    std::size_t m_places = 0;
    std::unordered_map<std::size_t, romfs::Content> m_content; ///< by the number of the entry
    LoadedArchive m_result;
};

} // namespace

bool isArchive(const fs::path& path)
{
    return Reader(path, {}, {}).isArchive().value_or(false);
}

Result<LoadedArchive> loadArchive(const fs::path& path, const ArchiveOptions& options, const std::stop_token& stop)
{
    auto excludes = Globs::from(options.excludes);
    if (!excludes) {
        return std::unexpected(excludes.error());
    }
    const Reader reader(path, {.entries = options.mostEntries, .unpacked = options.largestUnpacked}, stop,
                        options.progress);
    const auto isOne = reader.isArchive();
    if (!isOne) {
        return std::unexpected(isOne.error());
    }
    if (!*isOne) {
        return fail(ErrorCode::CannotRead,
                    std::format("\"{}\" is not an archive: it was expected to be zip, 7z, or tar alone or in gzip, "
                                "bzip2, xz or Zstandard, and begins like none of them. Add it as a file instead.",
                                shown(path)));
    }
    return ArchiveLoader(reader, options, std::move(*excludes)).load();
}

} // namespace romsmith::sources
