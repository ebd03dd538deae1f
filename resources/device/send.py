# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Says what is in a partition. Follows rom.py.
def _rs_hash(rom, length, step):
    from hashlib import sha256

    digest = sha256()
    for at in range(0, length, step):
        end = min(at + step, length)
        # What is near the end is copied, and all of a step may be too much for that.
        tail = end if rom.view is None else min(max(rom.size - 512, at), end)
        if at < tail:
            digest.update(rom.read(at, tail - at))
        if tail < end:
            digest.update(rom.read(tail, end - tail))
        sys.stdout.write(".")
    print("=" + "".join("%02x" % byte for byte in digest.digest()))


# For each chunk: bytes on the line (6 hexadecimal digits), CRC-32 of its content (8), the sum of these digits (2), and it.
def _rs_send(rom, at, end, step, text):
    if text == 4:
        from binascii import b2a_base64

        encode = lambda data: b2a_base64(data)[:-1]
    else:
        encode = lambda data: b"".join(b"%02x" % byte for byte in data)
    write = sys.stdout.write
    while at < end:
        count = min(step, end - at)
        content = rom.read(at, count)
        head = "%06x%08x" % (count * 2 if text == 2 else (count + 2) // 3 * 4 if text else count, _rs_crc(content) & 0xFFFFFFFF)
        write(head + "%02x" % (sum(head.encode()) & 255))
        if text:
            write(encode(content).decode())
        else:
            sys.stdout.buffer.write(content)
        at += count
