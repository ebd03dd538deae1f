// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inspect/kind.h"

#include "core/inspect/mpy.h"
#include "core/inspect/tflite.h"
#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <algorithm>
#include <array>
#include <utility>

namespace romsmith::inspect {
namespace {

constexpr std::string_view neuralArtMagic = "NBIN";

bool isSpace(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// "P5" and whitespace, as in portable any-maps.
std::string_view anymapFormat(std::string_view head)
{
    if (head.size() < 3 || head[0] != 'P' || !isSpace(head[2])) {
        return {};
    }
    switch (head[1]) {
    case '1':
    case '4':
        return "pbm";
    case '2':
    case '5':
        return "pgm";
    case '3':
    case '6':
        return "ppm";
    default:
        return {};
    }
}

/// Two letters are little; the reserved fields and the size of the header tell a bitmap from a text that begins with
/// "BM".
bool isBitmap(romfs::Bytes bytes)
{
    constexpr std::size_t reserved = 6;
    constexpr std::size_t headerSize = 14;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
    return bytes.size() > headerSize + 4 && romfs::asText(bytes).starts_with("BM") && at(headerSize) >= 12
        && at(headerSize + 1) == 0
        && std::ranges::all_of(bytes.subspan(reserved, 4), [](std::byte b) { return b == std::byte{0}; });
}

FileKind textKind(std::string_view text, std::string_view name)
{
    const auto extension = romfs::extensionOf(name);
    if (extension == "py" || extension == "pyi") {
        return FileKind::Python;
    }
    if (extension == "json") {
        return FileKind::Json;
    }
    const auto firstLine = text.substr(0, text.find('\n'));
    if (firstLine.starts_with("#!") && firstLine.contains("python")) {
        return FileKind::Python;
    }
    return FileKind::Text;
}

} // namespace

FileKind kindOf(romfs::Bytes bytes, std::string_view name)
{
    if (bytes.empty()) {
        return FileKind::Empty;
    }
    if (romfs::readImageHeader(bytes)) {
        return FileKind::Romfs;
    }
    if (looksLikeTflite(bytes)) {
        return FileKind::Tflite;
    }
    if (romfs::asText(bytes).starts_with(neuralArtMagic) && !looksLikeText(bytes)) {
        return FileKind::NeuralArt;
    }
    if (looksLikeMpy(bytes)) {
        return FileKind::Mpy;
    }
    if (!pictureFormat(bytes).empty()) {
        return FileKind::Picture;
    }
    return looksLikeText(bytes) ? textKind(romfs::asText(bytes), name) : FileKind::Binary;
}

std::string_view pictureFormat(romfs::Bytes bytes)
{
    static constexpr auto magics = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"\x89PNG\r\n\x1a\n", "png"},
        {"\xff\xd8\xff", "jpeg"},
        {"GIF87a", "gif"},
        {"GIF89a", "gif"},
    });
    const auto head = romfs::asText(bytes);
    const auto found = std::ranges::find_if(magics, [&](const auto& magic) { return head.starts_with(magic.first); });
    if (found != magics.end()) {
        return found->second;
    }
    return isBitmap(bytes) ? "bmp" : anymapFormat(head);
}

bool looksLikeText(romfs::Bytes bytes)
{
    auto rest = romfs::asText(bytes.first(std::min(bytes.size(), textSample)));
    if (rest.contains('\0')) {
        return false;
    }
    const auto size = rest.size();
    std::size_t odd = 0;
    while (!rest.empty()) {
        const auto length = romfs::utf8Sequence(rest);
        const auto c = static_cast<unsigned char>(rest.front());
        const bool control = (c < 0x20 && !isSpace(rest.front())) || c == 0x7f;
        odd += length == 0 || control ? 1 : 0;
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    // Text in an older encoding is text still, and so is a log with some escape sequences.
    return odd * 10 <= size;
}

} // namespace romsmith::inspect
