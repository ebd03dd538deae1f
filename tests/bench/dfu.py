# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing by the bootloader, side by side with dfu-util against the same emulated device.

The times are of whole commands. What the device itself took of them, for its memory and its bus, it counts itself.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "system"))

from usb_device import DFU_UTIL, UsbTestCase  # noqa: E402

MIB = 1024 * 1024


class Bench(UsbTestCase):
    size = 8 * MIB
    board = "OPENMV_N6"

    def measure(self, what: str, action: Callable[[], Any]) -> float:
        device = self.device_of_test()
        device.enter()
        before = device.command()["ownMicroseconds"]
        begin = time.monotonic()
        action()
        seconds = time.monotonic() - begin
        own = (device.command()["ownMicroseconds"] - before) / 1e6
        print(f"{what:50} {seconds:7.2f} s   the device's {own:7.2f} s   beyond it {100 * (seconds / own - 1):5.1f} %")
        return seconds

    def runTest(self) -> None:  # noqa: N802
        content = bytearray(random.Random(1).randbytes(self.size - 1000))
        image = self.build({"data": bytes(content)}, name="whole")
        content[self.size // 2] ^= 1
        changed = self.build({"data": bytes(content)}, name="changed")
        self.plug_usb(self.board, firmware_after=0)
        stay = ("--via", "dfu", "--no-backup")
        theirs = self.measure("dfu-util, write", lambda: self.dfu_util("-a", "ROMFS0", "-D", image, limit=1000))
        plain = self.measure("romsmith-cli, write, start", lambda: self.romsmith("flash", image, *stay, "--no-verify",
                                                                                timeout=1000))
        whole = self.measure("romsmith-cli, write, read back, start",
                             lambda: self.romsmith("flash", image, *stay, timeout=1000))
        update = self.measure("romsmith-cli --update, one byte of it changed",
                              lambda: self.romsmith("flash", changed, *stay, "--update", timeout=1000))
        print(f"a write is {theirs / plain:.2f} times as fast as dfu-util's; an update {whole / update:.1f} times as fast as a "
              f"write that is read back, {theirs / update:.1f} times as fast as dfu-util's write")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=8, help="size of the image")
    parser.add_argument("--board", default="OPENMV_N6")
    arguments = parser.parse_args()
    if not DFU_UTIL:
        print("There is no dfu-util.", file=sys.stderr)
        sys.exit(77)
    Bench.size = arguments.mib * MIB
    Bench.board = arguments.board
    bench = Bench()
    bench.setUp()
    try:
        bench.runTest()
    finally:
        bench.doCleanups()


if __name__ == "__main__":
    main()
