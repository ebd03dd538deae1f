// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/gestures.h"
#include "ui/imagemap.h"
#include "ui/maplegend.h"
#include "ui/mapstrip.h"

#include <QScrollBar>
#include <QSignalSpy>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::Entries;
using ui::MapKind;
using ui::MapSegments;

namespace {

MapSegments segmentsOf(const ui::Document& document)
{
    return {document.plan().flat.entries, document.plan().layout};
}

/// Segments begin where the one before ends, and cover the image.
void verifyGapless(const MapSegments& segments, std::uint64_t total)
{
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    for (const auto& segment : segments.all()) {
        QCOMPARE(segment.begin, next);
        QVERIFY(segment.end > segment.begin);
        next = segment.end;
    }
    for (std::size_t kind = 0; kind < ui::mapKindCount; ++kind) {
        sum += segments.bytesOf(static_cast<MapKind>(kind));
    }
    QCOMPARE(next, total);
    QCOMPARE(sum, total);
}

ui::MapSegment segmentOf(const MapSegments& segments, MapKind kind, std::uint32_t entry)
{
    const auto found = std::ranges::find_if(
        segments.all(), [&](const ui::MapSegment& segment) { return segment.kind == kind && segment.entry == entry; });
    if (found == segments.all().end()) {
        throw std::runtime_error("no such segment");
    }
    return *found;
}

/// A map on the screen, of a document with a board.
struct Shown
{
    explicit Shown(const QByteArray& image = test::openMvImage())
        : document(test::documentOf(image))
    {
        document->setTarget(build::Target::fromKey("OPENMV_N6/0"));
        map.resize(800, 200);
        map.setDocument(document.get());
        map.show();
        if (!QTest::qWaitForWindowExposed(&map)) {
            throw std::runtime_error("the map is not shown");
        }
    }

    [[nodiscard]] std::uint32_t indexOf(std::string_view path) const
    {
        return document->plan().indexOf.value(&test::at(*document, path));
    }

    [[nodiscard]] QPoint middleOf(MapKind kind, std::string_view path)
    {
        const auto segment = segmentOf(map.strip().segments(), kind, indexOf(path));
        return map.strip().positionOf((segment.begin + segment.end) / 2);
    }

    std::unique_ptr<ui::Document> document;
    ui::ImageMap map;
};

} // namespace

class ImageMapTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void segmentsCoverTheImage()
    {
        for (const auto& image : {test::openMvImage(), test::compactImage(), test::handMadeImage()}) {
            const auto document = test::documentOf(image);
            verifyGapless(segmentsOf(*document), document->plan().layout.totalSize());
        }
        const ui::Document empty;
        verifyGapless(segmentsOf(empty), empty.plan().layout.totalSize());
    }

    void segmentsCoverWhateverHandsDo()
    {
        for (const auto& image : {test::openMvImage(), test::handMadeImage()}) {
            const auto document = test::documentOf(image);
            test::RandomHands hands(1);
            for (int i = 0; i < 200; ++i) {
                hands.moveOnce(*document);
                verifyGapless(segmentsOf(*document), document->plan().layout.totalSize());
            }
        }
    }

    void segmentsAreWhereTheLayoutSays()
    {
        const auto document = test::documentOf(test::openMvImage());
        const auto segments = segmentsOf(*document);
        const auto& plan = document->plan();
        for (std::uint32_t i = 0; i < plan.flat.entries.size(); ++i) {
            const auto& entry = plan.flat.entries[i];
            if (entry.type == romfs::EntryType::File) {
                const auto content = segmentOf(segments, ui::contentKind(entry.name), i);
                QCOMPARE(content.begin, plan.layout[i].contentOffset);
                QCOMPARE(content.size(), entry.content.size());
            }
        }
        QCOMPARE(segments.bytesOf(MapKind::Padding), plan.layout.padding());
        QCOMPARE(segments.all().front().kind, MapKind::ImageHeader);
    }

    void paddingIsWhereItsFillerIs()
    {
        const auto image = test::openMvImage();
        const auto document = test::documentOf(image);
        const auto segments = segmentsOf(*document);
        for (const auto& segment : segments.all()) {
            if (segment.kind == MapKind::Padding) {
                for (auto i = segment.begin; i < segment.end; ++i) {
                    QCOMPARE(static_cast<unsigned char>(image[static_cast<qsizetype>(i)]), 0x80);
                }
            }
        }
    }

    void contentIsToldByItsName()
    {
        QCOMPARE(ui::contentKind("a.tflite"), MapKind::Model);
        QCOMPARE(ui::contentKind("a.PY"), MapKind::Python);
        QCOMPARE(ui::contentKind("a.mpy"), MapKind::Python);
        for (const auto* name : {"a.txt", "a.json", "a.yml", "a.cfg", "a.html"}) {
            QCOMPARE(ui::contentKind(name), MapKind::Text);
        }
        QCOMPARE(ui::contentKind("a.jpg"), MapKind::OtherContent);
        QCOMPARE(ui::contentKind("README"), MapKind::OtherContent);
    }

    void contentBehindAPointerIsNotDrawnTwice()
    {
        const auto document = test::documentOf(test::handMadeImage());
        const auto segments = segmentsOf(*document);
        const auto pointer = document->plan().indexOf.value(&test::at(*document, "pointer.txt"));
        for (const auto& segment : segments.all()) {
            QVERIFY(segment.entry != pointer || segment.kind == MapKind::FileHeader);
        }
    }

    void offsetsFindTheirSegment()
    {
        const auto document = test::documentOf(test::openMvImage());
        const auto segments = segmentsOf(*document);
        for (std::size_t i = 0; i < segments.all().size(); ++i) {
            QCOMPARE(segments.indexAt(segments.all()[i].begin), i);
            QCOMPARE(segments.indexAt(segments.all()[i].end - 1), i);
        }
        QCOMPARE(segments.indexAt(~std::uint64_t{0}), segments.all().size() - 1);
    }

    void summaryIsThereForThoseWhoDoNotSeeIt()
    {
        Shown shown;
        const auto expected = u"4 files, 1.3 KiB of content, %1 bytes of padding, 24.0 MiB free"_s.arg(
            shown.document->plan().layout.padding());
        QCOMPARE(shown.map.summary(), expected);
        QCOMPARE(shown.map.strip().accessibleDescription(), expected);
        QVERIFY(!shown.map.strip().accessibleName().isEmpty());
        const auto* legend = shown.map.findChild<ui::MapLegend*>();
        QVERIFY(legend->accessibleDescription().contains(u"Models 1,000 bytes"_s));
        QVERIFY(legend->accessibleDescription().contains(u"Free 24.0 MiB"_s));
    }

    void pointingNamesTheRecord()
    {
        Shown shown;
        auto& strip = shown.map.strip();
        QTest::mouseMove(strip.viewport(), shown.middleOf(MapKind::Model, "model.tflite"));
        const auto segment = segmentOf(strip.segments(), MapKind::Model, shown.indexOf("model.tflite"));
        QCOMPARE(shown.map.statusText(),
                 u"model.tflite · content, model · %1 to %2, 1,000 bytes"_s.arg(ui::hexOffset(segment.begin),
                                                                                ui::hexOffset(segment.end - 1)));
        QVERIFY(strip.toolTipFor(*strip.segmentAt(shown.middleOf(MapKind::Model, "model.tflite")))
                    .startsWith(u"model.tflite\n"_s));
        QTest::mouseMove(strip.viewport(), shown.middleOf(MapKind::OtherContent, "lib/deep/x.bin"));
        QVERIFY(shown.map.statusText().startsWith(u"lib/deep/x.bin · content · "_s));
        QEvent leave(QEvent::Leave);
        QCoreApplication::sendEvent(strip.viewport(), &leave);
        QCOMPARE(shown.map.statusText(), shown.map.summary());
    }

    void everySegmentThatCanBeSeenCanBePointedAt()
    {
        Shown shown(test::handMadeImage());
        auto& strip = shown.map.strip();
        for (std::size_t i = 0; i < strip.segments().all().size(); ++i) {
            const auto& segment = strip.segments().all()[i];
            QCOMPARE(strip.segmentAt(strip.positionOf(segment.begin) + QPoint(1, 0)), std::optional(i));
        }
    }

    void freeSpaceAndNothingCanBePointedAt()
    {
        Shown shown;
        auto& strip = shown.map.strip();
        const auto beyond = strip.positionOf(strip.segments().totalSize()) + QPoint(3, 0);
        QCOMPARE(strip.segmentAt(beyond), std::optional(strip.segments().all().size()));
        QTest::mouseMove(strip.viewport(), beyond);
        QVERIFY(shown.map.statusText().startsWith(u"Free: 24.0 MiB"_s));
        QVERIFY(!strip.segmentAt(QPoint(5, strip.viewport()->height() + 50)));
        QVERIFY(!strip.segmentAt(QPoint(-1, 5)));
        QTest::mouseClick(strip.viewport(), Qt::LeftButton, {}, beyond);
        QVERIFY(!strip.current());
    }

    void aClickActivatesTheNode()
    {
        Shown shown;
        std::vector<const tree::Node*> activated;
        connect(&shown.map, &ui::ImageMap::nodeActivated, this,
                [&](const tree::Node& node) { activated.push_back(&node); });
        QTest::mouseClick(shown.map.strip().viewport(), Qt::LeftButton, {},
                          shown.middleOf(MapKind::Model, "model.tflite"));
        QCOMPARE(activated, std::vector<const tree::Node*>{&test::at(*shown.document, "model.tflite")});
        QCOMPARE(shown.map.strip().current(), std::optional(shown.indexOf("model.tflite")));
    }

    void keysGoFromRecordToRecord()
    {
        Shown shown;
        auto& strip = shown.map.strip();
        const tree::Node* activated = nullptr;
        connect(&shown.map, &ui::ImageMap::nodeActivated, this, [&](const tree::Node& node) { activated = &node; });
        const auto& nodes = shown.document->plan().flat.nodes;
        for (std::uint32_t i = 0; i < nodes.size(); ++i) {
            QTest::keyClick(&strip, Qt::Key_Right);
            QCOMPARE(strip.current(), std::optional(i));
            QVERIFY(shown.map.statusText().startsWith(ui::shownName(nodes[i]->path())));
        }
        QTest::keyClick(&strip, Qt::Key_Right);
        QCOMPARE(strip.current(), std::optional(static_cast<std::uint32_t>(nodes.size() - 1)));
        QTest::keyClick(&strip, Qt::Key_Left);
        QCOMPARE(strip.current(), std::optional(static_cast<std::uint32_t>(nodes.size() - 2)));
        QVERIFY(!activated);
        QTest::keyClick(&strip, Qt::Key_Return);
        QCOMPARE(activated, nodes[nodes.size() - 2]);
        QTest::keyClick(&strip, Qt::Key_Home);
        QCOMPARE(strip.current(), std::optional(0U));
        QTest::keyClick(&strip, Qt::Key_End);
        QCOMPARE(strip.current(), std::optional(static_cast<std::uint32_t>(nodes.size() - 1)));
    }

    void highlightFollowsTheSelectionSilently()
    {
        Shown shown;
        QSignalSpy spy(&shown.map, &ui::ImageMap::nodeActivated);
        shown.map.highlight(&test::at(*shown.document, "lib/deep"));
        QCOMPARE(shown.map.strip().current(), std::optional(shown.indexOf("lib/deep")));
        QVERIFY(shown.map.statusText().startsWith(u"lib/deep/ · "_s));
        shown.map.highlight(nullptr);
        QVERIFY(!shown.map.strip().current());
        const auto elsewhere = tree::Node::folder("elsewhere");
        shown.map.highlight(elsewhere.get());
        QVERIFY(!shown.map.strip().current());
        QCOMPARE(spy.count(), 0);
    }

    void zoomShowsMoreAndKeepsTheCurrentInSight()
    {
        Shown shown;
        auto& strip = shown.map.strip();
        shown.map.highlight(&test::at(*shown.document, "model.tflite"));
        QVERIFY(!strip.canZoomOut());
        QCOMPARE(strip.verticalScrollBar()->maximum(), 0);
        while (strip.canZoomIn()) {
            QTest::keyClick(&strip, Qt::Key_Plus);
            const auto position = strip.positionOf(strip.segments().rangeOf(*strip.current()).begin);
            QVERIFY(strip.viewport()->rect().contains(position));
        }
        QVERIFY(strip.verticalScrollBar()->maximum() > 0);
        strip.grab();
        QTest::keyClick(&strip, Qt::Key_Minus);
        QVERIFY(strip.canZoomIn());
        QTest::keyClick(&strip, Qt::Key_0);
        QVERIFY(!strip.canZoomOut());
    }

    void followsEveryEdit()
    {
        Shown shown;
        auto& document = *shown.document;
        shown.map.highlight(&test::at(document, "model.tflite"));
        test::must(document.perform(document.tree().remove(document.plan().flat.nodes), u"remove"_s));
        QVERIFY(!shown.map.strip().current());
        QVERIFY(shown.map.summary().startsWith(u"0 files"_s));
        shown.map.grab();
        document.undoStack().undo();
        QVERIFY(shown.map.summary().startsWith(u"4 files"_s));
        test::RandomHands hands(7);
        for (int i = 0; i < 200; ++i) {
            hands.moveOnce(document);
            QCOMPARE(shown.map.strip().segments().totalSize(), document.plan().layout.totalSize());
            shown.map.grab();
        }
    }

    void theCurrentRecordStaysTheSameWhenOthersMove()
    {
        Shown shown;
        auto& document = *shown.document;
        const auto& node = test::at(document, "lib/a.py");
        const auto isFramed = [&] {
            return shown.map.strip().current() == document.plan().find(&node)
                && shown.map.statusText().startsWith(ui::shownName(node.path()));
        };
        const auto before = shown.indexOf("lib/a.py");
        shown.map.highlight(&node);
        QVERIFY(isFramed());
        test::must(document.perform(document.tree().add(document.tree().root(), test::list(test::file("A", "first")),
                                                        tree::ClashPolicy::Refuse),
                                    u"add"_s));
        QVERIFY(document.perform(document.tree().sortByName(document.tree().root()), u"sort"_s));
        QVERIFY(shown.indexOf("lib/a.py") != before);
        QVERIFY(isFramed());
        document.undoStack().setIndex(0);
        QCOMPARE(shown.indexOf("lib/a.py"), before);
        QVERIFY(isFramed());

        // The same with what was chosen on the map itself.
        shown.map.highlight(nullptr);
        QTest::keyClick(&shown.map.strip(), Qt::Key_Home);
        for (auto i = before; i > 0; --i) {
            QTest::keyClick(&shown.map.strip(), Qt::Key_Right);
        }
        QVERIFY(isFramed());
        document.undoStack().setIndex(2);
        QVERIFY(isFramed());
        shown.map.highlight(nullptr);
        QTest::mouseClick(shown.map.strip().viewport(), Qt::LeftButton, {},
                          shown.middleOf(MapKind::Python, "lib/a.py"));
        document.undoStack().setIndex(0);
        QVERIFY(isFramed());
    }

    void whatIsRemovedIsFramedNoMore()
    {
        Shown shown;
        auto& document = *shown.document;
        shown.map.highlight(&test::at(document, "boot.py"));
        QVERIFY(document.perform(document.tree().remove(std::array{&test::at(document, "boot.py")}), u"remove"_s));
        QVERIFY(!shown.map.strip().current());
        QCOMPARE(shown.map.statusText(), shown.map.summary());
    }

    void anImageThatIsTooLargeSaysSo()
    {
        ui::Document document;
        document.setTarget(build::Target::fromKey("OPENMV_N6/0"));
        const auto size = *document.target().size();
        auto node = tree::Node::file("huge.bin", romfs::Content::own(std::vector<std::byte>(size + 1000)));
        test::must(document.perform(
            document.tree().add(document.tree().root(), test::list(std::move(node)), tree::ClashPolicy::Refuse),
            u"add"_s));
        ui::ImageMap map;
        map.setDocument(&document);
        map.resize(600, 150);
        map.grab();
        const auto beyond = document.plan().layout.totalSize() - size;
        QVERIFY(map.summary().endsWith(u"%1 bytes too large"_s.arg(ui::exactSize(beyond))));
        QVERIFY(map.findChild<ui::MapLegend*>()->accessibleDescription().contains(u"Beyond the partition"_s));
    }

    void survivesItsDocument()
    {
        Shown shown;
        shown.map.highlight(&test::at(*shown.document, "lib"));
        shown.document.reset();
        QCOMPARE(shown.map.summary(), u"No image"_s);
        shown.map.grab();
        QTest::keyClick(&shown.map.strip(), Qt::Key_Right);
        QTest::mouseClick(shown.map.strip().viewport(), Qt::LeftButton);
        shown.map.setDocument(nullptr);
        ui::Document other;
        shown.map.setDocument(&other);
        QVERIFY(shown.map.summary().startsWith(u"0 files"_s));
        QTest::keyClick(&shown.map.strip(), Qt::Key_Right);
        QTest::keyClick(&shown.map.strip(), Qt::Key_End);
        QTest::keyClick(&shown.map.strip(), Qt::Key_Return);
    }

    void isPaintedInAnySize()
    {
        Shown shown;
        for (const auto size : {QSize(1, 1), QSize(20, 20), QSize(300, 40), QSize(60, 600), QSize(3000, 1200)}) {
            shown.map.resize(size);
            shown.map.grab();
            shown.map.strip().zoomIn();
            shown.map.grab();
            shown.map.strip().zoomToFit();
        }
    }
};

QTEST_MAIN(ImageMapTest)
#include "imagemap_test.moc"
