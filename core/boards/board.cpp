// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/board.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <ranges>

namespace romsmith::boards {

namespace {

std::optional<std::uint16_t> fourHexDigits(const std::string& text)
{
    std::uint16_t value = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, value, 16);
    if (text.size() != 4 || error != std::errc() || last != end) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<UsbId> UsbId::fromString(std::string_view text)
{
    if (text.size() != 9 || text[4] != ':') {
        return std::nullopt;
    }
    const auto vendor = fourHexDigits(std::string(text.substr(0, 4)));
    const auto product = fourHexDigits(std::string(text.substr(5)));
    if (!vendor || !product) {
        return std::nullopt;
    }
    return UsbId{.vendor = *vendor, .product = *product};
}

std::string UsbId::toString() const
{
    return std::format("{:04X}:{:04X}", vendor, product);
}

std::uint32_t AlignmentByExtension::largest() const
{
    std::uint32_t result = standard;
    for (const std::uint32_t alignment : byExtension | std::views::values) {
        result = std::max(result, alignment);
    }
    return result;
}

std::optional<std::uint64_t> Partition::baseAlignment() const
{
    if (!address || *address == 0) {
        return std::nullopt;
    }
    return *address & (~*address + 1);
}

bool AlternateSetting::matches(std::string_view usbString) const
{
    return nameIsPrefix ? usbString.starts_with(name) : usbString == name;
}

const AlternateSetting* Bootloader::alternateSetting(std::string_view name) const
{
    const auto it = std::ranges::find(alternateSettings, name, &AlternateSetting::name);
    return it == alternateSettings.end() ? nullptr : &*it;
}

const AlternateSetting* Bootloader::alternateSettingFor(std::string_view usbString) const
{
    const auto it = std::ranges::find_if(alternateSettings, [&](const auto& each) { return each.matches(usbString); });
    return it == alternateSettings.end() ? nullptr : &*it;
}

const Partition* Board::partition(std::uint32_t index) const
{
    const auto it = std::ranges::find(partitions, index, &Partition::index);
    return it == partitions.end() ? nullptr : &*it;
}

} // namespace romsmith::boards
