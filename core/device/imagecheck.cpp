// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/imagecheck.h"

#include "core/build/plan.h"
#include "core/inspect/digest.h"
#include "core/romfs/names.h"
#include "core/romfs/reader.h"

#include <algorithm>
#include <format>

namespace romsmith::device {

Result<CheckedImage> checkImage(const romfs::Content& content, const boards::Board& board, std::uint32_t partition,
                                const std::string& where, bool force)
{
    const auto* known = board.partition(partition);
    if (!known) {
        return fail(ErrorCode::NotFound, std::format("{} has no ROMFS partition {}.", board.name, partition));
    }
    auto bytes = content.readAll();
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    auto image = romfs::read(romfs::Content::own(std::move(*bytes)));
    if (!image) {
        return std::unexpected(std::move(image).error());
    }
    CheckedImage checked{
        .content = image->source->bytes.slice(0, image->source->header.end), .findings = {}, .sha256 = {}};
    if (known->size && checked.content.size() > *known->size) {
        return fail(ErrorCode::TooLarge,
                    std::format("The image has {} bytes, {} holds {}. Nothing was written.", checked.content.size(),
                                where, *known->size));
    }
    const auto digest = inspect::digest(checked.content);
    checked.sha256 = digest ? digest->sha256 : std::string();

    const build::Target target(board, partition);
    build::Options rules{.target = target, .python = {.compile = false}};
    build::Knowledge knowledge;
    const auto tree = tree::RomTree(std::move(*image));
    const auto plan = build::plan(tree, rules, knowledge);
    checked.findings = romfs::check(plan.flat.entries, plan.layout, target.checkTarget());
    const auto worst = std::ranges::find(checked.findings, romfs::Severity::Error, &romfs::Finding::severity);
    if (worst == checked.findings.end() || force) {
        return checked;
    }
    return fail(ErrorCode::InvalidArgument,
                std::format("The image would not work in {}: {}{}{} Mend it, or force it.", where,
                            romfs::printable(worst->path), worst->path.empty() ? "" : ": ", worst->message));
}

} // namespace romsmith::device
