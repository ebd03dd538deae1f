# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flashing a virtual cam of every kind, with everything that can go wrong, and looking at its flash."""

from __future__ import annotations

import json
import os
import pty
import random
import signal
import subprocess
import tty
import unittest
from pathlib import Path
from typing import Any

from repl_client import CamTestCase, VirtualCam
from support import CLI, DONE, FINDINGS, INPUT_ERROR, MICROPYTHON, TIME_LIMIT, USAGE, Run, cli

DEVICE_ERROR, NOT_VERIFIED, CANCELLED = 5, 6, 7
ERASED = b"\xff"


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class DeployTestCase(CamTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.flash = self.folder / "flash"
        self.port = self.folder / "port"
        self.environment = os.environ | {"XDG_DATA_HOME": str(self.folder / "data")}
        self.image = self.build_image("image", 20000)

    def build_image(self, name: str, size: int, seed: int = 1) -> Path:
        rng = random.Random(seed)
        source = "WORD = 'from the ROM'\n" + "# source-like text\n" * (size // 40)
        return self.build({"hello.py": source.encode(), "data.txt": rng.randbytes(size // 2),
                           "lib": {"inner.py": b"import hello\nWORD = hello.WORD.upper()\n"}}, name=name)

    def plug_cam(self, *options: Any, board: str = "OPENMV_N6") -> VirtualCam:
        self.flash.unlink(missing_ok=True)
        return self.plug("--board", board, "--flash", self.flash, "--alias", self.port, *options)

    def run_device(self, command: str, *arguments: Any, expect: int = 0, **options: Any) -> Run:
        return self.run_cli(command, *arguments, "--device", self.port, expect=expect, **({"env": self.environment} | options))

    def flash_json(self, *arguments: Any, expect: int = 0) -> dict[str, Any]:
        return json.loads(self.run_device("flash", *arguments, "--json", expect=expect).out)

    def flash_any(self, *arguments: Any) -> dict[str, Any]:
        """However it ends."""
        run = cli("flash", *arguments, "--device", self.port, "--json", env=self.environment)
        result = json.loads(run.out)
        self.assertEqual(result["ok"], run.code == DONE, run.err)
        self.assertIn(run.code, (DONE, DEVICE_ERROR, NOT_VERIFIED), run.err)
        return result

    def assertFlashed(self, image: Path, offset: int = 0, size: int = 0) -> None:  # noqa: N802
        """In a flash that was erased before."""
        content = self.flash.read_bytes()
        content = content[offset : offset + (size or len(content))]
        data = image.read_bytes()
        self.assertEqual(content[: len(data)], data)
        self.assertEqual(content[len(data) :].strip(ERASED), b"", "something is behind the image")

    def assertBegins(self, image: Path) -> None:  # noqa: N802
        """What is behind it, from before, does not matter to the device."""
        data = image.read_bytes()
        self.assertEqual(self.flash.read_bytes()[: len(data)], data)

    def assertNoImage(self) -> None:  # noqa: N802
        self.assertNotEqual(self.flash.read_bytes()[:3], b"\xd2\xcd\x31")

    def close(self, cam: VirtualCam) -> None:
        cam.close()
        self.flash.unlink()


class Profiles(DeployTestCase):
    def test_every_board_takes_an_image_and_imports_it(self) -> None:
        for board in self.json("boards")["boards"]:
            if not board["partitions"]:
                continue
            for options in ((), ("--ranged-prepare",)):
                with self.subTest(board=board["id"], options=options):
                    cam = self.plug_cam(*options, board=board["id"])
                    if board["id"].startswith("MPS"):  # emulated, with ROMFS that cannot be written
                        result = self.flash_json(self.image, expect=DEVICE_ERROR)
                        self.assertEqual(result["state"], "nothing was changed")
                        self.close(cam)
                        continue
                    result = self.flash_json(self.image)
                    self.assertEqual(result["state"], "written, verified and mounted", result)
                    self.assertFlashed(self.image, size=board["partitions"][0].get("size", 0))
                    host = cam.host()
                    self.assertEqual(host.exec("import inner\nprint(inner.WORD)"), "FROM THE ROM\n")
                    host.close()
                    self.close(cam)

    def test_the_second_partition_is_flashed_and_the_first_left_alone(self) -> None:
        shorter = self.build_image("shorter", 3000)
        for options in ((), ("--ranged-prepare",)):
            cam = self.plug_cam(*options, board="OPENMV_AE3")
            result = self.flash_json(self.image, "--partition", 1)
            self.assertTrue(result["ok"], result)
            first = 24 * 1024 * 1024
            self.assertFlashed(self.image, offset=first)
            self.assertEqual(self.flash.read_bytes()[:first].strip(ERASED), b"")
            # Memory that is not erased gets rid of the old header, and a shorter image has its end.
            self.assertTrue(self.flash_json(shorter, "--partition", 1)["ok"])
            data = shorter.read_bytes()
            self.assertEqual(self.flash.read_bytes()[first : first + len(data)], data)
            self.close(cam)

    def test_any_shape_and_any_firmware(self) -> None:
        for options in (("--block-device",), ("--no-raw-paste",), ("--old-repl",), ("--no-deflate", "--no-base64"),
                        ("--no-hashlib",), ("--raw-paste-window", 32, "--input-buffer", 64), ("--input-buffer", 256),
                        ("--input-buffer", 256, "--old-repl"), ("--busy-ms", 1200), ("--erase-ms", 5),
                        ("--latency", 2), ("--latency", 120, "--raw-paste-window", 4096), ("--bandwidth", 200000, "--latency", 1)):
            with self.subTest(options=options):
                cam = self.plug_cam(*options)
                self.assertEqual(self.flash_json(self.image)["state"], "written, verified and mounted")
                self.assertFlashed(self.image)
                output = self.folder / "read.img"
                self.run_device("read", "-o", output)
                self.assertEqual(output.read_bytes(), self.image.read_bytes())
                self.assertEqual(cam.control()["lost"] > 2100, False, "at most the probe is lost")
                self.close(cam)

    def test_it_goes_beyond_the_reach_of_a_slice(self) -> None:
        cam = self.plug_cam()
        rng = random.Random(3)
        image = self.build({"a.txt": rng.randbytes(1 << 20) * 17, "b.txt": rng.randbytes(100)}, name="large")
        self.assertTrue(self.flash_json(image)["ok"])
        self.assertFlashed(image)
        output = self.folder / "whole.img"
        self.run_device("read", "--whole", "-o", output)
        self.assertEqual(output.read_bytes(), self.flash.read_bytes()[: output.stat().st_size])
        self.assertEqual(output.stat().st_size, 24 << 20)
        self.close(cam)

    def test_erased_blocks_are_not_sent_and_what_can_be_is_packed(self) -> None:
        self.plug_cam()
        empty = self.build({"a.txt": ERASED * 500000}, name="empty")
        self.assertLess(self.flash_json(empty)["sent"], 20000)
        self.assertFlashed(empty)
        text = self.build({"a.txt": (Path(__file__).read_bytes() * 60)[:500000]}, name="text")
        self.assertLess(self.flash_json(text)["sent"], 0.6 * 500000)
        noise = self.build({"a.txt": random.Random(1).randbytes(500000)}, name="noise")
        self.assertLess(self.flash_json(noise)["sent"], 1.03 * 500000)


class Faults(DeployTestCase):
    def test_what_fails_ends_in_a_named_state_and_a_retry_goes_on(self) -> None:
        for fault, state in ((("--fail-erase", 1), "erased, no image"), (("--fail-write", 1), "partly written, no image"),
                             (("--unplug-after", 9000, "--replug-after", 20), "no image"),
                             (("--reboot-after", 14000), "no image")):
            with self.subTest(fault=fault):
                cam = self.plug_cam(*fault)
                result = self.flash_json(self.image, expect=DEVICE_ERROR)
                self.assertFalse(result["ok"])
                self.assertIn(state, result["state"])
                self.assertIn("retry", result["next"])
                self.assertNoImage()
                self.wait_for(self.port.exists)
                self.assertTrue(self.flash_json(self.image)["ok"])
                self.assertFlashed(self.image)
                self.close(cam)

    def test_a_line_that_spoils_bytes_is_outlived_or_named(self) -> None:
        cam = self.plug_cam()
        for every in (500, 5000, 20000, 50000, 100000):
            image = self.build_image(f"image{every}", 60000, seed=every)
            cam.set(garbage_every=every)
            result = self.flash_any(image)
            cam.set(garbage_every=0)
            if result["ok"]:
                self.assertBegins(image)
            self.wait_for(self.port.exists)
        self.assertTrue(self.flash_json(self.image)["ok"])
        self.assertBegins(self.image)

    def test_ctrl_c_ends_in_a_named_state(self) -> None:
        cam = self.plug_cam("--bandwidth", 100000)
        noise = self.build({"a.txt": random.Random(1).randbytes(900000)}, name="noise")
        process = subprocess.Popen([CLI, "flash", str(noise), "--device", str(self.port), "--json"], env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.wait_for(lambda: cam.control()["writes"] > 0)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=TIME_LIMIT)
        self.assertEqual(process.returncode, CANCELLED)
        result = json.loads(out)
        self.assertEqual(result["state"], "partly written, no image")
        self.assertNoImage()
        self.assertTrue(self.flash_json(self.image)["ok"])
        self.assertBegins(self.image)

    def test_a_program_that_was_killed_leaves_a_cam_that_can_be_flashed(self) -> None:
        cam = self.plug_cam("--bandwidth", 300000)
        noise = self.build({"a.txt": random.Random(1).randbytes(900000)}, name="noise")
        process = subprocess.Popen([CLI, "flash", str(noise), "--device", str(self.port)], env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.wait_for(lambda: cam.control()["writes"] > 2)
        process.kill()
        process.communicate(timeout=TIME_LIMIT)
        cam.set(bandwidth=0)
        self.assertTrue(self.flash_json(self.image)["ok"])
        self.assertBegins(self.image)


class Commands(DeployTestCase):
    def test_query_tells_what_is_there(self) -> None:
        self.plug_cam("--ranged-prepare")
        facts = json.loads(self.run_device("query", "--json").out)
        self.assertEqual((facts["board"], facts["partitions"][0]["image"]), ("OPENMV_N6", False))
        self.flash_json(self.image)
        partition = json.loads(self.run_device("query", "--json").out)["partitions"][0]
        size = self.image.stat().st_size
        expected = {"index": 0, "object": "memoryview", "size": 24 << 20, "address": 0x70800000, "image": True,
                    "used": size, "free": (24 << 20) - size, "eraseUnit": 4096, "minimumWrite": 4}
        self.assertEqual(partition, expected)
        self.assertIn(b"ROMFS0: 25165824 bytes at 0x70800000, memoryview; image of", self.run_device("query").out)

    def test_the_result_is_a_sentence_of_facts(self) -> None:
        self.plug_cam()
        size = f"{self.image.stat().st_size:,}"
        out = self.run_device("flash", self.image).out.decode()
        self.assertRegex(out, rf"^{size} bytes written to ROMFS0 of OpenMV N6 \(.*\), read back and equal, \d+\.\d s\n$")
        out = self.run_device("flash", self.image).out.decode()
        self.assertIn("already, compared and equal; nothing was written", out)
        other = self.build_image("other", 1000)
        run = self.run_device("flash", other, "--no-verify")
        self.assertIn(b"not verified", run.out)
        backups = list((self.folder / "data/romsmith/backups").iterdir())
        self.assertEqual([backup.read_bytes() for backup in backups], [self.image.read_bytes()])
        self.assertIn(str(backups[0]), run.err)
        self.run_device("flash", self.image, "--no-backup")
        self.assertEqual(len(list((self.folder / "data/romsmith/backups").iterdir())), 1)

    def test_backups_are_listed_and_restored(self) -> None:
        self.assertEqual(self.backups(), [])
        self.plug_cam(board="OPENMV_AE3")
        other = self.build_image("other", 1000)
        for image in (self.image, other, self.image):
            self.flash_json(image)
        self.flash_json(other, "--partition", 1)
        self.flash_json(self.image, "--partition", 1)
        backups = self.backups()
        self.assertEqual([(one["board"], one["partition"], one["size"]) for one in backups],
                         [("OPENMV_AE3", "ROMFS1", other.stat().st_size), ("OPENMV_AE3", "ROMFS0", other.stat().st_size),
                          ("OPENMV_AE3", "ROMFS0", self.image.stat().st_size)])
        run = self.run_cli("backups", env=self.environment)
        self.assertEqual(run.out.decode().count("\n"), 3)
        result = self.flash_json(backups[1]["path"])
        self.assertEqual(result["state"], "written, verified and mounted")
        self.assertEqual(Path(result["backup"]).read_bytes(), self.image.read_bytes())
        self.assertBegins(other)

    def test_a_backup_goes_only_to_where_it_was(self) -> None:
        self.plug_cam(board="OPENMV_AE3")
        strange = self.make_file("OPENMV_N6-ROMFS0-20260813T101500123Z.img", self.image.read_bytes())
        self.assertIn("is no OpenMV N6", self.flash_json(strange, expect=DEVICE_ERROR)["error"])
        self.assertTrue(self.flash_json(strange, "--board", "OPENMV_AE3")["ok"], "who says so may")

    def backups(self) -> list[dict[str, Any]]:
        return json.loads(self.run_cli("backups", "--json", env=self.environment).out)["backups"]

    def test_sources_are_built_for_the_board_that_is_there(self) -> None:
        cam = self.plug_cam()
        folder = self.make_tree({"hello.py": b"WORD = 'built'\n", "model.tflite": bytes(100)}, name="project")
        self.run_device("flash", folder, "--no-compile")
        output = self.folder / "read.img"
        self.run_device("read", "-o", output)
        entries = {entry["path"]: entry for entry in self.json("ls", output)["entries"]}
        self.assertEqual(entries["model.tflite"]["offset"] % 32, 0, "as the N6 wants it")
        self.assertEqual(cam.host().exec("import hello\nprint(hello.WORD)"), "built\n")

    def test_another_board_than_was_asked_for_is_not_touched(self) -> None:
        cam = self.plug_cam()
        starts = cam.control()["starts"]
        result = self.flash_json(self.image, "--board", "OPENMV2", expect=DEVICE_ERROR)
        self.wait_for(lambda: cam.control()["starts"] > starts)  # its program runs again
        self.assertEqual(result["state"], "nothing was changed")
        self.assertIn("is no OpenMV Cam M4", result["error"])
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")

    def test_an_image_with_errors_is_written_by_force_alone(self) -> None:
        self.plug_cam()
        broken = self.folder / "broken.img"
        data = self.image.read_bytes()
        broken.write_bytes(data[:-10])
        self.assertEqual(self.flash_json(broken, expect=FINDINGS)["state"], "nothing was changed")
        self.assertEqual(self.flash.read_bytes().strip(ERASED), b"")

    def test_a_port_that_is_not_there_or_says_nothing(self) -> None:
        run = self.run_cli("query", "--device", "/dev/no-such-port", expect=DEVICE_ERROR)
        self.assertIn("There is no port /dev/no-such-port", run.err)
        self.assertFalse(json.loads(self.run_cli("flash", self.image, "--device", "/dev/no-such-port", "--json",
                                                 expect=DEVICE_ERROR).out)["ok"])
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        tty.setraw(slave)
        path = os.ttyname(slave)
        os.close(slave)
        run = self.run_cli("query", "--device", path, expect=DEVICE_ERROR)
        self.assertIn("there is no MicroPython behind this port", run.err)

    def test_a_port_in_use_is_named_with_its_user(self) -> None:
        cam = self.plug_cam()
        host = cam.open()
        run = self.run_device("query", expect=DEVICE_ERROR)
        self.assertRegex(run.err, r"is in use by .*python.* \(process \d+\)")
        host.close()
        self.run_device("query")

    def test_what_is_read_goes_to_standard_output_on_request(self) -> None:
        self.plug_cam()
        self.flash_json(self.image)
        run = self.run_device("read", "-o", "-", cwd=self.folder)
        self.assertEqual(run.out, self.image.read_bytes())
        self.assertFalse((self.folder / "-").exists())
        self.run_device("read", "-o", "-", "--json", expect=USAGE)

    def test_that_a_program_was_interrupted_is_said(self) -> None:
        self.plug_cam()
        self.flash_json(self.image)
        for command in (("query",), ("query", "--json"), ("read", "-o", self.folder / "out.img")):
            self.assertIn("was interrupted", self.run_device(*command).err)

    def test_json_says_that_it_went_well_and_leaves_out_what_is_not_known(self) -> None:
        self.plug_cam()
        self.flash_json(self.image)
        query = json.loads(self.run_device("query", "--json").out)
        self.assertEqual((query["ok"], "serial" in query), (True, False))
        read = json.loads(self.run_device("read", "-o", self.folder / "out.img", "--json").out)
        self.assertEqual((read["ok"], read["partition"]), (True, "ROMFS0"))
        self.assertTrue(self.json("devices")["ok"])
        missing = self.flash_json(self.image, "--partition", 7, expect=DEVICE_ERROR)
        self.assertIn("it has ROMFS0.", missing["error"])
        self.assertNotIn("sha256", missing)

    def test_a_partition_that_the_cam_lacks(self) -> None:
        self.plug_cam()
        self.run_device("read", "--partition", 7, "-o", self.folder / "x", expect=DEVICE_ERROR)

    def test_an_image_that_is_too_large(self) -> None:
        self.plug_cam(board="OPENMV4")
        large = self.build({"x": random.Random(1).randbytes(140_000)}, name="large")
        self.flash_json(large, expect=FINDINGS)
        self.run_device("flash", self.folder / "large.d", "--no-compile", expect=FINDINGS)

    def test_a_terminal_that_knows_no_commands_gets_none(self) -> None:
        self.plug_cam()
        for name, has_bar in (("dumb", False), ("xterm", True)):
            master, slave = pty.openpty()
            self.addCleanup(os.close, master)
            self.run_device("flash", self.image, stderr=slave, env=self.environment | {"TERM": name})
            os.close(slave)
            self.assertEqual(b"\x1b" in os.read(master, 1 << 16), has_bar)

    def test_an_empty_image_is_flashed_and_said_to_be_empty(self) -> None:
        self.plug_cam()
        empty = self.folder / "empty"
        empty.mkdir()
        self.assertIn("the image is empty", self.run_device("flash", empty).err)

    def test_a_port_that_comes_later_is_waited_for(self) -> None:
        cam = self.plug_cam()
        cam.control(do="unplug")
        self.wait_for(lambda: not self.port.exists())
        command = [CLI, "flash", str(self.image), "--device", str(self.port), "--wait", "60"]
        waiting = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
        assert waiting.stderr
        self.assertIn("Waiting for a cam", waiting.stderr.readline())
        cam.control(do="replug")
        _, said = waiting.communicate(timeout=TIME_LIMIT)
        self.assertEqual(waiting.returncode, DONE, said)

    def test_devices_and_wrong_uses(self) -> None:
        self.assertIsInstance(self.json("devices")["devices"], list)
        self.run_cli("flash", expect=USAGE)
        self.run_cli("query", "--device", "", expect=USAGE)
        self.plug_cam()
        self.run_device("read", "-o", self.folder / "none.img", expect=INPUT_ERROR)
        self.run_device("flash", self.folder / "missing.img", expect=INPUT_ERROR)


if __name__ == "__main__":
    unittest.main()
