// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/sandbox.h"

#include <QProcess>
#include <QStandardPaths>

namespace romsmith::sources {
namespace {

bool works(QStringList command)
{
    constexpr int patience = 5000; // ms
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(command.takeFirst(), command << QStringLiteral("true"));
    if (!process.waitForFinished(patience)) {
        process.kill();
        process.waitForFinished();
        return false;
    }
    return process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

QStringList find()
{
    const auto program = QStandardPaths::findExecutable(QStringLiteral("bwrap"));
    if (program.isEmpty()) {
        return {};
    }
    QStringList command{program};
    for (const auto* option : {"--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/", "/", "--proc",
                               "/proc", "--dev", "/dev"}) {
        command << QString::fromLatin1(option);
    }
    return works(command) ? command : QStringList();
}

} // namespace

const QStringList& sandbox()
{
    static const QStringList command = find();
    return command;
}

} // namespace romsmith::sources
