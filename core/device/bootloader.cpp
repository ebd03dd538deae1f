// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/bootloader.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <cctype>
#include <format>
#include <ranges>

namespace romsmith::device {
namespace {

using namespace std::chrono_literals;

/// Near enough for a window of a second and a half, and for a person who cancels.
constexpr Milliseconds step = 10ms;
/// udev gives a new device to its user some time after it was plugged in.
constexpr Milliseconds accessPatience = 3s;
constexpr Milliseconds leavePatience = 700ms;

/// The first one that leaves on DETACH, however it was entered.
constexpr std::uint16_t leavesOnDetach = 0x0102;

/// The constant that is shown when a chip's number cannot be read.
constexpr std::string_view noSerial = "0123456789ABCDEF";

bool speaksDfu(const boards::Board& board)
{
    return board.bootloader.kind == boards::BootloaderKind::OpenMvDfu
        || board.bootloader.kind == boards::BootloaderKind::DfuSe;
}

/// The ids of STM32's own loader.
bool isRomLoader(const boards::BoardTable& table, boards::UsbId id)
{
    constexpr boards::UsbId stm32{.vendor = 0x0483, .product = 0xDF11};
    return id == stm32 && std::ranges::any_of(table.boards(), [&](const boards::Board& board) {
               return std::ranges::any_of(board.romFallbacks, [&](const boards::RomFallback& fallback) {
                   return std::ranges::contains(fallback.usb, id);
               });
           });
}

std::optional<BootloaderDevice> bootloaderAt(const UsbDevice& device, const boards::BoardTable& table)
{
    for (const auto& match : table.findByUsbId(device.id)) {
        if (match.mode == boards::UsbMode::Bootloader && speaksDfu(*match.board)) {
            return BootloaderDevice{.usb = device, .board = match.board};
        }
    }
    return isRomLoader(table, device.id) ? std::optional(BootloaderDevice{.usb = device}) : std::nullopt;
}

bool isWanted(const BootloaderDevice& device, std::string_view wanted)
{
    const auto folded = romfs::foldCase(wanted);
    const auto& usb = device.usb;
    return wanted.empty() || usb.path == wanted || usb.node == wanted
        || (!usb.serial.empty() && romfs::foldCase(usb.serial) == folded)
        || romfs::foldCase(usb.id.toString()) == folded
        || (device.board
            && (romfs::foldCase(device.board->id) == folded || romfs::foldCase(device.board->name).contains(folded)));
}

std::string listOf(const std::vector<BootloaderDevice>& devices)
{
    std::string list;
    for (const auto& device : devices) {
        list += std::format("{}{}{}", list.empty() ? "" : ", ", device.name(),
                            device.usb.serial.empty() ? "" : " with serial number " + device.usb.serial);
    }
    return list;
}

bool tellsApart(std::string_view serial)
{
    return !serial.empty() && serial != noSerial;
}

std::unexpected<Error> cancelled()
{
    return fail(ErrorCode::Cancelled, "Waiting for the cam: cancelled.");
}

} // namespace

std::string BootloaderDevice::name() const
{
    return std::format("{} in its bootloader (USB {})", board ? board->name : "STM32", usb.path);
}

std::string BootloaderDevice::versionText() const
{
    const auto number = version();
    return number == 0 ? std::string("of a version that it does not tell")
                       : std::format("{}.{}.{}", number >> 8U, number >> 4U & 0xFU, number & 0xFU);
}

std::vector<BootloaderDevice> findBootloaders(UsbBus& bus, const boards::BoardTable& table)
{
    std::vector<BootloaderDevice> found;
    for (const auto& device : bus.devices()) {
        if (auto bootloader = bootloaderAt(device, table)) {
            found.push_back(std::move(*bootloader));
        }
    }
    return found;
}

std::string bootloaderSerial(const boards::Board& board, std::string_view uniqueId)
{
    constexpr std::size_t digits = 2;
    std::string serial;
    if (uniqueId.size() % digits != 0) {
        return serial;
    }
    switch (board.usb.bootloaderSerial) {
    case boards::SerialSource::UniqueId:
        serial = uniqueId;
        break;
    case boards::SerialSource::UniqueIdReversed:
        for (auto at = uniqueId.size(); at > 0; at -= digits) {
            serial += uniqueId.substr(at - digits, digits);
        }
        break;
    default:
        break;
    }
    std::ranges::transform(serial, serial.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return serial;
}

Result<std::optional<BootloaderDevice>> chooseBootloader(const std::vector<BootloaderDevice>& present,
                                                         const CamIdentity& identity)
{
    std::vector<BootloaderDevice> meant;
    std::ranges::copy_if(present, std::back_inserter(meant), [&](const BootloaderDevice& device) {
        return (!identity.board || (device.board && device.board->id == identity.board->id))
            && isWanted(device, identity.wanted);
    });
    const auto hasSerial = [&](const BootloaderDevice& device) { return device.usb.serial == identity.serial; };
    const bool knowsSerial = tellsApart(identity.serial);
    if (const auto there = std::ranges::find(
            meant, identity.path, [](const BootloaderDevice& device) -> const std::string& { return device.usb.path; });
        !identity.path.empty() && there != meant.end()) {
        if (knowsSerial && tellsApart(there->usb.serial) && !hasSerial(*there)) {
            return fail(
                ErrorCode::Mismatch,
                std::format("{} has the serial number {}, the cam that is meant has {}: another cam was plugged "
                            "in there. Nothing was changed.",
                            there->name(), there->usb.serial, identity.serial));
        }
        return *there;
    }
    if (knowsSerial) {
        const auto same = std::ranges::find_if(meant, hasSerial);
        if (same != meant.end()) {
            return *same;
        }
    }
    if (!identity.path.empty() || meant.empty()) {
        return std::nullopt;
    }
    if (knowsSerial && std::ranges::all_of(meant, [](const auto& each) { return tellsApart(each.usb.serial); })) {
        return std::nullopt;
    }
    if (meant.size() > 1) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} cams are in their bootloaders; name the USB port or serial number of one: {}.",
                                meant.size(), listOf(meant)));
    }
    return meant.front();
}

std::string howToEnter(const boards::Board& board)
{
    using boards::EntryWay;
    const auto can = [&](EntryWay way) { return std::ranges::contains(board.bootloader.entry, way); };
    std::string text;
    if (can(EntryWay::DoubleTapReset)) {
        text = std::format("Press the reset button of {} twice, quickly.", board.name);
    } else if (can(EntryWay::Reset)) {
        text = std::format(
            "Unplug {} and plug it in again, or press its reset button: its bootloader waits for a moment "
            "each time.",
            board.name);
    }
    for (const auto& fallback : board.romFallbacks) {
        if (!fallback.entry.empty()) {
            text += std::format("{}If there is no bootloader any more: {}. {} {}", text.empty() ? "" : " ",
                                fallback.name, fallback.entry, fallback.use);
        }
    }
    return text;
}

// --- in

namespace {

std::string notCaught(const CamIdentity& identity, Milliseconds longest, const std::optional<Error>& notReset)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest).count();
    const auto before = notReset ? notReset->message + " " : std::string();
    return identity.board ? std::format("{}{} did not come into its bootloader within {} s. {}", before,
                                        identity.board->name, seconds, howToEnter(*identity.board))
                          : std::format("{}No cam came into its bootloader within {} s. Plug it in while this waits, "
                                        "or name its board.",
                                        before, seconds);
}

} // namespace

Result<Caught> catchBootloader(UsbBus& bus, const CamIdentity& identity, Milliseconds longest,
                               const std::function<Result<void>()>& reset, const std::stop_token& stop)
{
    const auto& table = boards::BoardTable::known();
    std::optional<Error> notReset;
    std::optional<Error> notOpened;
    bool isReset = !reset;
    auto deadline = bus.now() + longest;
    std::uint64_t refused = 0; // session of a device that may not be opened, or not yet
    auto refusedUntil = bus.now();
    while (true) {
        const auto found = chooseBootloader(findBootloaders(bus, table), identity);
        if (!found) {
            return std::unexpected(found.error());
        }
        if (*found) {
            const auto& device = **found;
            auto host = bus.open(device.usb).and_then([&](std::unique_ptr<UsbLink> link) {
                return DfuHost::open(std::move(link), device.name(), stop);
            });
            if (host) {
                return Caught{.device = device, .host = std::move(*host), .wasRunning = reset && isReset && !notReset};
            }
            const auto code = host.error().code;
            if (refused != device.usb.session) {
                refused = device.usb.session;
                refusedUntil = bus.now() + accessPatience;
            }
            const bool mayChange = code == ErrorCode::AccessDenied || code == ErrorCode::Busy
                || code == ErrorCode::Disconnected || code == ErrorCode::CannotRead || code == ErrorCode::TimedOut;
            if (!mayChange || (code != ErrorCode::Disconnected && bus.now() >= refusedUntil)) {
                return std::unexpected(std::move(host).error());
            }
            notOpened = std::move(host).error();
        } else if (!isReset) {
            isReset = true;
            if (auto done = reset(); !done) {
                if (done.error().code == ErrorCode::Cancelled) {
                    return std::unexpected(std::move(done).error());
                }
                notReset = std::move(done).error();
            }
            deadline = bus.now() + longest;
            continue; // it may be there already
        }
        if (stop.stop_requested()) {
            return cancelled();
        }
        if (bus.now() >= deadline) {
            if (notOpened && notOpened->code != ErrorCode::Disconnected) {
                return std::unexpected(*notOpened);
            }
            return fail(ErrorCode::TimedOut, notCaught(identity, longest, notReset));
        }
        bus.wait(step);
    }
}

// --- out

namespace {

/// What ST's extension is to start.
std::uint32_t firmwareAddress(const boards::Board* board)
{
    constexpr std::uint32_t flash = 0x08000000;
    if (!board) {
        return flash;
    }
    const auto firmware = std::ranges::find(board->files, boards::Role::Firmware, &boards::ReleaseFile::role);
    const bool isKnown = firmware != board->files.end() && firmware->address;
    return isKnown ? static_cast<std::uint32_t>(*firmware->address) : flash;
}

bool isPresent(UsbBus& bus, const UsbDevice& device)
{
    return std::ranges::contains(bus.devices(), device.session, &UsbDevice::session);
}

} // namespace

Result<UsbDevice> leaveBootloader(UsbBus& bus, Caught caught, Milliseconds longest, const std::stop_token& stop)
{
    auto& host = *caught.host;
    if (host.function().isDfuSe()) {
        host.leaveDfuSe(firmwareAddress(caught.device.board));
    } else {
        host.detach();
        if (caught.device.version() < leavesOnDetach) {
            host.resetBus();
        }
    }
    const auto deadline = bus.now() + leavePatience;
    while (isPresent(bus, caught.device.usb) && bus.now() < deadline) {
        bus.wait(step);
    }
    if (isPresent(bus, caught.device.usb)) {
        host.resetBus();
    }
    caught.host.reset();
    return waitForFirmware(bus, caught.device, longest, stop);
}

Result<UsbDevice> waitForFirmware(UsbBus& bus, const BootloaderDevice& device, Milliseconds longest,
                                  const std::stop_token& stop)
{
    const auto& table = boards::BoardTable::known();
    const auto deadline = bus.now() + longest;
    bool cameBack = false;
    while (true) {
        for (const auto& present : bus.devices()) {
            if (present.path != device.usb.path || present.session == device.usb.session) {
                continue;
            }
            if (!bootloaderAt(present, table)) {
                return present;
            }
            cameBack = true; // it may still go on
        }
        if (stop.stop_requested()) {
            return cancelled();
        }
        if (bus.now() >= deadline) {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest).count();
            return fail(
                ErrorCode::TimedOut,
                cameBack
                    ? std::format("{} started its firmware and came back into its bootloader: the firmware "
                                  "does not run. Write firmware.bin.",
                                  device.name())
                    : std::format("{} left it, and its firmware did not show up within {} s.", device.name(), seconds));
        }
        bus.wait(step);
    }
}

} // namespace romsmith::device
