// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/usblink.h"

#include <optional>
#include <stop_token>
#include <string_view>

/// Universal Serial Bus Device Class Specification for Device Firmware Upgrade, 1.1, and ST's extension of it, 1.1a
/// (AN3156): the requests, the states, and the way through them.
namespace romsmith::device {

enum class DfuState : std::uint8_t {
    AppIdle,
    AppDetach,
    Idle,
    DownloadSync,
    DownloadBusy,
    DownloadIdle,
    ManifestSync,
    Manifest,
    ManifestWaitReset,
    UploadIdle,
    Error,
};
[[nodiscard]] std::string_view dfuStateName(DfuState state); ///< "dfuIDLE"
[[nodiscard]] std::string_view dfuStatusName(std::uint8_t status); ///< "errWRITE"
[[nodiscard]] std::string_view dfuStatusMeaning(std::uint8_t status); ///< for the middle of a sentence

enum class DfuRequest : std::uint8_t { Detach, Download, Upload, GetStatus, ClearStatus, GetState, Abort };

struct DfuStatus
{
    std::uint8_t status = 0; ///< 0: no error
    Milliseconds poll{0}; ///< that the device asks for before the next request
    DfuState state = DfuState::Idle;
};

/// The functional descriptor.
struct DfuFunction
{
    bool canDownload = false;
    bool canUpload = false;
    bool staysAfterManifest = false; ///< manifestation tolerant
    bool detaches = false;
    std::uint16_t detachTimeout = 0; ///< ms
    std::uint16_t transferSize = 0; ///< bytes
    std::uint16_t version = 0; ///< 0x0101, or 0x011A for ST's extension

    [[nodiscard]] bool isDfuSe() const { return version == 0x011A; }
};

/// Reads it from the descriptors behind an interface; none if it is not there or makes no sense.
[[nodiscard]] std::optional<DfuFunction> dfuFunctionIn(romfs::Bytes descriptors);

struct DfuAlternate
{
    std::uint8_t number = 0;
    std::string name; ///< of the bootloader, printable
};

/// A bootloader that was opened. Errors name the device: TimedOut, Disconnected, Cancelled, DeviceFailed with the
/// status that it reported, and those of UsbLink.
class DfuHost
{
public:
    /// Claims the DFU interface and has the bootloader stay; reads what it has.
    [[nodiscard]] static Result<std::unique_ptr<DfuHost>> open(std::unique_ptr<UsbLink> link, std::string name,
                                                               const std::stop_token& stop = {});
    /// Reads what it has and no more: it is not claimed, and starts its firmware when its time is over. Only for what
    /// describes it.
    [[nodiscard]] static Result<std::unique_ptr<DfuHost>> describe(std::unique_ptr<UsbLink> link, std::string name);

    [[nodiscard]] const UsbDevice& device() const { return m_link->device(); }
    [[nodiscard]] const std::string& name() const { return m_name; } ///< for messages
    [[nodiscard]] const DfuFunction& function() const { return m_function; }
    [[nodiscard]] const std::vector<DfuAlternate>& alternates() const { return m_alternates; }

    void setStop(std::stop_token stop) { m_stop = std::move(stop); }

    /// Everything that follows is about this alternate setting; in dfuIDLE then.
    [[nodiscard]] Result<void> select(std::uint8_t alternate);

    /// Sends a block and waits until it is programmed.
    [[nodiscard]] Result<void> download(std::uint16_t block, romfs::Bytes bytes);
    /// Ends a download: the device does what it has to do with it.
    [[nodiscard]] Result<void> manifest();
    /// Asks for a block; gives how much came. In dfuIDLE or in the middle of uploading.
    [[nodiscard]] Result<std::size_t> upload(std::uint16_t block, std::span<std::byte> into);
    /// Gets to dfuIDLE from wherever it is.
    [[nodiscard]] Result<void> becomeIdle();

    /// Commands of ST's extension.
    [[nodiscard]] Result<void> setAddress(std::uint32_t address);
    [[nodiscard]] Result<void> erasePage(std::uint32_t address);

    [[nodiscard]] Result<DfuStatus> status();

    /// Requests after which a device may be gone, so nothing is reported.
    void detach();
    void resetBus();
    void leaveDfuSe(std::uint32_t address); ///< starts what is there

    [[nodiscard]] std::uint64_t sent() const { return m_sent; } ///< bytes of blocks
    [[nodiscard]] Clock::time_point now() const { return m_link->now(); }

private:
    DfuHost(std::unique_ptr<UsbLink> link, std::string name)
        : m_link(std::move(link))
        , m_name(std::move(name))
    { }

    Result<void> findInterface();
    Result<void> claim();
    Result<void> readNames();
    Result<void> latch();

    Result<std::size_t> in(DfuRequest request, std::uint16_t value, std::span<std::byte> into, Milliseconds timeout);
    Result<void> out(DfuRequest request, std::uint16_t value, romfs::Bytes bytes = {});
    Result<void> command(romfs::Bytes bytes);
    /// Asks until the device is in one of these states, as long and as seldom as it wants.
    Result<void> waitFor(std::initializer_list<DfuState> wanted, std::string_view what);
    std::unexpected<Error> failed(const Error& error, std::string_view what);
    std::unexpected<Error> reported(const DfuStatus& status, std::string_view what);

    std::unique_ptr<UsbLink> m_link;
    std::string m_name;
    std::stop_token m_stop;
    std::uint8_t m_interface = 0;
    DfuFunction m_function;
    std::vector<DfuAlternate> m_alternates;
    std::vector<UsbSetting> m_settings; ///< of the interface
    std::uint64_t m_sent = 0;
};

} // namespace romsmith::device
