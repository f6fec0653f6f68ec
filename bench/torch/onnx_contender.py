"""SPARNet's output by ONNX Runtime on the CPU. See serve.py. Loads no PyTorch, whose memory would count."""

import sys
import time

from serve import contender_parser, serve, serve_absent

try:
    import numpy
    import onnxruntime
except ImportError:
    serve_absent(f"{sys.executable} has no onnxruntime (SPARNET_PYTHON names another)")
    sys.exit()

from tensor_file import read_entries


def main():
    options = contender_parser(__doc__).parse_args()

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(options.model, settings, providers=["CPUExecutionProvider"])
    _, shape, data = read_entries(options.batch)["input"]
    images = numpy.frombuffer(data, numpy.uint8).reshape(shape)[: options.unit]
    x = images.transpose(0, 3, 1, 2).astype(numpy.float32) / numpy.float32(127.5) - 1
    x = numpy.ascontiguousarray(numpy.tile(x, (options.images // options.unit, 1, 1, 1)))

    def forward():
        return session.run(None, {"x": x})[0]

    def warm_up():
        numpy.ascontiguousarray(forward()[: options.unit].transpose(0, 2, 3, 1)).tofile(options.output)
        return {}

    def turn():
        start = time.perf_counter()
        forward()
        return {"seconds": time.perf_counter() - start}

    serve(f"ONNX Runtime {onnxruntime.__version__}", {"warm-up": warm_up, "turn": turn})


if __name__ == "__main__":
    main()
