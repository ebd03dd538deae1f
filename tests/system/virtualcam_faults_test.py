# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with a virtual cam when it is asked to, by options and while it runs."""

from __future__ import annotations

import random
import time
import unittest

from repl_client import BANNER, CTRL_A, CTRL_C, CTRL_D, CamTestCase, Host, Silence, Unplugged
from support import MICROPYTHON, USAGE

# A script that takes so many bytes and gives them back.
ECHO = """import sys, micropython
micropython.kbd_intr(-1)
print('go')
sys.stdout.buffer.write(sys.stdin.buffer.read(%d))"""


def echo(host: Host, data: bytes) -> bytes:
    host.send(ECHO % len(data))
    host.read_until(b"go\r\n")
    host.write(data)
    answer = host.read(len(data))
    host.result()
    return answer


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Cable(CamTestCase):
    def test_it_is_unplugged_after_so_many_bytes(self) -> None:
        cam = self.plug()
        for limit in [1, 2, 3, 10, 100, 101, 102, 1000, 65536, 1000001]:
            host = cam.host()
            before = cam.set(unplug_after=limit)
            with self.assertRaises(Unplugged):
                while True:
                    echo(host, bytes(5000))
            after = cam.control()
            self.assertFalse(after["plugged"])
            self.assertEqual(after["toCam"] + after["toHost"] - before["toCam"] - before["toHost"], limit)
            cam.control(do="replug")
            cam.next_path()
            self.assertEqual(cam.host().exec("print(1)"), "1\n", "it happens once")

    def test_options_count_from_the_start(self) -> None:
        cam = self.plug("--unplug-after", 40, "--replug-after", 50)
        with self.assertRaises(Unplugged):
            cam.open().read(1000)
        cam.next_path()
        self.assertEqual(cam.host().exec("print(1)"), "1\n")

    def test_a_cut_leaves_flash_as_it_was_then(self) -> None:
        flash = self.folder / "flash"
        cam = self.plug("--flash", flash, "--board", "OPENMV2")
        rng = random.Random(3)
        for _ in range(8):
            host = cam.host()
            host.exec("import vfs\nvfs.rom_ioctl(3, 0, 131072)")
            cam.set(unplug_after=rng.randint(1, 6000))
            with self.assertRaises(Unplugged):
                for at in range(0, 131072, 256):
                    host.exec(f"vfs.rom_ioctl(4, 0, {at}, bytes(256))")
            content = flash.read_bytes()[:131072]
            done = content.count(b"\0")
            self.assertEqual(content, bytes(done) + b"\xff" * (131072 - done))
            cam.control(do="replug")
            cam.next_path()

    def test_it_is_unplugged_and_plugged_in_on_request(self) -> None:
        alias = self.folder / "port"
        cam = self.plug("--alias", alias)
        host = cam.host()
        host.exec("x = 1")
        self.assertEqual(cam.control(do="unplug")["port"], "")
        self.assertUnplugged(host)
        self.assertFalse(alias.is_symlink())
        self.assertTrue(cam.control(do="unplug")["ok"])
        self.assertTrue(cam.control(do="replug")["plugged"])
        cam.next_path()
        self.assertIn(b"NameError", cam.host().run("x")[1])

    def test_it_reboots_by_itself(self) -> None:
        cam = self.plug("--reboot-after", 300)
        host = cam.open()
        with self.assertRaises(Unplugged):
            host.write(bytes(1000))
            host.read(1000)
        cam.next_path()
        host = cam.host()
        host.exec("x = 1")
        cam.set(reboot_after_ms=20)
        self.assertUnplugged(host)
        cam.next_path()
        self.assertIn(b"NameError", cam.host().run("x")[1])

    def test_garbage_comes_at_fixed_places(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.send(ECHO % 4096)
        host.read_until(b"go\r\n")
        cam.set(garbage_every=1000)
        host.write(bytes(4096))
        answer = host.read(4096)
        wrong = [at for at, byte in enumerate(answer) if byte]
        self.assertEqual(wrong[:4], [903, 999, 1903, 1999], "the count goes on in the other direction")
        cam.set(garbage_every=0)
        host.result()
        self.assertEqual(echo(host, bytes(4096)), bytes(4096))

    def test_words_can_be_put_on_the_line(self) -> None:
        cam = self.plug()
        host = cam.host()
        self.assertTrue(cam.control(send="rst:0x1\r\n\x00\xff")["ok"])
        self.assertEqual(host.read(11), b"rst:0x1\r\n\0\xff")

    def test_what_overflows_is_lost(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.send("import time, sys\nprint('go')\ntry:\n  time.sleep(1000)\nexcept KeyboardInterrupt:\n  pass\n"
                  "print(len(sys.stdin.buffer.read(256)))\nprint('done')")
        host.read_until(b"go\r\n")
        cam.set(input_buffer=256)
        host.write(b"x" * 1000)
        self.wait_for(lambda: cam.control()["lost"] == 744)
        host.write(CTRL_C)
        self.assertEqual(host.result()[0], b"256\r\ndone\r\n")
        self.assertEqual(cam.control()["lost"], 744)
        # Raw-paste mode never has more than two windows on the way.
        self.assertEqual(host.exec("print(len('" + "x" * 5000 + "'))"), "5000\n")
        self.assertEqual(cam.control()["lost"], 744)

    def test_a_turn_takes_its_time_and_speed_is_limited(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.exec("pass")
        for faults, least in (({"latency": 40}, 0.2), ({"latency": 0, "bandwidth": 20000}, 0.4)):
            cam.set(**faults)
            start = time.monotonic()
            host.send("print('x' * 4000)")
            host.read_until(b"x" * 4000)
            host.result()
            host.exec("#" * 4000)
            self.assertGreater(time.monotonic() - start, least)
        cam.set(bandwidth=0)
        self.assertEqual(echo(host, bytes(range(256)) * 100), bytes(range(256)) * 100)

    def test_a_slow_line_loses_nothing(self) -> None:
        host = self.plug("--bandwidth", 100000, "--latency", 1).host()
        data = random.Random(4).randbytes(20000)
        self.assertEqual(echo(host, data), data)


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Firmware(CamTestCase):
    def test_raw_paste_is_refused_or_unknown(self) -> None:
        for option, answer in (("--no-raw-paste", b"R\x00>"), ("--old-repl", BANNER)):
            host = self.plug(option).host()
            host.write(b"\x05A\x01")
            self.assertEqual(host.read_until(b">"), answer)
            self.assertEqual(host.exec("print(1)"), "1\n")
            self.assertFalse(host.raw_paste)

    def test_modules_are_missing(self) -> None:
        cam = self.plug("--no-base64", "--no-deflate", "--no-hashlib")
        host = cam.host()
        for code, error in (("import deflate\ndeflate.RAW", b"ImportError: no module named 'deflate'"),
                            ("from deflate import DeflateIO, RAW", b"ImportError: no module named 'deflate'"),
                            ("import hashlib", b"ImportError: no module named 'hashlib'"),
                            ("from binascii import a2b_base64", b"ImportError: "),
                            ("import binascii\nbinascii.b2a_base64(b'')", b"AttributeError: ")):
            for _ in range(2):
                out, err = host.run(code)
                self.assertIn(error, err)
                self.assertNotIn(b"/absent", err)
        self.assertEqual(host.exec("print(binascii.hexlify(b'a'))"), "b'61'\n")
        cam.set(no_base64=0, no_deflate=0, no_hashlib=0)
        host.soft_reset()
        self.assertEqual(host.exec("import deflate, hashlib\nfrom binascii import a2b_base64\n"
                                   "print(a2b_base64(b'YQ=='))"), "b'a'\n")

    def test_the_nth_write_fails_half_done(self) -> None:
        flash = self.folder / "flash"
        cam = self.plug("--flash", flash, "--fail-write", 3)
        host = cam.host()
        host.exec("import vfs\nw = lambda at: vfs.rom_ioctl(4, 0, at, b'12345678')")
        self.assertEqual([host.eval(f"w({at})") for at in (0, 8, 16, 24)], [0, 0, -5, 0])
        self.assertEqual(flash.read_bytes()[:32], b"12345678" * 2 + b"1234\xff\xff\xff\xff" + b"12345678")
        cam.set(fail_write=1)
        self.assertEqual([host.eval(f"w({at})") for at in (32, 40)], [-5, 0])
        cam.set(fail_erase=2)
        self.assertEqual(host.eval("vfs.rom_ioctl(3, 0, 4096)"), 4)
        self.assertEqual(host.eval("vfs.rom_ioctl(3, 0, 4096)"), -5)
        self.assertEqual(host.eval("vfs.rom_ioctl(3, 0, 4096)"), 4)

    def test_a_block_device_raises_what_fails(self) -> None:
        cam = self.plug("--block-device", "--fail-write", 1)
        host = cam.host()
        host.exec("import vfs\ndev = vfs.rom_ioctl(2, 0)")
        self.assertIn(b"OSError: [Errno 5] EIO", host.run("dev.writeblocks(0, bytes(4096))")[1])
        host.exec("dev.writeblocks(0, bytes(4096))")
        cam.set(fail_erase=1)
        self.assertIn(b"OSError: [Errno 5] EIO", host.run("dev.ioctl(6, 0)")[1])

    def test_erasing_takes_its_time_and_is_not_interrupted(self) -> None:
        cam = self.plug("--erase-ms", 20)
        host = cam.host()
        start = time.monotonic()
        host.send("import vfs\nr = vfs.rom_ioctl(3, 0, 25 * 4096)")
        self.wait_for(lambda: cam.control()["erases"] > 0)
        host.write(CTRL_C)
        self.assertIn(b"KeyboardInterrupt", host.result()[1])
        self.assertGreater(time.monotonic() - start, 0.5)
        self.assertEqual(cam.control()["erases"], 25)

    def test_a_busy_script_hears_ctrl_c_late(self) -> None:
        cam = self.plug("--busy-ms", 2500)
        port = cam.open()
        self.assertNotIn(b">>>", port.drain(0.1), "it has no prompt while a script runs")
        port.write(CTRL_C)
        self.assertEqual(port.drain(0.1), b"")
        self.assertIn(b"KeyboardInterrupt: \r\nMicroPython", port.read_until(b">>> "))
        port.write(CTRL_A)
        port.read_until(BANNER)
        port.write(CTRL_D)
        port.read_until(BANNER)  # not after a soft reset
        cam.control(do="reboot")
        cam.next_path()
        port = cam.open()
        with self.assertRaises(Silence):
            port.read_until(b">>> ", patience=3)
        port.write(CTRL_C)
        port.read_until(b">>> ")


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Commands(CamTestCase):
    def test_wrong_commands_are_named_and_change_nothing(self) -> None:
        cam = self.plug()
        host = cam.host()
        for command, words in (
            ({"set": {"unplug-after": 1, "nonsense": 1}}, '"nonsense" is no fault'),
            ({"set": {"latency": -1}}, "latency must be a number from 0"),
            ({"set": {"latency": "slow"}}, "latency must be a number from 0"),
            ({"do": "explode"}, '"explode" is nothing to do'),
            ({"go": 1}, '"go" is no command'),
        ):
            answer = cam.control(**command)
            self.assertFalse(answer["ok"])
            self.assertIn(words, answer["error"])
        self.assertEqual(host.exec("print(1)"), "1\n")
        self.assertEqual(self.run_cli("virtual-cam", "--latency", "-1", expect=USAGE).out, b"")

    def test_many_faults_at_once_are_survived(self) -> None:
        for seed in range(12):
            rng = random.Random(seed)
            cam = self.plug("--alias", self.folder / "port")
            for _ in range(4):
                faults = {name: rng.choice([0, 1, 5, 300, 5000]) for name in rng.sample(
                    ["unplug_after", "reboot_after", "latency", "garbage_every", "input_buffer", "fail_write",
                     "fail_erase", "no_raw_paste", "old_repl", "no_hashlib"], 3)}
                faults["latency"] = min(faults.get("latency", 0), 2)
                cam.set(**faults)
                try:
                    port = cam.open()
                    port.write(rng.randbytes(rng.randint(0, 3000)), patience=2)
                    port.drain(0.05)
                except (Unplugged, Silence):
                    pass
                cam.control(do=rng.choice(["replug", "unplug", "reboot"]))
                cam.path = str(self.folder / "port")
            cam.set(**dict.fromkeys(["unplug_after", "reboot_after", "latency", "garbage_every", "input_buffer"], 0))
            cam.control(do="replug")
            self.assertEqual(cam.host().exec("print(1)"), "1\n")
            self.assertEqual(cam.end()[0], 0)
            cam.close()


if __name__ == "__main__":
    unittest.main()
