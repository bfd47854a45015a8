# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that an analyst would write: windows, onnxruntime, arrays as large as the image.

    python benchmarks/plain.py MODEL.onnx IMAGE --out FILE.gpkg

Of a model that `weft export` wrote it uses what the file says of itself. Probabilities of
overlapping tiles are averaged; polygons are the outlines of all pixels from one half.
"""

import argparse
import json
from itertools import product
from pathlib import Path

import geopandas as gpd
import numpy as np
import onnxruntime
import rasterio
from numpy.typing import NDArray
from rasterio.features import shapes
from rasterio.windows import Window

OVERLAP = 64


def main() -> None:
    """Predict the image and write its polygons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("image", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(options.model, providers=["CPUExecutionProvider"])
    with rasterio.open(options.image) as dataset:
        found = predict(session, dataset) >= 0.5
        outlines = shapes(found.astype(np.uint8), mask=found, transform=dataset.transform)
        records = [{"type": "Feature", "geometry": each, "properties": {}} for each, _ in outlines]
        gpd.GeoDataFrame.from_features(records, crs=dataset.crs).to_file(options.out)


def predict(
    session: onnxruntime.InferenceSession, dataset: rasterio.DatasetReader
) -> NDArray[np.float32]:
    """The probability (H, W) of the first class."""
    said = session.get_modelmeta().custom_metadata_map
    bands, low, high = (json.loads(said[key]) for key in ("bands", "stretch_low", "stretch_high"))
    low, high = (np.array(each, np.float32)[:, None, None] for each in (low, high))
    given = session.get_inputs()[0]
    side = given.shape[-1]
    total = np.zeros(dataset.shape, np.float32)
    weight = np.zeros(dataset.shape, np.float32)
    starts = (range(0, max(1, length - OVERLAP), side - OVERLAP) for length in dataset.shape)
    for top, left in product(*starts):
        pixels = dataset.read(bands, window=Window(left, top, side, side), boundless=True)
        scaled = ((pixels - low) / (high - low)).clip(0, 1).astype(np.float32)
        probabilities = session.run(None, {given.name: scaled[None]})[0][0, 1]
        part = total[top : top + side, left : left + side]
        part += probabilities[: part.shape[0], : part.shape[1]]
        weight[top : top + side, left : left + side] += 1
    total /= weight
    return total


if __name__ == "__main__":
    main()
