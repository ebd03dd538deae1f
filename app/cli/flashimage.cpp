// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/flash.h"
#include "core/boards/boardtable.h"
#include "core/device/backup.h"
#include "core/device/facts.h"
#include "core/device/firmware.h"
#include "core/recipe/load.h"
#include "core/romfs/names.h"
#include "core/romfs/writer.h"
#include "core/sources/archive.h"
#include "core/sources/bundle.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <format>

namespace romsmith::cli {
namespace {

bool isImage(const std::string& file)
{
    const auto content = sources::loadFile(file, sources::Loading::Streamed);
    std::array<std::byte, 3> head{};
    return content && content->size() >= head.size() && content->read(0, head) && romfs::hasMagic(head);
}

/// What is wrong with what was built, all of it in one message.
Failure refusal(const build::Plan& plan)
{
    constexpr std::size_t most = 10;
    std::string text;
    std::size_t count = 0;
    for (const auto& finding : plan.findings) {
        if (finding.severity == romfs::Severity::Error && ++count <= most) {
            text += sentenceOf(finding) + ' ';
        }
    }
    if (count > most) {
        text += std::format("And {} more. ", count - most);
    }
    const auto* next = plan.obstacle() ? "" : " Mend it, or write it with --force.";
    return {.error = {.code = ErrorCode::InvalidArgument, .message = text + "Nothing was written." + next},
            .exitCode = Findings};
}

Outcome<ImageToFlash> bytesOf(const build::Plan& plan, bool force)
{
    if (plan.obstacle() || (plan.hasErrors() && !force)) {
        auto others = plan.findings;
        std::erase_if(others, [](const romfs::Finding& each) { return each.severity == romfs::Severity::Error; });
        noteFindings(others);
        return std::unexpected(refusal(plan));
    }
    noteFindings(plan.findings);
    if (plan.flat.entries.empty()) {
        note("warning: there is no file in what is flashed; the image is empty");
    }
    return romfs::write(plan.flat.entries, plan.layout)
        .transform([&](std::vector<std::byte> bytes) {
            return ImageToFlash{.content = romfs::Content::own(std::move(bytes)), .said = plan.findings};
        })
        .transform_error(usualFailure);
}

} // namespace

bool FlashArguments::isOfImage() const
{
    return from.sources.size() == 1 && isImage(from.sources.front());
}

Outcome<ImageToFlash> imageFor(const FlashArguments& arguments, const boards::Board* board)
{
    const auto& from = arguments.from;
    if (arguments.isOfImage()) {
        return sources::loadFile(from.sources.front(), sources::Loading::Snapshot)
            .transform([](romfs::Content content) { return ImageToFlash{.content = std::move(content), .said = {}}; })
            .transform_error(usualFailure);
    }
    const auto partition = arguments.partition();
    const auto usual = board && board->partition(partition) ? build::Target(*board, partition) : build::Target();
    return from.load(usual)
        .and_then([&](const Ingredients& made) { return planCompiled(*made.tree, made.options, from.python.compiler); })
        .transform_error(usualFailure)
        .and_then([&](const build::Plan& plan) { return bytesOf(plan, arguments.force); });
}

namespace {

bool isNamedAsImage(const std::filesystem::path& file)
{
    std::error_code error;
    const auto extension = romfs::foldCase(file.extension().string());
    return (extension == ".img" || extension == ".romfs") && std::filesystem::is_regular_file(file, error);
}

/// What a release calls firmware, or what begins to run where some board's firmware does.
bool isFirmware(const std::filesystem::path& file)
{
    const auto name = file.filename().string();
    if (romfs::foldCase(file.extension().string()) != ".bin") {
        return false;
    }
    const auto content = sources::loadFile(file, sources::Loading::Snapshot);
    return content
        && (name == "firmware.bin"
            || std::ranges::any_of(boards::BoardTable::known().boards(), [&](const boards::Board& board) {
                   return device::identifyFirmware(board, name, content->bytes()).has_value();
               }));
}

Failure usage(std::string message)
{
    return {.error = {.code = ErrorCode::InvalidArgument, .message = std::move(message)}, .exitCode = Usage};
}

/// Files that a cam would take in a ROMFS and do nothing with.
std::optional<Failure> misuseOf(const std::string& source, bool isAlone)
{
    const auto name = sources::shown(source);
    if (isImage(source)) {
        return isAlone ? std::nullopt : std::optional(usage(name + " is an image already: name it alone."));
    }
    if (isNamedAsImage(source)) {
        return Failure{.error
                       = {.code = ErrorCode::NotRomfs, .message = name + " is no ROMFS image. Nothing was written."},
                       .exitCode = Findings};
    }
    if (isFirmware(source)) {
        return usage(std::format("{} is firmware, no part of an image. Did you mean --firmware {}?", name, name));
    }
    if (sources::isArchive(source) && sources::Bundle::open(source)) {
        return usage(std::format("{} is a bundle of firmware. Did you mean --bundle {}?", name, name));
    }
    return std::nullopt;
}

} // namespace

std::optional<Failure> FlashArguments::misuse() const
{
    if (writesNothing()) {
        return usage("Name an image, or --firmware, or --bundle.");
    }
    if (via == Via::Repl && needsDfu()) {
        return usage(
            "--firmware, --bundle, --update, --erase-filesystem and --expert-toc need the bootloader: --via dfu.");
    }
    for (const auto& source : from.sources) {
        if (auto found = misuseOf(source, from.sources.size() == 1)) {
            return found;
        }
    }
    if ((from.saysHow() || from.layout.maxSize) && (from.sources.empty() || isOfImage())) {
        return usage(
            (from.sources.empty() ? std::string("No image is built")
                                  : sources::shown(from.sources.front()) + " is an image already")
            + ": --exclude, --layout, --align, --max-size and the options for Python and manifests are for sources.");
    }
    return std::nullopt;
}

Result<void> FlashArguments::takeDestination()
{
    auto& target = from.layout.target;
    if (const auto backup = isOfImage() ? device::BackupFolder::at(from.sources.front()) : std::nullopt) {
        const auto* known = boards::BoardTable::known().find(backup->board);
        target.board = target.board.empty() && known ? known->id : target.board;
        target.partition = target.partition ? target.partition : device::partitionNamed(backup->partition);
    } else if (auto wanted = from.destination()) {
        target = *wanted;
    } else {
        return std::unexpected(std::move(wanted).error());
    }
    return target.target().transform([](const build::Target&) { });
}

const boards::Board* FlashArguments::board() const
{
    return boards::BoardTable::known().find(from.layout.target.board);
}

} // namespace romsmith::cli
