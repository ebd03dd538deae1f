# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Takes away what is in the first bytes of a partition: a dot for each step, then what op 3 returned. Follows rom.py.
def _rs_erase(rom, length, unit):
    result = 0
    if rom.block:
        result = rom.write(0, b"\xff" * rom.block)  # the other blocks are erased as they are written
        if result == 0:
            result = rom.block
    elif unit > 0:
        for at in range(0, length, unit):
            result = vfs.rom_ioctl(3, rom.index, at, min(unit, length - at))
            if result <= 0:
                break
            sys.stdout.write(".")
    else:
        result = vfs.rom_ioctl(3, rom.index, length)
    # Memory that needs no erase still has its old header, which must not stand in front of new files.
    head = rom.block or 32
    if result > 0 and bytes(rom.read(0, head)[:3]) == b"\xd2\xcd1":
        failed = rom.write(0, b"\xff" * head)
        if failed:
            result = failed
    print("=%d" % result)
