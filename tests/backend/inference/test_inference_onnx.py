# SPDX-License-Identifier: GPL-3.0-or-later
"""An exported network computes what torch does, and says itself what it needs."""

import itertools
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnx
import pytest
from kinds import make_network, wake
from small_networks import card, small_model
from torch import Tensor, nn

from weft.device import cpu
from weft.inference.engines import Batch, OnnxEngine, TorchEngine
from weft.inference.onnx_export import NotExportable, export_onnx
from weft.model import Model

SIDE = 64


def tiles() -> list[Batch]:
    """Noisy, flat and smooth tiles: a router chooses other experts for each."""
    shape = (1, 3, SIDE, SIDE)
    noisy = np.random.default_rng(0).random(shape, np.float32)
    smooth = np.linspace(0, 1, noisy.size, dtype=np.float32).reshape(shape)
    return [noisy, np.zeros(shape, np.float32), smooth]


# every part of it, but fewer of them: the exporter's time grows with the square of their number
LARGE = "weft-large:splits=1,extra=0"


@pytest.mark.parametrize(
    ("backbone", "adapter"),
    [
        *itertools.product(["test_efficientnet", "test_vit"], ["linear", "weft", "est", "lora"]),
        ("test_vit", "cwsam"),
        ("test_vit", LARGE),
        ("test_efficientnet", "upetu"),
        ("test_vit", "upetu"),
    ],
)
def test_onnx_agrees_with_torch(tmp_path: Path, backbone: str, adapter: str) -> None:
    exported_agrees(small_model(backbone, adapter), tmp_path / "model.onnx")


def test_onnx_agrees_with_torch_on_segment_anything(tmp_path: Path) -> None:
    # of all adapters the one that is exported soonest: it is SAM's own attention that counts
    network = wake(make_network("sam", "linear"))
    model = Model("linear-12345678", card("samvit_base_patch16", "linear"), network)
    exported_agrees(model, tmp_path / "model.onnx")


def exported_agrees(model: Model, path: Path) -> None:
    exact = TorchEngine(model.network, cpu("test").in_full_precision())
    before = exact.predict(tiles()[0])
    export_onnx(model, path, SIDE)
    assert (exact.predict(tiles()[0]) == before).all(), "export changed the network"
    assert not sums_at_places(path), "onnxruntime's threads overwrite each other's sums there"
    given = OnnxEngine(path, ["CPUExecutionProvider"])
    for tile in tiles():
        expected, result = exact.predict(tile), given.predict(tile)
        assert result.shape == (1, 4, SIDE, SIDE)
        assert np.abs(result - expected).max() <= 1e-3
        np.testing.assert_allclose(result[:, :3].sum(1), 1, atol=1e-4)


def sums_at_places(path: Path) -> list[str]:
    """The nodes that add to places given by indexes, of which some may be the same.

    In onnxruntime each of several threads does some of the additions, and what it adds to a place
    at the time of another is lost (microsoft/onnxruntime, issues 18048 and 23396).
    """
    nodes = onnx.load(path).graph.node
    return [
        node.name
        for node in nodes
        if node.op_type.startswith("Scatter")
        and any(each.name == "reduction" and each.s != b"none" for each in node.attribute)
    ]


def test_the_file_says_all_that_a_program_needs(tmp_path: Path) -> None:
    model = small_model("test_vit", "linear")
    export_onnx(model, tmp_path / "model.onnx", SIDE)
    proto = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(proto, full_check=True)
    stored = {entry.key: json.loads(entry.value) for entry in proto.metadata_props}
    expected = card("test_vit", "linear")
    assert stored["bands"] == [1, 2, 3]
    assert stored["stretch_low"] == [0, 1, 2] and stored["stretch_high"] == [200, 201, 202.5]
    assert stored["gsd_m"] == 0.5
    assert stored["classes"] == ["background", "roof", "ship"]
    assert stored["class_names"] == {"0": "background", "1": "roof", "2": "ship"}
    assert stored["weft_model"] == "linear-12345678"
    assert stored["card"] == json.loads(json.dumps(asdict(expected)))
    shapes = {
        entry.name: [axis.dim_value for axis in entry.type.tensor_type.shape.dim]
        for entry in (*proto.graph.input, *proto.graph.output)
    }
    assert shapes == {
        "image": [1, 3, SIDE, SIDE],
        "probabilities": [1, 3, SIDE, SIDE],
        "interior": [1, 1, SIDE, SIDE],
    }


def test_a_network_that_onnx_has_no_words_for_is_told(tmp_path: Path) -> None:
    model = small_model("test_vit", "linear")
    model.network.register_forward_pre_hook(depends_on_pixels)
    with pytest.raises(NotExportable, match="test_vit cannot be written as ONNX"):
        export_onnx(model, tmp_path / "model.onnx", SIDE)
    assert not list(tmp_path.iterdir())


def depends_on_pixels(module: nn.Module, tensors: tuple[Tensor]) -> None:
    if tensors[0].sum().item() < 0:
        raise ValueError
