# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REPL of a board, in the order and with the words of MicroPython's shared/runtime/pyexec.c."""

import gc
import io
import micropython
import shared
import sys

CTRL_A, CTRL_B, CTRL_C, CTRL_D, CTRL_E = range(1, 6)
_RETURN, _BACKSPACE, _DELETE = 13, 8, 127
_RAW_KEYS = b"\x01\x02\x03\x04"
_EDIT_KEYS = bytes(range(32)) + b"\x7f"
_COMPOUND = ("if ", "while ", "for ", "try:", "with ", "def ", "class ", "async ", "@")

_set_interrupt_char = micropython.kbd_intr
_print_exception = sys.print_exception
_memoryview = memoryview
_folder = __file__.rsplit("/", 1)[0]


def print_exception(error, file=sys.stdout):
    """As the firmware prints it: without the frames of this program."""
    text = io.StringIO()
    _print_exception(error, text)
    lines = text.getvalue().split("\n")
    ours = ('  File "%s/' % _folder, '  File "/absent/')
    lines = [line for line in lines if not line.startswith(ours)]
    if lines[0].startswith("Traceback") and not lines[1].startswith("  File"):
        lines = lines[1:]
    file.write("\n".join(lines))


class Keyboard:
    """Bytes from the host. It never reads past a key that ends something: what follows may be for the script."""

    def __init__(self):
        self._buffer = bytearray(65536)

    def read_until(self, keys, taken=None):
        """The bytes before the first of `keys`, and that key. `taken` is told of bytes as they are read."""
        parts = []
        while True:
            count = shared.receive(0, self._buffer, len(self._buffer), shared.PEEK)
            if count == 0:
                shared.leave(0)
            seen = bytes(_memoryview(self._buffer)[: max(count, 0)])
            found = [at for at in [seen.find(bytes([key])) for key in keys] if at >= 0]
            data = seen[: min(found)] if found else seen
            shared.receive(0, self._buffer, len(data) + bool(found), 0)
            parts.append(data)
            if data and taken:
                taken(data)
            if found:
                return b"".join(parts), seen[min(found)]


class Interrupts:
    """Ctrl-C: the supervisor sends SIGINT for the byte that is in shared memory, and passes every other byte on."""

    def __init__(self, state):
        self._state = state

    def arm(self, char=CTRL_C):
        _set_interrupt_char(CTRL_C)  # the signal's handler
        self._state.executions += 1
        self._state.interrupt_char = char

    def disarm(self):
        while True:
            try:
                self._state.interrupt_char = shared.NEVER
                shared.ignore_interrupts()
                for _ in range(2):  # a pending one is raised where a loop turns
                    pass
                return
            except KeyboardInterrupt:
                pass

    def kbd_intr(self, char):
        if char == -1:
            self.disarm()
        else:
            self.arm(char)


class RawPaste:
    """Flow control of raw-paste mode: a 1 for each window that was read."""

    def __init__(self, window, write):
        self._window = window
        self._left = window
        self._write = write

    def taken(self, data):
        self._left -= len(data)
        if self._left <= 0:
            windows = 1 - self._left // self._window
            self._left += windows * self._window
            self._write(b"\x01" * windows)


class Memory:
    """The heap that scripts have: without what this program needs, and without the text of a script, which a board
    compiles as it arrives."""

    def __init__(self, free):
        self._free = free  # bytes, of what is left to scripts that are still to come; 0: plenty
        self._ballast = None
        self._before = 0

    def limit(self):
        if not self._free:
            return
        gc.collect()
        self._before = gc.mem_alloc()
        size = gc.mem_free()
        while not self._ballast:
            try:
                # Of one piece that has room for what is to be free, and more.
                self._ballast = (bytearray(size), bytearray(self._free))[0]
            except MemoryError:
                size -= 4096
        gc.collect()
        # The rest is in small pieces, of which an allocation takes the first that fits.
        block = 32 if sys.maxsize >> 32 else 16  # bytes of a tuple of one
        for _ in range((gc.mem_free() - self._free) // block):
            self._ballast = (self._ballast,)

    def lift(self):
        if self._free:
            self._ballast = None
            gc.collect()
            self._free -= gc.mem_alloc() - self._before


class Repl:
    def __init__(self, state, banner, window, memory):
        self._state = state
        self._banner = banner
        self._window = window
        self._memory = memory
        self._keyboard = Keyboard()
        self._scope = {"__name__": "__main__"}
        self._write = sys.stdout.buffer.write
        self.interrupts = Interrupts(state)

    def run(self):
        while True:
            if self._state.mode == shared.RAW:
                self._raw()
            else:
                self._friendly()

    def soft_reset(self):
        self._write(b"MPY: soft reboot\n")
        self._state.ending = shared.SOFT_RESET
        shared.leave(0)

    def execute(self, source, kind):
        """What the source raised, or None."""
        error = None
        self._memory.limit()
        try:
            try:
                code = compile(source, "<stdin>", kind)
                self.interrupts.arm()
                exec(code, self._scope)
            except BaseException as raised:
                error = raised
            self.interrupts.disarm()
        except KeyboardInterrupt as raised:
            error = error or raised
            self.interrupts.disarm()
        self._memory.lift()
        return error

    # --- raw REPL

    def _raw(self):
        self._write(b"raw REPL; CTRL-B to exit\n>")
        line = b""
        while True:
            data, key = self._keyboard.read_until(_RAW_KEYS)
            line += data
            if key == CTRL_C:
                line = b""
                continue
            if key == CTRL_B:
                self._write(b"\n")
                self._state.mode = shared.FRIENDLY
                return
            if key == CTRL_A and self._asks_for_more(line):
                self._extended(line[1:])
            elif key == CTRL_A:
                self._write(b"raw REPL; CTRL-B to exit\n")
            else:
                self._write(b"OK")
                if not line:
                    self._write(b"\n")
                    self.soft_reset()
                self._reply(self.execute(line, "exec"))
            line = b""
            self._write(b">")

    def _asks_for_more(self, line):
        return len(line) == 2 and line[0] == CTRL_E and not self._state.faults & shared.RAW_PASTE_UNKNOWN

    def _extended(self, command):
        if command != b"A" or self._state.faults & shared.RAW_PASTE_REFUSED:
            self._write(b"R\x00")
            return
        self._write(b"R\x01" + self._window.to_bytes(2, "little") + b"\x01")
        flow = RawPaste(self._window, self._write)
        source, key = self._keyboard.read_until(b"\x03\x04", flow.taken)
        self._write(b"\x04")
        self._reply(KeyboardInterrupt() if key == CTRL_C else self.execute(source, "exec"))

    def _reply(self, error):
        self._write(b"\x04")
        leaves = isinstance(error, SystemExit)
        if error and not leaves:
            print_exception(error)
        self._write(b"\x04")
        if leaves:
            self.soft_reset()

    # --- friendly REPL

    def _friendly(self):
        self._write(self._banner)
        while True:
            source, key = self._statement()
            if key == CTRL_A:
                self._write(b"\n")
                self._state.mode = shared.RAW
                return
            if key == CTRL_B:
                self._write(b"\n" + self._banner)
            elif key == CTRL_D:
                self._write(b"\n")
                self.soft_reset()
            elif key == CTRL_C:
                self._write(b"\n")
            elif key == CTRL_E:
                self._paste()
            elif source.strip():
                self._show(self.execute(source, "single"))

    def _show(self, error):
        if isinstance(error, SystemExit):
            self.soft_reset()
        if error:
            print_exception(error)

    def _statement(self):
        source, prompt = "", b">>> "
        while True:
            self._write(prompt)
            line, key = self._line(editing=bool(source))
            if key != _RETURN:
                return "", key
            source += line
            if not _continues(source):
                return source, key
            source += "\n"
            prompt = b"... "

    def _line(self, editing):
        """A line and the key that ended it. Ctrl-A, B, D and E count on an empty first line only."""
        line = b""
        while True:
            data, key = self._keyboard.read_until(_EDIT_KEYS, self._write)
            line += data
            if key == _RETURN:
                self._write(b"\n")
                return line.decode(), key
            if key in (_BACKSPACE, _DELETE) and line:
                line = line[:-1]
                self._write(b"\b\x1b[K")
            elif key == CTRL_C or key <= CTRL_E and not line and not editing:
                return "", key

    def _paste(self):
        self._write(b"\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\n=== ")
        source = b""
        while True:
            data, key = self._keyboard.read_until(b"\x03\x04\r", self._write)
            source += data
            if key != _RETURN:
                break
            source += b"\n"
            self._write(b"\n=== ")
        self._write(b"\n")
        if key == CTRL_D:
            self._show(self.execute(source, "exec"))


def _continues(source):
    """Whether a statement goes on in the next line: a rough form of mp_repl_continue_with_input."""
    if source.startswith(_COMPOUND):
        return not source.endswith("\n")
    depth = sum(source.count(mark) for mark in "([{") - sum(source.count(mark) for mark in ")]}")
    return depth > 0 or source.endswith("\\") or bool((source.count('"""') + source.count("'''")) % 2)
