// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/devicelist.h"
#include "ui/device/transport.h"
#include "ui/text.h"

#include <algorithm>

namespace romsmith::ui {
namespace {

QString partitionText(const device::PartitionFacts& partition)
{
    if (partition.shape == device::Shape::None) {
        return text(partition.problem);
    }
    const auto size = roundSize(partition.size);
    if (!partition.hasImage()) {
        return DeviceList::tr("%1, no image").arg(size);
    }
    return DeviceList::tr("%1 of %2").arg(roundSize(partition.used()), size);
}

} // namespace

std::vector<DeviceList::Row> DeviceList::rowsOf(const KnownDevice& device)
{
    if (device.bootloader) {
        return rowsOfBootloader(device);
    }
    std::vector<Row> rows{{.name = tr("Port"), .value = text(device.port.path.string()), .icon = {}}};
    if (!device.mayBeOpened) {
        rows.push_back({.name = tr("Permission"), .value = tr("you may not open it"), .icon = QStringLiteral("error")});
    }
    if (!device.port.serial.empty()) {
        rows.push_back({.name = tr("Serial"), .value = text(device.port.serial), .icon = {}});
    }
    const auto partition = [&rows](std::uint32_t index, const QString& value) {
        rows.push_back({.name = QStringLiteral("ROMFS%1").arg(index),
                        .value = value,
                        .icon = QStringLiteral("romfs"),
                        .partition = index});
    };
    if (!device.said) {
        rows.push_back({.name = tr("Firmware"), .value = tr("not asked yet"), .icon = {}});
        for (const auto& known : device.port.board ? device.port.board->partitions : std::vector<boards::Partition>()) {
            const auto written = device.written.find(known.index);
            const auto size = known.size ? roundSize(*known.size) : tr("not asked yet");
            partition(known.index,
                      written == device.written.end() ? size
                          : written->second == 0      ? tr("%1, no image").arg(size)
                                                      : tr("%1 of %2").arg(roundSize(written->second), size));
            if (const auto image = device.imageIn(known.index); !image.isEmpty()) {
                rows.push_back({.name = tr("Image"), .value = image, .icon = {}, .partition = known.index});
            }
        }
        return rows;
    }
    const auto& facts = device.said->facts;
    rows.push_back({.name = tr("Firmware"),
                    .value = facts.firmware.empty() ? tr("MicroPython %1").arg(shownName(facts.version))
                                                    : shownName(facts.firmware),
                    .icon = {}});
    if (facts.partitions.empty()) {
        rows.push_back({.name = tr("ROMFS"), .value = tr("no partitions"), .icon = {}});
    }
    for (const auto& found : facts.partitions) {
        partition(found.index, partitionText(found));
        if (const auto image = device.imageIn(found.index); !image.isEmpty()) {
            rows.push_back({.name = tr("Image"), .value = image, .icon = {}, .partition = found.index});
        }
    }
    return rows;
}

namespace {

QString partText(const device::DfuStretch& part)
{
    const bool isWritable = device::whyNotWritten(part).empty();
    const auto what = part.readable && isWritable ? DeviceList::tr("rw", "can be read and written")
        : part.readable                           ? DeviceList::tr("r", "can be read")
        : isWritable                              ? DeviceList::tr("w", "can be written")
                                                  : QStringLiteral("-");
    return part.size ? DeviceList::tr("%1, %2").arg(roundSize(*part.size), what) : what;
}

QString partHelp(const device::DfuStretch& part)
{
    const auto against = text(device::whyNotWritten(part));
    const auto reading = part.readable ? DeviceList::tr("It can be read.") : DeviceList::tr("It cannot be read.");
    return reading % u' ' % (against.isEmpty() ? DeviceList::tr("It can be written.") : against);
}

std::optional<std::uint32_t> partitionBehind(const boards::Board* board, const device::DfuStretch& part)
{
    for (const auto& partition : board&& part.known ? board->partitions : std::vector<boards::Partition>()) {
        if (partition.alternateSetting == part.known->name) {
            return partition.index;
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<DeviceList::Row> DeviceList::rowsOfBootloader(const KnownDevice& device)
{
    const auto& seen = *device.bootloader;
    const auto* board = seen.device.board;
    const bool isDfuSe = !board || board->bootloader.kind == boards::BootloaderKind::DfuSe;
    std::vector<Row> rows;
    const auto add
        = [&rows](const QString& name, const QString& value, const QString& icon = {}, const QString& help = {}) {
              rows.push_back({.name = name, .value = value, .icon = icon, .partition = {}, .part = {}, .help = help});
          };
    if (!board) {
        add(tr("Mode"), tr("the chip's own loader (STM32, DfuSe)"), QStringLiteral("info"),
            tr("It is in the chip and cannot be broken; it does not tell which board it is on. It is for writing a "
               "bootloader, with STM32CubeProgrammer or dfu-util: see the board's page."));
    } else {
        const auto version = seen.device.version() == 0 ? tr("version not told") : text(seen.device.versionText());
        add(tr("Mode"), isDfuSe ? tr("bootloader (DfuSe), %1").arg(version) : tr("bootloader, %1").arg(version),
            QStringLiteral("info"), tr("It stays there until it is told to leave, is reset, or is unplugged."));
    }
    add(tr("USB"), text(seen.device.usb.path), {}, text(seen.device.usb.node));
    if (!device.mayBeOpened) {
        add(tr("Permission"), tr("you may not open it"), QStringLiteral("error"), text(seen.problem->message));
    } else if (seen.problem) {
        add(tr("Problem"), text(seen.problem->message), QStringLiteral("error"));
    }
    if (!device.port.serial.empty()) {
        add(tr("Serial"), text(device.port.serial));
    }
    if (const auto missing = missingRomfs(device); !missing.isEmpty()) {
        add(tr("ROMFS"), tr("not in this bootloader; update it"), QStringLiteral("warning"), missing);
    }
    for (std::size_t i = 0; i < seen.parts.size(); ++i) {
        const auto& part = seen.parts[i];
        const auto partition = partitionBehind(board, part);
        const bool isRomfs = part.known && part.known->role == boards::Role::Romfs;
        rows.push_back({.name = shownName(part.name.substr(0, part.name.find('/'))),
                        .value = partText(part),
                        .icon = isRomfs ? QStringLiteral("romfs") : QStringLiteral("file"),
                        .partition = partition,
                        .part = i,
                        .help = partHelp(part)});
    }
    return rows;
}

} // namespace romsmith::ui
