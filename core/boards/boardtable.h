// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace romsmith::boards {

enum class UsbMode : std::uint8_t { Application, ApplicationLegacy, Bootloader };

struct UsbMatch
{
    const Board* board; ///< lives as long as the table
    UsbMode mode;
};

/// The boards that the program knows: the built-in ones, and those of a file that the user wrote.
class BoardTable
{
public:
    /// Reads the format of resources/boards.md. Every key, type and range is checked; an error (InvalidArgument, or
    /// AlreadyExists for an id or alias used twice) names sourceName, the board, the field, what was expected and
    /// what was found.
    static Result<BoardTable> parse(std::span<const std::byte> json, std::string_view sourceName);

    static const BoardTable& builtIn();

    /// The built-in boards together with those of romsmith/boards.json in the user's configuration folder, if there is
    /// one; read once. A file that cannot be used leaves the built-in ones.
    static const BoardTable& known();
    static const std::optional<Error>& userFileProblem();

    /// The built-in boards, with those of a user's file added or put in their place.
    static Result<BoardTable> withUserFile(const std::filesystem::path& path);

    const std::vector<Board>& boards() const { return m_boards; }

    /// By id or alias, in any case; nullptr if there is none.
    const Board* find(std::string_view idOrAlias) const;

    /// Every board that may show this id, certain matches first. Several boards share the legacy ids.
    std::vector<UsbMatch> findByUsbId(UsbId id) const;

    /// Adds the other table's boards; one with a known id takes the place of the old one. Fails with AlreadyExists, and
    /// changes nothing, if two boards would then answer to the same name.
    Result<void> merge(BoardTable other);

private:
    std::vector<Board> m_boards;
};

} // namespace romsmith::boards
