// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/comparisons.h"
#include "ui/device/bootloaderactions.h"
#include "ui/device/deviceactions.h"
#include "ui/device/devicejobs.h"
#include "ui/device/firmwareflashing.h"
#include "ui/device/flashing.h"
#include "ui/device/flashrunner.h"
#include "ui/device/portwatch.h"
#include "ui/device/virtualcamhost.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QAction;
class QDockWidget;
class QMenu;

namespace romsmith::ui {

class DevicesPanel;
class DocumentView;
class FlashButton;
class FlashPanel;
class Log;
class Opening;
class ReplConsole;
class TransportBox;
struct Questions;

/// All that the window has for devices: its docks, actions and menu, and how they go together.
class DeviceTools final : public QObject
{
    Q_OBJECT

public:
    using AddDock = std::function<QDockWidget*(const QString& name, const QString& title, QWidget* widget,
                                               Qt::DockWidgetArea area)>;

    /// @p window is the parent of what is shown.
    DeviceTools(QWidget& window, Opening& opening, Comparisons& comparisons, Questions& questions, Log& log);
    ~DeviceTools() override;

    // What the window is built with, in this order.
    void addActions(const Comparisons::AddAction& add);
    [[nodiscard]] FlashButton* makeFlashButton(QWidget* parent);
    /// Gives those of the bottom.
    QList<QDockWidget*> addDocks(const AddDock& add);
    void fill(QMenu& menu);

    void setView(DocumentView* view); ///< the document in front; nullptr for none

    /// False if something is being done with a device that the user does not want to stop.
    [[nodiscard]] bool mayClose();
    /// True if nothing is being done any more; otherwise it is stopped, and @p stopped is called then.
    [[nodiscard]] bool stop(std::function<void()> stopped);

    /// Nothing is being done with a device, and nothing is asked.
    [[nodiscard]] bool isIdle() const { return !m_jobs.isBusy() && !m_flashing.isPreparing(); }
    [[nodiscard]] PortWatch& watch() { return m_watch; }
    /// Where bootloaders are looked for besides the virtual cam's; an empty one: nowhere.
    void setUsb(OpenBus openUsb);
    [[nodiscard]] TransportBox& transportBox() const { return *m_transport; }
    [[nodiscard]] DeviceList& list() { return m_list; }
    [[nodiscard]] DeviceJobs& jobs() { return m_jobs; }
    [[nodiscard]] QDockWidget* dock() const { return m_devicesDock; }
    [[nodiscard]] DevicesPanel& panel() const { return *m_panel; }
    [[nodiscard]] FlashPanel& flashPanel() const { return *m_flashPanel; }
    [[nodiscard]] FlashButton& flashButton() const { return *m_flashButton; }
    [[nodiscard]] ReplConsole& console() const { return *m_console; }
    [[nodiscard]] VirtualCamHost& virtualCam() { return m_virtualCam; }

    /// Asks first; @p paths are what is chosen to begin with.
    void flashFirmware(const QStringList& paths = {});

    /// That of the target's board, or else of an OpenMV N6.
    void startVirtualCam();

Q_SIGNALS:
    void noticed(const QString& text); ///< something to be told in passing
    void saveLogRequested(const QString& text);

private:
    void connectAll();
    [[nodiscard]] const KnownDevice* current() const; ///< the chosen one, or the only one
    [[nodiscard]] QString currentKey() const;
    [[nodiscard]] std::uint32_t partition() const; ///< the one that is meant
    [[nodiscard]] bool isSure() const; ///< the current device is the one that was chosen

    void choose(const QString& key);
    void showCurrent();
    void showDock(QDockWidget* dock) const;
    void showError(const Error& error);

    void flash();
    void readPart();
    void waitForBootloader();
    [[nodiscard]] OpenBus busOf(bool isVirtual) const;
    [[nodiscard]] FlashRunner::BusOf busOfDevices() const;
    void watchVirtualBus();
    void fillBackups();
    void openConsole();
    void connectConsole();
    void toggleVirtualCam();

    void updateActions();
    void updateVirtualCamAction();
    [[nodiscard]] QString againstDevice() const;
    [[nodiscard]] QString againstFlash() const;
    [[nodiscard]] QString againstFirmware() const;
    void updateBootloaderActions(const QString& against);
    void updateTransport();
    void enable(QAction* action, const QString& against);

    QWidget& m_window;
    Questions& m_questions;
    Log& m_log;
    DeviceList m_list;
    PortWatch m_watch;
    VirtualCamHost m_virtualCam;
    OpenBus m_openUsb;
    BootloaderWatch m_bootloaders; ///< on the computer's USB
    BootloaderWatch m_virtualBootloaders;
    std::shared_ptr<device::UsbBus> m_virtualBus; ///< that is watched
    DeviceJobs m_jobs;
    DevicesPanel* m_panel;
    FlashPanel* m_flashPanel;
    ReplConsole* m_console;
    TransportBox* m_transport;
    FlashRunner m_runner;
    Flashing m_flashing;
    FirmwareFlashing m_firmwareFlashing;
    DeviceActions m_actions;
    BootloaderActions m_bootloaderActions;
    QPointer<DocumentView> m_view;
    QPointer<Document> m_document; ///< of the view, which lives a little longer
    QString m_chosen; ///< the device that the user chose, which need not be plugged in
    QString m_consoleKey; ///< the device of the console; empty: it is closed
    std::function<void()> m_stopped;

    FlashButton* m_flashButton = nullptr;
    QDockWidget* m_flashDock = nullptr;
    QDockWidget* m_devicesDock = nullptr;
    QDockWidget* m_consoleDock = nullptr;
    QMenu* m_backups = nullptr;
    QAction* m_flash = nullptr;
    QAction* m_undo = nullptr;
    QAction* m_firmware = nullptr;
    QAction* m_enterBootloader = nullptr;
    QAction* m_leaveBootloader = nullptr;
    QAction* m_readPart = nullptr;
    QAction* m_wait = nullptr;
    QAction* m_look = nullptr;
    QAction* m_read = nullptr;
    QAction* m_backUp = nullptr;
    QAction* m_compare = nullptr;
    QAction* m_reset = nullptr;
    QAction* m_repl = nullptr;
    QAction* m_askFirst = nullptr;
    QAction* m_virtual = nullptr;
};

} // namespace romsmith::ui
