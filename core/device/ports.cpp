// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/device/ports.h"

#include "core/romfs/names.h"

#include <algorithm>
#include <format>
#include <fstream>

namespace romsmith::device {
namespace {

using std::filesystem::path;

std::string lineIn(const path& file)
{
    constexpr std::size_t longest = 200;
    std::string line;
    std::getline(std::ifstream(file), line);
    return romfs::printable(line.substr(0, longest));
}

/// The folder of the USB device that an interface's folder is in; empty if it is no USB device.
path usbDevice(path folder)
{
    constexpr int levels = 4;
    for (int i = 0; i < levels && folder.has_relative_path(); ++i, folder = folder.parent_path()) {
        std::error_code error;
        if (std::filesystem::exists(folder / "idVendor", error)) {
            return folder;
        }
    }
    return {};
}

const boards::Board* onlyBoard(const std::vector<boards::UsbMatch>& matches)
{
    const auto certain = std::ranges::count(matches, boards::UsbMode::Application, &boards::UsbMatch::mode);
    return matches.size() == 1 || certain == 1 ? matches.front().board : nullptr;
}

std::optional<Port> portAt(const path& tty, const boards::BoardTable& table)
{
    std::error_code error;
    const auto interface = std::filesystem::canonical(tty / "device", error);
    const auto device = error ? path() : usbDevice(interface);
    if (device.empty()) {
        return std::nullopt;
    }
    Port port{.path = path("/dev") / tty.filename(),
              .usb = boards::UsbId::fromString(lineIn(device / "idVendor") + ":" + lineIn(device / "idProduct")),
              .serial = lineIn(device / "serial"),
              .product = lineIn(device / "product"),
              .manufacturer = lineIn(device / "manufacturer"),
              .usbPath = device.filename().string()};
    const auto matches = port.usb ? table.findByUsbId(*port.usb) : std::vector<boards::UsbMatch>();
    port.board = onlyBoard(matches);
    port.isInTable = !matches.empty();
    const bool speaksAcm = tty.filename().string().starts_with("ttyACM");
    return speaksAcm || !matches.empty() ? std::optional(port) : std::nullopt;
}

bool isMeant(const Port& port, std::string_view wanted)
{
    const auto folded = romfs::foldCase(wanted);
    const auto name = romfs::foldCase(port.board ? port.board->name : port.product);
    return port.path == wanted || port.path.filename() == wanted
        || (!port.serial.empty() && romfs::foldCase(port.serial) == folded)
        || (port.board && romfs::foldCase(port.board->id) == folded) || name.contains(folded);
}

std::string listOf(const std::vector<Port>& ports)
{
    if (ports.empty()) {
        return "No cam is connected.";
    }
    std::string list = "Connected:";
    for (const auto& port : ports) {
        list += std::format("{} {}{}", list.ends_with(':') ? "" : ",", port.name(),
                            port.serial.empty() ? "" : " with serial number " + port.serial);
    }
    return list + ".";
}

} // namespace

std::string Port::name() const
{
    const auto what = board ? board->name : product.empty() ? std::string("The device") : product;
    return std::format("{} ({})", what, path.string());
}

std::vector<Port> findPorts(const boards::BoardTable& table, const path& sysfs)
{
    std::vector<Port> ports;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(sysfs / "class/tty", error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (auto port = portAt(entry->path(), table)) {
            ports.push_back(std::move(*port));
        }
    }
    std::ranges::sort(ports, {}, &Port::path);
    return ports;
}

Result<Port> choosePort(const std::vector<Port>& ports, std::string_view wanted)
{
    std::vector<Port> meant;
    std::ranges::copy_if(ports, std::back_inserter(meant), [&](const Port& port) { return isMeant(port, wanted); });
    if (wanted.empty() && meant.size() > 1) {
        std::erase_if(meant, [](const Port& port) { return !port.isInTable; });
    }
    if (meant.size() == 1) {
        return meant.front();
    }
    if (meant.empty() && wanted.contains('/')) {
        return Port{.path = path(wanted)};
    }
    if (meant.empty()) {
        return fail(ErrorCode::NotFound,
                    wanted.empty() ? listOf(ports) + " Plug one in, or name its port with --device."
                                   : std::format("No device is called \"{}\". {}", wanted, listOf(ports)));
    }
    return fail(ErrorCode::InvalidArgument,
                std::format("{} devices could be meant; name the port or serial number of one with --device. {}",
                            meant.size(), listOf(meant)));
}

} // namespace romsmith::device
