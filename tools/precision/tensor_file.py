"""Reads and writes a safetensors file, with nothing but Python."""

import json
import pathlib
import struct


def read(path):
    """[(name, dtype, shape, bytes)] in the file's order."""
    stored = pathlib.Path(path).read_bytes()
    length = struct.unpack("<Q", stored[:8])[0]
    entries = []
    for name, entry in json.loads(stored[8 : 8 + length]).items():
        if name != "__metadata__":
            first, end = entry["data_offsets"]
            entries.append((name, entry["dtype"], entry["shape"], stored[8 + length + first : 8 + length + end]))
    return entries


def write(path, entries):
    header, offset = {}, 0
    for name, dtype, shape, data in entries:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for *_, data in entries:
            file.write(data)
