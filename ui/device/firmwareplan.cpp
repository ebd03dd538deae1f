// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/device/firmwareplan.h"

#include "core/device/dfuparts.h"
#include "core/romfs/record.h"
#include "core/sources/bundle.h"
#include "core/sources/disk.h"
#include "ui/text.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <map>

namespace romsmith::ui {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(romsmith::ui::FirmwarePlan)
};

using Names = std::map<std::uint32_t, QString>; ///< of images, by partition

bool isArchive(const romfs::Content& content)
{
    std::array<std::byte, 2> head{};
    return content.size() >= head.size() && content.read(0, head) && romfs::asText(head) == "PK";
}

bool isImage(const romfs::Content& content)
{
    std::array<std::byte, 3> head{};
    return content.size() >= head.size() && content.read(0, head) && romfs::hasMagic(head);
}

/// The partition that an image file is for: by its name, as the vendor has it.
std::uint32_t partitionOf(const boards::Board& board, const std::string& fileName, const FirmwareWish& wish)
{
    const auto named = std::ranges::find(board.partitions, fileName, &boards::Partition::fileName);
    return named != board.partitions.end() ? named->index : wish.partition.value_or(0);
}

Result<void> addBundle(FirmwarePlan& plan, Names& names, const boards::Board& board, const std::filesystem::path& path,
                       const FirmwareWish& wish, const std::stop_token& stop)
{
    auto files = sources::Bundle::open(path, stop).and_then([&](const sources::Bundle& bundle) {
        return device::filesOf(bundle, board, stop);
    });
    if (!files) {
        return std::unexpected(std::move(files).error());
    }
    plan.hasBundledImages = !files->images.empty();
    for (auto& [index, image] : files->images) {
        if (wish.withImagesOfBundle) {
            plan.files.images.insert_or_assign(index, std::move(image));
            const auto* partition = board.partition(index);
            names[index] = partition && !partition->fileName.empty() ? text(partition->fileName)
                                                                     : QStringLiteral("romfs%1.img").arg(index);
        }
    }
    std::ranges::move(files->firmware, std::back_inserter(plan.files.firmware));
    return {};
}

Result<void> addFile(FirmwarePlan& plan, Names& names, const boards::Board& board, const std::filesystem::path& path,
                     const FirmwareWish& wish, const std::stop_token& stop)
{
    auto content = sources::loadFile(path, sources::Loading::Snapshot);
    if (!content) {
        return std::unexpected(std::move(content).error());
    }
    if (isArchive(*content)) {
        return addBundle(plan, names, board, path, wish, stop);
    }
    const auto name = path.filename().string();
    if (isImage(*content)) {
        const auto partition = partitionOf(board, name, wish);
        plan.files.images.insert_or_assign(partition, std::move(*content));
        names[partition] = text(name);
    } else {
        plan.files.firmware.push_back({.name = name, .content = std::move(*content)});
    }
    return {};
}

QString joined(const std::vector<FirmwarePlan::Row>& rows, QString FirmwarePlan::Row::* member)
{
    QStringList words;
    for (const auto& row : rows) {
        words.append(row.*member);
    }
    return words.join(QStringLiteral(", "));
}

} // namespace

QString FirmwarePlan::targets() const
{
    return joined(rows, &Row::alternate);
}

QString FirmwarePlan::names() const
{
    return joined(rows, &Row::file);
}

Result<FirmwarePlan> planFirmware(const boards::Board& board, const FirmwareWish& wish, const std::stop_token& stop)
{
    FirmwarePlan plan;
    Names names;
    for (const auto& path : wish.paths) {
        if (auto added = addFile(plan, names, board, toPath(path), wish, stop); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    if (wish.image) {
        plan.files.images.insert_or_assign(wish.image->partition, wish.image->content);
        names[wish.image->partition] = wish.image->name;
    }
    plan.files.eraseFilesystem = wish.eraseFilesystem;
    auto parts = device::dfuParts(board, plan.files, false);
    if (!parts) {
        return std::unexpected(std::move(parts).error());
    }
    auto image = plan.files.images.begin();
    auto firmware = plan.files.firmware.begin();
    for (const auto& part : *parts) {
        auto file = Words::tr("(erased)");
        if (part.role == boards::Role::Romfs) {
            file = names[(image++)->first];
        } else if (part.role == boards::Role::Firmware) {
            file = text((firmware++)->name);
        }
        const auto alternate = text(part.alternate);
        const auto name = text(part.name);
        const bool isRange = part.role != boards::Role::Filesystem && name != alternate;
        plan.rows.push_back({.file = std::move(file),
                             .alternate = isRange ? Words::tr("%1 in %2").arg(name, alternate) : alternate,
                             .size = part.content.size()});
    }
    return plan;
}

} // namespace romsmith::ui
