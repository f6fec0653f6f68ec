"""SPARNet in PyTorch, channels last: the output, or a training step with mean squared error and Adam. See serve.py."""

import json
import sys
import time
from array import array
from contextlib import nullcontext

from serve import contender_parser, serve, serve_absent

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    serve_absent(f"{sys.executable} has no torch (SPARNET_PYTHON names another)")
    sys.exit()

from sparnet import Sparnet
from tensor_file import read_tensors


def main():
    parser = contender_parser(__doc__)
    parser.add_argument("--task", required=True, choices=["forward", "step"])
    parser.add_argument("--arch", required=True, help="the network's arguments, as JSON")
    parser.add_argument("--precision", required=True, choices=["float32", "bfloat16"], help="bfloat16: autocast")
    parser.add_argument("--lr", type=float, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    model = Sparnet(**json.loads(options.arch))
    model.load_state_dict(read_tensors(options.model))
    model = model.to(memory_format=torch.channels_last)
    batch = read_tensors(options.batch)
    x, target = (images(batch[name], options) for name in ("input", "target"))
    task = {"forward": forward_calls, "step": step_calls}[options.task]
    precision = " autocast to bfloat16" if options.precision == "bfloat16" else ""
    serve(f"PyTorch {torch.__version__}{precision}", task(model, x, target, options))


def autocast(precision):
    return torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bfloat16" else nullcontext()


def forward_calls(model, x, _, options):
    model.eval()

    @torch.inference_mode()
    def forward():
        with autocast(options.precision):
            return model(x)

    def warm_up():
        output = forward()[: options.unit].float().permute(0, 2, 3, 1)
        with open(options.output, "wb") as file:
            array("f", output.flatten().tolist()).tofile(file)
        return {}

    return {"warm-up": warm_up, "turn": lambda: timed(forward)}


def step_calls(model, x, target, options):
    model.train()
    adam = torch.optim.Adam(model.parameters(), lr=options.lr, betas=(0.9, 0.99))

    def step():
        with autocast(options.precision):
            loss = F.mse_loss(model(x), target)
        adam.zero_grad()
        loss.backward()
        adam.step()
        return loss.item()

    return {"warm-up": lambda: {"loss": step()}, "turn": lambda: timed(step)}


def timed(work):
    start = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - start}


def images(data, options):
    """U8 [N,H,W,3] as [N,3,H,W] in [-1, 1], channels last in memory."""
    repeated = data[: options.unit].repeat(options.images // options.unit, 1, 1, 1)
    return (repeated.permute(0, 3, 1, 2).float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


if __name__ == "__main__":
    main()
