# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter bank of ilastik's pixel classification: edges, blobs and texture at several scales."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, gaussian_laplace

Pixels = NDArray[np.float32]

SCALES = (0.7, 1.6, 3.5, 5.0)  # four of ilastik's own seven sigmas, in pixels
OUTER = 0.5  # ilastik smooths the structure tensor by half the scale of its gradients
TRUNCATE = 4.0  # standard deviations at which a Gaussian ends
FILTERS = 5
MARGIN = 2 + math.ceil(TRUNCATE * (1 + OUTER) * max(SCALES))  # pixels that the bank sees around one


def filter_bank(pixels: Pixels) -> Pixels:
    """Features (bands · scales · FILTERS, h, w) of an image (bands, h, w)."""
    # scipy's filters let go of Python's lock, so that bands run side by side
    with ThreadPoolExecutor() as threads:
        return np.concatenate(list(threads.map(filter_band, pixels)))


def filter_band(band: Pixels) -> Pixels:
    """Features (scales · FILTERS, h, w) of one band (h, w)."""
    features = [feature for scale in SCALES for feature in filter_once(band, scale)]
    return np.stack(features)


def filter_once(band: Pixels, scale: float) -> tuple[Pixels, ...]:
    """Gaussian, gradient magnitude, Laplacian and both eigenvalues of the structure tensor."""
    smooth = gaussian_filter(band, scale, truncate=TRUNCATE)
    down = gaussian_filter(band, scale, order=(1, 0), truncate=TRUNCATE)
    across = gaussian_filter(band, scale, order=(0, 1), truncate=TRUNCATE)
    blobs = gaussian_laplace(band, scale, truncate=TRUNCATE)
    return smooth, np.hypot(down, across), blobs, *eigenvalues(down, across, scale * OUTER)


def eigenvalues(down: Pixels, across: Pixels, sigma: float) -> tuple[Pixels, Pixels]:
    """The larger and the smaller eigenvalue of the structure tensor of a gradient field."""
    yy, yx, xx = (
        gaussian_filter(product, sigma, truncate=TRUNCATE)
        for product in (down * down, down * across, across * across)
    )
    middle, half = (yy + xx) / 2, np.hypot((yy - xx) / 2, yx)
    return middle + half, middle - half
