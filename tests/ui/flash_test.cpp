// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/camwindow.h"
#include "tests/ui/drag.h"
#include "ui/translations.h"

#include <QCheckBox>
#include <QClipboard>
#include <QProcess>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::CamWindow;

namespace {

/// A folder as a project has them; what is in it can be made large, so that it takes a while.
QString project(const test::Folder& folder, qsizetype size = 2000)
{
    folder.write(u"app/app.py"_s, "print('hello')\n");
    folder.write(u"app/data/noise.bin"_s, test::noise(size));
    return folder.path(u"app"_s);
}

void press(QWidget& button)
{
    QTest::mouseClick(&button, Qt::LeftButton);
}

} // namespace

/// From a folder to a cam that runs with it.
class FlashTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void theMouseAloneFlashesAFolder();
    void theKeyboardAloneFlashesAFolder();
    void theQuestionSaysWhatIsThereAndWhatIsLost();
    void aNoChangesNothing();
    void whoSaysSoIsAskedNoMore();
    void aDocumentWithoutABoardGetsThatOfTheCam();
    void aDocumentForAnotherBoardIsRefused();
    void theButtonSaysWhyItCannot();
    void aSecondFlashOfTheSameSaysThatItIsThere();
    void anUnplugHalfWaySaysWhatIsThereAndRetryGoesOn();
    void cancelSaysWhatIsThere();
    void anotherProgramThatHoldsThePortIsNamed();
    void undoWritesBackWhatWasThere();
    void aBackupIsRestored();
    void theWindowAsksBeforeItClosesWhileFlashing();
    void theLogTellsEveryPhaseAndCanBeSaved();
};

void FlashTest::initTestCase()
{
    if (!test::hasMicroPython()) {
        QSKIP("There is no MicroPython.");
    }
    ui::installTranslations();
}

void FlashTest::init()
{
    QSettings().clear();
    QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) % u"/romsmith/backups"_s)
        .removeRecursively();
}

void FlashTest::theMouseAloneFlashesAFolder()
{
    const test::Folder folder;
    CamWindow window;
    window.questions().askBeforeFlash = ui::Questions(window).askBeforeFlash; // the dialog itself
    window.newDocument();
    QMimeData dragged;
    dragged.setUrls(
        {QUrl::fromLocalFile(project(folder) % u"/app.py"_s), QUrl::fromLocalFile(project(folder) % u"/data"_s)});
    test::Drag drag(window.tree(), dragged);
    QVERIFY(drag.drop(drag.nowhere()));
    ROMSMITH_TRY(window.document().tree().find("data/noise.bin"));
    QVERIFY(!window.action(u"flashAction"_s)->isEnabled());
    QCOMPARE(window.reason(), u"no cam connected"_s);
    window.plugIn();
    ROMSMITH_TRY(window.action(u"flashAction"_s)->isEnabled());
    QCOMPARE(window.reason(), QString());

    QString question;
    test::whenDialogOpens<ui::FlashQuestion>([&](ui::FlashQuestion& dialog) {
        question = dialog.text();
        for (auto* button : dialog.findChildren<QPushButton*>()) {
            if (button->isDefault()) {
                press(*button);
            }
        }
    });
    press(window.devices().flashButton().button());
    ROMSMITH_TRY(!window.panel().resultText().isEmpty());
    QVERIFY2(question.contains(u"OpenMV N6"_s) && question.contains(u"ROMFS0"_s), qPrintable(question));
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.panel().phasesText(), u"Checking, Erasing, Writing, Verifying, Restarting"_s);
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
    QCOMPARE(window.rows().last(), u"  Image: "_s % window.document().name());
}

void FlashTest::theKeyboardAloneFlashesAFolder()
{
    const test::Folder folder;
    CamWindow window;
    window.questions().askBeforeFlash = ui::Questions(window).askBeforeFlash;
    window.openFolder(project(folder));
    window.press(Qt::Key_D, Qt::AltModifier); // the menu, and its entry
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    QVERIFY(menu);
    QTest::keyClick(menu, Qt::Key_V);
    ROMSMITH_TRY(window.action(u"flashAction"_s)->isEnabled());
    test::whenDialogOpens<ui::FlashQuestion>(
        [](ui::FlashQuestion& dialog) { QTest::keyClick(&dialog, Qt::Key_Return); });
    window.press(Qt::Key_F9);
    ROMSMITH_TRY(!window.panel().resultText().isEmpty());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void FlashTest::theQuestionSaysWhatIsThereAndWhatIsLost()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.chooseTarget(u"OpenMV N6"_s);
    window.plugIn();
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 1);
    QCOMPARE(window.asked.front().usedNow, 0U);
    QCOMPARE(window.asked.front().partitionSize, 24U * 1024 * 1024);
    const auto written = window.document().plan().layout.totalSize();

    test::fill(window.document(), {{"more.txt", "more"}});
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 2);
    QCOMPARE(window.asked.back().usedNow, written);
    QCOMPARE(window.asked.back().nameNow, window.document().name());
    QVERIFY(ui::FlashQuestion(window.asked.back()).text().contains(u"a backup of it is kept"_s));
    QCOMPARE(window.namesInRom(), u"app.mpy data more.txt"_s);
}

void FlashTest::aNoChangesNothing()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.answer = {};
    window.action(u"flashAction"_s)->trigger();
    ROMSMITH_TRY(window.asked.size() == 1 && window.devices().isIdle());
    QCOMPARE(window.panel().resultText(), QString());
    QVERIFY(!window.document().target().board());
    QCOMPARE(window.run("import os\nprint('rom' in os.listdir('/'))"), u"False"_s);
}

void FlashTest::whoSaysSoIsAskedNoMore()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.chooseTarget(u"OpenMV N6"_s);
    window.plugIn();
    window.answer.neverAskAgain = true;
    window.flashAndWait();
    test::fill(window.document(), {{"more.txt", "more"}});
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 1);
    QCOMPARE(window.namesInRom(), u"app.mpy data more.txt"_s);

    auto* ask = window.action(u"askFirstAction"_s);
    QVERIFY(!ask->isChecked());
    ask->trigger();
    window.flashAndWait();
    QCOMPARE(window.asked.size(), 2);
}

void FlashTest::aDocumentWithoutABoardGetsThatOfTheCam()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    QVERIFY(!window.document().target().board());
    window.plugIn();
    window.flashAndWait();
    QCOMPARE(window.asked.front().newTarget, u"OpenMV N6 ROMFS0"_s);
    QCOMPARE(ui::text(window.document().target().key()), u"OPENMV_N6/0"_s);
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
}

void FlashTest::aDocumentForAnotherBoardIsRefused()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.chooseTarget(u"OpenMV AE3"_s);
    QCOMPARE(window.reason(), u"image is for OpenMV AE3, the cam is OpenMV N6"_s);
    QVERIFY(!window.action(u"flashAction"_s)->isEnabled());
    window.chooseTarget(u"OpenMV N6"_s);
    QCOMPARE(window.reason(), QString());
}

void FlashTest::theButtonSaysWhyItCannot()
{
    const test::Folder folder;
    CamWindow window;
    QCOMPARE(window.reason(), u"no cam connected"_s);
    window.plugIn();
    QCOMPARE(window.reason(), u"no image is open"_s);
    folder.write(u"broken/a.py"_s, "def\n");
    folder.write(u"broken/b.py"_s, "if\n");
    window.openFolder(folder.path(u"broken"_s));
    ROMSMITH_TRY_COMPARE(window.reason(), u"2 Python files cannot be compiled"_s);
    QCOMPARE(window.devices().flashButton().button().accessibleName(), u"Flash: 2 Python files cannot be compiled"_s);

    window.newDocument();
    window.chooseTarget(u"OpenMV N6"_s);
    QCOMPARE(window.reason(), QString());
    const QByteArray huge(25 * 1024 * 1024, 'x');
    test::fill(window.document(), {{"huge.bin", std::string_view(huge.data(), static_cast<std::size_t>(huge.size()))}});
    QVERIFY2(window.reason().startsWith(u"image is 1.0 MiB larger than ROMFS0"_s), qPrintable(window.reason()));
}

void FlashTest::aSecondFlashOfTheSameSaysThatItIsThere()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.flashAndWait();
    window.flashAndWait();
    QVERIFY2(window.panel().resultText().contains(u"nothing was written"_s), qPrintable(window.panel().resultText()));
}

void FlashTest::anUnplugHalfWaySaysWhatIsThereAndRetryGoesOn()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder, 300'000));
    window.plugIn();
    window.questions().askBeforeFlash = [&](const ui::FlashFacts&) {
        window.cam().setFault("unplug-after", 150'000);
        return ui::FlashAnswer{.flash = true};
    };
    window.flashAndWait();
    QVERIFY2(window.panel().resultText().contains(u"partly written, no image"_s),
             qPrintable(window.panel().resultText()));
    ROMSMITH_TRY(window.devices().list().devices().empty());
    QVERIFY(window.panel().retryButton().isVisible());
    QVERIFY(!window.panel().retryButton().isEnabled());
    QCOMPARE(window.panel().retryButton().text(), u"&Retry: the cam is not connected"_s);

    window.cam().act(u"replug"_s);
    ROMSMITH_TRY(window.panel().retryButton().isEnabled());
    press(window.panel().retryButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.asked.size(), 0);
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void FlashTest::cancelSaysWhatIsThere()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder, 300'000));
    window.plugIn();
    window.questions().askBeforeFlash = [&](const ui::FlashFacts&) {
        window.cam().setFault("bandwidth", 30'000);
        return ui::FlashAnswer{.flash = true};
    };
    window.action(u"flashAction"_s)->trigger();
    ROMSMITH_TRY(window.panel().phasesText().endsWith(u"Writing"_s));
    press(window.panel().cancelButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"cancelled"_s)
                 && window.panel().resultText().contains(u"no image"_s),
             qPrintable(window.panel().resultText()));
    QVERIFY(window.panel().phasesMarks().endsWith(u"✗ Writing"_s));

    window.cam().setFault("bandwidth", 0);
    press(window.panel().retryButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
}

void FlashTest::anotherProgramThatHoldsThePortIsNamed()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    QProcess other;
    other.setStandardInputFile(ui::text(window.devices().list().devices().front().port.path.string()));
    other.start(u"sleep"_s, {u"600"_s});
    QVERIFY(other.waitForStarted());
    window.action(u"flashAction"_s)->trigger();
    ROMSMITH_TRY(!window.devices().panel().errorText().isEmpty());
    const auto said = window.devices().panel().errorText();
    QVERIFY2(said.contains(u"sleep"_s) && said.contains(QString::number(other.processId())), qPrintable(said));
    other.kill();
    other.waitForFinished();
    ROMSMITH_TRY(window.action(u"flashAction"_s)->isEnabled());
    window.flashAndWait();
    QVERIFY(window.devices().panel().errorText().isEmpty());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
}

void FlashTest::undoWritesBackWhatWasThere()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.flashAndWait();
    QVERIFY(!window.panel().undoButton().isEnabled()); // there was nothing
    test::fill(window.document(), {{"more.txt", "more"}});
    window.flashAndWait();
    QCOMPARE(window.namesInRom(), u"app.mpy data more.txt"_s);

    QVERIFY(window.panel().undoButton().isEnabled());
    press(window.panel().undoButton());
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
    QCOMPARE(window.asked.size(), 2);

    window.action(u"undoFlashAction"_s)->trigger(); // of the undo
    ROMSMITH_TRY(window.devices().isIdle());
    QCOMPARE(window.namesInRom(), u"app.mpy data more.txt"_s);
}

void FlashTest::aBackupIsRestored()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.flashAndWait();
    window.action(u"backUpAction"_s)->trigger();
    ROMSMITH_TRY(window.devices().isIdle());
    QCOMPARE(device::BackupFolder().list().size(), 1U);
    test::fill(window.document(), {{"more.txt", "more"}});
    window.flashAndWait();

    QMenu* backups = nullptr;
    for (auto* menu : window.findChild<QMenu*>(u"deviceMenu"_s)->findChildren<QMenu*>()) {
        backups = menu->title().contains(u"Backup"_s) ? menu : backups;
    }
    QVERIFY(backups);
    Q_EMIT backups->aboutToShow();
    QCOMPARE(backups->actions().size(), 2);
    backups->actions().last()->trigger(); // the older one
    ROMSMITH_TRY(window.asked.size() == 3);
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"bytes"_s), qPrintable(window.panel().resultText()));
    QCOMPARE(window.namesInRom(), u"app.mpy data"_s);
}

void FlashTest::theWindowAsksBeforeItClosesWhileFlashing()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder, 3'000'000));
    window.plugIn();
    window.questions().askBeforeFlash = [&](const ui::FlashFacts&) {
        window.cam().setFault("bandwidth", 30'000);
        return ui::FlashAnswer{.flash = true};
    };
    window.action(u"flashAction"_s)->trigger();
    ROMSMITH_TRY(window.panel().phasesText().endsWith(u"Writing"_s));
    int questions = 0;
    bool stops = false;
    window.questions().askAboutFlashing = [&](const QString& what) {
        ++questions;
        QTest::qVerify(what.contains(u"ROMFS0"_s), "names the partition", qPrintable(what), __FILE__, __LINE__);
        return stops;
    };
    QVERIFY(!window.close());
    QVERIFY(window.isVisible() && window.panel().isRunning());
    stops = true;
    // Who stays because of what is not saved goes on flashing.
    const auto discard
        = std::exchange(window.questions().askAboutUnsaved, [](const QStringList&) { return ui::Unsaved::Cancel; });
    QVERIFY(!window.close());
    for (int i = 0; i < 2; ++i) { // what is on its way arrives in any case
        const auto figures = window.panel().figuresText();
        ROMSMITH_TRY(window.panel().figuresText() != figures);
    }
    QVERIFY(window.panel().isRunning());
    window.questions().askAboutUnsaved = discard;
    QVERIFY(!window.close());
    ROMSMITH_TRY(!window.isVisible());
    QCOMPARE(questions, 3);
    QVERIFY2(window.panel().resultText().contains(u"no image"_s), qPrintable(window.panel().resultText()));
}

void FlashTest::theLogTellsEveryPhaseAndCanBeSaved()
{
    const test::Folder folder;
    CamWindow window;
    window.openFolder(project(folder));
    window.plugIn();
    window.flashAndWait();
    const auto path = folder.path(u"flash.log"_s);
    window.questions().askForReportPath = [&](const QString&) { return path; };
    Q_EMIT window.panel().saveLogRequested(window.panel().logText());
    const auto saved = QString::fromUtf8(test::readFile(path));
    for (const auto* phase : {"Checking", "Erasing", "Writing", "Verifying", "Restarting", "read back and equal"}) {
        QVERIFY2(saved.contains(QLatin1StringView(phase)), qPrintable(saved));
    }
    QVERIFY(window.log().text().contains(u"read back and equal"_s));
}

QTEST_MAIN(FlashTest)
#include "flash_test.moc"
