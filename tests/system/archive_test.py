# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives as what an image is built from, and what it is extracted to."""

from __future__ import annotations

import io
import tarfile
import unittest
import zipfile
from pathlib import Path

from romfs_reference import Tree
from support import FINDINGS, INPUT_ERROR, OUTPUT_ERROR, CliTestCase, flat

TREE: Tree = {"app": {"main.txt": b"1"}, "model.tflite": b"m" * 5000, "na\u00efve.txt": b"2"}


class Archives(CliTestCase):
    def zip(self, tree: Tree, top: str = "", name: str = "tree.zip") -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for member, data in flat(tree):
                file.writestr(top + member + ("/" if data is None else ""), data or b"")
        return path

    def tar(self, tree: Tree, mode: str, name: str) -> Path:
        path = self.folder / name
        with tarfile.open(path, mode) as file:
            for member, data in flat(tree):
                info = tarfile.TarInfo(member)
                info.type, info.size = (tarfile.DIRTYPE, 0) if data is None else (tarfile.REGTYPE, len(data))
                file.addfile(info, io.BytesIO(data or b""))
        return path

    def test_an_archive_gives_the_image_of_its_folder(self) -> None:
        expected = self.build(TREE, name="folder").read_bytes()
        archives = [self.zip(TREE), self.zip(TREE, "project-main/", "wrapped.zip"), self.tar(TREE, "w", "tree.tar"),
                    self.tar(TREE, "w:gz", "tree.tar.gz"), self.tar(TREE, "w:xz", "tree.tar.xz")]
        for archive in archives:
            image = self.folder / "image.img"
            self.run_cli("build", archive, "-o", image)
            self.assertEqual(image.read_bytes(), expected, archive.name)

    def test_what_is_left_out_is_named_and_nothing_leaves_the_folder(self) -> None:
        path = self.folder / "evil.zip"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("../outside.txt", b"x")
            file.writestr("/absolute.txt", b"x")
            file.writestr("good.txt", b"good")
        run = self.run_cli("build", path, "-o", self.folder / "image.img")
        self.assertIn("left out ../outside.txt: its path leads out of its folder", run.err)
        self.assertIn("left out /absolute.txt: its path is absolute", run.err)
        self.assertEqual([e["path"] for e in self.json("ls", self.folder / "image.img")["entries"]], ["good.txt"])
        self.assertFalse((self.folder.parent / "outside.txt").exists())

    def test_a_cut_archive_is_an_error(self) -> None:
        whole = self.zip(TREE).read_bytes()
        run = self.run_cli("build", self.make_file("cut.zip", whole[: len(whole) // 2]), "-o", self.folder / "never.img",
                           expect=INPUT_ERROR)
        self.assertIn("damaged or cut off", run.err)
        self.assertFalse((self.folder / "never.img").exists())

    def test_a_tar_that_is_cut_anywhere_is_an_error_and_no_file(self) -> None:
        whole = self.tar(TREE, "w:gz", "whole.tar.gz").read_bytes()
        for size in (20, 100, len(whole) // 2, len(whole) - 20):
            cut = self.make_file(f"cut{size}.tar.gz", whole[:size])
            run = self.run_cli("build", cut, "-o", self.folder / "never.img", expect=INPUT_ERROR)
            self.assertIn("damaged or cut off", run.err)

    def test_extracting_to_an_archive_gives_the_same_bytes_every_time(self) -> None:
        image = self.build(TREE)
        for name in ("out.zip", "out.tar.gz"):
            self.run_cli("extract", image, "-o", self.folder / name)
            first = (self.folder / name).read_bytes()
            self.run_cli("extract", image, "-o", self.folder / name, expect=OUTPUT_ERROR)
            self.run_cli("extract", image, "-o", self.folder / name, "--force")
            self.assertEqual((self.folder / name).read_bytes(), first)
            self.run_cli("build", self.folder / name, "-o", self.folder / "again.img")
            self.run_cli("diff", image, self.folder / "again.img")
        with zipfile.ZipFile(self.folder / "out.zip") as file:
            self.assertEqual(sorted(file.namelist()),
                             ["app/", "app/main.txt", "model.tflite", "na\u00efve.txt"])


if __name__ == "__main__":
    unittest.main()
