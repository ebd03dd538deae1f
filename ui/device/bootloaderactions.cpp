// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/bootloaderactions.h"

#include "core/device/waysin.h"
#include "ui/device/devicejobs.h"
#include "ui/device/waitdialog.h"
#include "ui/log.h"
#include "ui/questions.h"
#include "ui/text.h"

#include <QSaveFile>

#include <chrono>
#include <format>

namespace romsmith::ui {
namespace {

constexpr std::chrono::seconds usualWait{15};
constexpr std::chrono::seconds startPatience{20};
/// Somebody goes and finds a cable, or a jumper; it can be cancelled.
constexpr std::chrono::hours longWait{1};

Result<void> save(const QString& path, romfs::Bytes bytes)
{
    QSaveFile file(path);
    const auto size = static_cast<qint64>(bytes.size());
    if (!file.open(QIODevice::WriteOnly) || file.write(reinterpret_cast<const char*>(bytes.data()), size) != size
        || !file.commit()) {
        return fail(ErrorCode::CannotWrite,
                    std::format("{} cannot be written: {}.", path.toStdString(), file.errorString().toStdString()));
    }
    return {};
}

} // namespace

Result<device::Caught> openBootloader(device::UsbBus& bus, const device::BootloaderDevice& device,
                                      const std::stop_token& stop)
{
    return device::catchBootloader(bus, {.path = device.usb.path, .board = device.board}, usualWait, {}, stop);
}

BootloaderActions::BootloaderActions(DeviceList& list, DeviceJobs& jobs, Questions& questions, Log& log,
                                     FlashRunner::BusOf busOf)
    : m_list(list)
    , m_jobs(jobs)
    , m_questions(questions)
    , m_log(log)
    , m_busOf(std::move(busOf))
{ }

void BootloaderActions::note(const QString& text)
{
    m_log.add(romfs::Severity::Info, text);
    Q_EMIT noticed(text);
}

void BootloaderActions::enter(const QString& key)
{
    const auto* device = m_list.find(key);
    if (!device || device->bootloader) {
        return;
    }
    m_jobs.run(
        key, tr("Bringing %1 into its bootloader").arg(device->fullName()),
        [port = device->port, board = device->board(), openBus = m_busOf(*device)](
            const device::ProgressSink& progress, const std::stop_token& stop) -> Result<std::string> {
            const auto bus = openBus();
            if (!bus) {
                return std::unexpected(bus.error());
            }
            return device::enterBootloader(**bus, port, {.board = board}, usualWait, progress, stop)
                .transform([](const device::Caught& caught) { return caught.device.name(); });
        },
        [this](const Result<std::string>& name) {
            if (!name) {
                Q_EMIT failed(name.error());
                return;
            }
            note(tr("%1 is ready; it stays there").arg(text(*name)));
        });
}

void BootloaderActions::leave(const QString& key)
{
    const auto* device = m_list.find(key);
    if (!device || !device->bootloader) {
        return;
    }
    m_jobs.run(
        key, tr("Starting the firmware of %1").arg(device->name()),
        [bootloader = device->bootloader->device, openBus = m_busOf(*device)](
            const device::ProgressSink& progress, const std::stop_token& stop) -> Result<void> {
            const auto bus = openBus();
            if (!bus) {
                return std::unexpected(bus.error());
            }
            auto caught = openBootloader(**bus, bootloader, stop);
            if (!caught) {
                return std::unexpected(std::move(caught).error());
            }
            progress({.phase = device::Phase::Restarting});
            return device::leaveBootloader(**bus, std::move(*caught), startPatience, stop)
                .transform([](const device::UsbDevice&) { });
        },
        [this, name = device->name()](const Result<void>& done) {
            if (!done) {
                Q_EMIT failed(done.error());
                return;
            }
            note(tr("%1 left its bootloader and has started").arg(name));
        });
}

void BootloaderActions::readIntoFile(const QString& key, const std::string& part)
{
    const auto* device = m_list.find(key);
    if (!device || !device->bootloader) {
        return;
    }
    const auto name = shownName(part.substr(0, part.find('/'))).simplified();
    const auto path = m_questions.askForPartPath(name.toLower() % QStringLiteral(".bin"));
    device = m_list.find(key); // much can happen while a question stands
    if (path.isEmpty() || !device || !device->bootloader || m_jobs.isBusy()) {
        return;
    }
    m_jobs.run(
        key, tr("Reading %1 of %2").arg(name, device->fullName()),
        [part, path, bootloader = device->bootloader->device, openBus = m_busOf(*device)](
            const device::ProgressSink& progress, const std::stop_token& stop) -> Result<std::uint64_t> {
            const auto bus = openBus();
            if (!bus) {
                return std::unexpected(bus.error());
            }
            const auto caught = openBootloader(**bus, bootloader, stop);
            if (!caught) {
                return std::unexpected(caught.error());
            }
            const auto count = [&progress](std::uint64_t done, std::uint64_t total) {
                progress({.phase = device::Phase::BackingUp, .done = done, .total = total});
            };
            return device::readOverDfu(*caught, part, true, count, stop).and_then([&](const romfs::Content& content) {
                return save(path, content.bytes()).transform([&] { return content.size(); });
            });
        },
        [this, name, path](const Result<std::uint64_t>& size) {
            if (!size) {
                Q_EMIT failed(size.error());
                return;
            }
            note(tr("Read %1, %2 bytes, to %3").arg(name, exactSize(*size), path));
        });
}

void BootloaderActions::waitFor(const boards::Board* board, const OpenBus& openBus)
{
    const auto cam = board ? text(board->name) : tr("any cam");
    m_jobs.run(
        {}, tr("Waiting for the bootloader of %1. %2").arg(cam, helpToEnter(board)),
        [board, openBus](const device::ProgressSink&, const std::stop_token& stop) -> Result<std::string> {
            const auto bus = openBus();
            if (!bus) {
                return std::unexpected(bus.error());
            }
            return device::catchBootloader(**bus, {.board = board}, longWait, {}, stop)
                .transform([](const device::Caught& caught) { return caught.device.name(); });
        },
        [this](const Result<std::string>& name) {
            if (!name) {
                Q_EMIT failed(name.error());
                return;
            }
            note(tr("%1 was caught and stays there: flash it now").arg(text(*name)));
        });
}

} // namespace romsmith::ui
