// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe.h"

#include "core/boards/boardtable.h"
#include "core/boards/jsonreader.h"
#include "core/romfs/names.h"
#include "core/sources/qtbytes.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QStringDecoder>

#include <algorithm>
#include <format>
#include <ranges>

namespace romsmith::recipe {
namespace {

using boards::ObjectReader;

constexpr int formatVersion = 1;
constexpr std::string_view others = "*"; ///< the rule for all other extensions

const ObjectReader::Choices<romfs::Style> styles{{"openmv", romfs::Style::OpenMv}, {"compact", romfs::Style::Compact}};

void readTarget(ObjectReader& reader, Recipe& recipe, const std::optional<build::Target>& instead)
{
    const auto id = reader.optionalText("board");
    recipe.partition = reader.optionalNumber("partition");
    const auto partition = recipe.partition.value_or(0);
    if (instead || id.empty()) {
        recipe.options.target = instead.value_or(build::Target());
        return;
    }
    const auto* board = boards::BoardTable::known().find(id);
    if (!board) {
        reader.report("board", std::format("\"{}\" is not a board that this computer knows", romfs::printable(id)));
    } else if (!board->partition(partition)) {
        reader.report("partition", std::format("{} has no ROMFS partition {}", board->name, partition));
    } else {
        recipe.options.target = build::Target(*board, partition);
    }
}

std::optional<std::uint32_t> readAlignment(ObjectReader& reader, std::string_view key)
{
    const auto alignment = reader.optionalNumber(key, 1, romfs::maxAlignment);
    if (alignment && !tree::isValidAlignment(*alignment)) {
        reader.report(key, std::format("{} is not a power of two", *alignment));
        return {};
    }
    return alignment;
}

void readRules(ObjectReader& reader, tree::RuleChanges& changes)
{
    reader.optionalObject("align", [&](ObjectReader& rules) {
        for (const auto& extension : rules.keys()) {
            const auto alignment = readAlignment(rules, extension);
            if (extension == others) {
                changes.otherwise = alignment;
            } else {
                changes.byExtension.insert_or_assign(romfs::foldCase(extension), alignment);
            }
        }
    });
}

/// Complains about a path that no image can have.
void checkPath(ObjectReader& reader, std::string_view path)
{
    std::size_t depth = 0;
    for (const auto part : path | std::views::split('/')) {
        ++depth;
        const auto problems = romfs::checkName(std::string_view(part));
        const auto worst = std::ranges::find(problems, romfs::Severity::Error, &romfs::NameProblem::severity);
        if (worst != problems.end()) {
            reader.report("path", std::format("\"{}\": {}", romfs::printable(path), worst->reason));
        }
    }
    if (depth > romfs::maxDepth) {
        reader.report("path", std::format("folders are nested {} deep, and {} is the most", depth, romfs::maxDepth));
    }
}

std::optional<romfs::Content> readBase64(ObjectReader& reader, std::string_view key)
{
    const auto text = reader.optionalText(key);
    if (text.empty()) {
        return {};
    }
    const auto decoded = QByteArray::fromBase64Encoding(
        QByteArray::fromStdString(text), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded) {
        reader.report(key, "it is not base64");
        return {};
    }
    return sources::toContent(*decoded);
}

void readContent(ObjectReader& reader, Item& item)
{
    int given = item.from.empty() ? 0 : 1;
    if (const auto text = reader.optionalString("text")) {
        item.content = sources::toContent(QByteArray::fromStdString(*text));
        ++given;
    }
    if (auto bytes = readBase64(reader, "base64")) {
        item.content = std::move(bytes);
        ++given;
    }
    if (auto records = readBase64(reader, "records")) {
        item.content = std::move(records);
        item.isRecords = true;
        ++given;
    }
    if (given > 1) {
        reader.report("path", "it has more than one of from, text, base64 and records");
    }
    if (item.content && item.isFolder && !item.isRecords) {
        reader.report("path", "a folder has no content of its own");
    }
}

Item readItem(ObjectReader& reader)
{
    Item item;
    item.path = reader.optionalText("path");
    item.isFolder = item.path.empty() || item.path.ends_with('/');
    if (item.path.ends_with('/')) {
        item.path.pop_back();
    }
    if (!item.path.empty()) {
        checkPath(reader, item.path);
    }
    item.from = reader.optionalText("from");
    item.includes = reader.optionalTexts("include");
    item.excludes = reader.optionalTexts("exclude");
    item.order = reader.optionalTexts("order");
    item.align = readAlignment(reader, "align");
    item.compile = reader.optionalFlag("compile");
    readContent(reader, item);
    if (!item.isFolder && (!item.includes.empty() || !item.excludes.empty() || !item.order.empty())) {
        reader.report("path", "include, exclude and order are for folders, which are written with a slash at the end");
    }
    const bool mayBeFile = item.path.empty() && !item.from.empty(); // that goes by its own name
    if (item.isFolder && !mayBeFile && item.align) {
        reader.report("align", "is for files; \"align\" at the top of a recipe is for all files of a kind");
    }
    return item;
}

QByteArray quoted(const QJsonValue& value)
{
    const auto list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

/// The members of one object in the order of a reader's interest, which QJsonObject does not keep.
class Members
{
public:
    void add(std::string_view key, const QByteArray& json) { m_members.append(quotedKey(key) + ": " + json); }
    void add(std::string_view key, const QJsonValue& value) { add(key, quoted(value)); }
    void add(std::string_view key, const std::string& text) { add(key, QJsonValue(QString::fromStdString(text))); }
    void add(std::string_view key, const std::vector<std::string>& texts)
    {
        QByteArrayList list;
        for (const auto& text : texts) {
            list.append(quoted(QString::fromStdString(text)));
        }
        if (!list.isEmpty()) {
            add(key, "[" + list.join(", ") + "]");
        }
    }

    QByteArray onOneLine() const { return "{" + m_members.join(", ") + "}"; }
    QByteArray onLines() const { return "{\n    " + m_members.join(",\n    ") + "\n}\n"; }

private:
    static QByteArray quotedKey(std::string_view key) { return quoted(QString::fromUtf8(key)); }

    QByteArrayList m_members;
};

/// As it is, if a person could have typed it.
std::optional<QString> asText(romfs::Bytes bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())));
    const bool isTyped = std::ranges::all_of(text, [](QChar c) { return c.isPrint() || c == u'\n' || c == u'\t'; });
    return decoder.hasError() || !isTyped ? std::nullopt : std::optional(text);
}

QByteArray base64(romfs::Bytes bytes)
{
    return QByteArrayView(bytes.data(), static_cast<qsizetype>(bytes.size())).toByteArray().toBase64();
}

QByteArray toJson(const Item& item)
{
    Members members;
    if (!item.path.empty()) {
        members.add("path", item.path + (item.isFolder ? "/" : ""));
    }
    if (!item.from.empty()) {
        members.add("from", item.from);
    }
    members.add("include", item.includes);
    members.add("exclude", item.excludes);
    members.add("order", item.order);
    if (item.align) {
        members.add("align", QJsonValue(static_cast<qint64>(*item.align)));
    }
    if (item.compile) {
        members.add("compile", QJsonValue(*item.compile));
    }
    if (item.content) {
        const auto bytes = item.content->bytes();
        if (const auto text = asText(bytes); text && !item.isRecords) {
            members.add("text", QJsonValue(*text));
        } else {
            members.add(item.isRecords ? "records" : "base64", QJsonValue(QString::fromLatin1(base64(bytes))));
        }
    }
    return members.onOneLine();
}

QByteArray toJson(const tree::RuleChanges& changes)
{
    Members members;
    for (const auto& [extension, alignment] : changes.byExtension) {
        members.add(extension, alignment ? QJsonValue(static_cast<qint64>(*alignment)) : QJsonValue(QJsonValue::Null));
    }
    if (changes.otherwise) {
        members.add(others, QJsonValue(static_cast<qint64>(*changes.otherwise)));
    }
    return members.onOneLine();
}

} // namespace

std::filesystem::path companionFolder(const std::filesystem::path& recipe)
{
    return std::filesystem::path(recipe).replace_extension(".files");
}

Result<Recipe> parse(const QByteArray& json, std::string_view name, const std::optional<build::Target>& instead)
{
    const auto unreadable = [](const boards::Complaint& complaint) {
        return fail(ErrorCode::CannotRead, complaint.verdict().error().message);
    };
    boards::Complaint complaint(name);
    QJsonParseError error;
    const auto document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        const auto line = json.first(std::min<qsizetype>(error.offset, json.size())).count('\n') + 1;
        complaint.report({}, std::format("line {}: {}", line, error.errorString().toStdString()));
        return unreadable(complaint);
    }
    if (!document.isObject() || !document.object().contains(QLatin1String("romsmith"))) {
        complaint.report({}, "this is no recipe: it has no member \"romsmith\" with a version");
        return unreadable(complaint);
    }
    ObjectReader reader(complaint, document.object(), {});
    if (const auto version = reader.number("romsmith"); version > formatVersion) {
        reader.report("romsmith",
                      std::format("version {} is newer than this program, which knows {}", version, formatVersion));
    }
    Recipe recipe;
    readTarget(reader, recipe, instead);
    recipe.options.style = reader.optionalChoice("layout", styles, romfs::Style::OpenMv);
    reader.optionalObject("python", [&](ObjectReader& python) {
        recipe.options.python.compile = python.optionalFlag("compile", true);
        recipe.options.python.optimization = python.optionalNumber<std::uint8_t>("optimization", 0, 3).value_or(0);
    });
    readRules(reader, recipe.options.ruleChanges);
    reader.optionalObjects("files", [&](ObjectReader& item) { recipe.items.push_back(readItem(item)); });
    reader.finish();
    return complaint.verdict() ? Result<Recipe>(std::move(recipe)) : unreadable(complaint);
}

QByteArray toJson(const Recipe& recipe)
{
    Members members;
    members.add("romsmith", QJsonValue(formatVersion));
    const auto& options = recipe.options;
    if (const auto* board = options.target.board()) {
        members.add("board", board->id);
        members.add("partition", QJsonValue(static_cast<qint64>(options.target.partition()->index)));
    }
    members.add("layout", std::string(std::ranges::find(styles, options.style, [](const auto& choice) {
                                          return choice.second;
                                      })->first));
    Members python;
    python.add("compile", QJsonValue(options.python.compile));
    python.add("optimization", QJsonValue(options.python.optimization));
    members.add("python", python.onOneLine());
    if (options.ruleChanges != tree::RuleChanges()) {
        members.add("align", toJson(options.ruleChanges));
    }
    QByteArrayList items;
    for (const auto& item : recipe.items) {
        items.append("        " + toJson(item));
    }
    members.add("files", items.isEmpty() ? QByteArray("[]") : "[\n" + items.join(",\n") + "\n    ]");
    return members.onLines();
}

} // namespace romsmith::recipe
