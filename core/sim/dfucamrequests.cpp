// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/dfucam.h"
#include "core/sim/usbbytes.h"

#include <algorithm>

namespace romsmith::sim {
namespace {

using boards::Memory;
using boards::Role;
using device::DfuRequest;
using device::DfuState;
using namespace std::chrono_literals;

constexpr std::uint8_t errWrite = 3;
constexpr std::uint8_t errAddress = 8;
constexpr std::uint8_t errFile = 2;
constexpr std::uint8_t errTarget = 1;
constexpr std::size_t uploadEnd = 4; ///< bytes behind the last block of an upload
constexpr std::uint16_t firstDfuSeBlock = 2;

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

} // namespace

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

} // namespace romsmith::sim
