// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfujob.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <stop_token>
#include <vector>

namespace romsmith::ui {

/// What somebody wants to be written by a bootloader.
struct FirmwareWish
{
    struct Image
    {
        QString name;
        std::uint32_t partition = 0;
        romfs::Content content;
    };

    QStringList paths; ///< firmware, images, bundles of OpenMV
    std::optional<Image> image = {}; ///< takes the place of one from a file
    std::optional<std::uint32_t> partition = {}; ///< for image files whose names do not say it
    bool withImagesOfBundle = true;
    bool eraseFilesystem = false;
};

/// What then is written where.
struct FirmwarePlan
{
    struct Row
    {
        QString file;
        QString alternate;
        std::uint64_t size = 0; ///< bytes
    };

    device::FlashFiles files = {};
    std::vector<Row> rows = {};
    bool hasBundledImages = false;

    [[nodiscard]] QString targets() const; ///< "ROMFS0, FIRMWARE"
    [[nodiscard]] QString names() const; ///< "romfs0.img, firmware.bin"
};

/// Reads the files and checks each as what it is for this board; blocks. InvalidArgument and others say what is wrong.
[[nodiscard]] Result<FirmwarePlan> planFirmware(const boards::Board& board, const FirmwareWish& wish,
                                                const std::stop_token& stop = {});

} // namespace romsmith::ui
