// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/digest.h"
#include "tests/ui/editingwindow.h"
#include "ui/facts.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QMenuBar>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using test::UserWindow;
using ui::RomTreeModel;

namespace {

QAction* columnAction(const UserWindow& window, const QString& title)
{
    for (auto* action : window.tree().header()->actions()) {
        if (action->text() == title) {
            return action;
        }
    }
    return nullptr;
}

QString cell(const UserWindow& window, const tree::Node& node, int column)
{
    return window.tree().viewIndex(node, column).data().toString();
}

inspect::Digest digestOf(const UserWindow& window, const tree::Node& node)
{
    return test::must(inspect::digest(window.document().plan().contentOf(node)));
}

bool isShown(const UserWindow& window, int column)
{
    return !window.tree().isColumnHidden(column);
}

} // namespace

/// Which columns the tree has, and those that take a while to know.
class ColumnsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void checksumsAreHiddenUntilTheyAreAskedFor();
    void theHeaderListsEveryColumnButTheName();
    void columnsAreTheSameInEveryTabAndAtTheNextStart();
    void checksumsAreThoseOfWhatIsInTheImage();
    void checksumsFollowEdits();
    void sortingByAChecksumBringsTheSameContentsTogether();
    void hidingTheColumnThatSortsGoesBackToTheOrderOfTheImage();
    void rowsAreCopiedAsTextWithWhatIsShown();
    void onlyRowsInSightAreComputed();
    void theWindowAnswersWhileManyFilesAreComputed();
};

void ColumnsTest::checksumsAreHiddenUntilTheyAreAskedFor()
{
    EditingWindow window;
    QVERIFY(!isShown(window, RomTreeModel::Crc32));
    QVERIFY(!isShown(window, RomTreeModel::Sha256));
    QVERIFY(isShown(window, RomTreeModel::Notes));
    QCoreApplication::processEvents();
    QVERIFY(!window.tree().romModel().digests().isBusy());
    columnAction(window, u"CRC32"_s)->trigger();
    QVERIFY(isShown(window, RomTreeModel::Crc32));
    const auto& file = window.at("model.tflite");
    ROMSMITH_TRY_COMPARE(cell(window, file, RomTreeModel::Crc32), ui::crc32Text(digestOf(window, file)));
    columnAction(window, u"CRC32"_s)->trigger();
    QVERIFY(!isShown(window, RomTreeModel::Crc32));
}

void ColumnsTest::theHeaderListsEveryColumnButTheName()
{
    EditingWindow window;
    QStringList titles;
    for (const auto* action : window.tree().header()->actions()) {
        titles.append(action->text());
        QCOMPARE(action->isChecked(), action->text() != "CRC32"_L1 && action->text() != "SHA-256"_L1);
    }
    QCOMPARE(titles,
             (QStringList{u"Size"_s, u"Aligned"_s, u"Offset"_s, u"Padding"_s, u"CRC32"_s, u"SHA-256"_s, u"Notes"_s}));
    test::whenMenuOpens([&](QMenu& menu) {
        QCOMPARE(menu.actions(), window.tree().header()->actions());
        menu.close();
    });
    QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(5, 5), window.tree().header()->mapToGlobal(QPoint(5, 5)));
    QCoreApplication::sendEvent(window.tree().header()->viewport(), &event);
    ROMSMITH_TRY(!QApplication::activePopupWidget());
}

void ColumnsTest::columnsAreTheSameInEveryTabAndAtTheNextStart()
{
    {
        EditingWindow window;
        columnAction(window, u"SHA-256"_s)->trigger();
        columnAction(window, u"Padding"_s)->trigger();
        window.newDocument();
        QVERIFY(isShown(window, RomTreeModel::Sha256));
        columnAction(window, u"Notes"_s)->trigger();
        window.tabs().setCurrentIndex(0);
        QVERIFY(!isShown(window, RomTreeModel::Notes));
    }
    EditingWindow next;
    QVERIFY(isShown(next, RomTreeModel::Sha256));
    QVERIFY(!isShown(next, RomTreeModel::Crc32));
    QVERIFY(!isShown(next, RomTreeModel::Padding));
    QVERIFY(!isShown(next, RomTreeModel::Notes));
}

void ColumnsTest::checksumsAreThoseOfWhatIsInTheImage()
{
    EditingWindow window({{"lib/helpers.py", "x = 1\n"}, {"config.json", "{}"}});
    window.tree().expandAll();
    const auto& helpers = window.at("lib/helpers.py");
    QVERIFY(window.document().plan().isCompiled(helpers));
    columnAction(window, u"SHA-256"_s)->trigger();
    const auto wanted = digestOf(window, helpers);
    ROMSMITH_TRY_COMPARE(cell(window, helpers, RomTreeModel::Sha256), ui::text(wanted.sha256));
    QVERIFY(wanted.sha256 != test::must(inspect::digest(helpers.content())).sha256);
    QCOMPARE(cell(window, window.at("lib"), RomTreeModel::Sha256), QString());
    const auto tip = window.tree().viewIndex(helpers, RomTreeModel::Sha256).data(Qt::ToolTipRole).toString();
    QCOMPARE(tip, ui::text(wanted.sha256));
}

void ColumnsTest::checksumsFollowEdits()
{
    EditingWindow window({{"a.txt", "first"}});
    columnAction(window, u"CRC32"_s)->trigger();
    auto& file = window.at("a.txt");
    ROMSMITH_TRY_COMPARE(cell(window, file, RomTreeModel::Crc32), ui::crc32Text(digestOf(window, file)));
    const auto before = cell(window, file, RomTreeModel::Crc32);
    test::must(
        window.document().perform(window.document().tree().replaceContent(file, test::content("second")), u"edit"_s));
    ROMSMITH_TRY_COMPARE(cell(window, file, RomTreeModel::Crc32), ui::crc32Text(digestOf(window, file)));
    QVERIFY(cell(window, file, RomTreeModel::Crc32) != before);
    window.document().undoStack().undo();
    QCOMPARE(cell(window, file, RomTreeModel::Crc32), before); // known already
}

void ColumnsTest::sortingByAChecksumBringsTheSameContentsTogether()
{
    EditingWindow window({{"a", "same"}, {"b", "other"}, {"c", "same"}, {"d", "third"}, {"e", "same"}});
    columnAction(window, u"SHA-256"_s)->trigger();
    window.tree().sortByColumn(RomTreeModel::Sha256, Qt::AscendingOrder);
    ROMSMITH_TRY(!window.tree().romModel().digests().isBusy());
    QStringList shown;
    for (int row = 0; row < 5; ++row) {
        shown.append(window.tree().model()->index(row, RomTreeModel::Sha256).data().toString());
    }
    auto sorted = shown;
    sorted.sort();
    QCOMPARE(shown, sorted);
    QVERIFY(!shown.contains(u"…"_s));
}

void ColumnsTest::hidingTheColumnThatSortsGoesBackToTheOrderOfTheImage()
{
    EditingWindow window;
    columnAction(window, u"CRC32"_s)->trigger();
    window.tree().sortByColumn(RomTreeModel::Crc32, Qt::AscendingOrder);
    columnAction(window, u"CRC32"_s)->trigger();
    QCOMPARE(window.tree().proxy().sortColumn(), -1);
}

void ColumnsTest::rowsAreCopiedAsTextWithWhatIsShown()
{
    EditingWindow window({{"lib/a.txt", "a"}, {"z.txt", "zz"}});
    window.tree().expandAll();
    for (const auto& title : {u"Aligned"_s, u"Offset"_s, u"Padding"_s, u"Notes"_s, u"CRC32"_s}) {
        columnAction(window, title)->trigger();
    }
    window.tree().select({&window.at("lib/a.txt"), &window.at("z.txt")});
    QApplication::clipboard()->setText(u"before"_s);
    window.action(u"copyAsTextAction"_s)->trigger();
    const auto line = [&](const char* path, const QString& size) {
        return QString::fromLatin1(path) % u'\t' % size % u'\t' % ui::crc32Text(digestOf(window, window.at(path)));
    };
    ROMSMITH_TRY_COMPARE(QApplication::clipboard()->text(),
                         QString(line("lib/a.txt", u"1"_s) % u'\n' % line("z.txt", u"2"_s)));
    QVERIFY(window.notice().isHidden());
}

void ColumnsTest::onlyRowsInSightAreComputed()
{
    UserWindow window;
    window.newDocument();
    auto& document = window.document();
    document.setPython({.compile = false});
    std::vector<std::unique_ptr<tree::Node>> many;
    for (int i = 0; i < 3000; ++i) {
        many.push_back(
            tree::Node::file(QStringLiteral("%1.txt").arg(i).toStdString(), test::content(std::to_string(i))));
    }
    test::must(document.perform(document.tree().add(document.tree().root(), std::move(many), tree::ClashPolicy::Refuse),
                                u"many"_s));
    window.tree().scrollToTop();
    columnAction(window, u"CRC32"_s)->trigger();
    auto& digests = window.tree().romModel().digests();
    const auto& first = test::at(document, "0.txt");
    ROMSMITH_TRY_COMPARE(cell(window, first, RomTreeModel::Crc32), ui::crc32Text(digestOf(window, first)));
    ROMSMITH_TRY(!digests.isBusy());
    QVERIFY2(digests.knownCount() < 200, qPrintable(QString::number(digests.knownCount())));
}

void ColumnsTest::theWindowAnswersWhileManyFilesAreComputed()
{
    UserWindow window;
    window.newDocument();
    auto& document = window.document();
    document.setPython({.compile = false});
    std::vector<std::unique_ptr<tree::Node>> many;
    many.push_back(tree::Node::file("model.tflite", test::content(std::string(24UL * 1024 * 1024, 'm'))));
    for (int i = 0; i < 2000; ++i) {
        many.push_back(
            tree::Node::file(QStringLiteral("%1.txt").arg(i).toStdString(), test::content(std::to_string(i))));
    }
    test::must(document.perform(document.tree().add(document.tree().root(), std::move(many), tree::ClashPolicy::Refuse),
                                u"many"_s));
    columnAction(window, u"SHA-256"_s)->trigger();
    window.tree().sortByColumn(RomTreeModel::Sha256, Qt::AscendingOrder);
    ROMSMITH_TRY(!window.tree().romModel().digests().isBusy());
    const auto& model = test::at(document, "model.tflite");
    QCOMPARE(cell(window, model, RomTreeModel::Sha256), ui::text(digestOf(window, model).sha256));
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

QTEST_MAIN(ColumnsTest)
#include "columns_test.moc"
