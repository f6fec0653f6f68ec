"""How a contender is driven: its first line on stdout says what it is ({"name"}) or why it can't take part
({"absent"}); every word on stdin is a call, answered by a line of JSON."""

import json
import resource
import sys


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
