"""Holds the PyTorch network against the project's reference numbers: outputs, attention maps, running statistics and
gradients of every vectors/sparnet-* case (or of the folders named). Prints a line each; exit code 1 on a failure.

    python bench/torch/check.py [FOLDER...]
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from sparnet import Sparnet
from tensor_file import read_tensors


def check(folder):
    case = json.loads((folder / "case.json").read_text())
    read = lambda name: read_tensors(folder / f"{name}.safetensors")
    weights, inputs = read("weights"), read("inputs")
    # Reference values are the true ones, so float64 shows the network and not its rounding.
    model = Sparnet(**case["config"]["arch"]).double()
    model.load_state_dict(weights)
    x = inputs["input"].double().requires_grad_()
    target = inputs["target"].double()

    found = {"eval": {}, "train": {}, "grads-mse": {}}
    model.eval()
    with torch.no_grad():
        found["eval"] |= forward(model, inputs["input_odd"].double(), "output_odd", "att_odd")
    found["eval"] |= forward(model, x, "output", "att")
    F.mse_loss(found["eval"]["output"], target).backward()
    found["grads-mse"]["grad_input_eval_mode"] = x.grad

    model.train()
    model.zero_grad()
    x.grad = None
    found["train"] |= forward(model, x, "output", "att")
    F.mse_loss(found["train"]["output"], target).backward()
    found["train"] |= {f"after.{name}": value for name, value in model.named_buffers()}
    found["grads-mse"]["grad_input"] = x.grad
    found["grads-mse"] |= {f"grad.{name}": value.grad for name, value in model.named_parameters()}

    good = True
    for name, tensors in found.items():
        reference = read(name)
        tolerance = case["tolerances"][name]["tol"]
        missing = reference.keys() - tensors.keys()
        error = 1.0 if missing else worst(tensors, reference)
        passed = error <= tolerance
        good &= passed
        print(f"{'ok' if passed else 'FAIL':5} {folder.name:20} {name:10} {error:.1e} {tolerance}", *missing)
    return good


def forward(model, x, name, map_name):
    """The output and every attention map."""
    results = {}
    hooks = [
        module.register_forward_hook(lambda *args, key=f"{map_name}.{path.removesuffix('.out_block')}": results.update({key: args[2]}))
        for path, module in model.named_modules()
        if path.endswith(".out_block")
    ]
    results[name] = model(x)
    for hook in hooks:
        hook.remove()
    return results


def worst(tensors, reference):
    """The largest error of a file, each tensor's relative to its own largest value (and to the file's a little)."""
    floats = {name: value.double() for name, value in reference.items() if value.is_floating_point()}
    scale = max(value.abs().max() for value in floats.values())
    errors = [
        (tensors[name].double() - value).abs().max() / (value.abs().max() + 0.001 * scale)
        for name, value in floats.items()
    ]
    integers = (name for name in reference if name not in floats)
    return 1.0 if any((tensors[name] != reference[name]).any() for name in integers) else max(errors).item()


if __name__ == "__main__":
    vectors = Path(__file__).parents[2] / "vectors"
    folders = [Path(name) for name in sys.argv[1:]] or sorted(vectors.glob("sparnet-*/"))
    results = [check(folder) for folder in folders]
    sys.exit(0 if results and all(results) else 1)
