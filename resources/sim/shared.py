# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The C library, and the memory that the virtual cam's two processes share: see core/sim/sharedstate.h."""

import ffi
import uctypes

READ_ONLY, WRITABLE = 1, 3  # PROT_READ, PROT_READ | PROT_WRITE
PEEK = 2  # MSG_PEEK

_SHARED, _PRIVATE, _FIXED, _ANONYMOUS, _NEVER_REPLACE = 0x1, 0x2, 0x10, 0x20, 0x100000  # MAP_*
_READ_WRITE, _CLOSE_ON_EXEC = 0x2, 0x80000  # O_*
_SIGINT, _SIGKILL, _IGNORE = 2, 9, 1  # SIG_IGN
_BLOCK, _UNBLOCK = 0, 1  # SIG_*
_INTERRUPTS = bytes([1 << (_SIGINT - 1)]) + bytes(127)  # a sigset_t
_DIE_WITH_PARENT, _TIMER_SLACK = 1, 29  # PR_SET_*
_OUTPUT_QUEUE = 0x5411  # SIOCOUTQ
_FAILED = 0xFFFFFFFFFFFFFFFF  # MAP_FAILED

_c = ffi.open(None)
_mmap = _c.func("P", "mmap", "PLiiil")
_ioctl = _c.func("i", "ioctl", "iLP")
_signal = _c.func("P", "signal", "iP")
_mask_signals = _c.func("i", "sigprocmask", "iPP")
_write = _c.func("l", "write", "iPL")
receive = _c.func("l", "recv", "iPLi")
sleep_us = _c.func("i", "usleep", "I")
leave = _c.func("v", "_exit", "i")

_REPORT = 3  # the descriptor that the supervisor listens to

NEVER = 0xFFFFFFFF  # interrupt_char that no byte is

FRIENDLY, RAW = 0, 1  # mode
CRASH, SOFT_RESET, HARD_RESET, BOOTLOADER = range(4)  # ending

# Bits of `faults`.
NO_BASE64, NO_DEFLATE, NO_HASHLIB, RAW_PASTE_REFUSED, RAW_PASTE_UNKNOWN = (1 << bit for bit in range(5))

_FIELDS = (
    "interrupt_char",
    "mode",
    "ending",
    "raw_output",
    "power_on",
    "faults",
    "writes",
    "erases",
    "fail_write_at",
    "fail_erase_at",
    "erase_us",
    "busy_ms",
    "executions",
)


def open_file(path):
    descriptor = _c.func("i", "open", "si")(path, _READ_WRITE | _CLOSE_ON_EXEC)
    if descriptor < 0:
        raise OSError("%s cannot be opened" % path)
    return descriptor


def map_file(descriptor, offset, size, protection):
    """Address of the file's bytes."""
    return _checked(_mmap(0, size, protection, _SHARED, descriptor, offset))


def map_behind_page(descriptor, offset, size, address, page):
    """Maps the file's bytes read-only behind a page of ordinary memory; at `address`, if that is free."""
    reserve = _PRIVATE | _ANONYMOUS
    start = _mmap(address - page, page + size, WRITABLE, reserve | _NEVER_REPLACE, -1, 0) if address else _FAILED
    if start != address - page:
        start = _checked(_mmap(0, page + size, WRITABLE, reserve, -1, 0))
    return _checked(_mmap(start + page, size, READ_ONLY, _SHARED | _FIXED, descriptor, offset))


def _checked(address):
    if address == _FAILED:
        raise OSError("mmap failed")
    return address


def map_state(path):
    layout = {name: uctypes.UINT32 | 4 * index for index, name in enumerate(_FIELDS)}
    return uctypes.struct(map_file(open_file(path), 0, 4 * len(_FIELDS), WRITABLE), layout)


def report(text):
    _write(_REPORT, text + "\n", len(text) + 1)


def settle():
    """Ends with the supervisor, and sleeps as short as it is told to."""
    prctl = _c.func("i", "prctl", "iLLLL")
    prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
    prctl(_TIMER_SLACK, 1, 0, 0, 0)


def ignore_interrupts():
    _signal(_SIGINT, _IGNORE)


def hold_interrupts():
    """Until they are released, as while a function of the firmware runs that is written in C."""
    _mask_signals(_BLOCK, _INTERRUPTS, None)


def release_interrupts():
    _mask_signals(_UNBLOCK, _INTERRUPTS, None)


def wait_until_read(descriptor):
    """Until the other side of a socket has read all that was written."""
    left = bytearray(4)
    while _ioctl(descriptor, _OUTPUT_QUEUE, left) == 0 and any(left):
        sleep_us(20)
