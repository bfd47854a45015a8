# SPDX-License-Identifier: GPL-3.0-or-later
"""A job is answered whatever happens to its folder; else its client would wait for ever."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from weft.errors import RequestError
from weft.jobs.predict import PredictResult
from weft.progress import Context
from weft.server.job import Job, carry_out
from weft.server.rpc import MISTAKE, Call


def take_the_place_of_the_result(params: dict[str, Any], context: Context) -> dict[str, int]:
    (context.folder / "result.json").mkdir()
    return {"polygons": 3}


def test_a_result_that_cannot_be_kept_is_answered_all_the_same(tmp_path: Path) -> None:
    told: list[bytes] = []
    job = Job(Call("vectorise", {}, 7), take_the_place_of_the_result)
    carry_out(job, tmp_path, told.append, told.append)
    assert json.loads(told[-1])["result"] == {"polygons": 3}
    (log,) = tmp_path.glob("*/log.txt")
    assert "result.json could not be written" in log.read_text(encoding="utf-8")


def test_a_folder_for_jobs_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    told: list[bytes] = []
    (tmp_path / "jobs").touch()
    carry_out(Job(Call("train", {}, 7), fail), tmp_path / "jobs", told.append, told.append)
    error = json.loads(told[-1])["error"]
    assert error["code"] == MISTAKE
    assert "check whether you may write there" in error["message"]


def fail(params: dict[str, Any], context: Context) -> None:
    raise RequestError("no")


def test_memory_of_the_gpu_is_given_back_when_no_error_holds_it_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[object] = []
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: errors.append(sys.exception()))
    told: list[bytes] = []
    for method in (fail, hand_on):
        carry_out(Job(Call("train", {}, 7), method), tmp_path, told.append, told.append)
    assert errors == [None, None]


def hand_on(params: dict[str, Any], context: Context) -> int:
    context.partial(PredictResult((), ("roof",)))
    return 1


def test_what_is_there_early_is_told_at_once(tmp_path: Path) -> None:
    told: list[bytes] = []
    carry_out(Job(Call("train", {}, 7), hand_on), tmp_path, told.append, told.append)
    early = [json.loads(line)["params"] for line in told[:-1]][-1]
    assert early == {"id": 7, "partial": {"images": [], "classes": ["roof"]}}
