// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicejobs.h"

namespace romsmith::ui {

DeviceJobs::DeviceJobs(QObject* parent)
    : QObject(parent)
{
    connect(&m_relay, &ProgressRelay::progressed, this, &DeviceJobs::progressed);
}

DeviceJobs::~DeviceJobs()
{
    if (m_thread.joinable()) {
        m_thread.request_stop();
        m_thread.join();
    }
}

} // namespace romsmith::ui
