// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/device/device.h"
#include "core/sim/virtualcam.h"
#include "tests/ui/windowhelpers.h"
#include "ui/device/devicelist.h"
#include "ui/device/devicespanel.h"
#include "ui/device/devicetools.h"
#include "ui/device/flashbutton.h"
#include "ui/device/flashpanel.h"
#include "ui/device/flashquestion.h"
#include "ui/device/replconsole.h"

#include <QDockWidget>
#include <QJsonObject>
#include <QStandardPaths>
#include <QTreeView>

#include <utility>

/// A window with a virtual cam, and what its user does with it.
namespace romsmith::test {

/// The cam that a window has started, for its faults.
struct StartedCam
{
    sim::VirtualCam* cam = nullptr; ///< nullptr: there is none

    void setFault(const char* name, qint64 value) const
    {
        command({{QStringLiteral("set"), QJsonObject{{QString::fromLatin1(name), value}}}});
    }
    void setBootloaderFault(const char* name, qint64 value) const
    {
        QVERIFY(cam);
        QVERIFY(cam->setBootloader({{QString::fromLatin1(name), value}}));
    }
    void act(const QString& action) const { command({{QStringLiteral("do"), action}}); }

private:
    void command(const QJsonObject& command) const
    {
        QVERIFY(cam);
        QVERIFY(cam->command(command)[QStringLiteral("ok")].toBool());
    }
};

class CamOfTest final : public ui::VirtualCam
{
public:
    CamOfTest(std::unique_ptr<sim::VirtualCam> cam, std::shared_ptr<sim::VirtualBus> bus, StartedCam& started)
        : m_bus(std::move(bus))
        , m_cam(std::move(cam))
        , m_started(started)
    {
        m_started.cam = m_cam.get();
    }
    CamOfTest(const CamOfTest&) = delete;
    CamOfTest& operator=(const CamOfTest&) = delete;
    ~CamOfTest() override { m_started.cam = nullptr; }

    [[nodiscard]] std::shared_ptr<device::UsbBus> bus() const override { return m_bus; }
    [[nodiscard]] std::string usbPath() const override { return m_cam->usbPath(); }

private:
    std::shared_ptr<sim::VirtualBus> m_bus;
    std::unique_ptr<sim::VirtualCam> m_cam;
    StartedCam& m_started;
};

class CamWindow : private StartedCam, public UserWindow
{
public:
    CamWindow()
    {
        devices().virtualCam().setFactory(
            [&started = static_cast<StartedCam&>(*this)](const boards::Board& board,
                                                         std::function<void(const std::string&)> portChanged) {
                sim::VirtualCamOptions options;
                options.board = board;
                options.portChanged = std::move(portChanged);
                options.bus = std::make_shared<sim::VirtualBus>();
                return sim::VirtualCam::start(options).transform(
                    [&](std::unique_ptr<sim::VirtualCam> cam) -> std::unique_ptr<ui::VirtualCam> {
                        return std::make_unique<CamOfTest>(std::move(cam), options.bus, started);
                    });
            });
        questions().askBeforeFlash = [this](const ui::FlashFacts& facts) {
            asked.append(facts);
            return answer;
        };
        questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
    }

    [[nodiscard]] const StartedCam& cam() const { return *this; }
    [[nodiscard]] ui::FlashPanel& panel() { return devices().flashPanel(); }
    [[nodiscard]] QString reason() { return devices().flashButton().reason(); }

    /// What is in the tree, with two blanks in front of what is below a device.
    [[nodiscard]] QStringList rows()
    {
        auto& list = devices().list();
        QStringList all;
        const auto line = [](const QModelIndex& index) {
            return QString(index.data().toString() % u": " % index.siblingAtColumn(1).data().toString());
        };
        for (int row = 0; row < list.rowCount(); ++row) {
            const auto device = list.index(row, 0);
            all.append(line(device));
            for (int below = 0; below < list.rowCount(device); ++below) {
                all.append(u"  " % line(list.index(below, 0, device)));
            }
        }
        return all;
    }

    void plugIn()
    {
        action(QStringLiteral("virtualCamAction"))->trigger();
        ROMSMITH_TRY(!devices().list().devices().empty());
        ROMSMITH_TRY(cam().cam);
    }

    void openFolder(const QString& folder)
    {
        open({folder});
        ROMSMITH_TRY(currentView() && !document().plan().flat.entries.empty() && jobs().isIdle());
    }

    /// Until it is over, however it ended.
    void flashAndWait()
    {
        action(QStringLiteral("flashAction"))->trigger();
        ROMSMITH_TRY(devices().isIdle());
    }

    /// Python that is run on the cam, and what it prints.
    QString run(const QByteArray& code)
    {
        const auto port = devices().list().devices().front().port;
        auto device = must(device::Device::open(port));
        auto said = must(device->repl().exec(code.toStdString()));
        device->leave();
        return ui::text(said).trimmed();
    }

    QString namesInRom() { return run("import os\nprint(' '.join(sorted(os.listdir('/rom'))))"); }

    QList<ui::FlashFacts> asked;
    ui::FlashAnswer answer{.flash = true, .neverAskAgain = false};
};

/// Bytes that do not become fewer on the line, always the same.
[[nodiscard]] inline QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, '\0');
    quint32 state = 1;
    for (auto& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

[[nodiscard]] inline bool hasMicroPython()
{
    return !QStandardPaths::findExecutable(QStringLiteral("micropython")).isEmpty();
}

} // namespace romsmith::test
