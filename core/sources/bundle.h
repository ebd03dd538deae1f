// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/romfs/content.h"
#include "core/sources/archivereader.h"

#include <optional>

/// The archives that OpenMV releases firmware in: a folder for each board, or the files of one board.
namespace romsmith::sources {

struct BundleFile
{
    std::string name;
    std::uint64_t size = 0; ///< bytes
    boards::Role role = boards::Role::Other;
    std::optional<std::uint32_t> partition = {}; ///< of a ROMFS image
    const boards::ReleaseFile* release = nullptr; ///< how it is flashed; null for what an update leaves alone
    std::size_t entry = 0; ///< number in the archive
};

struct BundleBoard
{
    std::string id; ///< target name of the firmware; empty if nothing says which
    const boards::Board* board = nullptr; ///< null: not known
    std::vector<BundleFile> files; ///< in the order of their names

    [[nodiscard]] const BundleFile* file(std::string_view name) const;
};

/// A bundle that was looked into. Nothing in it is unpacked before it is asked for.
class Bundle
{
public:
    /// Fails with ErrorCode::NotFound for an archive that is no bundle.
    [[nodiscard]] static Result<Bundle> open(const std::filesystem::path& path, const std::stop_token& stop = {});

    [[nodiscard]] const std::vector<BundleBoard>& boards() const { return m_boards; }

    /// By id or alias, in any case. The only board of a bundle that does not name it is whichever is asked for.
    [[nodiscard]] Result<BundleBoard> find(std::string_view idOrAlias) const;

    [[nodiscard]] Result<romfs::Content> read(const BundleFile& file, const std::stop_token& stop = {}) const;

private:
    std::filesystem::path m_path;
    std::vector<archives::Entry> m_entries;
    std::vector<BundleBoard> m_boards;
};

} // namespace romsmith::sources
