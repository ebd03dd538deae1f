// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/backup.h"

#include "core/sources/wholefile.h"

#include <QStandardPaths>
#include <QTimeZone>

#include <algorithm>
#include <cctype>
#include <format>
#include <map>
#include <regex>

namespace romsmith::device {
namespace {

const auto timeFormat = QStringLiteral("yyyyMMdd'T'HHmmsszzz'Z'");

/// What a board says of itself is not to be trusted with the name of a file.
std::string nameFor(std::string_view text)
{
    constexpr std::size_t longest = 60;
    std::string name(text.substr(0, longest));
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name.empty() ? "unknown" : name;
}

} // namespace

std::filesystem::path BackupFolder::defaultPath()
{
    const auto data = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
    return std::filesystem::path(data.toStdString()) / "romsmith" / "backups";
}

Result<Backup> BackupFolder::add(std::string_view board, std::string_view partition, romfs::Bytes image,
                                 const QDateTime& time) const
{
    std::error_code error;
    std::filesystem::create_directories(m_path, error);
    if (error) {
        return fail(ErrorCode::CannotWrite,
                    std::format("The folder {} for backups cannot be made: {}.", m_path.string(), error.message()));
    }
    const auto name
        = std::format("{}-{}-{}", nameFor(board), nameFor(partition), time.toUTC().toString(timeFormat).toStdString());
    auto path = m_path / (name + ".img");
    for (int number = 2; std::filesystem::exists(path, error); ++number) {
        path = m_path / std::format("{}-{}.img", name, number);
    }
    auto written = sources::writeWhole(path, [image](QIODevice& file) -> Result<void> {
        const auto size = static_cast<qint64>(image.size());
        if (file.write(reinterpret_cast<const char*>(image.data()), size) != size) {
            return fail(ErrorCode::CannotWrite, file.errorString().toStdString());
        }
        return {};
    });
    if (!written) {
        return std::unexpected(std::move(written).error());
    }
    prune();
    return *at(path);
}

std::optional<Backup> BackupFolder::at(const std::filesystem::path& file)
{
    static const std::regex pattern("([A-Za-z0-9_]+)-([A-Za-z0-9_]+)-([0-9]{8}T[0-9]{9}Z)(-[0-9]+)?\\.img");
    const auto name = file.filename().string();
    std::smatch parts;
    std::error_code error;
    if (!std::regex_match(name, parts, pattern) || !std::filesystem::is_regular_file(file, error)) {
        return std::nullopt;
    }
    auto time = QDateTime::fromString(QString::fromStdString(parts[3]), timeFormat);
    time.setTimeZone(QTimeZone::UTC);
    const auto size = std::filesystem::file_size(file, error);
    return Backup{.path = file, .board = parts[1], .partition = parts[2], .time = time, .size = error ? 0 : size};
}

std::vector<Backup> BackupFolder::list() const
{
    std::vector<Backup> backups;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(m_path, error)) {
        if (auto backup = at(file)) {
            backups.push_back(std::move(*backup));
        }
    }
    std::ranges::sort(
        backups, [](const Backup& a, const Backup& b) { return std::tie(b.time, b.path) < std::tie(a.time, a.path); });
    return backups;
}

void BackupFolder::prune() const
{
    std::map<std::pair<std::string, std::string>, std::size_t> count;
    std::uint64_t bytes = 0;
    for (const auto& backup : list()) {
        bytes += backup.size;
        const auto number = ++count[{backup.board, backup.partition}];
        if (number > mostOfPartition || (number > 1 && bytes > mostBytes)) {
            std::error_code ignored;
            std::filesystem::remove(backup.path, ignored);
            bytes -= backup.size;
        }
    }
}

} // namespace romsmith::device
