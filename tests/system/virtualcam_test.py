# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual cam as a host sees it: how it starts and ends, its REPL, and what its firmware says of itself."""

from __future__ import annotations

import fcntl
import hashlib
import random
import signal
import termios
import unittest
from pathlib import Path
from typing import Any

from repl_client import BANNER, CTRL_A, CTRL_B, CTRL_C, CTRL_D, CamTestCase, Unplugged, VirtualCam
from support import INPUT_ERROR, MICROPYTHON, OUTPUT_ERROR, USAGE

MIB = 1024 * 1024
EVERY_BYTE = bytes(range(256))


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

    def test_it_says_how_other_commands_find_it(self) -> None:
        self.assertIn("--device and its port", self.plug().end()[1])
        alias = self.folder / "cam"
        self.assertIn(f"--device {alias}.", self.plug("--alias", alias).end()[1])

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
        for code in ("while True:\n  pass", "import time\ntime.sleep(1000)", "import sys\nsys.stdin.buffer.read(9)",
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
        host.send("n = 0\nwhile n < 3:\n  try:\n    print('ready', n)\n    while True: pass\n"
                  "  except KeyboardInterrupt:\n    n += 1\n    print('caught', n)")
        for n in range(3):
            host.read_until(b"ready %d\r\n" % n)
            host.write(CTRL_C)
            host.read_until(b"caught %d\r\n" % (n + 1))
        self.assertEqual(host.result(), (b"", b""))

    def test_a_disarmed_ctrl_c_is_a_byte(self) -> None:
        host = self.cam()
        host.send("import sys, micropython\nmicropython.kbd_intr(-1)\nprint('go')\nprint(sys.stdin.buffer.read(256))")
        host.read_until(b"go\r\n")
        host.write(EVERY_BYTE)
        self.assertEqual(eval(host.result()[0]), EVERY_BYTE)
        host.send("print('armed again')\nwhile True: pass")
        host.read_until(b"again\r\n")
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
        out, _ = host.run("import sys\nfor i in range(3000):\n  print(i)\n  sys.stdout.buffer.write(b'\\n%d\\n' % i)\n"
                          "  sys.stdout.write('t\\n')")
        self.assertEqual(out, b"".join(b"%d\r\n\n%d\nt\r\n" % (i, i) for i in range(3000)))

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


@unittest.skipUnless(MICROPYTHON, "there is no MicroPython")
class Starting(CamTestCase):
    def refused(self, *options: Any, expect: int) -> str:
        run = self.run_cli("virtual-cam", *options, expect=expect)
        self.assertEqual(run.out, b"")
        return run.err

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

    def test_a_port_that_one_wanted_for_itself_is_free_when_it_is_gone(self) -> None:
        cam = self.plug()
        host = cam.open()
        fcntl.ioctl(host.file, termios.TIOCEXCL)
        host.close()
        self.wait_for(lambda: self.can_be_opened(cam))
        again = cam.host()
        is_exclusive = getattr(termios, "TIOCGEXCL", 0x80045440)  # root is never shut out
        self.wait_for(lambda: fcntl.ioctl(again.file, is_exclusive, bytes(4)) == bytes(4))

    def can_be_opened(self, cam: VirtualCam) -> bool:
        try:
            cam.open()
            return True
        except Unplugged:
            return False

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
