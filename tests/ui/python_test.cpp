// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/imagefile.h"
#include "tests/ui/editingwindow.h"
#include "ui/compilerchoice.h"
#include "ui/inspector.h"
#include "ui/previewview.h"
#include "ui/settingsdialog.h"
#include "ui/textpage.h"

#include <QLabel>
#include <QTreeWidget>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using test::UserWindow;
using ui::RomTreeModel;

/// Python files on their way into an image.
class PythonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void sourcesStayInTheTreeAndBytecodeGoesIntoTheImage();
    void aSaveWaitsForTheCompiler();
    void aSaveWhoseCompilingIsCancelledSaysSoAndWritesNothing();
    void aSyntaxErrorLeadsToItsLineAndIsMendedByKeepingTheSource();
    void foldersAndFilesSayWhetherTheyAreCompiled();
    void whatIsInAnOpenedImageIsLeftAsItIs();
    void theWholeImageCanKeepItsSources();
    void withoutACompilerOneProblemSaysSo();
    void theSettingsShowWhichCompilerIsUsed();
    void aCrashDoesNotForgetWhatIsKept();
};

namespace {

QString cell(UserWindow& window, std::string_view path, int column)
{
    return window.tree().model()->index(0, 0).isValid()
        ? window.tree().viewIndex(test::at(window.document(), path)).siblingAtColumn(column).data().toString()
        : QString();
}

QStringList pathsIn(const QString& imagePath)
{
    const auto image = test::must(sources::openImage(ui::toPath(imagePath)));
    const auto parents = romfs::parentsOf(image.entries);
    QStringList paths;
    for (std::uint32_t i = 0; i < image.entries.size(); ++i) {
        paths.append(ui::text(romfs::pathOf(image.entries, parents, i)));
    }
    return paths;
}

/// The entry of a menu with that text, after the menu has opened.
QAction* choice(UserWindow& window, const QString& menuText, const QString& text)
{
    for (auto* menu : window.findChildren<QMenu*>()) {
        if (menu->title() == menuText) {
            for (auto* action : menu->actions()) {
                if (action->text() == text) {
                    Q_EMIT menu->aboutToShow();
                    return action;
                }
            }
        }
    }
    throw std::runtime_error(qPrintable(u"there is no %1 > %2"_s.arg(menuText, text)));
}

} // namespace

void PythonTest::sourcesStayInTheTreeAndBytecodeGoesIntoTheImage()
{
    const test::Folder folder;
    EditingWindow window({{"main.py", "import lib"}, {"lib/helpers.py", "def double(x):\n    return 2 * x\n"}});
    const auto path = folder.path(u"app.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    ROMSMITH_TRY(cell(window, "lib/helpers.py", RomTreeModel::Notes) == u"→ helpers.mpy"_s);
    QCOMPARE(cell(window, "lib/helpers.py", RomTreeModel::Name), u"helpers.py"_s);
    const auto& compiled = window.document().plan().contentOf(window.at("lib/helpers.py"));
    QCOMPARE(cell(window, "lib/helpers.py", RomTreeModel::Size), ui::exactSize(compiled.size()));
    QCOMPARE(cell(window, "main.py", RomTreeModel::Notes), u"kept as source, the only form that is started"_s);
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(!window.document().isModified() && !window.document().path().isEmpty());
    QCOMPARE(pathsIn(path), (QStringList{u"main.py"_s, u"lib"_s, u"lib/helpers.mpy"_s}));
    QVERIFY(window.document().tree().find("lib/helpers.py"));
}

void PythonTest::aSaveWaitsForTheCompiler()
{
    const test::Folder folder;
    EditingWindow window({});
    const auto path = folder.path(u"app.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    {
        const test::BusyThreads busy;
        test::fill(window.document(), {{"waits.py", "A_SAVE_WAITS = 1\n"}});
        QVERIFY(!window.document().plan().isComplete());
        QCOMPARE(cell(window, "waits.py", RomTreeModel::Notes), u"→ waits.mpy, being compiled…"_s);
        window.press(Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!QFile::exists(path));
    }
    ROMSMITH_TRY(QFile::exists(path) && window.jobs().isIdle());
    QCOMPARE(pathsIn(path), QStringList{u"waits.mpy"_s});
}

void PythonTest::aSaveWhoseCompilingIsCancelledSaysSoAndWritesNothing()
{
    const test::Folder folder;
    EditingWindow window({});
    const auto path = folder.path(u"app.img"_s);
    window.questions().askForSavePath = [&](const QString&) { return path; };
    {
        const test::BusyThreads busy;
        test::fill(window.document(), {{"never.py", "IS_CANCELLED = 1\n"}});
        window.press(Qt::Key_S, Qt::ControlModifier);
        window.jobs().cancelAll();
    }
    ROMSMITH_TRY(window.fileNotice().isVisible());
    QVERIFY(window.fileNotice().text().contains("cancelled"_L1));
    QVERIFY(!QFile::exists(path));
    QVERIFY(window.document().tree().find("never.py"));
    window.press(Qt::Key_S, Qt::ControlModifier);
    ROMSMITH_TRY(QFile::exists(path) && window.jobs().isIdle());
    QCOMPARE(pathsIn(path), QStringList{u"never.mpy"_s});
}

void PythonTest::aSyntaxErrorLeadsToItsLineAndIsMendedByKeepingTheSource()
{
    EditingWindow window({{"good.py", "a = 1\n"}, {"lib/bad.py", "a = 1\n\ndef f(:\n    pass\n"}});
    auto& findings = window.problems().findings();
    ROMSMITH_TRY(findings.rowCount() > 0 && findings.findingAt(0).code == "not-compiled");
    QCOMPARE(findings.findingAt(0).line, 3U);
    QCOMPARE(findings.nodeAt(0), &window.at("lib/bad.py"));
    QCOMPARE(cell(window, "lib/bad.py", RomTreeModel::Notes), u"not compiled; see Problems"_s);
    QCOMPARE(cell(window, "good.py", RomTreeModel::Notes), u"→ good.mpy"_s);
    Q_EMIT window.problems().doubleClicked(findings.index(0, ui::FindingsModel::Message));
    ROMSMITH_TRY(!window.inspector().preview().isBusy());
    auto* page = window.inspector().preview().findChild<ui::TextPage*>();
    ROMSMITH_TRY(page->textCursor().selectedText() == u"def f(:"_s);

    Q_EMIT window.problems().clicked(findings.index(0, ui::FindingsModel::Mend));
    QCOMPARE(findings.rowCount(), 0);
    QCOMPARE(cell(window, "lib/bad.py", RomTreeModel::Notes), u"kept as source"_s);
    QCOMPARE(window.document().undoStack().undoText(), u"Keep \"bad.py\" as source"_s);
    window.document().undoStack().undo();
    QCOMPARE(findings.rowCount(), 1);
}

void PythonTest::foldersAndFilesSayWhetherTheyAreCompiled()
{
    EditingWindow window({{"lib/a.py", "a = 1\n"}, {"lib/b.py", "b = 1\n"}, {"main.py", "main = 1\n"}});
    const auto notes = [&](std::string_view path) { return cell(window, path, RomTreeModel::Notes); };
    ROMSMITH_TRY(notes("lib/a.py") == u"→ a.mpy"_s);
    window.click(window.at("lib"));
    QVERIFY(choice(window, u"P&ython"_s, u"&As What Is Around It"_s)->isChecked());
    choice(window, u"P&ython"_s, u"&Keep as Source"_s)->trigger();
    QCOMPARE(notes("lib/a.py"), u"kept as source"_s);
    window.click(window.at("lib/b.py"));
    choice(window, u"P&ython"_s, u"&Compile to .mpy"_s)->trigger();
    QVERIFY(choice(window, u"P&ython"_s, u"&Compile to .mpy"_s)->isChecked());
    QVERIFY(!choice(window, u"P&ython"_s, u"&Keep as Source"_s)->isChecked());
    ROMSMITH_TRY(notes("lib/b.py") == u"→ b.mpy"_s);
    QCOMPARE(notes("lib/a.py"), u"kept as source"_s);
    window.document().undoStack().undo();
    window.document().undoStack().undo();
    QCOMPARE(notes("lib/a.py"), u"→ a.mpy"_s);
}

void PythonTest::whatIsInAnOpenedImageIsLeftAsItIs()
{
    const test::Folder folder;
    const auto path = folder.write(u"a.img"_s, test::openMvImage());
    UserWindow window;
    window.open({path});
    ROMSMITH_TRY(window.documentCount() == 1 && window.jobs().isIdle());
    QVERIFY(!window.document().python().compile);
    QVERIFY(window.document().plan().isComplete());
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
    choice(window, u"&Python"_s, u"&Compile Files to .mpy"_s)->trigger();
    QVERIFY(window.document().isModified());
    ROMSMITH_TRY(window.document().plan().isComplete());
    window.document().undoStack().undo();
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
}

void PythonTest::theWholeImageCanKeepItsSources()
{
    EditingWindow window({{"a.py", "a = 1\n"}});
    ROMSMITH_TRY(window.document().plan().isComplete());
    choice(window, u"&Python"_s, u"&Keep Files as Source"_s)->trigger();
    QVERIFY(choice(window, u"&Python"_s, u"&Keep Files as Source"_s)->isChecked());
    QCOMPARE(window.document().plan().flat.entries[0].name, "a.py");
    QCOMPARE(window.document().undoStack().undoText(), u"Keep Python files as source"_s);
    window.document().undoStack().undo();
    QCOMPARE(window.document().plan().flat.entries[0].name, "a.mpy");
    choice(window, u"&Optimize"_s, u"Level &3 (no assert, no line numbers)"_s)->trigger();
    QCOMPARE(window.document().python().optimization, 3);
}

void PythonTest::withoutACompilerOneProblemSaysSo()
{
    ui::setChosenCompiler(u"/nonexistent/mpy-cross"_s);
    EditingWindow window({{"a.py", "NO_COMPILER = 1\n"}, {"b.py", "NO_COMPILER = 2\n"}});
    auto& findings = window.problems().findings();
    ROMSMITH_TRY(findings.rowCount() == 1);
    QCOMPARE(findings.findingAt(0).code, "no-compiler");
    QVERIFY(findings.textAt(0).contains("/nonexistent/mpy-cross"_L1));
    QVERIFY(window.document().plan().hasErrors());

    ui::setChosenCompiler({});
    window.document().recompile();
    ROMSMITH_TRY(findings.rowCount() == 0 && window.document().plan().isComplete());
    QCOMPARE(cell(window, "a.py", RomTreeModel::Notes), u"→ a.mpy"_s);
}

void PythonTest::theSettingsShowWhichCompilerIsUsed()
{
    EditingWindow window({{"a.py", "SETTINGS = 1\n"}});
    window.action(u"settingsAction"_s)->trigger();
    auto* dialog = window.findChild<ui::SettingsDialog*>();
    QVERIFY(dialog);
    ROMSMITH_TRY(dialog->compilerList().topLevelItemCount() == 3);
    QVERIFY(dialog->compilerVerdict().text().startsWith("In use: "_L1));
    QCOMPARE(dialog->compilerList().topLevelItem(2)->text(1), u"6.0"_s);
    dialog->compilerEdit().setText(u"/nonexistent/mpy-cross"_s);
    Q_EMIT dialog->compilerEdit().editingFinished();
    ROMSMITH_TRY(dialog->compilerList().topLevelItemCount() == 4);
    QVERIFY(dialog->compilerVerdict().text().contains("does not work"_L1));
    dialog->reject();
    QCOMPARE(ui::chosenCompiler(), QString());
}

void PythonTest::aCrashDoesNotForgetWhatIsKept()
{
    EditingWindow window({{"lib/a.py", "a = 1\n"}});
    window.click(window.at("lib"));
    choice(window, u"P&ython"_s, u"&Keep as Source"_s)->trigger();
    choice(window, u"&Optimize"_s, u"Level &2 (no assert)"_s)->trigger();
    const ui::Document recovered(window.document().snapshot());
    QCOMPARE(recovered.python(), window.document().python());
    QCOMPARE(recovered.plan().flat.entries[1].name, "a.py");
}

QTEST_MAIN(PythonTest)
#include "python_test.moc"
