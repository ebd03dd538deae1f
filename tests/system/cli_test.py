# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of romsmith-cli: what it prints, what it writes, and how it fails."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import romfs_reference as reference
from romfs_reference import Tree, directory_record, file_record, image, record, varuint
from support import (CLI, DONE, FINDINGS, INPUT_ERROR, OUTPUT_ERROR, USAGE, CliTestCase, cli, deep_tree, flat,
                     random_tree)

NESTED: Tree = {
    "a.txt": b"A",
    "data": {"d.bin": b"\0\1\2\3"},
    "lib": {"pkg": {"__init__.py": b""}, "x.py": b"x = 1\n"},
}


class General(CliTestCase):
    def test_version_and_help_go_to_stdout(self) -> None:
        self.assertRegex(self.run_cli("--version").out, rb"\Aromsmith-cli \d+\.\d+\.\d+\n\Z")
        self.assertIn(b"Exit codes", self.run_cli("--help").out)
        for command in ("build", "ls", "check", "extract", "cat", "diff", "edit", "records"):
            run = self.run_cli(command, "--help")
            self.assertIn(b"--help", run.out)
            self.assertEqual(run.err, "")

    def test_usage_errors_give_2_and_an_empty_stdout(self) -> None:
        good = self.build(NESTED)
        source = self.folder / "image.d"
        out = self.folder / "never.img"
        wrong: list[list[Any]] = [
            [], ["nonsense"], ["--nonsense"], ["build"], ["build", source], ["build", "-o", out], ["ls"], ["ls", good, "more"],
            ["cat", good], ["extract", good], ["edit", good], ["ls", good, "--board", "NO_SUCH_BOARD"],
            ["ls", good, "--board", "OPENMV_N6", "--partition", "7"], ["check", good, "--board", "RPI_PICO"],
            ["build", source, "-o", out, "--layout", "other"], ["build", source, "-o", out, "--max-size", "many"],
            ["build", source, "-o", out, "--max-size", "-1"], ["edit", good, "--rename", "a.txt", "-o", out],
            *(["build", source, "-o", out, "--align", align]
              for align in ("py", "=4", "py=", "py=3", "py=0", "py=-4", "py=131072", "py=16x", "py=99999999999", ".=4")),
            ["edit", good, "--remove", "missing", "-o", out], ["edit", good, "--remove", "", "-o", out],
            ["edit", good, "--remove", "/", "-o", out], ["edit", good, "--rename", "missing", "x", "-o", out],
            ["edit", good, "--rename", "a.txt", "lib", "-o", out], ["edit", good, "--rename", "a.txt", "", "-o", out],
            ["edit", good, "--rename", "a.txt", "..", "-o", out], ["edit", good, "--rename", "a.txt", "lib/x.py", "-o", out],
            ["edit", good, "--rename", "lib", "lib/pkg/lib", "-o", out], ["edit", good, "--rename", "/", "x", "-o", out],
            ["edit", good, "--rename", "lib", "a.txt/lib", "-o", out], ["edit", good, "--rename", "a.txt", "n" * 256, "-o", out],
            ["edit", good, "--rename", "a.txt", b"\xff", "-o", out], ["edit", good, "--mkdir", "a.txt", "-o", out],
            ["edit", good, "--mkdir", "a.txt/below", "-o", out], ["edit", good, "--mkdir", "x/../y", "-o", out],
            ["edit", good, "--mkdir", "n" * 256, "-o", out],
        ]
        for arguments in wrong:
            with self.subTest(arguments=arguments):
                run = self.run_cli(*arguments, expect=USAGE)
                self.assertEqual(run.out, b"")
                self.assertNotEqual(run.err, "")
                self.assertFalse(out.exists())

    def test_input_that_cannot_be_read_gives_3(self) -> None:
        self.make_tree(NESTED)
        junk = self.make_file("junk.img", b"not an image")
        empty = self.make_file("empty.img", b"")
        os.mkfifo(self.folder / "pipe")
        for bad in (self.folder / "missing.img", self.folder, self.folder / "pipe", "/dev/null", junk, empty):
            for command in (["ls"], ["ls", "--json"], ["records"], ["cat"], ["extract"], ["edit"]):
                more = {"cat": ["x"], "extract": ["-o", self.folder / "out"], "edit": ["-o", self.folder / "out.img"]}
                with self.subTest(command=command, input=bad):
                    run = self.run_cli(command[0], bad, *command[1:], *more.get(command[0], []), expect=INPUT_ERROR)
                    self.assertEqual(run.out, b"")
                    self.assertIn("error: ", run.err)
        for bad in (self.folder / "missing", self.folder / "pipe", "/dev/null"):
            with self.subTest("build", source=bad):
                run = self.run_cli("build", self.folder / "source", bad, "-o", self.folder / "out.img", expect=INPUT_ERROR)
                self.assertIn(str(bad), run.err)
        good = self.build({"f": b""})
        self.run_cli("cat", good, "missing", expect=INPUT_ERROR)
        self.run_cli("cat", good, "", expect=INPUT_ERROR)
        self.run_cli("extract", good, "missing", "-o", self.folder / "out", expect=INPUT_ERROR)
        self.run_cli("edit", good, "--add", self.folder / "missing", "-o", self.folder / "out.img", expect=INPUT_ERROR)
        self.assertFalse((self.folder / "out").exists())
        self.assertFalse((self.folder / "out.img").exists())

    def test_links_no_gui_library(self) -> None:
        libraries = subprocess.run(["ldd", CLI], capture_output=True, check=True).stdout.decode()
        self.assertIn("libQt6Core", libraries)
        self.assertNotRegex(libraries, r"Qt6(Gui|Widgets|DBus|Network|Svg|OpenGL)|libX11|libxcb|wayland|libGL")

    def test_runs_without_locale_home_or_display(self) -> None:
        source = self.make_tree({"naïve.txt": b"u", "日本": {"x": b""}})
        for locale in ({}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "xx_XX.ISO-8859-1"}):
            with self.subTest(locale=locale):
                data = self.run_cli("build", source, "-o", "-", env=locale).out
                self.assertEqual([e.path for e in reference.read(data)], ["naïve.txt".encode(), "日本".encode(), "日本/x".encode()])


class Dumps(CliTestCase):
    """The worked examples of the format's description, byte for byte."""

    def compact(self, tree: Tree) -> bytes:
        return self.run_cli("build", self.make_tree(tree), "-o", "-", "--layout", "compact").out

    def test_nothing(self) -> None:
        self.assertEqual(self.compact({}).hex(" "), "d2 cd 31 00")

    def test_one_empty_folder(self) -> None:
        self.assertEqual(self.compact({"d": {}}).hex(" "), "d2 cd 31 04 04 02 01 64")

    def test_main_py(self) -> None:
        self.assertEqual(self.compact({"main.py": b'print("hi")\n'}), bytes.fromhex(
            "d2 cd 31 18 05 16 07 6d 61 69 6e 2e 70 79 02 0c 70 72 69 6e 74 28 22 68 69 22 29 0a"))

    def test_nested(self) -> None:
        self.assertEqual(self.compact(NESTED), bytes.fromhex("""
            d2 cd 31 80 4b 05 09 05 61 2e 74 78 74 02 01 41 04 13 04 64 61 74 61 05 0c 05 64 2e 62 69 6e 02
            04 00 01 02 03 04 29 03 6c 69 62 04 14 03 70 6b 67 05 0e 0b 5f 5f 69 6e 69 74 5f 5f 2e 70 79 02
            00 05 0d 04 78 2e 70 79 02 06 78 20 3d 20 31 0a"""))

    def test_order_is_that_of_the_bytes_of_the_names(self) -> None:
        names: Tree = {name: b"" for name in ("b.txt", "B.txt", "a.txt", "Z", "_x", "10", "9", ".hidden")}
        data = self.compact({**names, "m": {}, "m.d": {}})
        self.assertEqual(b" ".join(e.path for e in reference.read(data)), b".hidden 10 9 B.txt Z _x a.txt b.txt m m.d")

    def test_sizes_at_which_numbers_grow(self) -> None:
        def content(size: int) -> bytes:
            return bytes(7 * i % 256 for i in range(size))
        data = self.compact({"f0": b"", "f127": bytes(range(127)), "f128": bytes(range(128)), "g16383": content(16383),
                             "g16384": content(16384)})
        self.assertEqual(len(data), 33086)
        for offset, expected in {0: "d2 cd 31 80 82 82 37", 0x07: "05 05 02 66 30 02 00", 0x0E: "05 81 06 04 66 31 32 37 02 7f",
                                 0x97: "05 81 08 04 66 31 32 38 02 81 00", 0x122: "05 81 80 09 06 67 31 36 33 38 33 02 ff 7f",
                                 0x412F: "05 81 80 0b 06 67 31 36 33 38 34 02 81 80 00"}.items():
            self.assertEqual(data[offset:].hex(" ")[: len(expected)], expected)

    def test_openmv_empty(self) -> None:
        self.assertEqual(self.run_cli("build", self.make_tree({}), "-o", "-").out, b"\xd2\xcd\x31" + b"\x80" * 12 + b"\0")


class Build(CliTestCase):
    def names(self, data: bytes) -> list[str]:
        return [entry.path.decode() for entry in reference.read(data)]

    def test_several_sources_in_their_order(self) -> None:
        one = self.make_tree({"b": b"1", "shared": {"x": b"x"}}, "one")
        two = self.make_tree({"a": b"2", "shared": {"w": b"w"}}, "two")
        file = self.make_file("main.py", b"3")
        run = self.run_cli("build", one, two, file, "-o", "-")
        self.assertEqual(self.names(run.out), ["b", "shared", "shared/x", "shared/w", "a", "main.py"])

    def test_source_may_be_named_in_every_way(self) -> None:
        self.make_tree({"f": b"1", "sub": {"g": b"2"}})
        expected = self.run_cli("build", self.folder / "source", "-o", "-").out
        for source in ("source", "source/", "./source", "source/.", "source/sub/.."):
            with self.subTest(source=source):
                self.assertEqual(self.run_cli("build", source, "-o", "-", cwd=self.folder).out, expected)
        self.assertEqual(self.run_cli("build", ".", "-o", "-", cwd=self.folder / "source").out, expected)

    def test_two_sources_with_the_same_name_are_refused(self) -> None:
        first, second = self.make_tree({"x.py": b"1"}, "first"), self.make_tree({"x.py": b"2"}, "second")
        run = self.run_cli("build", first, second, "-o", self.folder / "out.img", expect=USAGE)
        self.assertIn("x.py", run.err)
        self.assertFalse((self.folder / "out.img").exists())
        third = self.make_tree({"x.py": {"folder": b""}}, "third")
        self.run_cli("build", first, third, "-o", self.folder / "out.img", expect=USAGE)

    def test_identical_runs_give_identical_images(self) -> None:
        tree = random_tree(random.Random(99))
        again: Tree = dict(reversed(tree.items()))
        self.assertEqual(self.build(tree, name="one").read_bytes(), self.build(again, name="two").read_bytes())

    def test_junk_stays_out_and_is_named(self) -> None:
        junk: Tree = {"__pycache__": {"x.pyc": b""}, ".git": {"HEAD": b""}, ".DS_Store": b"", "main.py~": b"", "#main.py#": b"",
                      ".main.py.swp": b"", "y.pyc": b"", "Thumbs.db": b""}
        kept: Tree = {".hidden": b"", "main.py": b"", "git": {"DS_Store": b""}, "lib": {"x.py": b""}}
        source = self.make_tree(junk | kept | {"lib": {"x.py": b"", "__pycache__": {}}})
        run = self.run_cli("build", source, "-o", "-")
        self.assertEqual(self.names(run.out), [path for path, _ in flat(dict(sorted(kept.items())))])
        for name in [*junk, "lib/__pycache__"]:
            self.assertIn(f"{source}/{name}: junk", run.err)

    def test_excludes(self) -> None:
        source = self.make_tree({"a.py": b"", "b.txt": b"", "lib": {"c.py": b"", "d.txt": b"", "deep": {"e.py": b""}}, "tests": {"f": b""}})
        everything = ["a.py", "b.txt", "lib", "lib/c.py", "lib/d.txt", "lib/deep", "lib/deep/e.py", "tests", "tests/f"]
        cases = [(["*.py"], {"a.py", "lib/c.py", "lib/deep/e.py"}), (["lib/*.txt"], {"lib/d.txt"}), (["tests"], {"tests", "tests/f"}),
                 (["?.txt", "lib/deep"], {"b.txt", "lib/d.txt", "lib/deep", "lib/deep/e.py"}), (["A.PY"], set()),
                 (["[ab].*"], {"a.py", "b.txt"}), (["a"], set()), (["*"], set(everything))]
        for globs, gone in cases:
            with self.subTest(globs=globs):
                run = self.run_cli("build", source, "-o", "-", *(option for glob in globs for option in ("--exclude", glob)))
                self.assertEqual(self.names(run.out), [name for name in everything if name not in gone])
                self.assertEqual("excluded" in run.err, bool(gone))

    def test_exclude_that_is_no_pattern_is_refused(self) -> None:
        source = self.make_tree({"[a": b""})
        self.run_cli("build", source, "-o", "-", "--exclude", "[", expect=USAGE)

    def test_max_size(self) -> None:
        source = self.make_tree({"f": bytes(2000)})
        size = len(self.run_cli("build", source, "-o", "-").out)
        out = self.folder / "out.img"
        self.run_cli("build", source, "-o", out, "--max-size", size)
        self.run_cli("build", source, "-o", out, "--max-size", "2K")
        self.run_cli("build", source, "-o", out, "--max-size", "1M")
        out.write_bytes(b"old")
        for limit in (size - 1, "1K", 0):
            with self.subTest(limit=limit):
                run = self.run_cli("build", source, "-o", out, "--max-size", limit, expect=FINDINGS)
                self.assertIn("nothing was written", run.err)
                self.assertEqual(out.read_bytes(), b"old")

    def test_image_larger_than_the_partition_is_not_written(self) -> None:
        source = self.make_tree({"f": bytes(131072)})
        out = self.folder / "out.img"
        run = self.run_cli("build", source, "-o", out, "--board", "OPENMV4", expect=FINDINGS)
        self.assertIn("OpenMV", run.err)
        self.assertFalse(out.exists())
        self.run_cli("build", source, "-o", out, "--board", "OPENMV_AE3", "--partition", "1")
        self.run_cli("build", source, "-o", out, "--board", "OPENMV4", "--max-size", "1M", expect=FINDINGS)

    def test_image_larger_than_the_format_is_not_written(self) -> None:
        source = self.make_tree({"f": b""})
        os.truncate(source / "f", 5 << 30)  # takes no room, and must not be read
        run = self.run_cli("build", source, "-o", self.folder / "out.img", expect=FINDINGS)
        self.assertIn("4 GiB", run.err)
        self.assertEqual(run.err.count("error: "), 1)
        self.assertFalse((self.folder / "out.img").exists())
        self.run_cli("ls", source / "f", expect=INPUT_ERROR)

    def test_board_decides_alignment(self) -> None:
        tree: Tree = {"a": b"", "m.tflite": b"m", "w.bin": b"b" * 5, "z.onnx": b"z", "lib": {"b": b"1", "n.TFLITE": b"n"}}
        for board, wanted in {"OPENMV_N6": (32, 32, 32), "openmv_n6": (32, 32, 32), "OpenMV4": (16, 16, 4), "MPS3_AN547": (32, 16, 4)}.items():
            with self.subTest(board=board):
                path = self.build(tree, "--board", board, name=board)
                entries = {e["path"]: e for e in self.json("ls", path, "--board", board)["entries"]}
                for name, alignment in zip(("m.tflite", "w.bin", "z.onnx"), wanted):
                    self.assertEqual(entries[name]["wanted"], alignment)
                    self.assertEqual(entries[name]["offset"] % alignment, 0)
                self.assertEqual(entries["lib/n.TFLITE"]["offset"] % wanted[0], 0)
                self.json("check", path, "--board", board)

    def test_align_by_extension(self) -> None:
        source = self.make_tree({"a": b"1", "x.npy": b"2", "y.NPY": b"3", "z.py": b"4"})
        data = self.run_cli("build", source, "-o", "-", "--align", "npy=128", "--align", ".py=8").out
        offsets = {entry.path.decode(): entry.offset for entry in reference.read(data)}
        self.assertEqual((offsets["x.npy"] % 128, offsets["y.NPY"] % 128, offsets["z.py"] % 8), (0, 0, 0))

    def test_unaligned_models_in_a_compact_image_are_pointed_out(self) -> None:
        source = self.make_tree({"m.tflite": b"m"})
        self.assertIn("m.tflite", self.run_cli("build", source, "-o", "-", "--layout", "compact").err)
        self.assertEqual(self.run_cli("build", source, "-o", "-", "--layout", "compact", "--align", "tflite=16").err, "")

    def test_names_that_are_hard(self) -> None:
        names = [" ", "two words", "new\nline", "tab\t", "naïve.txt", "日本語", "🎥", "-o", "--help", "a=b", "[x]", "{}", "*", "'", '"q"',
                 "$HOME", "back\\slash", "\x7f", "n" * 255, "%s%n"]
        tree: Tree = {name: name.encode() for name in names}
        path = self.build(tree)
        self.assertEqual({e["path"] for e in self.json("ls", path)["entries"]}, set(names))
        lines = self.run_cli("ls", path).out.decode().splitlines()
        self.assertEqual(len(lines), len(names) + 2, "a name broke a line")
        for name in names:
            with self.subTest(name=name):
                self.assertEqual(self.run_cli("cat", path, f"/{name}").out, name.encode())
        self.run_cli("extract", path, "-o", self.folder / "all")
        self.assertEqual(self.tree_on_disk(self.folder / "all"), {name: data for name, data in tree.items() if "\\" not in name})
        # A bare [x] among several operands is a list to the parser of the command line.
        self.assertEqual(self.run_cli("build", "./[x]", "{}", "./-o", "-o", "-", cwd=self.folder / "image.d").out[:3], reference.MAGIC)
        self.run_cli("extract", path, "/[x]", "{}", "-o", self.folder / "some")
        self.assertEqual(set(self.tree_on_disk(self.folder / "some")), {"[x]", "{}"})
        self.run_cli("edit", path, "--remove", "[x]", "--rename", "{}", "[y]", "--mkdir", "[z]", "-o", self.folder / "e.img")
        names_now = {e["path"] for e in self.json("ls", self.folder / "e.img")["entries"]}
        self.assertEqual(names_now, set(names) - {"[x]", "{}"} | {"[y]", "[z]"})

    def test_names_on_disk_that_are_not_utf8_stay_out(self) -> None:
        source = self.make_tree({"good": b""})
        (Path(os.fsdecode(os.fsencode(source) + b"/bad\xff"))).write_bytes(b"x")
        run = self.run_cli("build", source, "-o", "-")
        self.assertEqual(self.names(run.out), ["good"])
        self.assertIn("bad\\xff", run.err)
        self.run_cli("build", os.fsencode(source) + b"/bad\xff", "-o", "-", expect=USAGE)

    def test_links(self) -> None:
        source = self.make_tree({"d": {"f": b"1"}})
        outside = self.make_tree({"o": b"2"}, "outside")
        (source / "file link").symlink_to("d/f")
        (source / "folder link").symlink_to(outside)
        (source / "broken").symlink_to("nowhere")
        (source / "d" / "up").symlink_to("..")
        (source / "self").symlink_to("self")
        os.mkfifo(source / "pipe")
        run = self.run_cli("build", source, "-o", "-")
        self.assertEqual(self.names(run.out), ["d", "d/f", "file link", "folder link", "folder link/o"])
        for name in ("broken", "d/up", "self", "pipe"):
            self.assertIn(f"{source}/{name}: ", run.err)

    def test_folders_nested_too_deeply_are_refused(self) -> None:
        for depth, expect in ((1000, DONE), (1001, INPUT_ERROR)):
            top = self.folder / f"deep{depth}"
            subprocess.run(["mkdir", "-p", top / "/".join("d" * depth)], check=True)
            run = self.run_cli("build", top, "-o", self.folder / "deep.img", expect=expect)
        self.assertIn("deep", run.err)
        self.assertEqual(self.json("check", self.folder / "deep.img"), {"findings": []})

    def test_an_output_among_the_sources_is_not_packed(self) -> None:
        source = self.make_tree({"f": b"1"})
        out = source / "out.img"
        self.run_cli("build", source, "-o", out)
        first = out.read_bytes()
        run = self.run_cli("build", source, "-o", out)
        self.assertEqual(out.read_bytes(), first)
        self.assertIn("out.img", run.err)


class Listing(CliTestCase):
    KEYS = {"path", "type", "size", "offset", "alignment", "wanted", "padding"}

    def test_json_schema(self) -> None:
        for layout in ("openmv", "compact"):
            path = self.build(NESTED, "--layout", layout, name=layout)
            for options, keys in (([], self.KEYS), (["--board", "OPENMV_N6"], self.KEYS | {"address"})):
                listing = self.json("ls", path, *options)
                self.assertEqual(set(listing), {"size", "padding", "layout", "entries"})
                self.assertEqual(listing["size"], path.stat().st_size)
                self.assertEqual(listing["layout"], layout)
                self.assertEqual([e["path"] for e in listing["entries"]], [p for p, _ in flat(NESTED)])
                self.assertEqual(listing["padding"], sum(e["padding"] for e in listing["entries"]))
                for entry, (_, data) in zip(listing["entries"], flat(NESTED)):
                    self.assertEqual(set(entry), keys)
                    self.assertEqual(entry["type"], "directory" if data is None else "file")
                    self.assertTrue(all(isinstance(entry[key], int) and entry[key] >= 0 for key in keys - {"path", "type"}))
                    self.assertEqual(entry["alignment"], entry["offset"] & -entry["offset"])
                    if data is not None:
                        self.assertEqual(entry["size"], len(data))
                        self.assertEqual(path.read_bytes()[entry["offset"] :][: len(data)], data)
                    if "address" in keys:
                        self.assertEqual(entry["address"], 0x70800000 + entry["offset"])

    def test_offsets_of_the_worked_example(self) -> None:
        entries = self.json("ls", self.build(NESTED, "--layout", "compact"))["entries"]
        self.assertEqual([e["offset"] for e in entries], [15, 23, 33, 43, 49, 65, 74])
        self.assertEqual([e["size"] for e in entries], [1, 14, 4, 37, 16, 0, 6])

    def test_table_names_everything(self) -> None:
        table = self.run_cli("ls", self.build(NESTED), "--board", "OPENMV_N6").out.decode()
        self.assertEqual([line.split()[-1] for line in table.splitlines()[1:-1]],
                         ["a.txt", "data/", "data/d.bin", "lib/", "lib/pkg/", "lib/pkg/__init__.py", "lib/x.py"])
        self.assertIn("0x70800", table)
        self.assertIn("free in OpenMV N6", table)

    def test_names_that_are_not_utf8(self) -> None:
        path = self.make_file("x.img", image(file_record(b"a\xff\x00b", b"x"), file_record(b"ok\xc3\xa4", b"y")))
        self.assertEqual([e["path"] for e in self.json("ls", path)["entries"]], ["a\\xff\\x00b", "okä"])
        self.run_cli("ls", path).out.decode()
        records = self.json("records", path)["records"]
        self.assertEqual([r["name"] for r in records if r["kindName"] == "file"], ["a\\xff\\x00b", "okä"])
        self.assertIn("name-not-utf8", [f["code"] for f in self.json("check", path, expect=FINDINGS)["findings"]])

    def test_records(self) -> None:
        path = self.build(NESTED, "--layout", "compact")
        records = self.json("records", path)["records"]
        for entry in records:
            self.assertEqual(set(entry), {"depth", "kind", "kindName", "name", "offset", "payload", "length", "lengthWidth", "problem"})
        self.assertEqual([(r["offset"], r["kindName"], r["name"], r["depth"]) for r in records], [
            (0, "filesystem", "", 0), (5, "file", "a.txt", 1), (13, "data", "", 2), (16, "directory", "data", 1),
            (23, "file", "d.bin", 2), (31, "data", "", 3), (37, "directory", "lib", 1), (43, "directory", "pkg", 2),
            (49, "file", "__init__.py", 3), (63, "data", "", 4), (65, "file", "x.py", 2), (72, "data", "", 3)])
        self.assertEqual([r["payload"] for r in records if r["kindName"] == "data"], [15, 33, 65, 74])
        self.assertEqual(len(self.run_cli("records", path).out.splitlines()), len(records) + 1)


class Check(CliTestCase):
    def findings(self, data: bytes, *options: Any, expect: int) -> list[tuple[str, str, str]]:
        found = self.json("check", self.make_file("check.img", data), *options, expect=expect)
        self.assertEqual(set(found), {"findings"})
        for finding in found["findings"]:
            self.assertEqual(set(finding), {"severity", "code", "path", "offset", "message"})
            self.assertIn(finding["severity"], {"info", "warning", "error"})
            self.assertTrue(finding["message"])
        self.assertEqual(expect, FINDINGS if "error" in {f["severity"] for f in found["findings"]} else DONE)
        self.run_cli("check", self.folder / "check.img", *options, expect=expect)
        return [(f["severity"], f["code"], f["path"]) for f in found["findings"]]

    def test_a_sound_image_has_no_findings(self) -> None:
        for layout in ("openmv", "compact"):
            data = self.build({"a.txt": b"A", "lib": {"x.py": b"1"}}, "--layout", layout, name=layout).read_bytes()
            codes = {code for _, code, _ in self.findings(data, expect=DONE)}
            self.assertEqual(codes - {"odd-size"}, set())

    def test_every_way_to_be_malformed(self) -> None:
        good = file_record(b"good", b"g")
        cases: dict[str, tuple[str, bytes]] = {
            "magic": ("not-romfs", b"\xd2\xcd\x30\x00"),
            "nothing": ("not-romfs", b""),
            "only the magic": ("not-romfs", b"\xd2\xcd\x31"),
            "length without an end": ("not-romfs", b"\xd2\xcd\x31" + b"\xff" * 9),
            "length that wraps": ("not-romfs", b"\xd2\xcd\x31" + varuint(2**32) + b"\0\0"),
            "cut off": ("truncated", image(good)[:-1]),
            "zeros": ("unused-kind", image(good, b"\0\0\0\0")),
            "erased flash": ("broken-varuint", image(good, b"\xff" * 9)),
            "length of 4 GiB": ("value-too-large", image(varuint(1) + varuint(2**32 - 1 + 1) + b"x")),
            "length that jumps back": ("value-too-large", image(good, varuint(1) + varuint(2**64 - 14) + b"x")),
            "longer than its folder": ("record-overrun", image(directory_record(b"d", b"\5\x20\1x"), bytes(0), good)),
            "name too long": ("name-overrun", image(record(5, b"\x20x"))),
            "no content": ("no-content", image(record(5, b"\1x"), good)),
            "content too long": ("data-overrun", image(record(5, b"\1x\2\x09y"))),
            "broken record inside": ("file-corrupt", image(record(5, b"\1x\0\0\2\1y"))),
            "pointer outside": ("pointer-out-of-range", image(record(5, b"\1x\3\2\x09\x09"))),
            "pointer that wraps": ("pointer-out-of-range", image(record(5, b"\1x" + record(3, varuint(2**31) + varuint(2**31))))),
            "twice": ("duplicate-name", image(good, good)),
            "no name": ("name-empty", image(file_record(b"", b""))),
            "dots": ("name-dots", image(directory_record(b".."))),
            "slash": ("name-slash", image(file_record(b"a/b", b""))),
            "nul": ("name-nul", image(file_record(b"a\0b", b""))),
            "latin-1": ("name-not-utf8", image(file_record(b"\xe4", b""))),
            "too deep": ("too-deep", image(nested(1002))),
        }
        for name, (code, data) in cases.items():
            with self.subTest(name):
                self.assertIn(code, [c for severity, c, _ in self.findings(data, expect=FINDINGS) if severity == "error"])

    def test_what_is_only_unwise(self) -> None:
        cases: dict[str, tuple[str, bytes]] = {
            "trailing-bytes": ("info", image(file_record(b"f", b"")) + b"\xff" * 100),
            "odd-size": ("info", image(file_record(b"f", b"1"))),
            "case-clash": ("warning", image(file_record(b"f", b""), file_record(b"F", b""))),
            "shadowed-by-source": ("warning", image(file_record(b"x.py", b""), file_record(b"x.mpy", b"M"))),
            "name-not-ascii": ("warning", image(file_record("ä".encode(), b""))),
            "other-records": ("info", image(record(99, b"?"))),
            "pointer": ("info", image(record(2, b"blob"), record(5, b"\1x" + record(3, b"\4\2")))),
        }
        for code, (severity, data) in cases.items():
            with self.subTest(code):
                self.assertIn((severity, code), [(s, c) for s, c, _ in self.findings(data, expect=DONE)])

    def test_models_are_judged_by_the_board(self) -> None:
        data = reference.write_openmv({"m.tflite": b"m", "n.tflite": b"n"}, reference.OPENMV_RULES)
        self.assertNotIn("misaligned", [code for _, code, _ in self.findings(data, "--board", "OPENMV4", expect=DONE)])
        misaligned = [path for _, code, path in self.findings(data, "--board", "OPENMV_N6", expect=FINDINGS) if code == "misaligned"]
        self.assertEqual(misaligned, [e.path.decode() for e in reference.read(data) if e.offset % 32])
        large = image(file_record(b"f", bytes(131072)))
        self.assertIn(("error", "too-large", ""), self.findings(large, "--board", "OPENMV2", expect=FINDINGS))

    def test_a_hostile_number_of_findings_is_limited(self) -> None:
        data = image(*[file_record(b"", b"")] * 20000)
        self.assertLess(len(self.findings(data, expect=FINDINGS)), 1010)


def nested(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = directory_record(b"d", data)
    return data


class Diff(CliTestCase):
    def test_the_exit_code_tells(self) -> None:
        one, two = self.build(NESTED, name="one"), self.build(NESTED, name="two")
        compact = self.build(NESTED, "--layout", "compact", name="compact")
        other = self.build(NESTED | {"a.txt": b"B"}, name="other")
        longer = self.make_file("longer.img", one.read_bytes() + b"x")
        for a, b, expect in ((one, one, DONE), (one, two, DONE), (one, compact, FINDINGS), (one, other, FINDINGS), (one, longer, FINDINGS)):
            with self.subTest(a=a.name, b=b.name):
                run = self.run_cli("diff", a, b, expect=expect)
                self.assertEqual(run.out == b"", expect == DONE)
                self.assertEqual(self.run_cli("diff", "-q", a, b, expect=expect), (expect, b"", ""))
                self.assertEqual(self.json("diff", a, b, expect=expect)["identicalBytes"], expect == DONE)
        self.run_cli("diff", one, self.folder / "missing", expect=INPUT_ERROR)
        self.run_cli("diff", self.make_file("junk", b"junk"), one, expect=INPUT_ERROR)
        self.run_cli("diff", one, expect=USAGE)

    def test_what_differs_is_named(self) -> None:
        before = self.build(NESTED)
        after = self.folder / "after.img"
        self.run_cli("edit", before, "--remove", "a.txt", "--add", f"{self.make_file('new', b'n')}", "--add",
                     f"{self.make_file('x', b'x = 2')}=lib/x.py", "-o", after)
        difference = self.json("diff", before, after, expect=FINDINGS)
        self.assertEqual(set(difference), {"equal", "identicalBytes", "a", "b", "differences"})
        self.assertFalse(difference["equal"])
        named = {entry["path"] for entry in difference["differences"] if entry["type"] == "file"}
        self.assertTrue({"a.txt", "new", "lib/x.py"} <= named, named)


class Cat(CliTestCase):
    def test_bytes_come_out_as_they_are(self) -> None:
        content = bytes(range(256)) * 300
        path = self.build({"d": {"f": content, "empty": b""}})
        for name in ("d/f", "/d/f", "d//f"):
            self.assertEqual(self.run_cli("cat", path, name).out, content)
        self.assertEqual(self.run_cli("cat", path, "d/empty").out, b"")
        for name in ("d", "f", "d/f/g", "..", "d/../d/f"):
            self.run_cli("cat", path, name, expect=INPUT_ERROR)

    def test_the_first_of_two_is_meant_as_on_the_device(self) -> None:
        path = self.make_file("x.img", image(file_record(b"f", b"1"), file_record(b"f", b"2")))
        self.assertEqual(self.run_cli("cat", path, "f").out, b"1")

    def test_a_name_that_is_not_utf8_can_be_asked_for(self) -> None:
        path = self.make_file("x.img", image(file_record(b"\xff", b"1")))
        self.assertEqual(self.run_cli("cat", path, b"\xff").out, b"1")


class Extract(CliTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.out = self.folder / "out"

    def test_everything(self) -> None:
        tree = NESTED | {"empty": {}, "naïve.txt": b"u"}
        run = self.run_cli("extract", self.build(tree), "-o", self.out)
        self.assertEqual(run.out, b"")
        self.assertEqual(self.tree_on_disk(self.out), tree)

    def test_some_paths_under_their_whole_path(self) -> None:
        path = self.build(NESTED)
        self.run_cli("extract", path, "lib/pkg", "/a.txt", "-o", self.out)
        self.assertEqual(self.tree_on_disk(self.out), {"a.txt": b"A", "lib": {"pkg": {"__init__.py": b""}}})

    def test_a_path_that_is_missing_writes_nothing(self) -> None:
        self.run_cli("extract", self.build(NESTED), "a.txt", "missing", "-o", self.out, expect=INPUT_ERROR)
        self.assertFalse(self.out.exists())

    def test_what_is_there_stays_without_force(self) -> None:
        path = self.build(NESTED)
        self.out.mkdir()
        (self.out / "a.txt").write_bytes(b"mine")
        self.run_cli("extract", path, "-o", self.out, expect=OUTPUT_ERROR)
        self.assertEqual(self.tree_on_disk(self.out), {"a.txt": b"mine"})
        other = self.make_file("other", b"mine")
        os.link(self.out / "a.txt", self.folder / "hard link")
        self.run_cli("extract", path, "-o", self.out, "--force")
        self.assertEqual(self.tree_on_disk(self.out), NESTED)
        self.assertEqual((self.folder / "hard link").read_bytes(), b"mine")
        # Force replaces files, nothing else.
        shutil.rmtree(self.out / "lib")
        (self.out / "lib").write_bytes(b"a file where a folder is to be")
        self.run_cli("extract", path, "-o", self.out, "--force", expect=OUTPUT_ERROR)
        (self.out / "lib").unlink()
        (self.out / "a.txt").unlink()
        (self.out / "a.txt").mkdir()
        self.run_cli("extract", path, "-o", self.out, "--force", expect=OUTPUT_ERROR)
        self.run_cli("extract", path, "-o", other, expect=OUTPUT_ERROR)
        self.assertEqual(other.read_bytes(), b"mine")

    def test_hostile_names_lead_nowhere(self) -> None:
        evil = file_record(b"evil", b"E")
        absolute = os.fsencode(self.folder / "absolute")
        data = image(
            directory_record(b"..", evil), file_record(b"../evil", b"E"), file_record(b"/evil", b"E"), file_record(absolute, b"E"),
            directory_record(b".", evil), directory_record(b"", evil), file_record(b"a/b", b"E"), file_record(b"..\\evil", b"E"),
            file_record(b"C:\\evil", b"E"), file_record(b"nul\0evil", b"E"), directory_record(b"d", directory_record(b"..", directory_record(b"..", evil))),
            file_record(b"", b"E"), file_record(b"..", b"E"), directory_record(b"../..", evil), file_record(b"n" * 256, b"E"),
            file_record(b"good", b"G"))
        path = self.make_file("evil.img", data)
        before = set(self.folder.iterdir())
        run = self.run_cli("extract", path, "-o", self.out)
        self.assertEqual(self.tree_on_disk(self.out), {"good": b"G", "d": {}})
        self.assertEqual(set(self.folder.iterdir()) - before, {self.out})
        self.assertIn("left out", run.err)
        # The same when what is hostile is asked for by its path.
        inner = self.folder / "inner" / "most"
        for name in ("..", "../evil", "d/../../evil", ".", "./evil", "d/..", "../evil/"):
            with self.subTest(name=name):
                cli("extract", path, name, "-o", inner)
                self.assertEqual([p for p in self.folder.rglob("*evil*") if p != path], [])

    def test_links_in_the_target_are_not_followed(self) -> None:
        path = self.build(NESTED)
        outside = self.make_tree({"pkg": {}}, "outside")
        self.out.mkdir()
        (self.out / "lib").symlink_to(outside)
        for arguments in ([], ["--force"], ["lib"], ["lib/x.py"], ["lib/x.py", "--force"], ["lib/pkg"], ["lib/pkg/__init__.py"]):
            with self.subTest(arguments=arguments):
                self.run_cli("extract", path, *arguments, "-o", self.out, expect=OUTPUT_ERROR)
                self.assertEqual(self.tree_on_disk(outside), {"pkg": {}})
                self.assertEqual([p.name for p in self.out.iterdir()], ["lib"])
        (self.out / "lib").unlink()
        victim = self.make_file("victim", b"mine")
        for target in (victim, self.folder / "not there yet"):
            (self.out / "a.txt").symlink_to(target)
            self.run_cli("extract", path, "-o", self.out, "--force", expect=OUTPUT_ERROR)
            self.assertEqual(victim.read_bytes(), b"mine")
            self.assertFalse((self.folder / "not there yet").exists())
            (self.out / "a.txt").unlink()

    def test_a_link_may_be_the_target_itself(self) -> None:
        real = self.folder / "real"
        real.mkdir()
        self.out.symlink_to(real)
        self.run_cli("extract", self.build(NESTED), "-o", self.out)
        self.assertEqual(self.tree_on_disk(real), NESTED)

    def test_names_that_occur_twice(self) -> None:
        f, d = file_record, directory_record
        for name, data, expected in (
            ("files", image(f(b"a", b"1"), f(b"a", b"2")), {"a": b"1"}),
            ("file, then folder", image(f(b"a", b"1"), d(b"a", f(b"x", b"2")), f(b"z", b"3")), {"a": b"1", "z": b"3"}),
            ("folder, then file", image(d(b"a", f(b"x", b"1")), f(b"a", b"2")), {"a": {"x": b"1"}}),
        ):
            with self.subTest(name):
                out = self.folder / name
                run = self.run_cli("extract", self.make_file("twice.img", data), "-o", out)
                self.assertEqual(self.tree_on_disk(out), expected)
                self.assertIn("left out", run.err)

    def test_broken_files_are_pointed_out(self) -> None:
        path = self.make_file("broken.img", image(record(5, b"\1x"), file_record(b"good", b"g")))
        run = self.run_cli("extract", path, "-o", self.out)
        self.assertEqual(self.tree_on_disk(self.out), {"good": b"g"})
        self.assertIn("broken", run.err)

    def test_pointers_cannot_fill_the_disk(self) -> None:
        blob = record(2, bytes(1 << 20))
        pointers = b"".join(record(5, varuint(5) + b"%05d" % i + record(3, varuint(1 << 20) + varuint(4))) for i in range(2000))
        path = self.make_file("bomb.img", image(blob, pointers))
        self.run_cli("extract", path, "-o", self.out, expect=INPUT_ERROR)
        self.assertFalse(self.out.exists())
        self.run_cli("extract", path, "00000", "-o", self.out)


class Edit(CliTestCase):
    def edit(self, path: Path, *arguments: Any, expect: int = DONE) -> list[tuple[str, bytes | None]]:
        out = self.folder / "edited.img"
        self.run_cli("edit", path, *arguments, "-o", out, expect=expect)
        return [(entry.path.decode(), entry.data) for entry in reference.read(out.read_bytes())]

    def test_without_an_operation_the_image_is_copied(self) -> None:
        strange = image(record(1, b"pad"), record(5, b"\1x" + record(9, b"9") + record(2, b"X")), record(77, b"?")) + b"trailing\xff\xff"
        broken = image(file_record(b"a", b"1"), b"\0\0\0") + b"\xff" * 64
        for name, data in {"openmv": self.build(NESTED).read_bytes(), "compact": reference.write_compact(NESTED), "strange": strange}.items():
            with self.subTest(name):
                path = self.make_file("x.img", data)
                self.assertEqual(self.run_cli("edit", path, "-o", "-").out, data)
        self.assertEqual(self.run_cli("edit", self.make_file("x.img", broken), "-o", "-", expect=FINDINGS).out, broken)

    def test_operations_are_done_in_their_order(self) -> None:
        path = self.build(NESTED)
        file = self.make_file("new.py", b"new")
        entries = self.edit(path, "--rename", "a.txt", "b.txt", "--mkdir", "lib/deep/er", "--add", f"{file}=lib/deep/", "--remove", "data",
                            "--rename", "lib/deep", "up", "--add", file, "--rename", "new.py", "data")
        self.assertEqual(entries, [("b.txt", b"A"), ("lib", None), ("lib/pkg", None), ("lib/pkg/__init__.py", b""), ("lib/x.py", b"x = 1\n"),
                                   ("lib/up", None), ("lib/up/er", None), ("lib/up/new.py", b"new"), ("data", b"new")])
        self.run_cli("edit", path, "--remove", "new.py", "--add", file, "-o", self.folder / "never.img", expect=USAGE)
        self.assertFalse((self.folder / "never.img").exists())

    def test_the_image_may_stand_anywhere(self) -> None:
        path = self.build(NESTED)
        out = self.folder / "out.img"
        for arguments in (["--rename", "a.txt", "b.txt", path, "-o", out], ["-o", out, "--rename", "a.txt", "b.txt", path],
                          ["--rename", "a.txt", "b.txt", "--mkdir", "d", path, "-o", out], ["--mkdir", "d", path, "-o", out]):
            with self.subTest(arguments=arguments):
                self.run_cli("edit", *arguments)

    def test_add_and_its_destinations(self) -> None:
        path = self.build(NESTED)
        file = self.make_file("f", b"F")
        odd = self.make_file("odd=name", b"O")
        folder = self.make_tree({"x.py": b"X", "y": {"z": b"Z"}}, "lib")
        for arguments, expected in (
            ([f"{file}"], {"f": b"F"}), ([f"{file}="], {"f": b"F"}), ([f"{file}=/"], {"f": b"F"}), ([f"{file}=g"], {"g": b"F"}),
            ([f"{file}=new/g"], {"new/g": b"F"}), ([f"{file}=new/"], {"new/f": b"F"}), ([f"{file}=lib"], {"lib/f": b"F"}),
            ([f"{file}=/lib/"], {"lib/f": b"F"}), ([f"{file}=a.txt"], {"a.txt": b"F"}), ([f"{odd}"], {"odd=name": b"O"}),
            ([f"{odd}=d=1/x"], {"d=1/x": b"O"}), ([f"{folder}"], {"lib/x.py": b"X", "lib/y/z": b"Z", "lib/pkg/__init__.py": b""}),
            ([f"{folder}=data/"], {"data/lib/x.py": b"X"}), ([f"{folder}=other"], {"other/y/z": b"Z"}),
            ([f"{folder}=a.txt"], {"a.txt/x.py": b"X"}), ([f"{file}=lib/pkg/__init__.py"], {"lib/pkg/__init__.py": b"F"}),
        ):
            with self.subTest(arguments=arguments):
                entries = dict(self.edit(path, "--add", *arguments))
                self.assertEqual({name: entries.get(name) for name in expected}, expected)

    def test_replacing_is_said_and_keeps_the_place(self) -> None:
        path = self.build(NESTED)
        run = self.run_cli("edit", path, "--add", f"{self.make_file('f', b'F')}=a.txt", "-o", self.folder / "out.img")
        self.assertIn("replacing a.txt", run.err)
        self.assertEqual([e["path"] for e in self.json("ls", self.folder / "out.img")["entries"]], [p for p, _ in flat(NESTED)])

    def test_output_may_be_the_input(self) -> None:
        path = self.build(NESTED)
        self.run_cli("edit", path, "--remove", "lib", "-o", path)
        self.assertEqual([e.path for e in reference.read(path.read_bytes())], [b"a.txt", b"data", b"data/d.bin"])
        unchanged = path.read_bytes()
        self.run_cli("edit", path, "-o", path)
        self.assertEqual(path.read_bytes(), unchanged)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["image.d", "image.img"])

    def test_layout_is_kept_unless_asked_for(self) -> None:
        for layout, other in (("openmv", "compact"), ("compact", "openmv")):
            path = self.build(NESTED, "--layout", layout, name=layout)
            self.run_cli("edit", path, "--mkdir", "new", "-o", self.folder / "out.img")
            self.assertEqual(self.json("ls", self.folder / "out.img")["layout"], layout)
            self.run_cli("edit", path, "--layout", other, "-o", self.folder / "out.img")
            self.assertEqual(self.json("ls", self.folder / "out.img")["layout"], other)

    def test_undoing_an_edit_by_hand_gives_the_same_bytes(self) -> None:
        # No model inside: whatever the layout, an edit aligns those.
        tree = {name: child for name, child in NESTED.items() if name != "data"}
        for layout in ("openmv", "compact"):
            path = self.build(tree, "--layout", layout, name=layout)
            self.run_cli("edit", path, "--mkdir", "new", "--rename", "lib", "bil", "-o", self.folder / "1.img")
            self.run_cli("edit", self.folder / "1.img", "--remove", "new", "--rename", "bil", "lib", "-o", self.folder / "2.img")
            self.assertEqual((self.folder / "2.img").read_bytes(), path.read_bytes())

    def test_trailing_bytes(self) -> None:
        path = self.make_file("x.img", image(file_record(b"f", b"12")) + b"trailing")
        run = self.run_cli("edit", path, "--mkdir", "d", "-o", "-")
        self.assertNotIn(b"trailing", run.out)
        self.assertIn("8 bytes", run.err)
        self.assertTrue(self.run_cli("edit", path, "--mkdir", "d", "--keep-trailing", "-o", "-").out.endswith(b"trailing"))

    def test_what_hides_what_follows_stays_last(self) -> None:
        path = self.make_file("x.img", image(file_record(b"f", b"1"), b"\0\0"))
        out = self.run_cli("edit", path, "--mkdir", "new", "-o", "-", expect=FINDINGS).out
        self.assertLess(out.index(b"new"), len(out) - 2)
        self.assertTrue(out.endswith(b"\0\0"))

    def test_folders_cannot_be_made_deeper_than_can_be_read(self) -> None:
        path = self.make_file("deep.img", image(nested(990)))
        below = "/".join(["d"] * 990)
        self.run_cli("edit", path, "--mkdir", below + "/e" * 10, "-o", self.folder / "out.img")
        self.assertEqual(cli("check", self.folder / "out.img").code, DONE)
        tree = self.make_tree(deep_tree(8, {"f": b""}), "added")
        short = self.build({"a": {"b": {"c": {}}}}, name="short")
        for arguments in (["--mkdir", below + "/e" * 11], ["--mkdir", "x/" * 30000], ["--add", f"{tree}={below}/e/e/"],
                          ["--mkdir", "/".join("abcdefghijk"), "--rename", "a", f"{below}/a"]):
            with self.subTest(arguments=arguments[0]):
                run = cli("edit", path, *arguments, "-o", self.folder / "never.img")
                self.assertEqual(run.code, USAGE, run.err[:500])
                self.assertFalse((self.folder / "never.img").exists())
        self.run_cli("edit", short, "--rename", "a/b", "a/c", "-o", self.folder / "out.img")

    def test_max_size_and_board(self) -> None:
        path = self.build({"f": bytes(140000)})
        for options in (["--max-size", "100K"], ["--board", "OPENMV4"]):
            self.run_cli("edit", path, "--mkdir", "d", *options, "-o", self.folder / "out.img", expect=FINDINGS)
            self.assertFalse((self.folder / "out.img").exists())


# --- output that fails ----------------------------------------------------------------------------------------------


def limit_file_size(size: int) -> Any:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


class FailingOutput(CliTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.source = self.make_tree({"f": bytes(300000)})

    def assert_untouched(self, path: Path, content: bytes) -> None:
        """The file is as it was and nothing half-written lies beside it."""
        self.assertEqual(path.read_bytes(), content)
        self.assertEqual(list(path.parent.iterdir()), [path])

    def test_disk_that_fills_up(self) -> None:
        target = self.folder / "target"
        target.mkdir()
        for previous in (None, b"old"):
            if previous:
                (target / "out.img").write_bytes(previous)
            run = self.run_cli("build", self.source, "-o", target / "out.img", expect=OUTPUT_ERROR, preexec_fn=limit_file_size(100000),
                               restore_signals=False)
            self.assertIn("out.img", run.err)
            self.assertEqual(list(target.iterdir()), [target / "out.img"] if previous else [])
        self.assert_untouched(target / "out.img", b"old")
        good = self.build({"f": bytes(300000)})
        self.run_cli("extract", good, "-o", self.folder / "x", expect=OUTPUT_ERROR, preexec_fn=limit_file_size(100000), restore_signals=False)

    def test_small_file_system(self) -> None:
        target = self.folder / "mounted"
        target.mkdir()
        script = """mount -t tmpfs -o size=64k none "$1" || exit; trap 'umount "$PWD/mounted"' EXIT
                    echo old >mounted/out.img; shift; "$@"; echo $?; ls -A mounted; cat mounted/out.img"""
        command = ["unshare", "--mount", "--propagation", "unchanged", "sh", "-c", script, "sh", target,
                   CLI, "build", self.source, "-o", target / "out.img"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=self.folder)
        except FileNotFoundError:
            self.skipTest("needs unshare")
        if b"\n" not in done.stdout:
            self.skipTest("may not mount: " + done.stderr.decode())
        self.assertEqual(done.stdout.decode().split(), ["4", "out.img", "old"])

    def test_standard_output_that_is_full(self) -> None:
        good = self.build(NESTED)
        for arguments in (["build", self.source, "-o", "-"], ["build", self.folder / "image.d", "-o", "-"], ["edit", good, "-o", "-"],
                          ["ls", good], ["ls", good, "--json"], ["check", good], ["check", good, "--json"], ["records", good],
                          ["records", good, "--json"], ["cat", good, "a.txt"]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                run = self.run_cli(*arguments, expect=OUTPUT_ERROR, stdout=full)
                self.assertIn("tandard output", run.err)

    def test_standard_output_that_is_closed(self) -> None:
        good = self.build(NESTED)
        for arguments in (["build", self.source, "-o", "-"], ["ls", good], ["cat", good, "a.txt"]):
            with self.subTest(arguments=arguments):
                done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", CLI, *arguments], capture_output=True, timeout=60, check=False)
                self.assertEqual(done.returncode, OUTPUT_ERROR, done.stderr)
        # Writing to a file does not need it.
        out = self.folder / "out.img"
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", CLI, "build", self.source, "-o", out], check=False)
        self.assertEqual(done.returncode, DONE)
        self.assertEqual(reference.read(out.read_bytes())[0].data, bytes(300000))

    def test_targets_that_are_not_files(self) -> None:
        os.mkfifo(self.folder / "pipe")
        for target in (self.folder, self.folder / "pipe", "/dev/full", "/dev/null", self.folder / "missing" / "out.img",
                       self.make_file("file", b"") / "out.img"):
            with self.subTest(target=target):
                self.run_cli("build", self.source, "-o", target, expect=OUTPUT_ERROR)
        self.assertTrue((self.folder / "pipe").is_fifo())

    def test_a_link_to_the_target_stays_a_link(self) -> None:
        real = self.make_file("real.img", b"old")
        link = self.folder / "link.img"
        link.symlink_to("real.img")
        self.run_cli("build", self.source, "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(reference.read(real.read_bytes())[0].data, bytes(300000))

    def test_permissions(self) -> None:
        out = self.folder / "out.img"
        self.run_cli("build", self.source, "-o", out, umask=0o027)
        self.assertEqual(out.stat().st_mode & 0o777, 0o640)
        out.chmod(0o604)
        self.run_cli("build", self.source, "-o", out, umask=0o027)
        self.assertEqual(out.stat().st_mode & 0o777, 0o604)

    def test_a_target_whose_name_is_not_utf8_is_written_under_that_name_or_not_at_all(self) -> None:
        target = os.fsencode(self.folder / "target")
        os.mkdir(target)
        code = cli("build", self.source, "-o", target + b"/\xff.img").code
        self.assertIn((code, os.listdir(target)), [(DONE, [b"\xff.img"]), (OUTPUT_ERROR, [])])


class Permissions(CliTestCase):
    """As a user who is not root, for whom permissions mean something."""

    def setUp(self) -> None:
        super().setUp()
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.folder.chmod(0o777)
            self.user = {"user": 65534, "group": 65534, "extra_groups": []}
            try:
                usable = cli("--version", **self.user).code == DONE
            except OSError as error:
                self.skipTest(f"cannot run as another user: {error}")
            if not usable:
                self.skipTest("romsmith-cli cannot be run as another user from where it is")

    def test_unreadable_input(self) -> None:
        good = self.build(NESTED)
        source = self.make_tree(NESTED, "unreadable")
        good.chmod(0)
        (source / "lib" / "x.py").chmod(0)
        out = self.folder / "out.img"
        for arguments in (["ls", good], ["check", good], ["records", good], ["cat", good, "a.txt"], ["edit", good, "-o", out],
                          ["extract", good, "-o", self.folder / "out"], ["build", source, "-o", out], ["build", source / "lib" / "x.py", "-o", out]):
            with self.subTest(arguments=arguments):
                self.assertIn("ermission denied", self.run_cli(*arguments, expect=INPUT_ERROR, **self.user).err)
        (source / "lib" / "x.py").chmod(0o644)
        (source / "lib").chmod(0)
        self.addCleanup((source / "lib").chmod, 0o755)
        self.assertIn("ermission denied", self.run_cli("build", source, "-o", out, expect=INPUT_ERROR, **self.user).err)
        self.assertFalse(out.exists())

    def test_unwritable_output(self) -> None:
        good = self.build(NESTED)
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        for arguments in (["build", self.folder / "image.d", "-o", locked / "out.img"], ["edit", good, "-o", locked / "out.img"],
                          ["extract", good, "-o", locked], ["extract", good, "-o", locked / "below"]):
            with self.subTest(arguments=arguments):
                self.run_cli(*arguments, expect=OUTPUT_ERROR, **self.user)
                self.assertEqual(list(locked.iterdir()), [])


# --- hostile images -------------------------------------------------------------------------------------------------


class Mutations(CliTestCase):
    COUNT = 150
    start = reference.write_compact({"a.txt": b"A", "b": {"e.py": b"e"}, "f": b""})

    def test_no_mutated_image_crashes_a_command(self) -> None:
        rng = random.Random(1999)
        tree: Tree = {"a.txt": b"A", "b": {"c": {"d.tflite": bytes(50)}, "e.py": b"e"}, "f": b"", "long" * 40: bytes(300)}
        pointers = image(record(2, bytes(40)), record(5, b"\1p" + record(3, b"\x20\2")), record(5, b"\1q" + record(1, b"") + record(3, b"\5\5")))
        starts = [reference.write_compact(tree), reference.write_openmv(tree, reference.OPENMV_RULES), pointers]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            jobs = [pool.submit(self.try_everything, number, self.mutated(rng, rng.choice(starts))) for number in range(self.COUNT)]
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
                    data[at:at] = rng.choice([b"\x80", b"\xff" * 12, varuint(2**32), varuint(2**64 - 1), b"\0", data[at : at + 30]])
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
        commands = [["diff", path, other, "--json"], ["diff", other, path], ["ls", path, "--json", "--board", "OPENMV_N6"], ["ls", path], ["check", path, "--json"], ["records", path],
                    ["cat", path, "b/c/d.tflite"], ["extract", path, "-o", out],
                    ["edit", path, "--mkdir", "new/folder", "--layout", "openmv", "-o", f"{out}.out"]]
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
