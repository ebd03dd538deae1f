// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gestures.h"
#include "ui/findingsmodel.h"
#include "ui/romtreeview.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <map>

using namespace romsmith;
using namespace Qt::StringLiterals;
using ui::RomTreeModel;

namespace {

/// A document with every model on it, each watched by Qt's tester, which ends the program when one lies.
struct Watched
{
    explicit Watched(std::unique_ptr<ui::Document> watched)
        : document(std::move(watched))
    {
        findings.setDocument(document.get());
    }

    [[nodiscard]] QString cell(std::string_view path, int column) const
    {
        return tree.indexOf(test::at(*document, path), column).data().toString();
    }

    [[nodiscard]] QString toolTip(std::string_view path, int column) const
    {
        return tree.indexOf(test::at(*document, path), column).data(Qt::ToolTipRole).toString();
    }

    std::unique_ptr<ui::Document> document;
    RomTreeModel tree{*document};
    ui::RomTreeProxy proxy{tree};
    ui::RomTreeProxy sorted{tree};
    ui::FindingsModel findings;
    QAbstractItemModelTester treeTester{&tree, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester proxyTester{&proxy, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester sortedTester{&sorted, QAbstractItemModelTester::FailureReportingMode::Fatal};
    QAbstractItemModelTester findingsTester{&findings, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

/// What a model shows, in rows with their level; for comparing what was kept up to date with what is made anew.
QStringList dump(const QAbstractItemModel& model, const QModelIndex& parent = {}, int level = 0)
{
    QStringList lines;
    for (int row = 0; row < model.rowCount(parent); ++row) {
        QStringList cells;
        for (int column = 0; column < model.columnCount(parent); ++column) {
            cells.append(model.index(row, column, parent).data().toString());
        }
        lines.append(QString(level, u' ') % cells.join(u'|'));
        lines.append(dump(model, model.index(row, 0, parent), level + 1));
    }
    return lines;
}

std::unique_ptr<ui::Document> documentNamed(const QString& name)
{
    return name == "OpenMV"_L1 ? test::documentOf(test::openMvImage())
        : name == "compact"_L1 ? test::documentOf(test::compactImage())
                               : test::documentOf(test::handMadeImage());
}

const std::array documentNames{"OpenMV"_L1, "compact"_L1, "hand-made"_L1};

} // namespace

class ModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachGestureKeepsTheModelsTruthful_data();
    void eachGestureKeepsTheModelsTruthful();
    void randomGesturesKeepTheModelsTruthful_data();
    void randomGesturesKeepTheModelsTruthful();
    void indexesFollowTheirNodes();
    void columnsShowWhatThePlanSays();
    void aligningShowsActualAndWantedWithTheReason();
    void offsetsBecomeAddressesOnABoard();
    void otherRecordsAreShownAndCannotBeEdited();
    void namesThatAreNotTextSurviveAnUntouchedEditor();
    void editingInPlaceIsOneStepAndRefusalsSayWhy();
    void theFilterFindsNamesGlobsAndWhatIsInFolders();
    void sortingIsNaturalAndByValue();
    void findingsComeWorstFirstWithTheirNodes();
    void findingsOfNoDocumentAreEmpty();
};

void ModelTest::eachGestureKeepsTheModelsTruthful_data()
{
    test::addGestureRows(documentNames);
}

void ModelTest::eachGestureKeepsTheModelsTruthful()
{
    QFETCH(const QString, name);
    QFETCH(const std::size_t, gesture);
    Watched watched(documentNamed(name));
    watched.sorted.sort(RomTreeModel::Size, Qt::DescendingOrder);
    const auto before = dump(watched.tree);
    QVERIFY(test::allGestures()[gesture].make(*watched.document));
    const auto after = dump(watched.tree);
    QCOMPARE(dump(watched.proxy), after);
    watched.document->undoStack().undo();
    QCOMPARE(dump(watched.tree), before);
    QCOMPARE(dump(watched.proxy), before);
    watched.document->undoStack().redo();
    QCOMPARE(dump(watched.tree), after);
    QCOMPARE(dump(watched.proxy), after);
}

void ModelTest::randomGesturesKeepTheModelsTruthful_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("filter");
    for (const auto name : documentNames) {
        QTest::addRow("%s", name.data()) << QString(name) << QString();
        QTest::addRow("%s, filtered", name.data()) << QString(name) << u"a"_s;
    }
}

void ModelTest::randomGesturesKeepTheModelsTruthful()
{
    QFETCH(const QString, name);
    QFETCH(const QString, filter);
    Watched watched(documentNamed(name));
    watched.proxy.setFilterText(filter);
    watched.sorted.sort(RomTreeModel::Offset, Qt::DescendingOrder);
    test::RandomHands hands(3);
    for (int i = 0; i < 150; ++i) {
        hands.moveOnce(*watched.document);
        ui::RomTreeProxy fresh(watched.tree);
        fresh.setFilterText(filter);
        QCOMPARE(dump(watched.proxy), dump(fresh));
        QCOMPARE(watched.findings.rowCount(), static_cast<int>(watched.document->plan().findings.size()));
    }
    ui::RomTreeProxy fresh(watched.tree);
    fresh.sort(RomTreeModel::Offset, Qt::DescendingOrder);
    QCOMPARE(dump(watched.sorted), dump(fresh));
}

void ModelTest::indexesFollowTheirNodes()
{
    Watched watched(test::documentOf(test::openMvImage()));
    std::map<const tree::Node*, QPersistentModelIndex> indexes;
    for (const auto* node : watched.document->plan().flat.nodes) {
        indexes.emplace(node, watched.proxy.mapFromSource(watched.tree.indexOf(*node, RomTreeModel::Name)));
    }
    auto& tree = watched.document->tree();
    const auto follows = [&] {
        return std::ranges::all_of(indexes, [&](const auto& item) {
            return item.second.isValid() && &watched.tree.nodeAt(watched.proxy.mapToSource(item.second)) == item.first;
        });
    };
    QVERIFY(watched.document->perform(tree.move(std::array{&test::at(*watched.document, "model.tflite")},
                                                test::at(*watched.document, "lib"), 1, tree::ClashPolicy::Refuse),
                                      u"move"_s));
    QVERIFY(follows());
    QVERIFY(watched.document->perform(tree.sortByName(tree.root()), u"sort"_s));
    QVERIFY(follows());
    watched.document->setStyle(romfs::Style::Compact);
    watched.document->undoStack().setIndex(0);
    QVERIFY(follows());
    watched.document->undoStack().setIndex(3);
    QVERIFY(follows());
}

void ModelTest::columnsShowWhatThePlanSays()
{
    const Watched watched(test::documentOf(test::openMvImage()));
    const auto& plan = watched.document->plan();
    for (const auto* node : plan.flat.nodes) {
        const auto cell = [&](int column) { return watched.tree.indexOf(*node, column).data().toString(); };
        const auto& placement = *plan.placement(*node);
        QCOMPARE(cell(RomTreeModel::Name), ui::shownName(node->name()));
        QCOMPARE(cell(RomTreeModel::Offset), ui::hexOffset(placement.contentOffset));
        QCOMPARE(cell(RomTreeModel::Padding), ui::exactSize(placement.padding));
        QCOMPARE(cell(RomTreeModel::Size), node->isFolder() ? QString() : ui::exactSize(node->content().size()));
    }
    QCOMPARE(watched.cell("model.tflite", RomTreeModel::Size), u"1,000"_s);
    QCOMPARE(watched.cell("model.tflite", RomTreeModel::Notes), u"model"_s);
    QCOMPARE(watched.cell("boot.py", RomTreeModel::Notes), u"kept as source, the only form that is started"_s);
    QVERIFY(watched.toolTip("boot.py", RomTreeModel::Notes).contains(u"never runs a compiled one"_s));
    QCOMPARE(watched.cell("lib/deep/x.bin", RomTreeModel::Notes), QString());
    QCOMPARE(watched.toolTip("lib/deep/x.bin", RomTreeModel::Name), u"lib/deep/x.bin"_s);
    for (int column = 0; column < RomTreeModel::ColumnCount; ++column) {
        QVERIFY(!watched.tree.headerData(column, Qt::Horizontal).toString().isEmpty());
    }
}

void ModelTest::aligningShowsActualAndWantedWithTheReason()
{
    const Watched watched(test::documentOf(test::openMvImage()));
    auto& document = *watched.document;
    const auto wanted = [&](std::string_view path) {
        return watched.cell(path, RomTreeModel::Aligned).section(u" / "_s, 1).toUInt();
    };
    QCOMPARE(wanted("boot.py"), 4U);
    QCOMPARE(wanted("model.tflite"), 16U);
    QCOMPARE(watched.cell("lib", RomTreeModel::Aligned), QString());
    QVERIFY(watched.toolTip("model.tflite", RomTreeModel::Aligned).contains("rule"_L1));
    QVERIFY(watched.toolTip("model.tflite", RomTreeModel::Aligned).contains(".tflite"_L1));

    QVERIFY(document.perform(document.tree().setAlignment(std::array{&test::at(document, "boot.py")}, 64), u"x"_s));
    QCOMPARE(wanted("boot.py"), 64U);
    QVERIFY(watched.cell("boot.py", RomTreeModel::Aligned).section(u' ', 0, 0).toUInt() >= 64U);
    QVERIFY(watched.toolTip("boot.py", RomTreeModel::Aligned).contains("You set 64"_L1));

    document.setTarget(build::Target::fromKey("OPENMV_N6/0"));
    QCOMPARE(wanted("model.tflite"), 32U);
    QVERIFY(watched.toolTip("model.tflite", RomTreeModel::Aligned).contains("OpenMV N6"_L1));
}

void ModelTest::offsetsBecomeAddressesOnABoard()
{
    const Watched watched(test::documentOf(test::openMvImage()));
    QVERIFY(watched.toolTip("boot.py", RomTreeModel::Offset).contains("of the image"_L1));
    const auto n6 = build::Target::fromKey("OPENMV_N6/0");
    QVERIFY(n6.address() != 0);
    watched.document->setTarget(n6);
    const auto offset = watched.document->plan().placement(test::at(*watched.document, "boot.py"))->contentOffset;
    QVERIFY(watched.toolTip("boot.py", RomTreeModel::Offset).contains(ui::hexOffset(n6.address() + offset, 8)));
}

void ModelTest::otherRecordsAreShownAndCannotBeEdited()
{
    const Watched watched(test::documentOf(test::handMadeImage()));
    const auto raw = test::nodesOf(*watched.document, romfs::EntryType::Raw);
    QVERIFY(raw.size() >= 3);
    for (const auto* node : raw) {
        const auto index = watched.tree.indexOf(*node);
        QCOMPARE(index.data().toString(), u"(records)"_s);
        QVERIFY(!index.flags().testFlag(Qt::ItemIsEditable));
        QVERIFY(!index.siblingAtColumn(RomTreeModel::Notes).data().toString().isEmpty());
    }
    QCOMPARE(watched.cell("pointer.txt", RomTreeModel::Notes), u"through a pointer record"_s);
    QVERIFY(watched.tree.indexOf(test::at(*watched.document, "lib")).flags().testFlag(Qt::ItemIsDropEnabled));
    QVERIFY(!watched.tree.indexOf(test::at(*watched.document, "end.txt")).flags().testFlag(Qt::ItemIsDropEnabled));
}

void ModelTest::namesThatAreNotTextSurviveAnUntouchedEditor()
{
    Watched watched(test::documentOf(test::handMadeImage()));
    const auto index = watched.tree.indexOf(test::at(*watched.document, "lib/bad\xff.txt"));
    const auto shown = index.data(Qt::EditRole).toString();
    QVERIFY(watched.tree.setData(index, shown)); // what F2 and Return do
    QCOMPARE(watched.document->undoStack().count(), 0);
    QCOMPARE(test::bytesOf(*watched.document), test::handMadeImage());
}

void ModelTest::editingInPlaceIsOneStepAndRefusalsSayWhy()
{
    Watched watched(test::documentOf(test::openMvImage()));
    auto& stack = watched.document->undoStack();
    QSignalSpy refused(&watched.tree, &RomTreeModel::refused);
    const auto index = watched.tree.indexOf(test::at(*watched.document, "boot.py"));
    QVERIFY(watched.tree.setData(index, u"main.py"_s));
    QCOMPARE(stack.count(), 1);
    QCOMPARE(index.data().toString(), u"main.py"_s);
    QVERIFY(stack.undoText().contains("boot.py"_L1));

    QVERIFY(!watched.tree.setData(index, u"lib"_s));
    QCOMPARE(refused.count(), 1);
    QVERIFY(refused.last().first().toString().contains("lib"_L1));
    QCOMPARE(stack.count(), 1);

    const auto aligned = index.siblingAtColumn(RomTreeModel::Aligned);
    QVERIFY(watched.tree.setData(aligned, 256U));
    QCOMPARE(stack.count(), 2);
    QCOMPARE(aligned.data(Qt::EditRole).toUInt(), 256U);
    QVERIFY(!watched.tree.setData(aligned, 3U));
    QCOMPARE(refused.count(), 2);
    QVERIFY(!watched.tree.setData(index.siblingAtColumn(RomTreeModel::Size), 3U));
    QVERIFY(!watched.tree.setData({}, u"x"_s));
}

void ModelTest::theFilterFindsNamesGlobsAndWhatIsInFolders()
{
    Watched watched(test::documentOf(test::openMvImage()));
    const auto names = [&](const QString& filter) {
        watched.proxy.setFilterText(filter);
        QStringList found;
        for (const auto& line : dump(watched.proxy)) {
            found.append(line.section(u'|', 0, 0).trimmed());
        }
        return found.join(u' ');
    };
    QCOMPARE(names(u"x.b"_s), u"lib deep x.bin"_s);
    QCOMPARE(names(u"X.BIN"_s), u"lib deep x.bin"_s);
    QCOMPARE(names(u"*.py"_s), u"boot.py lib a.py"_s);
    QCOMPARE(names(u"?.py"_s), u"lib a.py"_s);
    QCOMPARE(names(u"lib"_s), u"lib a.py deep x.bin"_s);
    QCOMPARE(names(u"[("_s), QString());
    QCOMPARE(names({}), u"boot.py lib a.py deep x.bin model.tflite empty"_s);
}

void ModelTest::sortingIsNaturalAndByValue()
{
    auto document = std::make_unique<ui::Document>();
    test::fill(*document, {{"f10", "1"}, {"f9", "333"}, {"F1", "22"}, {"big", std::string(2000, 'x')}});
    Watched watched(std::move(document));
    const auto order = [&] {
        QStringList names;
        for (int row = 0; row < watched.sorted.rowCount(); ++row) {
            names.append(watched.sorted.index(row, 0).data().toString());
        }
        return names.join(u' ');
    };
    QCOMPARE(order(), u"f10 f9 F1 big"_s);
    watched.sorted.sort(RomTreeModel::Name);
    QCOMPARE(order(), u"big F1 f9 f10"_s);
    watched.sorted.sort(RomTreeModel::Size, Qt::DescendingOrder);
    QCOMPARE(order(), u"big f9 F1 f10"_s);
    QVERIFY(watched.document->perform(
        watched.document->tree().replaceContent(test::at(*watched.document, "F1"), test::content("55555")), u"x"_s));
    QCOMPARE(order(), u"big F1 f9 f10"_s);
    watched.sorted.sort(-1);
    QCOMPARE(order(), u"f10 f9 F1 big"_s);
}

void ModelTest::findingsComeWorstFirstWithTheirNodes()
{
    const Watched watched(test::documentOf(test::handMadeImage()));
    const auto& findings = watched.findings;
    QVERIFY(findings.rowCount() > 1);
    for (int row = 0; row < findings.rowCount(); ++row) {
        if (row > 0) {
            QVERIFY(findings.findingAt(row - 1).severity >= findings.findingAt(row).severity);
        }
        const auto* node = findings.nodeAt(row);
        const auto where = findings.index(row, ui::FindingsModel::Where).data().toString();
        QVERIFY(!where.isEmpty());
        if (node && !node->isRaw()) {
            QCOMPARE(where, ui::shownName(node->path()));
        }
        const auto message = findings.index(row, ui::FindingsModel::Message);
        QVERIFY(!message.data().toString().isEmpty());
        QVERIFY(message.data(Qt::AccessibleTextRole).toString().endsWith(message.data().toString()));
        QVERIFY(!message.data(Qt::DecorationRole).value<QIcon>().isNull());
    }
}

void ModelTest::findingsOfNoDocumentAreEmpty()
{
    ui::FindingsModel findings;
    const QAbstractItemModelTester tester(&findings, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QCOMPARE(findings.rowCount(), 0);
    auto document = test::documentOf(test::handMadeImage());
    findings.setDocument(document.get());
    QVERIFY(findings.rowCount() > 0);
    document.reset();
    QCOMPARE(findings.rowCount(), 0);
}

QTEST_MAIN(ModelTest)
#include "model_test.moc"
