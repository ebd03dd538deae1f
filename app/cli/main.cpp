// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/common.h"
#include "app/cli/compile.h"

#include <QCoreApplication>

#include <cstdio>
#include <exception>
#include <iostream>

namespace {

int run(int argc, char* argv[])
{
    using namespace romsmith::cli;
    int exitCode = Done;
    CLI::App app("Builds, inspects, checks, edits and flashes MicroPython ROMFS images.", "romsmith-cli");
    app.set_version_flag("--version", "romsmith-cli " ROMSMITH_VERSION);
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done; 1 findings of severity error, or images that differ; 2 usage; 3 input cannot be "
               "read; 4 output cannot be written; 5 a device failed; 6 what was read back differs; 7 cancelled.");
    addBuildCommand(app, exitCode);
    addListCommand(app, exitCode);
    addCheckCommand(app, exitCode);
    addExtractCommand(app, exitCode);
    addCatCommand(app, exitCode);
    addEditCommand(app, exitCode);
    addRecordsCommand(app, exitCode);
    addDiffCommand(app, exitCode);
    addBundleCommand(app, exitCode);
    addBoardsCommand(app, exitCode);
    addCompilersCommand(app, exitCode);
    addDevicesCommand(app, exitCode);
    addQueryCommand(app, exitCode);
    addFlashCommand(app, exitCode);
    addReadCommand(app, exitCode);
    addDfuCommand(app, exitCode);
    addBootCommand(app, exitCode);
    addBackupsCommand(app, exitCode);
#ifdef ROMSMITH_VIRTUAL_CAM
    addVirtualCamCommand(app, exitCode);
#endif
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? Done : Usage;
    }
    if (!std::cout.flush()) {
        return report({.code = romsmith::ErrorCode::CannotWrite, .message = "Standard output cannot be written."});
    }
    return exitCode;
}

} // namespace

int main(int argc, char* argv[])
{
    try {
        const QCoreApplication application(argc, argv);
        return run(argc, argv);
    } catch (const std::exception& error) { // memory that ran out, as a rule
        std::fprintf(stderr, "romsmith-cli: error: %s\n", error.what());
        return romsmith::cli::InputError;
    }
}
