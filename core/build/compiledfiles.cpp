// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/compiledfiles.h"

#include "core/inspect/mpy.h"

#include <algorithm>
#include <functional>
#include <ranges>
#include <string_view>
#include <utility>

namespace romsmith::build {

using sources::CompileJob;
using sources::CompileOptions;

namespace {

CompileOptions withoutArchitecture(CompileOptions options)
{
    options.arch.clear();
    return options;
}

/// FNV-1a of a path from its end to its beginning, in as many parts as are at hand.
class BackwardHash
{
public:
    void add(std::string_view part)
    {
        for (const char c : part | std::views::reverse) {
            m_hash = (m_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
        }
    }

    std::size_t with(const romfs::Content& source) const
    {
        return m_hash ^ std::hash<const void*>()(source.identity());
    }

private:
    std::size_t m_hash = 0xcbf29ce484222325;
};

bool isPathOf(std::string_view path, const tree::Node& node)
{
    if (!path.ends_with(node.name())) {
        return false;
    }
    path.remove_suffix(node.name().size());
    const auto* folder = node.parent();
    if (!folder || !folder->parent()) {
        return path.empty();
    }
    return path.ends_with('/') && isPathOf(path.substr(0, path.size() - 1), *folder);
}

bool isBytecodeOnly(const romfs::Content& mpy)
{
    const auto header = inspect::readMpyHeader(mpy.bytes());
    return header && !header->isNative();
}

std::size_t hashOf(const CompileJob& job)
{
    // Without the options, which are nearly always the same.
    BackwardHash hash;
    hash.add(job.name);
    return hash.with(job.source);
}

/// The same for a file, without a copy of its path.
std::size_t hashOf(const tree::Node& file)
{
    BackwardHash hash;
    hash.add(file.name());
    for (const auto* at = file.parent(); at && at->parent(); at = at->parent()) {
        hash.add("/");
        hash.add(at->name());
    }
    return hash.with(file.content());
}

} // namespace

CompiledFiles::Search::Search(const CompiledFiles& files, CompileOptions options)
    : m_files(files)
    , m_options(std::move(options))
    , m_anyArchitecture(withoutArchitecture(m_options))
{ }

const sources::Compiled* CompiledFiles::Search::find(const tree::Node& file)
{
    const auto found = isAt(m_next, file) ? m_next : lookUp(file);
    if (!found) {
        return nullptr;
    }
    m_next = *found + 1;
    return &m_files.m_known[*found].result;
}

bool CompiledFiles::Search::isAt(std::size_t index, const tree::Node& file) const
{
    if (index >= m_files.m_known.size()) {
        return false;
    }
    const auto& known = m_files.m_known[index];
    return known.job.source.isSameAs(file.content()) && isPathOf(known.job.name, file)
        && known.job.options == (known.isForEveryArchitecture ? m_anyArchitecture : m_options);
}

std::optional<std::size_t> CompiledFiles::Search::lookUp(const tree::Node& file) const
{
    const auto [begin, end] = m_files.m_places.equal_range(hashOf(file));
    const auto found = std::find_if(begin, end, [&](std::size_t index) { return isAt(index, file); });
    return found == end ? std::nullopt : std::optional(*found);
}

void CompiledFiles::add(std::span<const CompileJob> jobs, std::vector<sources::Compiled> results)
{
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        auto job = jobs[i];
        const bool isForEveryArchitecture = results[i] && isBytecodeOnly(*results[i]);
        if (isForEveryArchitecture) {
            job.options = withoutArchitecture(std::move(job.options));
        }
        put({.job = std::move(job), .result = std::move(results[i]), .isForEveryArchitecture = isForEveryArchitecture});
    }
    m_unavailable.reset();
}

void CompiledFiles::put(Known known)
{
    const auto hash = hashOf(known.job);
    const auto [begin, end] = std::as_const(m_places).equal_range(hash);
    const auto same = std::find_if(begin, end, [&](std::size_t index) {
        const auto& [job, result, isForEveryArchitecture] = m_known[index];
        return job.source.isSameAs(known.job.source) && job.name == known.job.name && job.options == known.job.options
            && isForEveryArchitecture == known.isForEveryArchitecture;
    });
    if (same != end) {
        m_known[*same] = std::move(known);
        return;
    }
    m_places.insert(hash, m_known.size());
    m_known.push_back(std::move(known));
}

void CompiledFiles::retry()
{
    m_places.clear();
    for (auto& known : std::exchange(m_known, {})) {
        if (known.result) {
            put(std::move(known));
        }
    }
    m_unavailable.reset();
}

} // namespace romsmith::build
