// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/pictures.h"
#include "tests/ui/windowhelpers.h"
#include "ui/device/devicelist.h"
#include "ui/inspector.h"
#include "ui/previewview.h"
#include "ui/translations.h"

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::UserWindow;

namespace {

QString sample()
{
    return QStringLiteral(ROMSMITH_SAMPLE_DIR);
}

/// A cam that was asked once.
void plugIn(UserWindow& window)
{
    const auto* board = boards::BoardTable::known().find("OPENMV_N6");
    const ui::PluggedPort port{.port = {.path = "/dev/ttyACM0",
                                        .usb = {},
                                        .serial = "3051383035323337",
                                        .product = {},
                                        .manufacturer = {},
                                        .board = board}};
    window.devices().watch().start([port] { return std::vector{port}; });
    ROMSMITH_TRY(!window.devices().list().devices().empty());
    ui::DeviceFacts said{.facts = {}, .board = board, .name = u"OpenMV N6"_s};
    said.facts.firmware = "v1.26.0";
    said.facts.partitions.resize(1);
    said.facts.partitions.front().shape = device::Shape::View;
    said.facts.partitions.front().size = *board->partitions.front().size;
    window.devices().list().setSaid(QString::fromStdString(port.port.serial), said);
}

} // namespace

/// A walk through the window with the sample project, which also takes the pictures for the README.
class ScreenshotTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QSettings().clear(); }
    void theSampleIsShownInBothPalettes_data();
    void theSampleIsShownInBothPalettes();
};

void ScreenshotTest::initTestCase()
{
    ui::installTranslations();
    test::useCommonStyle();
}

void ScreenshotTest::theSampleIsShownInBothPalettes_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << u"romsmith-light.png"_s << false;
    QTest::newRow("dark") << u"romsmith-dark.png"_s << true;
}

void ScreenshotTest::theSampleIsShownInBothPalettes()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isDark);
    test::useColors(isDark);

    UserWindow window;
    window.resize(1280, 780);
    plugIn(window);
    window.chooseTarget(u"OpenMV N6"_s);
    window.open({sample()});
    ROMSMITH_TRY(window.currentView() && window.document().tree().find("models/person_detect.tflite"));
    ROMSMITH_TRY(!window.currentView()->importer().isLoading());
    window.tree().expandAll();
    window.click(test::at(window.document(), "models/person_detect.tflite"));
    ROMSMITH_TRY(window.jobs().isIdle());
    ROMSMITH_TRY(window.inspector().preview().shownText().contains("CONV_2D"_L1));

    const auto picture = window.grab().toImage();
    QCOMPARE(picture.size(), QSize(1280, 780) * picture.devicePixelRatio());
    QVERIFY(test::keepPicture(picture, name));

    QVERIFY2(test::colorsIn(picture) > 100, "the picture must show more than areas");
    const auto part = [&](const QWidget& widget, const QRect& rect) {
        return QRect(widget.mapTo(&window, rect.topLeft()), rect.size()).intersected(picture.rect());
    };
    for (const auto* path : {"app.py", "models/person_detect.tflite", "lib/blinker/timing.py"}) {
        const auto& node = test::at(window.document(), path);
        const auto row = window.tree().visualRect(window.tree().viewIndex(node));
        QVERIFY2(test::contrastIn(picture, part(*window.tree().viewport(), row)) > 90, path);
        const QRect icon(row.left(), row.top(), 20, row.height());
        QVERIFY2(test::contrastIn(picture, part(*window.tree().viewport(), icon)) > 60, path);
    }
    QVERIFY(
        test::contrastIn(picture, part(window.currentView()->capacityBar(), window.currentView()->capacityBar().rect()))
        > 60);
    QVERIFY(!window.document().plan().layout.unchangedSource());
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

QTEST_MAIN(ScreenshotTest)
#include "screenshot_test.moc"
