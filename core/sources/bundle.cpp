// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/bundle.h"

#include "core/boards/boardtable.h"
#include "core/romfs/names.h"
#include "core/sources/disk.h"
#include "core/sources/filter.h"
#include "core/sources/innerpath.h"

#include <algorithm>
#include <array>
#include <format>
#include <map>

namespace romsmith::sources {
namespace {

namespace fs = std::filesystem;

constexpr archives::Limits limits{.entries = 10'000, .unpacked = 4 * largestSnapshot};

/// Files of a release that boards.json does not name, because no update writes them.
boards::Role roleByName(std::string_view name)
{
    using boards::Role;
    static constexpr std::array<std::pair<std::string_view, Role>, 4> roles{
        {{"bootloader.bin", Role::Bootloader},
         {"openmv.bin", Role::WholeChip},
         {"firmware.toc", Role::TableOfContents},
         {"firmware_pad.toc", Role::TableOfContents}}};
    const auto* found = std::ranges::find(roles, name, &std::pair<std::string_view, Role>::first);
    return found == roles.end() ? Role::Other : found->second;
}

/// "romfs1.img" is for partition 1.
std::optional<std::uint32_t> partitionByName(std::string_view name)
{
    constexpr std::string_view before = "romfs";
    const bool isImage = name.size() == before.size() + 5 && name.starts_with(before) && name.ends_with(".img")
        && name[before.size()] >= '0' && name[before.size()] <= '9';
    return isImage ? std::optional<std::uint32_t>(name[before.size()] - '0') : std::nullopt;
}

bool isFirmware(std::string_view name)
{
    return name.starts_with("firmware") && name.ends_with(".bin");
}

void setRole(BundleFile& file, const boards::Board* board)
{
    file.role = roleByName(file.name);
    file.release = nullptr;
    file.partition = partitionByName(file.name);
    if (file.partition) {
        file.role = boards::Role::Romfs;
    } else if (file.role == boards::Role::Other && isFirmware(file.name)) {
        file.role = boards::Role::Firmware;
    }
    if (!board) {
        return;
    }
    if (const auto release = std::ranges::find(board->files, file.name, &boards::ReleaseFile::fileName);
        release != board->files.end()) {
        file.role = release->role;
        file.release = &*release;
    }
    if (const auto partition = std::ranges::find(board->partitions, file.name, &boards::Partition::fileName);
        partition != board->partitions.end()) {
        file.partition = partition->index;
    }
}

/// The board as boards.json describes it.
BundleBoard described(std::string id, std::vector<BundleFile> files)
{
    const auto* board = boards::BoardTable::known().find(id);
    BundleBoard result{.id = board ? board->id : std::move(id), .board = board, .files = std::move(files)};
    for (auto& file : result.files) {
        setRole(file, board);
    }
    std::ranges::sort(result.files, {}, &BundleFile::name);
    return result;
}

/// True for the files of a board, and not for those of a radio chip.
bool isOfBoard(const std::vector<BundleFile>& files)
{
    return std::ranges::any_of(
        files, [](const BundleFile& file) { return isFirmware(file.name) || partitionByName(file.name); });
}

/// "firmware_OPENMV4.zip" is for OPENMV4.
std::string idInName(const fs::path& path)
{
    constexpr std::string_view before = "firmware_";
    const auto stem = path.stem().string();
    const auto id = stem.starts_with(before) ? stem.substr(before.size()) : std::string();
    return boards::BoardTable::known().find(id) ? id : std::string();
}

} // namespace

const BundleFile* BundleBoard::file(std::string_view name) const
{
    const auto found = std::ranges::find(files, name, &BundleFile::name);
    return found == files.end() ? nullptr : &*found;
}

Result<Bundle> Bundle::open(const fs::path& path, const std::stop_token& stop)
{
    const auto noBundle = fail(ErrorCode::NotFound,
                               std::format("\"{}\" is not a bundle of firmware: it was expected to be a zip with "
                                           "firmware.bin or romfs0.img in it, alone or in a folder for each board.",
                                           shown(path)));
    const archives::Reader reader(path, limits, stop);
    if (const auto isOne = reader.isArchive(); !isOne || !*isOne) {
        return isOne ? noBundle : std::unexpected(isOne.error());
    }
    auto entries = reader.list();
    if (!entries) {
        return std::unexpected(entries.error());
    }
    Bundle bundle;
    bundle.m_path = path;
    std::map<std::string, std::vector<BundleFile>> folders; // "" for what is in none
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const auto& entry = (*entries)[i];
        const auto [names, problem] = parseInnerPath(entry.path);
        const bool isPlain = entry.kind == archives::EntryKind::File && entry.problem.empty() && problem.empty()
            && (names.size() == 1 || names.size() == 2) && entry.size <= largestSnapshot;
        if (!isPlain || isJunk(names.front())) {
            continue;
        }
        auto& files = folders[names.size() == 1 ? std::string() : std::string(names.front())];
        std::erase_if(files, [&](const BundleFile& file) { return file.name == names.back(); }); // the last one counts
        files.push_back({.name = std::string(names.back()), .size = entry.size, .entry = i});
    }
    for (auto& [folder, files] : folders) {
        if (isOfBoard(files)) {
            bundle.m_boards.push_back(described(folder.empty() ? idInName(path) : folder, std::move(files)));
        }
    }
    if (bundle.m_boards.empty()) {
        return noBundle;
    }
    bundle.m_entries = std::move(*entries);
    return bundle;
}

Result<BundleBoard> Bundle::find(std::string_view idOrAlias) const
{
    const auto* board = boards::BoardTable::known().find(idOrAlias);
    const std::string_view id = board ? std::string_view(board->id) : idOrAlias;
    std::string present;
    for (const auto& candidate : m_boards) {
        if (romfs::foldCase(candidate.id) == romfs::foldCase(std::string(id))) {
            return candidate;
        }
        present += (present.empty() ? "" : ", ") + romfs::printable(candidate.id);
    }
    if (m_boards.size() == 1 && m_boards.front().id.empty() && board) {
        return described(board->id, m_boards.front().files);
    }
    return fail(ErrorCode::NotFound,
                std::format("There is nothing for {} in \"{}\"; it is for {}.", romfs::printable(idOrAlias),
                            shown(m_path), present.empty() ? "a board that it does not name" : present));
}

Result<romfs::Content> Bundle::read(const BundleFile& file, const std::stop_token& stop) const
{
    const archives::Reader reader(m_path, limits, stop);
    archives::Unpacked content;
    const auto done = reader.read(m_entries, std::array{file.entry},
                                  [&](std::size_t, archives::Unpacked&& unpacked) { content = std::move(unpacked); });
    if (!done) {
        return std::unexpected(done.error());
    }
    if (!content) {
        return fail(ErrorCode::CannotRead,
                    std::format("{} cannot be read from \"{}\": {}. Download it again.", romfs::printable(file.name),
                                shown(m_path), content.error()));
    }
    return romfs::Content::own(std::move(*content));
}

} // namespace romsmith::sources
