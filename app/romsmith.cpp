// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicetools.h"
#include "ui/mainwindow.h"
#include "ui/translations.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>

#ifdef ROMSMITH_VIRTUAL_CAM
#include "app/virtualcam.h"
#endif

#include <algorithm>
#include <string_view>

namespace {

QCommandLineOption virtualCamOption()
{
    return {QStringLiteral("virtual-cam"),
            QCoreApplication::translate("main", "Start with a cam without hardware, to try things on.")};
}

void setUp(QCommandLineParser& parser)
{
#ifdef ROMSMITH_VIRTUAL_CAM
    parser.addOption(virtualCamOption());
#endif
    parser.setApplicationDescription(QCoreApplication::translate("main", "Editor for MicroPython ROMFS images."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("files"),
        QCoreApplication::translate("main", "Images to open; other files and folders become a new image."),
        QStringLiteral("[files...]"));
}

/// Help and version are there without a display, too.
bool asksForText(int argc, char* argv[])
{
    return std::any_of(argv + std::min(argc, 1), argv + argc, [](std::string_view argument) {
        return argument == "--help" || argument == "-h" || argument == "--help-all" || argument == "--version"
            || argument == "-v";
    });
}

} // namespace

int main(int argc, char* argv[])
{
    QCoreApplication::setApplicationVersion(QStringLiteral(ROMSMITH_VERSION));
    QCommandLineParser parser;
    if (asksForText(argc, argv)) {
        const QCoreApplication application(argc, argv);
        setUp(parser);
        parser.process(application);
    }
    const QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("romsmith"));
    QApplication::setApplicationName(QStringLiteral("romsmith"));
    QApplication::setApplicationDisplayName(QStringLiteral("Romsmith"));
    QApplication::setDesktopFileName(QStringLiteral("io.github.romsmith.Romsmith"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/romsmith/icons/io.github.romsmith.Romsmith.svg")));
    romsmith::ui::installTranslations();

    setUp(parser);
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
#ifdef ROMSMITH_VIRTUAL_CAM
    window.devices().virtualCam().setFactory(romsmith::virtualCamFactory());
    if (parser.isSet(virtualCamOption())) {
        window.devices().startVirtualCam();
    }
#endif
    window.show();
    return QApplication::exec();
}
