// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/boards/board.h"
#include "core/error.h"

#include <QJsonObject>
#include <QJsonValue>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace romsmith::boards {

/// Keeps the first thing that was wrong with a document. Whoever reads goes on as if nothing had happened and asks
/// once, at the end.
class Complaint
{
public:
    explicit Complaint(std::string_view sourceName)
        : m_source(sourceName)
    { }

    /// The board that later complaints are about.
    void setBoard(std::string board) { m_board = std::move(board); }

    void report(std::string_view field, std::string_view problem, ErrorCode code = ErrorCode::InvalidArgument);

    Result<void> verdict() const;

private:
    std::string m_source;
    std::string m_board;
    std::optional<Error> m_error;
};

/// "the text "24M"", "nothing", ... for the end of a message.
std::string describe(const QJsonValue& value);

/// Reads one JSON object strictly: a key that is missing, of the wrong type or out of range is a complaint, and so is a
/// key that nobody asked for. An optional key may be absent or null.
class ObjectReader
{
public:
    /// The path is how the object is called in complaints; empty for the board itself.
    ObjectReader(Complaint& complaint, const QJsonValue& value, std::string path);

    template <typename E> using Choices = std::vector<std::pair<std::string_view, E>>;

    /// A text that is not empty.
    std::string text(std::string_view key);
    std::string optionalText(std::string_view key);
    std::vector<std::string> optionalTexts(std::string_view key);
    std::optional<std::string> optionalString(std::string_view key); ///< a text that may be empty

    template <typename T = std::uint32_t>
    T number(std::string_view key, std::uint64_t minimum = 0, std::uint64_t maximum = std::numeric_limits<T>::max())
    {
        return static_cast<T>(readNumber(take(key), key, minimum, maximum).value_or(minimum));
    }

    template <typename T = std::uint32_t>
    std::optional<T> optionalNumber(std::string_view key, std::uint64_t minimum = 0,
                                    std::uint64_t maximum = std::numeric_limits<T>::max())
    {
        return skips(key) ? std::nullopt : std::optional(number<T>(key, minimum, maximum));
    }

    /// A number or null, but not absent.
    std::optional<std::uint64_t> nullableNumber(std::string_view key, std::uint64_t minimum, std::uint64_t maximum);

    /// A text such as "0x70800000".
    template <typename T = std::uint64_t> T hex(std::string_view key)
    {
        return static_cast<T>(readHex(take(key), key, std::numeric_limits<T>::max()).value_or(0));
    }

    std::optional<std::uint64_t> optionalAddress(std::string_view key);
    std::vector<UsbId> optionalUsbIds(std::string_view key);

    bool flag(std::string_view key);
    bool optionalFlag(std::string_view key, bool otherwise) { return optionalFlag(key).value_or(otherwise); }
    std::optional<bool> optionalFlag(std::string_view key);

    template <typename E> E choice(std::string_view key, const Choices<E>& choices)
    {
        return choices[pick(take(key), nameOf(key), namesOf(choices)).value_or(0)].second;
    }

    template <typename E> E optionalChoice(std::string_view key, const Choices<E>& choices, E otherwise)
    {
        return skips(key) ? otherwise : choice(key, choices);
    }

    template <typename E> std::vector<E> optionalChoices(std::string_view key, const Choices<E>& choices)
    {
        std::vector<E> result;
        forEach(key, false, [&](const QJsonValue& item, const std::string& itemName) {
            if (const auto index = pick(item, itemName, namesOf(choices))) {
                result.push_back(choices[*index].second);
            }
        });
        return result;
    }

    /// Calls read for the object behind the key, then checks that it had no other keys. False: there is none.
    bool optionalObject(std::string_view key, const std::function<void(ObjectReader&)>& read);
    void objects(std::string_view key, const std::function<void(ObjectReader&)>& read);
    /// The members of a required list, whatever they are.
    void values(std::string_view key, const std::function<void(const QJsonValue&)>& read);
    void optionalObjects(std::string_view key, const std::function<void(ObjectReader&)>& read);

    /// For an object whose keys are data.
    std::vector<std::string> keys() const;

    void report(std::string_view key, std::string_view problem);

    /// Complains about keys that nobody asked for.
    void finish();

private:
    static bool isAbsent(const QJsonValue& value) { return value.isUndefined() || value.isNull(); }

    template <typename E> static std::vector<std::string_view> namesOf(const Choices<E>& choices)
    {
        std::vector<std::string_view> names;
        for (const auto& [name, value] : choices) {
            names.push_back(name);
        }
        return names;
    }

    QJsonValue take(std::string_view key);
    /// True for an optional key that is absent.
    bool skips(std::string_view key) { return isAbsent(take(key)); }
    std::string nameOf(std::string_view key) const;
    void expected(const std::string& name, std::string_view what, const QJsonValue& found);
    std::optional<std::string> readText(const QJsonValue& value, const std::string& name);
    std::optional<std::uint64_t> readNumber(const QJsonValue& value, std::string_view key, std::uint64_t minimum,
                                            std::uint64_t maximum);
    std::optional<std::uint64_t> readHex(const QJsonValue& value, std::string_view key, std::uint64_t maximum);
    std::optional<std::size_t> pick(const QJsonValue& value, const std::string& name,
                                    const std::vector<std::string_view>& names);
    void forEach(std::string_view key, bool required,
                 const std::function<void(const QJsonValue&, const std::string&)>& read);
    void readObjects(std::string_view key, bool required, const std::function<void(ObjectReader&)>& read);

    Complaint& m_complaint;
    QJsonObject m_object;
    std::string m_path;
    std::vector<std::string> m_asked;
};

} // namespace romsmith::boards
