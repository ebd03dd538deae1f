#!/usr/bin/env python3
# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes archives for tests/core/archive_test.cpp: one tree in every format, and what an attacker, a broken download or
an unusual program makes of archives. Usage: hostile_archives.py FOLDER"""

import base64
import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import stat
import struct
import sys
import tarfile
import zipfile
import zlib

MIB = 1024 * 1024
GIB = 1024 * MIB

LONG = "long-" + "n" * 120
TREE = {  # what every format is to give; the names of folders end with "/"
    "a.py": b"print(1)\n",
    "empty.txt": b"",
    "hollow/": b"",
    "lib/": b"",
    "lib/pkg/": b"",
    "lib/pkg/random.bin": random.Random(1).randbytes(200_000),
    "lib/pkg/zeros.bin": bytes(100_000),
    "lib/x.py": b"2",
    f"{LONG}/": b"",
    f"{LONG}/{LONG}.txt": b"4",
    "na\u00efve.txt": b"3",
}

# Made by 7-Zip 25.01 from a.py, empty.txt, hollow/, lib/pkg/y.py, lib/x.py and naïve.txt: 7z a -m0=...
SEVEN_ZIP = {
    "arm64": """
        N3q8ryccAAQtNT9rqgAAAAAAAAAiAAAAAAAAAD7yShTgAC4AE10AOByJVowLmZOKSdAdvbt+e5UTAAAAAIEzB64Pz7XvEA/Ual6AfBfGNrSU
        A/VVHseQYwSs/UmsSUM7uDDhB2yJnopA2IEK9X70IMefHCXzlLLp9BbRthaeiozAdYRwgCXCu8cvW7FXNSpMr30qxUo+9XcuOxGI53T038vt
        shwHJgCHZVur0MAZPnatIaisclrZiG3StMID/pYInS5MkC9uGgAAABcGGwEJgI8ABwsBAAEjAwEBBV0AEAAADIDqCgF4E58dAAA=
    """,
    "bcj": """
        N3q8ryccAASw1QfEsgAAAAAAAAAiAAAAAAAAAPZkRcfgAC4AE10AOByJVowLmZOKSdAdvbt+e5UTAAAAAIEzB64Pz7XvEA/Ual6AfBgDg8TZ
        rGbqIpV5QNE/kaLyrD0VHguD2dR3BtZ+1+QKpk51w53gE42TTTvkhr1Yusp8yh66CZN/db7JmcyUgMQNeGPpD5Kr4hSRGYzKlRobGn+nx1jy
        qxYXjiUIHI0i7I2oKQLjaKpwopu6Zvu05paGMMIuWH8Gi/tCA9Hek6yKLLeoAAAAFwYbAQmAlwAHCwEAASMDAQEFXQAQAAAMgPoKAT7rb3gA
        AA==
    """,
    "bcj2": """
        N3q8ryccAAT76p14uwAAAAAAAAAiAAAAAAAAAMFxLFbgAC4AE10AOByJVowLmZOKSdAdvbt+e5UTAAAAAAAAAAAAgTMHrm3AI8e2iM0zPeGj
        sKUCA1/GZ9Qg35ZgWFvesJGtzM29/+Ya/C54+flAlAVoCZ654JR1RlmGWV9yHcDk88NQuVjbIcauUEPEjE6hdT4HzqvYtgZkKMVrmsUo3ti+
        gRdJXE7D1pH6e4lnvqwKg61cE7NZoChLZTbk9Qh+l/Qvg5jY1JkYepFWKJfO/bus9xqlCdkwAAAAFwYgAQmAmwAHCwEAASMDAQEFXQAQAAAM
        gPoKAUqt1o8AAA==
    """,
    "bzip2": """
        N3q8ryccAASoMk27yAAAAAAAAAAiAAAAAAAAAKtV1EpCWmg5MUFZJlNZai/mlAAABNmAABBAYDgAACFUICAAMQAAxQHqZp6nASXxsHksXckU
        4UJBqL+aUAAAgTMHrg/ReeggoJCgckPUseKTehZrORUXSlEB8uHEt0U+CKaEcRtlsNrpNjdapYGPVqh8MoDDccZ2WNE/JnI0NHWSnc7xI6Nj
        INzbMTSDDV9BxqB8vTSywlF2RJz+oXgECp/8mP3SbGBgmmGWRMJI3rGsb2pJ+QAYQTu7ec0unvTj8tWIW98hzRrzMQAAABcGOAEJgJAABwsB
        AAEjAwEBBV0AEAAADIDqCgER8weqAAA=
    """,
    "copy": """
        N3q8ryccAAT33/B9uwAAAAAAAAAiAAAAAAAAAHvQda9wcmludCgxKQp5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXl5eXkyMwAA
        gTMHrm3Q75JpnRc4fpYlT7Xge2EZjAVj9Gbj7FnxyFL1VehtP7Hq6WLUZtKaAF5F6gqGMdKySy82TJmEnkrYVqyBEig4eezCWTc8J2RLzAzZ
        FtMkmkGLvAt/wLZD5Qb+2byuk/27fMoRk1vDCRWbOrohpZhnwrmaB2m2pp6O0wJQL6w0D0HEAAAAFwYvAQmAjAAHCwEAASMDAQEFXQAQAAAM
        gPoKASGXebgAAA==
    """,
    "deflate": """
        N3q8ryccAASiR2a7HQAAAAAAAADqAAAAAAAAAAEg9eyNwbENAAAEBMDeJJSYSiMiGtv/Cn83W33qJk+IBAEEBgABCR0ABwsBAAEDBAEIDC8A
        CA0ECQkkAQoBBh7hPFm+lw4NvtUam47SbQAABQgOAfAPARAZAwAAABGAhQBoAG8AbABsAG8AdwAAAGwAaQBiAAAAbABpAGIALwBwAGsAZwAA
        AGUAbQBwAHQAeQAuAHQAeAB0AAAAYQAuAHAAeQAAAGwAaQBiAC8AcABrAGcALwB5AC4AcAB5AAAAbABpAGIALwB4AC4AcAB5AAAAbgBhAO8A
        dgBlAC4AdAB4AHQAAAAVIgEAEIDtQRCA7UEQgO1BIICkgSCApIEggKSBIICkgSCApIEAAA==
    """,
    "delta": """
        N3q8ryccAAR28ndxtQAAAAAAAAAiAAAAAAAAAOkTwOLgAC4AF10AOByJVocbDV7PZLMJrRaTBZlQuuuZZgAAAACBMweuD8/88GwP1GpegHwa
        Xr7WhNBbzPJ745gtUN4XlGbwzREW6RPE5dt0tWTmIORpXENUcPeoNzJzKVRf0z7yfa2yknwnz4Kc5yIFH83Ia4Ed8950Uoc4774tX9E6iO50
        CpCaSxl9O9BngtcRn2nN2Y8rYeB8kYS377ApvgVsryxwAiBNZHMZBE8srAv+B+9zAAAAFwYfAQmAlgAHCwEAASMDAQEFXQAQAAAMgPoKAeln
        I+sAAA==
    """,
    "encrypted": """
        N3q8ryccAAToFUOgzQAAAAAAAAAiAAAAAAAAAExUxx/hvBSUDwhb2wLWp2npWuERDH/0u4kGlNYF0egXyrNxGQAAgTMHrg/QDrA8nzkQnJ+m
        1TPasi6w9LXcErMzkEdZQnlni9Z3uUCIKGJhsYOjSjAqf71OtuXa/CUjcunNTca+RW8rYN2SqoC0Z6wb5Bb4ChuQcL5l2yTSLBJgDDOST56I
        4zlkne39TO01y/WaSQeq8lV65ZSYnDOZJm24tJiKL/V1VYV6/wAYJ/xXmFQExQR8ZiWWExOo7PfFis5Y2OPJArfBVUiuFCCIAAAAFwYgAQmA
        rQAHCwEAASMDAQEFXQAQAAAMgQoKAeqKqBkAAA==
    """,
    "hidden": """
        N3q8ryccAATdRPnW0AAAAAAAAAA+AAAAAAAAALydIfwyUBUA/nDtOd4cfAK45NKsCbj21LR3n3Kebvmvz1xVHfsYAdu9KBbUqGi5np8JaSDU
        3AIYRk79uXzo+V6GLzO9ejkUUOQ0lxuOaRRpfBbI/KiMQ5xZWxmYYDL2NhUDObyqxlyzEFP6FEgHbI5MDSRwgdTQU3QyK/8l0eZoWiFl/s4z
        aCLUFaw+CfCbA9gI7rEAVXbIdNSas7uYz1M76K3vi1/6DWqCLyEDlyxKQ3upuiqbDXXxQGTpOa3rzunsQBFeQve+I5hWJCOwW8VfDyCfFwYg
        AQmAsAAHCwEAAiQG8QcBElMPi12LR3Ad69wIB/wcKVrY5yMDAQEFXQAQAAABAAyArYEKCgEQZJwTAAA=
    """,
    "link": """
        N3q8ryccAARfvwpxvwAAAAAAAAAiAAAAAAAAABc1Dt/gADIAF10AOByJVowLmZOKSdAdvbuagkrgd9zgqkAAAACBMweuD8/88GwP6+qcvzY9
        /pTtpwKU8R/rMDwXCpdeOGLi/yWmSdYowmlaKX8B6oLgS73Noz0Ic7YFbsbN8GP1IUDAwksy+rvo9RtdaJplds95CEbofKgNZJEsrrbCQVwb
        HWHkxJTUYWuUcp8tenns8DEXqfdgtj6sos2PXxA94qJ7LAqPlapqcY4hNw9U8zDgz0q4sZz6g28/znAAABcGHwEJgKAABwsBAAEjAwEBBV0A
        EAAADIEKCgF90gHLAAA=
    """,
    "lzma": """
        N3q8ryccAAQC36WGuAAAAAAAAAAiAAAAAAAAAAU86BoAOByJVowLmZOKSYmQAAA87h4AAAAAGP/8AAAAGX/8AAAAAIEzB65tvz0PLgepb3Wm
        gSWIFD3OutL47gFK7GQERH1tNsOwd9s5ccOG/NcMLvzujOC4rKJzs31soZHO0SwZb0jAYsDLg67D6mhdslc3SC3dySGq7p7YjbJ1pG94aZwU
        mF4iMg3JQ5udBSnm+7y2L3DR+Z6aFyUYIvuep5GBQ3uLm3pOVbb1p1+Oe4HvH7Ygy9WlAAAAFwYhAQmAlwAHCwEAASMDAQEFXQAQAAAMgRoK
        AaM8wy8AAA==
    """,
    "lzma2": """
        N3q8ryccAAR5QaskrAAAAAAAAAAiAAAAAAAAALEdhzfgAC4AE10AOByJVowLmZOKSdAdvbt+e5UTAAAAAIEzB64Pz7XvEA/r6py/Nj3+kQAF
        9yyS6vIUwkcIFZ6m3s0h5OtGjKX9M/FEd6rQM01Gdf6MP9NEWtyukn5Bc28uGRe1GH9P5oOLy2xkO+8bLuO9RFUr1elX1v9fJGSKTmchchnB
        LdOrU7Y6i65g6gHQgzdAxlxXlO3q0MxF+KP8sFCIZ2/1EulNDgw+AAAAFwYbAQmAkQAHCwEAASMDAQEFXQAQAAAMgOoKAa8cNs0AAA==
    """,
    "ppmd": """
        N3q8ryccAATCR2eJqAAAAAAAAAAiAAAAAAAAAI7WquIAcAQdFGHlvA420YwstCMi7JMAAACBMweuD88n8IwHyEOAg4LivCxurV5NcWvcbixB
        jfQUR58Ee7p6qGqgnK87oni4Mgoy+6LCwLQM1CFE1yq+sJmCH5SA0PPrHDPFC8zrqKxSIPzY/TaoRk5enOeR3AxJPtixLo5/aTc/Orl+KFdt
        DP21d8edwwxAFuFlfqq9QpGQ3Vu00KhDeEPKJqZ6GTg6hD3gAAAXBhMBCYCVAAcLAQABIwMBAQVdABAAAAyA+goBb3JOygAA
    """,
}


# For changing single bytes: small, and with all kinds of entries.
SMALL = {"a.py": b"print(1)\n" * 20, "empty.txt": b"", "hollow/": b"", "lib/": b"", "lib/x.bin": bytes(range(256)) * 4,
         "lib/y.py": b"2", "na\u00efve.txt": b"3" * 700}


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


# --- zip --------------------------------------------------------------------------------------------------------------


def member(name, data=b"good", *, method=8, flags=0x800, mode=0o100644, size=None, packed=None, packed_size=None,
           crc=None, offset=None, dos=0):
    """What make_zip() writes: name, content, and what is to be said of it if that is not the truth."""
    name = name.encode() if isinstance(name, str) else name
    if packed is None:
        compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = compressor.compress(data) + compressor.flush() if method == 8 else data
    return {"name": name, "packed": packed, "method": method, "flags": flags, "attributes": mode << 16 | dos,
            "size": len(data) if size is None else size,
            "packed_size": len(packed) if packed_size is None else packed_size,
            "crc": zlib.crc32(data) if crc is None else crc, "offset": offset}


def make_zip(members, comment=b"", end_offset=0):
    out = io.BytesIO()
    directory = io.BytesIO()
    for m in members:
        offset = out.tell() if m["offset"] is None else m["offset"]
        common = struct.pack("<HHHHHIIIHH", 20, m["flags"], m["method"], 0, 0x21, m["crc"], m["packed_size"],
                             m["size"], len(m["name"]), 0)
        if m["offset"] is None:
            out.write(b"PK\3\4" + common + m["name"] + m["packed"])
        directory.write(b"PK\1\2" + struct.pack("<H", 0x0314) + common
                        + struct.pack("<HHHII", 0, 0, 0, m["attributes"] & 0xFFFFFFFF, offset) + m["name"])
    start = out.tell()
    out.write(directory.getvalue())
    count = len(members) & 0xFFFF
    out.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory.getvalue()), start + end_offset,
                                      len(comment)) + comment)
    return out.getvalue()


def deflated_zeros(size):
    """Raw deflate of so many MiB of zeros, without compressing each of them."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = compressor.compress(bytes(MIB)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return piece * (size // MIB) + compressor.flush()


def crc_of_zeros(size):
    crc = 0
    for _ in range(size // MIB):
        crc = zlib.crc32(bytes(MIB), crc)
    return crc


def zips():
    for name, method, tree in [("tree.zip", zipfile.ZIP_DEFLATED, TREE), ("tree-stored.zip", zipfile.ZIP_STORED, TREE),
                               ("small.zip", zipfile.ZIP_DEFLATED, SMALL)]:
        with zipfile.ZipFile(name, "w", method) as file:
            for path, data in tree.items():
                file.writestr(path, data)
    shutil.copy("tree.zip", "tree-1.0-py3-none-any.whl")
    with zipfile.ZipFile("tree-zip64.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path, data in TREE.items():
            if path.endswith("/"):
                file.writestr(path, data)
            else:
                with file.open(path, "w", force_zip64=True) as inside:
                    inside.write(data)
    zip64_everywhere()
    write("comment.zip", make_zip([member("good.txt")], b"PK\5\6" + bytes(18) + b"not the end"))
    write("wrapped.zip", make_zip([member("repo-main/", b"", method=0, mode=0o40755), member("repo-main/a.py"),
                                   member("repo-main/tests/t.py"), member("repo-main/lib/tests/t.py"),
                                   member("__MACOSX/._a.py"), member("link", b"repo-main", mode=0o120777)]))
    write("hostile-names.zip", make_zip([
        member(name) for name in ["../up.txt", "a/../../b.txt", "..", "/absolute.txt", "C:\\win\\x.txt", "C:/win/y.txt",
                                  "..\\up.txt", "back\\slash.txt", "nul\0name", "", ".", "x" * 256, "good.txt",
                                  "./clean.txt", "d//e.txt", "d/./f.txt", b"\xff\xfelatin", b"caf\xe9", "y" * 255,
                                  "con:colon.txt", "new\nline.txt"]]))
    write("links.zip", make_zip([
        member("link", b"/etc/passwd", mode=0o120777, method=0), member("link/in.txt"), member("good.txt"),
        member("pipe", b"", mode=stat.S_IFIFO | 0o644), member("device", b"", mode=stat.S_IFCHR | 0o644),
        member("folder", b"", mode=0o40755), member("dos", b"", mode=0, dos=0x10)]))
    sizes = deflated_zeros(600 * MIB)
    write("lying.zip", make_zip([
        member("more.bin", packed=sizes, size=16, crc=0), member("less.bin", b"12", size=200 * MIB),
        member("crc.bin", b"12", crc=1), member("cut.bin", bytes(1000), packed_size=5),
        member("noise.bin", packed=b"\xff" * 100, size=1000), member("nowhere.bin", offset=0xFFFFFF00),
        member("nothing.bin", offset=5), member("beyond.bin", packed_size=0x7FFFFFFF),
        member("stored.bin", b"123", method=0, size=5), member("good.txt")]))
    packed = deflated_zeros(GIB)
    write("bomb.zip", make_zip([member("bomb.bin", packed=packed, size=GIB, crc=crc_of_zeros(GIB)),
                                member("good.txt")]))
    packed, crc = deflated_zeros(200 * MIB), crc_of_zeros(200 * MIB)
    first = member("0.bin", packed=packed, size=200 * MIB, crc=crc)
    write("overlap.zip", make_zip([first] + [member(f"{i}.bin", packed=packed, size=200 * MIB, crc=crc, offset=0)
                                             for i in range(1, 20)]))
    write("encrypted.zip", make_zip([member("secret.txt", flags=0x801), member("aes.txt", method=99, flags=0x801),
                                     member("good.txt")]))
    write("methods.zip", make_zip([member(f"{method}.txt", method=method) for method in [9, 12, 14, 93, 95, 98, 77]]
                                  + [member("good.txt")]))
    write("twice.zip", make_zip([member("x.txt", b"first"), member("x.txt", b"second"), member("d/"), member("d/"),
                                 member("d/y.txt", b"1"), member("./d//y.txt", b"2"), member("x.txt", b"third")]))
    write("case.zip", make_zip([member("lib/README"), member("lib/readme"), member("lib/\u00e9"),
                                member("lib/e\u0301"), member("Lib/x")]))
    write("clash.zip", make_zip([member("a"), member("a/in.txt"), member("b/in.txt"), member("b"),
                                 member("c/", b"", method=0), member("c"), member("d"), member("d/e/f"),
                                 member("good.txt")]))
    write("deep.zip", make_zip([member("d/" * 5000 + "x.txt"), member("e/" * 1000 + "x.txt"),
                                member("f/" * 999 + "x.txt"), member("good.txt")]))
    write("folders.zip", make_zip([member(f"{i}/" + "d/" * 900 + "x.txt") for i in range(200)]))
    write("longpath.zip", make_zip([member("/".join(["p" * 250] * 20)), member("good.txt")]))
    write("junk.zip", make_zip([member(name) for name in [
        "keep.py", ".git/HEAD", ".git/objects/1", "lib/__pycache__/x.pyc", "lib/x.py", "__MACOSX/._x", ".DS_Store",
        "lib/tests/t.py", "notes.md"]]))
    with zipfile.ZipFile("many.zip", "w", zipfile.ZIP_STORED) as file:
        for i in range(99_900):
            file.writestr(zipfile.ZipInfo(f"{i % 100:02}/{i:05}.txt"), b"1")
    write("empty.zip", make_zip([]))
    write("badend.zip", make_zip([member("good.txt")], end_offset=100_000))
    write("badlist.zip", make_zip([member("good.txt")]).replace(b"PK\1\2", b"PK\1\3"))
    write("prefix.zip", b"#!/usr/bin/python3\n" + make_zip([member("good.txt")]))
    write("nested.zip", make_zip([member("inner.zip", make_zip([member("x.txt")]), method=0)]))


def zip64_everywhere():
    """All numbers of 32 bits say that the value is elsewhere, as for archives of more than 4 GiB."""
    data = b"good"
    name = b"good.txt"
    local = (b"PK\3\4" + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x21, zlib.crc32(data), 0xFFFFFFFF, 0xFFFFFFFF,
                                     len(name), 20) + name + struct.pack("<HHQQ", 1, 16, 4, 4) + data)
    entry = (b"PK\1\2" + struct.pack("<H", 0x032D)
             + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x21, zlib.crc32(data), 0xFFFFFFFF, 0xFFFFFFFF, len(name), 37)
             + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, 0xFFFFFFFF) + name
             + b"UT\5\0\1\0\0\0\0" + struct.pack("<HHQQQ", 1, 24, 4, 4, 0))
    end64 = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(entry), len(local))
    write("zip64.zip", local + entry + end64 + b"PK\6\7" + struct.pack("<IQI", 0, len(local) + len(entry), 1)
          + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0))


# --- tar --------------------------------------------------------------------------------------------------------------


def block(name, size=0, type=b"0", *, magic=b"ustar\00000", link=b"", prefix=b"", size_field=None, signed=False):
    name = name.encode() if isinstance(name, str) else name
    field = b"%011o\0" % size if size_field is None else size_field
    header = struct.pack("100s8s8s8s12s12s8sc100s8s32s32s8s8s155s12x", name, b"0000644\0", b"0000000\0", b"0000000\0",
                         field, b"00000000000\0", b" " * 8, type, link, magic, b"", b"", b"", b"", prefix)
    total = sum(struct.unpack("512b", header)) if signed else sum(header)
    return header[:148] + b"%06o\0 " % total + header[156:]


def pad(data):
    return data + bytes(-len(data) % 512)


def file(name, data=b"good", **more):
    return block(name, len(data), **more) + pad(data)


def pax(**records):
    body = b""
    for key, value in records.items():
        key = key.replace("_", ".").encode()
        value = value if isinstance(value, bytes) else str(value).encode()
        length = len(key) + len(value) + 3
        length += len(str(length + len(str(length))))
        body += str(length).encode() + b" " + key + b"=" + value + b"\n"
    return block("PaxHeaders/x", len(body), b"x") + pad(body)


END = bytes(1024)


def concatenated(compress, piece, count):
    """So many pieces, each compressed alone: quick to make, and several streams in one file are allowed everywhere."""
    return compress(piece) * count


def zstd(data, zeros=0):
    """Frames without compression, and blocks that say how often a zero is repeated."""
    limit = 128 * 1024
    blocks = [(data[i:i + limit], 0) for i in range(0, len(data), limit)] + [(limit, 1)] * (zeros // limit)
    out = b"\x28\xb5\x2f\xfd\0\x38"
    for i, (what, type) in enumerate(blocks):
        size = what if type else len(what)
        out += struct.pack("<I", (i + 1 == len(blocks)) | type << 1 | size << 3)[:3] + (b"\0" if type else what)
    return out


def deterministic_tar(name, format, tree, **more):
    with tarfile.open(name, "w", format=format, **more) as archive:
        for path, data in tree.items():
            info = tarfile.TarInfo(path.rstrip("/"))
            info.type = tarfile.DIRTYPE if path.endswith("/") else tarfile.REGTYPE
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def tars():
    deterministic_tar("tree.tar", tarfile.GNU_FORMAT, TREE)
    deterministic_tar("tree-pax.tar", tarfile.PAX_FORMAT, TREE)
    deterministic_tar("tree-global.tar", tarfile.PAX_FORMAT, TREE, pax_headers={"comment": "0123456789" * 100})
    split = {path.replace(LONG + "/", "long/" + "m" * 99 + "/").replace(LONG, "n" * 60): data
             for path, data in TREE.items()}
    deterministic_tar("split-ustar.tar", tarfile.USTAR_FORMAT, split)
    with open("tree.tar", "rb") as source:
        tree = source.read()
    half = len(tree) // 2
    with open("tree-v7.tar", "wb") as out:
        out.write(b"".join(file(path, data, magic=b"") for path, data in TREE.items() if len(path) < 100) + END)
    write("tree.tar.gz", gzip.compress(tree, 9, mtime=0))
    write("tree.tgz", gzip.compress(tree[:half], 1, mtime=0) + gzip.compress(tree[half:], 9, mtime=0))
    write("tree.tar.bz2", bz2.compress(tree))
    write("tree-streams.tar.bz2", bz2.compress(tree[:half]) + bz2.compress(tree[half:]))
    write("tree.tar.xz", lzma.compress(tree))
    write("tree-streams.tar.xz", lzma.compress(tree[:half]) + lzma.compress(tree[half:]))
    write("tree.tar.zst", zstd(tree))
    skippable = b"\x50\x2a\x4d\x18\4\0\0\0\1\2\3\4"
    write("tree-streams.tar.zst", skippable + zstd(tree[:half]) + zstd(tree[half:]))

    deterministic_tar("small.tar", tarfile.PAX_FORMAT, SMALL)
    with open("small.tar", "rb") as source:
        small = source.read()
    write("small.tar.gz", gzip.compress(small, 9, mtime=0))
    write("small.tar.bz2", bz2.compress(small))
    write("small.tar.xz", lzma.compress(small))
    write("small.tar.zst", zstd(small[:4096]) + zstd(small[4096:]))

    write("hostile-names.tar", b"".join(file(name) for name in [
        "../up.txt", "a/../../b.txt", "..", "/absolute.txt", "C:\\win\\x.txt", "back\\slash.txt", "", ".", "good.txt",
        "./clean.txt", "d//e.txt", b"\xff\xfelatin"]) + block("./", 0, b"5") + block(".", 0, b"5")
        + pax(path="../../pax.txt") + file("innocent.txt") + pax(path=b"\xff\xfe") + file("innocent.txt") + END)
    write("links.tar", block("link", 0, b"2", link=b"/etc/passwd") + file("link/in.txt") + file("good.txt")
          + block("hard", 0, b"1", link=b"/etc/passwd") + block("char", 0, b"3") + block("block", 0, b"4")
          + block("pipe", 0, b"6") + file("contiguous", type=b"7") + file("unknown", type=b"Z")
          + block("hard-with-size", 4, b"1", link=b"good.txt") + block("volume", 0, b"V") + file("after.txt") + END)
    sparse = bytearray(block("sparse.bin", 512, b"S", magic=b"ustar  \0"))
    sparse[482] = 1
    sparse[148:156] = b" " * 8
    sparse[148:156] = b"%06o\0 " % sum(sparse)
    write("sparse.tar", bytes(sparse) + bytes(504) + b"\1" + bytes(7) + bytes(512) + bytes(512)
          + pax(GNU_sparse_major=1) + file("pax-sparse.bin") + file("good.txt") + END)
    write("twice.tar", file("x.txt", b"first") + file("x.txt", b"second") + block("d", 0, b"5") + block("d/", 0, b"5")
          + file("d/y.txt", b"1") + file("./d//y.txt", b"2") + file("x.txt", b"third") + END)
    write("clash.tar", file("a") + file("a/in.txt") + file("b/in.txt") + file("b") + block("c/", 0, b"5") + file("c")
          + file("d") + file("d/e/f") + file("good.txt") + END)
    long = lambda name: block("././@LongLink", len(name) + 1, b"L", magic=b"ustar  \0") + pad(name.encode() + b"\0")
    write("deep.tar", long("d/" * 5000 + "x.txt") + file("d") + pax(path="e/" * 1000 + "x.txt") + file("e")
          + long("f/" * 999 + "x.txt") + file("f") + file("good.txt") + END)
    write("signed.tar", block(b"caf\xc3\xa9", 4, signed=True) + pad(b"good") + END)
    write("nolink.tar", block("././@LongLink", 40, b"K", magic=b"ustar  \0") + pad(b"t" * 40) + file("good.txt") + END)
    write("binary-size.tar", block("x.txt", size_field=b"\x80" + bytes(10) + b"\4") + pad(b"good") + END)

    # What is broken
    write("bad-negative.tar", block("x.txt", size_field=b"\xff" * 12) + END)
    write("bad-size.tar", block("x.txt", size_field=b"12345678z\0\0\0") + END)
    write("bad-huge.tar", block("x.txt", size_field=b"\x80\0\0\0\x7f" + b"\xff" * 7) + END)
    write("bad-header.tar", file("x.txt") + b"\1" * 512 + END)
    write("bad-pax.tar", block("x", 30, b"x") + pad(b"99999999999999999999 path=x\n") + file("x.txt") + END)
    write("bad-pax-short.tar", block("x", 30, b"x") + pad(b"3 path=longer than it says\n") + file("x.txt") + END)
    write("bad-pax-size.tar", pax(size=2 ** 63) + file("x.txt") + END)
    write("bad-name.tar", block("././@LongLink", 10 * MIB, b"L") + bytes(10 * MIB) + file("x.txt") + END)
    write("no-end.tar", file("x.txt"))
    write("not-a-tar.tar", b"just some text\n" * 100)

    # Bombs
    head = block("bomb.bin", GIB)
    zeros = bytes(16 * MIB)
    tail = file("good.txt") + END
    write("bomb.tar.gz", gzip_of(head, GIB, tail))
    write("bomb.tar.bz2", bz2.compress(head) + concatenated(bz2.compress, zeros, 64) + bz2.compress(tail))
    write("bomb.tar.xz", lzma.compress(head) + concatenated(lzma.compress, zeros, 64) + lzma.compress(tail))
    write("bomb.tar.zst", zstd(head, GIB) + zstd(tail))
    three = b"".join([gzip_of(block(f"{i}.bin", 100 * MIB), 100 * MIB, b"") for i in range(3)])
    write("total.tar.gz", three + gzip.compress(tail))
    write("skipped.tar.gz", gzip_of(block("large.bin", 300 * MIB), 300 * MIB, tail))
    write("zeros.tar.gz", gzip_of(b"", GIB, b""))
    write("zeros.gz", gzip_of(b"", GIB, b""))
    name = pax(path="n" * (MIB - 100)) + file("x")
    write("names.tar.gz", gzip.compress(name) * 40)
    write("headers.tar.gz", gzip.compress(block("x", 0, b"x")) * 20 + gzip_of(b"", 0, block("x", 0, b"x") * 100_000))
    many = b"".join(file(f"{i % 100:02}/{i:05}.txt", b"1") for i in range(99_900))
    write("many.tar.gz", gzip.compress(many + END, 1))
    write("empty.tar", bytes(10240))
    write("empty.tar.gz", gzip.compress(bytes(10240)))
    write("text.gz", gzip.compress(b"not a tar\n" * 1000))


def gzip_of(head, zeros, tail):
    """One member: the head, so many zeros, the tail."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    crc = zlib.crc32(head)
    out = b"\x1f\x8b\x08\0\0\0\0\0\2\xff" + compressor.compress(head) + compressor.flush(zlib.Z_FULL_FLUSH)
    piece = compressor.compress(bytes(MIB)) + compressor.flush(zlib.Z_FULL_FLUSH)
    for _ in range(zeros // MIB):
        crc = zlib.crc32(bytes(MIB), crc)
    out += piece * (zeros // MIB) + compressor.compress(tail) + compressor.flush()
    return out + struct.pack("<II", zlib.crc32(tail, crc), len(head) + zeros + len(tail) & 0xFFFFFFFF)


# --- 7z ---------------------------------------------------------------------------------------------------------------


def number(value):
    """A number as 7z writes it; not the shortest way."""
    return bytes([value]) if value < 0x80 else b"\xff" + struct.pack("<Q", value)


LZMA = {"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 1 << 20}
LZMA2 = {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}


def coder(id, properties=b""):
    return bytes([len(id) | (0x20 if properties else 0)]) + id + (number(len(properties)) + properties
                                                                 if properties else b"")


CODER_LZMA = coder(b"\3\1\1", b"\x5d" + struct.pack("<I", 1 << 20))
CODER_LZMA2 = coder(b"\x21", b"\x10")  # 1 MiB


def raw(data, *filters):
    return lzma.compress(data, format=lzma.FORMAT_RAW, filters=list(filters))


def deflate(data):
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    return compressor.compress(data) + compressor.flush()


def streams_info(packed_sizes, folders, offset=0, crcs=None):
    """Of each folder: its coders as bytes, its unpacked sizes, the sizes of the files in it, their checksums."""
    out = b"\6" + number(offset) + number(len(packed_sizes)) + b"\x09" + b"".join(map(number, packed_sizes)) + b"\0"
    out += b"\7\x0b" + number(len(folders)) + b"\0" + b"".join(folder[0] for folder in folders)
    out += b"\x0c" + b"".join(number(size) for folder in folders for size in folder[1])
    if crcs:
        out += b"\x0a\1" + b"".join(struct.pack("<I", crc) for crc in crcs)
    return out + b"\0"


def make_7z(groups, packer=CODER_LZMA2, pack=lambda data: raw(data, LZMA2), folder=None, packed_header=True,
            header=None):
    """Each group is a dictionary of files and is packed as one block; names that end with "/" are folders."""
    packed = []
    folders = []
    files = []
    contents = []
    for group in groups:
        inside = [data for name, data in group.items() if data and not name.endswith("/")]
        files += group.items()
        contents.append(inside)
        stream = b"".join(inside)
        packed.append(pack(stream))
        shape = b"\1" + packer if folder is None else folder
        folders.append((shape, [len(stream)] * (1 if folder is None else 2)))
    names = b"".join(name.rstrip("/").encode("utf-16-le") + b"\0\0" for name, _ in files)
    is_empty = [not data or name.endswith("/") for name, data in files]
    body = b"\1\4" + streams_info([len(p) for p in packed], folders)
    body += b"\x08\x0d" + b"".join(number(len(inside)) for inside in contents)
    body += b"\x09" + b"".join(number(len(data)) for inside in contents for data in inside[:-1])
    body += b"\x0a\1" + b"".join(struct.pack("<I", zlib.crc32(data)) for inside in contents for data in inside)
    body += b"\0\0\5" + number(len(files))
    body += b"\x0e" + number((len(files) + 7) // 8) + bits(is_empty)
    empty = [not name.endswith("/") for (name, _), none in zip(files, is_empty) if none]
    body += b"\x0f" + number((len(empty) + 7) // 8) + bits(empty)
    body += b"\x11" + number(len(names) + 1) + b"\0" + names + b"\0\0"
    if header is not None:
        body = header
    data = b"".join(packed)
    if packed_header:
        squeezed = raw(body, LZMA)
        info = b"\x17" + streams_info([len(squeezed)], [(b"\1" + CODER_LZMA, [len(body)])], len(data),
                                      [zlib.crc32(body)]) + b"\0"
        data += squeezed
        body = info
    return seven_zip(data, body)


def seven_zip(data, header, size=None):
    start = struct.pack("<QQI", len(data), len(header) if size is None else size, zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(start)) + start + data + header


def bits(values):
    out = bytearray((len(values) + 7) // 8)
    for i, value in enumerate(values):
        out[i // 8] |= value << (7 - i % 8)
    return bytes(out)


def sevens():
    for name, data in SEVEN_ZIP.items():
        write(f"real-{name}.7z", base64.b64decode("".join(data.split())))
    solid = [TREE]
    single = [{name: data} for name, data in TREE.items() if data] + [{n: d for n, d in TREE.items() if not d}]
    write("tree.7z", make_7z(solid))
    write("tree-lzma.7z", make_7z(solid, CODER_LZMA, lambda data: raw(data, LZMA)))
    write("tree-bzip2.7z", make_7z(solid, coder(b"\4\2\2"), bz2.compress))
    write("tree-deflate.7z", make_7z(solid, coder(b"\4\1\x08"), deflate))
    write("tree-copy.7z", make_7z(solid, coder(b"\0"), lambda data: data, packed_header=False))
    write("tree-blocks.7z", make_7z(single[:-1] + [{**single[-1], "last.txt": b"last"}]))
    # Two coders, the second takes the packed bytes: bind pair (in 0, out 1).
    delta = b"\2" + coder(b"\3", b"\3") + CODER_LZMA2 + b"\0\1"
    write("tree-delta.7z", make_7z(solid, folder=delta,
                                   pack=lambda data: raw(data, {"id": lzma.FILTER_DELTA, "dist": 4}, LZMA2)))
    x86 = b"\2" + coder(b"\3\3\1\3") + CODER_LZMA2 + b"\0\1"
    write("tree-bcj.7z", make_7z(solid, folder=x86, pack=lambda data: raw(data, {"id": lzma.FILTER_X86}, LZMA2)))
    write("empty.7z", b"7z\xbc\xaf\x27\x1c\0\4" + struct.pack("<I", zlib.crc32(bytes(20))) + bytes(20))

    write("small.7z", make_7z([SMALL]))
    write("small-lzma.7z", make_7z([SMALL, {"more.txt": b"more"}], CODER_LZMA, lambda data: raw(data, LZMA),
                                   packed_header=False))
    write("small-bzip2.7z", make_7z([SMALL], coder(b"\4\2\2"), bz2.compress, packed_header=False))

    names = {name: b"good" for name in ["../up.txt", "a/../../b.txt", "/absolute.txt", "C:\\win\\x.txt", "back\\slash",
                                        "..", "good.txt", "d//e.txt"]}
    write("hostile-names.7z", make_7z([names]))
    half = make_7z([{"XX": b"good", "good.txt": b"good"}], packed_header=False)
    write("half-pair.7z", rewritten(half, b"X\0X\0", b"\x3d\xd8X\0"))
    write("twice.7z", make_7z([{"x.txt": b"first", "X.txt": b"second", "d/y.txt": b"1", "D/y.txt": b"2"}],
                              packed_header=False))
    with open("twice.7z", "rb") as source:
        data = source.read()
    write("twice.7z", rewritten(rewritten(data, "X.txt".encode("utf-16-le"), "x.txt".encode("utf-16-le")),
                                "D/y".encode("utf-16-le"), "d/y".encode("utf-16-le")))
    damaged = bytearray(make_7z([{"x.txt": b"good", "y.txt": b"good"}], coder(b"\0"), lambda data: data))
    damaged[32] ^= 1
    write("damaged.7z", bytes(damaged))
    write("many.7z", make_7z([{f"{i % 100:02}/{i:05}.txt": b"1" for i in range(99_900)}]))

    zeros = raw(bytes(64 * MIB), LZMA2)
    bomb = lambda sizes: seven_zip(zeros, b"\1\4" + streams_info([len(zeros)], [(b"\1" + CODER_LZMA2, [sum(sizes)])])
                                   + b"\x08\x0d" + number(len(sizes)) + b"\x09" + b"".join(map(number, sizes[:-1]))
                                   + b"\0\0\5" + number(len(sizes)) + b"\x11"
                                   + number(4 * len(sizes) + 1) + b"\0"
                                   + b"".join(bytes([65 + i, 0, 0, 0]) for i in range(len(sizes))) + b"\0\0")
    write("bomb.7z", bomb([GIB, 4]))
    write("lying.7z", bomb([200 * MIB]))  # unpacks to less
    write("solid.7z", bomb([2 ** 40, 4]))
    big = coder(b"\3\1\1", b"\x5d" + struct.pack("<I", 0xFFFFFFFF))
    write("dictionary.7z", seven_zip(zeros, b"\1\4" + streams_info([len(zeros)], [(b"\1" + big, [200 * MIB])])
                                     + b"\0\5\1\x11\5\0A\0\0\0\0\0"))

    # Headers that do not make sense, with the right checksums
    bad = {
        "files": b"\1\5" + number(2 ** 40) + b"\0\0",
        "names": b"\1\5\1\x11\3\0A\0\0\0",
        "packed": b"\1\4\6\0" + number(2 ** 31) + b"\0\0",
        "folders": b"\1\4\7\x0b" + number(2 ** 31) + b"\0",
        "coders": b"\1\4\6\0\1\x09\4\0\7\x0b\1\0" + number(2 ** 31),
        "binds": b"\1\4\6\0\1\x09\4\0\7\x0b\1\0\2" + coder(b"\0") + coder(b"\0") + b"\7\7" + b"\x0c\4\4\0\0\0",
        "streams": b"\1\4\6\0\1\x09\4\0\7\x0b\1\0\1" + coder(b"\0") + b"\x0c\4\0\x08\x0d" + number(2 ** 40),
        "sizes": b"\1\4\6\0\1\x09\4\0\7\x0b\1\0\1" + coder(b"\0") + b"\x0c\4\0\x08\x0d\2\x09\5\0\0\5\2\0\0",
        "offset": b"\1\4\6" + number(2 ** 62) + b"\1\x09\4\0\7\x0b\1\0\1" + coder(b"\0") + b"\x0c\4\0\0\5\1\0\0",
        "overflow": b"\1\4\6" + number(2 ** 64 - 1) + b"\1\x09\4\0\7\x0b\1\0\1" + coder(b"\0") + b"\x0c\4\0\0\5\1\0\0",
        "again": b"\1\5\1" + b"\x0e\0" * 1000 + b"\0\0",
        "id": b"\x55",
        "cut": b"\1\4\6",
        "nothing": b"\1",
        "properties": b"\1\2\5" + number(2 ** 63) + b"\0\0",
    }
    for name, header in bad.items():
        write(f"bad-{name}.7z", seven_zip(b"good", header))
    write("loop.7z", seven_zip(b"good", b"\1\4\6\0\1\x09\4\0\7\x0b\1\0\2" + coder(b"\0") + coder(b"\0") + b"\0\0"
                               + b"\x0c\4\4\0\0\5\1\x11\5\0A\0\0\0\0\0"))
    write("bad-level.7z", seven_zip(b"", b"\x17" + streams_info([0], [(b"\1" + coder(b"\0"), [0])]) + b"\0"))
    write("bad-size.7z", seven_zip(b"good", b"\1\0", 2 ** 40))
    # A packed header that unpacks to 2 GiB
    squeezed = raw(bytes(MIB), LZMA)
    write("bad-header-bomb.7z", seven_zip(squeezed, b"\x17" + streams_info([len(squeezed)], [(b"\1" + CODER_LZMA,
                                                                                              [2 * GIB])]) + b"\0"))


def rewritten(archive, old, new):
    """The same with something in its header changed and the checksums right."""
    offset, size = struct.unpack_from("<QQ", archive, 12)
    header = archive[32 + offset:].replace(old, new)
    assert len(header) == size and old != new
    return seven_zip(archive[32:32 + offset], header)


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    os.chdir(sys.argv[1])
    os.makedirs("tree", exist_ok=True)
    for path, data in TREE.items():
        if path.endswith("/"):
            os.makedirs(os.path.join("tree", path), exist_ok=True)
        else:
            os.makedirs(os.path.dirname(os.path.join("tree", path)), exist_ok=True)
            write(os.path.join("tree", path), data)
    zips()
    tars()
    sevens()
    write("nothing.zip", b"")
    write("text.zip", b"not a zip\n" * 100)


if __name__ == "__main__":
    main()
