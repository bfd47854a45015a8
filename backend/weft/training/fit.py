# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: until the budget is spent, the steps are done, or the user has seen enough."""

import math
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from weft.bundle import FoundObjects
from weft.device import Device
from weft.errors import Cancelled
from weft.network import Network, split
from weft.progress import Context
from weft.tone import Tone
from weft.training.augment import Augmentation
from weft.training.averaging import WeightAverage
from weft.training.batches import Batches
from weft.training.heldout import choose_held_out, measure, pieces_to_measure
from weft.training.losses import loss_of
from weft.training.patches import PatchStore, count_known
from weft.training.regions import Region
from weft.training.replay import Replay, Seen
from weft.training.sampler import CropSampler
from weft.training.schedule import Constant, Schedule, Turns, steps_per_epoch
from weft.training.tones import tones_of
from weft.training.truth import Truth
from weft.training.unlabelled import Elsewhere, ShareLimit

WARM_UP_STEPS = 10
HEADS_ALONE = 0.3
SEARCH_SHARE = 0.6
MEASURED_AT = (0.4, 0.7, 1.0)
WORSE = 0.05  # IoU; on one area smaller differences are chance, and later states have learned more


@dataclass(frozen=True)
class FitSettings:
    """How long and how to train. With `steps`, the schedule follows them and not the clock, so that
    the same seed gives the same weights on a CPU; `budget_s` then only bounds the time.
    `upstream_rate` multiplies the learning rate of what lies upstream of the backbone's maps, which
    learns in each `upstream_every`-th step of the epochs that `schedule` names. `looks_s` are the
    seconds, in rising order, after which others may look at the state.
    """

    budget_s: float
    learning_rate: float
    steps: int | None = None
    seed: int = 0
    upstream_rate: float = 1.0
    upstream_every: int = 1
    schedule: Schedule = field(default_factory=Constant)
    batch: int = 4
    crop: int = 256
    weight_decay: float = 0.05
    augmentation: Augmentation = field(default_factory=Augmentation)
    looks_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class FitResult:
    """What came out; `held_out_iou` has one figure a class, None where nothing was measured.

    `held_out_objects` has a count a class, None also until the best state is known. Both were
    measured while the held-out area was unseen; the last part of training then uses it.
    """

    steps: int
    seconds: float
    loss: float
    held_out_area: int | None
    held_out_iou: tuple[float, ...] | None
    cancelled: bool
    held_out_objects: tuple[FoundObjects, ...] | None = None


@dataclass(frozen=True)
class Start:
    """Weights to go on from, and the areas that they have learned from already."""

    state: dict[str, Tensor]
    seen: frozenset[int]


@dataclass(frozen=True)
class Company:
    """Others who take part in a training, each called while the network holds what it is told of.

    `on_best` hears of each best state, `on_look` of the average when there is time for a look;
    `count_objects` tells what of the unseen regions' objects the best state finds.
    """

    on_best: Callable[[FitResult], None] = lambda so_far: None
    on_look: Callable[[FitResult], None] = lambda so_far: None
    count_objects: Callable[[Sequence[Region]], tuple[FoundObjects, ...] | None] = lambda unseen: (
        None
    )


@dataclass(frozen=True)
class Answer:
    """The votes (B, 1 + K + 1, H, W) of all heads on a batch, and what they should have been."""

    votes: list[Tensor]
    truth: Truth
    labelled: int


@dataclass(frozen=True)
class Clock:
    """How much of a training is over, in 0..1, by time or by steps."""

    start: float
    budget_s: float
    steps: int | None

    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.start

    def share(self, step: int) -> float:
        """The share of the schedule that `step` steps have used."""
        passed = self.seconds() / self.budget_s
        if self.steps is None:
            return min(1.0, passed)
        return 1.0 if passed >= 1 else step / self.steps


class Trainer:
    """One training: owns the optimiser, the weight average and the figures so far.

    The best state is the latest that is not WORSE on the held-out area than an earlier one.
    `unspoilt`, once it is there, is the best that has not seen the held-out area.
    """

    def __init__(
        self,
        network: Network,
        store: PatchStore,
        device: Device,
        settings: FitSettings,
        context: Context,
        start: Start | None = None,
        company: Company | None = None,
    ) -> None:
        self.network, self.store, self.device = network, store, device
        self.settings, self.context = settings, context
        self.start, self.company = start, company or Company()
        if start is not None:
            network.load_similar(start.state)
        self.classes = len(store.sources.classes)
        self.parameters = network.trained_parameters()
        self.optimiser = torch.optim.AdamW(
            parameter_groups(network, settings), weight_decay=settings.weight_decay
        )
        fp16 = device.precision is torch.float16
        self.scaler = torch.amp.GradScaler(device.torch.type, enabled=fp16)
        self.average = WeightAverage([*self.parameters, *network.running_statistics()])
        self.step, self.looks, self.loss = 0, 0, math.nan
        self.replay = Replay(settings.seed)
        self.tones: dict[int, Tone] = {}
        self.held_out: int | None = None
        self.held_out_iou: list[float] | None = None
        self.held_out_objects: tuple[FoundObjects, ...] | None = None
        self.best: list[Tensor] | None = None
        self.highest = -math.inf
        # heads that go on have learned with the adapter already
        self.heads_alone = HEADS_ALONE if start is None else 0.0
        self.began = 0.0
        self.unspoilt: dict[str, Tensor] | None = None

    def run(self, regions: Sequence[Region], unlabelled: Sequence[Region] = ()) -> FitResult:
        """Train on `regions`; afterwards the network holds the best state, also when cancelled.

        `unlabelled` regions show the network ground where objects are no more frequent.
        """
        torch.manual_seed(self.settings.seed)
        self.began = time.monotonic()
        self.tones = tones_of(self.store, [*regions, *unlabelled])
        counts = torch.from_numpy(count_known(self.store, regions, self.classes))
        self.batches, self.turns = self._batches(counts, unlabelled), self._turns(counts)
        seen = self.start.seen if self.start else frozenset[int]()
        self.held_out = choose_held_out(self.store, regions, seen)
        if self.start is None:
            self._calibrate(regions)
        # all is read by now: a slow disk must not leave an untrained network
        clock = Clock(time.monotonic(), self.settings.budget_s, self.settings.steps)
        cancelled = False
        try:
            if self.held_out is not None:
                self._search(regions, self.held_out, clock)
            self._train(self._sampler(regions, 1), clock, until=1.0)
            self.best = self.average.values()
        except Cancelled:
            cancelled = True
        self.average.put(self.best or self.average.values())
        return self._result(cancelled)

    def _search(self, regions: Sequence[Region], held_out: int, clock: Clock) -> None:
        """Train without the held-out area, measure on it, and go on from the best state."""
        unseen = pieces_to_measure(self.store, regions, held_out)
        sampler = self._sampler([region for region in regions if region.area != held_out], 0)
        for share in MEASURED_AT:
            self._train(sampler, clock, until=share * SEARCH_SHARE)
            self._measure(unseen)
        if self.best is not None:
            self.average.restart_from(self.best)
            self.unspoilt = {k: v.clone() for k, v in self.network.trained_state().items()}
            self.held_out_objects = self.company.count_objects(unseen)

    def _train(self, sampler: CropSampler, clock: Clock, until: float) -> None:
        # one step at least: a network that learned nothing is no result
        while (share := clock.share(self.step)) < until or self.step == 0:
            self.context.check_cancelled()
            self._set_rate(share)
            self.network.train()
            answer = self._alone if share < self.heads_alone else self._together
            self._advance(answer(sampler))
            self._report(share)
            self._let_look(clock.seconds())

    def _alone(self, sampler: CropSampler) -> Answer:
        """The heads answer on the frozen maps."""
        seen = self.replay.draw(lambda: self._look(sampler))
        height, width = seen.truth.mask.shape[1:]
        with self.device.autocast():
            votes = self.network.probe(seen.maps, (height, width))
        return Answer(votes, seen.truth, seen.labelled)

    def _look(self, sampler: CropSampler) -> Seen:
        batch = self.batches.draw(sampler)
        with self.device.autocast():
            return Seen(self.network.frozen_maps(batch.pixels), batch.truth, batch.labelled)

    def _together(self, sampler: CropSampler) -> Answer:
        """All answers, and learns, but what lies upstream only in its turn."""
        self.replay.forget()
        batch = self.batches.draw(sampler)
        ask = self.network.votes if self.turns.next() else self.network.votes_downstream
        with self.device.autocast():
            return Answer(ask(batch.pixels), batch.truth, batch.labelled)

    def _advance(self, answer: Answer) -> None:
        votes, labelled = answer.votes, answer.labelled
        loss = torch.stack([loss_of(vote, answer.truth) for vote in votes]).mean()
        if labelled < len(answer.truth.mask):
            unknown = torch.stack([split(vote)[0][labelled:] for vote in votes])
            loss = loss + self.batches.limit.excess(unknown)
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(self.optimiser)
        norm = nn.utils.clip_grad_norm_(self.parameters, 1.0)
        # one overflowing batch must not poison the weights
        if norm.isfinite():
            self.scaler.step(self.optimiser)
        self.scaler.update()
        self.average.update()
        self.step += 1
        value = float(loss.detach())
        if math.isfinite(value):
            self.loss = value if math.isnan(self.loss) else 0.9 * self.loss + 0.1 * value

    def _measure(self, unseen: Sequence[Region]) -> None:
        with self.average.applied():
            figures = measure(self.network, self.store, unseen, self.device, self.classes)
            # a figure that is not known is none that is worse
            if self.best is None or not mean(figures) < self.highest - WORSE:
                self.held_out_iou, self.best = figures, self.average.values()
                self.highest = max(self.highest, mean(figures))
                self.company.on_best(self._result(cancelled=False))

    def _let_look(self, seconds: float) -> None:
        due = bisect_right(self.settings.looks_s, seconds)
        if due > self.looks:
            self.looks = due
            with self.average.applied():
                self.company.on_look(self._result(cancelled=False))

    def _result(self, cancelled: bool) -> FitResult:
        figures = None if self.held_out_iou is None else tuple(self.held_out_iou)
        seconds = time.monotonic() - self.began
        return FitResult(
            *(self.step, seconds, self.loss, self.held_out, figures, cancelled),
            self.held_out_objects,
        )

    def _calibrate(self, regions: Sequence[Region]) -> None:
        settings = replace(self.settings, batch=min(4, self.settings.batch))
        sampler = self._sampler(regions, 2)
        batches = [sampler.batch(settings.batch)[0].to(self.device.torch) for _ in range(4)]
        with self.device.autocast():
            self.network.calibrate(batches)

    def _sampler(self, regions: Sequence[Region], stream: int) -> CropSampler:
        seed = self.settings.seed * 3 + stream
        shown = (self.store, regions, self._side(), self.settings.augmentation)
        return CropSampler(*shown, seed, self.tones)

    def _batches(self, counts: Tensor, unlabelled: Sequence[Region]) -> Batches:
        settings, elsewhere = self.settings, None
        if unlabelled:
            shown = (self.store, unlabelled, self._side(), settings.augmentation)
            elsewhere = Elsewhere(*shown, settings.seed)
        limit = ShareLimit(float(counts[1:].sum() / counts.sum().clamp_min(1)))
        return Batches(settings.batch, self.device.torch, elsewhere, limit)

    def _turns(self, counts: Tensor) -> Turns:
        settings = self.settings
        epoch_steps = steps_per_epoch(int(counts.sum()), settings.batch, settings.crop)
        return Turns(settings.schedule, epoch_steps, settings.upstream_every)

    def _side(self) -> int:
        multiple = self.network.multiple
        return multiple * max(1, round(self.settings.crop / multiple))

    def _set_rate(self, share: float) -> None:
        warm = min(1.0, (self.step + 1) / WARM_UP_STEPS)
        rate = self.settings.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * share))
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["share"]

    def _report(self, share: float) -> None:
        figures: dict[str, float | str] = {"loss": self.loss, "device": self.device.name}
        if self.held_out_iou is not None:
            figures["held-out IoU"] = mean(self.held_out_iou)
        total = self.settings.budget_s
        self.context.progress(share * total, total, "Training", **figures)


def parameter_groups(network: Network, settings: FitSettings) -> list[dict[str, Any]]:
    """The trained parameters in two groups, each with its `share` of the learning rate."""
    upstream = network.upstream_parameters()
    inside = {id(parameter) for parameter in upstream}
    others = [each for each in network.trained_parameters() if id(each) not in inside]
    shares = ((others, 1.0), (upstream, settings.upstream_rate))
    rate = settings.learning_rate
    return [{"params": each, "share": share, "lr": rate} for each, share in shares if each]


def mean(figures: Sequence[float]) -> float:
    """The mean of what is not NaN; NaN if nothing is."""
    known = [figure for figure in figures if not math.isnan(figure)]
    return sum(known) / len(known) if known else math.nan
