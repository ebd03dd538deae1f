// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/innerpath.h"

#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <format>

namespace romsmith::sources {
namespace {

constexpr std::size_t longestPath = 4096; ///< bytes; what Linux can open

std::string_view problemOfName(std::string_view name)
{
    if (name == "..") {
        return "its path leads out of its folder";
    }
    if (name.contains('\\')) {
        return "its name contains a backslash, which separates folders on Windows";
    }
    if (name.contains('\0')) {
        return "its name contains a NUL character";
    }
    if (name.size() > romfs::longestName) {
        return "its name is longer than computers' file systems hold";
    }
    if (!romfs::isUtf8(name)) {
        return "its name is not UTF-8, which the device could not list";
    }
    return {};
}

} // namespace

InnerPath parseInnerPath(std::string_view path)
{
    const bool hasDrive = path.size() >= 2 && path[1] == ':'
        && ((path[0] >= 'a' && path[0] <= 'z') || (path[0] >= 'A' && path[0] <= 'Z'));
    if (path.empty()) {
        return {.names = {}, .problem = "it has no name"};
    }
    if (path.starts_with('/')) {
        return {.names = {}, .problem = "its path is absolute"};
    }
    if (hasDrive) {
        return {.names = {}, .problem = "its path begins with the letter of a drive"};
    }
    InnerPath inner;
    for (std::size_t at = 0; at < path.size();) {
        const auto name = path.substr(at, path.find('/', at) - at);
        at += name.size() + 1;
        if (const auto problem = problemOfName(name); !problem.empty()) {
            return {.names = {}, .problem = std::string(problem)};
        }
        if (!name.empty() && name != ".") {
            inner.names.push_back(name);
        }
    }
    if (inner.names.size() > romfs::maxDepth) {
        return {.names = {}, .problem = std::format("it is nested in more than {} folders", romfs::maxDepth)};
    }
    if (path.size() > longestPath) {
        return {.names = {}, .problem = std::format("its path takes more than {} bytes", longestPath)};
    }
    return inner;
}

std::string shownInnerPath(std::string_view path)
{
    constexpr std::size_t longest = 1000;
    return path.size() <= longest ? romfs::printable(path) : romfs::printable(path.substr(0, longest)) + "...";
}

} // namespace romsmith::sources
