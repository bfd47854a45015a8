# SPDX-License-Identifier: GPL-3.0-or-later
"""The card of a trained model: what it is, and how it came about."""

import math
from collections import Counter
from datetime import UTC, datetime

import weft
from weft.backbones.weights import LoadedBackbone
from weft.bundle import ModelCard, ModelClass, TrainingFigures
from weft.jobs.material import Material
from weft.jobs.start import Ground
from weft.polygons.clean import small_object
from weft.training.fit import FitResult

COLOURS = ("#e41a1c", "#377eb8", "#4daf4a", "#984ea3", "#ff7f00", "#a65628", "#f781bf", "#999999")


def describe_model(
    backbone: LoadedBackbone,
    adapter: str,
    schedule: str,
    seed: int,
    material: Material,
    fit: FitResult,
    ground: Ground,
) -> ModelCard:
    """The card that travels with the model that was taught on `ground`."""
    sources, labels = material.sources, material.sources.labels
    return ModelCard(
        backbone=backbone.spec.name,
        backbone_digest=backbone.digest,
        adapter=adapter,
        bands=sources.bands,
        dtype=material.infos[0].dtype,
        low=sources.stretch.low,
        high=sources.stretch.high,
        tone=material.tone,
        gsd_m=material.gsd_m,
        classes=tuple(
            ModelClass(name, COLOURS[index % len(COLOURS)])
            for index, name in enumerate(labels.classes)
        ),
        training=TrainingFigures(
            seconds=round(fit.seconds, 2),
            steps=fit.steps,
            seed=seed,
            schedule=schedule,
            loss=round(fit.loss, 5) if math.isfinite(fit.loss) else None,
            held_out_iou=rounded(fit.held_out_iou),
            held_out_objects=fit.held_out_objects,
            areas=count_areas(material),
            labels=dict(Counter(labels.frame["class"])),
            images=tuple(path.name for path in sources.images),
            small_object_m2=small_object(labels),
            seen=ground.seen,
            held_out_ground=ground.held_out,
            seen_crs=ground.crs,
        ),
        licence_notes=(f"Backbone weights: {backbone.spec.licence}",),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        weft_version=weft.__version__,
    )


def count_areas(material: Material) -> int:
    """How many areas were drawn on the images."""
    drawn = 0 if material.sources.areas is None else len(material.sources.areas)
    return len({region.area for region in material.regions if region.area < drawn})


def rounded(figures: tuple[float, ...] | None) -> tuple[float | None, ...] | None:
    """Figures as JSON can hold them; NaN becomes None."""
    if figures is None:
        return None
    return tuple(None if math.isnan(figure) else round(figure, 4) for figure in figures)
