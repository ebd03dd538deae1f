# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a firmware freezes, as files of an image: manifests that are run, and CircuitPython's makefiles."""

from __future__ import annotations

import os
import unittest
from pathlib import Path

from romfs_reference import Tree
from support import INPUT_ERROR, MICROPYTHON, OUTPUT_ERROR, USAGE, CliTestCase, micropython

# A checkout of MicroPython and a project beside it, as small as they can be.
FIRMWARE: Tree = {
    "py": {"mpconfig.h": b""},
    "extmod": {"asyncio": {
        "manifest.py": b"package('asyncio', ('__init__.py', 'core.py'), base_path='..', opt=3)\n",
        "__init__.py": b"from .core import run\n", "core.py": b"def run(x):\n    return ('ran', x)\n"}},
    "lib": {"micropython-lib": {
        "python-stdlib": {"logging": {
            "manifest.py": b"metadata(description='Logging', version='0.6.1')\nmodule('logging.py')\n",
            "logging.py": b"def info(text):\n    return 'INFO ' + text\n"}},
        "micropython": {"net": {"client": {
            "manifest.py": b"metadata(version='1.2.0', author='me')\nrequire('logging')\npackage('client')\n",
            "client": {"__init__.py": b"import logging\nfrom .wire import send\n",
                       "wire.py": b"from logging import info\ndef send(x):\n    return info('sent ' + x)\n"}}}}}},
    "ports": {"stm32": {
        "modules": {"_boot.py": b"", "tool.py": b"options = 'port'\n"},
        "boards": {
            "manifest.py": b"freeze('$(PORT_DIR)/modules')\ninclude('$(MPY_DIR)/extmod/asyncio')\n",
            "CAM": {
                "manifest.py": b"include('$(PORT_DIR)/boards/manifest.py')\n"
                               b"include('extra.py', text=True, network=False)\nrequire('client')\n",
                "extra.py": b"options.defaults(text=False, network=True)\n"
                            b"if options.text:\n    freeze_as_str('text')\n"
                            b"if options.network:\n    require('never')\n",
                "text": {"kept.py": b"value = 'kept'\n"}}}}},
}

# Mounts an image as the firmware does at boot, then runs a statement.
BOOT = b"""
import sys, vfs
with open(sys.argv[1], "rb") as file:
    data = file.read()
vfs.mount(vfs.VfsRom(data), "/rom")
sys.path[:] = ["", "/rom", "/rom/lib"]
exec(sys.argv[2])
"""


class Manifests(CliTestCase):
    def files(self, image: Path) -> list[str]:
        return [entry["path"] for entry in self.json("ls", image)["entries"] if entry["type"] == "file"]

    def manifest(self, text: str) -> Path:
        return self.make_file("manifest.py", text.encode())

    def run_manifest(self, manifest: Path, *options: object, expect: int = 0, compile: bool = False) -> str:
        return self.run_cli("build", manifest, "--run-manifest", "-o", self.folder / "image.img", *options,
                            expect=expect, compile=compile).err

    def test_a_board_of_a_firmware_gives_its_modules(self) -> None:
        board = self.make_tree(FIRMWARE, "micropython") / "ports/stm32/boards/CAM/manifest.py"
        said = self.run_manifest(board)
        self.assertEqual(sorted(self.files(self.folder / "image.img")),
                         ["lib/_boot.py", "lib/asyncio/__init__.py", "lib/asyncio/core.py", "lib/client/__init__.py",
                          "lib/client/wire.py", "lib/kept.py", "lib/logging.py", "lib/tool.py"])
        self.assertIn("optimisation level 3", said)
        self.assertRegex(said, "running .*manifest.py (in|without) a sandbox")

    @unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
    def test_frozen_modules_run_from_the_image(self) -> None:
        board = self.make_tree(FIRMWARE, "micropython") / "ports/stm32/boards/CAM/manifest.py"
        self.run_manifest(board, compile=True)
        image = self.folder / "image.img"
        self.assertIn("lib/client/wire.mpy", self.files(image))
        self.assertIn("lib/kept.py", self.files(image), "what was frozen as a string stays source")
        statement = ("import client, kept, asyncio; "
                     "print(client.send('x'), client.__file__, kept.value, asyncio.run(1), asyncio.__file__)")
        self.assertEqual(micropython(self.make_file("boot_device.py", BOOT), image, statement),
                         "INFO sent x /rom/lib/client/__init__.mpy kept ('ran', 1) /rom/lib/asyncio/__init__.mpy\n")

    def test_a_manifest_is_run_only_on_request(self) -> None:
        manifest = self.manifest("raise SystemExit")
        run = self.run_cli("build", manifest, "-o", self.folder / "image.img")
        self.assertIn("added as a file; --run-manifest adds what it freezes", run.err)
        self.assertEqual(self.files(self.folder / "image.img"), ["manifest.py"])

    def test_a_sandbox_is_used_where_it_works(self) -> None:
        log = self.folder / "log"
        tools = self.make_tree({}, "tools")
        environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}
        self.make_tree({"m.py": b""}, "modules")
        manifest = self.manifest("freeze('modules')")
        for body, expected in (("shift 10; exec \"$@\"", "in a sandbox: it can neither"), ("exit 1", "without a sandbox")):
            log.unlink(missing_ok=True)
            (tools / "bwrap").write_text(f"#!/bin/sh\necho \"$@\" >> {log}\n{body}\n")
            (tools / "bwrap").chmod(0o755)
            run = self.run_cli("build", manifest, "--run-manifest", "-o", self.folder / "image.img", env=environment)
            self.assertIn(expected, run.err)
            calls = log.read_text().splitlines()
            for call in calls:
                self.assertIn("--unshare-all --die-with-parent --new-session --ro-bind / / ", call)
            self.assertEqual(["python3" in call for call in calls], [False, True][: len(calls)])
        self.assertEqual(len(calls), 1, "one that does not work is tried and not used")

    def test_folders_are_set_by_the_user(self) -> None:
        library = self.make_tree(FIRMWARE, "checkout") / "lib/micropython-lib"
        manifest = self.manifest("require('client')\n")
        self.assertIn("$(MPY_LIB_DIR), the folder of micropython-lib, is not known",
                      self.run_manifest(manifest, expect=INPUT_ERROR))
        self.run_manifest(manifest, "--manifest-var", f"MPY_LIB_DIR={library}")
        self.assertIn("lib/client/wire.py", self.files(self.folder / "image.img"))
        for wrong in ("MPY_LIB_DIR", "=x", "X="):
            self.run_manifest(manifest, "--manifest-var", wrong, expect=USAGE)
        self.assertIn("no such folder", self.run_manifest(manifest, "--manifest-var", "X=nowhere", expect=INPUT_ERROR))

    def test_sources_mix(self) -> None:
        self.make_tree({"app.py": b"", "lib": {"mine.py": b""}}, "app")
        self.make_tree({"m.py": b""}, "modules")
        self.run_manifest(self.manifest("freeze('modules')"), self.folder / "app")
        self.assertEqual(sorted(self.files(self.folder / "image.img")), ["app.py", "lib/m.py", "lib/mine.py"])

    def test_a_manifest_that_does_harm_does_none(self) -> None:
        victim = self.make_file("victim", b"precious")
        for text, expected in (
            (f"open({str(victim)!r}, 'w').write('gone')", "may not write files"),
            (f"import os; os.remove({str(victim)!r})", "may not write files"),
            (f"import os; os.system('rm {victim}')", "may not start programs"),
            ("import os; os.fork()", "may not start programs"),
            ("import urllib.request as r; r.urlopen('http://127.0.0.1:9')", "may not use the network"),
            ("raise KeyError('x')", "line 1: KeyError: 'x'"),
            ("import os; os._exit(0)", "without an answer"),
            ("print('{\"files\": []}')", "freezes nothing"),
            ("freeze('/etc', 'passwd')", "expected to end in .py or .mpy"),
            ("module('../../x.py')", "there is no file"),
        ):
            with self.subTest(text):
                self.assertIn(expected, self.run_manifest(self.manifest(text), expect=INPUT_ERROR))
        self.assertEqual(victim.read_bytes(), b"precious")

    def test_a_path_that_leads_out_is_left_out(self) -> None:
        self.make_file("outside.py", b"")
        self.make_tree({"x.py": b""}, "inner")
        said = self.run_manifest(self.manifest("freeze('inner', '../outside.py')\nfreeze('inner')"))
        self.assertIn("left out ../outside.py: its path leads out of its folder", said)
        self.assertEqual(self.files(self.folder / "image.img"), ["lib/x.py"])

    def test_circuitpython_freezes_folders(self) -> None:
        tree: Tree = {
            "py": {"mpconfig.h": b""},
            "frozen": {"Adafruit_HID": {"adafruit_hid": {"__init__.py": b"", "mouse.py": b""}, "setup.py": b"",
                                        "examples": {"show.py": b""}}},
            "ports": {"x": {"boards": {"y": {"mpconfigboard.mk": b"USB_PID = 1\nFROZEN_MPY_DIRS += \\\n"
                                                                 b"  $(TOP)/frozen/Adafruit_HID\n"}}}},
        }
        makefile = self.make_tree(tree, "circuitpython") / "ports/x/boards/y/mpconfigboard.mk"
        self.run_cli("build", makefile, "-o", self.folder / "image.img")
        self.assertEqual(self.files(self.folder / "image.img"),
                         ["lib/adafruit_hid/__init__.py", "lib/adafruit_hid/mouse.py"])

    def test_an_image_becomes_a_manifest_and_comes_back(self) -> None:
        image = self.build({"app": {"__init__.py": b"a = 1\n"}, "lib": {"x.py": b"", "pkg": {"y.py": b""}},
                            "main.py": b"", "model.tflite": b"m"})
        out = self.folder / "frozen"
        said = self.run_cli("extract", image, "--manifest", "-o", out).err
        self.assertIn("left out model.tflite: a firmware freezes Python only", said)
        self.run_manifest(out / "manifest.py")
        self.assertEqual(self.files(self.folder / "image.img"),
                         ["lib/app/__init__.py", "lib/pkg/y.py", "lib/x.py", "lib/main.py"])
        self.run_cli("extract", image, "--manifest", "-o", out, expect=OUTPUT_ERROR)
        self.run_cli("extract", image, "--manifest", "-o", out, "--force")
        self.run_cli("extract", image, "lib", "--manifest", "-o", out, "--force", expect=USAGE)


if __name__ == "__main__":
    unittest.main()
