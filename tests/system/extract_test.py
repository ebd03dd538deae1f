# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""romsmith-cli extract: everything comes out, and nothing lands where it should not."""

from __future__ import annotations

import os
import shutil
import unittest

from romfs_reference import directory_record, file_record, image, record, varuint
from support import INPUT_ERROR, OUTPUT_ERROR, CliTestCase, NESTED, cli


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
        run = self.run_cli("extract", path, "-o", self.out, expect=OUTPUT_ERROR)
        self.assertIn("--force", run.err)
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
            directory_record(b"..", evil),
            file_record(b"../evil", b"E"),
            file_record(b"/evil", b"E"),
            file_record(absolute, b"E"),
            directory_record(b".", evil),
            directory_record(b"", evil),
            file_record(b"a/b", b"E"),
            file_record(b"..\\evil", b"E"),
            file_record(b"C:\\evil", b"E"),
            file_record(b"nul\0evil", b"E"),
            directory_record(b"d", directory_record(b"..", directory_record(b"..", evil))),
            file_record(b"", b"E"),
            file_record(b"..", b"E"),
            directory_record(b"../..", evil),
            file_record(b"n" * 256, b"E"),
            file_record(b"good", b"G"),
        )
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
        for arguments in (
            [],
            ["--force"],
            ["lib"],
            ["lib/x.py"],
            ["lib/x.py", "--force"],
            ["lib/pkg"],
            ["lib/pkg/__init__.py"],
        ):
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
        pointers = b"".join(
            record(5, varuint(5) + b"%05d" % i + record(3, varuint(1 << 20) + varuint(4))) for i in range(2000)
        )
        path = self.make_file("bomb.img", image(blob, pointers))
        self.run_cli("extract", path, "-o", self.out, expect=INPUT_ERROR)
        self.assertFalse(self.out.exists())
        self.run_cli("extract", path, "00000", "-o", self.out)


if __name__ == "__main__":
    unittest.main()
