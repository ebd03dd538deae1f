# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cams in their bootloaders, with romsmith-cli and with dfu-util against the same device: where the two disagree, one of
them or the device is wrong."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
import threading
import time
import unittest
import zipfile
from pathlib import Path
from typing import Any

from repl_client import CamTestCase
from support import CLI, FINDINGS, MICROPYTHON, TIME_LIMIT, USAGE, cli
from usb_device import DFU_UTIL, TESTBED, UsbTestCase

DEVICE_ERROR = 5
FALSE_ALARMS = (0, 74, 251)  # of dfu-util, when the cam is gone before the bus is reset
KIB = 1024

# Board, its alternate setting for ROMFS and the number that this has on the device, and the options of dfu-util.
BOARDS = (
    ("OPENMV2", "ROMFS0", ("-a", 3)),
    ("OPENMV4", "ROMFS0", ("-a", "ROMFS0")),
    ("OPENMV4P", "ROMFS0", ("-a", 4)),
    ("OPENMV_N6", "ROMFS0", ("-a", 3)),
    ("OPENMV_AE3", "ROMFS0", ("-a", 6)),
    ("ARDUINO_GIGA", "ROMFS0", ("-a", 1, "-s", "0x90B00000")),
)


def firmware(entry: int, size: int, seed: int = 1) -> bytes:
    return struct.pack("<II", 0x20000000, entry) + random.Random(seed).randbytes(size - 8)


class DfuTestCase(UsbTestCase, CamTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.image = self.build({"data.txt": random.Random(1).randbytes(50_000), "hello.py": b"WORD = 1\n"})

    def in_bootloader(self, board: str, version: str = "0103", **faults: int) -> None:
        self.plug_usb(board, version, **{"no_time": 1, **faults}).enter()

    def write_with(self, program: str, options: tuple[Any, ...], image: Path, expect: int = 0) -> None:
        if program == "dfu-util":
            self.dfu_util(*options, "-D", image, expect=expect)
        else:
            self.romsmith("flash", image, "--via", "dfu", "--no-backup", expect=expect)

    def in_flash(self, size: int, offset: int = 0) -> bytes:
        return self.flash.read_bytes()[offset : offset + size]


class Listing(DfuTestCase):
    def test_both_programs_see_the_same_alternate_settings(self) -> None:
        for board, *_ in BOARDS:
            with self.subTest(board=board):
                self.flash.unlink(missing_ok=True)
                self.in_bootloader(board)
                theirs = self.dfu_util("-l")
                listed = self.romsmith_json("dfu", "list")["bootloaders"]
                self.assertEqual(len(listed), 1)
                ours = listed[0]
                self.assertEqual(ours["board"], board)
                self.assertEqual(ours["path"], "3-1")
                self.assertEqual(theirs.count("Found DFU"), len(ours["alternates"]))
                for alternate in ours["alternates"]:
                    self.assertIn(f'alt={alternate["number"]}, name="{alternate["name"]}", serial="{ours["serial"]}"',
                                  theirs)
                self.unplug_usb()

    def test_what_must_not_be_written_is_not_writable(self) -> None:
        self.in_bootloader("OPENMV_AE3")
        alternates = self.romsmith_json("dfu", "list")["bootloaders"][0]["alternates"]
        writable = {one["name"] for one in alternates if one["writable"]}
        self.assertEqual(writable, {"HP", "HE", "ROMFS0", "ROMFS1", "RWFS"})

    def test_nobody_is_there(self) -> None:
        self.plug_usb("OPENMV4")
        self.assertEqual(self.romsmith_json("dfu", "list"), {"ok": True, "bootloaders": []})
        self.assertIn("no cam", self.romsmith("dfu", "list").err)


class Writing(DfuTestCase):
    def test_both_programs_leave_the_same_flash(self) -> None:
        data = self.image.read_bytes()
        for board, _, options in BOARDS:
            found = {}
            for program in ("romsmith", "dfu-util"):
                with self.subTest(board=board, program=program):
                    self.flash.unlink(missing_ok=True)
                    self.in_bootloader(board)
                    self.write_with(program, options, self.image)
                    found[program] = self.flash.read_bytes()
                    self.assertEqual(self.in_flash(len(data)), data)
                    self.unplug_usb()
            ours, theirs = found["romsmith"], found["dfu-util"]
            end = len(data)
            self.assertEqual(ours[:end], theirs[:end])
            # Behind the image, one pads with 0xff and the other leaves it to the bootloader.
            self.assertEqual(ours[end + 4096 :], theirs[end + 4096 :])

    def test_each_reads_what_the_other_wrote(self) -> None:
        data = self.image.read_bytes()
        for board, alternate, options in BOARDS[1:3] + BOARDS[-1:]:  # others are as these, and larger
            size = next(one for one in self.json("boards")["boards"] if one["id"] == board)["partitions"][0]["size"]
            is_dfuse = board.startswith("ARDUINO")
            with self.subTest(board=board):
                self.flash.unlink(missing_ok=True)
                self.in_bootloader(board)
                self.write_with("romsmith", options, self.image)
                self.device_of_test().enter()
                dump = self.folder / f"{board}.dump"
                range_of = ("-s", f"0x90B00000:{size}") if is_dfuse else ()
                self.dfu_util(*options[:2], *range_of, "-U", dump)
                self.assertEqual(dump.read_bytes()[: len(data)], data)
                tail = 0 if is_dfuse else 4  # the end that OpenMV's bootloader tells, which is not of the memory
                self.assertEqual(dump.stat().st_size, size + tail)

                self.write_with("dfu-util", options, self.image)
                read = self.folder / f"{board}.img"
                self.romsmith("read", "--via", "dfu", "--alt", alternate, "-o", read)
                self.assertEqual(read.read_bytes(), data)
                self.romsmith("read", "--via", "dfu", "--alt", alternate, "--whole", "-o", read)
                self.assertEqual(read.stat().st_size, size)
                self.assertEqual(read.read_bytes(), self.in_flash(size))
                self.unplug_usb()

    def test_the_cam_starts_when_it_is_done(self) -> None:
        for version in ("0200", "0101", "0102", "0103"):
            with self.subTest(version=version):
                self.flash.unlink(missing_ok=True)  # what is there already is not written again
                self.in_bootloader("OPENMV4", version)
                result = self.romsmith_json("flash", self.image, "--via", "dfu")
                self.assertTrue(result["ok"], result)
                self.assertEqual(result["state"], "written and verified, the cam has started")
                self.assertEqual(result["partition"], "ROMFS0")
                self.assertEqual(self.device_of_test().command()["mode"], "firmware")
                self.device_of_test().enter()
                # It takes a cam that is gone, as it was told to, for an error.
                self.dfu_util("-a", "ROMFS0", "-D", self.image, "--reset", expect=FALSE_ALARMS)
                self.device_of_test().wait_for("firmware")
                self.unplug_usb()

    def test_the_way_is_chosen_by_what_is_there(self) -> None:
        self.in_bootloader("OPENMV4")
        self.assertEqual(self.romsmith_json("flash", self.image)["via"], "dfu")
        self.device_of_test().enter()
        read = self.folder / "read.img"
        self.romsmith("read", "-o", read)
        self.assertEqual(read.read_bytes(), self.image.read_bytes())
        self.romsmith("flash", self.image, "--via", "repl", expect=DEVICE_ERROR)

    def test_only_what_differs_is_written_in_an_update(self) -> None:
        self.in_bootloader("OPENMV_N6")
        source = bytearray(random.Random(2).randbytes(400_000))
        first = self.build({"x": bytes(source)}, name="first")
        self.romsmith("flash", first, "--via", "dfu")
        source[200_000] ^= 1
        second = self.build({"x": bytes(source)}, name="second")
        self.device_of_test().enter()
        result = self.romsmith_json("flash", second, "--update")
        self.assertTrue(result["ok"], result)
        self.assertEqual(result["sent"], 64 * KIB)
        self.assertEqual(self.in_flash(second.stat().st_size), second.read_bytes())
        self.device_of_test().enter()
        result = self.romsmith_json("flash", second, "--update")
        self.assertEqual(result["state"], "equal already, nothing was changed")
        self.assertEqual(result["sent"], 0)

    def test_what_was_there_before_is_kept(self) -> None:
        self.in_bootloader("OPENMV4")
        self.romsmith("flash", self.image, "--via", "dfu")
        self.device_of_test().enter()
        other = self.build({"other": b"x" * 1000}, name="other")
        result = self.romsmith_json("flash", other, "--via", "dfu")
        self.assertEqual(Path(result["backup"]).read_bytes(), self.image.read_bytes())


class Firmware(DfuTestCase):
    def test_a_bundle_is_written_in_one_stay(self) -> None:
        self.in_bootloader("OPENMV4")
        own = firmware(0x08040401, 150_001)
        bundle = self.folder / "firmware_v5.zip"
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("OPENMV4/firmware.bin", own)
            archive.write(self.image, "OPENMV4/romfs0.img")
            archive.writestr("OPENMV4/bootloader.bin", b"x" * 100)
            archive.writestr("OPENMV_N6/firmware.bin", firmware(0x70080401, 2000))
        result = self.romsmith_json("flash", "--bundle", bundle)
        self.assertTrue(result["ok"], result)
        self.assertEqual([part["partition"] for part in result["parts"]], ["ROMFS0", "FIRMWARE"])
        report = self.device_of_test().wait_for("firmware")
        self.assertEqual(report["starts"], 1)
        dump = self.folder / "dump"
        self.device_of_test().enter()
        self.dfu_util("-a", "FIRMWARE", "-U", dump)
        self.assertEqual(dump.read_bytes()[: len(own)], own)

    def test_firmware_that_is_none_is_refused_before_anything_happens(self) -> None:
        self.in_bootloader("OPENMV4")
        for name, content, said in (
            ("openmv.bin", firmware(0x08000401, 5000), "begins with the bootloader"),
            ("romfs0.img", self.image.read_bytes(), "ROMFS image"),
            ("n6.bin", firmware(0x70080401, 5000), "OpenMV N6"),
            ("noise.bin", firmware(0x12345678, 5000), "no firmware for"),
            ("large.bin", firmware(0x08040401, 1_703_937), "1703936"),
        ):
            with self.subTest(name=name):
                run = self.romsmith("flash", "--firmware", self.make_file(name, content), expect=FINDINGS)
                self.assertIn(said, run.err)
        self.assertEqual(self.device_of_test().command()["blocks"], 0)

    def test_images_that_do_not_fit_are_refused(self) -> None:
        self.in_bootloader("OPENMV4")
        large = self.build({"x": random.Random(1).randbytes(140_000)}, name="large")
        self.assertIn("131072", self.romsmith("flash", large, "--via", "dfu", expect=FINDINGS).err)
        self.assertEqual(self.device_of_test().command()["blocks"], 0)

    def test_a_bootloader_without_romfs_is_named(self) -> None:
        self.in_bootloader("OPENMV4", "0200", no_romfs=1)
        run = self.romsmith("flash", self.image, "--via", "dfu", expect=DEVICE_ERROR)
        self.assertIn("update it", run.err)
        self.assertIn("nothing was changed", run.err)

    def test_the_file_system_is_erased_on_request(self) -> None:
        self.in_bootloader("OPENMV4")
        self.dfu_util("-a", "FILESYSTEM", "-D", self.make_file("fat", b"FAT" * 1000))
        self.romsmith("flash", self.image, "--erase-filesystem")
        self.device_of_test().enter()
        dump = self.folder / "dump"
        self.dfu_util("-a", "FILESYSTEM", "-U", dump)
        self.assertEqual(dump.read_bytes()[:4096], bytes(4096))


class Destination(DfuTestCase):
    def recipe(self, **content: object) -> Path:
        path = self.folder / "app.romsmith"
        path.write_text(json.dumps({"romsmith": 1, "files": [{"path": "a.txt", "text": "a"}], **content}))
        return path

    def test_what_is_for_another_board_is_refused(self) -> None:
        self.in_bootloader("OPENMV_N6")
        backup = self.make_file("OPENMV_AE3-ROMFS1-20260813T101500123Z.img", self.image.read_bytes())
        for source in (self.recipe(board="OPENMV4"), backup):
            for via in ("auto", "dfu"):
                run = self.romsmith("flash", source, "--via", via, expect=DEVICE_ERROR)
                self.assertIn("OpenMV N6 in its bootloader (USB 3-1) is no ", run.err)
        self.assertEqual(self.device_of_test().command()["blocks"], 0)

    def test_the_partition_is_that_of_the_recipe_or_the_backup(self) -> None:
        self.in_bootloader("OPENMV_AE3")
        backup = self.make_file("OPENMV_AE3-ROMFS1-20260813T101500123Z.img", self.image.read_bytes())
        for source in (self.recipe(board="OPENMV_AE3", partition=1), backup):
            self.assertEqual(self.romsmith_json("flash", source, "--via", "dfu")["partition"], "ROMFS1")
            self.device_of_test().enter()
        self.assertEqual(self.romsmith_json("flash", backup, "--partition", 0)["partition"], "ROMFS0")

    def test_a_partition_that_the_board_lacks(self) -> None:
        self.in_bootloader("OPENMV4")
        self.romsmith("flash", self.image, "--partition", 3, expect=DEVICE_ERROR)
        self.romsmith("read", "--partition", 3, "-o", self.folder / "x", expect=DEVICE_ERROR)

    def test_an_image_after_the_firmware_is_no_firmware(self) -> None:
        self.in_bootloader("OPENMV4")
        own = self.make_file("firmware.bin", firmware(0x08040401, 5000))
        result = self.romsmith_json("flash", "--firmware", own, self.image)
        self.assertEqual([part["partition"] for part in result["parts"]], ["ROMFS0", "FIRMWARE"])

    def test_an_image_beside_a_bundle_takes_the_place_of_its_own_and_that_is_said(self) -> None:
        self.in_bootloader("OPENMV4")
        bundle = self.folder / "firmware_v5.zip"
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("OPENMV4/firmware.bin", firmware(0x08040401, 5000))
            archive.write(self.build({"x": b"x"}, name="bundled"), "OPENMV4/romfs0.img")
        run = self.romsmith("flash", self.image, "--bundle", bundle)
        self.assertIn("takes the place of the bundle's image", run.err)
        self.assertEqual(self.in_flash(self.image.stat().st_size), self.image.read_bytes())

    def test_what_is_no_romfs_is_read_whole(self) -> None:
        self.in_bootloader("OPENMV4")
        output = self.folder / "firmware.bin"
        result = self.romsmith_json("read", "--via", "dfu", "--alt", "FIRMWARE", "-o", output)
        self.assertEqual((result["ok"], result["size"]), (True, output.stat().st_size))


class InTheBootloader(DfuTestCase):
    def test_a_cam_that_is_there_but_not_running_is_named(self) -> None:
        self.in_bootloader("OPENMV_N6")
        for command in (("query",), ("read", "--via", "repl", "-o", self.folder / "x"),
                        ("flash", self.image, "--via", "repl")):
            run = self.romsmith(*command, expect=DEVICE_ERROR)
            self.assertIn("OpenMV N6 in its bootloader (USB 3-1)", run.err)
            self.assertIn("boot --leave", run.err)

    def test_it_is_listed_as_a_device(self) -> None:
        self.in_bootloader("OPENMV_N6")
        self.assertIn("OpenMV N6", self.romsmith("devices").out.decode())
        devices = self.romsmith_json("devices")["devices"]
        self.assertEqual([(one["board"], one["bootloader"], one["path"]) for one in devices], [("OPENMV_N6", True, "3-1")])


class Faults(DfuTestCase):
    def test_both_programs_see_the_same_error(self) -> None:
        for status in (3, 4, 6, 8):
            for program in ("romsmith", "dfu-util"):
                with self.subTest(status=status, program=program):
                    self.in_bootloader("OPENMV4", error_at_block=5, error_status=status)
                    expect = DEVICE_ERROR if program == "romsmith" else 74
                    self.write_with(program, ("-a", "ROMFS0"), self.image, expect=expect)
                    # It is still in its bootloader, and a second try works.
                    self.write_with("romsmith", ("-a", "ROMFS0"), self.image)
                    self.unplug_usb()

    def test_an_unplugged_job_ends_in_a_named_state_and_is_done_again(self) -> None:
        rng = random.Random(5)
        for round_number in range(12):
            with self.subTest(round=round_number):
                self.in_bootloader("OPENMV4", unplug_at_request=rng.randint(1, 90), replug_after=400)
                own = self.make_file("firmware.bin", firmware(0x08040401, 60_000, round_number))
                first = cli("flash", self.image, "--firmware", own, "--json", env=self.environment())
                self.assertTrue(first.out, first)
                result = json.loads(first.out)
                self.assertEqual(first.code, 0 if result["ok"] else DEVICE_ERROR, first.err)
                if not result["ok"] and "parts" in result:
                    self.assertIn(result["parts"][0]["state"], result["result"])
                self.device_of_test().enter()
                result = self.romsmith_json("flash", self.image, "--firmware", own)
                self.assertTrue(result["ok"], result)
                self.device_of_test().wait_for("firmware")
                self.unplug_usb()

    def test_dfu_util_finishes_what_was_unplugged(self) -> None:
        self.in_bootloader("OPENMV4", unplug_at_block=5)
        self.romsmith("flash", self.image, "--via", "dfu", expect=DEVICE_ERROR)
        self.device_of_test().enter()
        self.dfu_util("-a", "ROMFS0", "-D", self.image)
        self.assertEqual(self.in_flash(self.image.stat().st_size), self.image.read_bytes())

    def test_a_bit_that_was_programmed_wrong_is_found_by_one_of_them(self) -> None:
        self.in_bootloader("OPENMV4", spoil_at_block=3)
        self.write_with("dfu-util", ("-a", "ROMFS0"), self.image)
        self.device_of_test().command(spoil_at_block=3)
        result = self.romsmith_json("flash", self.image, "--via", "dfu", expect=6)
        self.assertEqual(result["state"], "written, different when read back")


class Catching(DfuTestCase):
    def test_a_cam_that_is_plugged_in_is_caught_in_its_window(self) -> None:
        for program in ("romsmith", "dfu-util"):
            with self.subTest(program=program):
                device = self.plug_usb("OPENMV4", no_time=1)
                command = (
                    [CLI, "flash", self.image, "--via", "dfu", "--wait", 60]
                    if program == "romsmith"
                    else [DFU_UTIL, "-w", "-d", ",37C5:9204", "-a", "ROMFS0", "-D", self.image, "--reset"]
                )
                codes = (0,) if program == "romsmith" else FALSE_ALARMS
                waiting = subprocess.Popen(
                    [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                    env=self.environment(),
                )
                assert waiting.stdout
                said = ""
                while "aiting" not in said:
                    line = waiting.stdout.readline()
                    self.assertTrue(line, said)
                    said += line
                device.command("plug")
                rest, _ = waiting.communicate(timeout=TIME_LIMIT)
                self.assertIn(waiting.returncode, codes, said + rest)
                device.wait_for("firmware")
                self.assertEqual(self.in_flash(self.image.stat().st_size), self.image.read_bytes())
                self.unplug_usb()

    def test_without_a_way_being_named_whichever_comes_is_waited_for(self) -> None:
        for command in (["flash", self.image], ["read", "-o", self.folder / "x.img"]):
            with self.subTest(command=command[0]):
                device = self.plug_usb("OPENMV4", no_time=1)
                waiting = subprocess.Popen([CLI, *map(str, command), "--wait", "60"], stderr=subprocess.PIPE, text=True,
                                           env=self.environment())
                assert waiting.stderr
                self.assertIn("Waiting for a cam", waiting.stderr.readline())
                device.command("plug")
                _, said = waiting.communicate(timeout=TIME_LIMIT)
                self.assertEqual(waiting.returncode, 0, said)
                self.unplug_usb()

    def test_without_a_cam_it_says_what_to_do(self) -> None:
        self.plug_usb("OPENMV4")
        self.assertIn("--wait", self.romsmith("flash", self.image, "--via", "dfu", expect=DEVICE_ERROR).err)
        run = self.romsmith("flash", self.image, "--via", "dfu", "--board", "OPENMV4", "--wait", 0, expect=DEVICE_ERROR)
        self.assertIn("plug it in again", run.err)
        nowhere = ("--device", "/dev/no-such-port")
        for command in (("boot",), ("flash", self.image, "--via", "dfu"), ("read", "--via", "dfu", "-o", self.folder / "x")):
            self.romsmith(*command, *nowhere, expect=DEVICE_ERROR)

    def test_boot_leaves_the_bootloader(self) -> None:
        self.in_bootloader("OPENMV4")
        self.assertIn("has started", self.romsmith("boot", "--leave").out.decode())
        self.assertEqual(self.device_of_test().command()["mode"], "firmware")

    def test_boot_makes_it_stay(self) -> None:
        device = self.plug_usb("OPENMV4", no_time=1)
        device.command("plug")
        device.wait_for("bootloader")
        self.romsmith("boot", "--wait", 5)
        self.assertTrue(device.command()["latched"])

    @unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
    def test_a_running_cam_goes_there_and_its_firmware_mounts_what_was_written(self) -> None:
        # Its two faces are two processes here, with one flash; this is what makes one cam of them.
        cam = self.plug("--board", "OPENMV4", "--flash", self.flash, "--alias", self.folder / "port")
        unique_id = self.json("query", "--device", self.folder / "port")["id"]
        device = self.plug_usb("OPENMV4", unique_id=unique_id, no_time=1)
        ended = threading.Event()

        def follow() -> None:
            while not ended.is_set() and not cam.control()["bootloader"]:
                time.sleep(0.01)
            device.command("enter")

        follower = threading.Thread(target=follow)
        follower.start()
        try:
            result = self.romsmith_json("flash", self.image, "--via", "dfu", "--device", self.folder / "port")
        finally:
            ended.set()
            follower.join()
        self.assertTrue(result["ok"], result)
        cam.control(do="replug")
        cam.next_path()
        host = cam.host()
        self.assertEqual(host.exec("import hello\nprint(hello.WORD)"), "1\n")
        host.close()


class Usage(DfuTestCase):
    def test_what_does_not_go_together(self) -> None:
        own = self.make_file("firmware.bin", firmware(0x08040401, 5000))
        for arguments in (("flash",), ("flash", "--via", "repl", "--firmware", own),
                          ("flash", "--firmware", own, "--max-size", 10), ("flash", "--update"),
                          ("flash", self.image, "--via", "repl", "--update"), ("flash", self.image, "--via", "usb"),
                          ("read", "--via", "repl", "--alt", "FIRMWARE", "-o", self.folder / "x"), ("dfu",)):
            self.run_cli(*arguments, expect=USAGE)


if __name__ == "__main__":
    if not TESTBED or not DFU_UTIL:
        print("There is no umockdev or no dfu-util.", file=sys.stderr)
        sys.exit(77)
    unittest.main()
