# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A board that runs MicroPython, acted by MicroPython's unix port; started by core/sim with its profile.

Standard input and output are the line to the host; the supervisor makes CR LF of LF, as a board's stdout does.
"""

import builtins
import collections
import io
import json
import os
import sys
import time
import vfs

import flash
import repl
import shared


class Module:
    """Stands in for a built-in module in sys.modules: its names, and some of our own."""

    def __init__(self, name, **own):
        real = __import__(name)
        for attribute in dir(real):
            if not attribute.startswith("__"):
                setattr(self, attribute, getattr(real, attribute))
        self.__name__ = name
        for attribute, value in own.items():
            setattr(self, attribute, value)
        sys.modules[name] = sys.modules["u" + name] = self


_PIECE = 1024  # a script's memory is not for copies of what it writes


class RawOutput(io.IOBase):
    """sys.stdout.buffer: bytes to the host as they are."""

    def __init__(self, state):
        self._state = state
        self._write = sys.stdout.buffer.write

    def write(self, data):
        data = memoryview(data.encode() if isinstance(data, str) else data)
        for start in range(0, len(data), _PIECE):
            self._write_piece(bytes(data[start : start + _PIECE]))
        return len(data)

    def _write_piece(self, data):
        if b"\n" not in data:
            return self._write(data)  # the same as text
        shared.wait_until_read(1)
        self._state.raw_output = len(data)
        try:
            return self._write(data)
        except BaseException:
            shared.wait_until_read(1)
            self._state.raw_output = 0
            raise

    def ioctl(self, request, argument):
        return _output_ioctl(request)


class Output(io.IOBase):
    """sys.stdout and sys.stderr, which differ from the unix port's in their `buffer`."""

    def __init__(self, raw):
        self.buffer = raw
        self.write = sys.stdout.write

    def ioctl(self, request, argument):
        return _output_ioctl(request)


def _output_ioctl(request):
    return {3: 4, 10: 1}.get(request, 0)  # polled: writable; the descriptor


def kinds(profile):
    """sys.implementation and os.uname() as the board has them."""
    implementation = collections.namedtuple("", ("name", "version", "_machine", "_mpy", "_build"))
    uname = collections.namedtuple("", ("sysname", "nodename", "release", "version", "machine"))
    version = sys.implementation.version
    release = ".".join(str(part) for part in version[:3])
    built = sys.version.split(" on ")[-1]
    machine = profile["machine"]
    return (
        implementation("micropython", version, machine, profile["mpy"], profile["id"]),
        uname(profile["port"], profile["port"], release, "v%s on %s" % (release, built), machine),
    )


def restart(state, ending):
    state.ending = ending
    shared.leave(0)


def replace_modules(profile, state, rom_ioctl, interrupts):
    implementation, uname = kinds(profile)
    output = Output(RawOutput(state))
    unique_id = bytes(profile["uniqueId"])

    def soft_reset():
        raise SystemExit

    if any(len(view) > 1 << 24 for view in rom_ioctl.views()):
        builtins.memoryview = flash.memoryview = flash.NarrowView
    Module("vfs", rom_ioctl=rom_ioctl)
    Module("os", uname=lambda: uname)
    Module("micropython", kbd_intr=interrupts.kbd_intr)
    Module(
        "machine",
        unique_id=lambda: unique_id,
        reset=lambda: restart(state, shared.HARD_RESET),
        bootloader=lambda *_: restart(state, shared.BOOTLOADER),
        soft_reset=soft_reset,
    )
    binascii = Module("binascii")
    if state.faults & shared.NO_BASE64:
        del binascii.a2b_base64, binascii.b2a_base64
    if state.faults & shared.NO_DEFLATE:
        Missing("deflate")
    Module(
        "sys",
        implementation=implementation,
        platform=profile["port"],
        version="3.4.0; MicroPython " + uname.version,
        stdout=output,
        stderr=output,
        argv=[],
        print_exception=repl.print_exception,
    )
    return uname


def mount(profile, state, rom_ioctl):
    """/rom as at every start of a board, /flash in a folder of the computer, and nothing else of it."""
    for name in ("flash", "repl", "shared"):
        sys.modules.pop(name)
    vfs.umount("/")
    vfs.mount(vfs.VfsPosix(profile["files"]), "/flash")
    os.chdir("/flash")
    sys.path[:] = ["", ".frozen"]
    try:
        vfs.mount(vfs.VfsRom(rom_ioctl.views()[0]), "/rom")
        sys.path += ["/rom", "/rom/lib"]
    except (IndexError, OSError):
        pass
    sys.path += ["/flash", "/flash/lib"]
    if state.faults & shared.NO_HASHLIB:
        vfs.mount(vfs.VfsPosix(profile["absent"]), "/absent")
        sys.path.insert(0, "/absent")


def hide_hashlib(profile, state):
    """A module that cannot be imported, in a folder that is searched first, hides a built-in one."""
    path = profile["absent"] + "/hashlib.py"
    with open(path, "w") as file:
        if state.faults & shared.NO_HASHLIB:
            file.write("raise ImportError(\"no module named 'hashlib'\")\n")


class Missing:
    """Stands in for a built-in module that no file can hide. Importing it works, but nothing from it."""

    def __init__(self, name):
        self._name = name
        sys.modules[name] = sys.modules["u" + name] = self

    def __getattr__(self, attribute):
        raise ImportError("no module named '%s'" % self._name)


def run_busy_script(state, interrupts):
    """A main.py that is inside C for long and hears Ctrl-C only then; without one it runs on."""
    interrupts.arm()
    shared.hold_interrupts()
    time.sleep_ms(state.busy_ms)
    try:
        shared.release_interrupts()
        while True:
            time.sleep_ms(1000)
    except KeyboardInterrupt as error:
        repl.print_exception(error)
    interrupts.disarm()


def main():
    shared.settle()
    with open(sys.argv[1]) as file:
        profile = json.load(file)
    state = shared.map_state(profile["state"])
    rom_ioctl = flash.RomIoctl(profile, state)
    interrupts = repl.Interrupts(state)
    interrupts.disarm()
    hide_hashlib(profile, state)
    uname = replace_modules(profile, state, rom_ioctl, interrupts)
    banner = 'MicroPython %s; %s\nType "help()" for more information.\n' % (uname.version, uname.machine)
    prompt = repl.Repl(state, banner.encode(), profile["rawPasteWindow"], repl.Memory(profile["freeMemory"]))
    mount(profile, state, rom_ioctl)
    shared.report("ready")
    if state.power_on and state.busy_ms:
        run_busy_script(state, interrupts)
    prompt.run()


try:
    if not hasattr(vfs, "VfsRom"):
        raise RuntimeError("%s has no vfs.VfsRom, which came with 1.25" % sys.version)
    main()
except Exception as error:
    sys.print_exception(error)
    shared.report("error: %r" % error)
    shared.leave(1)
