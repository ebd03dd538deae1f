# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashing every board with every fault of a virtual cam. Every fourth pair; where CI=true all of them, but with
sanitizers, which take four times as long."""

from __future__ import annotations

import itertools
import os
import random
import re
import unittest
from pathlib import Path
from typing import Any

from deploy_test import ERASED, DeployTestCase

THOROUGH = os.environ.get("CI") == "true" and not os.environ.get("ROMSMITH_SANITIZE")
ONE_OF = 1 if THOROUGH else 4

WORKS, FAILS, MAY_FAIL = range(3)

# Each with options that let it do harm. A number of bytes is drawn for each board.
FAULTS: dict[str, tuple[tuple[Any, ...], int]] = {
    "unplug-after": ((range(1, 30000), "--replug-after", 10), MAY_FAIL),
    "replug-after": ((10,), WORKS),
    "reboot-after": ((range(1, 30000),), MAY_FAIL),
    "reboot-after-ms": ((range(50, 1000),), MAY_FAIL),
    "latency": ((3,), WORKS),
    "bandwidth": ((100000,), WORKS),
    "garbage-every": ((range(2000, 30000),), MAY_FAIL),
    "input-buffer": ((256,), WORKS),
    "fail-write": ((1,), FAILS),
    "fail-erase": ((1,), FAILS),
    "erase-ms": ((30,), WORKS),
    "busy-ms": ((300,), WORKS),
    "no-raw-paste": ((), WORKS),
    "old-repl": ((), WORKS),
    "no-base64": ((), WORKS),
    "no-deflate": ((), WORKS),
    "no-hashlib": ((), WORKS),
}
# Whatever firmware has, with an input that overflows.
FIRMWARE = (("--old-repl", "--input-buffer", 256), ("--no-raw-paste", "--no-base64", "--no-deflate", "--no-hashlib"),
            ("--ranged-prepare", "--raw-paste-window", 32, "--input-buffer", 64))


class Matrix(DeployTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.boards = [board for board in self.json("boards")["boards"]
                       if board["partitions"] and not board["id"].startswith("MPS")]

    def test_every_fault_is_tried(self) -> None:
        out = self.run_cli("virtual-cam", "--help").out.decode()
        self.assertEqual(re.findall(r"^  --([a-z0-9-]+)", out.split("Faults:")[1], re.MULTILINE), list(FAULTS))

    def test_every_board_with_every_fault(self) -> None:
        for number, (board, fault) in enumerate(itertools.product(self.boards, FAULTS)):
            if (number + number // len(FAULTS)) % ONE_OF == 0:
                options, outcome = FAULTS[fault]
                rng = random.Random(number)
                drawn = [rng.choice(option) if isinstance(option, range) else option for option in options]
                with self.subTest(board=board["id"], fault=(fault, *drawn)):
                    self.check(board, (f"--{fault}", *drawn), outcome)

    def test_every_board_with_poor_firmware(self) -> None:
        for number, (board, options) in enumerate(itertools.product(self.boards, FIRMWARE)):
            if (number + number // len(FIRMWARE)) % ONE_OF == 0:
                with self.subTest(board=board["id"], options=options):
                    self.check(board, options, WORKS)

    def check(self, board: dict[str, Any], options: tuple[Any, ...], outcome: int) -> None:
        cam = self.plug_cam(*options, board=board["id"])
        size = board["partitions"][0].get("size") or self.flash.stat().st_size  # of GENERIC, any
        result = self.flash_any(self.image)
        if outcome != MAY_FAIL:
            self.assertEqual(result["ok"], outcome == WORKS, result)
        self.assertStateIsTrue(result, self.image, size)
        cam.set(**{fault.replace("-", "_"): 0 for fault in FAULTS})
        self.wait_for(self.port.exists)
        self.assertTrue(self.flash_json(self.image)["ok"])
        self.assertFlashed(self.image, size=size)
        host = cam.host()
        self.assertEqual(host.exec("import inner\nprint(inner.WORD)"), "FROM THE ROM\n")
        host.close()
        self.close(cam)

    def assertStateIsTrue(self, result: dict[str, Any], image: Path, size: int) -> None:  # noqa: N802
        """Of a flash that was erased before."""
        flash = self.flash.read_bytes()[:size]
        data = image.read_bytes()
        if result["ok"]:
            self.assertEqual(result["state"], "written, verified and mounted")
            self.assertFlashed(image, size=size)
            return
        self.assertTrue(result["error"], result)
        state = result.get("state", "nothing was changed")
        if state == "nothing was changed":
            self.assertEqual(flash.strip(ERASED), b"")
        elif state == "written and verified, not seen mounted":
            self.assertTrue(flash.startswith(data), result)
        elif state == "written, not verified":
            self.assertTrue(flash.startswith(data) or not flash.startswith(data[:3]), result)
        else:
            self.assertIn(state, ("erased, no image", "partly written, no image"), result)
            self.assertFalse(flash.startswith(data[:3]), result)
        self.assertTrue("next" in result or "state" not in result)


if __name__ == "__main__":
    unittest.main()
