// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/flashrunner.h"

#include "core/sources/disk.h"
#include "ui/device/devicejobs.h"
#include "ui/device/devicework.h"
#include "ui/device/dfurun.h"
#include "ui/device/flashpanel.h"
#include "ui/log.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

using device::FlashState;
using device::Phase;

bool leavesImage(FlashState state)
{
    return state == FlashState::Equal || state == FlashState::NotVerified || state == FlashState::NotMounted
        || state == FlashState::Done || state == FlashState::Verified || state == FlashState::Started;
}

QString romfsName(std::uint32_t partition)
{
    return QStringLiteral("ROMFS%1").arg(partition);
}

} // namespace

std::vector<std::byte> headOf(const romfs::Content& image)
{
    constexpr std::uint64_t most = 16;
    std::vector<std::byte> head(std::min(image.size(), most));
    return image.read(0, head) ? head : std::vector<std::byte>();
}

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
            .target = romfsName(options.partition),
            .partition = options.partition,
            .board = device.board(),
            .phases = {Phase::Checking, Phase::Comparing, Phase::BackingUp, Phase::Erasing, Phase::Writing,
                       Phase::Verifying, Phase::Restarting},
            .work = [make, options](const KnownDevice* plugged, const device::ProgressSink& progress,
                                    const std::stop_token& stop) {
                FlashOutcome outcome;
                device::DeployReport report{.device = plugged->port.name(),
                                            .partition = romfsName(options.partition).toStdString()};
                const auto deploy = [&]() -> Result<void> {
                    const auto content = make();
                    if (!content) {
                        return std::unexpected(content.error());
                    }
                    outcome.heads[options.partition] = headOf(*content);
                    const auto opened = device::Device::open(plugged->port, stop);
                    if (!opened) {
                        return std::unexpected(opened.error());
                    }
                    outcome.said = factsOf(**opened);
                    report = device::deploy(**opened, *content, options, progress, stop);
                    return {};
                };
                if (auto done = deploy(); !done) {
                    report.error = std::move(done).error();
                }
                outcome.report.device = report.device;
                outcome.report.error = report.error;
                outcome.report.parts.push_back(std::move(report));
                return outcome;
            }};
}

FlashRunner::FlashRunner(DeviceList& list, DeviceJobs& jobs, FlashPanel& panel, Log& log, BusOf busOf)
    : m_list(list)
    , m_jobs(jobs)
    , m_panel(panel)
    , m_log(log)
    , m_busOf(std::move(busOf))
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
    m_states.clear();
    m_backups.clear();
    const auto* device = m_list.find(m_run->key);
    m_imageBefore = device ? device->imageIn(m_run->partition) : QString();
    start();
}

void FlashRunner::retry()
{
    if (m_run && m_hasFailed && againstRunning().isEmpty()) {
        start();
    }
}

void FlashRunner::undo()
{
    if (!againstUndo().isEmpty()) {
        return;
    }
    const auto backups = m_backups;
    const auto& [partition, path] = *backups.begin();
    const auto name = m_imageBefore.isEmpty() ? text(path.filename().string()) : m_imageBefore;
    const auto& device = *m_list.find(m_run->key);
    const auto read
        = [](const std::filesystem::path& from) { return sources::loadFile(from, sources::Loading::Snapshot); };
    // What is written was there, whatever the checker says of it.
    if (!m_run->isDfu) {
        auto back
            = replFlash(device, name, [read, path] { return read(path); }, {.partition = partition, .force = true});
        back.isUndo = true;
        run(std::move(back));
        return;
    }
    QStringList targets;
    for (const auto& backup : backups) {
        targets.append(romfsName(backup.first));
    }
    auto back = dfuFlash(device, m_busOf(device),
                         {.name = name,
                          .target = targets.join(QStringLiteral(", ")),
                          .partition = partition,
                          .files = [read, backups](const std::stop_token&) -> Result<device::FlashFiles> {
                              device::FlashFiles files;
                              for (const auto& [index, from] : backups) {
                                  auto content = read(from);
                                  if (!content) {
                                      return std::unexpected(std::move(content).error());
                                  }
                                  files.images.emplace(index, std::move(*content));
                              }
                              return files;
                          },
                          .force = true});
    back.isUndo = true;
    run(std::move(back));
}

void FlashRunner::refuse(const QString& reason)
{
    m_run.reset();
    m_backups.clear();
    m_hasFailed = false;
    m_panel.begin(tr("Flash"), {});
    m_panel.end(FlashPanel::Ending::Failed, reason);
    m_log.add(romfs::Severity::Error, reason);
    updatePanel();
    Q_EMIT begun();
}

void FlashRunner::start()
{
    const auto* device = m_list.find(m_run->key);
    if (!device && !m_run->isDfu) {
        m_hasFailed = true;
        m_panel.begin(m_run->image, {});
        m_panel.end(FlashPanel::Ending::Failed, tr("%1 is not connected. Nothing was changed.").arg(m_run->cam));
        updatePanel();
        Q_EMIT begun();
        return;
    }
    m_isRunning = true;
    const auto title = (m_run->isUndo ? tr("Writing %1 back to %2 of %3") : tr("Writing %1 to %2 of %3"))
                           .arg(m_run->image, m_run->target, device ? device->fullName() : m_run->cam);
    m_panel.begin(title, m_run->phases);
    if (m_run->isDfu && (!device || device->bootloader) && m_run->board) {
        m_panel.addToLog(tr("If it does not come: %1").arg(text(device::howToEnter(*m_run->board))));
    }
    m_log.add(romfs::Severity::Info, title);
    Q_EMIT begun();
    m_jobs.run(
        m_run->key, title,
        [work = m_run->work, now = device ? std::optional(*device) : std::nullopt](const device::ProgressSink& progress,
                                                                                   const std::stop_token& stop) {
            return work(now ? &*now : nullptr, progress, stop);
        },
        [this](FlashOutcome outcome) { finish(std::move(outcome)); });
    Q_EMIT changed();
}

/// What an attempt did not touch is as the one before left it.
void FlashRunner::takeOver(device::DfuReport& report)
{
    for (auto& part : report.parts) {
        auto& state = m_states[part.partition];
        if (part.state == FlashState::Unchanged) {
            part.state = state;
        }
        state = part.state;
    }
    if (!report.parts.empty()) {
        return;
    }
    for (const auto& [name, state] : m_states) {
        report.parts.push_back({.device = report.device, .partition = name, .state = state});
    }
}

QString FlashRunner::sentenceOf(const device::DfuReport& report) const
{
    const auto sentence = text(m_run->isDfu ? report.sentence() : report.parts.front().sentence());
    return m_run->isDfu && !report.error ? tr("%1; the cam is back").arg(sentence) : sentence;
}

void FlashRunner::finish(FlashOutcome outcome)
{
    auto& report = outcome.report;
    takeOver(report);
    m_isRunning = false;
    m_hasFailed = report.error.has_value();
    if (outcome.said) {
        m_list.setSaid(m_run->key, std::move(*outcome.said));
    }
    for (const auto& part : report.parts) {
        const auto partition = device::partitionNamed(part.partition);
        if (!part.backup.empty() && partition) {
            m_backups.try_emplace(*partition, part.backup);
            m_panel.addToLog(tr("What was there before is kept in %1").arg(text(part.backup.string())));
        }
        for (const auto& finding : part.findings) {
            if (finding.severity != romfs::Severity::Info) {
                m_panel.addToLog(finding.path.empty()
                                     ? text(finding.message)
                                     : tr("%1: %2").arg(shownName(finding.path), text(finding.message)));
            }
        }
        if (partition && part.state != FlashState::Unchanged) {
            m_list.setImage(m_run->key, *partition,
                            leavesImage(part.state) ? std::move(outcome.heads[*partition]) : std::vector<std::byte>(),
                            m_run->image);
        }
    }
    const auto sentence = sentenceOf(report);
    m_panel.end(!m_hasFailed                                     ? FlashPanel::Ending::Done
                    : report.error->code == ErrorCode::Cancelled ? FlashPanel::Ending::Cancelled
                                                                 : FlashPanel::Ending::Failed,
                sentence);
    m_log.add(m_hasFailed ? romfs::Severity::Error : romfs::Severity::Info, sentence);
    updatePanel();
    if (report.error && report.error->code == ErrorCode::AccessDenied) {
        Q_EMIT mayNotOpen(*report.error);
    }
    Q_EMIT changed();
}

QString FlashRunner::againstRunning() const
{
    if (m_jobs.isBusy()) {
        return tr("another job runs");
    }
    return m_run->isDfu || m_list.find(m_run->key) ? QString() : tr("the cam is not connected");
}

QString FlashRunner::againstUndo() const
{
    if (!m_run || m_isRunning) {
        return tr("nothing was flashed yet");
    }
    if (m_backups.empty()) {
        return tr("no image was replaced");
    }
    if (m_jobs.isBusy()) {
        return tr("another job runs");
    }
    return m_list.find(m_run->key) ? QString() : tr("the cam is not connected");
}

void FlashRunner::updatePanel()
{
    m_panel.setRetry(m_run && m_hasFailed, m_run ? againstRunning() : QString());
    m_panel.setUndo(againstUndo());
    Q_EMIT changed();
}

} // namespace romsmith::ui
