// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/backup.h"
#include "core/sources/exportarchive.h"
#include "tests/ui/camwindow.h"
#include "ui/device/firmwaredialog.h"
#include "ui/device/transportbox.h"
#include "ui/device/waitdialog.h"
#include "ui/translations.h"

#include <QCheckBox>
#include <QComboBox>

#include <array>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::CamWindow;

namespace {

const boards::Board& n6()
{
    return *boards::BoardTable::known().find("OPENMV_N6");
}

QByteArray noise(qsizetype size, quint32 state = 1)
{
    QByteArray bytes(size, '\0');
    for (auto& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

/// Begins to run where the board's firmware does, and is nothing else.
QByteArray firmwareFor(const boards::Board& board, qsizetype size)
{
    auto bytes = noise(size, 7);
    for (const auto& file : board.files) {
        if (file.role == boards::Role::Firmware && file.entryRange) {
            const auto entry = file.entryRange->start + 0x401;
            for (int i = 0; i < 4; ++i) {
                bytes[4 + i] = static_cast<char>(entry >> (8 * i));
            }
            break;
        }
    }
    return bytes;
}

QString project(const test::Folder& folder, qsizetype size = 2000)
{
    folder.write(u"app/app.py"_s, "print('hello')\n");
    folder.write(u"app/data/noise.bin"_s, noise(size));
    return folder.path(u"app"_s);
}

/// As OpenMV releases it, with an image of three files.
QString bundle(const test::Folder& folder)
{
    ui::Document content;
    test::fill(content, {{"boot.py", "print('boot')"}, {"lib/a.py", "A = 1"}, {"notes.txt", "some text"}});
    const auto image = test::bytesOf(content).toStdString();
    const auto firmware = firmwareFor(n6(), 100'000).toStdString();
    ui::Document document;
    test::fill(document,
               {{"OPENMV_N6/romfs0.img", image}, {"OPENMV_N6/firmware.bin", firmware}, {"OPENMV4/firmware.bin", "h7"}});
    const auto path = folder.path(u"firmware_v5.zip"_s);
    const std::array top{static_cast<const tree::Node*>(&document.tree().root())};
    test::must(sources::exportArchive(top, ui::toPath(path), sources::ArchiveFormat::Zip));
    return path;
}

void press(QWidget& button)
{
    QTest::mouseClick(&button, Qt::LeftButton);
}

/// What is done in the dialog about firmware, once its files are checked.
void whenFirmwareIsChecked(const std::function<void(ui::FirmwareDialog&)>& act)
{
    test::whenDialogOpens<ui::FirmwareDialog>([act](ui::FirmwareDialog& dialog) {
        auto* timer = new QTimer(&dialog);
        QObject::connect(timer, &QTimer::timeout, timer, [timer, &dialog, act] {
            if (!dialog.problem().endsWith(u'…')) {
                timer->stop();
                act(dialog);
            }
        });
        timer->start(5);
    });
}

void waitForCheck(ui::FirmwareDialog& dialog)
{
    static_cast<void>(
        QTest::qWaitFor([&] { return !dialog.problem().endsWith(u'…'); }, QDeadlineTimer(test::patience)));
}

class BootWindow : public CamWindow
{
public:
    void choose(ui::Via via)
    {
        auto& box = devices().transportBox().box();
        box.setCurrentIndex(box.findData(static_cast<int>(via)));
        Q_EMIT box.activated(box.currentIndex());
    }

    /// Flashes these files, and whatever is ticked by @p tick.
    void flashFirmware(const QStringList& paths, const std::function<void(ui::FirmwareDialog&)>& tick = {})
    {
        questions().askForFirmware = [paths] { return paths; };
        whenFirmwareIsChecked([this, tick](ui::FirmwareDialog& dialog) {
            ::press(dialog.chooseButton());
            waitForCheck(dialog);
            if (tick) {
                tick(dialog);
                waitForCheck(dialog);
            }
            said = dialog.text();
            problem = dialog.problem();
            problem.isEmpty() ? ::press(dialog.flashButton()) : dialog.reject();
        });
        action(u"flashFirmwareAction"_s)->trigger();
        ROMSMITH_TRY(devices().isIdle());
    }

    void enterBootloader()
    {
        action(u"enterBootloaderAction"_s)->trigger();
        ROMSMITH_TRY(devices().isIdle());
        ROMSMITH_TRY(isInBootloader() && rows().size() > 5);
    }

    [[nodiscard]] bool isInBootloader()
    {
        const auto& all = devices().list().devices();
        return all.size() == 1 && all.front().bootloader;
    }
    [[nodiscard]] bool isRunning()
    {
        const auto& all = devices().list().devices();
        return all.size() == 1 && !all.front().bootloader;
    }

    void select(const QString& part)
    {
        auto& list = devices().list();
        const auto top = list.index(0, 0);
        for (int row = 0; row < list.rowCount(top); ++row) {
            const auto index = list.index(row, 0, top);
            if (index.data().toString() == part) {
                devices().panel().view().setCurrentIndex(index);
                return;
            }
        }
        QTest::qFail(qPrintable(u"no part "_s % part), __FILE__, __LINE__);
    }

    QString said; ///< by the dialog
    QString problem;
};

} // namespace

/// The bootloader of a virtual cam, from the window.
class DfuWindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void theDocumentIsFlashedByTheBootloaderWithOneClick();
    void theWayIsChosenAndRemembered();
    void aBundleGoesThroughAllPhasesAndTheCamIsBack();
    void theDocumentAndFirmwareGoTogether();
    void whatIsNoFirmwareIsRefusedWithTheReason();
    void erasingTheFileSystemIsAskedForOnItsOwn();
    void theKeyboardAloneFlashesABundle();
    void anUnplugInTheMiddleSaysTheStateAndRetryWaitsForTheCam();
    void aWaitInTheMiddleOfAFlashCanBeCancelled();
    void aCamInItsBootloaderShowsItsAlternateSettings();
    void partsAreReadIntoATabAndIntoAFile();
    void aCamInItsBootloaderIsFlashedWithoutTheRepl();
    void undoGoesByTheBootloaderToo();
    void aBootloaderWithoutRomfsSaysHowToUpdateIt();
    void aWaitForABootloaderCanBeCancelled();
    void aCamThatIsPluggedInWhileItIsWaitedForIsCaught();
};

void DfuWindowTest::initTestCase()
{
    if (!test::hasMicroPython()) {
        QSKIP("There is no MicroPython.");
    }
    ui::installTranslations();
}

void DfuWindowTest::init()
{
    QSettings().clear();
    QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) % u"/romsmith/backups"_s)
        .removeRecursively();
}

void DfuWindowTest::theDocumentIsFlashedByTheBootloaderWithOneClick()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.choose(ui::Via::Dfu);
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 1);
    QVERIFY(window.asked.front().isDfu);
    QVERIFY(ui::FlashQuestion(window.asked.front()).text().contains(u"by its bootloader (DFU)"_s));
    const auto result = window.panel().resultText();
    QVERIFY2(result.contains(u"read back and equal"_s) && result.endsWith(u"the cam is back"_s), qPrintable(result));
    QCOMPARE(
        window.panel().phasesText(),
        u"Entering the bootloader, Waiting for the bootloader, Checking, Backing up, Writing, Verifying, Restarting, Back"_s);
    ROMSMITH_TRY(window.isRunning());
    // It was not asked since, and still it is known what is there.
    ROMSMITH_TRY(window.rows().join(u'\n').contains(u"Image: "_s % window.document().name()));
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void DfuWindowTest::theWayIsChosenAndRemembered()
{
    BootWindow window;
    auto& box = window.devices().transportBox();
    QVERIFY(!box.box().isEnabled());
    window.plugIn();
    ROMSMITH_TRY(box.box().isEnabled());
    QCOMPARE(box.box().currentText(), u"Automatic"_s);
    QVERIFY2(box.note().contains(u"over its REPL"_s) && box.note().contains(u"its firmware runs"_s),
             qPrintable(box.note()));
    window.enterBootloader();
    QVERIFY2(box.note().contains(u"by its bootloader"_s) && box.note().contains(u"the cam is in its bootloader"_s),
             qPrintable(box.note()));
    window.newDocument();
    window.choose(ui::Via::Repl);
    QCOMPARE(window.reason(), u"the cam is in its bootloader, where there is no REPL"_s);
    window.choose(ui::Via::Dfu);
    QCOMPARE(window.reason(), QString());

    BootWindow another;
    another.plugIn();
    ROMSMITH_TRY_COMPARE(another.devices().transportBox().box().currentText(), u"DFU"_s);
}

void DfuWindowTest::aBundleGoesThroughAllPhasesAndTheCamIsBack()
{
    const test::Folder folder;
    BootWindow window;
    window.plugIn();
    window.flashFirmware({bundle(folder)});
    QVERIFY2(window.said.contains(u"romfs0.img to ROMFS0, "_s)
                 && window.said.contains(u"firmware.bin to FIRMWARE, 100,000 bytes"_s),
             qPrintable(window.said + window.problem));
    QCOMPARE(window.asked.size(), 0);
    const auto result = window.panel().resultText();
    QCOMPARE(result.count(u"read back and equal"_s), 2);
    QVERIFY2(result.contains(u"100,000 bytes written to FIRMWARE"_s) && result.endsWith(u"the cam is back"_s),
             qPrintable(result));
    QVERIFY2(window.panel().phasesText().endsWith(u"Writing, Verifying, Restarting, Back"_s),
             qPrintable(window.panel().phasesText()));
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"boot.py lib notes.txt"_s);
}

void DfuWindowTest::theDocumentAndFirmwareGoTogether()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    const auto firmware = folder.write(u"firmware.bin"_s, firmwareFor(n6(), 70'000));
    window.flashFirmware({firmware}, [](ui::FirmwareDialog& dialog) { dialog.documentBox().click(); });
    QVERIFY2(window.said.contains(window.document().name() % u" to ROMFS0, "_s)
                 && window.said.contains(u"firmware.bin to FIRMWARE"_s),
             qPrintable(window.said));
    QCOMPARE(window.panel().resultText().count(u"read back and equal"_s), 2);
    QCOMPARE(ui::text(window.document().target().key()), u"OPENMV_N6/0"_s);
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void DfuWindowTest::whatIsNoFirmwareIsRefusedWithTheReason()
{
    const test::Folder folder;
    BootWindow window;
    window.plugIn();
    window.flashFirmware({folder.write(u"notes.txt"_s, "no firmware at all")});
    QVERIFY2(window.problem.contains(u"\"notes.txt\" is no firmware for OpenMV N6"_s), qPrintable(window.problem));
    window.flashFirmware({folder.write(u"firmware.elf"_s,
                                       "\x7f"
                                       "ELF and more")});
    QVERIFY2(window.problem.contains(u"take the firmware.bin beside it"_s), qPrintable(window.problem));
    window.flashFirmware({folder.write(u"firmware.bin"_s, firmwareFor(n6(), 5'000'000))});
    QVERIFY2(window.problem.contains(u"there is room for"_s), qPrintable(window.problem));
    QCOMPARE(window.panel().resultText(), QString());
    QVERIFY(window.isRunning());
}

void DfuWindowTest::erasingTheFileSystemIsAskedForOnItsOwn()
{
    BootWindow window;
    window.plugIn();
    QStringList cams;
    bool erase = false;
    window.questions().askBeforeErasing = [&](const QString& cam) {
        cams.append(cam);
        return erase;
    };
    const auto tick = [](ui::FirmwareDialog& dialog) { dialog.eraseBox().click(); };
    window.flashFirmware({}, tick);
    QCOMPARE(cams, QStringList{u"OpenMV N6"_s});
    QVERIFY2(window.said.contains(u"(erased) to FILESYSTEM"_s), qPrintable(window.said));
    QCOMPARE(window.panel().resultText(), QString());
    erase = true;
    window.flashFirmware({}, tick);
    QVERIFY2(window.panel().resultText().endsWith(u"the cam is back"_s), qPrintable(window.panel().resultText()));
}

void DfuWindowTest::theKeyboardAloneFlashesABundle()
{
    const test::Folder folder;
    BootWindow window;
    window.questions().askForFirmware = [path = bundle(folder)] { return QStringList{path}; };
    window.plugIn();
    ROMSMITH_TRY(window.action(u"flashFirmwareAction"_s)->isEnabled());
    whenFirmwareIsChecked([](ui::FirmwareDialog& dialog) {
        QTest::keyClick(&dialog, Qt::Key_Return); // Choose
        waitForCheck(dialog);
        QTest::keyClick(&dialog, dialog.problem().isEmpty() ? Qt::Key_Return : Qt::Key_Escape);
    });
    window.press(Qt::Key_F9, Qt::ShiftModifier);
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().endsWith(u"the cam is back"_s), qPrintable(window.panel().resultText()));
}

void DfuWindowTest::anUnplugInTheMiddleSaysTheStateAndRetryWaitsForTheCam()
{
    const test::Folder folder;
    BootWindow window;
    window.plugIn();
    window.cam().setBootloaderFault("unplug-at-block", 10); // of firmware
    window.cam().setBootloaderFault("replug-after", 3000); // into the moment that a bootloader waits
    window.flashFirmware({bundle(folder)});
    const auto result = window.panel().resultText();
    QVERIFY2(result.contains(u"FIRMWARE: partly written, the rest is as it was or erased"_s)
                 && result.contains(u"ROMFS0: written and verified"_s),
             qPrintable(result));
    ROMSMITH_TRY(window.devices().list().devices().empty());
    auto& retry = window.panel().retryButton();
    QVERIFY2(retry.isVisible() && retry.isEnabled(), qPrintable(retry.text()));
    press(retry);
    ROMSMITH_TRY(window.panel().phasesText().endsWith(u"Waiting for the bootloader"_s));
    QVERIFY2(window.panel().logText().contains(u"plug it in again"_s), qPrintable(window.panel().logText()));
    ROMSMITH_TRY(window.devices().isIdle());
    const auto done = window.panel().resultText();
    QVERIFY2(done.contains(u"compared and equal"_s) && done.contains(u"read back and equal"_s), qPrintable(done));
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"boot.py lib notes.txt"_s);
}

void DfuWindowTest::aWaitInTheMiddleOfAFlashCanBeCancelled()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder, 100'000));
    window.plugIn();
    window.choose(ui::Via::Dfu);
    window.cam().setBootloaderFault("unplug-at-block", 10);
    window.flashAndWait();
    const auto state = u"ROMFS0: partly written, the rest is as it was or erased"_s;
    QVERIFY2(window.panel().resultText().contains(state), qPrintable(window.panel().resultText()));
    ROMSMITH_TRY(window.devices().list().devices().empty());

    press(window.panel().retryButton());
    ROMSMITH_TRY(window.panel().phasesText().endsWith(u"Waiting for the bootloader"_s));
    press(window.panel().cancelButton());
    ROMSMITH_TRY(window.devices().isIdle());
    const auto result = window.panel().resultText();
    QVERIFY2(result.contains(u"cancelled"_s) && result.contains(state), qPrintable(result)); // as it was before

    window.cam().act(u"replug"_s);
    ROMSMITH_TRY(window.isRunning());
    press(window.panel().retryButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().endsWith(u"the cam is back"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.asked.size(), 1);
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void DfuWindowTest::aCamInItsBootloaderShowsItsAlternateSettings()
{
    BootWindow window;
    window.plugIn();
    window.enterBootloader();
    const auto rows = window.rows();
    QCOMPARE(rows.front(), u"OpenMV N6: virtual, bootloader"_s);
    for (const auto& row :
         {u"  Mode: bootloader, 1.0.3"_s, u"  BOOTLOADER: 512.0 KiB, r"_s, u"  FIRMWARE: 3.5 MiB, rw"_s,
          u"  FILESYSTEM: 4.0 MiB, rw"_s, u"  ROMFS0: 24.0 MiB, rw"_s}) {
        QVERIFY2(rows.contains(row), qPrintable(rows.join(u'\n')));
    }
    QVERIFY(!window.action(u"softResetAction"_s)->isEnabled());
    QVERIFY(!window.action(u"enterBootloaderAction"_s)->isEnabled());
    QVERIFY(window.action(u"leaveBootloaderAction"_s)->isEnabled());
    window.action(u"leaveBootloaderAction"_s)->trigger();
    ROMSMITH_TRY(window.devices().isIdle());
    ROMSMITH_TRY(window.isRunning());
    QVERIFY(!window.action(u"leaveBootloaderAction"_s)->isEnabled());
    QVERIFY2(window.devices().panel().errorText().isEmpty(), qPrintable(window.devices().panel().errorText()));
}

void DfuWindowTest::partsAreReadIntoATabAndIntoAFile()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.choose(ui::Via::Dfu);
    window.flashAndWait();
    const auto flashed = test::bytesOf(window.document());
    ROMSMITH_TRY(window.isRunning());
    window.enterBootloader();
    QVERIFY(!window.action(u"readPartAction"_s)->isEnabled());
    window.select(u"ROMFS0"_s);
    window.action(u"readPartAction"_s)->trigger();
    ROMSMITH_TRY(window.documentCount() == 2);
    QCOMPARE(test::bytesOf(window.document()), flashed);

    const auto path = folder.path(u"bootloader.bin"_s);
    QString suggested;
    window.questions().askForPartPath = [&](const QString& name) {
        suggested = name;
        return path;
    };
    window.select(u"BOOTLOADER"_s);
    window.action(u"readPartAction"_s)->trigger();
    ROMSMITH_TRY(window.devices().isIdle());
    QCOMPARE(suggested, u"bootloader.bin"_s);
    QCOMPARE(QFileInfo(path).size(), 512 * 1024);
    QVERIFY(window.isInBootloader());
}

void DfuWindowTest::aCamInItsBootloaderIsFlashedWithoutTheRepl()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.enterBootloader();
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 1);
    QVERIFY(window.asked.front().isDfu && !window.asked.front().isThereKnown);
    QCOMPARE(window.asked.front().reason, u"the cam is in its bootloader"_s);
    QVERIFY2(window.panel().resultText().endsWith(u"the cam is back"_s), qPrintable(window.panel().resultText()));
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void DfuWindowTest::undoGoesByTheBootloaderToo()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.choose(ui::Via::Dfu);
    window.flashAndWait();
    ROMSMITH_TRY(window.isRunning());
    test::fill(window.document(), {{"more.txt", "more"}});
    window.flashAndWait();
    ROMSMITH_TRY(window.isRunning() && window.panel().undoButton().isEnabled());
    press(window.panel().undoButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().endsWith(u"the cam is back"_s), qPrintable(window.panel().resultText()));
    ROMSMITH_TRY(window.isRunning());
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void DfuWindowTest::aBootloaderWithoutRomfsSaysHowToUpdateIt()
{
    const test::Folder folder;
    BootWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.cam().setBootloaderFault("no-romfs", 1);
    window.enterBootloader();
    QVERIFY2(window.rows().contains(u"  ROMFS: not in this bootloader; update it"_s),
             qPrintable(window.rows().join(u'\n')));
    QVERIFY2(window.reason().contains(u"1.0.3"_s) && window.reason().contains(u"update it with OpenMV IDE"_s),
             qPrintable(window.reason()));
    QVERIFY(!window.action(u"flashAction"_s)->isEnabled());
    QVERIFY(window.action(u"flashFirmwareAction"_s)->isEnabled());
}

void DfuWindowTest::aWaitForABootloaderCanBeCancelled()
{
    BootWindow window;
    window.plugIn();
    window.cam().act(u"unplug"_s);
    ROMSMITH_TRY(window.devices().list().devices().empty());
    QString help;
    test::whenDialogOpens<ui::WaitDialog>([&](ui::WaitDialog& dialog) {
        dialog.box().setCurrentText(u"OpenMV N6"_s);
        help = dialog.help();
        QTest::keyClick(&dialog, Qt::Key_Return);
    });
    window.action(u"waitForBootloaderAction"_s)->trigger();
    QVERIFY2(help.contains(u"Unplug OpenMV N6"_s) && help.contains(u"BOOT to VCC jumper"_s), qPrintable(help));
    QVERIFY(window.devices().jobs().isBusy());
    QVERIFY(window.devices().jobs().title().contains(u"Unplug OpenMV N6"_s));
    Q_EMIT window.devices().panel().cancelRequested();
    ROMSMITH_TRY(window.devices().isIdle());
    QCOMPARE(window.devices().panel().errorText(), QString());
}

void DfuWindowTest::aCamThatIsPluggedInWhileItIsWaitedForIsCaught()
{
    BootWindow window;
    window.plugIn();
    window.cam().setBootloaderFault("replug-after", 3000);
    window.cam().act(u"unplug"_s);
    ROMSMITH_TRY(window.devices().list().devices().empty());
    test::whenDialogOpens<ui::WaitDialog>([](ui::WaitDialog& dialog) { QTest::keyClick(&dialog, Qt::Key_Return); });
    window.action(u"waitForBootloaderAction"_s)->trigger();
    QVERIFY(window.devices().jobs().isBusy());
    ROMSMITH_TRY(window.devices().isIdle());
    ROMSMITH_TRY(window.isInBootloader());
    QVERIFY2(window.log().text().contains(u"was caught and stays there"_s), qPrintable(window.log().text()));
}

QTEST_MAIN(DfuWindowTest)
#include "dfuwindow_test.moc"
