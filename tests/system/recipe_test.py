# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes: what an image is made of and how, as a file that is kept with its sources."""

from __future__ import annotations

import json
import unittest
from pathlib import Path
from typing import Any

from support import FINDINGS, INPUT_ERROR, USAGE, CliTestCase, Run


class Recipes(CliTestCase):
    def make(self, *arguments: Any, **options: Any) -> Run:
        return self.run_cli("build", *arguments, compile=True, **options)

    def project(self, name: str) -> Path:
        folder = self.folder / name
        (folder / "src" / "lib").mkdir(parents=True)
        (folder / "src" / "lib" / "helpers.txt").write_text("helpers")
        (folder / "src" / "model.tflite").write_bytes(b"m" * 5000)
        return folder

    def recipe(self, folder: Path, **content: object) -> Path:
        path = folder / "app.romsmith"
        path.write_text(json.dumps({"romsmith": 1, **content}))
        return path

    def test_a_recipe_of_a_folder_gives_the_image_of_the_folder_wherever_both_are(self) -> None:
        images = []
        for name in ("here", "elsewhere"):
            folder = self.project(name)
            self.make(folder / "src", "--board", "OPENMV_N6", "-o", folder / "app.romsmith")
            self.make(folder / "src", "--board", "OPENMV_N6", "-o", folder / "straight.img")
            self.make(folder / "app.romsmith", "-o", folder / "app.img")
            images.append((folder / "app.img").read_bytes())
            self.assertEqual(images[-1], (folder / "straight.img").read_bytes())
        self.assertEqual(images[0], images[1])
        self.assertEqual((self.folder / "here/app.romsmith").read_text(),
                         (self.folder / "elsewhere/app.romsmith").read_text())

    def test_a_recipe_in_its_own_folder_is_no_part_of_the_image(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"from": ".", "exclude": ["*.img"]}])
        for _ in range(2):
            self.make(recipe, "-o", folder / "app.img")
        paths = [e["path"] for e in self.json("ls", folder / "app.img")["entries"]]
        self.assertEqual(paths, ["src", "src/lib", "src/lib/helpers.txt", "src/model.tflite"])

    def test_alignment_and_order_are_as_the_recipe_says(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"from": "src"}, {"path": "lib/helpers.txt", "align": 256},
                                            {"path": "z.txt", "text": "z"}, {"order": ["z.txt", "model.tflite"]}])
        self.make(recipe, "-o", folder / "app.img")
        entries = self.json("ls", folder / "app.img")["entries"]
        self.assertEqual([e["path"] for e in entries], ["z.txt", "model.tflite", "lib", "lib/helpers.txt"])
        self.assertEqual(entries[-1]["offset"] % 256, 0)

    def test_nothing_is_written_when_a_file_is_missing(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"path": "a.txt", "from": "gone.txt"}])
        run = self.make(recipe, "-o", folder / "app.img", expect=FINDINGS)
        self.assertIn("gone.txt\" cannot be read: no such file or directory", run.err)
        self.assertFalse((folder / "app.img").exists())

    def test_a_wish_for_a_file_that_nothing_brings_is_no_slip_to_pass_over(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"path": "modles/face.tflite", "align": 64}])
        run = self.make(recipe, "-o", folder / "app.img", expect=FINDINGS)
        self.assertIn("modles/face.tflite: The recipe says something of it, and nothing brings it.", run.err)

    def test_a_recipe_for_output_is_written_as_one(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"path": "a.txt", "text": "a"}])
        self.make(recipe, "-o", folder / "other.romsmith")
        self.make(recipe, "-o", folder / "a.img")
        self.make(folder / "other.romsmith", "-o", folder / "b.img")
        self.assertEqual((folder / "a.img").read_bytes(), (folder / "b.img").read_bytes())

    def test_a_broken_recipe_is_an_error_that_names_the_place(self) -> None:
        recipe = self.recipe(self.folder, files=[{"path": "../evil", "text": ""}])
        run = self.make(recipe, "-o", self.folder / "x.img", expect=INPUT_ERROR)
        self.assertIn("files[0].path: \"../evil\"", run.err)
        self.make_file("app.romsmith", b"\xff\x00")
        self.make(recipe, "-o", self.folder / "x.img", expect=INPUT_ERROR)
        self.make_file("app.romsmith", b"{}")
        self.assertIn("this is no recipe", self.make(recipe, "-o", self.folder / "x.img", expect=INPUT_ERROR).err)
        self.make(self.folder / "none.romsmith", "-o", self.folder / "x.img", expect=INPUT_ERROR)

    def test_a_file_goes_by_its_own_name_unless_it_is_given_one(self) -> None:
        folder = self.project("app")
        recipe = self.recipe(folder, files=[{"from": "src/model.tflite", "align": 64}, {"from": "src/lib"}])
        self.make(recipe, "-o", folder / "app.img")
        entries = self.json("ls", folder / "app.img")["entries"]
        self.assertEqual([e["path"] for e in entries], ["model.tflite", "helpers.txt"])
        self.assertEqual(entries[0]["offset"] % 64, 0)
        recipe = self.recipe(folder, files=[{"from": "src/lib", "align": 64}])
        self.assertIn("for a file", self.make(recipe, "-o", folder / "app.img", expect=FINDINGS).err)

    def test_what_a_recipe_says_cannot_be_said_again(self) -> None:
        recipe = self.recipe(self.folder, files=[])
        for option in (["--layout", "compact"], ["--align", "x=4"], ["--exclude", "x"], ["--keep", "x"], ["-O", "1"]):
            run = self.make(recipe, *option, "-o", self.folder / "x.img", expect=USAGE)
            self.assertIn("A recipe says itself", run.err)


if __name__ == "__main__":
    unittest.main()
