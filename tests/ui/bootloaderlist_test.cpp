// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/windowhelpers.h"
#include "ui/device/devicelist.h"
#include "ui/device/flashbutton.h"
#include "ui/device/transport.h"

#include <QAbstractItemModelTester>

using namespace romsmith;
using namespace Qt::StringLiterals;

namespace {

const boards::Board& n6()
{
    return *boards::BoardTable::known().find("OPENMV_N6");
}

ui::SeenBootloader seen(const boards::Board* board, std::uint64_t session, const char* path = "3-1")
{
    ui::SeenBootloader bootloader;
    bootloader.device
        = {.usb = {.path = path, .session = session, .serial = "ABC", .node = "/dev/bus/usb/003/012"}, .board = board};
    return bootloader;
}

device::Port port(const char* path, const char* serial, const char* usbPath)
{
    return {.path = path,
            .usb = {},
            .serial = serial,
            .product = {},
            .manufacturer = {},
            .usbPath = usbPath,
            .board = &n6()};
}

QString valueOf(const ui::DeviceList& list, const QString& name, int role = Qt::DisplayRole)
{
    const auto top = list.index(0, 0);
    for (int row = 0; row < list.rowCount(top); ++row) {
        if (list.index(row, 0, top).data().toString() == name) {
            return list.index(row, 1, top).data(role).toString();
        }
    }
    return {};
}

} // namespace

/// What is known of cams in their bootloaders, without one.
class BootloaderListTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }

    void aScriptThatHoldsTheReplDoesNotHinder();
    void theListKeepsTheKeyOfACam();
    void aChipsOwnLoaderSaysWhatItIs();
    void aBootloaderThatMayNotBeOpenedNamesTheNode();
};

void BootloaderListTest::aScriptThatHoldsTheReplDoesNotHinder()
{
    ui::KnownDevice device{.port = {.path = "/dev/ttyACM0", .board = &n6()}};
    const auto silent = ui::transportFor(ui::Via::Automatic, device, 0, true);
    QCOMPARE(silent.via, ui::Via::Dfu);
    QCOMPARE(silent.reason, u"its REPL does not answer"_s);
    device.said = ui::DeviceFacts{.facts = {}, .board = &n6(), .name = u"OpenMV N6"_s};
    const auto without = ui::transportFor(ui::Via::Automatic, device, 0);
    QCOMPARE(without.via, ui::Via::Dfu);
    QCOMPARE(without.reason, u"its firmware cannot write the partition"_s);
}

void BootloaderListTest::theListKeepsTheKeyOfACam()
{
    ui::DeviceList list;
    const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
    list.setPorts({{.port = port("/dev/ttyACM0", "1234", "3-1")}, {.port = port("/dev/ttyACM1", "5678", "3-2")}});
    list.setPorts({{.port = port("/dev/ttyACM1", "5678", "3-2")}});
    list.setBootloaders({seen(&n6(), 1)}, false);
    QVERIFY(list.find(u"1234"_s) && list.find(u"1234"_s)->bootloader);
    QVERIFY(!list.find(u"5678"_s)->bootloader);
    list.setPorts({{.port = port("/dev/ttyACM1", "5678", "3-2")}, {.port = port("/dev/ttyACM0", "1234", "3-1")}});
    QVERIFY(!list.find(u"1234"_s)->bootloader); // it is one cam
    list.setBootloaders({}, false);
    QCOMPARE(list.rowCount(), 2);
    list.setBootloaders({seen(boards::BoardTable::known().find("OPENMV4"), 2)}, false);
    QCOMPARE(list.rowCount(), 3); // another board was plugged in there
}

void BootloaderListTest::aChipsOwnLoaderSaysWhatItIs()
{
    ui::DeviceList list;
    list.setBootloaders({seen(nullptr, 1)}, false);
    QCOMPARE(valueOf(list, u"Mode"_s), u"the chip's own loader (STM32, DfuSe)"_s);
    QVERIFY(valueOf(list, u"Mode"_s, Qt::ToolTipRole).contains(u"STM32CubeProgrammer"_s));
    const auto against = ui::againstTransport(ui::Via::Automatic, list.devices().front(), 0);
    QVERIFY2(against.contains(u"does not tell its board"_s), qPrintable(against));
    list.setBootloaders({seen(boards::BoardTable::known().find("ARDUINO_NICLA_VISION"), 2)}, false);
    QCOMPARE(list.devices().front().name(), u"Arduino Nicla Vision"_s);
    QVERIFY(valueOf(list, u"Mode"_s).startsWith(u"bootloader (DfuSe)"_s));
}

void BootloaderListTest::aBootloaderThatMayNotBeOpenedNamesTheNode()
{
    test::UserWindow window;
    window.newDocument();
    auto bootloader = seen(&n6(), 1);
    bootloader.problem = Error{.code = ErrorCode::AccessDenied,
                               .message = "You may not open /dev/bus/usb/003/012 (root). Install the rules for udev."};
    window.devices().list().setBootloaders({bootloader}, false);
    QCOMPARE(window.devices().flashButton().reason(), u"you may not open /dev/bus/usb/003/012"_s);
    QVERIFY(!window.action(u"flashFirmwareAction"_s)->isEnabled());
    QCOMPARE(valueOf(window.devices().list(), u"Permission"_s), u"you may not open it"_s);
    const auto help = valueOf(window.devices().list(), u"Permission"_s, Qt::ToolTipRole);
    QVERIFY2(help.contains(u"/dev/bus/usb/003/012"_s) && help.contains(u"udev"_s), qPrintable(help));
}

QTEST_MAIN(BootloaderListTest)
#include "bootloaderlist_test.moc"
