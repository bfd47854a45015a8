# SPDX-License-Identifier: GPL-3.0-or-later
"""Cross-validation: how good models of these labels are on ground that they have not seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from weft.bundle import FoundObjects
from weft.errors import Cancelled, LabelError
from weft.jackknife import Estimate, ratio
from weft.jobs.area_figures import AreaFigures, area_figures
from weft.jobs.held_out_objects import count_objects
from weft.jobs.memory import within_memory
from weft.jobs.prepare import Prepared, prepare
from weft.jobs.train_request import LearnRequest, check_learn
from weft.polygons.score import Tally
from weft.progress import Context, Progress
from weft.training.fit import Trainer
from weft.training.heldout import LEAST_AREAS, confuse, deal_folds
from weft.training.regions import Region

Tallies = list[Tally]
"""One of each class, for one area."""


@dataclass(frozen=True)
class ClassFigures:
    """One class on all measured areas; a figure is None where too few areas hold the class."""

    name: str
    areas: int
    iou: Estimate | None
    f1: Estimate | None
    hits: int
    objects_true: int
    objects_found: int


@dataclass(frozen=True)
class ValidateResult:
    """Figures of each class, and of each measured area, lowest IoU first, with its outline in `crs`
    (WKT); `cancelled` where only some of the areas were measured.
    """

    classes: tuple[ClassFigures, ...]
    areas: int
    measured: int
    trainings: int
    cancelled: bool
    crs: str | None
    by_area: tuple[AreaFigures, ...]


def validate(request: LearnRequest, context: Context) -> ValidateResult:
    """Train without some of the areas, measure on these, until each area had its turn.

    Each training is one as `weft train` does it, with the whole budget. LabelError with fewer than
    LEAST_AREAS areas; once some are measured, cancelling keeps their figures.
    """
    check_learn(request)
    prepared = prepare(request, context)
    regions = [region for region in prepared.material.regions if region.measurable]
    folds = deal_folds(prepared.store, regions)
    areas = sum(map(len, folds))
    if areas < LEAST_AREAS:
        raise LabelError(
            f"There are too few areas to measure on, {areas}; label at least {LEAST_AREAS}."
        )
    fresh = {name: value.clone() for name, value in prepared.network.trained_state().items()}
    measured: dict[int, Tallies] = {}
    trainings = 0
    for fold in folds:
        prepared.network.load_trained(fresh)
        part = part_of(context, trainings, len(folds), request.budget_s)
        with within_memory(prepared.device):
            if not learn_without(prepared, fold, part):
                break
            trainings += 1
            measured |= {area: tally(prepared, at(regions, area)) for area in sorted(fold)}
    if not measured:
        raise Cancelled
    material = prepared.material
    crs = material.infos[0].grid.crs
    return ValidateResult(
        tuple(
            figures(name, list(each))
            for name, each in per_class(material.sources.classes, measured)
        ),
        *(areas, len(measured), trainings, len(measured) < areas),
        crs=crs.to_wkt() if crs else None,
        by_area=area_figures(material, regions, measured),
    )


def learn_without(prepared: Prepared, fold: frozenset[int], context: Context) -> bool:
    """Whether a training on all areas but those of `fold` went to its end."""
    regions = [each for each in prepared.material.regions if each.area not in fold]
    trainer = Trainer(
        prepared.network, prepared.store, prepared.device, prepared.settings(), context
    )
    return not trainer.run(regions, prepared.elsewhere).cancelled


def tally(prepared: Prepared, regions: Sequence[Region]) -> Tallies:
    """What the network finds of each class in one area."""
    network, store, device = prepared.network, prepared.store, prepared.device
    count = len(prepared.material.sources.classes)
    confusion = confuse(network, store, regions, device, count)
    objects = count_objects(network, store, device, count, regions)
    return [counted(confusion, kind, found) for kind, found in enumerate(objects, 1)]


def counted(confusion: Tensor, kind: int, found: FoundObjects) -> Tally:
    """Pixels and objects of one class."""
    both = int(confusion[kind, kind])
    either = int(confusion[kind].sum() + confusion[:, kind].sum()) - both
    return Tally(both, either, found.hits, found.true, found.found)


def at(regions: Sequence[Region], area: int) -> list[Region]:
    """The pieces of an area."""
    return [each for each in regions if each.area == area]


def per_class(
    names: Sequence[str], measured: dict[int, Tallies]
) -> Iterator[tuple[str, tuple[Tally, ...]]]:
    """Each class with what was counted of it, area by area."""
    return zip(names, zip(*measured.values(), strict=True), strict=True)


def figures(name: str, tallies: Sequence[Tally]) -> ClassFigures:
    """IoU and F1 over all areas, with limits; areas without the class tell of false finds only."""
    whole = sum(tallies, Tally())
    holding = sum(each.objects_true > 0 for each in tallies)
    iou = f1 = None
    if holding >= LEAST_AREAS:
        iou = ratio([each.both for each in tallies], [each.either for each in tallies])
        means = [(each.objects_true + each.objects_found) / 2 for each in tallies]
        f1 = widened(ratio([each.hits for each in tallies], means), whole)
    objects = (whole.hits, whole.objects_true, whole.objects_found)
    return ClassFigures(name, holding, iou, f1, *objects)


def widened(f1: Estimate | None, whole: Tally) -> Estimate | None:
    """Limits that also hold chance among objects, which equal areas would hide."""
    if f1 is None:
        return None
    chance = FoundObjects.of(whole.hits, whole.objects_true, whole.objects_found)
    return replace(f1, low=min(f1.low, chance.f1_low), high=max(f1.high, chance.f1_high))


def part_of(context: Context, number: int, count: int, budget_s: float) -> Context:
    """A context for training `number` of `count`, whose progress is that of them all."""

    def report(progress: Progress) -> None:
        share = progress.done / progress.total if progress.total else 0.0
        context.progress((number + share) * budget_s, count * budget_s, "Cross-validating")

    return replace(context, report=report)
