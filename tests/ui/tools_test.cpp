// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"
#include "ui/hexpanel.h"
#include "ui/hexview.h"
#include "ui/inspector.h"
#include "ui/previewview.h"
#include "ui/problemspanel.h"

#include <QClipboard>
#include <QUndoView>

using namespace romsmith;
using namespace Qt::StringLiterals;
using namespace std::string_view_literals;
using test::EditingWindow;
using test::UserWindow;

/// What stands around the tree: problems, room, history, nested images, going to and extracting.
class ToolsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void nestedImagesAreSavedIntoTheOuterOneAsOneStep();
    void aNestedImageOpensOnce();
    void aNestedImageWhoseFileIsGoneSaysSo();
    void offsetsAndAddressesAreGoneTo();
    void extractingWritesFilesAndSaysSo();
    void problemsJumpToTheirRow();
    void problemsAreMendedByTheirButton();
    void problemsAreCopiedAsText();
    void theTargetDecidesTheRoomThatIsShown();
    void tooLargeAnImageIsShownWithWordsAndNumbers();
    void theHistoryShowsEveryStepAndGoesBack();
    void problemsOfASeverityCanBeHidden();
    void anOffsetIsShownAmongTheBytes();
    void aNestedImageHasNoAddressAndNoPartition();
    void severalRowsAreSummedUp();
};

void ToolsTest::problemsOfASeverityCanBeHidden()
{
    EditingWindow window({{"main.py", "main"}, {"broken.tflite", "\x1c\0\0\0TFL3 broken"sv}, {"broken.txt", "a"}});
    auto* panel = window.findChild<ui::ProblemsPanel*>();
    auto& findings = window.problems().findings();
    QCOMPARE(findings.rowCount(), 2);
    QCOMPARE(panel->button(romfs::Severity::Warning).text(), u"1 warning(s)"_s);
    QCOMPARE(panel->button(romfs::Severity::Info).text(), u"1 hint(s)"_s);
    QVERIFY(!panel->button(romfs::Severity::Error).isEnabled());
    panel->button(romfs::Severity::Info).click();
    QCOMPARE(findings.rowCount(), 1);
    QCOMPARE(findings.findingAt(0).code, "broken-model");
    panel->button(romfs::Severity::Info).click();
    QCOMPARE(findings.rowCount(), 2);
}

void ToolsTest::anOffsetIsShownAmongTheBytes()
{
    EditingWindow window;
    const auto offset = window.document().plan().placement(window.at("model.tflite"))->contentOffset;
    window.questions().askForOffset = [&] { return ui::hexOffset(offset); };
    window.action(u"goToOffsetAction"_s)->trigger();
    QCOMPARE(window.tree().currentNode(), &window.at("model.tflite"));
    auto& hex = window.inspector().hex();
    ROMSMITH_TRY(!hex.isBusy() && hex.view().selection().begin == offset);
    QCOMPARE(hex.view().selection().size(), 1U);
}

void ToolsTest::aNestedImageHasNoAddressAndNoPartition()
{
    EditingWindow window({{"inner.img", std::string_view()}});
    test::must(window.document().perform(window.document().tree().replaceContent(
                                             window.at("inner.img"), test::content(test::fromQt(test::openMvImage()))),
                                         u"fill"_s));
    window.chooseTarget(u"OpenMV N6"_s);
    window.click(window.at("inner.img"));
    window.press(Qt::Key_Return);
    QVERIFY(window.document().isNested());
    QVERIFY(window.document().target().board());
    QCOMPARE(window.document().target().address(), 0U);
    QVERIFY(!window.currentView()->capacityBar().text().contains("free"_L1));
    QCOMPARE(window.document().plan().rules.of("x.tflite"), 32U);
}

void ToolsTest::severalRowsAreSummedUp()
{
    EditingWindow window;
    window.tree().select({&window.at("main.py"), &window.at("model.tflite")});
    QVERIFY2(window.inspector().preview().headline().startsWith("2 item(s), "_L1),
             qPrintable(window.inspector().preview().headline()));
}

void ToolsTest::nestedImagesAreSavedIntoTheOuterOneAsOneStep()
{
    EditingWindow window({{"inner.img", std::string_view()}});
    auto& outer = *window.currentView();
    test::must(window.document().perform(window.document().tree().replaceContent(
                                             window.at("inner.img"), test::content(test::fromQt(test::openMvImage()))),
                                         u"fill"_s));
    window.document().undoStack().clear();
    window.click(window.at("inner.img"));
    window.press(Qt::Key_Return);
    QCOMPARE(window.documentCount(), 2);
    QVERIFY(window.tabTitle().contains("inner.img"_L1));
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());

    window.click(window.at("boot.py"));
    window.press(Qt::Key_Delete);
    QVERIFY(window.tabTitle().endsWith(u'*'));
    QVERIFY(!outer.document().isModified());
    window.press(Qt::Key_S, Qt::ControlModifier);
    QVERIFY(!window.document().isModified());
    QVERIFY(outer.document().isModified());
    QCOMPARE(outer.document().undoStack().count(), 1);
    const auto& file = test::at(outer.document(), "inner.img");
    QCOMPARE(test::toQt(file.content().bytes()), test::bytesOf(window.document()));
    outer.document().undoStack().undo();
    QCOMPARE(test::toQt(file.content().bytes()), test::openMvImage());

    window.press(Qt::Key_S, Qt::ControlModifier); // saves again what was undone outside
    QCOMPARE(test::toQt(file.content().bytes()), test::bytesOf(window.document()));
}

void ToolsTest::aNestedImageOpensOnce()
{
    EditingWindow window({{"inner.img", std::string_view()}});
    auto& outer = *window.currentView();
    auto& file = window.at("inner.img");
    test::must(window.document().perform(
        window.document().tree().replaceContent(file, test::content(test::fromQt(test::openMvImage()))), u"fill"_s));
    outer.openNested(file);
    auto* nested = window.currentView();
    window.tabs().setCurrentWidget(&outer);
    outer.openNested(file);
    QCOMPARE(window.currentView(), nested);
    QCOMPARE(window.documentCount(), 2);
    window.press(Qt::Key_W, Qt::ControlModifier);
    outer.openNested(file);
    QCOMPARE(window.documentCount(), 2);
}

void ToolsTest::aNestedImageWhoseFileIsGoneSaysSo()
{
    EditingWindow window({{"main.py", "main"}});
    auto& outer = *window.currentView();
    auto& stack = outer.document().undoStack();
    const auto addImage = [&](std::string name) {
        test::must(outer.document().perform(
            outer.document().tree().add(
                outer.document().tree().root(),
                test::list(tree::Node::file(std::move(name), test::content(test::fromQt(test::openMvImage())))),
                tree::ClashPolicy::Refuse),
            u"add"_s));
    };
    addImage("inner.img");
    outer.openNested(test::at(outer.document(), "inner.img"));
    test::must(window.document().perform(window.document().tree().remove(std::array{&window.at("boot.py")}), u"x"_s));
    stack.undo();
    window.press(Qt::Key_S, Qt::ControlModifier);
    QVERIFY(window.notice().isVisible());
    QVERIFY(window.document().isModified());
    stack.redo(); // it is back, and so is the place to save to
    window.press(Qt::Key_S, Qt::ControlModifier);
    QVERIFY(!window.document().isModified());

    // Now the file is gone for good; another one may have come to be where it was in memory.
    test::must(
        window.document().perform(window.document().tree().remove(std::array{&window.at("model.tflite")}), u"x"_s));
    stack.setIndex(0);
    for (int i = 0; i < 20; ++i) {
        addImage("other" + std::to_string(i) + ".img");
    }
    window.press(Qt::Key_S, Qt::ControlModifier);
    QVERIFY(window.document().isModified());
    for (int i = 0; i < 20; ++i) {
        const auto& other = test::at(outer.document(), "other" + std::to_string(i) + ".img");
        QCOMPARE(test::toQt(other.content().bytes()), test::openMvImage());
    }
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

void ToolsTest::offsetsAndAddressesAreGoneTo()
{
    EditingWindow window;
    const auto go = [&](const QString& answer) {
        window.questions().askForOffset = [answer] { return answer; };
        window.press(Qt::Key_G, Qt::ControlModifier);
        return window.tree().currentNode();
    };
    const auto offset
        = [&](std::string_view path) { return window.document().plan().placement(window.at(path))->contentOffset; };
    QCOMPARE(go(u"0x%1"_s.arg(offset("lib/deep/x.bin"), 0, 16)), &window.at("lib/deep/x.bin"));
    QCOMPARE(go(u" %1 "_s.arg(offset("main.py"))), &window.at("main.py"));
    QVERIFY(!window.notice().isVisible());
    window.chooseTarget(u"OpenMV N6"_s);
    window.tree().setFocus();
    QCOMPARE(go(u"0x%1"_s.arg(window.document().target().address() + offset("model.tflite"), 0, 16)),
             &window.at("model.tflite"));
    go(u"0"_s);
    QVERIFY(window.notice().text().contains("header"_L1));
    go(u"0xffffff"_s);
    QVERIFY(window.notice().text().contains("past the end"_L1));
    go(u"here"_s);
    QVERIFY(window.notice().text().contains("here"_L1));
    window.notice().hide();
    go({});
    QVERIFY(!window.notice().isVisible());
}

void ToolsTest::extractingWritesFilesAndSaysSo()
{
    const test::Folder folder;
    EditingWindow window;
    window.questions().askForFolder = [&](const QString&) { return folder.path(); };
    window.click(window.at("lib"));
    window.press(Qt::Key_E, Qt::ControlModifier);
    ROMSMITH_TRY(window.notice().isVisible());
    QCOMPARE(test::readFile(folder.path(u"lib/deep/x.bin"_s)), "x");
    QVERIFY(!QFile::exists(folder.path(u"main.py"_s)));
    QVERIFY(window.notice().text().contains(folder.path()));

    window.notice().hide();
    window.press(Qt::Key_E, Qt::ControlModifier); // nothing is overwritten
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY(window.notice().text().contains("lib"_L1));

    const test::Folder all;
    window.questions().askForFolder = [&](const QString&) { return all.path(); };
    window.press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
    ROMSMITH_TRY(QFile::exists(all.path(u"model.tflite"_s)));
    QCOMPARE(test::readFile(all.path(u"main.py"_s)), "main");
}

void ToolsTest::problemsJumpToTheirRow()
{
    const test::Folder folder;
    UserWindow plain;
    plain.openAndWait(folder.write(u"odd.img"_s, test::handMadeImage()));
    auto& problems = plain.problems();
    QVERIFY(problems.findings().rowCount() > 0);
    for (int row = 0; row < problems.findings().rowCount(); ++row) {
        if (const auto* node = problems.findings().nodeAt(row)) {
            const auto index = problems.model()->index(row, ui::FindingsModel::Message);
            problems.scrollTo(index);
            const auto rect = problems.visualRect(index);
            QTest::mouseClick(problems.viewport(), Qt::LeftButton, {}, rect.center());
            QTest::mouseDClick(problems.viewport(), Qt::LeftButton, {}, rect.center());
            QCOMPARE(plain.tree().currentNode(), node);
            QVERIFY(plain.tree().hasFocus());
            plain.tree().clearSelection();
            problems.setFocus();
            problems.setCurrentIndex(problems.model()->index(row, 0));
            plain.press(Qt::Key_Return);
            QCOMPARE(plain.tree().currentNode(), node);
        }
    }
}

void ToolsTest::problemsAreMendedByTheirButton()
{
    const test::Folder folder;
    UserWindow plain;
    // Written without any alignment, which a device cannot map a model from.
    test::Entries entries;
    entries.file("a.txt", "123").file("model.tflite", test::content(test::pattern(100)));
    plain.openAndWait(folder.write(u"odd.img"_s, test::toQt(test::written(entries, test::compact()))));
    auto& problems = plain.problems();
    const auto row = plain.problemWith("misaligned");
    QVERIFY(row >= 0);
    const auto button = problems.model()->index(row, ui::FindingsModel::Mend);
    QCOMPARE(button.data().toString(), u"Align All"_s);
    QTest::mouseClick(problems.viewport(), Qt::LeftButton, {}, problems.visualRect(button).center());
    QCOMPARE(plain.problemWith("misaligned"), -1);
    QCOMPARE(plain.document().undoStack().count(), 1);
    plain.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(plain.problemWith("misaligned"), row);
    problems.setFocus();
    problems.setCurrentIndex(problems.model()->index(row, 0));
    plain.press(Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(plain.problemWith("misaligned"), -1);
}

void ToolsTest::problemsAreCopiedAsText()
{
    const test::Folder folder;
    UserWindow window;
    test::Entries entries;
    entries.open("lib").file("model.tflite", test::content(test::pattern(100))).close();
    window.openAndWait(folder.write(u"odd.img"_s, test::toQt(test::written(entries, test::compact()))));
    auto& problems = window.problems();
    auto& clipboard = *QGuiApplication::clipboard();
    clipboard.setText(u"before"_s);
    window.click(test::at(window.document(), "lib")); // is not what is copied
    problems.setFocus();
    problems.setCurrentIndex({});
    window.press(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(clipboard.text(), u"before"_s);
    const auto row = window.problemWith("misaligned");
    QVERIFY(row >= 0);
    for (const auto column : {ui::FindingsModel::Message, ui::FindingsModel::Mend}) {
        problems.setCurrentIndex(problems.model()->index(row, column));
        window.press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(clipboard.text(),
                 u"Error: lib/model.tflite: "_s % ui::text(problems.findings().findingAt(row).message));
        clipboard.clear();
    }
}

void ToolsTest::theTargetDecidesTheRoomThatIsShown()
{
    EditingWindow window;
    const auto capacity = [&] { return window.currentView()->capacityBar().text(); };
    QVERIFY(!capacity().contains("free"_L1));
    QVERIFY(capacity().contains("padding"_L1));
    window.chooseTarget(u"OpenMV N6"_s);
    QVERIFY2(capacity().contains("24.0 MiB"_L1) && capacity().contains("free"_L1), qPrintable(capacity()));
    const auto before = capacity();
    window.click(window.at("model.tflite"));
    window.press(Qt::Key_Delete);
    QVERIFY(capacity() != before);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(capacity(), before);

    // Each tab has its own target.
    window.newDocument();
    window.chooseTarget(u"Any"_s);
    QVERIFY(!capacity().contains("free"_L1));
    window.tabs().setCurrentIndex(0);
    QCOMPARE(capacity(), before);
    QVERIFY(window.findChild<ui::TargetSelector*>()->currentText().startsWith("OpenMV N6"_L1));
}

void ToolsTest::tooLargeAnImageIsShownWithWordsAndNumbers()
{
    EditingWindow window;
    window.chooseTarget(u"OpenMV N6"_s);
    const auto size = *window.document().target().size();
    QVERIFY(window.document().perform(window.document().tree().replaceContent(window.at("main.py"), test::huge(size)),
                                      u"huge"_s));
    const auto shown = window.currentView()->capacityBar().text();
    const auto over = window.document().plan().layout.totalSize() - size;
    QVERIFY2(shown.contains(ui::exactSize(over) + " bytes too large"_L1), qPrintable(shown));
    QCOMPARE(window.problemWith("too-large"), 0);
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(!window.currentView()->capacityBar().text().contains("too large"_L1));
}

void ToolsTest::theHistoryShowsEveryStepAndGoesBack()
{
    EditingWindow window;
    window.click(window.at("main.py"));
    window.press(Qt::Key_D, Qt::ControlModifier);
    window.press(Qt::Key_Delete);
    auto* history = window.findChild<QUndoView*>();
    QCOMPARE(history->model()->rowCount(), 3);
    QVERIFY(history->model()->index(1, 0).data().toString().contains("main.py"_L1));
    history->setCurrentIndex(history->model()->index(0, 0));
    QVERIFY(!window.document().isModified());
    QVERIFY(window.action(u"redoAction"_s)->text().contains("main.py"_L1));
    window.newDocument();
    QCOMPARE(history->model()->rowCount(), 1);
}

QTEST_MAIN(ToolsTest)
#include "tools_test.moc"
