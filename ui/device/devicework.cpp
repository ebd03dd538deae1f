// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicework.h"

#include "core/device/dfujob.h"
#include "ui/device/bootloaderactions.h"
#include "ui/device/transport.h"
#include "ui/text.h"

#include <format>

namespace romsmith::ui {

DeviceFacts factsOf(const device::Device& device)
{
    return {.facts = device.facts(), .board = device.board(), .name = shownName(device.boardName())};
}

Result<DeviceFacts> lookAt(const device::Port& port, const std::stop_token& stop)
{
    return device::Device::open(port, stop).transform([](const std::unique_ptr<device::Device>& device) {
        device->leave();
        return factsOf(*device);
    });
}

Result<ReadImage> readImage(const device::Port& port, std::uint32_t partition, const device::ProgressSink& progress,
                            const std::stop_token& stop)
{
    auto device = device::Device::open(port, stop);
    if (!device) {
        return std::unexpected(std::move(device).error());
    }
    const auto* facts = (*device)->facts().partition(partition);
    auto bytes = facts && !facts->hasImage() && facts->shape != device::Shape::None
        ? fail(ErrorCode::NotFound, std::format("There is no image in {} of {}.", facts->name(), (*device)->name()))
        : device::readPartition(
              **device, partition, false,
              [&progress](std::uint64_t done, std::uint64_t total) {
                  progress({.phase = device::Phase::BackingUp, .done = done, .total = total});
              },
              stop);
    (*device)->leave();
    return std::move(bytes).transform(
        [&](romfs::Content content) { return ReadImage{.said = factsOf(**device), .content = std::move(content)}; });
}

Result<ReadImage> readFromBootloader(const KnownDevice& device, const OpenBus& openBus, std::uint32_t partition,
                                     const device::ProgressSink& progress, const std::stop_token& stop)
{
    const auto bus = openBus();
    if (!bus) {
        return std::unexpected(bus.error());
    }
    const auto caught = openBootloader(**bus, device.bootloader->device, stop);
    if (!caught) {
        return std::unexpected(caught.error());
    }
    const auto count = [&progress](std::uint64_t done, std::uint64_t total) {
        progress({.phase = device::Phase::BackingUp, .done = done, .total = total});
    };
    auto content = device::readOverDfu(*caught, std::format("ROMFS{}", partition), false, count, stop);
    if (!content && content.error().code == ErrorCode::NotFound && missingRomfs(device).isEmpty()) {
        return fail(ErrorCode::NotFound,
                    std::format("There is no image in ROMFS{} of {}.", partition, caught->device.name()));
    }
    return std::move(content).transform([&](romfs::Content bytes) {
        return ReadImage{.said = {.facts = {}, .board = device.board(), .name = device.name()},
                         .content = std::move(bytes),
                         .isByFirmware = false};
    });
}

Result<void> softReset(const device::Port& port, const std::stop_token& stop)
{
    return device::Device::open(port, stop).and_then([](const std::unique_ptr<device::Device>& device) {
        return device->repl().leaveAndRestart();
    });
}

} // namespace romsmith::ui
