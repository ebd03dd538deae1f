// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/transport.h"

#include "ui/text.h"

#include <QCoreApplication>
#include <QSettings>

#include <algorithm>

namespace romsmith::ui {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::Transport)
};

QString settingOf(const QString& key)
{
    return QStringLiteral("flashVia/") % QString::fromLatin1(key.toUtf8().toPercentEncoding());
}

bool reachesByDfu(const KnownDevice& device, std::uint32_t index)
{
    const auto* board = device.board();
    const auto* partition = speaksDfu(board) ? board->partition(index) : nullptr;
    return partition && !partition->alternateSetting.empty();
}

/// As far as is known.
bool reachesByRepl(const KnownDevice& device, std::uint32_t index)
{
    const auto* partition = device.said ? device.said->facts.partition(index) : nullptr;
    return !device.said || (partition && partition->shape != device::Shape::None);
}

} // namespace

bool speaksDfu(const boards::Board* board)
{
    return board
        && (board->bootloader.kind == boards::BootloaderKind::OpenMvDfu
            || board->bootloader.kind == boards::BootloaderKind::DfuSe);
}

Transport transportFor(Via wanted, const KnownDevice& device, std::uint32_t partition, bool isSilent)
{
    if (wanted != Via::Automatic) {
        return {.via = wanted, .reason = Words::tr("chosen for this cam")};
    }
    if (device.bootloader) {
        return {.via = Via::Dfu, .reason = Words::tr("the cam is in its bootloader")};
    }
    const bool canDfu = reachesByDfu(device, partition);
    if (isSilent && canDfu) {
        return {.via = Via::Dfu, .reason = Words::tr("its REPL does not answer")};
    }
    if (!reachesByRepl(device, partition) && canDfu) {
        return {.via = Via::Dfu, .reason = Words::tr("its firmware cannot write the partition")};
    }
    return {.via = Via::Repl, .reason = Words::tr("its firmware runs, and nothing has to be reset before")};
}

QString againstTransport(Via wanted, const KnownDevice& device, std::uint32_t partition)
{
    if (wanted == Via::Repl && device.bootloader) {
        return Words::tr("the cam is in its bootloader, where there is no REPL");
    }
    if (device.bootloader && !device.board()) {
        return Words::tr("this is the chip's own loader, which does not tell its board");
    }
    if (const auto missing = missingRomfs(device); !missing.isEmpty()) {
        return missing;
    }
    if ((wanted == Via::Dfu || device.bootloader) && !reachesByDfu(device, partition)) {
        return device.board()
            ? Words::tr("the bootloader of %1 does not reach ROMFS%2").arg(text(device.board()->name)).arg(partition)
            : Words::tr("it is not known which board this is");
    }
    return {};
}

Via viaOf(const QString& key)
{
    const auto words = QSettings().value(settingOf(key)).toString();
    return words == QStringLiteral("dfu") ? Via::Dfu : words == QStringLiteral("repl") ? Via::Repl : Via::Automatic;
}

void setVia(const QString& key, Via via)
{
    if (via == Via::Automatic) {
        QSettings().remove(settingOf(key));
    } else {
        QSettings().setValue(settingOf(key), via == Via::Dfu ? QStringLiteral("dfu") : QStringLiteral("repl"));
    }
}

QString missingRomfs(const KnownDevice& device)
{
    const auto& seen = device.bootloader;
    if (!seen || !seen->device.board || seen->parts.empty()
        || seen->device.board->bootloader.kind != boards::BootloaderKind::OpenMvDfu) {
        return {};
    }
    const bool hasRomfs = std::ranges::any_of(seen->parts, [](const device::DfuStretch& part) {
        return part.known && part.known->role == boards::Role::Romfs;
    });
    return hasRomfs
        ? QString()
        : Words::tr("its bootloader, %1, is from before ROMFS: update it with OpenMV IDE (bootloader.bin of "
                    "firmware 4.7 or later), or start the firmware and flash over the REPL")
              .arg(text(seen->device.versionText()));
}

} // namespace romsmith::ui
