// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/editingwindow.h"
#include "ui/compareview.h"
#include "ui/diffmodel.h"

#include <QClipboard>
#include <QMenuBar>
#include <QStatusBar>
#include <QTreeView>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;

namespace {

/// A window with two images and their comparison in front: what the first one has is A.
class ComparingWindow : public EditingWindow
{
public:
    ComparingWindow()
        : EditingWindow({{"a.txt", "same"}, {"b.txt", "before"}, {"lib/c.txt", "gone"}, {"lib/d.txt", "name"}})
    {
        first = currentView();
        newDocument();
        second = currentView();
        test::fill(document(), {{"a.txt", "same"}, {"b.txt", "behind"}, {"lib/e.txt", "name"}, {"lib/f.py", "x = 1"}});
        ROMSMITH_TRY(jobs().isIdle()); // compiling
        auto* menu = compareMenu();
        Q_EMIT menu->aboutToShow();
        for (auto* action : menu->actions()) {
            if (action->text() == first->document().name()) {
                action->trigger();
                break;
            }
        }
        ROMSMITH_TRY(comparison() && comparison()->isFinished());
    }

    [[nodiscard]] ui::CompareView* comparison() const { return qobject_cast<ui::CompareView*>(tabs().currentWidget()); }
    [[nodiscard]] QString currentRow() const
    {
        return comparison()->treeView().currentIndex().siblingAtColumn(0).data().toString();
    }

    ui::DocumentView* first = nullptr;
    ui::DocumentView* second = nullptr;

private:
    [[nodiscard]] QMenu* compareMenu() const
    {
        for (auto* menu : menuBar()->findChildren<QMenu*>()) {
            if (menu->title().remove(u'&') == "Compare With"_L1) {
                return menu;
            }
        }
        return nullptr;
    }
};

} // namespace

/// What can be done with a comparison that is in front.
class ComparisonsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void f7GoesFromDifferenceToDifference();
    void aRowIsShownInEitherImage();
    void compiledFilesAreFoundByWhatTheyBecome();
    void whatIsGoneSaysSo();
    void returnShowsTheRowInTheImageThatHasIt();
    void pathsAndReportsAreCopied();
    void reportsAreSaved();
    void withoutAComparisonThereIsNothingToDo();
};

void ComparisonsTest::f7GoesFromDifferenceToDifference()
{
    ComparingWindow window;
    QStringList forwards{window.currentRow()};
    for (int i = 0; i < 3; ++i) {
        window.press(Qt::Key_F7);
        forwards.append(window.currentRow());
    }
    QCOMPARE(forwards, (QStringList{u"b.txt"_s, u"e.txt"_s, u"f.mpy"_s, u"c.txt"_s}));
    window.press(Qt::Key_F7);
    QCOMPARE(window.currentRow(), u"b.txt"_s); // round the end
    QStringList backwards;
    for (int i = 0; i < 4; ++i) {
        window.press(Qt::Key_F7, Qt::ShiftModifier);
        backwards.prepend(window.currentRow());
    }
    QCOMPARE(backwards, forwards);
    window.comparison()->treeView().collapseAll();
    window.press(Qt::Key_F7);
    QCOMPARE(window.currentRow(), u"e.txt"_s); // and opens what it is in
    QVERIFY(window.comparison()->treeView().visualRect(window.comparison()->treeView().currentIndex()).isValid());
}

void ComparisonsTest::aRowIsShownInEitherImage()
{
    ComparingWindow window;
    auto* comparison = window.comparison();
    QVERIFY(window.action(u"showInAAction"_s)->text().endsWith(window.first->document().name()));
    window.action(u"showInAAction"_s)->trigger();
    QCOMPARE(window.currentView(), window.first);
    QCOMPARE(window.tree().currentNode(), &test::at(window.first->document(), "b.txt"));
    window.tabs().setCurrentWidget(comparison);
    window.press(Qt::Key_F7); // renamed
    window.action(u"showInAAction"_s)->trigger();
    QCOMPARE(window.tree().currentNode(), &test::at(window.first->document(), "lib/d.txt"));
    window.tabs().setCurrentWidget(comparison);
    window.action(u"showInBAction"_s)->trigger();
    QCOMPARE(window.currentView(), window.second);
    QCOMPARE(window.tree().currentNode(), &test::at(window.second->document(), "lib/e.txt"));
    window.tabs().setCurrentWidget(comparison);
    comparison->setFocus();
    window.press(Qt::Key_F7);
    window.press(Qt::Key_F7); // c.txt, only in A
    QVERIFY(!window.action(u"showInBAction"_s)->isEnabled());
}

void ComparisonsTest::compiledFilesAreFoundByWhatTheyBecome()
{
    ComparingWindow window;
    window.press(Qt::Key_F7);
    window.press(Qt::Key_F7);
    QCOMPARE(window.currentRow(), u"f.mpy"_s);
    window.action(u"showInBAction"_s)->trigger();
    QCOMPARE(window.tree().currentNode(), &test::at(window.second->document(), "lib/f.py"));
}

void ComparisonsTest::whatIsGoneSaysSo()
{
    ComparingWindow window;
    auto& document = window.second->document();
    test::must(document.perform(document.tree().remove(std::array{&test::at(document, "b.txt")}), u"remove"_s));
    window.action(u"showInBAction"_s)->trigger();
    QVERIFY2(window.notice().text().contains(u"\"b.txt\" is no longer there"_s), qPrintable(window.notice().text()));
}

void ComparisonsTest::returnShowsTheRowInTheImageThatHasIt()
{
    ComparingWindow window;
    auto* comparison = window.comparison();
    window.press(Qt::Key_Return);
    QCOMPARE(window.currentView(), window.second);
    window.tabs().setCurrentWidget(comparison);
    comparison->setFocus();
    window.press(Qt::Key_F7, Qt::ShiftModifier);
    window.press(Qt::Key_Return);
    QCOMPARE(window.currentView(), window.first);
    QCOMPARE(window.tree().currentNode(), &test::at(window.first->document(), "lib/c.txt"));
}

void ComparisonsTest::pathsAndReportsAreCopied()
{
    ComparingWindow window;
    window.press(Qt::Key_F7, Qt::ShiftModifier);
    window.action(u"copyComparedPathAction"_s)->trigger();
    QCOMPARE(QApplication::clipboard()->text(), u"lib/c.txt"_s);
    window.action(u"copyReportAction"_s)->trigger();
    const auto lines = QApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.at(0), u"M b.txt  4 bytes differ, first at 0x2"_s);
    QCOMPARE(lines.at(1), u"> lib/d.txt -> lib/e.txt"_s);
    QCOMPARE(lines.at(2), u"+ lib/f.mpy"_s);
    QCOMPARE(lines.at(3), u"- lib/c.txt"_s);
    QVERIFY2(lines.at(4).startsWith(u"1 added, 1 removed, 1 changed, 1 renamed, 1 same"_s), qPrintable(lines.at(4)));
    QVERIFY(!window.statusBar()->currentMessage().isEmpty());
}

void ComparisonsTest::reportsAreSaved()
{
    const test::Folder folder;
    ComparingWindow window;
    window.questions().askForReportPath = [&](const QString&) { return folder.path(u"report.txt"_s); };
    window.action(u"saveReportAction"_s)->trigger();
    ROMSMITH_TRY(window.jobs().isIdle());
    QCOMPARE(QString::fromUtf8(test::readFile(folder.path(u"report.txt"_s))), window.comparison()->report());
    window.questions().askForReportPath = [&](const QString&) { return folder.path(u"missing/report.txt"_s); };
    window.action(u"saveReportAction"_s)->trigger();
    ROMSMITH_TRY(window.statusBar()->currentMessage().contains(u"cannot be written"_s));
}

void ComparisonsTest::withoutAComparisonThereIsNothingToDo()
{
    EditingWindow window;
    for (const auto* name : {"nextDifferenceAction", "showInAAction", "copyReportAction", "saveReportAction"}) {
        QVERIFY2(!window.action(QString::fromLatin1(name))->isEnabled(), name);
    }
    window.press(Qt::Key_F7);
}

QTEST_MAIN(ComparisonsTest)
#include "comparisons_test.moc"
