"""Scores pairs of images with scikit-image: PSNR and SSIM of their luminance, in double precision.

Arguments: a file of RGB images in bytes, truth and guess in turn; their side. Driven line by line:
{"first", "last"} on stdin is answered by {"seconds", "psnr", "ssim"}. The first line on stdout,
{"name"}, says that it is ready.
"""

import json
import sys
import time

import numpy as np
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

COEFFICIENTS = np.array([65.481, 128.553, 24.966]) / 255


def main():
    file, side = sys.argv[1], int(sys.argv[2])
    images = np.fromfile(file, dtype=np.uint8).reshape(-1, side, side, 3)

    def score(first, last):
        result = {"psnr": [], "ssim": []}
        start = time.perf_counter()
        for i in range(first, last):
            # Once for both metrics.
            truth, guess = luminance(images[2 * i]), luminance(images[2 * i + 1])
            result["psnr"].append(peak_signal_noise_ratio(truth, guess, data_range=255))
            result["ssim"].append(
                structural_similarity(
                    truth,
                    guess,
                    gaussian_weights=True,
                    sigma=1.5,
                    use_sample_covariance=False,
                    data_range=255,
                )
            )
        return {"seconds": time.perf_counter() - start, **result}

    answer({"name": f"scikit-image {skimage.__version__}, NumPy {np.__version__}"})
    for line in sys.stdin:
        answer(score(**json.loads(line)))


def luminance(image):
    return image @ COEFFICIENTS + 16


def answer(value):
    print(json.dumps(value, default=float), flush=True)


if __name__ == "__main__":
    main()
