"""Reads safetensors files, so that PyTorch is all that is needed."""

import json
import struct


def read_entries(path):
    """The safetensors dtype, the shape and the bytes of every tensor of a file, by name. Needs no PyTorch."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    # Copies: places in a file need not be aligned.
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}


def read_tensors(path):
    """All tensors of a file, by name."""
    import torch

    dtypes = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}

    def tensor(dtype, shape, data):
        if not data:
            return torch.empty(shape, dtype=dtypes[dtype])
        return torch.frombuffer(data, dtype=dtypes[dtype]).reshape(shape)

    return {name: tensor(*entry) for name, entry in read_entries(path).items()}
