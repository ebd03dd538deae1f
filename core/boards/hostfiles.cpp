// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boards/hostfiles.h"

#include <format>
#include <map>
#include <set>

namespace romsmith::boards {
namespace {

/// Several boards may share an id; then it is named after all of them.
using Names = std::map<UsbId, std::set<std::string>>;

void add(Names& names, const std::vector<UsbId>& ids, const std::string& name)
{
    for (const auto& id : ids) {
        names[id].insert(name);
    }
}

Names serialPorts(const BoardTable& table)
{
    Names names;
    for (const auto& board : table.boards()) {
        add(names, board.usb.application, board.name);
        add(names, board.usb.applicationLegacy, board.name);
    }
    return names;
}

Names loaders(const BoardTable& table)
{
    Names names;
    for (const auto& board : table.boards()) {
        add(names, board.usb.bootloader, board.name);
        for (const auto& fallback : board.romFallbacks) {
            add(names, fallback.usb, fallback.name);
        }
    }
    return names;
}

std::string joined(const std::set<std::string>& names)
{
    std::string all;
    for (const auto& name : names) {
        all += (all.empty() ? "" : ", ") + name;
    }
    return all;
}

std::string match(UsbId id)
{
    return std::format(R"(ATTRS{{idVendor}}=="{:04x}", ATTRS{{idProduct}}=="{:04x}")", id.vendor, id.product);
}

} // namespace

std::string udevRules(const BoardTable& table)
{
    std::string rules = "# Made from Romsmith's table of boards; see romsmith-cli boards --udev.\n";
    for (const auto& [id, names] : serialPorts(table)) {
        rules += std::format("\n# {}\n"
                             "SUBSYSTEM==\"tty\", {}, TAG+=\"uaccess\", ENV{{ID_MM_DEVICE_IGNORE}}=\"1\"\n"
                             "SUBSYSTEM==\"usb\", {}, TAG+=\"uaccess\"\n",
                             joined(names), match(id), match(id));
    }
    for (const auto& [id, names] : loaders(table)) {
        rules += std::format("\n# {}: bootloader\n"
                             "SUBSYSTEM==\"usb\", {}, TAG+=\"uaccess\"\n"
                             "KERNEL==\"hidraw*\", {}, TAG+=\"uaccess\"\n",
                             joined(names), match(id), match(id));
    }
    return rules;
}

std::string appStreamModaliases(const BoardTable& table)
{
    std::set<UsbId> ids;
    for (const auto& names : {serialPorts(table), loaders(table)}) {
        for (const auto& [id, boards] : names) {
            ids.insert(id);
        }
    }
    std::string elements;
    for (const auto& id : ids) {
        elements += std::format("    <modalias>usb:v{:04X}p{:04X}d*</modalias>\n", id.vendor, id.product);
    }
    return elements;
}

} // namespace romsmith::boards
