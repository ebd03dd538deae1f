// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/flashfile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>
#include <vector>

namespace romsmith::sim {
namespace {

bool fillErased(int file, std::uint64_t size)
{
    constexpr std::uint64_t stride = 1024 * 1024;
    const std::vector<char> erased(stride, '\xff');
    while (size > 0) {
        const auto written = ::write(file, erased.data(), std::min(stride, size));
        if (written <= 0) {
            return false;
        }
        size -= static_cast<std::uint64_t>(written);
    }
    return true;
}

} // namespace

Result<FileDescriptor> openFlashFile(const std::filesystem::path& path, std::uint64_t size, std::uint64_t former)
{
    const auto cannot = [&path](const char* what) {
        return fail(ErrorCode::CannotWrite,
                    std::format("The flash file {} cannot be {}: {}.", path.string(), what,
                                std::generic_category().message(errno)));
    };
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file.isOpen()) {
        return cannot("opened");
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(
            ErrorCode::CannotWrite,
            std::format("The flash file {} is in use by another virtual cam: end that one, or name another file.",
                        path.string()));
    }
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0) {
        return cannot("read");
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorCode::CannotWrite, std::format("{} is no file, so it cannot be flash.", path.string()));
    }
    const auto found = static_cast<std::uint64_t>(status.st_size);
    const bool isShort = found == 0 || found == former;
    if (isShort && (::lseek(file.get(), 0, SEEK_END) < 0 || !fillErased(file.get(), size - found))) {
        return cannot("written");
    }
    if (!isShort && found != size) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("The flash file {} has {} bytes and the flash of this board {}: name the board that it "
                                "was made for, or another file.",
                                path.string(), found, size));
    }
    return file;
}

} // namespace romsmith::sim
