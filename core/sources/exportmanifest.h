// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/extract.h"

namespace romsmith::sources {

/// Writes the Python files of an image to a folder, together with a manifest.py by which a firmware's build freezes
/// them under the names that they are imported by: what is at the top or in "lib". What a firmware cannot freeze, and
/// what the device would not find because something else has its name, is left out. Names are handled as extract()
/// does.
[[nodiscard]] Result<Extracted> exportManifest(const tree::Node& root, const std::filesystem::path& directory,
                                               const ExtractOptions& options, const std::stop_token& stop = {});

} // namespace romsmith::sources
