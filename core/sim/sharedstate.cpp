// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/sharedstate.h"

#include "core/sim/filedescriptor.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <format>
#include <new>
#include <system_error>
#include <utility>

namespace romsmith::sim {

Result<SharedStateFile> SharedStateFile::create(const std::filesystem::path& path)
{
    const auto cannot = [&path] {
        return fail(ErrorCode::CannotWrite,
                    std::format("{} cannot be written: {}.", path.string(), std::generic_category().message(errno)));
    };
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.isOpen() || ::ftruncate(file.get(), sizeof(SharedState)) != 0) {
        return cannot();
    }
    void* memory = ::mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) {
        return cannot();
    }
    auto* state = new (memory) SharedState{};
    state->interruptChar = neverInterrupts;
    return SharedStateFile(state);
}

SharedStateFile::SharedStateFile(SharedStateFile&& other) noexcept
    : m_state(std::exchange(other.m_state, nullptr))
{ }

SharedStateFile& SharedStateFile::operator=(SharedStateFile&& other) noexcept
{
    std::swap(m_state, other.m_state);
    return *this;
}

SharedStateFile::~SharedStateFile()
{
    if (m_state) {
        ::munmap(m_state, sizeof(SharedState));
    }
}

} // namespace romsmith::sim
