// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/windowhelpers.h"
#include "ui/inspector.h"
#include "ui/previewview.h"
#include "ui/translations.h"

#include <QFontDatabase>
#include <QStyleFactory>
#include <QStyleHints>

#include <set>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::UserWindow;

namespace {

QString sample()
{
    return QStringLiteral(ROMSMITH_SAMPLE_DIR);
}

QString pictureFolder()
{
    return qEnvironmentVariable("ROMSMITH_SCREENSHOT_DIR", QStringLiteral(ROMSMITH_SCREENSHOT_DEFAULT_DIR));
}

/// As most desktops' dark schemes.
QPalette darkPalette()
{
    QPalette palette(QColor(0x31, 0x36, 0x3b), QColor(0x2a, 0x2e, 0x32));
    palette.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
    palette.setColor(QPalette::AlternateBase, QColor(0x23, 0x26, 0x29));
    palette.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
    palette.setColor(QPalette::HighlightedText, QColor(0xfc, 0xfc, 0xfc));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText, QPalette::ToolTipText}) {
        palette.setColor(role, QColor(0xfc, 0xfc, 0xfc));
        palette.setColor(QPalette::Disabled, role, QColor(0x7f, 0x84, 0x88));
    }
    palette.setColor(QPalette::PlaceholderText, QColor(0xa1, 0xa9, 0xb1));
    return palette;
}

qsizetype colorsIn(const QImage& image)
{
    std::set<QRgb> colors;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            colors.insert(image.pixel(x, y));
        }
    }
    return static_cast<qsizetype>(colors.size());
}

/// The largest difference in lightness inside a part of a picture: what is drawn there can be seen.
int contrastIn(const QImage& image, const QRect& rect)
{
    int darkest = 255;
    int lightest = 0;
    for (int y = rect.top(); y <= rect.bottom(); ++y) {
        for (int x = rect.left(); x <= rect.right(); ++x) {
            const auto gray = qGray(image.pixel(x, y));
            darkest = std::min(darkest, gray);
            lightest = std::max(lightest, gray);
        }
    }
    return lightest - darkest;
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
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    if (QFontDatabase::families().contains("DejaVu Sans"_L1)) {
        QApplication::setFont(QFont(u"DejaVu Sans"_s, 9));
    }
}

void ScreenshotTest::theSampleIsShownInBothPalettes_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QPalette>("palette");
    QTest::addColumn<Qt::ColorScheme>("scheme");
    QTest::newRow("light") << u"romsmith-light.png"_s << QApplication::style()->standardPalette()
                           << Qt::ColorScheme::Light;
    QTest::newRow("dark") << u"romsmith-dark.png"_s << darkPalette() << Qt::ColorScheme::Dark;
}

void ScreenshotTest::theSampleIsShownInBothPalettes()
{
    QFETCH(const QString, name);
    QFETCH(const QPalette, palette);
    QFETCH(const Qt::ColorScheme, scheme);
    QApplication::styleHints()->setColorScheme(scheme);
    QApplication::setPalette(palette);

    UserWindow window;
    window.resize(1280, 780);
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
    QVERIFY(QDir().mkpath(pictureFolder()));
    QVERIFY(picture.save(pictureFolder() % u'/' % name));

    QVERIFY2(colorsIn(picture) > 100, "the picture must show more than areas");
    const auto part = [&](const QWidget& widget, const QRect& rect) {
        return QRect(widget.mapTo(&window, rect.topLeft()), rect.size()).intersected(picture.rect());
    };
    for (const auto* path : {"app.py", "models/person_detect.tflite", "lib/blinker/timing.py"}) {
        const auto& node = test::at(window.document(), path);
        const auto row = window.tree().visualRect(window.tree().viewIndex(node));
        QVERIFY2(contrastIn(picture, part(*window.tree().viewport(), row)) > 90, path);
        const QRect icon(row.left(), row.top(), 20, row.height());
        QVERIFY2(contrastIn(picture, part(*window.tree().viewport(), icon)) > 60, path);
    }
    QVERIFY(contrastIn(picture, part(window.currentView()->capacityBar(), window.currentView()->capacityBar().rect()))
            > 60);
    QVERIFY(!window.document().plan().layout.unchangedSource());
    window.questions().askAboutUnsaved = [](const QStringList&) { return ui::Unsaved::Discard; };
}

QTEST_MAIN(ScreenshotTest)
#include "screenshot_test.moc"
