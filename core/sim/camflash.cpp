// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/camflash.h"

#include "core/sim/filedescriptor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <format>
#include <system_error>

namespace romsmith::sim {

Result<CamFlash> CamFlash::open(const std::filesystem::path& path, const boards::Board& board)
{
    const auto size = flashFileSize(board);
    const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    struct stat status = {};
    if (!file.isOpen() || ::fstat(file.get(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != size) {
        return fail(ErrorCode::CannotRead,
                    std::format("{} is no flash file of {} with {} bytes.", path.string(), board.name, size));
    }
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) {
        return fail(ErrorCode::CannotRead,
                    std::format("{} cannot be mapped: {}.", path.string(), std::generic_category().message(errno)));
    }
    const std::shared_ptr<void> owner(memory, [size](void* mapped) { ::munmap(mapped, size); });
    return CamFlash({static_cast<std::byte*>(memory), size}, owner, flashSegments(board));
}

CamFlash CamFlash::make(const boards::Board& board)
{
    const auto cells = std::make_shared<std::vector<std::byte>>(flashFileSize(board), std::byte{0xFF});
    return {*cells, cells, flashSegments(board)};
}

template <typename Use>
bool CamFlash::forEach(boards::Memory memory, std::uint64_t address, std::uint64_t size, Use&& use) const
{
    for (std::uint64_t done = 0; done < size;) {
        const auto at = address + done;
        const auto segment = std::ranges::find_if(m_segments, [&](const FlashSegment& each) {
            return each.memory == memory && at >= each.start && at < each.start + each.size;
        });
        if (segment == m_segments.end()) {
            return false;
        }
        const auto length = std::min(size - done, segment->start + segment->size - at);
        use(m_cells.subspan(segment->offset + (at - segment->start), length), done);
        done += length;
    }
    return true;
}

bool CamFlash::read(boards::Memory memory, std::uint64_t address, std::span<std::byte> into) const
{
    return forEach(memory, address, into.size(), [&](std::span<std::byte> cells, std::uint64_t before) {
        std::ranges::copy(cells, into.begin() + static_cast<std::ptrdiff_t>(before));
    });
}

bool CamFlash::erase(boards::Memory memory, std::uint64_t address, std::uint64_t size)
{
    return forEach(memory, address, size,
                   [](std::span<std::byte> cells, std::uint64_t) { std::ranges::fill(cells, std::byte{0xFF}); });
}

bool CamFlash::program(boards::Memory memory, std::uint64_t address, romfs::Bytes bytes)
{
    return forEach(memory, address, bytes.size(), [&](std::span<std::byte> cells, std::uint64_t before) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto byte = bytes[before + i];
            cells[i] = memory == boards::Memory::Mram ? byte : cells[i] & byte; // flash only clears bits
        }
    });
}

} // namespace romsmith::sim
