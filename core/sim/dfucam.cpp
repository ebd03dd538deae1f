// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/dfucam.h"

#include "core/device/bootloader.h"
#include "core/device/firmware.h"
#include "core/sim/usbbytes.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace romsmith::sim {
namespace {

using boards::Role;
using device::DfuState;
using namespace std::chrono_literals;

constexpr auto enumeration = 300ms; ///< from power or reset until the bootloader is on the bus
constexpr auto crash = 300ms; ///< from the start of firmware that cannot run until the chip's reset
constexpr auto usualWindow = 1500ms;

std::uint64_t newSession()
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

} // namespace

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
