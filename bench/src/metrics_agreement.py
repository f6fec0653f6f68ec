"""Scores pairs of images by every package that is here, in double precision.

Arguments: a file of RGB images in bytes, truth and guess in turn; their side. Prints
{"scores": {metric: {protocol: {peer: [score, ...]}}}, "missing": [...]}.
"""

import importlib
import json
import sys

import numpy as np

COEFFICIENTS = np.array([65.481, 128.553, 24.966]) / 255
EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def luminance(image, protocol):
    red, green, blue = COEFFICIENTS
    luma = red * image[..., 0] + green * image[..., 1] + blue * image[..., 2] + 16
    return np.trunc(luma) if protocol == "sparnet" else luma


def of_scikit_image():
    import skimage
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    def ssim(a, b):
        return structural_similarity(
            a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
        )

    psnr = lambda a, b: peak_signal_noise_ratio(a, b, data_range=255)
    yield f"scikit-image {skimage.__version__}", {"psnr": psnr, "ssim": ssim}


def of_torchmetrics():
    import torch
    import torchmetrics
    from torchmetrics.functional import image as functional

    torch.set_num_threads(1)
    batch = lambda plane: torch.from_numpy(np.ascontiguousarray(plane))[None, None]

    def on_batches(metric):
        return lambda a, b: metric(batch(a), batch(b), data_range=255.0).item()

    def ssim_inside(a, b):
        ssim = functional.structural_similarity_index_measure
        _, places = ssim(batch(a), batch(b), data_range=255.0, return_full_image=True)
        return places[..., 5:-5, 5:-5].mean().item()

    name = f"torchmetrics {torchmetrics.__version__}"
    yield f"{name}, margin cut off", {"ssim": ssim_inside}
    yield name, {
        "psnr": on_batches(functional.peak_signal_noise_ratio),
        "ssim": on_batches(functional.structural_similarity_index_measure),
        "ms-ssim": on_batches(functional.multiscale_structural_similarity_index_measure),
    }


def of_opencv():
    import cv2

    yield f"OpenCV {cv2.__version__}", {"psnr": lambda a, b: cv2.PSNR(a, b, 255)}


def of_scipy():
    import scipy
    from scipy.ndimage import correlate1d

    window = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window /= window.sum()

    def mean(plane):
        return correlate1d(correlate1d(plane, window, axis=0), window, axis=1)[5:-5, 5:-5]

    def factors(a, b):
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        mean_a, mean_b = mean(a), mean(b)
        covariance = mean(a * b) - mean_a * mean_b
        variances = mean(a * a) - mean_a**2 + mean(b * b) - mean_b**2
        luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
        return luminance, (2 * covariance + c2) / (variances + c2)

    def halved(plane):
        height, width = (side // 2 for side in plane.shape)
        return plane[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean((1, 3))

    def ms_ssim(a, b):
        score = 1.0
        for scale, exponent in enumerate(EXPONENTS):
            if scale > 0:
                a, b = halved(a), halved(b)
            luminance, structure = factors(a, b)
            last = scale == len(EXPONENTS) - 1
            score *= max(0.0, (luminance * structure if last else structure).mean()) ** exponent
        return score

    def ssim(a, b):
        luminance, structure = factors(a, b)
        return (luminance * structure).mean()

    psnr = lambda a, b: 10 * np.log10(255**2 / ((a - b) ** 2).mean())
    name = f"the formulas in SciPy {scipy.__version__}"
    yield name, {"psnr": psnr, "ssim": ssim, "ms-ssim": ms_ssim}


def main():
    file, side = sys.argv[1], int(sys.argv[2])
    images = np.fromfile(file, dtype=np.uint8).reshape(-1, side, side, 3)
    peers = {
        "skimage": of_scikit_image,
        "torchmetrics": of_torchmetrics,
        "cv2": of_opencv,
        "scipy": of_scipy,
    }
    scores, missing = {}, []
    for module, peer in peers.items():
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(module)
            continue
        for name, metrics in peer():
            add_scores(scores, name, metrics, images)
    print(json.dumps({"scores": scores, "missing": missing}))


def add_scores(scores, name, metrics, images):
    for protocol in ("sparnet", "matlab"):
        planes = [luminance(image, protocol) for image in images]
        for metric, function in metrics.items():
            of_protocol = scores.setdefault(metric, {}).setdefault(protocol, {})
            of_protocol[name] = [float(function(a, b)) for a, b in zip(planes[::2], planes[1::2])]


if __name__ == "__main__":
    main()
