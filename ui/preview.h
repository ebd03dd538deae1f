// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/kind.h"
#include "core/inspect/mpy.h"
#include "core/inspect/tflite.h"
#include "core/romfs/entry.h"
#include "ui/highlighting.h"

#include <QImage>
#include <QPalette>
#include <QSize>
#include <QString>
#include <QStringList>

#include <stop_token>
#include <variant>
#include <vector>

/// What the preview shows of a file, made in the background. No widget is touched here.
namespace romsmith::ui {

struct ShownText
{
    QString text;
    LineFormats formats;
    QStringList notices; ///< e.g. that it was cut
};

struct TextPreview
{
    ShownText raw; ///< as it is in the file
    ShownText pretty; ///< JSON only: one value to a line
    bool isDump = false; ///< bytes, because the file is no text
};

struct PicturePreview
{
    QImage picture; ///< may be smaller than the original
    QSize size; ///< of the original
    QString format;
};

/// A row of what is inside a folder or a nested image, or of records that are neither file nor folder.
struct ListedEntry
{
    QString name;
    QString size;
    QString offset;
};

struct ListPreview
{
    std::vector<ListedEntry> entries;
    std::uint64_t count = 0; ///< may be more than are listed
};

inline constexpr std::size_t mostListed = 1000;

struct Preview
{
    inspect::FileKind kind = inspect::FileKind::Empty;
    QString headline;
    QStringList problems;
    QStringList notices; ///< what the user should know otherwise
    std::variant<std::monostate, TextPreview, PicturePreview, ListPreview, inspect::MpyHeader, inspect::TfliteModel>
        content;
};

struct PreviewRequest
{
    romfs::EntryType type = romfs::EntryType::File;
    std::string name;
    romfs::Content content;
    QPalette palette;
};

[[nodiscard]] ListedEntry listedEntry(const romfs::Entry& entry, const QString& path, std::uint64_t offset);

[[nodiscard]] Preview makePreview(const PreviewRequest& request, const std::stop_token& stop);

} // namespace romsmith::ui
