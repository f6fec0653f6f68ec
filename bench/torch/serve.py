"""How a contender is driven: its first line on stdout says what it is ({"name"}) or why it can't take part
({"absent"}); every word on stdin is a call, answered by a line of JSON."""

import argparse
import json
import resource
import sys


def contender_parser(description):
    """The options that every contender takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--model", required=True, help="the file of the network: safetensors, or ONNX")
    parser.add_argument("--batch", required=True, help="safetensors: input and target, U8 [N,H,W,3]")
    parser.add_argument("--unit", type=int, required=True, help="the images of the batch file that count")
    parser.add_argument("--images", type=int, required=True, help="so many are made of them by repetition")
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--output", required=True, help="forward: the file for the output of `unit` images")
    return parser


def serve(name, calls):
    """Say the name, then answer calls by name."""
    answer({"name": name})
    calls = {"usage": usage} | calls
    for line in sys.stdin:
        answer(calls[line.strip()]())


def serve_absent(why):
    """Say that this contender can't take part."""
    answer({"absent": why})


def usage():
    # Linux counts it in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return {"peakRss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def answer(value):
    print(json.dumps(value), flush=True)
