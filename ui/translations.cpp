// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/translations.h"

#include <QCoreApplication>
#include <QTranslator>

namespace romsmith::ui {

void installTranslations()
{
    auto* translator = new QTranslator(QCoreApplication::instance());
    if (translator->load(QStringLiteral(":/romsmith/translations/romsmith_en.qm"))) {
        QCoreApplication::installTranslator(translator);
    }
}

} // namespace romsmith::ui
