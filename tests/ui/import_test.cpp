// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/exportarchive.h"
#include "tests/ui/drag.h"
#include "tests/ui/editingwindow.h"
#include "ui/importdialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

#include <array>
#include <stdexcept>

using namespace romsmith;
using namespace Qt::StringLiterals;
using test::EditingWindow;
using ui::ArchiveAnswer;

/// Archives that are dropped, and archives that are written.
class ImportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QSettings().clear(); }
    void theContentOfAnArchiveIsOneStep();
    void anArchiveCanBecomeAFile();
    void nothingHappensWhenTheUserSaysNo();
    void theDialogShowsWhatWouldHappen();
    void aDamagedArchiveSaysSoAndCanStillBeAdded();
    void theImageIsExportedWithItsSources();
    void theImageIsExportedAsAManifest();
    void aManifestRunsOnlyWhenTheUserSaysSo();
    void aManifestCanBecomeAFile();
    void whatAManifestFreezesIsOneStep();
    void aBrokenManifestSaysSo();
    void theQuestionSaysWhatRunningMeans();

private:
    /// project/ with lib/x.py, model.tflite and main.py, as a zip.
    static QString zipIn(const test::Folder& folder)
    {
        ui::Document document;
        test::fill(document, {{"project/lib/x.txt", "x"}, {"project/model.tflite", "new"}, {"project/main.txt", "1"}});
        const auto path = folder.path(u"project.zip"_s);
        const std::array top{static_cast<const tree::Node*>(&document.tree().root())};
        test::must(sources::exportArchive(top, ui::toPath(path), sources::ArchiveFormat::Zip));
        return path;
    }

    /// A manifest.py that freezes one module.
    static QString manifestIn(const test::Folder& folder)
    {
        static_cast<void>(folder.write(u"src/hello.py"_s, "hello = 1\n"));
        return folder.write(u"manifest.py"_s, "freeze('$(BOARD_DIR)/src')\n");
    }
};

void ImportTest::theContentOfAnArchiveIsOneStep()
{
    const test::Folder folder;
    EditingWindow window({{"lib/a.txt", "a"}, {"model.tflite", "old"}});
    QString asked;
    window.currentView()->importer().askAboutArchive = [&](const QString& name, const auto&, const auto&) {
        asked = name;
        return ArchiveAnswer{
            .way = ArchiveAnswer::Way::AddContent, .stripTop = true, .policy = tree::ClashPolicy::Replace};
    };
    const auto before = window.outline();
    window.currentView()->addFiles({zipIn(folder)});
    ROMSMITH_TRY(window.document().undoStack().count() == 1);
    QCOMPARE(asked, u"project.zip"_s);
    QCOMPARE(window.document().undoStack().undoText(), u"Import project.zip"_s);
    QCOMPARE(window.outline(), u"lib/ lib/a.txt lib/x.txt model.tflite main.txt"_s);
    QCOMPARE(test::textAt(window.document(), "model.tflite"), u"new"_s);
    window.document().undoStack().undo();
    QCOMPARE(window.outline(), before);
    QCOMPARE(test::textAt(window.document(), "model.tflite"), u"old"_s);
}

void ImportTest::anArchiveCanBecomeAFile()
{
    const test::Folder folder;
    EditingWindow window({});
    window.currentView()->importer().askAboutArchive
        = [](const QString&, const auto&, const auto&) { return ArchiveAnswer{.way = ArchiveAnswer::Way::AddAsFile}; };
    window.currentView()->addFiles({zipIn(folder)});
    ROMSMITH_TRY(window.outline() == u"project.zip"_s);
}

void ImportTest::nothingHappensWhenTheUserSaysNo()
{
    const test::Folder folder;
    EditingWindow window({{"a", "1"}});
    window.currentView()->importer().askAboutArchive
        = [](const QString&, const auto&, const auto&) { return ArchiveAnswer(); };
    window.currentView()->addFiles({zipIn(folder)});
    ROMSMITH_TRY(window.jobs().isIdle());
    QCOMPARE(window.outline(), u"a"_s);
    QCOMPARE(window.document().undoStack().count(), 0);
}

void ImportTest::theDialogShowsWhatWouldHappen()
{
    const test::Folder folder;
    EditingWindow window({{"lib/a.txt", "a"}, {"model.tflite", "old"}, {"main.txt", "1"}});
    auto archive = test::must(sources::loadArchive(ui::toPath(zipIn(folder)), {}));
    archive.skipped.push_back({.path = "../evil", .reason = "its path leads out of its folder"});
    ui::ImportDialog dialog(u"project.zip"_s, archive, window.document().tree().root());
    QVERIFY(dialog.stripTop().isChecked());
    QVERIFY(dialog.summary().text().startsWith("1 new, 1 replaced, 1 the same as before, 1 left out; 4 bytes"_L1));
    QStringList rows;
    for (int i = 0; i < dialog.list().topLevelItemCount(); ++i) {
        const auto* item = dialog.list().topLevelItem(i);
        rows.append(item->text(0) % u": "_s % item->text(2));
    }
    QCOMPARE(rows,
             (QStringList{u"lib: Added to the folder"_s, u"main.txt: The same is there"_s,
                          u"model.tflite: Replaces 3 bytes"_s, u"Left out (1): "_s}));
    dialog.stripTop().setChecked(false);
    QVERIFY(dialog.summary().text().startsWith("5 new, 0 replaced"_L1));
    QVERIFY(!dialog.policies().isVisibleTo(&dialog));
    dialog.addAsFile().click();
    QCOMPARE(dialog.answer().way, ArchiveAnswer::Way::AddAsFile);
}

void ImportTest::aDamagedArchiveSaysSoAndCanStillBeAdded()
{
    const test::Folder folder;
    QFile whole(zipIn(folder));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const auto bytes = whole.readAll();
    const auto path = folder.write(u"cut.zip"_s, bytes.first(bytes.size() / 2));
    EditingWindow window({});
    window.currentView()->addFiles({path});
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains("damaged or cut off"_L1), qPrintable(window.notice().text()));
    QCOMPARE(window.document().undoStack().count(), 0);
    window.clickNotice(u"Add as a File"_s);
    ROMSMITH_TRY(window.outline() == u"cut.zip"_s);
}

void ImportTest::theImageIsExportedWithItsSources()
{
    const test::Folder folder;
    EditingWindow window({{"lib/a.py", "a = 1\n"}, {"b.txt", "b"}});
    QByteArray first;
    for (const auto& name : {u"one.tar.gz"_s, u"two.tar.gz"_s}) {
        window.questions().askForArchivePath = [&](const QString&) { return folder.path(name); };
        window.action(u"exportAction"_s)->trigger();
        ROMSMITH_TRY(window.notice().isVisible() && window.notice().text().contains(name));
        const auto archive = test::must(sources::loadArchive(ui::toPath(folder.path(name)), {}));
        QCOMPARE(archive.nodes.size(), 2U);
        QCOMPARE(archive.nodes[1]->child("a.py")->content().size(), 6U);
        QFile file(folder.path(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto bytes = file.readAll();
        QVERIFY(first.isEmpty() || bytes == first);
        first = bytes;
    }
}

void ImportTest::theImageIsExportedAsAManifest()
{
    const test::Folder folder;
    EditingWindow window({{"lib/a.py", "a = 1\n"}, {"b.txt", "b"}});
    window.questions().askForFolder = [&](const QString&) { return folder.path(u"out"_s); };
    window.action(u"exportManifestAction"_s)->trigger();
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains("b.txt"_L1), qPrintable(window.notice().text()));
    QFile manifest(folder.path(u"out/manifest.py"_s));
    QVERIFY(manifest.open(QIODevice::ReadOnly));
    QVERIFY(manifest.readAll().contains("module(\"a.py\", base_path=\"lib\")"));
    QVERIFY(QFile::exists(folder.path(u"out/lib/a.py"_s)));
}

void ImportTest::aManifestRunsOnlyWhenTheUserSaysSo()
{
    const test::Folder folder;
    EditingWindow window({});
    QString asked;
    window.currentView()->importer().askAboutManifest = [&](const ui::ManifestQuestion& question) {
        asked = question.name;
        return ui::ManifestAnswer();
    };
    window.currentView()->importer().askAboutArchive
        = [](const QString&, const auto&, const auto&) -> ArchiveAnswer { throw std::runtime_error("it ran"); };
    window.currentView()->addFiles({manifestIn(folder)});
    ROMSMITH_TRY(!asked.isEmpty() && window.jobs().isIdle());
    QCOMPARE(asked, u"manifest.py"_s);
    QCOMPARE(window.outline(), QString());
}

void ImportTest::aManifestCanBecomeAFile()
{
    const test::Folder folder;
    EditingWindow window({});
    window.currentView()->importer().askAboutManifest
        = [](const ui::ManifestQuestion&) { return ui::ManifestAnswer{.way = ui::ManifestAnswer::Way::AddAsFile}; };
    window.currentView()->addFiles({manifestIn(folder)});
    ROMSMITH_TRY(window.outline() == u"manifest.py"_s);
}

void ImportTest::whatAManifestFreezesIsOneStep()
{
    const test::Folder folder;
    EditingWindow window({{"lib/old.txt", "1"}});
    auto& importer = window.currentView()->importer();
    importer.askAboutManifest = [](const ui::ManifestQuestion& question) {
        return ui::ManifestAnswer{.way = ui::ManifestAnswer::Way::Run, .folders = question.folders};
    };
    importer.askAboutArchive = [](const QString& name, const auto& archive, const tree::Node& into) {
        const ui::ImportDialog dialog(name, archive, into);
        return ArchiveAnswer{.way = ArchiveAnswer::Way::AddContent, .stripTop = dialog.stripTop().isChecked()};
    };
    window.currentView()->addFiles({manifestIn(folder)});
    ROMSMITH_TRY(window.document().undoStack().count() == 1);
    QCOMPARE(window.outline(), u"lib/ lib/old.txt lib/hello.py"_s);
    QCOMPARE(window.document().undoStack().undoText(), u"Import manifest.py"_s);
    window.document().undoStack().undo();
    QCOMPARE(window.outline(), u"lib/ lib/old.txt"_s);
}

void ImportTest::aBrokenManifestSaysSo()
{
    const test::Folder folder;
    EditingWindow window({});
    window.currentView()->importer().askAboutManifest
        = [](const ui::ManifestQuestion&) { return ui::ManifestAnswer{.way = ui::ManifestAnswer::Way::Run}; };
    window.currentView()->addFiles({folder.write(u"manifest.py"_s, "\nfreeze('nowhere')\n")});
    ROMSMITH_TRY(window.notice().isVisible());
    QVERIFY2(window.notice().text().contains("line 2: there is no folder"_L1), qPrintable(window.notice().text()));
    window.clickNotice(u"Add as a File"_s);
    ROMSMITH_TRY(window.outline() == u"manifest.py"_s);
}

void ImportTest::theQuestionSaysWhatRunningMeans()
{
    const ui::ManifestDialog open({.name = u"manifest.py"_s, .hasSandbox = false, .folders = {{"MPY_DIR", "/mpy"}}});
    QVERIFY(open.text().text().contains("can do whatever you can"_L1));
    QVERIFY(open.text().text().contains("only if you trust"_L1));
    QVERIFY(!open.run().isDefault());
    QCOMPARE(open.folder("MPY_DIR").text(), u"/mpy"_s);
    ui::ManifestDialog walled({.name = u"manifest.py"_s, .hasSandbox = true});
    QVERIFY(walled.text().text().contains("neither change any nor use the network"_L1));
    walled.folder("PORT_DIR").setText(u" /port "_s);
    walled.run().click();
    QCOMPARE(walled.answer().way, ui::ManifestAnswer::Way::Run);
    QVERIFY(walled.answer().folders == (sources::FirmwareFolders{{"PORT_DIR", "/port"}}));
}

QTEST_MAIN(ImportTest)
#include "import_test.moc"
