# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Output that cannot be written, and files that may not be read."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import unittest
from pathlib import Path
from typing import Any

import romfs_reference as reference
from support import CLI, DONE, INPUT_ERROR, OUTPUT_ERROR, CliTestCase, NESTED, cli


def limit_file_size(size: int) -> Any:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


class FailingOutput(CliTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.source = self.make_tree({"f": bytes(300000)})

    def assert_untouched(self, path: Path, content: bytes) -> None:
        """The file is as it was and nothing half-written lies beside it."""
        self.assertEqual(path.read_bytes(), content)
        self.assertEqual(list(path.parent.iterdir()), [path])

    def test_disk_that_fills_up(self) -> None:
        target = self.folder / "target"
        target.mkdir()
        for previous in (None, b"old"):
            if previous:
                (target / "out.img").write_bytes(previous)
            run = self.run_cli(
                "build",
                self.source,
                "-o",
                target / "out.img",
                expect=OUTPUT_ERROR,
                preexec_fn=limit_file_size(100000),
                restore_signals=False,
            )
            self.assertIn("out.img", run.err)
            self.assertEqual(list(target.iterdir()), [target / "out.img"] if previous else [])
        self.assert_untouched(target / "out.img", b"old")
        good = self.build({"f": bytes(300000)})
        self.run_cli(
            "extract",
            good,
            "-o",
            self.folder / "x",
            expect=OUTPUT_ERROR,
            preexec_fn=limit_file_size(100000),
            restore_signals=False,
        )

    def test_small_file_system(self) -> None:
        target = self.folder / "mounted"
        target.mkdir()
        script = """mount -t tmpfs -o size=64k none "$1" || exit; trap 'umount "$PWD/mounted"' EXIT
                    echo old >mounted/out.img; shift; "$@"; echo $?; ls -A mounted; cat mounted/out.img"""
        command = [
            "unshare",
            "--mount",
            "--propagation",
            "unchanged",
            "sh",
            "-c",
            script,
            "sh",
            target,
            CLI,
            "build",
            self.source,
            "-o",
            target / "out.img",
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60, check=False, cwd=self.folder)
        except FileNotFoundError:
            self.skipTest("needs unshare")
        if b"\n" not in done.stdout:
            self.skipTest("may not mount: " + done.stderr.decode())
        self.assertEqual(done.stdout.decode().split(), ["4", "out.img", "old"])

    def test_standard_output_that_is_full(self) -> None:
        good = self.build(NESTED)
        for arguments in (
            ["build", self.source, "-o", "-"],
            ["build", self.folder / "image.d", "-o", "-"],
            ["edit", good, "-o", "-"],
            ["ls", good],
            ["ls", good, "--json"],
            ["check", good],
            ["check", good, "--json"],
            ["records", good],
            ["records", good, "--json"],
            ["cat", good, "a.txt"],
        ):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                run = self.run_cli(*arguments, expect=OUTPUT_ERROR, stdout=full)
                self.assertIn("tandard output", run.err)

    def test_standard_output_that_is_closed(self) -> None:
        good = self.build(NESTED)
        for arguments in (["build", self.source, "-o", "-"], ["ls", good], ["cat", good, "a.txt"]):
            with self.subTest(arguments=arguments):
                done = subprocess.run(
                    ["sh", "-c", '"$@" >&-', "sh", CLI, *arguments], capture_output=True, timeout=60, check=False
                )
                self.assertEqual(done.returncode, OUTPUT_ERROR, done.stderr)
        # Writing to a file does not need it.
        out = self.folder / "out.img"
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", CLI, "build", self.source, "-o", out], check=False)
        self.assertEqual(done.returncode, DONE)
        self.assertEqual(reference.read(out.read_bytes())[0].data, bytes(300000))

    def test_targets_that_are_not_files(self) -> None:
        os.mkfifo(self.folder / "pipe")
        for target in (
            self.folder,
            self.folder / "pipe",
            "/dev/full",
            "/dev/null",
            self.folder / "missing" / "out.img",
            self.make_file("file", b"") / "out.img",
        ):
            with self.subTest(target=target):
                self.run_cli("build", self.source, "-o", target, expect=OUTPUT_ERROR)
        self.assertTrue((self.folder / "pipe").is_fifo())

    def test_a_link_to_the_target_stays_a_link(self) -> None:
        real = self.make_file("real.img", b"old")
        link = self.folder / "link.img"
        link.symlink_to("real.img")
        self.run_cli("build", self.source, "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(reference.read(real.read_bytes())[0].data, bytes(300000))

    def test_permissions(self) -> None:
        out = self.folder / "out.img"
        self.run_cli("build", self.source, "-o", out, umask=0o027)
        self.assertEqual(out.stat().st_mode & 0o777, 0o640)
        out.chmod(0o604)
        self.run_cli("build", self.source, "-o", out, umask=0o027)
        self.assertEqual(out.stat().st_mode & 0o777, 0o604)

    def test_a_target_whose_name_is_not_utf8_is_written_under_that_name_or_not_at_all(self) -> None:
        target = os.fsencode(self.folder / "target")
        os.mkdir(target)
        code = cli("build", self.source, "-o", target + b"/\xff.img").code
        self.assertIn((code, os.listdir(target)), [(DONE, [b"\xff.img"]), (OUTPUT_ERROR, [])])


class Permissions(CliTestCase):
    """As a user who is not root, for whom permissions mean something."""

    def setUp(self) -> None:
        super().setUp()
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.folder.chmod(0o777)
            self.user = {"user": 65534, "group": 65534, "extra_groups": []}
            try:
                usable = cli("--version", **self.user).code == DONE
            except OSError as error:
                self.skipTest(f"cannot run as another user: {error}")
            if not usable:
                self.skipTest("romsmith-cli cannot be run as another user from where it is")

    def test_unreadable_input(self) -> None:
        good = self.build(NESTED)
        source = self.make_tree(NESTED, "unreadable")
        good.chmod(0)
        (source / "lib" / "x.py").chmod(0)
        out = self.folder / "out.img"
        for arguments in (
            ["ls", good],
            ["check", good],
            ["records", good],
            ["cat", good, "a.txt"],
            ["edit", good, "-o", out],
            ["extract", good, "-o", self.folder / "out"],
            ["build", source, "-o", out],
            ["build", source / "lib" / "x.py", "-o", out],
        ):
            with self.subTest(arguments=arguments):
                self.assertIn("ermission denied", self.run_cli(*arguments, expect=INPUT_ERROR, **self.user).err)
        (source / "lib" / "x.py").chmod(0o644)
        (source / "lib").chmod(0)
        self.addCleanup((source / "lib").chmod, 0o755)
        self.assertIn("ermission denied", self.run_cli("build", source, "-o", out, expect=INPUT_ERROR, **self.user).err)
        self.assertFalse(out.exists())

    def test_unwritable_output(self) -> None:
        good = self.build(NESTED)
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        for arguments in (
            ["build", self.folder / "image.d", "-o", locked / "out.img"],
            ["edit", good, "-o", locked / "out.img"],
            ["extract", good, "-o", locked],
            ["extract", good, "-o", locked / "below"],
        ):
            with self.subTest(arguments=arguments):
                self.run_cli(*arguments, expect=OUTPUT_ERROR, **self.user)
                self.assertEqual(list(locked.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
