// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"

#include <QComboBox>
#include <QContextMenuEvent>
#include <QSignalSpy>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using test::UserWindow;

/// What is done to the content of one image, by hand.
class EditingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void theFilterNarrowsAndGivesBackWhatWasOpen();
    void whatIsSelectedStaysSoWhileItIsFiltered();
    void goingToWhatIsFilteredOutClearsTheFilter();
    void newFoldersAreNamedAtOnce();
    void whatIsNewIsShownEvenIfTheFilterWouldHideIt();
    void keysOutsideTheTreeDoNotEditIt();
    void duplicatesInSeveralFoldersAreOneStep();
    void sortedRowsAreNotMovedBehindTheUsersBack();
    void renamingIsOneUndoStep();
    void aNameThatCannotBeIsRefusedWhileItIsTyped();
    void deletingUndoingAndRedoing();
    void anEditLaysNothingOutAroundTheTreeAndPaintsItOnce();
    void duplicatesGetFreeNames();
    void duplicatesOfFoldersLieBehindThem();
    void whatWasOpenIsOpenAgainAfterUndo();
    void escapeTakesTheFilterBack();
    void keysLeadFromTheFilterToWhatItFound();
    void deletingAllThatTheFilterFoundSparesWhatItHides();
    void afterDeletingTheNextRowIsSelected();
    void undoSelectsWhatItBringsBack();
    void namesOfDeepFoldersAreInSight();
    void anAlignmentOfAFolderIsThatOfTheFilesInIt();
    void aFileTakesTheContentOfAnother();
    void rowsMoveUpAndDownInTheOrderOfTheImage();
    void theAlignmentMenuWorksOnAllThatIsSelected();
    void theAlignmentCellOffersWhatMakesSense();
    void theAlignmentCellGoesBackToTheRulesFromWhatWasFound();
    void theLayoutMenuChangesTheImage();
    void sortingTheImageByNameIsOneStep();
    void aClickOnTheEmptySpaceMeansTheImageItself();
    void newThingsGoIntoTheSelectedFolder();
    void theContextMenuFitsWhatIsSelected();
    void actionsAreOffWithoutAnythingToDo();
};

void EditingTest::theFilterNarrowsAndGivesBackWhatWasOpen()
{
    EditingWindow window;
    window.tree().expand(window.tree().viewIndex(window.at("lib")));
    window.tree().collapse(window.tree().viewIndex(window.at("lib/deep")));
    const auto before = window.visibleNames();
    window.press(Qt::Key_F, Qt::ControlModifier);
    QVERIFY(window.currentView()->filterEdit().hasFocus());
    window.type(u"x.b"_s);
    QCOMPARE(window.visibleNames(), QStringList({u"lib"_s, u"deep"_s, u"x.bin"_s}));
    window.type(u"zzz"_s);
    QCOMPARE(window.visibleNames(), QStringList());
    window.press(Qt::Key_A, Qt::ControlModifier);
    window.press(Qt::Key_Delete); // edits the text, not the image
    QCOMPARE(window.currentView()->filterEdit().text(), QString());
    QCOMPARE(window.visibleNames(), before);
    QCOMPARE(window.document().undoStack().count(), 0);
}

void EditingTest::whatIsSelectedStaysSoWhileItIsFiltered()
{
    EditingWindow window({{"a.py", ""}, {"b.bin", ""}, {"c.py", ""}, {"lib/d.py", ""}, {"lib/e.bin", ""}});
    auto& filter = window.currentView()->filterEdit();
    QSignalSpy changes(window.currentView(), &ui::DocumentView::currentNodeChanged);
    filter.setText(u"*.py"_s);
    window.tree().selectAll();
    const std::vector<tree::Node*> selected{&window.at("a.py"), &window.at("c.py"), &window.at("lib/d.py")};
    QCOMPARE(window.tree().selectedNodes(), selected);
    filter.clear();
    QCOMPARE(window.tree().selectedNodes(), selected);
    changes.clear();
    filter.setText(u"c.py"_s);
    QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>{&window.at("c.py")});
    QCOMPARE(changes.count(), 1);
    filter.setText(u"e.bin"_s); // what is out of sight is not selected any more
    QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>());
    QCOMPARE(changes.count(), 2);
    filter.clear();
    window.press(Qt::Key_Delete);
    QCOMPARE(window.document().undoStack().count(), 0);
}

void EditingTest::goingToWhatIsFilteredOutClearsTheFilter()
{
    EditingWindow window;
    window.currentView()->filterEdit().setText(u"main"_s);
    window.currentView()->goTo(window.at("lib/deep/x.bin"));
    QCOMPARE(window.tree().currentNode(), &window.at("lib/deep/x.bin"));
    QVERIFY(window.currentView()->filterEdit().text().isEmpty());
    QVERIFY(window.visibleNames().contains("x.bin"_L1));
}

void EditingTest::newFoldersAreNamedAtOnce()
{
    EditingWindow window({});
    window.press(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()));
    window.press(Qt::Key_A, Qt::ControlModifier);
    window.type(u"lib"_s);
    window.press(Qt::Key_Return);
    QCOMPARE(window.outline(), u"lib/"_s);
    QVERIFY(window.tree().hasFocus());
    QCOMPARE(window.document().undoStack().count(), 1); // with its name one gesture
    QCOMPARE(window.document().undoStack().undoText(), u"New folder \"lib\""_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.outline(), QString());
    window.press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.outline(), u"lib/"_s);
    window.press(Qt::Key_F2);
    window.type(u"src"_s);
    window.press(Qt::Key_Return);
    QCOMPARE(window.document().undoStack().count(), 2); // that is another one
}

void EditingTest::whatIsNewIsShownEvenIfTheFilterWouldHideIt()
{
    EditingWindow window;
    window.currentView()->filterEdit().setText(u"model"_s);
    window.currentView()->editor().newFolder();
    window.type(u"fresh"_s);
    window.press(Qt::Key_Return);
    QVERIFY(window.currentView()->filterEdit().text().isEmpty());
    QCOMPARE(window.tree().currentNode(), &window.at("fresh"));
}

void EditingTest::keysOutsideTheTreeDoNotEditIt()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.problems().setFocus();
    QVERIFY(window.problems().hasFocus());
    window.press(Qt::Key_Delete);
    window.press(Qt::Key_X, Qt::ControlModifier);
    QCOMPARE(window.document().undoStack().count(), 0);
    window.tree().setFocus();
    window.press(Qt::Key_Delete);
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::duplicatesInSeveralFoldersAreOneStep()
{
    EditingWindow window;
    window.tree().select({&window.at("main.py"), &window.at("lib/a.py")});
    window.tree().setFocus();
    window.press(Qt::Key_D, Qt::ControlModifier);
    QVERIFY(window.document().tree().find("main_2.py"));
    QVERIFY(window.document().tree().find("lib/a_2.py"));
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::sortedRowsAreNotMovedBehindTheUsersBack()
{
    EditingWindow window;
    window.tree().sortByColumn(ui::RomTreeModel::Size, Qt::DescendingOrder);
    window.click(window.at("model.tflite"));
    window.press(Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.document().undoStack().count(), 0);
    QVERIFY(window.notice().isVisible());
    window.clickNotice(u"Show All in the Order of the Image"_s);
    window.press(Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::renamingIsOneUndoStep()
{
    EditingWindow window;
    window.tree().select({&window.at("model.tflite")}); // as after it was added
    window.click(window.at("model.tflite"));
    window.press(Qt::Key_F2);
    // A click on what is selected begins to edit, too, after the time of a double click.
    ROMSMITH_TRY(qobject_cast<QLineEdit*>(QApplication::focusWidget()));
    auto* editor = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    ROMSMITH_TRY_COMPARE(editor->selectedText(), u"model"_s); // the stem, so that the kind of file stays
    window.type(u"net"_s);
    window.press(Qt::Key_Return);
    QVERIFY(window.document().tree().find("net.tflite"));
    QCOMPARE(window.document().undoStack().count(), 1);
    QCOMPARE(window.tree().currentNode(), &window.at("net.tflite"));
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(window.document().tree().find("model.tflite"));
    QVERIFY(!window.document().isModified());
}

void EditingTest::aNameThatCannotBeIsRefusedWhileItIsTyped()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_F2);
    auto* editor = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(editor);
    window.press(Qt::Key_A, Qt::ControlModifier);
    window.type(u"lib"_s);
    window.press(Qt::Key_Return);
    QVERIFY2(editor->isVisible(), "the editor stays open with a name that is taken");
    window.press(Qt::Key_Escape);
    QVERIFY(window.document().tree().find("main.py"));
    QCOMPARE(window.document().undoStack().count(), 0);
}

void EditingTest::deletingUndoingAndRedoing()
{
    EditingWindow window;
    window.tree().expandAll();
    window.click(window.at("main.py"));
    window.click(window.at("lib/deep"), Qt::ControlModifier);
    window.press(Qt::Key_Delete);
    QCOMPARE(window.outline(), u"lib/ lib/a.py model.tflite"_s);
    QCOMPARE(window.document().undoStack().count(), 1);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"main.py lib/ lib/a.py lib/deep/ lib/deep/x.bin model.tflite"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a.py model.tflite"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    window.press(Qt::Key_Y, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a.py model.tflite"_s);
}

/// Of 10,000 entries, either would take longer than the edit itself.
void EditingTest::anEditLaysNothingOutAroundTheTreeAndPaintsItOnce()
{
    struct Counter : QObject
    {
        Counter(QObject& watched, QEvent::Type wanted)
            : type(wanted)
        {
            watched.installEventFilter(this);
        }
        bool eventFilter(QObject*, QEvent* event) override
        {
            count += event->type() == type ? 1 : 0;
            return false;
        }
        QEvent::Type type;
        int count = 0;
    };
    EditingWindow window;
    window.click(window.at("lib/a.py"));
    QCoreApplication::processEvents();
    const Counter layouts(*window.currentView(), QEvent::LayoutRequest);
    Counter paints(*window.tree().viewport(), QEvent::Paint);
    for (const auto& [key, modifiers] :
         {std::pair(Qt::Key_Delete, Qt::NoModifier), std::pair(Qt::Key_Z, Qt::ControlModifier)}) {
        paints.count = 0;
        window.press(key, modifiers);
        QCoreApplication::processEvents();
        QCOMPARE(paints.count, 1);
    }
    QCOMPARE(layouts.count, 0);
}

void EditingTest::whatWasOpenIsOpenAgainAfterUndo()
{
    EditingWindow window({{"lib/deep/a", "1"}, {"other/b", "2"}});
    window.tree().expandAll();
    window.tree().collapse(window.tree().viewIndex(window.at("other")));
    window.tree().select({&window.at("lib"), &window.at("other")});
    window.tree().setFocus();
    window.press(Qt::Key_Delete);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(window.tree().isExpanded(window.tree().viewIndex(window.at("lib"))));
    QVERIFY(window.tree().isExpanded(window.tree().viewIndex(window.at("lib/deep"))));
    QVERIFY(!window.tree().isExpanded(window.tree().viewIndex(window.at("other"))));
}

void EditingTest::escapeTakesTheFilterBack()
{
    EditingWindow window;
    window.press(Qt::Key_F, Qt::ControlModifier);
    QTest::keyClicks(&window.currentView()->filterEdit(), u"lib"_s);
    QCOMPARE(window.currentView()->filterEdit().text(), u"lib"_s);
    window.press(Qt::Key_Escape);
    QVERIFY(window.currentView()->filterEdit().text().isEmpty());
    QVERIFY(window.tree().hasFocus());
}

void EditingTest::keysLeadFromTheFilterToWhatItFound()
{
    for (const auto key : {Qt::Key_Return, Qt::Key_Down}) {
        EditingWindow window;
        window.press(Qt::Key_F, Qt::ControlModifier);
        window.type(u"x.b"_s);
        window.press(key);
        QVERIFY(window.tree().hasFocus());
        QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>{&window.at("lib/deep/x.bin")});
    }
    EditingWindow window;
    window.press(Qt::Key_F, Qt::ControlModifier);
    window.press(Qt::Key_Tab);
    QVERIFY(window.tree().hasFocus());
}

void EditingTest::deletingAllThatTheFilterFoundSparesWhatItHides()
{
    EditingWindow window;
    auto& filter = window.currentView()->filterEdit();
    filter.setText(u"a.py"_s);
    window.tree().setFocus();
    window.press(Qt::Key_A, Qt::ControlModifier);
    window.press(Qt::Key_Delete);
    QCOMPARE(window.outline(), u"main.py lib/ lib/deep/ lib/deep/x.bin model.tflite"_s);
    QVERIFY(window.notice().isHidden());
    window.press(Qt::Key_Z, Qt::ControlModifier);
    window.click(window.at("lib")); // whoever means the folder gets told what else was in it
    window.press(Qt::Key_Delete);
    QCOMPARE(window.outline(), u"main.py model.tflite"_s);
    QVERIFY(window.notice().text().contains("2 item(s) inside that the filter hides"_L1));
}

void EditingTest::afterDeletingTheNextRowIsSelected()
{
    EditingWindow window;
    window.tree().expandAll();
    window.click(window.at("main.py"));
    window.press(Qt::Key_Delete);
    QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>{&window.at("lib")});
    window.press(Qt::Key_Down);
    window.press(Qt::Key_Delete);
    QCOMPARE(window.outline(), u"lib/ lib/deep/ lib/deep/x.bin model.tflite"_s);
}

void EditingTest::undoSelectsWhatItBringsBack()
{
    EditingWindow window;
    window.tree().expandAll();
    auto& file = window.at("lib/a.py");
    window.click(file);
    window.press(Qt::Key_Delete);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>{&file});
    window.press(Qt::Key_F2);
    window.type(u"b"_s);
    window.press(Qt::Key_Return);
    window.click(window.at("model.tflite"));
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.tree().selectedNodes(), std::vector<tree::Node*>{&file});
}

void EditingTest::namesOfDeepFoldersAreInSight()
{
    EditingWindow window({{"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/name_of_a_file.py", ""}});
    window.tree().collapseAll();
    constexpr int narrow = 200;
    window.tree().setColumnWidth(ui::RomTreeModel::Name, narrow);
    window.action(u"expandAction"_s)->trigger();
    QVERIFY(window.tree().columnWidth(ui::RomTreeModel::Name) > narrow);
}

void EditingTest::anAlignmentOfAFolderIsThatOfTheFilesInIt()
{
    EditingWindow window;
    window.click(window.at("lib"));
    window.currentView()->editor().setAlignment(64);
    QCOMPARE(window.at("lib/a.py").state().alignmentOverride, 64U);
    QCOMPARE(window.at("lib/deep/x.bin").state().alignmentOverride, 64U);
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::aFileTakesTheContentOfAnother()
{
    const test::Folder folder;
    const auto path = folder.write(u"new.tflite"_s, "a newer model");
    EditingWindow window;
    window.questions().askForReplacement = [&](const QString&) { return path; };
    window.click(window.at("model.tflite"));
    window.action(u"replaceAction"_s)->trigger();
    ROMSMITH_TRY(test::textAt(window.document(), "model.tflite") == u"a newer model"_s);
    QCOMPARE(window.document().undoStack().undoText(), u"Replace the content of \"model.tflite\""_s);
}

void EditingTest::duplicatesOfFoldersLieBehindThem()
{
    EditingWindow window({{"lib/a", "1"}, {"lib/deep/b", "2"}, {"main.txt", "3"}});
    window.click(window.at("lib"));
    window.press(Qt::Key_D, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"lib/ lib/a lib/deep/ lib/deep/b lib_2/ lib_2/a lib_2/deep/ lib_2/deep/b main.txt"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    window.tree().select({&window.at("lib"), &window.at("lib/a"), &window.at("main.txt")});
    window.press(Qt::Key_D, Qt::ControlModifier);
    QCOMPARE(window.outline(),
             u"lib/ lib/a lib/deep/ lib/deep/b main.txt lib_2/ lib_2/a lib_2/deep/ lib_2/deep/b main_2.txt"_s);
}

void EditingTest::duplicatesGetFreeNames()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_D, Qt::ControlModifier);
    QCOMPARE(test::textAt(window.document(), "main_2.py"), u"main"_s);
    QCOMPARE(window.tree().currentNode(), &window.at("main_2.py"));
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::rowsMoveUpAndDownInTheOrderOfTheImage()
{
    EditingWindow window({{"a", "1"}, {"b", "2"}, {"c", "3"}});
    window.click(window.at("a"));
    window.press(Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier); // is the first already
    QCOMPARE(window.document().undoStack().count(), 0);
    window.press(Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.outline(), u"b a c"_s);
    QCOMPARE(window.tree().currentNode(), &window.at("a"));
    window.press(Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.outline(), u"b c a"_s);
    window.press(Qt::Key_Down, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.document().undoStack().count(), 2);
    window.click(window.at("c"), Qt::ControlModifier);
    window.press(Qt::Key_Up, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(window.outline(), u"c a b"_s);
    window.document().undoStack().setIndex(0);
    QCOMPARE(window.outline(), u"a b c"_s);
}

void EditingTest::theAlignmentMenuWorksOnAllThatIsSelected()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.click(window.at("model.tflite"), Qt::ControlModifier);
    const auto choose = [&](const QString& text) {
        for (auto* menu : window.findChildren<QMenu*>()) {
            if (menu->title().remove(u'&') == "Alignment"_L1) {
                for (auto* action : menu->actions()) {
                    if (action->text().remove(u'&') == text) {
                        action->trigger();
                        return;
                    }
                }
            }
        }
        QFAIL("no such alignment");
    };
    choose(u"256"_s);
    QCOMPARE(window.document().undoStack().count(), 1);
    for (const auto* path : {"main.py", "model.tflite"}) {
        QCOMPARE(window.document().plan().placement(window.at(path))->contentOffset % 256, 0U);
    }
    choose(u"By the Rules"_s);
    QCOMPARE(window.at("main.py").wantedAlignment(window.document().plan().rules).value, 4U);
    QCOMPARE(window.document().undoStack().count(), 2);
}

void EditingTest::theAlignmentCellOffersWhatMakesSense()
{
    EditingWindow window;
    const auto& node = window.at("main.py");
    window.click(node, {}, ui::RomTreeModel::Aligned);
    QTest::mouseDClick(window.tree().viewport(), Qt::LeftButton, {},
                       window.tree().visualRect(window.tree().viewIndex(node, ui::RomTreeModel::Aligned)).center());
    window.tree().edit(window.tree().viewIndex(node, ui::RomTreeModel::Aligned));
    auto* combo = window.tree().viewport()->findChild<QComboBox*>();
    QVERIFY(combo);
    QCOMPARE(combo->currentData().toUInt(), 0U);
    combo->setCurrentIndex(combo->findData(64));
    QTest::keyClick(combo, Qt::Key_Return);
    ROMSMITH_TRY_COMPARE(node.state().alignmentOverride.value_or(0), 64U);
    QCOMPARE(window.document().undoStack().count(), 1);
}

void EditingTest::theAlignmentCellGoesBackToTheRulesFromWhatWasFound()
{
    const test::Folder folder;
    UserWindow window;
    test::Entries entries;
    entries.file("boot.py", "1").file("x.bin", "content", 4096);
    window.openAndWait(folder.write(u"app.img"_s, test::toQt(test::written(entries, test::openMv()))));
    auto& document = window.document();
    auto& node = test::at(document, "x.bin");
    const auto wanted = [&] { return node.wantedAlignment(document.plan().rules); };
    QCOMPARE(wanted().reason, tree::AlignmentReason::Found);
    const auto choose = [&](const QString& text) {
        window.tree().edit(window.tree().viewIndex(node, ui::RomTreeModel::Aligned));
        auto* combo = window.tree().viewport()->findChild<QComboBox*>();
        const auto current = combo->currentText();
        if (!text.isEmpty()) {
            combo->setCurrentText(text);
        }
        QTest::keyClick(combo, Qt::Key_Return);
        QCoreApplication::processEvents();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the next editor is the only one
        return current;
    };
    window.click(node);
    QCOMPARE(choose({}), u"Found: 4096"_s);
    QCOMPARE(document.undoStack().count(), 0);
    QCOMPARE(choose(u"By the rules"_s), u"Found: 4096"_s);
    QCOMPARE(document.undoStack().count(), 1);
    QVERIFY(wanted().reason != tree::AlignmentReason::Found);
    QCOMPARE(node.state().foundAlignment, 1U);
    QCOMPARE(choose(u"4096"_s), u"By the rules"_s);
    QCOMPARE(wanted().reason, tree::AlignmentReason::Override);
    document.undoStack().setIndex(0);
    QCOMPARE(wanted().reason, tree::AlignmentReason::Found);
}

void EditingTest::theLayoutMenuChangesTheImage()
{
    EditingWindow window;
    for (auto* action : window.findChildren<QAction*>()) {
        if (action->text().contains("Compact"_L1)) {
            action->trigger();
        }
    }
    QCOMPARE(window.document().style(), romfs::Style::Compact);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.document().style(), romfs::Style::OpenMv);
}

void EditingTest::sortingTheImageByNameIsOneStep()
{
    EditingWindow window({{"c", "1"}, {"a/z", "2"}, {"a/y", "3"}, {"b", "4"}});
    window.action(u"sortAction"_s)->trigger();
    QCOMPARE(window.outline(), u"a/ a/y a/z b c"_s);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"c a/ a/z a/y b"_s);
}

void EditingTest::aClickOnTheEmptySpaceMeansTheImageItself()
{
    EditingWindow window;
    window.click(window.at("lib"));
    QCOMPARE(&window.tree().targetFolder(), &window.at("lib"));
    const auto empty = window.tree().viewport()->rect().bottomLeft() + QPoint(20, -5);
    QTest::mouseClick(window.tree().viewport(), Qt::LeftButton, {}, empty);
    QVERIFY(!window.tree().selectionModel()->hasSelection());
    QCOMPARE(&window.tree().targetFolder(), &window.document().tree().root());
}

void EditingTest::newThingsGoIntoTheSelectedFolder()
{
    const test::Folder folder;
    const auto file = folder.write(u"new.txt"_s, "new");
    EditingWindow window;
    window.questions().askForFiles = [&] { return QStringList{file}; };
    window.click(window.at("lib"));
    window.press(Qt::Key_A, Qt::AltModifier);
    ROMSMITH_TRY(window.document().tree().find("lib/new.txt"));
    QCOMPARE(window.tree().currentNode(), &window.at("lib/new.txt"));
    QVERIFY(window.tree().isExpanded(window.tree().viewIndex(window.at("lib"))));

    folder.write(u"dir/inside.txt"_s, "inside");
    window.questions().askForFolder = [&](const QString&) { return folder.path(u"dir"_s); };
    window.press(Qt::Key_A, Qt::AltModifier | Qt::ShiftModifier);
    ROMSMITH_TRY(window.document().tree().find("lib/dir/inside.txt")); // beside the selected file
    QCOMPARE(window.document().undoStack().count(), 2);
}

void EditingTest::theContextMenuFitsWhatIsSelected()
{
    EditingWindow window;
    const auto open = [&](const QPoint& position, const std::function<void(QMenu&)>& act) {
        QStringList texts;
        test::whenMenuOpens([&](QMenu& menu) {
            for (const auto* action : menu.actions()) {
                texts.append(action->text().remove(u'&'));
            }
            act(menu);
        });
        QTest::mouseClick(window.tree().viewport(), Qt::RightButton, {}, position);
        QContextMenuEvent event(QContextMenuEvent::Mouse, position, window.tree().viewport()->mapToGlobal(position));
        QCoreApplication::sendEvent(window.tree().viewport(), &event);
        return texts;
    };
    const auto empty = window.tree().viewport()->rect().bottomLeft() + QPoint(20, -5);
    const auto nothing = open(empty, [](QMenu& menu) { QTest::keyClick(&menu, Qt::Key_Escape); });
    QVERIFY(nothing.contains("Paste"_L1));
    QVERIFY(!nothing.contains("Delete"_L1));

    const auto row = window.tree().visualRect(window.tree().viewIndex(window.at("main.py"))).center();
    const auto something = open(row, [](QMenu& menu) {
        for (auto* action : menu.actions()) {
            if (action->text().remove(u'&') == "Delete"_L1) {
                menu.setActiveAction(action);
                QTest::keyClick(&menu, Qt::Key_Return);
                return;
            }
        }
    });
    QVERIFY(something.contains("Rename"_L1));
    QVERIFY(something.contains("Alignment"_L1));
    QVERIFY(!window.document().tree().find("main.py"));
}

void EditingTest::actionsAreOffWithoutAnythingToDo()
{
    UserWindow window;
    const auto isOn = [&](const char* name) { return window.action(QString::fromLatin1(name))->isEnabled(); };
    for (const auto* name : {"saveAction", "addFilesAction", "deleteAction", "undoAction", "moveUpAction",
                             "extractAllAction", "goToOffsetAction", "renameAction"}) {
        QVERIFY2(!isOn(name), name);
    }
    window.newDocument();
    QVERIFY(isOn("saveAction") && isOn("addFilesAction") && !isOn("deleteAction") && !isOn("undoAction"));
    window.currentView()->editor().newFolder();
    window.press(Qt::Key_Return);
    QVERIFY(isOn("deleteAction") && isOn("undoAction") && !isOn("redoAction"));
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!isOn("deleteAction") && !isOn("undoAction") && isOn("redoAction"));
    // Shortcuts of what is off do nothing, and nothing crashes without a document either.
    window.press(Qt::Key_Delete);
    window.press(Qt::Key_W, Qt::ControlModifier);
    QCOMPARE(window.documentCount(), 0);
    for (auto* action : window.findChildren<QAction*>()) {
        const bool asks = action->text().endsWith(u'…') || action->objectName() == "aboutAction"_L1;
        const bool makes = action->objectName() == "newAction"_L1 || action->objectName() == "quitAction"_L1;
        if (action->isEnabled() && action->objectName().endsWith("Action"_L1) && !asks && !makes) {
            action->trigger();
        }
    }
    QCOMPARE(window.documentCount(), 0);
}

QTEST_MAIN(EditingTest)
#include "editing_test.moc"
