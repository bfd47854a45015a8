# SPDX-License-Identifier: GPL-3.0-or-later
import sys
from collections.abc import Iterator

import costs
import pytest
import torch
from cost_records import Costs
from training_costs import Training, Trial, costs_of, open_backbone, saved_bytes

from weft.adapters.registry import find_adapter
from weft.device import choose_device
from weft.jobs.prepare import build_network

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no getrusage")
BACKBONE = "test_resnet"


def measure(adapter: str, schedule: str | None = None) -> Costs:
    return costs_of(
        Trial(BACKBONE, adapter, schedule=schedule, batch=2, crop=64, tile=64, rounds=1)
    )


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def measured() -> dict[str, Costs]:
    return {name: measure(name) for name in ("linear", "est", "lora", "weft", "full")}


def test_a_method_keeps_the_more_the_deeper_it_learns(measured: dict[str, Costs]) -> None:
    linear, est, lora, full = (measured[name] for name in ("linear", "est", "lora", "full"))
    assert linear.saved_bytes < min(est.saved_bytes, lora.saved_bytes)
    assert max(est.beside_heads, lora.beside_heads) <= full.beside_heads
    assert linear.beside_heads == 0
    assert est.head_bytes == lora.head_bytes == full.head_bytes > 0


def test_parameters_are_those_of_the_network(measured: dict[str, Costs]) -> None:
    spec, device = find_adapter("lora"), choose_device("cpu")
    network = build_network(open_backbone(Trial(BACKBONE, "lora")), spec, 3, 1, device, 0)
    backbone, adapter, heads = (
        sum(each.numel() for each in part.parameters())
        for part in (network.backbone, network.adapter, network.heads)
    )
    lora, full = measured["lora"], measured["full"]
    assert (lora.adapter_parameters, lora.head_parameters) == (adapter, heads)
    assert lora.unfrozen_parameters == 0
    assert lora.share == adapter / backbone
    assert full.unfrozen_parameters == full.backbone_parameters == backbone
    assert full.share == 1


def test_files_grow_with_what_learned_and_all_figures_are_there(measured: dict[str, Costs]) -> None:
    linear, est, lora, full = (measured[name] for name in ("linear", "est", "lora", "full"))
    assert linear.file_bytes < lora.file_bytes < full.file_bytes
    assert linear.cacheable and est.cacheable and not lora.cacheable
    for each in measured.values():
        assert each.step_s > 0 and each.megapixels_s > 0 and each.peak_mib > 0
        assert each.cuda_bytes is None
        assert each.random


def test_what_is_kept_is_counted_once_and_without_parameters() -> None:
    spec, device = find_adapter("linear"), choose_device("cpu").in_full_precision()
    network = build_network(open_backbone(Trial(BACKBONE, "linear")), spec, 3, 1, device, 0)
    training = Training(network, spec, device, batch=1, side=64)
    scale = torch.nn.Parameter(torch.ones(1))
    nothing = saved_bytes(training, lambda image: [scale.expand(1, 3, 64, 64).clone()])
    squared = saved_bytes(training, lambda image: [(x := scale * image[:, :3]) * x])
    # the image, and its product
    assert squared - nothing == 2 * 3 * 64 * 64 * 4


def test_steps_that_are_timed_drop_as_those_of_a_training_do() -> None:
    spec, device = find_adapter("upetu"), choose_device("cpu").in_full_precision()
    network = build_network(open_backbone(Trial(BACKBONE, "upetu")), spec, 3, 1, device, 0)
    training = Training(network, spec, device, batch=1, side=64)
    saved_bytes(training, training.alone)
    dropped = []
    for eqam in network.adapter.eqams:
        eqam.dropout.register_forward_hook(lambda *call: dropped.append((call[2] == 0).any()))
    training.step()
    assert dropped and all(dropped)


def test_freezing_costs_less_the_rarer_the_backbone_learns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("freezing.ROUNDS", 1)
    freezing = measure("full", "dbf").freezing
    assert [each.rho for each in freezing] == [1, 2, 5, 10]
    assert freezing[0].whole == freezing[0].backbone == freezing[0].expected == 1
    assert freezing[-1].backbone < 1
    assert freezing[1].expected == pytest.approx(2 / 3)


def test_a_method_that_does_not_suit_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("costs.tune_process", lambda: None)
    given = ["--backbone", BACKBONE, "--adapter", "none-such"]
    monkeypatch.setattr(sys, "argv", ["costs.py", *given])
    assert costs.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no adapter 'none-such'") and said.count("\n") == 1


def test_the_state_is_a_gradient_and_two_moments(measured: dict[str, Costs]) -> None:
    for each in (measured["lora"], measured["full"]):
        learned = each.adapter_parameters + each.head_parameters + each.unfrozen_parameters
        numbers = each.state_bytes / 4 - 3 * learned
        assert 0 <= numbers < 1000  # AdamW counts the steps of each parameter
