// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/boardtable.h"

#include "core/boards/boardparser.h"
#include "core/boards/jsonreader.h"

#include <QByteArray>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QStandardPaths>

#include <algorithm>
#include <format>
#include <map>
#include <string>
#include <utility>

namespace romsmith::boards {

namespace {

constexpr int schemaVersion = 1;
/// A hand-written table of every board there is stays far below this.
constexpr qint64 largestFile = qint64{4} * 1024 * 1024;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
    return result;
}

bool sameName(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, [](char c) { return lower(c); }, [](char c) { return lower(c); });
}

/// Every id and alias leads to one board only.
Result<void> checkNames(const std::vector<Board>& boards)
{
    std::map<std::string, std::string> owners;
    for (const Board& board : boards) {
        std::vector<std::string> names = board.aliases;
        names.insert(names.begin(), board.id);
        for (const std::string& name : names) {
            const auto [it, isNew] = owners.emplace(lower(name), board.id);
            if (!isNew) {
                return fail(
                    ErrorCode::AlreadyExists,
                    std::format("board {}: the name {} is already used by board {}. Give it another id or alias.",
                                board.id, name, it->second));
            }
        }
    }
    return {};
}

std::string position(QByteArrayView json, int offset)
{
    const QByteArrayView before = json.first(std::clamp<qsizetype>(offset, 0, json.size()));
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column = before.size() - (before.lastIndexOf('\n') + 1) + 1;
    return std::format("line {}, column {}", line, column);
}

Result<QByteArray> readFile(const std::filesystem::path& path)
{
    QFile file(path);
    const std::string name = file.fileName().toStdString();
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(ErrorCode::CannotRead,
                    std::format("Cannot read the board file {}: {}.", name, file.errorString().toStdString()));
    }
    QByteArray content = file.read(largestFile + 1);
    if (file.error() != QFileDevice::NoError) {
        return fail(ErrorCode::CannotRead,
                    std::format("Cannot read the board file {}: {}.", name, file.errorString().toStdString()));
    }
    if (content.size() > largestFile) {
        return fail(ErrorCode::TooLarge,
                    std::format("{}: a board file has at most {} bytes. Is this the right file?", name, largestFile));
    }
    return content;
}

} // namespace

Result<BoardTable> BoardTable::parse(std::span<const std::byte> json, std::string_view sourceName)
{
    const QByteArrayView text(json);
    QJsonParseError syntax;
    const QJsonDocument document = QJsonDocument::fromJson(text.toByteArray(), &syntax);
    Complaint complaint(sourceName);
    if (syntax.error != QJsonParseError::NoError) {
        complaint.report(position(text, syntax.offset),
                         std::format("expected JSON, found: {}", syntax.errorString().toStdString()));
        return std::unexpected(complaint.verdict().error());
    }

    BoardTable table;
    const QJsonValue root = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    ObjectReader object(complaint, root, {});
    object.number("schemaVersion", schemaVersion, schemaVersion);
    std::size_t count = 0;
    object.values("boards",
                  [&](const QJsonValue& value) { table.m_boards.push_back(readBoard(complaint, value, count++)); });
    complaint.setBoard({});
    object.finish();
    if (const auto verdict = complaint.verdict(); !verdict) {
        return std::unexpected(verdict.error());
    }
    if (auto names = checkNames(table.m_boards); !names) {
        return fail(names.error().code, std::format("{}: {}", sourceName, names.error().message));
    }
    return table;
}

const BoardTable& BoardTable::builtIn()
{
    static const BoardTable table = [] {
        const auto content = readFile(":/romsmith/boards.json");
        auto parsed = content.and_then(
            [](const QByteArray& json) { return parse(std::as_bytes(std::span(json)), "boards.json"); });
        if (!parsed) {
            qFatal("%s", parsed.error().message.c_str());
        }
        return std::move(*parsed);
    }();
    return table;
}

namespace {

struct KnownBoards
{
    KnownBoards()
        : table(BoardTable::builtIn())
    {
        const auto path
            = QStandardPaths::locate(QStandardPaths::GenericConfigLocation, QStringLiteral("romsmith/boards.json"));
        if (path.isEmpty()) {
            return;
        }
        if (auto read = BoardTable::withUserFile(path.toStdU16String())) {
            table = std::move(*read);
        } else {
            problem = {.code = read.error().code,
                       .message = std::format("{}: {} Only the built-in boards are known until it is mended.",
                                              path.toStdString(), read.error().message)};
        }
    }

    BoardTable table;
    std::optional<Error> problem;
};

const KnownBoards& knownBoards()
{
    static const KnownBoards boards;
    return boards;
}

} // namespace

const BoardTable& BoardTable::known()
{
    return knownBoards().table;
}

const std::optional<Error>& BoardTable::userFileProblem()
{
    return knownBoards().problem;
}

Result<BoardTable> BoardTable::withUserFile(const std::filesystem::path& path)
{
    const auto content = readFile(path);
    if (!content) {
        return std::unexpected(content.error());
    }
    const std::string name = QFile(path).fileName().toStdString();
    auto own = parse(std::as_bytes(std::span(*content)), name);
    if (!own) {
        return own;
    }
    BoardTable table = builtIn();
    if (auto merged = table.merge(std::move(*own)); !merged) {
        return fail(merged.error().code, std::format("{}: {}", name, merged.error().message));
    }
    return table;
}

const Board* BoardTable::find(std::string_view idOrAlias) const
{
    const auto answers = [&](const Board& board) {
        return sameName(board.id, idOrAlias)
            || std::ranges::any_of(board.aliases, [&](const std::string& alias) { return sameName(alias, idOrAlias); });
    };
    const auto it = std::ranges::find_if(m_boards, answers);
    return it == m_boards.end() ? nullptr : &*it;
}

std::vector<UsbMatch> BoardTable::findByUsbId(UsbId id) const
{
    std::vector<UsbMatch> result;
    std::vector<UsbMatch> legacy;
    for (const Board& board : m_boards) {
        if (std::ranges::contains(board.usb.application, id)) {
            result.push_back({.board = &board, .mode = UsbMode::Application});
        }
        if (std::ranges::contains(board.usb.bootloader, id)) {
            result.push_back({.board = &board, .mode = UsbMode::Bootloader});
        }
        if (std::ranges::contains(board.usb.applicationLegacy, id)) {
            legacy.push_back({.board = &board, .mode = UsbMode::ApplicationLegacy});
        }
    }
    result.insert(result.end(), legacy.begin(), legacy.end());
    return result;
}

Result<void> BoardTable::merge(BoardTable other)
{
    std::vector<Board> boards = m_boards;
    for (Board& board : other.m_boards) {
        const auto it = std::ranges::find_if(boards, [&](const Board& known) { return sameName(known.id, board.id); });
        if (it == boards.end()) {
            boards.push_back(std::move(board));
        } else {
            *it = std::move(board);
        }
    }
    if (auto names = checkNames(boards); !names) {
        return names;
    }
    m_boards = std::move(boards);
    return {};
}

} // namespace romsmith::boards
