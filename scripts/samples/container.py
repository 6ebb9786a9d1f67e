"""Writes the samples: safetensors with the names of docs/formats.md."""
import hashlib
import io
import json
import pathlib
import struct

CODES = {"BOOL": "B", "I32": "i", "I64": "q"}

# Type, shape and bytes.
Tensor = tuple[str, list[int], bytes]


def pack(kind: str, shape: list[int], values: list[int]) -> Tensor:
    """A tensor of a type of `CODES`."""
    return kind, shape, struct.pack(f"<{len(values)}{CODES[kind]}", *values)


def write(path: pathlib.Path, parts: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Length of the header, header, tensors; tells size and checksum of the file."""
    header, end, body = {"__metadata__": metadata}, 0, io.BytesIO()
    for name, (kind, shape, data) in parts.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += body.write(data)
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body.getvalue())
    print(f"{path.name}: {path.stat().st_size} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
