// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/digest.h"

#include <QCryptographicHash>

#include <zlib.h>

#include <algorithm>

namespace romsmith::inspect {

Result<Digest> digest(const romfs::Content& content, const std::stop_token& stop)
{
    // Content in memory comes in one piece; it is cut so that a stop is noticed.
    constexpr std::size_t step = 1024UL * 1024;
    QCryptographicHash sha256(QCryptographicHash::Sha256);
    auto crc = crc32(0, nullptr, 0);
    auto done = content.forEachChunk([&](romfs::Bytes chunk) -> Result<void> {
        while (!chunk.empty()) {
            if (stop.stop_requested()) {
                return fail(ErrorCode::Cancelled, "Cancelled");
            }
            const auto piece = chunk.first(std::min(chunk.size(), step));
            crc = crc32(crc, reinterpret_cast<const Bytef*>(piece.data()), static_cast<uInt>(piece.size()));
            sha256.addData(piece);
            chunk = chunk.subspan(piece.size());
        }
        return {};
    });
    if (!done) {
        return std::unexpected(done.error());
    }
    return Digest{.crc32 = static_cast<std::uint32_t>(crc), .sha256 = sha256.result().toHex().toStdString()};
}

} // namespace romsmith::inspect
