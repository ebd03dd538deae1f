// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/dfucam.h"

#include "core/device/bootloader.h"
#include "core/device/firmware.h"

#include <QJsonValue>

#include <algorithm>
#include <array>
#include <atomic>
#include <format>

namespace romsmith::sim {
namespace {

using boards::Memory;
using boards::Role;
using device::DfuRequest;
using device::DfuState;
using namespace std::chrono_literals;

constexpr auto enumeration = 300ms; ///< from power or reset until the bootloader is on the bus
constexpr auto crash = 300ms; ///< from the start of firmware that cannot run until the chip's reset
constexpr auto usualWindow = 1500ms;

constexpr std::uint8_t errWrite = 3;
constexpr std::uint8_t errAddress = 8;
constexpr std::uint8_t errFile = 2;
constexpr std::uint8_t errTarget = 1;
constexpr std::size_t uploadEnd = 4; ///< bytes behind the last block of an upload
constexpr std::uint16_t firstDfuSeBlock = 2;

constexpr std::array faultOptions{
    DfuFaultOption{"unplug-at-request", &DfuFaults::unplugAtRequest},
    DfuFaultOption{"unplug-at-block", &DfuFaults::unplugAtBlock},
    DfuFaultOption{"replug-after", &DfuFaults::replugAfter},
    DfuFaultOption{"stall-at-request", &DfuFaults::stallAtRequest},
    DfuFaultOption{"silent-at-request", &DfuFaults::silentAtRequest},
    DfuFaultOption{"silent-for", &DfuFaults::silentFor},
    DfuFaultOption{"error-at-block", &DfuFaults::errorAtBlock},
    DfuFaultOption{"error-status", &DfuFaults::errorStatus},
    DfuFaultOption{"spoil-at-block", &DfuFaults::spoilAtBlock},
    DfuFaultOption{"no-romfs", &DfuFaults::noRomfs},
    DfuFaultOption{"stays-on-detach", &DfuFaults::staysOnDetach},
    DfuFaultOption{"firmware-after", &DfuFaults::firmwareAfter},
    DfuFaultOption{"firmware-never", &DfuFaults::firmwareNever},
    DfuFaultOption{"no-time", &DfuFaults::noTime},
};

bool countDown(DfuFaults::Value& value)
{
    return value > 0 && --value == 0;
}

/// Typical times of the memories' data sheets: STM32H7, W25Q256, MX66UM, IS25WX and MRAM.
struct Speed
{
    Microseconds erase; ///< for each KiB
    Microseconds program; ///< the same
};
Speed speedOf(Memory memory)
{
    switch (memory) {
    case Memory::Internal:
        return {.erase = 8ms, .program = 3ms};
    case Memory::Qspi:
        return {.erase = 2300us, .program = 1600us};
    case Memory::Xspi:
        return {.erase = 3400us, .program = 800us};
    case Memory::Ospi:
        return {.erase = 6ms, .program = 900us};
    case Memory::Mram:
    case Memory::None:
        break;
    }
    return {.erase = 0us, .program = 250us};
}

Microseconds forBytes(Microseconds perKib, std::uint64_t bytes)
{
    constexpr std::uint64_t kib = 1024;
    return perKib * static_cast<std::int64_t>(bytes) / static_cast<std::int64_t>(kib);
}

void append(std::vector<std::byte>& bytes, std::initializer_list<unsigned> more)
{
    std::ranges::transform(more, std::back_inserter(bytes),
                           [](unsigned value) { return static_cast<std::byte>(value); });
}

std::uint64_t newSession()
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

unsigned low(unsigned value)
{
    return value & 0xFFU;
}
unsigned high(unsigned value)
{
    return value >> 8U & 0xFFU;
}

} // namespace

std::span<const DfuFaultOption> dfuFaultOptions()
{
    return faultOptions;
}

Result<DfuFaults> withDfuFaults(DfuFaults faults, const QJsonObject& changes)
{
    for (auto it = changes.begin(); it != changes.end(); ++it) {
        const auto name = it.key().toStdString();
        const auto option = std::ranges::find(faultOptions, name, &DfuFaultOption::name);
        if (option == faultOptions.end() || it.value().toInteger(-1) < 0) {
            return fail(ErrorCode::InvalidArgument,
                        std::format("{} is no fault of a bootloader with that value.", name));
        }
        faults.*(option->member) = static_cast<DfuFaults::Value>(it.value().toInteger());
    }
    return faults;
}

DfuCam::DfuCam(Options options, CamFlash flash)
    : m_options(std::move(options))
    , m_flash(std::move(flash))
{ }

void DfuCam::setFaults(const DfuFaults& faults)
{
    m_options.faults = faults;
}

// --- modes

bool DfuCam::isHighSpeed() const
{
    return m_options.board.usb.bootloaderSpeed == boards::UsbSpeed::High;
}

void DfuCam::appear(Mode mode, Time at, bool forced)
{
    m_mode = mode;
    m_appearsAt = at;
    m_isForced = forced;
    m_isLatched = false;
    m_isUnlocked = false;
    m_leavesAt.reset();
    m_returnsAt.reset();
    const auto& window = m_options.board.bootloader.window;
    if (mode == Mode::Bootloader && !forced && window && window->everyReset) {
        const auto idle = std::chrono::milliseconds(window->idle.value_or(usualWindow.count()));
        m_leavesAt = at + idle;
    }
    resetState();
    m_alternate = 0;
}

void DfuCam::vanish()
{
    m_session = m_isPresent ? newSession() : m_session;
    m_isPresent = false;
    m_appearsAt.reset();
    m_leavesAt.reset();
    m_returnsAt.reset();
    m_mode = Mode::Unplugged;
}

void DfuCam::plugIn(Time now)
{
    advance(now);
    vanish();
    const auto& window = m_options.board.bootloader.window;
    if (window && window->everyReset) {
        appear(Mode::Bootloader, now + enumeration, false);
    } else {
        leave(now);
    }
}

void DfuCam::unplug(Time now)
{
    advance(now);
    vanish();
    if (m_options.faults.replugAfter > 0) {
        m_returnsAt = now + std::chrono::milliseconds(m_options.faults.replugAfter);
    }
}

void DfuCam::enterBootloader(Time now)
{
    advance(now);
    vanish();
    appear(Mode::Bootloader, now + enumeration, true);
}

void DfuCam::runFirmware(Time now)
{
    advance(now);
    vanish();
    m_mode = Mode::Firmware;
    m_isPresent = true;
    m_session = newSession();
    ++m_starts;
}

/// Jumps to the firmware without a look at it.
void DfuCam::leave(Time now)
{
    vanish();
    const auto& board = m_options.board;
    bool runs = !m_isFirmwareBroken;
    for (const auto& file : board.files) {
        const auto range = device::firmwareRange(board, file);
        const auto* area = board.bootloader.alternateSetting(file.alternateSetting);
        std::array<std::byte, 8> vectors{};
        const auto at = area ? file.address.value_or(area->start.value_or(0)) : 0;
        if (file.role == Role::Firmware && range && area && m_flash.read(area->memory, at, vectors)) {
            const bool isBuiltIn = std::ranges::all_of(vectors, [](std::byte byte) { return byte == std::byte{0xFF}; });
            runs &= isBuiltIn || device::identifyFirmware(board, {}, vectors).has_value();
        }
    }
    if (!runs) {
        m_returnsAt = now + crash;
    } else if (m_options.faults.firmwareNever == 0) {
        ++m_starts;
        appear(Mode::Firmware, now + std::chrono::milliseconds(m_options.faults.firmwareAfter), false);
    }
}

void DfuCam::advance(Time now)
{
    m_now = now;
    for (auto event = nextEvent(); event && *event <= now; event = nextEvent()) {
        if (m_appearsAt == event) {
            m_appearsAt.reset();
            if (m_mode == Mode::Firmware && m_options.startFirmware) {
                m_options.startFirmware();
            } else {
                m_isPresent = true;
                m_session = newSession();
            }
        } else if (m_leavesAt == event) {
            leave(*event);
        } else {
            m_returnsAt.reset();
            appear(Mode::Bootloader, *event + enumeration, false);
            if (!m_options.board.bootloader.window || !m_options.board.bootloader.window->everyReset) {
                leave(*event);
            }
        }
    }
}

std::optional<Time> DfuCam::nextEvent() const
{
    std::optional<Time> next;
    for (const auto& at : {m_appearsAt, m_leavesAt, m_returnsAt}) {
        next = at && next ? std::min(at, next) : at ? at : next;
    }
    return next;
}

device::UsbDevice DfuCam::describe() const
{
    const auto& board = m_options.board;
    const bool isBootloader = m_mode == Mode::Bootloader;
    const auto& ids = isBootloader ? board.usb.bootloader : board.usb.application;
    auto serial = isBootloader ? device::bootloaderSerial(board, m_options.uniqueId) : m_options.uniqueId.substr(0, 12);
    if (serial.empty()) {
        serial = "00F0E1D2C3B4A59687786950";
    }
    return {.id = ids.empty() ? boards::UsbId() : ids.front(),
            .release = isBootloader ? m_options.release : std::uint16_t{0x0200},
            .path = m_options.path,
            .session = m_session,
            .serial = std::move(serial),
            .product = isBootloader ? board.bootloader.product : board.name,
            .manufacturer = board.bootloader.manufacturer,
            .node = "virtual"};
}

// --- descriptors

std::vector<const boards::AlternateSetting*> DfuCam::settings() const
{
    std::vector<const boards::AlternateSetting*> settings;
    for (const auto& setting : m_options.board.bootloader.alternateSettings) {
        if (m_options.faults.noRomfs == 0 || setting.role != Role::Romfs) {
            settings.push_back(&setting);
        }
    }
    return settings;
}

const boards::AlternateSetting* DfuCam::setting() const
{
    const auto all = settings();
    return m_alternate < all.size() ? all[m_alternate] : nullptr;
}

std::vector<std::byte> DfuCam::deviceDescriptor() const
{
    const auto facts = describe();
    std::vector<std::byte> bytes;
    append(bytes,
           {18, 1, 0x00, 0x02, 0, 0, 0, 64, low(facts.id.vendor), high(facts.id.vendor), low(facts.id.product),
            high(facts.id.product), low(facts.release), high(facts.release), 1, 2, 3, 1});
    return bytes;
}

std::vector<std::byte> DfuCam::configurationDescriptor() const
{
    constexpr unsigned head = 9;
    const auto all = settings();
    const auto dfu = m_options.board.bootloader.dfu.value_or(boards::DfuFacts());
    const bool isBootloader = m_mode == Mode::Bootloader;
    const auto count = isBootloader ? static_cast<unsigned>(all.size()) : 0U;
    const auto total = head + (isBootloader ? count * head + head : head);
    std::vector<std::byte> bytes;
    append(bytes, {head, 2, low(total), high(total), 1, 1, 0, 0x80, 250});
    if (!isBootloader) {
        append(bytes, {head, 4, 0, 0, 0, 0xFF, 0, 0, 0});
        return bytes;
    }
    for (unsigned i = 0; i < count; ++i) {
        append(bytes, {head, 4, 0, i, 0, 0xFE, 1, 2, 4 + i});
    }
    append(bytes,
           {head, 0x21, dfu.attributes, low(dfu.detachTimeout), high(dfu.detachTimeout), low(dfu.transferSize),
            high(dfu.transferSize), low(dfu.version), high(dfu.version)});
    return bytes;
}

DfuCam::Reply DfuCam::standard(const device::ControlSetup& setup, std::size_t length) const
{
    constexpr std::uint8_t getDescriptor = 6;
    constexpr unsigned stringType = 3;
    if (setup.type != 0x80 || setup.request != getDescriptor) {
        return {.kind = Reply::Kind::Stalled};
    }
    Reply reply;
    const unsigned index = low(setup.value);
    switch (high(setup.value)) {
    case 1:
        reply.bytes = deviceDescriptor();
        break;
    case 2:
        reply.bytes = configurationDescriptor();
        break;
    case stringType: {
        const auto facts = describe();
        const auto all = settings();
        std::string text;
        constexpr std::size_t longest = 126;
        if (index == 0) {
            append(reply.bytes, {4, stringType, 0x09, 0x04});
            break;
        }
        if (index > 3 && index - 4 < all.size()) {
            const auto& alternate = *all[index - 4];
            text = alternate.nameIsPrefix && !alternate.description.empty() ? alternate.description : alternate.name;
        } else {
            text = index == 1 ? facts.manufacturer : index == 2 ? facts.product : index == 3 ? facts.serial : "";
        }
        text.resize(std::min(text.size(), longest));
        append(reply.bytes, {2 + 2 * static_cast<unsigned>(text.size()), stringType});
        for (const char c : text) {
            append(reply.bytes, {static_cast<unsigned char>(c), 0});
        }
        break;
    }
    default:
        return {.kind = Reply::Kind::Stalled};
    }
    reply.bytes.resize(std::min(reply.bytes.size(), length));
    return reply;
}

// --- requests

void DfuCam::take(Microseconds time)
{
    if (m_options.faults.noTime == 0) {
        m_ownTime += time;
        m_busyUntil = std::max(m_busyUntil, m_now) + time;
    }
}

std::optional<Time> DfuCam::silentUntil(Time now)
{
    advance(now);
    if (m_silentRequest != m_requests + 1 && countDown(m_options.faults.silentAtRequest)) {
        m_busyUntil = now + std::chrono::milliseconds(m_options.faults.silentFor);
    }
    m_silentRequest = m_requests + 1; // asked again for the same request, it counts once
    return m_busyUntil > now ? std::optional(m_busyUntil) : std::nullopt;
}

std::optional<DfuCam::Reply> DfuCam::accident(Time now)
{
    ++m_requests;
    if (countDown(m_options.faults.unplugAtRequest)) {
        unplug(now);
    }
    if (!m_isPresent || m_mode == Mode::Unplugged) {
        return Reply{.kind = Reply::Kind::Gone};
    }
    if (countDown(m_options.faults.stallAtRequest)) {
        return Reply{.kind = Reply::Kind::Stalled};
    }
    return std::nullopt;
}

DfuCam::Reply DfuCam::control(const device::ControlSetup& setup, romfs::Bytes out, std::size_t length, Time now)
{
    advance(now);
    if (auto happened = accident(now)) {
        return *happened;
    }
    const bool isClass = (setup.type & 0x60U) == 0x20;
    auto reply = isClass && m_mode == Mode::Bootloader ? dfu(setup, out, length, now) : standard(setup, length);
    if (m_options.faults.noTime == 0) {
        // Packets of 64 bytes; a frame for each request, which is eight times shorter at high speed.
        const auto bytes = std::max(out.size(), reply.bytes.size());
        reply.takes = isHighSpeed() ? 125us + forBytes(190us, bytes) : 1ms + forBytes(1100us, bytes);
        m_ownTime += reply.takes;
    }
    return reply;
}

DfuCam::Reply DfuCam::select(std::uint8_t alternate, Time now)
{
    advance(now);
    if (auto happened = accident(now)) {
        return *happened;
    }
    if (alternate >= settings().size()) {
        return {.kind = Reply::Kind::Stalled};
    }
    m_alternate = alternate;
    resetState();
    return {};
}

void DfuCam::busReset(Time now)
{
    advance(now);
    if (!m_isPresent) {
        return;
    }
    if (m_mode == Mode::Bootloader && !isDfuSe()) {
        leave(now);
    } else if (m_mode == Mode::Bootloader) {
        resetState();
    }
}

void DfuCam::resetState()
{
    m_state = DfuState::Idle;
    m_status = 0;
    m_isWorking = false;
}

DfuCam::Reply DfuCam::dfu(const device::ControlSetup& setup, romfs::Bytes out, std::size_t length, Time now)
{
    const auto size = m_options.board.bootloader.dfu ? m_options.board.bootloader.dfu->transferSize : 0;
    switch (static_cast<DfuRequest>(setup.request)) {
    case DfuRequest::Detach: {
        const bool isOld = m_options.release == 0x0200 || m_options.release < 0x0102;
        if (!isDfuSe() && m_options.faults.staysOnDetach == 0 && !(isOld && m_isForced)) {
            leave(now);
        }
        return {};
    }
    case DfuRequest::Download:
        return out.size() > size ? Reply{.kind = Reply::Kind::Stalled} : download(setup.value, out);
    case DfuRequest::Upload:
        return length > size ? Reply{.kind = Reply::Kind::Stalled} : upload(setup.value, length);
    case DfuRequest::GetStatus:
        return status(now);
    case DfuRequest::GetState:
        return {.bytes = {static_cast<std::byte>(m_state)}};
    case DfuRequest::ClearStatus:
    case DfuRequest::Abort:
        resetState();
        return {};
    }
    return {.kind = Reply::Kind::Stalled};
}

DfuCam::Reply DfuCam::download(std::uint16_t block, romfs::Bytes bytes)
{
    if (m_state != DfuState::Idle && m_state != DfuState::DownloadIdle) {
        return {.kind = Reply::Kind::Stalled};
    }
    m_isWorking = true;
    m_block = block;
    m_bytes.assign(bytes.begin(), bytes.end());
    m_state = bytes.empty() ? DfuState::ManifestSync : DfuState::DownloadSync;
    return {};
}

DfuCam::Reply DfuCam::status(Time now)
{
    auto told = m_state;
    unsigned poll = 0;
    const bool begins = m_isWorking && (m_state == DfuState::DownloadSync || m_state == DfuState::ManifestSync);
    if (m_state == DfuState::DownloadSync) {
        told = m_isWorking ? DfuState::DownloadBusy : DfuState::DownloadIdle;
    } else if (m_state == DfuState::ManifestSync) {
        told = m_isWorking ? DfuState::Manifest : DfuState::Idle;
    }
    const auto status = m_status;
    if (begins) {
        m_isLatched = true;
        m_leavesAt.reset();
        startWork(now);
        // ST's extension says how long it will be busy; OpenMV's bootloader says 0 and is silent.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_busyUntil - now).count();
        poll = isDfuSe() && left > 0 ? static_cast<unsigned>(left) : 0;
    } else {
        m_state = told;
    }
    Reply reply;
    append(reply.bytes, {status, low(poll), high(poll), poll >> 16U & 0xFFU, static_cast<unsigned>(told), 0});
    return reply;
}

void DfuCam::startWork(Time now)
{
    const bool isManifest = m_state == DfuState::ManifestSync;
    m_isWorking = false;
    if (isManifest) {
        m_isFirmwareBroken = false;
        if (isDfuSe()) {
            leave(now);
        }
        return; // the next status tells dfuIDLE
    }
    const auto result = isDfuSe() ? workDfuSe(now) : work(now);
    if (result != 0) {
        m_state = DfuState::Error;
        m_status = result;
    }
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> DfuCam::unitAt(std::uint64_t offset) const
{
    std::uint64_t at = 0;
    for (const auto& run : setting()->sectors) {
        const auto end = at + std::uint64_t{run.size} * run.count;
        if (offset < end) {
            const auto begin = at + (offset - at) / run.size * run.size;
            return std::pair(begin, begin + run.size);
        }
        at = end;
    }
    return std::nullopt;
}

std::uint8_t DfuCam::work(Time now)
{
    const auto* area = setting();
    const auto size = m_options.board.bootloader.dfu->transferSize;
    const auto offset = std::uint64_t{m_block} * size;
    if (!area || !area->writable || area->role == Role::Recovery) {
        return errWrite;
    }
    if (offset + m_bytes.size() > area->size.value_or(0)) {
        return errAddress;
    }
    if (area->mustStartAtBlockZero) {
        m_isUnlocked |= m_block == 0;
        if (!m_isUnlocked) {
            return errWrite;
        }
    }
    return programAt(offset, m_bytes, true, now);
}

std::uint8_t DfuCam::programAt(std::uint64_t offset, romfs::Bytes bytes, bool erases, Time now)
{
    const auto& area = *setting();
    const auto start = area.start.value_or(0);
    auto& faults = m_options.faults;
    m_isFirmwareBroken |= area.role == Role::Firmware;
    if (const auto unit = unitAt(offset); erases && unit && unit->first == offset) {
        ++m_erases;
        take(forBytes(speedOf(area.memory).erase, unit->second - unit->first));
        m_flash.erase(area.memory, start + unit->first, unit->second - unit->first);
    }
    ++m_blocks;
    if (countDown(faults.errorAtBlock)) {
        return static_cast<std::uint8_t>(faults.errorStatus);
    }
    if (countDown(faults.unplugAtBlock)) {
        m_flash.program(area.memory, start + offset, bytes.first(bytes.size() / 2));
        unplug(now);
        return 0;
    }
    take(forBytes(speedOf(area.memory).program, bytes.size()));
    std::vector<std::byte> programmed(bytes.begin(), bytes.end());
    if (countDown(faults.spoilAtBlock)) {
        programmed[programmed.size() / 2] ^= std::byte{0x10};
    }
    m_bytesProgrammed += programmed.size();
    return m_flash.program(area.memory, start + offset, programmed) ? std::uint8_t{0} : errAddress;
}

std::uint8_t DfuCam::workDfuSe(Time now)
{
    constexpr std::size_t commandSize = 5;
    const auto* area = setting();
    if (!area || !area->start || !area->size) {
        return errTarget;
    }
    const auto isIn = [&](std::uint64_t address, std::uint64_t size) {
        return address >= *area->start && address + size <= *area->start + *area->size;
    };
    if (m_block == 0) {
        if (m_bytes.size() != commandSize) {
            return errTarget;
        }
        std::uint32_t address = 0;
        for (std::size_t i = commandSize - 1; i > 0; --i) {
            address = address << 8U | std::to_integer<std::uint32_t>(m_bytes[i]);
        }
        if (m_bytes[0] == std::byte{0x21}) {
            m_pointer = address;
            return 0;
        }
        const auto unit = isIn(address, 1) ? unitAt(address - *area->start) : std::nullopt;
        const bool isLocked = unit && unit->first == 0 && !area->sectors.front().writable;
        if (m_bytes[0] != std::byte{0x41} || !unit || isLocked) {
            return errTarget;
        }
        ++m_erases;
        take(forBytes(speedOf(area->memory).erase, unit->second - unit->first));
        m_flash.erase(area->memory, *area->start + unit->first, unit->second - unit->first);
        return 0;
    }
    const auto size = m_options.board.bootloader.dfu->transferSize;
    const auto address = std::uint64_t{m_pointer} + (std::uint64_t{m_block} - firstDfuSeBlock) * size;
    if (m_block < firstDfuSeBlock || !area->writable || !isIn(address, m_bytes.size())) {
        return errAddress;
    }
    return programAt(address - *area->start, m_bytes, false, now);
}

DfuCam::Reply DfuCam::upload(std::uint16_t block, std::size_t length)
{
    const auto* area = setting();
    Reply reply;
    if (!isDfuSe()) {
        m_isLatched = true;
        m_leavesAt.reset();
        const auto offset = std::uint64_t{block} * m_options.board.bootloader.dfu->transferSize;
        if (!area || !area->readable || !area->start) {
            m_state = DfuState::Error;
            m_status = errFile;
            return reply;
        }
        if (offset + length > area->size.value_or(0)) {
            reply.bytes.resize(std::min(length, uploadEnd));
            return reply;
        }
        reply.bytes.resize(length);
        m_flash.read(area->memory, *area->start + offset, reply.bytes);
        return reply;
    }
    if (m_state != DfuState::Idle && m_state != DfuState::UploadIdle) {
        m_state = DfuState::Error;
        m_status = 15;
        return {.kind = Reply::Kind::Stalled};
    }
    if (block == 0) {
        append(reply.bytes, {0x00, 0x21, 0x41});
        reply.bytes.resize(std::min(reply.bytes.size(), length));
        return reply;
    }
    const auto address = std::uint64_t{m_pointer}
        + (std::uint64_t{block} - firstDfuSeBlock) * m_options.board.bootloader.dfu->transferSize;
    if (!area || !area->readable || !area->start || block < firstDfuSeBlock) {
        return {.kind = Reply::Kind::Stalled};
    }
    const auto end = *area->start + area->size.value_or(0);
    reply.bytes.resize(address < end ? std::min<std::uint64_t>(length, end - address) : 0);
    m_flash.read(area->memory, address, reply.bytes);
    m_state = reply.bytes.size() < length ? DfuState::Idle : DfuState::UploadIdle;
    return reply;
}

QJsonObject DfuCam::report() const
{
    constexpr std::array modes{"unplugged", "bootloader", "firmware"};
    const auto number = [](std::uint64_t value) { return static_cast<qint64>(value); };
    return {{QStringLiteral("mode"), QLatin1StringView(modes.at(static_cast<std::size_t>(m_mode)))},
            {QStringLiteral("present"), m_isPresent},
            {QStringLiteral("latched"), m_isLatched},
            {QStringLiteral("requests"), number(m_requests)},
            {QStringLiteral("blocks"), number(m_blocks)},
            {QStringLiteral("erases"), number(m_erases)},
            {QStringLiteral("programmed"), number(m_bytesProgrammed)},
            {QStringLiteral("starts"), number(m_starts)},
            {QStringLiteral("ownMicroseconds"), static_cast<qint64>(m_ownTime.count())}};
}

} // namespace romsmith::sim
