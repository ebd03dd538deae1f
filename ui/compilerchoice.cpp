// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/compilerchoice.h"

#include <QMutex>
#include <QSettings>

#include <optional>

namespace romsmith::ui {
namespace {

const QString compilerKey = QStringLiteral("compiler");

} // namespace

QString chosenCompiler()
{
    return QSettings().value(compilerKey).toString();
}

void setChosenCompiler(const QString& program)
{
    QSettings().setValue(compilerKey, program);
}

Result<sources::Compiler> currentCompiler(const QString& chosen)
{
    static QMutex mutex;
    static QString lookedFor;
    static std::optional<sources::Compiler> found;
    const QMutexLocker lock(&mutex);
    if (!found || lookedFor != chosen) {
        auto compiler = sources::findCompiler(chosen.toStdString());
        if (!compiler) {
            return compiler;
        }
        lookedFor = chosen;
        found = std::move(*compiler);
    }
    return *found;
}

} // namespace romsmith::ui
