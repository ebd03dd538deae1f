// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/imagebytes.h"
#include "ui/hexview.h"

#include <QCoreApplication>
#include <QString>

#include <memory>
#include <vector>

namespace romsmith::ui {

/// Bytes for the hexadecimal view, and what they are.
struct HexBytes
{
    Q_DECLARE_TR_FUNCTIONS(HexBytes)

public:
    romfs::Content content = {};
    std::shared_ptr<const romfs::ImageBytes> image = {}; ///< of records; null for content alone
    std::uint64_t offset = 0; ///< of the first byte in the image
    QString name = {}; ///< of the file that the bytes belong to, unless there are entries
    std::shared_ptr<const std::vector<romfs::Entry>> entries = {}; ///< what the stretches of the image refer to

    /// The records of @p image; of the file @p name, or of several files.
    [[nodiscard]] static Result<HexBytes> of(const std::shared_ptr<const romfs::ImageBytes>& image, const QString& name,
                                             std::shared_ptr<const std::vector<romfs::Entry>> entries = {});

    /// Painting cannot wait for a disk.
    [[nodiscard]] Result<HexBytes> inMemory() &&;

    [[nodiscard]] std::vector<ByteRange> headers() const; ///< all that is not content
    [[nodiscard]] QString placeAt(std::uint64_t position) const; ///< "content of model.tflite"; empty if not known
};

} // namespace romsmith::ui
