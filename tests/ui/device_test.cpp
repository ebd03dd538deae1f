// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/camwindow.h"
#include "ui/compareview.h"
#include "ui/device/phaseclock.h"
#include "ui/device/terminaltext.h"
#include "ui/translations.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QLabel>
#include <QPlainTextEdit>

#include <mutex>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::CamWindow;

namespace {

device::Port port(const char* path, const char* serial = "", const char* board = "OPENMV_N6")
{
    return {.path = path,
            .usb = {},
            .serial = serial,
            .product = {},
            .manufacturer = {},
            .board = boards::BoardTable::known().find(board)};
}

/// What is plugged in, as a test wants it.
class Bus
{
public:
    void set(std::vector<ui::PluggedPort> ports)
    {
        const std::scoped_lock lock(m_mutex);
        m_ports = std::move(ports);
    }
    ui::PortWatch::Find find()
    {
        return [this] {
            const std::scoped_lock lock(m_mutex);
            return m_ports;
        };
    }

private:
    std::mutex m_mutex;
    std::vector<ui::PluggedPort> m_ports;
};

} // namespace

/// The Devices dock and the console, over the REPL of a virtual cam.
class DeviceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QSettings().clear(); }

    void withoutACamTheDockSaysWhatToDo();
    void camsComeAndGo();
    void theListIsAProperModel();
    void whatIsKnownOfASerialNumberIsRemembered();
    void theChosenCamIsKept();
    void aCamThatMayNotBeOpenedSaysSo();
    void theVirtualCamComesAndGoes();
    void aLookTellsPartitionsAndFirmware();
    void readingGivesTheImageThatWasFlashed();
    void whatIsOnTheCamIsCompared();
    void anEmptyPartitionCannotBeRead();
    void aCamThatVanishesInTheMiddleOfALookSaysSo();
    void theConsoleTalks();
    void theConsoleLetsTheCamGoForAJob();
    void theConsoleKnowsWhatWasTyped();
    void theTerminalUnderstandsTheLineEditor();
    void speedAndTimeFollowTheProgress();
    void theLogKeepsWhatWasDone();
};

void DeviceTest::initTestCase()
{
    if (!test::hasMicroPython()) {
        QSKIP("There is no MicroPython.");
    }
    ui::installTranslations();
}

void DeviceTest::withoutACamTheDockSaysWhatToDo()
{
    CamWindow window;
    const auto said = window.devices().panel().emptyText();
    QVERIFY2(said.contains(u"Plug"_s) && said.contains(u"USB"_s), qPrintable(said));
    QCOMPARE(window.action(u"virtualCamAction"_s)->text(), u"Start &Virtual Cam"_s);
    QVERIFY(ui::DevicesPanel::permissionCommand().contains(u"udev"_s));
}

void DeviceTest::camsComeAndGo()
{
    Bus bus;
    CamWindow window;
    window.devices().watch().start(bus.find());
    bus.set({{.port = port("/dev/ttyACM0", "1234")}});
    ROMSMITH_TRY_COMPARE(window.rows(),
                         QStringList({u"OpenMV N6: "_s, u"  Port: /dev/ttyACM0"_s, u"  Serial: 1234"_s,
                                      u"  Firmware: not asked yet"_s, u"  ROMFS0: 24.0 MiB"_s}));
    bus.set({});
    ROMSMITH_TRY(window.rows().isEmpty());
    QVERIFY(window.log().text().contains(u"OpenMV N6 is gone"_s));
}

void DeviceTest::theListIsAProperModel()
{
    ui::DeviceList list;
    const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ui::PluggedPort first{.port = port("/dev/ttyACM0", "1")};
    const ui::PluggedPort second{.port = port("/dev/ttyACM1", "2", "OPENMV_AE3")};
    list.setPorts({first, second});
    const QPersistentModelIndex row = list.index(0, 1, list.indexOf(u"2"_s));
    list.setVirtual(port("/dev/pts/7"));
    QCOMPARE(list.rowCount(), 3);
    ui::DeviceFacts said{.facts = {}, .board = nullptr, .name = u"Something"_s};
    said.facts.partitions.resize(3);
    list.setSaid(u"2"_s, said);
    list.setPorts({second});
    QCOMPARE(list.rowCount(), 2);
    QCOMPARE(row.data().toString(), u"/dev/ttyACM1"_s);
    list.setVirtual({});
    list.setPorts({});
    QVERIFY(!row.isValid());
    QCOMPARE(list.rowCount(), 0);
}

void DeviceTest::whatIsKnownOfASerialNumberIsRemembered()
{
    ui::DeviceList list;
    const ui::DeviceFacts said{.facts = {}, .board = nullptr, .name = u"My Cam"_s};
    list.setPorts({{.port = port("/dev/ttyACM0", "1")}, {.port = port("/dev/ttyACM1")}});
    list.setSaid(u"1"_s, said);
    list.setSaid(u"/dev/ttyACM1"_s, said);
    list.setPorts({});
    list.setPorts({{.port = port("/dev/ttyACM5", "1")}, {.port = port("/dev/ttyACM1")}});
    QCOMPARE(list.find(u"1"_s)->name(), u"My Cam"_s);
    QCOMPARE(list.find(u"/dev/ttyACM1"_s)->name(), u"OpenMV N6"_s); // may be another one
}

void DeviceTest::theChosenCamIsKept()
{
    Bus bus;
    const ui::PluggedPort a{.port = port("/dev/ttyACM0", "A")};
    const ui::PluggedPort b{.port = port("/dev/ttyACM1", "B")};
    bus.set({a, b});
    CamWindow window;
    window.newDocument();
    window.devices().watch().start(bus.find());
    ROMSMITH_TRY_COMPARE(window.reason(), u"choose one of 2 cams"_s);
    auto& view = window.devices().panel().view();
    const auto index = window.devices().list().indexOf(u"B"_s);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(index).center());
    QCOMPARE(window.reason(), QString());
    QCOMPARE(window.devices().panel().selected(), u"B"_s);

    bus.set({a});
    ROMSMITH_TRY_COMPARE(window.devices().panel().selected(), u"A"_s); // the only one
    bus.set({a, {.port = port("/dev/ttyACM7", "B")}});
    ROMSMITH_TRY_COMPARE(window.devices().panel().selected(), u"B"_s);
}

void DeviceTest::aCamThatMayNotBeOpenedSaysSo()
{
    Bus bus;
    bus.set({{.port = port("/dev/ttyACM0"), .mayBeOpened = false}});
    CamWindow window;
    window.devices().watch().start(bus.find());
    ROMSMITH_TRY_COMPARE(window.reason(), u"you may not open /dev/ttyACM0"_s);
    QVERIFY2(window.rows().contains(u"  Permission: you may not open it"_s), qPrintable(window.rows().join(u'\n')));
    window.devices().panel().showError({.code = ErrorCode::AccessDenied, .message = "You may not."});
    for (auto* button : window.devices().panel().findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text().contains(u"Command"_s)) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QCOMPARE(QGuiApplication::clipboard()->text(), ui::DevicesPanel::permissionCommand());
}

void DeviceTest::theVirtualCamComesAndGoes()
{
    CamWindow window;
    window.plugIn();
    QCOMPARE(window.rows().front(), u"OpenMV N6: virtual"_s);
    QCOMPARE(window.action(u"virtualCamAction"_s)->text(), u"Stop &Virtual Cam"_s);
    window.action(u"virtualCamAction"_s)->trigger();
    QVERIFY(window.rows().isEmpty());
    QVERIFY(!window.cam().cam);
    window.newDocument();
    window.chooseTarget(u"OpenMV AE3"_s);
    window.plugIn();
    QCOMPARE(window.rows().front(), u"OpenMV AE3: virtual"_s);
}

void DeviceTest::aLookTellsPartitionsAndFirmware()
{
    CamWindow window;
    window.plugIn();
    QVERIFY(window.rows().contains(u"  Firmware: not asked yet"_s));
    window.action(u"lookAction"_s)->trigger();
    ROMSMITH_TRY(!window.devices().jobs().isBusy());
    QVERIFY2(window.rows().contains(u"  ROMFS0: 24.0 MiB, no image"_s), qPrintable(window.rows().join(u'\n')));
    QVERIFY(!window.rows().contains(u"  Firmware: not asked yet"_s));
}

void DeviceTest::readingGivesTheImageThatWasFlashed()
{
    const test::Folder folder;
    folder.write(u"app/x.txt"_s, "some text");
    CamWindow window;
    window.openFolder(folder.path(u"app"_s));
    window.plugIn();
    window.flashAndWait();
    const auto flashed = test::bytesOf(window.document());
    window.action(u"readDeviceAction"_s)->trigger();
    ROMSMITH_TRY(window.documentCount() == 2);
    QCOMPARE(window.document().name(), u"OpenMV N6 ROMFS0"_s);
    QCOMPARE(test::bytesOf(window.document()), flashed);
    QVERIFY(window.document().isModified());
    QCOMPARE(ui::text(window.document().target().key()), u"OPENMV_N6/0"_s);
}

void DeviceTest::whatIsOnTheCamIsCompared()
{
    const test::Folder folder;
    folder.write(u"app/x.txt"_s, "some text");
    CamWindow window;
    window.openFolder(folder.path(u"app"_s));
    window.plugIn();
    window.flashAndWait();
    test::fill(window.document(), {{"added.txt", "new"}});
    window.action(u"compareDeviceAction"_s)->trigger();
    ROMSMITH_TRY(window.findChild<ui::CompareView*>());
    auto* comparison = window.findChild<ui::CompareView*>();
    ROMSMITH_TRY(comparison->isFinished());
    QVERIFY2(comparison->report().contains(u"added.txt"_s), qPrintable(comparison->report()));
    QCOMPARE(comparison->titleA(), u"OpenMV N6 ROMFS0"_s);
}

void DeviceTest::anEmptyPartitionCannotBeRead()
{
    CamWindow window;
    window.plugIn();
    window.action(u"readDeviceAction"_s)->trigger();
    ROMSMITH_TRY(!window.devices().panel().errorText().isEmpty());
    QVERIFY2(window.devices().panel().errorText().startsWith(u"There is no image in ROMFS0 of OpenMV N6"_s),
             qPrintable(window.devices().panel().errorText()));
    QCOMPARE(window.documentCount(), 0);
}

void DeviceTest::aCamThatVanishesInTheMiddleOfALookSaysSo()
{
    CamWindow window;
    window.plugIn();
    window.cam().setFault("unplug-after", 200);
    window.action(u"lookAction"_s)->trigger();
    ROMSMITH_TRY(!window.devices().panel().errorText().isEmpty());
    ROMSMITH_TRY(window.rows().isEmpty());
    QVERIFY(!window.devices().jobs().isBusy());
    window.cam().act(u"replug"_s);
    ROMSMITH_TRY(window.action(u"lookAction"_s)->isEnabled());
}

void DeviceTest::theConsoleTalks()
{
    CamWindow window;
    window.plugIn();
    window.action(u"replAction"_s)->trigger();
    auto& console = window.devices().console();
    ROMSMITH_TRY(console.state().text().startsWith(u"Connected to OpenMV N6"_s));
    QCOMPARE(QApplication::focusWidget(), &console.input());
    window.type(u"print(6 * 7)"_s);
    window.press(Qt::Key_Return);
    ROMSMITH_TRY(console.output().toPlainText().contains(u"\n42\n"_s));
    QVERIFY2(console.output().toPlainText().contains(u">>> print(6 * 7)\n42\n>>> "_s),
             qPrintable(console.output().toPlainText()));

    window.type(u"import time; print('be' + 'gun'); time.sleep(1000)"_s);
    window.press(Qt::Key_Return);
    ROMSMITH_TRY(console.output().toPlainText().contains(u"\nbegun\n"_s));
    window.press(Qt::Key_C, Qt::ControlModifier);
    ROMSMITH_TRY(console.output().toPlainText().contains(u"KeyboardInterrupt"_s));
    window.press(Qt::Key_D, Qt::ControlModifier);
    ROMSMITH_TRY(console.output().toPlainText().contains(u"soft reboot"_s));
    window.findChild<QDockWidget*>(u"replDock"_s)->close();
    QVERIFY(!console.isConnected());
}

void DeviceTest::theConsoleLetsTheCamGoForAJob()
{
    const test::Folder folder;
    folder.write(u"app/x.txt"_s, "some text");
    CamWindow window;
    window.openFolder(folder.path(u"app"_s));
    window.plugIn();
    window.action(u"replAction"_s)->trigger();
    auto& console = window.devices().console();
    ROMSMITH_TRY(console.state().text().startsWith(u"Connected to"_s));
    window.flashAndWait();
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    ROMSMITH_TRY(console.state().text().startsWith(u"Connected to"_s));
    console.input().setFocus();
    window.type(u"import os; os.listdir('/rom')"_s);
    window.press(Qt::Key_Return);
    ROMSMITH_TRY(console.output().toPlainText().contains(u"['x.txt']"_s));

    window.cam().act(u"unplug"_s);
    ROMSMITH_TRY(!console.isConnected());
    window.cam().act(u"replug"_s);
    ROMSMITH_TRY(console.state().text().startsWith(u"Connected to"_s));
}

void DeviceTest::theConsoleKnowsWhatWasTyped()
{
    CamWindow window;
    window.plugIn();
    window.action(u"replAction"_s)->trigger();
    auto& input = window.devices().console().input();
    ROMSMITH_TRY(input.isEnabled());
    input.setFocus();
    for (const auto& line : {u"1 + 1"_s, u"2 + 2"_s}) {
        window.type(line);
        window.press(Qt::Key_Return);
        QCOMPARE(input.text(), QString());
    }
    window.press(Qt::Key_Up);
    QCOMPARE(input.text(), u"2 + 2"_s);
    window.press(Qt::Key_Up);
    window.press(Qt::Key_Up);
    QCOMPARE(input.text(), u"1 + 1"_s);
    window.press(Qt::Key_Down);
    window.press(Qt::Key_Down);
    QCOMPARE(input.text(), QString());
}

void DeviceTest::theTerminalUnderstandsTheLineEditor()
{
    ui::TerminalText text;
    text.feed(">>> abc\b\b\x1b[KX\r\nnext\x1b[3DZ\x1b[31m!");
    QCOMPARE(text.takeLines(), QStringList{u">>> aX"_s});
    QCOMPARE(text.line(), u"nZ!t"_s);
    text.feed("\r12");
    QCOMPARE(text.line(), u"12!t"_s);
    text.feed("\n\xc3");
    text.feed("\xa4");
    QCOMPARE(text.line(), u"ä"_s);
    text.feed(QByteArray(100'000, 'x'));
    QVERIFY(text.line().size() <= 4096);
}

void DeviceTest::speedAndTimeFollowTheProgress()
{
    using namespace std::chrono_literals;
    ui::PhaseClock clock;
    const auto begin = ui::PhaseClock::Clock::now();
    const auto at = [&](std::chrono::milliseconds time, std::uint64_t done) {
        clock.update({.phase = device::Phase::Writing, .done = done, .total = 10'000'000}, begin + time);
    };
    at(0ms, 0);
    QVERIFY(!clock.speed());
    at(1000ms, 2'000'000);
    QCOMPARE(*clock.speed(), 2'000'000.0);
    QCOMPARE(clock.left()->count(), 4);
    QCOMPARE(clock.text(), u"1.9 MiB of 9.5 MiB, 1.9 MiB/s, 4 s left"_s);
    clock.update({.phase = device::Phase::Verifying, .done = 0, .total = 10'000'000}, begin + 2s);
    QVERIFY(!clock.speed());
    clock.update({.phase = device::Phase::Restarting, .done = 0, .total = 0}, begin + 3s);
    QCOMPARE(clock.text(), QString());
}

void DeviceTest::theLogKeepsWhatWasDone()
{
    const test::Folder folder;
    CamWindow window;
    window.newDocument();
    const auto path = folder.path(u"app.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    window.action(u"saveAction"_s)->trigger();
    ROMSMITH_TRY(window.log().text().contains(u"Saved "_s % path));
    window.currentView()->showError(u"something is wrong"_s);
    QVERIFY(window.log().text().contains(u"Error"_s) && window.log().text().contains(u"something is wrong"_s));
    const QAbstractItemModelTester tester(&window.log(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    window.log().add(romfs::Severity::Info, u"two\nlines"_s);
    QVERIFY(window.log().text().endsWith(u"two lines\n"_s));
}

QTEST_MAIN(DeviceTest)
#include "device_test.moc"
