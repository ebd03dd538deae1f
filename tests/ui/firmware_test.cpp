// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/exportarchive.h"
#include "tests/ui/editingwindow.h"
#include "ui/device/devicespanel.h"

#include <QSignalSpy>

#include <array>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using FirmwareFile = ui::Importer::FirmwareFile;

/// What OpenMV's firmware comes with, as documents.
class FirmwareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void theImagesOfABoardAreOpened();
    void theFirmwareOfABundleIsOfferedToTheFlasher();
    void anotherArchiveIsImported();
    void aBundleThatIsDroppedCanBeOpenedOrAdded();
    void aConfigGivesADocumentForEachPartition();
    void aBrokenConfigSaysSo();

private:
    /// OPENMV_AE3 with two images, OPENMV4 with one.
    static QString bundleIn(const test::Folder& folder)
    {
        const auto image = test::openMvImage().toStdString();
        ui::Document document;
        test::fill(document,
                   {{"OPENMV_AE3/romfs0.img", image},
                    {"OPENMV_AE3/romfs1.img", image},
                    {"OPENMV_AE3/firmware_M55_HP.bin", "hp"},
                    {"OPENMV4/romfs0.img", image},
                    {"OPENMV4/firmware.bin", "h7"},
                    {"CYW4343/wifi.bin", "radio"}});
        return zip(folder, document, u"firmware_v5.zip"_s);
    }

    static QString zip(const test::Folder& folder, const ui::Document& document, const QString& name)
    {
        const auto path = folder.path(name);
        const std::array top{static_cast<const tree::Node*>(&document.tree().root())};
        test::must(sources::exportArchive(top, ui::toPath(path), sources::ArchiveFormat::Zip));
        return path;
    }

    static QString configIn(const test::Folder& folder)
    {
        static_cast<void>(folder.write(u"scripts/libraries/x.py"_s, ""));
        static_cast<void>(folder.write(u"models/m.tflite"_s, "model"));
        return folder.write(
            u"boards/OPENMV_AE3/romfs_config.json"_s,
            R"({"0": {"entries": [{"type": "tflite", "path": "{TOP}/models/m.tflite", "alignment": 32}]},
                                "1": {"entries": []}})");
    }
};

void FirmwareTest::theImagesOfABoardAreOpened()
{
    const test::Folder folder;
    EditingWindow window({{"a", "1"}});
    QStringList offered;
    window.firmware().choose = [&](const QString&, const QString&, const QStringList& items) {
        offered = items;
        return 1;
    };
    window.open({bundleIn(folder)});
    ROMSMITH_TRY(window.documentCount() == 3);
    QCOMPARE(offered.size(), 2);
    QVERIFY(offered[1].contains("OPENMV_AE3"_L1));
    const auto& document = window.currentView()->document();
    QCOMPARE(document.name(), u"OPENMV_AE3 romfs1.img"_s);
    QCOMPARE(ui::text(document.target().key()), u"OPENMV_AE3/1"_s);
    QCOMPARE(test::bytesOf(document), test::openMvImage());
}

void FirmwareTest::theFirmwareOfABundleIsOfferedToTheFlasher()
{
    const test::Folder folder;
    EditingWindow window({{"a", "1"}});
    window.firmware().choose = [](const QString&, const QString&, const QStringList&) { return 1; };
    const auto bundle = bundleIn(folder);
    window.open({bundle});
    ROMSMITH_TRY(window.documentCount() == 3);
    QVERIFY2(window.notice().text().contains("firmware_v5.zip also has the firmware: firmware_M55_HP.bin"_L1),
             qPrintable(window.notice().text()));
    QSignalSpy wanted(&window.firmware(), &ui::FirmwareImages::firmwareWanted);
    window.clickNotice(u"Flash Firmware…"_s);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.front().front().toString(), bundle);
    // There is no cam here, which is said.
    ROMSMITH_TRY(window.devices().panel().errorText().contains("no cam connected"_L1));
}

void FirmwareTest::anotherArchiveIsImported()
{
    const test::Folder folder;
    ui::Document document;
    test::fill(document, {{"x.txt", "x"}});
    EditingWindow window({{"a", "1"}});
    window.open({zip(folder, document, u"plain.zip"_s)});
    ROMSMITH_TRY(window.documentCount() == 2);
    window.currentView()->importer().askAboutArchive = [](const QString&, const auto&, const auto&) {
        return ui::ArchiveAnswer{.way = ui::ArchiveAnswer::Way::AddContent};
    };
    ROMSMITH_TRY(window.outline() == u"x.txt"_s);
}

void FirmwareTest::aBundleThatIsDroppedCanBeOpenedOrAdded()
{
    const test::Folder folder;
    const auto path = bundleIn(folder);
    EditingWindow window({});
    window.firmware().choose = [](const QString&, const QString&, const QStringList&) { return 0; };
    auto* importer = &window.currentView()->importer();
    importer->askAboutArchive = [](const QString&, const auto&, const auto&) {
        return ui::ArchiveAnswer{.way = ui::ArchiveAnswer::Way::AddAsFile};
    };
    importer->askAboutFirmware = [](const QString&) { return FirmwareFile::Nothing; };
    window.currentView()->addFiles({path});
    ROMSMITH_TRY(window.jobs().isIdle());
    QCOMPARE(window.outline(), QString());
    importer->askAboutFirmware = [](const QString&) { return FirmwareFile::Add; };
    window.currentView()->addFiles({path});
    ROMSMITH_TRY(window.outline() == u"firmware_v5.zip"_s);
    importer->askAboutFirmware = [](const QString&) { return FirmwareFile::OpenImages; };
    window.currentView()->addFiles({path});
    ROMSMITH_TRY(window.documentCount() == 2);
    QCOMPARE(ui::text(window.currentView()->document().target().key()), u"OPENMV4/0"_s);
}

void FirmwareTest::aConfigGivesADocumentForEachPartition()
{
    const test::Folder folder;
    EditingWindow window({{"a", "1"}});
    window.firmware().choose
        = [](const QString&, const QString&, const QStringList& items) { return items.size() == 3 ? 1 : -1; };
    window.open({configIn(folder)});
    ROMSMITH_TRY(window.documentCount() == 2);
    QCOMPARE(window.outline(), u"m.tflite"_s);
    const auto& document = window.currentView()->document();
    QCOMPARE(document.name(), u"OPENMV_AE3 romfs0.img"_s);
    QCOMPARE(ui::text(document.target().key()), u"OPENMV_AE3/0"_s);
    QVERIFY(test::at(document, "m.tflite").state().alignmentOverride == 32U);
    QVERIFY(document.isModified());
    window.firmware().choose = [](const QString&, const QString&, const QStringList&) { return 0; };
    window.open({configIn(folder)});
    ROMSMITH_TRY(window.documentCount() == 4);
}

void FirmwareTest::aBrokenConfigSaysSo()
{
    const test::Folder folder;
    EditingWindow window({{"a", "1"}});
    window.open({folder.write(u"romfs_config.json"_s, "{")});
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains("it is not JSON"_L1), qPrintable(window.notice().text()));
}

QTEST_MAIN(FirmwareTest)
#include "firmware_test.moc"
