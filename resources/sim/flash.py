# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partitions of NOR flash in a file, and vfs.rom_ioctl on them as the ports of MicroPython have it."""

import shared
import uctypes
import vfs

_PAGE = 4096
_EIO, _EINVAL = 5, 22
_STRIDE = 65536
_ERASED = b"\xff" * _STRIDE

_memoryview = memoryview


def _varuint(value):
    encoded = [value & 0x7F]
    while value > 0x7F:
        value >>= 7
        encoded.insert(0, 0x80 | value & 0x7F)
    return bytes(encoded)


def _record(kind, head, size):
    return _varuint(kind) + _varuint(len(head) + size) + head


def _read_only_view(address, size):
    """A read-only memoryview of `size` bytes at `address`, with some bytes of ordinary memory before them.

    A memoryview of memory at an address could be written to. The one buffer that cannot, and is at an address of our
    choice, is a file in a ROMFS image; so one is put around the partition.
    """
    file = _record(5, b"\x01p" + _record(2, b"", size), size)
    head = _record(0x14A6B1, file, size)
    image = uctypes.bytearray_at(address - len(head), len(head) + size)
    image[: len(head)] = head
    return _memoryview(vfs.VfsRom(image).open("p", "rb"))


class NarrowView(memoryview):
    """A memoryview of a 32-bit port, where 24 bits hold the offset of a slice."""

    _LARGEST = 0xFFFFFF

    def __init__(self, buffer, start=0, stop=None):
        self._whole = _memoryview(buffer)
        self._start = start
        self._part = self._whole[start:stop]
        super().__init__(self._part)

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return self._part[index]
        self._part[index]  # refuses what every memoryview refuses
        start, stop, _ = index.indices(len(self._part))
        if start > self._LARGEST:
            raise OverflowError("memoryview offset too large")
        begin = (self._start + start) & self._LARGEST  # a slice of a slice wraps around without a word
        return NarrowView(self._whole, begin, begin + max(0, stop - start))

    def __setitem__(self, index, value):
        self._part[index] = value


class Partition:
    def __init__(self, descriptor, profile, state):
        self.size = profile["size"]
        self.minimum_write = profile["minimumWrite"]
        self.unit = profile["eraseUnit"]
        self.writable = profile["writable"]
        self.tail = profile["tail"]
        self.aligned = profile["aligned"]
        self.overwrites = profile["overwrites"]
        self._state = state
        offset = profile["offset"]
        address = shared.map_behind_page(descriptor, offset, self.size, profile["address"], _PAGE)
        self.view = _read_only_view(address, self.size)
        cells = shared.map_file(descriptor, offset, self.size, shared.WRITABLE)
        self._cells = _memoryview(uctypes.bytearray_at(cells, self.size))

    def erase(self, begin, end):
        """Erases every unit that the range touches; 0 or a negative errno."""
        return self._undisturbed(self._erase, begin, end)

    def write(self, offset, data):
        """What rom_ioctl op 4 does; 0 or a negative errno."""
        return self._undisturbed(self._write, offset, data)

    def _undisturbed(self, operation, *arguments):
        shared.hold_interrupts()
        try:
            return operation(*arguments)
        finally:
            shared.release_interrupts()

    def _erase(self, begin, end):
        if self.overwrites:
            return 0
        unit = self.unit
        for at in range(begin // unit * unit, end, unit):
            if self._state.erase_us:
                shared.sleep_us(self._state.erase_us)
            self._state.erases += 1
            if self._state.erases == self._state.fail_erase_at:
                return -_EIO
            self._fill(at, min(at + unit, self.size))
        return 0

    def _fill(self, at, end):
        while at < end:
            step = min(_STRIDE, end - at)
            self._cells[at : at + step] = _memoryview(_ERASED)[:step]
            at += step

    def _write(self, offset, data):
        self._state.writes += 1
        if self._state.writes == self._state.fail_write_at:
            self.program(offset, data[: len(data) // 2])
            return -_EIO
        if offset % self.aligned:
            return -_EIO
        rest = len(data) % (2 if self.tail == "fault" else self.minimum_write if self.tail == "pad" else 4)
        if rest and self.tail == "drop":
            data = data[:-rest]
        elif rest and self.tail == "pad":  # with whatever lies behind the buffer
            data = bytes(data) + bytes(self.minimum_write - rest)
        elif rest and self.tail == "fault":
            shared.leave(1)
        elif rest and self.tail == "hang":
            while True:
                shared.sleep_us(100000)
        self.program(offset, data)
        return 0

    def program(self, offset, data):
        """Clears bits, as programming does. What lies behind the partition is lost."""
        data = _memoryview(data)[: max(0, self.size - offset)]
        for start in range(0, len(data), _STRIDE):
            piece = data[start : start + _STRIDE]
            cells = self._cells[offset + start : offset + start + len(piece)]
            if self.overwrites or cells == _memoryview(_ERASED)[: len(piece)]:
                cells[:] = piece
            else:
                both = int.from_bytes(cells, "little") & int.from_bytes(piece, "little")
                cells[:] = both.to_bytes(len(piece), "little")


class BlockDevice(memoryview):
    """What ports without a memoryview give out: blocks, and the buffer protocol of what it is a subclass of."""

    def __init__(self, partition, erases_whole_buffer):
        super().__init__(partition.view)
        self._partition = partition
        self._erases_whole_buffer = erases_whole_buffer

    def readblocks(self, block, buffer, offset=0):
        at = block * self._partition.unit + offset
        buffer[:] = self._partition.view[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=None):
        at = block * self._partition.unit + (offset or 0)
        if offset is None:
            self._checked(self._partition.erase(at, at + (len(buffer) if self._erases_whole_buffer else 1)))
        self._checked(self._partition.write(at, buffer))

    def ioctl(self, op, argument):
        if op == 4:
            return self._partition.size // self._partition.unit
        if op == 5:
            return self._partition.unit
        if op == 6:
            at = argument * self._partition.unit
            self._checked(self._partition.erase(at, at + 1))
            return 0
        return None

    def _checked(self, result):
        if result < 0:
            raise OSError(-result)

    def __len__(self):
        raise TypeError("object of type 'BlockDevice' has no len()")

    def __getitem__(self, index):
        raise TypeError("'BlockDevice' object isn't subscriptable")

    __setitem__ = __getitem__


class RomIoctl:
    """vfs.rom_ioctl. Wrong calls and failures are returned, never raised."""

    def __init__(self, profile, state):
        descriptor = shared.open_file(profile["flash"])
        self._partitions = [Partition(descriptor, one, state) for one in profile["partitions"]]
        self._ranged = profile["rangedPrepare"]
        self._checks = profile["checksRanges"]
        self._block_device = profile["blockDevice"]
        self._erases_whole_buffer = profile["erasesWholeBuffer"]

    def views(self):
        return [partition.view for partition in self._partitions]

    def __call__(self, op, *arguments):
        if op == 1:
            return len(self._partitions)
        operation = {2: self._object, 3: self._prepare, 4: self._write, 6: self._granularity}.get(op)
        if not operation or not arguments or len(arguments) > 3:
            return -_EINVAL
        partition = self._partition(arguments[0])
        return operation(partition, *arguments[1:]) if partition else -_EINVAL

    def _partition(self, number):
        if not self._checks and self._partitions:
            return self._partitions[0]
        return self._partitions[number] if 0 <= number < len(self._partitions) else None

    def _object(self, partition, *_):
        return BlockDevice(partition, self._erases_whole_buffer) if self._block_device else memoryview(partition.view)

    def _prepare(self, partition, *arguments):
        # Firmware without op 6 takes the third argument for a length, whatever comes behind it.
        begin, length = arguments if self._ranged and len(arguments) == 2 else (0, arguments[0] if arguments else -1)
        if not self._can_write(partition, begin, length):
            return -_EINVAL
        return partition.erase(begin, min(begin + length, partition.size)) or partition.minimum_write

    def _write(self, partition, *arguments):
        if len(arguments) != 2 or not self._can_write(partition, arguments[0], len(_memoryview(arguments[1]))):
            return -_EINVAL
        return partition.write(*arguments)

    def _granularity(self, partition, *_):
        return partition.unit if self._ranged and self._can_write(partition, 0, 0) else -_EINVAL

    def _can_write(self, partition, begin, length):
        if self._block_device or not partition.writable or begin < 0 or length < 0:
            return False
        return not self._checks or begin + length <= partition.size
