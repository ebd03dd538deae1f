// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/virtualcam.h"

#include "core/sim/virtualcam.h"

namespace romsmith {
namespace {

class Simulated final : public ui::VirtualCam
{
public:
    explicit Simulated(std::unique_ptr<sim::VirtualCam> cam)
        : m_cam(std::move(cam))
    { }

private:
    std::unique_ptr<sim::VirtualCam> m_cam;
};

} // namespace

ui::StartVirtualCam virtualCamFactory()
{
    return [](const boards::Board& board, std::function<void(const std::string&)> portChanged) {
        sim::VirtualCamOptions options;
        options.board = board;
        options.portChanged = std::move(portChanged);
        return sim::VirtualCam::start(std::move(options)).transform([](std::unique_ptr<sim::VirtualCam> cam) {
            return std::unique_ptr<ui::VirtualCam>(std::make_unique<Simulated>(std::move(cam)));
        });
    };
}

} // namespace romsmith
