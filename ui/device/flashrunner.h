// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/deploy.h"
#include "ui/device/devicelist.h"

#include <QObject>

#include <functional>
#include <optional>
#include <vector>

namespace romsmith::ui {

class DeviceJobs;
class FlashPanel;
class Log;

/// What came of writing to a device.
struct FlashOutcome
{
    device::DeployReport report = {};
    std::vector<std::byte> head = {}; ///< the first bytes of the image
    std::optional<DeviceFacts> said = {}; ///< by the device before it was written to; none: it was not reached
};

/// Something to be written to a device, as often as it takes. How it is done is in @p work alone, which blocks.
struct FlashRun
{
    QString key; ///< of the device
    QString image; ///< what it is called: "app.img"
    QString cam; ///< "OpenMV N6"
    std::uint32_t partition = 0;
    std::vector<device::Phase> phases; ///< that may come, in their order
    std::function<FlashOutcome(const device::Port&, const device::ProgressSink&, const std::stop_token&)> work;

    [[nodiscard]] QString partitionName() const { return QStringLiteral("ROMFS%1").arg(partition); }
};

/// Writes the content that @p image gives, in the worker's thread, over the device's REPL.
[[nodiscard]] FlashRun replFlash(const KnownDevice& device, const QString& name,
                                 std::function<Result<romfs::Content>()> image, const device::DeployOptions& options);

/// Does one run after the other, shows it in the panel, and knows how to try it again and how to undo it.
class FlashRunner final : public QObject
{
    Q_OBJECT

public:
    FlashRunner(DeviceList& list, DeviceJobs& jobs, FlashPanel& panel, Log& log);

    void run(FlashRun run); ///< no job may be running
    void retry(); ///< without a question
    void undo(); ///< writes back what was there before
    void refuse(const QString& reason); ///< shows that nothing was begun, and why

    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] QString againstUndo() const; ///< why that cannot be now; empty if it can

Q_SIGNALS:
    void begun(); ///< is to be seen
    void changed();

private:
    void start();
    void finish(FlashOutcome outcome);
    void updatePanel();
    [[nodiscard]] QString againstRunningOn(const QString& key) const;

    DeviceList& m_list;
    DeviceJobs& m_jobs;
    FlashPanel& m_panel;
    Log& m_log;
    std::optional<FlashRun> m_run; ///< the last one
    bool m_isRunning = false;
    bool m_hasFailed = false;
    device::FlashState m_state = device::FlashState::Unchanged; ///< after all attempts of the run
    std::filesystem::path m_backup; ///< of what was there before the run; empty: none
    QString m_imageBefore; ///< what that was called; empty: not known
};

} // namespace romsmith::ui
