# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual cam as a host sees it: its REPL, what its firmware says of itself, and its flash."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import unittest
from pathlib import Path
from typing import Any

from repl_client import BANNER, CTRL_A, CTRL_B, CTRL_C, CTRL_D, CamTestCase, Host
from support import INPUT_ERROR, MICROPYTHON, OUTPUT_ERROR, USAGE

MIB = 1024 * 1024
EVERY_BYTE = bytes(range(256))

# Firmware from after MicroPython 1.28.
NEW = "--ranged-prepare"


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Repl(CamTestCase):
    def test_the_prompt_greets_and_changes_to_raw_and_back(self) -> None:
        port = self.plug("--board", "OPENMV4P").open()
        greeting = port.read_until(b">>> ")
        self.assertRegex(greeting, rb"^MicroPython v[\d.]+ on [\d-]+; OPENMV4P with STM32H743\r\n"
                                   rb'Type "help\(\)" for more information.\r\n>>> $')
        port.write(CTRL_A)
        self.assertEqual(port.read_until(b">"), b"\r\n" + BANNER)
        port.write(CTRL_A)
        self.assertEqual(port.read_until(b">"), BANNER)
        port.write(CTRL_B)
        self.assertEqual(port.read_until(b">>> "), b"\r\n" + greeting)

    def test_a_line_is_edited_and_its_value_shown(self) -> None:
        port = self.plug().open()
        port.read_until(b">>> ")
        for typed, shown in (
            (b"1 + 2\r", b"1 + 2\r\n3\r\n"),
            (b"'ab\x7fc'\r", b"'ab\b\x1b[Kc'\r\n'ac'\r\n"),
            (b"print('\\n')\r", b"print('\\n')\r\n\r\n\r\n"),
            (b"x = [1,\r2]\r", b"x = [1,\r\n... 2]\r\n"),
            (b"for i in x:\r print(i)\r\r", b"for i in x:\r\n...  print(i)\r\n... \r\n1\r\n2\r\n"),
            (b"half a line" + CTRL_C, b"half a line\r\n"),
            (CTRL_C, b"\r\n"),
        ):
            port.write(typed)
            self.assertEqual(port.read_until(b">>> "), shown + b">>> ")
        port.write(b"1 / 0\r")
        self.assertIn(b'  File "<stdin>", line 1, in <module>\r\nZeroDivisionError', port.read_until(b">>> "))
        port.write(b"\x05if x:\r  print('pasted')\r" + CTRL_D)
        self.assertTrue(port.read_until(b">>> ").endswith(b"\r\npasted\r\n>>> "))

    def test_code_gives_output_and_a_traceback_like_firmware(self) -> None:
        host = self.cam()
        for raw_paste in (True, False):
            host.raw_paste = raw_paste
            self.assertEqual(host.run("print('a\\nb')"), (b"a\r\nb\r\n", b""))
            self.assertEqual(host.run("x = 1"), (b"", b""))
            self.assertEqual(host.run("print(x)\n1/0"), (b"1\r\n",
                b'Traceback (most recent call last):\r\n  File "<stdin>", line 2, in <module>\r\n'
                b"ZeroDivisionError: divide by zero\r\n"))
            self.assertEqual(host.run("def f(:")[1],
                b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\n'
                b"SyntaxError: invalid syntax\r\n")
            self.assertEqual(host.run("def f():\n  raise KeyError(7)\nf()")[1],
                b'Traceback (most recent call last):\r\n  File "<stdin>", line 3, in <module>\r\n'
                b'  File "<stdin>", line 2, in f\r\nKeyError: 7\r\n')
            self.assertEqual(host.run("import sys\ntry:\n  1/0\nexcept Exception as e:\n  sys.print_exception(e)")[0],
                b'Traceback (most recent call last):\r\n  File "<stdin>", line 3, in <module>\r\n'
                b"ZeroDivisionError: divide by zero\r\n")
            self.assertIn(b"ImportError: no module named 'nowhere'\r\n", host.run("import nowhere")[1])

    def test_a_raw_line_can_be_dropped(self) -> None:
        host = self.cam()
        host.raw_paste = False
        host.write(b"print('dropped')" + CTRL_C)
        self.assertEqual(host.exec("print('kept')"), "kept\n")

    def test_raw_paste_keeps_to_its_window(self) -> None:
        for window in (128, 32):
            host = self.cam("--raw-paste-window", window)
            host.write(b"\x05A\x01")
            self.assertEqual(host.read(5), b"R\x01" + window.to_bytes(2, "little") + b"\x01")
            for _ in range(5):
                host.write(b"#" * (window - 1))
                self.assertEqual(host.drain(0.02), b"")
                host.write(b"\n")
                self.assertEqual(host.read(1), b"\x01")
            host.write(b"print(1)" + CTRL_D)
            self.assertEqual(host.read(7), b"\x041\r\n\x04\x04>")
            source = "x = '" + "y" * 20000 + "'\nprint(len(x))"
            self.assertEqual(host.exec(source), "20000\n")
            host.write(b"\x05A\x01")
            host.read(5)
            host.write(b"print(1)" + CTRL_C)
            self.assertEqual(host.read_until(b">"), b"\x04\x04KeyboardInterrupt: \r\n\x04>")

    def test_what_raw_paste_could_become_is_refused(self) -> None:
        host = self.cam()
        host.write(b"\x05B\x01")
        self.assertEqual(host.read(3), b"R\x00>")

    def test_a_soft_reset_forgets_everything_but_the_mode(self) -> None:
        host = self.cam()
        host.exec("x = 1\nimport sys, builtins\nsys.modules['mine'] = 1\nsys.path.append('mine')\nbuiltins.y = 2")
        self.assertEqual(host.soft_reset(), b"OK\r\nMPY: soft reboot\r\n" + BANNER)
        self.assertEqual(host.eval("[n in globals() for n in ('x', 'sys')]"), [False, False])
        self.assertEqual(host.exec("import sys\nprint('mine' in sys.modules, 'mine' in sys.path)"), "False False\n")
        self.assertIn(b"NameError", host.run("y")[1])
        for leave in ("raise SystemExit", "import sys\nsys.exit()", "import machine\nmachine.soft_reset()"):
            host.send(leave)
            self.assertEqual(host.read_until(BANNER), b"\x04\x04MPY: soft reboot\r\n" + BANNER)
        host.write(CTRL_B)
        host.read_until(b">>> ")
        host.write(CTRL_D)
        self.assertRegex(host.read_until(b">>> "), rb"^\r\nMPY: soft reboot\r\nMicroPython v")

    def test_ctrl_c_interrupts_whatever_runs(self) -> None:
        host = self.cam()
        for code in ("while True:\n  pass", "import time\ntime.sleep(1000)", "import sys\nsys.stdin.buffer.read(1)",
                     "import sys\nwhile True:\n  print(1)"):
            for keys in (CTRL_C, CTRL_C * 2, b"\r" + CTRL_C):
                host.send("print('started')\n" + code)
                host.read_until(b"started\r\n")
                host.write(keys)
                error = host.result()[1]
                self.assertIn(b'File "<stdin>"', error)
                self.assertTrue(error.endswith(b"KeyboardInterrupt: \r\n"), error)
                if keys[0] != 3:  # what was not read is read by the REPL
                    host.write(CTRL_C)
        self.assertEqual(host.exec("print(7)"), "7\n")

    def test_an_interrupt_can_be_caught_again_and_again(self) -> None:
        host = self.cam()
        host.send("n = 0\nprint('started')\nwhile n < 3:\n  try:\n    while True: pass\n"
                  "  except KeyboardInterrupt:\n    n += 1\n    print('caught', n)")
        host.read_until(b"started\r\n")
        for n in (1, 2, 3):
            host.write(CTRL_C)
            host.read_until(b"caught %d\r\n" % n)
        self.assertEqual(host.result(), (b"", b""))

    def test_a_disarmed_ctrl_c_is_a_byte(self) -> None:
        host = self.cam()
        host.send("import sys, micropython\nmicropython.kbd_intr(-1)\nprint('go')\nprint(sys.stdin.buffer.read(256))")
        host.read_until(b"go\r\n")
        host.write(EVERY_BYTE)
        self.assertEqual(eval(host.result()[0]), EVERY_BYTE)
        host.send("while True: pass")  # armed again
        host.write(CTRL_C)
        self.assertIn(b"KeyboardInterrupt", host.result()[1])

    def test_streams_are_binary_both_ways(self) -> None:
        host = self.cam()
        data = random.Random(1).randbytes(4 * MIB)
        host.send("import sys, micropython, hashlib\nmicropython.kbd_intr(-1)\nh = hashlib.sha256()\n"
                  "b = bytearray(65536)\nprint('go')\nfor _ in range(64):\n  sys.stdin.buffer.readinto(b)\n"
                  "  h.update(b)\n  sys.stdout.buffer.write(b)\nprint()\nprint(h.digest())")
        host.read_until(b"go\r\n")
        host.write(data)
        self.assertEqual(host.read(len(data)), data)
        out, error = host.result()
        self.assertEqual((out[:2], error), (b"\r\n", b""))
        self.assertEqual(eval(out), hashlib.sha256(data).digest())

    def test_text_and_bytes_keep_their_order(self) -> None:
        host = self.cam()
        out, _ = host.run("import sys\nfor i in range(300):\n  print(i)\n  sys.stdout.buffer.write(b'\\n%d\\n' % i)\n"
                          "  sys.stdout.write('t\\n')")
        self.assertEqual(out, b"".join(b"%d\r\n\n%d\nt\r\n" % (i, i) for i in range(300)))

    def test_input_can_be_polled(self) -> None:
        host = self.cam()
        for stream in ("sys.stdin", "sys.stdin.buffer"):
            host.send("import select, sys\np = select.poll()\np.register(%s, select.POLLIN)\nprint(p.poll(0))\n"
                      "print('go')\nprint(len(p.poll(60000)), sys.stdin.read(1))" % stream)
            host.read_until(b"[]\r\ngo\r\n")
            host.write(b"k")
            self.assertEqual(host.result(), (b"1 k\r\n", b""))

    def test_what_is_sent_with_a_command_is_left_for_the_script(self) -> None:
        host = self.cam()
        host.write(b"import sys\nprint(sys.stdin.buffer.read(5))" + CTRL_D + b"after")
        self.assertEqual(host.read_until(b">"), b"OKb'after'\r\n\x04\x04>")


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Identity(CamTestCase):
    def test_the_firmware_says_what_the_board_is(self) -> None:
        for board, machine, mpy, port in (("N6", "OpenMV N6 with STM32N657", 0x2306, "stm32"),
                                          ("OPENMV2", "OPENMV2 with STM32F427", 0x1F06, "stm32"),
                                          ("OPENMV_RT1060", "OpenMV IMXRT1060 with MIMXRT1062", 0x2306, "mimxrt")):
            host = self.cam("--board", board)
            host.exec("import sys, os, machine")
            self.assertEqual(host.eval("(sys.implementation._machine, sys.implementation._mpy, sys.platform)"),
                             (machine, mpy, port))
            self.assertEqual(host.eval("sys.implementation.name"), "micropython")
            self.assertEqual(host.eval("sys.implementation[1][:2] >= (1, 24)"), True)
            self.assertEqual(host.eval("os.uname().machine"), machine)
            self.assertIn("MicroPython v", host.eval("sys.version"))
        self.assertEqual(self.cam("--mpy", "0x1006").exec("import sys\nprint(sys.implementation._mpy)"), "4102\n")

    def test_an_id_belongs_to_a_cam(self) -> None:
        def unique_id(*options: Any) -> bytes:
            cam = self.plug(*options)
            found = cam.host().eval("__import__('machine').unique_id()")
            cam.close()
            return found

        one, other = self.folder / "one", self.folder / "other"
        first = unique_id("--flash", one)
        self.assertEqual(len(first), 12)
        self.assertEqual(unique_id("--flash", one), first)
        self.assertNotEqual(unique_id("--flash", other), first)

    def test_a_reset_brings_the_port_back(self) -> None:
        alias = self.folder / "port"
        cam = self.plug("--alias", alias)
        self.assertEqual(cam.path, str(alias))
        host = cam.host()
        host.exec("x = 1")
        for code in ("import machine\nmachine.reset()", "import uctypes\nuctypes.bytearray_at(0x70800000, 1)[0] = 0"):
            host.write(code.encode() + CTRL_D)
            self.assertUnplugged(host)
            self.assertEqual(cam.next_path(), str(alias))
            host = cam.host()
            self.assertIn(b"NameError", host.run("x")[1])

    def test_the_bootloader_takes_the_port_away(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.write(b"import machine\nmachine.bootloader()" + CTRL_D)
        self.assertUnplugged(host)
        state = cam.control()
        self.assertEqual((state["plugged"], state["bootloader"]), (False, True))
        self.assertEqual(cam.control(do="replug")["plugged"], True)
        cam.next_path()
        self.assertEqual(cam.host().exec("print(1)"), "1\n")

    def test_nothing_of_the_computer_is_seen_but_a_folder(self) -> None:
        host = self.cam()
        self.assertEqual(host.eval("__import__('os').listdir('/')"), ["flash"])
        self.assertIn(b"OSError", host.run("open('/etc/passwd')")[1])
        host.exec("with open('/flash/mine.py', 'w') as f:\n  f.write('value = 42')")
        host.soft_reset()
        self.assertEqual(host.exec("import mine\nprint(mine.value)"), "42\n")


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
            self.assertEqual(self.flash.stat().st_size, sum(sizes))
            self.assertEqual(self.flash.read_bytes()[-32:], EVERY_BYTE[:32])

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
        self.assertEqual(self.flash.read_bytes().count(b"\xff"), 24 * MIB)
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
            content = self.flash.read_bytes()
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


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Starting(CamTestCase):
    def refused(self, *options: Any, expect: int) -> str:
        return self.run_cli("virtual-cam", *options, expect=expect).err

    def test_without_micropython_its_package_is_named(self) -> None:
        self.assertIn("install the package micropython", self.refused("--micropython", "nowhere", expect=INPUT_ERROR))
        self.assertIn("cannot act as a cam", self.refused("--micropython", "/bin/false", expect=INPUT_ERROR))

    def test_a_flash_file_is_of_one_board_and_one_cam(self) -> None:
        flash = self.folder / "flash"
        self.plug("--flash", flash)
        self.assertIn("another virtual cam", self.refused("--flash", flash, expect=OUTPUT_ERROR))
        self.assertIn("4 bytes", self.refused("--flash", self.make_file("small", b"four"), expect=USAGE))
        self.refused("--flash", self.folder, expect=OUTPUT_ERROR)
        self.refused("--flash", self.folder / "missing" / "flash", expect=OUTPUT_ERROR)

    def test_unknown_boards_and_wrong_paths_are_named(self) -> None:
        self.assertIn("NOWHERE", self.refused("--board", "NOWHERE", expect=USAGE))
        self.assertIn("/nonexistent/alias", self.refused("--alias", "/nonexistent/alias", expect=OUTPUT_ERROR))
        self.assertIn("/nonexistent/c", self.refused("--control", "/nonexistent/c", expect=OUTPUT_ERROR))
        self.assertIn("107", self.refused("--control", "/tmp/" + "x" * 200, expect=OUTPUT_ERROR))

    def test_it_ends_when_told_and_leaves_nothing(self) -> None:
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            alias = self.folder / "alias"
            cam = self.plug("--alias", alias)
            host = cam.host()
            host.send("while True: pass")
            self.assertEqual(cam.end(how)[0], 0)
            self.assertUnplugged(host)
            self.assertFalse(alias.is_symlink())
            self.assertFalse(cam.control_path.exists())

    def test_a_script_does_not_outlive_it(self) -> None:
        cam = self.plug()
        host = cam.host()
        host.send("print('go')\nwhile True: pass")
        host.read_until(b"go\r\n")
        children = Path(f"/proc/{cam.process.pid}/task").glob("*/children")
        micropython = [int(child) for file in children for child in file.read_text().split()]
        self.assertEqual(len(micropython), 1)
        cam.end(signal.SIGKILL)
        self.wait_for(lambda: self.is_gone(micropython[0]))

    def is_gone(self, process: int) -> bool:
        try:
            return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
        except (FileNotFoundError, ProcessLookupError):
            return True

    def test_what_a_killed_one_left_is_replaced(self) -> None:
        alias = self.folder / "alias"
        cam = self.plug("--alias", alias)
        cam.end(signal.SIGKILL)
        self.assertTrue(alias.is_symlink())
        self.assertEqual(self.plug("--alias", alias).host().exec("print(1)"), "1\n")
        self.run_cli("virtual-cam", "--alias", self.make_file("file", b""), expect=OUTPUT_ERROR)


if __name__ == "__main__":
    unittest.main()
