// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QIODevice>

#include <filesystem>
#include <functional>

namespace romsmith::sources {

/// Writes a file whole or not at all: one that is there stays as it is until the new one is complete on disk. @p write
/// fails with ErrorCode::CannotWrite and what the device says, without the name of the file, or with an error of its
/// own.
[[nodiscard]] Result<void> writeWhole(const std::filesystem::path& path,
                                      const std::function<Result<void>(QIODevice&)>& write);

} // namespace romsmith::sources
