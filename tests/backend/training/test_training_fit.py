# SPDX-License-Identifier: GPL-3.0-or-later
"""Training: learns, keeps to its budget, is reproducible, and an honest figure comes out."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor

from weft.adapters.registry import find_adapter
from weft.backbones.registry import find_backbone
from weft.backbones.wrapping import wrap
from weft.device import Device
from weft.network import Network
from weft.progress import Context, Progress
from weft.training.augment import Augmentation
from weft.training.batches import Batch, Batches
from weft.training.fit import Clock, Company, FitResult, FitSettings, Trainer
from weft.training.heldout import measure
from weft.training.looks import look_times
from weft.training.losses import loss_of
from weft.training.sampler import CropSampler
from weft.training.truth import Truth

CPU = Device(torch.device("cpu"), "CPU", None, torch.float32)
QUICK = FitSettings(budget_s=60, learning_rate=2e-3, steps=10, batch=2, crop=32)
PLAIN = Augmentation(scale=0, gain=0, band_gain=0, offset=0, gamma=0, noise=0)
NOWHERE = Context(Path())


def state_of(network: Network) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in network.trained_state().items()}


def test_weft_learns_bright_squares_in_seconds(squares, tiny_network) -> None:
    network = tiny_network()
    settings = replace(QUICK, steps=24, crop=64, learning_rate=1e-2)
    result = Trainer(network, squares.store, CPU, settings, NOWHERE).run(squares.regions)
    assert result.steps == 24
    assert not result.cancelled
    assert measure(network, squares.store, squares.regions, CPU, 1)[0] > 0.8
    assert result.held_out_iou is not None
    assert result.held_out_iou[0] > 0.5


@pytest.mark.parametrize("adapter", ["weft", "linear"])
def test_the_same_seed_gives_the_same_weights(squares, tiny_network, adapter: str) -> None:
    states = []
    for seed in (3, 3, 4):
        network = tiny_network(adapter)
        settings = replace(QUICK, seed=seed, steps=5)
        result = Trainer(network, squares.store, CPU, settings, NOWHERE).run(squares.regions)
        assert result.steps == 5
        states.append(state_of(network))
    assert all(states[0][key].equal(states[1][key]) for key in states[0])
    assert any(not states[0][key].equal(states[2][key]) for key in states[0])


class Watched(Trainer):
    """Keeps the crops that were drawn, and whether the search was still on."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.searching = False
        self.searched: list[tuple[Tensor, Tensor]] = []
        self.later: list[tuple[Tensor, Tensor]] = []

    def _batches(self, *args: object) -> Batches:
        batches = super()._batches(*args)  # type: ignore[arg-type]
        draw = batches.draw

        def watched(sampler: CropSampler) -> Batch:
            batch = draw(sampler)
            (self.searched if self.searching else self.later).append(
                (batch.pixels, batch.truth.mask)
            )
            return batch

        batches.draw = watched  # type: ignore[method-assign]
        return batches

    def _search(self, *args: object) -> None:
        self.searching = True
        super()._search(*args)  # type: ignore[arg-type]
        self.searching = False


def areas_taught(batches: Sequence[tuple[Tensor, Tensor]]) -> set[int]:
    """The areas with known pixels, of an image whose first band is 50 times (area + 1)."""
    codes: set[int] = set()
    for pixels, masks in batches:
        values = pixels[:, 0][masks != 255] * 255 / 50
        codes |= {round(value) - 1 for value in values.unique().tolist()}
    return codes


def test_the_held_out_area_is_not_seen_before_it_was_measured(make_scene, tiny_network) -> None:
    areas = [(8, 8, 72, 72), (80, 8, 144, 72), (8, 80, 72, 144)]
    array = np.full((3, 152, 152), 10, np.uint8)
    for number, (left, top, right, bottom) in enumerate(areas):
        array[0, top:bottom, left:right] = 50 * (number + 1)
    labels = [("a", (x + 8, y + 8, x + 20 + 8 * i, y + 30)) for i, (x, y, _, _) in enumerate(areas)]
    scene = make_scene(array, labels, areas)
    settings = replace(QUICK, steps=20, crop=64, augmentation=PLAIN)
    trainer = Watched(tiny_network("linear"), scene.store, CPU, settings, NOWHERE)
    result = trainer.run(scene.regions)
    assert result.held_out_area is not None
    # of 20 steps, the first 6 learn from 2 batches, and 12 are of the search
    assert len(trainer.searched) == 8
    assert len(trainer.later) == 8
    assert areas_taught(trainer.searched) == {0, 1, 2} - {result.held_out_area}
    assert areas_taught(trainer.later) == {0, 1, 2}


def test_the_heads_learn_first_and_the_adapter_with_them_later(squares, tiny_network) -> None:
    network = tiny_network("weft")
    first = {key: value.clone() for key, value in network.adapter.state_dict().items()}
    same: list[bool] = []

    class Looking(Trainer):
        def _advance(self, *args: object) -> None:
            super()._advance(*args)  # type: ignore[arg-type]
            now = network.adapter.state_dict()
            same.append(all(value.equal(first[key]) for key, value in now.items()))

    Looking(network, squares.store, CPU, replace(QUICK, steps=10), NOWHERE).run(squares.regions)
    assert same == [True] * 3 + [False] * 7


@pytest.mark.parametrize("every", [1, 3])
def test_injections_learn_in_their_turn_only(squares, tiny_network, every: int) -> None:
    network = tiny_network("weft")
    moved: list[bool] = []

    class Looking(Trainer):
        def _advance(self, *args: object) -> None:
            before = [p.detach().clone() for p in network.upstream_parameters()]
            super()._advance(*args)  # type: ignore[arg-type]
            pairs = zip(before, network.upstream_parameters(), strict=True)
            moved.append(not all(a.equal(b) for a, b in pairs))

    settings = replace(QUICK, steps=10, upstream_every=every)
    Looking(network, squares.store, CPU, settings, NOWHERE).run(squares.regions[:2])
    assert moved == [False] * 3 + [step % every == 0 for step in range(7)]


def test_what_is_kept_for_learning_again_is_let_go_in_the_end(squares, tiny_network) -> None:
    trainer = Trainer(tiny_network(), squares.store, CPU, QUICK, NOWHERE)
    trainer.run(squares.regions)
    assert not trainer.replay.kept


def test_with_two_areas_there_is_no_figure(squares, tiny_network) -> None:
    regions = [region for region in squares.regions if region.area < 2]
    result = Trainer(tiny_network(), squares.store, CPU, QUICK, NOWHERE).run(regions)
    assert result.held_out_area is None
    assert result.held_out_iou is None
    assert result.steps == 10


def cancelling_after(batches: int) -> Context:
    asked = iter(range(10_000))
    return Context(Path(), is_cancelled=lambda: next(asked) >= batches)


@pytest.mark.parametrize("batches", [0, 1, 5, 8])
def test_cancelling_keeps_the_best_so_far(squares, tiny_network, batches: int) -> None:
    network = tiny_network()
    trainer = Trainer(network, squares.store, CPU, QUICK, cancelling_after(batches))
    result = trainer.run(squares.regions)
    assert result.cancelled
    assert result.steps == batches
    assert all(value.isfinite().all() for value in state_of(network).values())
    wanted = trainer.best if trainer.best is not None else trainer.average.values()
    pairs = zip(network.trained_parameters(), wanted, strict=True)
    assert all(parameter.equal(value) for parameter, value in pairs)
    assert (result.held_out_iou is not None) == (batches > 3)


def test_the_state_kept_is_the_one_that_was_measured(squares, tiny_network) -> None:
    network = tiny_network()
    result = Trainer(network, squares.store, CPU, QUICK, cancelling_after(6)).run(squares.regions)
    unseen = [region for region in squares.regions if region.area == result.held_out_area]
    again = measure(network, squares.store, unseen, CPU, 1)
    assert again == pytest.approx(list(result.held_out_iou))


def test_statistics_of_batches_are_those_of_the_state_that_was_measured(squares) -> None:
    spec = find_backbone("test_vit")
    torch.manual_seed(0)
    adapter = find_adapter("weft-large:norm=batch")
    network = Network(wrap(spec.build(), spec.mean, spec.std), adapter, 3, 1)
    settings = replace(QUICK, crop=64)
    trainer = Trainer(network, squares.store, CPU, settings, cancelling_after(9))
    result = trainer.run(squares.regions)
    unseen = [region for region in squares.regions if region.area == result.held_out_area]
    again = measure(network, squares.store, unseen, CPU, 1)
    assert result.steps == 9 and again == pytest.approx(list(result.held_out_iou), abs=1e-6)


def test_the_state_to_go_on_from_is_the_best_before_the_held_out_area_taught(
    squares, tiny_network
) -> None:
    network, measured = tiny_network(), []
    company = Company(on_best=lambda so_far: measured.append(state_of(network)))
    trainer = Trainer(network, squares.store, CPU, QUICK, NOWHERE, company=company)
    trainer.run(squares.regions)
    assert trainer.unspoilt is not None
    assert all(trainer.unspoilt[key].equal(value) for key, value in measured[-1].items())
    last = state_of(network)
    assert not all(trainer.unspoilt[key].equal(value) for key, value in last.items())


def test_rates_warm_up_and_fall_and_are_smaller_upstream(squares, tiny_network) -> None:
    rates: list[list[float]] = []

    class Idle(Trainer):
        def _alone(self, *args: object) -> None:  # type: ignore[override]
            pass

        _together = _alone  # type: ignore[assignment]

        def _advance(self, *args: object) -> None:
            rates.append([group["lr"] for group in self.optimiser.param_groups])
            self.step += 1

    settings = replace(QUICK, steps=24, learning_rate=1.0, upstream_rate=0.1)
    Idle(tiny_network(), squares.store, CPU, settings, NOWHERE).run(squares.regions[:2])
    downstream, upstream = np.array(rates).T
    assert upstream == pytest.approx(0.1 * downstream)
    assert downstream[0] == pytest.approx(0.1) and downstream[-1] < 0.01
    steps = np.sign(np.diff(downstream))
    assert 5 < downstream.argmax() < 10
    assert (steps == np.where(np.arange(23) < downstream.argmax(), 1, -1)).all()


def test_a_batch_that_overflows_teaches_nothing(
    squares, tiny_network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, answers = tiny_network(), count()

    def overflow(vote: Tensor, truth: Truth) -> Tensor:
        return loss_of(vote, truth) * (math.inf if next(answers) == 0 else 1.0)

    monkeypatch.setattr("weft.training.fit.loss_of", overflow)
    result = Trainer(network, squares.store, CPU, QUICK, NOWHERE).run(squares.regions)
    assert all(value.isfinite().all() for value in state_of(network).values())
    assert math.isfinite(result.loss)


@pytest.mark.parametrize(
    ("measured", "kept"), [((0.7, 0.68, 0.66), 2), ((0.7, 0.68, 0.6), 1), ((0.5, 0.6, 0.8), 2)]
)
def test_a_later_state_is_kept_unless_it_is_clearly_worse(
    squares, tiny_network, monkeypatch: pytest.MonkeyPatch, measured: tuple[float, ...], kept: int
) -> None:
    """A state that is a little worse on one area has still learned more than one of the start."""
    figures, states = iter(measured), []

    def measure_so_far(network: Network, *args: object) -> list[float]:
        states.append(state_of(network))
        return [next(figures)]

    monkeypatch.setattr("weft.training.fit.measure", measure_so_far)
    network = tiny_network()
    trainer = Trainer(network, squares.store, CPU, QUICK, cancelling_after(6))
    result = trainer.run(squares.regions)
    assert result.held_out_iou == (measured[kept],)
    assert all(value.equal(states[kept][key]) for key, value in state_of(network).items())


def test_measuring_a_large_area_takes_little_of_the_budget(
    squares, tiny_network, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def measure_some(network: Network, store: object, unseen: list, *args: object) -> list[float]:
        seen.append(len(unseen))
        return [0.5]

    monkeypatch.setattr("weft.training.fit.measure", measure_some)
    pieces = squares.regions * 6
    Trainer(tiny_network(), squares.store, CPU, QUICK, NOWHERE).run(pieces)
    assert seen == [4, 4, 4]


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by 50 ms whenever it is looked at, however busy the machine is."""
    ticks = count()
    clock = SimpleNamespace(monotonic=lambda: 0.05 * next(ticks))
    monkeypatch.setattr("weft.training.fit.time", clock)


@pytest.mark.usefixtures("ticking")
def test_the_budget_bounds_the_time(squares, tiny_network) -> None:
    settings = replace(QUICK, steps=None, budget_s=1.0)
    result = Trainer(tiny_network(), squares.store, CPU, settings, NOWHERE).run(squares.regions)
    assert 1.0 <= result.seconds <= 1.3
    assert result.steps > 5


def test_even_the_shortest_budget_trains(squares, tiny_network) -> None:
    settings = replace(QUICK, steps=None, budget_s=1e-3)
    result = Trainer(tiny_network(), squares.store, CPU, settings, NOWHERE).run(squares.regions)
    assert result.steps >= 1
    assert math.isfinite(result.loss)


@pytest.mark.usefixtures("ticking")
def test_a_budget_too_short_for_all_steps_ends_them_early(squares, tiny_network) -> None:
    settings = replace(QUICK, steps=10**6, budget_s=0.5)
    result = Trainer(tiny_network(), squares.store, CPU, settings, NOWHERE).run(squares.regions)
    assert 0 < result.steps < 20
    assert result.seconds < 1.2


def test_the_clock_follows_steps_where_they_are_given() -> None:
    now = time.monotonic()
    assert Clock(now, 100, 8).share(2) == 0.25
    assert Clock(now - 200, 100, 8).share(2) == 1
    assert Clock(now - 50, 100, None).share(2) == pytest.approx(0.5, abs=0.01)


def test_progress_is_told_with_its_figures(squares, tiny_network) -> None:
    told: list[Progress] = []
    context = Context(Path(), report=told.append)
    Trainer(tiny_network(), squares.store, CPU, QUICK, context).run(squares.regions)
    assert len(told) == 10
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert all(0 <= p.done <= p.total for p in told)
    assert all(math.isfinite(float(p.figures["loss"])) for p in told)
    assert "held-out IoU" in told[-1].figures


def test_crops_fit_networks_with_odd_patches(squares, tiny_network) -> None:
    network = tiny_network()
    network.multiple = 96
    trainer = Watched(network, squares.store, CPU, replace(QUICK, steps=1, crop=128), NOWHERE)
    trainer.run(squares.regions[:2])
    assert {pixels.shape[2:] for pixels, _ in trainer.later} == {(96, 96)}


def test_half_precision_trains_too(squares, tiny_network) -> None:
    device = replace(CPU, precision=torch.bfloat16)
    network = tiny_network()
    settings = replace(QUICK, steps=4)
    result = Trainer(network, squares.store, device, settings, NOWHERE).run(squares.regions)
    assert math.isfinite(result.loss)
    assert all(p.dtype == torch.float32 for p in network.trained_parameters())


def test_looks_see_the_average_and_change_nothing(squares, tiny_network) -> None:
    plain, looked = tiny_network(), tiny_network()
    Trainer(plain, squares.store, CPU, QUICK, NOWHERE).run(squares.regions)
    seen: list[tuple[int, dict[str, Tensor]]] = []
    # the first two are due together, the last never
    settings = replace(QUICK, looks_s=(0.0, 1e-9, 1e9))

    def look(so_far: FitResult) -> None:
        looked.eval()
        seen.append((so_far.steps, state_of(looked)))

    company = Company(on_look=look)
    trainer = Trainer(looked, squares.store, CPU, settings, NOWHERE, company=company)
    trainer.run(squares.regions)
    assert [steps for steps, _ in seen] == [1]
    states = state_of(plain), state_of(looked)
    assert all(states[0][key].equal(states[1][key]) for key in states[0])
    assert any(not seen[0][1][key].equal(states[1][key]) for key in states[1])


@pytest.mark.parametrize(
    ("budget_s", "going_on", "times"),
    [
        (60, False, [6, 18]),
        (60, True, [1.5, 4.5, 13.5]),
        (400, False, [6, 18, 54, 162]),
        (6, False, [0.6, 1.8]),
    ],
)
def test_looks_come_early_and_then_ever_more_seldom(budget_s, going_on, times) -> None:
    assert look_times(budget_s, going_on) == pytest.approx(times)
