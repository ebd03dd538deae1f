// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/filter.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::sources {

bool isJunk(std::string_view name)
{
    static constexpr std::array<std::string_view, 14> exact{
        "__pycache__", ".git",    ".hg",       ".svn",      ".mypy_cache", ".pytest_cache", ".ruff_cache",
        ".idea",       ".vscode", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX",      ".Trash-1000"};
    const bool backup = name.ends_with('~') || (name.size() > 2 && name.starts_with('#') && name.ends_with('#'))
        || name.starts_with(".#") || (name.starts_with('.') && (name.ends_with(".swp") || name.ends_with(".swo")));
    return backup || name.ends_with(".pyc") || name.starts_with("._") || std::ranges::contains(exact, name);
}

Result<Globs> Globs::from(std::span<const std::string> patterns)
{
    Globs globs;
    for (const auto& pattern : patterns) {
        const bool ofWholePath = pattern.starts_with('/');
        globs.m_patterns.push_back({.expression = QRegularExpression::fromWildcard(
                                        QString::fromStdString(pattern).sliced(ofWholePath ? 1 : 0), Qt::CaseSensitive,
                                        QRegularExpression::NonPathWildcardConversion),
                                    .ofWholePath = ofWholePath});
        if (!globs.m_patterns.back().expression.isValid()) {
            return fail(ErrorCode::InvalidArgument, std::format("\"{}\" is not a pattern.", romfs::printable(pattern)));
        }
    }
    return globs;
}

bool Globs::match(std::string_view path) const
{
    const auto whole = QString::fromUtf8(path);
    const auto name = whole.sliced(whole.lastIndexOf(u'/') + 1);
    return std::ranges::any_of(m_patterns, [&](const Pattern& pattern) {
        return (!pattern.ofWholePath && pattern.expression.match(name).hasMatch())
            || pattern.expression.match(whole).hasMatch();
    });
}

std::string Globs::exactly(std::string_view path)
{
    std::string pattern = "/";
    for (const char c : path) {
        const bool isSpecial = c == '*' || c == '?' || c == '[';
        pattern += isSpecial ? std::format("[{}]", c) : std::string(1, c);
    }
    return pattern;
}

} // namespace romsmith::sources
