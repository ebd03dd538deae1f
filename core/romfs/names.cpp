// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/romfs/names.h"

#include <algorithm>
#include <array>
#include <format>

namespace romsmith::romfs {
namespace {

bool isControl(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Marks that turn text around them, such as U+202E: with them a name can pretend to be another one.
bool isBidiMark(std::string_view sequence)
{
    using namespace std::string_view_literals;
    constexpr std::array marks{"\xd8\x9c"sv,     "\xe2\x80\x8e"sv, "\xe2\x80\x8f"sv, "\xe2\x80\xaa"sv,
                               "\xe2\x80\xab"sv, "\xe2\x80\xac"sv, "\xe2\x80\xad"sv, "\xe2\x80\xae"sv,
                               "\xe2\x81\xa6"sv, "\xe2\x81\xa7"sv, "\xe2\x81\xa8"sv, "\xe2\x81\xa9"sv};
    return std::ranges::contains(marks, sequence);
}

bool hasBidiMark(std::string_view name)
{
    while (!name.empty()) {
        const auto length = std::max<std::size_t>(utf8Sequence(name), 1);
        if (isBidiMark(name.substr(0, length))) {
            return true;
        }
        name.remove_prefix(length);
    }
    return false;
}

/// As nearly all names are: nothing can be wrong with it.
bool isPlain(std::string_view name)
{
    return !name.empty() && name.size() <= longestName && name.front() != '.' && name.front() != ' '
        && name.back() != ' '
        && std::ranges::all_of(name, [](char c) { return c >= 0x20 && c < 0x7f && c != '/' && c != '\\'; });
}

} // namespace

std::size_t utf8Sequence(std::string_view text)
{
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto continues = [&](std::size_t i) { return (at(i) & 0xc0U) == 0x80U; };
    const auto first = at(0);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        return continues(1) ? 2 : 0;
    }
    if (first >= 0xe0 && first <= 0xef) {
        const bool valid = (first != 0xe0 || at(1) >= 0xa0) && (first != 0xed || at(1) <= 0x9f);
        return valid && continues(1) && continues(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool valid = (first != 0xf0 || at(1) >= 0x90) && (first != 0xf4 || at(1) <= 0x8f);
        return valid && continues(1) && continues(2) && continues(3) ? 4 : 0;
    }
    return 0;
}

std::vector<NameProblem> checkName(std::string_view name)
{
    if (isPlain(name)) {
        return {};
    }
    std::vector<NameProblem> problems;
    const auto add = [&](Severity severity, std::string_view code, std::string reason) {
        problems.push_back({.severity = severity, .code = code, .reason = std::move(reason)});
    };
    if (name.empty()) {
        add(Severity::Error, "name-empty", "The name is empty: the device lists it but cannot open it.");
        return problems;
    }
    if (name == "." || name == "..") {
        add(Severity::Error, "name-dots",
            "A file or folder cannot be called \".\" or \"..\": the device cannot open it, and tools that extract it "
            "would "
            "write somewhere else.");
    }
    if (name.contains('/')) {
        add(Severity::Error, "name-slash",
            "The name contains \"/\", which separates folders: the device opens whatever comes first under that path.");
    }
    if (name.contains('\0')) {
        add(Severity::Error, "name-nul", "The name contains a NUL character, which ends a name in most programs.");
    }
    if (name.size() > longestName) {
        add(Severity::Error, "name-long",
            std::format("The name takes {} bytes, and {} is the most that computers' file systems hold.", name.size(),
                        longestName));
    }
    if (!isUtf8(name)) {
        add(Severity::Error, "name-not-utf8",
            "The name is not valid UTF-8: os.listdir() on the device stops with UnicodeError at it.");
    } else if (std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
        add(Severity::Warning, "name-not-ascii",
            "The name is not plain ASCII. The device reads it; mpremote refuses to build it, and OpenMV IDE turns it "
            "into \"?\".");
    }
    if (hasBidiMark(name)) {
        add(Severity::Warning, "name-turned-around",
            "The name contains a mark that turns the text around it: it may look like another name.");
    }
    if (name.front() == ' ' || name.back() == ' ') {
        add(Severity::Warning, "name-blank",
            "The name begins or ends with a blank, which nobody sees who has to write it.");
    }
    if (name.contains('\\') || std::ranges::any_of(name, [](char c) { return c != '\0' && isControl(c); })) {
        add(Severity::Warning, "name-unprintable",
            "The name contains a backslash or a control character. The device reads it; other tools and computers may "
            "not.");
    }
    return problems;
}

bool isUtf8(std::string_view text)
{
    while (!text.empty()) {
        const auto length = utf8Sequence(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view name)
{
    std::string shown;
    while (!name.empty()) {
        const auto length = utf8Sequence(name);
        if (length == 0 || isControl(name.front())) {
            shown += std::format("\\x{:02x}", static_cast<unsigned char>(name.front()));
        } else if (isBidiMark(name.substr(0, length))) {
            for (const char c : name.substr(0, length)) {
                shown += std::format("\\x{:02x}", static_cast<unsigned char>(c));
            }
        } else {
            shown += name.substr(0, length);
        }
        name.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return shown;
}

std::string foldCase(std::string_view name)
{
    std::string folded(name);
    std::ranges::transform(folded, folded.begin(), lower);
    return folded;
}

bool isSameFolded(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::size_t hashFolded(std::string_view name)
{
    std::size_t hash = 0xcbf29ce484222325; // FNV-1a
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(lower(c))) * 0x100000001b3;
    }
    return hash;
}

std::string extensionOf(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string() : foldCase(name.substr(dot + 1));
}

bool hasExtension(std::string_view name, std::string_view extension)
{
    if (name.size() <= extension.size()) {
        return false;
    }
    const auto dot = name.size() - extension.size() - 1;
    return name[dot] == '.' && isSameFolded(name.substr(dot + 1), extension);
}

bool isModelName(std::string_view name)
{
    return hasExtension(name, "tflite") || hasExtension(name, "lite") || hasExtension(name, "onnx");
}

} // namespace romsmith::romfs
