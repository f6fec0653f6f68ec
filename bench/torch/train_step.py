"""Trains SPARNet a step at a time with PyTorch: float32, channels_last, mean squared error, Adam.

Driven line by line: `step` on stdin takes one step and answers {"seconds", "loss"}, `usage` answers
{"peakRss"} in bytes. The first line on stdout, {"name"}, says that it is ready.
"""

import argparse
import json
import resource
import sys
import time

import torch
import torch.nn.functional as F

from sparnet import Sparnet
from tensor_file import read_tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arch", required=True, help="the network's arguments, as JSON")
    parser.add_argument("--model", required=True, help="safetensors: the weights it starts from")
    parser.add_argument("--batch", required=True, help="safetensors: input and target, U8 [N,H,W,3]")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--lr", type=float, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    model = Sparnet(**json.loads(options.arch))
    model.load_state_dict(read_tensors(options.model))
    model = model.to(memory_format=torch.channels_last).train()
    batch = read_tensors(options.batch)
    x, target = images(batch["input"]), images(batch["target"])
    adam = torch.optim.Adam(model.parameters(), lr=options.lr, betas=(0.9, 0.99))

    def step():
        start = time.perf_counter()
        loss = F.mse_loss(model(x), target)
        adam.zero_grad()
        loss.backward()
        adam.step()
        value = loss.item()
        return {"seconds": time.perf_counter() - start, "loss": value}

    def usage():
        # Linux counts it in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        return {"peakRss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}

    calls = {"step": step, "usage": usage}
    answer({"name": f"PyTorch {torch.__version__}"})
    for line in sys.stdin:
        answer(calls[line.strip()]())


def images(data):
    """U8 [N,H,W,3] as [N,3,H,W] in [-1, 1], channels last in memory."""
    return (data.permute(0, 3, 1, 2).float() / 127.5 - 1).to(memory_format=torch.channels_last)


def answer(value):
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
