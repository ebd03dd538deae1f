// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"
#include "core/device/dfujob.h"
#include "core/sim/virtualbus.h"
#include "tests/core/tempfolder.h"

#include <gmock/gmock.h>

#include <random>

namespace romsmith::test {

/// An image with one file.
inline Blob imageWith(romfs::Bytes content)
{
    const auto data = varuint(2) + varuint(content.size()) + Blob(content.begin(), content.end());
    const auto file = varuint(5) + varuint(2 + data.size()) + hex("01") + text("x") + data;
    return hex("d2cd31") + varuint(file.size()) + file;
}

inline Blob randomBytes(std::minstd_rand& random, std::size_t size)
{
    Blob bytes(size);
    std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random() >> 8U); });
    return bytes;
}

inline const boards::Board& boardCalled(std::string_view id)
{
    return *boards::BoardTable::builtIn().find(id);
}

/// Firmware that begins to run at this address, with whatever behind it.
inline Blob firmwareAt(std::uint64_t entry, std::size_t size, unsigned seed = 1)
{
    std::minstd_rand random(seed);
    auto bytes = randomBytes(random, std::max<std::size_t>(size, 8));
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[4 + i] = static_cast<std::byte>(entry >> (8 * i) & 0xFFU);
    }
    return bytes;
}

/// The same for a board, plausible.
inline Blob firmwareFor(const boards::Board& board, std::size_t size, unsigned seed = 1, std::size_t which = 0)
{
    for (const auto& file : board.files) {
        std::uint64_t start = file.entryRange ? file.entryRange->start : file.address.value_or(0);
        if (file.role == boards::Role::Firmware && which-- == 0) {
            return firmwareAt(start + 0x401, size, seed);
        }
    }
    return {};
}

inline romfs::Content contentOf(const Blob& bytes)
{
    return romfs::Content::copyOf(bytes);
}

/// A cam on a bus of its own, whose time does not have to be waited for.
class DfuBench
{
public:
    explicit DfuBench(std::string_view id, sim::DfuFaults faults = {}, std::uint16_t release = 0x0103)
        : board(boardCalled(id))
        , flash(sim::CamFlash::make(board))
        , bus(sim::VirtualBus::Clock::Virtual)
    {
        cam = add("3-1", "0123456789abcdef01234567", flash, faults, release);
    }

    std::shared_ptr<sim::DfuCam> add(const std::string& path, const std::string& uniqueId, const sim::CamFlash& cells,
                                     sim::DfuFaults faults = {}, std::uint16_t release = 0x0103)
    {
        auto made = std::make_shared<sim::DfuCam>(
            sim::DfuCam::Options{
                .board = board, .path = path, .uniqueId = uniqueId, .release = release, .faults = faults},
            cells);
        bus.add(made);
        bus.change([&](sim::Time now) { made->runFirmware(now); });
        return made;
    }

    /// machine.bootloader()
    void reset()
    {
        bus.change([this](sim::Time now) { cam->enterBootloader(now); });
    }
    void plugIn()
    {
        bus.change([this](sim::Time now) { cam->plugIn(now); });
    }

    device::CamIdentity identity() const { return {.path = "3-1", .board = &board}; }

    Result<device::Caught> enter()
    {
        return device::catchBootloader(bus, identity(), std::chrono::seconds(10), [this] {
            reset();
            return Result<void>();
        });
    }

    device::DfuReport run(const device::FlashFiles& files, device::DfuOptions options = {},
                          const device::ProgressSink& progress = {}, const std::stop_token& stop = {})
    {
        if (options.backupFolder.empty()) {
            options.backupFolder = folder / "backups";
        }
        auto caught = enter();
        if (!caught) {
            return {.device = "nobody", .error = caught.error()};
        }
        return device::flashOverDfu(bus, std::move(*caught), files, options, progress, stop);
    }

    /// What is behind an alternate setting that has a chip of its own.
    Blob inFlash(std::string_view alternate, std::size_t size) const
    {
        const auto& setting = *board.bootloader.alternateSetting(alternate);
        Blob bytes(size);
        flash.read(setting.memory, *setting.start, bytes);
        return bytes;
    }

    TempFolder folder;
    const boards::Board& board;
    sim::CamFlash flash;
    sim::VirtualBus bus;
    std::shared_ptr<sim::DfuCam> cam;
};

} // namespace romsmith::test
