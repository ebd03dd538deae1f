# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs in MicroPython: mounts every image named on the command line and prints what the runtime makes of it.
#   image N
#   d PATH SIZE                    of a folder, in the order of the listing; paths are hexadecimal
#   f PATH SIZE SHA256 OFFSET      of a file; the offset is that of the content in memory from the start of the image
#   error TEXT
import hashlib
import os
import sys
import uctypes
import vfs


def show(root, folder, base):
    for name, kind, _, size in os.ilistdir(root + folder):
        path = folder + "/" + name
        shown = path[1:].encode().hex()
        if os.stat(root + path)[6] != size:
            raise OSError("stat and listing disagree on " + path)
        if kind == 0x4000:
            print("d", shown, size)
            show(root, path, base)
            continue
        with open(root + path, "rb") as file:
            offset = uctypes.addressof(file) - base if size else 0
            print("f", shown, size, hashlib.sha256(memoryview(file)).digest().hex(), offset)


for number, image in enumerate(sys.argv[1:]):
    print("image", number)
    with open(image, "rb") as file:
        data = file.read()
    try:
        vfs.mount(vfs.VfsRom(data), "/probe")
        try:
            show("/probe", "", uctypes.addressof(data))
        finally:
            vfs.umount("/probe")
    except Exception as error:
        print("error", repr(error))
