// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfu.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t classOut = 0x21; // bmRequestType: class, interface
constexpr std::uint8_t classIn = 0xA1;

constexpr std::uint8_t applicationClass = 0xFE;
constexpr std::uint8_t dfuSubclass = 0x01;
constexpr std::uint8_t dfuMode = 0x02; ///< protocol

constexpr Milliseconds patience = 5s;
/// A device is silent while it erases, two seconds for a unit of some flash chips; several units may follow.
constexpr Milliseconds erasePatience = 30s;
/// A device that says that it is busy may be so for long, but not for ever.
constexpr Milliseconds busyPatience = 60s;
/// No memory takes longer for a block, so who asks for more does not mean milliseconds.
constexpr Milliseconds longestPoll = 30s;

constexpr std::size_t smallestTransfer = 8;
constexpr std::size_t latchSize = 64; ///< what a full-speed device sends in one packet

unsigned byteAt(romfs::Bytes bytes, std::size_t at)
{
    return std::to_integer<unsigned>(bytes[at]);
}

std::uint16_t wordAt(romfs::Bytes bytes, std::size_t at)
{
    return static_cast<std::uint16_t>(byteAt(bytes, at) | byteAt(bytes, at + 1) << 8U);
}

} // namespace

std::string_view dfuStateName(DfuState state)
{
    static constexpr std::array<std::string_view, 11> names{"appIDLE",          "appDETACH",   "dfuIDLE",
                                                            "dfuDNLOAD-SYNC",   "dfuDNBUSY",   "dfuDNLOAD-IDLE",
                                                            "dfuMANIFEST-SYNC", "dfuMANIFEST", "dfuMANIFEST-WAIT-RESET",
                                                            "dfuUPLOAD-IDLE",   "dfuERROR"};
    return names.at(static_cast<std::size_t>(state));
}

std::string_view dfuStatusName(std::uint8_t status)
{
    static constexpr std::array<std::string_view, 16> names{
        "OK",      "errTARGET", "errFILE",    "errWRITE",     "errERASE",    "errCHECK_ERASED",
        "errPROG", "errVERIFY", "errADDRESS", "errNOTDONE",   "errFIRMWARE", "errVENDOR",
        "errUSBR", "errPOR",    "errUNKNOWN", "errSTALLEDPKT"};
    return status < names.size() ? names.at(status) : "an unknown status";
}

std::string_view dfuStatusMeaning(std::uint8_t status)
{
    static constexpr std::array<std::string_view, 16> meanings{
        "no error",
        "the file is not for this device",
        "the file fails a check of its maker, or the memory cannot be read",
        "the memory cannot be written",
        "the memory cannot be erased",
        "the memory is not empty after erasing",
        "the memory cannot be programmed",
        "what was programmed is not what is there",
        "the address is beyond the memory",
        "the data ended too early",
        "the firmware is damaged",
        "an error of the maker's own",
        "an unexpected reset of USB",
        "an unexpected reset",
        "an error that it cannot name",
        "an unexpected request",
    };
    return status < meanings.size() ? meanings.at(status) : "a status that no standard knows";
}

std::optional<DfuFunction> dfuFunctionIn(romfs::Bytes descriptors)
{
    constexpr unsigned functional = 0x21;
    constexpr std::size_t shortest = 7; // DFU 1.0 has no version at its end
    while (descriptors.size() >= 2) {
        const auto length = byteAt(descriptors, 0);
        if (length < 2 || length > descriptors.size()) {
            return std::nullopt;
        }
        if (byteAt(descriptors, 1) == functional && length >= shortest) {
            const auto attributes = byteAt(descriptors, 2);
            DfuFunction function{.canDownload = (attributes & 1U) != 0,
                                 .canUpload = (attributes & 2U) != 0,
                                 .staysAfterManifest = (attributes & 4U) != 0,
                                 .detaches = (attributes & 8U) != 0,
                                 .detachTimeout = wordAt(descriptors, 3),
                                 .transferSize = wordAt(descriptors, 5),
                                 .version = length >= shortest + 2 ? wordAt(descriptors, 7) : std::uint16_t{0x0100}};
            return function.transferSize >= smallestTransfer ? std::optional(function) : std::nullopt;
        }
        descriptors = descriptors.subspan(length);
    }
    return std::nullopt;
}

// --- opening

Result<std::unique_ptr<DfuHost>> DfuHost::open(std::unique_ptr<UsbLink> link, std::string name,
                                               const std::stop_token& stop)
{
    std::unique_ptr<DfuHost> host(new DfuHost(std::move(link), std::move(name)));
    host->setStop(stop);
    return host->findInterface()
        .and_then([&] { return host->claim(); })
        .and_then([&] { return host->latch(); })
        .and_then([&] { return host->readNames(); })
        .transform([&] { return std::move(host); });
}

Result<std::unique_ptr<DfuHost>> DfuHost::describe(std::unique_ptr<UsbLink> link, std::string name)
{
    std::unique_ptr<DfuHost> host(new DfuHost(std::move(link), std::move(name)));
    return host->findInterface().and_then([&] { return host->readNames(); }).transform([&] { return std::move(host); });
}

Result<void> DfuHost::findInterface()
{
    auto settings = m_link->settings();
    if (!settings) {
        return failed(settings.error(), "does not describe itself");
    }
    for (auto& setting : *settings) {
        if (setting.deviceClass != applicationClass || setting.subclass != dfuSubclass || setting.protocol != dfuMode) {
            continue;
        }
        if (const auto function = dfuFunctionIn(setting.extra)) {
            m_function = *function;
        }
        if (m_settings.empty() || setting.interface == m_settings.front().interface) {
            m_settings.push_back(std::move(setting));
        }
    }
    if (m_settings.empty() || m_function.transferSize == 0) {
        return fail(ErrorCode::Mismatch,
                    std::format("{} shows no DFU interface that can be used: it is not in its bootloader.", m_name));
    }
    m_interface = m_settings.front().interface;
    return {};
}

Result<void> DfuHost::claim()
{
    if (auto claimed = m_link->claim(m_interface); !claimed) {
        return failed(claimed.error(), "cannot be claimed");
    }
    return {};
}

/// OpenMV's bootloader leaves after a second and a half unless something is uploaded; names are read later.
Result<void> DfuHost::latch()
{
    if (!m_function.canUpload || m_function.isDfuSe()) {
        return becomeIdle();
    }
    std::array<std::byte, latchSize> some{};
    const auto into = std::span(some).first(std::min<std::size_t>(some.size(), m_function.transferSize));
    const auto uploaded = in(DfuRequest::Upload, 0, into, patience);
    if (!uploaded && uploaded.error().code != ErrorCode::DeviceFailed) {
        return failed(uploaded.error(), "does not answer");
    }
    return becomeIdle(); // the last one to use it may have left it anywhere
}

Result<void> DfuHost::readNames()
{
    for (const auto& setting : m_settings) {
        auto name = setting.nameIndex == 0 ? Result<std::string>() : m_link->string(setting.nameIndex);
        if (!name) {
            return failed(name.error(), "does not name its alternate settings");
        }
        m_alternates.push_back({.number = setting.number, .name = romfs::printable(*name)});
    }
    return {};
}

// --- requests

Result<std::size_t> DfuHost::in(DfuRequest request, std::uint16_t value, std::span<std::byte> into,
                                Milliseconds timeout)
{
    return m_link->controlIn(
        {.type = classIn, .request = static_cast<std::uint8_t>(request), .value = value, .index = m_interface}, into,
        timeout);
}

Result<void> DfuHost::out(DfuRequest request, std::uint16_t value, romfs::Bytes bytes)
{
    const auto sent = m_link->controlOut(
        {.type = classOut, .request = static_cast<std::uint8_t>(request), .value = value, .index = m_interface}, bytes,
        patience);
    if (!sent) {
        return std::unexpected(sent.error());
    }
    return *sent == bytes.size() ? Result<void>() : fail(ErrorCode::DeviceFailed, {});
}

std::unexpected<Error> DfuHost::failed(const Error& error, std::string_view what)
{
    switch (error.code) {
    case ErrorCode::Disconnected:
        return fail(error.code, std::format("{} is gone: it was unplugged, or it has restarted.", m_name));
    case ErrorCode::TimedOut:
        return fail(error.code, std::format("{} {}: no answer in time.", m_name, what));
    case ErrorCode::DeviceFailed:
        return fail(error.code, std::format("{} {}: it refuses the request.", m_name, what));
    default:
        // What the system reports of a transfer; opening and claiming have messages of their own.
        return error.message.empty() ? fail(ErrorCode::DeviceFailed, std::format("{} {}: USB failed.", m_name, what))
                                     : std::unexpected(error);
    }
}

std::unexpected<Error> DfuHost::reported(const DfuStatus& status, std::string_view what)
{
    return fail(ErrorCode::DeviceFailed,
                status.status == 0 ? std::format("{} {}: it is in state {}.", m_name, what, dfuStateName(status.state))
                                   : std::format("{} {}: it reports {} ({}).", m_name, what,
                                                 dfuStatusName(status.status), dfuStatusMeaning(status.status)));
}

Result<DfuStatus> DfuHost::status()
{
    constexpr std::size_t length = 6;
    std::array<std::byte, length> answer{};
    const auto received = in(DfuRequest::GetStatus, 0, answer, erasePatience);
    if (!received) {
        return failed(received.error(), "does not tell its status");
    }
    const auto state = byteAt(answer, 4);
    if (*received != length || state > static_cast<unsigned>(DfuState::Error)) {
        return fail(
            ErrorCode::DeviceFailed,
            std::format("{} tells a status that makes no sense: {} bytes, state {}. Plug it in again and retry.",
                        m_name, *received, state));
    }
    const auto poll = Milliseconds(byteAt(answer, 1) | byteAt(answer, 2) << 8U | byteAt(answer, 3) << 16U);
    return DfuStatus{.status = static_cast<std::uint8_t>(byteAt(answer, 0)),
                     .poll = std::min(poll, longestPoll),
                     .state = static_cast<DfuState>(state)};
}

Result<void> DfuHost::waitFor(std::initializer_list<DfuState> wanted, std::string_view what)
{
    const auto deadline = m_link->now() + busyPatience;
    while (true) {
        const auto now = status();
        if (!now) {
            return std::unexpected(now.error());
        }
        if (now->state == DfuState::Error || now->status != 0) {
            static_cast<void>(out(DfuRequest::ClearStatus, 0)); // what was wrong is known; a retry begins in dfuIDLE
            return reported(*now, what);
        }
        if (std::ranges::contains(wanted, now->state)) {
            return {};
        }
        switch (now->state) {
        case DfuState::DownloadSync:
        case DfuState::DownloadBusy:
        case DfuState::ManifestSync:
        case DfuState::Manifest:
            break;
        default:
            return reported(*now, what);
        }
        if (m_link->now() >= deadline) {
            return fail(ErrorCode::TimedOut,
                        std::format("{} {}: it is busy for {} s already. Plug it in again and retry.", m_name, what,
                                    std::chrono::duration_cast<std::chrono::seconds>(busyPatience).count()));
        }
        if (now->poll > 0ms) {
            m_link->pause(now->poll);
        }
    }
}

Result<void> DfuHost::becomeIdle()
{
    constexpr int most = 8; // from any state it takes three
    for (int attempt = 0; attempt < most; ++attempt) {
        const auto now = status();
        if (!now) {
            return std::unexpected(now.error());
        }
        auto request = DfuRequest::Abort;
        switch (now->state) {
        case DfuState::Idle:
            return {};
        case DfuState::AppIdle:
        case DfuState::AppDetach:
            return fail(ErrorCode::Mismatch,
                        std::format("{} runs its firmware and not its bootloader. Reset it and retry.", m_name));
        case DfuState::Error:
            request = DfuRequest::ClearStatus;
            break;
        case DfuState::ManifestWaitReset:
            return fail(ErrorCode::DeviceFailed,
                        std::format("{} waits for a reset. Plug it in again and retry.", m_name));
        case DfuState::DownloadBusy:
        case DfuState::Manifest:
        case DfuState::ManifestSync:
            m_link->pause(now->poll);
            continue;
        case DfuState::DownloadSync:
        case DfuState::DownloadIdle:
        case DfuState::UploadIdle:
            break;
        }
        if (auto done = out(request, 0); !done && done.error().code != ErrorCode::DeviceFailed) {
            return failed(done.error(), "does not become ready");
        }
    }
    return fail(ErrorCode::DeviceFailed, std::format("{} does not become ready. Plug it in again and retry.", m_name));
}

Result<void> DfuHost::select(std::uint8_t alternate)
{
    if (auto done = m_link->select(m_interface, alternate); !done) {
        return failed(done.error(), "does not let its memory be selected");
    }
    return becomeIdle();
}

Result<void> DfuHost::download(std::uint16_t block, romfs::Bytes bytes)
{
    if (m_stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, std::format("{}: cancelled.", m_name));
    }
    const auto what = std::format("does not write block {}", block);
    if (auto done = out(DfuRequest::Download, block, bytes); !done) {
        if (done.error().code == ErrorCode::DeviceFailed) { // the status tells why
            const auto now = status();
            if (now && (now->status != 0 || now->state == DfuState::Error)) {
                static_cast<void>(out(DfuRequest::ClearStatus, 0));
                return reported(*now, what);
            }
        }
        return failed(done.error(), what);
    }
    m_sent += bytes.size();
    return waitFor({DfuState::DownloadIdle}, what);
}

Result<void> DfuHost::manifest()
{
    constexpr std::string_view what = "does not finish what was written";
    if (auto done = out(DfuRequest::Download, 0); !done) {
        return failed(done.error(), what);
    }
    return waitFor({DfuState::Idle, DfuState::ManifestWaitReset}, what);
}

Result<std::size_t> DfuHost::upload(std::uint16_t block, std::span<std::byte> into)
{
    if (m_stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, std::format("{}: cancelled.", m_name));
    }
    const auto what = std::format("does not read block {}", block);
    auto received = in(DfuRequest::Upload, block, into, erasePatience);
    if (received) {
        return received;
    }
    if (received.error().code == ErrorCode::DeviceFailed) {
        if (const auto now = status(); now && now->status != 0) {
            static_cast<void>(out(DfuRequest::ClearStatus, 0));
            return reported(*now, what);
        }
    }
    return failed(received.error(), what);
}

// --- ST's extension

Result<void> DfuHost::command(romfs::Bytes bytes)
{
    return download(0, bytes);
}

namespace {

std::array<std::byte, 5> addressed(std::uint8_t command, std::uint32_t address)
{
    std::array<std::byte, 5> bytes{std::byte{command}};
    for (std::size_t i = 1; i < bytes.size(); ++i, address >>= 8U) {
        bytes.at(i) = static_cast<std::byte>(address & 0xFFU);
    }
    return bytes;
}

constexpr std::uint8_t setAddressCommand = 0x21;
constexpr std::uint8_t eraseCommand = 0x41;

} // namespace

Result<void> DfuHost::setAddress(std::uint32_t address)
{
    return command(addressed(setAddressCommand, address));
}

Result<void> DfuHost::erasePage(std::uint32_t address)
{
    return command(addressed(eraseCommand, address));
}

// --- out of it

void DfuHost::detach()
{
    static_cast<void>(out(DfuRequest::Detach, m_function.detachTimeout));
}

void DfuHost::resetBus()
{
    static_cast<void>(m_link->reset());
}

void DfuHost::leaveDfuSe(std::uint32_t address)
{
    m_stop = {};
    if (becomeIdle() && setAddress(address) && out(DfuRequest::Download, 0)) {
        static_cast<void>(status()); // it leaves when it has answered this, or before
    }
}

} // namespace romsmith::device
