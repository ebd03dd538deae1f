// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/names.h"

#include <QLocale>
#include <QString>

#include <filesystem>
#include <string>

/// Text of the core, which is UTF-8 or bytes from an image, for the window; and numbers as people read them.
namespace romsmith::ui {

[[nodiscard]] inline QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8);
}

/// A name from an image; what cannot be shown becomes \xNN.
[[nodiscard]] inline QString shownName(std::string_view name)
{
    return text(romfs::printable(name));
}

[[nodiscard]] inline std::filesystem::path toPath(const QString& path)
{
    return {path.toStdString()};
}

/// "412,336"
[[nodiscard]] inline QString exactSize(std::uint64_t bytes)
{
    return QLocale().toString(static_cast<qulonglong>(bytes));
}

/// "402.7 KiB"
[[nodiscard]] inline QString roundSize(std::uint64_t bytes)
{
    return QLocale().formattedDataSize(static_cast<qint64>(bytes), bytes < 1024 ? 0 : 1);
}

/// "0x0230"
[[nodiscard]] inline QString hexOffset(std::uint64_t offset, int digits = 4)
{
    return QStringLiteral("0x%1").arg(static_cast<qulonglong>(offset), digits, 16, QLatin1Char('0'));
}

/// A tool tip that breaks long lines.
[[nodiscard]] inline QString toolTipOf(const QString& plain)
{
    return plain.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(plain.toHtmlEscaped());
}

} // namespace romsmith::ui
