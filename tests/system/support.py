# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running romsmith-cli, and trees to run it on."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, NamedTuple, Optional

from romfs_reference import Tree, directory_record

CLI = os.environ["ROMSMITH_CLI"]
MICROPYTHON = shutil.which("micropython")

DONE, FINDINGS, USAGE, INPUT_ERROR, OUTPUT_ERROR = range(5)

# Far more than anything takes, sanitizers included: what reaches it hangs.
TIME_LIMIT = 60


class Run(NamedTuple):
    code: int
    out: bytes
    err: str


def cli(*arguments: Any, **options: Any) -> Run:
    """Runs romsmith-cli; arguments may be str, bytes, Path. Python files are kept as they are unless `compile` is set."""
    compiles = options.pop("compile", False)
    if arguments[:1] == ("build",) and not compiles:
        arguments = (*arguments, "--no-compile")
    command = [CLI, *(a if isinstance(a, bytes) else str(a) for a in arguments)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "timeout": TIME_LIMIT} | options
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, **options)
    return Run(done.returncode, done.stdout, (done.stderr or b"").decode(errors="backslashreplace"))


def micropython(*arguments: Any) -> str:
    """What the program printed."""
    command = [str(MICROPYTHON), "-X", "heapsize=64M", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
    if done.returncode != 0:
        raise AssertionError(
            f"micropython: exit code {done.returncode}\n{done.stdout[-500:]!r}\n{done.stderr.decode()}"
        )
    return done.stdout.decode()


class CliTestCase(unittest.TestCase):
    """A test with a folder of its own and short ways to ask for what should succeed."""

    maxDiff = 4000

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="romsmith-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_cli(self, *arguments: Any, expect: int = DONE, **options: Any) -> Run:
        run = cli(*arguments, **options)
        self.assertEqual(run.code, expect, f"romsmith-cli {' '.join(map(str, arguments))}\n{run.err}")
        return run

    def json(self, *arguments: Any, expect: int = DONE) -> Any:
        return json.loads(self.run_cli(*arguments, "--json", expect=expect).out)

    def make_tree(self, tree: Tree, name: str = "source") -> Path:
        path = self.folder / name
        write_tree(tree, path)
        return path

    def make_file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def build(self, tree: Tree, *options: Any, name: str = "image") -> Path:
        """An image of the tree; its source folder is NAME.d beside it."""
        output = self.folder / f"{name}.img"
        self.run_cli("build", self.make_tree(tree, f"{name}.d"), "-o", output, *options)
        return output

    def tree_on_disk(self, path: Path) -> Tree:
        return {
            child.name: self.tree_on_disk(child) if child.is_dir() else child.read_bytes() for child in path.iterdir()
        }


def write_tree(tree: Tree, path: Path) -> None:
    path.mkdir(parents=True)
    for name, child in tree.items():
        if isinstance(child, dict):
            write_tree(child, path / name)
        else:
            (path / name).write_bytes(child)


def flat(tree: Tree, parent: str = "") -> list[tuple[str, Optional[bytes]]]:
    """Paths and contents in the order of the dicts; None for a folder."""
    paths: list[tuple[str, Optional[bytes]]] = []
    for name, child in tree.items():
        if isinstance(child, dict):
            paths += [(parent + name, None), *flat(child, f"{parent}{name}/")]
        else:
            paths.append((parent + name, child))
    return paths


def sorted_tree(tree: Tree) -> Tree:
    return {name: sorted_tree(child) if isinstance(child, dict) else child for name, child in sorted(tree.items())}


# The example of the description of the format.
NESTED: Tree = {"a.txt": b"A", "data": {"d.bin": b"\0\1\2\3"}, "lib": {"pkg": {"__init__.py": b""}, "x.py": b"x = 1\n"}}


def nested(levels: int) -> bytes:
    """The records of so many folders inside one another."""
    data = b""
    for _ in range(levels):
        data = directory_record(b"d", data)
    return data


# --- random trees ---------------------------------------------------------------------------------------------------

ASCII = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_- ,+=()[]{}'&;!@%"
BEYOND_ASCII = ASCII + "äöüßéñøАяжλΩ日本語中文한국어🎥🧪"
EXTENSIONS = ["py", "txt", "tflite", "lite", "bin", "onnx", "jpg", "TFLITE"]
SIZES = [0, 0, 1, 3, 4, 15, 16, 100, 126, 127, 128, 129, 1000, 4096, 16383, 16384, 16385, 65536]


def random_name(rng: random.Random, alphabet: str) -> str:
    longest = rng.choice([1, 3, 12, 12, 12, 40, 62])
    name = rng.choice(["", "", "", ".", "_"]) + "".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest)))
    return name.replace("._", "_.", 1)  # names that begin with "._" are junk


def random_content(rng: random.Random, largest: int = 100 * 1024) -> bytes:
    size = min(rng.choice([*SIZES, rng.randint(0, 300), rng.randint(0, largest)]), largest)
    return rng.randbytes(size)


def random_tree(rng: random.Random, alphabet: str = ASCII, entries: int = 12, depth: int = 4) -> Tree:
    """Sorted, as an image built from it is."""
    tree: Tree = {}
    for _ in range(rng.randint(0, entries)):
        name = random_name(rng, alphabet)
        if depth and rng.random() < 0.3:
            tree[name] = random_tree(rng, alphabet, entries // 2, depth - 1)
        else:
            tree[f"{name}.{rng.choice(EXTENSIONS)}" if rng.random() < 0.8 else name] = random_content(rng)
    if depth == 4 and rng.random() < 0.3:
        tree["deep"] = deep_tree(rng.randint(5, 40), {"at the bottom.py": random_content(rng)})
    return sorted_tree(tree)


def deep_tree(levels: int, bottom: Tree) -> Tree:
    tree = bottom
    for level in range(levels):
        tree = {f"d{level}": tree}
    return tree
