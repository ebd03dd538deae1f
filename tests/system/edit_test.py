# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""romsmith-cli edit."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any

import romfs_reference as reference
from romfs_reference import file_record, image, record
from support import DONE, FINDINGS, USAGE, CliTestCase, NESTED, cli, deep_tree, flat, nested


class Edit(CliTestCase):
    def edit(self, path: Path, *arguments: Any, expect: int = DONE) -> list[tuple[str, bytes | None]]:
        out = self.folder / "edited.img"
        self.run_cli("edit", path, *arguments, "-o", out, expect=expect)
        return [(entry.path.decode(), entry.data) for entry in reference.read(out.read_bytes())]

    def test_without_an_operation_the_image_is_copied(self) -> None:
        strange = (
            image(record(1, b"pad"), record(5, b"\1x" + record(9, b"9") + record(2, b"X")), record(77, b"?"))
            + b"trailing\xff\xff"
        )
        broken = image(file_record(b"a", b"1"), b"\0\0\0") + b"\xff" * 64
        for name, data in {
            "openmv": self.build(NESTED).read_bytes(),
            "compact": reference.write_compact(NESTED),
            "strange": strange,
        }.items():
            with self.subTest(name):
                path = self.make_file("x.img", data)
                self.assertEqual(self.run_cli("edit", path, "-o", "-").out, data)
        self.assertEqual(self.run_cli("edit", self.make_file("x.img", broken), "-o", "-", expect=FINDINGS).out, broken)

    def test_operations_are_done_in_their_order(self) -> None:
        path = self.build(NESTED)
        file = self.make_file("new.py", b"new")
        entries = self.edit(
            path,
            "--rename",
            "a.txt",
            "b.txt",
            "--mkdir",
            "lib/deep/er",
            "--add",
            f"{file}=lib/deep/",
            "--remove",
            "data",
            "--rename",
            "lib/deep",
            "up",
            "--add",
            file,
            "--rename",
            "new.py",
            "data",
        )
        self.assertEqual(
            entries,
            [
                ("b.txt", b"A"),
                ("lib", None),
                ("lib/pkg", None),
                ("lib/pkg/__init__.py", b""),
                ("lib/x.py", b"x = 1\n"),
                ("lib/up", None),
                ("lib/up/er", None),
                ("lib/up/new.py", b"new"),
                ("data", b"new"),
            ],
        )
        self.run_cli("edit", path, "--remove", "new.py", "--add", file, "-o", self.folder / "never.img", expect=USAGE)
        self.assertFalse((self.folder / "never.img").exists())

    def test_the_image_may_stand_anywhere(self) -> None:
        path = self.build(NESTED)
        out = self.folder / "out.img"
        for arguments in (
            ["--rename", "a.txt", "b.txt", path, "-o", out],
            ["-o", out, "--rename", "a.txt", "b.txt", path],
            ["--rename", "a.txt", "b.txt", "--mkdir", "d", path, "-o", out],
            ["--mkdir", "d", path, "-o", out],
        ):
            with self.subTest(arguments=arguments):
                self.run_cli("edit", *arguments)

    def test_add_and_its_destinations(self) -> None:
        path = self.build(NESTED)
        file = self.make_file("f", b"F")
        odd = self.make_file("odd=name", b"O")
        folder = self.make_tree({"x.py": b"X", "y": {"z": b"Z"}}, "lib")
        for arguments, expected in (
            ([f"{file}"], {"f": b"F"}),
            ([f"{file}="], {"f": b"F"}),
            ([f"{file}=/"], {"f": b"F"}),
            ([f"{file}=g"], {"g": b"F"}),
            ([f"{file}=new/g"], {"new/g": b"F"}),
            ([f"{file}=new/"], {"new/f": b"F"}),
            ([f"{file}=lib"], {"lib/f": b"F"}),
            ([f"{file}=/lib/"], {"lib/f": b"F"}),
            ([f"{file}=a.txt"], {"a.txt": b"F"}),
            ([f"{odd}"], {"odd=name": b"O"}),
            ([f"{odd}=d=1/x"], {"d=1/x": b"O"}),
            ([f"{folder}"], {"lib/x.py": b"X", "lib/y/z": b"Z", "lib/pkg/__init__.py": b""}),
            ([f"{folder}=data/"], {"data/lib/x.py": b"X"}),
            ([f"{folder}=other"], {"other/y/z": b"Z"}),
            ([f"{folder}=a.txt"], {"a.txt/x.py": b"X"}),
            ([f"{file}=lib/pkg/__init__.py"], {"lib/pkg/__init__.py": b"F"}),
        ):
            with self.subTest(arguments=arguments):
                entries = dict(self.edit(path, "--add", *arguments))
                self.assertEqual({name: entries.get(name) for name in expected}, expected)

    def test_replacing_is_said_and_keeps_the_place(self) -> None:
        path = self.build(NESTED)
        run = self.run_cli("edit", path, "--add", f"{self.make_file('f', b'F')}=a.txt", "-o", self.folder / "out.img")
        self.assertIn("replacing a.txt", run.err)
        self.assertEqual(
            [e["path"] for e in self.json("ls", self.folder / "out.img")["entries"]], [p for p, _ in flat(NESTED)]
        )

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
            self.run_cli(
                "edit", self.folder / "1.img", "--remove", "new", "--rename", "bil", "lib", "-o", self.folder / "2.img"
            )
            self.assertEqual((self.folder / "2.img").read_bytes(), path.read_bytes())

    def test_trailing_bytes(self) -> None:
        path = self.make_file("x.img", image(file_record(b"f", b"12")) + b"trailing")
        run = self.run_cli("edit", path, "--mkdir", "d", "-o", "-")
        self.assertNotIn(b"trailing", run.out)
        self.assertIn("8 bytes", run.err)
        self.assertTrue(
            self.run_cli("edit", path, "--mkdir", "d", "--keep-trailing", "-o", "-").out.endswith(b"trailing")
        )

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
        for arguments in (
            ["--mkdir", below + "/e" * 11],
            ["--mkdir", "x/" * 30000],
            ["--add", f"{tree}={below}/e/e/"],
            ["--mkdir", "/".join("abcdefghijk"), "--rename", "a", f"{below}/a"],
        ):
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


if __name__ == "__main__":
    unittest.main()
