# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What romsmith-cli builds against a reader and two writers that share no line with it."""

from __future__ import annotations

import random
import unittest

import romfs_reference as reference
from support import BEYOND_ASCII, CliTestCase, cli, deep_tree, flat, random_tree, sorted_tree

SEEDS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597]


def as_text(entries: list[reference.Entry]) -> list[tuple[str, bytes | None]]:
    return [(entry.path.decode(), entry.data) for entry in entries]


class SameBytes(CliTestCase):
    def assert_same_bytes(self, tree: reference.Tree, expected: bytes, *options: str) -> None:
        built = self.build(tree, *options, name=f"image{len(list(self.folder.iterdir()))}").read_bytes()
        if built != expected:
            at = next((i for i, (a, b) in enumerate(zip(built, expected)) if a != b), min(len(built), len(expected)))
            self.fail(
                f"{options}: differs at {at:#x}: {built[at:at + 16].hex(' ')} instead of {expected[at:at + 16].hex(' ')}"
                f" ({len(built)} bytes instead of {len(expected)})"
            )

    def test_compact_is_what_the_reference_writer_writes(self) -> None:
        for seed in SEEDS:
            tree = random_tree(random.Random(seed))
            with self.subTest(seed=seed):
                self.assert_same_bytes(tree, reference.write_compact(tree), "--layout", "compact")

    def test_default_is_what_openmv_writes_for_most_boards(self) -> None:
        for seed in SEEDS:
            tree = random_tree(random.Random(seed))
            with self.subTest(seed=seed):
                self.assert_same_bytes(tree, reference.write_openmv(tree, reference.OPENMV_RULES))

    def test_board_n6_is_what_openmv_writes_for_it(self) -> None:
        for seed in SEEDS:
            tree = random_tree(random.Random(seed))
            with self.subTest(seed=seed):
                expected = reference.write_openmv(tree, reference.OPENMV_N6_RULES)
                self.assert_same_bytes(tree, expected, "--board", "OPENMV_N6")

    def test_lengths_at_which_numbers_grow_by_a_byte(self) -> None:
        around = [size + by for size in (127, 16383) for by in range(-20, 3)]
        files = {f"f{size}": bytes(size) for size in [*around, 2097151 - 7, 2097151 - 12, 2097151, 2097152]}
        folders = {f"d{size}": {"x": bytes(size - 10)} for size in around}
        names = {"n" * length + ".bin": b"x" for length in (120, 123, 124, 125, 251)}
        for name, tree in {"files": files, "folders": folders, "names": names}.items():
            with self.subTest(name):
                tree = sorted_tree(tree)
                self.assert_same_bytes(tree, reference.write_compact(tree), "--layout", "compact")
                self.assert_same_bytes(tree, reference.write_openmv(tree, reference.OPENMV_RULES))
                expected = reference.write_openmv(tree, reference.OPENMV_N6_RULES)
                self.assert_same_bytes(tree, expected, "--board", "OPENMV_N6")

    def test_image_lengths_at_which_the_header_grows(self) -> None:
        for size in [size + by for size in (127, 16383) for by in range(-12, 3)]:
            tree: reference.Tree = {"x": bytes(size - 6)}
            with self.subTest(size=size):
                self.assert_same_bytes(tree, reference.write_compact(tree), "--layout", "compact")
                self.assert_same_bytes(tree, reference.write_openmv(tree, reference.OPENMV_RULES))

    def test_deep_folders(self) -> None:
        tree = deep_tree(150, {"model.tflite": b"m" * 100, "x.py": b""})
        self.assert_same_bytes(tree, reference.write_compact(tree), "--layout", "compact")
        self.assert_same_bytes(tree, reference.write_openmv(tree, reference.OPENMV_N6_RULES), "--board", "openmv_n6")


class Reading(CliTestCase):
    def test_independent_reader_finds_the_source_in_every_variant(self) -> None:
        variants = [
            [],
            ["--layout", "compact"],
            ["--board", "OPENMV_N6"],
            ["--board", "OPENMV_AE3", "--partition", "0"],
            ["--layout", "compact", "--board", "OPENMV_N6"],
            ["--align", "py=1024", "--align", "txt=2"],
            ["--layout", "compact", "--align", "py=256", "--align", "jpg=8"],
        ]
        for seed in SEEDS[:8]:
            tree = random_tree(random.Random(seed), BEYOND_ASCII)
            source = self.make_tree(tree, f"source{seed}")
            for variant in variants:
                with self.subTest(seed=seed, variant=variant):
                    built = self.run_cli("build", source, "-o", "-", *variant).out
                    self.assertEqual(as_text(reference.read(built)), flat(tree))

    def test_listing_agrees_with_the_independent_reader(self) -> None:
        for seed in SEEDS[:6]:
            tree = random_tree(random.Random(seed), BEYOND_ASCII)
            for layout in ("openmv", "compact"):
                with self.subTest(seed=seed, layout=layout):
                    path = self.build(tree, "--layout", layout, name=f"image{seed}{layout}")
                    listed = self.json("ls", path)
                    self.assertEqual(
                        [(entry["path"], entry["offset"]) for entry in listed["entries"]],
                        [(entry.path.decode(), entry.offset) for entry in reference.read(path.read_bytes())],
                    )
                    self.assertEqual(listed["layout"], layout)

    def test_content_is_aligned_as_asked(self) -> None:
        for seed in SEEDS:
            rng = random.Random(seed)
            source = self.make_tree(random_tree(rng, depth=3), f"source{seed}")
            asked = {extension: 2 ** rng.randint(0, 12) for extension in ("py", "txt", "jpg", "tflite")}
            options = [
                option for extension, alignment in asked.items() for option in ("--align", f"{extension}={alignment}")
            ]
            for layout in ("openmv", "compact"):
                with self.subTest(seed=seed, asked=asked, layout=layout):
                    for entry in reference.read(
                        self.run_cli("build", source, "-o", "-", "--layout", layout, *options).out
                    ):
                        alignment = asked.get(entry.path.decode().rpartition(".")[2].lower(), 1)
                        self.assertTrue(entry.data is None or entry.offset % alignment == 0, entry)

    def test_records_that_no_writer_of_ours_makes(self) -> None:
        """Pointers, padding in every place, filler in every number, reserved kinds."""
        number, record = reference.varuint, reference.record
        blob = record(reference.DATA, b"SHARED-DATA!")
        inside = (number(1) + b"p", record(reference.POINTER, number(12, 5) + number(3, 4) + b"tail"))
        pointer = record(reference.FILE, b"".join(inside))
        padded = (
            number(reference.FILE, 6)
            + number(21, 30)
            + number(1, 9)
            + b"q"
            + number(reference.DATA, 3)
            + number(5, 3)
            + b"12345"
        )
        before = record(
            reference.FILE,
            number(1)
            + b"b"
            + record(reference.PADDING, b"..")
            + record(77777, b"?")
            + record(reference.DATA, b"B")
            + record(9, b"after"),
        )
        folder = reference.directory_record(b"d", record(reference.PADDING, b""), reference.file_record(b"f", b"F"))
        payload = b"\x02" + b"\x0c" + b"SHARED-DATA!" + pointer + record(123, b"zzz") + padded + before + folder
        self.assertTrue(payload.startswith(blob))
        # The blob's bytes are 2 after the start of the payload; the pointer above says 3 and so drops the first.
        data = reference.MAGIC + number(len(payload), 7) + payload
        image = self.make_file("strange.img", data)
        expected = [("p", b"HARED-DATA!" + pointer[:1]), ("q", b"12345"), ("b", b"B"), ("d", None), ("d/f", b"F")]
        self.assertEqual(as_text(reference.read(data)), expected)
        listed = self.json("ls", image)["entries"]
        self.assertEqual([entry["path"] for entry in listed], [path for path, _ in expected])
        self.assertEqual([entry["offset"] for entry in listed], [entry.offset for entry in reference.read(data)])
        for path, content in expected:
            if content is not None:
                self.assertEqual(self.run_cli("cat", image, path).out, content)
        # An edit lays everything out anew: what the files hold stays, however it was stored.
        changed = self.folder / "changed.img"
        self.run_cli("edit", image, "--mkdir", "new", "-o", changed)
        self.assertEqual(as_text(reference.read(changed.read_bytes())), [*expected, ("new", None)])
        self.assertIn(record(123, b"zzz"), changed.read_bytes())
        self.assertIn(record(77777, b"?"), changed.read_bytes())
        self.assertIn(record(9, b"after"), changed.read_bytes())


class MutatedImages(CliTestCase):
    def test_both_readers_refuse_and_accept_the_same(self) -> None:
        """Where the independent reader finds nothing malformed, `ls` and it see the same; where it does, `check` says so."""
        rng = random.Random(4711)
        tree: reference.Tree = {"a.txt": b"A", "d": {"e": {"x.py": b"x = 1\n"}, "m.bin": b"\0\1\2\3"}, "z": b""}
        seeds = [reference.write_compact(tree), reference.write_openmv(tree, reference.OPENMV_RULES)]
        sound = 0
        for i in range(200):
            data = bytearray(rng.choice(seeds))
            for _ in range(rng.randint(1, 2)):
                data[rng.randrange(3, len(data))] = rng.choice(
                    [0, 1, 2, 3, 4, 5, 0x7F, 0x80, 0x81, 0xFF, rng.randrange(256)]
                )
            image = self.make_file("mutated.img", bytes(data))
            with self.subTest(i=i, data=data.hex()):
                try:
                    entries = reference.read(bytes(data))
                except reference.Malformed:
                    self.assertEqual(cli("check", image).code, 1)
                    continue
                sound += 1
                listed = self.json("ls", image)["entries"]
                self.assertEqual([entry["offset"] for entry in listed], [entry.offset for entry in entries])
                if all(entry.path.isascii() for entry in entries):
                    self.assertEqual([entry["path"] for entry in listed], [entry.path.decode() for entry in entries])
        self.assertGreater(sound, 50)


if __name__ == "__main__":
    unittest.main()
