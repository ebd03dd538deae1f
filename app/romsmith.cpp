// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/mainwindow.h"
#include "ui/translations.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>

int main(int argc, char* argv[])
{
    const QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("romsmith"));
    QApplication::setApplicationName(QStringLiteral("romsmith"));
    QApplication::setApplicationDisplayName(QStringLiteral("Romsmith"));
    QApplication::setApplicationVersion(QStringLiteral(ROMSMITH_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.romsmith.Romsmith"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/romsmith/icons/io.github.romsmith.Romsmith.svg")));
    romsmith::ui::installTranslations();

    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate("main", "Editor for MicroPython ROMFS images."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("files"),
        QApplication::translate("main", "Images to open; other files and folders become a new image."),
        QStringLiteral("[files...]"));
    parser.process(application);

    romsmith::ui::MainWindow window;
    window.recoverDocuments();
    if (parser.positionalArguments().isEmpty()) {
        window.restoreSession();
        if (window.documentCount() == 0 && window.jobs().isIdle()) {
            window.newDocument();
        }
    } else {
        window.open(parser.positionalArguments());
    }
    window.show();
    return QApplication::exec();
}
