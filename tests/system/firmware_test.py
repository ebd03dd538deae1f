# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What OpenMV's firmware comes with: recipes for ROMFS images, and bundles of a release."""

from __future__ import annotations

import json
import unittest
import zipfile
from pathlib import Path

from romfs_reference import Tree
from support import FINDINGS, INPUT_ERROR, OUTPUT_ERROR, USAGE, CliTestCase

SOURCE: Tree = {
    "scripts": {"libraries": {"pid.py": b""}},
    "lib": {"models": {"yolo.tflite": b"\0\0\0\0TFL3" + bytes(500), "person.tflite": b"p" * 77, "person.txt": b"labels"},
            "haar": {"eye.xml": b"<xml/>", "face.cascade": b"cascade"}},
}
CONFIG = {
    "0": {"size": "0x01800000", "entries": [
        {"type": "tflite", "path": "{TOP}/lib/models/yolo.tflite", "alignment": 16, "optimize": "Performance"},
        {"type": "tflite", "path": "{TOP}/lib/models/p*.tflite", "alignment": 64},
        {"type": "haar", "path": "{TOP}/lib/haar/eye.xml"}]},
    "1": {"size": "0x00100000", "entries": [{"type": "data", "path": "{TOP}/lib/haar/face.cascade"}]},
}


class Configs(CliTestCase):
    def config(self, board: str = "OPENMV_AE3", config: object = CONFIG) -> Path:
        tree: Tree = {**SOURCE, "boards": {board: {"romfs_config.json": json.dumps(config).encode()}}}
        return self.make_tree(tree, f"openmv-{board}") / f"boards/{board}/romfs_config.json"

    def test_a_partition_becomes_an_image_for_its_board(self) -> None:
        image = self.folder / "romfs0.img"
        run = self.run_cli("build", self.config(), "-o", image)
        self.assertIn("the board is OPENMV_AE3", run.err)
        self.assertIn("eye.xml: the firmware's build converts cascades", run.err)
        entries = self.json("ls", image)["entries"]
        self.assertEqual([entry["path"] for entry in entries], ["yolo.tflite", "person.tflite", "person.txt"])
        self.assertEqual([entries[0]["offset"] % 16, entries[1]["offset"] % 64], [0, 0])

    def test_the_partition_is_chosen(self) -> None:
        image = self.folder / "romfs1.img"
        config = self.config()
        self.run_cli("build", config, "--partition", "1", "-o", image)
        self.assertEqual([entry["path"] for entry in self.json("ls", image)["entries"]], ["face.cascade"])
        self.run_cli("build", config, "--partition", "2", "-o", image, expect=USAGE)

    def test_the_size_counts_where_the_board_is_not_known(self) -> None:
        config = self.config("SOMETHING_NEW", {"0": {**CONFIG["0"], "size": "0x40"}})
        image = self.folder / "never.img"
        run = self.run_cli("build", config, "-o", image, expect=FINDINGS)
        self.assertIn("names no known board", run.err)
        self.assertFalse(image.exists())

    def test_what_is_missing_is_named(self) -> None:
        config = self.config(config={"0": {"entries": [{"path": "{BUILD}/x.bin"}]}})
        image = self.folder / "image.img"
        self.assertIn("{BUILD} is not known", self.run_cli("build", config, "-o", image, expect=INPUT_ERROR).err)
        build = self.make_tree({"x.bin": b"built"}, "build")
        self.run_cli("build", config, "--manifest-var", f"BUILD={build}", "-o", image)
        (build / "x.bin").unlink()
        run = self.run_cli("build", config, "--manifest-var", f"BUILD={build}", "-o", image, expect=INPUT_ERROR)
        self.assertIn("there is no such file", run.err)


class Bundles(CliTestCase):
    def bundle(self, name: str, files: dict[str, bytes]) -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for member, data in files.items():
                file.writestr(member, data)
        return path

    def stable(self) -> Path:
        image = self.build({"x.txt": b"x"}).read_bytes()
        return self.bundle("firmware_v5.0.0.zip", {
            "OPENMV_N6/firmware.bin": b"n6", "OPENMV_N6/bootloader.bin": b"loader", "OPENMV_N6/romfs0.img": image,
            "OPENMV_N6/../../evil.bin": b"x", "OPENMV_AE3/firmware_M55_HP.bin": b"hp",
            "OPENMV_AE3/firmware_M55_HE.bin": b"he", "OPENMV_AE3/romfs0.img": image, "OPENMV_AE3/romfs1.img": image,
            "CYW4343/cyw4343_btfw.bin": b"radio"})

    def test_boards_and_their_files_are_listed(self) -> None:
        bundle = self.stable()
        boards = {board["id"]: board for board in self.json("bundle", bundle)["boards"]}
        self.assertEqual(sorted(boards), ["OPENMV_AE3", "OPENMV_N6"])
        files = {file["name"]: file for file in boards["OPENMV_N6"]["files"]}
        self.assertEqual(sorted(files), ["bootloader.bin", "firmware.bin", "romfs0.img"])
        self.assertEqual((files["bootloader.bin"]["role"], files["bootloader.bin"]["flashed"]), ("bootloader", False))
        self.assertEqual((files["firmware.bin"]["role"], files["firmware.bin"]["flashed"]), ("firmware", True))
        self.assertEqual(files["romfs0.img"]["partition"], 0)
        self.assertIn("OpenMV AE3", self.run_cli("bundle", bundle, "--board", "ae3").out.decode())

    def test_the_files_of_a_board_are_extracted(self) -> None:
        bundle, out = self.stable(), self.folder / "out"
        self.run_cli("bundle", bundle, "-o", out, expect=USAGE)
        self.run_cli("bundle", bundle, "--board", "N6", "-o", out)
        self.assertEqual(sorted(path.name for path in out.iterdir()), ["bootloader.bin", "firmware.bin", "romfs0.img"])
        self.assertEqual([entry["path"] for entry in self.json("ls", out / "romfs0.img")["entries"]], ["x.txt"])
        self.run_cli("bundle", bundle, "--board", "N6", "-o", out, expect=OUTPUT_ERROR)
        self.run_cli("bundle", bundle, "--board", "N6", "-o", out, "--force")
        self.run_cli("bundle", bundle, "--board", "OPENMV2", expect=INPUT_ERROR)

    def test_a_development_build_is_for_one_board(self) -> None:
        files = {"firmware.bin": b"f", "romfs0.img": b"", "firmware.elf": b"elf"}
        boards = self.json("bundle", self.bundle("firmware_OPENMV4.zip", files))["boards"]
        self.assertEqual([board["id"] for board in boards], ["OPENMV4"])
        unnamed = self.bundle("download.zip", files)
        self.assertEqual(self.json("bundle", unnamed)["boards"][0]["id"], "")
        self.assertEqual(self.json("bundle", unnamed, "--board", "OPENMV4")["boards"][0]["id"], "OPENMV4")

    def test_other_files_are_no_bundles(self) -> None:
        for path in (self.bundle("code.zip", {"main.py": b""}), self.make_file("x.zip", b"no zip"), self.folder):
            self.run_cli("bundle", path, expect=INPUT_ERROR)
        whole = self.stable().read_bytes()
        self.run_cli("bundle", self.make_file("cut.zip", whole[: len(whole) // 2]), expect=INPUT_ERROR)


if __name__ == "__main__":
    unittest.main()
