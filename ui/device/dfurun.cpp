// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/dfurun.h"

#include "core/device/waysin.h"

#include <chrono>

namespace romsmith::ui {
namespace {

using device::Caught;
using device::Phase;

/// A cam that is told to go needs a second.
constexpr std::chrono::seconds usualWait{15};
/// For somebody who has to find a cable, or a jumper; it can be cancelled.
constexpr std::chrono::minutes longWait{15};

/// Where the cam is, from whatever it was seen in.
device::CamIdentity identityOf(const KnownDevice& device)
{
    return {.path = device.port.usbPath, .serial = {}, .board = device.board()};
}

Result<Caught> catchCam(device::UsbBus& bus, const KnownDevice& known, const KnownDevice* plugged,
                        const device::ProgressSink& progress, const std::stop_token& stop)
{
    if (plugged && !plugged->bootloader) {
        return device::enterBootloader(bus, plugged->port, identityOf(known), usualWait, progress, stop);
    }
    progress({.phase = Phase::WaitingForBootloader});
    return device::catchBootloader(bus, identityOf(known), longWait, {}, stop);
}

device::DfuReport write(const OpenBus& openBus, const KnownDevice& known, const KnownDevice* plugged,
                        const device::FlashFiles& files, bool force, const device::ProgressSink& progress,
                        const std::stop_token& stop)
{
    device::DfuReport report{.device = known.fullName().toStdString()};
    auto bus = openBus();
    if (!bus) {
        report.error = std::move(bus).error();
        return report;
    }
    auto caught = catchCam(**bus, known, plugged, progress, stop);
    if (!caught) {
        report.error = std::move(caught).error();
        return report;
    }
    return device::flashOverDfu(**bus, std::move(*caught), files, {.force = force}, progress, stop);
}

} // namespace

FlashRun dfuFlash(const KnownDevice& device, const OpenBus& openBus, DfuWish wish)
{
    // Made once: a retry writes the same bytes.
    const auto made = std::make_shared<std::optional<device::FlashFiles>>();
    return {.key = device.key(),
            .image = wish.name,
            .cam = device.name(),
            .target = wish.target,
            .partition = wish.partition,
            .isDfu = true,
            .board = device.board(),
            .phases = {Phase::EnteringBootloader, Phase::WaitingForBootloader, Phase::Checking, Phase::BackingUp,
                       Phase::Writing, Phase::Verifying, Phase::Restarting, Phase::Back},
            .work = [made, openBus, known = device, files = std::move(wish.files), force = wish.force](
                        const KnownDevice* plugged, const device::ProgressSink& progress, const std::stop_token& stop) {
                FlashOutcome outcome;
                if (!*made) {
                    auto content = files(stop);
                    if (!content) {
                        outcome.report.device = known.fullName().toStdString();
                        outcome.report.error = content.error();
                        return outcome;
                    }
                    *made = std::move(*content);
                }
                for (const auto& [partition, image] : (*made)->images) {
                    outcome.heads[partition] = headOf(image);
                }
                outcome.report = write(openBus, known, plugged, **made, force, progress, stop);
                return outcome;
            }};
}

} // namespace romsmith::ui
