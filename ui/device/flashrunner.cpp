// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashrunner.h"

#include "core/sources/disk.h"
#include "ui/device/devicejobs.h"
#include "ui/device/devicework.h"
#include "ui/device/flashpanel.h"
#include "ui/log.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

using device::FlashState;
using device::Phase;

/// The first bytes, as facts of a partition have them.
std::vector<std::byte> headOf(const romfs::Content& image)
{
    constexpr std::uint64_t most = 16;
    std::vector<std::byte> head(std::min(image.size(), most));
    return image.read(0, head) ? head : std::vector<std::byte>();
}

bool leavesImage(FlashState state)
{
    return state == FlashState::Equal || state == FlashState::NotVerified || state == FlashState::NotMounted
        || state == FlashState::Done;
}

} // namespace

FlashRun replFlash(const KnownDevice& device, const QString& name, std::function<Result<romfs::Content>()> image,
                   const device::DeployOptions& options)
{
    // Made once: a retry writes the same bytes.
    const auto made = std::make_shared<std::optional<romfs::Content>>();
    const auto make = [image = std::move(image), made]() -> Result<romfs::Content> {
        if (!*made) {
            auto content = image();
            if (!content) {
                return content;
            }
            *made = std::move(*content);
        }
        return **made;
    };
    return {.key = device.key(),
            .image = name,
            .cam = device.name(),
            .partition = options.partition,
            .phases = {Phase::Checking, Phase::Comparing, Phase::BackingUp, Phase::Erasing, Phase::Writing,
                       Phase::Verifying, Phase::Restarting},
            .work = [make, options](const device::Port& port, const device::ProgressSink& progress,
                                    const std::stop_token& stop) {
                FlashOutcome outcome;
                outcome.report.device = port.name();
                outcome.report.partition = "ROMFS" + std::to_string(options.partition);
                const auto content = make();
                if (!content) {
                    outcome.report.error = content.error();
                    return outcome;
                }
                outcome.head = headOf(*content);
                const auto opened = device::Device::open(port, stop);
                if (!opened) {
                    outcome.report.error = opened.error();
                    return outcome;
                }
                outcome.said = factsOf(**opened);
                outcome.report = device::deploy(**opened, *content, options, progress, stop);
                return outcome;
            }};
}

FlashRunner::FlashRunner(DeviceList& list, DeviceJobs& jobs, FlashPanel& panel, Log& log)
    : m_list(list)
    , m_jobs(jobs)
    , m_panel(panel)
    , m_log(log)
{
    connect(&panel, &FlashPanel::cancelRequested, &jobs, &DeviceJobs::cancel);
    connect(&panel, &FlashPanel::retryRequested, this, &FlashRunner::retry);
    connect(&panel, &FlashPanel::undoRequested, this, &FlashRunner::undo);
    connect(&jobs, &DeviceJobs::progressed, this,
            [this](const device::Progress& progress, device::Clock::time_point when) {
                if (m_isRunning) {
                    m_panel.progress(progress, when);
                }
            });
    for (const auto signal : {&DeviceList::appeared, &DeviceList::updated}) {
        connect(&list, signal, this, &FlashRunner::updatePanel);
    }
    connect(&list, &DeviceList::vanished, this, &FlashRunner::updatePanel);
    connect(&jobs, &DeviceJobs::started, this, &FlashRunner::updatePanel);
    connect(&jobs, &DeviceJobs::idle, this, &FlashRunner::updatePanel);
}

void FlashRunner::run(FlashRun run)
{
    m_run = std::move(run);
    m_state = FlashState::Unchanged;
    m_backup.clear();
    const auto* device = m_list.find(m_run->key);
    m_imageBefore = device ? device->imageIn(m_run->partition) : QString();
    start();
}

void FlashRunner::retry()
{
    if (m_run && m_hasFailed && againstRunningOn(m_run->key).isEmpty()) {
        start();
    }
}

void FlashRunner::undo()
{
    if (!againstUndo().isEmpty()) {
        return;
    }
    const auto path = m_backup;
    const auto name = m_imageBefore.isEmpty() ? text(path.filename().string()) : m_imageBefore;
    run(replFlash(*m_list.find(m_run->key), name,
                  [path] { return sources::loadFile(path, sources::Loading::Snapshot); },
                  {.partition = m_run->partition, .force = true})); // it was there, whatever the checker says of it
}

void FlashRunner::refuse(const QString& reason)
{
    m_run.reset();
    m_backup.clear();
    m_hasFailed = false;
    m_panel.begin(tr("Flash"), {});
    m_panel.end(false, reason);
    m_log.add(romfs::Severity::Error, reason);
    updatePanel();
    Q_EMIT begun();
}

void FlashRunner::start()
{
    const auto* device = m_list.find(m_run->key);
    if (!device) {
        m_hasFailed = true;
        m_panel.begin(m_run->image, {});
        m_panel.end(false, tr("%1 is not connected. Nothing was changed.").arg(m_run->cam));
        updatePanel();
        Q_EMIT begun();
        return;
    }
    m_isRunning = true;
    const auto title
        = tr("Writing %1 to %2 of %3").arg(m_run->image, m_run->partitionName(), text(device->port.name()));
    m_panel.begin(title, m_run->phases);
    m_log.add(romfs::Severity::Info, title);
    Q_EMIT begun();
    m_jobs.run(
        m_run->key, title,
        [work = m_run->work, port = device->port](const device::ProgressSink& progress, const std::stop_token& stop) {
            return work(port, progress, stop);
        },
        [this](FlashOutcome outcome) { finish(std::move(outcome)); });
    Q_EMIT changed();
}

void FlashRunner::finish(FlashOutcome outcome)
{
    auto& report = outcome.report;
    if (report.error && report.state == FlashState::Unchanged) {
        report.state = m_state; // as the attempt before left it
    }
    m_state = report.state;
    m_isRunning = false;
    m_hasFailed = report.error.has_value();
    if (!report.backup.empty()) {
        m_backup = report.backup;
        m_panel.addToLog(tr("What was there before is kept in %1").arg(text(m_backup.string())));
    }
    for (const auto& finding : report.findings) {
        if (finding.severity != romfs::Severity::Info) {
            m_panel.addToLog(finding.path.empty() ? text(finding.message)
                                                  : tr("%1: %2").arg(shownName(finding.path), text(finding.message)));
        }
    }
    if (outcome.said) {
        m_list.setSaid(m_run->key, std::move(*outcome.said));
    }
    if (m_state != FlashState::Unchanged) {
        m_list.setImage(m_run->key, m_run->partition,
                        leavesImage(m_state) ? std::move(outcome.head) : std::vector<std::byte>(), m_run->image);
    }
    const auto sentence = text(report.sentence());
    m_panel.end(!m_hasFailed, sentence);
    m_log.add(m_hasFailed ? romfs::Severity::Error : romfs::Severity::Info, sentence);
    updatePanel();
    Q_EMIT changed();
}

QString FlashRunner::againstRunningOn(const QString& key) const
{
    if (m_jobs.isBusy()) {
        return tr("another job runs");
    }
    return m_list.find(key) ? QString() : tr("the cam is not connected");
}

QString FlashRunner::againstUndo() const
{
    if (!m_run || m_isRunning) {
        return tr("nothing was flashed yet");
    }
    if (m_backup.empty()) {
        return tr("no image was replaced");
    }
    return againstRunningOn(m_run->key);
}

void FlashRunner::updatePanel()
{
    m_panel.setRetry(m_run && m_hasFailed, m_run ? againstRunningOn(m_run->key) : QString());
    m_panel.setUndo(againstUndo());
    Q_EMIT changed();
}

} // namespace romsmith::ui
