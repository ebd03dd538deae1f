// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/build/plan.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace romsmith::cli {

/// How Python files go into an image, for commands that write one.
struct PythonArguments
{
    build::PythonOptions options;
    std::vector<std::string> keep; ///< globs
    std::string compiler; ///< a program; empty for the first that is found

    /// Compiles unless told not to.
    void addTo(CLI::App& command);

    /// Keeps in @p tree what --keep says.
    [[nodiscard]] Result<void> applyTo(tree::RomTree& tree) const;
};

/// The plan of the image with all its Python files compiled. What cannot be compiled is among its findings; no compiler
/// at all is an error.
[[nodiscard]] Result<build::Plan> planCompiled(const tree::RomTree& tree, const build::Options& options,
                                               const std::string& compiler);

void addCompilersCommand(CLI::App& app, int& exitCode);

} // namespace romsmith::cli
