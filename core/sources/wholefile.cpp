// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/wholefile.h"

#include "core/romfs/names.h"
#include "core/sources/disk.h"

#include <QSaveFile>

#include <format>

namespace romsmith::sources {
namespace {

std::unexpected<Error> cannotWrite(const std::filesystem::path& path, std::string_view why)
{
    return fail(ErrorCode::CannotWrite,
                std::format("\"{}\" could not be written: {}. Nothing was changed there.", shown(path), why));
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
        return written.error().code == ErrorCode::CannotWrite ? cannotWrite(path, written.error().message) : written;
    }
    // What is still in memory can be too much for the disk; commit() would not say why.
    return file.flush() && file.commit() ? Result<void>() : cannotWrite(path, file.errorString().toStdString());
}

} // namespace romsmith::sources
