// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/varuint.h"

namespace romsmith::romfs {

std::expected<Varuint, VaruintError> decodeVaruint(std::span<const std::byte> bytes)
{
    std::uint64_t value = 0;
    bool tooLarge = false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = std::to_integer<std::uint8_t>(bytes[i]);
        value = (value << 7U) | (byte & 0x7fU);
        if (value > maxValue) {
            tooLarge = true;
            value = 0; // the rest is read only to tell a too large value from a truncated one
        }
        if ((byte & 0x80U) == 0) {
            if (tooLarge) {
                return std::unexpected(VaruintError::TooLarge);
            }
            return Varuint{.value = value, .width = i + 1};
        }
    }
    return std::unexpected(VaruintError::Truncated);
}

} // namespace romsmith::romfs
