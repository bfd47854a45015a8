# SPDX-License-Identifier: GPL-3.0-or-later
"""The server as a real process on pipes, with the smallest network there is."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

PATIENCE_S = 60


class Engine:
    """A served engine with its messages in a queue."""

    def __init__(self, jobs: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "weft", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.jobs = jobs
        self.messages: Queue[dict[str, Any]] = Queue()
        self.seen: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def say(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, id_: int, method: str, **params: Any) -> None:
        self.say(
            json.dumps({"jsonrpc": "2.0", "id": id_, "method": method, "params": params}).encode()
        )

    def tell(self, method: str, **params: Any) -> None:
        self.say(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def answer(self, id_: int | None) -> dict[str, Any]:
        """The answer to a request; what came before it stays in `seen`."""
        while True:
            message = self.messages.get(timeout=PATIENCE_S)
            self.seen.append(message)
            if message.get("id", "none") == id_ and "method" not in message:
                return message

    def initialise(self) -> dict[str, Any]:
        self.ask(1, "initialize", protocol=1, jobs=str(self.jobs))
        return self.answer(1)["result"]

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.messages.put(json.loads(line))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path / "jobs")
    yield engine
    engine.end()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that is asked by many tests, because each start takes seconds."""
    engine = Engine(tmp_path_factory.mktemp("ready") / "jobs")
    engine.initialise()
    yield engine
    engine.end()


def test_it_tells_what_it_is_before_anything_else(engine: Engine) -> None:
    engine.ask(1, "describeModel", model="/nowhere.weft")
    assert engine.answer(1)["error"]["code"] == -32002
    facts = engine.initialise()
    assert facts["protocol"] == 1
    assert "name" in facts["device"]


def test_another_protocol_is_refused(engine: Engine) -> None:
    engine.ask(1, "initialize", protocol=99, jobs="/tmp")
    assert "protocol 1, not 99" in engine.answer(1)["error"]["message"]


def test_mistakes_are_typed_and_leave_a_folder(ready: Engine) -> None:
    ready.ask(2, "describeModel", model="/nowhere.weft")
    error = ready.answer(2)["error"]
    assert (error["code"], error["data"]["kind"]) == (-32010, "ModelError")
    assert "/nowhere.weft does not exist" in error["message"]
    request = json.loads((Path(error["data"]["folder"]) / "request.json").read_text())
    assert request == {"method": "describeModel", "params": {"model": "/nowhere.weft"}}


def test_a_path_out_of_reach_is_a_mistake_and_no_bug(ready: Engine) -> None:
    ready.ask(2, "describeModel", model=f"/{'long' * 100}.weft")
    error = ready.answer(2)["error"]
    assert error["code"] == -32010
    assert "cannot be reached" in error["message"]


def test_what_is_no_request_is_answered_and_harms_nothing(engine: Engine) -> None:
    for line, code in (
        (b"{", -32700),
        (b"[]", -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": 3}', -32600),
    ):
        engine.say(line)
        assert engine.answer(None)["error"]["code"] == code
    engine.initialise()


def test_messages_that_ask_for_nothing_harm_nothing(engine: Engine) -> None:
    engine.tell("initialize", protocol=1, jobs=str(engine.jobs))
    engine.tell("$/cancelRequest", id=[1])
    engine.ask(5, "$/cancelRequest", id={})
    assert engine.answer(5)["result"] is None
    engine.initialise()


@pytest.mark.parametrize("name", ["l\udce9gumes.weft", "nothing\0.weft"])
def test_a_name_that_is_no_text_is_answered(ready: Engine, name: str) -> None:
    ready.ask(2, "describeModel", model=f"/nowhere/{name}")
    assert "does not exist" in ready.answer(2)["error"]["message"]


def test_a_folder_of_jobs_that_cannot_be_is_told(engine: Engine) -> None:
    for name in ("\0", "long" * 100):
        engine.ask(1, "initialize", protocol=1, jobs=str(engine.jobs / name))
        assert engine.answer(1)["error"]["code"] in (-32010, -32603)
    engine.initialise()


def test_unknown_methods_and_parameters_are_named(ready: Engine) -> None:
    ready.ask(2, "dance")
    assert ready.answer(2)["error"]["code"] == -32601
    ready.ask(3, "describeModel", modell="x")
    error = ready.answer(3)["error"]
    assert (error["code"], "modell" in error["message"]) == (-32602, True)


def test_the_end_of_stdin_ends_it(engine: Engine) -> None:
    engine.initialise()
    assert engine.process.stdin is not None
    engine.process.stdin.close()
    assert engine.process.wait(PATIENCE_S) == 0


def test_shutdown_is_answered(engine: Engine) -> None:
    engine.initialise()
    engine.ask(2, "shutdown")
    assert engine.answer(2)["result"] is None
    assert engine.process.wait(PATIENCE_S) == 0


def test_jobs_wait_for_each_other_and_can_be_cancelled(engine: Engine, tmp_path: Path) -> None:
    engine.initialise()
    scene = tmp_path / "scene"
    subprocess.run(
        [sys.executable, "-m", "weft", "sample", str(scene)], check=True, capture_output=True
    )
    train = {
        "images": [str(scene / "town_a.tif")],
        "labels": {"path": str(scene / "train.gpkg"), "layer": "labels"},
        "areas": {"path": str(scene / "train.gpkg"), "layer": "areas"},
        "budget_s": 600,
    }
    engine.ask(2, "train", **train, out=str(tmp_path / "a.weft"))
    engine.ask(3, "train", **train, out=str(tmp_path / "b.weft"))
    while not any(m.get("params", {}).get("text") == "Training" for m in engine.seen):
        engine.seen.append(engine.messages.get(timeout=PATIENCE_S))
    engine.tell("$/cancelRequest", id=3)
    engine.tell("$/cancelRequest", id=2)
    first = engine.answer(2)["result"]
    assert first["cancelled"]
    assert (tmp_path / "a.weft").exists()
    assert engine.answer(3)["error"]["code"] == -32800
    assert not (tmp_path / "b.weft").exists()
    told = [m["params"] for m in engine.seen if m.get("method") == "$/progress"]
    assert told[0]["text"] == "Starting"
    assert 3 not in {each["id"] for each in told}


def test_two_engines_can_share_one_folder_of_jobs(tmp_path: Path) -> None:
    engines = [Engine(tmp_path / "jobs"), Engine(tmp_path / "jobs")]
    try:
        for engine in engines:
            engine.initialise()
            engine.ask(2, "describeModel", model="/nowhere.weft")
        folders = {engine.answer(2)["error"]["data"]["folder"] for engine in engines}
        assert len(folders) == 2
        assert all((Path(folder) / "request.json").exists() for folder in folders)
    finally:
        for engine in engines:
            engine.end()
