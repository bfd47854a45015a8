# SPDX-License-Identifier: GPL-3.0-or-later
"""A job is answered whatever happens to its folder; else its client would wait for ever."""

import json
from pathlib import Path
from typing import Any

from weft.jobs.predict import PredictResult
from weft.progress import Context
from weft.server.job import Job, carry_out
from weft.server.rpc import Call


def take_the_place_of_the_result(params: dict[str, Any], context: Context) -> dict[str, int]:
    (context.folder / "result.json").mkdir()
    return {"polygons": 3}


def test_a_result_that_cannot_be_kept_is_answered_all_the_same(tmp_path: Path) -> None:
    told: list[bytes] = []
    job = Job(Call("vectorise", {}, 7), take_the_place_of_the_result)
    carry_out(job, tmp_path, told.append)
    assert json.loads(told[-1])["result"] == {"polygons": 3}
    (log,) = tmp_path.glob("*/log.txt")
    assert "result.json could not be written" in log.read_text(encoding="utf-8")


def hand_on(params: dict[str, Any], context: Context) -> int:
    context.partial(PredictResult((), ("roof",)))
    return 1


def test_what_is_there_early_is_told_at_once(tmp_path: Path) -> None:
    told: list[bytes] = []
    carry_out(Job(Call("train", {}, 7), hand_on), tmp_path, told.append)
    early = [json.loads(line)["params"] for line in told[:-1]][-1]
    assert early == {"id": 7, "partial": {"images": [], "classes": ["roof"]}}
