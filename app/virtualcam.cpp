// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/virtualcam.h"

#include "core/sim/virtualcam.h"

namespace romsmith {
namespace {

class Simulated final : public ui::VirtualCam
{
public:
    Simulated(std::unique_ptr<sim::VirtualCam> cam, std::shared_ptr<sim::VirtualBus> bus)
        : m_bus(std::move(bus))
        , m_cam(std::move(cam))
    { }

    [[nodiscard]] std::shared_ptr<device::UsbBus> bus() const override { return m_bus; }
    [[nodiscard]] std::string usbPath() const override { return m_cam->usbPath(); }

private:
    std::shared_ptr<sim::VirtualBus> m_bus;
    std::unique_ptr<sim::VirtualCam> m_cam;
};

} // namespace

ui::StartVirtualCam virtualCamFactory()
{
    return [](const boards::Board& board, std::function<void(const std::string&)> portChanged) {
        sim::VirtualCamOptions options;
        options.board = board;
        options.portChanged = std::move(portChanged);
        options.bus = std::make_shared<sim::VirtualBus>();
        return sim::VirtualCam::start(options).transform([&](std::unique_ptr<sim::VirtualCam> cam) {
            return std::unique_ptr<ui::VirtualCam>(std::make_unique<Simulated>(std::move(cam), options.bus));
        });
    };
}

} // namespace romsmith
