// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/compiler.h"

namespace romsmith::sources {

/// What was compiled once is kept in a folder, for every program of this user. A result is found again by its source,
/// its name, its options and its compiler; anything wrong with the folder only costs time.
class CompileCache
{
public:
    /// The folder of this user's caches.
    CompileCache();
    explicit CompileCache(std::filesystem::path folder)
        : m_folder(std::move(folder))
    { }

    /// As Compiler::compile(), but runs the compiler only for what is not known yet.
    [[nodiscard]] std::vector<Compiled> compile(const Compiler& compiler, std::span<const CompileJob> jobs,
                                                const std::stop_token& stop = {}) const;

    /// Forgets what was not used for the longest time, until at most @p size bytes are left.
    void shrink(std::uint64_t size = usualSize) const;

private:
    static constexpr std::uint64_t usualSize = 64ULL * 1024 * 1024;

    [[nodiscard]] std::filesystem::path pathOf(const Compiler& compiler, const CompileJob& job) const;

    std::filesystem::path m_folder;
};

} // namespace romsmith::sources
