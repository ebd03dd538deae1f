// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace romsmith::device {

/// Another program that has the file open, as /proc tells: "screen (process 4711)". Empty if there is none that this
/// user may look at.
[[nodiscard]] std::string holderOf(const std::filesystem::path& file);

/// False if the rights of a file keep this user out; nothing is opened.
[[nodiscard]] bool mayOpen(const std::filesystem::path& file);

/// Who owns a file and what its mode is: "owner root, group dialout, mode 660".
[[nodiscard]] std::string ownerOf(const std::filesystem::path& file);

} // namespace romsmith::device
