// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/compilecache.h"
#include "core/tree/node.h"

#include <optional>
#include <span>
#include <stop_token>
#include <unordered_map>

namespace romsmith::build {

/// What the compiler made of Python files so far. Results are found by their job: the same bytes, name and options; the
/// architecture matters only to what has native code in it.
class CompiledFiles
{
public:
    /// Null for what was not compiled yet.
    [[nodiscard]] const sources::Compiled* find(const tree::Node& file, const sources::CompileOptions& options) const;

    /// @p results are in the order of @p jobs.
    void add(std::span<const sources::CompileJob> jobs, std::vector<sources::Compiled> results);

    /// Nothing can be compiled: no compiler was found, for this reason.
    void setUnavailable(Error reason) { m_unavailable = std::move(reason); }
    [[nodiscard]] const std::optional<Error>& unavailable() const { return m_unavailable; }

    /// Forgets failures, so that they are tried once more.
    void retry();

private:
    /// A job that is looked for. It is made without a copy, as each file is looked for after each edit.
    struct Wanted
    {
        const tree::Node& file;
        const sources::CompileOptions& options;
    };
    struct Hash
    {
        using is_transparent = void;
        std::size_t operator()(const sources::CompileJob& job) const;
        std::size_t operator()(const Wanted& wanted) const;
    };
    struct Equal
    {
        using is_transparent = void;
        bool operator()(const sources::CompileJob& a, const sources::CompileJob& b) const;
        bool operator()(const Wanted& wanted, const sources::CompileJob& job) const;
    };
    using Results = std::unordered_map<sources::CompileJob, sources::Compiled, Hash, Equal>;

    Results m_results;
    Results m_bytecode; ///< jobs without an architecture
    std::optional<Error> m_unavailable;
};

} // namespace romsmith::build
