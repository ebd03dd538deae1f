// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/compiledfiles.h"

#include "core/inspect/mpy.h"

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

} // namespace

std::size_t CompiledFiles::Hash::operator()(const CompileJob& job) const
{
    // Without the options, which are nearly always the same.
    BackwardHash hash;
    hash.add(job.name);
    return hash.with(job.source);
}

std::size_t CompiledFiles::Hash::operator()(const Wanted& wanted) const
{
    BackwardHash hash;
    hash.add(wanted.file.name());
    for (const auto* at = wanted.file.parent(); at && at->parent(); at = at->parent()) {
        hash.add("/");
        hash.add(at->name());
    }
    return hash.with(wanted.file.content());
}

bool CompiledFiles::Equal::operator()(const CompileJob& a, const CompileJob& b) const
{
    return a.source.isSameAs(b.source) && a.name == b.name && a.options == b.options;
}

bool CompiledFiles::Equal::operator()(const Wanted& wanted, const CompileJob& job) const
{
    return job.source.isSameAs(wanted.file.content()) && isPathOf(job.name, wanted.file)
        && job.options == wanted.options;
}

const sources::Compiled* CompiledFiles::find(const tree::Node& file, const CompileOptions& options) const
{
    if (const auto found = m_results.find(Wanted{file, options}); found != m_results.end()) {
        return &found->second;
    }
    const auto found = m_bytecode.find(Wanted{file, withoutArchitecture(options)});
    return found == m_bytecode.end() ? nullptr : &found->second;
}

void CompiledFiles::add(std::span<const CompileJob> jobs, std::vector<sources::Compiled> results)
{
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (results[i] && isBytecodeOnly(*results[i])) {
            auto job = jobs[i];
            job.options = withoutArchitecture(std::move(job.options));
            m_bytecode.insert_or_assign(std::move(job), std::move(results[i]));
        } else {
            m_results.insert_or_assign(jobs[i], std::move(results[i]));
        }
    }
    m_unavailable.reset();
}

void CompiledFiles::retry()
{
    std::erase_if(m_results, [](const auto& result) { return !result.second; });
    m_unavailable.reset();
}

} // namespace romsmith::build
