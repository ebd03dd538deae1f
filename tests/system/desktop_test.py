# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installation brings for desktops, as their own tools see it."""

from __future__ import annotations

import os
import subprocess
import unittest
from pathlib import Path

from support import CliTestCase

ID = "io.github.romsmith.Romsmith"
IMAGE = b"\xd2\xcd\x31\x00"


class Desktop(CliTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.share = self.folder / "usr/share"
        subprocess.run(["cmake", "--install", os.environ["ROMSMITH_BUILD"], "--prefix", self.folder / "usr"],
                       check=True, capture_output=True)

    def assert_valid(self, *command: str | Path) -> None:
        run = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout + run.stderr if run.returncode else ""), (0, ""))

    def type_of(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        environment = {**os.environ, "XDG_DATA_HOME": str(self.share), "XDG_DATA_DIRS": "/usr/share"}
        run = subprocess.run(["gio", "info", "-a", "standard::content-type", path], env=environment,
                             capture_output=True, text=True, check=True)
        return run.stdout.split()[-1]

    def test_the_desktop_entry_and_the_metainfo_are_valid(self) -> None:
        self.assert_valid("desktop-file-validate", self.share / f"applications/{ID}.desktop")
        self.assert_valid("appstreamcli", "validate", "--no-net", "--override=url-homepage-missing=info",
                          self.share / f"metainfo/{ID}.metainfo.xml")
        self.assertTrue((self.share / f"icons/hicolor/scalable/apps/{ID}.svg").is_file())

    def test_software_centres_offer_it_for_every_board_of_the_table(self) -> None:
        metainfo = (self.share / f"metainfo/{ID}.metainfo.xml").read_text()
        elements = self.run_cli("boards", "--modalias").out.decode().split()
        self.assertGreater(len(elements), 10)
        for element in elements:
            self.assertIn(element, metainfo)

    def test_the_rules_for_udev_come_before_those_that_give_access(self) -> None:
        rules = list((self.folder / "usr/lib/udev/rules.d").iterdir())
        self.assertEqual([rule.name for rule in rules], ["70-romsmith.rules"])
        self.assertEqual(rules[0].read_bytes(), self.run_cli("boards", "--udev").out)

    def test_images_are_known_by_their_content_and_recipes_by_their_name(self) -> None:
        self.assert_valid("update-mime-database", self.share / "mime")
        self.assertEqual(self.type_of("romfs0.img", IMAGE), "application/x-micropython-romfs")
        self.assertEqual(self.type_of("firmware.bin", IMAGE), "application/x-micropython-romfs")
        self.assertNotEqual(self.type_of("disk.img", bytes(4096)), "application/x-micropython-romfs")
        self.assertEqual(self.type_of("app.romsmith", b"{}"), "application/x-romsmith-recipe")


if __name__ == "__main__":
    unittest.main()
