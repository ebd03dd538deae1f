// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/jsonreader.h"

#include <QJsonArray>

#include <algorithm>
#include <charconv>
#include <format>

namespace romsmith::boards {

namespace {

std::string joined(const auto& names)
{
    std::string result;
    for (const auto& name : names) {
        result += result.empty() ? "" : ", ";
        result += name;
    }
    return result;
}

} // namespace

void Complaint::report(std::string_view field, std::string_view problem, ErrorCode code)
{
    if (m_error) {
        return;
    }
    std::string where = m_source;
    if (!m_board.empty()) {
        where += ": " + m_board;
    }
    if (!field.empty()) {
        where += std::format(": {}", field);
    }
    problem = problem.substr(0, problem.find_last_not_of('.') + 1); // some are sentences
    m_error
        = Error{.code = code, .message = std::format("{}: {}. Correct the file and load it again.", where, problem)};
}

Result<void> Complaint::verdict() const
{
    return m_error ? Result<void>(std::unexpected(*m_error)) : Result<void>();
}

std::string describe(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::Undefined:
        return "nothing";
    case QJsonValue::Null:
        return "null";
    case QJsonValue::Bool:
        return value.toBool() ? "true" : "false";
    case QJsonValue::Double:
        // Qt keeps whole numbers exactly, and only those survive toInteger() whatever the default is.
        return value.toInteger(0) == value.toInteger(1) ? std::format("the number {}", value.toInteger())
                                                        : std::format("the number {}", value.toDouble());
    case QJsonValue::String: {
        constexpr qsizetype limit = 60;
        const QString text = value.toString();
        return std::format("the text \"{}{}\"", text.left(limit).toStdString(), text.size() > limit ? "..." : "");
    }
    case QJsonValue::Array:
        return "a list";
    case QJsonValue::Object:
        return "an object";
    }
    return "something else";
}

ObjectReader::ObjectReader(Complaint& complaint, const QJsonValue& value, std::string path)
    : m_complaint(complaint)
    , m_object(value.toObject())
    , m_path(std::move(path))
{
    if (!value.isObject()) {
        expected(m_path, "an object", value);
    }
}

std::string ObjectReader::text(std::string_view key)
{
    return readText(take(key), nameOf(key)).value_or(std::string());
}

std::string ObjectReader::optionalText(std::string_view key)
{
    return skips(key) ? std::string() : text(key);
}

std::optional<std::string> ObjectReader::optionalString(std::string_view key)
{
    const QJsonValue value = take(key);
    if (isAbsent(value)) {
        return std::nullopt;
    }
    if (!value.isString()) {
        expected(nameOf(key), "a text", value);
    }
    return value.toString().toStdString();
}

std::vector<std::string> ObjectReader::optionalTexts(std::string_view key)
{
    std::vector<std::string> result;
    forEach(key, false, [&](const QJsonValue& item, const std::string& name) {
        if (auto text = readText(item, name)) {
            result.push_back(std::move(*text));
        }
    });
    return result;
}

std::optional<std::uint64_t> ObjectReader::nullableNumber(std::string_view key, std::uint64_t minimum,
                                                          std::uint64_t maximum)
{
    const QJsonValue value = take(key);
    return value.isNull() ? std::nullopt : readNumber(value, key, minimum, maximum);
}

std::optional<std::uint64_t> ObjectReader::optionalAddress(std::string_view key)
{
    // Every board has a 32-bit address space.
    const QJsonValue value = take(key);
    return isAbsent(value) ? std::nullopt : readHex(value, key, std::numeric_limits<std::uint32_t>::max());
}

std::vector<UsbId> ObjectReader::optionalUsbIds(std::string_view key)
{
    std::vector<UsbId> result;
    forEach(key, false, [&](const QJsonValue& item, const std::string& name) {
        if (const auto id = UsbId::fromString(item.toString().toStdString())) {
            result.push_back(*id);
        } else {
            expected(name, "a vendor and product id such as \"37C5:1206\"", item);
        }
    });
    return result;
}

bool ObjectReader::flag(std::string_view key)
{
    const QJsonValue value = take(key);
    if (!value.isBool()) {
        expected(nameOf(key), "true or false", value);
    }
    return value.toBool();
}

std::optional<bool> ObjectReader::optionalFlag(std::string_view key)
{
    return skips(key) ? std::nullopt : std::optional(flag(key));
}

bool ObjectReader::optionalObject(std::string_view key, const std::function<void(ObjectReader&)>& read)
{
    const QJsonValue value = take(key);
    if (isAbsent(value)) {
        return false;
    }
    ObjectReader reader(m_complaint, value, nameOf(key));
    read(reader);
    reader.finish();
    return true;
}

void ObjectReader::objects(std::string_view key, const std::function<void(ObjectReader&)>& read)
{
    readObjects(key, true, read);
}

void ObjectReader::values(std::string_view key, const std::function<void(const QJsonValue&)>& read)
{
    forEach(key, true, [&](const QJsonValue& item, const std::string&) { read(item); });
}

void ObjectReader::optionalObjects(std::string_view key, const std::function<void(ObjectReader&)>& read)
{
    readObjects(key, false, read);
}

std::vector<std::string> ObjectReader::keys() const
{
    std::vector<std::string> result;
    for (const QString& key : m_object.keys()) {
        result.push_back(key.toStdString());
    }
    return result;
}

void ObjectReader::report(std::string_view key, std::string_view problem)
{
    m_complaint.report(nameOf(key), problem);
}

void ObjectReader::finish()
{
    for (const std::string& key : keys()) {
        if (std::ranges::find(m_asked, key) == m_asked.end()) {
            m_complaint.report(nameOf(key), std::format("unknown key; expected one of {}", joined(m_asked)));
        }
    }
}

QJsonValue ObjectReader::take(std::string_view key)
{
    if (std::ranges::find(m_asked, key) == m_asked.end()) {
        m_asked.emplace_back(key);
    }
    return m_object.value(QString::fromUtf8(key));
}

std::string ObjectReader::nameOf(std::string_view key) const
{
    return m_path.empty() ? std::string(key) : std::format("{}.{}", m_path, key);
}

void ObjectReader::expected(const std::string& name, std::string_view what, const QJsonValue& found)
{
    m_complaint.report(name, std::format("expected {}, found {}", what, describe(found)));
}

std::optional<std::string> ObjectReader::readText(const QJsonValue& value, const std::string& name)
{
    if (!value.isString() || value.toString().isEmpty()) {
        expected(name, "a text that is not empty", value);
        return std::nullopt;
    }
    return value.toString().toStdString();
}

std::optional<std::uint64_t> ObjectReader::readNumber(const QJsonValue& value, std::string_view key,
                                                      std::uint64_t minimum, std::uint64_t maximum)
{
    const qint64 number = value.toInteger(-1);
    if (number < 0 || std::cmp_less(number, minimum) || std::cmp_greater(number, maximum)) {
        expected(nameOf(key), std::format("a whole number from {} to {}", minimum, maximum), value);
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(number);
}

std::optional<std::uint64_t> ObjectReader::readHex(const QJsonValue& value, std::string_view key, std::uint64_t maximum)
{
    const std::string text = value.toString().toStdString();
    std::uint64_t number = 0;
    if (text.starts_with("0x") && text.size() > 2) {
        const char* end = text.data() + text.size();
        const auto [last, error] = std::from_chars(text.data() + 2, end, number, 16);
        if (error == std::errc() && last == end && number <= maximum) {
            return number;
        }
    }
    expected(nameOf(key), std::format(R"(a text from "0x0" to "0x{:X}")", maximum), value);
    return std::nullopt;
}

std::optional<std::size_t> ObjectReader::pick(const QJsonValue& value, const std::string& name,
                                              const std::vector<std::string_view>& names)
{
    const std::string text = value.toString().toStdString();
    const auto it = std::ranges::find(names, std::string_view(text));
    if (it == names.end()) {
        expected(name, "one of " + joined(names), value);
        return std::nullopt;
    }
    return static_cast<std::size_t>(it - names.begin());
}

void ObjectReader::forEach(std::string_view key, bool required,
                           const std::function<void(const QJsonValue&, const std::string&)>& read)
{
    const QJsonValue value = take(key);
    if (!required && isAbsent(value)) {
        return;
    }
    if (!value.isArray()) {
        expected(nameOf(key), "a list", value);
        return;
    }
    const QJsonArray items = value.toArray();
    for (qsizetype i = 0; i < items.size(); ++i) {
        read(items.at(i), std::format("{}[{}]", nameOf(key), i));
    }
}

void ObjectReader::readObjects(std::string_view key, bool required, const std::function<void(ObjectReader&)>& read)
{
    forEach(key, required, [&](const QJsonValue& item, const std::string& name) {
        ObjectReader reader(m_complaint, item, name);
        read(reader);
        reader.finish();
    });
}

} // namespace romsmith::boards
