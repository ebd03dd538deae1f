// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/virtualcamhost.h"

#include "ui/background.h"

#include <mutex>

namespace romsmith::ui {

struct VirtualCamHost::Ear
{
    std::mutex mutex;
    VirtualCamHost* host;
};

VirtualCamHost::VirtualCamHost(QObject* parent)
    : QObject(parent)
    , m_ear(std::make_shared<Ear>())
{
    m_ear->host = this;
}

VirtualCamHost::~VirtualCamHost()
{
    const std::scoped_lock lock(m_ear->mutex);
    m_ear->host = nullptr;
}

void VirtualCamHost::setFactory(StartVirtualCam start)
{
    m_start = std::move(start);
    Q_EMIT changed();
}

void VirtualCamHost::start(const boards::Board& board)
{
    if (isRunning() || !m_start) {
        return;
    }
    m_board = &board;
    m_port.clear();
    m_isStarting = true;
    const int number = ++m_number;
    Q_EMIT changed();
    const auto said = [ear = m_ear, number](const std::string& port) {
        const std::scoped_lock lock(ear->mutex);
        if (auto* host = ear->host) {
            QMetaObject::invokeMethod(host, [host, port, number] { host->tell(port, number); }, Qt::QueuedConnection);
        }
    };
    runInBackground(
        this, [start = m_start, &board, said] { return start(board, said); },
        [this, number](Result<std::unique_ptr<VirtualCam>> cam) {
            if (number != m_number) { // stopped before it ran
                return;
            }
            m_isStarting = false;
            if (cam) {
                m_cam = std::move(*cam);
                tellPort();
            } else {
                Q_EMIT failed(cam.error());
            }
            Q_EMIT changed();
        });
}

void VirtualCamHost::stop()
{
    if (!isRunning()) {
        return;
    }
    ++m_number;
    m_isStarting = false;
    m_cam.reset();
    m_port.clear();
    Q_EMIT portChanged(std::nullopt);
    Q_EMIT changed();
}

void VirtualCamHost::tell(const std::string& port, int number)
{
    if (number == m_number) {
        m_port = port;
        tellPort();
    }
}

/// When its place on the USB is known, too.
void VirtualCamHost::tellPort()
{
    if (!m_cam) {
        return;
    }
    Q_EMIT portChanged(m_port.empty() ? std::nullopt
                                      : std::optional(device::Port{.path = m_port,
                                                                   .usb = {},
                                                                   .serial = {},
                                                                   .product = {},
                                                                   .manufacturer = {},
                                                                   .usbPath = m_cam->usbPath(),
                                                                   .board = m_board}));
}

} // namespace romsmith::ui
