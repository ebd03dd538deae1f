// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/archive.h"
#include "core/sources/firmwaretree.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace romsmith::cli {

/// --run-manifest and --manifest-var.
struct ManifestArguments
{
    bool run = false;
    std::vector<std::string> variables;

    void addTo(CLI::App& command);

    [[nodiscard]] Result<sources::FirmwareFolders> folders() const;

    /// What a manifest or CircuitPython's mpconfigboard.mk freezes; none for what is neither, and for a manifest that
    /// is not to be run.
    [[nodiscard]] std::optional<Result<sources::LoadedArchive>> load(const std::string& source) const;
};

} // namespace romsmith::cli
