# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory `romsmith-cli build` takes beyond what the program takes to start: content is streamed."""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any

CLI = os.environ["ROMSMITH_CLI"]
PEAK_MEMORY = os.environ["ROMSMITH_PEAK_MEMORY"]

MIB = 1024 * 1024


def peak(*arguments: Any) -> int:
    """Bytes that romsmith-cli had resident at most."""
    done = subprocess.run(
        [PEAK_MEMORY, CLI, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True
    )
    return int(done.stderr.split()[-1]) * 1024


class Memory(unittest.TestCase):
    LIMIT = 15 * MIB

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="romsmith-memory-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        rng = random.Random(1)
        source = self.folder / "source"
        (source / "models").mkdir(parents=True)
        for number in range(4):
            (source / "models" / f"model{number}.tflite").write_bytes(rng.randbytes(4 * MIB))
        for number in range(2000):
            path = source / f"package{number % 40}" / f"module{number}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(rng.randbytes(rng.randrange(2000)))

    def test_build_streams(self) -> None:
        image = self.folder / "out.img"
        start = peak("--version")
        for layout in ("openmv", "compact"):
            used = peak("build", self.folder / "source", "--no-compile", "-o", image, "--layout", layout) - start
            print(
                f"build --layout {layout}: {image.stat().st_size / MIB:.1f} MiB of image, {used / MIB:.1f} MiB beyond the {start / MIB:.1f} MiB of the start"
            )
            self.assertLess(used, self.LIMIT)
        self.assertGreater(image.stat().st_size, 16 * MIB)

    def test_reading_takes_the_image_once(self) -> None:
        image = self.folder / "out.img"
        subprocess.run([CLI, "build", self.folder / "source", "--no-compile", "-o", image], check=True)
        start = peak("--version")
        for command in (
            ["ls", image],
            ["ls", image, "--json"],
            ["check", image],
            ["cat", image, "models/model0.tflite"],
            ["extract", image, "-o", self.folder / "out"],
            ["edit", image, "--mkdir", "new", "-o", self.folder / "new.img"],
        ):
            used = peak(*command) - start
            print(f"{command[0]}: {used / MIB:.1f} MiB beyond the start")
            self.assertLess(used, image.stat().st_size + self.LIMIT)


if __name__ == "__main__":
    unittest.main()
