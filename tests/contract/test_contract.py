# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request that the plugin can send parses in the engine, and every answer in the plugin."""

import ast
import json
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from qgis_weft.jobs import requests
from qgis_weft.jobs.stopped import OWNER, give_up_others, mark_of, where_stopped
from qgis_weft.model.state import Outlines, State
from qgis_weft.process import jsonrpc

from weft.adapters.registry import ADAPTERS
from weft.errors import WeftError
from weft.inference.row_file import RowWriter
from weft.inference.rows import RowStore
from weft.jobs.export import ExportRequest
from weft.jobs.predict_request import PredictRequest
from weft.jobs.suggest import SuggestRequest
from weft.jobs.train_request import LearnRequest, TrainRequest
from weft.jobs.vectorise import VectoriseRequest
from weft.server import rpc
from weft.server.methods import METHODS, DescribeRequest
from weft.server.params import read_params
from weft.training.schedule import SCHEDULES

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = (ROOT / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", PROTOCOL, re.DOTALL)]
KINDS = {
    "train": TrainRequest,
    "validate": LearnRequest,
    "predict": PredictRequest,
    "plan": PredictRequest,
    "vectorise": VectoriseRequest,
    "describeModel": DescribeRequest,
    "export": ExportRequest,
    "suggest": SuggestRequest,
}
PLAIN = State(model="/m/a.weft")
FULL = replace(
    PLAIN,
    backbone="resnetv2_50_trunk",
    backbone_weights="/w/trunk.safetensors",
    adapter="full",
    schedule="dbf",
    budget_s=30.0,
    gsd_m=0.2,
    bands=(3, 2, 1),
    afresh=True,
    simplify_m=0.5,
    tta=4,
    outlines={"building": Outlines(0.6, 0.8, 4.0, 2.0, False, "box")},
)
EXTENT = ("POLYGON ((0 0, 1 0, 1 1, 0 0))", None)


@pytest.mark.parametrize("state", [PLAIN, FULL], ids=["plain", "full"])
@pytest.mark.parametrize(
    ("method", "make"),
    [
        ("train", lambda state: requests.train(state, ["/i/a.tif"], "/s.gpkg", "/m.weft")),
        (
            "train",
            lambda state: requests.with_areas(
                requests.train(state, ["/i/a.tif"], "/s.gpkg", "/m.weft"), "/s.gpkg"
            ),
        ),
        (
            "train",
            lambda state: requests.with_view(
                requests.train(state, ["/i/a.tif"], "/s.gpkg", "/m.weft"), "/looks", EXTENT
            ),
        ),
        (
            "validate",
            lambda state: requests.with_areas(
                requests.learn(state, ["/i/a.tif"], "/s.gpkg"), "/s.gpkg"
            ),
        ),
        ("predict", lambda state: requests.predict(state, ["/i/a.tif"], "/out")),
        ("predict", lambda state: requests.preview(state, ["/i/a.tif"], "/out", "cpu", EXTENT)),
        ("plan", lambda state: requests.predict(state, ["/i/a.tif"], "/out", "cpu", EXTENT)),
        ("vectorise", lambda state: requests.vectorise(state, ["/r.tif"], "/p.gpkg")),
        (
            "vectorise",
            lambda state: requests.vectorise_alike(
                state.outlines_of("building"), state.simplify_m, ["/r.tif"], "/p.gpkg"
            ),
        ),
        (
            "suggest",
            lambda state: requests.suggest(state, ["/i/a.tif"], "/n.gpkg", "cpu", "/s.gpkg"),
        ),
        ("describeModel", lambda state: requests.describe_model("/m.weft")),
        ("export", lambda state: requests.export(state, "/m.onnx")),
    ],
)
def test_the_engine_understands_what_the_plugin_asks(state, method, make) -> None:
    line = jsonrpc.request(7, method, make(state))
    call = rpc.parse(line)
    assert (call.id, call.method) == (7, method)
    assert method in METHODS
    # an engine without this backbone or adapter would answer with a sentence, not with a bug
    assert read_params(call.params, KINDS[method])


def test_the_panel_has_a_sentence_on_every_method() -> None:
    tree = ast.parse((ROOT / "qgis_weft" / "words" / "methods.py").read_text(encoding="utf-8"))
    tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    named = [{ast.literal_eval(key): ast.unparse(value) for key, value in pairs(t)} for t in tables]
    adapters, schedules, tips = named
    assert adapters.keys() >= {spec.name for spec in ADAPTERS}
    assert schedules.keys() == tips.keys() == SCHEDULES.keys()
    # reconstructions are not called by the bare names of what was published
    for name, style in (("upetu", "UPetu-style"), ("est", "EST-style")):
        assert style in adapters[name]


def pairs(table: ast.Dict) -> list[tuple[ast.expr, ast.expr]]:
    return [(key, value) for key, value in zip(table.keys, table.values, strict=True) if key]


def test_the_plugin_understands_what_the_engine_answers() -> None:
    error = rpc.RpcError(rpc.MISTAKE, "Give a model.", {"kind": "ModelError"})
    assert jsonrpc.read_message(rpc.response(1, {"a": [1.5]})) == jsonrpc.Answer(1, {"a": [1.5]})
    assert jsonrpc.read_message(rpc.failure(1, error)).failure.mistake
    assert jsonrpc.read_message(rpc.failure(1, rpc.RpcError(rpc.CANCELLED, "c"))).failure.cancelled
    far = {
        "id": 1,
        "done": 1.0,
        "total": 2.0,
        "text": "Training",
        "figures": {"loss": float("nan")},
    }
    progress = jsonrpc.read_message(rpc.notification("$/progress", far))
    assert (progress.share, progress.figures) == (0.5, {"loss": None})


def test_each_example_of_the_protocol_is_true() -> None:
    asked = [each for each in EXAMPLES if "method" in each and "id" in each]
    assert {each["method"] for each in asked} >= set(METHODS) | {"initialize", "shutdown"}
    for each in asked:
        if each["method"] in KINDS:
            read_params(each["params"], KINDS[each["method"]])
        assert rpc.parse(json.dumps(each).encode()).method == each["method"]
    for each in EXAMPLES:
        if "method" not in each or each["method"] == "$/progress":
            assert jsonrpc.read_message(json.dumps(each).encode()) is not None


def test_the_protocol_names_every_kind_of_mistake() -> None:
    row = next(line for line in PROTOCOL.splitlines() if line.startswith(f"| {rpc.MISTAKE} "))
    assert set(re.findall(r"\w+", row)) >= {kind.__name__ for kind in kinds_of(WeftError)}


def kinds_of(mistake: type[WeftError]) -> set[type[WeftError]]:
    return {mistake}.union(*map(kinds_of, mistake.__subclasses__()))


def rows_of_a_stopped_run(results: Path, asked: object) -> Path:
    """The folder of the run, as plugin and engine leave it."""
    folder = results / f"run-20260102-030405-a1b2-{mark_of(asked)}"
    folder.mkdir(parents=True)
    with (
        closing(RowStore(folder / ".town_weft", {"model": "a"})) as store,
        RowWriter(store.folder, 0, 3) as rows,
    ):
        rows.add(np.zeros((2, 3, 4), np.uint8))
        assert (store.folder / OWNER).exists()
    return folder


def test_the_plugin_finds_what_the_engine_keeps_of_a_stopped_run(tmp_path: Path) -> None:
    asked = {"model": "/m/a.weft", "images": ["/i/town.tif"]}
    assert where_stopped(asked, tmp_path / "results") is None
    folder = rows_of_a_stopped_run(tmp_path / "results", asked)
    assert where_stopped(asked, tmp_path / "results") == folder
    other = {**asked, "model": "/m/b.weft"}
    assert where_stopped(other, tmp_path / "results") is None
    give_up_others(asked, tmp_path / "results")
    assert list(folder.iterdir())
    give_up_others(other, tmp_path / "results")
    assert folder.exists() and not list(folder.iterdir())


def test_what_another_window_is_at_stays(tmp_path: Path) -> None:
    asked = {"model": "/m/a.weft"}
    folder = rows_of_a_stopped_run(tmp_path, asked)
    (folder / ".town_weft" / OWNER).write_text("{}")
    give_up_others({"model": "/m/b.weft"}, tmp_path)
    assert where_stopped(asked, tmp_path) == folder
