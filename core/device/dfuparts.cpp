// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/dfuparts.h"

#include "core/device/firmware.h"
#include "core/device/imagecheck.h"
#include "core/inspect/digest.h"
#include "core/sources/bundle.h"

#include <algorithm>
#include <format>

namespace romsmith::device {
namespace {

std::string hashOf(const romfs::Content& content)
{
    const auto digest = inspect::digest(content);
    return digest ? digest->sha256 : std::string();
}

/// Only with ST's extension addresses matter; the table has them for others, too.
std::optional<std::uint64_t> addressFor(const boards::Board& board, std::optional<std::uint64_t> address)
{
    return board.bootloader.kind == boards::BootloaderKind::DfuSe ? address : std::nullopt;
}

Result<DfuPart> imagePart(const boards::Board& board, std::uint32_t index, const romfs::Content& image, bool force)
{
    const auto name = std::format("ROMFS{}", index);
    const auto where = std::format("{} of {}", name, board.name);
    auto checked = checkImage(image, board, index, where, force);
    if (!checked) {
        return std::unexpected(std::move(checked).error());
    }
    const auto* partition = board.partition(index);
    if (partition->alternateSetting.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("{} is not reached by its bootloader; flash it over the raw REPL.", where));
    }
    return DfuPart{.name = name,
                   .role = boards::Role::Romfs,
                   .alternate = partition->alternateSetting,
                   .address = addressFor(board, partition->address),
                   .size = partition->size,
                   .content = std::move(checked->content),
                   .findings = std::move(checked->findings),
                   .sha256 = std::move(checked->sha256)};
}

Result<DfuPart> firmwarePart(const boards::Board& board, const FlashFiles::Firmware& firmware)
{
    auto bytes = firmware.content.readAll();
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    const auto file = identifyFirmware(board, firmware.name, *bytes);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto range = firmwareRange(board, **file);
    const auto size = range ? std::optional(range->end - range->start) : std::nullopt;
    if (size && bytes->size() > *size) {
        return fail(ErrorCode::TooLarge,
                    std::format("\"{}\" has {} bytes, there is room for {} in {}. Nothing was written.", firmware.name,
                                bytes->size(), *size, board.name));
    }
    auto content = romfs::Content::own(std::move(*bytes));
    auto hash = hashOf(content);
    const bool isNamed = board.bootloader.kind == boards::BootloaderKind::OpenMvDfu;
    return DfuPart{.name = isNamed ? (*file)->alternateSetting : std::string("Firmware"),
                   .role = boards::Role::Firmware,
                   .alternate = (*file)->alternateSetting,
                   .address = addressFor(board, (*file)->address),
                   .size = size,
                   .content = std::move(content),
                   .sha256 = std::move(hash)};
}

/// What is in it nobody here can check, only that it is as long as a whole one.
Result<DfuPart> tableOfContentsPart(const boards::Board& board, const romfs::Content& table)
{
    const auto& alternates = board.bootloader.alternateSettings;
    const auto alternate
        = std::ranges::find(alternates, boards::Role::TableOfContents, &boards::AlternateSetting::role);
    if (alternate == alternates.end()) {
        return fail(ErrorCode::InvalidArgument, std::format("{} has no table of contents.", board.name));
    }
    if (table.size() != alternate->size) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("The table of contents has {} bytes, one of {} has {}. Nothing was written.",
                                table.size(), board.name, alternate->size.value_or(0)));
    }
    return DfuPart{.name = alternate->name,
                   .role = alternate->role,
                   .alternate = alternate->name,
                   .size = alternate->size,
                   .content = table,
                   .sha256 = hashOf(table)};
}

} // namespace

Result<std::vector<DfuPart>> dfuParts(const boards::Board& board, const FlashFiles& files, bool force)
{
    const auto kind = board.bootloader.kind;
    if (kind != boards::BootloaderKind::OpenMvDfu && kind != boards::BootloaderKind::DfuSe) {
        return fail(ErrorCode::InvalidArgument,
                    std::format("The bootloader of {} does not speak DFU. Its image can be flashed over the raw REPL.",
                                board.name));
    }
    std::vector<DfuPart> parts;
    const auto add = [&](Result<DfuPart> part) -> Result<void> {
        if (!part) {
            return std::unexpected(std::move(part).error());
        }
        if (std::ranges::contains(parts, part->name, &DfuPart::name)) {
            return fail(ErrorCode::InvalidArgument, std::format("Two files are for {} of {}.", part->name, board.name));
        }
        parts.push_back(std::move(*part));
        return {};
    };
    for (const auto& [index, image] : files.images) {
        if (auto added = add(imagePart(board, index, image, force)); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    for (const auto& firmware : files.firmware) {
        if (auto added = add(firmwarePart(board, firmware)); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    if (files.tableOfContents) {
        if (auto added = add(tableOfContentsPart(board, *files.tableOfContents)); !added) {
            return std::unexpected(std::move(added).error());
        }
    }
    for (const auto& area : files.eraseFilesystem ? board.filesystemErase : std::vector<boards::FilesystemErase>()) {
        parts.push_back({.name = std::format("file system in {}", area.alternateSetting),
                         .role = boards::Role::Filesystem,
                         .alternate = area.alternateSetting,
                         .address = addressFor(board, area.address),
                         .content = romfs::Content::own(std::vector<std::byte>(area.size))});
    }
    return parts;
}

Result<FlashFiles> filesOf(const sources::Bundle& bundle, const boards::Board& board, const std::stop_token& stop)
{
    const auto found = bundle.find(board.id);
    if (!found) {
        return std::unexpected(found.error());
    }
    FlashFiles files;
    for (const auto& file : found->files) {
        const bool isImage = file.partition && board.partition(*file.partition);
        if (!isImage && (file.role != boards::Role::Firmware || !file.release)) {
            continue;
        }
        auto content = bundle.read(file, stop);
        if (!content) {
            return std::unexpected(std::move(content).error());
        }
        if (isImage) {
            files.images.emplace(*file.partition, std::move(*content));
        } else {
            files.firmware.push_back({.name = file.name, .content = std::move(*content)});
        }
    }
    if (files.isEmpty()) {
        return fail(ErrorCode::NotFound,
                    std::format("The bundle has neither an image nor firmware for {}.", board.name));
    }
    return files;
}

Result<void> checkFiles(const boards::Board& board, const FlashFiles& files, bool force)
{
    return dfuParts(board, files, force).transform([](const std::vector<DfuPart>&) { });
}

} // namespace romsmith::device
