# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's client with real processes in every mood."""

import time

from qgis.PyQt.QtCore import QProcess, QTimer


def ended(told):
    return [what for what, _ in told if what in ("result", "failure")]


def test_a_job_tells_progress_and_then_its_result(client, outcomes, qtbot):
    told = outcomes(client().request("train", {"out": "m.weft"}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert [what for what, _ in told] == ["progress"] * 4 + ["result"]
    assert told[-1][1]["out"] == "m.weft"


def test_what_is_there_early_is_told_before_the_result(client, outcomes, qtbot):
    params = {"images": ["/maps/a.tif"], "view": {}, "out": "m.weft"}
    told = outcomes(client("early").request("train", params))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    what, partial = told[-2]
    assert (what, partial["classes"]) == ("partial", ["building"])


def test_what_libraries_print_disturbs_nothing(client, outcomes, qtbot):
    told = outcomes(client("noisy").request("predict", {"a": 1}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert told[-1] == ("result", {"echo": {"a": 1}})


def test_five_megabytes_arrive(client, outcomes, qtbot):
    told = outcomes(client("huge").request("predict", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=20_000)
    assert len(told[-1][1]["text"]) == 5_000_000


def test_a_mistake_is_the_engines_own_sentence(client, outcomes, qtbot):
    told = outcomes(client("mistaken").request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert told[-1][1].mistake
    assert told[-1][1].message.startswith("No label lies")


def test_a_crash_fails_every_call_once_with_the_last_words(client, outcomes, qtbot):
    engine = client("crashing")
    first, second = (outcomes(engine.request("train", {})) for _ in range(2))
    qtbot.waitUntil(lambda: bool(ended(first) and ended(second)), timeout=10_000)
    assert ended(first) == ended(second) == ["failure"]
    failure = first[-1][1]
    assert "ended unexpectedly" in failure.message
    assert "last words" in failure.details
    assert not engine.running


def test_dying_in_the_middle_of_a_message_is_a_crash_too(client, outcomes, qtbot):
    told = outcomes(client("dying").request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert "exit status 3" in told[-1][1].message


def test_after_a_crash_the_next_request_starts_it_again_but_not_for_ever(
    client, outcomes, qtbot, monkeypatch
):
    engine = client("dying")
    messages = []
    for _ in range(4):
        told = outcomes(engine.request("train", {}))
        qtbot.waitUntil(lambda told=told: bool(ended(told)), timeout=10_000)
        messages.append(told[-1][1].message)
    assert all("ended unexpectedly" in message for message in messages[:3])
    assert "three times in ten minutes and is not started again until these are" in messages[3]
    monkeypatch.setattr("qgis_weft.process.client.WITHIN_S", 0.0)
    told = outcomes(engine.request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert "ended unexpectedly" in told[-1][1].message


def test_an_engine_that_cannot_start_is_told_and_waits_for_a_job(client, outcomes, qtbot):
    engine, told = client("broken"), []
    engine.broken.connect(told.append)
    engine.warm_up()
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert "set it up again" in told[0].message and "No module named 'torch'" in told[0].details
    for _ in range(3):
        engine.warm_up()
        assert not engine.running
    job = outcomes(engine.request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(job)), timeout=10_000)
    assert "cannot start" in job[-1][1].message


def test_an_engine_that_is_stopped_while_it_starts_is_not_broken(client, qtbot):
    engine, told = client(), []
    engine.broken.connect(told.append)
    engine.warm_up()
    engine.stop()
    assert told == []


def test_a_missing_python_is_a_sentence(client, outcomes, qtbot):
    told = outcomes(client(python="/nowhere/python").request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert "/nowhere/python" in told[-1][1].message


def test_cancel_reaches_the_engine(client, outcomes, qtbot):
    call = client("patient").request("train", {})
    told = outcomes(call)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    call.cancel()
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert told[-1][1].cancelled


def test_stop_now_kills_an_engine_that_does_not_listen(client, outcomes, qtbot, monkeypatch):
    monkeypatch.setattr("qgis_weft.process.client.PATIENCE_MS", 300)
    call = client("deaf").request("train", {})
    told = outcomes(call)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    call.stop_now()
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert ended(told) == ["failure"]


def test_a_stalled_engine_does_not_stall_the_event_loop(client, outcomes, qtbot):
    told = outcomes(client("slow").request("train", {}))
    beats = []
    heart = QTimer()
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(10)
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=20_000)
    pauses = [later - earlier for earlier, later in zip(beats, beats[1:])]
    assert max(pauses) < 2.5  # half of what the engine stalls; a busy machine makes pauses, too


def test_stop_leaves_no_process(client, outcomes, qtbot):
    engine = client("patient")
    told = outcomes(engine.request("train", {}))
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    process = engine._process
    engine.stop()
    assert ended(told) == ["failure"]
    assert not engine.running
    assert process.state() == process.ProcessState.NotRunning


def test_an_engine_that_was_stopped_by_the_user_did_not_crash(client, outcomes, qtbot, monkeypatch):
    monkeypatch.setattr("qgis_weft.process.client.PATIENCE_MS", 100)
    engine = client("deaf")
    for _ in range(4):
        call = engine.request("train", {})
        told = outcomes(call)
        qtbot.waitUntil(lambda told=told: bool(told), timeout=10_000)
        call.stop_now()
        qtbot.waitUntil(lambda told=told: bool(ended(told)), timeout=10_000)
        assert told[-1][1].cancelled


def test_another_engine_is_started_whatever_the_last_one_did(client, outcomes, qtbot):
    engine = client("dying")
    for _ in range(3):
        told = outcomes(engine.request("train", {}))
        qtbot.waitUntil(lambda told=told: bool(ended(told)), timeout=10_000)
    engine.stop()
    told = outcomes(engine.request("train", {}))
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert "ended unexpectedly" in told[-1][1].message


def test_a_python_that_fails_within_start_is_told_afterwards(client, outcomes, qtbot, monkeypatch):
    class Failing(QProcess):
        """Tells at once that it cannot be started, as on Windows."""

        def start(self):
            self.errorOccurred.emit(QProcess.ProcessError.FailedToStart)

    monkeypatch.setattr("qgis_weft.process.client.QProcess", Failing)
    told = outcomes(client().request("train", {}))
    assert told == []
    qtbot.waitUntil(lambda: bool(ended(told)), timeout=10_000)
    assert "cannot be started" in told[-1][1].message
