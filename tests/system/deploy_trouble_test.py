# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashing under circumstances that nobody wants, and what is said of them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import unittest
from pathlib import Path
from typing import Any

from deploy_test import CANCELLED, DEVICE_ERROR, ERASED, DeployTestCase
from support import CLI, TIME_LIMIT

NOBODY = 65534


class Trouble(DeployTestCase):
    def start(self, image: Path, port: Path) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([CLI, "flash", str(image), "--device", str(port), "--json"], env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.communicate, timeout=TIME_LIMIT)
        return process

    def result(self, process: subprocess.Popen[bytes], expect: int = 0) -> dict[str, Any]:
        out, err = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, expect, err.decode())
        return json.loads(out)

    def large_image(self) -> Path:
        return self.build({"a.txt": random.Random(1).randbytes(900000)}, name="large")

    def test_two_cams_are_flashed_at_once(self) -> None:
        cams = []
        for number, board in enumerate(("OPENMV_N6", "OPENMV_RT1060")):
            image = self.build_image(f"image{number}", 60000, seed=number)
            port, flash = self.folder / f"port{number}", self.folder / f"flash{number}"
            self.plug("--board", board, "--alias", port, "--flash", flash)
            cams.append((board, image, flash, self.start(image, port)))
        for board, image, flash, process in cams:
            result = self.result(process)
            self.assertEqual(result["state"], "written, verified and mounted")
            self.assertTrue(flash.read_bytes().startswith(image.read_bytes()), board)

    def test_a_second_flash_of_a_cam_is_kept_out(self) -> None:
        cam = self.plug_cam("--bandwidth", 100000)
        first = self.start(self.large_image(), self.port)
        self.wait_for(lambda: cam.control()["writes"] > 0)
        run = self.run_device("flash", self.image, expect=DEVICE_ERROR)
        self.assertRegex(run.err, rf"is in use by romsmith-cli \(process {first.pid}\)")
        first.send_signal(signal.SIGTERM)
        self.assertEqual(self.result(first, expect=CANCELLED)["state"], "partly written, no image")
        cam.set(bandwidth=0)
        self.assertTrue(self.flash_json(self.image)["ok"])
        self.assertBegins(self.image)

    def test_a_slow_line_takes_its_time(self) -> None:
        image = self.build_image("short", 1000)
        for options in ((), ("--input-buffer", 256), ("--input-buffer", 256, "--old-repl", "--no-deflate")):
            with self.subTest(options=options):
                cam = self.plug_cam("--bandwidth", 1920, "--latency", 5, *options)  # bytes/s at 19200 baud
                self.assertEqual(self.flash_json(image)["state"], "written, verified and mounted")
                self.assertFlashed(image)
                self.close(cam)

    def test_a_small_heap_is_enough(self) -> None:
        # 24 KiB of a 32-bit board: objects and what the compiler takes are twice as large here.
        for options in ((), ("--old-repl",), ("--no-base64", "--no-deflate"), ("--no-hashlib", "--input-buffer", 256)):
            with self.subTest(options=options):
                cam = self.plug_cam("--free-memory", 48 * 1024, *options, board="OPENMV2")
                self.assertEqual(self.flash_json(self.image)["state"], "written, verified and mounted")
                self.assertFlashed(self.image)
                output = self.folder / "read.img"
                self.run_device("read", "-o", output)
                self.assertEqual(output.read_bytes(), self.image.read_bytes())
                self.close(cam)

    def test_what_a_program_left_in_memory_is_in_nobodys_way(self) -> None:
        for size in (20000, 40000, 60000):  # too much for chunks, for the receiver, for the questions
            with self.subTest(size=size):
                cam = self.plug_cam("--free-memory", 64 * 1024, board="OPENMV2")
                host = cam.host()
                host.exec(f"x = bytearray({size})")
                host.close()
                self.assertTrue(self.flash_json(self.image)["ok"])
                self.assertFlashed(self.image)
                self.close(cam)

    def test_a_heap_that_is_too_small_changes_nothing(self) -> None:
        self.plug_cam("--free-memory", 12 * 1024, board="OPENMV2")
        run = self.run_device("flash", self.image, expect=DEVICE_ERROR)
        self.assertIn("MemoryError", run.err)
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")

    def test_a_port_that_may_not_be_opened(self) -> None:
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("only root can be somebody else")
        cam = self.plug_cam()
        run = subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", CLI, "query",
                              "--device", cam.control()["port"]], capture_output=True, text=True, check=False)
        if run.returncode in (126, 127):
            self.skipTest("nobody else may run the program")
        self.assertEqual(run.returncode, DEVICE_ERROR, run.stderr)
        self.assertRegex(run.stderr, r"You may not open /dev/pts/\d+ \(owner root, group \w+, mode \d+\)\. Install the "
                                     r"rules for udev once .*romsmith-cli boards --udev \| sudo tee /etc/udev/rules\.d/")

    def test_an_image_that_does_not_fit(self) -> None:
        self.plug_cam(board="OPENMV2")
        source = self.make_tree({"a.txt": bytes(200000)}, name="big")
        image = self.folder / "big.img"
        self.run_cli("build", source, "-o", image)
        for what in (image, source):
            run = self.run_cli("flash", what, "--force", "--device", self.port, "--json", expect=1, env=self.environment)
            result = json.loads(run.out)
            self.assertFalse(result["ok"])
            self.assertIn("131072", result["error"])
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")

    def test_a_cam_that_is_not_heard_of_again(self) -> None:
        cam = self.plug_cam("--bandwidth", 100000)
        process = self.start(self.large_image(), self.port)
        self.wait_for(lambda: cam.control()["writes"] > 0)
        cam.control(do="unplug")
        result = self.result(process, expect=DEVICE_ERROR)
        self.assertEqual(result["state"], "partly written, no image")
        self.assertIn("is gone: it was unplugged, or it reset", result["error"])
        self.assertIn("until an image is written; retry", result["next"])


if __name__ == "__main__":
    unittest.main()
