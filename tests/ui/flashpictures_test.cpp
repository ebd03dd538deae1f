// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/camwindow.h"
#include "tests/ui/pictures.h"
#include "ui/translations.h"

#include <QPlainTextEdit>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::CamWindow;

/// A walk through a flash, which also takes the picture for the documentation.
class FlashPicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { QSettings().clear(); }
    void everyPhaseCanBeSeen_data();
    void everyPhaseCanBeSeen();
};

void FlashPicturesTest::initTestCase()
{
    if (!test::hasMicroPython()) {
        QSKIP("There is no MicroPython.");
    }
    ui::installTranslations();
    test::useCommonStyle();
}

void FlashPicturesTest::everyPhaseCanBeSeen_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<int>("fontSize");
    QTest::newRow("light") << u"light"_s << false << 9;
    QTest::newRow("dark") << u"dark"_s << true << 9;
    QTest::newRow("large") << u"large"_s << false << 15;
}

void FlashPicturesTest::everyPhaseCanBeSeen()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isDark);
    QFETCH(const int, fontSize);
    test::useColors(isDark);
    auto font = QApplication::font();
    font.setPointSize(fontSize);
    QApplication::setFont(font);

    CamWindow window;
    window.resize(1280, 780);
    const auto take = [&](const QString& what) {
        QCoreApplication::sendPostedEvents(); // layouts that are due
        QCoreApplication::processEvents();
        const auto picture = window.grab().toImage();
        QVERIFY(test::keepPicture(picture, u"flash-%1-%2.png"_s.arg(what, name)));
        const auto& button = window.devices().flashButton();
        const QRect rect(button.mapTo(&window, QPoint()), button.size());
        QVERIFY2(picture.rect().contains(rect), "the button to flash is in sight");
        QVERIFY(test::contrastIn(picture, rect) > 60);
    };
    window.open({QStringLiteral(ROMSMITH_SAMPLE_DIR)});
    ROMSMITH_TRY(window.currentView() && window.document().tree().find("models/person_detect.tflite"));
    ROMSMITH_TRY(!window.currentView()->importer().isLoading());
    const auto large = test::noise(600'000);
    test::fill(window.document(), {{"models/large.bin", std::string_view(large.data(), std::size_t(large.size()))}});
    window.tree().expandAll();
    take(u"1-no-cam"_s);
    window.plugIn();
    take(u"2-cam"_s);

    window.questions().askBeforeFlash = [&](const ui::FlashFacts& facts) {
        ui::FlashQuestion question(facts, &window);
        question.show();
        QTest::qVerify(test::keepPicture(question.grab().toImage(), u"flash-3-question-%1.png"_s.arg(name)), "kept", "",
                       __FILE__, __LINE__);
        window.cam().setFault("bandwidth", 100'000);
        return ui::FlashAnswer{.flash = true};
    };
    window.action(u"flashAction"_s)->trigger();
    ROMSMITH_TRY(window.panel().figuresText().contains(u"left"_s));
    take(u"4-writing"_s);
    window.cam().act(u"unplug"_s);
    ROMSMITH_TRY(window.devices().isIdle() && window.devices().list().devices().empty());
    take(u"5-unplugged"_s);
    window.cam().setFault("bandwidth", 0);
    window.cam().act(u"replug"_s);
    ROMSMITH_TRY(window.panel().retryButton().isEnabled());
    window.panel().retryButton().click();
    ROMSMITH_TRY(window.devices().isIdle());
    QVERIFY2(window.panel().resultText().contains(u"read back and equal"_s), qPrintable(window.panel().resultText()));
    take(u"6-done"_s);

    window.action(u"replAction"_s)->trigger();
    ROMSMITH_TRY(window.devices().console().input().isEnabled());
    auto& input = window.devices().console().input();
    input.setText(u"import os; os.listdir('/rom')"_s);
    QTest::keyClick(&input, Qt::Key_Return);
    ROMSMITH_TRY(window.devices().console().output().toPlainText().contains(u"templates"_s));
    take(u"7-repl"_s);
    window.devices().panel().showError(
        {.code = ErrorCode::AccessDenied,
         .message = "You may not open /dev/ttyACM0 (owner root, group dialout, mode 660). Install the rules for udev "
                    "once and plug the cam in again."});
    window.findChild<QDockWidget*>(u"logDock"_s)->raise();
    take(u"8-log"_s);
}

QTEST_MAIN(FlashPicturesTest)
#include "flashpictures_test.moc"
