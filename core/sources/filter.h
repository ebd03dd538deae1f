// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/error.h"

#include <QRegularExpression>

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What of a folder or an archive is meant and what is not.
namespace romsmith::sources {

/// True for what programs leave behind and no device needs: caches, version control, editor backups.
[[nodiscard]] bool isJunk(std::string_view name);

/// Patterns as shells have them: *, ?, [abc]; * also matches "/". Case matters. One that begins with "/" is of a whole
/// path.
class Globs
{
public:
    Globs() = default;

    /// Fails for what is not a pattern.
    [[nodiscard]] static Result<Globs> from(std::span<const std::string> patterns);

    /// True if a pattern matches the last part of the path, or all of it.
    [[nodiscard]] bool match(std::string_view path) const;
    [[nodiscard]] bool isEmpty() const { return m_patterns.empty(); }

    /// The pattern that matches this path alone.
    [[nodiscard]] static std::string exactly(std::string_view path);

private:
    struct Pattern
    {
        QRegularExpression expression;
        bool ofWholePath;
    };

    std::vector<Pattern> m_patterns;
};

} // namespace romsmith::sources
