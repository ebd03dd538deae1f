// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/compilecache.h"
#include "core/tree/node.h"

#include <QMultiHash>

#include <optional>
#include <span>
#include <vector>

namespace romsmith::build {

/// What the compiler made of Python files so far. Results are found by their job: the same bytes, name and options; the
/// architecture matters only to what has native code in it.
class CompiledFiles
{
public:
    /// Looks for files one after the other. Each is looked for after each edit: those that come in the order in which
    /// they were added are found where the last one was, without a walk through memory.
    class Search
    {
    public:
        Search(const CompiledFiles& files, sources::CompileOptions options);

        /// Null for what was not compiled yet.
        [[nodiscard]] const sources::Compiled* find(const tree::Node& file);

    private:
        [[nodiscard]] bool isAt(std::size_t index, const tree::Node& file) const;
        [[nodiscard]] std::optional<std::size_t> lookUp(const tree::Node& file) const;

        const CompiledFiles& m_files;
        sources::CompileOptions m_options;
        sources::CompileOptions m_anyArchitecture; ///< the same for what has no native code
        std::size_t m_next = 0;
    };

    /// @p results are in the order of @p jobs.
    void add(std::span<const sources::CompileJob> jobs, std::vector<sources::Compiled> results);

    /// Nothing can be compiled: no compiler was found, for this reason.
    void setUnavailable(Error reason) { m_unavailable = std::move(reason); }
    [[nodiscard]] const std::optional<Error>& unavailable() const { return m_unavailable; }

    /// Forgets failures, so that they are tried once more.
    void retry();

private:
    struct Known
    {
        sources::CompileJob job;
        sources::Compiled result;
        bool isForEveryArchitecture; ///< then the job names none
    };

    void put(Known known);

    std::vector<Known> m_known;
    QMultiHash<std::size_t, std::size_t> m_places; ///< among them, by the hash of source and name
    std::optional<Error> m_unavailable;
};

} // namespace romsmith::build
