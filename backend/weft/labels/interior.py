# SPDX-License-Identifier: GPL-3.0-or-later
"""Burning the interiors of labelled objects: what touching objects never share.

A network that tells interiors from rims leaves one seed in each object, also where the objects
themselves touch: the inside and border classes of cell segmentation (Ronneberger et al. 2015,
arXiv:1505.04597, weigh the borders instead).
"""

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.features import rasterize

from weft.grid import to_pixels
from weft.labels.burn import Geometries, labels_near
from weft.labels.read import BACKGROUND, Labels

RIM = 6.0  # pixels
SHARE = 0.4  # of the radius of the largest circle inside, where that is less
BEYOND = 64  # pixels of a label around the window that are looked at; outlines may be endless


def burn_interiors(
    labels: Labels, grid_crs: CRS | None, transform: Affine, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Whether each pixel (h, w) lies deeper inside a label than its rim.

    Where labels overlap, the later in the file covers the earlier, its rim included.
    """
    names, geometries = labels_near(labels, grid_crs, transform, shape)
    # another CRS may have made outlines cross themselves
    geometries = shapely.make_valid(to_pixels(geometries, transform))
    near = shapely.box(-BEYOND, -BEYOND, shape[1] + BEYOND, shape[0] + BEYOND)
    parts, owner = shapely.get_parts(shapely.intersection(geometries, near), return_index=True)
    solid = shapely.area(parts) > 0
    parts, owner = parts[solid], owner[solid]
    inside = interiors(parts)
    inside[(np.asarray(names) == BACKGROUND)[owner]] = shapely.Polygon()
    # each object wipes what lies below it before its own interior is burnt
    layers = np.stack([parts, inside], axis=1).ravel()
    values = np.tile([0, 1], len(parts))
    burnt = ~shapely.is_empty(layers)
    out = np.zeros(shape, np.uint8)
    if burnt.any():
        rasterize(zip(layers[burnt], values[burnt].tolist(), strict=True), out=out)
    return out.astype(bool)


def interiors(polygons: Geometries) -> Geometries:
    """Polygons without their rims, whose width is the same all around; small ones have less."""
    circles = shapely.maximum_inscribed_circle(polygons, tolerance=0.5)
    return np.asarray(shapely.buffer(polygons, -np.minimum(RIM, SHARE * shapely.length(circles))))
