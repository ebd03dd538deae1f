# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""romsmith-cli diff: what it says of two images, for people and for machines."""

from __future__ import annotations

import random
import unittest
from pathlib import Path

from romfs_reference import DATA, FILE, Tree, counted, file_record, image, record
from support import DONE, FINDINGS, INPUT_ERROR, USAGE, CliTestCase, flat, random_tree

BEFORE: Tree = {
    "app.py": b"print('hello')\n",
    "gone.txt": b"gone",
    "lib": {"old": {"__init__.py": b"", "x.py": b"x = 1\n"}},
    "same.txt": b"always the same",
    "table.bin": bytes(100),
}
AFTER: Tree = {
    "app.py": b"print('Hello')\n",
    "lib": {"new": {"__init__.py": b"", "x.py": b"x = 1\n"}},
    "new.txt": b"brand new",
    "same.txt": b"always the same",
    "sub": {"moved.bin": bytes(100)},
}


class Listing(CliTestCase):
    def lines(self, a: Path, b: Path) -> list[str]:
        return self.run_cli("diff", a, b, expect=FINDINGS).out.decode().splitlines()

    def test_identical_images_print_nothing(self) -> None:
        a = self.build(BEFORE, name="a")
        b = self.build(BEFORE, name="b")
        self.assertEqual(self.run_cli("diff", a, b, expect=DONE).out, b"")
        self.assertEqual(self.run_cli("diff", a, a, expect=DONE).out, b"")

    def test_every_kind_of_difference_has_its_line(self) -> None:
        a = self.build(BEFORE, "--layout", "compact", name="a")
        b = self.build(AFTER, "--layout", "compact", name="b")
        lines = self.lines(a, b)
        self.assertEqual(lines[0], "M app.py  1 byte differs, first at 0x7")
        for line in ("- gone.txt", "> lib/old/ -> lib/new/", "> lib/old/__init__.py -> lib/new/__init__.py",
                     "> lib/old/x.py -> lib/new/x.py", "+ new.txt", "+ sub/", "> table.bin -> sub/moved.bin"):
            self.assertIn(line, lines)
        self.assertRegex(lines[-1],
                         r"^2 added, 1 removed, 1 changed, 3 moved, 1 renamed, 1 same \(1 at another offset\); \d+ -> \d+ bytes$")

    def test_a_file_that_grew_says_so(self) -> None:
        lines = self.lines(self.build({"x": b"abc"}, name="a"), self.build({"x": b"abXdef"}, name="b"))
        self.assertIn("M x  4 bytes differ, first at 0x2, size 3 -> 6", lines)

    def test_another_layout_is_told(self) -> None:
        tree = {"model.tflite": bytes(64)}
        lines = self.lines(self.build(tree, name="a"), self.build(tree, "--layout", "compact", name="b"))
        self.assertTrue(lines[0].startswith("~ model.tflite  "))
        self.assertIn("; layout openmv -> compact", lines[-1])

    def test_the_same_files_in_another_order_are_told(self) -> None:
        files = [file_record(name, b"content of " + name) for name in (b"a", b"b")]
        a = self.make_file("a.img", image(b"".join(files)))
        b = self.make_file("b.img", image(b"".join(reversed(files))))
        self.assertEqual(self.lines(a, b), ["same content, laid out differently: 2 same (2 at another offset)"])
        found = self.json("diff", a, b, expect=FINDINGS)
        self.assertEqual((found["equal"], found["identicalBytes"], found["shifted"]), (True, False, 2))

    def test_other_encoding_of_the_same_content_is_told(self) -> None:
        def with_comment(text: bytes) -> Path:
            file = record(FILE, counted(b"x.txt") + record(DATA, b"content") + record(8, text))
            return self.make_file(f"{text.decode()}.img", image(file))

        self.assertEqual(self.lines(with_comment(b"one"), with_comment(b"two")), ["same content, encoded differently"])

    def test_other_bytes_behind_the_image_are_told(self) -> None:
        a = self.build(BEFORE, name="a")
        b = self.make_file("b.img", a.read_bytes() + b"\xff" * 16)
        self.assertEqual(self.lines(a, b), ["same image, followed by other bytes (0 and 16)"])
        found = self.json("diff", a, b, expect=FINDINGS)
        self.assertEqual((found["equal"], found["identicalBytes"], found["b"]["trailing"]), (True, False, 16))

    def test_names_that_are_not_text_are_shown_escaped(self) -> None:
        a = self.make_file("a.img", image(b""))
        b = self.make_file("b.img", image(file_record(b"\xff\n", b"x")))
        self.assertIn("+ \\xff\\x0a", self.lines(a, b))
        self.assertEqual(self.json("diff", a, b, expect=FINDINGS)["differences"][0]["path"], "\\xff\\x0a")

    def test_broken_parts_are_compared_as_bytes(self) -> None:
        a = self.make_file("a.img", image(file_record(b"x", b"1") + b"\0\0"))
        b = self.make_file("b.img", image(file_record(b"x", b"1") + b"\0\1"))
        run = self.run_cli("diff", a, b, expect=FINDINGS)
        self.assertIn(b"M (records)  1 byte differs, first at 0x1\n", run.out)
        self.assertEqual(run.err.count("broken and compared as bytes"), 2)


class Machines(CliTestCase):
    def test_json_has_what_the_reference_says(self) -> None:
        a = self.build(BEFORE, name="a")
        b = self.build(AFTER, name="b")
        found = self.json("diff", a, b, expect=FINDINGS)
        self.assertEqual((found["equal"], found["identicalBytes"]), (False, False))
        self.assertEqual(found["a"]["size"], a.stat().st_size)
        self.assertEqual(found["a"]["layout"], "openmv")
        differences = {difference["path"]: difference for difference in found["differences"]}
        self.assertEqual(differences["app.py"]["kind"], "changed")
        self.assertEqual(differences["app.py"]["differingBytes"], 1)
        self.assertEqual(differences["app.py"]["firstDifference"], 7)
        self.assertEqual(differences["gone.txt"], {"kind": "removed", "path": "gone.txt", "type": "file", "sizeA": 4,
                                                   "offsetA": differences["gone.txt"]["offsetA"]})
        self.assertEqual(differences["lib/new"]["kind"], "renamed")
        self.assertEqual(differences["lib/new"]["oldPath"], "lib/old")
        self.assertEqual(differences["lib/new/x.py"]["kind"], "moved")
        self.assertEqual(differences["lib/new"]["type"], "directory")
        self.assertEqual(differences["sub/moved.bin"]["oldPath"], "table.bin")
        self.assertNotIn("oldPath", differences["new.txt"])
        offset = differences["app.py"]["offsetB"]
        self.assertEqual(b.read_bytes()[offset:offset + 15], AFTER["app.py"])

    def test_json_of_identical_images(self) -> None:
        a = self.build(BEFORE)
        found = self.json("diff", a, a)
        self.assertEqual((found["equal"], found["identicalBytes"], found["differences"]), (True, True, []))

    def test_quiet_only_gives_the_exit_code(self) -> None:
        a = self.build(BEFORE, name="a")
        b = self.build(AFTER, name="b")
        for option in ("-q", "--quiet"):
            run = self.run_cli("diff", option, a, b, expect=FINDINGS)
            self.assertEqual((run.out, run.err), (b"", ""))
            self.assertEqual(self.run_cli("diff", option, a, a, expect=DONE).out, b"")

    def test_what_cannot_be_compared(self) -> None:
        a = self.build(BEFORE)
        for wrong in (self.folder / "missing.img", self.make_file("no.img", b"not an image"), self.folder):
            for pair in ((a, wrong), (wrong, a)):
                run = self.run_cli("diff", *pair, expect=INPUT_ERROR)
                self.assertEqual(run.out, b"")
                self.assertIn("error: ", run.err)
        for arguments in ((), (a,), (a, a, a), (a, a, "-q", "--json"), (a, a, "--nonsense")):
            self.assertEqual(self.run_cli("diff", *arguments, expect=USAGE).out, b"")

    def test_random_images(self) -> None:
        """Every path of either side is accounted for once."""
        for seed in range(25):
            rng = random.Random(seed)
            first, second = random_tree(rng), random_tree(rng)
            if rng.random() < 0.5:
                second = {name: second.get(name, child) if rng.random() < 0.7 else b"other" for name, child in first.items()}
            with self.subTest(seed=seed):
                self.check_accounted_for(first, second, seed)

    def check_accounted_for(self, first: Tree, second: Tree, seed: int) -> None:
        a = self.build(first, name=f"a{seed}")
        b = self.build(second, name=f"b{seed}")
        found = self.json("diff", a, b, expect=DONE if a.read_bytes() == b.read_bytes() else FINDINGS)
        by_kind: dict[str, set[str]] = {kind: set() for kind in ("added", "removed", "changed", "moved", "renamed", "realigned")}
        for difference in found["differences"]:
            by_kind[difference["kind"]].add(difference["path"])
        old = {difference["oldPath"] for difference in found["differences"]
               if difference["kind"] in ("moved", "renamed")}
        before, after = dict(flat(first)), dict(flat(second))
        kept = {path for path in before.keys() & after.keys() if (before[path] is None) == (after[path] is None)}
        self.assertEqual(by_kind["removed"] | old, before.keys() - kept)
        self.assertEqual(by_kind["added"] | by_kind["moved"] | by_kind["renamed"], after.keys() - kept)
        self.assertEqual(by_kind["changed"], {path for path in kept if before[path] != after[path]})
        self.assertLessEqual(by_kind["realigned"], kept - by_kind["changed"])


if __name__ == "__main__":
    unittest.main()
