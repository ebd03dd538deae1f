// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs.h"

#include <algorithm>

namespace romsmith::ui {

void Jobs::cancelAll()
{
    for (auto& job : m_running) {
        job.stop.request_stop();
    }
}

void Jobs::finish(int id)
{
    std::erase_if(m_running, [id](const Running& job) { return job.id == id; });
    Q_EMIT changed();
}

} // namespace romsmith::ui
