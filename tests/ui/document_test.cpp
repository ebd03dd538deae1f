// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "tests/ui/gestures.h"
#include "ui/capacitybar.h"
#include "ui/documentview.h"
#include "ui/jobs.h"
#include "ui/problemsview.h"

#include <QElapsedTimer>
#include <QSignalSpy>

#include <algorithm>

using namespace romsmith;
using namespace Qt::StringLiterals;

namespace {

build::Target targetOf(std::string_view key)
{
    auto target = build::Target::fromKey(key);
    if (!target.board()) {
        throw std::runtime_error("no such target: " + std::string(key));
    }
    return target;
}

std::unique_ptr<ui::Document> newDocument()
{
    auto document = std::make_unique<ui::Document>();
    test::fill(*document, {{"main.py", "main"}, {"lib/a.py", "a"}, {"lib/b.tflite", "b"}, {"data.bin", "data"}});
    return document;
}

std::unique_ptr<ui::Document> documentNamed(const QString& name)
{
    return name == "new"_L1    ? newDocument()
        : name == "OpenMV"_L1  ? test::documentOf(test::openMvImage())
        : name == "compact"_L1 ? test::documentOf(test::compactImage())
                               : test::documentOf(test::handMadeImage());
}

const std::array documentNames{"new"_L1, "OpenMV"_L1, "compact"_L1, "hand-made"_L1};

Result<void> add(ui::Document& document, std::string name, std::string_view characters = "x")
{
    return document.perform(document.tree().add(document.tree().root(),
                                                test::list(test::file(std::move(name), characters)),
                                                tree::ClashPolicy::Refuse),
                            u"add"_s);
}

} // namespace

class DocumentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUnchangedImageIsWrittenAsItWas_data();
    void anUnchangedImageIsWrittenAsItWas();
    void eachGestureIsUndoneAndRedoneToTheByte_data();
    void eachGestureIsUndoneAndRedoneToTheByte();
    void aThousandGesturesAreUndoneToTheFirstByte_data();
    void aThousandGesturesAreUndoneToTheFirstByte();
    void whatChangesNothingLeavesNoStep();
    void whatIsRefusedLeavesNoStepAndSaysWhy();
    void theSavedStateIsTheCleanOne();
    void whatIsEditedWhileSavingStaysUnsaved();
    void anotherStateThatHasTheSameIndexIsNotTheSavedOne();
    void theTargetDecidesAlignmentAndRoom();
    void anotherTargetIsAChangeOnlyOfAnImageThatItMoves();
    void theLayoutChosenIsTheLayoutWritten();
    void alignmentCanBeSetAndGivenBackToTheRules();
    void subjectsOfAGestureAreWhatItBrought();
    void newImagesHaveNamesOfTheirOwn();
    void findingsFollowEveryEdit();
    void renamingInALargeTreeIsMeasured();
};

void DocumentTest::anUnchangedImageIsWrittenAsItWas_data()
{
    QTest::addColumn<QByteArray>("image");
    QTest::newRow("OpenMV") << test::openMvImage();
    QTest::newRow("compact") << test::compactImage();
    QTest::newRow("hand-made") << test::handMadeImage();
}

void DocumentTest::anUnchangedImageIsWrittenAsItWas()
{
    QFETCH(const QByteArray, image);
    const auto document = test::documentOf(image);
    QCOMPARE(test::bytesOf(*document), image);
    QVERIFY(!document->isModified());
    document->setTarget(targetOf("OPENMV_N6/0"));
    QCOMPARE(test::bytesOf(*document), image);
    QVERIFY(!document->isModified());
}

void DocumentTest::eachGestureIsUndoneAndRedoneToTheByte_data()
{
    test::addGestureRows(documentNames);
}

void DocumentTest::eachGestureIsUndoneAndRedoneToTheByte()
{
    QFETCH(const QString, name);
    QFETCH(const std::size_t, gesture);
    const auto document = documentNamed(name);
    auto& stack = document->undoStack();
    const auto before = test::bytesOf(*document);
    const auto outlineBefore = test::outlineOf(*document);

    const auto done = test::allGestures()[gesture].make(*document);
    QVERIFY2(done, test::messageOf(done).c_str());
    QCOMPARE(stack.count(), 1);
    QVERIFY(document->isModified());
    const auto after = test::bytesOf(*document);
    const auto outlineAfter = test::outlineOf(*document);
    QVERIFY(outlineAfter != outlineBefore || after != before || document->plan().layout.unchangedSource() == nullptr);

    for (int i = 0; i < 2; ++i) {
        stack.undo();
        QCOMPARE(test::bytesOf(*document), before);
        QCOMPARE(test::outlineOf(*document), outlineBefore);
        QVERIFY(!document->isModified());
        stack.redo();
        QCOMPARE(test::bytesOf(*document), after);
        QCOMPARE(test::outlineOf(*document), outlineAfter);
        QVERIFY(document->isModified());
    }
    // What was written is an image that reads back as what the tree shows.
    const auto reread = test::documentOf(after);
    QCOMPARE(test::bytesOf(*reread), after);
}

void DocumentTest::aThousandGesturesAreUndoneToTheFirstByte_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<unsigned>("seed");
    for (const auto name : documentNames) {
        for (const auto seed : {1U, 2U}) {
            QTest::addRow("%s, seed %u", name.data(), seed) << QString(name) << seed;
        }
    }
}

void DocumentTest::aThousandGesturesAreUndoneToTheFirstByte()
{
    QFETCH(const QString, name);
    QFETCH(const unsigned, seed);
    const auto document = documentNamed(name);
    const auto before = test::bytesOf(*document);
    test::RandomHands hands(seed);
    for (int i = 0; i < 1000; ++i) {
        hands.moveOnce(*document);
    }
    auto& stack = document->undoStack();
    QVERIFY2(stack.count() > 50, "the gestures must be more than a few");
    stack.setIndex(stack.count());
    const auto after = test::bytesOf(*document);
    while (stack.canUndo()) {
        stack.undo();
    }
    QCOMPARE(test::bytesOf(*document), before);
    QVERIFY(!document->isModified());
    while (stack.canRedo()) {
        stack.redo();
    }
    QCOMPARE(test::bytesOf(*document), after);
    stack.setIndex(0);
    QCOMPARE(test::bytesOf(*document), before);
}

void DocumentTest::whatChangesNothingLeavesNoStep()
{
    const auto document = newDocument();
    auto& tree = document->tree();
    auto& main = test::at(*document, "main.py");
    auto& lib = test::at(*document, "lib");
    const std::array first{&main};
    QVERIFY(document->perform(tree.rename(main, "main.py"), u"same name"_s));
    QVERIFY(document->perform(tree.move(first, tree.root(), 0, tree::ClashPolicy::Refuse), u"same place"_s));
    QVERIFY(document->perform(tree.move(first, tree.root(), 1, tree::ClashPolicy::Refuse), u"in front of the next"_s));
    QVERIFY(document->perform(tree.setAlignment(std::array{&lib}, 64), u"of a folder"_s));
    QVERIFY(document->perform(tree.setAlignment(first, {}), u"by the rules as before"_s));
    QVERIFY(document->perform(tree.remove({}), u"nothing"_s));
    QVERIFY(document->perform(
        tree.add(tree.root(), test::list(test::file("main.py", "other")), tree::ClashPolicy::Skip), u"skipped"_s));
    document->setStyle(document->style());
    QCOMPARE(document->undoStack().count(), 0);
    QVERIFY(!document->isModified());
}

void DocumentTest::whatIsRefusedLeavesNoStepAndSaysWhy()
{
    const auto document = newDocument();
    auto& tree = document->tree();
    auto& main = test::at(*document, "main.py");
    auto& lib = test::at(*document, "lib");
    const auto before = test::bytesOf(*document);
    const auto isRefused = [&](Result<tree::Edit> edit, const std::string& named) {
        const auto done = document->perform(std::move(edit), u"refused"_s);
        return !done && done.error().message.contains(named) && document->undoStack().count() == 0
            && test::bytesOf(*document) == before;
    };
    QVERIFY(isRefused(tree.rename(main, "lib"), "lib"));
    QVERIFY(isRefused(tree.rename(main, "a/b"), "/"));
    QVERIFY(isRefused(tree.rename(main, ""), ""));
    QVERIFY(isRefused(tree.rename(tree.root(), "root"), "image"));
    QVERIFY(isRefused(tree.move(std::array{&lib}, lib, {}, tree::ClashPolicy::Refuse), "lib"));
    QVERIFY(isRefused(tree.setAlignment(std::array{&main}, 3), "3"));
    QVERIFY(isRefused(tree.replaceContent(lib, test::content("x")), "lib"));
    QVERIFY(isRefused(tree.newFolder(tree.root(), "lib"), "lib"));
}

void DocumentTest::theSavedStateIsTheCleanOne()
{
    const auto document = newDocument();
    const QSignalSpy titles(document.get(), &ui::Document::titleChanged);
    QVERIFY(add(*document, "one"));
    QVERIFY(document->isModified());
    QCOMPARE(titles.count(), 1);

    document->markSaved(u"/somewhere/app.img"_s, document->revision());
    QVERIFY(!document->isModified());
    QCOMPARE(document->path(), u"/somewhere/app.img"_s);
    QCOMPARE(document->name(), u"app.img"_s);

    document->undoStack().undo();
    QVERIFY(document->isModified());
    document->undoStack().redo();
    QVERIFY(!document->isModified());
    QVERIFY(add(*document, "two"));
    QVERIFY(document->isModified());
}

void DocumentTest::whatIsEditedWhileSavingStaysUnsaved()
{
    const auto document = newDocument();
    QVERIFY(add(*document, "saved"));
    const auto revision = document->revision();
    QVERIFY(add(*document, "too late"));
    document->markSaved(u"/somewhere/app.img"_s, revision);
    QVERIFY(document->isModified());

    // What was clean before is not what the file holds now.
    document->undoStack().setIndex(0);
    QVERIFY(document->isModified());
}

void DocumentTest::anotherStateThatHasTheSameIndexIsNotTheSavedOne()
{
    const auto document = newDocument();
    QVERIFY(add(*document, "saved"));
    const auto revision = document->revision();
    document->undoStack().undo();
    QVERIFY(add(*document, "another"));
    document->markSaved(u"/somewhere/app.img"_s, revision);
    QVERIFY(document->isModified());
}

void DocumentTest::theTargetDecidesAlignmentAndRoom()
{
    const auto document = newDocument();
    auto& model = test::at(*document, "lib/b.tflite");
    QCOMPARE(model.wantedAlignment(document->plan().rules).value, 16U);
    const QSignalSpy targets(document.get(), &ui::Document::targetChanged);
    const QSignalSpy plans(document.get(), &ui::Document::planChanged);

    const auto n6 = targetOf("OPENMV_N6/0");
    document->setTarget(n6);
    QCOMPARE(targets.count(), 1);
    QCOMPARE(plans.count(), 1);
    QCOMPARE(model.wantedAlignment(document->plan().rules).value, 32U);
    QCOMPARE(document->plan().placement(model)->contentOffset % 32, 0U);
    QCOMPARE(document->target().size(), n6.size());

    document->setTarget(n6);
    QCOMPARE(targets.count(), 1);
    QCOMPARE(plans.count(), 1);
    QCOMPARE(document->undoStack().count(), 0);
}

void DocumentTest::anotherTargetIsAChangeOnlyOfAnImageThatItMoves()
{
    const auto document = newDocument();
    document->setTarget(targetOf("OPENMV_N6/0"));
    QVERIFY2(!document->isModified(), "nothing of a new image is on disk");
    document->markSaved(u"/somewhere/app.img"_s, document->revision());
    QVERIFY(!document->isModified());
    document->setTarget({});
    QVERIFY2(document->isModified(), "the file was laid out for another board");
    document->setTarget(targetOf("OPENMV_N6/0"));
    QVERIFY(!document->isModified());
}

void DocumentTest::theLayoutChosenIsTheLayoutWritten()
{
    const auto document = newDocument();
    const auto openMv = test::bytesOf(*document);
    document->setStyle(romfs::Style::Compact);
    const auto compact = test::bytesOf(*document);
    QVERIFY(compact.size() < openMv.size());
    QCOMPARE(test::readBlob(test::fromQt(compact)).source->style, romfs::Style::Compact);
    QVERIFY(document->undoStack().undoText().contains("compact"_L1));
    document->undoStack().undo();
    QCOMPARE(document->style(), romfs::Style::OpenMv);
    QCOMPARE(test::bytesOf(*document), openMv);
}

void DocumentTest::alignmentCanBeSetAndGivenBackToTheRules()
{
    const auto document = newDocument();
    const auto files = test::filesOf(*document);
    QVERIFY(document->perform(document->tree().setAlignment(files, 128), u"align"_s));
    QCOMPARE(document->undoStack().count(), 1);
    for (const auto* file : files) {
        QCOMPARE(document->plan().placement(*file)->contentOffset % 128, 0U);
    }
    QVERIFY(document->perform(document->tree().setAlignment(files, {}), u"rules"_s));
    for (const auto* file : files) {
        const auto wanted = file->wantedAlignment(document->plan().rules);
        QVERIFY(wanted.reason == tree::AlignmentReason::Rule || wanted.reason == tree::AlignmentReason::Default);
    }
    document->undoStack().undo();
    for (const auto* file : files) {
        QCOMPARE(file->wantedAlignment(document->plan().rules).value, 128U);
    }
}

void DocumentTest::subjectsOfAGestureAreWhatItBrought()
{
    const auto document = newDocument();
    QSignalSpy performed(document.get(), &ui::Document::performed);
    QVERIFY(add(*document, "new"));
    QCOMPARE(performed.count(), 1);
    QCOMPARE(document->lastSubjects(), std::vector{&test::at(*document, "new")});
    document->undoStack().undo();
    document->undoStack().redo();
    QCOMPARE(performed.count(), 1);
}

void DocumentTest::newImagesHaveNamesOfTheirOwn()
{
    const ui::Document first;
    const ui::Document second;
    QVERIFY(!first.name().isEmpty());
    QVERIFY(first.name() != second.name());
    QVERIFY(first.path().isEmpty());
    QVERIFY(!first.isModified());
    QCOMPARE(test::documentOf(test::openMvImage(), u"/x/y.img"_s)->name(), u"y.img"_s);
}

void DocumentTest::findingsFollowEveryEdit()
{
    const auto document = newDocument();
    const auto has = [&](std::string_view code) {
        return std::ranges::any_of(document->plan().findings,
                                   [&](const romfs::Finding& finding) { return finding.code == code; });
    };
    QVERIFY(!has("misaligned"));
    QVERIFY(
        document->perform(document->tree().setAlignment(std::array{&test::at(*document, "lib/b.tflite")}, 1), u"x"_s));
    const bool misaligned = has("misaligned");
    document->undoStack().undo();
    QVERIFY(!has("misaligned"));
    document->undoStack().redo();
    QCOMPARE(has("misaligned"), misaligned);

    QVERIFY(!has("too-large"));
    const auto n6 = targetOf("OPENMV_N6/0");
    document->setTarget(n6);
    QVERIFY(document->perform(document->tree().replaceContent(test::at(*document, "main.py"), test::huge(*n6.size())),
                              u"huge"_s));
    QVERIFY(has("too-large"));
    document->undoStack().undo();
    QVERIFY(!has("too-large"));
}

/// The whole way of a rename, from the edit to what is painted. It asserts nothing: machines differ.
void DocumentTest::renamingInALargeTreeIsMeasured()
{
    auto document = std::make_unique<ui::Document>();
    std::vector<std::unique_ptr<tree::Node>> folders;
    for (int i = 0; i < 100; ++i) {
        folders.push_back(tree::Node::folder("folder" + std::to_string(i)));
        for (int k = 0; k < 99; ++k) {
            folders.back()->append(test::file("file" + std::to_string(k) + ".py", "print(1)\n"));
        }
    }
    QVERIFY(document->perform(
        document->tree().add(document->tree().root(), std::move(folders), tree::ClashPolicy::Refuse), u"fill"_s));
    document->undoStack().clear();
    QCOMPARE(document->plan().flat.nodes.size(), 10'000U);
    document->setTarget(targetOf("OPENMV_N6/0"));

    ui::Jobs jobs;
    ui::DocumentView view(std::move(document), jobs, {});
    ui::ProblemsView problems;
    problems.findings().setDocument(&view.document());
    view.treeView().expandAll();
    view.resize(900, 600);
    view.show();
    problems.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    auto& node = test::at(view.document(), "folder50/file50.py");
    QElapsedTimer timer;
    QList<double> edits;
    QList<double> paints;
    for (int i = 0; i < 30; ++i) {
        timer.start();
        QVERIFY(view.treeView().romModel().setData(view.treeView().romModel().indexOf(node), u"renamed%1.py"_s.arg(i)));
        edits.append(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QCoreApplication::processEvents();
        paints.append(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::ranges::sort(edits);
    std::ranges::sort(paints);
    qInfo("rename in 10,000 entries: median %.1f ms until everything is up to date, %.1f ms until it is painted",
          edits[edits.size() / 2], paints[paints.size() / 2]);
}

QTEST_MAIN(DocumentTest)
#include "document_test.moc"
