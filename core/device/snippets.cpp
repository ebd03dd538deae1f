// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/snippets.h"

#include <QFile>

#include <algorithm>
#include <ranges>

namespace romsmith::device {

std::string snippet(std::string_view name)
{
    QFile file(QStringLiteral(":/romsmith/device/") + QLatin1StringView(name) + QStringLiteral(".py"));
    static_cast<void>(file.open(QIODevice::ReadOnly)); // it is built in
    const auto source = file.readAll().toStdString();
    std::string code;
    for (const auto part : std::views::split(source, '\n')) {
        const std::string_view line(part);
        const auto indentation = std::min(line.find_first_not_of(' '), line.size());
        auto text = line.substr(indentation);
        if (const auto comment = text.find("  # "); comment != std::string_view::npos) {
            text = text.substr(0, comment);
        }
        if (!text.empty() && !text.starts_with('#')) {
            code.append(indentation / 4, ' ').append(text).push_back('\n');
        }
    }
    return code;
}

} // namespace romsmith::device
