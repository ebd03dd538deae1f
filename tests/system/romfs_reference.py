# SPDX-FileCopyrightText: Romsmith contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROMFS once more, written from the description of the format and not from Romsmith's sources.

A tree is a dict of names (str) to contents (bytes) or trees (dict). Both writers sort by name.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Union

Tree = dict[str, Union[bytes, "Tree"]]

MAGIC = b"\xd2\xcd\x31"
PADDING, DATA, POINTER, DIRECTORY, FILE = 1, 2, 3, 4, 5


class Malformed(Exception):
    pass


class Entry(NamedTuple):
    path: bytes
    data: Optional[bytes]  # None for a directory
    offset: int  # of the content, or of a directory's first record, from the start of the image


def varuint(value: int, width: int = 1) -> bytes:
    """Base 128, most significant group first, filled with 0x80 up to `width` bytes."""
    encoded = [value & 0x7F]
    while value := value >> 7:
        encoded.insert(0, 0x80 | value & 0x7F)
    return b"\x80" * (width - len(encoded)) + bytes(encoded)


def record(kind: int, payload: bytes) -> bytes:
    return varuint(kind) + varuint(len(payload)) + payload


def counted(name: bytes) -> bytes:
    return varuint(len(name)) + name


def file_record(name: bytes, data: bytes) -> bytes:
    return record(FILE, counted(name) + record(DATA, data))


def directory_record(name: bytes, *children: bytes) -> bytes:
    return record(DIRECTORY, counted(name) + b"".join(children))


def image(*records: bytes) -> bytes:
    payload = b"".join(records)
    return MAGIC + varuint(len(payload)) + payload


# --- reading --------------------------------------------------------------------------------------------------------


def read(data: bytes) -> list[Entry]:
    """Everything in an image, in its order. Raises Malformed where a reader must not go on."""
    if data[:3] != MAGIC:
        raise Malformed("magic")
    length, begin = _read_varuint(data, 3, len(data))
    if begin + length > len(data):
        raise Malformed("cut off")
    return list(_read_level(data, begin, begin, begin + length, b""))


def _read_varuint(data: bytes, position: int, end: int) -> tuple[int, int]:
    value = 0
    while position < end:
        value = value << 7 | data[position] & 0x7F
        position += 1
        if data[position - 1] < 0x80:
            if value > 0xFFFFFFFF:
                raise Malformed("number wraps on the device")
            return value, position
    raise Malformed("varuint")


def _records(data: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    while position < end:
        kind, position = _read_varuint(data, position, end)
        length, position = _read_varuint(data, position, end)
        if kind == 0 or position + length > end:
            raise Malformed("record")
        yield kind, position, position + length
        position += length


def _read_level(data: bytes, base: int, begin: int, end: int, parent: bytes) -> Iterator[Entry]:
    for kind, payload, stop in _records(data, begin, end):
        if kind not in (DIRECTORY, FILE):
            continue
        length, name = _read_varuint(data, payload, stop)
        nested = name + length
        if nested > stop:
            raise Malformed("name")
        path = (parent + b"/" if parent else b"") + data[name:nested]
        if kind == DIRECTORY:
            yield Entry(path, None, nested)
            yield from _read_level(data, base, nested, stop, path)
        else:
            yield _read_file(data, base, nested, stop, path)


def _read_file(data: bytes, base: int, begin: int, end: int, path: bytes) -> Entry:
    for kind, payload, stop in _records(data, begin, end):
        if kind == DATA:
            return Entry(path, data[payload:stop], payload)
        if kind == POINTER:
            size, position = _read_varuint(data, payload, stop)
            offset, _ = _read_varuint(data, position, stop)
            return Entry(path, data[base + offset : base + offset + size], base + offset)
    raise Malformed("no content")


# --- writing as MicroPython's reference writer does -----------------------------------------------------------------


def write_compact(tree: Tree) -> bytes:
    payload = _compact_level(tree)
    length = varuint(len(payload))
    if (len(MAGIC) + len(length) + len(payload)) % 2:
        length = b"\x80" + length
    return MAGIC + length + payload


def _compact_level(tree: Tree) -> bytes:
    out = b""
    for name, child in sorted(tree.items()):
        if isinstance(child, dict):
            out += directory_record(name.encode(), _compact_level(child))
        else:
            out += file_record(name.encode(), child)
    return out


# --- writing as OpenMV's builders do --------------------------------------------------------------------------------

OPENMV_RULES = {"tflite": 16, "lite": 16, "bin": 16}
OPENMV_N6_RULES = {"tflite": 32, "lite": 32, "bin": 32, "onnx": 32}


def write_openmv(tree: Tree, rules: dict[str, int]) -> bytes:
    """A header of 16 bytes, file headers of 8, folders aligned to the largest rule, content by its extension or to 4."""
    payload = _openmv_level(tree, 16, rules)
    return MAGIC + varuint(len(payload), 13) + payload


def _openmv_level(tree: Tree, position: int, rules: dict[str, int]) -> bytes:
    start = position
    out = b""
    for name, child in sorted(tree.items()):
        position = start + len(out)
        counted_name = counted(name.encode())
        if isinstance(child, dict):
            # What is inside an aligned folder is the same wherever the folder stands.
            payload = counted_name + _openmv_level(child, 0, rules)
            width = _width_that_aligns(position + 1, len(payload), len(counted_name), max(4, *rules.values()))
            out += varuint(DIRECTORY) + varuint(len(payload), width) + payload
        else:
            alignment = rules.get(name.rpartition(".")[2].lower(), 4) if "." in name else 4
            width = _width_that_aligns(position + 8 + len(counted_name) + 1, len(child), 0, alignment)
            payload = counted_name + varuint(DATA) + varuint(len(child), width) + child
            out += varuint(FILE) + varuint(len(payload), 7) + payload
    return out


def _width_that_aligns(position: int, value: int, following: int, alignment: int) -> int:
    """How wide a varuint at `position` must be for what stands `following` bytes behind it to be aligned."""
    width = len(varuint(value))
    while (position + width + following) % alignment:
        width += 1
    return width
