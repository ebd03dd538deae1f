// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/helpers.h"
#include "ui/comparedetail.h"
#include "ui/comparetext.h"
#include "ui/compareview.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTreeView>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::Entries;

namespace {

tree::ImageSnapshot snapshot(std::span<const romfs::Entry> entries)
{
    return {.entries = {entries.begin(), entries.end()}, .layout = romfs::Layout::plan(entries, test::openMv())};
}

Entries before()
{
    Entries entries;
    entries.file("app.py", "one\ntwo\nthree\n").file("gone.txt", std::string(50, 'g')).open("lib");
    entries.file("same.py", "same", 4).file("table.bin", test::content(test::pattern(40))).close();
    return entries.open("old").file("moved.py", "moves along").close().raw(test::record(9, test::text("raw")));
}

Entries after()
{
    Entries entries;
    entries.file("app.py", "one\nTWO\nthree\n").file("new.txt", "brand new").open("lib");
    auto table = test::pattern(40);
    table[3] ^= std::byte{0xff};
    table[30] ^= std::byte{0xff};
    entries.file("same.py", "same", 64).file("table.bin", test::content(table)).close();
    return entries.open("new").file("moved.py", "moves along").close().raw(test::record(9, test::text("raw")));
}

std::unique_ptr<ui::CompareView> compared(const Entries& a, const Entries& b)
{
    auto view = std::make_unique<ui::CompareView>(u"a.img"_s, snapshot(a), u"b.img"_s, snapshot(b));
    if (!QTest::qWaitFor([&] { return view->isFinished(); }, test::patience)) {
        throw std::runtime_error("the comparison never ends");
    }
    return view;
}

/// "lib" or "lib/same.py" in what the view shows.
QModelIndex find(const QAbstractItemModel& model, const QString& path)
{
    QModelIndex index;
    for (const auto& name : path.split(u'/')) {
        const auto found = model.match(model.index(0, 0, index), Qt::DisplayRole, name, 1, Qt::MatchExactly);
        if (found.isEmpty()) {
            return {};
        }
        index = found.front();
    }
    return index;
}

QString cell(const QAbstractItemModel& model, const QString& path, int column)
{
    return find(model, path).siblingAtColumn(column).data().toString();
}

void select(ui::CompareView& view, const QString& path)
{
    view.treeView().setCurrentIndex(find(*view.treeView().model(), path));
}

} // namespace

class CompareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void modelIsSound()
    {
        ui::DiffModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QCOMPARE(model.rowCount(), 0);
        auto view = compared(before(), after());
        const QAbstractItemModelTester ofView(&view->model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        const QAbstractItemModelTester ofFilter(view->treeView().model(),
                                                QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setComparison(std::make_shared<tree::Comparison>(*view->model().comparison()));
        QCOMPARE(model.rowCount(), view->model().rowCount());
        view->onlyDifferences().toggle();
        view->onlyDifferences().toggle();
        view->treeView().sortByColumn(ui::DiffModel::SizeB, Qt::DescendingOrder);
        model.setComparison({});
        QCOMPARE(model.rowCount(), 0);
    }

    void everyChangeHasItsWordAndIcon()
    {
        const auto view = compared(before(), after());
        const auto& model = view->model();
        using ui::DiffModel;
        QCOMPARE(cell(model, u"app.py"_s, DiffModel::Change), u"Changed, 3 bytes"_s);
        QCOMPARE(cell(model, u"gone.txt"_s, DiffModel::Change), u"Removed"_s);
        QCOMPARE(cell(model, u"new.txt"_s, DiffModel::Change), u"Added"_s);
        QCOMPARE(cell(model, u"new/moved.py"_s, DiffModel::Change), u"Moved from old/moved.py"_s);
        QCOMPARE(cell(model, u"lib"_s, DiffModel::Change), u"1 changed, 1 realigned"_s);
        QCOMPARE(cell(model, u"lib/same.py"_s, DiffModel::Change), u"Realigned"_s);
        for (const auto* path : {"app.py", "gone.txt", "new.txt", "new/moved.py", "lib/same.py", "(records)"}) {
            const auto index = find(model, QString::fromLatin1(path));
            QVERIFY2(index.isValid(), path);
            QVERIFY2(!index.siblingAtColumn(DiffModel::Change).data(Qt::DecorationRole).value<QIcon>().isNull(), path);
        }
    }

    void aFileThatOnlyGotAnotherNameIsRenamed()
    {
        const auto view = compared(Entries().open("lib").file("old.py", "moves along").close(),
                                   Entries().open("lib").file("new.py", "moves along").close());
        QCOMPARE(cell(view->model(), u"lib/new.py"_s, ui::DiffModel::Change), u"Renamed from old.py"_s);
        QCOMPARE(view->summary(), u"1 renamed"_s);
    }

    void sizesAndOffsetsAreThoseOfEitherImage()
    {
        const auto view = compared(before(), after());
        const auto& model = view->model();
        const auto a = snapshot(before());
        const auto b = snapshot(after());
        using ui::DiffModel;
        QCOMPARE(cell(model, u"app.py"_s, DiffModel::SizeA), u"14"_s);
        QCOMPARE(cell(model, u"app.py"_s, DiffModel::OffsetB), ui::hexOffset(b.layout[0].contentOffset));
        QCOMPARE(cell(model, u"gone.txt"_s, DiffModel::OffsetA), ui::hexOffset(a.layout[1].contentOffset));
        QCOMPARE(cell(model, u"gone.txt"_s, DiffModel::SizeB), QString());
        QCOMPARE(cell(model, u"new.txt"_s, DiffModel::SizeA), QString());
        QCOMPARE(cell(model, u"lib"_s, DiffModel::SizeA), QString());
    }

    void summaryCounts()
    {
        QCOMPARE(compared(before(), before())->summary(), u"The same, byte for byte"_s);
        const auto view = compared(Entries().file("x", "1").file("y", "2"), Entries().file("x", "1").file("z", "33"));
        QCOMPARE(view->summary(), u"1 added, 1 removed, 1 same"_s);
        const auto turned
            = compared(Entries().file("x", "1").file("y", "22"), Entries().file("y", "22").file("x", "1"));
        QCOMPARE(turned->summary(), u"Same content, laid out differently: 2 same (2 at another offset)"_s);
        QVERIFY(!turned->onlyDifferences().isChecked());
        QCOMPARE(view->title(), u"a.img ↔ b.img"_s);
    }

    void aDocumentIsTheSameAsWhatWasJustSavedOfIt()
    {
        ui::Document document;
        test::fill(document, {{"main.py", "main"}, {"model.tflite", "model"}, {"lib/a.bin", "a"}, {"lib/b.txt", "b"}});
        auto& file = test::at(document, "lib/a.bin");
        test::must(document.perform(document.tree().setAlignment(std::array{&file}, 1), u"align"_s));
        const auto saved = test::documentOf(test::bytesOf(document));
        QVERIFY(test::at(*saved, "lib/a.bin").wantedAlignment(saved->plan().rules).value > 1);
        ui::CompareView view(u"saved"_s, saved->image(), u"app.img"_s, document.image());
        ROMSMITH_TRY(view.isFinished());
        QCOMPARE(view.summary(), u"The same, byte for byte"_s);
        QCOMPARE(cell(view.model(), u"lib/a.bin"_s, ui::DiffModel::Change), u"Same"_s);
    }

    void bytesBehindTheImageAreCompared()
    {
        const auto bytes = test::openMvImage();
        const auto a = test::documentOf(bytes);
        const auto b = test::documentOf(bytes + "junk");
        ui::CompareView view(u"a"_s, a->image(), u"b"_s, b->image());
        ROMSMITH_TRY(view.isFinished());
        QCOMPARE(view.summary(), u"The same image, followed by other bytes"_s);
    }

    void filterLeavesOutWhatIsTheSame()
    {
        const auto view = compared(Entries().file("x", "1").open("lib").file("y", "2").close().open("dir").close(),
                                   Entries().file("x", "1").open("lib").file("y", "3").close().open("dir").close());
        const auto& shown = *view->treeView().model();
        QVERIFY(view->onlyDifferences().isChecked());
        QCOMPARE(shown.rowCount(), 1);
        QVERIFY(find(shown, u"lib/y"_s).isValid());
        view->onlyDifferences().click();
        QCOMPARE(shown.rowCount(), 3);
        QVERIFY(!compared(before(), before())->onlyDifferences().isChecked());
    }

    void aChangedTextShowsItsLinesAndBytes()
    {
        const auto view = compared(before(), after());
        select(*view, u"app.py"_s);
        auto& detail = view->detail();
        QCOMPARE(detail.summary(), u"app.py: 3 bytes differ, the first at 0x0004"_s);
        QVERIFY(detail.pages().isTabVisible(0));
        QCOMPARE(detail.pages().currentWidget(), &detail.textPage());
        QCOMPARE(detail.textPage().toPlainText(), u"  one\n- two\n+ TWO\n  three"_s);
        const auto rows = detail.bytesPage().toPlainText().split(u'\n');
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[1], u"0x000000  6f 6e 65 0a 74 77 6f 0a  one.two.   6f 6e 65 0a 54 57 4f 0a  one.TWO."_s);
    }

    void aChangedBinaryShowsItsBytesOnly()
    {
        const auto view = compared(before(), after());
        select(*view, u"lib/table.bin"_s);
        auto& detail = view->detail();
        QVERIFY(!detail.pages().isTabVisible(0));
        QCOMPARE(detail.pages().currentWidget(), &detail.bytesPage());
        const auto rows = detail.bytesPage().toPlainText().split(u'\n');
        QCOMPARE(rows.size(), 4);
        QVERIFY(rows[1].startsWith(u"0x000000"_s));
        QCOMPARE(rows[2], u"⋯"_s);
        QVERIFY(rows[3].startsWith(u"0x000018"_s));
    }

    void whatDidNotChangeInsideShowsAWordOnly()
    {
        const auto view = compared(before(), after());
        auto& detail = view->detail();
        const QList<std::pair<QString, QString>> expected{
            {u"gone.txt"_s, u"gone.txt: Only in A"_s},
            {u"new.txt"_s, u"new.txt: Only in B"_s},
            {u"new/moved.py"_s, u"new/moved.py: Same content; old/moved.py in A, new/moved.py in B"_s},
            {u"lib"_s, u"lib: 1 changed, 1 realigned"_s},
        };
        for (const auto& [path, summary] : expected) {
            select(*view, path);
            QCOMPARE(detail.summary(), summary);
            QVERIFY(detail.pages().isHidden());
        }
    }

    void bytesBeyondTheEndAreBlankOnTheOtherSide()
    {
        const auto a = test::content("abc");
        const auto b = test::content("abcdef");
        const auto rows = test::must(ui::byteRows(a, b, test::must(tree::differencesBetween(a, b))));
        QCOMPARE(rows.size(), 2U);
        QCOMPARE(rows[1].text, u"0x000000  61 62 63                 abc        61 62 63 64 65 66        abcdef  "_s);
        QCOMPARE(rows[1].spans.size(), 6U);
    }

    void manyDifferencesAreCutWithANote()
    {
        const auto a = test::content(test::filled(100'000, 0));
        const auto b = test::content(test::filled(100'000, 1));
        const auto rows = test::must(ui::byteRows(a, b, test::must(tree::differencesBetween(a, b)), 10));
        QCOMPARE(rows.size(), 12U);
        QVERIFY(rows.back().text.startsWith(u"More bytes differ"_s));
    }

    void lineBreaksAloneAreExplained()
    {
        const auto rows = test::must(ui::textRows(test::content("a\r\nb\r\n"), test::content("a\nb\n")));
        QVERIFY(rows);
        QCOMPARE(rows->size(), 1U);
        QVERIFY(rows->front().text.contains(u"See Bytes"_s));
        const auto atEnd = test::must(ui::textRows(test::content("a\nb"), test::content("a\nb\n")));
        QVERIFY(atEnd);
        QCOMPARE(atEnd->at(2).text.trimmed(), u"(no line break at the end)"_s);
    }

    void contentThatCannotBeReadIsAnErrorInWords()
    {
        Entries broken;
        broken.file("x", test::streamed(test::pattern(100), 50));
        const auto view = compared(broken, Entries().file("x", test::content(test::pattern(100))));
        QCOMPARE(view->summary(), u"the source has changed"_s);
        QCOMPARE(view->model().rowCount(), 0);
    }

    void goesAwayWhileItIsComparing()
    {
        for (int i = 0; i < 20; ++i) {
            Entries many;
            for (int j = 0; j < 200; ++j) {
                many.file(std::format("f{}", j), test::content(test::pattern(20'000, static_cast<unsigned>(j + i))));
            }
            auto view = std::make_unique<ui::CompareView>(u"a"_s, snapshot(many), u"b"_s, snapshot(before()));
            QTest::qWait(i % 4);
            view.reset();
            QTest::qWait(1);
        }
    }

    void everyWidgetHasAName()
    {
        const auto view = compared(before(), after());
        view->show();
        for (const auto* widget : view->findChildren<QWidget*>()) {
            if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible()) {
                const auto* button = qobject_cast<const QAbstractButton*>(widget);
                const bool isNamed = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty())
                    || widget->objectName().startsWith(u"qt_"_s);
                QVERIFY2(isNamed, widget->metaObject()->className());
            }
        }
    }
};

QTEST_MAIN(CompareTest)
#include "compare_test.moc"
