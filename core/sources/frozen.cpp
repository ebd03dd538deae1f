// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/frozen.h"

#include "core/sources/innerpath.h"

#include <format>
#include <map>

namespace romsmith::sources {
namespace {

bool isPython(std::string_view name)
{
    return name.ends_with(".py") || name.ends_with(".mpy");
}

class FrozenLoader
{
public:
    Result<void> add(const FrozenFile& file)
    {
        const auto [names, problem] = parseInnerPath(file.target);
        const auto reason = !problem.empty() ? problem
            : names.empty()                  ? "it has no name"
            : !isPython(file.target) || file.source.extension() != std::filesystem::path(file.target).extension()
            ? "neither a .py nor a .mpy file"
            : whyNotHere(names, file);
        if (!reason.empty()) {
            m_result.skipped.push_back({.path = shownInnerPath(file.target), .reason = reason});
            return {};
        }
        if (const auto [taken, isNew] = m_taken.emplace(joined(names), file.source); !isNew) {
            if (taken->second != file.source) {
                m_result.remarks.push_back(
                    {.path = shownInnerPath(file.target),
                     .reason = "it is frozen more than once; the first one is taken, as the firmware does"});
            }
            return {};
        }
        return read(names, file);
    }

    LoadedArchive finish()
    {
        for (const auto& [level, first] : m_optimized) {
            m_result.remarks.push_back(
                {.path = shownInnerPath(first.example),
                 .reason = std::format("it and {} others were to be compiled with optimisation level {}; an image has "
                                       "one level for all of its files",
                                       first.count - 1, level)});
        }
        if (!m_lib->children().empty()) {
            m_result.nodes.push_back(std::move(m_lib));
        }
        m_result.mayStripTop = false;
        return std::move(m_result);
    }

private:
    struct Optimized
    {
        std::string example;
        std::size_t count = 0;
    };

    static std::string joined(std::span<const std::string_view> names)
    {
        std::string path;
        for (const auto name : names) {
            path += path.empty() ? "" : "/";
            path += name;
        }
        return path;
    }

    std::string whyNotHere(std::span<const std::string_view> names, const FrozenFile& file) const
    {
        const auto* place = m_lib.get();
        for (const auto name : names.first(names.size() - 1)) {
            place = place ? place->child(name) : nullptr;
            if (place && !place->isFolder()) {
                return "a file has the name of its folder";
            }
        }
        place = place ? place->child(names.back()) : nullptr;
        if (place && place->isFolder()) {
            return "a folder has its name";
        }
        std::error_code error;
        const auto status = std::filesystem::status(file.source, error);
        return std::filesystem::is_regular_file(status) ? std::string()
            : std::filesystem::exists(status)           ? "it is not a file"
                                                        : "it does not exist";
    }

    Result<void> read(std::span<const std::string_view> names, const FrozenFile& file)
    {
        auto content = loadFile(file.source, Loading::Snapshot);
        if (!content) {
            return std::unexpected(content.error());
        }
        m_bytes += content->size();
        if (m_bytes > largestSnapshot) {
            return fail(ErrorCode::TooLarge,
                        std::format("The files that would be frozen take more than {} bytes, more than any device's "
                                    "ROMFS partition holds. Nothing was added.",
                                    largestSnapshot));
        }
        auto* folder = m_lib.get();
        for (const auto name : names.first(names.size() - 1)) {
            auto* inside = folder->child(name);
            folder = inside ? inside : &folder->append(tree::Node::folder(std::string(name)));
        }
        tree::NodeState state;
        state.name = names.back();
        state.content = std::move(*content);
        state.compile = file.asText ? std::optional(false) : std::nullopt;
        folder->append(std::make_unique<tree::Node>(romfs::EntryType::File, std::move(state)));
        if (file.optimization != 0) {
            auto& [example, count] = m_optimized[file.optimization];
            example = count == 0 ? file.target : example;
            ++count;
        }
        return {};
    }

    std::unique_ptr<tree::Node> m_lib = tree::Node::folder("lib");
    std::map<std::string, std::filesystem::path> m_taken; ///< sources by target
    std::map<int, Optimized> m_optimized; ///< by level
    std::uint64_t m_bytes = 0;
    LoadedArchive m_result;
};

} // namespace

Result<LoadedArchive> loadFrozen(std::span<const FrozenFile> files, const std::stop_token& stop)
{
    if (files.size() > mostFrozenFiles) {
        return fail(ErrorCode::TooLarge,
                    std::format("More than {} files would be frozen. Nothing was added.", mostFrozenFiles));
    }
    FrozenLoader loader;
    for (const auto& file : files) {
        if (stop.stop_requested()) {
            return fail(ErrorCode::Cancelled, "Cancelled; nothing was added.");
        }
        if (auto added = loader.add(file); !added) {
            return std::unexpected(added.error());
        }
    }
    return loader.finish();
}

std::unexpected<Error> nothingFrozen(const std::filesystem::path& path)
{
    return fail(ErrorCode::NotFound, std::format("\"{}\" freezes nothing, so there is nothing to add.", shown(path)));
}

} // namespace romsmith::sources
