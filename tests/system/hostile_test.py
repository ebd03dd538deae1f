# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No image, however broken, crashes or stops a command."""

from __future__ import annotations

import os
import random
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import romfs_reference as reference
from romfs_reference import Tree, image, record, varuint
from support import DONE, FINDINGS, INPUT_ERROR, OUTPUT_ERROR, USAGE, CliTestCase, cli


class Mutations(CliTestCase):
    COUNT = 150
    start = reference.write_compact({"a.txt": b"A", "b": {"e.py": b"e"}, "f": b""})

    def test_no_mutated_image_crashes_a_command(self) -> None:
        rng = random.Random(1999)
        tree: Tree = {
            "a.txt": b"A",
            "b": {"c": {"d.tflite": bytes(50)}, "e.py": b"e"},
            "f": b"",
            "long" * 40: bytes(300),
        }
        pointers = image(
            record(2, bytes(40)),
            record(5, b"\1p" + record(3, b"\x20\2")),
            record(5, b"\1q" + record(1, b"") + record(3, b"\5\5")),
        )
        starts = [reference.write_compact(tree), reference.write_openmv(tree, reference.OPENMV_RULES), pointers]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            jobs = [
                pool.submit(self.try_everything, number, self.mutated(rng, rng.choice(starts)))
                for number in range(self.COUNT)
            ]
        failed = [failure for job in jobs for failure in job.result()]
        self.assertEqual(failed, [])

    def mutated(self, rng: random.Random, start: bytes) -> bytes:
        data = bytearray(start)
        for _ in range(rng.choice([1, 1, 2, 4, 16])):
            at = rng.randrange(len(data)) if rng.random() < 0.1 else min(rng.randrange(3, 120), len(data) - 1)
            match rng.randrange(7):
                case 0 | 1:
                    data[at] = rng.choice([0, 1, 2, 3, 4, 5, 0x7F, 0x80, 0x81, 0xFE, 0xFF])
                case 2:
                    data[at] = rng.randrange(256)
                case 3:
                    data[at:at] = rng.choice(
                        [b"\x80", b"\xff" * 12, varuint(2**32), varuint(2**64 - 1), b"\0", data[at : at + 30]]
                    )
                case 4:
                    del data[at : at + rng.randint(1, 40)]
                case 5:
                    data = data[: max(at, 4)]
                case 6:
                    data[at : at + 8] = rng.randbytes(8)
            data = data or bytearray(b"\xd2")
        return bytes(data)

    def try_everything(self, number: int, data: bytes) -> list[str]:
        path = self.make_file(f"{number}.img", data)
        out = self.folder / f"{number}"
        other = self.make_file(f"{number}.other", self.start)
        commands = [
            ["diff", path, other, "--json"],
            ["diff", other, path],
            ["ls", path, "--json", "--board", "OPENMV_N6"],
            ["ls", path],
            ["check", path, "--json"],
            ["records", path],
            ["cat", path, "b/c/d.tflite"],
            ["extract", path, "-o", out],
            ["edit", path, "--mkdir", "new/folder", "--layout", "openmv", "-o", f"{out}.out"],
        ]
        failures = []
        for command in commands:
            run = cli(*command)
            if run.code not in (DONE, FINDINGS, USAGE, INPUT_ERROR, OUTPUT_ERROR) or "Sanitizer" in run.err:
                failures.append(f"{command[0]}: exit code {run.code} for {data.hex()}: {run.err[-300:]}")
        if Path(f"{out}.out").exists() and cli("ls", f"{out}.out").code != DONE:
            failures.append(f"edit wrote what cannot be read from {data.hex()}")
        return failures


if __name__ == "__main__":
    unittest.main()
