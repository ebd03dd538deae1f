// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/boardtable.h"
#include "core/device/ports.h"
#include "core/device/usblink.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace romsmith::ui {

/// A cam without hardware, as long as it lives.
class VirtualCam
{
public:
    VirtualCam() = default;
    VirtualCam(const VirtualCam&) = delete;
    VirtualCam& operator=(const VirtualCam&) = delete;
    virtual ~VirtualCam() = default;

    /// The USB that it is plugged into, where its bootloader shows up; null: none.
    [[nodiscard]] virtual std::shared_ptr<device::UsbBus> bus() const { return nullptr; }
    [[nodiscard]] virtual std::string usbPath() const { return {}; } ///< its place there
};

/// Starts one; blocks until it runs. The callback is told its port, and "" while it is unplugged, in another thread. It
/// comes from the program: the window does not know how such a cam is made.
using StartVirtualCam = std::function<Result<std::unique_ptr<VirtualCam>>(
    const boards::Board& board, std::function<void(const std::string& port)> portChanged)>;

/// The window's virtual cam.
class VirtualCamHost final : public QObject
{
    Q_OBJECT

public:
    explicit VirtualCamHost(QObject* parent = nullptr);
    VirtualCamHost(const VirtualCamHost&) = delete;
    VirtualCamHost& operator=(const VirtualCamHost&) = delete;
    ~VirtualCamHost() override;

    void setFactory(StartVirtualCam start);
    [[nodiscard]] bool isAvailable() const { return static_cast<bool>(m_start); }

    void start(const boards::Board& board);
    void stop();
    [[nodiscard]] bool isRunning() const { return m_isStarting || m_cam; }
    [[nodiscard]] std::shared_ptr<device::UsbBus> bus() const { return m_cam ? m_cam->bus() : nullptr; }
    [[nodiscard]] const boards::Board* board() const { return m_board; } ///< of the one that runs or ran last

Q_SIGNALS:
    void changed(); ///< it runs, or does no longer
    void portChanged(const std::optional<romsmith::device::Port>& port);
    void failed(const romsmith::Error& error);

private:
    struct Ear; ///< shared with the threads of cams, which may outlive this

    void tell(const std::string& port, int number);
    void tellPort();

    std::shared_ptr<Ear> m_ear;
    StartVirtualCam m_start;
    const boards::Board* m_board = nullptr;
    bool m_isStarting = false;
    std::string m_port; ///< empty: none
    int m_number = 0; ///< of the cam: what an old one still has to say is not heard
    std::unique_ptr<VirtualCam> m_cam;
};

} // namespace romsmith::ui
