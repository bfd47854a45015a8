# SPDX-License-Identifier: GPL-3.0-or-later
"""Lengths, widths and headings of boxes are those on the ground."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from weft.polygons.boxes import axes


@pytest.mark.parametrize("crs", [32631, 4326, 4807, 27572, 3857])
def test_sides_and_heading_are_told_in_every_crs(crs: int) -> None:
    middle, length, width, heading = (2.3, 48.8), 100.0, 20.0, 30.0
    ahead, aside = np.array([1, 1, -1, -1]) * length / 2, np.array([1, -1, -1, 1]) * width / 2
    azimuth = heading + np.degrees(np.arctan2(aside, ahead))
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(
        *np.broadcast_to(np.array(middle)[:, None], (2, 4)), azimuth, np.hypot(ahead, aside)
    )
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    box = shapely.Polygon(np.column_stack(to_crs.transform(longitude, latitude)))
    found = axes(np.array([box]), CRS.from_epsg(crs))
    assert [side[0] for side in found] == pytest.approx([length, width, heading], rel=1e-3)
