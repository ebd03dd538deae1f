// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/firmwareflashing.h"

#include "core/romfs/writer.h"
#include "ui/background.h"
#include "ui/device/devicejobs.h"
#include "ui/device/devicework.h"
#include "ui/device/dfurun.h"
#include "ui/device/transport.h"
#include "ui/questions.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

std::uint32_t partitionOf(const Document& document)
{
    const auto* partition = document.target().partition();
    return partition ? partition->index : 0;
}

/// What no cam could use.
QString whyNotBuilt(const Document& document)
{
    const auto& findings = document.plan().findings;
    const auto has
        = [&](std::string_view code) { return std::ranges::contains(findings, code, &romfs::Finding::code); };
    if (has("not-compiled")) {
        return FirmwareFlashing::tr("it has Python files that cannot be compiled");
    }
    return has(build::missingSource) ? FirmwareFlashing::tr("it has files that cannot be read") : QString();
}

} // namespace

FirmwareFlashing::FirmwareFlashing(QWidget& window, DeviceList& list, DeviceJobs& jobs, FlashRunner& runner,
                                   Questions& questions, FlashRunner::BusOf busOf)
    : m_window(window)
    , m_list(list)
    , m_jobs(jobs)
    , m_runner(runner)
    , m_questions(questions)
    , m_busOf(std::move(busOf))
{ }

void FirmwareFlashing::flash(Document* document, const QString& key, std::optional<std::uint32_t> partition,
                             const QStringList& paths)
{
    const auto* device = m_list.find(key);
    if (!device || m_jobs.isBusy()) {
        return;
    }
    if (device->board() || device->bootloader) {
        ask(document, key, partition, paths);
        return;
    }
    m_jobs.run(
        key, tr("Looking at %1").arg(device->fullName()),
        [port = device->port](const device::ProgressSink&, const std::stop_token& stop) { return lookAt(port, stop); },
        [this, document = QPointer(document), key, partition, paths](Result<DeviceFacts> said) {
            if (!said) {
                Q_EMIT failed(said.error());
                return;
            }
            m_list.setSaid(key, std::move(*said));
            QMetaObject::invokeMethod(this, [=, this] { ask(document, key, partition, paths); }, Qt::QueuedConnection);
        });
}

QString FirmwareFlashing::against(const Document& document, const boards::Board& board)
{
    const auto* made = document.target().board();
    if (document.isNested()) {
        return tr("it is inside another one");
    }
    if (made && made->id != board.id) {
        return tr("it is for %1").arg(text(made->name));
    }
    return whyNotBuilt(document);
}

void FirmwareFlashing::ask(const QPointer<Document>& document, const QString& key,
                           std::optional<std::uint32_t> partition, const QStringList& paths)
{
    const auto* device = m_list.find(key);
    const auto* board = device ? device->board() : nullptr;
    if (!device) {
        return;
    }
    if (!speaksDfu(board)) {
        m_runner.refuse(board ? tr("The bootloader of %1 does not speak DFU: its firmware is flashed with the tools of "
                                   "its maker. An image can be flashed over the REPL.")
                                    .arg(text(board->name))
                              : tr("%1 is a board that Romsmith has no firmware rules for.").arg(device->fullName()));
        return;
    }
    FirmwareDialog dialog({.board = board,
                           .cam = device->port.serial.empty()
                               ? device->fullName()
                               : tr("%1, serial number %2").arg(device->fullName(), text(device->port.serial)),
                           .document = document ? document->name() : QString(),
                           .againstDocument = document ? against(*document, *board) : QString(),
                           .paths = paths,
                           .partition = partition,
                           .choose = [this] { return m_questions.askForFirmware(); },
                           .build = [this, document, board](const auto& then) { build(document, *board, then); }},
                          &m_window);
    if (dialog.exec() != QDialog::Accepted) {
        return;
    }
    const auto plan = std::make_shared<FirmwarePlan>(dialog.plan());
    if (plan->files.eraseFilesystem && !m_questions.askBeforeErasing(text(board->name))) {
        return;
    }
    device = m_list.find(key); // much can happen while a question stands
    if (!device || m_jobs.isBusy()) {
        m_runner.refuse(tr("%1 was not flashed: the cam is no longer there.").arg(plan->names()));
        return;
    }
    const auto& images = plan->files.images;
    m_runner.run(
        dfuFlash(*device, m_busOf(*device),
                 {.name = plan->names(),
                  .target = plan->targets(),
                  .partition = images.empty() ? 0 : images.begin()->first,
                  .files = [plan](const std::stop_token&) -> Result<device::FlashFiles> { return plan->files; }}));
}

/// For the cam's board, if it has none yet.
void FirmwareFlashing::build(const QPointer<Document>& document, const boards::Board& board,
                             const std::function<void(Result<FirmwareWish::Image>)>& then)
{
    if (!document) {
        return;
    }
    if (!document->target().board() && board.partition(0)) {
        document->setTarget(build::Target(board, 0));
    }
    document->whenComplete(this, [this, document, then](const Result<void>& complete) {
        if (!complete || !document) {
            then(complete ? Result<FirmwareWish::Image>(fail(ErrorCode::Cancelled, "The image was closed."))
                          : std::unexpected(complete.error()));
            return;
        }
        if (const auto why = whyNotBuilt(*document); !why.isEmpty()) {
            then(fail(ErrorCode::CannotRead,
                      tr("\"%1\" cannot be flashed: %2.").arg(document->name(), why).toStdString()));
            return;
        }
        runInBackground(
            this, [snapshot = document->image()] { return romfs::write(snapshot.entries, snapshot.layout); },
            [name = document->name(), partition = partitionOf(*document), then](Result<std::vector<std::byte>> bytes) {
                then(std::move(bytes).transform([&](std::vector<std::byte> image) {
                    return FirmwareWish::Image{
                        .name = name, .partition = partition, .content = romfs::Content::own(std::move(image))};
                }));
            });
    });
}

} // namespace romsmith::ui
