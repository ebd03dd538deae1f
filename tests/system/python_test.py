# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Python files on their way into an image: compiled by romsmith-cli, mounted, imported and run by MicroPython."""

from __future__ import annotations

import os
import unittest
from pathlib import Path
from typing import Any

from romfs_reference import Tree
from support import DONE, FINDINGS, INPUT_ERROR, MICROPYTHON, USAGE, CliTestCase, Run, micropython

# Mounts an image as the firmware does at boot, then runs a statement.
BOOT = b"""
import sys, vfs
with open(sys.argv[1], "rb") as file:
    data = file.read()
vfs.mount(vfs.VfsRom(data), "/rom")
sys.path[:] = ["", ".frozen", "/rom", "/rom/lib"]
exec(sys.argv[2])
"""

# Each module says what its `result` must be.
MODULES: dict[str, tuple[str, object]] = {
    "arithmetic": ("result = sum(i * i for i in range(50)) + (1 << 70) % 1000003", sum(i * i for i in range(50)) + (1 << 70) % 1000003),
    "text": ("result = 'naïve — 日本語 🎥'.upper() + '%05.2f' % 3.14159", "NAïVE — 日本語 🎥03.14"),
    "closure": ("def outer(n):\n    def inner(x):\n        nonlocal n\n        n += x\n        return n\n    return inner\nf = outer(5)\nf(1)\nresult = f(2)", 8),
    "generator": ("def g():\n    got = 0\n    while got < 10:\n        got += (yield got) or 3\nresult = list(g())", [0, 3, 6, 9]),
    "classes": ("class A:\n    def __init__(self, *a, k=1, **kw):\n        self.v = (a, k, len(kw))\n    @property\n    def p(self):\n        return self.v\nclass B(A):\n    pass\nresult = B(1, 2, k=3, z=4).p", ((1, 2), 3, 1)),
    "errors": ("try:\n    1 // 0\nexcept ZeroDivisionError as e:\n    result = type(e).__name__\nfinally:\n    result += '!'", "ZeroDivisionError!"),
    "constants": ("from micropython import const\nN = const(1234567)\nresult = (N, b'\\x00\\xff' * 4, 1.5e300, ...)[:3]", (1234567, b"\x00\xff" * 4, 1.5e300)),
    "many_names": ("\n".join(f"name_{i} = {i}" for i in range(400)) + "\nresult = name_399 + name_0", 399),
    "empty_lines": ("\n" * 2000 + "result = 7", 7),
}

APPLICATION: Tree = {
    "main.py": b"import app\nprint('started', app.run())\n",
    "boot.py": b"print('never')\n",
    "app": {
        "__init__.py": b"from .core import run\n",
        "core.py": b"from . import util\nfrom .deep.leaf import VALUE\ndef run():\n    return util.double(VALUE)\n",
        "util.py": b"def double(x):\n    return 2 * x\n",
        "deep": {"__init__.py": b"", "leaf.py": b"VALUE = 21\n"},
    },
    "lib": {
        **{f"{name}.py": source.encode() for name, (source, _) in MODULES.items()},
        "same.py": b"where = 'lib'\n",
        "drivers": {"__init__.py": b"", "sensor.py": b"class Sensor:\n    def read(self):\n        return 42\n"},
    },
    "same.py": b"where = 'top'\n",
    "model.tflite": b"\0\0\0\0TFL3" + bytes(1000),
    "config.json": b'{"threshold": 0.5}',
}


class PythonTestCase(CliTestCase):
    def run_build(self, *arguments: object, expect: int = DONE, **options: Any) -> Run:
        return self.run_cli("build", *arguments, expect=expect, compile=True, **options)

    def compiled(self, tree: Tree, *options: object, name: str = "image") -> Path:
        image = self.folder / f"{name}.img"
        self.run_build(self.make_tree(tree, f"{name}.d"), "-o", image, *options)
        return image

    def names(self, image: Path) -> list[str]:
        return [entry["path"] for entry in self.json("ls", image)["entries"] if entry["type"] == "file"]


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Running(PythonTestCase):
    def on_device(self, image: Path, statement: str) -> str:
        return micropython(self.make_file("boot_device.py", BOOT), image, statement)

    def test_every_module_does_the_same_compiled(self) -> None:
        for layout in ("openmv", "compact"):
            for level in ("0", "3"):
                image = self.compiled(APPLICATION, "--layout", layout, "-O", level, name=layout + level)
                for name, (_, expected) in MODULES.items():
                    with self.subTest(module=name, layout=layout, level=level):
                        statement = f"import {name} as m; print(m.result == {expected!r} or m.result, m.__file__)"
                        self.assertEqual(self.on_device(image, statement), f"True /rom/lib/{name}.mpy\n")

    def test_an_application_runs_from_bytecode(self) -> None:
        image = self.compiled(APPLICATION, "--board", "OPENMV_N6")
        self.assertEqual(self.on_device(image, "exec(open('/rom/main.py').read())"), "started 42\n")
        self.assertEqual(self.on_device(image, "import drivers.sensor as s; print(s.Sensor().read(), s.__file__)"),
                         "42 /rom/lib/drivers/sensor.mpy\n")
        entries = {entry["path"]: entry for entry in self.json("ls", image)["entries"]}
        self.assertEqual(entries["model.tflite"]["offset"] % 32, 0)
        self.assertEqual({path for path in entries if path.endswith(".py")}, {"main.py", "boot.py"})

    def test_the_top_comes_before_lib(self) -> None:
        self.assertEqual(self.on_device(self.compiled(APPLICATION), "import same; print(same.where)"), "top\n")

    def test_a_source_beside_bytecode_wins_on_the_device(self) -> None:
        self.run_build(self.make_tree({"x.py": b"value = 'compiled'\n"}, "only"), "-o", self.folder / "only.img")
        mpy = self.run_cli("cat", self.folder / "only.img", "x.mpy").out
        image = self.compiled({"x.py": b"value = 'source'\n", "x.mpy": mpy})
        self.assertEqual(self.names(image), ["x.mpy", "x.py"])
        self.assertEqual(self.on_device(image, "import x; print(x.value)"), "source\n")

    def test_a_traceback_names_the_file_in_the_image(self) -> None:
        image = self.compiled({"lib": {"fails.py": b"def f():\n    raise ValueError\n"}})
        statement = "import fails\ntry:\n    fails.f()\nexcept ValueError as e:\n    sys.print_exception(e, sys.stdout)"
        self.assertIn('File "lib/fails.py", line 2, in f', self.on_device(image, statement))


class Building(PythonTestCase):
    def test_the_same_source_gives_the_same_bytes_anywhere(self) -> None:
        here = self.compiled(APPLICATION, "--board", "OPENMV_N6", name="here").read_bytes()
        there = self.folder / "there.img"
        self.run_build(self.make_tree(APPLICATION, "another place/ünïcode"), "-o", there, "--board", "OPENMV_N6",
                       env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "an empty cache")})
        self.assertEqual(here, there.read_bytes())
        self.assertNotIn(str(self.folder).encode(), here)

    def test_files_that_start_the_device_are_kept(self) -> None:
        tree: Tree = {"boot.py": b"", "main.py": b"", "a.py": b"", "lib": {"main.py": b""}}
        self.assertEqual(self.names(self.compiled(tree)), ["a.mpy", "boot.py", "lib/main.mpy", "main.py"])

    def test_what_is_to_be_kept_is_kept(self) -> None:
        source = self.make_tree({"a.py": b"", "lib": {"b.py": b"", "c.py": b""}, "x": {"d.py": b""}})
        image = self.folder / "kept.img"
        for patterns, expected in (
            (["a.py"], ["a.py", "lib/b.mpy", "lib/c.mpy", "x/d.mpy"]),
            (["lib"], ["a.mpy", "lib/b.py", "lib/c.py", "x/d.mpy"]),
            (["lib/b*", "d.py"], ["a.mpy", "lib/b.py", "lib/c.mpy", "x/d.py"]),
            (["*"], ["a.py", "lib/b.py", "lib/c.py", "x/d.py"]),
        ):
            options = [option for pattern in patterns for option in ("--keep", pattern)]
            self.run_build(source, "-o", image, *options)
            self.assertEqual(self.names(image), expected)
        self.run_build(source, "-o", image, "--keep", "[", expect=USAGE)

    def test_an_error_in_one_file_writes_nothing_and_names_them_all(self) -> None:
        source = self.make_tree({"bad.py": b"x = 1\ndef f(:\n", "lib": {"worse.py": b"  if\n"}, "good.py": b""})
        image = self.folder / "never.img"
        run = self.run_build(source, "-o", image, expect=FINDINGS)
        self.assertIn("bad.py: Line 2: SyntaxError", run.err)
        self.assertIn("lib/worse.py: Line 1: ", run.err)
        self.assertIn("nothing was written", run.err)
        self.assertFalse(image.exists())
        self.run_build(source, "-o", image, "--keep", "bad.py", "--keep", "worse.py")
        self.assertEqual(self.names(image), ["bad.py", "good.mpy", "lib/worse.py"])

    def test_native_code_needs_a_board(self) -> None:
        source = self.make_tree({"fast.py": b"import micropython\n@micropython.native\ndef f(a):\n    return a\n"})
        image = self.folder / "native.img"
        self.assertIn("fast.py", self.run_build(source, "-o", image, expect=FINDINGS).err)
        run = self.run_build(source, "-o", image, "--board", "OPENMV_N6", expect=FINDINGS)
        self.assertIn("interface 6.0", run.err, "the bundled compiler is older than the firmware; bytecode does not care")
        header = self.run_cli("cat", image, "fast.mpy").out[:3]
        self.assertEqual(header[2] >> 2, 8, "armv7emdp")

    def test_a_compiler_that_does_not_work_is_named(self) -> None:
        source = self.make_tree({"a.py": b""})
        image = self.folder / "never.img"
        for body in ("exit 3", "echo nonsense; exit 0", "kill -9 $$"):
            compiler = self.make_file("cross", f"#!/bin/sh\n{body}\n".encode())
            compiler.chmod(0o755)
            run = self.run_build(source, "-o", image, "--compiler", compiler, expect=INPUT_ERROR)
            self.assertIn(str(compiler), run.err)
            self.assertIn("--no-compile", run.err)
        self.run_build(source, "-o", image, "--compiler", self.folder / "missing", expect=INPUT_ERROR)
        self.assertFalse(image.exists())
        self.run_build(self.make_tree({"a.txt": b""}, "no-python"), "-o", image, "--compiler", "/nonexistent")

    def test_compilers_are_listed(self) -> None:
        found = self.json("compilers")["compilers"]
        self.assertEqual([one["origin"] for one in found], ["path", "python", "bundled"])
        self.assertEqual([one["used"] for one in found].count(True), 1)
        self.assertEqual((found[2]["works"], found[2]["bytecode"]), (True, "6.0"))
        self.assertIn("bytecode 6.0", self.run_cli("compilers").out.decode())
        broken = self.json("compilers", "--compiler", "/nonexistent", expect=INPUT_ERROR)["compilers"]
        self.assertEqual((broken[0]["origin"], broken[0]["works"]), ("user", False))
        self.assertFalse(any(one["used"] for one in broken))


if __name__ == "__main__":
    unittest.main()
