// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/questions.h"

#include "ui/documentfile.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

namespace romsmith::ui {
namespace {

/// The context of this file's texts.
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::Questions)
};

Unsaved unsavedDialog(QWidget& window, const QStringList& documents)
{
    QMessageBox box(
        QMessageBox::Warning, Words::tr("Unsaved Changes"),
        documents.size() == 1
            ? Words::tr("\"%1\" has changes that are not saved.").arg(documents.front())
            : Words::tr("These images have changes that are not saved:\n%1").arg(documents.join(QLatin1Char('\n'))),
        QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, &window);
    if (documents.size() > 1) {
        box.button(QMessageBox::Save)->setText(Words::tr("&Save All"));
    }
    box.button(QMessageBox::Discard)->setText(Words::tr("&Discard"));
    switch (box.exec()) {
    case QMessageBox::Save:
        return Unsaved::Save;
    case QMessageBox::Discard:
        return Unsaved::Discard;
    default:
        return Unsaved::Cancel;
    }
}

FlashAnswer flashDialog(QWidget& window, const FlashFacts& facts)
{
    FlashQuestion question(facts, &window);
    question.exec();
    return question.answer();
}

bool flashingDialog(QWidget& window, const QString& what)
{
    QMessageBox box(
        QMessageBox::Warning, Words::tr("Flashing"),
        Words::tr("%1\n\nThis is not done yet. If it is stopped now, the cam may be without an image.").arg(what),
        QMessageBox::NoButton, &window);
    auto* stop = box.addButton(Words::tr("&Stop and Close"), QMessageBox::DestructiveRole);
    box.setDefaultButton(box.addButton(Words::tr("&Go On"), QMessageBox::RejectRole));
    box.exec();
    return box.clickedButton() == stop;
}

bool eraseDialog(QWidget& window, const QString& cam)
{
    QMessageBox box(
        QMessageBox::Warning, Words::tr("Erase the File System"),
        Words::tr("All files on the drive of %1 are lost: scripts, pictures, settings. There is no backup of "
                  "them and no undo.")
            .arg(cam),
        QMessageBox::Cancel, &window);
    auto* erase = box.addButton(Words::tr("&Erase"), QMessageBox::DestructiveRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    return box.clickedButton() == erase;
}

QString savePathDialog(QWidget& window, const QString& suggested)
{
    QFileDialog dialog(&window, Words::tr("Save"));
    const QStringList filters{Words::tr("ROMFS images (*.img *.romfs)"),
                              Words::tr("Recipes, which name the files that the image is made of (*.romsmith)"),
                              Words::tr("All files (*)")};
    dialog.setNameFilters(filters);
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    const auto useSuffix = [&](const QString& filter) {
        dialog.setDefaultSuffix(filter == filters.at(1) ? QStringLiteral("romsmith") : QStringLiteral("img"));
    };
    QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, useSuffix);
    dialog.selectNameFilter(filters.at(isRecipeName(suggested) ? 1 : 0));
    useSuffix(dialog.selectedNameFilter());
    dialog.selectFile(suggested);
    return dialog.exec() == QDialog::Accepted ? dialog.selectedFiles().value(0) : QString();
}

QString imageFilter()
{
    return Words::tr("ROMFS images and recipes (*.img *.romfs *.bin *.romsmith);;All files (*)");
}

} // namespace

Questions::Questions(QWidget& window)
{
    askAboutUnsaved = [&window](const QStringList& documents) { return unsavedDialog(window, documents); };
    askBeforeFlash = [&window](const FlashFacts& facts) { return flashDialog(window, facts); };
    askAboutFlashing = [&window](const QString& what) { return flashingDialog(window, what); };
    askBeforeErasing = [&window](const QString& cam) { return eraseDialog(window, cam); };
    askForPartPath = [&window](const QString& suggested) {
        return QFileDialog::getSaveFileName(&window, Words::tr("Save What Was Read"), suggested,
                                            Words::tr("Memory contents (*.bin *.img);;All files (*)"));
    };
    askForFirmware = [&window] {
        return QFileDialog::getOpenFileNames(&window, Words::tr("Firmware"), {},
                                             Words::tr("Firmware, images and bundles (*.bin *.img *.romfs *.zip);;All "
                                                       "files (*)"));
    };
    askForSavePath = [&window](const QString& suggested) { return savePathDialog(window, suggested); };
    askForArchivePath = [&window](const QString& suggested) {
        return QFileDialog::getSaveFileName(&window, Words::tr("Export to an Archive"), suggested,
                                            Words::tr("Archives (*.zip *.tar.gz *.tgz)"));
    };
    askForReportPath = [&window](const QString& suggested) {
        return QFileDialog::getSaveFileName(&window, Words::tr("Save Report"), suggested,
                                            Words::tr("Text files (*.txt);;All files (*)"));
    };
    askForImages
        = [&window] { return QFileDialog::getOpenFileNames(&window, Words::tr("Open Images"), {}, imageFilter()); };
    askForOtherImage
        = [&window] { return QFileDialog::getOpenFileName(&window, Words::tr("Compare With"), {}, imageFilter()); };
    askForFiles = [&window] { return QFileDialog::getOpenFileNames(&window, Words::tr("Add Files")); };
    askForReplacement = [&window](const QString& name) {
        return QFileDialog::getOpenFileName(&window, Words::tr("Replace \"%1\" With").arg(name));
    };
    askForFolder = [&window](const QString& title) { return QFileDialog::getExistingDirectory(&window, title); };
    askForOffset = [&window] {
        return QInputDialog::getText(&window, Words::tr("Go to Offset"),
                                     Words::tr("Offset in the image, or address on the board (0x1f40 or 8000):"));
    };
}

} // namespace romsmith::ui
