// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/savetext.h"

#include <QSaveFile>

namespace romsmith::ui {

QString saveText(const QString& path, const QString& text)
{
    QSaveFile file(path);
    const bool isOpen = file.open(QIODevice::WriteOnly | QIODevice::Text);
    const bool isWritten = isOpen && file.write(text.toUtf8()) >= 0 && file.commit();
    return isWritten ? QString() : file.errorString();
}

} // namespace romsmith::ui
