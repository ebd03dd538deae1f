// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/deviceactions.h"

#include "core/device/backup.h"
#include "core/romfs/reader.h"
#include "ui/comparisons.h"
#include "ui/device/devicejobs.h"
#include "ui/documentview.h"
#include "ui/log.h"
#include "ui/opening.h"
#include "ui/text.h"

namespace romsmith::ui {
namespace {

/// "OpenMV N6 ROMFS0"
QString imageName(const DeviceFacts& said, std::uint32_t partition)
{
    return said.name % QStringLiteral(" ROMFS%1").arg(partition);
}

} // namespace

DeviceActions::DeviceActions(DeviceList& list, DeviceJobs& jobs, Opening& opening, Comparisons& comparisons, Log& log,
                             FlashRunner::BusOf busOf)
    : m_list(list)
    , m_jobs(jobs)
    , m_opening(opening)
    , m_comparisons(comparisons)
    , m_log(log)
    , m_busOf(std::move(busOf))
{ }

void DeviceActions::note(const QString& text)
{
    m_log.add(romfs::Severity::Info, text);
    Q_EMIT noticed(text);
}

void DeviceActions::look(const QString& key)
{
    const auto* device = m_list.find(key);
    if (!device) {
        return;
    }
    m_jobs.run(
        key, tr("Looking at %1").arg(text(device->port.name())),
        [port = device->port](const device::ProgressSink&, const std::stop_token& stop) { return lookAt(port, stop); },
        [this, key, name = text(device->port.name())](Result<DeviceFacts> said) {
            if (!said) {
                Q_EMIT failed(said.error());
                return;
            }
            m_list.setSaid(key, std::move(*said));
            note(tr("Looked at %1").arg(name));
        });
}

void DeviceActions::read(const QString& key, std::uint32_t partition, std::function<void(ReadImage)> then)
{
    const auto* device = m_list.find(key);
    if (!device) {
        return;
    }
    m_jobs.run(
        key, tr("Reading ROMFS%1 of %2").arg(partition).arg(device->fullName()),
        [known = *device, openBus = m_busOf(*device), partition](const device::ProgressSink& progress,
                                                                 const std::stop_token& stop) {
            return known.bootloader ? readFromBootloader(known, openBus, partition, progress, stop)
                                    : readImage(known.port, partition, progress, stop);
        },
        [this, key, then = std::move(then)](Result<ReadImage> image) {
            if (!image) {
                Q_EMIT failed(image.error());
                return;
            }
            if (image->isByFirmware) {
                m_list.setSaid(key, image->said);
            }
            then(std::move(*image));
        });
}

void DeviceActions::readIntoTab(const QString& key, std::uint32_t partition)
{
    read(key, partition, [this, partition](ReadImage read) {
        auto image = romfs::read(read.content);
        if (!image) {
            Q_EMIT failed(image.error());
            return;
        }
        auto document = std::make_unique<Document>(std::move(*image), QString());
        const auto name = imageName(read.said, partition);
        document->setUntitledName(name);
        auto& opened = m_opening.add(std::move(document)).document();
        if (const auto* board = read.said.board; board && board->partition(partition)) {
            opened.setTarget(build::Target(*board, partition));
        }
        opened.markUnsaved(); // what is on a cam can be gone with the next flash
        note(tr("Read %1, %2 bytes").arg(name, exactSize(read.content.size())));
    });
}

void DeviceActions::backUp(const QString& key, std::uint32_t partition)
{
    read(key, partition, [this, partition](const ReadImage& read) {
        const auto kept
            = device::BackupFolder().add(read.said.board ? read.said.board->id : read.said.name.toStdString(),
                                         QStringLiteral("ROMFS%1").arg(partition).toStdString(), read.content.bytes());
        if (!kept) {
            Q_EMIT failed(kept.error());
            return;
        }
        note(tr("Backed up %1, %2 bytes, to %3")
                 .arg(imageName(read.said, partition), exactSize(kept->size), text(kept->path.string())));
    });
}

void DeviceActions::compare(DocumentView& view, const QString& key, std::uint32_t partition)
{
    read(key, partition, [this, partition, view = QPointer(&view)](const ReadImage& read) {
        auto image = romfs::read(read.content);
        if (!image) {
            Q_EMIT failed(image.error());
        } else if (view) {
            m_comparisons.compareWith(*view, imageName(read.said, partition), std::move(*image));
            note(tr("Compared %1 with %2").arg(imageName(read.said, partition), view->document().name()));
        }
    });
}

void DeviceActions::softReset(const QString& key)
{
    const auto* device = m_list.find(key);
    if (!device) {
        return;
    }
    m_jobs.run(
        key, tr("Restarting %1").arg(text(device->port.name())),
        [port = device->port](const device::ProgressSink&, const std::stop_token& stop) {
            return ui::softReset(port, stop);
        },
        [this, name = text(device->port.name())](const Result<void>& done) {
            if (!done) {
                Q_EMIT failed(done.error());
                return;
            }
            note(tr("Restarted %1").arg(name));
        });
}

} // namespace romsmith::ui
