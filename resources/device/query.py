# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# What the device says of itself, a fact in a line, parts apart by tabs. Follows rom.py.
def _rs_query():
    import os

    def say(*facts):
        print("\t".join(str(fact) for fact in facts))

    def get(function):
        try:
            return function()
        except Exception:
            return ""

    def hexadecimal(data):
        return "".join("%02x" % byte for byte in data)

    def has(name, *attributes):
        try:
            module = __import__(name)
            for attribute in attributes:
                getattr(module, attribute)
            return True
        except (ImportError, AttributeError):
            return False

    about = sys.implementation
    say("machine", getattr(about, "_machine", ""))
    say("version", ".".join(str(part) for part in about.version[:3]))
    say("mpy", getattr(about, "_mpy", 0))
    say("platform", sys.platform)
    say("uname", get(lambda: os.uname().version), get(lambda: os.uname().machine))
    say("id", get(lambda: hexadecimal(__import__("machine").unique_id())))
    say("buffer", int(hasattr(sys.stdin, "buffer") and has("micropython", "kbd_intr")))
    say("output", int(hasattr(sys.stdout, "buffer")))
    say("poll", int(has("select", "poll")))
    say("deflate", int(has("deflate", "DeflateIO")))
    say("base64", int(has("binascii", "a2b_base64", "b2a_base64")))
    say("crc32", int(has("binascii", "crc32")))
    say("sha256", int(has("hashlib", "sha256")))
    rom_ioctl = getattr(vfs, "rom_ioctl", None)
    say("rom", int(rom_ioctl is not None))
    count = rom_ioctl(1) if rom_ioctl else 0
    for index in range(min(count, 16)):
        try:
            rom = _Rs(index)
            # Firmware without op 6 would take the offset of a ranged op 3 for a length.
            unit = rom_ioctl(6, index)
            head = hexadecimal(rom.read(0, min(rom.size, rom.block or 16))[:16])
            shape = "opaque" if rom.view is None else "block" if rom.block else "view"
            say("partition", index, shape, rom.size, rom.block, rom.base, unit, head)
        except Exception as error:
            say("partition", index, "none", repr(error))
    gc.collect()
    say("memory", gc.mem_free())


_rs_query()
del _rs_query
