"""Writes the network as an ONNX file (opset 17, any number of images)."""

import argparse
import json
import sys
import warnings

try:
    import onnx  # noqa: F401, the exporter needs it
    import torch
except ImportError as error:
    sys.exit(f"{sys.executable} lacks {error.name}")

from sparnet import Sparnet
from tensor_file import read_tensors

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--arch", required=True, help="the network's arguments, as JSON")
parser.add_argument("--model", required=True, help="safetensors: the weights")
parser.add_argument("--output", required=True, help="the ONNX file")
options = parser.parse_args()

arch = json.loads(options.arch)
model = Sparnet(**arch).eval()
model.load_state_dict(read_tensors(options.model))
x = torch.zeros(2, 3, arch["in_size"], arch["in_size"])
warnings.simplefilter("ignore")
torch.onnx.export(
    model,
    (x,),
    options.output,
    opset_version=17,
    dynamo=False,
    input_names=["x"],
    output_names=["y"],
    dynamic_axes={"x": {0: "images"}, "y": {0: "images"}},
)
