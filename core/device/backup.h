// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"
#include "core/romfs/content.h"

#include <QDateTime>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace romsmith::device {

/// An image that was on a device before another one was written.
struct Backup
{
    std::filesystem::path path;
    std::string board; ///< "OPENMV_N6", or the device's own name
    std::string partition; ///< "ROMFS0"
    QDateTime time;
    std::uint64_t size = 0; ///< bytes
};

/// Backups are images in one folder, by board and time. To restore one is to deploy it.
class BackupFolder
{
public:
    /// Beyond these the oldest go; the newest of each partition never does.
    static constexpr std::size_t mostOfPartition = 10;
    static constexpr std::uint64_t mostBytes = 512ULL * 1024 * 1024;

    /// romsmith/backups in the user's data folder.
    [[nodiscard]] static std::filesystem::path defaultPath();

    explicit BackupFolder(std::filesystem::path path = defaultPath())
        : m_path(std::move(path))
    { }

    /// Writes a new one, complete on disk, and lets old ones go.
    [[nodiscard]] Result<Backup> add(std::string_view board, std::string_view partition, romfs::Bytes image,
                                     const QDateTime& time = QDateTime::currentDateTimeUtc()) const;
    [[nodiscard]] std::vector<Backup> list() const; ///< newest first

    /// What a file is by its name, wherever it is; none if it is no backup.
    [[nodiscard]] static std::optional<Backup> at(const std::filesystem::path& file);

private:
    void prune() const;

    std::filesystem::path m_path;
};

} // namespace romsmith::device
