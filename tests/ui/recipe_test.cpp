// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/windowhelpers.h"
#include "ui/compareview.h"

#include <algorithm>
#include <array>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::UserWindow;

/// Documents that are what an image is made of: recipes, and the files that they name.
class RecipeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void aFolderIsSavedAsARecipeAndComesBack();
    void anotherBoardIsAChangeOfARecipe();
    void filesThatAreMissingAreProblemsAndNoImageIsWritten();
    void whatChangedOnTheDiskIsShownAndRefreshedAsOneStep();
    void whatWasChangedByHandSurvivesARefresh();
    void aRefreshWithoutNewsChangesNothing();
    void filesThatAreGoneAreToldOnceAndGoWithARefresh();
    void newFilesComeToTheirPlaceInASortedFolder();
    void aRefreshThatIsUndoneIsStillKnownToBeDue();
    void wishesForAFileThatNothingBringsAreAProblemAndStay();
    void aRecipeIsReadAgainAsOneStep();
    void aRecipeIsComparedWithItsSavedFile();
    void anImageIsSavedFromARecipeAsACopy();

private:
    static void withApp(const test::Folder& folder)
    {
        folder.write(u"app/lib/a.txt"_s, "a");
        folder.write(u"app/lib/b.txt"_s, "b");
        folder.write(u"app/model.tflite"_s, "model");
    }

    /// A window with the folder open and saved as app.romsmith.
    static void openAndSave(UserWindow& window, const test::Folder& folder)
    {
        window.open({folder.path(u"app"_s)});
        ROMSMITH_TRY(window.currentView()
                     && test::outlineOf(window.document()) == u"lib/ lib/a.txt lib/b.txt model.tflite"_s);
        save(window, folder.path(u"app.romsmith"_s));
    }

    static void save(UserWindow& window, const QString& path)
    {
        window.questions().askForSavePath = [path](const QString&) { return path; };
        window.action(u"saveAsAction"_s)->trigger();
        ROMSMITH_TRY(window.document().path() == path && !window.document().isModified());
    }

    static void look(UserWindow& window) { window.currentView()->sources().check(); }
};

void RecipeTest::aFolderIsSavedAsARecipeAndComesBack()
{
    const test::Folder folder;
    withApp(folder);
    const auto path = folder.path(u"app.romsmith"_s);
    {
        UserWindow window;
        openAndSave(window, folder);
        QVERIFY(test::readFile(folder.path(u"app.romsmith"_s)).contains(R"({"from": "app"})"));
    }
    folder.write(u"app/lib/new.txt"_s, "new");
    UserWindow window;
    window.openAndWait(path);
    QCOMPARE(test::outlineOf(window.document()), u"lib/ lib/a.txt lib/b.txt lib/new.txt model.tflite"_s);
    QVERIFY(!window.document().isModified());
}

void RecipeTest::anotherBoardIsAChangeOfARecipe()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    window.chooseTarget(u"OpenMV N6"_s);
    QVERIFY(window.document().isModified());
    window.action(u"saveAction"_s)->trigger();
    ROMSMITH_TRY(!window.document().isModified());
    QVERIFY(test::readFile(folder.path(u"app.romsmith"_s)).contains(R"("board": "OPENMV_N6")"));
}

void RecipeTest::filesThatAreMissingAreProblemsAndNoImageIsWritten()
{
    const test::Folder folder;
    folder.write(u"app.romsmith"_s, R"({"romsmith": 1, "files": [{"path": "a.txt", "from": "gone.txt"}]})");
    UserWindow window;
    window.openAndWait(folder.path(u"app.romsmith"_s));
    QVERIFY(window.problemWith("missing-source") >= 0);
    window.questions().askForSavePath = [&](const QString&) { return folder.path(u"x.img"_s); };
    window.action(u"saveCopyAction"_s)->trigger();
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains(u"gone.txt"_s), qPrintable(window.notice().text()));
    QVERIFY(!QFile::exists(folder.path(u"x.img"_s)));
    // As soon as the file is there, it can be had.
    folder.write(u"gone.txt"_s, "back");
    window.currentView()->refresh();
    ROMSMITH_TRY(test::textAt(window.document(), "a.txt") == u"back"_s);
    QCOMPARE(window.problemWith("missing-source"), -1);
}

void RecipeTest::whatChangedOnTheDiskIsShownAndRefreshedAsOneStep()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    const auto steps = window.document().undoStack().count();
    folder.write(u"app/lib/a.txt"_s, "changed");
    folder.write(u"app/lib/new.txt"_s, "new");
    QVERIFY(QFile::remove(folder.path(u"app/lib/b.txt"_s)));
    look(window);
    ROMSMITH_TRY(window.problemWith("source-changed") >= 0);
    window.currentView()->refresh();
    ROMSMITH_TRY(window.document().undoStack().count() == steps + 1);
    QCOMPARE(test::outlineOf(window.document()), u"lib/ lib/a.txt lib/new.txt model.tflite"_s);
    QCOMPARE(test::textAt(window.document(), "lib/a.txt"), u"changed"_s);
    ROMSMITH_TRY(window.problemWith("source-changed") == -1);
    window.document().undoStack().undo();
    QCOMPARE(test::outlineOf(window.document()), u"lib/ lib/a.txt lib/b.txt model.tflite"_s);
    QCOMPARE(test::textAt(window.document(), "lib/a.txt"), u"a"_s);
}

void RecipeTest::whatWasChangedByHandSurvivesARefresh()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    auto& document = window.document();
    const auto perform = [&](Result<tree::Edit> edit) { test::must(document.perform(std::move(edit), u"x"_s)); };
    perform(document.tree().remove(std::array{&test::at(document, "lib/b.txt")}));
    perform(document.tree().replaceContent(test::at(document, "model.tflite"),
                                           romfs::Content::copyOf(std::as_bytes(std::span("mine", 4)))));
    folder.write(u"app/lib/a.txt"_s, "changed");
    folder.write(u"app/lib/b.txt"_s, "changed");
    folder.write(u"app/model.tflite"_s, "changed");
    window.tree().clearSelection();
    window.currentView()->refresh();
    ROMSMITH_TRY(test::textAt(document, "lib/a.txt") == u"changed"_s);
    QCOMPARE(test::outlineOf(document), u"lib/ lib/a.txt model.tflite"_s);
    QCOMPARE(test::textAt(document, "model.tflite"), u"mine"_s);
}

void RecipeTest::aRefreshWithoutNewsChangesNothing()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    window.currentView()->refresh();
    ROMSMITH_TRY(window.notice().text() == u"Everything is as it is on the disk."_s);
    QVERIFY(!window.document().isModified());
}

void RecipeTest::filesThatAreGoneAreToldOnceAndGoWithARefresh()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    QVERIFY(QFile::remove(folder.path(u"app/lib/a.txt"_s)));
    QVERIFY(QFile::remove(folder.path(u"app/lib/b.txt"_s)));
    look(window);
    ROMSMITH_TRY(window.problemWith("source-changed") >= 0);
    QCOMPARE(std::ranges::count(window.document().plan().findings, "source-changed", &romfs::Finding::code), 1);
    window.currentView()->refresh();
    ROMSMITH_TRY(test::outlineOf(window.document()) == u"lib/ model.tflite"_s);
    QVERIFY(window.notice().isHidden());
}

void RecipeTest::newFilesComeToTheirPlaceInASortedFolder()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    folder.write(u"app/lib/aa.txt"_s, "new");
    folder.write(u"app/new/x.txt"_s, "new");
    folder.write(u"app/kind.txt"_s, "new");
    window.currentView()->refresh();
    ROMSMITH_TRY(test::outlineOf(window.document())
                 == u"kind.txt lib/ lib/a.txt lib/aa.txt lib/b.txt model.tflite new/ new/x.txt"_s);
}

void RecipeTest::aRefreshThatIsUndoneIsStillKnownToBeDue()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    folder.write(u"app/lib/a.txt"_s, "changed");
    look(window);
    ROMSMITH_TRY(window.problemWith("source-changed") >= 0);
    window.currentView()->refresh();
    ROMSMITH_TRY(window.problemWith("source-changed") == -1);
    window.document().undoStack().undo();
    QVERIFY(window.problemWith("source-changed") >= 0);
}

void RecipeTest::wishesForAFileThatNothingBringsAreAProblemAndStay()
{
    const test::Folder folder;
    folder.write(u"app.romsmith"_s, R"({"romsmith": 1, "files": [{"path": "modles/face.tflite", "align": 64}]})");
    UserWindow window;
    window.openAndWait(folder.path(u"app.romsmith"_s));
    QVERIFY(window.problemWith("missing-source") >= 0);
    window.chooseTarget(u"OpenMV N6"_s);
    window.action(u"saveAction"_s)->trigger();
    ROMSMITH_TRY(!window.document().isModified());
    QVERIFY(test::readFile(folder.path(u"app.romsmith"_s)).contains(R"({"path": "modles/face.tflite", "align": 64})"));
}

void RecipeTest::aRecipeIsReadAgainAsOneStep()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    const auto steps = window.document().undoStack().count();
    folder.write(u"app.romsmith"_s, R"({"romsmith": 1, "layout": "compact", "files": [{"path": "x", "text": "1"}]})");
    window.action(u"revertAction"_s)->trigger();
    ROMSMITH_TRY(test::outlineOf(window.document()) == u"x"_s);
    QCOMPARE(window.document().style(), romfs::Style::Compact);
    QCOMPARE(window.document().undoStack().count(), steps + 1);
    window.document().undoStack().undo();
    QCOMPARE(test::outlineOf(window.document()), u"lib/ lib/a.txt lib/b.txt model.tflite"_s);
    QCOMPARE(window.document().style(), romfs::Style::OpenMv);
}

void RecipeTest::aRecipeIsComparedWithItsSavedFile()
{
    const test::Folder folder;
    withApp(folder);
    folder.write(u"app/compiled.py"_s, "x = 1\n");
    UserWindow window;
    window.open({folder.path(u"app"_s)});
    ROMSMITH_TRY(window.currentView() && window.document().plan().flat.entries.size() == 5
                 && window.document().plan().isComplete());
    save(window, folder.path(u"app.romsmith"_s));
    const auto tabs = window.tabs().count();
    auto* menu = window.findChild<QMenu*>(u"compareMenu"_s);
    Q_EMIT menu->aboutToShow();
    menu->actions().front()->trigger();
    ROMSMITH_TRY(window.tabs().count() == tabs + 1);
    const auto* comparison = qobject_cast<ui::CompareView*>(window.tabs().currentWidget());
    QVERIFY(comparison);
    ROMSMITH_TRY(comparison->isFinished());
    QCOMPARE(comparison->summary(), u"The same, byte for byte"_s);
}

void RecipeTest::anImageIsSavedFromARecipeAsACopy()
{
    const test::Folder folder;
    withApp(folder);
    UserWindow window;
    openAndSave(window, folder);
    window.questions().askForSavePath = [&](const QString&) { return folder.path(u"x.img"_s); };
    window.action(u"saveCopyAction"_s)->trigger();
    ROMSMITH_TRY(QFile::exists(folder.path(u"x.img"_s)));
    QCOMPARE(window.document().path(), folder.path(u"app.romsmith"_s));
    QVERIFY(ui::isImageFile(folder.path(u"x.img"_s)));
}

QTEST_MAIN(RecipeTest)
#include "recipe_test.moc"
