# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements behind costs.py, on noise: costs depend on shapes, not on what is seen."""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch
from cost_records import Costs
from freezing import CYCLE, freezing_costs
from measured import own_peak_mib
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from weft.adapters.registry import AdapterSpec, find_adapter
from weft.backbones.registry import find_backbone
from weft.backbones.weights import LoadedBackbone, load_backbone
from weft.backbones.wrapping import wrap
from weft.bundle import ModelCard, ModelClass, TrainingFigures
from weft.device import Device, choose_device
from weft.inference.engines import TorchEngine
from weft.inference.lanes import Lanes
from weft.jobs.prepare import build_network
from weft.model import save_model
from weft.network import Network
from weft.training.averaging import WeightAverage
from weft.training.fit import FitSettings, parameter_groups
from weft.training.losses import loss_of
from weft.training.schedule import DEFAULT_SCHEDULE, find_schedule
from weft.training.truth import Truth

Votes = Callable[[Tensor], list[Tensor]]

BANDS, CLASSES = 3, 1
WARM_UP = 2
RANDOM = "random"
TILES = 4  # predicted one after the other in each lane, as all but the last ones are


@dataclass(frozen=True)
class Trial:
    """What is measured; sides are rounded to what the backbone takes."""

    backbone: str
    adapter: str
    weights: str | None = None
    schedule: str | None = None
    device: str = "cpu"
    batch: int = 4
    crop: int = 256
    tile: int = 512
    rounds: int = 7


class Training:
    """A network and all that a step of training needs."""

    def __init__(
        self, network: Network, spec: AdapterSpec, device: Device, batch: int, side: int
    ) -> None:
        self.network, self.device = network, device
        self.images = torch.rand(batch, BANDS, side, side, device=device.torch)
        self.images = self.images.contiguous(memory_format=torch.channels_last)
        shape = (batch, side, side)
        self.truth = Truth(
            torch.randint(CLASSES + 1, shape, device=device.torch),
            torch.randint(2, shape, device=device.torch),
        )
        with device.autocast():
            network.calibrate([self.images])
        settings = FitSettings(60.0, spec.learning_rate, upstream_rate=spec.upstream_rate)
        self.parameters = network.trained_parameters()
        groups = parameter_groups(network, settings)
        self.optimiser = torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
        self.average = WeightAverage(self.parameters)
        network.train()

    def loss(self, ask: Votes) -> Tensor:
        """The loss of the votes that `ask` gives of a batch."""
        with self.device.autocast():
            votes = ask(self.images)
        return torch.stack([loss_of(vote, self.truth) for vote in votes]).mean()

    def step(self, learns: bool = True) -> None:
        """A step as the trainer makes it; without `learns`, nothing reaches the backbone."""
        loss = self.loss(self.network.votes if learns else self.network.votes_downstream)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.average.update()

    def alone(self, images: Tensor) -> list[Tensor]:
        """The votes of heads that learn alone."""
        height, width = images.shape[2:]
        return self.network.probe(self.network.frozen_maps(images), (height, width))

    def state_bytes(self) -> int:
        """Bytes of gradients and of the optimiser's state, once a step was made."""
        gradients = (each.grad for each in self.parameters)
        moments = chain.from_iterable(s.values() for s in self.optimiser.state.values())
        tensors = (each for each in chain(gradients, moments) if isinstance(each, Tensor))
        return sum(each.nbytes for each in tensors)

    def seconds(self, work: Callable[[], object], rounds: int) -> float:
        """The median time of `work`, after some that do not count."""
        times = []
        for _ in range(WARM_UP + rounds):
            self.wait()
            start = time.perf_counter()
            work()
            self.wait()
            times.append(time.perf_counter() - start)
        return statistics.median(times[WARM_UP:])

    def wait(self) -> None:
        """Until the device has done all that it was told."""
        if self.device.torch.type == "cuda":
            torch.cuda.synchronize()


def costs_of(trial: Trial) -> Costs:
    """All figures of a method on a backbone; WeftError when they do not go together."""
    spec, schedule = find_adapter(trial.adapter), find_schedule(trial.schedule or DEFAULT_SCHEDULE)
    device = choose_device(trial.device)
    backbone = open_backbone(trial)
    network = build_network(backbone, spec, BANDS, CLASSES, device, seed=0)
    crop, tile = fitting(trial.crop, network), fitting(trial.tile, network)
    training = Training(network, spec, device, trial.batch, crop)
    saved, of_heads = (saved_bytes(training, each) for each in (network.votes, training.alone))
    learning = training.seconds(training.step, trial.rounds)
    state = training.state_bytes()
    cuda, peak = cuda_peak(training), own_peak_mib()
    share = statistics.mean(map(schedule.learns, range(CYCLE))) / spec.upstream_every
    standing = learning
    if share < 1:
        standing = training.seconds(lambda: training.step(learns=False), trial.rounds)
    return Costs(
        **count_parameters(network),
        cacheable=network.adapter.cacheable,
        saved_bytes=saved,
        head_bytes=of_heads,
        state_bytes=state,
        cuda_bytes=cuda,
        peak_mib=round(peak, 1),
        step_s=share * learning + (1 - share) * standing,
        freezing=freezing_costs(training) if trial.schedule else [],
        file_bytes=file_bytes(network, describe(trial, backbone)),
        megapixels_s=megapixels_a_second(training, tile, trial.rounds),
        crop=crop,
        tile=tile,
        device=device.name,
        precision=device.precision_name,
        random=backbone.digest == RANDOM,
    )


def open_backbone(trial: Trial) -> LoadedBackbone:
    """The backbone with its weights, or with random ones where none are at hand."""
    spec = find_backbone(trial.backbone)
    if trial.weights is not None or spec.shipped is not None:
        return load_backbone(trial.backbone, trial.weights)
    torch.manual_seed(0)
    return LoadedBackbone(wrap(spec.build(), spec.mean, spec.std), spec, RANDOM)


def fitting(side: int, network: Network) -> int:
    """The side nearest to `side` that the network takes, as the trainer chooses it."""
    return network.multiple * max(1, round(side / network.multiple))


def count_parameters(network: Network) -> dict[str, int]:
    """What learns, by the part of the network that it lies in, and the backbone's size."""
    learns = {id(parameter) for parameter in network.trained_parameters()}
    counts = {"backbone": 0, "heads": 0, "adapter": 0}
    for name, parameter in network.named_parameters():
        if id(parameter) in learns:
            counts[name.split(".")[0]] += parameter.numel()
    return {
        "adapter_parameters": counts["adapter"],
        "head_parameters": counts["heads"],
        "unfrozen_parameters": counts["backbone"],
        "backbone_parameters": sum(p.numel() for p in network.backbone.parameters()),
    }


def saved_bytes(training: Training, ask: Votes) -> int:
    """Bytes kept for going back from the loss; the network's own tensors do not count."""
    network = training.network
    own = {x.untyped_storage().data_ptr() for x in chain(network.parameters(), network.buffers())}
    storages: dict[int, int] = {}

    def note(x: Tensor) -> Tensor:
        storage = x.untyped_storage()
        if storage.data_ptr() not in own:
            storages[storage.data_ptr()] = storage.nbytes()
        return x.detach()  # an output that kept itself would never be freed

    with saved_tensors_hooks(note, lambda x: x):
        loss = training.loss(ask)
    # while the graph lives, no storage can stand where another stood
    total = sum(storages.values())
    del loss
    return total


def cuda_peak(training: Training) -> int | None:
    """The allocator's peak in a step, with parameters and the optimiser's state."""
    if training.device.torch.type != "cuda":
        return None
    torch.cuda.reset_peak_memory_stats()
    training.step()
    training.wait()
    return torch.cuda.max_memory_allocated()


def describe(trial: Trial, backbone: LoadedBackbone) -> ModelCard:
    """The card of a model that learned nothing."""
    return ModelCard(
        backbone=backbone.spec.name,
        backbone_digest=backbone.digest,
        adapter=trial.adapter,
        bands=tuple(range(1, BANDS + 1)),
        dtype="uint8",
        low=(0.0,) * BANDS,
        high=(255.0,) * BANDS,
        gsd_m=None,
        classes=(ModelClass("object", "#e41a1c"),),
        training=TrainingFigures(0.0, 0, 0, None, None, 0, {}, ()),
    )


def file_bytes(network: Network, card: ModelCard) -> int:
    """The size of a model file with both states that training with a held-out area leaves."""
    with tempfile.TemporaryDirectory(prefix="weft-costs-") as folder:
        path = Path(folder) / "model.weft"
        save_model(path, card, network, network.trained_state())
        return path.stat().st_size


def megapixels_a_second(training: Training, side: int, rounds: int) -> float:
    """The speed of predicting tiles in memory, as many at a time as the engine likes."""
    engine = TorchEngine(training.network, training.device)
    pixels = torch.rand(engine.batch, BANDS, side, side).numpy()
    with Lanes(engine.lanes) as lanes:
        tiles = [pixels] * (TILES * lanes.count)
        seconds = training.seconds(lambda: lanes.map(engine.predict, tiles), rounds)
    return len(tiles) * engine.batch * side**2 / 1e6 / seconds
