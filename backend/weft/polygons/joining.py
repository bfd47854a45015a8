# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pieces make up one object.

Regions are joined again where the network saw no rim between them, by the mean along their border
as in the merging of contours (Arbeláez et al. 2011, 10.1109/TPAMI.2010.161).
"""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from weft.polygons.pieces import Pieces
from weft.polygons.prediction import FULL

RIM_BELOW = 0.25  # a border is a rim where the mean probability of interiors is less


def find_objects(pieces: Pieces, least: NDArray[np.float64]) -> pd.Series:
    """The object of each piece, by the piece's number.

    What no interior has reached, and what has less than `least` (256,) pixels of its class, goes to
    the neighbour of its class with the longest border, if there is one.
    """
    table = pieces.table
    group = joined(table.index, pieces.meetings[pieces.meetings["linked"]])
    seeded = table["seeded"].groupby(group).any()
    group = without_rims(pieces, group, seeded)
    group = handed_on(pieces, group, ~table["seeded"].groupby(group).any())
    pixels = table["pixels"].groupby(group).sum()
    return handed_on(pieces, group, pixels < least[table["kind"].groupby(group).first()])


def joined(members: pd.Index, pairs: pd.DataFrame) -> pd.Series:
    """The group of each member: `one` and `other` of all `pairs` are of the same."""
    places = members.get_indexer(pairs["one"]), members.get_indexer(pairs["other"])
    graph = coo_array((np.ones(len(pairs), bool), places), shape=(len(members), len(members)))
    return pd.Series(connected_components(graph, directed=False)[1], index=members)


def without_rims(pieces: Pieces, group: pd.Series, seeded: pd.Series) -> pd.Series:
    """The groups, with those made one that are `seeded` and have no rim between them."""
    border = borders(pieces, group)
    no_rim = border["level"] >= RIM_BELOW * FULL * border["edges"]
    both = border[["one", "other"]].isin(seeded.index[seeded]).all(axis=1)
    return group.map(joined(seeded.index, border[no_rim & both]))


def handed_on(pieces: Pieces, group: pd.Series, weak: pd.Series) -> pd.Series:
    """The groups, with each `weak` one made one with the neighbour of the longest border."""
    border = borders(pieces, group)
    border = pd.concat([border, border.rename(columns={"one": "other", "other": "one"})])
    border = border[border["one"].isin(weak.index[weak])]
    # of two borders of one length, that with the neighbour that begins first
    corner = corners(pieces).groupby(group).min()
    border["corner"] = border["other"].map(corner)
    ordered = border.sort_values(["edges", "corner"], ascending=[False, True])
    return group.map(joined(weak.index, ordered.drop_duplicates("one")))


def borders(pieces: Pieces, group: pd.Series) -> pd.DataFrame:
    """Pairs `one`, `other` of groups of one class, with the `edges` and `level` of their border."""
    met, kind = pieces.meetings, pieces.table["kind"]
    own = met["one"].map(kind).eq(met["other"].map(kind)) & (met["edges"] > 0)
    sides = np.sort([met.loc[own, name].map(group) for name in ("one", "other")], axis=0)
    border = met.loc[own, ["edges", "level"]].assign(one=sides[0], other=sides[1])
    apart = border[border["one"] != border["other"]]
    return apart.groupby(["one", "other"], as_index=False).sum()


def corners(pieces: Pieces) -> pd.Series:
    """The upper left corner of each piece, as one number that rises row by row."""
    points, outline = shapely.get_coordinates(pieces.outlines.to_numpy(), return_index=True)
    rising = points[:, 1].astype(np.int64) * 2**32 + points[:, 0].astype(np.int64)
    return pd.Series(rising).groupby(pieces.outlines.index.to_numpy()[outline]).min()
