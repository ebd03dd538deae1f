# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's side of MicroPython's raw REPL, on select() with deadlines; and a virtual cam to talk to."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import termios
import time
import tty
from pathlib import Path
from typing import Any, Callable, Optional

from support import CLI, CliTestCase

# Seconds. Far more than anything takes: what reaches it hangs.
PATIENCE = 60

CTRL_A, CTRL_B, CTRL_C, CTRL_D = b"\x01", b"\x02", b"\x03", b"\x04"
BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Unplugged(Exception):
    pass


class Silence(AssertionError):
    pass


class Port:
    """A serial port in raw mode."""

    def __init__(self, path: str) -> None:
        self.file = -1
        self.received = bytearray()
        try:
            self.file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            tty.setraw(self.file, termios.TCSANOW)
        except (OSError, termios.error) as error:
            self.close()
            raise Unplugged from error

    def close(self) -> None:
        if self.file >= 0:
            os.close(self.file)
        self.file = -1

    def write(self, data: bytes, patience: float = PATIENCE) -> None:
        """Takes what arrives meanwhile."""
        end = time.monotonic() + patience
        left = memoryview(data)
        while left:
            readable, writable, _ = select.select([self.file], [self.file], [], max(0, end - time.monotonic()))
            if readable:
                self._take()
            if writable:
                left = left[self._write(left) :]
            if not readable and not writable:
                raise Silence(f"{len(left)} bytes cannot be written")

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self.file, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Unplugged from error

    def _take(self) -> None:
        try:
            data = os.read(self.file, 65536)
        except BlockingIOError:
            return
        except OSError as error:
            raise Unplugged from error
        if not data:
            raise Unplugged
        self.received += data

    def read(self, size: int, patience: float = PATIENCE) -> bytes:
        end = time.monotonic() + patience
        while len(self.received) < size:
            self._wait(end, f"{size} bytes")
        data = bytes(self.received[:size])
        del self.received[:size]
        return data

    def read_until(self, ending: bytes, patience: float = PATIENCE) -> bytes:
        end = time.monotonic() + patience
        searched = 0
        while (at := self.received.find(ending, searched)) < 0:
            searched = max(0, len(self.received) - len(ending))
            self._wait(end, repr(ending))
        return self.read(at + len(ending))

    def drain(self, quiet: float = 0.1) -> bytes:
        """What arrives until nothing does for a while."""
        try:
            while True:
                self._wait(time.monotonic() + quiet, "anything")
        except Silence:
            return self.read(len(self.received))

    def _wait(self, end: float, what: str) -> None:
        if not select.select([self.file], [], [], max(0, end - time.monotonic()))[0]:
            raise Silence(f"no {what}, only {bytes(self.received[-200:])!r}")
        self._take()


class Host(Port):
    """Runs code over the raw REPL."""

    raw_paste: Optional[bool] = None  # not known yet

    def enter(self) -> None:
        self.write(b"\r" + CTRL_C)
        self.write(b"\r" + CTRL_A)
        self.read_until(BANNER)

    def soft_reset(self) -> bytes:
        """What is said up to the raw REPL's banner."""
        self.write(CTRL_D)
        return self.read_until(BANNER)

    def send(self, code: str) -> None:
        """Begins to run code; its output follows."""
        if self.raw_paste is None or self.raw_paste:
            self.write(b"\x05A\x01")
            answer = self.read(2)
            self.raw_paste = answer == b"R\x01"
            if self.raw_paste:
                self._paste(code.encode())
                return
            assert answer in (b"R\x00", b"ra"), answer
            self.read_until(b">")
        self.write(code.encode() + CTRL_D)
        assert (answer := self.read(2)) == b"OK", answer

    def _paste(self, source: bytes) -> None:
        window = int.from_bytes(self.read(2), "little")
        room = window
        while source:
            while room == 0 or self.received:
                sign = self.read(1)
                assert sign == b"\x01", sign
                room += window
            piece, source = source[:room], source[room:]
            room -= len(piece)
            self.write(piece)
        self.write(CTRL_D)
        assert set(self.read_until(CTRL_D)[:-1]) <= {1}

    def result(self) -> tuple[bytes, bytes]:
        """Standard output and error of what was sent."""
        out = self.read_until(CTRL_D)[:-1]
        error = self.read_until(CTRL_D)[:-1]
        assert self.read(1) == b">"
        return out, error

    def run(self, code: str) -> tuple[bytes, bytes]:
        self.send(code)
        return self.result()

    def exec(self, code: str) -> str:
        out, error = self.run(code)
        assert not error, error.decode()
        return out.decode().replace("\r\n", "\n")

    def eval(self, expression: str) -> Any:
        return eval(self.exec(f"print(repr({expression}))"))


class VirtualCam:
    """`romsmith-cli virtual-cam`, until close()."""

    def __init__(self, *options: Any, folder: Path, env: Optional[dict[str, str]] = None) -> None:
        self.control_path = folder / f"c{os.urandom(3).hex()}"
        command = [CLI, "virtual-cam", "--control", self.control_path, *options]
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=os.environ | (env or {}))
        assert self.process.stdout
        self.ports: list[Host] = []
        self.path = self.process.stdout.readline().strip()
        if not self.path:
            raise AssertionError(self.end()[1])

    def next_path(self) -> str:
        """The port after a reset."""
        assert self.process.stdout
        self.path = self.process.stdout.readline().strip()
        return self.path

    def open(self) -> Host:
        self.ports.append(Host(self.path))
        return self.ports[-1]

    def host(self) -> Host:
        """In the raw REPL."""
        host = self.open()
        host.enter()
        return host

    def control(self, **command: Any) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.control_path))
            connection.sendall(json.dumps(command).encode() + b"\n")
            with connection.makefile() as answer:
                return json.loads(answer.readline())

    def set(self, **faults: int) -> dict[str, Any]:
        answer = self.control(set={name.replace("_", "-"): value for name, value in faults.items()})
        assert answer["ok"], answer
        return answer

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and what it said on standard error."""
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err

    def close(self) -> None:
        for port in self.ports:
            port.close()
        if self.process.poll() is None:
            self.end()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


class CamTestCase(CliTestCase):
    """A test with virtual cams that end with it."""

    def plug(self, *options: Any, env: Optional[dict[str, str]] = None) -> VirtualCam:
        cam = VirtualCam(*options, folder=self.folder, env=env)
        self.addCleanup(cam.close)
        return cam

    def cam(self, *options: Any) -> Host:
        """A host in the raw REPL of a cam that nothing else is asked of."""
        return self.plug(*options).host()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it never happened")

    def assertUnplugged(self, host: Host) -> None:  # noqa: N802
        with self.assertRaises(Unplugged):
            host.read(1 << 30)
