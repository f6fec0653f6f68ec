"""The steps of @sparnet/degrade with OpenCV and numpy on one thread.

python degrade_opencv.py PICTURES SIDE RESIZE: PICTURES holds RGB pictures of SIDE x SIDE pixels, 8 bits a sample, one
after the other; RESIZE is "pillow" (antialiased, as our presets define it) or "opencv" (INTER_CUBIC).
Every line on stdin is a job in JSON; it is answered by {"seconds", "mean", "deviation"}. The first line on stdout,
{"name"}, says that it is ready.
"""

import json
import math
import sys
import time

import cv2
import numpy as np
import PIL
from PIL import Image


def gaussian(image, step):
    sigma = step["sigma"]
    factor = 3.3 if sigma < 3 else 2.9 if sigma < 5 else 2.6
    size = step.get("size") or int(max(5, factor * sigma)) | 1
    return cv2.GaussianBlur(image, (size, size), sigma, borderType=cv2.BORDER_REFLECT_101)


def average(image, step):
    return cv2.blur(image, (step["size"], step["size"]), borderType=cv2.BORDER_REFLECT_101)


def median(image, step):
    return cv2.medianBlur(image, step["size"] | 1)


def motion(image, step):
    size = step["size"] | 1
    reach = size // 2
    start = (step["direction"] + 1) / 2
    line = np.zeros((size, size), np.float32)
    line[:, reach] = np.linspace(start, 1 - start, size)
    turn = cv2.getRotationMatrix2D((reach, reach), -step["angle"], 1)
    kernel = cv2.warpAffine(line, turn, (size, size))
    return correlated(image, kernel)


def generalised_gaussian(image, step):
    sigma = step["sigma"]
    sigma_y = step.get("sigmaY", sigma)
    if sigma_y == sigma and step.get("beta", 1) == 1:
        return gaussian(image, step)
    reach = step["size"] // 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    turn = math.radians(step.get("angle", 0))
    u = (math.cos(turn) * x + math.sin(turn) * y) / sigma
    v = (math.cos(turn) * y - math.sin(turn) * x) / sigma_y
    return correlated(image, np.exp(-((u * u + v * v) ** step.get("beta", 1)) / 2))


def correlated(image, kernel):
    kernel = (kernel / kernel.sum()).astype(np.float32)
    return cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REFLECT_101)


def resized(image, width, height):
    if resizer == "opencv":
        return cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))


def resize(image, step):
    height, width = image.shape[:2]
    if "scale" in step:
        return resized(image, max(1, int(width * step["scale"])), max(1, int(height * step["scale"])))
    return resized(image, step["size"], step["size"])


def noise(image, step):
    noisy = image + np.random.normal(0, step["sigma"], image.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def jpeg(image, step):
    quality = step.get("quality") or int(round(1 + 99 * (1 - step["compression"] / 101)))
    # The order of the channels is as good as any for the time; OpenCV wants blue first.
    _, file = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(file, cv2.IMREAD_COLOR_RGB)


steps = {
    "average": average,
    "gaussian": gaussian,
    "generalised-gaussian": generalised_gaussian,
    "jpeg": jpeg,
    "median": median,
    "motion": motion,
    "noise": noise,
    "resize": resize,
}


def run(image, job):
    if "step" in job:
        return steps[job["step"]["op"]](image, job["step"])
    lr = image
    for step in job["parameters"]["steps"]:
        lr = steps[step["op"]](lr, step)
    return resized(lr, image.shape[1], image.shape[0])


def answer(value):
    print(json.dumps(value), flush=True)


_, file, side, resizer = sys.argv
cv2.setNumThreads(1)
pictures = np.fromfile(file, np.uint8).reshape(-1, int(side), int(side), 3)
name = f"OpenCV {cv2.__version__}"
answer({"name": name if resizer == "opencv" else f"{name}, Pillow {PIL.__version__} for resizing"})
for line in sys.stdin:
    job = json.loads(line)
    if "step" in job and job["step"]["op"] not in steps:
        answer(None)
        continue
    start = time.perf_counter()
    result = run(pictures[job["picture"]], job)
    seconds = time.perf_counter() - start
    answer({"seconds": seconds, "mean": float(result.mean()), "deviation": float(result.std())})
