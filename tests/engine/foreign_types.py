"""Checkpoints with numbers that NumPy has no type for, as other programs write them."""

import json
import struct
from pathlib import Path

FOREIGN_TYPES = {"BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1}  # and the bytes of a number
FLOAT32 = 4  # bytes


def retyped(path: Path, name: str, kind: str) -> bytes:
    """The checkpoint's bytes, the tensor `name` of the same shape but of another type.

    By hand: safetensors' own writer for NumPy has no such types either.
    """
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    tensors, content = {"__metadata__": header.pop("__metadata__")}, b""
    for other, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        if other == name:
            assert entry["dtype"] == "F32"
            end = begin + (end - begin) // FLOAT32 * FOREIGN_TYPES[kind]
            entry["dtype"] = kind
        entry["data_offsets"] = [len(content), len(content) + end - begin]
        content += data[begin:end]
        tensors[other] = entry
    encoded = json.dumps(tensors).encode()
    return struct.pack("<Q", len(encoded)) + encoded + content
