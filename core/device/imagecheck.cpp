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
namespace {

std::set<std::string> namesAtTop(const std::vector<romfs::Entry>& entries)
{
    std::set<std::string> names;
    const auto parents = romfs::parentsOf(entries);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (parents[i] == romfs::noParent && entries[i].type != romfs::EntryType::Raw) {
            names.insert(entries[i].name);
        }
    }
    return names;
}

} // namespace

Result<CheckedImage> checkImage(const romfs::Content& content, const build::Target& rules,
                                const romfs::CheckTarget& place, const std::string& where)
{
    auto bytes = content.readAll();
    if (!bytes) {
        return std::unexpected(std::move(bytes).error());
    }
    auto image = romfs::read(romfs::Content::own(std::move(*bytes)));
    if (!image) {
        return std::unexpected(std::move(image).error());
    }
    CheckedImage checked{.content = image->source->bytes.slice(0, image->source->header.end),
                         .findings = {},
                         .sha256 = {},
                         .names = namesAtTop(image->entries)};
    if (place.partitionSize && checked.content.size() > *place.partitionSize) {
        return fail(ErrorCode::TooLarge,
                    std::format("The image has {} bytes, {} holds {}. Nothing was written.", checked.content.size(),
                                where, *place.partitionSize));
    }
    const auto digest = inspect::digest(checked.content);
    checked.sha256 = digest ? digest->sha256 : std::string();

    build::Knowledge knowledge;
    const auto plan
        = build::plan(tree::RomTree(std::move(*image)), {.target = rules, .python = {.compile = false}}, knowledge);
    checked.findings = romfs::check(plan.flat.entries, plan.layout, place);
    return checked;
}

Result<void> CheckedImage::worksIn(const std::string& where) const
{
    const auto worst = std::ranges::find(findings, romfs::Severity::Error, &romfs::Finding::severity);
    if (worst == findings.end()) {
        return {};
    }
    return fail(ErrorCode::InvalidArgument,
                std::format("The image would not work in {}: {}{}{} Mend it, or force it.", where,
                            romfs::printable(worst->path), worst->path.empty() ? "" : ": ", worst->message));
}

Result<CheckedImage> checkImage(const romfs::Content& content, const boards::Board& board, std::uint32_t partition,
                                const std::string& where, bool force)
{
    if (!board.partition(partition)) {
        return fail(ErrorCode::NotFound, std::format("{} has no ROMFS partition {}.", board.name, partition));
    }
    const build::Target target(board, partition);
    auto checked = checkImage(content, target, target.checkTarget(), where);
    if (checked && !force) {
        if (auto works = checked->worksIn(where); !works) {
            return std::unexpected(std::move(works).error());
        }
    }
    return checked;
}

} // namespace romsmith::device
