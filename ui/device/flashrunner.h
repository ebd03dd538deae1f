// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/dfujob.h"
#include "ui/device/devicelist.h"

#include <QObject>

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace romsmith::ui {

class DeviceJobs;
class FlashPanel;
class Log;

/// What came of writing to a device.
struct FlashOutcome
{
    device::DfuReport report = {}; ///< over the REPL there is one part
    std::map<std::uint32_t, std::vector<std::byte>> heads = {}; ///< the first bytes of the images, by partition
    std::optional<DeviceFacts> said = {}; ///< by the device before it was written to; none: it was not asked
};

/// The first bytes, as facts of a partition have them.
[[nodiscard]] std::vector<std::byte> headOf(const romfs::Content& image);

/// Something to be written to a device, as often as it takes. How it is done is in @p work alone, which blocks.
struct FlashRun
{
    QString key; ///< of the device
    QString image; ///< what it is called: "app.img"
    QString cam; ///< "OpenMV N6"
    QString target; ///< "ROMFS0"
    std::uint32_t partition = 0;
    bool isUndo = false; ///< writes back what was there
    bool isDfu = false; ///< by the bootloader, whose cam need not be there: it is waited for
    const boards::Board* board = nullptr;
    std::vector<device::Phase> phases; ///< that may come, in their order
    /// The device is as it is now; nullptr: not plugged in.
    std::function<FlashOutcome(const KnownDevice*, const device::ProgressSink&, const std::stop_token&)> work;
};

/// Writes the content that @p image gives, in the worker's thread, over the device's REPL.
[[nodiscard]] FlashRun replFlash(const KnownDevice& device, const QString& name,
                                 std::function<Result<romfs::Content>()> image, const device::DeployOptions& options);

/// Does one run after the other, shows it in the panel, and knows how to try it again and how to undo it.
class FlashRunner final : public QObject
{
    Q_OBJECT

public:
    using BusOf = std::function<OpenBus(const KnownDevice&)>;

    FlashRunner(DeviceList& list, DeviceJobs& jobs, FlashPanel& panel, Log& log, BusOf busOf);

    void run(FlashRun run); ///< no job may be running
    void retry(); ///< without a question
    void undo(); ///< writes back what was there before
    void refuse(const QString& reason); ///< shows that nothing was begun, and why

    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] QString againstUndo() const; ///< why that cannot be now; empty if it can

Q_SIGNALS:
    void begun(); ///< is to be seen
    void changed();
    void mayNotOpen(const romsmith::Error& error); ///< what was to be written to

private:
    void start();
    void finish(FlashOutcome outcome);
    void updatePanel();
    [[nodiscard]] QString againstRunning() const;
    void takeOver(device::DfuReport& report);
    [[nodiscard]] QString sentenceOf(const device::DfuReport& report) const;

    DeviceList& m_list;
    DeviceJobs& m_jobs;
    FlashPanel& m_panel;
    Log& m_log;
    BusOf m_busOf;
    std::optional<FlashRun> m_run; ///< the last one
    bool m_isRunning = false;
    bool m_hasFailed = false;
    std::map<std::string, device::FlashState> m_states; ///< by part, after all attempts of the run
    std::map<std::uint32_t, std::filesystem::path> m_backups; ///< of what was there before the run, by partition
    QString m_imageBefore; ///< what that was called; empty: not known
};

} // namespace romsmith::ui
