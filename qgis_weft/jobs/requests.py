# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of every request of the plugin, from plain values; nothing of QGIS here."""

from dataclasses import asdict


def learn(state, images, snapshot, device="auto"):
    """`validate`: from a snapshot of labels and areas."""
    params = {
        "images": [str(path) for path in images],
        "labels": {"path": str(snapshot), "layer": "labels"},
        "budget_s": float(state.seconds),
        "device": device,
    }
    chosen = {
        "backbone": state.backbone,
        "backbone_weights": state.backbone_weights,
        "adapter": state.adapter,
        "schedule": state.schedule,
        "gsd_m": state.gsd_m,
        "bands": list(state.bands),
    }
    return {**params, **{key: value for key, value in chosen.items() if value}}


def train(state, images, snapshot, out, device="auto"):
    """`train`: the same, into a model file, going on from the last model if any."""
    params = {**learn(state, images, snapshot, device), "out": str(out)}
    if state.model and not state.afresh:
        params["start"] = state.model
    return params


def with_areas(params, snapshot):
    """`train` or `validate` with the areas of the snapshot; an empty layer would be refused."""
    return {**params, "areas": {"path": str(snapshot), "layer": "areas"}}


def with_view(params, out, extent):
    """`train` that predicts the extent (WKT, CRS as WKT or None) meanwhile, into the folder."""
    return {**params, "view": {"extent": _extent(extent), "out": str(out)}}


def predict(state, images, out, device="auto", extent=None):
    """`predict` and `plan`: whole images, or the extent (WKT, CRS as WKT or None)."""
    params = _apply(state, images, out, device, extent)
    return {**params, "tta": state.tta} if state.tta else params


def preview(state, images, out, device="auto", extent=None):
    """`predict` of what is looked at for a moment: each tile is seen once."""
    return {**_apply(state, images, out, device, extent), "tta": 1}


def vectorise(state, rasters, out):
    """`vectorise`: with each class's own limits."""
    classes = {each.name: asdict(state.outlines_of(each.name)) for each in state.classes}
    return {**_draw(state.simplify_m, rasters, out), "classes": classes}


def vectorise_alike(outlines, simplify_m, rasters, out):
    """`vectorise`: with the same limits for all classes."""
    return {**_draw(simplify_m, rasters, out), **asdict(outlines)}


def suggest(state, images, out, device="auto", areas=None):
    """`suggest`: with the areas of a snapshot, where there are some."""
    params = _apply(state, images, out, device)
    if areas is not None:
        params["areas"] = {"path": str(areas), "layer": "areas"}
    return params


def describe_model(path):
    """`describeModel`."""
    return {"model": str(path)}


def export(state, onnx):
    """`export`."""
    return {"model": state.model, "onnx": str(onnx)}


def _apply(state, images, out, device, extent=None):
    params = {
        "model": state.model,
        "images": [str(path) for path in images],
        "out": str(out),
        "device": device,
    }
    if state.backbone_weights:
        params["backbone_weights"] = state.backbone_weights
    if extent is not None:
        params["extent"] = _extent(extent)
    return params


def _draw(simplify_m, rasters, out):
    paths = [str(path) for path in rasters]
    return {"rasters": paths, "out": str(out), "simplify_m": simplify_m}


def _extent(extent):
    return {"wkt": extent[0], "crs": extent[1]}
