// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <QByteArrayView>
#include <QIODevice>

/// Bytes of an image on their way from and to Qt. The other way round needs nothing: romfs::Bytes are a QByteArrayView.
namespace romsmith::sources {

[[nodiscard]] inline romfs::Content toContent(QByteArrayView bytes)
{
    return romfs::Content::copyOf(std::as_bytes(std::span(bytes)));
}

[[nodiscard]] inline bool writeAll(QIODevice& device, QByteArrayView bytes)
{
    return device.write(bytes.data(), bytes.size()) == bytes.size();
}

} // namespace romsmith::sources
