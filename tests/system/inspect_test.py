# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""romsmith-cli ls, records, check and cat."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any, Optional

import romfs_reference as reference
from romfs_reference import directory_record, file_record, image, record, varuint
from support import DONE, FINDINGS, INPUT_ERROR, USAGE, CliTestCase, NESTED, flat, nested


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
                    self.assertTrue(
                        all(isinstance(entry[key], int) and entry[key] >= 0 for key in keys - {"path", "type"})
                    )
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
        self.assertEqual(
            [line.split()[-1] for line in table.splitlines()[1:-1]],
            ["a.txt", "data/", "data/d.bin", "lib/", "lib/pkg/", "lib/pkg/__init__.py", "lib/x.py"],
        )
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
            self.assertEqual(
                set(entry),
                {"depth", "kind", "kindName", "name", "offset", "payload", "length", "lengthWidth", "problem"},
            )
        self.assertEqual(
            [(r["offset"], r["kindName"], r["name"], r["depth"]) for r in records],
            [
                (0, "filesystem", "", 0),
                (5, "file", "a.txt", 1),
                (13, "data", "", 2),
                (16, "directory", "data", 1),
                (23, "file", "d.bin", 2),
                (31, "data", "", 3),
                (37, "directory", "lib", 1),
                (43, "directory", "pkg", 2),
                (49, "file", "__init__.py", 3),
                (63, "data", "", 4),
                (65, "file", "x.py", 2),
                (72, "data", "", 3),
            ],
        )
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
            self.assertEqual(codes - {"odd-size", "uncompiled"}, set())

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
            "pointer that wraps": (
                "pointer-out-of-range",
                image(record(5, b"\1x" + record(3, varuint(2**31) + varuint(2**31)))),
            ),
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
                self.assertIn(
                    code, [c for severity, c, _ in self.findings(data, expect=FINDINGS) if severity == "error"]
                )

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
        misaligned = [
            path
            for _, code, path in self.findings(data, "--board", "OPENMV_N6", expect=FINDINGS)
            if code == "misaligned"
        ]
        self.assertEqual(misaligned, [e.path.decode() for e in reference.read(data) if e.offset % 32])
        large = image(file_record(b"f", bytes(131072)))
        self.assertIn(("error", "too-large", ""), self.findings(large, "--board", "OPENMV2", expect=FINDINGS))

    def test_a_hostile_number_of_findings_is_limited(self) -> None:
        data = image(*[file_record(b"", b"")] * 20000)
        self.assertLess(len(self.findings(data, expect=FINDINGS)), 1010)


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


class Boards(CliTestCase):
    def with_config(self, text: Optional[str]) -> dict[str, Any]:
        config = self.folder / "config"
        (config / "romsmith").mkdir(parents=True, exist_ok=True)
        if text is not None:
            (config / "romsmith" / "boards.json").write_text(text)
        return {"env": os.environ | {"XDG_CONFIG_HOME": str(config)}}

    def test_boards_are_listed_with_their_partitions(self) -> None:
        options = self.with_config(None)
        found = json.loads(self.run_cli("boards", "--json", **options).out)["boards"]
        n6 = next(board for board in found if board["id"] == "OPENMV_N6")
        self.assertEqual(n6["partitions"][0], {"index": 0, "label": "", "size": 24 << 20, "address": 0x70800000})
        self.assertEqual(n6["alignment"]["tflite"], 32)
        self.assertIn("OPENMV_N6", self.run_cli("boards", **options).out.decode())

    def test_the_system_is_told_of_every_board(self) -> None:
        options = self.with_config(None)
        rules = self.run_cli("boards", "--udev", **options).out.decode()
        for vendor, product in (("37c5", "1206"), ("37c5", "9206"), ("0483", "df11")):
            self.assertIn(f'ATTRS{{idVendor}}=="{vendor}", ATTRS{{idProduct}}=="{product}", TAG+="uaccess"', rules)
        self.assertIn('ENV{ID_MM_DEVICE_IGNORE}="1"', rules)
        aliases = self.run_cli("boards", "--modalias", **options).out.decode().splitlines()
        self.assertIn("    <modalias>usb:v37C5p9206d*</modalias>", aliases)
        self.assertEqual(len(aliases), len(set(aliases)))

    def test_a_users_board_is_known_and_a_broken_file_says_where(self) -> None:
        board = {"id": "MINE", "name": "My board", "partitions": [{"index": 0, "size": 4096}]}
        own = json.dumps({"schemaVersion": 1, "boards": [board]})
        options = self.with_config(own)
        self.assertIn("MINE", self.run_cli("boards", **options).out.decode())
        source = self.make_tree({"large": bytes(5000)})
        image = self.folder / "x.img"
        self.assertIn("My board", self.run_cli("build", source, "-o", image, "--board", "mine", expect=FINDINGS, **options).err)
        options = self.with_config(own.replace("4096", '"many"'))
        self.assertIn("boards.json", self.run_cli("boards", expect=USAGE, **options).err)
        run = self.run_cli("build", source, "-o", image, "--board", "N6", **options)
        self.assertIn("Only the built-in boards are known", run.err)


if __name__ == "__main__":
    unittest.main()
