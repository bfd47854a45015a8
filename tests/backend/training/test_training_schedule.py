# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic backbone freezing: what lies upstream learns in the epochs that it should only."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from weft.adapters.options import options_in_words
from weft.adapters.registry import ADAPTERS, find_adapter
from weft.device import Device
from weft.errors import RequestError
from weft.progress import Context
from weft.training.fit import FitSettings, Trainer
from weft.training.schedule import (
    SCHEDULES,
    Constant,
    DynamicFreezing,
    Schedule,
    Turns,
    find_schedule,
    steps_per_epoch,
)

CPU = Device(torch.device("cpu"), "CPU", None, torch.float32)
QUICK = FitSettings(budget_s=60, learning_rate=2e-3, steps=12, batch=2, crop=64)


def test_every_rho_th_epoch_learns_and_the_first_does() -> None:
    assert [DynamicFreezing(rho=3).learns(epoch) for epoch in range(7)] == [
        *(True, False, False, True, False, False, True)
    ]
    assert all(DynamicFreezing(rho=1).learns(epoch) for epoch in range(5))
    assert all(Constant().learns(epoch) for epoch in range(5))


def test_listed_epochs_learn_instead() -> None:
    schedule = find_schedule("dbf:epochs=1+4")
    assert [epoch for epoch in range(9) if schedule.learns(epoch)] == [1, 4]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("dbg", "no schedule 'dbg'; choose constant or dbf"),
        ("dbf:rho=0", "rho=1 or more"),
        ("dbf:rho=x", "cannot be 'x'; its default is 10"),
        ("dbf:sigma=1", "no option 'sigma'; its options are rho, epochs"),
        ("dbf:rho", "write dbf:option=value"),
        ("dbf:rho=2,rho=3", "the option rho twice"),
        ("constant:rho=3", "no option 'rho'; it has none"),
    ],
)
def test_a_wrong_schedule_is_told_in_a_sentence(choice: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        find_schedule(choice)


def test_an_epoch_shows_as_many_pixels_as_are_known() -> None:
    assert steps_per_epoch(known=10 * 4 * 256**2, batch=4, crop=256) == 10
    assert steps_per_epoch(known=5, batch=4, crop=256) == 1


@pytest.mark.parametrize("adapter", ["full", "full:group=last", "lora", "weft"])
def test_in_frozen_epochs_nothing_upstream_moves_not_even_its_momentum(
    squares, tiny_network, adapter: str
) -> None:
    network = tiny_network(adapter)
    moved: list[bool] = []
    counts: list[set[int]] = []

    class Looking(Trainer):
        def _advance(self, *args: object) -> None:
            before = [parameter.detach().clone() for parameter in network.upstream_parameters()]
            super()._advance(*args)  # type: ignore[arg-type]
            after = network.upstream_parameters()
            moved.append(any(not torch.equal(a, b) for a, b in zip(before, after, strict=True)))
            states = [self.optimiser.state.get(parameter) for parameter in after]
            counts.append({int(state["step"]) for state in states if state})

    settings = replace(QUICK, schedule=DynamicFreezing(rho=3))
    trainer = Looking(network, squares.store, CPU, settings, Context(Path()))
    trainer.heads_alone = 0.0
    trainer.run(squares.regions)
    epochs = [step // trainer.turns.epoch_steps for step in range(12)]
    assert trainer.turns.epoch_steps == 3
    assert moved == [epoch % 3 == 0 for epoch in epochs]
    assert max(counts[-1]) == sum(moved)


def test_the_part_that_learns_always_goes_on_in_frozen_epochs(squares, tiny_network) -> None:
    network = tiny_network("full")
    before = [parameter.detach().clone() for parameter in network.heads.parameters()]
    settings = replace(QUICK, steps=4, schedule=DynamicFreezing(epochs=(99,)))
    trainer = Trainer(network, squares.store, CPU, settings, Context(Path()))
    trainer.heads_alone = 0.0
    trainer.run(squares.regions)
    pairs = zip(before, network.heads.parameters(), strict=True)
    assert any(not torch.equal(a, b) for a, b in pairs)


def test_the_stream_beside_a_backbone_without_injections_learns_in_every_step(
    squares, tiny_network
) -> None:
    network = tiny_network("weft", name="test_efficientnet")
    assert not network.upstream_parameters()
    settings = replace(QUICK, steps=4, schedule=DynamicFreezing(epochs=(99,)))
    trainer = Trainer(network, squares.store, CPU, settings, Context(Path()))
    trainer.heads_alone = 0.0
    trainer.run(squares.regions)
    stem = network.adapter.extractor.stem.parameters()
    assert [int(trainer.optimiser.state[each]["step"]) for each in stem] == [4] * 4


@pytest.mark.parametrize(
    ("schedule", "every", "turns"),
    [
        (Constant(), 1, "xxxxxxxxxxxx"),
        (Constant(), 4, "x...x...x..."),
        (DynamicFreezing(rho=2), 1, "xx..xx..xx.."),
        (DynamicFreezing(rho=2), 3, "x....x......"),
    ],
)
def test_turns_count_only_the_steps_of_epochs_that_learn(
    schedule: Schedule, every: int, turns: str
) -> None:
    order = Turns(schedule, 2, every)
    assert "".join("x" if order.next() else "." for _ in turns) == turns


def test_every_choice_can_be_given_as_it_is_told() -> None:
    kinds = [(find_schedule, name, kind) for name, (kind, _) in SCHEDULES.items()]
    kinds += [(find_adapter, spec.name, spec.options) for spec in ADAPTERS]
    for find, name, kind in kinds:
        told = options_in_words(kind)
        if told != "no options":
            assert find(f"{name}:{told}") is not None
    assert find_schedule("dbf:epochs=none") == find_schedule("dbf")
