// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/portholder.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <format>
#include <fstream>

namespace romsmith::device {
namespace {

using std::filesystem::path;

bool isNumber(const std::string& text)
{
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// Whoever has the other end of a pseudo-terminal is the device, not a user of it.
bool isMaster(const std::string& target)
{
    return target == "/dev/ptmx" || target == "/dev/pts/ptmx";
}

bool uses(const path& process, const struct stat& file)
{
    std::error_code error;
    bool found = false;
    for (auto entry = std::filesystem::directory_iterator(process / "fd", error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        // The link first: to look at a file through /proc can block or wake a device.
        const auto target = std::filesystem::read_symlink(entry->path(), error);
        if (error) {
            error.clear();
            continue;
        }
        if (isMaster(target)) {
            return false;
        }
        struct stat other{};
        found |= target.string().starts_with("/dev/") && ::stat(target.c_str(), &other) == 0
            && other.st_rdev == file.st_rdev && S_ISCHR(other.st_mode);
    }
    return found;
}

} // namespace

std::string holderOf(const path& file)
{
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0 || !S_ISCHR(facts.st_mode)) {
        return {};
    }
    const auto own = std::to_string(::getpid());
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator("/proc", error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        const auto number = entry->path().filename().string();
        if (!isNumber(number) || number == own || !uses(entry->path(), facts)) {
            continue;
        }
        std::string name;
        std::getline(std::ifstream(entry->path() / "comm"), name);
        return std::format("{} (process {})", name, number);
    }
    return {};
}

bool mayOpen(const path& file)
{
    return ::access(file.c_str(), R_OK | W_OK) == 0 || errno != EACCES;
}

std::string ownerOf(const path& file)
{
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) {
        return "its owner is not known";
    }
    const auto* owner = ::getpwuid(facts.st_uid);
    const auto* group = ::getgrgid(facts.st_gid);
    return std::format("owner {}, group {}, mode {:o}", owner ? owner->pw_name : std::to_string(facts.st_uid),
                       group ? group->gr_name : std::to_string(facts.st_gid),
                       static_cast<unsigned>(facts.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)));
}

} // namespace romsmith::device
