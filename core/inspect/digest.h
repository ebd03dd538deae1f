// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/romfs/content.h"

#include <cstdint>
#include <stop_token>
#include <string>

namespace romsmith::inspect {

struct Digest
{
    std::uint32_t crc32 = 0; ///< as zip, gzip and Python's binascii.crc32() compute it
    std::string sha256; ///< hexadecimal, lower case
};

/// Goes through all bytes once; fails with ErrorCode::Cancelled when it is stopped.
[[nodiscard]] Result<Digest> digest(const romfs::Content& content, const std::stop_token& stop = {});

} // namespace romsmith::inspect
