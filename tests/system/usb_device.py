# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual cam in its bootloader as a USB device that real programs see, and the programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Optional, Union

from support import CLI, TIME_LIMIT, CliTestCase, Run

TESTBED = os.environ.get("ROMSMITH_USB_TESTBED", "")
DFU_UTIL = shutil.which("dfu-util")
PRELOAD = "libumockdev-preload.so.0"


class UsbDevice:
    def __init__(self, board: str, flash: Path, version: str, unique_id: str) -> None:
        self._process = subprocess.Popen(
            [TESTBED, board, flash, version, unique_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"LD_PRELOAD": PRELOAD},
        )
        self.environment = os.environ | {"LD_PRELOAD": PRELOAD, "UMOCKDEV_DIR": self._answer()["dir"]}

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the testbed ended with {self._process.wait()}")
        return json.loads(line)

    def command(self, action: str = "", **faults: int) -> dict[str, Any]:
        assert self._process.stdin
        command: dict[str, Any] = {"set": {name.replace("_", "-"): value for name, value in faults.items()}}
        if action:
            command["do"] = action
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def wait_for(self, mode: str, present: bool = True) -> dict[str, Any]:
        deadline = time.monotonic() + TIME_LIMIT
        while True:
            report = self.command()
            if report["mode"] == mode and report["present"] == present:
                return report
            if time.monotonic() > deadline:
                raise AssertionError(f"the cam is not there: {report}")
            time.sleep(0.005)

    def enter(self) -> None:
        """machine.bootloader()"""
        self.command("enter")
        self.wait_for("bootloader")

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        if self._process.poll() is not None:
            return
        self._process.stdin.close()
        self._process.wait(TIME_LIMIT)
        self._process.stdout.close()


class UsbTestCase(CliTestCase):
    """Both programs against the same device."""

    def setUp(self) -> None:
        super().setUp()
        self.flash = self.folder / "flash"
        self.device: Optional[UsbDevice] = None

    def plug_usb(self, board: str, version: str = "0103", unique_id: str = "0123456789abcdef01234567",
                 **faults: int) -> UsbDevice:
        # romsmith-cli makes the file; it has all that the bootloader reaches.
        if not self.flash.exists():
            self.make_flash(board)
        self.device = UsbDevice(board, self.flash, version, unique_id)
        self.addCleanup(self.device.close)
        self.device.command(**faults)
        return self.device

    def unplug_usb(self) -> None:
        self.device_of_test().close()

    def device_of_test(self) -> UsbDevice:
        assert self.device
        return self.device

    def make_flash(self, board: str) -> None:
        process = subprocess.Popen([CLI, "virtual-cam", "--board", board, "--flash", self.flash],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout
        process.stdout.readline()
        process.terminate()
        process.wait(TIME_LIMIT)
        process.stdout.close()

    def environment(self) -> dict[str, str]:
        return self.device_of_test().environment | {"XDG_DATA_HOME": str(self.folder / "data")}

    def romsmith(self, *arguments: Any, expect: int = 0, **options: Any) -> Run:
        return self.run_cli(*arguments, expect=expect, env=self.environment(), **options)

    def romsmith_json(self, *arguments: Any, expect: int = 0) -> dict[str, Any]:
        return json.loads(self.romsmith(*arguments, "--json", expect=expect).out)

    def dfu_util(self, *arguments: Any, expect: Union[int, tuple[int, ...]] = 0,
                 limit: float = TIME_LIMIT) -> str:
        assert self.device and DFU_UTIL
        done = subprocess.run([DFU_UTIL, *map(str, arguments)], env=self.device.environment, capture_output=True,
                              text=True, timeout=limit, check=False)
        codes = expect if isinstance(expect, tuple) else (expect,)
        self.assertIn(done.returncode, codes, done.stdout[-2000:] + done.stderr)
        return done.stdout
