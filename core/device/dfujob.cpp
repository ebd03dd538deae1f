// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfujob.h"

#include "core/device/dfuparts.h"

#include <algorithm>
#include <format>
#include <ranges>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

/// An application comes up in two seconds; a large FAT that is checked first takes longer.
constexpr Milliseconds firmwarePatience = 20s;
/// The same when there is nothing to report of it.
constexpr Milliseconds returnPatience = 5s;

bool isComplete(FlashState state)
{
    return state == FlashState::Verified || state == FlashState::Equal || state == FlashState::NotVerified;
}

/// Refused or given up, rather than failed.
bool isNoFailureOfCam(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Disconnected:
    case ErrorCode::TimedOut:
    case ErrorCode::DeviceFailed:
    case ErrorCode::NotVerified:
        return false;
    default:
        return true;
    }
}

/// What could only be known of the cam that was caught.
Result<const boards::Board*> boardOf(const Caught& caught)
{
    if (!caught.device.board) {
        return fail(
            ErrorCode::InvalidArgument,
            std::format("{} is the chip's own loader, which does not tell what board it is on. It is for writing a "
                        "bootloader: see the board's page.",
                        caught.device.name()));
    }
    return caught.device.board;
}

} // namespace

FlashState DfuReport::state() const
{
    if (parts.empty()) {
        return FlashState::Unchanged;
    }
    const auto failed = std::ranges::find_if(parts, [](const DeployReport& part) { return part.error.has_value(); });
    if (failed != parts.end()) {
        return failed->state;
    }
    const auto equal = [](const DeployReport& part) { return part.state == FlashState::Equal; };
    const auto changed = std::ranges::find_if_not(parts, equal);
    return changed == parts.end() ? FlashState::Equal : changed->state;
}

std::string DfuReport::next() const
{
    const auto isChanged = [](const DeployReport& part) {
        return part.state != FlashState::Unchanged && part.state != FlashState::Equal;
    };
    if (state() == FlashState::Unchanged && std::ranges::any_of(parts, isChanged)) {
        return "Retry for the rest.";
    }
    return state() == FlashState::Unchanged && isInBootloader
        ? "Nothing was changed, and the cam waits in its bootloader: retry, or have it start its firmware."
        : std::string(nextStep(state()));
}

std::string DfuReport::sentence() const
{
    std::string text;
    if (error) {
        for (const auto& part : parts) {
            text += std::format("{}{}: {}.", text.empty() ? "" : " ", part.partition, stateName(part.state));
        }
        return explain(*error, text, next());
    }
    for (const auto& part : parts) {
        text += (text.empty() ? "" : "; ") + part.sentence();
    }
    return text;
}

DfuReport flashOverDfu(UsbBus& bus, Caught caught, const FlashFiles& files, const DfuOptions& options,
                       const ProgressSink& progress, const std::stop_token& stop)
{
    const auto begin = bus.now();
    DfuReport report{.device = caught.device.name()};
    const auto finish = [&](Result<void> done) {
        if (!done && !report.error) {
            report.error = std::move(done).error();
        }
        report.time = std::chrono::duration_cast<Milliseconds>(bus.now() - begin);
        return std::move(report);
    };
    const auto endWithError = [&] {
        const bool isUntouched = std::ranges::all_of(
            report.parts, [](const DeployReport& part) { return part.state == FlashState::Unchanged; });
        const auto code = report.error->code;
        report.isInBootloader = code != ErrorCode::Disconnected;
        if (caught.wasRunning && isUntouched && isNoFailureOfCam(code)) {
            const auto left = leaveBootloader(bus, std::move(caught), returnPatience, stop);
            report.isInBootloader = !left && left.error().code != ErrorCode::Cancelled;
        }
        return finish({});
    };
    const auto parts
        = boardOf(caught).and_then([&](const boards::Board* board) { return dfuParts(*board, files, options.force); });
    if (!parts) {
        report.error = parts.error();
        return endWithError();
    }
    for (const auto& part : *parts) {
        report.parts.push_back({.device = report.device,
                                .partition = part.name,
                                .findings = part.findings,
                                .size = part.content.size(),
                                .sha256 = part.sha256});
    }
    caught.host->setStop(stop);
    for (std::size_t i = 0; i < parts->size(); ++i) {
        auto& partReport = report.parts[i];
        const auto partBegin = bus.now();
        const auto sentBefore = caught.host->sent();
        auto done = writePart(caught, (*parts)[i], options, progress, partReport);
        partReport.sent = caught.host->sent() - sentBefore;
        partReport.time = std::chrono::duration_cast<Milliseconds>(bus.now() - partBegin);
        report.sent += partReport.sent;
        if (!done) {
            partReport.error = done.error();
            report.error = std::move(done).error();
            break;
        }
    }
    const bool isWritten
        = std::ranges::all_of(report.parts, [](const DeployReport& part) { return isComplete(part.state); });
    // A cam that goes away when everything is written has done what it was to do, if its firmware shows up.
    const bool isGone = report.error && report.error->code == ErrorCode::Disconnected && isWritten;
    if (report.error && !isGone) {
        return endWithError();
    }
    if (!options.leave) {
        report.isInBootloader = true;
        return finish({});
    }
    if (progress) {
        progress({.phase = Phase::Restarting});
    }
    const auto device = caught.device;
    const auto started = isGone ? waitForFirmware(bus, device, firmwarePatience, stop)
                                : leaveBootloader(bus, std::move(caught), firmwarePatience, stop);
    if (!started) {
        return finish(isGone ? std::unexpected(*report.error) : std::unexpected(started.error()));
    }
    if (progress) {
        progress({.phase = Phase::Back});
    }
    report.error.reset();
    for (auto& part : report.parts) {
        part.error.reset();
        part.state = part.state == FlashState::Verified ? FlashState::Started : part.state;
    }
    return finish({});
}

// --- reading

namespace {

Result<DfuStretch> stretchNamed(const Caught& caught, std::string_view name)
{
    const auto* board = caught.device.board;
    auto stretches = dfuStretches(*caught.host, board);
    if (const auto found = std::ranges::find(stretches, name, &DfuStretch::name); found != stretches.end()) {
        return *found;
    }
    const auto byKnown = [&](std::string_view known) {
        return std::ranges::find_if(stretches,
                                    [&](const DfuStretch& each) { return each.known && each.known->name == known; });
    };
    for (const auto& partition : board ? board->partitions : std::vector<boards::Partition>()) {
        const auto found = byKnown(partition.alternateSetting);
        if (name == std::format("ROMFS{}", partition.index) && found != stretches.end() && partition.address) {
            return dfuRange(*found, *partition.address, partition.size);
        }
    }
    if (const auto found = byKnown(name); found != stretches.end()) {
        return *found;
    }
    std::string names;
    for (const auto& stretch : stretches) {
        names += (names.empty() ? "" : ", ") + stretch.name;
    }
    return fail(ErrorCode::DeviceFailed, std::format("{} has no {}; it has {}.", caught.host->name(), name, names));
}

} // namespace

Result<romfs::Content> readOverDfu(const Caught& caught, std::string_view name, bool whole, const DfuCount& count,
                                   const std::stop_token& stop)
{
    auto& host = *caught.host;
    host.setStop(stop);
    const auto stretch = stretchNamed(caught, name);
    if (!stretch) {
        return std::unexpected(stretch.error());
    }
    if (!stretch->readable || !stretch->size) {
        return fail(ErrorCode::InvalidArgument, std::format("{} of {} cannot be read.", stretch->name, host.name()));
    }
    auto memory = DfuMemory::select(host, *stretch);
    if (!memory) {
        return std::unexpected(std::move(memory).error());
    }
    const DfuCount tell = [&count](std::uint64_t done, std::uint64_t total) {
        if (count) {
            count(done, total);
        }
    };
    auto length = *stretch->size;
    if (!whole) {
        constexpr std::uint64_t headSize = 16;
        PartitionFacts facts;
        facts.size = length;
        auto head = memory->read(0, std::min(headSize, length), [](auto, auto) { });
        if (!head) {
            return std::unexpected(std::move(head).error());
        }
        facts.head = std::move(*head);
        if (!facts.hasImage()) {
            return fail(
                ErrorCode::NotFound,
                std::format("There is no image in {} of {}; the whole partition can be read.", name, host.name()));
        }
        length = facts.used();
    }
    auto bytes = memory->read(0, length, tell);
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    static_cast<void>(host.becomeIdle()); // what was read is read
    return romfs::Content::own(std::move(*bytes));
}

} // namespace romsmith::device
