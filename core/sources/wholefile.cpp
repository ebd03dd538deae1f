// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/wholefile.h"

#include "core/romfs/names.h"
#include "core/sources/disk.h"

#include <QSaveFile>

#include <format>
#include <string>

namespace romsmith::sources {
namespace {

std::unexpected<Error> cannotWrite(const std::filesystem::path& path, std::string_view why)
{
    return fail(ErrorCode::CannotWrite,
                std::format("\"{}\" could not be written: {}. Nothing was changed there.", shown(path), why));
}

/// Qt knows no word for a disk that takes the begin of what is written and not the rest.
std::string reason(std::string_view said, const std::filesystem::path& path)
{
    constexpr std::uintmax_t block = 4096; // bytes
    std::error_code error;
    const auto room = std::filesystem::space(path.has_parent_path() ? path.parent_path() : ".", error);
    return !error && room.available < block ? "there is no space left on the disk" : std::string(said);
}

} // namespace

Result<void> writeWhole(const std::filesystem::path& path, const std::function<Result<void>(QIODevice&)>& write)
{
    std::error_code error;
    if (const auto status = std::filesystem::status(path, error);
        std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
        // Renaming a new file over a device node or a folder would destroy it.
        return cannotWrite(path, "it is there and is not a file");
    }
    if (!romfs::isUtf8(path.string())) {
        return cannotWrite(path, "its name is not UTF-8"); // Qt would change it
    }
    QSaveFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::WriteOnly)) {
        return cannotWrite(path, file.errorString().toStdString());
    }
    if (const auto written = write(file); !written) {
        return written.error().code == ErrorCode::CannotWrite ? cannotWrite(path, reason(written.error().message, path))
                                                              : written;
    }
    // What is still in memory can be too much for the disk; commit() would not say why.
    return file.flush() && file.commit() ? Result<void>()
                                         : cannotWrite(path, reason(file.errorString().toStdString(), path));
}

} // namespace romsmith::sources
