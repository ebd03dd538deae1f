# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# A ROMFS partition on the device, whatever its port gives out for it. Runs on any MicroPython with vfs.rom_ioctl; what is
# sent has no comments and one space for four. Names begin with _rs, because a script of the user has the same globals.
import gc, sys, vfs

try:
    from uctypes import addressof as _rs_address, bytearray_at as _rs_at
except ImportError:
    _rs_at = None
try:
    from binascii import crc32 as _rs_crc
except ImportError:

    def _rs_crc(data):  # Adler-32
        a, b = 1, 0
        for byte in data:
            a += byte
            b += a
            if b > 0x3F000000:
                a %= 65521
                b %= 65521
        return (b % 65521) << 16 | a % 65521


class _Rs:
    # Begin reads at a multiple of the block size.
    def __init__(self, index):
        self.index = index
        self.dev = dev = vfs.rom_ioctl(2, index)
        self.block = self.base = 0
        self.view = None
        if isinstance(dev, int):
            raise OSError(-dev)
        if hasattr(dev, "ioctl"):
            self.block = dev.ioctl(5, 0)
        try:
            self.view = memoryview(dev)
        except TypeError:
            pass
        self.size = dev.ioctl(4, 0) * self.block if self.block else len(dev)
        if self.view is not None and _rs_at:
            try:
                self.base = _rs_address(dev)
            except (TypeError, ValueError):
                pass

    def bulk(self, at, count):
        # The offset of a slice has 24 bits on a 32-bit port.
        if self.base:
            return _rs_at(self.base + at, count)
        return self.view[at : at + count]

    def read(self, at, count):
        if self.view is None:
            data = bytearray(-(-count // self.block) * self.block)
            self.dev.readblocks(at // self.block, data)
            return memoryview(data)[:count]
        # A memory-mapped bulk read of the last bytes of a flash chip can hang an STM32H7 for good; single bytes are safe.
        safe = self.size - 512 - at
        if count <= safe:
            return self.bulk(at, count)
        data = bytearray(count)
        safe = max(safe, 0)
        if safe:
            data[:safe] = self.bulk(at, safe)
        view = self.view
        for i in range(safe, count):
            data[i] = view[at + i]
        return data

    def write(self, at, data):
        block = self.block
        if not block:
            return vfs.rom_ioctl(4, self.index, at, data)
        data = memoryview(data)
        for i in range(0, len(data), block):
            # One block at a time erases and programs it on every port; errors are raised, returned, or False.
            result = self.dev.writeblocks((at + i) // block, data[i : i + block])
            if result is False or isinstance(result, int) and result < 0:
                return -5 if result is False else result
        return 0
