# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What romsmith-cli flash makes of what it is given, before a virtual cam is written to."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import unittest
import zipfile
from pathlib import Path
from typing import Any

from deploy_test import DEVICE_ERROR, ERASED, DeployTestCase
from support import CLI, FINDINGS, INPUT_ERROR, TIME_LIMIT, USAGE

AE3_FIRST = 24 * 1024 * 1024  # bytes, of ROMFS0; ROMFS1 follows


class SourcesTestCase(DeployTestCase):
    def recipe(self, name: str = "app.romsmith", **content: object) -> Path:
        (self.folder / "one.txt").write_text("one")
        path = self.folder / name
        path.write_text(json.dumps({"romsmith": 1, "files": [{"path": "one.txt", "from": "one.txt"}], **content}))
        return path

    def refused(self, *arguments: Any, expect: int) -> str:
        """What was said; the cam is as it was."""
        run = self.run_device("flash", *arguments, expect=expect)
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")
        return run.err


class Destination(SourcesTestCase):
    def test_a_recipe_goes_to_no_other_board_than_its_own(self) -> None:
        self.plug_cam()
        recipe = self.recipe(board="OPENMV4")
        self.assertIn("is no OpenMV Cam H7", self.refused(recipe, expect=DEVICE_ERROR))
        self.run_device("flash", recipe, "--board", "OPENMV_N6")

    def test_a_recipe_goes_to_its_own_partition_unless_another_one_is_asked_for(self) -> None:
        self.plug_cam(board="OPENMV_AE3")
        recipe = self.recipe(board="OPENMV_AE3", partition=1)
        self.assertEqual(self.flash_json(recipe)["partition"], "ROMFS1")
        self.assertEqual(self.flash.read_bytes()[:AE3_FIRST].strip(ERASED), b"")
        self.assertEqual(self.flash_json(recipe, "--partition", 0)["partition"], "ROMFS0")
        self.assertEqual(self.flash_json(self.recipe(partition=1))["partition"], "ROMFS1")

    def test_the_folder_of_a_romfs_config_names_the_board(self) -> None:
        self.plug_cam()
        board = self.folder / "boards" / "OPENMV4"
        board.mkdir(parents=True)
        (board / "romfs_config.json").write_text('{"0": {"size": "0x20000", "entries": []}}')
        run = self.run_device("flash", board / "romfs_config.json", expect=DEVICE_ERROR)
        self.assertIn("is no OpenMV Cam H7", run.err)
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")

    def test_a_backup_goes_to_its_own_partition_unless_another_one_is_asked_for(self) -> None:
        self.plug_cam(board="OPENMV_AE3")
        backup = self.make_file("OPENMV_AE3-ROMFS1-20260813T101500123Z.img", self.image.read_bytes())
        self.assertEqual(self.flash_json(backup)["partition"], "ROMFS1")
        self.assertEqual(self.flash_json(backup, "--partition", 0)["partition"], "ROMFS0")

    def test_a_board_that_is_not_known_here_can_be_said_anew(self) -> None:
        recipe = self.recipe(board="OPENMV_N99", partition=0)
        output = self.folder / "out.img"
        run = self.run_cli("build", recipe, "-o", output, expect=INPUT_ERROR, compile=True)
        self.assertIn("OPENMV_N99", run.err)
        self.run_cli("build", recipe, "--board", "N6", "-o", output, compile=True)
        self.assertTrue(output.exists())


class Misuse(SourcesTestCase):
    def test_what_is_no_source_of_an_image_is_not_packed_into_one(self) -> None:
        self.plug_cam()
        code = struct.pack("<II", 0x20000000, 0x70080401) + random.Random(1).randbytes(5000)
        firmware = self.make_file("firmware.bin", code)
        own = self.make_file("mine.bin", code)
        bundle = self.folder / "firmware_v5.zip"
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("OPENMV_N6/firmware.bin", code)
            archive.write(self.image, "OPENMV_N6/romfs0.img")
        for arguments, code, said in (
            ((firmware,), USAGE, "--firmware"), ((own, self.folder / "image.d"), USAGE, "--firmware"),
            ((bundle,), USAGE, "--bundle"),
            ((self.make_file("rnd.img", b"noise" * 100),), FINDINGS, "rnd.img is no ROMFS image"),
            ((self.image, self.image), USAGE, "is an image already: name it alone"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(said, self.refused(*arguments, expect=code))

    def test_how_an_image_is_built_cannot_be_said_of_one_that_is_there(self) -> None:
        self.plug_cam()
        for option in (("--max-size", 10), ("--exclude", "*.py"), ("--no-compile",), ("--layout", "compact"),
                       ("--align", "txt=64"), ("--keep", "*.py")):
            with self.subTest(option=option):
                self.assertIn("is an image already", self.refused(self.image, *option, expect=USAGE))

    def test_an_update_of_nothing_is_refused(self) -> None:
        self.run_cli("flash", "--update", expect=USAGE)


class Findings(SourcesTestCase):
    def test_all_files_that_cannot_be_compiled_are_named(self) -> None:
        self.plug_cam()
        folder = self.make_tree({"a.py": b"x = (\n", "b.py": b"y = )\n"})
        said = self.refused(folder, expect=FINDINGS)
        self.assertIn("a.py", said)
        self.assertIn("b.py", said)
        error = json.loads(self.run_device("flash", folder, "--json", expect=FINDINGS).out)["error"]
        self.assertIn("b.py", error)
        self.assertIn("--keep b.py", error)

    def test_a_missing_file_of_a_recipe_and_a_broken_recipe(self) -> None:
        self.plug_cam()
        missing = self.recipe(files=[{"path": "gone.txt", "from": "gone.txt"}])
        self.assertIn("gone.txt", self.refused(missing, expect=FINDINGS))
        self.make_file("broken.romsmith", b"{")
        self.refused(self.folder / "broken.romsmith", expect=INPUT_ERROR)

    def test_an_error_that_build_finds_stops_unless_it_is_forced(self) -> None:
        self.plug_cam()
        tree = {"a.py": b"x = 1\n", "broken.mpy": b"no bytecode"}
        folder = self.make_tree(tree)
        built = self.run_cli("build", folder, "-o", self.folder / "x.img", "--board", "OPENMV_N6", expect=FINDINGS)
        sentence = next(line for line in built.err.splitlines() if "broken.mpy" in line).split("error: ")[1]
        self.assertIn(sentence, self.refused(folder, "--no-compile", expect=FINDINGS))
        run = self.run_device("flash", folder, "--no-compile", "--force")
        self.assertEqual(run.err.count("broken.mpy"), 1, run.err)

    def test_a_warning_is_told_once(self) -> None:
        self.plug_cam()
        run = self.run_device("flash", self.make_tree({"ü.txt": b""}))
        self.assertEqual(run.err.count("ü.txt"), 1, run.err)


class ClosedOutput(SourcesTestCase):
    def test_who_stops_listening_does_not_end_a_job(self) -> None:
        self.plug_cam("--bandwidth", 100000)
        noise = self.build({"a.txt": random.Random(1).randbytes(200000)}, name="noise")
        read, write = os.pipe()
        process = subprocess.Popen([CLI, "flash", str(noise), "--device", str(self.port)], env=self.environment,
                                   stdout=write, stderr=write)
        os.close(write)
        os.read(read, 1)
        os.close(read)
        self.assertGreaterEqual(process.wait(TIME_LIMIT), 0, "it was killed")
        self.assertFlashed(noise)


if __name__ == "__main__":
    unittest.main()
