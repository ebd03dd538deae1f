// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"
#include "core/sources/disk.h"
#include "tests/ui/helpers.h"
#include "ui/detailsview.h"
#include "ui/findbar.h"
#include "ui/hexpanel.h"
#include "ui/hexview.h"
#include "ui/inspector.h"
#include "ui/pictureview.h"
#include "ui/previewview.h"

#include <QApplication>
#include <QBuffer>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTextBlock>
#include <QToolButton>
#include <QTreeWidget>

#include <random>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::must;

namespace {

constexpr int previewTab = 0;
constexpr int hexTab = 1;
constexpr int detailsTab = 2;

QByteArray pngOf(int width, int height)
{
    QImage image(width, height, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "png");
    return bytes;
}

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

romfs::Content sampleModel()
{
    return must(sources::loadFile(std::filesystem::path(ROMSMITH_SAMPLE_DIR) / "models" / "person_detect.tflite",
                                  sources::Loading::Snapshot));
}

build::Target targetOf(std::string_view board)
{
    return {*boards::BoardTable::builtIn().find(board), 0};
}

/// A document with one file of each kind, and an inspector in a window.
struct Bench
{
    Bench()
    {
        test::fill(document,
                   {{"app.py", "import time\n\ndef f():\n    return 'text'\n"},
                    {"config.json", R"({"b":1.50,"a":[true]})"},
                    {"broken.json", "{\n  \"a\": x\n}"},
                    {"latin.txt", "caf\xe9 and much other text around it\nsecond\x07 line\n"},
                    {"empty.txt", ""},
                    {"code.mpy", std::string_view("M\x06\x23\x1f\x01\x00", 6)},
                    {"lib/inner.py", "A = 1\n"},
                    {"picture.png", view(pngOf(40, 20))},
                    {"nested.img", view(test::openMvImage())},
                    {"zeros.bin", std::string(2000, '\0')}});
        add("model.tflite", sampleModel());
        inspector.resize(500, 600);
        static_cast<QWidget&>(inspector).show();
        static_cast<void>(QTest::qWaitForWindowActive(&inspector));
    }

    tree::Node& add(std::string name, romfs::Content content)
    {
        must(document.perform(document.tree().add(document.tree().root(),
                                                  test::list(tree::Node::file(name, std::move(content))),
                                                  tree::ClashPolicy::Refuse),
                              u"add"_s));
        return test::at(document, name);
    }

    /// Shows a node in a tab and waits until nothing is on its way any more.
    void look(int tab, std::string_view path)
    {
        inspector.setCurrentIndex(tab);
        inspector.show(&document, &test::at(document, path));
        settle();
    }

    void settle() const
    {
        ROMSMITH_TRY(!inspector.preview().isBusy() && !inspector.details().isBusy() && !inspector.hex().isBusy());
    }

    [[nodiscard]] QString text() const { return inspector.preview().shownText(); }
    [[nodiscard]] QString headline() const { return inspector.preview().headline(); }
    [[nodiscard]] QString notice() const { return inspector.preview().notice(); }
    [[nodiscard]] QString details() const { return inspector.details().shownText(); }
    [[nodiscard]] ui::HexPanel& panel() const { return inspector.hex(); }
    [[nodiscard]] ui::HexView& hex() const { return panel().view(); }

    template <typename T> [[nodiscard]] T& visible() const
    {
        for (auto* widget : inspector.findChildren<T*>()) {
            if (widget->isVisible()) {
                return *widget;
            }
        }
        throw std::runtime_error("no such widget is visible");
    }

    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const { QTest::keyClick(&hex(), key, modifiers); }

    ui::Document document;
    ui::Inspector inspector;
};

QString clipboard()
{
    return QGuiApplication::clipboard()->text();
}

} // namespace

class InspectorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatToDoWhenNothingIsSelected();
    void previewsEachKind_data();
    void previewsEachKind();
    void jsonCanBeSeenAsItIs();
    void picturesAreDecodedAndDescribed();
    void nestedImagesAndFoldersAreListed();
    void whatIsWrongWithATextIsSaid();
    void longTextsAreCutAndSaySo();
    void brokenFilesFallBackToTheirBytes();
    void contentThatCannotBeReadSaysWhy();
    void onlyTheLastFileOfManyIsShown();
    void followsThePlanAndTheTarget();
    void aNodeThatIsGoneIsLetGo();
    void theDocumentMayGoFirst();
    void onlyTheVisibleTabWorks();
    void detailsAreComplete();
    void detailsOfFoldersAndRecords();
    void detailsCanBeCopied();
    void colouredTextFollowsThePalette();
    void hexCaretMovesByKeyboard();
    void hexSelectsByMouse();
    void hexCopiesInEveryForm();
    void hexRefusesToCopyTooMuch();
    void hexOffsetsCountFromWhereOneWants();
    void hexShowsRecordsAsTheyWouldBeWritten();
    void hexShowsTheWholeImageAtTheFile();
    void hexFollowsEdits();
    void hexFindsBytesAndText();
    void hexSearchSaysWhatIsWrong();
    void hexSearchTakesForTextWhatCannotBeBytes_data();
    void hexSearchTakesForTextWhatCannotBeBytes();
    void hexGoesToOffsets();
    void hexReadsWhatIsNotInMemory();
    void hexIsQuickWithLargeFiles();
    void hexSurvivesEveryWidth();
    void keysOfTheBytesWinOverTheWindow();
    void everythingHasAName();
    void hostileContentIsHarmless();
};

void InspectorTest::saysWhatToDoWhenNothingIsSelected()
{
    Bench bench;
    for (const auto tab : {previewTab, hexTab, detailsTab}) {
        bench.inspector.setCurrentIndex(tab);
        bench.inspector.show(&bench.document, nullptr);
        bool isSaid = false;
        for (const auto* label : bench.inspector.currentWidget()->findChildren<QLabel*>()) {
            isSaid = isSaid || (label->isVisible() && label->text().startsWith("Select a file"_L1));
        }
        QVERIFY(isSaid);
    }
}

void InspectorTest::previewsEachKind_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("headline");
    QTest::addColumn<QString>("shown");
    QTest::newRow("Python") << u"app.py"_s << u"Python source, 40 byte"_s << u"def f():\n    return 'text'"_s;
    QTest::newRow("JSON") << u"config.json"_s << u"JSON, valid"_s
                          << u"{\n  \"b\": 1.50,\n  \"a\": [\n    true\n  ]\n}"_s;
    QTest::newRow("broken JSON") << u"broken.json"_s << u"JSON, not valid"_s << u"\"a\": x"_s;
    QTest::newRow("text") << u"latin.txt"_s << u"Text"_s << u"caf\\xe9 and"_s;
    QTest::newRow("empty") << u"empty.txt"_s << u"Empty file"_s << u""_s;
    QTest::newRow(".mpy") << u"code.mpy"_s << u"Compiled MicroPython code"_s << u"armv7emdp"_s;
    QTest::newRow("model") << u"model.tflite"_s << u"TensorFlow Lite model"_s << u"CONV_2D: 4"_s;
    QTest::newRow("binary") << u"zeros.bin"_s << u"Binary data"_s << u"00000000  00 00 00 00"_s;
}

void InspectorTest::previewsEachKind()
{
    QFETCH(const QString, path);
    QFETCH(const QString, headline);
    QFETCH(const QString, shown);
    Bench bench;
    bench.look(previewTab, path.toStdString());
    QVERIFY2(bench.headline().startsWith(headline), qPrintable(bench.headline()));
    QVERIFY2(bench.text().contains(shown), qPrintable(bench.text()));
}

void InspectorTest::jsonCanBeSeenAsItIs()
{
    Bench bench;
    bench.look(previewTab, "config.json");
    auto& raw = bench.visible<QCheckBox>();
    raw.click();
    QCOMPARE(bench.text(), uR"({"b":1.50,"a":[true]})"_s);
    raw.click();
    QVERIFY(bench.text().contains(u'\n'));
    bench.look(previewTab, "app.py");
    QVERIFY(!raw.isVisible());
}

void InspectorTest::picturesAreDecodedAndDescribed()
{
    Bench bench;
    bench.look(previewTab, "picture.png");
    QVERIFY2(bench.headline().contains(u"PNG, 40 × 20 pixels"_s), qPrintable(bench.headline()));
    QVERIFY2(bench.headline().contains(u"shown at 800 %"_s), qPrintable(bench.headline()));
    auto& picture = bench.visible<ui::PictureView>();
    QCOMPARE(picture.picture().size(), QSize(40, 20));
    QVERIFY(picture.accessibleName().contains(u"40 × 20"_s));
    bench.add("large.png", test::content(test::fromQt(pngOf(5000, 100))));
    bench.look(previewTab, "large.png");
    QVERIFY2(bench.headline().contains(u"5000 × 100"_s), qPrintable(bench.headline()));
    QVERIFY(picture.picture().width() <= 4096);
    QVERIFY(picture.percent() < 100);
}

void InspectorTest::nestedImagesAndFoldersAreListed()
{
    Bench bench;
    bench.look(previewTab, "nested.img");
    QVERIFY2(bench.headline().contains(u"ROMFS image inside this one, with 4 file"_s), qPrintable(bench.headline()));
    auto& list = bench.visible<QTreeWidget>();
    QStringList names;
    for (int row = 0; row < list.topLevelItemCount(); ++row) {
        names.append(list.topLevelItem(row)->text(0));
    }
    QCOMPARE(names,
             QStringList({u"boot.py"_s, u"lib/"_s, u"lib/a.py"_s, u"lib/deep/"_s, u"lib/deep/x.bin"_s,
                          u"model.tflite"_s, u"empty/"_s}));
    bench.look(previewTab, "lib");
    QCOMPARE(list.topLevelItemCount(), 1);
    QCOMPARE(list.topLevelItem(0)->text(0), u"inner.py"_s);
}

void InspectorTest::whatIsWrongWithATextIsSaid()
{
    Bench bench;
    bench.look(previewTab, "latin.txt");
    QVERIFY2(bench.notice().contains(u"not UTF-8, the first in line 1"_s), qPrintable(bench.notice()));
    QVERIFY2(bench.notice().contains(u"control or invisible"_s), qPrintable(bench.notice()));
    bench.look(previewTab, "broken.json");
    QVERIFY2(bench.notice().startsWith(u"Line 2, column"_s), qPrintable(bench.notice()));
    bench.look(previewTab, "app.py");
    QVERIFY(bench.notice().isEmpty());
}

void InspectorTest::longTextsAreCutAndSaySo()
{
    Bench bench;
    std::string lines;
    for (int i = 0; i < 20'000; ++i) {
        lines += "value_" + std::to_string(i) + " = 'a line of some length'\n";
    }
    bench.add("long.py", test::content(lines));
    bench.look(previewTab, "long.py");
    QVERIFY2(bench.notice().contains(u"Only the first"_s), qPrintable(bench.notice()));
    QVERIFY(bench.text().startsWith("value_0 = "_L1));
    QVERIFY(bench.text().size() < 300'000);
    bench.add("wide.txt", test::content(std::string(50'000, 'x')));
    bench.look(previewTab, "wide.txt");
    QVERIFY2(bench.notice().contains(u"very long line"_s), qPrintable(bench.notice()));
    QCOMPARE(bench.text().count(u'x'), 50'000);
}

void InspectorTest::brokenFilesFallBackToTheirBytes()
{
    Bench bench;
    auto model = must(sampleModel().readAll());
    model.resize(1000);
    bench.add("cut.tflite", romfs::Content::own(model));
    bench.look(previewTab, "cut.tflite");
    QVERIFY2(bench.notice().contains(u"model is broken"_s), qPrintable(bench.notice()));
    QVERIFY(bench.text().contains(u"TFL3"_s));
    bench.look(detailsTab, "cut.tflite");
    QVERIFY2(bench.details().contains(u"Broken: This TensorFlow Lite model"_s), qPrintable(bench.details()));
    bench.add("cut.png", test::content(test::fromQt(pngOf(40, 20).first(60))));
    bench.look(previewTab, "cut.png");
    QVERIFY2(bench.notice().contains(u"cannot be shown"_s), qPrintable(bench.notice()));
}

void InspectorTest::contentThatCannotBeReadSaysWhy()
{
    Bench bench;
    bench.add("gone.bin", test::streamed(test::pattern(200'000), 100'000));
    bench.look(previewTab, "gone.bin");
    QVERIFY2(bench.notice().contains(u"the source has changed"_s), qPrintable(bench.notice()));
    bench.look(detailsTab, "gone.bin");
    QVERIFY2(bench.details().contains(u"Cannot be read: the source has changed"_s), qPrintable(bench.details()));
    bench.look(hexTab, "gone.bin");
    QCOMPARE(bench.panel().status(), u"the source has changed"_s);
}

void InspectorTest::onlyTheLastFileOfManyIsShown()
{
    Bench bench;
    bench.inspector.setCurrentIndex(previewTab);
    for (int round = 0; round < 20; ++round) {
        for (auto* node : bench.document.plan().flat.nodes) {
            bench.inspector.show(&bench.document, node);
        }
    }
    bench.look(previewTab, "app.py");
    QVERIFY(bench.headline().startsWith("Python source"_L1));
    QTest::qWait(100);
    QVERIFY(bench.headline().startsWith("Python source"_L1));
}

void InspectorTest::followsThePlanAndTheTarget()
{
    Bench bench;
    bench.look(previewTab, "code.mpy");
    QVERIFY(!bench.text().contains(u"OpenMV"_s));
    bench.document.setTarget(targetOf("OPENMV2"));
    QVERIFY2(bench.text().contains(u"Does not load: Its native code is for armv7emdp"_s), qPrintable(bench.text()));
    bench.document.setTarget(targetOf("OPENMV_N6"));
    QVERIFY2(bench.text().contains(u"Loads: OpenMV N6 loads it"_s), qPrintable(bench.text()));

    bench.look(detailsTab, "app.py");
    auto& node = test::at(bench.document, "app.py");
    must(bench.document.perform(bench.document.tree().rename(node, "renamed.py"), u"rename"_s));
    QVERIFY(bench.details().contains(u"Path: renamed.py"_s));
    must(bench.document.perform(bench.document.tree().replaceContent(node, test::content("x")), u"replace"_s));
    bench.settle();
    QVERIFY2(bench.details().contains(u"Size: 1 byte"_s), qPrintable(bench.details()));
    QVERIFY2(bench.details().contains(u"CRC32: 8cdc1683"_s), qPrintable(bench.details()));
}

void InspectorTest::aNodeThatIsGoneIsLetGo()
{
    Bench bench;
    for (const auto tab : {previewTab, hexTab, detailsTab}) {
        bench.look(tab, "app.py");
        tree::Node* nodes[] = {&test::at(bench.document, "app.py")};
        must(bench.document.perform(bench.document.tree().remove(nodes), u"remove"_s));
        bench.settle();
        QVERIFY(bench.text().isEmpty() || tab != previewTab);
        QVERIFY(bench.details().isEmpty() || tab != detailsTab);
        QVERIFY(bench.hex().content().isEmpty() || tab != hexTab);
        bench.document.undoStack().undo();
        bench.look(tab, "app.py");
    }
}

void InspectorTest::theDocumentMayGoFirst()
{
    ui::Inspector inspector;
    static_cast<QWidget&>(inspector).show();
    for (const auto tab : {previewTab, hexTab, detailsTab}) {
        inspector.setCurrentIndex(tab);
        auto document = test::documentOf(test::openMvImage());
        inspector.show(document.get(), &test::at(*document, "lib/a.py"));
        document.reset();
        QTest::qWait(20);
        inspector.setCurrentIndex((tab + 1) % 3);
    }
    auto document = test::documentOf(test::openMvImage());
    inspector.show(document.get(), &test::at(*document, "boot.py"));
}

void InspectorTest::onlyTheVisibleTabWorks()
{
    Bench bench;
    bench.look(previewTab, "app.py");
    QVERIFY(bench.details().isEmpty());
    QVERIFY(bench.hex().content().isEmpty());
    bench.inspector.hide();
    bench.inspector.show(&bench.document, &test::at(bench.document, "config.json"));
    QVERIFY(!bench.inspector.preview().isBusy());
    static_cast<QWidget&>(bench.inspector).show();
    ROMSMITH_TRY(bench.headline().startsWith("JSON"_L1));
}

void InspectorTest::detailsAreComplete()
{
    Bench bench;
    bench.document.setTarget(targetOf("OPENMV_N6"));
    bench.look(detailsTab, "model.tflite");
    const auto& placement = *bench.document.plan().placement(test::at(bench.document, "model.tflite"));
    const auto details = bench.details();
    for (const auto& fact :
         {u"Path: model.tflite"_s, u"Size: 56,840 bytes"_s, u"Kind: TensorFlow Lite model"_s,
          u"Wanted: 32 bytes: OpenMV N6's rule for .tflite files"_s, u"SHA-256: "_s, u"CONV_2D: 4"_s,
          u"Record: %1"_s.arg(ui::hexOffset(placement.recordOffset)),
          u"Content: %1"_s.arg(ui::hexOffset(placement.contentOffset)),
          u"End: %1"_s.arg(ui::hexOffset(placement.recordEnd)), u"Padding: "_s,
          u"Address: %1"_s.arg(ui::hexOffset(bench.document.target().address() + placement.contentOffset, 8))}) {
        QVERIFY2(details.contains(fact), qPrintable(fact % u" is not in "_s % details));
    }
    bench.document.setTarget({});
    QVERIFY(bench.details().contains(u"Address: Choose a board"_s));
}

void InspectorTest::detailsOfFoldersAndRecords()
{
    Bench bench;
    bench.look(detailsTab, "lib");
    QVERIFY2(bench.details().contains(u"Content: 1 file"_s), qPrintable(bench.details()));
    QVERIFY(!bench.details().contains(u"CRC32"_s));
    const auto document = test::documentOf(test::handMadeImage());
    for (auto* node : document->plan().flat.nodes) {
        for (const auto tab : {previewTab, hexTab, detailsTab}) {
            bench.inspector.setCurrentIndex(tab);
            bench.inspector.show(document.get(), node);
            bench.settle();
        }
        QVERIFY(bench.details().contains(u"Record: 0x"_s));
        QCOMPARE(bench.details().contains(u"through a pointer record"_s), node->name() == "pointer.txt");
    }
    bench.inspector.show(nullptr, nullptr);
}

void InspectorTest::detailsCanBeCopied()
{
    Bench bench;
    bench.look(detailsTab, "app.py");
    bench.visible<QPushButton>().click();
    QCOMPARE(clipboard(), bench.details());
    auto& facts = bench.visible<ui::FactsView>();
    facts.selectAll();
    facts.copy();
    QVERIFY(clipboard().contains(u"app.py"_s));
}

void InspectorTest::colouredTextFollowsThePalette()
{
    Bench bench;
    bench.look(previewTab, "app.py");
    const auto colours = [&] {
        QSet<QRgb> all;
        for (const auto& range : bench.visible<QPlainTextEdit>().document()->firstBlock().layout()->formats()) {
            all.insert(range.format.foreground().color().rgb());
        }
        return all;
    };
    const auto light = colours();
    QVERIFY(!light.isEmpty());
    QPalette dark;
    dark.setColor(QPalette::Base, Qt::black);
    dark.setColor(QPalette::Text, Qt::white);
    bench.inspector.setPalette(dark);
    bench.settle();
    QVERIFY(colours() != light);
}

void InspectorTest::hexCaretMovesByKeyboard()
{
    Bench bench;
    bench.look(hexTab, "zeros.bin");
    bench.inspector.resize(900, 600);
    const auto& hex = bench.hex();
    bench.key(Qt::Key_Right);
    QCOMPARE(hex.position(), 1U);
    bench.key(Qt::Key_Down);
    QCOMPARE(hex.position(), 17U);
    bench.key(Qt::Key_Home);
    QCOMPARE(hex.position(), 16U);
    bench.key(Qt::Key_End, Qt::ShiftModifier);
    QCOMPARE(hex.selection(), (ui::ByteRange{.begin = 16, .end = 31}));
    bench.key(Qt::Key_Up);
    QCOMPARE(hex.selection().size(), 0U);
    QCOMPARE(hex.position(), 15U);
    bench.key(Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(hex.position(), 2000U);
    bench.key(Qt::Key_Right);
    QCOMPARE(hex.position(), 2000U);
    bench.key(Qt::Key_Home, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(hex.selection(), (ui::ByteRange{.begin = 0, .end = 2000}));
    bench.key(Qt::Key_Left);
    QCOMPARE(hex.position(), 0U);
    bench.key(Qt::Key_PageDown);
    QVERIFY(hex.position() > 64);
    bench.key(Qt::Key_PageUp);
    QCOMPARE(hex.position(), 0U);
    bench.key(Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(hex.selection().size(), 2000U);
    QVERIFY2(hex.accessibleDescription().contains(u"selected"_s), qPrintable(hex.accessibleDescription()));
}

void InspectorTest::hexSelectsByMouse()
{
    Bench bench;
    bench.look(hexTab, "zeros.bin");
    bench.inspector.resize(900, 600);
    auto* viewport = bench.hex().viewport();
    const ui::HexGeometry geometry(QFontMetricsF(bench.hex().font()), 0, 2000, viewport->width());
    const auto at = [&](int row, int column) {
        return geometry.hexCell(column, geometry.headHeight() + row * geometry.rowHeight()).center();
    };
    QTest::mousePress(viewport, Qt::LeftButton, {}, at(0, 3));
    QCOMPARE(bench.hex().position(), 3U);
    QTest::mouseMove(viewport, at(1, 2));
    QCOMPARE(bench.hex().selection(), (ui::ByteRange{.begin = 3, .end = 19}));
    QTest::mouseMove(viewport, at(0, 1));
    QCOMPARE(bench.hex().selection(), (ui::ByteRange{.begin = 1, .end = 4}));
    QTest::mouseRelease(viewport, Qt::LeftButton, {}, at(0, 1));
    QTest::mouseClick(viewport, Qt::LeftButton, {}, geometry.characterCell(5, geometry.headHeight()).center());
    QCOMPARE(bench.hex().position(), 5U);
    QTest::mouseClick(viewport, Qt::LeftButton, Qt::ShiftModifier, at(0, 9));
    QCOMPARE(bench.hex().selection(), (ui::ByteRange{.begin = 5, .end = 10}));
}

void InspectorTest::hexCopiesInEveryForm()
{
    Bench bench;
    bench.look(hexTab, "app.py");
    bench.hex().select({.begin = 0, .end = 6});
    bench.key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(clipboard(), u"69 6d 70 6f 72 74"_s);
    QMenu menu;
    bench.hex().addActions(menu);
    QStringList copied;
    for (auto* action : menu.actions().first(4)) {
        action->trigger();
        copied.append(clipboard());
    }
    QCOMPARE(
        copied,
        QStringList({u"69 6d 70 6f 72 74"_s, u"import"_s, u"0x69, 0x6d, 0x70, 0x6f, 0x72, 0x74"_s, u"b'import'"_s}));
    bench.hex().moveTo(1);
    bench.key(Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(clipboard(), u"6d"_s);
}

void InspectorTest::hexRefusesToCopyTooMuch()
{
    Bench bench;
    bench.add("big.bin", test::content(test::pattern(2'000'000)));
    bench.look(hexTab, "big.bin");
    QGuiApplication::clipboard()->setText(u"before"_s);
    bench.hex().selectAll();
    bench.hex().copy(ui::ByteFormat::Hex);
    QCOMPARE(clipboard(), u"before"_s);
    QVERIFY2(bench.panel().status().contains(u"at most 1.0 MiB"_s), qPrintable(bench.panel().status()));
    bench.hex().moveTo(3);
    QVERIFY(!bench.panel().status().contains(u"at most"_s));
}

void InspectorTest::hexOffsetsCountFromWhereOneWants()
{
    Bench bench;
    bench.document.setTarget(targetOf("OPENMV_N6"));
    bench.look(hexTab, "model.tflite");
    const auto offset = bench.document.plan().placement(test::at(bench.document, "model.tflite"))->contentOffset;
    QCOMPARE(bench.hex().base(), 0U);
    bench.panel().setOrigin(ui::HexOrigin::Image);
    QCOMPARE(bench.hex().base(), offset);
    bench.panel().setOrigin(ui::HexOrigin::Board);
    QCOMPARE(bench.hex().base(), bench.document.target().address() + offset);
    bench.document.setTarget({});
    QCOMPARE(bench.hex().base(),
             bench.document.plan().placement(test::at(bench.document, "model.tflite"))->contentOffset);
}

void InspectorTest::hexShowsRecordsAsTheyWouldBeWritten()
{
    Bench bench;
    bench.panel().setScope(ui::HexScope::Record);
    const auto image = test::bytesOf(bench.document);
    for (auto* node : bench.document.plan().flat.nodes) {
        bench.look(hexTab, node->path());
        const auto& placement = *bench.document.plan().placement(*node);
        const auto shown = must(bench.hex().content().readAll());
        QCOMPARE(test::toQt(shown),
                 image.sliced(static_cast<qsizetype>(placement.recordOffset),
                              static_cast<qsizetype>(placement.recordEnd - placement.recordOffset)));
        QVERIFY2(bench.panel().status().contains(u"record header of "_s), qPrintable(bench.panel().status()));
    }
    bench.look(hexTab, "app.py");
    bench.key(Qt::Key_End, Qt::ControlModifier);
    bench.key(Qt::Key_Left);
    QVERIFY2(bench.panel().status().contains(u"content of app.py"_s), qPrintable(bench.panel().status()));
}

void InspectorTest::hexShowsTheWholeImageAtTheFile()
{
    Bench bench;
    bench.panel().setScope(ui::HexScope::Image);
    bench.look(hexTab, "model.tflite");
    QCOMPARE(test::toQt(must(bench.hex().content().readAll())), test::bytesOf(bench.document));
    const auto& placement = *bench.document.plan().placement(test::at(bench.document, "model.tflite"));
    QCOMPARE(bench.hex().selection(), (ui::ByteRange{.begin = placement.recordOffset, .end = placement.recordEnd}));
    bench.hex().moveTo(0);
    QVERIFY2(bench.panel().status().contains(u"header of the image"_s), qPrintable(bench.panel().status()));
}

void InspectorTest::hexFollowsEdits()
{
    Bench bench;
    bench.look(hexTab, "model.tflite");
    bench.panel().setOrigin(ui::HexOrigin::Image);
    bench.hex().moveTo(40);
    const auto before = bench.hex().base();
    tree::Node* nodes[] = {&test::at(bench.document, "zeros.bin")};
    must(bench.document.perform(bench.document.tree().remove(nodes), u"remove"_s));
    QVERIFY(bench.hex().base() < before);
    QCOMPARE(bench.hex().position(), 40U); // where one looks does not change
    auto& node = test::at(bench.document, "model.tflite");
    must(bench.document.perform(bench.document.tree().replaceContent(node, test::content("short")), u"replace"_s));
    QCOMPARE(bench.hex().content().size(), 5U);
    QCOMPARE(bench.hex().position(), 5U);
}

void InspectorTest::hexFindsBytesAndText()
{
    Bench bench;
    bench.add(
        "needles.bin",
        test::content(test::filled(100, 0) + test::hex("d2 cd 31") + test::filled(100, 0) + test::hex("d2 cd 31")));
    bench.look(hexTab, "needles.bin");
    bench.key(Qt::Key_F, Qt::ControlModifier);
    auto& edit = *bench.panel().findBar().findChild<QLineEdit*>();
    ROMSMITH_TRY_COMPARE(QApplication::focusWidget(), &edit);
    QTest::keyClicks(&edit, u"d2 cd 31"_s);
    ROMSMITH_TRY(bench.panel().findBar().status().startsWith(u"2 match"_s));
    const ui::ByteRange first{.begin = 100, .end = 103};
    const ui::ByteRange second{.begin = 203, .end = 206};
    QTest::keyClick(&edit, Qt::Key_Return);
    QCOMPARE(bench.hex().selection(), first);
    QTest::keyClick(&edit, Qt::Key_F3);
    QCOMPARE(bench.hex().selection(), second);
    QCOMPARE(bench.panel().findBar().status(), u"Match 2 of 2"_s);
    QTest::keyClick(&edit, Qt::Key_F3);
    QCOMPARE(bench.hex().selection(), first);
    QTest::keyClick(&edit, Qt::Key_F3, Qt::ShiftModifier);
    QCOMPARE(bench.hex().selection(), second);
    bench.inspector.grab(); // paints the frames around what was found
    QTest::keyClick(&edit, Qt::Key_Escape);
    QVERIFY(bench.panel().findBar().isHidden());
    ROMSMITH_TRY(bench.hex().hasFocus());

    bench.look(hexTab, "app.py");
    bench.key(Qt::Key_F3);
    bench.panel().findBar().findChild<QComboBox*>()->setCurrentIndex(1);
    edit.setText(u"return"_s);
    QTest::keyClick(&edit, Qt::Key_Return);
    ROMSMITH_TRY_COMPARE(bench.hex().selection().size(), 6U);
}

void InspectorTest::hexSearchTakesForTextWhatCannotBeBytes_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("status");
    QTest::addColumn<bool>("isText");
    QTest::newRow("bytes") << u"de ad"_s << u"1 match(es)"_s << false;
    QTest::newRow("C's bytes") << u"0xde, 0xad"_s << u"1 match(es)"_s << false;
    QTest::newRow("a word") << u"needle"_s << u"2 match(es), searched as text: it cannot be bytes"_s << true;
    QTest::newRow("a word that could be bytes") << u"dead"_s << u"1 match(es)"_s << false;
    QTest::newRow("the same in quotes") << u"\"dead\""_s << u"1 match(es)"_s << true;
    QTest::newRow("an odd number of digits") << u"dea"_s << u"Bytes are written with two digits each"_s << false;
}

void InspectorTest::hexSearchTakesForTextWhatCannotBeBytes()
{
    QFETCH(const QString, typed);
    QFETCH(const QString, status);
    QFETCH(const bool, isText);
    Bench bench;
    bench.add("needles.bin", test::content(test::text("a needle, a needle, dead") + test::hex("de ad")));
    bench.look(hexTab, "needles.bin");
    bench.key(Qt::Key_F, Qt::ControlModifier);
    auto& bar = bench.panel().findBar();
    auto& edit = *bar.findChild<QLineEdit*>();
    auto& kind = *bar.findChild<QComboBox*>();
    QTest::keyClicks(&edit, typed);
    ROMSMITH_TRY(bar.status().startsWith(status));
    QCOMPARE(kind.currentText(), isText ? u"Text"_s : u"Bytes"_s);
    edit.setText(u"de ad"_s);
    QCOMPARE(kind.currentText(), u"Bytes"_s); // it was not chosen
    kind.setCurrentIndex(1);
    Q_EMIT kind.activated(1);
    edit.setText(u"dead"_s);
    QCOMPARE(kind.currentText(), u"Text"_s); // now it was
    ROMSMITH_TRY_COMPARE(bar.status(), u"1 match(es)"_s);
}

void InspectorTest::hexSearchSaysWhatIsWrong()
{
    Bench bench;
    bench.look(hexTab, "zeros.bin");
    bench.key(Qt::Key_F, Qt::ControlModifier);
    auto& bar = bench.panel().findBar();
    auto& edit = *bar.findChild<QLineEdit*>();
    edit.setText(u"f"_s);
    QVERIFY2(bar.status().contains(u"two digits"_s), qPrintable(bar.status()));
    edit.setText(u"ff"_s);
    ROMSMITH_TRY(bar.status().startsWith(u"0 match"_s));
    edit.setText(u"00"_s);
    ROMSMITH_TRY(bar.status().startsWith(u"2000 match"_s));
    edit.clear();
    QVERIFY(bar.status().isEmpty());
    bench.add("many.bin", test::content(test::filled(50'000, 7)));
    edit.setText(u"07"_s);
    bench.look(hexTab, "many.bin");
    ROMSMITH_TRY(bar.status().startsWith(u"More than 10,000"_s));
}

void InspectorTest::hexGoesToOffsets()
{
    Bench bench;
    bench.look(hexTab, "zeros.bin");
    bench.key(Qt::Key_G, Qt::ControlModifier);
    auto* edit = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    QVERIFY(edit);
    QTest::keyClicks(edit, u"0x40"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(bench.hex().position(), 0x40U);
    bench.panel().setOrigin(ui::HexOrigin::Image);
    bench.panel().goTo(QString::number(bench.hex().base() + 7));
    QCOMPARE(bench.hex().position(), 7U);
    bench.panel().goTo(u"0"_s);
    QVERIFY2(bench.panel().status().contains(u"is not shown here"_s), qPrintable(bench.panel().status()));
    bench.panel().goTo(u"there"_s);
    QVERIFY2(bench.panel().status().contains(u"is not an offset"_s), qPrintable(bench.panel().status()));
    QCOMPARE(bench.hex().position(), 7U);
}

void InspectorTest::hexReadsWhatIsNotInMemory()
{
    Bench bench;
    const auto bytes = test::pattern(300'000);
    bench.add("streamed.bin", test::streamed(bytes));
    for (const auto scope : {ui::HexScope::Content, ui::HexScope::Record, ui::HexScope::Image}) {
        bench.panel().setScope(scope);
        bench.look(hexTab, "streamed.bin");
        QVERIFY(bench.hex().content().isInMemory());
        QVERIFY(test::toQt(bench.hex().content().bytes()).contains(test::toQt(bytes)));
    }
}

void InspectorTest::hexIsQuickWithLargeFiles()
{
    Bench bench;
    bench.add("big.bin", test::content(test::pattern(32 * 1024 * 1024)));
    bench.look(hexTab, "big.bin");
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 100; ++i) {
        bench.hex().moveTo(static_cast<std::uint64_t>(i) * 300'007);
        bench.hex().viewport()->repaint();
    }
    // 100 pages; the time limit is what makes a view fail that touches all bytes.
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed())));
}

void InspectorTest::hexSurvivesEveryWidth()
{
    Bench bench;
    bench.look(hexTab, "model.tflite");
    bench.panel().setOrigin(ui::HexOrigin::Image);
    bench.hex().select({.begin = 100, .end = 140});
    for (int width = 40; width < 1200; width += 37) {
        bench.hex().resize(width, 30 + width % 300);
        bench.hex().grab();
    }
}

void InspectorTest::keysOfTheBytesWinOverTheWindow()
{
    Bench bench;
    int windowShortcuts = 0;
    for (const auto& keys :
         {QKeySequence(QKeySequence::Find), QKeySequence(QKeySequence::Copy), QKeySequence(QKeySequence::SelectAll)}) {
        auto* action = new QAction(&bench.inspector);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, [&] { ++windowShortcuts; });
        bench.inspector.addAction(action);
    }
    bench.look(hexTab, "app.py");
    bench.hex().setFocus();
    bench.key(Qt::Key_A, Qt::ControlModifier);
    bench.key(Qt::Key_C, Qt::ControlModifier);
    bench.key(Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(windowShortcuts, 0);
    QVERIFY(bench.panel().findBar().isVisible());
}

void InspectorTest::everythingHasAName()
{
    Bench bench;
    for (const auto* widget : bench.inspector.findChildren<QWidget*>()) {
        // The lists of combo boxes are windows of their own, which Qt names.
        if (widget->focusPolicy() == Qt::NoFocus || widget->window() != &bench.inspector) {
            continue;
        }
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (!qobject_cast<const QTabBar*>(widget) && !qobject_cast<const QLabel*>(widget)) {
            QVERIFY2(!widget->accessibleName().isEmpty() || (button && !button->text().isEmpty()),
                     widget->metaObject()->className());
        }
    }
}

void InspectorTest::hostileContentIsHarmless()
{
    Bench bench;
    std::mt19937 random(7);
    const auto model = must(sampleModel().readAll());
    const auto nested = test::fromQt(test::handMadeImage());
    for (int round = 0; round < 40; ++round) {
        test::Blob bytes = round % 2 == 0 ? test::Blob(model) : nested;
        for (int i = 0; i < 6; ++i) {
            bytes[random() % std::min<std::size_t>(bytes.size(), 600)] = static_cast<std::byte>(random());
        }
        auto& node = bench.add("hostile" + std::to_string(round), test::content(bytes));
        for (const auto tab : {previewTab, hexTab, detailsTab}) {
            bench.look(tab, node.name());
        }
    }
}

QTEST_MAIN(InspectorTest)
#include "inspector_test.moc"
