# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Takes chunks from the host and programs them. Follows rom.py.
#
# A chunk is a head of 31 ASCII characters and its payload. The head: what it is, and in hexadecimal digits where it goes
# (8), bytes of payload (6), bytes of content (6), their CRC-32 (8), and the sum of all these characters (2).
#   r  content    z  raw deflate of it, window 2**10    f  nothing: the content is 0xff
#   p  nothing: a test of how many bytes the input holds    e  nothing: the end
# Answers: k programmed, c spoilt and not programmed, x and a text for what cannot go on. To R and Z, which are r and z for
# inputs that overflow, also a dot for each `window` bytes of payload that were read. `text` is 0 for binary payloads, 4 for
# base64, 2 for hexadecimal digits.
def _rs_room(rom, size):
    # The largest chunk up to `size` for which there is memory, with its compressed form and what inflates it.
    least = rom.block or 512
    while True:
        gc.collect()
        try:
            bytearray(size), bytearray(size + 3072)
            return size
        except MemoryError:
            if size <= least:
                raise
            size = max(size // 2 // least * least, least)


def _rs_receive(rom, size, window, text):
    import micropython, time

    data = bytearray(size)
    view = memoryview(data)
    say = sys.stdout.write
    poll = inflate = None
    try:
        import select

        poll = select.poll()
        poll.register(sys.stdin, select.POLLIN)
    except (ImportError, AttributeError):
        poll = None
    try:
        from deflate import DeflateIO, RAW
        from io import BytesIO

        inflate = lambda count: DeflateIO(BytesIO(view[:count]), RAW, 10)
    except ImportError:
        pass
    if text == 4:
        from binascii import a2b_base64 as decode
    else:
        decode = lambda digits: bytes(int(digits[i : i + 2], 16) for i in range(0, len(digits), 2))
    source = sys.stdin if text else sys.stdin.buffer

    def take(count, slow):
        end = 0
        while count:
            part = min(window, count) if slow else count
            if text:
                part = min(part, 480)
                piece = decode(source.read(part))
                view[end : end + len(piece)] = piece
                end += len(piece)
            else:
                end += source.readinto(view[end : end + part])
            count -= part
            if slow:
                say(".")
        return end

    def chunk(head):
        at, payload, length, crc = (int(head[i:j], 16) for i, j in ((1, 9), (9, 15), (15, 21), (21, 29)))
        if length > size or payload > size * (4 if text else 1) or at + length > rom.size:
            raise ValueError("chunk out of range")
        kind = head[:1].lower()
        end = take(payload, head[0] < 97)
        if kind == b"f":
            for i in range(0, length, 64):
                view[i : i + 64] = filler
        elif kind == b"z":
            try:
                end = inflate(end).readinto(view[:length])
            except OSError:
                return "c"
        content = view[:length]
        if kind == b"f":
            if not rom.block and rom.read(at, length) == content:
                return "k"
        elif end != length or _rs_crc(content) & 0xFFFFFFFF != crc:
            return "c"
        result = rom.write(at, content)
        if result:
            raise OSError(-result)
        return "k"

    def probe():
        say("P")
        time.sleep_ms(30)
        count = 0
        while count < 2048 and poll.poll(100):
            source.read(1)
            count += 1
        say("%04x" % count)

    filler = b"\xff" * 64
    probing = "U" if text else b"U"
    gc.collect()
    if not text:
        micropython.kbd_intr(-1)
    try:
        say("R")
        while True:
            head = source.read(31).lstrip(probing)
            while len(head) < 31:  # of a probe that came late
                head = (head + source.read(31 - len(head))).lstrip(probing)
            if text:
                head = head.encode()
            if head[29:] != b"%02x" % (sum(head[:29]) & 255):
                raise ValueError("spoilt head of a chunk")
            if head[:1] == b"e":
                break
            if head[:1] == b"p":
                probe()
            else:
                say(chunk(head))
    except Exception as error:
        # What is still on its way must not be taken for code.
        while poll and poll.poll(250):
            source.read(1)
        say("x%r\n" % error)
    finally:
        if not text:
            micropython.kbd_intr(3)
