// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/skipped.h"

#include "ui/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace romsmith::ui {
namespace {

/// The context of this file's texts.
struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::Skipped)
};

constexpr std::size_t mostNamed = 5;

} // namespace

QString summaryOf(const std::vector<sources::Skipped>& skipped)
{
    QStringList words;
    for (const auto& [path, reason] : std::span(skipped).first(std::min(skipped.size(), mostNamed))) {
        words.append(QStringLiteral("%1 (%2)").arg(shownName(path.filename().string()), text(reason)));
    }
    if (skipped.size() > mostNamed) {
        words.append(Words::tr("and %1 more").arg(skipped.size() - mostNamed));
    }
    return words.join(QStringLiteral(", "));
}

QStringList linesOf(const std::vector<sources::Skipped>& skipped)
{
    QStringList lines;
    for (const auto& [path, reason] : skipped) {
        lines.append(QStringLiteral("%1: %2").arg(shownName(path.string()), text(reason)));
    }
    return lines;
}

} // namespace romsmith::ui
