// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/windowhelpers.h"
#include "ui/welcomepage.h"

#include <QListWidget>
#include <QMessageBox>
#include <QSemaphore>
#include <QSignalSpy>
#include <QStatusBar>
#include <QThreadPool>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::UserWindow;
using ui::Unsaved;

/// Documents in tabs: opened, saved, closed, and what happens to their files meanwhile.
class WindowTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void imagesOpenInTabsOfTheirOwn();
    void keysTurnToTheNextTabWhereverTheFocusIs();
    void anUntouchedNewImageMakesRoom();
    void filesAndFoldersBecomeANewImage();
    void imagesAndFilesOpenedTogetherAllArrive();
    void whatCannotBeOpenedSaysWhy_data();
    void whatCannotBeOpenedSaysWhy();
    void savingANewImageAsksWhereOnceOnly();
    void savingUnderAnotherNameMovesTheDocument();
    void aSavedCopyLeavesTheDocumentAlone();
    void savingThatFailsKeepsTheChanges();
    void whatIsEditedWhileSavingIsNotLost();
    void unsavedChangesAreAskedAboutOnceWithAllNames();
    void closingTheWindowSavesWhatIsWanted();
    void aSaveThatIsCancelledKeepsTheWindowOpen();
    void aFailedSaveKeepsTheWindowOpen();
    void closingTheWindowSavesNestedImagesIntoTheirOuterOnes();
    void theLastClosedImageOpensAgain();
    void whatWasOpenOpensAgainAtTheNextStart();
    void anImageKeepsItsTarget();
    void anImageThatIsTooLargeIsSavedAndSaysSo();
    void withoutAnImageThereIsAPageToStartFrom();
    void whatWasOpenIsKnownAfterACrash();
    void recentFilesAreKeptNewestFirst();
    void theTargetIsRemembered();
    void aFileThatChangedOnDiskIsOfferedAgain();
    void reloadingIsOneStepThatCanBeUndone();
    void aSaveNeverReplacesWhatSomebodyElseWrote();
    void savingOverTheFileOfAnotherTabIsRefused();
    void aFileThatComesBackIsSeen();
    void theWindowWaitsForWhatIsBeingWritten();
    void whatWasOpenIsKnownHoweverLongTheWindowWaits();
    void closingAnImageAsksAboutWhatIsOpenFromInsideIt();
    void reloadingWhatIsNoImageAnyMoreKeepsTheDocument();
    void aFileThatWasRemovedIsReported();
    void itsOwnSavesAreNoChangeOnDisk();
    void theUnsavedDialogNamesWhatWouldBeLost();

private:
    static void edit(UserWindow& window)
    {
        window.currentView()->editor().newFolder();
        window.press(Qt::Key_Return);
        QVERIFY(window.document().isModified());
    }
};

void WindowTest::imagesOpenInTabsOfTheirOwn()
{
    const test::Folder folder;
    const auto one = folder.write(u"one.img"_s, test::openMvImage());
    const auto two = folder.write(u"two.romfs"_s, test::compactImage());
    UserWindow window;
    window.questions().askForImages = [&] { return QStringList{one, two}; };
    window.press(Qt::Key_O, Qt::ControlModifier);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 2);
    QCOMPARE(window.tabTitle(), u"two.romfs"_s);
    QVERIFY(window.windowTitle().contains("two.romfs"_L1));
    QCOMPARE(window.windowFilePath(), two);
    QVERIFY(!window.isWindowModified());

    QTest::mouseClick(window.tabs().tabBar(), Qt::LeftButton, {}, window.tabs().tabBar()->tabRect(0).center());
    QCOMPARE(window.tabTitle(), u"one.img"_s);
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());

    window.open({two}); // is open already
    QCOMPARE(window.tabTitle(), u"two.romfs"_s);
    QCOMPARE(window.documentCount(), 2);
}

void WindowTest::keysTurnToTheNextTabWhereverTheFocusIs()
{
    UserWindow window;
    window.newDocument();
    edit(window);
    window.newDocument();
    QCOMPARE(window.tabs().count(), 2);
    auto* problems = window.findChild<ui::ProblemsView*>();
    problems->setFocus();
    window.press(Qt::Key_Tab, Qt::ControlModifier);
    QCOMPARE(window.tabs().currentIndex(), 0);
    problems->setFocus();
    window.press(Qt::Key_Backtab, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.tabs().currentIndex(), 1);
}

void WindowTest::anUntouchedNewImageMakesRoom()
{
    const test::Folder folder;
    const auto path = folder.write(u"one.img"_s, test::openMvImage());
    UserWindow window;
    window.press(Qt::Key_N, Qt::ControlModifier);
    QCOMPARE(window.documentCount(), 1);
    window.openAndWait(path);
    QCOMPARE(window.documentCount(), 1);

    window.press(Qt::Key_N, Qt::ControlModifier);
    edit(window);
    window.openAndWait(folder.write(u"two.img"_s, test::openMvImage()));
    QCOMPARE(window.documentCount(), 3);
}

void WindowTest::filesAndFoldersBecomeANewImage()
{
    const test::Folder folder;
    folder.write(u"project/main.py"_s, "main");
    folder.write(u"project/lib/a.py"_s, "a");
    const auto single = folder.write(u"single.txt"_s, "single");
    {
        UserWindow window;
        window.open({folder.path(u"project"_s)});
        ROMSMITH_TRY_COMPARE(test::outlineOf(window.document()), u"lib/ lib/a.py main.py"_s);
        QVERIFY(window.document().isModified());
        window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Discard; };
    }
    UserWindow window;
    window.open({single, folder.path(u"project"_s)});
    ROMSMITH_TRY_COMPARE(test::outlineOf(window.document()),
                         u"single.txt project/ project/lib/ project/lib/a.py project/main.py"_s);
    QCOMPARE(window.documentCount(), 1);
}

void WindowTest::imagesAndFilesOpenedTogetherAllArrive()
{
    const test::Folder folder;
    const auto image = folder.write(u"one.img"_s, test::openMvImage());
    for (int i = 0; i < 20; ++i) {
        folder.write(u"project/file%1.txt"_s.arg(i), "content");
    }
    for (int i = 0; i < 5; ++i) {
        UserWindow window;
        window.open({folder.path(u"project"_s), image});
        ROMSMITH_TRY_COMPARE(window.documentCount(), 2);
        ROMSMITH_TRY(window.jobs().isIdle());
        QStringList outlines;
        for (auto* view : window.findChildren<ui::DocumentView*>()) {
            ROMSMITH_TRY(!view->importer().isLoading());
            outlines.append(test::outlineOf(view->document()));
        }
        QVERIFY(outlines.join(u'|').contains("file19.txt"_L1));
        QVERIFY(outlines.join(u'|').contains("model.tflite"_L1));
    }
}

void WindowTest::whatCannotBeOpenedSaysWhy_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    QTest::newRow("missing") << u"missing.img"_s << QByteArray() << u"missing.img"_s;
    QTest::newRow("empty") << u"empty.img"_s << QByteArray("") << u"empty.img"_s;
    QTest::newRow("no image") << u"text.img"_s << QByteArray("just text, no image") << u"text.img"_s;
    QTest::newRow("magic alone") << u"magic.img"_s << QByteArray("\xd2\xcd\x31") << u"magic.img"_s;
    QTest::newRow("a folder") << u"folder.img/inside"_s << QByteArray("x") << u"folder.img"_s;
}

void WindowTest::whatCannotBeOpenedSaysWhy()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, content);
    QFETCH(const QString, said);
    const test::Folder folder;
    if (!content.isNull()) {
        folder.write(name, content);
    }
    UserWindow window;
    window.open({folder.path(name.section(u'/', 0, 0))});
    ROMSMITH_TRY(window.currentView() && window.notice().isVisible());
    QVERIFY2(window.notice().text().contains(said), qPrintable(window.notice().text()));
    QCOMPARE(window.documentCount(), 1);
    QVERIFY(window.document().path().isEmpty());
    QTest::mouseClick(window.notice().findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(!window.notice().isVisible());
}

void WindowTest::savingANewImageAsksWhereOnceOnly()
{
    const test::Folder folder;
    const auto path = folder.path(u"app.img"_s);
    UserWindow window;
    window.press(Qt::Key_N, Qt::ControlModifier);
    edit(window);
    QVERIFY(window.tabTitle().endsWith(u'*'));
    QVERIFY(window.isWindowModified());
    int asked = 0;
    window.questions().askForSavePath = [&](const QString&) {
        ++asked;
        return path;
    };
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(!window.document().isModified());
    QCOMPARE(window.tabTitle(), u"app.img"_s);
    QVERIFY(!window.isWindowModified());
    QCOMPARE(test::readFile(path), test::bytesOf(window.document()));

    edit(window);
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(!window.document().isModified());
    QCOMPARE(asked, 1);
    QCOMPARE(test::readFile(path), test::bytesOf(window.document()));
    QCOMPARE(test::outlineOf(*test::documentOf(test::readFile(path))), test::outlineOf(window.document()));
}

void WindowTest::savingUnderAnotherNameMovesTheDocument()
{
    const test::Folder folder;
    const auto first = folder.write(u"first.img"_s, test::openMvImage());
    const auto second = folder.path(u"second.img"_s);
    UserWindow window;
    window.openAndWait(first);
    edit(window);
    window.questions().askForSavePath
        = [&](const QString& suggested) { return suggested == first ? second : QString(); };
    window.press(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
    ROMSMITH_TRY_COMPARE(window.document().path(), second);
    QCOMPARE(window.tabTitle(), u"second.img"_s);
    QCOMPARE(test::readFile(first), test::openMvImage());
    QCOMPARE(test::readFile(second), test::bytesOf(window.document()));
}

void WindowTest::aSavedCopyLeavesTheDocumentAlone()
{
    const test::Folder folder;
    const auto first = folder.write(u"first.img"_s, test::openMvImage());
    const auto copy = folder.path(u"copy.img"_s);
    UserWindow window;
    window.openAndWait(first);
    edit(window);
    window.questions().askForSavePath = [&](const QString&) { return copy; };
    window.action(u"saveCopyAction"_s)->trigger();
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY(window.notice().text().contains(copy));
    QCOMPARE(test::readFile(copy), test::bytesOf(window.document()));
    QCOMPARE(window.document().path(), first);
    QVERIFY(window.document().isModified());
}

void WindowTest::savingThatFailsKeepsTheChanges()
{
    const test::Folder folder;
    UserWindow window;
    window.newDocument();
    edit(window);
    const auto path = folder.path(u"no/such/folder/app.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(window.fileNotice().isVisible());
    QVERIFY(window.fileNotice().text().contains("app.img"_L1));
    QVERIFY(window.document().isModified());
    QVERIFY(window.document().path().isEmpty());
}

void WindowTest::whatIsEditedWhileSavingIsNotLost()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    edit(window);
    const auto saved = test::bytesOf(window.document());
    // Save and close, and one more edit before the file is written: the tab stays.
    window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
    {
        const test::BusyThreads busy;
        window.press(Qt::Key_W, Qt::ControlModifier);
        QVERIFY2(!window.jobs().isIdle(), "saving must go on in the background");
        edit(window);
    }
    ROMSMITH_TRY(window.jobs().isIdle());
    ROMSMITH_TRY_COMPARE(test::readFile(path), saved);
    QCoreApplication::processEvents();
    QCOMPARE(window.documentCount(), 1);
    QVERIFY(window.document().isModified());
}

void WindowTest::unsavedChangesAreAskedAboutOnceWithAllNames()
{
    UserWindow window;
    window.newDocument();
    edit(window);
    const auto first = window.document().name();
    window.newDocument();
    edit(window);
    const auto second = window.document().name();
    window.newDocument(); // has nothing to lose
    QList<QStringList> asked;
    window.questions().askAboutUnsaved = [&](const QStringList& documents) {
        asked.append(documents);
        return Unsaved::Cancel;
    };
    QVERIFY(!window.close());
    QCOMPARE(asked, QList<QStringList>({{first, second}}));
    QCOMPARE(window.documentCount(), 3);

    QTest::mouseClick(window.tabs().tabBar(), Qt::LeftButton, {}, window.tabs().tabBar()->tabRect(1).center());
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(asked.last(), QStringList{second});
    QCOMPARE(window.documentCount(), 3);

    window.questions().askAboutUnsaved = [&](const QStringList&) { return Unsaved::Discard; };
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.documentCount(), 2);
    QVERIFY(window.close());
    QCOMPARE(window.documentCount(), 0);
}

void WindowTest::closingTheWindowSavesWhatIsWanted()
{
    const test::Folder folder;
    const auto named = folder.write(u"named.img"_s, test::openMvImage());
    const auto fresh = folder.path(u"fresh.img"_s);
    UserWindow window;
    window.openAndWait(named);
    edit(window);
    const auto wantedNamed = test::bytesOf(window.document());
    window.newDocument();
    edit(window);
    const auto wantedFresh = test::bytesOf(window.document());
    window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
    window.questions().askForSavePath = [&](const QString&) { return fresh; };
    window.close();
    ROMSMITH_TRY(!window.isVisible());
    QCOMPARE(test::readFile(named), wantedNamed);
    QCOMPARE(test::readFile(fresh), wantedFresh);
}

void WindowTest::aSaveThatIsCancelledKeepsTheWindowOpen()
{
    const test::Folder folder;
    const auto named = folder.write(u"named.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(named);
    edit(window);
    window.newDocument();
    edit(window);
    window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
    window.questions().askForSavePath = [](const QString&) { return QString(); };
    window.close();
    QCoreApplication::processEvents();
    QCOMPARE(window.documentCount(), 2); // nothing was closed, nor saved
    QVERIFY(window.isVisible());
    QCOMPARE(test::readFile(named), test::openMvImage());

    // Closing was given up: saving and closing the tabs later leaves the window.
    const auto path = folder.path(u"later.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    window.press(Qt::Key_W, Qt::ControlModifier);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 1);
    window.press(Qt::Key_W, Qt::ControlModifier);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 0);
    QVERIFY(window.isVisible());
    QVERIFY(QFile::exists(path));
}

void WindowTest::aFailedSaveKeepsTheWindowOpen()
{
    const test::Folder folder;
    UserWindow window;
    window.newDocument();
    edit(window);
    window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
    window.questions().askForSavePath = [&](const QString&) { return folder.path(u"no/such/folder.img"_s); };
    window.close();
    ROMSMITH_TRY(window.fileNotice().isVisible());
    QVERIFY(window.isVisible());
    QVERIFY(window.document().isModified());
    window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Discard; };
}

void WindowTest::closingTheWindowSavesNestedImagesIntoTheirOuterOnes()
{
    const test::Folder folder;
    auto outerDocument = std::make_unique<ui::Document>();
    test::must(outerDocument->perform(
        outerDocument->tree().add(
            outerDocument->tree().root(),
            test::list(tree::Node::file("inner.img", test::content(test::fromQt(test::openMvImage())))),
            tree::ClashPolicy::Refuse),
        u"fill"_s));
    const auto path = folder.write(u"outer.img"_s, test::bytesOf(*outerDocument));
    for (const bool outerIsModified : {false, true}) {
        UserWindow window;
        window.openAndWait(path);
        if (outerIsModified) {
            edit(window);
        }
        window.currentView()->openNested(test::at(window.document(), "inner.img"));
        QCOMPARE(window.documentCount(), 2);
        QVERIFY(window.currentView()->isNested());
        const auto name = outerIsModified ? "second" : "first";
        test::must(window.document().perform(window.document().tree().rename(test::at(window.document(), "lib"), name),
                                             u"rename"_s));
        const auto wanted = test::bytesOf(window.document());
        window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
        window.close();
        ROMSMITH_TRY(!window.isVisible());
        const auto outer = test::documentOf(test::readFile(path));
        QCOMPARE(test::toQt(test::at(*outer, "inner.img").content().bytes()), wanted);
        folder.write(u"outer.img"_s, test::bytesOf(*outerDocument));
    }
}

void WindowTest::theLastClosedImageOpensAgain()
{
    const test::Folder folder;
    const auto one = folder.write(u"one.img"_s, test::openMvImage());
    const auto two = folder.write(u"two.img"_s, test::openMvImage());
    UserWindow window;
    window.press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier); // nothing to open
    QCOMPARE(window.documentCount(), 0);
    window.openAndWait(one);
    window.openAndWait(two);
    window.press(Qt::Key_W, Qt::ControlModifier);
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.documentCount(), 0);
    window.press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 1);
    QCOMPARE(window.document().path(), one);
    window.press(Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 2);
    QCOMPARE(window.document().path(), two);
}

void WindowTest::whatWasOpenOpensAgainAtTheNextStart()
{
    const test::Folder folder;
    const auto one = folder.write(u"one.img"_s, test::openMvImage());
    const auto two = folder.write(u"two.img"_s, test::compactImage());
    const auto gone = folder.write(u"gone.img"_s, test::compactImage());
    {
        UserWindow window;
        window.open({one, gone, two});
        ROMSMITH_TRY_COMPARE(window.documentCount(), 3);
        edit(window);
        window.questions().askAboutUnsaved = [](const QStringList&) { return Unsaved::Save; };
        window.close();
        ROMSMITH_TRY(!window.isVisible());
    }
    QVERIFY(QFile::remove(gone));
    UserWindow window;
    window.restoreSession();
    ROMSMITH_TRY_COMPARE(window.documentCount(), 2);
    QCOMPARE(window.document().path(), two);
}

void WindowTest::anImageKeepsItsTarget()
{
    const test::Folder folder;
    const auto first = folder.write(u"first.img"_s, test::openMvImage());
    const auto second = folder.write(u"second.img"_s, test::openMvImage());
    {
        UserWindow window;
        window.openAndWait(first);
        window.chooseTarget(u"OpenMV N6"_s);
        window.openAndWait(second);
        window.chooseTarget(u"Any"_s);
    }
    UserWindow window;
    window.openAndWait(first);
    QCOMPARE(window.document().target().key(), "OPENMV_N6/0");
    window.openAndWait(second);
    QCOMPARE(window.document().target().key(), "");
}

void WindowTest::anImageThatIsTooLargeIsSavedAndSaysSo()
{
    const test::Folder folder;
    UserWindow window;
    window.newDocument();
    window.chooseTarget(u"OpenMV Cam M4"_s);
    test::fill(window.document(), {{"large.dat", std::string(200'000, 'x')}});
    window.questions().askForSavePath = [&](const QString&) { return folder.path(u"large.img"_s); };
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(QFile::exists(folder.path(u"large.img"_s)) && window.jobs().isIdle());
    QVERIFY2(window.notice().text().contains("cannot be flashed"_L1), qPrintable(window.notice().text()));
    QVERIFY(window.statusBar()->currentMessage().startsWith("Saved "_L1));
}

void WindowTest::withoutAnImageThereIsAPageToStartFrom()
{
    const test::Folder folder;
    const auto path = folder.write(u"first.img"_s, test::openMvImage());
    UserWindow window;
    auto* page = window.findChild<ui::WelcomePage*>();
    QVERIFY(page->isVisible());
    window.openAndWait(path);
    QVERIFY(!page->isVisible());
    window.press(Qt::Key_W, Qt::ControlModifier);
    QVERIFY(page->isVisible());
    QCOMPARE(page->recentList().count(), 1);
    Q_EMIT page->recentList().itemActivated(page->recentList().item(0));
    ROMSMITH_TRY(window.documentCount() == 1);
}

void WindowTest::whatWasOpenIsKnownAfterACrash()
{
    const test::Folder folder;
    const auto path = folder.write(u"first.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    ROMSMITH_TRY(QSettings().value(u"session"_s).toStringList() == QStringList{path});
}

void WindowTest::recentFilesAreKeptNewestFirst()
{
    const test::Folder folder;
    const auto entries = [](const UserWindow& window) {
        for (auto* menu : window.findChildren<QMenu*>()) {
            if (menu->title().remove(u'&') == "Open Recent"_L1) {
                auto files = menu->actions();
                files.removeIf(
                    [](const QAction* action) { return action->isSeparator() || action->text() == "&Clear"_L1; });
                return files;
            }
        }
        return QList<QAction*>();
    };
    {
        UserWindow window;
        QVERIFY(entries(window).isEmpty());
        for (int i = 0; i < 12; ++i) {
            window.openAndWait(folder.write(u"file%1.img"_s.arg(i), test::openMvImage()));
        }
    }
    UserWindow window;
    const auto recent = entries(window);
    QCOMPARE(recent.size(), 10);
    QVERIFY(recent.first()->text().startsWith("file11.img"_L1));
    QVERIFY(recent.last()->text().startsWith("file2.img"_L1));
    recent.at(3)->trigger();
    ROMSMITH_TRY_COMPARE(window.documentCount(), 1);
    QCOMPARE(window.document().name(), u"file8.img"_s);
    ROMSMITH_TRY(entries(window).first()->text().startsWith("file8.img"_L1));
    QCOMPARE(entries(window).size(), 10);
}

void WindowTest::theTargetIsRemembered()
{
    {
        UserWindow window;
        window.chooseTarget(u"OpenMV N6"_s);
        window.newDocument();
        QCOMPARE(window.document().target().key(), std::string("OPENMV_N6/0"));
    }
    UserWindow window;
    window.newDocument();
    QCOMPARE(window.document().target().key(), std::string("OPENMV_N6/0"));
    window.chooseTarget(u"Any"_s);
    QVERIFY(!window.document().target().board());
}

void WindowTest::aFileThatChangedOnDiskIsOfferedAgain()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(folder.write(u"other.img"_s, test::openMvImage()));
    window.openAndWait(path);
    folder.write(u"app.img"_s, test::compactImage());
    ROMSMITH_TRY(window.fileNotice().isVisible());
    QVERIFY(window.fileNotice().text().contains(path));
    window.clickNotice(u"Keep Mine"_s);
    QVERIFY(!window.fileNotice().isVisible());
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
    QVERIFY2(window.document().isModified(), "the file is not what the document is");

    folder.write(u"app.img"_s, test::handMadeImage());
    ROMSMITH_TRY(window.fileNotice().isVisible());
    window.clickNotice(u"Reload"_s);
    ROMSMITH_TRY_COMPARE(test::bytesOf(window.document()), test::handMadeImage());
    QCOMPARE(window.documentCount(), 2);
    QCOMPARE(window.document().path(), path);
    QCOMPARE(window.tabs().currentIndex(), 1);
    QVERIFY(!window.document().isModified());
}

void WindowTest::reloadingIsOneStepThatCanBeUndone()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    edit(window);
    const auto edited = test::bytesOf(window.document());
    folder.write(u"app.img"_s, test::compactImage());
    ROMSMITH_TRY(window.fileNotice().isVisible());
    window.clickNotice(u"Reload"_s);
    ROMSMITH_TRY_COMPARE(test::bytesOf(window.document()), test::compactImage());
    QCOMPARE(window.document().undoStack().count(), 2);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(test::bytesOf(window.document()), edited);
    QVERIFY(window.document().isModified());
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
    window.document().undoStack().setClean();
}

void WindowTest::aSaveNeverReplacesWhatSomebodyElseWrote()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    edit(window);
    const auto mine = test::bytesOf(window.document());
    folder.write(u"app.img"_s, test::compactImage());
    window.press(Qt::Key_S, Qt::ControlModifier); // before or after the change was noticed
    ROMSMITH_TRY(window.fileNotice().text().contains("another program"_L1));
    QCOMPARE(test::readFile(path), test::compactImage());
    QVERIFY(window.document().isModified());
    window.clickNotice(u"Overwrite"_s);
    ROMSMITH_TRY_COMPARE(test::readFile(path), mine);
    ROMSMITH_TRY(!window.document().isModified());
    QVERIFY(!window.fileNotice().isVisible());
}

void WindowTest::savingOverTheFileOfAnotherTabIsRefused()
{
    const test::Folder folder;
    const auto other = folder.write(u"other.img"_s, test::compactImage());
    UserWindow window;
    window.openAndWait(other);
    window.openAndWait(folder.write(u"app.img"_s, test::openMvImage()));
    window.questions().askForSavePath = [&](const QString&) { return other; };
    window.press(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY(window.notice().text().contains("open in another tab"_L1));
    window.action(u"saveCopyAction"_s)->trigger();
    ROMSMITH_TRY(window.jobs().isIdle());
    QCOMPARE(test::readFile(other), test::compactImage());
}

void WindowTest::aFileThatComesBackIsSeen()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    QVERIFY(QFile::remove(path));
    ROMSMITH_TRY(window.fileNotice().text().contains("removed"_L1));
    QVERIFY2(window.document().isModified(), "there is nothing on the disk any more");
    folder.write(u"app.img"_s, test::compactImage());
    ROMSMITH_TRY(window.fileNotice().text().contains("changed"_L1));
    window.document().undoStack().setClean();
}

void WindowTest::theWindowWaitsForWhatIsBeingWritten()
{
    const test::Folder folder;
    const auto copy = folder.path(u"copy.img"_s);
    UserWindow window;
    window.openAndWait(folder.write(u"app.img"_s, test::openMvImage()));
    window.questions().askForSavePath = [&](const QString&) { return copy; };
    {
        const test::BusyThreads busy;
        window.action(u"saveCopyAction"_s)->trigger();
        QVERIFY(!window.close());
        QVERIFY(window.isVisible());
    }
    ROMSMITH_TRY(!window.isVisible());
    QCOMPARE(test::readFile(copy), test::openMvImage());
}

void WindowTest::whatWasOpenIsKnownHoweverLongTheWindowWaits()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    QSemaphore released;
    UserWindow window;
    QThreadPool::globalInstance()->setMaxThreadCount(std::max(2, QThread::idealThreadCount()));
    window.openAndWait(path);
    edit(window);
    window.questions().askAboutUnsaved = [&](const QStringList&) {
        window.jobs().run(
            &window, u"Compiling"_s,
            [&released](const std::stop_token&) {
                released.acquire();
                return 0;
            },
            [](int) {});
        return Unsaved::Save;
    };
    window.close();
    ROMSMITH_TRY(window.documentCount() == 0);
    constexpr int longerThanTheSessionWaits = 1300;
    QTest::qWait(longerThanTheSessionWaits);
    QVERIFY(window.isVisible());
    QCOMPARE(QSettings().value(u"session"_s).toStringList(), QStringList{path});
    released.release();
    ROMSMITH_TRY(!window.isVisible());
    QCOMPARE(QSettings().value(u"session"_s).toStringList(), QStringList{path});
}

void WindowTest::closingAnImageAsksAboutWhatIsOpenFromInsideIt()
{
    UserWindow window;
    window.newDocument();
    auto& outer = *window.currentView();
    auto file = test::list(test::file("inner.img", ""));
    test::must(outer.document().perform(
        outer.document().tree().add(outer.document().tree().root(), std::move(file), tree::ClashPolicy::Refuse),
        u"x"_s));
    auto& inner = test::at(outer.document(), "inner.img");
    test::must(outer.document().perform(
        outer.document().tree().replaceContent(inner, test::content(test::fromQt(test::openMvImage()))), u"x"_s));
    outer.document().undoStack().setClean();
    outer.openNested(inner);
    edit(window);
    window.tabs().setCurrentWidget(&outer);
    QStringList asked;
    window.questions().askAboutUnsaved = [&](const QStringList& documents) {
        asked = documents;
        return Unsaved::Discard;
    };
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(asked.size(), 1);
    QVERIFY(asked.front().contains("inner.img"_L1));
    QCOMPARE(window.documentCount(), 0);
}

void WindowTest::reloadingWhatIsNoImageAnyMoreKeepsTheDocument()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    folder.write(u"app.img"_s, "no image any more");
    ROMSMITH_TRY(window.fileNotice().isVisible());
    window.clickNotice(u"Reload"_s);
    ROMSMITH_TRY(window.notice().isVisible());
    QCOMPARE(window.documentCount(), 1);
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
}

void WindowTest::aFileThatWasRemovedIsReported()
{
    const test::Folder folder;
    const auto path = folder.write(u"app.img"_s, test::openMvImage());
    UserWindow window;
    window.openAndWait(path);
    QVERIFY(QFile::remove(path));
    ROMSMITH_TRY(window.fileNotice().isVisible());
    QVERIFY(window.fileNotice().text().contains("removed"_L1));
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(QFile::exists(path));
    QCOMPARE(test::readFile(path), test::openMvImage());
}

void WindowTest::itsOwnSavesAreNoChangeOnDisk()
{
    const test::Folder folder;
    UserWindow window;
    window.openAndWait(folder.write(u"app.img"_s, test::openMvImage()));
    for (int i = 0; i < 20; ++i) {
        edit(window);
        window.press(Qt::Key_S, Qt::ControlModifier);
        ROMSMITH_TRY(!window.document().isModified());
        QVERIFY2(!window.fileNotice().isVisible(), qPrintable(window.fileNotice().text()));
    }
    // It still sees what others do.
    folder.write(u"app.img"_s, test::compactImage());
    ROMSMITH_TRY(window.fileNotice().isVisible());
}

void WindowTest::theUnsavedDialogNamesWhatWouldBeLost()
{
    ui::MainWindow window; // with its own questions
    window.show();
    window.newDocument();
    window.currentView()->editor().newFolder();
    const auto name = window.currentView()->document().name();
    QString said;
    const auto answer = [&](QMessageBox::StandardButton button) {
        test::whenDialogOpens<QMessageBox>([&said, button](QMessageBox& box) {
            said = box.text();
            QTest::mouseClick(box.button(button), Qt::LeftButton);
        });
    };
    answer(QMessageBox::Cancel);
    QVERIFY(!window.close());
    QVERIFY(said.contains(name));
    answer(QMessageBox::Discard);
    QVERIFY(window.close());
}

QTEST_MAIN(WindowTest)
#include "window_test.moc"
