// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/drag.h"
#include "tests/ui/editingwindow.h"

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::Drag;
using test::EditingWindow;
using test::UserWindow;
using ui::NodeMimeData;
using DroppedImages = ui::Importer::DroppedImages;

namespace {

std::unique_ptr<QMimeData> filesAt(const QStringList& paths)
{
    auto mime = std::make_unique<QMimeData>();
    QList<QUrl> urls;
    for (const auto& path : paths) {
        urls.append(QUrl::fromLocalFile(path));
    }
    mime->setUrls(urls);
    return mime;
}

QString nameOfOnlyStep(const UserWindow& window)
{
    const auto& stack = window.document().undoStack();
    return stack.count() == 1 ? stack.text(0) : u"%1 steps"_s.arg(stack.count());
}

} // namespace

/// What is dropped on the tree: files of this computer, and rows of this and of other images.
class DragDropTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void filesGoIntoTheFolderUnderThePointer();
    void filesBetweenRowsComeToLieThere();
    void filesOnTheEmptySpaceGoToTheTop();
    void filesOnAFileGoBesideIt();
    void manyFilesAndFoldersAreOneStep();
    void junkIsLeftOutAndNamed();
    void whatCannotBeReadSaysSoAndAddsNothing();
    void whatIsNoFileIsRefused();
    void aFolderThatIsGoneWhenTheFilesAreReadDoesNoHarm();
    void filesThatClashAreDecidedOnce_data();
    void filesThatClashAreDecidedOnce();
    void droppedImagesAskWhatToDo_data();
    void droppedImagesAskWhatToDo();
    void rowsBetweenRowsChangeTheOrder();
    void rowsOnAFolderMoveIntoIt();
    void withControlRowsAreCopied();
    void aFolderDoesNotGoIntoItself();
    void rowsThatClashAreDecidedOnce_data();
    void rowsThatClashAreDecidedOnce();
    void rowsOfAnotherImageAreCopied();
    void aSortedTreeHasNoPlacesBetweenRows();
    void theRoomAfterTheDropIsShownUntilItEnds();
    void foldersOpenUnderThePointer();
    void whatIsDroppedOnTheWindowOpens();
};

void DragDropTest::filesGoIntoTheFolderUnderThePointer()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"new.txt"_s, "new")});
    EditingWindow window;
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.on(window.at("lib"))));
    QCOMPARE(drag.action(), Qt::CopyAction);
    ROMSMITH_TRY(window.document().tree().find("lib/new.txt"));
    QCOMPARE(test::textAt(window.document(), "lib/new.txt"), u"new"_s);
    QVERIFY(nameOfOnlyStep(window).contains("new.txt"_L1));
    QCOMPARE(window.tree().currentNode(), &window.at("lib/new.txt"));
}

void DragDropTest::filesBetweenRowsComeToLieThere()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"b1.txt"_s, "1"), folder.write(u"b2.txt"_s, "2")});
    EditingWindow window({{"a", "a"}, {"c", "c"}});
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.above(window.at("c"))));
    ROMSMITH_TRY_COMPARE(window.outline(), u"a b1.txt b2.txt c"_s);
    QVERIFY(nameOfOnlyStep(window).contains("2 items"_L1));
    window.press(Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(window.outline(), u"a c"_s);
}

void DragDropTest::filesOnTheEmptySpaceGoToTheTop()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"new.txt"_s, "new")});
    EditingWindow window;
    window.click(window.at("lib"));
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.nowhere()));
    ROMSMITH_TRY(window.document().tree().find("new.txt"));

    EditingWindow empty({});
    Drag first(empty.tree(), *mime);
    QVERIFY(first.drop(QPoint(20, 20)));
    ROMSMITH_TRY_COMPARE(empty.outline(), u"new.txt"_s);
}

void DragDropTest::filesOnAFileGoBesideIt()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"new.txt"_s, "new")});
    EditingWindow window;
    window.tree().expandAll();
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.on(window.at("lib/deep/x.bin"))));
    ROMSMITH_TRY(window.document().tree().find("lib/deep/new.txt"));
}

void DragDropTest::manyFilesAndFoldersAreOneStep()
{
    const test::Folder folder;
    folder.write(u"pkg/__init__.py"_s, "init");
    folder.write(u"pkg/sub/data.bin"_s, "data");
    QDir().mkpath(folder.path(u"pkg/empty"_s));
    const auto mime
        = filesAt({folder.write(u"b.txt"_s, "b"), folder.path(u"pkg"_s), folder.write(u"a b ü.txt"_s, "a")});
    EditingWindow window({});
    const auto before = test::bytesOf(window.document());
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(QPoint(20, 20)));
    ROMSMITH_TRY_COMPARE(window.outline(),
                         u"b.txt pkg/ pkg/__init__.py pkg/empty/ pkg/sub/ pkg/sub/data.bin a b ü.txt"_s);
    QVERIFY(nameOfOnlyStep(window).contains("3"_L1));
    window.document().undoStack().undo();
    QCOMPARE(test::bytesOf(window.document()), before);
}

void DragDropTest::junkIsLeftOutAndNamed()
{
    const test::Folder folder;
    folder.write(u"pkg/a.py"_s, "a");
    folder.write(u"pkg/__pycache__/a.pyc"_s, "junk");
    folder.write(u"pkg/.DS_Store"_s, "junk");
    const auto mime = filesAt({folder.path(u"pkg"_s)});
    EditingWindow window({});
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(QPoint(20, 20)));
    ROMSMITH_TRY_COMPARE(window.outline(), u"pkg/ pkg/a.py"_s);
    QVERIFY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains("__pycache__"_L1), qPrintable(window.notice().text()));
    QVERIFY(window.notice().text().contains(".DS_Store"_L1));
}

void DragDropTest::whatCannotBeReadSaysSoAndAddsNothing()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"there.txt"_s, "x"), folder.path(u"missing.txt"_s)});
    EditingWindow window({});
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(QPoint(20, 20)));
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY(window.notice().text().contains("missing.txt"_L1));
    QCOMPARE(window.outline(), QString());
    QVERIFY(!window.currentView()->importer().isLoading());
}

void DragDropTest::whatIsNoFileIsRefused()
{
    EditingWindow window;
    QMimeData text;
    text.setText(u"some text"_s);
    Drag drag(window.tree(), text);
    QVERIFY(!drag.drop(drag.on(window.at("lib"))));

    QMimeData web;
    web.setUrls({QUrl(u"https://example.org/model.tflite"_s)});
    Drag link(window.tree(), web);
    QVERIFY(!link.drop(link.on(window.at("lib"))));
    QVERIFY(window.jobs().isIdle());
    QCOMPARE(window.document().undoStack().count(), 0);
}

void DragDropTest::aFolderThatIsGoneWhenTheFilesAreReadDoesNoHarm()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"new.txt"_s, "new")});
    EditingWindow window({});
    auto& document = window.document();
    test::must(document.perform(document.tree().newFolder(document.tree().root(), "gone"), u"x"_s));
    {
        const test::BusyThreads busy;
        Drag drag(window.tree(), *mime);
        QVERIFY(drag.drop(drag.on(window.at("gone"))));
        // Before the file is read: undone, and forgotten by the next step, with something else where it was in memory.
        document.undoStack().undo();
        for (const auto* name : {"a", "b", "c"}) {
            test::must(document.perform(document.tree().add(document.tree().root(), test::list(test::file(name, "x")),
                                                            tree::ClashPolicy::Refuse),
                                        u"x"_s));
        }
    }
    ROMSMITH_TRY_COMPARE(window.outline(), u"a b c new.txt"_s);
}

void DragDropTest::filesThatClashAreDecidedOnce_data()
{
    QTest::addColumn<std::optional<tree::ClashPolicy>>("answer");
    QTest::addColumn<QString>("outline");
    QTest::addColumn<QString>("main");
    QTest::newRow("replace") << std::optional(tree::ClashPolicy::Replace) << u"main.py lib/ lib/a.py lib/c.py new.py"_s
                             << u"other"_s;
    QTest::newRow("keep both") << std::optional(tree::ClashPolicy::KeepBoth)
                               << u"main.py lib/ lib/a.py lib/c.py lib/a_2.py main_2.py new.py"_s << u"main"_s;
    QTest::newRow("skip") << std::optional(tree::ClashPolicy::Skip) << u"main.py lib/ lib/a.py lib/c.py new.py"_s
                          << u"main"_s;
    QTest::newRow("cancel") << std::optional<tree::ClashPolicy>() << u"main.py lib/ lib/a.py"_s << u"main"_s;
}

void DragDropTest::filesThatClashAreDecidedOnce()
{
    QFETCH(const std::optional<tree::ClashPolicy>, answer);
    QFETCH(const QString, outline);
    QFETCH(const QString, main);
    const test::Folder folder;
    folder.write(u"lib/a.py"_s, "other");
    folder.write(u"lib/c.py"_s, "c");
    const auto mime
        = filesAt({folder.write(u"main.py"_s, "other"), folder.path(u"lib"_s), folder.write(u"new.py"_s, "new")});
    EditingWindow window({{"main.py", "main"}, {"lib/a.py", "a"}});
    QList<QStringList> asked;
    window.currentView()->editor().askAboutClashes = [&](std::span<const tree::Clash> clashes) {
        asked.append(test::pathsOf(clashes));
        return answer;
    };
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.nowhere()));
    ROMSMITH_TRY_COMPARE(asked.size(), 1);
    QCOMPARE(QSet(asked.first().begin(), asked.first().end()), QSet({u"main.py"_s, u"lib/a.py"_s}));
    const auto sorted = [](const QString& all) {
        auto names = all.split(u' ');
        names.sort();
        return names;
    };
    QCOMPARE(sorted(window.outline()), sorted(outline));
    QCOMPARE(test::textAt(window.document(), "main.py"), main);
    QCOMPARE(window.document().undoStack().count(), answer ? 1 : 0);
    window.document().undoStack().undo();
    QCOMPARE(window.outline(), u"main.py lib/ lib/a.py"_s);
    QCOMPARE(test::textAt(window.document(), "main.py"), u"main"_s);
}

void DragDropTest::droppedImagesAskWhatToDo_data()
{
    QTest::addColumn<DroppedImages>("answer");
    QTest::addColumn<QString>("outline");
    QTest::addColumn<int>("tabs");
    const auto before = u"main.py"_s;
    QTest::newRow("open") << DroppedImages::Open << before << 2;
    QTest::newRow("as a file") << DroppedImages::AddAsFiles << QString(before + u" inner.bin"_s) << 1;
    QTest::newRow("its content") << DroppedImages::AddContent
                                 << QString(before
                                            + u" boot.py lib/ lib/a.py lib/deep/ lib/deep/x.bin model.tflite empty/"_s)
                                 << 1;
    QTest::newRow("nothing") << DroppedImages::Nothing << before << 1;
}

void DragDropTest::droppedImagesAskWhatToDo()
{
    QFETCH(const DroppedImages, answer);
    QFETCH(const QString, outline);
    QFETCH(const int, tabs);
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"inner.bin"_s, test::openMvImage())}); // the name does not matter
    EditingWindow window({{"main.py", "main"}});
    auto& view = *window.currentView();
    int asked = 0;
    view.importer().askAboutImages = [&] {
        ++asked;
        return answer;
    };
    Drag drag(window.tree(), *mime);
    QVERIFY(drag.drop(drag.nowhere()));
    QCOMPARE(asked, 1);
    ROMSMITH_TRY_COMPARE(test::outlineOf(view.document()), outline);
    ROMSMITH_TRY_COMPARE(window.documentCount(), tabs);
    QVERIFY(view.document().undoStack().count() <= 1);

    // With other files among them nothing is asked: all are added.
    const auto mixed = filesAt({folder.write(u"other.bin"_s, test::openMvImage()), folder.write(u"b.txt"_s, "b")});
    window.tabs().setCurrentWidget(&view);
    Drag second(view.treeView(), *mixed);
    QVERIFY(second.drop(second.nowhere()));
    ROMSMITH_TRY(view.document().tree().find("other.bin"));
    QCOMPARE(asked, 1);
}

void DragDropTest::rowsBetweenRowsChangeTheOrder()
{
    EditingWindow window({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d/e", "4"}});
    {
        NodeMimeData mime(window.document(), {&window.at("c")});
        Drag drag(window.tree(), mime);
        QVERIFY(drag.drop(drag.above(window.at("a"))));
        QCOMPARE(drag.action(), Qt::MoveAction);
    }
    QCOMPARE(window.outline(), u"c a b d/ d/e"_s);
    QVERIFY(nameOfOnlyStep(window).contains("\"c\""_L1));
    {
        NodeMimeData mime(window.document(), {&window.at("c"), &window.at("a")});
        Drag drag(window.tree(), mime);
        QVERIFY(drag.drop(drag.below(window.at("b"))));
    }
    QCOMPARE(window.outline(), u"b c a d/ d/e"_s);
    QCOMPARE(window.document().undoStack().count(), 2);
    {
        NodeMimeData mime(window.document(), {&window.at("c")});
        Drag drag(window.tree(), mime);
        drag.drop(drag.above(window.at("a"))); // is there already
    }
    QCOMPARE(window.document().undoStack().count(), 2);
    window.document().undoStack().setIndex(0);
    QCOMPARE(window.outline(), u"a b c d/ d/e"_s);
}

void DragDropTest::rowsOnAFolderMoveIntoIt()
{
    EditingWindow window;
    window.tree().expandAll();
    NodeMimeData mime(window.document(), {&window.at("main.py"), &window.at("lib/deep")});
    Drag drag(window.tree(), mime);
    QVERIFY(drag.drop(drag.on(window.at("lib"))));
    QCOMPARE(window.outline(), u"lib/ lib/a.py lib/main.py lib/deep/ lib/deep/x.bin model.tflite"_s);
    QCOMPARE(window.document().undoStack().count(), 1);
    QCOMPARE(window.tree().selectedNodes(), (std::vector{&window.at("lib/main.py"), &window.at("lib/deep")}));
}

void DragDropTest::withControlRowsAreCopied()
{
    EditingWindow window;
    NodeMimeData mime(window.document(), {&window.at("main.py")});
    Drag drag(window.tree(), mime, Qt::ControlModifier);
    QVERIFY(drag.drop(drag.on(window.at("lib"))));
    QCOMPARE(drag.action(), Qt::CopyAction);
    QCOMPARE(test::textAt(window.document(), "lib/main.py"), u"main"_s);
    QCOMPARE(test::textAt(window.document(), "main.py"), u"main"_s);
}

void DragDropTest::aFolderDoesNotGoIntoItself()
{
    EditingWindow window;
    window.tree().expandAll();
    NodeMimeData mime(window.document(), {&window.at("lib")});
    Drag drag(window.tree(), mime);
    QVERIFY(!drag.drop(drag.on(window.at("lib/deep"))));
    QVERIFY(!drag.drop(drag.on(window.at("lib"))));
    QVERIFY(!drag.drop(drag.above(window.at("lib/a.py"))));
    QCOMPARE(window.document().undoStack().count(), 0);
    QVERIFY(!window.notice().isVisible());
}

void DragDropTest::rowsThatClashAreDecidedOnce_data()
{
    QTest::addColumn<std::optional<tree::ClashPolicy>>("answer");
    QTest::addColumn<QString>("outline");
    QTest::newRow("replace") << std::optional(tree::ClashPolicy::Replace) << u"lib/ lib/a.py lib/b.py"_s;
    QTest::newRow("keep both") << std::optional(tree::ClashPolicy::KeepBoth) << u"lib/ lib/a.py lib/a_2.py lib/b.py"_s;
    QTest::newRow("skip") << std::optional(tree::ClashPolicy::Skip) << u"a.py lib/ lib/a.py lib/b.py"_s;
    QTest::newRow("cancel") << std::optional<tree::ClashPolicy>() << u"a.py b.py lib/ lib/a.py"_s;
}

void DragDropTest::rowsThatClashAreDecidedOnce()
{
    QFETCH(const std::optional<tree::ClashPolicy>, answer);
    QFETCH(const QString, outline);
    EditingWindow window({{"a.py", "new"}, {"b.py", "b"}, {"lib/a.py", "old"}});
    int asked = 0;
    window.currentView()->editor().askAboutClashes = [&](std::span<const tree::Clash> clashes) {
        ++asked;
        return test::pathsOf(clashes) == QStringList{u"lib/a.py"_s} ? answer : std::nullopt;
    };
    NodeMimeData mime(window.document(), {&window.at("a.py"), &window.at("b.py")});
    Drag drag(window.tree(), mime);
    QVERIFY(drag.drop(drag.on(window.at("lib"))));
    QCOMPARE(asked, 1);
    QCOMPARE(window.outline(), outline);
    QCOMPARE(test::textAt(window.document(), "lib/a.py"), answer == tree::ClashPolicy::Replace ? u"new"_s : u"old"_s);
}

void DragDropTest::rowsOfAnotherImageAreCopied()
{
    EditingWindow window;
    auto& source = *window.currentView();
    window.newDocument();
    auto& target = *window.currentView();
    test::fill(target.document(), {{"kept.txt", "kept"}});
    NodeMimeData mime(source.document(),
                      {&test::at(source.document(), "lib"), &test::at(source.document(), "main.py")});
    Drag drag(target.treeView(), mime);
    drag.moveTo(drag.nowhere());
    QCOMPARE(drag.action(), Qt::CopyAction); // the pointer must not promise a move
    QVERIFY(drag.drop(drag.nowhere()));
    QCOMPARE(drag.action(), Qt::CopyAction);
    QCOMPARE(test::outlineOf(target.document()), u"kept.txt lib/ lib/a.py lib/deep/ lib/deep/x.bin main.py"_s);
    QCOMPARE(test::outlineOf(source.document()), u"main.py lib/ lib/a.py lib/deep/ lib/deep/x.bin model.tflite"_s);
    QCOMPARE(test::textAt(target.document(), "lib/deep/x.bin"), u"x"_s);
    QVERIFY(target.document().undoStack().count() == 1 && source.document().undoStack().count() == 0);
}

void DragDropTest::aSortedTreeHasNoPlacesBetweenRows()
{
    EditingWindow window({{"b", "1"}, {"a", "2"}, {"dir/c", "3"}});
    window.tree().sortByColumn(ui::RomTreeModel::Name, Qt::AscendingOrder);
    NodeMimeData mime(window.document(), {&window.at("dir/c")});
    Drag drag(window.tree(), mime);
    QVERIFY(drag.drop(drag.above(window.at("a"))));
    QCOMPARE(window.outline(), u"b a dir/ c"_s);
}

void DragDropTest::theRoomAfterTheDropIsShownUntilItEnds()
{
    const test::Folder folder;
    folder.write(u"big/inside.bin"_s, QByteArray(3 * 1024 * 1024, 'x'));
    const auto files = filesAt({folder.write(u"one.bin"_s, QByteArray(2 * 1024 * 1024, 'x')), folder.path(u"big"_s)});
    EditingWindow window;
    window.chooseTarget(u"OpenMV N6"_s);
    const auto room = [&] { return window.currentView()->capacityBar().text(); };
    const auto before = room();
    Drag drag(window.tree(), *files);
    drag.moveTo(drag.nowhere());
    ROMSMITH_TRY(room().contains("after this drop"_L1));
    QVERIFY2(room().contains("5.0 MiB"_L1), qPrintable(room()));
    drag.leave();
    QCOMPARE(room(), before);
    ROMSMITH_TRY(window.jobs().isIdle());

    Drag left(window.tree(), *files);
    left.moveTo(left.nowhere());
    left.leave(); // before it is measured
    ROMSMITH_TRY(window.jobs().isIdle());
    QCoreApplication::processEvents();
    QCOMPARE(room(), before);

    auto other = test::documentOf(test::openMvImage());
    NodeMimeData nodes(*other, {&test::at(*other, "boot.py")});
    Drag rows(window.tree(), nodes);
    rows.moveTo(rows.nowhere());
    QVERIFY(room().contains("after this drop"_L1));
    QVERIFY(rows.drop(rows.nowhere()));
    QVERIFY(!room().contains("after this drop"_L1));
}

void DragDropTest::foldersOpenUnderThePointer()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"new.txt"_s, "new")});
    EditingWindow window;
    window.tree().collapseAll();
    Drag drag(window.tree(), *mime);
    const auto lib = drag.on(window.at("lib"));
    QCursor::setPos(window.tree().viewport()->mapToGlobal(lib));
    drag.moveTo(lib);
    ROMSMITH_TRY(window.tree().isExpanded(window.tree().viewIndex(window.at("lib"))));
    drag.leave();
}

void DragDropTest::whatIsDroppedOnTheWindowOpens()
{
    const test::Folder folder;
    const auto mime = filesAt({folder.write(u"app.img"_s, test::openMvImage())});
    UserWindow window;
    QDragEnterEvent enter({400, 300}, Qt::CopyAction, mime.get(), Qt::LeftButton, {});
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(400, 300), Qt::CopyAction, mime.get(), Qt::LeftButton, {});
    QCoreApplication::sendEvent(&window, &drop);
    ROMSMITH_TRY_COMPARE(window.documentCount(), 1);
    QCOMPARE(test::bytesOf(window.document()), test::openMvImage());
}

QTEST_MAIN(DragDropTest)
#include "dragdrop_test.moc"
