"""Reads safetensors files, so that PyTorch is all that is needed."""

import json
import struct

import torch

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}


def read_tensors(path):
    """All tensors of a file, by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {name: _tensor(data, **entry) for name, entry in header.items()}


def _tensor(data, *, dtype, shape, data_offsets):
    start, end = data_offsets
    if start == end:
        return torch.empty(shape, dtype=DTYPES[dtype])
    # A copy: places in a file need not be aligned.
    return torch.frombuffer(data[start:end], dtype=DTYPES[dtype]).reshape(shape)
