// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sources/extract.h"

#include <optional>

namespace romsmith::sources {

enum class ArchiveFormat : std::uint8_t {
    Zip,
    TarGz,
};

/// What the suffix of a file's name asks for: .zip, .tar.gz or .tgz.
[[nodiscard]] std::optional<ArchiveFormat> archiveFormatOf(const std::filesystem::path& path);

/// Writes nodes with all that is in them to an archive, each under its whole path, whole or not at all: a file that is
/// there stays as it is until the new one is complete on disk. The same nodes always give the same bytes: names are
/// sorted, times, owners and permissions fixed. Names are handled as extract() does; what cannot be in the archive is
/// skipped.
[[nodiscard]] Result<Extracted> exportArchive(std::span<const tree::Node* const> nodes,
                                              const std::filesystem::path& path, ArchiveFormat format,
                                              const std::stop_token& stop = {});

} // namespace romsmith::sources
