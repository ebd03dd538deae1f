// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicespanel.h"
#include "ui/device/devicetools.h"
#include "ui/device/transportbox.h"
#include "ui/device/waitdialog.h"
#include "ui/documentview.h"
#include "ui/text.h"

#include <QAction>
#include <QDockWidget>

/// What the window has for bootloaders.
namespace romsmith::ui {
namespace {

Result<std::shared_ptr<device::UsbBus>> noUsb()
{
    return fail(ErrorCode::Disconnected, "The virtual cam was stopped.");
}

} // namespace

void DeviceTools::flashFirmware(const QStringList& paths)
{
    if (const auto against = againstFirmware(); !against.isEmpty()) {
        showError({ErrorCode::InvalidArgument, tr("Firmware cannot be flashed now: %1.").arg(against).toStdString()});
    } else {
        m_firmwareFlashing.flash(m_document.data(), currentKey(), m_panel->selectedPartition(), paths);
    }
}

/// An image goes into a tab, everything else into a file.
void DeviceTools::readPart()
{
    const auto* part = m_panel->selectedPart();
    if (!part) {
        return;
    }
    if (part->known && part->known->role == boards::Role::Romfs) {
        m_actions.readIntoTab(currentKey(), partition());
    } else {
        m_bootloaderActions.readIntoFile(currentKey(), part->name);
    }
}

void DeviceTools::waitForBootloader()
{
    const auto* device = current();
    const auto* target = m_document ? m_document->target().board() : nullptr;
    WaitDialog dialog(device && device->board() ? device->board() : target, &m_window);
    if (dialog.exec() == QDialog::Accepted && !m_jobs.isBusy()) {
        m_bootloaderActions.waitFor(dialog.board(), busOf(m_virtualCam.bus() != nullptr));
        showDock(m_devicesDock);
    }
}

// --- USB

OpenBus DeviceTools::busOf(bool isVirtual) const
{
    if (!isVirtual) {
        return m_openUsb ? m_openUsb : noUsb;
    }
    const auto bus = m_virtualCam.bus();
    return bus ? OpenBus([bus] { return bus; }) : noUsb;
}

FlashRunner::BusOf DeviceTools::busOfDevices() const
{
    return [this](const KnownDevice& device) { return busOf(device.isVirtual); };
}

void DeviceTools::setUsb(OpenBus openUsb)
{
    m_openUsb = std::move(openUsb);
    m_bootloaders.start(m_openUsb);
}

void DeviceTools::watchVirtualBus()
{
    if (const auto bus = m_virtualCam.bus(); bus != m_virtualBus) {
        m_virtualBus = bus;
        m_virtualBootloaders.start(bus ? busOf(true) : OpenBus());
    }
}

QString DeviceTools::againstFirmware() const
{
    const auto against = againstDevice();
    const auto* device = current();
    if (!against.isEmpty() || !device) {
        return against;
    }
    if (!device->mayBeOpened) {
        return tr("you may not open %1").arg(text(device->port.path.string()));
    }
    if (device->bootloader && !device->board()) {
        return tr("this is the chip's own loader, which does not tell its board");
    }
    return device->board() && !speaksDfu(device->board())
        ? tr("the bootloader of %1 does not speak DFU").arg(text(device->board()->name))
        : QString();
}

void DeviceTools::updateBootloaderActions(const QString& against)
{
    const auto* device = current();
    const bool isThere = device && device->bootloader;
    enable(m_firmware, againstFirmware());
    const auto notIn = against.isEmpty() && !isThere ? tr("the cam is not in its bootloader") : against;
    enable(m_leaveBootloader, notIn);
    enable(m_enterBootloader, against.isEmpty() && isThere ? tr("the cam is there already") : againstFirmware());
    const auto* part = m_panel->selectedPart();
    const auto notRead = !part ? tr("choose an alternate setting in the list of devices")
        : part->readable       ? QString()
                               : tr("%1 cannot be read").arg(shownName(part->name));
    enable(m_readPart, notIn.isEmpty() ? notRead : notIn);
    enable(m_wait, m_jobs.isBusy() ? m_jobs.title() : QString());
}

void DeviceTools::updateTransport()
{
    const auto* device = current();
    if (!device) {
        m_transport->showChoice(Via::Automatic, tr("no cam is chosen"), false);
        return;
    }
    const auto wanted = viaOf(device->key());
    const auto against = againstTransport(wanted, *device, partition());
    const auto transport = transportFor(wanted, *device, partition());
    const auto way = transport.via == Via::Dfu ? tr("by its bootloader") : tr("over its REPL");
    m_transport->showChoice(wanted,
                            against.isEmpty() ? tr("%1, %2: %3").arg(device->name(), way, transport.reason)
                                              : tr("%1: %2").arg(device->name(), against),
                            !m_runner.isRunning());
}

} // namespace romsmith::ui
