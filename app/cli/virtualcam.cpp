// SPDX-FileCopyrightText: Romsmith contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sim/virtualcam.h"

#include "app/cli/common.h"
#include "core/boards/boardtable.h"

#include <signal.h>

#include <array>
#include <iostream>
#include <memory>

namespace romsmith::cli {
namespace {

struct VirtualCamArguments
{
    std::string board = "OPENMV_N6";
    sim::VirtualCamOptions options;
    std::string flash;
    std::string alias;
    std::string control;
    bool asBlockDevice = false;
    bool asMemoryView = false;
    std::optional<std::uint32_t> mpy;
};

/// Waits in the main thread; the cam's thread never sees them.
class EndingSignals
{
public:
    EndingSignals()
    {
        ::sigemptyset(&m_signals);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
            ::sigaddset(&m_signals, signal);
        }
        ::pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
    }

    void wait() const
    {
        int signal = 0;
        ::sigwait(&m_signals, &signal);
    }

private:
    sigset_t m_signals{};
};

int runVirtualCam(VirtualCamArguments arguments)
{
    if (const auto& problem = boards::BoardTable::userFileProblem()) {
        return report(*problem);
    }
    const auto* board = boards::BoardTable::known().find(arguments.board);
    if (!board) {
        return reportUsage("No board is called " + arguments.board + "; romsmith-cli boards lists them.");
    }
    auto& options = arguments.options;
    options.board = *board;
    options.flash = arguments.flash;
    options.alias = arguments.alias;
    options.control = arguments.control;
    options.firmware.mpy = arguments.mpy;
    if (arguments.asBlockDevice || arguments.asMemoryView) {
        options.firmware.object
            = arguments.asBlockDevice ? boards::RomObject::BlockDevice : boards::RomObject::MemoryView;
    }
    options.portChanged = [](const std::string& port) {
        if (port.empty()) {
            note("unplugged");
        } else {
            std::cout << port << std::endl;
        }
    };
    const auto alias = options.alias;
    const EndingSignals signals;
    const auto cam = sim::VirtualCam::start(std::move(options));
    if (!cam) {
        return report(cam.error());
    }
    note("A virtual " + board->name
         + " is plugged in; Ctrl-C unplugs it. It is no USB device: other commands need --device "
         + (alias.empty() ? std::string("and its port") : alias.string()) + ".");
    signals.wait();
    return Done;
}

void addFaults(CLI::App& command, sim::Faults& faults)
{
    for (const auto& fault : sim::faultOptions()) {
        const auto name = "--" + std::string(fault.name);
        auto* option = fault.unit.empty()
            ? command.add_flag(name, faults.*(fault.member), std::string(fault.help))->default_str("")
            : command.add_option(name, faults.*(fault.member), std::string(fault.help))
                  ->type_name(std::string(fault.unit));
        option->group("Faults");
    }
}

} // namespace

void addVirtualCamCommand(CLI::App& app, int& exitCode)
{
    auto* command = app.add_subcommand(
        "virtual-cam", "Act as a cam without hardware: print a serial port with MicroPython behind it, until ended");
    const auto arguments = std::make_shared<VirtualCamArguments>();
    command->add_option("--board", arguments->board, "Which board to be")->capture_default_str();
    command->add_option("--flash", arguments->flash,
                        "File that is its flash, made if it is not there (default: thrown away at the end)");
    command->add_option("--alias", arguments->alias, "Symbolic link to make to the port; stays the same over resets");
    command->add_option("--control", arguments->control, "Unix domain socket to make, for faults while it runs");
    command->add_option("--micropython", arguments->options.micropython, "MicroPython to run");
    auto& firmware = arguments->options.firmware;
    command->add_flag("--ranged-prepare", firmware.rangedPrepare,
                      "Have rom_ioctl op 6 and op 3 with an offset, as firmware after MicroPython 1.28");
    auto* block = command->add_flag("--block-device", arguments->asBlockDevice, "Give out partitions as block devices");
    command->add_flag("--memoryview", arguments->asMemoryView, "Give out partitions as memoryviews")->excludes(block);
    command->add_option("--mpy", arguments->mpy, "sys.implementation._mpy");
    command->add_option("--raw-paste-window", firmware.rawPasteWindow, "Bytes of a window of raw-paste mode")
        ->check(CLI::Range(16, 32768))
        ->capture_default_str();
    command->add_option("--free-memory", firmware.freeMemory, "Bytes of the heap that are free")->type_name("BYTES");
    addFaults(*command, arguments->options.faults);
    command->callback([arguments, &exitCode] { exitCode = runVirtualCam(*arguments); });
}

} // namespace romsmith::cli
