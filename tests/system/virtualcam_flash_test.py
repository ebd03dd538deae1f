# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flash of the virtual cam: vfs.rom_ioctl as each port has it, the file, and what is mounted from it."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import unittest
from typing import Any

from repl_client import CTRL_C, CTRL_D, CamTestCase, Host
from support import MICROPYTHON

MIB = 1024 * 1024
EVERY_BYTE = bytes(range(256))

# Firmware from after MicroPython 1.28.
NEW = "--ranged-prepare"


class FlashTestCase(CamTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.flash = self.folder / "flash.bin"

    def flash_cam(self, *options: Any) -> Host:
        host = self.cam("--flash", self.flash, *options)
        host.exec("import vfs\nrom = vfs.rom_ioctl")
        return host

    def rom(self, host: Host, *arguments: Any) -> Any:
        return host.eval(f"rom({', '.join(map(repr, arguments))})")


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Flash(FlashTestCase):
    def test_partitions_are_those_of_the_board(self) -> None:
        for board, sizes, minimum in (("OPENMV_N6", [24 * MIB], [4]), ("OPENMV_AE3", [24 * MIB, MIB], [4, 16]),
                                      ("OPENMV4", [128 * 1024], [16])):
            self.flash.unlink(missing_ok=True)
            host = self.flash_cam("--board", board)
            self.assertEqual(self.rom(host, 1), len(sizes))
            for number, size in enumerate(sizes):
                self.assertEqual(host.eval(f"len(rom(2, {number}))"), size)
                self.assertEqual(self.rom(host, 3, number, size), minimum[number])
                self.assertEqual(self.rom(host, 3, number, size + 1), -22)
                self.assertEqual(self.rom(host, 4, number, size - 32, EVERY_BYTE[:32]), 0)
                self.assertEqual(self.rom(host, 4, number, size - 16, EVERY_BYTE[:32]), -22)
            # What the bootloader alone reaches is behind the partitions.
            content = self.flash.read_bytes()
            self.assertEqual(content[sum(sizes) - 32 : sum(sizes)], EVERY_BYTE[:32])
            self.assertEqual(content[sum(sizes) :].strip(b"\xff"), b"")

    def test_every_board_of_the_table_has_its_partitions(self) -> None:
        for board in self.json("boards")["boards"]:
            with self.subTest(board=board["id"]):
                cam = self.plug("--board", board["id"])
                host = cam.host()
                host.exec("import vfs, uctypes\nrom = vfs.rom_ioctl")
                self.assertEqual(self.rom(host, 1), len(board["partitions"]))
                for partition in board["partitions"]:
                    number = partition["index"]
                    self.assertEqual(host.eval(f"len(memoryview(rom(2, {number})))"), partition.get("size", 4 * MIB))
                    self.assertEqual(host.eval(f"uctypes.addressof(rom(2, {number}))"),
                                     partition.get("address", host.eval(f"uctypes.addressof(rom(2, {number}))")))
                cam.close()

    def test_wrong_calls_return_an_error(self) -> None:
        host = self.flash_cam("--board", "OPENMV_AE3")
        for call in ((2, 2), (3, 2, 1), (4, 2, 0, b"x"), (5, 0), (5,), (6, 0), (7, 0), (0,), (2,), (3,), (3, 0), (4, 0),
                     (4, 0, 0), (2, -1), (3, 0, -1), (4, 0, -4, b"abcd")):
            self.assertEqual(self.rom(host, *call), -22, call)
        self.assertIn(b"TypeError", host.run("rom()")[1])
        self.assertEqual(host.exec("print('rom_ioctl' in dir(vfs), hasattr(vfs, 'VfsRom'), vfs.mount is not None)"),
                         "True True True\n")

    def test_programming_clears_bits_and_erasing_sets_them(self) -> None:
        host = self.flash_cam()
        self.assertEqual(self.flash.read_bytes()[: 24 * MIB].count(b"\xff"), 24 * MIB)
        for data, expected in ((b"\xf0\xff\xaa\x01", b"\xf0\xff\xaa\x01"), (b"\x3c\x0f\xff\x02", b"\x30\x0f\xaa\x00")):
            self.assertEqual(self.rom(host, 4, 0, 4096, data), 0)
            self.assertEqual(host.eval("bytes(rom(2, 0)[4096:4100])"), expected)
            self.assertEqual(self.flash.read_bytes()[4096:4100], expected)
        self.assertEqual(self.rom(host, 3, 0, 4096), 4)
        self.assertEqual(host.eval("bytes(rom(2, 0)[4096:4100])"), b"\x30\x0f\xaa\x00", "another unit")
        self.assertEqual(self.rom(host, 3, 0, 4097), 4)
        self.assertEqual(host.eval("bytes(rom(2, 0)[4096:4100])"), b"\xff" * 4)

    def test_an_offset_is_a_length_to_old_firmware(self) -> None:
        for options, erased in (((), range(0, 8192)), ((NEW,), range(8192, 12288))):
            self.flash.write_bytes(bytes(24 * MIB))
            host = self.flash_cam(*options)
            self.assertEqual(self.rom(host, 6, 0), 4096 if options else -22)
            self.assertEqual(self.rom(host, 3, 0, 8192, 4096), 4)
            content = self.flash.read_bytes()[: 24 * MIB]
            self.assertEqual((content.count(b"\xff"), content[erased.start], content[erased.stop - 1]),
                             (len(erased), 255, 255))
            self.assertEqual(self.rom(host, 3, 0, 24 * MIB - 4096, 8192), -22 if options else 4)
            host.close()
            self.doCleanups()
            self.setUp()

    def test_the_view_is_read_only_and_where_the_board_has_it(self) -> None:
        host = self.flash_cam("--board", "OPENMV4P")
        host.exec("import uctypes\nview = rom(2, 0)")
        self.assertEqual(host.eval("uctypes.addressof(view)"), 0x91800000)
        self.assertIn(b"TypeError", host.run("view[0] = 1")[1])
        self.assertEqual(self.rom(host, 4, 0, 0, b"live"), 0)
        self.assertEqual(host.eval("bytes(view[:4])"), b"live", "a view of before shows what is there now")
        self.assertEqual(host.eval("uctypes.bytes_at(0x91800000, 4)"), b"live")
        self.assertTrue(host.eval("isinstance(view, memoryview)"))

    def test_a_view_begins_below_16_mib(self) -> None:
        host = self.flash_cam()
        marks = {at: b"mark%08x" % at for at in (0, 4 * MIB, 8 * MIB, 16 * MIB - 12, 16 * MIB, 20 * MIB, 24 * MIB - 12)}
        for at, mark in marks.items():
            self.assertEqual(self.rom(host, 4, 0, at, mark), 0)
        host.exec("import uctypes\nview = rom(2, 0)")
        for at, mark in marks.items():
            self.assertEqual(host.eval(f"uctypes.bytes_at(uctypes.addressof(view) + {at}, 12)"), mark)
            if at < 16 * MIB:
                self.assertEqual(host.eval(f"bytes(view[{at}:{at + 12}])"), mark)
                self.assertEqual(host.eval(f"bytes(memoryview(view)[{at}:][:12])"), mark)
            else:
                self.assertIn(b"OverflowError: memoryview offset too large", host.run(f"view[{at}:]")[1])
        self.assertEqual(host.eval(f"bytes(view[{12 * MIB}:][{8 * MIB}:][:12])"), marks[4 * MIB], "24 bits wrap around")
        self.assertEqual(host.eval(f"bytes(memoryview(view[{12 * MIB}:])[{8 * MIB}:][:12])"), marks[20 * MIB])
        self.assertEqual(host.eval(f"__import__('hashlib').sha256(view[{8 * MIB}:][:12]).digest() == "
                                   f"__import__('hashlib').sha256({marks[8 * MIB]!r}).digest()"), True)

    def test_a_block_device_has_blocks_and_a_buffer(self) -> None:
        host = self.flash_cam("--board", "OPENMV_RT1060")
        for call in ((3, 0, 4096), (4, 0, 0, b"abcd"), (6, 0)):
            self.assertEqual(self.rom(host, *call), -22)
        host.exec("dev = rom(2, 0)\nbuf = bytearray(8)")
        self.assertEqual(host.eval("(hasattr(dev, 'ioctl'), dev.ioctl(4, 0), dev.ioctl(5, 0))"), (True, 2048, 4096))
        for broken in ("len(dev)", "dev[0]", "dev[:4]"):
            self.assertIn(b"TypeError", host.run(broken)[1])
        host.exec("dev.writeblocks(2, b'ab' * 2048)\ndev.writeblocks(2, b'\\0\\0', 1)")
        self.assertEqual(host.eval("bytes(memoryview(dev)[8192:8197])"), b"a\0\0ba")
        host.exec("dev.readblocks(2, buf, 1)")
        self.assertEqual(host.eval("bytes(buf)"), b"\0\0bababa")
        host.exec("dev.writeblocks(2, b'new!')")
        self.assertEqual(self.flash.read_bytes()[8192:8200], b"new!\xff\xff\xff\xff", "erased first")
        self.assertEqual(host.eval("dev.ioctl(6, 2)"), 0)
        self.assertEqual(self.flash.read_bytes(), b"\xff" * 8 * MIB)

    def test_ports_differ_in_what_becomes_of_a_tail(self) -> None:
        for board, number, written, found in (
            ("OPENMV2", 0, b"abcdefghij", b"abcdefgh\xff\xff"),  # whole words
            ("OPENMV4P", 0, b"abcdefghij", b"abcdefghij"),
            ("OPENMV_AE3", 1, b"abcdefghij", b"abcdefghij\0\0\0\0\0\0"),  # from behind the buffer
        ):
            self.flash.unlink(missing_ok=True)
            host = self.flash_cam("--board", board)
            self.assertEqual(self.rom(host, 4, number, 0, written), 0)
            self.assertEqual(host.eval(f"bytes(rom(2, {number})[:{len(found)}])"), found)
        self.assertEqual(self.rom(host, 4, 1, 0, b"ABCDEFGHIJKLMNOP"), 0)
        self.assertEqual(host.eval("bytes(rom(2, 1)[:16])"), b"ABCDEFGHIJKLMNOP", "MRAM needs no erasing")

    def test_internal_flash_of_an_h7_has_words_of_32_bytes(self) -> None:
        host = self.flash_cam("--board", "OPENMV4")
        self.assertEqual(self.rom(host, 4, 0, 16, b"x" * 32), -5)
        self.assertEqual(self.rom(host, 4, 0, 32, b"x" * 32), 0)
        self.assertEqual(self.flash.read_bytes()[:80], b"\xff" * 32 + b"x" * 32 + b"\xff" * 16)

    def test_an_odd_write_crashes_an_n6(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.write(b"import vfs\nvfs.rom_ioctl(4, 0, 0, b'odd')" + CTRL_D)
        self.assertUnplugged(host)
        cam.next_path()
        self.assertEqual(cam.host().exec("print('up again')"), "up again\n")

    def test_an_ae3_hangs_on_a_tail(self) -> None:
        cam = self.plug("--board", "AE3")
        host = cam.host()
        host.send("import vfs\nprint('go')\nvfs.rom_ioctl(4, 0, 0, b'tails')")
        host.read_until(b"go\r\n")
        self.wait_for(lambda: cam.control()["writes"] == 1)
        host.write(CTRL_C * 3)
        self.assertEqual(host.drain(0.5), b"")
        cam.control(do="reboot")
        cam.next_path()
        self.assertEqual(cam.host().exec("print('up again')"), "up again\n")

    def test_boards_without_partitions_say_so(self) -> None:
        host = self.cam("--board", "RPI_PICO")
        self.assertEqual(host.exec("import vfs\nprint(vfs.rom_ioctl(1), vfs.rom_ioctl(2, 0))"), "0 -22\n")
        host = self.cam("--board", "MPS3_AN547")
        self.assertEqual(host.exec("import vfs\nprint(len(vfs.rom_ioctl(2, 0)), vfs.rom_ioctl(3, 0, 1))"),
                         f"{32 * MIB} -22\n")

    def test_flash_outlives_what_is_killed(self) -> None:
        rng = random.Random(2)
        cam = self.plug("--flash", self.flash)
        cam.host().exec("import vfs\nvfs.rom_ioctl(4, 0, 20 << 20, b'kept')")
        cam.end(signal.SIGKILL)
        self.assertEqual(self.flash.read_bytes()[20 * MIB : 20 * MIB + 4], b"kept")
        host = self.flash_cam()
        host.exec(f"rom(4, 0, 0, {rng.randbytes(512)!r})")
        host.soft_reset()
        self.assertEqual(host.eval("__import__('uctypes').bytes_at(0x70800000 + (20 << 20), 4)"), b"kept")


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Mounting(FlashTestCase):
    def test_an_image_is_mounted_at_a_reset_and_imported_from(self) -> None:
        image = self.build({"top.py": b"value = 'top'\n", "boot.py": b"print('never')\n", "main.py": b"print('never')\n",
                            "lib": {"deep.py": b"from . import nothing\n", "package": {
                                "__init__.py": b"from .inside import VALUE\n", "inside.py": b"VALUE = 21\n"}},
                            "data.bin": EVERY_BYTE}, "--board", "N6").read_bytes()
        for board in ("N6", "OPENMV_RT1060"):
            self.flash.unlink(missing_ok=True)
            host = self.flash_cam("--board", board)
            self.assertEqual(host.eval("__import__('sys').path"), ["", ".frozen", "/flash", "/flash/lib"])
            self.deploy(host, image)
            self.assertEqual(self.flash.read_bytes()[: len(image)], image)
            self.assertNotIn(b"never", host.soft_reset())
            self.assertEqual(host.eval("__import__('sys').path"),
                             ["", ".frozen", "/rom", "/rom/lib", "/flash", "/flash/lib"])
            self.assertEqual(host.exec("import top, package\nprint(top.value, package.VALUE, top.__file__)"),
                             "top 21 /rom/top.py\n")
            self.assertEqual(host.eval("open('/rom/data.bin', 'rb').read()"), EVERY_BYTE)
            host.exec("import vfs\nvfs.umount('/rom')")
            self.assertIn(b"OSError", host.run("open('/rom/data.bin')")[1])

    def test_a_compiled_module_runs_from_flash(self) -> None:
        source = self.make_tree({"fast.py": b"def f(n):\n    return [i * i for i in range(n)]\n"})
        self.run_cli("build", source, "-o", self.folder / "app.img", compile=True)
        flash = bytearray(b"\xff" * 24 * MIB)
        image = (self.folder / "app.img").read_bytes()
        flash[: len(image)] = image
        self.flash.write_bytes(flash)
        host = self.flash_cam()
        self.assertEqual(host.exec("import fast\nprint(fast.__file__, fast.f(4))"), "/rom/fast.mpy [0, 1, 4, 9]\n")

    def test_what_is_no_image_is_not_mounted(self) -> None:
        for content in (b"\0" * 24 * MIB, (b"\xd2\xcd\x31\xff\xff\xff\xff\x7f" * (3 * MIB))):
            self.flash.write_bytes(content)
            cam = self.plug("--flash", self.flash)
            self.assertNotIn("/rom", cam.host().eval("__import__('sys').path"))
            cam.close()

    def deploy(self, host: Host, image: bytes) -> None:
        image += b"\xff" * (-len(image) % 4096)
        host.exec("dev = rom(2, 0)\nhasattr(dev, 'ioctl') or rom(3, 0, %d)" % len(image))
        for at in range(0, len(image), 4096):
            host.exec(f"b = {image[at:at + 4096]!r}\n"
                      f"dev.writeblocks({at // 4096}, b) if hasattr(dev, 'ioctl') else rom(4, 0, {at}, b)")


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class RandomProfiles(CamTestCase):
    PORTS = ["stm32", "alif", "samd", "esp8266", "renesas-ra", "rp2", "mimxrt", "nrf", "esp32", "other"]

    def test_flash_is_what_a_model_of_it_says(self) -> None:
        for seed in range(20):
            with self.subTest(seed=seed):
                self.check(random.Random(seed))

    def check(self, rng: random.Random) -> None:
        unit = rng.choice([1024, 4096, 4096, 65536, 131072])
        size = unit * rng.choice([1, 2, 3, 17, 64])
        size = -(-size // 4096) * 4096
        block = rng.random() < 0.3
        ranged = rng.random() < 0.5
        board = {"id": "RANDOM", "name": "Random", "port": rng.choice(self.PORTS), "partitions": [{
            "index": 0, "size": size, "address": rng.choice(["0x70800000", "0x08010000", None, "0x00012345"]),
            "eraseUnit": unit, "romIoctl": {"id": 0, "object": "blockDevice" if block else "memoryview",
                                            "writable": True, "minimumWrite": rng.choice([4, 16])}}]}
        config = self.folder / "romsmith"
        config.mkdir(exist_ok=True)
        (config / "boards.json").write_text(json.dumps({"schemaVersion": 1, "boards": [board]}))
        flash = self.folder / "random.bin"
        flash.unlink(missing_ok=True)
        options = [name for name, given in ((NEW, ranged), ("--old-repl", rng.random() < 0.3),
                                            ("--no-raw-paste", rng.random() < 0.3)) if given]
        cam = self.plug("--board", "RANDOM", "--flash", flash, *options, env={"XDG_CONFIG_HOME": str(self.folder)})
        host = cam.host()
        host.exec("import vfs\nrom = vfs.rom_ioctl\ndev = rom(2, 0)")
        model = bytearray(b"\xff" * size)
        whole = board["port"] in ("esp32", "rp2")
        for _ in range(12):
            self.step(rng, host, model, unit, block, ranged, whole)
        view = host.eval("__import__('hashlib').sha256(memoryview(dev)).digest()")
        cam.close()
        self.assertEqual(flash.read_bytes(), model)
        self.assertEqual(view, hashlib.sha256(model).digest())

    def step(self, rng: random.Random, host: Host, model: bytearray, unit: int, block: bool, ranged: bool,
             whole: bool) -> None:
        offset = rng.randrange(0, len(model), 32)
        data = rng.randbytes(min(32 * rng.randint(1, 64), len(model) - offset))
        if rng.random() < 0.2:
            host.soft_reset()
            host.exec("import vfs\nrom = vfs.rom_ioctl\ndev = rom(2, 0)")
        elif block and rng.random() < 0.5:
            number = offset // unit
            data = data[: len(model) - number * unit]
            host.exec(f"dev.writeblocks({number}, {data!r})")
            self.erase(model, unit, number * unit, number * unit + (len(data) if whole else 1))
            self.program(model, number * unit, data)
        elif block:
            self.assertEqual(host.eval(f"dev.ioctl(6, {offset // unit})"), 0)
            self.erase(model, unit, offset, offset + 1)
        elif rng.random() < 0.5:
            self.assertEqual(host.eval(f"rom(4, 0, {offset}, {data!r})"), 0)
            self.program(model, offset, data)
        elif ranged:
            self.assertGreater(host.eval(f"rom(3, 0, {offset}, {len(data)})"), 0)
            self.erase(model, unit, offset, offset + len(data))
        else:
            self.assertGreater(host.eval(f"rom(3, 0, {offset})"), 0)
            self.erase(model, unit, 0, offset)

    def erase(self, model: bytearray, unit: int, begin: int, end: int) -> None:
        for at in range(begin // unit * unit, end, unit):
            model[at : at + unit] = b"\xff" * len(model[at : at + unit])

    def program(self, model: bytearray, offset: int, data: bytes) -> None:
        model[offset : offset + len(data)] = bytes(a & b for a, b in zip(model[offset:], data))


if __name__ == "__main__":
    unittest.main()
