// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/device/flashquestion.h"

#include <QStringList>

#include <cstdint>
#include <functional>

class QWidget;

namespace romsmith::ui {

/// What is to be done with changes that are not saved.
enum class Unsaved : std::uint8_t { Save, Discard, Cancel };

/// What the window asks before it goes on; much can happen while a question stands. Tests put their own answers here.
struct Questions
{
    explicit Questions(QWidget& window);

    std::function<Unsaved(const QStringList& documents)> askAboutUnsaved;

    std::function<FlashAnswer(const FlashFacts&)> askBeforeFlash;
    /// All files on the cam's own drive are to be lost.
    std::function<bool(const QString& cam)> askBeforeErasing;
    /// The window is to be closed while something is being written to a device; true to stop that.
    std::function<bool(const QString& what)> askAboutFlashing;

    // Empty when cancelled.
    std::function<QString(const QString& suggested)> askForSavePath;
    std::function<QString(const QString& suggested)> askForArchivePath;
    std::function<QString(const QString& suggested)> askForReportPath;
    std::function<QString(const QString& suggested)> askForPartPath; ///< to write what was read from a cam to
    std::function<QStringList()> askForFirmware; ///< files for a cam's bootloader
    std::function<QStringList()> askForImages;
    std::function<QStringList()> askForFiles;
    std::function<QString(const QString& name)> askForReplacement; ///< of the file of that name; empty: none
    std::function<QString(const QString& title)> askForFolder;
    std::function<QString()> askForOffset;
    std::function<QString()> askForOtherImage;
};

} // namespace romsmith::ui
