// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/ports.h"

#include <QObject>

#include <functional>
#include <thread>
#include <vector>

namespace romsmith::ui {

/// A port as it is found without opening it.
struct PluggedPort
{
    device::Port port = {};
    bool mayBeOpened = true; ///< by this user

    bool operator==(const PluggedPort&) const = default;
};

/// Tells what is plugged in and taken out, within half a second. It looks in a thread of its own, because the system
/// may be slow to answer.
class PortWatch final : public QObject
{
    Q_OBJECT

public:
    using Find = std::function<std::vector<PluggedPort>()>;

    using QObject::QObject;
    PortWatch(const PortWatch&) = delete;
    PortWatch& operator=(const PortWatch&) = delete;
    ~PortWatch() override;

    /// Has @p find called again and again, in another thread.
    void start(Find find);

    /// The serial ports of this computer that may be cams.
    [[nodiscard]] static std::vector<PluggedPort> findAll();

Q_SIGNALS:
    void changed(const std::vector<romsmith::ui::PluggedPort>& ports);

private:
    std::jthread m_thread;
};

} // namespace romsmith::ui
