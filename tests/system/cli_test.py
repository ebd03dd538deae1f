# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every command of romsmith-cli has in common, and building images."""

from __future__ import annotations

import json
import os
import random
import subprocess
import unittest
from pathlib import Path
from typing import Any

import romfs_reference as reference
from romfs_reference import Tree
from support import CLI, DONE, FINDINGS, INPUT_ERROR, USAGE, CliTestCase, NESTED, flat, random_tree


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
            [],
            ["nonsense"],
            ["--nonsense"],
            ["build"],
            ["build", source],
            ["build", "-o", out],
            ["ls"],
            ["ls", good, "more"],
            ["cat", good],
            ["extract", good],
            ["edit", good],
            ["ls", good, "--board", "NO_SUCH_BOARD"],
            ["ls", good, "--board", "OPENMV_N6", "--partition", "7"],
            ["check", good, "--board", "RPI_PICO"],
            ["build", source, "-o", out, "--layout", "other"],
            ["build", source, "-o", out, "--max-size", "many"],
            ["build", source, "-o", out, "--max-size", "-1"],
            ["edit", good, "--rename", "a.txt", "-o", out],
            *(
                ["build", source, "-o", out, "--align", align]
                for align in (
                    "py",
                    "=4",
                    "py=",
                    "py=3",
                    "py=0",
                    "py=-4",
                    "py=131072",
                    "py=16x",
                    "py=99999999999",
                    ".=4",
                )
            ),
            ["edit", good, "--remove", "missing", "-o", out],
            ["edit", good, "--remove", "", "-o", out],
            ["edit", good, "--remove", "/", "-o", out],
            ["edit", good, "--rename", "missing", "x", "-o", out],
            ["edit", good, "--rename", "a.txt", "lib", "-o", out],
            ["edit", good, "--rename", "a.txt", "", "-o", out],
            ["edit", good, "--rename", "a.txt", "..", "-o", out],
            ["edit", good, "--rename", "a.txt", "lib/x.py", "-o", out],
            ["edit", good, "--rename", "lib", "lib/pkg/lib", "-o", out],
            ["edit", good, "--rename", "/", "x", "-o", out],
            ["edit", good, "--rename", "lib", "a.txt/lib", "-o", out],
            ["edit", good, "--rename", "a.txt", "n" * 256, "-o", out],
            ["edit", good, "--rename", "a.txt", b"\xff", "-o", out],
            ["edit", good, "--mkdir", "a.txt", "-o", out],
            ["edit", good, "--mkdir", "a.txt/below", "-o", out],
            ["edit", good, "--mkdir", "x/../y", "-o", out],
            ["edit", good, "--mkdir", "n" * 256, "-o", out],
        ]
        for arguments in wrong:
            with self.subTest(arguments=arguments):
                run = self.run_cli(*arguments, expect=USAGE)
                self.assertEqual(run.out, b"")
                self.assertNotEqual(run.err, "")
                self.assertFalse(out.exists())

    def test_an_option_that_may_be_given_often_takes_one_value_each_time(self) -> None:
        source = self.make_tree({"a.txt": b"", "b.txt": b"", "c.txt": b""})
        out = self.folder / "out.img"
        for option in (("--keep", "x"), ("--align", "txt=4"), ("--manifest-var", "NAME=folder")):
            self.run_cli("build", *option, source, "-o", out)
        self.run_cli("build", "--exclude", "a.txt", "--exclude", "b.txt", source, "-o", out)
        self.assertEqual([e["path"] for e in self.json("ls", out)["entries"]], ["c.txt"])

    def test_an_error_is_the_same_object_of_every_command(self) -> None:
        missing = self.folder / "missing"
        for command in (("ls", missing), ("check", missing), ("records", missing), ("diff", missing, missing),
                        ("bundle", missing)):
            with self.subTest(command=command[0]):
                run = self.run_cli(*command, "--json", expect=INPUT_ERROR)
                result = json.loads(run.out)
                self.assertEqual(sorted(result), ["error", "ok"])
                self.assertIn(f"error: {result['error']}", run.err)
        self.assertEqual(self.run_cli("ls", missing, "--board", "X", "--json", expect=USAGE).out, b"")

    def test_two_sources_of_one_file_are_named(self) -> None:
        first = self.make_tree({"lib": {"x.txt": b"1"}}, "n1")
        second = self.make_tree({"lib": {"x.txt": b"2"}}, "n2")
        said = self.run_cli("build", first, second, "-o", self.folder / "out.img", expect=USAGE).err
        self.assertIn(f"{first}/lib/x.txt and {second}/lib/x.txt are both to be \"lib/x.txt\"", said)

    def test_input_that_cannot_be_read_gives_3(self) -> None:
        self.make_tree(NESTED)
        junk = self.make_file("junk.img", b"not an image")
        empty = self.make_file("empty.img", b"")
        os.mkfifo(self.folder / "pipe")
        for bad in (self.folder / "missing.img", self.folder, self.folder / "pipe", "/dev/null", junk, empty):
            for command in (["ls"], ["ls", "--json"], ["records"], ["records", "--json"], ["cat"], ["extract"], ["edit"]):
                more = {"cat": ["x"], "extract": ["-o", self.folder / "out"], "edit": ["-o", self.folder / "out.img"]}
                with self.subTest(command=command, input=bad):
                    run = self.run_cli(command[0], bad, *command[1:], *more.get(command[0], []), expect=INPUT_ERROR)
                    self.assertIn("error: ", run.err)
                    if "--json" in command:
                        result = json.loads(run.out)
                        self.assertEqual((result["ok"], f"error: {result['error']}" in run.err), (False, True))
                    else:
                        self.assertEqual(run.out, b"")
        for bad in (self.folder / "missing", self.folder / "pipe", "/dev/null"):
            with self.subTest("build", source=bad):
                run = self.run_cli(
                    "build", self.folder / "source", bad, "-o", self.folder / "out.img", expect=INPUT_ERROR
                )
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
                self.assertEqual(
                    [e.path for e in reference.read(data)], ["naïve.txt".encode(), "日本".encode(), "日本/x".encode()]
                )


class Dumps(CliTestCase):
    """The worked examples of the format's description, byte for byte."""

    def compact(self, tree: Tree) -> bytes:
        return self.run_cli("build", self.make_tree(tree), "-o", "-", "--layout", "compact").out

    def test_nothing(self) -> None:
        self.assertEqual(self.compact({}).hex(" "), "d2 cd 31 00")

    def test_one_empty_folder(self) -> None:
        self.assertEqual(self.compact({"d": {}}).hex(" "), "d2 cd 31 04 04 02 01 64")

    def test_main_py(self) -> None:
        self.assertEqual(
            self.compact({"main.py": b'print("hi")\n'}),
            bytes.fromhex("d2 cd 31 18 05 16 07 6d 61 69 6e 2e 70 79 02 0c 70 72 69 6e 74 28 22 68 69 22 29 0a"),
        )

    def test_nested(self) -> None:
        self.assertEqual(
            self.compact(NESTED),
            bytes.fromhex(
                """
            d2 cd 31 80 4b 05 09 05 61 2e 74 78 74 02 01 41 04 13 04 64 61 74 61 05 0c 05 64 2e 62 69 6e 02
            04 00 01 02 03 04 29 03 6c 69 62 04 14 03 70 6b 67 05 0e 0b 5f 5f 69 6e 69 74 5f 5f 2e 70 79 02
            00 05 0d 04 78 2e 70 79 02 06 78 20 3d 20 31 0a"""
            ),
        )

    def test_order_is_that_of_the_bytes_of_the_names(self) -> None:
        names: Tree = {name: b"" for name in ("b.txt", "B.txt", "a.txt", "Z", "_x", "10", "9", ".hidden")}
        data = self.compact({**names, "m": {}, "m.d": {}})
        self.assertEqual(b" ".join(e.path for e in reference.read(data)), b".hidden 10 9 B.txt Z _x a.txt b.txt m m.d")

    def test_sizes_at_which_numbers_grow(self) -> None:
        def content(size: int) -> bytes:
            return bytes(7 * i % 256 for i in range(size))

        data = self.compact(
            {
                "f0": b"",
                "f127": bytes(range(127)),
                "f128": bytes(range(128)),
                "g16383": content(16383),
                "g16384": content(16384),
            }
        )
        self.assertEqual(len(data), 33086)
        for offset, expected in {
            0: "d2 cd 31 80 82 82 37",
            0x07: "05 05 02 66 30 02 00",
            0x0E: "05 81 06 04 66 31 32 37 02 7f",
            0x97: "05 81 08 04 66 31 32 38 02 81 00",
            0x122: "05 81 80 09 06 67 31 36 33 38 33 02 ff 7f",
            0x412F: "05 81 80 0b 06 67 31 36 33 38 34 02 81 80 00",
        }.items():
            self.assertEqual(data[offset:].hex(" ")[: len(expected)], expected)

    def test_openmv_empty(self) -> None:
        self.assertEqual(
            self.run_cli("build", self.make_tree({}), "-o", "-").out, b"\xd2\xcd\x31" + b"\x80" * 12 + b"\0"
        )


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
        junk: Tree = {
            "__pycache__": {"x.pyc": b""},
            ".git": {"HEAD": b""},
            ".DS_Store": b"",
            "main.py~": b"",
            "#main.py#": b"",
            ".main.py.swp": b"",
            "y.pyc": b"",
            "Thumbs.db": b"",
        }
        kept: Tree = {".hidden": b"", "main.py": b"", "git": {"DS_Store": b""}, "lib": {"x.py": b""}}
        source = self.make_tree(junk | kept | {"lib": {"x.py": b"", "__pycache__": {}}})
        run = self.run_cli("build", source, "-o", "-")
        self.assertEqual(self.names(run.out), [path for path, _ in flat(dict(sorted(kept.items())))])
        for name in [*junk, "lib/__pycache__"]:
            self.assertIn(f"{source}/{name}: junk", run.err)

    def test_excludes(self) -> None:
        source = self.make_tree(
            {"a.py": b"", "b.txt": b"", "lib": {"c.py": b"", "d.txt": b"", "deep": {"e.py": b""}}, "tests": {"f": b""}}
        )
        everything = ["a.py", "b.txt", "lib", "lib/c.py", "lib/d.txt", "lib/deep", "lib/deep/e.py", "tests", "tests/f"]
        cases = [
            (["*.py"], {"a.py", "lib/c.py", "lib/deep/e.py"}),
            (["lib/*.txt"], {"lib/d.txt"}),
            (["tests"], {"tests", "tests/f"}),
            (["?.txt", "lib/deep"], {"b.txt", "lib/d.txt", "lib/deep", "lib/deep/e.py"}),
            (["A.PY"], set()),
            (["[ab].*"], {"a.py", "b.txt"}),
            (["a"], set()),
            (["*"], set(everything)),
        ]
        for globs, gone in cases:
            with self.subTest(globs=globs):
                run = self.run_cli(
                    "build", source, "-o", "-", *(option for glob in globs for option in ("--exclude", glob))
                )
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
        tree: Tree = {
            "a": b"",
            "m.tflite": b"m",
            "w.bin": b"b" * 5,
            "z.onnx": b"z",
            "lib": {"b": b"1", "n.TFLITE": b"n"},
        }
        for board, wanted in {
            "OPENMV_N6": (32, 32, 32),
            "openmv_n6": (32, 32, 32),
            "OpenMV4": (16, 16, 4),
            "MPS3_AN547": (32, 16, 4),
        }.items():
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
        source = self.make_tree({"m.tflite": b"NBIN\x01\x02\x03\x00 for an NPU"})
        self.assertIn("m.tflite", self.run_cli("build", source, "-o", "-", "--layout", "compact").err)
        self.assertEqual(
            self.run_cli("build", source, "-o", "-", "--layout", "compact", "--align", "tflite=16").err, ""
        )

    def test_names_that_are_hard(self) -> None:
        names = [
            " ",
            "two words",
            "new\nline",
            "tab\t",
            "naïve.txt",
            "日本語",
            "🎥",
            "-o",
            "--help",
            "a=b",
            "[x]",
            "{}",
            "*",
            "'",
            '"q"',
            "$HOME",
            "back\\slash",
            "\x7f",
            "n" * 255,
            "%s%n",
        ]
        tree: Tree = {name: name.encode() for name in names}
        path = self.build(tree)
        self.assertEqual({e["path"] for e in self.json("ls", path)["entries"]}, set(names))
        lines = self.run_cli("ls", path).out.decode().splitlines()
        self.assertEqual(len(lines), len(names) + 2, "a name broke a line")
        for name in names:
            with self.subTest(name=name):
                self.assertEqual(self.run_cli("cat", path, f"/{name}").out, name.encode())
        self.run_cli("extract", path, "-o", self.folder / "all")
        self.assertEqual(
            self.tree_on_disk(self.folder / "all"), {name: data for name, data in tree.items() if "\\" not in name}
        )
        # A bare [x] among several operands is a list to the parser of the command line.
        self.assertEqual(
            self.run_cli("build", "./[x]", "{}", "./-o", "-o", "-", cwd=self.folder / "image.d").out[:3],
            reference.MAGIC,
        )
        self.run_cli("extract", path, "/[x]", "{}", "-o", self.folder / "some")
        self.assertEqual(set(self.tree_on_disk(self.folder / "some")), {"[x]", "{}"})
        self.run_cli(
            "edit", path, "--remove", "[x]", "--rename", "{}", "[y]", "--mkdir", "[z]", "-o", self.folder / "e.img"
        )
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


if __name__ == "__main__":
    unittest.main()
