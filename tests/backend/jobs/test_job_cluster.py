# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker of a cluster that was started with several threads."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from weft.jobs import cluster
from weft.jobs.cluster import Piece, predict_piece
from weft.jobs.predict_request import PredictRequest


def test_threads_of_a_worker_do_not_share_a_network_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    inside: list[int] = []
    most = 0

    def keep_rows(*args: object) -> None:
        nonlocal most
        inside.append(1)
        most = max(most, len(inside))
        time.sleep(0.02)
        inside.pop()

    predictor = SimpleNamespace(keep_rows=keep_rows)
    monkeypatch.setattr(cluster, "equipment", lambda request, model: predictor)
    request = PredictRequest(Path("a.weft"), (), tmp_path)
    piece = Piece(request, "a", SimpleNamespace(), tmp_path, 0, 4)  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(predict_piece, [piece] * 4))
    assert most == 1
