"""Checkpoints changed behind the program's back."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

Header = dict[str, Any]


def parts(data: bytes) -> tuple[Header, bytes]:
    """The header of a safetensors file, and the numbers behind it."""
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def joined(header: Header, numbers: bytes) -> bytes:
    """The inverse of `parts`."""
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + numbers


def rewrite_header(path: Path, change: Callable[[Header], object]) -> None:
    """Change what the header says beside the tensors."""
    header, numbers = parts(path.read_bytes())
    change(header["__metadata__"])
    path.write_bytes(joined(header, numbers))
