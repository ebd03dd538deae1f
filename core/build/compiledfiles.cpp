// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/build/compiledfiles.h"

#include "core/inspect/mpy.h"

#include <functional>
#include <utility>

namespace romsmith::build {

using sources::CompileJob;

namespace {

CompileJob withoutArchitecture(CompileJob job)
{
    job.options.arch.clear();
    return job;
}

bool isBytecodeOnly(const romfs::Content& mpy)
{
    const auto header = inspect::readMpyHeader(mpy.bytes());
    return header && !header->isNative();
}

} // namespace

std::size_t CompiledFiles::Hash::operator()(const CompileJob& job) const
{
    // The options are nearly always the same.
    return std::hash<std::string>()(job.name) ^ std::hash<const void*>()(job.source.identity());
}

bool CompiledFiles::Equal::operator()(const CompileJob& a, const CompileJob& b) const
{
    return a.source.isSameAs(b.source) && a.name == b.name && a.options == b.options;
}

const sources::Compiled* CompiledFiles::find(const CompileJob& job) const
{
    if (const auto found = m_results.find(job); found != m_results.end()) {
        return &found->second;
    }
    const auto found = m_bytecode.find(withoutArchitecture(job));
    return found == m_bytecode.end() ? nullptr : &found->second;
}

void CompiledFiles::add(std::span<const CompileJob> jobs, std::vector<sources::Compiled> results)
{
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (results[i] && isBytecodeOnly(*results[i])) {
            m_bytecode.insert_or_assign(withoutArchitecture(jobs[i]), std::move(results[i]));
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
