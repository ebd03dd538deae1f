// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/prettyjson.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace romsmith::inspect {
namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Lays out JSON that is known to be valid.
class Printer
{
public:
    std::string print(std::string_view json, std::size_t most)
    {
        for (std::size_t i = 0; i < json.size() && m_pretty.size() <= most; ++i) {
            if (json[i] == '"') {
                const auto end = endOfString(json, i);
                m_pretty += json.substr(i, end - i);
                i = end - 1;
            } else if (!isSpace(json[i])) {
                put(json[i], nextToken(json, i + 1));
            }
        }
        m_pretty += '\n';
        return std::move(m_pretty);
    }

private:
    static std::size_t endOfString(std::string_view json, std::size_t quote)
    {
        auto i = quote + 1;
        while (json[i] != '"') {
            i += json[i] == '\\' ? 2U : 1U;
        }
        return i + 1;
    }

    static char nextToken(std::string_view json, std::size_t from)
    {
        const auto* next = std::find_if_not(json.begin() + from, json.end(), isSpace);
        return next == json.end() ? '\0' : *next;
    }

    void put(char c, char next)
    {
        const bool opens = c == '[' || c == '{';
        const bool closes = c == ']' || c == '}';
        if (closes && m_depth > 0) {
            --m_depth;
        }
        if (closes && !m_isEmpty) {
            newLine();
        }
        m_pretty += c;
        m_isEmpty = opens && (next == ']' || next == '}');
        if (opens) {
            ++m_depth;
        }
        if ((opens && !m_isEmpty) || c == ',') {
            newLine();
        } else if (c == ':') {
            m_pretty += ' ';
        }
    }

    void newLine()
    {
        m_pretty += '\n';
        m_pretty.append(m_depth * 2, ' ');
    }

    std::string m_pretty;
    std::size_t m_depth = 0;
    bool m_isEmpty = false;
};

JsonProblem problemAt(std::string_view json, std::size_t offset, const QString& message)
{
    const auto before = json.substr(0, std::min(offset, json.size()));
    const auto lineStart = before.rfind('\n') + 1; // npos + 1 is 0
    const auto line = std::ranges::count(before, '\n') + 1;
    const auto column = std::ranges::count_if(before.substr(lineStart),
                                              [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; })
        + 1;
    return {.message = message.toStdString(),
            .line = static_cast<std::size_t>(line),
            .column = static_cast<std::size_t>(column)};
}

/// Qt wants an array or an object at the top; JSON itself also knows a single value.
bool isSingleValue(std::string_view json)
{
    const auto first = std::ranges::find_if_not(json, isSpace);
    if (first == json.end() || *first == '[' || *first == '{') {
        return false;
    }
    const auto wrapped
        = QJsonDocument::fromJson(QByteArray("[").append(json.data(), static_cast<qsizetype>(json.size())).append("]"));
    return wrapped.array().size() == 1;
}

} // namespace

std::expected<std::string, JsonProblem> prettyJson(std::string_view json, std::size_t most)
{
    constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
    json.remove_prefix(json.starts_with(byteOrderMark) ? byteOrderMark.size() : 0);
    QJsonParseError error;
    const auto document
        = QJsonDocument::fromJson(QByteArray::fromRawData(json.data(), static_cast<qsizetype>(json.size())), &error);
    if (document.isNull() && !isSingleValue(json)) {
        return std::unexpected(problemAt(json, static_cast<std::size_t>(error.offset), error.errorString()));
    }
    return Printer().print(json, most);
}

} // namespace romsmith::inspect
