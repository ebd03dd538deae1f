// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/virtualbus.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::sim {

using device::Milliseconds;
using device::UsbDevice;
using device::UsbLink;
using device::UsbSetting;

class VirtualLink final : public UsbLink
{
public:
    VirtualLink(VirtualBus& bus, std::shared_ptr<DfuCam> cam, UsbDevice facts)
        : m_bus(bus)
        , m_cam(std::move(cam))
        , m_session(m_cam->session())
        , m_facts(std::move(facts))
    { }

    const UsbDevice& device() const override { return m_facts; }

    Result<std::vector<UsbSetting>> settings() override
    {
        const VirtualBus::Lock lock(m_bus.m_mutex);
        return parse(m_cam->configurationDescriptor());
    }

    Result<std::string> string(std::uint8_t index) override
    {
        constexpr std::uint16_t stringType = 0x0300;
        std::array<std::byte, 255> bytes{};
        const auto length
            = controlIn({.type = 0x80, .request = 6, .value = static_cast<std::uint16_t>(stringType | index)}, bytes,
                        std::chrono::seconds(1));
        if (!length) {
            return std::unexpected(length.error());
        }
        std::string text;
        for (std::size_t i = 2; i + 1 < *length; i += 2) {
            text += static_cast<char>(bytes.at(i));
        }
        return text;
    }

    Result<void> claim(std::uint8_t) override
    {
        const VirtualBus::Lock lock(m_bus.m_mutex);
        return isThere() ? Result<void>() : fail(ErrorCode::Disconnected, {});
    }

    Result<void> select(std::uint8_t, std::uint8_t alternate) override
    {
        return transfer(std::chrono::seconds(1), [&](Time now) { return m_cam->select(alternate, now); })
            .transform([](const DfuCam::Reply&) {});
    }

    Result<std::size_t> controlIn(const device::ControlSetup& setup, std::span<std::byte> into,
                                  Milliseconds timeout) override
    {
        return transfer(timeout, [&](Time now) { return m_cam->control(setup, {}, into.size(), now); })
            .transform([&](const DfuCam::Reply& reply) {
                std::ranges::copy(reply.bytes, into.begin());
                return reply.bytes.size();
            });
    }

    Result<std::size_t> controlOut(const device::ControlSetup& setup, romfs::Bytes bytes, Milliseconds timeout) override
    {
        return transfer(timeout, [&](Time now) { return m_cam->control(setup, bytes, 0, now); })
            .transform([&](const DfuCam::Reply&) { return bytes.size(); });
    }

    Result<void> reset() override
    {
        const VirtualBus::Lock lock(m_bus.m_mutex);
        if (!isThere()) {
            return fail(ErrorCode::Disconnected, {});
        }
        m_cam->busReset(m_bus.timeNow());
        m_bus.m_changed.notify_all();
        return isThere() ? Result<void>() : fail(ErrorCode::Disconnected, {});
    }

    void pause(Milliseconds length) override
    {
        VirtualBus::Lock lock(m_bus.m_mutex);
        m_bus.pass(lock, m_bus.timeNow() + length, true);
    }

    Time now() const override { return m_bus.now(); }

private:
    bool isThere() const
    {
        m_cam->advance(m_bus.timeNow());
        return m_cam->isPresent() && m_cam->session() == m_session;
    }

    template <typename Action> Result<DfuCam::Reply> transfer(Milliseconds timeout, Action&& action)
    {
        VirtualBus::Lock lock(m_bus.m_mutex);
        const auto deadline = m_bus.timeNow() + timeout;
        while (true) {
            if (!isThere()) {
                return fail(ErrorCode::Disconnected, {});
            }
            const auto silent = m_cam->silentUntil(m_bus.timeNow());
            if (!silent) {
                break;
            }
            m_bus.pass(lock, std::min(*silent, deadline), true);
            if (*silent > deadline && m_bus.timeNow() >= deadline) {
                return fail(ErrorCode::TimedOut, {});
            }
        }
        auto reply = action(m_bus.timeNow());
        m_bus.m_changed.notify_all();
        m_bus.pass(lock, m_bus.timeNow() + reply.takes, true);
        switch (reply.kind) {
        case DfuCam::Reply::Kind::Done:
            return reply;
        case DfuCam::Reply::Kind::Stalled:
            return fail(ErrorCode::DeviceFailed, {});
        case DfuCam::Reply::Kind::Gone:
            break;
        }
        return fail(ErrorCode::Disconnected, {});
    }

    static std::vector<UsbSetting> parse(romfs::Bytes bytes)
    {
        constexpr unsigned interfaceType = 4;
        constexpr unsigned configurationType = 2;
        std::vector<UsbSetting> settings;
        while (!bytes.empty()) {
            const auto length = std::to_integer<std::size_t>(bytes[0]);
            const auto type = std::to_integer<unsigned>(bytes[1]);
            const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(bytes[i]); };
            if (type == interfaceType) {
                settings.push_back({.interface = at(2),
                                    .number = at(3),
                                    .deviceClass = at(5),
                                    .subclass = at(6),
                                    .protocol = at(7),
                                    .nameIndex = at(8)});
            } else if (type != configurationType && !settings.empty()) {
                settings.back().extra.insert(settings.back().extra.end(), bytes.begin(),
                                             bytes.begin() + static_cast<std::ptrdiff_t>(length));
            }
            bytes = bytes.subspan(length);
        }
        return settings;
    }

    VirtualBus& m_bus;
    std::shared_ptr<DfuCam> m_cam;
    std::uint64_t m_session; ///< of the cam
    UsbDevice m_facts;
};

void VirtualBus::add(std::shared_ptr<DfuCam> cam)
{
    const Lock lock(m_mutex);
    m_cams.push_back(std::move(cam));
}

void VirtualBus::remove(const std::shared_ptr<DfuCam>& cam)
{
    const Lock lock(m_mutex);
    cam->unplug(timeNow());
    std::erase(m_cams, cam);
    m_changed.notify_all();
}

void VirtualBus::change(const std::function<void(Time now)>& action)
{
    const Lock lock(m_mutex);
    action(timeNow());
    m_changed.notify_all();
}

void VirtualBus::advance()
{
    for (const auto& cam : m_cams) {
        cam->advance(timeNow());
    }
}

std::uint64_t VirtualBus::sessions() const
{
    std::uint64_t sum = 0;
    for (const auto& cam : m_cams) {
        sum += cam->session();
    }
    return sum;
}

std::optional<Time> VirtualBus::nextEvent() const
{
    std::optional<Time> next;
    for (const auto& cam : m_cams) {
        const auto at = cam->nextEvent();
        next = at && next ? std::min(at, next) : at ? at : next;
    }
    return next;
}

std::vector<UsbDevice> VirtualBus::devices()
{
    const Lock lock(m_mutex);
    advance();
    m_listed = sessions();
    std::vector<UsbDevice> devices;
    for (const auto& cam : m_cams) {
        if (cam->isPresent()) {
            devices.push_back(cam->describe());
        }
    }
    return devices;
}

Result<std::unique_ptr<UsbLink>> VirtualBus::open(const UsbDevice& device)
{
    const Lock lock(m_mutex);
    advance();
    for (const auto& cam : m_cams) {
        if (cam->isPresent() && cam->session() == device.session) {
            return std::make_unique<VirtualLink>(*this, cam, device);
        }
    }
    return fail(ErrorCode::Disconnected, std::format("The device at USB {} is gone.", device.path));
}

void VirtualBus::wait(std::chrono::milliseconds longest)
{
    Lock lock(m_mutex);
    const auto deadline = timeNow() + longest;
    while (true) {
        advance();
        if (sessions() != m_listed || timeNow() >= deadline) {
            return;
        }
        const auto next = nextEvent();
        const auto until = next ? std::min(*next, deadline) : deadline;
        if (m_isVirtual) {
            m_now = std::max(m_now, until);
        } else {
            m_changed.wait_until(lock, until);
        }
    }
}

void VirtualBus::pass(Lock& lock, Time until, bool forCams)
{
    const auto begin = timeNow();
    if (m_isVirtual) {
        m_now = std::max(m_now, until);
        advance();
    } else {
        while (timeNow() < until) {
            m_changed.wait_until(lock, until);
        }
    }
    if (forCams) {
        m_spent += std::chrono::duration_cast<Microseconds>(timeNow() - begin);
    }
}

Time VirtualBus::now() const
{
    const Lock lock(m_mutex);
    return timeNow();
}

Microseconds VirtualBus::spentByCams() const
{
    const Lock lock(m_mutex);
    return m_spent;
}

} // namespace romsmith::sim
