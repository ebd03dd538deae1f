# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime has the last word: MicroPython mounts what romsmith-cli wrote, and every byte is compared."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any, NamedTuple, Optional

import romfs_reference as reference
from romfs_reference import Tree
from support import (
    ASCII,
    BEYOND_ASCII,
    DONE,
    FINDINGS,
    MICROPYTHON,
    CliTestCase,
    cli,
    deep_tree,
    flat,
    micropython,
    random_content,
    random_name,
    random_tree,
    sorted_tree,
    write_tree,
)

PROBE = Path(__file__).with_name("micropython_probe.py")

SEEDS = [2, 7, 1, 8, 28, 18, 284, 5904, 523, 536]


class Seen(NamedTuple):
    """What the runtime found at a path."""

    path: str
    size: int
    sha256: Optional[str]  # None for a folder
    offset: int


def mounted(images: list[Path]) -> list[list[Seen] | str]:
    """For each image what the runtime lists, or its error."""
    results: list[list[Seen] | str] = []
    for line in micropython(PROBE, *images).splitlines():
        word, *rest = line.split(" ")
        if word == "image":
            results.append([])
        elif word == "error":
            results[-1] = line
        else:
            sha256, offset = (rest[2], int(rest[3])) if word == "f" else (None, 0)
            results[-1].append(Seen(bytes.fromhex(rest[0]).decode(), int(rest[1]), sha256, offset))
    assert len(results) == len(images), results
    return results


class MicroPythonTestCase(CliTestCase):
    def assert_holds(self, seen: list[Seen] | str, tree: Tree) -> None:
        """Paths in order, sizes and contents."""
        self.assertIsInstance(seen, list, seen)
        expected = [
            (path, None if data is None else (len(data), hashlib.sha256(data).hexdigest())) for path, data in flat(tree)
        ]
        self.assertEqual([(s.path, (s.size, s.sha256) if s.sha256 else None) for s in seen], expected)

    def assert_listed_alike(self, seen: list[Seen] | str, image: Path) -> None:
        """`ls` and the runtime agree on paths, sizes and on where the contents are."""
        listed = [
            (e["path"], e["size"], e["offset"] if e["type"] == "file" and e["size"] else 0)
            for e in self.json("ls", image)["entries"]
        ]
        self.assertEqual([(s.path, s.size, s.offset) for s in seen], listed)


class Building(MicroPythonTestCase):
    VARIANTS = {
        "openmv": ["--layout", "openmv"],
        "compact": ["--layout", "compact"],
        "n6": ["--board", "OPENMV_N6"],
        "compact-n6": ["--layout", "compact", "--board", "openmv_n6"],
        "ae3": ["--board", "OPENMV_AE3"],
        "mps3": ["--board", "mps3_an547"],
        "aligned": ["--align", "py=4096", "--align", "jpg=64", "--align", "txt=1"],
        "compact-aligned": ["--layout", "compact", "--align", "py=512", "--align", "txt=2"],
    }

    def test_runtime_finds_the_source_in_every_variant(self) -> None:
        images: list[tuple[Path, Tree]] = []
        for seed in SEEDS:
            tree = random_tree(random.Random(seed), BEYOND_ASCII)
            source = self.make_tree(tree, f"source{seed}")
            for name, options in self.VARIANTS.items():
                image = self.folder / f"{name}{seed}.img"
                self.run_cli("build", source, "-o", image, *options)
                images.append((image, tree))
        for seen, (image, tree) in zip(mounted([image for image, _ in images]), images):
            with self.subTest(image=image.name):
                self.assert_holds(seen, tree)
                self.assert_listed_alike(seen, image)

    def test_models_lie_where_the_n6_can_use_them(self) -> None:
        for seed in SEEDS:
            tree = random_tree(random.Random(seed)) | {"lib": {"nested": {"net.tflite": b"m" * 77, "w.onnx": b"o"}}}
            image = self.build(tree, "--board", "OPENMV_N6", name=f"n6-{seed}")
            (seen,) = mounted([image])
            for file in seen:
                if file.path.lower().endswith((".tflite", ".lite", ".onnx", ".bin")):
                    self.assertEqual(file.offset % 32, 0, file)

    def test_extremes(self) -> None:
        trees: dict[str, Tree] = {
            "nothing": {},
            "an empty folder": {"d": {}},
            "an empty file": {"f": b""},
            "folders only": {"a": {"b": {}, "c": {"d": {}}}, "e": {}},
            "a long name": {"n" * 255: b"x", "d" * 255: {"ü" * 127: b"y"}},
            "deep": deep_tree(120, {"x": b"deep"}),
            "wide": {f"f{i:04}": bytes([i % 256]) * (i % 7) for i in range(1500)},
            "odd names": {
                " ": b"1",
                "\n": b"2",
                "a\tb": b"3",
                "*": b"4",
                "C:": {"\\": b"5"},
                "🧪": {"…": b"6"},
                "-o": b"7",
            },
            "an image in an image": {"inner.img": reference.write_compact({"x": b"y"})},
        }
        cases = []
        for number, (name, tree) in enumerate(trees.items()):
            for layout in ("openmv", "compact"):
                image = self.build(tree, "--layout", layout, name=f"{number}{layout}")
                cases.append((f"{name}, {layout}", image, sorted_tree(tree)))
        for seen, (name, image, tree) in zip(mounted([image for _, image, _ in cases]), cases):
            with self.subTest(name):
                self.assert_holds(seen, tree)
                self.assert_listed_alike(seen, image)

    def test_package_is_imported_from_the_image(self) -> None:
        tree: Tree = {
            "lib": {
                "pkg": {"__init__.py": b"from .part import answer\n", "part.py": b"def answer():\n    return 42\n"}
            },
            "top.py": b"import pkg\nprint('top', pkg.answer(), __file__)\n",
        }
        program = self.make_file(
            "program.py",
            b"""
import sys, vfs
with open(sys.argv[1], "rb") as file:
    data = file.read()
vfs.mount(vfs.VfsRom(data), "/rom")
sys.path[:] = ["/rom", "/rom/lib"]
import top
print(open("/rom/top.py").read() == open("/rom/top.py", "rb").read().decode())
""",
        )
        for layout in ("openmv", "compact"):
            image = self.build(tree, "--layout", layout, name=layout)
            self.assertEqual(micropython(program, image), "top 42 /rom/top.py\nTrue\n")


# --- editing --------------------------------------------------------------------------------------------------------


class Model:
    """A tree, and the operations of `edit` on it and for the command line. Dicts keep the order of the image."""

    def __init__(self, tree: Tree, rng: random.Random, folder: Path) -> None:
        self.tree = tree
        self.rng = rng
        self.folder = folder
        self.sources = 0

    def step(self) -> list[str]:
        """Does something to the tree; returns the arguments that ask for the same."""
        operations = [self.add_file] * 3 + [
            self.add_folder,
            self.make_folder,
            self.rename,
            self.rename,
            self.move,
            self.move,
            self.remove,
        ]
        while not (arguments := self.rng.choice(operations)()):
            pass
        return arguments

    def add_file(self) -> list[str]:
        content = random_content(self.rng, 5000)
        parent, name = self.rng.choice([self.some_place(), self.new_place()])
        if isinstance(self.at(parent).get(name), dict):
            return []
        self.at(parent)[name] = content
        source = self.source()
        source.write_bytes(content)
        return ["--add", f"{source}={joined(parent, name)}"]

    def add_folder(self) -> list[str]:
        """Into a folder, under its own name: what is there merges, and what is there already is replaced."""
        parent, name = self.rng.choice([self.some_place(), self.new_place()])
        added = random_tree(self.rng, BEYOND_ASCII, 4, 1)
        if self.rng.random() < 0.5 and isinstance(there := self.at(parent).get(name), dict):
            added |= {n: b"replaced" for n in list(there)[:2]}
        added = sorted_tree(added)
        source = self.source() / name
        write_tree(added, source)
        self.merge(self.at(parent), {name: added})
        return ["--add", f"{source}={joined(parent, '')}"]

    def make_folder(self) -> list[str]:
        parent, name = self.new_place()
        inner = random_name(self.rng, ASCII)
        self.at(parent)[name] = {inner: {}}
        return ["--mkdir", joined(parent, name, inner)]

    def rename(self) -> list[str]:
        """Things keep their place among their neighbours."""
        parent, old = self.some_place()
        new = self.new_place()[1]
        level = self.at(parent)
        if old not in level or new in level:
            return []
        items = [(new if name == old else name, child) for name, child in level.items()]
        level.clear()
        level.update(items)
        plain = self.rng.random() < 0.5 and not new.startswith("-")
        return ["--rename", joined(parent, old), new if plain else joined(parent, new)]

    def move(self) -> list[str]:
        """Things come last where they arrive; folders on the way are made."""
        parent, old = self.some_place()
        to, new = self.new_place()
        inside = to[: len(parent) + 1] == [*parent, old]
        if old not in self.at(parent) or inside or to == parent:
            return []
        node = self.at(parent).pop(old)
        self.at(to)[new] = node
        return ["--rename", joined(parent, old), joined(to, new)]

    def remove(self) -> list[str]:
        parent, name = self.some_place()
        if self.at(parent).pop(name, None) is None:
            return []
        return ["--remove", joined(parent, name)]

    def at(self, path: list[str]) -> Tree:
        level = self.tree
        for name in path:
            level = level[name]
        return level

    def merge(self, into: Tree, added: Tree) -> None:
        for name, child in added.items():
            there = into.get(name)
            if isinstance(there, dict) and isinstance(child, dict):
                self.merge(there, child)
                continue
            if isinstance(there, dict) or isinstance(child, dict):
                into.pop(name, None)
            into[name] = child

    def some_place(self) -> tuple[list[str], str]:
        """Of something that is there, if anything is."""
        paths = [path.split("/") for path, _ in flat(self.tree)]
        *parent, name = self.rng.choice(paths) if paths else ["nothing"]
        return parent, name

    def new_place(self) -> tuple[list[str], str]:
        folders: list[list[str]] = [[]] + [path.split("/") for path, data in flat(self.tree) if data is None]
        parent = self.rng.choice(folders)
        name = random_name(self.rng, BEYOND_ASCII)
        while name in self.at(parent):
            name += "+"
        return parent, name

    def source(self) -> Path:
        self.sources += 1
        return self.folder / f"source{self.sources}"


def joined(parent: list[str], *names: str) -> str:
    return "/" + "/".join([*parent, *names])


class Editing(MicroPythonTestCase):
    def edited(self, seed: int, steps: int) -> list[tuple[Path, Tree, list[str]]]:
        """Images after each of `steps` calls of `edit`, with what they should hold."""
        rng = random.Random(seed)
        folder = self.folder / f"seed{seed}"
        model = Model(random_tree(rng, BEYOND_ASCII, 8, 3), rng, folder)
        write_tree(model.tree, folder / "start")
        image = folder / "0.img"
        self.run_cli("build", folder / "start", "-o", image, "--layout", rng.choice(["openmv", "compact"]))
        images = []
        for number in range(1, steps + 1):
            arguments = [a for _ in range(rng.randint(0, 4)) for a in model.step()]
            arguments += rng.choice(
                [[], [], [], ["--layout", "compact"], ["--layout", "openmv"], ["--board", "OPENMV_N6"]]
            )
            changed = folder / f"{number}.img"
            run = cli("edit", image, *arguments, "-o", changed)
            # A compact image may hold models that no device could use. Copied as it is, it is complained about.
            unaligned = not arguments and "a model's loader wants" in run.err
            self.assertEqual(run.code, FINDINGS if unaligned else DONE, f"{arguments}\n{run.err}")
            image = changed
            # A later step changes the model's dicts in place.
            images.append((image, copied(model.tree), arguments))
        return images

    def test_edits_do_to_the_image_what_they_do_to_the_model(self) -> None:
        for seed in SEEDS:
            images = self.edited(seed, 12)
            for seen, (image, tree, arguments) in zip(mounted([image for image, _, _ in images]), images):
                with self.subTest(seed=seed, image=image.name, arguments=arguments):
                    self.assert_holds(seen, tree)
                    self.assert_listed_alike(seen, image)

    def test_change_of_layout_and_back_gives_the_same_image(self) -> None:
        for seed in SEEDS[:5]:
            tree = random_tree(random.Random(seed), BEYOND_ASCII)
            compact = self.build(tree, "--layout", "compact", name=f"compact{seed}")
            openmv = self.build(tree, "--layout", "openmv", name=f"openmv{seed}")
            with self.subTest(seed=seed):
                for start, layout, expected in (
                    (compact, "openmv", openmv),
                    (openmv, "compact", compact),
                    (openmv, "openmv", openmv),
                ):
                    changed = self.run_cli("edit", start, "--layout", layout, "-o", "-").out
                    self.assertEqual(changed, expected.read_bytes(), layout)


def copied(tree: Tree) -> Tree:
    return {name: copied(child) if isinstance(child, dict) else child for name, child in tree.items()}


# --- damage ---------------------------------------------------------------------------------------------------------


class Damage(MicroPythonTestCase):
    def test_what_check_calls_sound_the_runtime_reads_alike(self) -> None:
        """Mutated images without an error in `check` mount, and the runtime lists and reads what `ls` says."""
        rng = random.Random(20250)
        tree: Tree = {"a.txt": b"A" * 9, "d": {"e": {"x.py": b"x = 1\n"}, "m.bin": b"\0\1\2\3"}, "g": {}, "z": b""}
        starts = [reference.write_compact(tree), reference.write_openmv(tree, reference.OPENMV_RULES)]
        sound = []
        for number in range(200):
            image = self.make_file(f"{number}.img", mutated(rng, rng.choice(starts)))
            if cli("check", image).code == 0:
                sound.append(image)
        self.assertGreater(len(sound), 50)
        for image, seen in zip(sound, mounted(sound)):
            with self.subTest(image=image.read_bytes().hex()):
                self.assertIsInstance(seen, list, seen)
                self.assert_listed_alike(seen, image)


def mutated(rng: random.Random, image: bytes) -> bytes:
    data = bytearray(image)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(3, len(data))
        match rng.randrange(6):
            case 0 | 1:
                data[at] = rng.choice([0, 1, 2, 3, 4, 5, 0x7F, 0x80, 0x81, 0xFF])
            case 2:
                data[at] ^= 1 << rng.randrange(8)
            case 3:
                data[at:at] = bytes([rng.choice([0x80, 0x81, 1, 0])])
            case 4:
                del data[at : at + rng.randint(1, 3)]
            case 5:
                data += data[at : at + 20]
    return bytes(data)


if __name__ == "__main__":
    if not MICROPYTHON or subprocess.run([MICROPYTHON, "-c", "import vfs; vfs.VfsRom"], check=False).returncode != 0:
        print("Skipped: needs MicroPython 1.25 or later with VfsRom (Debian: micropython).")
        sys.exit(77)
    unittest.main()
