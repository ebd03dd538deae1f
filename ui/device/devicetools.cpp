// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicetools.h"

#include "core/device/libusbbus.h"
#include "ui/device/devicespanel.h"
#include "ui/device/flashbutton.h"
#include "ui/device/flashpanel.h"
#include "ui/device/replconsole.h"
#include "ui/device/transportbox.h"
#include "ui/device/waitdialog.h"
#include "ui/documentview.h"
#include "ui/icons.h"
#include "ui/log.h"
#include "ui/questions.h"
#include "ui/text.h"

#include <QAction>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QTimer>
#include <QTreeView>

#include <algorithm>
#include <utility>

namespace romsmith::ui {
namespace {

const QString chosenKey = QStringLiteral("device");
constexpr auto usualBoard = "OPENMV_N6";

Result<std::shared_ptr<device::UsbBus>> openComputersUsb()
{
    return device::openUsb().transform(
        [](std::unique_ptr<device::UsbBus> bus) { return std::shared_ptr<device::UsbBus>(std::move(bus)); });
}

} // namespace

DeviceTools::DeviceTools(QWidget& window, Opening& opening, Comparisons& comparisons, Questions& questions, Log& log)
    : m_window(window)
    , m_questions(questions)
    , m_log(log)
    , m_panel(new DevicesPanel(m_list, &window))
    , m_flashPanel(new FlashPanel(&window))
    , m_console(new ReplConsole(&window))
    , m_transport(new TransportBox(m_flashPanel))
    , m_runner(m_list, m_jobs, *m_flashPanel, log, busOfDevices())
    , m_flashing(m_list, m_jobs, m_runner, questions, busOfDevices())
    , m_firmwareFlashing(window, m_list, m_jobs, m_runner, questions, busOfDevices())
    , m_actions(m_list, m_jobs, opening, comparisons, log, busOfDevices())
    , m_bootloaderActions(m_list, m_jobs, questions, log, busOfDevices())
    , m_chosen(QSettings().value(chosenKey).toString())
{
    m_flashPanel->addTop(*m_transport);
    connectAll();
    m_watch.start(&PortWatch::findAll);
    setUsb(openComputersUsb);
}

DeviceTools::~DeviceTools()
{
    m_console->release({});
}

void DeviceTools::connectAll()
{
    connect(&m_watch, &PortWatch::changed, &m_list, &DeviceList::setPorts);
    connect(&m_virtualCam, &VirtualCamHost::portChanged, &m_list, &DeviceList::setVirtual);
    connect(&m_virtualCam, &VirtualCamHost::changed, this, &DeviceTools::updateVirtualCamAction);
    connect(&m_virtualCam, &VirtualCamHost::changed, this, &DeviceTools::watchVirtualBus);
    connect(&m_bootloaders, &BootloaderWatch::changed, &m_list,
            [this](const std::vector<SeenBootloader>& seen) { m_list.setBootloaders(seen, false); });
    connect(&m_virtualBootloaders, &BootloaderWatch::changed, &m_list,
            [this](const std::vector<SeenBootloader>& seen) { m_list.setBootloaders(seen, true); });
    connect(m_transport, &TransportBox::chosen, this, [this](Via via) {
        if (const auto key = currentKey(); !key.isEmpty()) {
            setVia(key, via);
        }
        updateActions();
    });
    connect(&m_virtualCam, &VirtualCamHost::failed, this, &DeviceTools::showError);

    connect(&m_list, &DeviceList::appeared, this, [this](const QString& key) {
        m_log.add(romfs::Severity::Info, tr("%1 is there").arg(m_list.find(key)->fullName()));
        showCurrent();
        connectConsole();
    });
    connect(&m_list, &DeviceList::vanished, this, [this](const QString& key, const QString& name) {
        m_log.add(romfs::Severity::Info, tr("%1 is gone").arg(name));
        if (key == m_consoleKey) {
            m_console->release(tr("%1 is not connected").arg(name));
        }
        showCurrent();
    });
    connect(&m_list, &DeviceList::updated, this, &DeviceTools::updateActions);
    connect(m_panel, &DevicesPanel::chosen, this, &DeviceTools::choose);
    connect(m_panel, &DevicesPanel::selectionChanged, this, &DeviceTools::updateActions);
    connect(m_panel, &DevicesPanel::cancelRequested, &m_jobs, &DeviceJobs::cancel);

    connect(&m_jobs, &DeviceJobs::started, this, [this](const QString& key) {
        m_bootloaders.setPaused(true);
        m_virtualBootloaders.setPaused(true);
        if (key == m_consoleKey) {
            m_console->release(tr("Waits: %1").arg(m_jobs.title()));
        }
        m_panel->clearError();
        m_panel->showWork(m_runner.isRunning() ? QString() : m_jobs.title()); // a flash has a panel of its own
        updateActions();
    });
    connect(&m_jobs, &DeviceJobs::progressed, m_panel, &DevicesPanel::showProgress);
    connect(&m_jobs, &DeviceJobs::idle, this, [this] {
        m_bootloaders.setPaused(false);
        m_virtualBootloaders.setPaused(false);
        m_panel->showWork({});
        connectConsole();
        updateActions();
        if (const auto close = std::exchange(m_stopped, {})) {
            QMetaObject::invokeMethod(this, close, Qt::QueuedConnection);
        }
    });
    connect(&m_runner, &FlashRunner::begun, this, [this] { showDock(m_flashDock); });
    connect(&m_runner, &FlashRunner::mayNotOpen, this, &DeviceTools::showError);
    connect(&m_firmwareFlashing, &FirmwareFlashing::failed, this, &DeviceTools::showError);
    connect(&m_bootloaderActions, &BootloaderActions::failed, this, &DeviceTools::showError);
    connect(&m_bootloaderActions, &BootloaderActions::noticed, this, &DeviceTools::noticed);
    connect(&m_runner, &FlashRunner::changed, this, &DeviceTools::updateActions);
    connect(&m_flashing, &Flashing::changed, this, &DeviceTools::updateActions);
    connect(&m_flashing, &Flashing::failed, this, &DeviceTools::showError);
    connect(&m_actions, &DeviceActions::failed, this, &DeviceTools::showError);
    connect(&m_actions, &DeviceActions::noticed, this, &DeviceTools::noticed);
    connect(m_flashPanel, &FlashPanel::saveLogRequested, this, &DeviceTools::saveLogRequested);
    connect(m_console, &ReplConsole::failed, this, [this](const Error& error) {
        if (error.code == ErrorCode::Disconnected) { // a restart, perhaps too short for the list to see
            constexpr std::chrono::seconds pause{1};
            QTimer::singleShot(pause, this, &DeviceTools::connectConsole);
        } else {
            showError(error);
        }
    });
}

void DeviceTools::showError(const Error& error)
{
    if (error.code == ErrorCode::Cancelled) {
        return;
    }
    m_log.add(romfs::Severity::Error, text(error.message));
    m_panel->showError(error);
    showDock(m_devicesDock);
}

void DeviceTools::showDock(QDockWidget* dock) const
{
    dock->show();
    dock->raise();
}

// --- what the window is built with

void DeviceTools::addActions(const Comparisons::AddAction& add)
{
    const auto forDevice = [this](auto member) {
        return [this, member] {
            if (const auto key = currentKey(); !key.isEmpty()) {
                (m_actions.*member)(key, partition());
            }
        };
    };
    m_flash = add("flashAction", tr("&Flash"), QStringLiteral("flash"), QKeySequence(Qt::Key_F9), [this] { flash(); });
    m_undo = add("undoFlashAction", tr("&Undo Flash"), QStringLiteral("undo"), {}, [this] { m_runner.undo(); });
    m_firmware = add("flashFirmwareAction", tr("Flash Fir&mware…"), QStringLiteral("flash"),
                     QKeySequence(Qt::SHIFT | Qt::Key_F9), [this] { flashFirmware(); });
    m_enterBootloader = add("enterBootloaderAction", tr("&Go Into the Bootloader"), {}, {},
                            [this] { m_bootloaderActions.enter(currentKey()); });
    m_leaveBootloader = add("leaveBootloaderAction", tr("&Leave the Bootloader"), {}, {},
                            [this] { m_bootloaderActions.leave(currentKey()); });
    m_readPart = add("readPartAction", tr("&Read the Alternate Setting…"), QStringLiteral("document-open"), {},
                     [this] { readPart(); });
    m_wait = add("waitForBootloaderAction", tr("&Wait for a Cam's Bootloader…"), QStringLiteral("search"), {},
                 [this] { waitForBootloader(); });
    m_look = add("lookAction", tr("&Look at the Cam"), QStringLiteral("search"), {},
                 [this] { m_actions.look(currentKey()); });
    m_look->setIconText(tr("Look"));
    m_read = add("readDeviceAction", tr("Read the Image into a &Tab"), QStringLiteral("document-open"), {},
                 forDevice(&DeviceActions::readIntoTab));
    m_read->setIconText(tr("Read"));
    m_backUp = add("backUpAction", tr("&Back Up the Image"), QStringLiteral("document-save"), {},
                   forDevice(&DeviceActions::backUp));
    m_compare
        = add("compareDeviceAction", tr("&Compare the Image With the Document"), QStringLiteral("compare"), {}, [this] {
              if (m_view) {
                  m_actions.compare(*m_view, currentKey(), partition());
              }
          });
    m_reset = add("softResetAction", tr("&Soft Reset"), QStringLiteral("refresh"), {},
                  [this] { m_actions.softReset(currentKey()); });
    m_repl = add("replAction", tr("REPL C&onsole"), QStringLiteral("terminal"), {}, [this] { openConsole(); });
    m_askFirst = add("askFirstAction", tr("&Ask Before Flashing"), {}, {},
                     [this] { m_flashing.setAsksFirst(currentKey(), m_askFirst->isChecked()); });
    m_askFirst->setCheckable(true);
    m_virtual
        = add("virtualCamAction", tr("Start &Virtual Cam"), QStringLiteral("chip"), {}, [this] { toggleVirtualCam(); });
}

FlashButton* DeviceTools::makeFlashButton(QWidget* parent)
{
    m_flashButton = new FlashButton(*m_flash, parent);
    return m_flashButton;
}

QList<QDockWidget*> DeviceTools::addDocks(const AddDock& add)
{
    m_devicesDock = add(QStringLiteral("devicesDock"), tr("Devices"), m_panel, Qt::LeftDockWidgetArea);
    m_flashDock = add(QStringLiteral("flashDock"), tr("Flash"), m_flashPanel, Qt::BottomDockWidgetArea);
    m_consoleDock = add(QStringLiteral("replDock"), tr("REPL"), m_console, Qt::BottomDockWidgetArea);
    connect(m_consoleDock->toggleViewAction(), &QAction::toggled, this, [this](bool isOpen) {
        if (!isOpen) {
            m_consoleKey.clear();
            m_console->release(tr("Not connected"));
        }
    });
    for (auto* dock : {m_flashDock, m_consoleDock}) {
        dock->hide(); // until there is something to be seen
    }
    return {m_flashDock, m_consoleDock};
}

void DeviceTools::fill(QMenu& menu)
{
    menu.addActions({m_flash, m_firmware, m_undo});
    menu.addSeparator();
    menu.addActions({m_look, m_read, m_compare, m_backUp});
    m_backups = menu.addMenu(tr("&Restore a Backup"));
    connect(m_backups, &QMenu::aboutToShow, this, &DeviceTools::fillBackups);
    menu.addSeparator();
    menu.addActions({m_reset, m_repl});
    menu.addMenu(tr("Bootloa&der"))->addActions({m_enterBootloader, m_leaveBootloader, m_readPart, m_wait});
    menu.addSeparator();
    menu.addActions({m_askFirst, m_virtual});
    m_panel->setActions({m_look, m_read}, menu);
    m_panel->setEmptyAction(*m_virtual);
    updateVirtualCamAction();
}

void DeviceTools::setView(DocumentView* view)
{
    if (m_view) {
        disconnect(&m_view->document(), nullptr, this, nullptr);
    }
    m_view = view;
    m_document = view ? &view->document() : nullptr;
    if (view) {
        connect(&view->document(), &Document::planChanged, this, &DeviceTools::updateActions);
        connect(&view->document(), &Document::targetChanged, this, &DeviceTools::updateActions);
    }
    updateActions();
}

bool DeviceTools::mayClose()
{
    return !m_runner.isRunning() || m_questions.askAboutFlashing(m_jobs.title());
}

bool DeviceTools::stop(std::function<void()> stopped)
{
    if (!m_jobs.isBusy()) {
        return true;
    }
    m_stopped = std::move(stopped);
    m_jobs.cancel();
    return false;
}

// --- which device

const KnownDevice* DeviceTools::current() const
{
    if (const auto* chosen = m_list.find(m_chosen)) {
        return chosen;
    }
    return m_list.devices().size() == 1 ? &m_list.devices().front() : nullptr;
}

QString DeviceTools::currentKey() const
{
    const auto* device = current();
    return device ? device->key() : QString();
}

std::uint32_t DeviceTools::partition() const
{
    const auto* target = m_document ? m_document->target().partition() : nullptr;
    return m_panel->selectedPartition().value_or(target ? target->index : 0);
}

/// Somebody who has chosen a device is asked before another one is written to.
bool DeviceTools::isSure() const
{
    return m_chosen.isEmpty() || m_chosen == currentKey();
}

void DeviceTools::choose(const QString& key)
{
    m_chosen = key;
    QSettings().setValue(chosenKey, key);
    updateActions();
}

void DeviceTools::showCurrent()
{
    m_panel->select(currentKey());
    updateActions();
}

// --- what is done

void DeviceTools::flash()
{
    if (const auto key = currentKey(); !key.isEmpty() && m_view) {
        m_flashing.flash(m_view->document(), key, isSure());
    }
}

void DeviceTools::fillBackups()
{
    constexpr std::size_t most = 20;
    m_backups->clear();
    const auto* device = current();
    const auto* board = device ? device->board() : nullptr;
    const auto name = QStringLiteral("ROMFS%1").arg(partition());
    std::size_t count = 0;
    for (const auto& backup : device::BackupFolder().list()) {
        const bool isOfBoard = !board || backup.board == board->id;
        if (!isOfBoard || text(backup.partition) != name || ++count > most) {
            continue;
        }
        auto* action
            = m_backups->addAction(tr("%1, %2 of %3, %4")
                                       .arg(QLocale().toString(backup.time.toLocalTime(), QLocale::ShortFormat), name,
                                            text(backup.board), roundSize(backup.size)));
        connect(action, &QAction::triggered, this, [this, backup, index = partition()] {
            if (const auto key = currentKey(); !key.isEmpty() && againstDevice().isEmpty()) {
                m_flashing.restore(backup, key, index);
            }
        });
    }
    if (m_backups->isEmpty()) {
        m_backups->addAction(tr("There is no backup for %1").arg(name))->setEnabled(false);
    }
}

void DeviceTools::openConsole()
{
    m_consoleKey = currentKey();
    showDock(m_consoleDock);
    m_console->release(tr("Not connected"));
    connectConsole();
    m_console->input().setFocus();
}

/// If its device is there and nobody else needs it.
void DeviceTools::connectConsole()
{
    const auto* device = m_list.find(m_consoleKey);
    if (device && !device->bootloader && !m_jobs.isBusy() && !m_console->isConnected()) {
        m_console->connectTo(text(device->port.name()), device->port.path);
    }
}

// --- the virtual cam

void DeviceTools::startVirtualCam()
{
    const auto* target = m_document ? m_document->target().board() : nullptr;
    m_virtualCam.start(target ? *target : *boards::BoardTable::known().find(usualBoard));
}

void DeviceTools::toggleVirtualCam()
{
    if (m_virtualCam.isRunning()) {
        m_virtualCam.stop();
    } else {
        startVirtualCam();
    }
}

void DeviceTools::updateVirtualCamAction()
{
    m_virtual->setText(m_virtualCam.isRunning() ? tr("Stop &Virtual Cam") : tr("Start &Virtual Cam"));
    m_virtual->setVisible(m_virtualCam.isAvailable());
    m_virtual->setStatusTip(tr("A cam without hardware: a real MicroPython with the flash of the target's board"));
}

// --- what can be done

QString DeviceTools::againstDevice() const
{
    const auto* device = current();
    if (!device) {
        return m_list.devices().empty() ? tr("no cam connected")
                                        : tr("choose one of %n cam(s)", nullptr, m_list.rowCount());
    }
    if (m_jobs.isBusy()) {
        return m_runner.isRunning() ? tr("an image is being written") : tr("the cam is busy");
    }
    return m_flashing.isPreparing() ? tr("a flash is being prepared") : QString();
}

QString DeviceTools::againstFlash() const
{
    if (m_jobs.isBusy() || m_flashing.isPreparing()) {
        return againstDevice();
    }
    return againstFlashing(m_document.data(), current(), m_list.rowCount());
}

void DeviceTools::enable(QAction* action, const QString& against)
{
    action->setEnabled(against.isEmpty());
    const auto name = action->iconText();
    action->setToolTip(toolTipOf(against.isEmpty() ? name : name % QStringLiteral(" — ") % against));
    action->setStatusTip(against);
}

void DeviceTools::updateActions()
{
    if (!m_flashButton || !m_backups) { // the window is not built yet
        return;
    }
    const auto flashing = againstFlash();
    enable(m_flash, flashing);
    m_flashButton->setReason(flashing);
    const auto against = againstDevice();
    const auto* device = current();
    const bool isInBootloader = device && device->bootloader;
    const auto needsFirmware = against.isEmpty() && isInBootloader ? tr("the cam is in its bootloader") : against;
    for (auto* action : {m_look, m_reset}) {
        enable(action, needsFirmware);
    }
    for (auto* action : {m_read, m_backUp}) {
        enable(action, against);
    }
    updateBootloaderActions(against);
    updateTransport();
    enable(m_compare, against.isEmpty() && !m_view ? tr("no image is open") : against);
    enable(m_undo, m_runner.againstUndo());
    enable(m_repl, isInBootloader ? needsFirmware : device ? QString() : against);
    enable(m_askFirst, device ? QString() : against);
    m_askFirst->setChecked(device && m_flashing.asksFirst(device->key()));
    m_backups->setEnabled(device && against.isEmpty());
}

} // namespace romsmith::ui
