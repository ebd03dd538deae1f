// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/facts.h"

#include "core/romfs/names.h"
#include "core/romfs/record.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <map>
#include <ranges>

namespace romsmith::device {
namespace {

/// No flash that is mapped is larger, and no offset of rom_ioctl on a 32-bit port.
constexpr std::uint64_t largestPartition = 0xFFFF'FFFF;
constexpr std::uint32_t largestBlock = 1024 * 1024;
constexpr std::size_t headSize = 16;

using Parts = std::vector<std::string_view>;

Parts split(std::string_view text, char separator)
{
    Parts parts;
    for (const auto part : std::views::split(text, separator)) {
        parts.emplace_back(part);
    }
    return parts;
}

template <typename Number> std::optional<Number> numberIn(std::string_view text, int base = 10)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                     : std::nullopt;
}

std::vector<std::byte> bytesIn(std::string_view digits)
{
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i + 1 < digits.size() && bytes.size() < headSize; i += 2) {
        bytes.push_back(static_cast<std::byte>(numberIn<unsigned>(digits.substr(i, 2), 16).value_or(0)));
    }
    return bytes;
}

Shape shapeIn(std::string_view name)
{
    static const std::map<std::string_view, Shape> shapes{
        {"view", Shape::View}, {"block", Shape::Block}, {"opaque", Shape::Opaque}};
    const auto found = shapes.find(name);
    return found == shapes.end() ? Shape::None : found->second;
}

/// "partition", index, shape, size, block, address, what op 6 gives, the first bytes.
std::optional<PartitionFacts> partitionIn(const Parts& parts)
{
    constexpr std::size_t complete = 8;
    PartitionFacts facts;
    facts.index = numberIn<std::uint32_t>(parts.at(1)).value_or(0);
    facts.shape = shapeIn(parts.at(2));
    if (facts.shape == Shape::None || parts.size() != complete) {
        facts.shape = Shape::None;
        facts.problem = parts.size() > 3 ? romfs::printable(parts[3]) : "no answer";
        return facts;
    }
    const auto size = numberIn<std::uint64_t>(parts[3]);
    const auto block = numberIn<std::uint32_t>(parts[4]);
    const auto address = numberIn<std::uint64_t>(parts[5]);
    const auto unit = numberIn<std::int64_t>(parts[6]);
    const bool isBlock = facts.shape != Shape::View;
    if (!size || !block || !address || !unit || *size > largestPartition || *block > largestBlock
        || isBlock != (*block > 0) || *unit > static_cast<std::int64_t>(largestBlock)) {
        return std::nullopt;
    }
    facts.size = *size;
    facts.block = *block;
    facts.address = *address;
    if (*unit > 0) {
        facts.rangedUnit = static_cast<std::uint32_t>(*unit);
    }
    facts.head = bytesIn(parts[7]);
    return facts;
}

void setText(Facts& facts, const Parts& parts)
{
    const std::map<std::string_view, std::string*> texts{{"machine", &facts.machine},
                                                         {"version", &facts.version},
                                                         {"uname", &facts.firmware},
                                                         {"platform", &facts.platform},
                                                         {"id", &facts.uniqueId}};
    if (const auto text = texts.find(parts[0]); text != texts.end()) {
        constexpr std::size_t longest = 200;
        *text->second = romfs::printable(parts[1].substr(0, longest));
    }
    if (parts[0] == "uname" && parts.size() > 2 && facts.machine.empty()) {
        facts.machine = romfs::printable(parts[2]); // firmware from before sys.implementation._machine
    }
}

void setFlag(Facts& facts, const Parts& parts)
{
    auto& features = facts.features;
    const std::map<std::string_view, bool*> flags{{"buffer", &features.binaryInput}, {"output", &features.binaryOutput},
                                                  {"poll", &features.poll},          {"deflate", &features.deflate},
                                                  {"base64", &features.base64},      {"crc32", &features.crc32},
                                                  {"sha256", &features.sha256},      {"rom", &facts.hasRomIoctl}};
    if (const auto flag = flags.find(parts[0]); flag != flags.end()) {
        *flag->second = parts[1] == "1";
    }
}

} // namespace

bool PartitionFacts::hasImage() const
{
    return used() > 0;
}

std::optional<std::uint32_t> partitionNamed(std::string_view name)
{
    constexpr std::string_view prefix = "ROMFS";
    std::uint32_t index = 0;
    if (!name.starts_with(prefix)) {
        return std::nullopt;
    }
    const auto* begin = name.data() + prefix.size();
    const auto [end, error] = std::from_chars(begin, name.data() + name.size(), index);
    const bool isName = error == std::errc() && PartitionFacts{.index = index}.name() == name;
    return isName ? std::optional(index) : std::nullopt;
}

std::uint64_t PartitionFacts::used() const
{
    // Only the header can be read here, so its record is taken to be as long as the partition allows.
    if (!romfs::hasMagic(head)) {
        return 0;
    }
    std::uint64_t length = 0;
    for (std::size_t i = romfs::magic.size(); i < head.size(); ++i) {
        const auto byte = std::to_integer<std::uint64_t>(head[i]);
        length = length << 7U | (byte & 0x7FU);
        if (length > size) {
            return 0;
        }
        if ((byte & 0x80U) == 0) {
            const auto end = i + 1 + length;
            return end <= size ? end : 0;
        }
    }
    return 0;
}

const PartitionFacts* Facts::partition(std::uint32_t index) const
{
    const auto found = std::ranges::find(partitions, index, &PartitionFacts::index);
    return found == partitions.end() ? nullptr : &*found;
}

Result<Facts> parseFacts(std::string_view text, std::string_view deviceName)
{
    Facts facts;
    for (auto line : split(text, '\n')) {
        line = line.substr(0, line.find('\r'));
        const auto parts = split(line, '\t');
        if (parts.size() < 2) {
            continue;
        }
        setText(facts, parts);
        setFlag(facts, parts);
        if (parts[0] == "mpy") {
            facts.mpy = numberIn<std::uint32_t>(parts[1]).value_or(0);
        } else if (parts[0] == "memory") {
            facts.features.memory = numberIn<std::uint64_t>(parts[1]).value_or(0);
        } else if (parts[0] == "partition" && parts.size() > 2) {
            auto partition = partitionIn(parts);
            if (!partition) {
                return fail(
                    ErrorCode::DeviceFailed,
                    std::format("{} describes a partition in a way that makes no sense: \"{}\". Is its firmware "
                                "damaged?",
                                deviceName, romfs::printable(line)));
            }
            facts.partitions.push_back(std::move(*partition));
        }
    }
    return facts;
}

const boards::Board* identify(const Facts& facts, const std::optional<boards::UsbId>& usb,
                              const boards::BoardTable& table)
{
    const auto name = facts.machine.substr(0, facts.machine.find(" with "));
    for (const auto& board : table.boards()) {
        if (std::ranges::contains(board.runtime.machines, name) || board.name == name) {
            return &board;
        }
    }
    const auto matches = usb ? table.findByUsbId(*usb) : std::vector<boards::UsbMatch>();
    const auto certain = std::ranges::count(matches, boards::UsbMode::Application, &boards::UsbMatch::mode);
    return certain == 1 && matches.front().mode == boards::UsbMode::Application ? matches.front().board : nullptr;
}

} // namespace romsmith::device
