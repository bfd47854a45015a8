# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be asked of the engine: one function a method, params to job to result.

Jobs are imported when called, so that the first answer need not wait for all of torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weft.progress import Context
from weft.server.params import read_params, to_json

Params = dict[str, Any]
Method = Callable[[Params, Context], Any]


def train(params: Params, context: Context) -> Any:
    """`train`: TrainRequest to TrainResult."""
    from weft.jobs.train import train as job
    from weft.jobs.train_request import TrainRequest

    return to_json(job(read_params(params, TrainRequest), context))


def validate(params: Params, context: Context) -> Any:
    """`validate`: LearnRequest to ValidateResult."""
    from weft.jobs.train_request import LearnRequest
    from weft.jobs.validate import validate as job

    return to_json(job(read_params(params, LearnRequest), context))


def predict(params: Params, context: Context) -> Any:
    """`predict`: PredictRequest to PredictResult."""
    from weft.jobs.predict import predict as job
    from weft.jobs.predict_request import PredictRequest

    return to_json(job(read_params(params, PredictRequest), context))


def plan(params: Params, context: Context) -> Any:
    """`plan`: PredictRequest to PlanResult."""
    from weft.jobs.plan import plan as job
    from weft.jobs.predict_request import PredictRequest

    return to_json(job(read_params(params, PredictRequest), context))


def vectorise(params: Params, context: Context) -> Any:
    """`vectorise`: VectoriseRequest to VectoriseResult."""
    from weft.jobs.vectorise import VectoriseRequest
    from weft.jobs.vectorise import vectorise as job

    return to_json(job(read_params(params, VectoriseRequest), context))


def suggest(params: Params, context: Context) -> Any:
    """`suggest`: SuggestRequest to SuggestResult."""
    from weft.jobs.suggest import SuggestRequest
    from weft.jobs.suggest import suggest as job

    return to_json(job(read_params(params, SuggestRequest), context))


def export(params: Params, context: Context) -> Any:
    """`export`: ExportRequest to ExportResult."""
    from weft.jobs.export import ExportRequest
    from weft.jobs.export import export as job

    return to_json(job(read_params(params, ExportRequest), context))


def describe_model(params: Params, context: Context) -> Any:
    """`describeModel`: a model file to its card."""
    from weft.bundle import read_bundle

    card, _ = read_bundle(read_params(params, DescribeRequest).model)
    return to_json(card)


@dataclass(frozen=True)
class DescribeRequest:
    """The model file to describe."""

    model: Path


def facts(params: Params, context: Context) -> Any:
    """Part of `initialize`: what `weft info --json` tells; loads torch and proves the device."""
    from weft.jobs.info import info

    return info()


METHODS: dict[str, Method] = {
    "train": train,
    "validate": validate,
    "predict": predict,
    "plan": plan,
    "vectorise": vectorise,
    "suggest": suggest,
    "export": export,
    "describeModel": describe_model,
}
