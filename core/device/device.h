// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/facts.h"
#include "core/device/ports.h"
#include "core/device/rawrepl.h"

#include <memory>
#include <optional>
#include <set>
#include <stop_token>

namespace romsmith::device {

/// A board that was opened and asked who it is. It is in the raw REPL: what ran on it was interrupted.
class Device
{
public:
    /// Blocks, for 10 s at most when nothing answers.
    [[nodiscard]] static Result<std::unique_ptr<Device>> open(const Port& port, const std::stop_token& stop = {});
    /// The same over a link that is open already.
    [[nodiscard]] static Result<std::unique_ptr<Device>> connect(std::unique_ptr<SerialLink> link, const Port& port,
                                                                 const std::stop_token& stop = {});

    [[nodiscard]] const Port& port() const { return m_port; }
    [[nodiscard]] const Facts& facts() const { return m_facts; }
    [[nodiscard]] const boards::Board* board() const { return m_board; } ///< nullptr: not in the table
    [[nodiscard]] std::string boardName() const;
    /// "OpenMV N6 (/dev/ttyACM0)"
    [[nodiscard]] const std::string& name() const { return m_wire.name(); }

    /// NotFound, or what the device says of it, if it has no such partition.
    [[nodiscard]] Result<PartitionFacts> partition(std::uint32_t index) const;

    /// Asks again.
    [[nodiscard]] Result<void> refresh();
    /// Describes partition @p index as _rs on the device.
    [[nodiscard]] Result<void> select(std::uint32_t index);
    /// Code of resources/device, to be sent in front of what calls it; nothing if the device has it already.
    [[nodiscard]] std::string code(std::string_view name);
    [[nodiscard]] Result<void> softReset();

    void setStop(const std::stop_token& stop) { m_wire.setStop(stop); }
    /// At the prompt that people use; not reported if it fails, because the next one to open the port sets it right.
    void leave();

    [[nodiscard]] Wire& wire() { return m_wire; }
    [[nodiscard]] RawRepl& repl() { return m_repl; }

private:
    Result<std::string> ask();

    Device(std::unique_ptr<SerialLink> link, const Port& port)
        : m_port(port)
        , m_wire(std::move(link), port.name())
        , m_repl(m_wire)
    { }

    Port m_port;
    Wire m_wire;
    RawRepl m_repl;
    Facts m_facts;
    const boards::Board* m_board = nullptr;
    std::set<std::string, std::less<>> m_codes; ///< that the device has until a soft reset
    std::optional<std::uint32_t> m_selected; ///< the same
};

} // namespace romsmith::device
