// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/device.h"

#include "core/device/snippets.h"
#include "core/device/ttylink.h"

#include <format>

namespace romsmith::device {

Result<std::unique_ptr<Device>> Device::open(const Port& port, const std::stop_token& stop)
{
    auto link = openTty(port.path);
    if (!link) {
        return std::unexpected(std::move(link).error());
    }
    return connect(std::move(*link), port, stop);
}

Result<std::unique_ptr<Device>> Device::connect(std::unique_ptr<SerialLink> link, const Port& port,
                                                const std::stop_token& stop)
{
    std::unique_ptr<Device> device(new Device(std::move(link), port));
    device->setStop(stop);
    return device->m_repl.enter().and_then([&] { return device->refresh(); }).transform([&] {
        return std::move(device);
    });
}

/// In two pieces, because the compiler takes more memory for a longer one.
Result<std::string> Device::ask()
{
    return m_repl.exec(code("rom")).and_then([this](const std::string&) { return m_repl.exec(snippet("query")); });
}

Result<void> Device::refresh()
{
    auto said = ask();
    if (!said && isOutOfMemory(said.error())) { // by what its program left there
        said = softReset().and_then([this] { return ask(); });
    }
    if (!said) {
        return std::unexpected(said.error());
    }
    auto facts = parseFacts(*said, name());
    if (!facts) {
        return std::unexpected(std::move(facts).error());
    }
    m_facts = std::move(*facts);
    m_board = identify(m_facts, m_port.usb, boards::BoardTable::known());
    m_wire.setName(std::format("{} ({})", boardName(), m_port.path.string()));
    return {};
}

std::string Device::boardName() const
{
    if (m_board) {
        return m_board->name;
    }
    return m_facts.machine.empty() ? "The device" : m_facts.machine.substr(0, m_facts.machine.find(" with "));
}

Result<PartitionFacts> Device::partition(std::uint32_t index) const
{
    if (!m_facts.hasRomIoctl) {
        return fail(
            ErrorCode::NotFound,
            std::format("{} has no vfs.rom_ioctl: its firmware (MicroPython {}) cannot write ROMFS. Newer firmware "
                        "may.",
                        name(), m_facts.version));
    }
    const auto* found = m_facts.partition(index);
    if (!found) {
        std::string names;
        for (const auto& partition : m_facts.partitions) {
            names += (names.empty() ? "" : ", ") + partition.name();
        }
        return fail(
            ErrorCode::NotFound,
            std::format("{} has no ROMFS partition {}; it has {}.", name(), index, names.empty() ? "none" : names));
    }
    if (found->shape == Shape::None) {
        return fail(ErrorCode::DeviceFailed,
                    std::format("{} does not give out {}: {}.", name(), found->name(), found->problem));
    }
    return *found;
}

std::string Device::code(std::string_view name)
{
    return m_codes.emplace(name).second ? snippet(name) : std::string();
}

Result<void> Device::select(std::uint32_t index)
{
    if (m_selected == index) {
        return {};
    }
    return m_repl.exec(code("rom") + std::format("_rs = _Rs({})\n", index)).transform([&](const std::string&) {
        m_selected = index;
    });
}

Result<void> Device::softReset()
{
    m_codes.clear();
    m_selected.reset();
    return m_repl.softReset();
}

void Device::leave()
{
    const Wire::Uninterrupted finishing(m_wire);
    static_cast<void>(m_repl.leave());
}

} // namespace romsmith::device
