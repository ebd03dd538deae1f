# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashing a virtual cam, side by side with MicroPython's reference tool; `packaging/bootstrap bench` runs it.

The times are of whole commands, from the start of the program to its end. ROMSMITH_CLI is the program, and
ROMSMITH_REFERENCE the command of the reference tool, without which only the rest is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, NamedTuple

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "tests/system"))

from repl_client import VirtualCam  # noqa: E402

CLI = os.environ["ROMSMITH_CLI"]
REFERENCE = shlex.split(os.environ.get("ROMSMITH_REFERENCE", ""))

MIB = 1024 * 1024
BOARD = "OPENMV_N6"
THROTTLE = ("--bandwidth", 1_000_000, "--latency", 1)  # bytes/s, ms for each change of direction

READ_ALL = """import sys, micropython
b = bytearray(65536)
micropython.kbd_intr(-1)
print('go')
for _ in range(%d): sys.stdin.buffer.readinto(b)
print('done')""" % (MIB // 65536)


class Flashing(NamedTuple):
    seconds: float
    wire: int  # bytes to the cam
    speed: float = 0  # bytes/s on the line in the phase of writing alone


def noise(seed: int) -> bytes:
    return random.Random(seed).randbytes(MIB)


def source_like(seed: int) -> bytes:
    """The sources of this project, beginning at a different one each time."""
    files = sorted(path for folder in ("core", "ui", "app", "tests") for path in (CHECKOUT / folder).rglob("*.cpp"))
    text = b"".join(path.read_bytes() for path in files[seed:] + files[:seed])
    return (text * (MIB // len(text) + 1))[:MIB]


class Bench:
    def __init__(self, folder: Path, repetitions: int) -> None:
        self.folder = folder
        self.repetitions = repetitions
        self.environment = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
        self.port = folder / "port"
        self.lines: list[float] = []

    def image(self, content: bytes) -> Path:
        source = self.folder / "data.txt"
        source.write_bytes(content)
        image = self.folder / "image.img"
        subprocess.run([CLI, "build", source, "-o", image], check=True)
        return image

    def plug(self, *options: object) -> VirtualCam:
        flash = self.folder / "flash"
        flash.unlink(missing_ok=True)
        return VirtualCam("--board", BOARD, "--flash", flash, "--alias", self.port, *options, folder=self.folder)

    def measured(self, cam: VirtualCam, command: list[object]) -> tuple[Flashing, bytes]:
        before = cam.control()["toCam"]
        begin = time.perf_counter()
        done = subprocess.run([str(part) for part in command], env=self.environment, capture_output=True, check=False)
        seconds = time.perf_counter() - begin
        if done.returncode != 0:
            raise SystemExit(f"{command}: {done.stdout.decode()}{done.stderr.decode()}")
        return Flashing(seconds, cam.control()["toCam"] - before), done.stdout

    def flash(self, cam: VirtualCam, image: Path) -> Flashing:
        done, out = self.measured(cam, [CLI, "flash", image, "--device", self.port, "--no-backup", "--json"])
        result = json.loads(out)
        for phase in result["phases"]:
            if phase["name"] == "Writing":
                done = done._replace(speed=phase["sent"] / phase["seconds"])
        return done

    def flash_by_reference(self, cam: VirtualCam, image: Path) -> Flashing:
        done, _ = self.measured(cam, [*REFERENCE, "connect", self.port, "romfs", "deploy", image])
        flash = (self.folder / "flash").read_bytes()
        assert flash.startswith(image.read_bytes()), "the reference tool did not write the image"
        return done

    def compare(self, content: Callable[[int], bytes], options: tuple[object, ...]) -> list[tuple[Flashing, ...]]:
        """Of each tool, alternately, so that both have the same machine; each image is another one."""
        tools = [self.flash] + ([self.flash_by_reference] if REFERENCE else [])
        results = []
        for seed in range(self.repetitions):
            image = self.image(content(seed))
            row = []
            if options:
                self.lines.append(self.line())
            for tool in tools:
                cam = self.plug(*options)
                row.append(tool(cam, image))
                cam.close()
            results.append(tuple(row))
        return results

    def line(self) -> float:
        """Bytes/s that the throttled line carries when the cam does nothing but read."""
        cam = self.plug(*THROTTLE)
        host = cam.host()
        host.send(READ_ALL)
        host.read_until(b"go\r\n")
        begin = time.perf_counter()
        host.write(noise(0))
        host.read_until(b"done\r\n")
        seconds = time.perf_counter() - begin
        cam.close()
        return MIB / seconds

    def again(self) -> list[Flashing]:
        cam = self.plug()
        image = self.image(noise(1))
        self.flash(cam, image)
        results = [self.flash(cam, image) for _ in range(self.repetitions)]
        cam.close()
        return results


def median(values: list[float]) -> float:
    return statistics.median(values)


def show(name: str, results: list[tuple[Flashing, ...]], size: int) -> None:
    for number, tool in enumerate(("romsmith-cli", "reference tool")[: len(results[0])]):
        runs = [row[number] for row in results]
        seconds = median([run.seconds for run in runs])
        wire = median([run.wire for run in runs]) / size
        print(f"{name:24} {tool:15} {seconds:7.2f} s {size / seconds / 1000:8.0f} kB/s  {wire:.3f} bytes on the line for one")
    if len(results[0]) > 1:
        print(f"{'':24} {median([row[1].seconds / row[0].seconds for row in results]):.1f} times as fast")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    if not shutil.which("micropython"):
        print("there is no MicroPython")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="romsmith-bench-") as name:
        bench = Bench(Path(name), arguments.repetitions)
        for title, content in (("random", noise), ("source-like", source_like)):
            size = bench.image(content(0)).stat().st_size
            show(title, bench.compare(content, ()), size)
            results = bench.compare(content, THROTTLE)
            show(f"{title}, 1 MB/s and 1 ms", results, size)
            speeds = [row[0].speed / line for row, line in zip(results, bench.lines[-len(results) :])]
            print(f"{'':24} {median(bench.lines) / 1000:.0f} kB/s are the line; writing uses {median(speeds):.0%} of them")
        again = bench.again()
        print(f"unchanged: {median([run.seconds for run in again]):.2f} s, {again[0].wire} bytes on the line")


if __name__ == "__main__":
    main()
