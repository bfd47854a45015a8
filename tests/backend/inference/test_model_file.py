# SPDX-License-Identifier: GPL-3.0-or-later
"""A model comes back from its file as it was trained."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from small_networks import card, small_network

from weft.backbones.weights import digest_of
from weft.bundle import read_bundle, write_bundle
from weft.device import cpu
from weft.inference.engines import TorchEngine
from weft.model import load_model, save_model, split_states
from weft.tone import Tone

SIDE = 64


@pytest.mark.parametrize("adapter", ["linear", "weft", "upetu"])
def test_a_saved_model_predicts_as_the_trained_one(tmp_path: Path, adapter: str) -> None:
    network = small_network("test_resnet", adapter).to(memory_format=torch.channels_last)
    weights = tmp_path / "backbone.safetensors"
    state = network.backbone.network.state_dict()
    save_file({key: value.contiguous() for key, value in state.items()}, weights)
    facts = card("test_resnet", adapter, backbone_digest=digest_of(weights))
    save_model(tmp_path / "model.weft", facts, network)
    loaded = load_model(tmp_path / "model.weft", str(weights))
    assert loaded.card == facts
    assert loaded.identity.startswith("model-")
    tile = np.random.default_rng(0).random((1, 3, SIDE, SIDE), np.float32)
    exact = cpu("test").in_full_precision()
    before, after = (TorchEngine(net, exact).predict(tile) for net in (network, loaded.network))
    # half precision keeps three digits of each weight
    assert np.abs(before - after).max() < 5e-3


def test_a_model_keeps_the_state_to_go_on_from_beside_that_which_predicts(tmp_path: Path) -> None:
    network, path = small_network("test_resnet", "linear"), tmp_path / "model.weft"
    own = network.trained_state()
    earlier = {name: value + 1 for name, value in own.items()}
    for start, wanted in ((earlier, earlier), (None, own)):
        save_model(path, card("test_resnet", "linear"), network, start)
        predicts, goes_on = split_states(read_bundle(path)[1])
        for found, state in ((predicts, own), (goes_on, wanted)):
            assert found.keys() == state.keys()
            assert all(found[name].allclose(state[name], atol=1e-2) for name in state)


def test_arrays_of_any_layout_come_back(tmp_path: Path) -> None:
    channels_last = np.arange(24, dtype=np.float16).reshape(2, 2, 2, 3).transpose(0, 3, 1, 2)
    arrays = {"map": channels_last, "gate": np.array(0.5, np.float32)}
    tone = Tone((0.1, 0.2, 1 / 3), (0.3, 0.2, 0.1))
    facts = replace(card("test_resnet", "weft"), licence_notes=("Ünï · cödé",), tone=tone)
    write_bundle(tmp_path / "model.weft", facts, arrays)
    read, tensors = read_bundle(tmp_path / "model.weft")
    assert read == facts
    for name, array in arrays.items():
        assert tensors[name].shape == array.shape and tensors[name].dtype == array.dtype
        assert (tensors[name] == array).all()
